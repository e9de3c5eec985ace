import math

import pytest

from qa.evaluation.judged import Card, Dataset, JudgedQuestion, JudgedTranscript, Pool
from tests.conftest import WordEncoder, reading_of
from training.validation import Held, validate


def dataset(name: str) -> Dataset:
    pools = []
    for pool, lines in (
        ("p", ("Ana: cats sleep", "Ben: dogs bark", "Ana: birds sing")),
        ("q", ("Cy: fish",)),
    ):
        ids = tuple(f"{pool}{place}" for place in range(len(lines)))
        pools.append(Pool(pool, (JudgedTranscript(pool, reading_of(*lines), ids),)))
    questions = (
        JudgedQuestion("1", "dogs bark", "p", {"p1": 1}),
        JudgedQuestion("2", "sing", "p", {"p0": 1}),
        JudgedQuestion("3", "fish", "q", {"q0": 1}),
    )
    return Dataset(name, "unknown release", "0", Card("t", "s", "l", "g"), tuple(pools), questions)


def test_measures_of_rows_alone_are_those_of_cosine_over_the_pool() -> None:
    encode = WordEncoder().encode_queries
    sets = [Held(name, dataset(name), frozenset("p")) for name in ("locomo", "friendsqa", "qmsum")]
    found = validate(encode, sets)
    # "dogs bark" finds its turn first. "sing" finds p2 first and the two others, of equal score, in order:
    # its turn is second.
    assert found["locomo own ndcg@10"] == pytest.approx(100 * (1 + 1 / math.log2(3)) / 2, abs=0.01)
    assert found["friendsqa pooled recall@5"] == 100
    assert "locomo pooled recall@5" not in found
    assert found["qmsum dense p@10"] == 10


def test_only_questions_of_the_named_pools_are_asked() -> None:
    encode = WordEncoder().encode_queries
    sets = [Held(name, dataset(name), frozenset("q")) for name in ("locomo", "friendsqa", "qmsum")]
    assert validate(encode, sets)["locomo own ndcg@10"] == 100
