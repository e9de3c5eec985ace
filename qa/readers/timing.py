"""Timing lines of WebVTT and SubRip, and the cues they open.

The lines are scanned here rather than by a library for three reasons: errors must name a line, the libraries
drop a cue with a comma or point of the wrong kind and words after a blank line inside a cue without saying
so, and pysubs2 takes a closing line of digits for the number of the next cue. Nothing between two timing
lines is lost: what follows a blank line inside a cue still belongs to it.

Accepts hours of any length up to four digits or none, points and commas before the fraction, one or two
dashes in the arrow. Refuses a timing line it cannot read and a cue that ends before it starts.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from qa.errors import FormatError

_STAMP = r"(?:\d{1,4}:)?\d{1,2}:\d{1,2}(?:[.,]\d{1,6})?"
_TIMING = re.compile(rf"\s*({_STAMP})\s*--?>\s*({_STAMP})(?![\d:])(.*)")
_SUSPECT = re.compile(r"[\d:.,\s]{0,40}--?>")
_REMEDY = "Write the times as '00:01:02.500 --> 00:01:04.000'."


@dataclass(frozen=True, slots=True)
class Block:
    """One cue as it stands in the file.

    Args:
        line_number: Of its timing line, counted from 1.
        start: Seconds.
        end: Seconds; not before start.
        comma: Whether the times use a decimal comma.
        lines: The payload, untouched, without blank lines.
    """

    line_number: int
    start: float
    end: float
    comma: bool
    lines: tuple[str, ...]


def is_timing_line(line: str) -> bool:
    """Say whether a line is, or tries to be, a timing line; "see A --> B" inside speech is not."""
    return _SUSPECT.match(line) is not None or ("-->" in line and any(c.isdigit() for c in line))


def scan(
    lines: list[tuple[int, str]], is_identifier: Callable[[str, bool], bool], source: Path
) -> tuple[list[Block], list[tuple[int, str]]]:
    """Cut lines into cues.

    Args:
        lines: Numbered lines, blank ones included.
        is_identifier: Given the line just above a timing line, and whether it follows a blank line, says
            whether it names the cue rather than closing the words of the cue before.
        source: Named in errors.

    Returns:
        The cues in order, and the lines before the first cue that belong to none.

    Raises:
        FormatError: If a timing line cannot be read, or a cue ends before it starts.
    """
    timings = [i for i, (_, line) in enumerate(lines) if is_timing_line(line)]
    stops = [*timings, len(lines)]

    def payload(begin: int, stop: int) -> list[tuple[int, str]]:
        last = stop - 1
        if begin <= last and stop < len(lines) and lines[last][1].strip():
            after_blank = last == begin or not lines[last - 1][1].strip()
            if is_identifier(lines[last][1].strip(), after_blank and last > begin):
                stop = last
        return [pair for pair in lines[begin:stop] if pair[1].strip()]

    blocks = []
    for at, stop in zip(timings, stops[1:], strict=True):
        number, line = lines[at]
        start, end, comma = _read_timing(number, line, source)
        texts = tuple(text for _, text in payload(at + 1, stop))
        blocks.append(Block(number, start, end, comma, texts))
    return blocks, payload(0, stops[0])


def _read_timing(number: int, line: str, source: Path) -> tuple[float, float, bool]:
    match = _TIMING.match(line)
    start = _seconds(match.group(1)) if match else None
    end = _seconds(match.group(2)) if match else None
    if match is None or start is None or end is None:
        raise FormatError(source, number, line, _REMEDY)
    if end < start:
        raise FormatError(
            source, number, line, "The cue ends before it starts; correct one of the two times."
        )
    return start, end, "," in match.group(1) + match.group(2)


def _seconds(stamp: str) -> float | None:
    """Seconds meant by a stamp; None when its minutes or seconds pass 59."""
    clock, _, fraction = stamp.replace(",", ".").partition(".")
    hours, minutes, seconds = ([0, *map(int, clock.split(":"))])[-3:]
    if minutes > 59 or seconds > 59:
        return None
    milliseconds = round(float(f"0.{fraction or 0}") * 1000)
    return (hours * 3600 + minutes * 60 + seconds) + milliseconds / 1000
