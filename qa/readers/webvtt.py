"""WebVTT captions, as Zoom, Teams, YouTube and podcast hosts write them.

Accepts hours or none, cue ids of any kind, NOTE, STYLE and REGION blocks, several voices in one cue, decimal
commas (with a warning). A title comes from the words after ``WEBVTT`` or from ``NOTE Title: …``, the date
from ``NOTE Date: 2026-03-12``. Refuses a timing line it cannot read, a cue that ends before it starts, and a
file without words: degraded to text at 0:00 it would cite the wrong place.
"""

import re
from pathlib import Path

from qa.errors import FormatError
from qa.readers.captions import spoken
from qa.readers.dates import read_date
from qa.readers.spacing import distinct, tidy
from qa.readers.timing import Block, is_timing_line, scan
from qa.types import Reading, Remark, RemarkKind, TimeKind

FORMAT = "webvtt"

_COMMENT = re.compile(r"NOTE(?:\s|$)|(?:STYLE|REGION)\s*$")
_FIELD = re.compile(r"(title|date)\s*:\s*(\S.*)", re.IGNORECASE)
_MACHINE = re.compile(r"(?:confidence|duration|language|recognizability)\s*:", re.IGNORECASE)


def recognises(head: str) -> str | None:
    """Say why a text is WebVTT."""
    first = head.lstrip("\ufeff \t\n").split("\n", 1)[0]
    return "the first line is WEBVTT" if re.match(r"WEBVTT(?:\s|$|-)", first) else None


def parse(text: str, source: Path) -> Reading:
    """Read the text of a WebVTT file.

    Args:
        text: The whole file; lines end in a line feed.
        source: Named in errors, never opened.

    Raises:
        FormatError: If a timing line cannot be read, a cue ends before it starts, or no cue has words.
    """
    lines, comments = _without_comments(list(enumerate(text.split("\n"), start=1)))
    blocks, header = scan(lines, _is_identifier, source)
    said = spoken(blocks)
    if not said.turns:
        raise FormatError(source, None, None, "No cue has words. Export the captions again, with their text.")
    fields, notes = _facts([line for _, line in header], comments)
    written = fields.get("date")
    date = read_date(written) if written else None
    not_understood = f"The date {written!r} was not understood; write it as 2025-04-15."
    unread = [Remark(RemarkKind.DROPPED, not_understood)] if written and not date else []
    return Reading(
        FORMAT,
        said.turns,
        TimeKind.MEDIA,
        title=fields.get("title"),
        date=date,
        notes=distinct([*notes, *said.notes]),
        remarks=(*_commas(blocks), *unread, *said.remarks),
    )


def _is_identifier(line: str, after_blank: bool) -> bool:
    return after_blank or line.isdigit()


def _without_comments(lines: list[tuple[int, str]]) -> tuple[list[tuple[int, str]], list[list[str]]]:
    """Take out NOTE, STYLE and REGION blocks; return the words of the notes beside what is left."""
    kept: list[tuple[int, str]] = []
    notes: list[list[str]] = []
    block: list[str] | None = None
    after_blank = True
    for number, line in lines:
        if block is not None and (not line.strip() or is_timing_line(line)):
            block = None
        if block is not None:
            block.append(line)
        elif after_blank and _COMMENT.match(line):
            block = [line.removeprefix("NOTE")]
            if line.startswith("NOTE"):
                notes.append(block)
        else:
            kept.append((number, line))
        after_blank = not line.strip()
    return kept, notes


def _facts(header: list[str], comments: list[list[str]]) -> tuple[dict[str, str], list[str]]:
    """Title and date from the head of the file and its NOTE blocks, and the notes that are left."""
    fields: dict[str, str] = {}
    notes: list[str] = []
    if (
        title := tidy(header[0].lstrip("\ufeff").removeprefix("WEBVTT").strip().lstrip("-–—: "))
        if header
        else ""
    ):
        fields["title"] = title
    for block in [header[1:], *comments]:
        rest = []
        for line in filter(None, map(tidy, block)):
            if field := _FIELD.match(line):
                fields.setdefault(field.group(1).lower(), field.group(2))
            elif not _MACHINE.match(line):
                rest.append(line)
        notes.append(" ".join(rest))
    return fields, [
        note for note in notes[1:] if note
    ]  # the first are settings of the file, such as its kind


def _commas(blocks: list[Block]) -> list[Remark]:
    numbers = tuple(block.line_number for block in blocks if block.comma)
    message = f"Timing lines whose decimal comma was read as a point: {len(numbers)}."
    return [Remark(RemarkKind.ASSUMED, message, numbers)] if numbers else []
