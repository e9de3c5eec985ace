"""AWS Transcribe JSON: words and punctuation marks under "results", times as digits in quotes, in seconds.

Who says a word stands on the word itself (newer files), or in "speaker_labels", by the time at which the word
starts (older ones). A file with "channel_labels" has one transcript a channel; they are interleaved by time
and each channel of several is a speaker. Files without words are read from "audio_segments". The job's name
is the title. Refuses a file that holds the bare text without times.
"""

from bisect import bisect_right
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from qa.errors import FormatError
from qa.readers import cues
from qa.readers.cues import Cue
from qa.readers.fields import Checker, Fields
from qa.readers.recogniser import (
    Notices,
    items_of,
    objects,
    out_of_order,
    part,
    span_of,
    speaker_of,
    time_of,
    word_times,
)
from qa.readers.spacing import distinct, tidy
from qa.readers.words import Word, cues_of
from qa.types import Reading, Remark, RemarkKind, TimeKind

FORMAT = "aws-transcribe"

_TIMES = ("start_time", "end_time")
_UNTIMED = "The file holds no times. Download the job's JSON with its 'items' again."
_CHANNELS = Remark(RemarkKind.ASSUMED, "Each channel of the recording was taken for one speaker.")


def recognises(value: Any) -> str | None:
    """Say why a value is in this format: its results hold items, or transcripts."""
    results = value.get("results") if isinstance(value, dict) else None
    if not isinstance(results, dict):
        return None
    known = [key for key in ("items", "transcripts", "audio_segments") if isinstance(results.get(key), list)]
    return f"the JSON has 'results' with '{known[0]}'" if known else None


def parse(value: Any, source: Path) -> Reading:
    """Read the value of an AWS Transcribe file.

    Args:
        value: As ``recognises`` accepts it.
        source: Named in errors, never opened.

    Raises:
        FormatError: If an item is no object, a label no text, or nothing has a time.
    """
    results = value["results"]
    notices, notes = Notices("item"), list[str]()
    untimed = FormatError(source, None, None, _UNTIMED)
    channels = _channels(results, source)
    remarks: tuple[Remark, ...] = ()
    listed = Checker(results, source, "results")
    items, segments = items_of(listed, "items"), items_of(listed, "audio_segments")
    if channels:
        spoken: Iterator[Cue] = iter(_interleaved(channels, source, notices, untimed, notes))
        remarks = (_CHANNELS,) if len(channels) > 1 else ()
    elif items:
        words = _words(items, _Speakers(results.get("speaker_labels")), None, source, notices)
        spoken = cues_of(words, untimed, notes)
    elif segments:
        notices = Notices("segment")
        spoken = _segments(segments, source, notices)
    elif any(tidy(text) for text in _transcripts(results)):
        raise untimed
    else:
        spoken = iter(())
    turns = cues.merge(spoken)
    return Reading(
        FORMAT,
        turns,
        TimeKind.MEDIA if turns else TimeKind.NONE,
        title=Checker(value, source, "the file").text("jobName"),
        notes=distinct(notes),
        remarks=(*remarks, *notices.remarks(), *out_of_order(turns)),
    )


class _Speakers:
    """Who speaks when, as "speaker_labels" says: by the start of a word, else by the stretch it lies in."""

    def __init__(self, labels: object) -> None:
        segments = objects(labels.get("segments")) if isinstance(labels, dict) else []
        self._by_start: dict[float, str] = {}
        self._stretches: list[tuple[float, float, str]] = []
        for segment in segments:
            self._note(segment)
            for item in objects(segment.get("items")):
                start, label = time_of(item.get("start_time")), item.get("speaker_label")
                if start is not None and isinstance(label, str) and tidy(label):
                    self._by_start[start] = tidy(label)
        self._stretches.sort()
        self._starts = [start for start, _, _ in self._stretches]

    def _note(self, segment: Fields) -> None:
        start, end = (time_of(segment.get(name)) for name in _TIMES)
        label = segment.get("speaker_label")
        if start is not None and end is not None and isinstance(label, str) and tidy(label):
            self._stretches.append((start, end, tidy(label)))

    def at(self, start: float) -> str | None:
        """Return who begins a word at a moment."""
        if (label := self._by_start.get(start)) is not None:
            return label
        place = bisect_right(self._starts, start) - 1
        return self._stretches[place][2] if place >= 0 and start <= self._stretches[place][1] else None


def _channels(results: Fields, source: Path) -> list[tuple[str | None, list[object]]]:
    """The name and the items of each channel that has any; no name for an only one."""
    labels = results.get("channel_labels")
    listed = objects(labels.get("channels")) if isinstance(labels, dict) else []
    full = [item for item in listed if isinstance(item.get("items"), list) and item["items"]]
    named = len(listed) > 1
    return [
        (speaker_of(Checker(item, source, "a channel"), "channel_label") if named else None, item["items"])
        for item in full
    ]


def _interleaved(
    channels: list[tuple[str | None, list[object]]],
    source: Path,
    notices: Notices,
    untimed: FormatError,
    notes: list[str],
) -> list[Cue]:
    nobody = _Speakers(None)
    spoken: list[Cue] = []
    for name, items in channels:
        spoken.extend(cues_of(_words(items, nobody, name, source, notices), untimed, notes))
    return sorted(spoken, key=lambda cue: cue.start)


def _words(
    items: list[object], speakers: _Speakers, channel: str | None, source: Path, notices: Notices
) -> Iterator[Word]:
    """The words of one list; a mark, or a word that nobody is named for, goes to the speaker before it."""
    speaker = channel
    for number, item in enumerate(items, start=1):
        checker = part(item, number, "item", source)
        content = _content(checker.fields)
        if not content:
            notices.add(RemarkKind.DROPPED, "Items without words left out", number)
            continue
        mark = checker.fields.get("type") == "punctuation"
        start, end = (None, None) if mark else word_times(checker.fields, _TIMES, notices, number)
        found = None if mark or channel else speaker_of(checker, "speaker_label")
        found = found or (speakers.at(start) if start is not None and channel is None else None)
        if found is None and not mark and channel is None and speaker is not None:
            notices.add(RemarkKind.INFERRED, "Words without a speaker, given to the one before them", number)
        speaker = found or speaker
        yield Word(content, start, end, speaker, glued=mark)


def _content(fields: Fields) -> str:
    """The words of an item: the likeliest of its alternatives."""
    alternatives = objects(fields.get("alternatives"))
    content = alternatives[0].get("content") if alternatives else None
    return tidy(content) if isinstance(content, str) else ""


def _segments(segments: list[object], source: Path, notices: Notices) -> Iterator[Cue]:
    for number, item in enumerate(segments, start=1):
        checker = part(item, number, "audio segment", source)
        start, end = span_of(checker, _TIMES, notices, number)
        if text := checker.text("transcript"):
            yield Cue(text, start, end, speaker_of(checker, "speaker_label"))
        else:
            notices.add(RemarkKind.DROPPED, "Segments without words left out", number)


def _transcripts(results: Fields) -> Iterator[str]:
    texts = (item.get("transcript") for item in objects(results.get("transcripts")))
    return (text for text in texts if isinstance(text, str))
