"""Podcasting 2.0 JSON: "segments" with "startTime", "endTime", "body" and "speaker"; times in seconds.

A segment is often one bare word, so segments join into turns like words: by speaker, with a space between
unless the bodies carry their own. A file that names the speaker on change only is understood; who was
carried over is marked as inferred. Without "endTime" a segment lasts until the next one. Refuses a file
without times.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from qa.errors import FormatError
from qa.readers import cues
from qa.readers.fields import Checker
from qa.readers.recogniser import (
    Notices,
    objects,
    out_of_order,
    part,
    speaker_of,
    time_of,
    word_times,
)
from qa.readers.scripts import spaces_tell, writes_on
from qa.readers.spacing import distinct, tidy
from qa.readers.whisper import BLANK
from qa.readers.words import Word, cues_of
from qa.types import Reading, RemarkKind, TimeKind

FORMAT = "podcast-json"

_TIMES = ("startTime", "endTime")
_LOOKED_AT = 20
_UNTIMED = "No segment has a 'startTime' in seconds. Export the transcript again, with times."
_CARRIED = "Segments without a speaker, given to the speaker before them"
_ENDLESS = "Segments without an end, taken to last until the next one"


def recognises(value: Any) -> str | None:
    """Say why a value is in this format: its segments have a body."""
    if not isinstance(value, dict) or not isinstance(value.get("segments"), list):
        return None
    known = any("body" in item for item in objects(value["segments"][:_LOOKED_AT]))
    return "the JSON has a list named 'segments' with a 'body' each" if known else None


def parse(value: Any, source: Path) -> Reading:
    """Read the value of a podcast transcript.

    Args:
        value: As ``recognises`` accepts it.
        source: Named in errors, never opened.

    Raises:
        FormatError: If a segment is ill-typed, or none has a time.
    """
    segments = value["segments"]
    notices = Notices("segment")
    notes: list[str] = []
    untimed = FormatError(source, None, None, _UNTIMED)
    turns = cues.merge(cues_of(_words(segments, source, notices), untimed, notes))
    if turns and _last_is_endless(segments, turns[-1].start):
        turns = (*turns[:-1], replace(turns[-1], end=None))
    return Reading(
        FORMAT,
        turns,
        TimeKind.MEDIA if turns else TimeKind.NONE,
        title=_title(value, source),
        notes=distinct(notes),
        remarks=(*notices.remarks(), *out_of_order(turns)),
    )


def _title(value: Any, source: Path) -> str | None:
    title = value.get("title")
    return Checker(value, source, "the file").text("title") if isinstance(title, str) else None


def _last_is_endless(segments: list[object], start: float | None) -> bool:
    """Whether nothing says how long the last turn lasts: it is one segment without an end."""
    last = next((item for item in reversed(objects(segments)) if tidy(str(item.get("body") or ""))), {})
    return time_of(last.get("endTime")) is None and time_of(last.get("startTime")) == start


def _words(segments: list[object], source: Path, notices: Notices) -> Iterator[Word]:
    bodies = (item.get("body") for item in objects(segments))
    spaced = spaces_tell(body for body in bodies if isinstance(body, str))
    speaker: str | None = None
    before = ""
    for number, item in enumerate(segments, start=1):
        checker = part(item, number, "segment", source)
        named = speaker_of(checker)
        speaker, carried = named or speaker, named is None
        raw = checker.fields.get("body")
        if raw is not None and not isinstance(raw, str):
            raise checker.wrong("body", "a text in quotes")
        text = tidy(raw or "")
        if not text or raw is None:
            notices.add(RemarkKind.DROPPED, BLANK, number)
            continue
        if carried and speaker:
            notices.add(RemarkKind.INFERRED, _CARRIED, number)
        start, end = word_times(checker.fields, _TIMES, notices, number)
        if start is None:
            notices.add(RemarkKind.INFERRED, "Segments without a start, placed after the one before", number)
        elif end is None:
            end = _next_start(segments, number, start)
            if end is not None:
                notices.add(RemarkKind.INFERRED, _ENDLESS, number)
        glued = spaced and writes_on(before, raw)
        yield Word(text, start, end, speaker, glued=glued, inferred=carried and speaker is not None)
        before = raw


def _next_start(segments: list[object], number: int, start: float) -> float | None:
    """When the segment after a numbered one starts, unless that is earlier."""
    after = segments[number] if number < len(segments) else None
    found = time_of(after.get("startTime")) if isinstance(after, dict) else None
    return found if found is not None and found >= start else None
