"""Quality of retrieval and of highlights on the development data.

    python -m benchmarks.quality --data FOLDER

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
from qa.evaluation.datasets import load
from qa.evaluation.judged import JudgedQuestion, Pool
from qa.evaluation.measures import average_precision, ndcg_at_k, precision_at_k, recall_at_k
from qa.highlights import Highlighter
from qa.library import Library
from qa.retrieval import Filter, HybridRetriever
from qa.types import turn_id

Entry = tuple[Pool, tuple[JudgedQuestion, ...]]
LOADERS: dict[str, Callable[[Path], list[Entry]]] = {
    "LoCoMo sample": lambda folder: entries(folder / "locomo/locomo_sample.json", "locomo"),
    "FriendsQA dev": lambda folder: entries(folder / "friendsqa/friendsqa_dev.json", "friendsqa"),
    "QMSum val": lambda folder: entries(folder / "qmsum/val", "qmsum"),
}


def entries(path: Path, data_format: str) -> list[Entry]:
    """Load a data set as its pools, each with its questions."""
    return list(load(path, data_format).asked())


def fill(library: Library, judged: list[Entry]) -> None:
    """Add all transcripts; transcript r of entry j gets the id ``jjjjjj-rrrrr``."""
    for j, (pool, _) in enumerate(judged):
        for r, transcript in enumerate(pool.transcripts):
            library.add(transcript.reading, transcript_id(j, r), transcript.reading.title or pool.id)


def transcript_id(entry: int, reading: int) -> str:
    """Name a reading of an entry."""
    return f"{entry:06d}-{reading:05d}"


def own_pool(judged: list[Entry], entry: int) -> Filter:
    """Return a filter for the transcripts of one entry."""
    return Filter(frozenset(transcript_id(entry, r) for r in range(len(judged[entry][0].transcripts))))


def ids_in_library(judged: list[Entry]) -> dict[str, str]:
    """Return the library's id of each turn, by the data set's."""
    return {
        id_: turn_id(transcript_id(j, r), place)
        for j, (pool, _) in enumerate(judged)
        for r, transcript in enumerate(pool.transcripts)
        for place, id_ in enumerate(transcript.turn_ids)
    }


def rank(
    ranker: HybridRetriever, judged: list[Entry], pooled: bool, k: int
) -> list[tuple[list[str], dict[str, int]]]:
    """Return ranking and gains for every question."""
    results = []
    named = ids_in_library(judged)
    for j, (_, questions) in enumerate(judged):
        within = Filter() if pooled else own_pool(judged, j)
        for question in questions:
            hits = ranker.retrieve(question.text, k, within)
            gains = {named[id_]: gain for id_, gain in question.gains.items()}
            results.append(([hit.turn_id for hit in hits], gains))
    return results


def highlights(library: Library, ranker: HybridRetriever, judged: list[Entry]) -> tuple[int, int]:
    """Count questions whose first turn is right, and among them those whose highlight holds the answer."""
    right = held = 0
    lexicon = library.indexes().lexicon
    for j, (pool, questions) in enumerate(judged):
        (scene,) = pool.transcripts
        for question in questions:
            hit = ranker.retrieve(question.text, 1, own_pool(judged, j))[0]
            texts = question.answer_turns.get(scene.turn_ids[hit.position])
            if not texts:
                continue
            turn = scene.reading.turns[hit.position]
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
    given = parser.parse_args()
    print(f"{'set':14} {'questions':>9} {'nDCG@10':>8} {'R@10':>6} {'P@10':>6} {'AP':>6} {'pooled R@5':>11}")
    for name, loaded in LOADERS.items():
        judged = loaded(given.data)
        with tempfile.TemporaryDirectory() as folder, Library(Path(folder), load_encoder()) as library:
            fill(library, judged)
            ranker = library.indexes().retriever(library.encoder)
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
