import math
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from qa.evaluation.significance import (
    Comparison,
    Interval,
    Randomisation,
    bootstrap_interval,
    compare,
    effect_size,
    holm,
    randomisation_test,
    t_test,
)

BASELINE = {"q1": 0.0, "q2": 0.5, "q3": 0.5, "q4": 1.0}
SYSTEM = {"q1": 1.0, "q2": 1.0, "q3": 0.5, "q4": 0.5}  # differences 1, 0.5, 0, -0.5
CLUSTERS = {"q1": "a", "q2": "a", "q3": "b", "q4": "b"}


def test_a_comparison_worked_out_by_hand() -> None:
    found = compare(BASELINE, SYSTEM, CLUSTERS)
    assert (found.questions, found.clusters, found.baseline, found.system) == (4, 2, 0.5, 0.75)
    assert found.difference == 0.25
    assert (found.wins, found.ties, found.losses) == (2, 1, 1)
    # deviations from 0.25 are .75, .25, -.25, -.75; squared .5625 + .0625 + .0625 + .5625 = 1.25, over 3
    assert found.effect_size == pytest.approx(0.25 / math.sqrt(1.25 / 3))
    assert found.t_test is not None
    assert found.t_test.t == pytest.approx(2 * 0.25 / math.sqrt(1.25 / 3))  # d_z times the root of 4
    # of the 8 sign flips of 1, .5, .5 the sums are 2, 1, 1, 0, 0, -1, -1, -2: six are as far from 0 as 1
    assert found.randomisation == Randomisation(6 / 8, 8, exact=True)
    # both clusters of two: means .75 and -.25, so .75, .25 and -.25 are drawn, the outer ones a quarter each
    assert found.interval == Interval(-0.25, 0.75, 0.95, 10_000)


def test_the_t_test_of_three_differences() -> None:
    # 1, 2, 3: mean 2, deviation 1, t = 2 * root 3; with 2 degrees of freedom p = 1 - t / root(2 + t^2)
    found = t_test([1.0, 2.0, 3.0])
    assert found is not None
    assert found.t == pytest.approx(2 * math.sqrt(3))
    assert found.p == pytest.approx(1 - math.sqrt(12 / 14))


def test_the_t_test_is_scipys() -> None:
    numbers = np.random.default_rng(1)
    for count in (2, 5, 40, 1000):
        one, other = numbers.random(count), numbers.random(count)
        found, theirs = t_test(one - other), stats.ttest_rel(one, other)
        assert found is not None
        assert (found.t, found.p) == pytest.approx((theirs.statistic, theirs.pvalue), rel=1e-9)


@pytest.mark.parametrize("count", [2, 7, 12, 15])
def test_exact_randomisation_is_scipys(count: int) -> None:
    # with ties among the differences, and some of them 0
    numbers = np.random.default_rng(count)
    values = numbers.choice([-0.3, -0.1, 0.0, 0.1, 0.2, 0.7], size=count)
    theirs = stats.permutation_test(
        (values,), lambda flipped: abs(np.mean(flipped)), permutation_type="samples", alternative="greater",
        n_resamples=np.inf, vectorized=False,
    )  # fmt: skip
    found = randomisation_test(values)
    assert found.exact
    assert found.p == pytest.approx(theirs.pvalue)


def test_drawn_randomisation_is_close_to_scipys() -> None:
    values = np.random.default_rng(3).normal(0.2, 1.0, size=60)
    theirs = stats.permutation_test(
        (values,), np.mean, permutation_type="samples", n_resamples=20_000, vectorized=True,
        rng=np.random.default_rng(4),
    )  # fmt: skip
    found = randomisation_test(values, draws=20_000)
    assert (found.exact, found.draws) == (False, 20_000)
    assert found.p == pytest.approx(theirs.pvalue, abs=0.015)


def test_a_drawn_p_is_never_0() -> None:
    # 16 differences of one sign: of 65,536 flips two are as far, and in 99 draws hardly any
    assert randomisation_test([1.0] * 16, draws=99) == Randomisation(1 / 100, 99, exact=False)


def test_flips_are_counted_exactly_up_to_15_questions_that_differ() -> None:
    assert randomisation_test([1.0] * 15 + [0.0] * 100) == Randomisation(2 / 2**15, 2**15, exact=True)


def test_randomisation_counts_what_is_as_far_but_for_rounding() -> None:
    # 0.1 + 0.2 is not 0.3 here, nor 0.4 - 0.3 the same as 0.3 - 0.2
    assert randomisation_test([0.1, 0.2, -0.3]).p == 1
    assert randomisation_test([0.4 - 0.3, -(0.3 - 0.2)]).p == 1
    assert randomisation_test([0.3 - 0.2, 0.4 - 0.3]).p == 2 / 4


def test_one_question_is_compared_without_a_number_that_is_none() -> None:
    found = compare({"q": 0.25}, {"q": 0.75}, {"q": "a"})
    assert found == Comparison(
        questions=1, clusters=1, baseline=0.25, system=0.75, difference=0.5, effect_size=None, t_test=None,
        randomisation=Randomisation(1.0, 2, exact=True), interval=None, wins=1, ties=0, losses=0,
    )  # fmt: skip


def test_equal_systems_do_not_differ() -> None:
    found = compare(BASELINE, BASELINE, CLUSTERS)
    assert (found.difference, found.effect_size, found.t_test) == (0, None, None)
    assert found.randomisation == Randomisation(1.0, 1, exact=True)
    assert found.interval == Interval(0.0, 0.0, 0.95, 10_000)
    assert (found.wins, found.ties, found.losses) == (0, 4, 0)


def test_constant_differences_have_no_effect_size_though_rounding_moves_them() -> None:
    differences = [0.3 - 0.2, 0.4 - 0.3, 0.9 - 0.8]
    assert len(set(differences)) == 2
    assert effect_size(differences) is None
    assert t_test(differences) is None


def test_small_differences_are_ties_only_for_the_count() -> None:
    found = compare(BASELINE, SYSTEM, CLUSTERS, tolerance=0.5)
    assert (found.wins, found.ties, found.losses) == (1, 3, 0)
    assert found.difference == 0.25


def test_questions_on_one_transcript_make_no_interval_and_many_widen_it() -> None:
    numbers = random.Random(2)  # noqa: S311  # not for secrets
    clusters = {name: [numbers.gauss(0, 1)] * 20 for name in "abcdefghij"}
    whole = bootstrap_interval(clusters)
    apart = bootstrap_interval({f"{name}{n}": [d] for name, ds in clusters.items() for n, d in enumerate(ds)})
    assert whole is not None
    assert apart is not None
    assert whole.high - whole.low > 3 * (apart.high - apart.low)  # root 20 is 4.5
    assert bootstrap_interval({"a": [0.1, 0.2]}) is None


def test_a_cluster_counts_by_its_questions() -> None:
    # draws with both have the mean (3 * 1 + 1 * 0) / 4, of the big one alone 1, of the small one alone 0
    found = bootstrap_interval({"big": [1.0, 1.0, 1.0], "small": [0.0]}, level=0.4)
    # a quarter of the draws is 0, half .75, a quarter 1: the 30 % and the 70 % point lie in the half
    assert found == Interval(0.75, 0.75, 0.4, 10_000)


def test_the_bootstrap_agrees_with_scipys_when_each_question_is_a_cluster() -> None:
    values = np.random.default_rng(5).normal(0.3, 1.0, size=80)
    found = bootstrap_interval({f"q{n:02}": [value] for n, value in enumerate(values)})
    theirs = stats.bootstrap(
        (values,), np.mean, method="percentile", n_resamples=10_000, rng=np.random.default_rng(6)
    ).confidence_interval
    assert found is not None
    assert (found.low, found.high) == pytest.approx((theirs.low, theirs.high), abs=0.02)


def test_holm_multiplies_the_smallest_by_their_number() -> None:
    # .01 * 4, .02 * 3, .03 * 2 = .06 stays at .06 from before, .5 * 1
    found = holm({"c": 0.03, "a": 0.01, "d": 0.5, "b": 0.02})
    assert found == pytest.approx({"c": 0.06, "a": 0.04, "d": 0.5, "b": 0.06})
    assert list(found) == ["c", "a", "d", "b"]
    # .01 * 3; .04 * 2; and .03 * 1 where one of three is undefined
    assert holm({"a": 0.01, "b": None, "c": 0.04}) == {"a": 0.03, "b": None, "c": 0.08}
    assert holm({"a": 0.9, "b": 0.8}) == {"a": 1.0, "b": 1.0}
    assert holm({}) == {}


def test_mistakes_are_refused() -> None:
    with pytest.raises(ValueError, match="no questions"):
        compare({}, {}, {})
    with pytest.raises(ValueError, match="1 questions were measured for one system only, such as 'q4'"):
        compare(BASELINE, {q: v for q, v in SYSTEM.items() if q != "q4"}, CLUSTERS)
    with pytest.raises(ValueError, match="4 questions belong to no transcript, such as 'q1'"):
        compare(BASELINE, SYSTEM, {})
    with pytest.raises(ValueError, match="value of question 'q1' is nan"):
        compare(BASELINE, SYSTEM | {"q1": math.nan}, CLUSTERS)
    with pytest.raises(ValueError, match="draws is 0"):
        compare(BASELINE, SYSTEM, CLUSTERS, draws=0)
    with pytest.raises(ValueError, match="level is 95"):
        compare(BASELINE, SYSTEM, CLUSTERS, level=95)
    with pytest.raises(ValueError, match="p-value of 'a' is 2"):
        holm({"a": 2})


def random_values(seed: int) -> dict[str, float]:
    numbers = random.Random(seed)  # noqa: S311  # not for secrets
    return {f"q{n}": numbers.random() for n in range(300)}


def test_the_same_values_in_another_order_give_the_same_digits() -> None:
    one, other = random_values(1), random_values(2)
    clusters = {question: question[:2] for question in one}
    found = compare(one, other, clusters)
    backwards = dict(reversed(one.items())), dict(reversed(other.items()))
    assert compare(*backwards, dict(reversed(clusters.items()))) == found


@given(st.lists(st.floats(-1, 1).map(lambda value: round(value, 6)), min_size=1, max_size=12))
def test_swapping_the_systems_turns_the_signs_and_keeps_p(differences: list[float]) -> None:
    backwards = [-value for value in differences]
    assert randomisation_test(differences) == randomisation_test(backwards)
    one, other = t_test(differences), t_test(backwards)
    assert (one is None) == (other is None)
    if one is not None and other is not None:
        assert (one.t, one.p) == pytest.approx((-other.t, other.p))


@given(st.dictionaries(st.text(), st.floats(0, 1)))
def test_holm_never_lowers_a_p_and_keeps_their_order(p_values: dict[str, float]) -> None:
    adjusted = holm(p_values)
    ranked = [adjusted[name] for name in sorted(p_values, key=lambda name: p_values[name])]
    assert all(a is not None and p_values[name] <= a <= 1 for name, a in adjusted.items())
    assert ranked == sorted(ranked, key=lambda value: value or 0)
