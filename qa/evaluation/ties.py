"""Ids that a system scored the same: in which order they rank, and what a measure is worth over all orders.

Tools differ here without saying so: trec_eval puts the last id first, others the first id or whatever came
first. Where many scores are equal that moves a measure by more than most systems differ, so `expected` gives
the mean over all orders of what is tied. Sources: McSherry & Najork 2008 (doi:10.1007/978-3-540-78646-7_38).
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from qa.evaluation.measures import Gains, Measure, dcg

Ties = Literal["trec", "asc", "pessimistic"]


def ordered(scored: Mapping[str, float], ties: Ties = "trec", gains: Gains | None = None) -> list[str]:
    """Return ids by score, highest first; what is equal by one of three rules, never by order of insertion.

    Args:
        scored: Score of each id, higher is better.
        ties: "trec": by id, last in order of code points first, as trec_eval does.
            "asc": by id, first first. "pessimistic": unjudged, then not relevant, then relevant by rising
            gain, which gives every measure in `MEASURE_NAMES` its lowest value.
        gains: The judgments; only "pessimistic" needs them.

    Raises:
        ValueError: If a score is not a number, the rule is unknown or "pessimistic" has no judgments.
    """
    if any(math.isnan(score) for score in scored.values()):
        raise ValueError("a score is not a number; it has no place in a ranking")
    ids = sorted(scored, reverse=ties != "asc")
    if ties == "pessimistic":
        if gains is None:
            raise ValueError("ties='pessimistic' needs the gains, to put the relevant last")
        judged = gains
        ids.sort(key=lambda id_: (id_ in judged, max(0, judged.get(id_, 0))))
    elif ties not in ("trec", "asc"):
        raise ValueError(f"ties is {ties!r}; expected 'trec', 'asc' or 'pessimistic'")
    return sorted(ids, key=lambda id_: -scored[id_])


def expected(measure: Measure, scored: Mapping[str, float], gains: Gains) -> float:
    """Return the mean of a measure over all orders of the ids whose scores are equal; exact, not sampled.

    Without equal scores it is the measure of the one ranking there is.

    Raises:
        ValueError: If a score is not a number, or nothing is relevant.
    """
    measure((), gains)  # refuses a question for which it is undefined
    tied, start, before = [], 0, 0
    for _, ids in groupby(ordered(scored), key=lambda id_: scored[id_]):
        one = _tied(list(ids), gains, start, before)
        tied.append(one)
        start, before = start + one.size, before + one.relevant
    return _EXPECTED[measure.kind](tied, gains, measure.k or start)


@dataclass(frozen=True, slots=True)
class _Tied:
    """Ids with one score, on the ranks from start + 1 on."""

    start: int
    size: int
    before: int  # relevant ids that rank higher
    relevant: int
    judged: int
    gain: int  # of all relevant ids together


def _tied(ids: Sequence[str], gains: Gains, start: int, before: int) -> _Tied:
    gained = [gains[id_] for id_ in ids if gains.get(id_, 0) > 0]
    return _Tied(start, len(ids), before, len(gained), sum(id_ in gains for id_ in ids), sum(gained))


def _ndcg(tied: Sequence[_Tied], gains: Gains, k: int) -> float:
    at_ranks = [one.gain / one.size for one in tied for _ in range(one.size)]
    return dcg(at_ranks[:k]) / dcg(sorted((gain for gain in gains.values() if gain > 0), reverse=True)[:k])


def _within(tied: Sequence[_Tied], k: int) -> Iterator[tuple[_Tied, int]]:
    """Yield what is tied with the number of its places among the first k, where there are any."""
    for one in tied:
        if one.start < k:
            yield one, min(one.size, k - one.start)


def _found(tied: Sequence[_Tied], k: int) -> float:
    return math.fsum(one.relevant * places / one.size for one, places in _within(tied, k))


def _judged(tied: Sequence[_Tied], gains: Gains, k: int) -> float:
    judged = math.fsum(one.judged * places / one.size for one, places in _within(tied, k))
    return judged / max(1, sum(places for _, places in _within(tied, k)))


def _success(tied: Sequence[_Tied], gains: Gains, k: int) -> float:
    # none is found when every tie fills its places with ids that are not relevant; only the last has a choice
    return 1 - math.prod(
        math.comb(one.size - one.relevant, places) / math.comb(one.size, places)
        for one, places in _within(tied, k)
    )


def _all(tied: Sequence[_Tied], gains: Gains, k: int) -> float:
    if sum(one.relevant for one, _ in _within(tied, k)) < _relevant(gains):
        return 0.0
    # the places beyond k must hold ids that are not relevant
    return math.prod(
        math.comb(one.size - one.relevant, one.size - places) / math.comb(one.size, places)
        for one, places in _within(tied, k)
    )


def _mrr(tied: Sequence[_Tied], gains: Gains, k: int) -> float:
    for one, places in _within(tied, k):
        if one.relevant:  # the first relevant place is p when the others are among the size - p after it
            ways = math.comb(one.size, one.relevant)
            return math.fsum(
                math.comb(one.size - place, one.relevant - 1) / ways / (one.start + place)
                for place in range(1, places + 1)
            )
    return 0.0


def _average_precision(tied: Sequence[_Tied], gains: Gains, k: int) -> float:
    # a relevant id on a place expects its share of the other relevant ones on the places before it
    return math.fsum(
        one.relevant
        / one.size
        * (one.before + 1 + (place - 1) * (one.relevant - 1) / max(1, one.size - 1))
        / (one.start + place)
        for one in tied
        if one.relevant
        for place in range(1, one.size + 1)
    ) / _relevant(gains)


def _relevant(gains: Gains) -> int:
    return sum(gain > 0 for gain in gains.values())


_EXPECTED: dict[str, Callable[[Sequence[_Tied], Gains, int], float]] = {
    "ndcg": _ndcg,
    "recall": lambda tied, gains, k: _found(tied, k) / _relevant(gains),
    "all": _all,
    "success": _success,
    "mrr": _mrr,
    "p": lambda tied, gains, k: _found(tied, k) / k,
    "judged": _judged,
    "ap": _average_precision,
    "rprec": lambda tied, gains, k: _found(tied, _relevant(gains)) / _relevant(gains),
}
