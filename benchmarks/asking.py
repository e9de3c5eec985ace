"""Questions to libraries of up to a million turns: ours beside FAISS flat, txtai and chromadb.

    python -m benchmarks.asking --data FOLDER --cache FOLDER --peers FOLDER [--turns 10000 100000 1000000]

Texts and vectors are those of `benchmarks.corpus`, the same for all, so that building is without encoding;
the questions are those people asked about the real transcripts. Each system is built, and opened and asked,
in a process of its own; the peers are described in `benchmarks/peers`, and get environments in --peers. Ours
ranks by two dense and two lexical views; "ours, answer" is the whole answer, with its sources read and a
sentence quoted, for other questions of the same kind.

"open" is from loaded models to the first hits, the files still in the system's cache. "memory" is what the
process holds after the questions, and in brackets what of it is not pages of files. "recall" is the share of
the exact ten nearest that the dense part finds. A peer that is not built within --budget seconds has no
figures. With --work, indexes are kept there, and one that is complete is not built again.
"""

import argparse
import json
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.corpus import RARE_SPEAKER, Corpus, CorpusEncoder, fill, questions
from benchmarks.peers.environments import REQUIREMENTS, NotMeasuredError, python_of, run_script
from benchmarks.peers.measuring import disk_mib, memory_mib, read_lines, spread, timed, write_lines
from benchmarks.peers.systems import MODULES, K, Rows
from embeddings import Vectors, load_encoder
from qa.answering import ask
from qa.library import Library
from qa.passages import label
from qa.retrieval import Filter
from qa.retrieval.views import Query

OURS = "ours"
SYSTEMS = (OURS, *MODULES)
_JUDGED = 100  # questions for which every vector of ours is compared, twice


# --- what all are given ------------------------------------------------------------------------------------


def give(folder: Path, corpus: Corpus, asked: Sequence[str]) -> None:
    """Write the files that `benchmarks.peers.systems` describes."""
    folder.mkdir(parents=True, exist_ok=True)
    encoder = load_encoder()
    vectors = np.lib.format.open_memmap(
        folder / "vectors.npy", mode="w+", dtype=np.float32, shape=(corpus.turns, encoder.dim)
    )
    row = 0
    with (folder / "texts.txt").open("w", encoding="utf-8") as file:
        for _, reading, fresh in corpus:
            file.writelines(f"{label(turn)}{turn.text}\n" for turn in reading.turns)
            vectors[row : row + len(fresh)] = fresh
            row += len(fresh)
    vectors.flush()
    write_lines(folder / "questions.txt", asked)
    found = encoder.encode_queries(list(asked))
    np.save(folder / "questions.npy", found)
    np.save(folder / "exact.npy", exact(lambda first, end: vectors[first:end], len(vectors), found))
    (folder / "complete").touch()


def exact(part: Callable[[int, int], Vectors], every: int, asked: Vectors) -> Rows:
    """Return the `K` rows nearest to each question, by comparing all.

    Args:
        part: Returns the vectors of rows from one to before another.
        every: How many rows there are.
        asked: Vectors of the questions.
    """
    scores = np.empty((len(asked), 0), dtype=np.float32)
    rows = np.empty((len(asked), 0), dtype=np.int64)
    for first in range(0, every, 50_000):
        fresh = asked @ part(first, min(first + 50_000, every)).T
        scores = np.concatenate([scores, fresh], axis=1)
        rows = np.concatenate(
            [rows, np.broadcast_to(np.arange(first, first + fresh.shape[1]), fresh.shape)], axis=1
        )
        best = np.argsort(-scores, axis=1, kind="stable")[:, :K]
        scores, rows = np.take_along_axis(scores, best, axis=1), np.take_along_axis(rows, best, axis=1)
    return rows


# --- ours, in a process of its own -------------------------------------------------------------------------


class Remembering(CorpusEncoder):
    """Encodes a question asked twice in a row only once, so that ranking can be timed without it."""

    _last: tuple[str, Vectors] | None = None

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Encode questions, or return what was found for the same one before."""
        if len(texts) != 1:
            return super().encode_queries(texts)
        if self._last is None or self._last[0] != texts[0]:
            self._last = (texts[0], super().encode_queries(texts))
        return self._last[1].copy()


def build_ours(corpus: Corpus, folder: Path) -> dict[str, float]:
    """Fill a library and save its index; the seconds are without making the corpus."""
    made = timed(lambda: sum(1 for _ in corpus))[0]
    with Library(folder, CorpusEncoder(load_encoder())) as library:
        added = timed(lambda: fill(library, corpus))[0]
        saved = timed(library.save_index)[0] + timed(library.compact)[0]  # as `transcript-qa add` does
    return {"build": added - made + saved, "saved": saved, "disk": disk_mib(folder), **memory_mib()}


def ask_ours(folder: Path, asked: Sequence[str]) -> dict[str, float]:
    """Open a library and ask it: a third of the questions for ranking, answering and filtering each."""
    encoder = Remembering(load_encoder())
    encoder.encode_queries(asked[:1])
    ranked, answered, filtered = np.array_split(np.array(asked[1:]), 3)
    idle = memory_mib()["memory"]
    with Library(folder, encoder) as library:
        opened = timed(partial(library.retrieve, asked[0], K))[0]
        encoding, searching = [], []
        for question in ranked.tolist():
            encoding.append(timed(partial(encoder.encode_queries, [question]))[0])
            searching.append(timed(partial(library.retrieve, question, K))[0])
        figures = memory_mib()
        answering = [timed(partial(ask, library, question))[0] for question in answered.tolist()]
        after = memory_mib()
        filtering, full = ask_filtered(library, filtered.tolist())
        shares = dense_recall(library, asked[:_JUDGED])
    both = [one + other for one, other in zip(encoding, searching, strict=True)]
    return {
        "open": opened, "full": full, **shares, "grown": figures["memory"] - idle, **figures,
        **{f"answer_{key}": value for key, value in after.items()},
        **spread(encoding, "encode_"), **spread(searching, "search_"), **spread(both, "total_"),
        **spread(answering, "answer_"), **spread(filtering, "filtered_"),
    }  # fmt: skip


def ask_filtered(library: Library, asked: Sequence[str]) -> tuple[list[float], float]:
    """Ask among one turn in a thousand; return seconds, and the share of questions with `K` right hits."""
    times, full = [], []
    for question in asked:
        within = Filter(speakers=frozenset({RARE_SPEAKER}))
        seconds, hits = timed(partial(library.retrieve, question, K, within))
        turns = [library.excerpt(hit.transcript_id, hit.position, hit.position).turns[0] for hit in hits]
        times.append(seconds)
        full.append(sum(turn.speaker == RARE_SPEAKER for turn in turns) == K)
    return times, statistics.fmean(full)


def dense_recall(library: Library, asked: Sequence[str]) -> dict[str, float]:
    """Return the share of the exact `K` nearest that each dense view finds, every vector being compared."""
    found = library.indexes()
    queries = [Query(question, library.encoder.encode_queries([question])[0]) for question in asked]
    vectors = np.stack([query.vector for query in queries])
    every = len(found.table)
    own = exact(lambda first, end: found.vectors.own(np.arange(first, end)), every, vectors)
    context = exact(found.vectors.context, every, vectors)
    return {
        "recall": overlap(own.tolist(), [found.own.best(query, K, None).tolist() for query in queries]),
        "context_recall": overlap(
            context.tolist(), [found.context.best(query, K, None).tolist() for query in queries]
        ),
    }


# --- the table ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Bench:
    """Where things are, and how long building may take."""

    data: Path
    cache: Path
    peers: Path | None
    work: Path
    budget: float
    questions: int

    def built(self, system: str, turns: int) -> dict[str, Any]:
        """Build a system's index in `index_of`, unless it is there, and return the figures of that.

        Raises:
            NotMeasuredError: If it took too long or failed.
        """
        index = self.index_of(system, turns)
        figures = index.with_suffix(".built.json")
        if not figures.exists():
            shutil.rmtree(index, ignore_errors=True)
            budget = None if system == OURS else self.budget
            found = self._run(system, "build", turns, budget)
            figures.write_text(json.dumps(found), encoding="utf-8")
        kept: dict[str, Any] = json.loads(figures.read_text(encoding="utf-8"))
        return kept

    def asked(self, system: str, turns: int) -> dict[str, Any]:
        """Ask a system that is built; return its figures."""
        return self._run(system, "ask", turns, None)

    def index_of(self, system: str, turns: int) -> Path:
        """Return the folder of a system's index."""
        return self.work / str(turns) / system.replace(" ", "_")

    def given(self, turns: int) -> Path:
        """Return the folder with what peers are given, written when it is not there."""
        folder = self.work / str(turns) / "given"
        if not (folder / "complete").exists():
            corpus = Corpus(self.data, self.cache, turns)
            give(folder, corpus, questions(self.data)[: self.questions + 1])
        return folder

    def _run(self, system: str, verb: str, turns: int, budget: float | None) -> dict[str, Any]:
        index = str(self.index_of(system, turns))
        Path(index).parent.mkdir(parents=True, exist_ok=True)
        if system == OURS:
            where = ["--data", str(self.data), "--cache", str(self.cache), "--turns", str(turns)]
            asked = self.work / "questions.txt"  # read here: the data sets would count as memory of ours
            write_lines(asked, questions(self.data)[: 3 * self.questions + 1])
            child = ["--only", verb, index, str(asked)]
            return run_script(sys.executable, "benchmarks.asking", *where, *child)
        python = sys.executable
        if system in REQUIREMENTS:
            if self.peers is None:
                raise NotMeasuredError("needs --peers")
            python = python_of(self.peers, system)
        given = str(self.given(turns))
        return run_script(python, "benchmarks.peers.systems", system, verb, given, index, budget=budget)


def recall(bench: Bench, system: str, turns: int) -> float:
    """Return the share of the exact nearest rows that a system's dense part found."""
    right = np.load(bench.given(turns) / "exact.npy").tolist()
    found = np.load(bench.index_of(system, turns) / "nearest.npy").tolist()
    return overlap(right, found)


def overlap(right: list[list[int]], found: list[list[int]]) -> float:
    """Return the share of the right rows among those found."""
    return statistics.fmean(len({*a} & {*b}) / K for a, b in zip(right, found, strict=True))


def show(bench: Bench, turns: int, systems: Sequence[str]) -> None:
    """Print the table of one size."""
    print(f"\n{turns:,} turns; questions: ms, p50 / p95", flush=True)
    heads = (
        "build s  disk MiB  open s   memory MiB (own)      encoding          search           both  recall@10"
    )
    print(f"{'':13} {heads}")
    for system in systems:
        try:
            row = bench.built(system, turns) | bench.asked(system, turns)
        except NotMeasuredError as error:
            print(f"{system:13} {error}", flush=True)
            continue
        start = f"{row['build']:7.1f} {row['disk']:9.0f} {row['open']:7.2f}"
        found = f"{row['recall'] if system == OURS else recall(bench, system, turns):10.3f}"
        cells = " ".join(pair(row, name) for name in ("encode", "search", "total"))
        print(f"{system:13} {start} {held(row)} {cells}{found}", flush=True)
        if system == OURS:
            answer = {"memory": row["answer_memory"], "own_memory": row["answer_own_memory"]}
            print(f"{'ours, answer':13} {'':25} {held(answer)} {'':31} {pair(row, 'answer')}")
            print(f"{'ours, context':13} {'':101} {row['context_recall']:10.3f}")
            text = f"a speaker with 0.1 % of the turns; {100 * row['full']:.0f} % of questions have {K} hits"
            print(f"{'ours, filter':13} {text:74} {pair(row, 'filtered')}", flush=True)


def pair(row: dict[str, Any], name: str) -> str:
    """Write median and 95th percentile."""
    return f"{row[f'{name}_p50']:7.2f} /{row[f'{name}_p95']:6.1f}"


def held(row: dict[str, Any]) -> str:
    """Write what is held in memory."""
    own = f"({row['own_memory']:,.0f})"
    return f"{row['memory']:9,.0f} {own:>8}"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options that make a `Bench`."""
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--peers", type=Path, help="where environments for the peers are made")
    parser.add_argument("--budget", type=float, default=900, help="seconds a peer may take to build")
    parser.add_argument("--work", type=Path, help="keep the indexes here")
    parser.add_argument("--questions", type=int, default=200)


@contextmanager
def bench_of(given: argparse.Namespace) -> Iterator[Bench]:
    """Yield a bench as the options say."""
    with tempfile.TemporaryDirectory() as scratch:
        work = (given.work or Path(scratch)).resolve()
        yield Bench(given.data, given.cache, given.peers, work, given.budget, given.questions)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description="Questions to libraries of up to a million turns.")
    add_arguments(parser)
    parser.add_argument("--turns", type=int, nargs="+", default=[10_000])
    parser.add_argument("--systems", nargs="+", choices=SYSTEMS, default=SYSTEMS)
    parser.add_argument("--only", nargs=3, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.only:
        verb, index, asked = given.only
        if verb == "build":
            figures = build_ours(Corpus(given.data, given.cache, given.turns[0]), Path(index))
        else:
            figures = ask_ours(Path(index), read_lines(Path(asked)))
        print(json.dumps(figures))
        return
    with bench_of(given) as bench:
        for turns in given.turns:
            show(bench, turns, given.systems)


if __name__ == "__main__":
    main()
