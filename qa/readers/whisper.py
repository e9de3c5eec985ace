"""Whisper JSON: one object whose "segments" each hold "start", "end" (seconds), "text" and perhaps "speaker".

Accepts what openai-whisper and WhisperX write, and "title" and "date" beside the segments. Labels such as
SPEAKER_00 are kept as names. Blank segments are dropped; three or more identical neighbours are one, because
the model repeats itself over silence. Refuses missing and ill-typed fields and times that run backwards, and
other JSON.
"""

from itertools import groupby
from pathlib import Path
from typing import Any

from qa.readers import cues
from qa.readers.cues import Cue
from qa.readers.fields import Checker
from qa.types import Reading, Remark, RemarkKind, TimeKind

FORMAT = "whisper"

_LOOP = 3  # neighbours; people do say a thing twice
_SHAPE = 'A transcript in JSON looks like {"segments": [{"start": 0.0, "end": 2.5, "text": "hello"}]}.'


def recognises(value: Any) -> str | None:
    """Say why a value is in this format: it is an object with a list of segments."""
    segments = isinstance(value, dict) and isinstance(value.get("segments"), list)
    return "the JSON has a list named 'segments'" if segments else None


def parse(value: Any, source: Path) -> Reading:
    """Read the value of a Whisper JSON file.

    Args:
        value: As ``recognises`` accepts it.
        source: Named in errors, never opened.

    Raises:
        FormatError: If it is not such an object; a bad segment is named by its number, counted from 1.
    """
    spoken = [cue for i, item in enumerate(value["segments"], start=1) if (cue := _cue(item, i, source))]
    kept, remarks = _without_loops(spoken)
    turns = cues.merge(kept)
    whole = Checker(value, source, "the file")
    return Reading(
        FORMAT,
        turns,
        TimeKind.MEDIA if turns else TimeKind.NONE,
        title=whole.text("title"),
        date=whole.date(),
        remarks=tuple(remarks),
    )


def _cue(item: object, number: int, source: Path) -> Cue | None:
    """One segment, None when it is blank."""
    checker = Checker(item if isinstance(item, dict) else {}, source, f"segment {number}")
    if not isinstance(item, dict):
        raise checker.error(f"A segment should be an object. {_SHAPE}")
    start, end = checker.span()
    for name, seconds in (("start", start), ("end", end)):
        if seconds is None:
            raise checker.wrong(name, "a number of seconds, at least 0")
    if not isinstance(item.get("text"), str):
        raise checker.wrong("text", "a text in quotes")
    text = checker.text("text")
    if text is None or start is None or end is None:
        return None
    return Cue(text, start, end, speaker=checker.text("speaker"))


def _without_loops(spoken: list[Cue]) -> tuple[list[Cue], list[Remark]]:
    kept: list[Cue] = []
    remarks: list[Remark] = []
    for (text, speaker), run in groupby(spoken, key=lambda cue: (cue.text, cue.speaker)):
        same = list(run)
        if len(same) < _LOOP:
            kept.extend(same)
            continue
        kept.append(Cue(text, same[0].start, max(cue.end for cue in same), speaker=speaker))
        message = f"{text!r} stood {len(same)} times in a row and is kept once; the model may have looped."
        remarks.append(Remark(RemarkKind.COLLAPSED, message))
    return kept, remarks
