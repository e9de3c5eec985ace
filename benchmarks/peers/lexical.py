"""BM25 engines, measured over stems that are given.

    python -m benchmarks.peers.lexical ENGINE FOLDER

FOLDER holds turns.txt, extra.txt and questions.txt: one text a line, its words split, stemmed and rid of stop
words, so that every engine matches the same words. A question is its words joined by OR. Writes the best
ten rows of each question to ENGINE.json and prints times and sizes.
"""

import json
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import numpy as np

from benchmarks.peers.measuring import disk_mib, memory_mib, read_lines, spread, timed

K = 10


class Engine(Protocol):
    """What is measured of an engine."""

    def rank(self, question: str) -> list[int]:
        """Return at most `K` rows, best first."""
        ...

    def add(self, turns: list[str]) -> None:
        """Add rows; when this returns, they are found and, where the engine has files, on disk."""
        ...

    def size(self) -> float:
        """Return MiB on disk."""
        ...


class SQLite:
    """FTS5 in a file. Its text is kept elsewhere, as ours is; k1 is 1.2 and b 0.75, which cannot be set."""

    def __init__(self, turns: list[str], folder: Path) -> None:
        self._file = folder / "fts.sqlite"
        self._rows = 0
        self._database = sqlite3.connect(self._file)
        tokenizer = "unicode61 remove_diacritics 0 tokenchars ''''"
        self._database.execute(
            f'create virtual table fts using fts5(text, content="", tokenize="{tokenizer}")'
        )
        self.add(turns)

    def add(self, turns: list[str]) -> None:
        """See `Engine.add`."""
        self._database.executemany(
            "insert into fts(rowid, text) values (?, ?)", enumerate(turns, start=self._rows)
        )
        self._database.commit()
        self._rows += len(turns)

    def rank(self, question: str) -> list[int]:
        """See `Engine.rank`."""
        query = " OR ".join(f'"{word}"' for word in question.split())
        if not query:
            return []
        found = self._database.execute(
            "select rowid from fts where fts match ? order by rank limit ?", (query, K)
        )
        return [row for (row,) in found]

    def size(self) -> float:
        """See `Engine.size`."""
        return disk_mib(self._file)


class BM25S:
    """bm25s in memory; it cannot add, so adding builds it anew."""

    def __init__(self, turns: list[str], folder: Path, backend: str) -> None:
        self._turns, self._folder, self._backend = turns, folder, backend
        self._build()

    def _build(self) -> None:
        import bm25s

        vocabulary: dict[str, int] = {}
        rows = [
            [vocabulary.setdefault(word, len(vocabulary)) for word in turn.split()] for turn in self._turns
        ]
        self._engine = bm25s.BM25(method="lucene", k1=1.5, b=0.75, backend=self._backend)
        self._engine.index((rows, vocabulary), show_progress=False)
        self._vocabulary = vocabulary

    def add(self, turns: list[str]) -> None:
        """See `Engine.add`."""
        self._turns = self._turns + turns
        self._build()

    def rank(self, question: str) -> list[int]:
        """See `Engine.rank`."""
        words = [word for word in dict.fromkeys(question.split()) if word in self._vocabulary]
        if not words:
            return []
        if self._backend == "numba":
            rows, scores = self._engine.retrieve([words], k=K, show_progress=False)
            return [int(row) for row, score in zip(rows[0], scores[0], strict=True) if score > 0]
        scores = self._engine.get_scores(words)
        best = np.argpartition(-scores, K)[:K]
        return [int(row) for row in best[np.argsort(-scores[best], kind="stable")] if scores[row] > 0]

    def size(self) -> float:
        """See `Engine.size`."""
        self._engine.save(str(self._folder / "bm25s"), show_progress=False)
        return disk_mib(self._folder / "bm25s")


class Tantivy:
    """Tantivy in a folder; k1 is 1.2 and b 0.75, which cannot be set."""

    def __init__(self, turns: list[str], folder: Path) -> None:
        import tantivy  # type: ignore[import-not-found]

        self._tantivy, self._folder, self._rows = tantivy, folder, 0
        fields = tantivy.SchemaBuilder()
        fields.add_text_field("text", tokenizer_name="whitespace", index_option="freq")
        fields.add_unsigned_field("row", stored=True)
        self._schema = fields.build()
        self._index = tantivy.Index(self._schema, path=str(folder))
        self._writer = self._index.writer(heap_size=256_000_000)
        self.add(turns)

    def add(self, turns: list[str]) -> None:
        """See `Engine.add`."""
        for row, turn in enumerate(turns, start=self._rows):
            self._writer.add_document(self._tantivy.Document(text=turn, row=row))
        self._writer.commit()
        self._index.reload()
        self._searcher = self._index.searcher()
        self._rows += len(turns)

    def rank(self, question: str) -> list[int]:
        """See `Engine.rank`."""
        query, occur = self._tantivy.Query, self._tantivy.Occur
        terms = [query.term_query(self._schema, "text", word) for word in dict.fromkeys(question.split())]
        found = self._searcher.search(query.boolean_query([(occur.Should, term) for term in terms]), K).hits
        return [int(self._searcher.doc(place)["row"][0]) for _, place in found]

    def size(self) -> float:
        """See `Engine.size`."""
        self._writer.wait_merging_threads()
        return disk_mib(self._folder)


ENGINES: dict[str, Callable[[list[str], Path], Engine]] = {
    "FTS5": SQLite,
    "bm25s numpy": lambda turns, folder: BM25S(turns, folder, "numpy"),
    "bm25s numba": lambda turns, folder: BM25S(turns, folder, "numba"),
    "tantivy": Tantivy,
}


def measure(
    build: Callable[[list[str], Path], Engine], turns: list[str], extra: list[str], questions: list[str]
) -> tuple[dict[str, float], list[list[int]]]:
    """Build, ask, add and weigh one engine; return its figures and rankings."""
    with tempfile.TemporaryDirectory() as scratch:
        built, engine = timed(lambda: build(turns, Path(scratch)))
        for question in questions[:5]:  # numba compiles when first called
            engine.rank(question)
        times, rankings = [], []
        for question in questions:
            begun = time.perf_counter()
            ranking = engine.rank(question)
            times.append(time.perf_counter() - begun)
            rankings.append(ranking)
        added = timed(lambda: engine.add(extra))[0]
        figures = {"build": built, "add": added, "size": engine.size(), **spread(times), **memory_mib()}
    return figures, rankings


def main() -> None:
    """Measure the engine named on the command line."""
    name, folder = sys.argv[1], Path(sys.argv[2])
    turns, extra, questions = (read_lines(folder / f"{part}.txt") for part in ("turns", "extra", "questions"))
    figures, rankings = measure(ENGINES[name], turns, extra, questions)
    (folder / f"{name}.json").write_text(json.dumps(rankings), encoding="utf-8")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
