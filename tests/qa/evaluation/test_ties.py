import math
from itertools import permutations
from statistics import fmean

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.evaluation.measures import MEASURE_NAMES, measure
from qa.evaluation.ties import expected, ordered

SCORED = {"b": 1.0, "d": 1.0, "a": 2.0, "c": 1.0}


@pytest.mark.parametrize(
    ("ties", "ranking"),
    [("trec", ["a", "d", "c", "b"]), ("asc", ["a", "b", "c", "d"]), ("pessimistic", ["a", "b", "c", "d"])],
)
def test_a_rule_orders_what_is_equal(ties: str, ranking: list[str]) -> None:
    # pessimistic: b is unjudged, c judged and not relevant, d relevant
    assert ordered(SCORED, ties, {"d": 1, "c": 0}) == ranking  # type: ignore[arg-type]


def test_a_harmful_id_is_tied_like_one_that_is_not_relevant() -> None:
    assert ordered(dict.fromkeys("abc", 0.0), "pessimistic", {"a": -1, "b": 0, "c": 2}) == ["b", "a", "c"]


def test_ordering_refuses_what_it_cannot_order() -> None:
    with pytest.raises(ValueError, match="not a number"):
        ordered({"a": math.nan})
    with pytest.raises(ValueError, match="needs the gains"):
        ordered(SCORED, "pessimistic")
    with pytest.raises(ValueError, match="ties is 'random'"):
        ordered(SCORED, "random")  # type: ignore[arg-type]


def test_the_expected_reciprocal_rank_of_one_among_four_equals() -> None:
    # each of ranks 1 to 4 is as likely: (1 + 1/2 + 1/3 + 1/4) / 4
    scored = dict.fromkeys("abcd", 0.5)
    assert expected(measure("mrr@10"), scored, {"b": 1}) == pytest.approx((1 + 1 / 2 + 1 / 3 + 1 / 4) / 4)


def test_expecting_an_undefined_measure_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="nothing is relevant"):
        expected(measure("ap"), SCORED, {"a": 0})


GAINS = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(-1, 3), min_size=1).filter(
    lambda gains: max(gains.values()) > 0
)
SCORES = st.dictionaries(st.sampled_from("abcdef"), st.sampled_from([0.0, 1.0, 2.0]))
NAMES = st.sampled_from(MEASURE_NAMES)


def orders(scored: dict[str, float]) -> list[list[str]]:
    """Every order in which the scores do not rise."""
    rankings = (list(ranking) for ranking in permutations(scored))
    return [ranking for ranking in rankings if [scored[i] for i in ranking] == sorted(scored.values())[::-1]]


@settings(max_examples=300)
@given(scored=SCORES, gains=GAINS, name=NAMES, k=st.integers(1, 8))
def test_the_expected_value_is_the_mean_over_all_orders_of_what_is_equal(
    scored: dict[str, float], gains: dict[str, int], name: str, k: int
) -> None:
    one = measure(name.replace("@k", f"@{k}"))
    mean = fmean(one(ranking, gains) for ranking in orders(scored))
    assert expected(one, scored, gains) == pytest.approx(mean, abs=1e-12)


@settings(max_examples=300)
@given(scored=SCORES, gains=GAINS, name=NAMES, k=st.integers(1, 8))
def test_pessimistic_is_the_lowest_of_all_orders(
    scored: dict[str, float], gains: dict[str, int], name: str, k: int
) -> None:
    one = measure(name.replace("@k", f"@{k}"))
    lowest = min(one(ranking, gains) for ranking in orders(scored))
    assert one(ordered(scored, "pessimistic", gains), gains) == pytest.approx(lowest)


@given(scored=SCORES)
def test_the_order_of_insertion_never_matters(scored: dict[str, float]) -> None:
    assert ordered(scored) == ordered(dict(reversed(scored.items())))
