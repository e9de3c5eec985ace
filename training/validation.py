"""How well a model ranks on what it was not trained on: by rows alone, and with their neighbours.

The scores are those of the product's dense views; words take no part.
"""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from embeddings import Vectors
from qa.evaluation.datasets import load
from qa.evaluation.judged import Dataset, Pool
from qa.evaluation.measures import average_precision, ndcg_at_k, precision_at_k, recall_at_k
from qa.passages import PassageSettings, cut_turns, own_texts, pool_neighbours

Encode = Callable[[Sequence[str]], Vectors]
Floats = npt.NDArray[np.float32]
OWN, AMONG = 0.3, 0.7  # shares of the two dense views, as in the product


@dataclass(frozen=True, slots=True)
class Held:
    """What is validated on.

    Args:
        name: For the table.
        dataset: Judged questions.
        pools: Ids of the pools whose questions are asked.
    """

    name: str
    dataset: Dataset
    pools: frozenset[str]


def held_out(folder: Path, meetings: int | None = None) -> list[Held]:
    """Return the sets that a model trained on the split is judged by.

    Args:
        folder: Holds qmsum/val, friendsqa/friendsqa_dev.json and locomo/locomo_sample.json.
        meetings: How many meetings of QMSum val, evenly spread; None for all.
    """
    from training.talks import HELD_OUT

    locomo = load(folder / "locomo/locomo_sample.json", "locomo")
    scenes = load(folder / "friendsqa/friendsqa_dev.json", "friendsqa")
    qmsum = load(folder / "qmsum/val", "qmsum")
    kept = frozenset(pool.id for pool in scenes.pools if pool.id.startswith(HELD_OUT))
    every = [pool.id for pool in qmsum.pools]
    some = every if meetings is None else every[:: max(1, len(every) // meetings)][:meetings]
    return [
        Held("locomo", locomo, frozenset(pool.id for pool in locomo.pools)),
        Held("friendsqa", scenes, kept),
        Held("qmsum", qmsum, frozenset(some)),
    ]


def validate(encode: Encode, sets: Sequence[Held]) -> dict[str, float]:
    """Return the measures of every set, times 100, by names such as "locomo own ndcg@10", and their mean."""
    found: dict[str, float] = {}
    for held in sets:
        found |= {f"{held.name} {name}": round(value, 2) for name, value in _judge(encode, held).items()}
    chosen = [
        "locomo own ndcg@10", "locomo dense ndcg@10", "friendsqa own ndcg@10", "friendsqa dense ndcg@10",
        "friendsqa pooled recall@5", "qmsum dense p@10", "qmsum dense ap",
    ]  # fmt: skip
    return found | {"mean": round(statistics.fmean(found[name] for name in chosen), 3)}


def _judge(encode: Encode, held: Held) -> dict[str, float]:
    pooled = held.name == "friendsqa"
    pools = [pool for pool in held.dataset.pools if pool.id in held.pools]
    ids, texts, owner, groups = _rows(pools)
    vectors = encode(texts)
    among = np.concatenate([pool_neighbours(vectors[a:b], PassageSettings()) for a, b in groups])
    asked = [question for question in held.dataset.questions if question.pool in held.pools]
    queries = encode([question.text for question in asked])
    values: dict[str, list[float]] = {}

    def note(name: str, value: float) -> None:
        values.setdefault(name, []).append(100 * value)

    for question, query in zip(asked, queries, strict=True):
        own, near = vectors @ query, among @ query
        mine = np.flatnonzero(owner == question.pool)
        alone = _ranking(ids, mine, own)
        both = _ranking(ids, mine, _scaled(own, mine), _scaled(near, mine))
        gains = dict(question.gains)
        note("own ndcg@10", ndcg_at_k(alone, gains, 10))
        note("dense ndcg@10", ndcg_at_k(both, gains, 10))
        note("dense recall@10", recall_at_k(both, gains, 10))
        note("dense p@10", precision_at_k(both, gains, 10))
        note("dense ap", average_precision(both, gains))
        if pooled:
            every = np.arange(len(ids))
            found = _ranking(ids, every, _scaled(own, every), _scaled(near, every))
            note("pooled recall@5", recall_at_k(found, gains, 5))
    return {name: statistics.fmean(numbers) for name, numbers in values.items()}


def _rows(pools: Sequence[Pool]) -> tuple[list[str], list[str], npt.NDArray[np.str_], list[tuple[int, int]]]:
    """Return turn id, text and pool of every row, and where each transcript begins and ends."""
    ids: list[str] = []
    texts: list[str] = []
    owner: list[str] = []
    groups = []
    for pool in pools:
        for transcript in pool.transcripts:
            turns = transcript.reading.turns
            passages = cut_turns(turns, PassageSettings())
            groups.append((len(ids), len(ids) + len(passages)))
            ids += [transcript.turn_ids[passage.position] for passage in passages]
            texts += own_texts(turns, passages, transcript.reading.date)
            owner += [pool.id] * len(passages)
    return ids, texts, np.array(owner), groups


def _scaled(scores: Floats, rows: npt.NDArray[np.int64]) -> Floats:
    low, high = scores[rows].min(), scores[rows].max()
    return np.asarray((scores - low) / max(high - low, 1e-9), dtype=np.float32)


def _ranking(
    ids: Sequence[str], rows: npt.NDArray[np.int64], own: Floats, near: Floats | None = None
) -> list[str]:
    """Return distinct turn ids, best first."""
    scores = own[rows] if near is None else OWN * own[rows] + AMONG * near[rows]
    order = rows[np.argsort(-scores, kind="stable")]
    return list(dict.fromkeys(ids[row] for row in order))
