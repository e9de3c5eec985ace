"""Ask transcripts a question in plain words and get the passages that answer it, with their source.

    from qa import open_library, add_paths, ask

The names below are imported when first used, so that ``transcript-qa --help`` need not load a model.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qa.answering import Answer, Source, ask
    from qa.errors import FormatError, LibraryError, NotFoundError, QAError
    from qa.importing import Report, add_paths
    from qa.library import Library
    from qa.opening import open_library
    from qa.readers import read, read_bytes
    from qa.retrieval import Filter
    from qa.types import Reading, TimeKind, Transcript, Turn

_HOMES = {
    "Answer": "qa.answering",
    "Filter": "qa.retrieval",
    "FormatError": "qa.errors",
    "Library": "qa.library",
    "LibraryError": "qa.errors",
    "NotFoundError": "qa.errors",
    "QAError": "qa.errors",
    "Reading": "qa.types",
    "Report": "qa.importing",
    "Source": "qa.answering",
    "TimeKind": "qa.types",
    "Transcript": "qa.types",
    "Turn": "qa.types",
    "add_paths": "qa.importing",
    "ask": "qa.answering",
    "open_library": "qa.opening",
    "read": "qa.readers",
    "read_bytes": "qa.readers",
}

__all__ = [
    "Answer",
    "Filter",
    "FormatError",
    "Library",
    "LibraryError",
    "NotFoundError",
    "QAError",
    "Reading",
    "Report",
    "Source",
    "TimeKind",
    "Transcript",
    "Turn",
    "add_paths",
    "ask",
    "open_library",
    "read",
    "read_bytes",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'qa' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
