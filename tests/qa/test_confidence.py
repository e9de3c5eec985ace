import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.answering import ask
from qa.confidence import (
    BAR,
    CALIBRATION,
    CALIBRATION_READ,
    CONSTANT,
    CONSTANT_READ,
    WEIGHTS,
    WEIGHTS_READ,
    Evidence,
    calibrated,
    confidence_of,
    evidence,
)
from qa.library import Library
from qa.reranking import Reranker
from qa.retrieval import Hit
from qa.retrieval.lexical import words
from tests.conftest import put
from tests.qa.test_reranking import MARKS, WordJudge

SHARE = st.floats(0, 1)


def beta(margin: float, low: float, high: float, constant: float) -> float:
    """Beta calibration as published: of a probability rather than of its logit."""
    chance = 1 / (1 + math.exp(-margin))
    return float(1 / (1 + 1 / (math.exp(constant) * chance**low / (1 - chance) ** high)))


def test_confidence_is_the_calibrated_logistic_function_of_the_weighted_evidence() -> None:
    found = Evidence(0.5, 0.25, 1.0, 0.75)
    weighted = 0.5 * WEIGHTS[0] + 0.25 * WEIGHTS[1] + 1.0 * WEIGHTS[2] + 0.75 * WEIGHTS[3] + CONSTANT
    assert confidence_of(found) == pytest.approx(beta(weighted, *CALIBRATION))


@given(margin=st.floats(-30, 30), low=st.floats(0, 4), high=st.floats(0, 4), constant=st.floats(-3, 3))
def test_calibration_is_beta_calibration(margin: float, low: float, high: float, constant: float) -> None:
    assert calibrated(margin, (low, high, constant)) == pytest.approx(beta(margin, low, high, constant))
    assert calibrated(margin, (1, 1, 0)) == pytest.approx(1 / (1 + math.exp(-margin)))


def test_calibration_takes_many_margins_and_extreme_ones() -> None:
    found = calibrated(np.array([[-1e4, 0.0], [1e4, 1.0]]), (2.0, 0.5, 1.0))
    assert found.shape == (2, 2)
    assert found[0, 0] == 0
    assert found[1, 0] == pytest.approx(1)


@given(
    found=st.builds(Evidence, SHARE, SHARE, SHARE, SHARE),
    name=st.sampled_from(["own", "context", "covered", "known"]),
    more=SHARE,
)
def test_more_evidence_never_lowers_confidence(found: Evidence, name: str, more: float) -> None:
    changed: dict[str, Any] = {name: max(more, getattr(found, name))}
    assert 0 <= confidence_of(found) <= confidence_of(replace(found, **changed)) <= 1


def test_reading_closely_has_weights_of_its_own() -> None:
    found = Evidence(0.5, 0.25, 1.0, 0.75, closely=0.16)
    weighted = np.dot((0.5, 0.25, 1.0, 0.75, 0.4), WEIGHTS_READ) + CONSTANT_READ
    assert confidence_of(found) == pytest.approx(beta(weighted, *CALIBRATION_READ))
    assert confidence_of(replace(found, closely=0.9)) > confidence_of(found)


def test_evidence_is_what_was_read_best_where_it_may_be_counted(library: Library) -> None:
    id_ = put(library, "harbour gate", "lunch money", "rain", "wind")
    hits = [
        Hit(id_, place, 0, 4, 1.0, closely=closely) for place, closely in enumerate((0.2, None, 0.6, 0.9))
    ]
    indexes = library.indexes()
    # Of the best three; the fourth is not looked at.
    assert evidence(library.encoder, indexes, "harbour", hits, closely=True).closely == 0.6
    assert evidence(library.encoder, indexes, "harbour", hits).closely is None
    unread = [replace(hit, closely=None) for hit in hits]
    assert evidence(library.encoder, indexes, "harbour", unread, closely=True).closely is None


@pytest.mark.parametrize(
    ("marks", "late", "counts"), [(True, False, True), (False, False, False), (True, True, False)]
)
def test_confidence_counts_what_our_own_model_read_in_time(
    library: Library, marks: bool, late: bool, counts: bool
) -> None:
    put(library, "harbour gate", "lunch money")
    plain = ask(library, "harbour").confidence
    library.reranker = Reranker(WordJudge("gate", MARKS if marks else None, late))
    assert (ask(library, "harbour").confidence != plain) is counts


def test_each_kind_of_evidence_counts() -> None:
    assert min(*WEIGHTS, *WEIGHTS_READ) > 0
    assert confidence_of(Evidence(0, 0, 0, 0, 0)) < BAR < confidence_of(Evidence(1, 1, 1, 1, 1))
    assert confidence_of(Evidence(0, 0, 0, 0)) < BAR < confidence_of(Evidence(1, 1, 1, 1))


def test_evidence_of_a_passage_that_has_every_word(library: Library) -> None:
    id_ = put(library, "harbour gate", "lunch money")
    indexes = library.indexes()
    found = evidence(library.encoder, indexes, "harbour gate", [Hit(id_, 0, 0, 12, 1.0)])
    # Alone the passage is the question itself. Among its neighbours it is itself and .7 of the other turn,
    # which shares no word with it: cosine 1 / sqrt(1 + .7 * .7).
    assert found.own == pytest.approx(1, abs=1e-3)
    assert found.context == pytest.approx(1 / math.sqrt(1.49), abs=1e-3)
    assert (found.covered, found.known) == (1.0, 1.0)


def test_evidence_weighs_words_by_rarity(library: Library) -> None:
    one = put(library, "harbour gate")
    put(library, "harbour wall")
    indexes = library.indexes()
    found = evidence(library.encoder, indexes, "harbour gate zebra", [Hit(one, 0, 0, 12, 1.0)])
    # idf = ln(1 + (N - n + .5) / (n + .5)), N = 2: harbour n = 2, gate n = 1, zebra n = 0.
    harbour, gate, zebra = math.log(1 + 0.5 / 2.5), math.log(1 + 1.5 / 1.5), math.log(1 + 2.5 / 0.5)
    assert found.covered == pytest.approx((harbour + gate) / (harbour + gate + zebra))
    assert found.known == pytest.approx((harbour + gate) / (harbour + gate + zebra))
    other = evidence(library.encoder, indexes, "wall zebra", [Hit(one, 0, 0, 12, 1.0)])
    assert other.covered == 0
    assert other.known == pytest.approx(gate / (gate + zebra))  # "wall" is as rare as "gate"


def test_what_is_said_counts_the_first_passage_alone(library: Library) -> None:
    one, other = put(library, "harbour gate"), put(library, "lunch money")
    hits = [Hit(other, 0, 0, 11, 1.0), Hit(one, 0, 0, 12, 0.9)]
    found = evidence(library.encoder, library.indexes(), "harbour gate", hits)
    assert (found.covered, found.said) == (1.0, 0.0)
    assert evidence(library.encoder, library.indexes(), "harbour gate", hits[::-1]).said == 1.0
    assert evidence(library.encoder, library.indexes(), "the", hits).said == 1.0  # nothing to be said


def test_the_name_of_whoever_is_to_have_said_it_is_no_sign_of_an_answer(library: Library) -> None:
    id_ = put(library, "Ana Ruiz: harbour gate", "Ben: the wall")
    indexes, hits = library.indexes(), [Hit(id_, 0, 0, 12, 1.0)]

    def found(question: str, *whose: str) -> tuple[float, float]:
        seen = evidence(library.encoder, indexes, question, hits, whose=whose)
        return seen.covered, seen.known

    assert min(found("What did Ana Ruiz say of zebra?")) > 0.4  # "zebra" is nowhere, both names are there
    assert found("What did Ana Ruiz say of zebra?", "Ana Ruiz") == (0, 0)
    assert found("What did Ana say of the gate?", "Ana") == (1, 1)
    assert found("What did Ana say?", "Ana") == (1, 1)  # nothing else is asked for


def test_question_of_stop_words_has_no_words_to_cover(library: Library) -> None:
    id_ = put(library, "harbour gate")
    assert words("what about it") == []
    found = evidence(library.encoder, library.indexes(), "what about it", [Hit(id_, 0, 0, 12, 1.0)])
    assert (found.covered, found.known) == (0.0, 0.0)


def test_word_that_only_names_the_kind_of_turn_need_not_be_said(library: Library) -> None:
    id_ = put(library, "Question: will the harbour gate close?", "Ana: no")
    hit = Hit(id_, 0, 0, 27, 1.0)
    # Nobody in the transcript says "journalist" or "ask", and none who asks would.
    found = evidence(
        library.encoder, library.indexes(), "What did a journalist ask about the harbour?", [hit]
    )
    assert (found.covered, found.known) == (1.0, 1.0)
    put(library, "Ben: the journalist left")
    found = evidence(
        library.encoder, library.indexes(), "What did a journalist ask about the harbour?", [hit]
    )
    assert found.covered < 1 == found.known


def test_hit_of_a_transcript_that_is_gone_is_no_evidence(library: Library) -> None:
    put(library, "harbour gate")
    gone = Hit("0" * 12, 0, 0, 12, 1.0)
    assert evidence(library.encoder, library.indexes(), "harbour", [gone]) == Evidence(0, 0, 0, 0, said=0)


def test_only_the_three_best_turns_are_looked_at(library: Library) -> None:
    id_ = put(library, "alpha", "beta", "gamma", "harbour gate")
    hits = [Hit(id_, position, 0, 5, 1.0) for position in range(3)]
    few = evidence(library.encoder, library.indexes(), "harbour gate", hits)
    more = evidence(library.encoder, library.indexes(), "harbour gate", [*hits, Hit(id_, 3, 0, 12, 1.0)])
    assert few == more
    assert np.isclose(few.own, 0, atol=1e-3)


@pytest.mark.parametrize("asker", ["a journalist", "reporters", "the questioner"])
def test_words_for_who_asks_need_not_be_said(library: Library, asker: str) -> None:
    put(library, "Question: When will the zeppelin fly?", "Ana: On Monday.")
    hits = library.retrieve("zeppelin", 5)
    question = f"What did {asker} ask about the zeppelin?"
    assert evidence(library.encoder, library.indexes(), question, hits).covered == 1.0
