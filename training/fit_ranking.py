"""Fit the weights of `qa.retrieval.ranking`: which features make the turn that answers come first?

    python -m training.fit_ranking --data FOLDER [--model NAME] [--cache DIR] [--out FILE]

FOLDER holds qmsum/val, friendsqa/friendsqa_dev.json and locomo/locomo_sample.json as released. Of FriendsQA
only the episodes count that `training.train_encoder` leaves out. Every set is asked twice, each question of
its own transcripts and of all together, and every such pair counts the same. The weights maximise the
likelihood of the relevant turns under a softmax over all that is ranked (ListNet; Cao et al. 2007,
doi:10.1145/1273496.1273513). How good they are is measured on transcripts that were left out, a fifth at a
time; what is written is fitted on all. Features that compare with the question cannot count against a
passage.
"""

import argparse
import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from qa.evaluation import datasets
from qa.evaluation.bench import Bench
from qa.evaluation.judged import Dataset, JudgedQuestion
from qa.evaluation.measures import average_precision, ndcg_at_k, precision_at_k, recall_at_k
from qa.evaluation.product import Product, within_pool
from qa.evaluation.vectors import evaluation_cache
from qa.retrieval.ranking import FEATURES, Ranking, how_long
from training.talks import HELD_OUT

Floats = npt.NDArray[np.float64]
SETS = {
    "LoCoMo": "locomo/locomo_sample.json",
    "FriendsQA": "friendsqa/friendsqa_dev.json",
    "QMSum": "qmsum/val",
}
FOLDS = 5
RIDGE = 0.003
SHARPNESS = 10.0  # of the softmax; without it weights of 0 to 1 could not tell anything apart
DEPTH = 300  # rows taken from each view where there are more
_KNOWN = frozenset({"asks", "answers", "brief", "length"})  # may count for or against


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with all that was examined for it.

    Args:
        features: Shape (n, features).
        long: How long the transcript of each is, shape (n,).
        turns: Id of the turn of each.
        question: With its judgments.
    """

    features: Floats
    long: Floats
    turns: tuple[str, ...]
    question: JudgedQuestion

    @property
    def relevant(self) -> npt.NDArray[np.bool_]:
        """Which rows are of relevant turns."""
        return np.array([self.question.gains.get(turn, 0) > 0 for turn in self.turns])


def asked_of(bench: Bench, system: Product, pooled: bool) -> list[Asked]:
    """Examine every question of a set, of its own pool or of all."""
    pools = {pool.id: pool for pool in bench.dataset.pools}
    table = system.indexes.table
    found = []
    for question in bench.dataset.questions:
        pool = None if pooled else pools[question.pool]
        seen = system.retriever().examined(" ".join(question.text.split()), DEPTH, within_pool(pool))
        turns = tuple(
            bench.turn_id(table.transcript_ids[table.transcript[row]], int(table.position[row]))
            for row in seen.rows
        )
        found.append(
            Asked(
                seen.features.T.astype(np.float64), how_long(seen.lengths).astype(np.float64), turns, question
            )
        )
    return found


def fit(sets: Sequence[Sequence[Asked]], ridge: float = RIDGE, without: Collection[str] = ()) -> Ranking:
    """Fit weights on several sets, each counting the same whatever its size.

    Args:
        sets: The questions.
        ridge: Penalty on the squares of the weights.
        without: Features that must count nothing.
    """
    every = [
        (one, 1 / len(questions)) for questions in sets for one in questions if one.relevant.any()
    ]  # fmt: skip
    features = np.concatenate([one.features for one, _ in every])
    long = np.concatenate([one.long for one, _ in every])[:, None]
    design = np.hstack([features * (1 - long), features * long])
    sizes = [len(one.turns) for one, _ in every]
    begins = np.cumsum([0, *sizes[:-1]])
    of = np.repeat(np.arange(len(every)), sizes)
    relevant = np.concatenate([one.relevant for one, _ in every]).astype(np.float64)
    relevant /= np.add.reduceat(relevant, begins)[of]
    share = np.array([share for _, share in every]) / len(sets)

    def loss(weights: Floats) -> tuple[float, Floats]:
        scores = SHARPNESS * (design @ weights)
        scores -= np.maximum.reduceat(scores, begins)[of]
        odds = np.exp(scores)
        chances = odds / np.add.reduceat(odds, begins)[of]
        likelihood = np.add.reduceat(relevant * np.log(chances + 1e-300), begins)
        slope = SHARPNESS * (design.T @ ((chances - relevant) * share[of]))
        return float(-(share * likelihood).sum() + ridge * (weights**2).sum()), slope + 2 * ridge * weights

    free: list[tuple[float | None, float | None]] = [
        (0.0, 0.0) if name in without else (None, None) if name in _KNOWN else (0.0, None)
        for name in FEATURES
    ]
    weights = minimize(loss, np.full(design.shape[1], 0.2), jac=True, method="L-BFGS-B", bounds=free * 2).x
    weights = np.round(weights, 4).tolist()
    return Ranking(tuple(weights[: len(FEATURES)]), tuple(weights[len(FEATURES) :]))


def ranked(asked: Asked, ranking: Ranking) -> list[str]:
    """Return the turns in the order that weights give them."""
    short, long = np.array(ranking.short), np.array(ranking.long)
    weights = (1 - asked.long[:, None]) * short + asked.long[:, None] * long
    scores = (asked.features * weights).sum(axis=1)
    order = np.lexsort((np.arange(len(scores)), -scores))
    return list(dict.fromkeys(asked.turns[place] for place in order))


def measured(asked: Sequence[Asked], rankings: Sequence[Sequence[str]]) -> dict[str, float]:
    """Return the means of the usual measures, times 100."""
    totals: dict[str, list[float]] = defaultdict(list)
    for one, ranking in zip(asked, rankings, strict=True):
        gains = one.question.gains
        totals["ndcg@10"].append(ndcg_at_k(ranking, gains, 10))
        totals["recall@5"].append(recall_at_k(ranking, gains, 5))
        totals["recall@10"].append(recall_at_k(ranking, gains, 10))
        totals["p@10"].append(precision_at_k(ranking, gains, 10))
        totals["ap"].append(average_precision(ranking, gains))
    return {name: round(100 * float(np.mean(values)), 1) for name, values in totals.items()}


def fold_of(asked: Sequence[Asked], seed: int = 0) -> npt.NDArray[np.int64]:
    """Return which fifth each question belongs to: those of one pool together, where there are several."""
    pools = sorted({one.question.pool for one in asked})
    dice = np.random.default_rng(seed)
    if len(pools) < FOLDS:
        return dice.permutation(len(asked)) % FOLDS
    folds = dict(zip(pools, dice.permutation(len(pools)) % FOLDS, strict=True))
    return np.array([folds[one.question.pool] for one in asked])


def held_out(sets: Mapping[str, Sequence[Asked]], ridge: float = RIDGE) -> dict[str, dict[str, float]]:
    """Measure weights on what they were not fitted on."""
    rankings = held_out_rankings(sets, ridge)
    return {name: measured(asked, rankings[name]) for name, asked in sets.items()}


def held_out_rankings(
    sets: Mapping[str, Sequence[Asked]], ridge: float = RIDGE, without: Collection[str] = ()
) -> dict[str, list[list[str]]]:
    """Rank every question with weights that were fitted without it; arguments as for `fit`."""
    folds = {name: fold_of(asked) for name, asked in sets.items()}
    rankings: dict[str, list[list[str]]] = {name: [[]] * len(asked) for name, asked in sets.items()}
    for fold in range(FOLDS):
        kept = [
            [one for one, its in zip(asked, folds[name], strict=True) if its != fold]
            for name, asked in sets.items()
        ]
        fitted = fit(kept, ridge, without)
        for name, asked in sets.items():
            for place in np.flatnonzero(folds[name] == fold):
                rankings[name][place] = ranked(asked[int(place)], fitted)
    return rankings


def table_text(title: str, rows: Mapping[str, Mapping[str, float]]) -> str:
    """Write measures in columns."""
    names = list(next(iter(rows.values())))
    lines = [f"{title:28}" + "".join(f"{name:>11}" for name in names)]
    lines += [
        f"{row:28}" + "".join(f"{value:11.1f}" for value in values.values()) for row, values in rows.items()
    ]
    return "\n".join(lines)


def not_trained_on(dataset: Dataset) -> Dataset:
    """Return a set without the scenes our encoder was trained on, where it looks better than it is."""
    if dataset.name != "friendsqa":
        return dataset
    kept = tuple(pool for pool in dataset.pools if pool.id.startswith(HELD_OUT))
    names = {pool.id for pool in kept}
    questions = tuple(question for question in dataset.questions if question.pool in names)
    return replace(dataset, pools=kept, questions=questions)


def examine(folder: Path, cache: Path, model: str | None) -> tuple[dict[str, list[Asked]], dict[str, Any]]:
    """Load the sets and examine all their questions; return them, and what they were made of."""
    sets: dict[str, list[Asked]] = {}
    made: dict[str, Any] = {"data": {}}
    for name, place in SETS.items():
        dataset: Dataset = datasets.load(folder / place)
        made["data"][dataset.release] = dataset.checksum
        dataset = not_trained_on(dataset)
        bench = Bench(dataset, cache)
        system = Product(bench, bench.model(model))
        made["model"] = {key: system.model.facts[key] for key in ("model", "checksum")}
        sets[f"{name}, own transcripts"] = asked_of(bench, system, pooled=False)
        if len(dataset.pools) > 1:
            sets[f"{name}, all transcripts"] = asked_of(bench, system, pooled=True)
        print(f"{name}: {len(dataset.questions):,} questions examined", flush=True)
    return sets, made


def main() -> None:
    """Fit, measure on what was left out, print and write."""
    parser = argparse.ArgumentParser(description="Fit the weights of the ranking.")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--model", help="embedding model; the default one when not given")
    parser.add_argument("--cache", type=Path, help="of transcript-qa evaluate")
    parser.add_argument("--out", type=Path, help="where to write the weights")
    given = parser.parse_args()
    sets, made = examine(given.data, evaluation_cache(given.cache), given.model)
    found = held_out(sets)
    print(table_text("on transcripts left out", found))
    fitted = fit(list(sets.values()))
    print(
        table_text(
            "fitted on all",
            {name: measured(asked, [ranked(one, fitted) for one in asked]) for name, asked in sets.items()},
        )
    )
    made |= {"held out": found, "by": "python -m training.fit_ranking"}
    for name, weights in fitted.as_dict().items():
        print(f"{name:16} {weights[0]:8.3f} {weights[1]:8.3f}")
    if given.out:
        given.out.write_text(
            json.dumps({"made": made, "weights": fitted.as_dict()}, indent=2) + "\n", encoding="utf-8"
        )


if __name__ == "__main__":
    main()
