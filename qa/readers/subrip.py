"""SubRip captions (.srt), and WebVTT that lost its first line.

Accepts points for the decimal comma, a missing blank line at the end, cues without numbers, blank lines
inside a cue. Speakers exist by convention only: ``Sarah: hello``, ``[SPEAKER_01]: hello``, and a dash before
each of two people whom nobody names. Refuses a timing line it cannot read, a cue that ends before it starts,
and a file without words.
"""

import re
from pathlib import Path

from qa.errors import FormatError
from qa.readers.captions import spoken
from qa.readers.spacing import tidy
from qa.readers.timing import arrow_lines, check_count, is_timing_line, scan, without_cut_end
from qa.types import Reading, Remark, RemarkKind, TimeKind

FORMAT = "srt"

_TIMES = re.compile(r"^[ \t]{0,8}\d[\d:.,]{2,16}[ \t]{0,8}--?>[ \t]{0,8}\S", re.MULTILINE)


def recognises(head: str) -> str | None:
    """Say why a text is SubRip: it holds a line that starts with a time and an arrow."""
    return "a line holds two times and an arrow" if _TIMES.search(head) else None


def parse(text: str, source: Path) -> Reading:
    """Read the text of a SubRip file.

    Args:
        text: The whole file; lines end in a line feed.
        source: Named in errors, never opened.

    Raises:
        FormatError: If a timing line cannot be read, a cue ends before it starts, or no cue has words.
    """
    lines = list(enumerate(text.split("\n"), start=1))
    arrows = arrow_lines(lines)
    lines, cut = without_cut_end(lines)
    numbered = _is_numbered(lines)
    blocks, before = scan(lines, lambda line, after_blank: _is_number(line, after_blank, numbered), source)
    stray = tuple(number for number, line in before if tidy(line))
    del lines  # a large file has millions of them
    said = spoken(blocks)
    if not said.turns:
        raise FormatError(source, None, None, "No cue has words. Export the captions again, with their text.")
    left_out = [Remark(RemarkKind.DROPPED, "Text before the first cue left out.", stray)] if stray else []
    remarks = (*left_out, *said.remarks, *cut, *check_count(arrows, said.read))
    return Reading(FORMAT, said.turns, TimeKind.MEDIA, notes=said.notes, remarks=remarks)


def _is_numbered(lines: list[tuple[int, str]]) -> bool:
    """Whether the first cue has a number; in a file without them, a number above the times is speech."""
    above = ""
    for _, line in lines:
        if is_timing_line(line):
            break
        above = tidy(line)
    return above.isdigit()


def _is_number(line: str, after_blank: bool, numbered: bool) -> bool:
    return line.isdigit() and (numbered or after_blank)
