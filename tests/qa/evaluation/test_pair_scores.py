from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from embeddings.cross_encoder import Pair, Scores
from qa.evaluation.bench import Bench
from qa.evaluation.evaluating import evaluate
from qa.evaluation.pair_scores import KeptPairs
from qa.evaluation.plan import Plan
from qa.reranking import Reranker
from tests.conftest import WordEncoder
from tests.qa.evaluation.small_set import small_set


class Longest:
    """Thinks that long passages answer; counts how many it was given."""

    def __init__(self, checksum: str = "a") -> None:
        self.name = "longest"
        self.checksum = checksum
        self.marks = ("»", "«")
        self.scored = 0

    def scores(self, pairs: Sequence[Pair], seconds: float | None = None) -> Scores | None:
        self.scored += len(pairs)
        return np.array([len(text) / 1000 for _, text in pairs], dtype=np.float32)


PAIRS = [("why?", "a"), ("why?", "abc"), ("who?", "abc"), ("why?", "a")]


def test_known_pairs_are_not_scored_again_also_in_another_process(tmp_path: Path) -> None:
    first = Longest()
    kept = KeptPairs(first, tmp_path)
    wanted = kept.scores(PAIRS)
    assert wanted is not None
    assert first.scored == 3  # one of the four stands there twice
    assert kept.scores(PAIRS[1:]).tolist() == wanted[1:].tolist()  # type: ignore[union-attr]
    assert first.scored == 3
    kept.save()
    second = Longest()
    assert KeptPairs(second, tmp_path).scores(PAIRS).tolist() == wanted.tolist()  # type: ignore[union-attr]
    assert second.scored == 0


def test_another_model_does_not_get_them(tmp_path: Path) -> None:
    one = KeptPairs(Longest(), tmp_path)
    one.scores(PAIRS)
    one.save()
    other = Longest("b")
    KeptPairs(other, tmp_path).scores(PAIRS)
    assert other.scored == 3


@pytest.mark.parametrize("damage", ["short", "changed", "text"])
def test_what_is_damaged_is_scored_anew(tmp_path: Path, damage: str) -> None:
    kept = KeptPairs(Longest(), tmp_path)
    kept.scores(PAIRS)
    kept.save()
    (file,) = (tmp_path / "pairs").iterdir()
    body = file.read_bytes()
    last = bytes([body[-1] ^ 1])
    file.write_bytes({"short": body[:-4], "changed": body[:-1] + last, "text": b"nothing"}[damage])
    again = Longest()
    KeptPairs(again, tmp_path).scores(PAIRS)
    assert again.scored == 3


def test_a_pair_is_told_from_its_texts_put_together_otherwise(tmp_path: Path) -> None:
    model = Longest()
    KeptPairs(model, tmp_path).scores([("ab", "c"), ("a", "bc")])
    assert model.scored == 2


def test_timing_scores_anew_and_takes_note_of_nothing(tmp_path: Path) -> None:
    model = Longest()
    kept = KeptPairs(model, tmp_path)
    kept.scores(PAIRS)
    with kept.timed() as seconds:
        kept.scores(PAIRS)
        kept.scores(PAIRS)
    assert len(seconds) == 2
    assert model.scored == 3 + 4 + 4
    kept.scores(PAIRS)
    assert model.scored == 11


def test_the_default_system_reads_closely_and_says_so(tmp_path: Path) -> None:
    models: list[Longest] = []

    def reranker(_: str) -> Reranker:
        models.append(Longest())
        return Reranker(models[-1], None)

    def bench() -> Bench:
        return Bench(small_set(), tmp_path, lambda name: WordEncoder(name or "words"), reranker=reranker)

    outcome = evaluate(bench(), Plan(("instant", "default")))
    instant, default = outcome.evaluation.systems
    assert outcome.runs["default"].rankings != outcome.runs["instant"].rankings
    assert default.card["settings"]["reranker"]["model"] == "longest"
    assert "reranker" not in instant.card["settings"]
    assert instant.costs is not None
    assert instant.costs.rerank.p50 == 0
    assert default.costs is not None
    assert default.costs.rerank.p50 > 0
    read = [
        (placed, placed.why) for some in default.best.values() for placed in some if placed.why is not None
    ]
    assert any(why.closely > 0 for _, why in read)
    for placed, why in read:
        pieces = sum(why.shares) + why.prior + why.credit + why.closely + why.alike
        assert placed.score >= pieces - 1e-5  # more only for an answer that was put before its question
    assert (
        sum(
            abs(placed.score - sum(why.shares) - why.prior - why.credit - why.closely - why.alike) < 1e-5
            for placed, why in read
        )
        >= len(read) - 1
    )
    timed = models[0].scored
    again = evaluate(bench(), Plan(("default",)))
    assert again.runs["default"].rankings == outcome.runs["default"].rankings
    assert 0 < models[1].scored < timed  # only for the timing


def test_without_a_reranker_the_card_says_that_there_is_none(tmp_path: Path) -> None:
    bench = Bench(small_set(), tmp_path, lambda name: WordEncoder(name or "words"))
    (default,) = evaluate(bench, Plan(("default",))).evaluation.systems
    assert default.card["settings"]["reranker"] is None


def test_few_questions_are_timed_where_passages_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.evaluation.costs.TIMED_READING", 1)
    bench = Bench(
        small_set(),
        tmp_path,
        lambda name: WordEncoder(name or "words"),
        reranker=lambda _: Reranker(Longest(), None),
    )
    instant, default = evaluate(bench, Plan(("instant", "default"))).evaluation.systems
    assert instant.costs is not None
    assert default.costs is not None
    assert (instant.costs.questions, default.costs.questions) == (len(bench.dataset.questions), 1)
