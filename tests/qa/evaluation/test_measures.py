import math

import pytest

from qa.evaluation.measures import average_precision, ndcg_at_k, precision_at_k, recall_at_k


def test_recall_at_2_counts_one_of_three() -> None:
    assert recall_at_k(["p4", "p1", "p2"], {"p1", "p2", "p3"}, 2) == pytest.approx(1 / 3)


def test_precision_counts_empty_places_as_misses() -> None:
    assert precision_at_k(["p1"], {"p1", "p2"}, 10) == pytest.approx(0.1)


def test_ndcg_discounts_by_log2_of_rank_plus_one() -> None:
    # gold at ranks 2 and 3: 1/log2(3) + 1/log2(4); perfect would be 1/log2(2) + 1/log2(3)
    wanted = (1 / math.log2(3) + 0.5) / (1 + 1 / math.log2(3))
    assert ndcg_at_k(["x", "p1", "p2"], {"p1", "p2"}, 10) == pytest.approx(wanted)


def test_a_perfect_ranking_has_ndcg_1_even_when_gold_is_longer_than_k() -> None:
    assert ndcg_at_k(["p1", "p2"], {"p1", "p2", "p3"}, 2) == pytest.approx(1.0)


def test_average_precision_takes_missing_gold_as_zero() -> None:
    # found at ranks 1 and 3: (1/1 + 2/3) / 3
    assert average_precision(["p1", "x", "p2"], {"p1", "p2", "p3"}) == pytest.approx(5 / 9)


@pytest.mark.parametrize("measure", [ndcg_at_k, recall_at_k, precision_at_k])
def test_a_question_without_gold_or_a_k_below_1_is_a_mistake(measure: object) -> None:
    assert callable(measure)
    with pytest.raises(ValueError, match="nothing is relevant"):
        measure(["p1"], set(), 10)
    with pytest.raises(ValueError, match="k is 0"):
        measure(["p1"], {"p1"}, 0)
