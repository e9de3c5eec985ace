"""Every exception transcript-qa raises on purpose.

QAError                  something the user can mend; the message says where, what, and what to do
├── FormatError          a transcript that cannot be read, with the place in it
│   └── UnknownFormatError   a file in no format that is read; in a folder it is passed over
└── LibraryError         a library folder that cannot be opened or used as asked
    └── NotFoundError    a transcript, turn or speaker that is not in the library

A caller's mistake (``k=0``) is a plain ValueError instead. `embeddings`, which knows nothing of transcripts,
has one of its own, `embeddings.ModelLoadError`: a model that cannot be found, loaded or trusted.
"""

from collections.abc import Mapping
from pathlib import Path


class QAError(Exception):
    """Root of the exceptions meant for the user's eyes."""


class FormatError(QAError):
    """A transcript that cannot be read.

    Args:
        source: The file as the user named it.
        line_number: Where the trouble stands, counted from 1; None when it is the file as a whole.
        found: The offending text, shortened here; None when there is nothing to quote.
        remedy: One sentence saying what to do.
        columns: Those of a table that could be read if the user said what they hold, each with the field of a
            turn that it probably holds, or "".
    """

    def __init__(
        self,
        source: Path,
        line_number: int | None,
        found: str | None,
        remedy: str,
        columns: Mapping[str, str] | None = None,
    ) -> None:
        place = f"{source}:{line_number}" if line_number is not None else str(source)
        quoted = "" if found is None else f"cannot read {shorten(found)!r}. "
        super().__init__(f"{place}: {quoted}{remedy}")
        self.source = source
        self.line_number = line_number
        self.remedy = remedy
        self.columns = columns or {}


class UnknownFormatError(FormatError):
    """A file in no format that is read."""


class LibraryError(QAError):
    """A library folder that cannot be opened or used as asked."""


class NotFoundError(LibraryError):
    """A transcript, turn or speaker that is not in the library."""


def shorten(text: str, limit: int = 80) -> str:
    """Cut text to a length fit for one line of a message."""
    flat = " ".join(text.split())
    return flat if len(flat) <= limit else flat[: limit - 1] + "…"
