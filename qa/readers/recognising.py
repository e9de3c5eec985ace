"""The reader that recognises a file, and what it reads there; see `qa.readers`.

Loading all formats takes 0.2 s, most of it for compiling their patterns.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

from qa.errors import FormatError, UnknownFormatError
from qa.readers import (
    akoma_ntoso,
    assemblyai,
    aws_transcribe,
    chat_cha,
    court,
    deepgram,
    descript,
    discord,
    google_meet,
    hearing,
    jsonl,
    otter,
    phrases,
    plain,
    podcast_html,
    podcast_json,
    press,
    records,
    rev,
    revai,
    sbv,
    slack,
    subrip,
    substation,
    tables,
    teams_docx,
    tei,
    timedtext,
    ttml,
    webvtt,
    whatsapp,
    whisper,
    whisper_cpp,
    whisper_text,
    whisper_tsv,
    whisperx,
    youtube,
    zoom_chat,
)
from qa.readers.dates import date_in_name
from qa.readers.decoding import decode
from qa.readers.fields import load
from qa.readers.markup import Element, is_markup, local_name, root_of
from qa.readers.naming import unify
from qa.readers.options import NOTHING_SAID, ReadOptions
from qa.readers.spacing import tidy
from qa.readers.word_document import is_word, read_word
from qa.types import Reading

_HEAD = 65_536  # characters shown to recognises; the line they end in is always whole
_JSON = re.compile(r'\s*(?:\{\s*["}]|\[\s*[\[{"\]])')  # "[00:12] Ana: hello" and "{\\an8}" are not JSON


class TextReader(Protocol):
    """A module that reads one format of lines."""

    FORMAT: str

    def recognises(self, head: str) -> str | None:
        """Say why a text is in this format, judging by its first characters; None when it is not."""

    def parse(self, text: str, source: Path) -> Reading:
        """Read the whole text; ``source`` is only named in errors."""


class JsonReader(Protocol):
    """A module that reads one format written in JSON."""

    FORMAT: str

    def recognises(self, value: Any) -> str | None:
        """Say why a parsed value is in this format; None when it is not."""

    def parse(self, value: Any, source: Path) -> Reading:
        """Read the value; ``source`` is only named in errors."""


class MarkupReader(Protocol):
    """A module that reads one format written in XML or HTML."""

    FORMAT: str

    def recognises(self, root: Element) -> str | None:
        """Say why a document is in this format, judging by its root; None when it is not."""

    def parse(self, root: Element, source: Path) -> Reading:
        """Read the document; ``source`` is only named in errors."""


TEXT_READERS: tuple[TextReader, ...] = (  # most specific first
    whisper_tsv, whisper_text, webvtt, zoom_chat, whatsapp, teams_docx, subrip, sbv, substation, chat_cha,
    google_meet, otter, rev, descript, court, hearing, tables, press, plain,
)  # fmt: skip
JSON_READERS: tuple[JsonReader, ...] = (
    podcast_json,
    whisper_cpp,
    aws_transcribe,
    deepgram,
    assemblyai,
    revai,
    whisperx,
    whisper,
    youtube,
    phrases,
    slack,
    discord,
    records,
)  # fmt: skip
MARKUP_READERS: tuple[MarkupReader, ...] = (ttml, timedtext, podcast_html, tei, akoma_ntoso)

_FORMATS = (
    "What is read: captions (WebVTT, SRT, TTML, YouTube), what speech recognisers write (Whisper, AWS,"
    " Deepgram and others), exports of Otter, Teams, Meet, Rev and Descript, chats (Zoom, Slack, Discord,"
    " WhatsApp), parliaments' XML, CHAT, court and press text, tables (--map names their columns), and plain"
    " text with a speaker and a colon before each turn, as in 'Ana: hello'."
)


def read(path: Path, options: ReadOptions = NOTHING_SAID) -> Reading:
    """Read a transcript from disk.

    Args:
        path: A file in any of the formats read.
        options: What the user says about it.

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
    return read_bytes(data, path, options)


def read_bytes(data: bytes, source: Path, options: ReadOptions = NOTHING_SAID) -> Reading:
    """Read a transcript from the bytes of a file.

    Args:
        data: The whole file: a Word document, or text in UTF-8, UTF-16 or Windows-1252.
        source: The name of the file; it is never opened, but may give the title and the date.
        options: What the user says about it.

    Returns:
        As ``read`` does.

    Raises:
        FormatError: If the bytes are no transcript.
    """
    word = is_word(data)
    decoded = read_word(data, source) if word else decode(data, source)
    if not tidy(decoded.text):
        raise FormatError(source, None, None, "The file is empty. Export the transcript again.")
    reading = _read_text(decoded.text, source) if word else _reading(data, decoded.text, source, options)
    if not reading.turns:
        remedy = f"It looks like {reading.format}, but nobody says anything in it. {_FORMATS}"
        raise FormatError(source, None, None, remedy)
    reading = unify(reading)
    found = date_in_name(source.stem)
    return replace(
        reading,
        title=reading.title or _title(source.stem, found[1] if found else ""),
        date=reading.date or (found[0] if found else None),
        remarks=(*decoded.remarks, *reading.remarks),
        encoding=decoded.encoding,
    )


def _reading(data: bytes, text: str, source: Path, options: ReadOptions) -> Reading:
    """Read with the reader that recognises the file."""
    if options.columns is not None and not is_markup(text):
        return _read_mapped(text, source, options.columns)
    if is_markup(text):
        return _read_markup(root_of(data, source), source)
    if _JSON.match(text):
        return _read_json(text, source)
    return _read_text(text, source, options)


def _read_mapped(text: str, source: Path, columns: Mapping[str, str]) -> Reading:
    """Read a table or records whose columns the user has named."""
    read_as = records.parse_text if _JSON.match(text) else tables.parse
    return replace(read_as(text, source, columns), recognised="its columns were named by --map")


def _read_markup(root: Element, source: Path) -> Reading:
    for reader in MARKUP_READERS:
        if why := reader.recognises(root):
            return replace(reader.parse(root, source), recognised=why)
    kind = "a web page" if local_name(root) == "html" else f"an XML document of <{local_name(root)}>"
    raise UnknownFormatError(
        source, None, None, f"This is {kind} that holds no transcript we know. {_FORMATS}"
    )


def _read_text(text: str, source: Path, options: ReadOptions = NOTHING_SAID) -> Reading:
    end_of_head = text.find("\n", _HEAD)
    head = text if end_of_head < 0 else text[:end_of_head]
    for reader in TEXT_READERS:
        if why := reader.recognises(head):
            return replace(_parsed(reader, text, source, options), recognised=why)
    number, line = _first_words(text)
    raise UnknownFormatError(source, number, line, f"The file is in no format that is read. {_FORMATS}")


def _parsed(reader: TextReader, text: str, source: Path, options: ReadOptions) -> Reading:
    """Read a text with its reader; two formats leave open what the user may have said."""
    if reader is whatsapp:
        return whatsapp.parse(text, source, options.date_order)
    if reader is zoom_chat:
        return zoom_chat.parse(text, source, options.private)
    return reader.parse(text, source)


def _read_json(text: str, source: Path) -> Reading:
    try:
        value = load(text)
    except ValueError as error:  # several values, one a line, are no JSON either
        if why := jsonl.recognises(text):
            return replace(jsonl.parse(text, source), recognised=why)
        if why := records.recognises_lines(text):
            return replace(records.parse_lines(text, source), recognised=why)
        line_number = getattr(error, "lineno", None)
        remedy = f"The file is not valid JSON ({error}). Export it again; it may have been cut short."
        raise FormatError(source, line_number, None, remedy) from error
    return _read_value(value, text, source)


def _read_value(value: Any, text: str, source: Path) -> Reading:
    """Read what a file of one JSON value holds."""
    for reader in JSON_READERS:
        if why := reader.recognises(value):
            return replace(reader.parse(value, source), recognised=why)
    if why := jsonl.recognises(text):
        return replace(jsonl.parse(text, source), recognised=why)
    if why := records.recognises_lines(text):
        return replace(records.parse_lines(text, source), recognised=why)
    found = f"an object with {', '.join(map(repr, list(value)[:8]))}" if isinstance(value, dict) else "a list"
    raise UnknownFormatError(
        source, None, None, f"The JSON is {found}, which is no format that is read. {_FORMATS}"
    )


def _first_words(text: str) -> tuple[int, str]:
    return next((number, line) for number, line in enumerate(text.split("\n"), start=1) if tidy(line))


def _title(stem: str, date: str) -> str | None:
    """A title from a file name: without the date at either end, separators as spaces."""
    bare = stem.removeprefix(date) if stem.startswith(date) else stem.removesuffix(date)
    title = tidy(re.sub(r"[\s_.\-–—]+", " ", bare))
    return title[:1].upper() + title[1:] or None
