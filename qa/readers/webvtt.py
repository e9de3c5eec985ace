"""WebVTT captions, as Zoom, Teams, YouTube and podcast hosts write them.

Accepts hours or none, cue ids of any kind, NOTE, STYLE and REGION blocks, several voices in one cue, decimal
commas (with a warning), files joined from the segments of a stream. A title comes from the words after
``WEBVTT`` or from ``NOTE Title: …``, the date from ``NOTE Date: 2026-03-12``. Refuses a timing line it cannot
read, a cue that ends before it starts, and a file without words: degraded to text at 0:00 it would cite the
wrong place.
"""

import re
from pathlib import Path

from qa.errors import FormatError
from qa.readers.captions import spoken
from qa.readers.cues import ends_sentence
from qa.readers.dates import read_date
from qa.readers.spacing import distinct, tidy
from qa.readers.stream_segments import Numbered, on_one_clock, without_headers
from qa.readers.timing import (
    Block,
    arrow_lines,
    check_count,
    is_made_up,
    is_timing_line,
    scan,
    without_cut_end,
)
from qa.types import Reading, Remark, RemarkKind, TimeKind

FORMAT = "webvtt"

_COMMENT = re.compile(r"NOTE(?:\s|$)|(?:STYLE|REGION)\s*$")
_FIELD = re.compile(r"(title|date)\s*:\s*(\S.*)", re.IGNORECASE)
_MACHINE = re.compile(r"(?:confidence|duration|language|recognizability)\s*:", re.IGNORECASE)
_SETTING = re.compile(r"(?:kind|language|region|style|align|x-[\w-]{1,40})\s*[:=]|file\b", re.IGNORECASE)
_MAX_IDENTIFIER = 5  # words; a longer line above the times is the end of what is said


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
    everything = list(enumerate(text.split("\n"), start=1))
    arrows = arrow_lines(everything)
    lines, headers = without_headers(everything)
    lines, comments = _without_comments(lines)
    lines, cut = without_cut_end(lines)
    blocks, header = scan(lines, _is_identifier, source)
    blocks, clocked = on_one_clock(blocks, headers)
    del everything, lines  # a large file has millions of them
    said = spoken(blocks)
    if not said.turns:
        raise FormatError(source, None, None, "No cue has words. Export the captions again, with their text.")
    fields, notes, remarks = _facts(header, comments)
    written = fields.get("date")
    date = read_date(written) if written else None
    not_understood = f"The date {written!r} was not understood; write it as 2025-04-15."
    unread = [Remark(RemarkKind.DROPPED, not_understood)] if written and not date else []
    counted = check_count(arrows, said.read)
    return Reading(
        FORMAT,
        said.turns,
        TimeKind.MEDIA,
        title=fields.get("title"),
        date=date,
        notes=distinct([*notes, *said.notes]),
        remarks=(*_commas(blocks), *clocked, *unread, *remarks, *said.remarks, *cut, *counted),
    )


def _is_identifier(line: str, after_blank: bool) -> bool:
    words = len(line.split())
    looks_said = words > _MAX_IDENTIFIER or (words > 1 and ends_sentence(line))
    return is_made_up(line) or (after_blank and not looks_said)


def _without_comments(lines: Numbered) -> tuple[Numbered, list[Numbered]]:
    """Take out NOTE, STYLE and REGION blocks; return the words of the notes beside what is left."""
    kept: Numbered = []
    notes: list[Numbered] = []
    block: Numbered | None = None
    after_blank = True
    for number, line in lines:
        if block is not None and (not line.strip() or is_timing_line(line)):
            block = None
        if block is not None:
            block.append((number, line))
        elif after_blank and _COMMENT.match(line):
            block = [(number, line.removeprefix("NOTE"))]
            if line.startswith("NOTE"):
                notes.append(block)
        else:
            kept.append((number, line))
        after_blank = not line.strip()
    return kept, notes


def _facts(header: Numbered, comments: list[Numbered]) -> tuple[dict[str, str], list[str], list[Remark]]:
    """Title and date from the head of the file and its NOTE blocks, the notes that are left, and remarks."""
    fields: dict[str, str] = {}
    notes: list[str] = []
    machine: list[int] = []
    first = header[0][1].strip("\ufeff \t") if header else ""
    title = tidy(first.removeprefix("WEBVTT").strip().lstrip("-–—: "))
    if title and not _SETTING.match(title):
        fields["title"] = title
    stray = [(number, line) for number, line in header[1:] if not _SETTING.match(tidy(line))]
    for block in [stray, *comments]:
        rest = []
        for number, line in ((number, tidy(line)) for number, line in block):
            if field := _FIELD.match(line):
                fields.setdefault(field.group(1).lower(), field.group(2))
            elif _MACHINE.match(line):
                machine.append(number)
            elif line:
                rest.append(line)
        notes.append(" ".join(rest))
    message = f"Notes of a machine about its confidence, the language or the length left out: {len(machine)}."
    remarks = [Remark(RemarkKind.DROPPED, message, tuple(machine))] if machine else []
    if notes[0]:
        above = tuple(number for number, _ in stray)
        remarks.append(Remark(RemarkKind.DROPPED, "Text above the first cue kept as a note.", above))
    return fields, list(filter(None, notes)), remarks


def _commas(blocks: list[Block]) -> list[Remark]:
    numbers = tuple(block.line_number for block in blocks if block.comma)
    message = f"Timing lines whose decimal comma was read as a point: {len(numbers)}."
    return [Remark(RemarkKind.ASSUMED, message, numbers)] if numbers else []
