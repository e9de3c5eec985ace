"""Is one system better than another on the same questions, and by how much.

Two systems are compared by their values of one measure on each question. The paired t-test and Fisher's
randomisation test nearly always agree on such data (Smucker, Allan & Carterette 2007,
doi:10.1145/1321440.1321528). Both take questions as independent. Questions on one transcript are not, so with
few transcripts their p is too small; the interval comes from a bootstrap that draws transcripts whole.

The same values give the same digits, in whatever order they come: questions are sorted, seeds are fixed.
Refused with a ValueError: systems that were not measured on the same questions. A question without results
must be there, with 0.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import stdtr

EXACT = 15  # up to so many differing questions all 2^n sign flips are counted, not drawn
_CHUNK = 1_000_000  # numbers drawn at a time
_ROUNDING = 1e-12  # smaller differences are rounding: of values between 0 and 1, else in proportion

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Interval:
    """A confidence interval of the mean difference."""

    low: float
    high: float
    level: float  # such as 0.95
    resamples: int


@dataclass(frozen=True, slots=True)
class Randomisation:
    """The result of a randomisation test: two-sided p, and the sign flips it comes from."""

    p: float
    draws: int
    exact: bool  # all flips there are, rather than drawn ones


@dataclass(frozen=True, slots=True)
class TTest:
    """The result of a paired t-test: two-sided p."""

    t: float
    p: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """A system against a baseline on the same questions; every difference is system minus baseline.

    Args:
        questions: How many both were measured on.
        clusters: How many transcripts these are about.
        baseline: Its mean.
        system: Its mean.
        difference: Mean difference.
        effect_size: Cohen's d_z: mean difference over the standard deviation of the differences (n - 1). None
            with one question or when all differences are the same, where it would be 0/0 or infinite.
        t_test: None where the effect size is, for the same reason.
        randomisation: Always there; p is 1 when no question differs.
        interval: None with one transcript: there is nothing to learn from about others.
        wins: Questions on which the system is better by more than the tolerance.
        ties: Questions within it.
        losses: Questions on which it is worse by more.
    """

    questions: int
    clusters: int
    baseline: float
    system: float
    difference: float
    effect_size: float | None
    t_test: TTest | None
    randomisation: Randomisation
    interval: Interval | None
    wins: int
    ties: int
    losses: int


def compare(
    baseline: Mapping[str, float],
    system: Mapping[str, float],
    clusters: Mapping[str, str],
    *,
    tolerance: float = 1e-9,
    draws: int = 10_000,
    level: float = 0.95,
    seed: int = 0,
) -> Comparison:
    """Compare two systems by their values of one measure.

    Args:
        baseline: Value of each question.
        system: Value of each question, the same ones.
        clusters: Transcript of each question; may name further questions.
        tolerance: Differences up to this size are ties. Only wins, ties and losses use it.
        draws: For the randomisation test, unless it is exact, and resamples for the interval.
        level: Of the interval.
        seed: Of both.

    Raises:
        ValueError: If there is no question, the questions are not the same, one has no transcript, or a value
            is not finite.
    """
    questions = sorted(baseline)
    _check(baseline, system, clusters)
    differences = np.array([system[question] - baseline[question] for question in questions])
    members: dict[str, list[float]] = {}
    for question, difference in zip(questions, differences.tolist(), strict=True):
        members.setdefault(clusters[question], []).append(difference)
    wins, losses = int((differences > tolerance).sum()), int((differences < -tolerance).sum())
    return Comparison(
        questions=len(questions),
        clusters=len(members),
        baseline=math.fsum(baseline.values()) / len(questions),
        system=math.fsum(system.values()) / len(questions),
        difference=_mean(differences),
        effect_size=effect_size(differences),
        t_test=t_test(differences),
        randomisation=randomisation_test(differences, draws=draws, seed=seed),
        interval=bootstrap_interval(members, level=level, resamples=draws, seed=seed),
        wins=wins,
        ties=len(questions) - wins - losses,
        losses=losses,
    )


def effect_size(differences: npt.ArrayLike) -> float | None:
    """Return Cohen's d_z (1988, section 2.3.5): mean over standard deviation (n - 1) of paired differences.

    None with fewer than two, or when all are the same up to rounding.
    """
    values = np.asarray(differences, dtype=np.float64)
    if len(values) < 2 or np.ptp(values) <= _ROUNDING * max(1.0, np.abs(values).max()):
        return None
    mean = _mean(values)
    return mean / math.sqrt(math.fsum((values - mean) ** 2) / (len(values) - 1))


def t_test(differences: npt.ArrayLike) -> TTest | None:
    """Return Student's paired t-test, two-sided, with n - 1 degrees of freedom; None as for `effect_size`."""
    values = np.asarray(differences, dtype=np.float64)
    size = effect_size(values)
    if size is None:
        return None
    t = size * math.sqrt(len(values))
    return TTest(t, float(2 * stdtr(len(values) - 1, -abs(t))))


def randomisation_test(differences: npt.ArrayLike, *, draws: int = 10_000, seed: int = 0) -> Randomisation:
    """Return Fisher's randomisation test (1935) of paired differences: how often chance does as well.

    Had the systems been the same, each difference could as well have the other sign. p is the share of sign
    flips whose mean is at least as far from 0 as the one observed. Questions without a difference change
    nothing and are left out; up to `EXACT` others are counted exactly. Beyond that flips are drawn, and the
    observed one is counted among them: p = (as far + 1) / (draws + 1), never 0 (Phipson & Smyth 2010,
    doi:10.2202/1544-6115.1585).

    Args:
        differences: One for each question.
        draws: At least 1; 10,000 give p = 0.05 a standard error of 0.002.
        seed: Of the draws.

    Raises:
        ValueError: If ``draws < 1``.
    """
    if draws < 1:
        raise ValueError(f"draws is {draws}; expected at least 1")
    values = np.asarray(differences, dtype=np.float64)
    values = values[values != 0]
    if len(values) <= EXACT:
        flips = 1 - 2 * (np.arange(2 ** len(values))[:, None] >> np.arange(len(values)) & 1)
        return Randomisation(_as_far(flips, values) / len(flips), len(flips), exact=True)
    numbers = np.random.default_rng(seed)
    found = sum(
        _as_far(1 - 2 * numbers.integers(0, 2, size=(rows, len(values)), dtype=np.int8), values)
        for rows in _chunks(draws, len(values))
    )
    return Randomisation((found + 1) / (draws + 1), draws, exact=False)


def bootstrap_interval(
    clusters: Mapping[str, list[float]], *, level: float = 0.95, resamples: int = 10_000, seed: int = 0
) -> Interval | None:
    """Return a percentile interval of the mean difference, from a bootstrap that draws clusters whole.

    As many clusters as there are, with replacement; a resample's value is the mean over all questions drawn
    (Efron & Tibshirani 1993, chapter 13; Field & Welsh 2007, doi:10.1111/j.1467-9868.2007.00593.x). With
    fewer than some twenty clusters such intervals are too narrow.

    Args:
        clusters: Differences of the questions of each cluster.
        level: Between 0 and 1.
        resamples: At least 1.
        seed: Of the draws.

    Returns:
        The interval; None with fewer than two clusters.

    Raises:
        ValueError: If the level or the number of resamples is out of range.
    """
    if not 0 < level < 1 or resamples < 1:
        raise ValueError(f"level is {level} and resamples {resamples}; expected 0 < level < 1 <= resamples")
    if len(clusters) < 2:
        return None
    sums = np.array([math.fsum(clusters[name]) for name in sorted(clusters)])
    counts = np.array([len(clusters[name]) for name in sorted(clusters)])
    numbers = np.random.default_rng(seed)
    means: list[Floats] = []
    for rows in _chunks(resamples, len(sums)):
        drawn = numbers.integers(0, len(sums), size=(rows, len(sums)))
        means.append(sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1))
    low, high = np.quantile(np.concatenate(means), [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(low), float(high), level, resamples)


def holm(p_values: Mapping[str, float | None]) -> dict[str, float | None]:
    """Return p-values adjusted for their number (Holm 1979, jstor.org/stable/4615733), in the order given.

    The smallest is multiplied by their number m, the next by m - 1 and so on; none becomes smaller than one
    before it, or larger than 1. An undefined one stays None but counts in m: the comparison was planned.

    Raises:
        ValueError: If a p-value is not between 0 and 1.
    """
    given = {name: p for name, p in p_values.items() if p is not None}
    for name, p in given.items():
        if not 0 <= p <= 1:
            raise ValueError(f"the p-value of {name!r} is {p}; expected 0 to 1")
    adjusted: dict[str, float | None] = dict.fromkeys(p_values)
    highest = 0.0
    for place, (name, p) in enumerate(sorted(given.items(), key=lambda item: item[1])):
        highest = max(highest, min(1.0, p * (len(p_values) - place)))
        adjusted[name] = highest
    return adjusted


def _check(baseline: Mapping[str, float], system: Mapping[str, float], clusters: Mapping[str, str]) -> None:
    if not baseline:
        raise ValueError("there are no questions to compare on")
    if apart := sorted(baseline.keys() ^ system.keys()):
        raise ValueError(
            f"{len(apart)} questions were measured for one system only, such as {apart[0]!r}; "
            "give a question without results the value 0"
        )
    if lost := sorted(baseline.keys() - clusters.keys()):
        raise ValueError(f"{len(lost)} questions belong to no transcript, such as {lost[0]!r}")
    for values in (baseline, system):
        for question, value in values.items():
            if not math.isfinite(value):
                raise ValueError(f"the value of question {question!r} is {value}; expected a finite number")


def _mean(values: Floats) -> float:
    return math.fsum(values) / len(values)


def _as_far(flips: npt.NDArray[np.integer], values: Floats) -> int:
    """Count the flips whose sum is as far from 0 as the one observed, or as far up to rounding."""
    enough = abs(math.fsum(values)) - _ROUNDING * max(1.0, math.fsum(np.abs(values)))
    return int((np.abs(flips @ values) >= enough).sum())


def _chunks(rows: int, width: int) -> Iterator[int]:
    """Split rows so that none of the parts holds more than `_CHUNK` numbers, or one row."""
    size = max(1, _CHUNK // width)
    for done in range(0, rows, size):
        yield min(size, rows - done)
