"""What each part of the ranking is worth: taken away by itself, on every set, with intervals.

    python -m benchmarks.ablation --data FOLDER [--cache DIR] > docs/ablation.md

FOLDER holds qmsum/val, friendsqa/friendsqa_dev.json and locomo/locomo_sample.json as released; of FriendsQA
the two episodes count that our models were not trained on. The first table takes features away from the
learned ranking: the weights are fitted anew without them, on four fifths of the transcripts, and measured on
the fifth left out. The second takes parts away from the whole product, whose weights stay as they are
shipped. A difference below 0 is what the part is worth.
"""

import argparse
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from embeddings import PUBLISHED_MODEL
from qa.answering import ranked
from qa.evaluation import datasets
from qa.evaluation.bench import Bench
from qa.evaluation.judged import JudgedQuestion
from qa.evaluation.machine import processor
from qa.evaluation.measures import ndcg_at_k, precision_at_k, recall_at_k
from qa.evaluation.product import Answers
from qa.evaluation.significance import Comparison, compare
from qa.evaluation.vectors import evaluation_cache
from qa.opening import make_reranker
from qa.reranking import Rereading
from qa.resemblance import by_resemblance
from qa.retrieval import Filter, Hit
from qa.retrieval.ranking import FEATURES
from qa.retrieval.understanding import NOTHING_UNDERSTOOD
from training.fit_ranking import SETS, Asked, asked_of, held_out_rankings, not_trained_on

FEATURE_PARTS: Mapping[str, Collection[str]] = {
    "meaning of the passage": {"dense own"},
    "meaning among its neighbours": {"dense near"},
    "meaning of the stretch around it": {"dense section"},
    "meaning at the best place near it": {"dense peak"},
    "words of the passage": {"lexical own"},
    "words among its neighbours": {"lexical near"},
    "words at the best place near it": {"lexical peak"},
    "both best places": {"dense peak", "lexical peak"},
    "what the question before it earns": {"dense asked", "lexical asked"},
    "that it asks": {"asks"},
    "that it answers": {"answers"},
    "that it is brief": {"brief"},
    "its length": {"length"},
    "all meaning": {name for name in FEATURES if name.startswith("dense")},
    "all words": {name for name in FEATURES if name.startswith("lexical")},
    "all but the passage itself": {
        name for name in FEATURES if name.endswith(("near", "section", "peak", "asked"))
    },
}  # fmt: skip
OWN, POOLED = "own transcripts", "all transcripts"

Values = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Measure:
    """What a set is judged by: nDCG@10; over pooled scenes recall@5, and of long meetings P@10."""

    name: str
    of: Callable[[Sequence[str], Mapping[str, int]], float]


NDCG = Measure("nDCG@10", lambda ranking, gains: ndcg_at_k(ranking, gains, 10))
RECALL = Measure("recall@5", lambda ranking, gains: recall_at_k(ranking, gains, 5))
PRECISION = Measure("P@10", lambda ranking, gains: precision_at_k(ranking, gains, 10))


class Part(Answers):
    """The product without one part.

    Args:
        bench: The data set.
        model: Name of the embedding model; None for the default.
        without: "clues", "answer first", "reading" or "alike"; anything else takes nothing away.
    """

    def __init__(self, bench: Bench, model: str | None = None, without: str = "") -> None:
        super().__init__(bench, bench.model(model))
        self._without = without
        if without == "reading":
            self._reranker = None

    def hits(self, question: str, within: Filter, depth: int) -> list[Hit]:
        """See `Answers.hits`."""
        reread = Rereading(self._reranker, question, self._bench.stretches)
        if self._without == "clues":
            nothing = NOTHING_UNDERSTOOD
            found = ranked(self._encoder, self.indexes, question, [question], depth, within, nothing, reread)
        elif self._without == "answer first":
            found = reread(self.retriever().retrieve(question, depth, within))
            found = by_resemblance(found, self.indexes.near)
        elif self._without == "alike":
            # As the scores were before they were handed out anew; equal ones keep their order.
            moved = super().hits(question, within, depth)
            found = sorted(moved, key=lambda hit: hit.alike - hit.score)
        else:
            return super().hits(question, within, depth)
        return found


PARTS: Mapping[str, Callable[[Bench], Part]] = {
    "who and when": lambda bench: Part(bench, without="clues"),
    "the answer before its question": lambda bench: Part(bench, without="answer first"),
    "reading closely": lambda bench: Part(bench, without="reading"),
    "what is like the first ones after them": lambda bench: Part(bench, without="alike"),
    f"our encoder ({PUBLISHED_MODEL} in its place)": lambda bench: Part(bench, PUBLISHED_MODEL),
}


def measure_of(name: str) -> Measure:
    """Return what a set is judged by."""
    if name.startswith("QMSum"):
        return PRECISION
    return RECALL if name.endswith(POOLED) else NDCG


def clusters_of(questions: Sequence[JudgedQuestion]) -> dict[str, str]:
    """Return the transcript of each question; where there is but one, questions are drawn by themselves."""
    if len({question.pool for question in questions}) > 1:
        return {question.id: question.pool for question in questions}
    return {question.id: question.id for question in questions}


def without_features(sets: Mapping[str, Sequence[Asked]]) -> Iterator[tuple[str, dict[str, Comparison]]]:
    """Yield what the ranking loses by each part of the features, by set."""
    whole = held_out_rankings(sets)
    for part, names in FEATURE_PARTS.items():
        less = held_out_rankings(sets, without=names)
        yield (
            part,
            {
                name: _compared(name, [one.question for one in asked], whole[name], less[name])
                for name, asked in sets.items()
            },
        )


def _compared(
    name: str,
    questions: Sequence[JudgedQuestion],
    whole: Sequence[Sequence[str]],
    less: Sequence[Sequence[str]],
) -> Comparison:
    of = measure_of(name).of
    values = [
        {one.id: of(ranking, one.gains) for one, ranking in zip(questions, rankings, strict=True)}
        for rankings in (whole, less)
    ]
    return compare(values[0], values[1], clusters_of(questions))


def rankings_of(system: Answers, bench: Bench, pooled: bool) -> list[list[str]]:
    """Rank every question of a set."""
    pools = {pool.id: pool for pool in bench.dataset.pools}
    depth = 100
    return [
        [found.turn_id for found in system.rank(one.text, None if pooled else pools[one.pool], depth)]
        for one in bench.dataset.questions
    ]


def without_parts(benches: Mapping[str, Bench]) -> Iterator[tuple[str, dict[str, Comparison]]]:
    """Yield what the product loses by each of its parts, by set."""
    wholes = {name: rankings_of(Part(bench), bench, name.endswith(POOLED)) for name, bench in benches.items()}
    for part, made in PARTS.items():
        yield (
            part,
            {
                name: _compared(
                    name,
                    bench.dataset.questions,
                    wholes[name],
                    rankings_of(made(bench), bench, name.endswith(POOLED)),
                )
                for name, bench in benches.items()
            },
        )
    for bench in benches.values():
        pairs = Part(bench).pairs
        if pairs is not None:
            pairs.save()


def table(rows: Sequence[tuple[str, Mapping[str, Comparison]]]) -> str:
    """Write what is lost without each part, times 100, with 95 % intervals."""
    names = list(rows[0][1])
    lines = [
        "| without | " + " | ".join(f"{name}, {measure_of(name).name}" for name in names) + " |",
        "|---" * (len(names) + 1) + "|",
        "| nothing: the whole | "
        + " | ".join(f"{100 * rows[0][1][name].baseline:.1f}" for name in names)
        + " |",
    ]
    lines += [
        f"| {part} | " + " | ".join(_difference(found[name]) for name in names) + " |" for part, found in rows
    ]
    return "\n".join(lines)


def _difference(one: Comparison) -> str:
    text = f"{100 * one.difference:+.1f}"
    if one.interval is None:
        return text
    return f"{text} ({100 * one.interval.low:+.1f} to {100 * one.interval.high:+.1f})"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="What each part of the ranking is worth.")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--cache", type=Path, help="of transcript-qa evaluate")
    given = parser.parse_args()
    benches: dict[str, Bench] = {}
    sets: dict[str, list[Asked]] = {}
    for name, place in SETS.items():
        dataset = not_trained_on(datasets.load(given.data / place))
        bench = Bench(
            dataset,
            evaluation_cache(given.cache),
            reranker=lambda model: make_reranker(None, model, seconds=None),
        )
        plain = Part(bench)
        for pool in (OWN, POOLED) if len(dataset.pools) > 1 else (OWN,):
            benches[f"{name}, {pool}"] = bench
            sets[f"{name}, {pool}"] = asked_of(bench, plain, pooled=pool == POOLED)
    print(HEAD.format(date=datetime.now(UTC).date().isoformat(), processor=processor()))
    print(table(list(without_features(sets))))
    print(BETWEEN)
    print(table(list(without_parts(benches))))


HEAD = """\
# What each part is worth

Made on {date} by `python -m benchmarks.ablation --data FOLDER` on {processor}. Each part is taken away by
itself; the differences are times 100, with 95 % intervals by a bootstrap over transcripts (on LoCoMo's one
conversation over questions, which says nothing about other conversations).

## Features of the learned ranking

Weights fitted anew without the feature on four fifths of the transcripts, measured on the fifth left out. Who
and when, and reading closely, have no part in it.
"""
BETWEEN = """
## Parts of the product

What a user gets, with the weights as shipped, which were fitted on these very sets.
"""


if __name__ == "__main__":
    main()
