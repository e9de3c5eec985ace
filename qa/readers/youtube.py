"""YouTube captions in JSON: the player's own format (json3), and the list that youtube-transcript-api writes.

json3 is an object with ``events``, times in milliseconds::

    {"events": [{"tStartMs": 1200, "dDurationMs": 3000,
                 "segs": [{"utf8": "hello"}, {"utf8": " all", "tOffsetMs": 400}]}]}

The list has times in seconds::

    [{"text": "hello all", "start": 1.2, "duration": 3.0}]

Events without words (windows, line feeds) are passed over, and appended ones that repeat the words before
them. A caption stays on the screen into the next one: it ends where that begins. ``>>`` marks a new speaker;
sounds such as [Music] become notes. Nobody is named, unless the words do it, as in other captions. Refuses
missing and ill-typed times.
"""

import html
import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from qa.errors import FormatError
from qa.readers.caption import Caption
from qa.readers.captions import spoken_captions
from qa.readers.fields import Checker
from qa.readers.payloads import Line, plain
from qa.types import Reading, Remark, RemarkKind, TimeKind

FORMAT = "youtube"

_LOOKED_AT = 20  # entries that say whether a file is of this format
_LONGEST_MS = 1e10  # four months; a larger time is in another unit
_LIST_KEYS = frozenset({"text", "start", "duration"})


def recognises(value: Any) -> str | None:
    """Say why a value is YouTube captions."""
    if isinstance(value, dict) and isinstance(value.get("events"), list):
        first = value["events"][:_LOOKED_AT]
        timed = any(isinstance(event, dict) and "tStartMs" in event for event in first)
        return "its events have 'tStartMs', as in YouTube's json3" if timed else None
    return "it is a list of 'text', 'start' and 'duration'" if _is_list(value) else None


def _is_list(value: Any) -> bool:
    first = value[:_LOOKED_AT] if isinstance(value, list) else []
    return bool(first) and all(isinstance(item, dict) and item.keys() >= _LIST_KEYS for item in first)


def parse(value: Any, source: Path) -> Reading:
    """Read the value of a JSON file.

    Args:
        value: As ``recognises`` accepts it.
        source: Named in errors, never opened.

    Raises:
        FormatError: If an entry is no object, lacks a time, or nobody says anything.
    """
    remarks: list[Remark] = []
    if isinstance(value, dict):
        captions = _events(value["events"], source, remarks)
    else:
        captions = [_entry(item, f"entry {i}", source) for i, item in enumerate(value, start=1)]
    captions = without_overlaps(captions, remarks)
    said = spoken_captions(captions)
    if not said.turns:
        raise FormatError(
            source, None, None, "No caption has words. Download the captions again, with their text."
        )
    return Reading(FORMAT, said.turns, TimeKind.MEDIA, notes=said.notes, remarks=(*remarks, *said.remarks))


def without_overlaps(captions: list[Caption], remarks: list[Remark]) -> list[Caption]:
    """End captions where the next one with words begins; the last, if it has no end, where it starts.

    Args:
        captions: In order; an end that is not known is infinite.
        remarks: Takes one more when captions were ended early.
    """
    ended: list[Caption] = []
    shortened = 0
    following: Caption | None = None
    for caption in reversed(captions):
        if following is not None and caption.start < following.start < caption.end:
            caption = replace(caption, end=following.start)
            shortened += 1
        elif caption.end == math.inf:
            caption = replace(caption, end=caption.start)
        ended.append(caption)
        following = caption if caption.lines else following
    if shortened:
        message = f"Captions that stay on the screen into the next one, ended where it begins: {shortened}."
        remarks.append(Remark(RemarkKind.ASSUMED, message))
    return ended[::-1]


def _entry(item: object, place: str, source: Path) -> Caption:
    """One entry of the list."""
    checker = _checker(item, place, source)
    start, duration = checker.seconds("start"), checker.seconds("duration")
    if start is None:
        raise checker.wrong("start", "a number of seconds, at least 0")
    text = checker.fields.get("text")
    if not isinstance(text, str):
        raise checker.wrong("text", "a text in quotes")
    return _caption(html.unescape(text), start, math.inf if duration is None else start + duration)


def _caption(text: str, start: float, end: float) -> Caption:
    lines = tuple(Line(line) for raw in text.split("\n") if (line := plain(raw)))
    return Caption(round(start, 3), end if end == math.inf else round(end, 3), lines)


def _checker(item: object, place: str, source: Path) -> Checker:
    checker = Checker(item if isinstance(item, dict) else {}, source, place)
    if not isinstance(item, dict):
        raise checker.error("It should be an object in braces.")
    return checker


def _events(events: list[Any], source: Path, remarks: list[Remark]) -> list[Caption]:
    """The captions of json3; what is appended to a window is read only where it says something new."""
    captions: list[Caption] = []
    repeated = 0
    for i, event in enumerate(events, start=1):
        checker = _checker(event, f"event {i}", source)
        segments = _segments(checker, i, source)
        words = plain("".join(text for text, _ in segments))
        if not words:
            continue
        if event.get("aAppend") and captions and repeats(words, captions[-1]):
            repeated += 1
            continue
        captions.extend(_spoken_in(checker, segments))
    if repeated:
        message = f"Appended events that repeat the words before them: {repeated}."
        remarks.append(Remark(RemarkKind.COLLAPSED, message))
    return captions


def _bare(words: str) -> str:
    return words.lstrip("> ")


def _segments(event: Checker, number: int, source: Path) -> list[tuple[str, float]]:
    """The words of an event with their offsets in seconds."""
    segments = event.fields.get("segs")
    if segments is None:
        return []
    if not isinstance(segments, list):
        raise event.wrong("segs", "a list of objects")
    read: list[tuple[str, float]] = []
    for segment in segments:
        checker = _checker(segment, f"a segment of event {number}", source)
        text = segment.get("utf8")
        if text is not None and not isinstance(text, str):
            raise checker.wrong("utf8", "a text in quotes")
        read.append((text or "", _milliseconds(checker, "tOffsetMs") or 0.0))
    return read


def _milliseconds(checker: Checker, name: str) -> float | None:
    """A time, in seconds; None when it is absent or null."""
    value = checker.fields.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= _LONGEST_MS:
        raise checker.wrong(name, "a number of milliseconds, at least 0")
    return value / 1000


def _spoken_in(event: Checker, segments: list[tuple[str, float]]) -> list[Caption]:
    """The captions of one event."""
    start = _milliseconds(event, "tStartMs")
    if start is None:
        raise event.wrong("tStartMs", "a number of milliseconds, at least 0")
    duration = _milliseconds(event, "dDurationMs")
    return list(captions_in(segments, start, math.inf if duration is None else start + duration))


def captions_in(segments: list[tuple[str, float]], start: float, end: float) -> Iterator[Caption]:
    """Cut what is shown together where ``>>`` marks a new speaker inside it.

    Args:
        segments: Words, each with its seconds after ``start``.
        start: Seconds.
        end: Seconds, or infinite.
    """
    begin = start
    texts: list[str] = []
    for text, offset in segments:
        if plain(text).startswith(">>") and plain("".join(texts)):
            moment = max(begin, min(start + offset, end))
            yield _caption("".join(texts), begin, moment)
            begin, texts = moment, []
        texts.append(text)
    yield _caption("".join(texts), begin, end)


def repeats(words: str, caption: Caption) -> bool:
    """Say whether appended words are those that stand on the screen already."""
    return _bare(words) == _bare(" ".join(line.text for line in caption.lines))
