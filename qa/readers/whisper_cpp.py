"""whisper.cpp JSON: an object whose "transcription" lists segments with "offsets" in milliseconds.

Accepts files without offsets that have "timestamps" such as "00:00:02,380", the tokens of full output, which
are not needed, segments of one word or less (``-ml 1``), speakers of two channels (``-di``), and marks where
the speaker changes (``-tdrz``): what follows is somebody new, whom the file does not name. Blank segments and
loops are treated as in ``whisper``. Refuses segments without times.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from qa.errors import FormatError
from qa.readers import cues
from qa.readers.cues import MAX_GAP, Cue
from qa.readers.fields import Checker
from qa.readers.loops import Loops
from qa.readers.recogniser import (
    REVERSED,
    Notices,
    first_object,
    objects,
    out_of_order,
    part,
    speaker_of,
    time_of,
)
from qa.readers.scripts import spaces_tell, writes_on
from qa.readers.spacing import distinct, tidy
from qa.readers.whisper import BLANK, without_directions
from qa.readers.words import Word, cues_of
from qa.types import Reading, RemarkKind, TimeKind

FORMAT = "whisper.cpp"

_STAMP = re.compile(r"(\d{1,4}):([0-5]\d):([0-5]\d)[,.](\d{3})")
_TURN = "[SPEAKER_TURN]"  # the token that -tdrz prints, in some versions also into the text
_UNKNOWN = "?"  # both channels are equally loud
_MAX_JOINED = 1000  # characters; joining without an end would take quadratic time
_WORDS_A_PIECE = 1.5  # on average; above, the pieces are segments


def recognises(value: Any) -> str | None:
    """Say why a value is in this format: it lists segments with offsets under "transcription"."""
    first = first_object(value.get("transcription")) if isinstance(value, dict) else {}
    known = "text" in first and ("offsets" in first or "timestamps" in first)
    return "the JSON has a list named 'transcription' with offsets" if known else None


def parse(value: Any, source: Path) -> Reading:
    """Read the value of a whisper.cpp file.

    Args:
        value: As ``recognises`` accepts it.
        source: Named in errors, never opened.

    Raises:
        FormatError: If a segment is not as it should be; it is named by its number, counted from 1.
    """
    segments = value["transcription"]
    notes: list[str] = []
    notices, loops = Notices("segment"), Loops("segment")
    spoken = _cues(segments, source, notices)
    if _is_by_word(segments):  # "no, no, no" is no loop of the model
        untimed = FormatError(source, None, None, "No segment has a time. Export the file again.")
        words = (Word(cue.text, cue.start, cue.end, cue.speaker, opens=cue.opens) for _, cue in spoken)
        turns = cues.merge(cues_of(words, untimed, notes))
    else:
        turns = cues.merge(loops.collapse(_without_directions(spoken, notes)))
    return Reading(
        FORMAT,
        turns,
        TimeKind.MEDIA if turns else TimeKind.NONE,
        notes=distinct(notes),
        remarks=(*loops.remarks(), *notices.remarks(), *out_of_order(turns)),
    )


def _texts(segments: list[object]) -> Iterator[str]:
    texts = (item.get("text") for item in objects(segments))
    return (text for text in texts if isinstance(text, str))


def _is_by_word(segments: list[object]) -> bool:
    counts = [len(text.split()) for text in _texts(segments)]
    pieces = sum(map(bool, counts))
    return pieces > 1 and spaces_tell(_texts(segments)) and sum(counts) <= _WORDS_A_PIECE * pieces


def _without_directions(spoken: Iterator[tuple[int, Cue]], notes: list[str]) -> Iterator[tuple[int, Cue]]:
    opens = False
    for number, whole in spoken:
        opens = opens or whole.opens
        cue = without_directions(whole, notes)
        if cue is not None:
            yield number, replace(cue, opens=opens)
            opens = False


def _cues(segments: list[object], source: Path, notices: Notices) -> Iterator[tuple[int, Cue]]:
    """One cue a segment; a segment that goes on in the middle of a word joins the one before it."""
    spaced = spaces_tell(_texts(segments))
    held: tuple[int, Cue] | None = None
    before = ""
    opens = False
    for number, item in enumerate(segments, start=1):
        checker = part(item, number, "segment", source)
        raw = checker.fields.get("text")
        if not isinstance(raw, str):
            raise checker.wrong("text", "a text in quotes")
        turns_next = checker.flag("speaker_turn_next") or _TURN in raw
        raw = raw.replace(_TURN, "")
        start, end = _span(checker, notices, number)
        text = tidy(raw)
        if not text:
            notices.add(RemarkKind.DROPPED, BLANK, number)
            opens = opens or turns_next
            continue
        speaker = speaker_of(checker)
        cue = Cue(text, start, end, None if speaker == _UNKNOWN else speaker, opens=opens)
        if held and spaced and writes_on(before, raw) and _is_near(held[1], cue):
            held = held[0], replace(held[1], text=held[1].text + text, end=max(held[1].end, end))
        else:
            if held:
                yield held
            held = number, cue
        before, opens = raw, turns_next
    if held:
        yield held


def _is_near(held: Cue, cue: Cue) -> bool:
    """Whether a segment may go on with the word before it; no word takes a thousand letters."""
    near = held.start <= cue.start <= held.end + MAX_GAP and len(held.text) < _MAX_JOINED
    return near and not cue.opens and held.speaker == cue.speaker


def _span(checker: Checker, notices: Notices, number: int) -> tuple[float, float]:
    """Start and end of a segment, from its offsets or else its time stamps."""
    offsets, stamps = checker.fields.get("offsets"), checker.fields.get("timestamps")
    places = offsets if isinstance(offsets, dict) else {}
    start, end = (time_of(places.get(name), 1000) for name in ("from", "to"))
    if start is None or end is None:
        places = stamps if isinstance(stamps, dict) else {}
        start, end = (_seconds(places.get(name)) for name in ("from", "to"))
    if start is None or end is None:
        raise checker.wrong("offsets", 'milliseconds such as {"from": 0, "to": 2380}')
    if end < start:
        notices.add(RemarkKind.ASSUMED, f"Segments {REVERSED}", number)
    return start, max(start, end)


def _seconds(stamp: object) -> float | None:
    match = _STAMP.fullmatch(stamp) if isinstance(stamp, str) else None
    if match is None:
        return None
    hours, minutes, seconds, milliseconds = map(int, match.groups())
    return hours * 3600 + minutes * 60 + seconds + milliseconds / 1000
