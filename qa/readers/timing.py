"""Timing lines of WebVTT and SubRip, and the cues they open.

The lines are scanned here rather than by a library for three reasons: errors must name a line, the libraries
drop a cue with a comma or point of the wrong kind and words after a blank line inside a cue without saying
so, and pysubs2 takes a closing line of digits for the number of the next cue. Nothing between two timing
lines is lost: what follows a blank line inside a cue still belongs to it, and so do words that stand behind
the times on the timing line itself.

Accepts hours of any length up to four digits or none, minutes left out ("05.000"), points and commas before
the fraction, one or two dashes in the arrow, settings behind the times. Refuses a timing line it cannot read
and a cue that ends before it starts; where the file ends in such a line it was cut short, and the line is
dropped.
"""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from qa.errors import FormatError
from qa.readers.spacing import tidy
from qa.types import Remark, RemarkKind

_STAMP = r"(?:(?:\d{1,4}:\d{1,2}|\d{1,3}):\d{1,2}(?:[.,]\d{1,6})?|\d{1,6}[.,]\d{1,6})"
_TIMING = re.compile(rf"\s*({_STAMP})\s*--?>\s*({_STAMP})(?![\d:])(.*)")
_CUT = re.compile(r"\d{1,4}:[\d:.,]{0,14}(?:\s{0,4}(?:-{1,2}|--?>(?:\s*[\d:.,]{0,16})?))?")
_SUSPECT = re.compile(r"[\d:.,\s]{0,40}--?>")
_BOTH_SIDES = re.compile(r"\d:\d.{0,40}-->.{0,40}\d:\d")
_SETTINGS = re.compile(  # possessive: a token must never be given back and parted otherwise
    r"(?:\s*+(?:(?:vertical|line|position|size|align|region)\s*+[:=]\s*+\S++|[A-Z]\d?:\S++))*+\s*+",
    re.IGNORECASE,
)
_GUID = re.compile(r"[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}(?:/[\d-]{1,20})?", re.IGNORECASE)
_NAMING_ID = re.compile(r'\d{1,7} "([^"]{0,120})" \(\d{1,20}\)')
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
        led: Whether a blank line stands above the payload, as in automatic captions that start afresh.
        speaker: Whom the id of the cue names, as in '7 "Ana Lopez" (16778240)', which Zoom and Webex write;
            an empty text where it names nobody.
    """

    line_number: int
    start: float
    end: float
    comma: bool
    lines: tuple[str, ...]
    led: bool = False
    speaker: str | None = None


def is_timing_line(line: str) -> bool:
    """Say whether a line is, or tries to be, a timing line; "from 3 --> 4" inside speech is not."""
    return ">" in line and (_SUSPECT.match(line) is not None or _BOTH_SIDES.search(line) is not None)


def is_made_up(identifier: str) -> bool:
    """Say whether a line is a number or an id as Teams and Zoom write it: nobody says such a thing."""
    return (
        identifier.isdigit()
        or _GUID.fullmatch(identifier) is not None
        or _NAMING_ID.fullmatch(identifier) is not None
    )


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
    timings = [i for i, (_, line) in enumerate(lines) if ">" in line and is_timing_line(line)]
    stops = [*timings, len(lines)]

    def payload(begin: int, stop: int) -> list[tuple[int, str]]:
        last = stop - 1
        if begin <= last and stop < len(lines) and lines[last][1].strip():
            after_blank = last == begin or not lines[last - 1][1].strip()
            if is_identifier(tidy(lines[last][1]), after_blank and last > begin):
                stop = last
        return [pair for pair in lines[begin:stop] if pair[1].strip()]

    blocks = []
    for at, stop in zip(timings, stops[1:], strict=True):
        number, line = lines[at]
        start, end, comma, words = _read_timing(number, line, source)
        texts = tuple(text for _, text in payload(at + 1, stop))
        led = at + 1 < stop and not lines[at + 1][1].strip()
        naming = _NAMING_ID.fullmatch(tidy(lines[at - 1][1])) if at and '"' in lines[at - 1][1] else None
        speaker = naming.group(1).strip() if naming else None
        blocks.append(Block(number, start, end, comma, (words, *texts) if words else texts, led, speaker))
    return blocks, payload(0, stops[0])


def without_cut_end(lines: list[tuple[int, str]]) -> tuple[list[tuple[int, str]], list[Remark]]:
    """Take off a last line that is the beginning of a timing line, and the id above it.

    Args:
        lines: Numbered lines, blank ones included.

    Returns:
        The lines before it, and the remark; all lines and no remark where the file ends as it should.
    """
    at = next((i for i in range(len(lines) - 1, -1, -1) if lines[i][1].strip()), -1)
    if at < 1 or not _CUT.fullmatch(lines[at][1].strip()) or _reads_well(lines[at][1]):
        return lines, []
    first = at - 1 if is_made_up(tidy(lines[at - 1][1])) else at
    if first and lines[first - 1][1].strip():
        return lines, []  # right below other words, so somebody says it
    message = "The file ends inside a timing line, which is left out; it may have been cut short."
    return lines[:first], [Remark(RemarkKind.DROPPED, message, (lines[at][0],))]


def _reads_well(line: str) -> bool:
    """Whether a line holds two times in their order."""
    match = _TIMING.match(line)
    start, end = (_seconds(match.group(1)), _seconds(match.group(2))) if match else (None, None)
    return start is not None and end is not None and start <= end


def _read_timing(number: int, line: str, source: Path) -> tuple[float, float, bool, str]:
    """Start, end, whether a comma was read, and the words behind the times."""
    match = _TIMING.match(line)
    start = _seconds(match.group(1)) if match else None
    end = _seconds(match.group(2)) if match else None
    if match is None or start is None or end is None:
        raise FormatError(source, number, line, _REMEDY)
    if end < start:
        raise FormatError(
            source, number, line, "The cue ends before it starts; correct one of the two times."
        )
    behind = match.group(3)
    words = "" if _SETTINGS.fullmatch(behind) else behind.strip()
    return start, end, "," in match.group(1) + match.group(2), words


def _seconds(stamp: str) -> float | None:
    """Seconds meant by a stamp; None when its minutes or seconds pass 59 below a larger unit."""
    clock, _, fraction = stamp.replace(",", ".").partition(".")
    total = 0
    for position, part in enumerate(map(int, clock.split(":"))):
        if position and part > 59:
            return None
        total = total * 60 + part
    milliseconds = int(fraction) if len(fraction) == 3 else round(float(f"0.{fraction or 0}") * 1000)
    return (total * 1000 + milliseconds) / 1000  # one division: 1 + 0.132 is not 1.132


def arrow_lines(lines: list[tuple[int, str]]) -> list[int]:
    """Return the numbers of the lines that hold an arrow, whatever else stands there."""
    return [number for number, line in lines if "-->" in line]


def check_count(arrows: list[int], read: Collection[int]) -> list[Remark]:
    """Compare the file with what was made of it.

    The lines are counted by the arrow alone, so that a mistake in reading the times cannot hide itself.

    Args:
        arrows: As ``arrow_lines`` counts them.
        read: Line numbers of the timing lines whose cues have brought words.

    Returns:
        A remark when the two differ.
    """
    lost = tuple(number for number in arrows if number not in read)
    total = len(lost) + len(read)  # an arrow with a single dash is in the second alone
    message = f"Timing lines in the file: {total}; cues with words: {len(read)}."
    return [Remark(RemarkKind.DROPPED, message, lost)] if lost else []
