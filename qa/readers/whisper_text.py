"""What Whisper prints while it works: ``[00:00.000 --> 00:02.400]  So we begin.``, one segment a line.

Accepts hours or none, points or commas before the milliseconds, lines that go on below without times, and a
speaker's label before the words where labels recur or stand in brackets, as programs write that add them.
``[SPEAKER_TURN]``, which whisper.cpp puts behind the words, marks somebody new below it.
Lines above the first segment, such as the language that was found, become notes. Blank segments are dropped,
three or more identical neighbours are one. A last line cut short inside its times is dropped.
Refuses a file whose first segments cannot be read.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from qa.readers import cues
from qa.readers.cues import Cue
from qa.readers.labels import candidate, caption_prefixes
from qa.readers.loops import Loops
from qa.readers.recogniser import REVERSED, Notices, out_of_order, speech
from qa.readers.spacing import distinct, numbered_lines
from qa.types import Reading, RemarkKind, TimeKind

FORMAT = "whisper-text"

_TIME = r"(?:(\d{1,3}):)?(\d{1,2}):(\d{2})[.,](\d{1,3})"
_SEGMENT = re.compile(rf"\[\s?{_TIME}\s?-{{1,2}}>\s?{_TIME}\s?\]\s?(.*)")
_CUT = re.compile(r"\[[\d:., >-]{0,40}")
_MIN_SEGMENTS = 2
_TURN = "[SPEAKER_TURN]"


class _Segment(NamedTuple):
    number: int
    start: float
    end: float
    text: str


def recognises(head: str) -> str | None:
    """Say why a text is in this format: lines start with two times in brackets and an arrow."""
    segments = sum(_SEGMENT.match(line) is not None for line in head.split("\n", 200)[:200])
    if segments >= _MIN_SEGMENTS or (segments and _SEGMENT.match(head)):
        return "lines start with two times in brackets, as Whisper prints them"
    return None


def parse(text: str, source: Path) -> Reading:
    """Read what Whisper printed.

    Args:
        text: The whole file; lines end in a line feed.
        source: Named in errors, never opened; this format refuses nothing.
    """
    notices, loops = Notices("line"), Loops("line")
    notes: list[str] = []
    segments = list(_segments(text, notices, notes))
    turns = cues.merge(loops.collapse(_cues(segments, notices, notes)))
    return Reading(
        FORMAT,
        turns,
        TimeKind.MEDIA if turns else TimeKind.NONE,
        notes=distinct(notes),
        remarks=(*loops.remarks(), *notices.remarks(), *out_of_order(turns)),
    )


def _segments(text: str, notices: Notices, notes: list[str]) -> Iterator[_Segment]:
    """Join segments with the lines that continue them."""
    segment: _Segment | None = None
    more: list[str] = []
    lines = numbered_lines(text)
    for number, line in lines:
        match = _SEGMENT.match(line)
        if match is not None:
            if segment is not None:
                yield segment._replace(text=cues.join([segment.text, *more]))
            start, end = _seconds(match.groups()[:4]), _seconds(match.groups()[4:8])
            if end < start:
                notices.add(RemarkKind.ASSUMED, f"Segments {REVERSED}", number)
            segment, more = _Segment(number, start, max(start, end), match.group(9)), []
        elif number == lines[-1][0] and _CUT.fullmatch(line):
            notices.add(RemarkKind.DROPPED, "Lines cut short inside their times, left out", number)
        elif segment is None:
            notices.add(RemarkKind.DROPPED, "Lines above the first segment, kept as notes", number)
            notes.append(line)
        else:
            more.append(line)
    if segment is not None:
        yield segment._replace(text=cues.join([segment.text, *more]))


def _seconds(groups: tuple[str | None, ...]) -> float:
    hours, minutes, seconds, fraction = groups
    whole = int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds or 0)
    return round(whole + int((fraction or "0").ljust(3, "0")) / 1000, 3)


def _cues(segments: list[_Segment], notices: Notices, notes: list[str]) -> Iterator[tuple[int, Cue]]:
    labels = [candidate(segment.text) for segment in segments]
    names = caption_prefixes(labels)
    opens = False
    for segment, label in zip(segments, labels, strict=True):
        named = label if label is not None and label.head in names else None
        text = named.rest if named else segment.text
        words, found = speech(text.removesuffix(_TURN).rstrip())
        if words:
            speaker = named.head.strip("[]") if named else None
            yield (
                segment.number,
                Cue(words, segment.start, segment.end, speaker, opens=opens, notes=found),
            )
            opens = False
        elif found:
            notes.extend(found)
        else:
            notices.add(RemarkKind.DROPPED, "Segments without words left out", segment.number)
        opens = opens or text.endswith(_TURN)
