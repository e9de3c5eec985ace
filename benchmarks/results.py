"""The table of docs/results.md: our systems on judged sets, beside what others published for the same task.

    python -m benchmarks.results --data FOLDER [--cache DIR] [--limit N] [--skip-parity] > docs/results.md

FOLDER holds qmsum/train, qmsum/val and friendsqa/friendsqa_dev.json as released, and, if you have it,
locomo/locomo10.json; a set that is not there is named as missing. Every set is asked twice: each question of
its own transcript, and of all transcripts together. What must agree before anything is claimed comes first:
our baselines worked out again by `benchmarks/independent_check.py`, and LoCoMo's published ones.
"""

import argparse
import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from benchmarks import independent_check
from embeddings import PUBLISHED_MODEL
from qa.evaluation import datasets
from qa.evaluation.bench import Bench
from qa.evaluation.evaluating import Outcome, evaluate
from qa.evaluation.machine import machine_facts, package_versions
from qa.evaluation.plan import Plan, PoolKind
from qa.evaluation.results import Evaluation
from qa.evaluation.tables import Table
from qa.evaluation.vectors import evaluation_cache
from qa.opening import make_reranker
from training.fit_ranking import not_trained_on

SYSTEMS = ("bm25", f"dense@{PUBLISHED_MODEL}", f"hybrid@{PUBLISHED_MODEL}", "instant", "default")
OWN = ("ndcg@10", "recall@10", "p@10", "ap", "rprec", "mrr@10")
POOLED = ("ndcg@10", "recall@5", "recall@10", "success@5", "mrr@10")
SETS = {
    "QMSum train": "qmsum/train",
    "QMSum val": "qmsum/val",
    "FriendsQA, the two episodes that were not trained on": "friendsqa/friendsqa_dev.json",
    "FriendsQA, episodes 23 and up": "friendsqa/friendsqa_dev.json",
    "LoCoMo, ten conversations": "locomo/locomo10.json",
    "LoCoMo, conversation 26": "locomo/locomo_sample.json",
}
TRAINED_ON = {
    "QMSum train": "Our models were trained on these questions: what the encoder adds here says nothing, and "
    "`default`, which the cross-encoder is part of, is left out.",
    "FriendsQA, episodes 23 and up": "Our models were trained on most of these questions, so the same holds.",
}
CHOSEN_ON = """\
Our models were not trained on these questions, but chosen by them, and the ranking's weights are fitted on
them: expect `instant` and `default` to be somewhat lower elsewhere. On transcripts left out of the fitting,
`python -m training.fit_ranking` measures."""
LOCATOR_SHARE = 0.226  # of the turns of a meeting, kept by the released output of QMSum's Locator
# nDCG@10 on LoCoMo's turns, macro over its five types, each conversation a pool; results of MTEB's LMEB tasks
# (github.com/embeddings-benchmark/results, f4cc6c8b3, 2026-08-20), not ours.
PUBLISHED_LOCOMO = {
    "bm25": ("BM25 (bm25s)", 42.2),
    f"dense@{PUBLISHED_MODEL}": (PUBLISHED_MODEL, 25.9),
    "": ("NVIDIA Nemotron-3-Embed-8B, the best there", 56.5),
}
PARITY = """\
`bm25` and `dense@all-MiniLM-L6-v2` look at a turn's own text, as published baselines do. They are worked
out a second time by a script that shares no code with ours. Published BM25 and MiniLM figures on LoCoMo are
for all ten conversations and for texts with a date before them, and can only be checked where locomo10.json
is in the folder. For the turns of QMSum and FriendsQA we know of no published ranking; QMSum's own Locator
keeps 22.6 % of a meeting's turns, which is set beside rankings cut there. Its figures are on the test
queries (the released text aligned with the turns), ours on validation: read them as an order of magnitude."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A set evaluated in both pools."""

    name: str
    own: Outcome
    pooled: Outcome
    sizes: Mapping[str, int]  # turns of each pool


@dataclass(slots=True)
class Progress:
    """Prints how much of a set is embedded, on standard error, a line every 8,192 texts."""

    name: str
    said: int = 0

    def __call__(self, done: int, total: int) -> None:
        """Note that so many of all texts are embedded."""
        if done // 8_192 != self.said:
            self.said = done // 8_192
            print(f"{self.name}: {done:,} of {total:,} texts embedded", file=sys.stderr, flush=True)


def measured(name: str, path: Path, given: argparse.Namespace) -> Measured:
    """Evaluate all systems on a set, of each transcript and of all together."""
    dataset = datasets.load(path)
    if "not trained on" in name:
        dataset = not_trained_on(dataset)
    bench = Bench(
        dataset,
        evaluation_cache(given.cache),
        progress=Progress(name),
        reranker=lambda model: make_reranker(None, model, seconds=None),
    )

    systems = SYSTEMS[:-1] if name in TRAINED_ON else SYSTEMS

    def asked(pool: PoolKind, measures: tuple[str, ...]) -> Outcome:
        return evaluate(bench, Plan(systems, pool=pool, measures=measures, limit=given.limit))

    sizes = {pool.id: sum(len(one.turn_ids) for one in pool.transcripts) for pool in dataset.pools}
    return Measured(name, asked("transcript", OWN), asked("library", POOLED), sizes)


def quality(evaluation: Evaluation) -> Table:
    """Return a row a system: means over questions, and how far from BM25 with its interval."""
    against = {one.system: one.comparison for one in evaluation.contrasts if one.measure == "ndcg@10"}
    rows = []
    for system in evaluation.systems:
        means = [evaluation.mean(system.name, measure) for measure in evaluation.measures]
        gain = against.get(system.name)
        interval = gain.interval if gain else None
        rows.append(
            (
                system.name,
                *("–" if mean is None else f"{100 * mean.micro:.1f}" for mean in means),
                "–" if gain is None else f"{100 * gain.difference:+.1f}",
                "–" if interval is None else f"{100 * interval.low:+.1f} to {100 * interval.high:+.1f}",
            )
        )
    labels = (evaluation.labels[measure] for measure in evaluation.measures)
    title = "Each question of its own transcript" if evaluation.pool == "transcript" else "All together"
    return Table(title, ("system", *labels, "nDCG@10 against bm25", "95 % interval"), tuple(rows))


def locator(found: Measured) -> Table:
    """Return recall and precision of turns when as much of a meeting is kept as QMSum's Locator keeps."""
    rows = [("Locator, as its authors released it, test queries", "34.7", "15.2")]
    for name, run in found.own.runs.items():
        kept = [
            _kept(run.ranking(question.id), question.gains, found.sizes[question.pool])
            for question in found.own.evaluation.questions
        ]
        recall, precision = np.mean(kept, axis=0)
        rows.append((f"{name}, val queries", f"{100 * recall:.1f}", f"{100 * precision:.1f}"))
    title = f"Recall and precision of turns, {100 * LOCATOR_SHARE:.1f} % of each meeting kept"
    return Table(title, ("", "recall", "precision"), tuple(rows))


def _kept(ranking: Sequence[str], gains: Mapping[str, int], turns: int) -> tuple[float, float]:
    gold = {turn for turn, gain in gains.items() if gain > 0}
    wanted = math.ceil(LOCATOR_SHARE * turns)
    hits = len(gold.intersection(ranking[:wanted]))
    return hits / len(gold), hits / wanted


def published(evaluation: Evaluation) -> Table:
    """Return LoCoMo's published figures beside ours, macro over the types of questions."""
    rows = []
    for name, (label, value) in PUBLISHED_LOCOMO.items():
        mean = evaluation.mean(name, "ndcg@10", "type") if name else None
        ours = "–" if mean is None else f"{100 * mean.macro:.1f}"
        rows.append((label, f"{value:.1f}", name or "–", ours))
    for name in SYSTEMS[2:]:
        mean = evaluation.mean(name, "ndcg@10", "type")
        rows.append(("–", "–", name, "–" if mean is None else f"{100 * mean.macro:.1f}"))
    return Table("nDCG@10, mean of the five types", ("published", "", "ours", ""), tuple(rows))


def parity(given: argparse.Namespace) -> Iterator[str]:
    """Say what our baselines are in a script that shares no code with ours."""
    rows = [
        (
            one.data,
            one.system,
            one.measure,
            f"{one.ours:.4f}",
            f"{one.again:.4f}",
            f"{one.ours - one.again:+.4f}",
        )
        for one in independent_check.compared(given.data, given.cache)
    ]
    heads = ("set", "system", "measure", "ours", "worked out again", "difference")
    yield Table("By `benchmarks/independent_check.py`", heads, tuple(rows)).markdown()


def document(given: argparse.Namespace) -> Iterator[str]:
    """Yield the parts of docs/results.md."""
    yield "# Results on judged transcripts"
    yield "\n".join(_conditions())
    yield "## Parity first"
    yield PARITY
    if not given.skip_parity:
        yield from parity(given)
    missing = [name for name, place in SETS.items() if not (given.data / place).exists()]
    for name, place in SETS.items():
        if name in missing:
            continue
        found = measured(name, given.data / place, given)
        dataset = found.own.evaluation.dataset
        yield f"## {name}"
        yield (
            f"{dataset.title}, {dataset.release}; {dataset.transcripts:,} transcripts, {dataset.turns:,} "
            f"turns, {len(found.own.evaluation.questions):,} questions; SHA-256 `{dataset.checksum[:16]}…`. "
            f"{dataset.gold}"
        )
        if name in TRAINED_ON:
            yield TRAINED_ON[name]
        elif not place.endswith("locomo10.json"):
            yield CHOSEN_ON
        yield quality(found.own.evaluation).markdown()
        yield quality(found.pooled.evaluation).markdown()
        if name == "QMSum val":
            yield locator(found).markdown()
        if place.endswith("locomo10.json"):
            yield published(found.own.evaluation).markdown()
    if missing:
        yield f"Not in the folder, so not measured: {', '.join(missing)}."


def _conditions() -> Iterator[str]:
    facts = machine_facts()
    packages = ", ".join(f"{name} {version}" for name, version in package_versions().items())
    yield f"Made on {datetime.now(UTC):%Y-%m-%d} by `python -m benchmarks.results --data FOLDER` on"
    yield f"{facts['processor']}, {facts['cores']} cores, with {packages}."
    yield "Means over questions times 100; ties as trec_eval breaks them; a question without results counts"
    yield "0; every vector is looked at. Intervals: bootstrap over transcripts, 95 %. What the systems are:"
    yield "[evaluation.md](evaluation.md)."


def main() -> None:
    """Print docs/results.md."""
    parser = argparse.ArgumentParser(description="The results table of the documentation.")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--cache", type=Path, help="of transcript-qa evaluate")
    parser.add_argument("--limit", type=int, help="only so many questions of each set, to try it out")
    parser.add_argument("--skip-parity", action="store_true")
    for part in document(parser.parse_args()):
        print(part, end="\n\n", flush=True)


if __name__ == "__main__":
    main()
