"""SubViewer captions (.sbv, .sub), as YouTube Studio saves them: two times and a comma above the words.

::

    0:00:00.599,0:00:04.160
    >> ANA: Hello, everybody.

Accepts hundredths and thousandths, ``[br]`` for a new line, and the head of older files, whose ``[TITLE]`` is
read. Speakers exist by convention only, as in SubRip. Refuses a cue that ends before it starts, times it
cannot read, and a file without words.
"""

import re
from pathlib import Path

from qa.errors import FormatError
from qa.readers.captions import spoken
from qa.readers.spacing import tidy
from qa.readers.stamped import seconds
from qa.readers.timing import Block
from qa.types import Reading, Remark, RemarkKind, TimeKind

FORMAT = "sbv"

_STAMP = r"\d{1,4}:\d{1,2}:\d{1,2}[.]\d{1,3}"
_TIMING = re.compile(rf"\s{{0,20}}({_STAMP}),({_STAMP})\s*")
_TIMES = re.compile(rf"^[ \t]{{0,8}}{_STAMP},{_STAMP}[ \t]*$", re.MULTILINE)
_HEAD = re.compile(
    r"\[(?:information|author|source|prg|filepath|delay|cd track|comment|end information|subtitle|colf|style"
    r"|size|font)\]",
    re.IGNORECASE,
)
_TITLE = re.compile(r"\[title\]\s?(.*)", re.IGNORECASE)
_BREAK = re.compile(r"\[br\]", re.IGNORECASE)


def recognises(head: str) -> str | None:
    """Say why a text is SubViewer: a line holds two times, a comma between them, and nothing else."""
    return "a line holds two times with a comma between them" if _TIMES.search(head) else None


def parse(text: str, source: Path) -> Reading:
    """Read the text of a file of SubViewer captions.

    Args:
        text: The whole file; lines end in a line feed.
        source: Named in errors, never opened.

    Raises:
        FormatError: If a time cannot be read, a cue ends before it starts, or no cue has words.
    """
    lines = text.split("\n")
    timings = [i for i, line in enumerate(lines) if len(line) < 60 and _TIMING.fullmatch(line)]
    blocks = [
        _block(lines, at, stop, source) for at, stop in zip(timings, [*timings[1:], len(lines)], strict=True)
    ]
    said = spoken(blocks)
    if not said.turns:
        raise FormatError(source, None, None, "No cue has words. Export the captions again, with their text.")
    title, stray = _above(lines[: timings[0]])
    left_out = [Remark(RemarkKind.DROPPED, "Text before the first cue left out.", stray)] if stray else []
    return Reading(
        FORMAT,
        said.turns,
        TimeKind.MEDIA,
        title=title,
        notes=said.notes,
        remarks=(*left_out, *said.remarks),
    )


def _block(lines: list[str], at: int, stop: int, source: Path) -> Block:
    """The cue whose times stand in a line."""
    match = _TIMING.fullmatch(lines[at])
    start, end = (seconds(match.group(1)), seconds(match.group(2))) if match else (None, None)
    if start is None or end is None:
        raise FormatError(source, at + 1, lines[at], "Write the times as '0:01:02.500,0:01:04.000'.")
    if end < start:
        remedy = "The cue ends before it starts; correct one of the two times."
        raise FormatError(source, at + 1, lines[at], remedy)
    payload = [line for raw in lines[at + 1 : stop] for line in _BREAK.split(raw) if line.strip()]
    return Block(at + 1, start, end, False, tuple(payload))


def _above(lines: list[str]) -> tuple[str | None, tuple[int, ...]]:
    """The title among the lines above the first cue, and the numbers of those that say something else."""
    title = None
    stray = []
    for number, line in enumerate(map(tidy, lines), start=1):
        if named := _TITLE.match(line):
            title = tidy(named.group(1)) or None
        elif line and not _HEAD.match(line):
            stray.append(number)
    return title, tuple(stray)
