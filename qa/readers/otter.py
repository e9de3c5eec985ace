"""Otter text exports: ``Name  0:02  `` on a line, the words below it, a blank line.

Other tools write the same with other marks, as ``stamp_forms`` lists them, and are read here too.
Accepts hours, exports without names (``0:15  ``), "Unknown Speaker" (then nobody is named), any number of
paragraphs under one name, a title, a date and lists of keywords and speakers on top. Otter gives starts only:
ends stay None. The line "Transcribed by https://otter.ai" is left out. Refuses a file whose clock starts
again half way, as when two recordings were pasted together.
"""

import re
from pathlib import Path

from qa.readers import stamped
from qa.readers.labels import candidate
from qa.readers.paragraphs import Draft, add_line, gather
from qa.readers.spacing import tidy
from qa.readers.stamped import Header
from qa.types import Reading, Remark, RemarkKind, TimeKind

FORMAT = "otter"

_FOOTER = re.compile(
    r"\s*[*_]{0,2}Transcribed by (?:https?://)?(?:www\.)?otter\.ai/?[*_]{0,2}\s*", re.IGNORECASE
)
_CLOCK = "Times were taken for times of day, as in captions saved by Zoom; --date says on which day."
_PLAIN_LINE = 200  # characters; a longer line is never the footer


def recognises(head: str) -> str | None:
    """Say why a text is an Otter export: names and times on lines of their own, above the words."""
    lines = head.split("\n")
    headers = stamped.headers(lines)
    with_words = sum(_has_words(header, lines) for header in headers)
    if with_words == 0:
        return None
    if any(_is_footer(line) for line in lines):
        return "it says that it was transcribed by otter.ai"
    named = any(header.name is not None for header in headers)
    if not named:
        opens = not any(line.strip() for line in lines[: headers[0].index])
        return "times stand on lines of their own, above the words" if opens and with_words >= 2 else None
    padded = any(lines[header.index].endswith("  ") for header in headers)
    alone = "a name and a time stand on a line of their own, above the words"
    return alone if with_words >= 2 or padded else None


def parse(text: str, source: Path) -> Reading:
    """Read an Otter export.

    Args:
        text: The whole file; lines end in a line feed.
        source: Named in errors, never opened.

    Raises:
        FormatError: If the times start again half way.
    """
    lines = text.split("\n")
    headers = stamped.headers(lines)
    remarks = list(stamped.check_order([(h.index + 1, h.start) for h in headers], source))
    first = headers[0].index if headers else len(lines)
    top = [(i + 1, line) for i in range(first) if (line := tidy(lines[i])) and not _is_footer(line)]
    above = stamped.above(top)
    drafts, footers = _drafts(lines, headers)
    gathered = gather(drafts)
    if footers:
        remarks.append(Remark(RemarkKind.DROPPED, "The line that names Otter left out.", tuple(footers)))
    if any(header.clock for header in headers):
        remarks.append(Remark(RemarkKind.ASSUMED, _CLOCK))
    kind = TimeKind.CLOCK if any(header.clock for header in headers) else TimeKind.MEDIA
    return Reading(
        FORMAT,
        gathered.turns,
        kind if gathered.turns else TimeKind.NONE,
        title=above.title,
        date=above.date,
        notes=(*above.notes, *gathered.notes),
        remarks=(*stamped.left_above(top, above), *remarks, *gathered.remarks),
    )


def _drafts(lines: list[str], headers: list[Header]) -> tuple[list[Draft], list[int]]:
    """Gather the lines below each header; return beside them the numbers of the lines that name Otter."""
    drafts: list[Draft] = []
    footers: list[int] = []
    stops = [*(header.index for header in headers[1:]), len(lines)]
    for header, stop in zip(headers, stops, strict=bool(headers)):
        draft = Draft(header.index + 1, header.name, start=header.start, end=header.end)
        if header.rest:
            draft.add(header.index + 1, header.rest)
        for i in range(header.index + 1, stop):
            if _is_footer(lines[i]):
                footers.append(i + 1)
            elif line := tidy(lines[i]):
                add_line(draft, i + 1, line)
        drafts.append(draft)
    return drafts, footers


def _is_footer(line: str) -> bool:
    return len(line) <= _PLAIN_LINE and _FOOTER.fullmatch(line) is not None


def _has_words(header: Header, lines: list[str]) -> bool:
    """Whether speech without a label stands right below a header."""
    below = header.index + 1
    if header.rest or below >= len(lines) or not tidy(lines[below]):
        return bool(header.rest)
    label = candidate(tidy(lines[below])) if header.name is None else None
    return label is None or not label.rest
