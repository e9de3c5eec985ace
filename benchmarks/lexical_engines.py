"""BM25 engines side by side: quality on judged questions, and time to build, to ask and to add.

    python -m benchmarks.lexical_engines --data FOLDER --cache FOLDER --peers FOLDER [--turns 1000000]

Quality: FriendsQA's questions over its turns pooled with those of QMSum val, "Speaker: words" as text, as
released in --data. Speed: questions people asked about the real transcripts, over the made-up turns of
`benchmarks.corpus`, which keeps its vectors in --cache. Every engine is given the same words, split, stemmed
and rid of stop words by us, asks for any of them, and runs in a process of its own; those that the project
does not install get an environment in --peers. The time to split words is counted in "build" for all.
"add" is 500 more turns, until they are found; bm25s has to be built anew for that. "peak" is the most memory
the process held, with the texts it was given.
"""

import argparse
import json
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.corpus import Corpus, questions
from benchmarks.peers.environments import NotMeasuredError, python_of, run_script
from benchmarks.peers.lexical import ENGINES, K, measure
from benchmarks.peers.measuring import disk_mib, read_lines, timed, write_lines
from qa.evaluation.datasets import load
from qa.indexes import SEGMENT
from qa.passages import label
from qa.retrieval import LexicalView, Lexicon
from qa.retrieval.lexical import words
from qa.retrieval.postings import Postings
from qa.retrieval.views import Query
from qa.types import Turn

OURS = "ours"
_ADDED = 500  # turns


# --- our engine ------------------------------------------------------------------------------------------


class OurEngine:
    """The project's lexicon; see `benchmarks.peers.lexical.Engine`.

    Segments of at most `SEGMENT` turns lie on disk and are mapped, as in a library; each transcript has 200
    turns. It scores every turn twice, by itself and among its neighbours, which the others do not.
    """

    def __init__(self, turns: list[str], folder: Path) -> None:
        self._folder = folder
        self._parts: list[Postings] = []
        for first in range(0, len(turns), SEGMENT):
            self._parts.append(self._written(turns[first : first + SEGMENT]))
        self._view = self._over_all()

    def _written(self, turns: list[str]) -> Postings:
        folder = self._folder / f"segment-{len(self._parts)}"
        folder.mkdir(parents=True)
        Postings.of([words(turn) for turn in turns]).save(folder)
        return Postings.load(folder)

    def _over_all(self) -> LexicalView:
        transcript = np.arange(sum(map(len, self._parts))) // 200
        return LexicalView(Lexicon(self._parts, transcript))

    def add(self, turns: list[str]) -> None:
        """See `Engine.add`."""
        self._parts.append(self._written(turns))
        self._view = self._over_all()

    def rank(self, question: str) -> list[int]:
        """See `Engine.rank`."""
        rows = self._view.best(Query(question, np.zeros(0, dtype=np.float32)), K, None)
        return [int(row) for row in rows]

    def size(self) -> float:
        """See `Engine.size`."""
        return disk_mib(self._folder)


def with_ours(folder: Path) -> None:
    """Measure our engine over the texts in a folder, as `benchmarks.peers.lexical.main` does the others."""
    turns, extra, asked = (
        read_lines(folder / f"{part}.txt") for part in ("plain_turns", "plain_extra", "plain_questions")
    )
    figures, rankings = measure(OurEngine, turns, extra, asked)
    (folder / f"{OURS}.json").write_text(json.dumps(rankings), encoding="utf-8")
    print(json.dumps(figures))


# --- what they are given -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Task:
    """Turns, turns to add, and questions, each with the rows that answer it, if judged."""

    turns: list[str]
    extra: list[str]
    questions: list[str]
    gold: list[set[int]]

    def write(self, folder: Path) -> float:
        """Write the texts and their words as files; return the seconds it took to split the turns."""
        split, stems = timed(lambda: [" ".join(words(turn)) for turn in self.turns])
        write_lines(folder / "turns.txt", stems)
        for name, texts in (("extra", self.extra), ("questions", self.questions)):
            write_lines(folder / f"{name}.txt", [" ".join(words(text)) for text in texts])
        for name, texts in (("turns", self.turns), ("extra", self.extra), ("questions", self.questions)):
            write_lines(folder / f"plain_{name}.txt", [" ".join(text.split()) for text in texts])
        return split


def judged(data: Path) -> Task:
    """Return the judged questions over the pooled turns."""
    turns: list[str] = []
    asked: list[str] = []
    gold: list[set[int]] = []
    rows: dict[str, int] = {}
    scenes = load(data / "friendsqa/friendsqa_dev.json", "friendsqa")
    for transcript in scenes.transcripts():
        rows.update((id_, len(turns) + place) for place, id_ in enumerate(transcript.turn_ids))
        turns += [spoken(turn) for turn in transcript.reading.turns]
    for question in scenes.questions:
        asked.append(question.text)
        gold.append({rows[id_] for id_ in question.gains})
    for transcript in load(data / "qmsum/val", "qmsum").transcripts():
        turns += [spoken(turn) for turn in transcript.reading.turns]
    return Task(turns, turns[:_ADDED], asked, gold)


def synthetic(data: Path, cache: Path, turns: int, asked: int) -> Task:
    """Return made-up turns and real questions."""
    made = [spoken(turn) for _, reading, _ in Corpus(data, cache, turns) for turn in reading.turns]
    extra = [spoken(turn) for _, reading, _ in Corpus(data, cache, _ADDED, seed=1) for turn in reading.turns]
    return Task(made, extra, questions(data)[:asked], [])


def spoken(turn: Turn) -> str:
    """Write a turn as it is searched."""
    return f"{label(turn)}{turn.text}"


# --- the table ---------------------------------------------------------------------------------------------


def measured(name: str, folder: Path, peers: Path | None) -> dict[str, float]:
    """Measure an engine over the texts in a folder, in a process of its own."""
    if name == OURS:
        return run_script(sys.executable, "benchmarks.lexical_engines", "--ours", str(folder))
    if name == "FTS5":
        return run_script(sys.executable, "benchmarks.peers.lexical", name, str(folder))
    if peers is None:
        raise NotMeasuredError("needs --peers")
    return run_script(python_of(peers, "lexical"), "benchmarks.peers.lexical", name, str(folder))


def quality(rankings: list[list[int]], gold: list[set[int]]) -> tuple[float, float]:
    """Return success@10 and MRR@10."""
    places = [
        next((place for place, row in enumerate(ranking, 1) if row in right), None)
        for ranking, right in zip(rankings, gold, strict=True)
    ]
    found = [place for place in places if place is not None]
    return len(found) / len(gold), sum(1 / place for place in found) / len(gold)


def show(task: Task, peers: Path | None) -> None:
    """Print the table of one task."""
    with tempfile.TemporaryDirectory() as scratch:
        split = task.write(Path(scratch))
        print(f"\n{len(task.turns):,} turns, {len(task.questions):,} questions; words split in {split:.1f} s")
        heads = "build s  p50 ms  p95 ms   add ms  size MiB  peak MiB"
        print(f"{'engine':12} {heads}" + ("  success@10  MRR@10" if task.gold else ""))
        for name in (*ENGINES, OURS):
            try:
                row = measured(name, Path(scratch), peers)
            except NotMeasuredError as error:
                print(f"{name:12} {error}", flush=True)
                continue
            build = row["build"] + (0 if name == OURS else split)
            line = f"{name:12} {build:7.1f} {row['p50']:7.2f} {row['p95']:7.2f} {1000 * row['add']:8.0f}"
            line += f" {row['size']:9.1f} {row['peak_memory']:9.0f}"
            if task.gold:
                rankings = json.loads((Path(scratch) / f"{name}.json").read_text(encoding="utf-8"))
                success, reciprocal = quality(rankings, task.gold)
                line += f" {success:11.3f} {reciprocal:7.3f}"
            print(line, flush=True)


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description="BM25 engines side by side.")
    parser.add_argument("--data", type=Path)
    parser.add_argument("--cache", type=Path)
    parser.add_argument(
        "--peers", type=Path, help="where environments are made for engines we do not install"
    )
    parser.add_argument("--turns", type=int, nargs="*", default=[100_000])
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--ours", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.ours:
        with_ours(given.ours)
        return
    if given.data is None or given.cache is None:
        parser.error("--data and --cache are needed")
    show(judged(given.data), given.peers)
    for turns in given.turns:
        show(synthetic(given.data, given.cache, turns, given.questions), given.peers)


if __name__ == "__main__":
    main()
