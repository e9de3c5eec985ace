"""How good a ranking is. Takes plain ids, best first; gains are binary here.

Every measure is 0 for an empty ranking and undefined, a ValueError, when nothing is relevant.
"""

import math
from collections.abc import Hashable, Sequence, Set


def ndcg_at_k(ranking: Sequence[Hashable], relevant: Set[Hashable], k: int) -> float:
    """Return nDCG@k (Järvelin & Kekäläinen 2002, doi:10.1145/582415.582418) in the trec_eval form.

    Gain 1 for a relevant id, discount log2(rank + 1) with ranks from 1, divided by that of a perfect ranking.
    """
    _check(relevant, k)
    gained = sum(1 / math.log2(rank + 1) for rank, id_ in enumerate(ranking[:k], 1) if id_ in relevant)
    return gained / sum(1 / math.log2(rank + 1) for rank in range(1, min(k, len(relevant)) + 1))


def recall_at_k(ranking: Sequence[Hashable], relevant: Set[Hashable], k: int) -> float:
    """Return the share of relevant ids among the first k."""
    _check(relevant, k)
    return len(relevant & set(ranking[:k])) / len(relevant)


def precision_at_k(ranking: Sequence[Hashable], relevant: Set[Hashable], k: int) -> float:
    """Return the share of the first k places that hold a relevant id; places left empty count as misses."""
    _check(relevant, k)
    return len(relevant & set(ranking[:k])) / k


def average_precision(ranking: Sequence[Hashable], relevant: Set[Hashable]) -> float:
    """Return the mean, over relevant ids, of the precision at their rank; 0 for those not ranked."""
    _check(relevant, 1)
    found, total = 0, 0.0
    for rank, id_ in enumerate(ranking, 1):
        if id_ in relevant:
            found += 1
            total += found / rank
    return total / len(relevant)


def _check(relevant: Set[Hashable], k: int) -> None:
    if not relevant:
        raise ValueError("nothing is relevant: the measure is undefined for this question")
    if k < 1:
        raise ValueError(f"k is {k}; expected at least 1")
