"""BM25 engines side by side: quality on judged questions, time to build, to ask and to add.

    python benchmarks/lexical_engines.py --data FOLDER

FOLDER holds friendsqa/friendsqa_dev.json and qmsum/val/*.json as released. One index over all turns (pooled),
"Speaker: words" as text. SQLite FTS5 is asked the question's words joined by OR, with its porter tokenizer;
bm25s has the same stemming through PyStemmer and no stop words in either.
"""

import argparse
import json
import re
import sqlite3
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import bm25s
import numpy as np
import Stemmer

WORD = re.compile(r"\w+")
STEM = Stemmer.Stemmer("english")
Ranker = Callable[[str, int], list[int]]


def load(folder: Path) -> tuple[list[str], list[tuple[str, set[int]]]]:
    """Return the pooled turns and the questions with the rows that answer them."""
    turns: list[str] = []
    questions: list[tuple[str, set[int]]] = []
    for scene in json.loads((folder / "friendsqa/friendsqa_dev.json").read_text(encoding="utf-8"))["data"]:
        first = len(turns)
        paragraph = scene["paragraphs"][0]
        turns += [f"{', '.join(u['speakers'])}: {u['utterance']}" for u in paragraph["utterances:"]]
        questions += [
            (qa["question"], {first + answer["utterance_id"] for answer in qa["answers"]})
            for qa in paragraph["qas"]
        ]
    for file in sorted((folder / "qmsum/val").glob("*.json")):
        meeting = json.loads(file.read_text(encoding="utf-8"))
        turns += [f"{turn['speaker']}: {turn['content']}" for turn in meeting["meeting_transcripts"]]
    return turns, questions


def words(text: str) -> list[str]:
    """Lower-cased, stemmed words."""
    stems: list[str] = STEM.stemWords(WORD.findall(text.lower()))
    return stems


def with_bm25s(turns: list[str]) -> Ranker:
    """Build bm25s over the turns."""
    engine = bm25s.BM25(method="lucene", k1=1.5, b=0.75)
    engine.index([words(turn) for turn in turns], show_progress=False)

    def rank(question: str, k: int) -> list[int]:
        scores = engine.get_scores([word for word in words(question) if word in engine.vocab_dict])
        best = np.argpartition(-scores, k)[:k]
        return [int(row) for row in best[np.argsort(-scores[best], kind="stable")]]

    return rank


def with_fts5(turns: list[str]) -> Ranker:
    """Build an FTS5 table over the turns."""
    database = sqlite3.connect(":memory:")
    database.execute("create virtual table fts using fts5(text, tokenize='porter unicode61')")
    database.executemany("insert into fts(rowid, text) values (?, ?)", enumerate(turns))

    def rank(question: str, k: int) -> list[int]:
        query = " OR ".join(f'"{word}"' for word in WORD.findall(question.lower()))
        found = database.execute("select rowid from fts where fts match ? order by rank limit ?", (query, k))
        return [row for (row,) in found]

    return rank


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, required=True)
    turns, questions = load(parser.parse_args().data)
    print(f"{len(turns):,} turns, {len(questions):,} questions (FriendsQA, pooled with QMSum val)")
    print(f"{'engine':8} {'build s':>8} {'ask ms p50':>11} {'p95':>6} {'success@10':>11} {'MRR@10':>7}")
    for name, build in (("bm25s", with_bm25s), ("FTS5", with_fts5)):
        begun = time.perf_counter()
        rank = build(turns)
        built = time.perf_counter() - begun
        times, found, reciprocal = [], 0.0, 0.0
        for question, gold in questions:
            begun = time.perf_counter()
            ranking = rank(question, 10)
            times.append(1000 * (time.perf_counter() - begun))
            places = [place for place, row in enumerate(ranking, 1) if row in gold]
            found += bool(places)
            reciprocal += 1 / places[0] if places else 0
        p95 = statistics.quantiles(times, n=20)[-1]
        print(
            f"{name:8} {built:8.2f} {statistics.median(times):11.2f} {p95:6.1f} "
            f"{found / len(questions):11.3f} {reciprocal / len(questions):7.3f}"
        )


if __name__ == "__main__":
    main()
