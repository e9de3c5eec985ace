"""Data sets of judged questions on transcripts, each from a path the user already has; nothing is fetched.

`load` reads a data set in one of `FORMATS`. Each format knows its layout in every detail, repairs or leaves
out what is broken in the release, and says so in the remarks of the `Dataset`; a release that we know is
named by its checksum. A file that is not in its layout is a FormatError, which names the place.

To add a data set, write a module in `qa/evaluation/sets` with two functions::

    def recognises(path: Path) -> str | None: ...   # why the content at a path is in this layout, or None
    def load(path: Path) -> Dataset: ...            # pools, questions and a card; see `qa.evaluation.judged`

and put it into `FORMATS` under its name, before any layout that would recognise its files too. A `Draft`
(`qa.evaluation.sets.draft`) collects what is read: ``draft.transcript(name, turns)`` names turns so that
string order is turn order, ``draft.ask(...)`` drops questions without gold, ``draft.count(...)`` counts
repairs. Read JSON with `qa.evaluation.sets.items`, so that a broken file is no KeyError, and give every trap
of the release a small file of its own in the tests.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from qa.errors import QAError
from qa.evaluation.judged import Dataset
from qa.evaluation.sets import beir, friendsqa, locomo, longmemeval, own, qmsum, spoken_squad, trec
from qa.library import Library


class Loader(Protocol):
    """How a data set is read; a module may be one."""

    def recognises(self, path: Path) -> str | None:
        """Say why the content at a path is in this layout; None when it is not."""

    def load(self, path: Path) -> Dataset:
        """Load the data set at a path.

        Raises:
            QAError: If there is none, or more than one.
            FormatError: If a file is not in the layout.
        """


@dataclass(frozen=True, slots=True)
class Variant:
    """Another way to read a data set, which has to be asked for by name."""

    read: Callable[[Path], Dataset]

    def recognises(self, path: Path) -> str | None:
        """Recognise nothing: without a name, a data set is read as released."""
        return None

    def load(self, path: Path) -> Dataset:
        """See `Loader.load`."""
        return self.read(path)


# Most specific first: the first that recognises a path reads it.
FORMATS: dict[str, Loader] = {
    qmsum.NAME: qmsum,
    "qmsum-content": Variant(lambda path: qmsum.content_turns(qmsum.load(path))),
    friendsqa.NAME: friendsqa,
    longmemeval.NAME: longmemeval,
    locomo.NAME: locomo,
    "locomo-captions": Variant(locomo.load_with_captions),
    spoken_squad.NAME: spoken_squad,
    "spoken-squad-paragraphs": Variant(spoken_squad.load_paragraphs),
    beir.NAME: beir,
    trec.NAME: trec,
    own.NAME: own,
}


def load(path: Path, format: str | None = None, library: Library | None = None) -> Dataset:  # noqa: A002
    """Load a data set.

    Args:
        path: A file, the folder of a split, or a release's root with the split as the last part, "QMSum/val".
        format: One of `FORMATS`; None to tell it by the content.
        library: That the user's own questions are asked of; other formats bring their transcripts.

    Raises:
        QAError: If there is no such format, nothing at the path is in one, or the path leaves open what is
            meant. FormatError: If a file is not in its layout.
    """
    name = recognise(path) if format is None else format
    if name not in FORMATS:
        raise QAError(f"{name!r} is no format of data sets. Name one of: {', '.join(FORMATS)}.")
    return own.load(path, library) if name == own.NAME else FORMATS[name].load(path)


def recognise(path: Path) -> str:
    """Tell the format of the data set at a path by its content.

    Raises:
        QAError: If it is in none.
    """
    for name, loader in FORMATS.items():
        if loader.recognises(path) is not None:
            return name
    if not path.exists():
        raise QAError(f"{path} does not exist. Name a file or folder of a data set.")
    raise QAError(f"{path} is in no layout that is known. Name its format, one of: {', '.join(FORMATS)}.")
