"""Headers of turns in the shapes of tools that put no two spaces between the name and the time.

::

    Ana Lopez (00:04.120)        Riverside and others
    Ana Lopez - 00:04            Fireflies
    00:00:04 Ana Lopez           Word for the web
    [00:00:04.12] - Ana Lopez    Happy Scribe
    [Ana Lopez] 14:03:12         captions saved by Zoom: the time of day
    Ana Lopez 0:04               anything else

A line of such a shape may be speech, so a file counts only when its headers are of one shape, have words
below them, and their times never fall; and names without a bracket or a dash beside them must recur.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from qa.readers.people import is_name_like

STAMP = r"(?:\d{1,3}:)?\d{1,2}:\d{2}(?:[.,]\d{1,3})?"

_NAME = r"(?P<name>[^\s\[\](){}<>].{0,100}?)"
_TIME = rf"(?P<time>{STAMP})"


@dataclass(frozen=True, slots=True)
class Form:
    """A shape of headers.

    Args:
        pattern: Of a whole line, with the groups ``name`` and ``time``.
        marked: Whether its brackets and dashes are rare in speech, so that names need not recur.
        clock: Whether its times are those of the day.
    """

    pattern: re.Pattern[str]
    marked: bool = True
    clock: bool = False


FORMS = (
    Form(re.compile(rf"\[{_NAME}\] (?P<time>\d{{1,2}}:\d{{2}}:\d{{2}})"), clock=True),
    Form(re.compile(rf"\[{_TIME}\] [-–—] {_NAME}")),
    Form(re.compile(rf"{_NAME} ?[(\[]{_TIME}[)\]]")),
    Form(re.compile(rf"{_NAME} [-–—|] {_TIME}")),
    Form(re.compile(rf"{_NAME} {_TIME}"), marked=False),
    Form(re.compile(rf"{_TIME} {_NAME}"), marked=False),
)


@dataclass(frozen=True, slots=True)
class Stamped:
    """A line that opens a turn: which of the lines it is, the name and the time as written."""

    index: int
    name: str
    time: str


def find(
    lines: Sequence[str], longest: int, is_time: Callable[[str], bool], could_name: Callable[[str], bool]
) -> tuple[list[Stamped], bool]:
    """Find the headers of a file.

    Args:
        lines: As they stand in the file.
        longest: Characters of the longest line that may be a header.
        is_time: Whether a stamp is a time.
        could_name: Whether a text may be a name.

    Returns:
        The headers of the shape that most lines have, and whether their times are of the day; an empty list
        where nothing speaks for one.
    """
    best: list[Stamped] = []
    clock = False
    for form in FORMS:
        found = []
        for index, line in enumerate(lines):
            match = form.pattern.fullmatch(line.strip()) if len(line) <= longest else None
            if match is None or not is_time(match.group("time")):
                continue
            name = match.group("name")
            if could_name(name) and is_name_like(name.split()):
                found.append(Stamped(index, name, match.group("time")))
        if len(found) > len(best) and _hangs_together(found, lines, form):
            best, clock = found, form.clock
    return best, clock


def _hangs_together(found: list[Stamped], lines: Sequence[str], form: Form) -> bool:
    counts = Counter(header.name for header in found)
    recurring = sum(count for count in counts.values() if count >= 2)
    rising = all(_key(before.time) <= _key(after.time) for before, after in pairwise(found))
    adjacent = any(before.index + 1 == after.index for before, after in pairwise(found))
    if not rising or adjacent:
        return False
    return _worded(found, lines) if form.marked else recurring * 2 >= len(found)


def _worded(found: list[Stamped], lines: Sequence[str]) -> bool:
    """Whether words stand right below most of the headers, of which there are several."""
    below = [header.index + 1 for header in found]
    worded = sum(i < len(lines) and bool(lines[i].strip()) for i in below)
    return len(found) >= 2 and worded * 2 > len(found)


def _key(stamp: str) -> float:
    total = 0.0
    for part in stamp.replace(",", ".").split(":"):
        total = total * 60 + float(part)
    return total
