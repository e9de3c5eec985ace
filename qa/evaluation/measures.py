"""How good a ranking is: measures of one question, and their means over many. Takes plain ids.

A question's judgments map ids to gains: above 0 is relevant, anything else is judged and not relevant, an id
left out is unjudged. A ranking is ids, best first. A question without results, an empty ranking, counts 0.
Refused with a ValueError: a question to which nothing is relevant, a k below 1, a ranking that repeats an id.

Each docstring names the variant, since tools differ. The tests compare with trec_eval (pytrec-eval-terrier).
"""

import math
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

Gains = Mapping[str, int]

_EDGE = r"(?:(?<!\w)|(?!\w))"  # anywhere but inside a word; unlike \b also beside a sign, as in "$5"


def ndcg_at_k(ranking: Sequence[str], gains: Gains, k: int) -> float:
    """Return nDCG@k (Järvelin & Kekäläinen 2002, doi:10.1145/582415.582418) in the form of trec_eval.

    Its ndcg_cut: linear gain (not 2^gain - 1), discount log2(rank + 1) with ranks from 1, divided by the same
    of the best ranking of all judged ids, whether ranked or not. Negative gains count as 0.
    """
    first = _first(ranking, gains, k)
    best = sorted((gain for gain in gains.values() if gain > 0), reverse=True)
    return dcg(gains.get(id_, 0) for id_ in first) / dcg(best[:k])


def dcg(gains: Iterable[float]) -> float:
    """Return the discounted cumulated gain of the gains at ranks 1, 2, …; see `ndcg_at_k`."""
    return math.fsum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains, 1) if gain > 0)


def recall_at_k(ranking: Sequence[str], gains: Gains, k: int) -> float:
    """Return fractional recall@k: the share of all relevant ids that stand among the first k.

    As trec_eval's recall.
    """
    return _found(_first(ranking, gains, k), gains) / _relevant(gains)


def all_at_k(ranking: Sequence[str], gains: Gains, k: int) -> float:
    """Return 1 when every relevant id stands among the first k, otherwise 0.

    ``recall_all`` of LongMemEval (Wu et al. 2025, arXiv:2410.10813). Always 0 when more than k are relevant.
    """
    return float(_found(_first(ranking, gains, k), gains) == _relevant(gains))


def success_at_k(ranking: Sequence[str], gains: Gains, k: int) -> float:
    """Return 1 when at least one relevant id stands among the first k, otherwise 0; trec_eval's success.

    Elsewhere hit@k, any@k or ``recall_any``.
    """
    return float(_found(_first(ranking, gains, k), gains) > 0)


def mrr_at_k(ranking: Sequence[str], gains: Gains, k: int) -> float:
    """Return the reciprocal rank of the first relevant id, 0 when it stands beyond k.

    Its mean over questions is MRR@k (Voorhees 1999, TREC-8 question answering); trec_eval's recip_rank of a
    run cut at k.
    """
    ranks = (rank for rank, id_ in enumerate(_first(ranking, gains, k), 1) if gains.get(id_, 0) > 0)
    return next((1 / rank for rank in ranks), 0.0)


def average_precision(ranking: Sequence[str], gains: Gains) -> float:
    """Return the mean, over all relevant ids, of the precision at their rank; 0 for those not ranked.

    Its mean over questions is trec_eval's map (Buckley & Voorhees 2000, doi:10.1145/345508.345543), not
    interpolated and not cut.
    """
    ranked = enumerate(_first(ranking, gains, max(1, len(ranking))), 1)
    ranks = (rank for rank, id_ in ranked if gains.get(id_, 0) > 0)
    return math.fsum(found / rank for found, rank in enumerate(ranks, 1)) / _relevant(gains)


def r_precision(ranking: Sequence[str], gains: Gains) -> float:
    """Return precision at R, the number of relevant ids; trec_eval's Rprec. Places left empty are misses."""
    return precision_at_k(ranking, gains, max(1, _relevant(gains)))


def precision_at_k(ranking: Sequence[str], gains: Gains, k: int) -> float:
    """Return the share of the first k places that hold a relevant id; places left empty are misses.

    As trec_eval's P.
    """
    return _found(_first(ranking, gains, k), gains) / k


def judged_at_k(ranking: Sequence[str], gains: Gains, k: int) -> float:
    """Return the share of the ids among the first k that are judged at all, relevant or not.

    As ir_measures' Judged@k: of the places that are filled, so a ranking shorter than k can reach 1. 0 for an
    empty ranking, which ir_measures leaves out.
    """
    first = _first(ranking, gains, k)
    return sum(id_ in gains for id_ in first) / max(1, len(first))


def span_hit_at_k(ranking: Sequence[str], spans: Collection[Set[str]], k: int) -> float:
    """Return the share of gold spans that have at least one id among the first k.

    A span is the ids of one annotated stretch, as in QMSum (Zhong et al. 2021, arXiv:2104.05938); spans may
    overlap. Our own definition, since QMSum publishes no ranking measure.

    Raises:
        ValueError: If there is no span, a span is empty, ``k < 1`` or the ranking repeats an id.
    """
    if not spans or not all(spans):
        raise ValueError("a gold span is missing or empty: the measure is undefined for this question")
    first = set(_first(ranking, dict.fromkeys(frozenset().union(*spans), 1), k))
    return sum(not first.isdisjoint(span) for span in spans) / len(spans)


def span_iou_at_k(ranking: Sequence[str], gold: Set[str], k: int) -> float:
    """Return intersection over union of the first k ids and the ids of all gold spans together.

    The index of Jaccard (1901). 1 only when the first k are the gold ids and no others.
    """
    first = set(_first(ranking, dict.fromkeys(gold, 1), k))
    return len(first & gold) / len(first | gold)


def answer_contained(shown_sentences: Iterable[str], answers: Iterable[str]) -> float:
    """Return 1 when one of the sentences shown holds one of the answers, otherwise 0.

    Case and the width of whitespace do not count; an answer must stand as whole words, so "no" is not in
    "know". An answer that runs over two sentences is not found: they may come from different turns.

    Raises:
        ValueError: If every answer is blank or there is none: the measure is undefined.
    """
    wanted = [_flat(answer) for answer in answers if answer.strip()]
    if not wanted:
        raise ValueError("there is no answer text: the measure is undefined for this question")
    patterns = [re.compile(_EDGE + re.escape(answer) + _EDGE) for answer in wanted]
    return float(any(pattern.search(_flat(shown)) for shown in shown_sentences for pattern in patterns))


_AT_K: dict[str, tuple[str, Callable[[Sequence[str], Gains, int], float]]] = {
    "ndcg": ("nDCG", ndcg_at_k),
    "recall": ("fractional recall", recall_at_k),
    "all": ("all", all_at_k),
    "success": ("success", success_at_k),
    "mrr": ("MRR", mrr_at_k),
    "p": ("P", precision_at_k),
    "judged": ("judged", judged_at_k),
}
_WHOLE: dict[str, tuple[str, Callable[[Sequence[str], Gains], float]]] = {
    "ap": ("AP", average_precision),
    "rprec": ("R-precision", r_precision),
}
MEASURE_NAMES = (*(f"{kind}@k" for kind in _AT_K), *_WHOLE)  # as `measure` reads them, with a number for k


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure of one ranking, called with the ranking and the gains.

    Args:
        kind: What stands before the @ in one of `MEASURE_NAMES`.
        k: The cutoff; None for those without one.
    """

    kind: str
    k: int | None = None

    def __post_init__(self) -> None:
        if self.kind not in (_WHOLE if self.k is None else _AT_K) or (self.k is not None and self.k < 1):
            raise ValueError(
                f"{self.name!r} is no measure; expected one of {', '.join(MEASURE_NAMES)}, "
                "where k is a number of at least 1, as in ndcg@10"
            )

    @property
    def name(self) -> str:
        """The name `measure` reads, such as "ndcg@10"."""
        return self.kind if self.k is None else f"{self.kind}@{self.k}"

    @property
    def label(self) -> str:
        """The name in full, for people, such as "fractional recall@10"."""
        return _WHOLE[self.kind][0] if self.k is None else f"{_AT_K[self.kind][0]}@{self.k}"

    def __call__(self, ranking: Sequence[str], gains: Gains) -> float:
        """Return the measure of one question."""
        if self.k is None:
            return _WHOLE[self.kind][1](ranking, gains)
        return _AT_K[self.kind][1](ranking, gains, self.k)


def measure(name: str) -> Measure:
    """Return the measure of a name such as "ndcg@10" or "ap"; upper and lower case are the same.

    Raises:
        ValueError: If there is no such measure; the message lists those there are.
    """
    kind, at, k = name.strip().lower().partition("@")
    if at and not re.fullmatch("[0-9]{1,9}", k):
        return Measure(name)  # refused there, as it was written
    return Measure(kind, int(k) if at else None)


@dataclass(frozen=True, slots=True)
class GroupMean:
    """The mean over the questions of one group."""

    group: str
    questions: int
    mean: float


@dataclass(frozen=True, slots=True)
class Aggregate:
    """Means of one measure over many questions.

    Args:
        questions: How many there are.
        micro: Mean over questions, each counting the same.
        macro: Mean over groups of their means, each group counting the same.
        groups: The slices, by name of the group.
    """

    questions: int
    micro: float
    macro: float
    groups: tuple[GroupMean, ...]


def aggregate(values: Mapping[str, float], groups: Mapping[str, str]) -> Aggregate:
    """Average a measure over questions, over groups and within each; exact sums, rounded once each.

    Args:
        values: Value of each question; one without results must be there, with 0.
        groups: Group of each question, such as its transcript or type; may name further questions.

    Raises:
        ValueError: If there is no value, one is not finite, or a question is in no group.
    """
    if not values:
        raise ValueError("there are no values to average")
    members: dict[str, list[float]] = {}
    for question, value in values.items():
        if not math.isfinite(value):
            raise ValueError(f"the value of question {question!r} is {value}; expected a finite number")
        if question not in groups:
            raise ValueError(f"question {question!r} is in no group")
        members.setdefault(groups[question], []).append(value)
    slices = tuple(GroupMean(name, len(members[name]), _mean(members[name])) for name in sorted(members))
    return Aggregate(len(values), _mean(values.values()), _mean([one.mean for one in slices]), slices)


def _first(ranking: Sequence[str], gains: Gains, k: int) -> Sequence[str]:
    """Return the first k ids, once the question is known to be defined."""
    if not _relevant(gains):
        raise ValueError("nothing is relevant: the measure is undefined for this question")
    if k < 1:
        raise ValueError(f"k is {k}; expected at least 1")
    first = ranking[:k]
    if len(set(first)) < len(first):
        raise ValueError("the ranking repeats an id; list each once, at its best rank")
    return first


def _relevant(gains: Gains) -> int:
    return sum(gain > 0 for gain in gains.values())


def _found(first: Sequence[str], gains: Gains) -> int:
    return sum(gains.get(id_, 0) > 0 for id_ in first)


def _mean(values: Collection[float]) -> float:
    return math.fsum(values) / len(values)


def _flat(text: str) -> str:
    return " ".join(text.casefold().split())
