"""The pages of a court transcript taken off its lines: numbers, headers, footers, a reporter's clock.

Reporters number the lines of a page from 1 to 25 or so and print a header and a footer around them. Where
most lines carry such numbers, a line without one is part of the frame of the page. Where they do not, only
lines that cannot be speech are: page numbers, and running heads such as "Doe - direct/Hadden".
"""

import re
from dataclasses import dataclass
from itertools import pairwise

from qa.readers.spacing import tidy

_MAX_LINE_NUMBER = 28
_LEAST_SHARE = 0.6  # of the lines with text that carry a number, for a file to be numbered
_NUMBERED = re.compile(r"\s{0,40}(?:(\d{1,2}:\d{2}:\d{2})\s{1,10})?(\d{1,2})(?:[ \t]{1,60}(\S.*)|[ \t]*)")
_PAGE_NUMBER = re.compile(
    r"[-–—\s]*(?:page\s+)?\d{1,5}(?:\s+of\s+\d{1,5})?[-–—\s]*(?:\(pages? .{1,30}\))?", re.IGNORECASE
)
_RUNNING_HEAD = re.compile(
    r"(?:\d{1,5}\s+)?[^\W\d_][\w.'’ -]{1,40}\s*[-–—/]\s*(?:re-?)?(?:direct|cross)"
    r"(?:[- ]examination)?(?:\s*(?:by|/|[-–—])\s*[\w.'’ -]{1,40})?(?:\s+\d{1,5})?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Stripped:
    """A transcript without its pages.

    Args:
        lines: Numbered by their place in the file, and tidied; none blank.
        numbered: Whether the reporter numbered the lines, so that lines are cut to the width of a page.
        frame: Numbers of the lines that belong to pages rather than to the hearing.
        clocked: Numbers of the lines that carried a time of day.
    """

    lines: list[tuple[int, str]]
    numbered: bool
    frame: tuple[int, ...]
    clocked: tuple[int, ...]


def strip_pages(text: str) -> Stripped:
    """Take the pages off a transcript.

    Args:
        text: The whole file; lines end in a line feed.
    """
    raw = [(number, line.replace("\f", " ")) for number, line in enumerate(text.split("\n"), start=1)]
    filled = [(number, line) for number, line in raw if tidy(line)]
    return _of_numbered(filled) if _is_numbered(filled) else _of_bare(filled)


def _is_numbered(lines: list[tuple[int, str]]) -> bool:
    """Whether most lines carry a number, and the numbers mostly rise by one."""
    found = [int(match.group(2)) for _, line in lines if (match := _NUMBERED.fullmatch(line))]
    small = [number for number in found if 1 <= number <= _MAX_LINE_NUMBER]
    rises = sum(after == before + 1 for before, after in pairwise(small))
    return len(small) >= 3 and len(small) >= _LEAST_SHARE * len(lines) and rises * 2 >= len(small)


def _of_numbered(lines: list[tuple[int, str]]) -> Stripped:
    kept: list[tuple[int, str]] = []
    frame: list[int] = []
    clocked: list[int] = []
    for number, line in lines:
        match = _NUMBERED.fullmatch(line)
        if match is None or not 1 <= int(match.group(2)) <= _MAX_LINE_NUMBER:
            frame.append(number)
            continue
        if match.group(1):
            clocked.append(number)
        if words := tidy(match.group(3) or ""):
            kept.append((number, words))
    return Stripped(kept, True, tuple(frame), tuple(clocked))


def _of_bare(lines: list[tuple[int, str]]) -> Stripped:
    kept: list[tuple[int, str]] = []
    frame: list[int] = []
    for number, line in lines:
        words = tidy(line)
        framing = len(words) <= 120 and (_PAGE_NUMBER.fullmatch(words) or _RUNNING_HEAD.fullmatch(words))
        if framing:
            frame.append(number)
        else:
            kept.append((number, words))
    return Stripped(kept, False, tuple(frame), ())
