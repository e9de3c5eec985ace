"""Transcripts whose turns start with a name and a time on a line of their own: ``Ana Lopez  0:02``.

The engine of ``otter``, ``teams_docx``, ``rev`` and ``descript``: what a time is, which lines are headers,
what stands above the first of them, and whether the times of a file hang together.

Two spaces or a tab part the name from the time; the shapes of ``stamp_forms`` count only in a file that has
no others. A time alone on its line opens a turn of nobody named.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from qa.errors import FormatError
from qa.readers import stamp_forms
from qa.readers.dates import date_line
from qa.readers.spacing import tidy, word_set
from qa.readers.stamp_forms import STAMP
from qa.types import Remark, RemarkKind

MAX_HEADER = 200  # characters; a longer line is speech
RESTART = 30.0  # seconds; people who talk at once may be written out of order, but not by so much

_MAX_NAME_WORDS = 10
_MAX_TITLE_WORDS = 25
_ALONE = re.compile(rf"\s{{0,20}}[*_]{{0,2}}({STAMP})[*_]{{0,2}}\s*")
_WIDE = re.compile(
    rf"\s{{0,40}}(\S.{{0,118}}?)(?:\s{{2,20}}|\t)({STAMP})(?:\s{{1,4}}-->\s{{1,4}}({STAMP}))?\s*"
)
_NAME_AND_TIME = re.compile(rf"(\S.{{0,118}}?)\s{{1,20}}[(\[]?({STAMP})[)\]]?")
_COLUMNS = word_set(
    "time timestamp timecode start end in out speaker name who text transcript words dialogue"
)
_NOBODY = re.compile(r"unknown(?: speaker)?|unidentified(?: speaker)?|speaker unknown", re.IGNORECASE)
_DURATION = re.compile(
    r"(?:\d{1,3}\s?(?:h|hr|hrs|hours?|m|mins?|minutes?|s|secs?|seconds?)\s?){1,3}", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Header:
    """A line that opens a turn.

    Args:
        index: Which of the lines it is, counted from 0.
        name: None when nobody is named.
        start: Seconds from the start of the recording.
        end: Seconds; None when the line gives none.
        rest: Words on the same line, after a tab.
        clock: Whether the start is a time of day, counted from midnight.
    """

    index: int
    name: str | None
    start: float
    end: float | None = None
    rest: str = ""
    clock: bool = False


@dataclass(frozen=True, slots=True)
class Above:
    """What stands above the first turn.

    Args:
        title: None when no line reads as one.
        date: As in Reading.
        notes: The other lines, as written.
    """

    title: str | None
    date: str | None
    notes: tuple[str, ...]


def seconds(stamp: str) -> float | None:
    """Return what a stamp such as "1:02:03.5" means; None when its minutes or seconds pass 59."""
    clock, _, fraction = stamp.replace(",", ".").partition(".")
    parts = [int(part) for part in clock.split(":")]
    if parts[-1] > 59 or (len(parts) == 3 and parts[-2] > 59):
        return None
    whole = 0
    for part in parts:
        whole = whole * 60 + part
    return round(whole + int(fraction.ljust(3, "0") or 0) / 1000, 3)


def person(name: str) -> str | None:
    """Return a name as written, tidied; None for "Unknown Speaker" and the like."""
    bare = tidy(name).strip("*_ ").removesuffix(":").strip("*_ ")
    return None if not bare or _NOBODY.fullmatch(bare) else bare


def headers(lines: Sequence[str]) -> list[Header]:
    """Find the lines that open turns.

    Args:
        lines: As they stand in the file: the spaces in them count.

    Returns:
        In order; empty when no line names a time in one of the ways above.
    """
    named = _has_wide(lines)
    found = [header for i in range(len(lines)) if (header := _header(i, lines, named)) is not None]
    if any(header.name is not None or header.rest for header in found):
        return _likely(found, lines)
    narrow = _narrow(lines)
    return narrow if len(narrow) >= max(2, len(found)) else found


def _likely(found: list[Header], lines: Sequence[str]) -> list[Header]:
    """Leave out speech that ends in a time of day: a "name" seen once that stands where no header does."""
    counts = Counter(header.name for header in found)
    apart = [header.index == 0 or not lines[header.index - 1].strip() for header in found]
    usually_apart = sum(apart) * 2 > len(found)
    kept: list[Header] = []
    for header, is_apart, after in zip(found, apart, [*found[1:], None], strict=True):
        before = kept[-1] if kept else None
        crowded = before is not None and before.index == header.index - 1 and not before.rest
        falls = before is not None and header.start < before.start - RESTART
        jumps = after is not None and header.start > after.start + RESTART
        odd = crowded or (not is_apart if usually_apart else falls or jumps)
        if not (odd and counts[header.name] == 1 and header.name is not None and not header.rest):
            kept.append(header)
    return kept


def _header(index: int, lines: Sequence[str], named: bool) -> Header | None:
    line = lines[index]
    if "\t" in line and (row := _row(index, line)) is not None:
        return row
    if len(line) > MAX_HEADER or not any(map(str.isdigit, line)):
        return None
    if alone := _ALONE.fullmatch(line):
        start = seconds(alone.group(1))
        above = lines[index - 1][:MAX_HEADER] if index else ""
        opens = not named or not above.strip() or _ALONE.fullmatch(above) is not None
        return None if start is None or not opens else Header(index, None, start)
    wide = _WIDE.fullmatch(line)
    if wide is None or not _could_name(wide.group(1)):
        return None
    start, end = seconds(wide.group(2)), seconds(wide.group(3)) if wide.group(3) else None
    if start is None or (end is not None and end < start):
        return None
    return Header(index, person(wide.group(1)), start, end)


def _has_wide(lines: Sequence[str]) -> bool:
    """Whether names stand beside times near the top, so that a time below speech is speech."""
    return any(len(line) <= MAX_HEADER and _WIDE.fullmatch(line) for line in lines[:200])


def _row(index: int, line: str) -> Header | None:
    """A row of a table: name, time and words, or time, name and words."""
    cells = [cell.strip() for cell in line.split("\t", 8)]
    cells = [cell for cell in cells if cell]
    if len(cells) >= 2 and (both := _NAME_AND_TIME.fullmatch(cells[0])):
        cells[:1] = both.groups()
    if len(cells) < 3:
        return None
    rest = tidy(" ".join(cells[2:]))
    for name, stamp in ((cells[0], cells[1]), (cells[1], cells[0])):
        start = seconds(stamp) if len(stamp) < 20 and re.fullmatch(STAMP, stamp) else None
        chat = name.endswith(":")  # a chat saved beside a recording: messages, not speech
        if start is not None and len(name) <= MAX_HEADER and _could_name(name) and not chat:
            return Header(index, person(name), start, rest=rest)
    return None


def _could_name(text: str) -> bool:
    words = text.split()
    if (
        not words
        or len(words) > _MAX_NAME_WORDS
        or text.rstrip().endswith(("?", "!", ";", ",", "•", "|", "-", "–"))
    ):
        return False
    return any(map(str.isalnum, text)) and not re.search(STAMP, text) and "-->" not in text


def _narrow(lines: Sequence[str]) -> list[Header]:
    """Headers in the shapes of ``stamp_forms``, in a file where nothing speaks against them."""
    found, clock = stamp_forms.find(lines, MAX_HEADER, lambda stamp: seconds(stamp) is not None, _could_name)
    return [
        Header(header.index, person(header.name), seconds(header.time) or 0.0, clock=clock)
        for header in found
    ]


def check_order(stamps: Sequence[tuple[int, float]], source: Path) -> tuple[Remark, ...]:
    """Say where the times of a file step back.

    Args:
        stamps: Line numbers and seconds, in the order of the file.
        source: Named in errors.

    Raises:
        FormatError: If the clock starts again: then two recordings are in one file, and a time would not say
            which of them it counts from.
    """
    back: list[int] = []
    for (_, earlier), (number, later) in pairwise(stamps):
        if later < earlier - RESTART:
            remedy = "The times start again here. Put each recording into a file of its own, and add those."
            raise FormatError(source, number, None, remedy)
        if later < earlier:
            back.append(number)
    message = f"Times a little before the one above them, kept as written: {len(back)}."
    return (Remark(RemarkKind.ASSUMED, message, tuple(back)),) if back else ()


def above(lines: Sequence[tuple[int, str]]) -> Above:
    """Read the lines above the first turn.

    Args:
        lines: Numbered and tidied, none blank.
    """
    title, date = None, None
    notes: list[str] = []
    for _, line in lines:
        plain = line.lstrip("# ").strip("*_ ")
        dated = date_line(plain)
        if dated is not None and date is None:
            date = dated[0]
            notes.append(line)
        elif title is None and not notes and _is_title(plain):
            title = plain
        else:
            notes.append(line)
    return Above(title, date, tuple(notes))


def _is_title(line: str) -> bool:
    words = line.casefold().split()
    if len(words) >= 2 and _COLUMNS.issuperset(words):
        return False  # what stands above the columns of a table
    return (
        1 <= len(words) <= _MAX_TITLE_WORDS
        and not line.endswith((".", ":"))
        and not _DURATION.fullmatch(line)
    )


def left_above(lines: Sequence[tuple[int, str]], read: Above) -> tuple[Remark, ...]:
    """Say that lines above the first turn are no speech, where they are more than a date and a length."""
    notes = set(read.notes)
    numbers = tuple(
        number
        for number, line in lines
        if line in notes and date_line(line) is None and not _DURATION.fullmatch(line)
    )
    message = f"Lines above the first turn, kept as notes because nobody says them: {len(numbers)}."
    return (Remark(RemarkKind.DROPPED, message, numbers),) if numbers else ()
