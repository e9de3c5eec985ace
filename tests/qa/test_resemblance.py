"""What follows the first passages, with vectors whose likeness can be foreseen."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest

from embeddings import Vectors
from qa.answering import DEEPER, ask, ranked
from qa.library import Library
from qa.reason_text import Asked, rows
from qa.reasons import reasons_of
from qa.resemblance import FIRST, REORDERED, by_resemblance
from qa.retrieval import Hit
from qa.types import turn_id
from tests.conftest import put

LONG = 1_024


def hits_of(number: int, length: int = LONG) -> list[Hit]:
    return [Hit("t", place, 0, 4, 0.8 - 0.01 * place, length=length) for place in range(number)]


def towards(*alike: int) -> Callable[[Sequence[Hit]], Vectors]:
    """Return a lookup in which the first hits point one way, these places too, and all others elsewhere."""

    def vectors(hits: Sequence[Hit]) -> Vectors:
        same = [hit.position < FIRST or hit.position in alike for hit in hits]
        found: Vectors = np.where(np.array(same)[:, None], [[1, 0]], [[0, 1]]).astype(np.float32)
        return found

    return vectors


def order(hits: Sequence[Hit]) -> list[int]:
    return [hit.position for hit in hits]


def test_what_is_like_the_first_follows_them_and_the_first_stay() -> None:
    found = by_resemblance(hits_of(12), towards(8, 10))
    assert order(found) == [0, 1, 2, 3, 4, 8, 10, 5, 6, 7, 9, 11]


def test_scores_are_handed_out_anew_and_say_by_how_much_they_changed() -> None:
    hits = hits_of(8)
    found = by_resemblance(hits, towards(7))
    assert [hit.score for hit in found] == [hit.score for hit in hits]
    before = {hit.position: hit.score for hit in hits}
    assert order(found) == [0, 1, 2, 3, 4, 7, 5, 6]
    for hit in found:
        assert hit.score - hit.alike == pytest.approx(before[hit.position])
    assert [hit.alike for hit in found[:FIRST]] == [0] * FIRST
    assert found[5].alike == pytest.approx(0.02)


def test_the_score_counts_beside_the_likeness() -> None:
    # Of the three that are alike the best stays first, and one with a score far below stays behind.
    hits = hits_of(8)
    hits[7] = replace(hits[7], score=-0.5)
    assert order(by_resemblance(hits, towards(5, 6, 7))) == [0, 1, 2, 3, 4, 5, 6, 7]


@pytest.mark.parametrize(("length", "moves"), [(16, False), (128, False), (200, True), (LONG, True)])
def test_short_transcripts_are_left_alone(length: int, moves: bool) -> None:
    found = by_resemblance(hits_of(7, length), towards(6))
    assert (order(found) == [0, 1, 2, 3, 4, 6, 5]) is moves


def test_beside_long_transcripts_a_short_one_keeps_its_place() -> None:
    hits = hits_of(9)
    hits[6] = replace(hits[6], transcript_id="short", length=16)
    # What is like the first ones rises above it, what is not falls below it, whether it is like them or not.
    for alike in ((7, 8), (6, 7, 8)):
        assert order(by_resemblance(hits, towards(*alike))) == [0, 1, 2, 3, 4, 7, 8, 6, 5]


def test_what_stands_far_down_is_not_looked_at() -> None:
    looked: list[int] = []

    def vectors(hits: Sequence[Hit]) -> Vectors:
        looked.append(len(hits))
        return towards(REORDERED, REORDERED - 1)(hits)

    found = by_resemblance(hits_of(REORDERED + 4), vectors)
    assert looked == [REORDERED]
    assert found[FIRST].position == REORDERED - 1
    assert order(found[REORDERED:]) == list(range(REORDERED, REORDERED + 4))


@pytest.mark.parametrize("number", [0, 1, FIRST])
def test_few_hits_need_no_vectors(number: int) -> None:
    def vectors(hits: Sequence[Hit]) -> Vectors:
        pytest.fail(f"asked for {len(hits)} vectors")

    assert by_resemblance(hits_of(number), vectors) == hits_of(number)


def test_what_is_all_equally_like_them_keeps_its_order() -> None:
    assert by_resemblance(hits_of(9), towards(*range(9))) == hits_of(9)
    mixed = [replace(hit, length=length) for hit, length in zip(hits_of(9), (LONG, 16, 300) * 3, strict=True)]
    assert by_resemblance(mixed, towards(*range(9))) == mixed
    assert by_resemblance(mixed, towards()) == mixed


LAMPS = [f"Ana: The lamps of pier {number} burn oil." for number in ("one", "two", "three", "four", "five")]
OTHERS = [f"Ben: Nobody repaired the {thing} of the mill." for thing in ("roof", "wheel", "door", "gate")]


def test_an_answer_of_a_long_transcript_names_what_is_like_its_first_sources(library: Library) -> None:
    filler = [f"Eve: Item {number} was put off." for number in range(400)]
    lines = [line for pair in zip(filler, [*LAMPS, *OTHERS, *filler], strict=False) for line in pair]
    id_ = put(library, *lines, "Ana: Oil burned on every pier, in lamps of brass, and the roof leaked.")
    question = "Who repaired the lamps of the pier or the roof?"
    answer = ask(library, question, 12)
    cited = [source.turn_id for source in answer.sources]
    reasons = [reason.reasons for reason in reasons_of(library, answer, cited)]
    shares = [one.shares["alike"] for one in reasons if one is not None]
    assert len(shares) == len(cited) == 12
    hits = ranked(library.encoder, library.indexes(), question, [question], DEEPER)
    stayed = {turn_id(hit.transcript_id, hit.position) for hit in hits[:FIRST]}  # one is shown beside another
    assert [share for share, turn in zip(shares, cited, strict=True) if turn in stayed] == [0] * 4
    assert max(shares) > 0.001
    assert min(shares) < -0.001
    assert id_ in cited[0]
    for source, reason in zip(answer.sources, reasons, strict=True):
        assert reason is not None
        assert sum(reason.shares.values()) == pytest.approx(source.score, abs=1e-5)


def test_reasons_tell_of_the_likeness(library: Library) -> None:
    id_ = put(library, *LAMPS)
    answer = ask(library, "Who lit the lamps?", 1)
    (reason,) = reasons_of(library, answer, [f"{id_}:00000"])
    assert reason.reasons is not None
    lifted = replace(reason.reasons, shares={**reason.reasons.shares, "alike": 0.1})
    told = rows(replace(reason, reasons=lifted), Asked.of(answer.question))
    assert "Like the first ones" in [row.label for row in told]
    assert "Like the first ones" not in [row.label for row in rows(reason, Asked.of(answer.question))]
