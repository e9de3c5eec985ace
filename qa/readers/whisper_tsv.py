"""Whisper TSV: a first line "start", "end", "text" with tabs between, then one segment a line.

Times are whole milliseconds, as openai-whisper writes them. Seconds are understood too: some programs of the
same family write decimals, and whole seconds show because nobody speaks a thousand times as fast as people
do. What was taken is in the remarks. Blank segments are dropped; three or more identical neighbours are one.
Refuses a line without two times and a text.
"""

import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from qa.errors import FormatError
from qa.readers import cues
from qa.readers.cues import Cue
from qa.readers.loops import Loops
from qa.readers.recogniser import REVERSED, Notices, out_of_order, speech, time_of
from qa.readers.spacing import distinct, tidy
from qa.types import Reading, Remark, RemarkKind, TimeKind

FORMAT = "whisper-tsv"

_HEADER = ["start", "end", "text"]
_TIME = re.compile(r"[ ]{0,9}(\d{1,12}(?:\.\d{0,12})?)[ ]{0,9}")
_MAX_LETTERS_PER_SECOND = 300  # people reach about 25; in the wrong unit it is a thousand times as many
_REMEDY = "Each line needs a start and an end in milliseconds and a text, with tabs between them."


class _Row(NamedTuple):
    number: int
    start: str
    end: str
    text: str


def recognises(head: str) -> str | None:
    """Say why a text is in this format: its first line is the header, and times follow."""
    lines = list(islice((line for line in head.split("\n", 50) if line.strip()), 2))
    if not lines or [name.strip().lower() for name in lines[0].split("\t")] != _HEADER:
        return None
    fields = lines[1].split("\t") if len(lines) == 2 else ["0", "0"]
    timed = len(fields) >= 2 and all(map(_TIME.fullmatch, fields[:2]))
    return "the first line is 'start', 'end', 'text' with tabs between" if timed else None


def parse(text: str, source: Path) -> Reading:
    """Read the text of a Whisper TSV file.

    Args:
        text: The whole file; lines end in a line feed.
        source: Named in errors, never opened.

    Raises:
        FormatError: If a line does not hold two times and a text.
    """
    per_second, remarks = _unit(text, source)
    notices, loops = Notices("line"), Loops("line")
    notes: list[str] = []
    spoken = _cues(_rows(text, source), source, per_second, notices, notes)
    turns = cues.merge(loops.collapse(spoken))
    return Reading(
        FORMAT,
        turns,
        TimeKind.MEDIA if turns else TimeKind.NONE,
        notes=distinct(notes),
        remarks=(*remarks, *loops.remarks(), *notices.remarks(), *out_of_order(turns)),
    )


def _rows(text: str, source: Path) -> Iterator[_Row]:
    lines = ((number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip())
    for number, line in islice(lines, 1, None):
        fields = [*line.split("\t", 2), ""][:3]
        start, end = map(_TIME.fullmatch, fields[:2])
        if start is None or end is None:
            raise FormatError(source, number, line, _REMEDY)
        yield _Row(number, start.group(1), end.group(1), tidy(fields[2]))


def _unit(text: str, source: Path) -> tuple[int, tuple[Remark, ...]]:
    """How many units of the times make a second, and the remark when they are not milliseconds."""
    letters = 0
    lasting = 0.0
    decimals = False
    for row in _rows(text, source):
        decimals = decimals or "." in row.start + row.end
        letters += len(row.text)
        lasting += max(0.0, float(row.end) - float(row.start))
    if decimals:
        message = "The times have decimals and were taken for seconds."
    elif lasting and letters / (lasting / 1000) > _MAX_LETTERS_PER_SECOND:
        message = "The times were taken for seconds: nobody says so much in so many milliseconds."
    else:
        return 1000, ()
    return 1, (Remark(RemarkKind.ASSUMED, message),)


def _cues(
    rows: Iterator[_Row], source: Path, per_second: int, notices: Notices, notes: list[str]
) -> Iterator[tuple[int, Cue]]:
    for row in rows:
        start, end = time_of(row.start, per_second), time_of(row.end, per_second)
        if start is None or end is None:
            raise FormatError(source, row.number, f"{row.start}\t{row.end}", _REMEDY)
        if end < start:
            notices.add(RemarkKind.ASSUMED, f"Segments {REVERSED}", row.number)
        words, found = speech(row.text)
        if words:
            yield row.number, Cue(words, start, max(start, end), notes=found)
        elif found:
            notes.extend(found)
        else:
            notices.add(RemarkKind.DROPPED, "Segments without words left out", row.number)
