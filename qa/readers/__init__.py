"""Transcripts into turns: one module per format, chosen by what a file holds, never by its name.

``read`` opens a file, ``read_bytes`` takes what was uploaded; both give a ``Reading`` and raise nothing but
``FormatError``. Empty files, files of no known format and files in which nobody speaks are refused.
"""

import re
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from qa.errors import FormatError, UnknownFormatError
from qa.readers import jsonl, plain, press, subrip, webvtt, whisper
from qa.readers.dates import date_in_name
from qa.readers.decoding import decode
from qa.readers.spacing import tidy
from qa.types import Reading

__all__ = ["READERS", "Reader", "read", "read_bytes"]

_HEAD = 65_536  # characters shown to recognises; the line they end in is always whole


class Reader(Protocol):
    """A module that reads one format."""

    FORMAT: str

    def recognises(self, head: str) -> bool:
        """Say whether a text is in this format, judging by its first characters."""

    def parse(self, text: str, source: Path) -> Reading:
        """Read the whole text; ``source`` is only named in errors."""


READERS: tuple[Reader, ...] = (webvtt, subrip, jsonl, whisper, press, plain)  # most specific first

_FORMATS = (
    "The formats read are WebVTT and SubRip captions, Whisper JSON, JSON lines, press-conference text and"
    " plain text with a speaker and a colon before each turn, as in 'Ana: hello'."
)


def read(path: Path) -> Reading:
    """Read a transcript from disk.

    Args:
        path: A file in any of the formats of ``READERS``.

    Returns:
        The turns, with the title and the date taken from the file name where the file gives none.

    Raises:
        FormatError: If the file cannot be opened or is no transcript; it says where, what and what to do.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        remedy = f"The file cannot be opened ({error.strerror}). Check the path and its permissions."
        raise FormatError(path, None, None, remedy) from error
    return read_bytes(data, path)


def read_bytes(data: bytes, source: Path) -> Reading:
    """Read a transcript from the bytes of a file.

    Args:
        data: The whole file, in UTF-8, UTF-16 with a byte-order mark, or Windows-1252.
        source: The name of the file; it is never opened, but may give the title and the date.

    Returns:
        As ``read`` does.

    Raises:
        FormatError: If the bytes are no transcript.
    """
    text, guessed = decode(data, source)
    if not tidy(text):
        raise FormatError(source, None, None, "The file is empty. Export the transcript again.")
    end_of_head = text.find("\n", _HEAD)
    head = text if end_of_head < 0 else text[:end_of_head]
    reader = next((reader for reader in READERS if reader.recognises(head)), None)
    if reader is None:
        number, line = _first_words(text)
        raise UnknownFormatError(source, number, line, f"The file is in no format that is read. {_FORMATS}")
    reading = reader.parse(text, source)
    if not reading.turns:
        remedy = f"It looks like {reader.FORMAT}, but nobody says anything in it. {_FORMATS}"
        raise FormatError(source, None, None, remedy)
    found = date_in_name(source.stem)
    return replace(
        reading,
        title=reading.title or _title(source.stem, found[1] if found else ""),
        date=reading.date or (found[0] if found else None),
        warnings=(*guessed, *reading.warnings),
    )


def _first_words(text: str) -> tuple[int, str]:
    return next((number, line) for number, line in enumerate(text.split("\n"), start=1) if tidy(line))


def _title(stem: str, date: str) -> str | None:
    """A title from a file name: without the date at either end, separators as spaces."""
    bare = stem.removeprefix(date) if stem.startswith(date) else stem.removesuffix(date)
    title = tidy(re.sub(r"[\s_.\-–—]+", " ", bare))
    return title[:1].upper() + title[1:] or None
