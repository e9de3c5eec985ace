"""Whisper JSON: one object whose "segments" each hold "start", "end" (seconds), "text" and perhaps "speaker".

Accepts what openai-whisper and the OpenAI API (verbose_json, diarized_json) write, also with word times
alone, and "title" and "date" beside the segments. Labels such as SPEAKER_00 are kept as names. Blank segments
are dropped; three or more identical neighbours are one, because the model repeats itself over silence.
Segments that the model itself holds for doubtful are kept and named. Refuses missing and ill-typed fields,
and other JSON.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from qa.errors import FormatError
from qa.readers import cues
from qa.readers.cues import Cue
from qa.readers.fields import Checker
from qa.readers.loops import Loops
from qa.readers.recogniser import (
    Notices,
    first_object,
    items_of,
    out_of_order,
    part,
    span_of,
    speaker_of,
    speech,
    word_times,
)
from qa.readers.spacing import distinct, tidy
from qa.readers.words import Word, aligned, cues_of
from qa.types import Reading, RemarkKind, TimeKind

FORMAT = "whisper"

# The first two are where openai-whisper itself decodes again (transcribe.py). It drops silent segments only
# below a log probability of -1, which lets most invented sentences through, so ours is higher.
MAX_COMPRESSION = 2.4
MAX_NO_SPEECH = 0.6
MIN_LOG_PROBABILITY = -0.5

BLANK = "Segments without words left out"
_REPETITIVE = f"Segments that may be repetitions (compression ratio above {MAX_COMPRESSION}), kept"
_SILENT = f"Segments that may be silence (probability of no speech above {MAX_NO_SPEECH}), kept"
_PLACES = ("start", "end")


def recognises(value: Any) -> str | None:
    """Say why a value is in this format: it is an object with a list of segments, or of timed words."""
    if not isinstance(value, dict):
        return None
    if isinstance(value.get("segments"), list):
        first = first_object(value["segments"])
        known = "text" in first or "start" in first or not value["segments"]
        return "the JSON has a list named 'segments'" if known else None
    word = first_object(value.get("words"))
    timed = "word" in word and "start" in word and isinstance(value.get("text"), str)
    return "the JSON has a text and a list of 'words' with times" if timed else None


def parse(value: Any, source: Path) -> Reading:
    """Read the value of a Whisper JSON file.

    Args:
        value: As ``recognises`` accepts it.
        source: Named in errors, never opened.

    Raises:
        FormatError: If it is not such an object; a bad segment is named by its number, counted from 1.
    """
    notes: list[str] = []
    notices, loops = Notices("segment"), Loops("segment")
    whole = Checker(value, source, "the file")
    segments, words = items_of(whole, "segments"), items_of(whole, "words")
    if segments or not words:
        spoken = loops.collapse(_cues(segments, source, notices, notes))
    else:
        notices = Notices("word")
        untimed = FormatError(source, None, None, "No word has a time. Export the file again, with times.")
        spoken = cues_of(_words(words, value.get("text"), source, notices), untimed, notes)
    turns = cues.merge(spoken)
    return Reading(
        FORMAT,
        turns,
        TimeKind.MEDIA if turns else TimeKind.NONE,
        title=whole.text("title"),
        date=whole.date(),
        notes=distinct(notes),
        remarks=(*loops.remarks(), *notices.remarks(), *out_of_order(turns)),
    )


def segment(item: object, number: int, source: Path, notices: Notices) -> tuple[Checker, Cue | None]:
    """Read one segment of Whisper or WhisperX.

    Args:
        item: From the list of segments.
        number: Its number, counted from 1.
        source: Named in errors.
        notices: Told of what is odd about it.

    Returns:
        The object, and the segment as one cue with the stage directions still in it; None when it is blank.

    Raises:
        FormatError: If a field is missing or ill-typed.
    """
    checker = part(item, number, "segment", source)
    start, end = span_of(checker, _PLACES, notices, number)
    if not isinstance(checker.fields.get("text"), str):
        raise checker.wrong("text", "a text in quotes")
    text = checker.text("text")
    if text is None:
        notices.add(RemarkKind.DROPPED, BLANK, number)
        return checker, None
    _doubt(checker, number, notices)
    return checker, Cue(text, start, end, speaker_of(checker))


def without_directions(cue: Cue, notes: list[str]) -> Cue | None:
    """Move stage directions out of the words; None when there are no words, and then into ``notes``."""
    text, found = speech(cue.text)
    if not text:
        notes.extend(found)
        return None
    return Cue(text, cue.start, cue.end, cue.speaker, opens=cue.opens, notes=found) if found else cue


def _cues(
    segments: list[object], source: Path, notices: Notices, notes: list[str]
) -> Iterator[tuple[int, Cue]]:
    for number, item in enumerate(segments, start=1):
        _, whole = segment(item, number, source, notices)
        cue = None if whole is None else without_directions(whole, notes)
        if cue is not None:
            yield number, cue


def _doubt(checker: Checker, number: int, notices: Notices) -> None:
    """Note what the model's own numbers say against a segment; numbers of the wrong type say nothing."""
    compression, silence, likely = (
        value if isinstance(value, int | float) else None
        for value in map(checker.fields.get, ("compression_ratio", "no_speech_prob", "avg_logprob"))
    )
    if compression is not None and compression > MAX_COMPRESSION:
        notices.add(RemarkKind.ASSUMED, _REPETITIVE, number)
    if silence is not None and silence > MAX_NO_SPEECH and (likely is None or likely < MIN_LOG_PROBABILITY):
        notices.add(RemarkKind.ASSUMED, _SILENT, number)


def _words(words: list[object], text: object, source: Path, notices: Notices) -> Iterator[Word]:
    """The words of a file without segments; they are bare, the punctuation stands in its text."""
    bare: list[Word] = []
    for number, item in enumerate(words, start=1):
        checker = part(item, number, "word", source)
        start, end = word_times(checker.fields, _PLACES, notices, number)
        if word_text := checker.text("word"):
            bare.append(Word(word_text, start, end, speaker_of(checker)))
    pieces = aligned(tidy(text), (word.text for word in bare)) if isinstance(text, str) else None
    if pieces is None:
        yield from bare
        return
    for word, (piece, glued) in zip(bare, pieces, strict=True):
        yield word._replace(text=piece, glued=glued)
