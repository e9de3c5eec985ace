"""How a library behaves as it grows: time to ask, add, remove, open and save; memory and disk.

    python -m benchmarks.growing --data FOLDER --cache FOLDER [--turns 10000 30000 100000 300000]

Ours beside a FAISS flat index, over the turns of `benchmarks.corpus`, without encoding, each step in a
process of its own. The last column is how a figure grows: the slope of its logarithm over that of the number
of turns, fitted by least squares; 0 is no growth, 1 is growth in proportion.

Adding 500 turns (three transcripts) and removing one transcript last until a question sees it, and are done
on a copy that is thrown away; for FAISS they are `add` and `remove_ids` of 200 rows, and writing the file.
"""

import argparse
import json
import math
import shutil
import statistics
import sys
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.asking import OURS, Bench, Remembering, add_arguments, bench_of
from benchmarks.corpus import Corpus, fill, questions
from benchmarks.peers.environments import run_script
from benchmarks.peers.measuring import read_lines, timed, write_lines
from benchmarks.peers.systems import K
from embeddings import load_encoder
from qa.library import Library
from qa.retrieval import Filter

FLAT = "FAISS flat"
_ADDED = 500  # turns
GROWING = {
    "build": "building, s",
    "search_p50": "ranking for a question, ms (p50)",
    "search_p95": "ranking for a question, ms (p95)",
    "grown": "memory beyond the model's, MiB",
    "disk": "disk, MiB",
    "open": "opening, s",
    "add": "adding 500 turns, s",
    "seen": "  of it the next question, s",
    "save": "saving, s",
    "remove": "removing a transcript, s",
}


# --- changing a library, in a process of its own -----------------------------------------------------------


def change_ours(folder: Path, corpus: Corpus, asked: Sequence[str]) -> dict[str, float]:
    """Add to a library and remove from it; the folder changes.

    Raises:
        RuntimeError: If what was added is not found, or what was removed still is.
    """
    encoder = Remembering(load_encoder())
    with Library(folder, encoder) as library:
        usual = statistics.median(ranking_times(library, encoder, asked))
        removed = library.retrieve(asked[0], 1)[0].transcript_id
        coming = list(corpus)
        added = timed(partial(fill, library, coming))[0]
        seen = ranking_times(library, encoder, asked[:1])[0] - usual
        fresh = Filter(frozenset(key for key, _, _ in coming))
        if len(library.retrieve(asked[0], K, fresh)) != K:
            raise RuntimeError("what was added is not found")
        saved = timed(library.save_index)[0]
        gone = timed(partial(library.remove, removed))[0]
        gone += ranking_times(library, encoder, asked[:1])[0] - usual
        if library.holds(removed) or library.retrieve(asked[0], K, Filter(frozenset({removed}))):
            raise RuntimeError("what was removed is still found")
    return {"add": added + seen, "seen": seen, "save": saved, "remove": gone}


def ranking_times(library: Library, encoder: Remembering, asked: Sequence[str]) -> list[float]:
    """Return the seconds that ranking takes for each question, its encoding apart."""
    times = []
    for question in asked:
        encoder.encode_queries([question])
        times.append(timed(partial(library.retrieve, question, K))[0])
    return times


def change_flat(file: Path, corpus: Corpus) -> dict[str, float]:
    """Add to a FAISS index, remove 200 rows from its middle, and write it after each; the file changes."""
    import faiss

    fresh = np.concatenate([vectors for _, _, vectors in corpus])
    index = faiss.read_index(str(file))
    middle = np.arange(index.ntotal // 2, index.ntotal // 2 + 200)
    added = timed(partial(index.add, fresh))[0]
    saved = timed(partial(faiss.write_index, index, str(file)))[0]
    gone = timed(partial(index.remove_ids, faiss.IDSelectorBatch(middle)))[0]
    gone += timed(partial(faiss.write_index, index, str(file)))[0]
    return {"add": added + saved, "seen": 0.0, "save": saved, "remove": gone}


# --- the tables --------------------------------------------------------------------------------------------


def measured(bench: Bench, system: str, turns: int) -> dict[str, Any]:
    """Return all figures of one system at one size."""
    built = bench.built(system, turns)
    asked = bench.asked(system, turns)
    with tempfile.TemporaryDirectory(dir=bench.work) as scratch:
        copy = Path(scratch) / "index"
        shutil.copytree(bench.index_of(system, turns), copy)
        where = ["--data", str(bench.data), "--cache", str(bench.cache)]
        write_lines(Path(scratch) / "questions.txt", questions(bench.data)[:21])
        child = ["--change", system, str(copy), str(Path(scratch) / "questions.txt")]
        changed = run_script(sys.executable, "benchmarks.growing", *where, *child)
    return {**built, **asked, **changed}


def slope(sizes: Sequence[int], values: Sequence[float]) -> float:
    """Return the exponent of growth; not a number where a value is not above zero."""
    if min(values) <= 0:
        return math.nan
    return float(np.polyfit(np.log(sizes), np.log(values), 1)[0])


def show(system: str, sizes: Sequence[int], rows: Sequence[dict[str, Any]]) -> None:
    """Print the figures of one system by size, with their exponents."""
    print(f"\n{system:34}" + "".join(f"{turns:>12,}" for turns in sizes) + f"{'exponent':>10}")
    for key, title in GROWING.items():
        values = [float(row[key]) for row in rows]
        cells = "".join(f"{value:12,.4g}" if value < 1_000 else f"{value:12,.0f}" for value in values)
        print(f"{title:34}{cells}" + (f"{slope(sizes, values):10.2f}" if len(sizes) > 1 else ""), flush=True)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description="How a library behaves as it grows.")
    add_arguments(parser)
    parser.add_argument("--turns", type=int, nargs="+", default=[10_000, 30_000, 100_000, 300_000])
    parser.add_argument("--change", nargs=3, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.change:
        system, folder, asked = given.change
        corpus = Corpus(given.data, given.cache, _ADDED, seed=1)
        changed = (
            change_ours(Path(folder), corpus, read_lines(Path(asked)))
            if system == OURS
            else change_flat(Path(folder) / "flat.faiss", corpus)
        )
        print(json.dumps(changed))
        return
    with bench_of(given) as bench:
        for system in (OURS, FLAT):
            show(system, given.turns, [measured(bench, system, turns) for turns in given.turns])


if __name__ == "__main__":
    main()
