"""Word documents (.docx) as lines of text, for the readers of text.

A paragraph is a line; a line break inside one begins another, and a tab stays a tab. Text in tables, content
controls, text boxes, links and insertions under change tracking is kept, text deleted or moved away left out.
The cells of a table row make one line, parted by tabs, unless only one of them holds anything.
Headers, footers, comments and footnotes are not speech; they are counted and left out.

The XML is walked here rather than by python-docx, whose ``paragraph.text`` loses insertions, content controls
and text boxes. Nothing is fetched, no entity is expanded, and archives that unpack to more than is sensible
are refused before they are unpacked.
"""

import io
import lzma
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from lxml import etree

from qa.errors import FormatError
from qa.readers.decoding import Decoded
from qa.types import Remark, RemarkKind

ENCODING = "Word document"
MAX_MEMBERS = 10_000
MAX_UNPACKED = 200 * 2**20  # bytes, all members together
MAX_RATIO = 300  # unpacked to packed; documents come to about 20
_SMALL = 2**20  # bytes; below this a high ratio is harmless

_ZIP = b"PK\x03\x04"
_BODY = "word/document.xml"
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    ValueError,
    KeyError,
    IndexError,
)
_TARGET = re.compile(rb'<Relationship\b[^<>]{0,600}/relationships/officeDocument"[^<>]{0,600}>', re.DOTALL)
_PATH = re.compile(rb'Target="([^"]{1,200})"')
_TIME = re.compile(r"[(\[]?(?:\d{1,3}:)?\d{1,2}:\d{2}(?:[.,]\d{1,3})?[)\]]?")
_SKIPPED = frozenset(
    {"del", "moveFrom", "pPr", "rPr", "tblPr", "tcPr", "trPr", "sectPr", "sdtPr", "Fallback", "rt"}
)
_HEARD = ("p", "t", "tab", "br", "cr", "noBreakHyphen", "tc", "tr", "tbl", "sdt", "footnoteReference")
_WANTED = tuple(
    f"{{*}}{name}" for name in (*_HEARD, "endnoteReference", "commentReference", *sorted(_SKIPPED))
)
_DAMAGED = "The Word document is damaged. Open it in Word, save it again as .docx, and add the new file."


@dataclass(slots=True)
class _Walk:
    """What has been read of a document so far."""

    lines: list[str] = field(default_factory=list)
    paragraphs: list[list[str]] = field(default_factory=list)  # those still open, the innermost last
    cells: list[list[list[str]]] = field(default_factory=list)  # of rows still open, the innermost last
    skipping: int = 0
    deleted: int = 0
    asides: int = 0


def is_word(data: bytes) -> bool:
    """Say whether bytes are a zip archive that holds a Word document."""
    return data.startswith(_ZIP) and _body_name(data) is not None


def read_word(data: bytes, source: Path) -> Decoded:
    """Turn a Word document into text.

    Args:
        data: The whole file.
        source: Named in errors, never opened.

    Returns:
        The text, and what was left out of it; line numbers count the lines of this text.

    Raises:
        FormatError: If the archive is damaged, encrypted, or unpacks to more than is sensible.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_size(archive, source)
            with archive.open(_body_name(data) or _BODY) as body:
                walk = _walk(body, source)
    except (*_BROKEN, RuntimeError, etree.LxmlError) as error:
        raise FormatError(source, None, None, _DAMAGED) from error
    return Decoded("\n".join(walk.lines), ENCODING, tuple(_remarks(walk)))


def _body_name(data: bytes) -> str | None:
    """The member that holds the text, which the archive's own table of relations names."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = frozenset(archive.namelist())
            if _BODY in names:
                return _BODY
            if "_rels/.rels" not in names or not any(name.startswith("word/") for name in names):
                return None
            with archive.open("_rels/.rels") as table:
                relation = _TARGET.search(table.read(100_000))
    except (*_BROKEN, RuntimeError):
        return None
    path = _PATH.search(relation.group()) if relation else None
    name = posixpath.normpath(path.group(1).decode("utf-8", "replace")).lstrip("/") if path else ""
    return name if name in names and name.startswith("word/") else None


def _check_size(archive: zipfile.ZipFile, source: Path) -> None:
    members = archive.infolist()
    unpacked = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    too_dense = unpacked > _SMALL and unpacked > MAX_RATIO * max(packed, 1)
    if len(members) > MAX_MEMBERS or unpacked > MAX_UNPACKED or too_dense:
        remedy = (
            "The Word document unpacks to far more than a transcript holds. Save its text alone, as .txt."
        )
        raise FormatError(source, None, None, remedy)
    if any(member.flag_bits & 1 for member in members):
        remedy = "The Word document is protected by a password. Save it without one, and add it again."
        raise FormatError(source, None, None, remedy)


def _walk(body: IO[bytes], source: Path) -> _Walk:
    """Read the document element by element, so that memory holds its text but never its tree."""
    walk = _Walk()
    events = etree.iterparse(
        body,
        events=("start", "end"),
        tag=_WANTED,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    first = True
    for event, element in events:
        if first and element.getroottree().docinfo.internalDTD is not None:
            raise FormatError(source, None, None, _DAMAGED)
        first = False
        name = element.tag.rpartition("}")[2]
        if event == "start":
            _open(walk, name)
        else:
            _close(walk, name, element)
            if name in {"p", "tr", "tbl"} and not walk.paragraphs:
                _forget(element)
    return walk


def _open(walk: _Walk, name: str) -> None:
    if name in _SKIPPED:
        walk.deleted += name == "del" and walk.skipping == 0
        walk.skipping += 1
    elif walk.skipping:
        return
    elif name == "p":
        walk.paragraphs.append([])
    elif name == "tr":
        walk.cells.append([])
    elif name == "tc" and walk.cells:
        walk.cells[-1].append([])


def _close(walk: _Walk, name: str, element: etree._Element) -> None:
    if name in _SKIPPED:
        walk.skipping -= 1
    elif walk.skipping:
        return
    elif name == "p" and walk.paragraphs:
        _emit(walk, "".join(walk.paragraphs.pop()).split("\n"))
    elif name == "tr" and walk.cells:
        _emit(walk, list(_row(walk.cells.pop())))
    elif name in {"footnoteReference", "endnoteReference", "commentReference"}:
        walk.asides += 1
    elif walk.paragraphs:
        walk.paragraphs[-1].append(_said(name, element))


def _said(name: str, element: etree._Element) -> str:
    """What an element inside a run stands for."""
    if name == "t":
        return (element.text or "").replace("\r", " ").replace("\n", " ")
    return {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}.get(name, "")


def _emit(walk: _Walk, lines: list[str]) -> None:
    """Hand lines to the cell they stand in, or to the document."""
    if walk.cells and walk.cells[-1]:
        walk.cells[-1][-1].extend(lines)
    else:
        walk.lines.extend(lines)


def _row(cells: list[list[str]]) -> Iterator[str]:
    """The lines of a table row."""
    filled = [lines for cell in cells if (lines := [line for line in cell if line.strip()])]
    if len(filled) <= 1:
        yield from (line for lines in filled for line in lines)
        return
    filled[:-1] = map(_name_and_time, filled[:-1])
    if any(len(lines) > 1 for lines in filled[:-1]):
        yield from (line for lines in filled for line in lines)
        return
    yield "\t".join(lines[0].strip() for lines in filled)
    yield from filled[-1][1:]


def _name_and_time(lines: list[str]) -> list[str]:
    """Put the lines of a cell side by side where one of two is a time, as Teams writes under a name."""
    timed = len(lines) == 2 and any(_TIME.fullmatch(line.strip()) for line in lines)
    return ["\t".join(line.strip() for line in lines)] if timed else lines


def _forget(element: etree._Element) -> None:
    """Free what has been read."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _remarks(walk: _Walk) -> Iterator[Remark]:
    if walk.deleted:
        yield Remark(
            RemarkKind.DROPPED, f"Text deleted under change tracking left out: {walk.deleted} places."
        )
    if walk.asides:
        yield Remark(RemarkKind.DROPPED, f"Comments and footnotes left out: {walk.asides}.")
