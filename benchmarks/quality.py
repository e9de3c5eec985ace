"""Quality of retrieval and of highlights on the development data.

    python benchmarks/quality.py --data FOLDER [--weights 0.2,0.3,0.2,0.3]

FOLDER holds qmsum/val, friendsqa/friendsqa_dev.json and locomo/locomo_sample.json as released. Every set is
one library, as a user would have it; "own pool" ranks the turns of the question's own transcript or
conversation, "pooled" those of the whole set. Questions are the sets' own; recall@k is the share of gold
turns found.
"""

import argparse
import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path

from embeddings import load_encoder
from qa.evaluation.datasets import Judged, load_friendsqa, load_locomo, load_qmsum
from qa.evaluation.measures import average_precision, ndcg_at_k, precision_at_k, recall_at_k
from qa.highlights import Highlighter
from qa.indexes import Indexes
from qa.library import Library
from qa.retrieval import Filter, HybridRetriever, Weights

LOADERS: dict[str, Callable[[Path], list[Judged]]] = {
    "LoCoMo sample": lambda folder: load_locomo(folder / "locomo/locomo_sample.json"),
    "FriendsQA dev": lambda folder: load_friendsqa(folder / "friendsqa/friendsqa_dev.json"),
    "QMSum val": lambda folder: load_qmsum(folder / "qmsum/val"),
}


def fill(library: Library, judged: list[Judged]) -> None:
    """Add all transcripts; reading r of entry j gets the id ``jjjjjj-rrrrr``."""
    for j, entry in enumerate(judged):
        for r, reading in enumerate(entry.readings):
            library.add(reading, transcript_id(j, r), reading.title or entry.id)


def transcript_id(entry: int, reading: int) -> str:
    """Name a reading of an entry."""
    return f"{entry:06d}-{reading:05d}"


def own_pool(judged: list[Judged], entry: int) -> Filter:
    """Return a filter for the transcripts of one entry."""
    return Filter(frozenset(transcript_id(entry, r) for r in range(len(judged[entry].readings))))


def retriever(library: Library, indexes: Indexes, weights: Weights) -> HybridRetriever:
    """Return a retriever with other weights than the default."""
    return HybridRetriever(
        library.encoder,
        indexes.table,
        (indexes.own, indexes.own_words),
        (indexes.context, indexes.context_words),
        weights,
    )


def rank(
    ranker: HybridRetriever, judged: list[Judged], pooled: bool, k: int
) -> list[tuple[list[str], set[str]]]:
    """Return ranking and gold for every question."""
    results = []
    for j, entry in enumerate(judged):
        within = Filter() if pooled else own_pool(judged, j)
        for question in entry.questions:
            hits = ranker.retrieve(question.text, k, within)
            gold = {f"{transcript_id(j, r)}:{place:05d}" for r, place in question.gold}
            results.append(([hit.turn_id for hit in hits], gold))
    return results


def highlights(library: Library, ranker: HybridRetriever, judged: list[Judged]) -> tuple[int, int]:
    """Count questions whose first turn is right, and among them those whose highlight holds the answer."""
    right = held = 0
    lexicon = library.indexes().lexicon
    for j, entry in enumerate(judged):
        for question in entry.questions:
            hit = ranker.retrieve(question.text, 1, own_pool(judged, j))[0]
            texts = [text for (_, place), text in question.answers if place == hit.position]
            if not texts:
                continue
            turn = entry.readings[0].turns[hit.position]
            (span,) = Highlighter(library.encoder, lexicon, question.text).best_sentences(
                [(turn, (hit.start, hit.end))]
            )
            shown = " ".join(turn.text[span[0] : span[1]].split())
            right += 1
            held += any(" ".join(text.split()) in shown for text in texts)
    return right, held


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Quality of retrieval on the development data.")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--weights", help="dense own, dense context, lexical own, lexical context")
    given = parser.parse_args()
    weights = Weights(*map(float, given.weights.split(","))) if given.weights else Weights()
    print(f"weights {weights.as_tuple()}; own pool unless said otherwise")
    print(f"{'set':14} {'questions':>9} {'nDCG@10':>8} {'R@10':>6} {'P@10':>6} {'AP':>6} {'pooled R@5':>11}")
    for name, load in LOADERS.items():
        judged = load(given.data)
        with tempfile.TemporaryDirectory() as folder, Library(Path(folder), load_encoder()) as library:
            fill(library, judged)
            ranker = retriever(library, library.indexes(), weights)
            results = rank(ranker, judged, pooled=False, k=1000)
            pooled = rank(ranker, judged, pooled=True, k=10)
            row = [
                100 * statistics.fmean(measure(ranking, gold) for ranking, gold in results)
                for measure in (
                    lambda ranking, gold: ndcg_at_k(ranking, gold, 10),
                    lambda ranking, gold: recall_at_k(ranking, gold, 10),
                    lambda ranking, gold: precision_at_k(ranking, gold, 10),
                    average_precision,
                )
            ]
            pooled_recall = 100 * statistics.fmean(recall_at_k(ranking, gold, 5) for ranking, gold in pooled)
            cells = " ".join(f"{value:{width}.1f}" for value, width in zip(row, (8, 6, 6, 6), strict=True))
            print(f"{name:14} {len(results):9,} {cells} {pooled_recall:11.1f}", flush=True)
            if name.startswith("FriendsQA"):
                right, held = highlights(library, ranker, judged)
                print(f"{'':14} the highlight holds the answer in {held} of {right} right first turns")


if __name__ == "__main__":
    main()
