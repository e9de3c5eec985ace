"""Runs, judgments and questions as files, in the forms that other evaluation tools write and read.

- Run: ``question Q0 id rank score tag``. The second and the rank column are ignored, as trec_eval does: the
  order is by score, highest first, then by id, last first. One file holds one run, so there is one tag.
- Judgments (qrels): ``question 0 id gain``, a whole number; the second column is ignored.
- Questions (topics): ``question<TAB>text``, or a JSON object a line with ``_id``, ``id`` or ``qid``, and
  ``text``.

Columns may be split by any run of spaces and tabs. Blank lines and, as in trec_eval 10, lines that begin with
# are passed over. Refused: the same id twice for a question, a score that is not finite, a file with nothing
in it (a system that never ran is not one that found nothing), and ids that could not be read back: with
whitespace in them, or for a question beginning with #.
"""

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from qa.errors import FormatError
from qa.evaluation.ties import ordered

Qrels = Mapping[str, Mapping[str, int]]  # question id to the gains that `qa.evaluation.measures` takes

_ID = re.compile("[^\\s\0\ufeff\ud800-\udfff]+")  # a NUL ends C's strings; the others UTF-8 cannot carry
_HALF = re.compile("[\ud800-\udfff]")  # half a character, which JSON can write but no file holds
_GAIN = re.compile("[-+]?[0-9]{1,9}")
_JSON_IDS = ("_id", "id", "qid")


@dataclass(frozen=True, slots=True)
class Run:
    """All rankings of one system.

    Args:
        name: Also the tag in the file; without whitespace.
        rankings: For each question what the system ranked, best first, with scores, higher is better. The
            order is the system's own; scores may be equal or even disagree with it.
    """

    name: str
    rankings: Mapping[str, tuple[tuple[str, float], ...]]

    def __post_init__(self) -> None:
        _check_id(self.name, "run name")
        for question, ranking in self.rankings.items():
            _check_question(question)
            for id_, score in ranking:
                _check_id(id_, "id")
                if not math.isfinite(score):
                    raise ValueError(f"the score of {id_!r} for question {question!r} is {score}")
            if len({id_ for id_, _ in ranking}) < len(ranking):
                raise ValueError(f"the ranking of question {question!r} repeats an id")

    def ranking(self, question: str) -> list[str]:
        """Return the ids ranked for a question, best first; an empty list when the system has none."""
        return [id_ for id_, _ in self.rankings.get(question, ())]


def read_run(path: Path) -> Run:
    """Read a run from a file; see `parse_run`."""
    return parse_run(_read(path), path)


def read_qrels(path: Path) -> dict[str, dict[str, int]]:
    """Read judgments from a file; see `parse_qrels`."""
    return parse_qrels(_read(path), path)


def read_topics(path: Path) -> dict[str, str]:
    """Read questions from a file; see `parse_topics`."""
    return parse_topics(_read(path), path)


def write(text: str, path: Path) -> None:
    """Write what a ``format_`` function returned: UTF-8, a line feed at the end of each line everywhere."""
    path.write_text(text, encoding="utf-8", newline="\n")


def parse_run(text: str, source: Path) -> Run:
    """Parse a run; questions come in the order of the file.

    Raises:
        FormatError: If a line is no line of a run, repeats an id or names another run.
    """
    scores: dict[str, dict[str, float]] = {}
    name = ""
    for number, line in _lines(text):
        question, _, id_, _, written, tag = _columns(line, 6, "question Q0 id rank score tag", source, number)
        score = _score(written)
        if score is None:
            raise FormatError(source, number, line, "Write the score, the fifth column, as a finite number.")
        if name not in ("", tag):
            remedy = f"The lines before belong to run {name!r}. Put each run in a file of its own."
            raise FormatError(source, number, line, remedy)
        name = tag
        _add(scores.setdefault(question, {}), id_, score, source, number, line)
    if not scores:
        raise FormatError(source, None, None, "There is no result in it. Check that the system ran.")
    return Run(
        name,
        {
            question: tuple((id_, scored[id_]) for id_ in ordered(scored))
            for question, scored in scores.items()
        },
    )


def parse_qrels(text: str, source: Path) -> dict[str, dict[str, int]]:
    """Parse judgments; questions and ids come in the order of the file.

    Raises:
        FormatError: If a line is no judgment or repeats an id.
    """
    qrels: dict[str, dict[str, int]] = {}
    for number, line in _lines(text):
        question, _, id_, gain = _columns(line, 4, "question 0 id gain", source, number)
        if not _GAIN.fullmatch(gain):
            raise FormatError(source, number, line, "Write the gain, the fourth column, as a whole number.")
        _add(qrels.setdefault(question, {}), id_, int(gain), source, number, line)
    if not qrels:
        raise FormatError(source, None, None, "There is no judgment in it. Name a file of qrels.")
    return qrels


def parse_topics(text: str, source: Path) -> dict[str, str]:
    """Parse questions, by id in the order of the file; space around a text is dropped.

    Raises:
        FormatError: If a line is no question, its text is blank or its id is repeated.
    """
    topics: dict[str, str] = {}
    for number, line in _lines(text):
        parse = _json_topic if line.startswith("{") else _tab_topic
        question, words = parse(line, source, number)
        _check_line(question, source, number, line)
        if not words.strip():
            raise FormatError(source, number, line, "Give the question a text.")
        _add(topics, question, words.strip(), source, number, line)
    if not topics:
        raise FormatError(source, None, None, "There is no question in it. Name a file of topics.")
    return topics


def format_run(run: Run) -> str:
    """Write a run so that reading it back gives the same order, in every tool.

    Scores are written in full. Where by score and then by id, last first, another order would come out, in
    64-bit numbers or in the 32-bit ones of older tools, the scores of that question become n, n - 1, … 1.
    A question without results has no line.
    """
    lines = []
    for question, ranking in run.rankings.items():
        scores = [score for _, score in ranking]
        if not _orders_itself(ranking):
            scores = [float(len(ranking) - place) for place in range(len(ranking))]
        lines += [
            f"{question} Q0 {id_} {rank} {float(score)!r} {run.name}\n"
            for rank, ((id_, _), score) in enumerate(zip(ranking, scores, strict=True), 1)
        ]
    return "".join(lines)


def format_qrels(qrels: Qrels) -> str:
    """Write judgments in the order given. A question without any has no line.

    Raises:
        ValueError: If an id could not be read back.
    """
    for question, gains in qrels.items():
        _check_question(question)
        for id_ in gains:
            _check_id(id_, "id")
    return "".join(
        f"{question} 0 {id_} {gain}\n" for question, gains in qrels.items() for id_, gain in gains.items()
    )


def format_topics(topics: Mapping[str, str]) -> str:
    """Write questions as a JSON object a line, which holds any text: ``{"_id": …, "text": …}``.

    Raises:
        ValueError: If an id could not be read back or a text is blank.
    """
    for question, text in topics.items():
        _check_question(question)
        if not text.strip():
            raise ValueError(f"question {question!r} has no text")
    return "".join(
        json.dumps({"_id": question, "text": text.strip()}, ensure_ascii=False) + "\n"
        for question, text in topics.items()
    )


def format_topics_tsv(topics: Mapping[str, str]) -> str:
    """Write questions as ``id<TAB>text``, which trec tools read.

    Raises:
        ValueError: If an id could not be read back, or a text is blank or has a line break in it.
    """
    format_topics(topics)  # the same refusals
    for question, text in topics.items():
        if "\n" in text.strip() or question.startswith("{"):
            raise ValueError(f"question {question!r} does not fit a line of TSV; write JSON lines instead")
    return "".join(f"{question}\t{text.strip()}\n" for question, text in topics.items())


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise FormatError(path, None, None, f"It is not UTF-8 ({error.reason}). Save it as UTF-8.") from error
    except OSError as error:
        raise FormatError(path, None, None, f"It cannot be opened: {error.strerror}.") from error


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines that say something, with their numbers."""
    for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), 1):
        if line.strip() and not line.startswith("#"):
            yield number, line


def _columns(line: str, count: int, form: str, source: Path, number: int) -> list[str]:
    """Split a line whose first column is a question's id and whose third is an id."""
    columns = line.split()
    if len(columns) != count:
        remedy = f"It has {len(columns)} columns. Write {count}: {form}; ids hold no spaces."
        raise FormatError(source, number, line, remedy)
    _check_line(columns[0], source, number, line, columns[2])
    return columns


def _check_line(question: str, source: Path, number: int, line: str, id_: str = "-") -> None:
    try:
        _check_question(question)
        _check_id(id_, "id")
    except ValueError as error:
        raise FormatError(source, number, line, f"Mend this: {error}.") from error


def _score(written: str) -> float | None:
    try:
        score = float(written)
    except ValueError:
        return None
    return score if math.isfinite(score) and "_" not in written else None


def _add(known: dict[str, Any], id_: str, value: object, source: Path, number: int, line: str) -> None:
    if id_ in known:
        raise FormatError(source, number, line, f"{id_!r} was there before. Keep one of the two lines.")
    known[id_] = value


def _tab_topic(line: str, source: Path, number: int) -> tuple[str, str]:
    question, tab, words = line.partition("\t")
    if not tab:
        raise FormatError(source, number, line, "Put a tab between the question's id and its text.")
    return question, words


def _json_topic(line: str, source: Path, number: int) -> tuple[str, str]:
    try:
        given: dict[str, Any] = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise FormatError(source, number, line, "Write one whole JSON object on the line.") from error
    id_ = next((given[key] for key in _JSON_IDS if key in given), None)
    words = given.get("text")
    named = isinstance(id_, str | int) and not isinstance(id_, bool)
    if not named or not isinstance(words, str) or _HALF.search(words):
        raise FormatError(source, number, line, 'Write it as {"_id": "q1", "text": "who asked?"}.')
    return str(id_), words


def _orders_itself(ranking: tuple[tuple[str, float], ...]) -> bool:
    """Whether the scores alone give this order, also when a tool keeps only 32 bits of them."""
    ids = [id_ for id_, _ in ranking]
    scores = np.array([score for _, score in ranking], dtype=np.float64)
    with np.errstate(over="ignore"):  # beyond 32 bits scores are infinite, and tied
        single = scores.astype(np.float32)
    return all(ordered(dict(zip(ids, one.tolist(), strict=True))) == ids for one in (scores, single))


def _check_question(question: str) -> None:
    _check_id(question, "question id")
    if question.startswith("#"):
        raise ValueError(f"the question id {question!r} begins with #, which marks a comment")


def _check_id(id_: str, what: str) -> None:
    if not _ID.fullmatch(id_):
        raise ValueError(f"the {what} {id_!r} is empty or holds whitespace or another unreadable character")
