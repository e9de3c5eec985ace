"""Deepgram JSON: "results" with "utterances", or "channels" with paragraphs or words; times in seconds.

Utterances end at pauses, in the middle of sentences too, so they join into turns like captions. Without them
each paragraph is a turn; without paragraphs the words are read, as punctuated. Speakers are numbers, and each
of several channels is a speaker, or several where a channel's words have numbers; channels are interleaved by
time. The date is the day of the transcription, unless the file name has a better one. Refuses a transcript
without times.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from qa.errors import FormatError
from qa.readers import cues
from qa.readers.cues import Cue
from qa.readers.fields import Checker, Fields
from qa.readers.recogniser import (
    Notices,
    day_of_work,
    items_of,
    objects,
    out_of_order,
    part,
    span_of,
    speaker_of,
    speech,
    word_times,
)
from qa.readers.spacing import distinct
from qa.readers.words import Word, cues_of, join, record_turns
from qa.types import Reading, Remark, RemarkKind, TimeKind, Turn

FORMAT = "deepgram"

_TIMES = ("start", "end")
_UNTIMED = "The transcript holds no times. Ask Deepgram for the whole JSON, with its words."
_CHANNELS = Remark(RemarkKind.ASSUMED, "Each channel of the recording was taken for speakers of its own.")
_BLANK = "{} without words left out"


def recognises(value: Any) -> str | None:
    """Say why a value is in this format: its results hold utterances or channels."""
    results = value.get("results") if isinstance(value, dict) else None
    if not isinstance(results, dict):
        return None
    known = [key for key in ("utterances", "channels") if isinstance(results.get(key), list)]
    return f"the JSON has 'results' with '{known[0]}'" if known else None


def parse(value: Any, source: Path) -> Reading:
    """Read the value of a Deepgram file.

    Args:
        value: As ``recognises`` accepts it.
        source: Named in errors, never opened; a date in its name goes before the one in the file.

    Raises:
        FormatError: If a part has no usable times or is ill-typed; it is named by its number.
    """
    results = value["results"]
    notes: list[str] = []
    whole = Checker(results, source, "results")
    if utterances := items_of(whole, "utterances"):
        notices = Notices("utterance")
        spoken, several = _utterances(utterances, source, notices, notes)
        turns = cues.merge(spoken)
        odd = notices.remarks()
    else:
        channels = items_of(whole, "channels")
        turns, odd = _channels(channels, source, notes)
        several = len(channels) > 1
    metadata = value.get("metadata")
    created = metadata.get("created") if isinstance(metadata, dict) else None
    date, dated = day_of_work(created, source, "Deepgram")
    return Reading(
        FORMAT,
        turns,
        TimeKind.MEDIA if turns else TimeKind.NONE,
        date=date,
        notes=distinct(notes),
        remarks=(*((_CHANNELS,) if several else ()), *odd, *out_of_order(turns), *dated),
    )


def _speaker(checker: Checker, channel: int | None) -> str | None:
    """The number of a speaker, with that of the channel when there are several."""
    speaker = speaker_of(checker)
    if channel is None:
        return speaker
    return f"Channel {channel}" + (f" {speaker}" if speaker else "")


def _utterances(
    items: list[object], source: Path, notices: Notices, notes: list[str]
) -> tuple[list[Cue], bool]:
    """The utterances in the order of time, and whether they come from several channels."""
    numbers = {item.get("channel") for item in objects(items) if isinstance(item.get("channel"), int)}
    several = len(numbers) > 1
    spoken: list[Cue] = []
    for number, item in enumerate(items, start=1):
        checker = part(item, number, "utterance", source)
        start, end = span_of(checker, _TIMES, notices, number, what="Utterances")
        text, found = speech(checker.text("transcript") or "")
        channel = checker.fields.get("channel")
        speaker = _speaker(checker, channel if several and isinstance(channel, int) else None)
        if text:
            spoken.append(Cue(text, start, end, speaker, notes=found))
        elif found:
            notes.extend(found)
        else:
            notices.add(RemarkKind.DROPPED, _BLANK.format("Utterances"), number)
    return (sorted(spoken, key=lambda cue: cue.start) if several else spoken), several


def _channels(
    channels: list[object], source: Path, notes: list[str]
) -> tuple[tuple[Turn, ...], tuple[Remark, ...]]:
    """The turns of all channels in the order of time; words and paragraphs do not mix."""
    paragraphs, words = Notices("paragraph"), Notices("word")
    records: list[Turn] = []
    spoken: list[Cue] = []
    for number, item in enumerate(channels):
        best = _best(part(item, number, "channel", source))
        name = number if len(channels) > 1 else None
        if listed := _paragraphs(best):
            records.extend(_records(listed, name, source, paragraphs, notes))
        else:
            spoken.extend(_words(best, name, source, words, notes))
    if len(channels) > 1:
        spoken.sort(key=lambda cue: cue.start)
    turns = [*records, *cues.merge(spoken)]
    if len(channels) > 1:
        turns.sort(key=lambda turn: turn.start or 0.0)
    return tuple(turns), (*paragraphs.remarks(), *words.remarks())


def _best(channel: Checker) -> Fields:
    """The likeliest transcript of a channel."""
    alternatives = objects(channel.fields.get("alternatives"))
    return alternatives[0] if alternatives else {}


def _paragraphs(best: Fields) -> list[object]:
    outer = best.get("paragraphs")
    inner = outer.get("paragraphs") if isinstance(outer, dict) else None
    return inner if isinstance(inner, list) else []


def _records(
    items: list[object], channel: int | None, source: Path, notices: Notices, notes: list[str]
) -> Iterator[Turn]:
    untimed = FormatError(source, None, None, _UNTIMED)
    for number, item in enumerate(items, start=1):
        checker = part(item, number, "paragraph", source)
        start, end = span_of(checker, _TIMES, notices, number, what="Paragraphs")
        sentences = [
            Word(text, *word_times(sentence, _TIMES, notices, number))
            for sentence in objects(checker.fields.get("sentences"))
            if (text := Checker(sentence, source, f"paragraph {number}").text("text"))
        ]
        if sentences:
            record = Turn(join(sentences), _speaker(checker, channel), start=start, end=end)
            yield from record_turns(record, sentences, untimed, notes)
        else:
            notices.add(RemarkKind.DROPPED, _BLANK.format("Paragraphs"), number)


def _words(
    best: Fields, channel: int | None, source: Path, notices: Notices, notes: list[str]
) -> Iterator[Cue]:
    untimed = FormatError(source, None, None, _UNTIMED)
    items = items_of(Checker(best, source, "a channel"), "words")
    transcript = best.get("transcript")
    if not items and isinstance(transcript, str) and transcript.strip():
        raise untimed
    yield from cues_of(_each(items, channel, source, notices), untimed, notes)


def _each(items: list[object], channel: int | None, source: Path, notices: Notices) -> Iterator[Word]:
    for number, item in enumerate(items, start=1):
        checker = part(item, number, "word", source)
        start, end = word_times(checker.fields, _TIMES, notices, number)
        if text := checker.text("punctuated_word") or checker.text("word"):
            yield Word(text, start, end, _speaker(checker, channel))
        else:
            notices.add(RemarkKind.DROPPED, _BLANK.format("Words"), number)
