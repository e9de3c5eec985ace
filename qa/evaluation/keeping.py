"""Evaluations kept beside a library, where the page finds them.

Each is a folder in the library's ``evaluations`` that holds ``evaluation.json``, and ``summary.json`` for
lists. A folder or a JSON file that somebody put there by hand counts as well. The library itself need not
exist, and takes no part in this.
"""

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from qa.errors import QAError
from qa.evaluation.cards import tag
from qa.evaluation.plain_values import from_plain
from qa.evaluation.results import Evaluation
from qa.evaluation.results_json import as_json, from_json, summary

WHOLE, SHORT = "evaluation.json", "summary.json"
_LARGEST = 1 << 30  # bytes of a file that is read
_LONGEST = 60  # characters of a data set's name in that of a folder


@dataclass(frozen=True, slots=True)
class SetSummary:
    """A data set in a list; fields as in `qa.evaluation.results.DatasetFacts`."""

    name: str
    release: str
    checksum: str
    questions: int


@dataclass(frozen=True, slots=True)
class MeanSummary:
    """A mean over questions."""

    micro: float
    questions: int


@dataclass(frozen=True, slots=True)
class SystemSummary:
    """A system in a list, with the mean of each measure."""

    name: str
    measures: Mapping[str, MeanSummary]


@dataclass(frozen=True, slots=True)
class Summary:
    """An evaluation in a list.

    Args:
        dataset: What was evaluated on.
        pool: As in `qa.evaluation.results.Evaluation`.
        asked: Number of questions.
        labels: Names in full of the measures, in their order.
        systems: In the order asked for.
        made: When, ISO 8601.
    """

    dataset: SetSummary
    pool: str
    asked: int
    labels: Mapping[str, str]
    systems: tuple[SystemSummary, ...]
    made: str


@dataclass(frozen=True, slots=True)
class Kept:
    """Something in the folder of evaluations.

    Args:
        name: Of its folder or file.
        summary: None when it cannot be read.
        problem: Why it cannot be read; "" when it can.
        size: In bytes, of the evaluation's file.
    """

    name: str
    summary: Summary | None
    problem: str
    size: int


class Evaluations:
    """The evaluations in a folder, which is made when the first is kept.

    Args:
        folder: See `evaluations_folder`.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def kept(self) -> list[Kept]:
        """Return what is there, the newest evaluation first, then what cannot be read."""
        found = [_kept(path) for path in self._paths()]
        found.sort(key=lambda one: one.name)
        return sorted(found, key=lambda one: one.summary.made if one.summary else "", reverse=True)

    def open(self, name: str) -> Evaluation:
        """Return an evaluation.

        Raises:
            QAError: If there is none of that name, or it cannot be read.
        """
        return read_evaluation(_file(self._path(name)))

    def keep(self, evaluation: Evaluation) -> str:
        """Keep an evaluation, unless it is kept already; return its name.

        Raises:
            QAError: If that cannot be done.
        """
        name = first = _name(evaluation)
        for number in range(2, 1_000):
            if not (self.folder / name).exists():
                break
            if _same(self.folder / name, evaluation):
                return name
            name = f"{first}~{number}"
        made = self.folder / f".{name}.{os.getpid()}"  # whole or not at all: listed only under its name
        try:
            made.mkdir(parents=True)
            (made / WHOLE).write_bytes(_bytes(as_json(evaluation)))
            (made / SHORT).write_bytes(_bytes(summary(evaluation)))
            made.rename(self.folder / name)
        except OSError as error:
            shutil.rmtree(made, ignore_errors=True)
            raise QAError(f"the evaluation cannot be kept in {self.folder}: {error.strerror}.") from error
        return name

    def remove(self, name: str) -> None:
        """Delete an evaluation with everything in its folder.

        Raises:
            QAError: If there is none of that name, or it cannot be deleted.
        """
        path = self._path(name)
        try:
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()
        except OSError as error:
            raise QAError(f"{name} cannot be deleted: {error.strerror}.") from error

    def _paths(self) -> list[Path]:
        try:
            found = sorted(self.folder.iterdir())
        except OSError:  # not there yet
            return []
        return [
            path
            for path in found
            if not path.name.startswith(".") and (path.is_dir() or path.suffix.lower() == ".json")
        ]

    def _path(self, name: str) -> Path:
        for path in self._paths():
            if path.name == name:
                return path
        raise QAError(f"there is no evaluation {name!r} any more. It may have been deleted.")


def evaluations_folder(library: Path) -> Path:
    """Return where the evaluations of a library's folder are kept."""
    return library / "evaluations"


def read_evaluation(path: Path) -> Evaluation:
    """Read a file that ``transcript-qa evaluate`` wrote.

    Raises:
        QAError: If it cannot be read, or is no evaluation.
    """
    try:
        facts = path.stat()
        if facts.st_size > _LARGEST:
            raise QAError(f"{path.name} has more than {_LARGEST >> 30} GB, which is no evaluation.")
        return _read(path, facts.st_mtime_ns, facts.st_size)
    except OSError as error:
        raise QAError(f"{path.name} cannot be opened: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise QAError(f"{path.name} cannot be read: {_said(error)}.") from error


@lru_cache(maxsize=4)
def _read(path: Path, changed: int, size: int) -> Evaluation:
    """Read a file, again only when it changed."""
    return from_json(_loaded(path))


def _loaded(path: Path) -> Any:
    return json.loads(path.read_bytes())


def _said(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"it is not JSON, or was cut short, at line {error.lineno}"
    if isinstance(error, UnicodeDecodeError | RecursionError):
        return "it is not JSON"
    return str(error)


def _file(path: Path) -> Path:
    return path / WHOLE if path.is_dir() else path


def _kept(path: Path) -> Kept:
    file = _file(path)
    try:
        size = file.stat().st_size
        return Kept(path.name, _summary(path), "", size)
    except FileNotFoundError:
        return Kept(path.name, None, f"The folder holds no {WHOLE}.", 0)
    except OSError as error:
        return Kept(path.name, None, f"It cannot be opened: {error.strerror}.", 0)
    except QAError as error:
        return Kept(path.name, None, str(error), size)


def _summary(path: Path) -> Summary:
    """Read the short file, or the whole one where that is missing or of no use."""
    try:
        if path.is_dir():
            return from_plain(Summary, _loaded(path / SHORT), "summary")
    except (OSError, ValueError, RecursionError):
        pass  # it is there only to save time
    return from_plain(Summary, summary(read_evaluation(_file(path))), "summary")


def _same(path: Path, evaluation: Evaluation) -> bool:
    try:
        return read_evaluation(_file(path)) == evaluation
    except QAError:
        return False


def _name(evaluation: Evaluation) -> str:
    """Return a name for a folder, by which they sort in time: 20260415T093000Z-qmsum."""
    try:
        made = datetime.fromisoformat(evaluation.made).astimezone(UTC)
    except (ValueError, OverflowError):
        made = datetime.now(UTC)
    dataset = tag(evaluation.dataset.name).replace(":", "-")[:_LONGEST]
    return f"{made:%Y%m%dT%H%M%SZ}-{dataset}"


def _bytes(value: Mapping[str, Any]) -> bytes:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "replace")  # a stray surrogate is no character
