"""WhisperX JSON: Whisper's segments, with words that have been aligned and given to speakers.

The speaker of a segment is that of most of its time, so a segment in which two people speak is cut where the
speaker of its words changes. Words that could not be aligned, such as numerals, have neither times nor a
speaker and go with the word before them. A segment in which nobody was recognised has no speaker. Blank
segments and loops are treated as in ``whisper``. Refuses missing and ill-typed fields.
"""

from collections.abc import Iterator
from itertools import groupby, islice
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
    objects,
    out_of_order,
    part,
    speaker_of,
    word_times,
)
from qa.readers.spacing import distinct
from qa.readers.whisper import segment, without_directions
from qa.readers.words import Word, aligned, cues_of, join
from qa.types import Reading, RemarkKind, TimeKind

FORMAT = "whisperx"

_LOOKED_AT = 200  # segments and words searched for what tells WhisperX from Whisper
_MARKS = frozenset({"score", "speaker"})
_OTHER_WORDS = "Segments whose words are not those of their text, read from the words"
_GIVEN = "Segments with words without a speaker, given to a speaker beside them"


def recognises(value: Any) -> str | None:
    """Say why a value is in this format: its words have a score or a speaker of their own."""
    if not isinstance(value, dict) or not isinstance(value.get("segments"), list):
        return None
    segments = value["segments"][:_LOOKED_AT]
    if not segments and "start" in first_object(value.get("word_segments")):
        return "the JSON has a list named 'word_segments'"
    if "text" not in first_object(segments):
        return None
    if isinstance(value.get("word_segments"), list):
        return "the JSON has lists named 'segments' and 'word_segments'"
    words = (word for item in objects(segments) for word in objects(item.get("words")))
    marked = any(_MARKS & word.keys() for word in islice(words, _LOOKED_AT))
    return "the segments have words with a score or a speaker" if marked else None


def parse(value: Any, source: Path) -> Reading:
    """Read the value of a WhisperX file.

    Args:
        value: As ``recognises`` accepts it.
        source: Named in errors, never opened.

    Raises:
        FormatError: If a segment is not as it should be; it is named by its number, counted from 1.
    """
    notes: list[str] = []
    notices, loops = Notices("segment"), Loops("segment")
    if value["segments"]:
        turns = cues.merge(loops.collapse(_cues(value["segments"], source, notices, notes)))
    else:
        notices = Notices("word")
        untimed = FormatError(source, None, None, "No word has a time. Align the transcript again.")
        words = _words(value["word_segments"], "word", source, notices)
        turns = cues.merge(cues_of(words, untimed, notes))
    return Reading(
        FORMAT,
        turns,
        TimeKind.MEDIA if turns else TimeKind.NONE,
        notes=distinct(notes),
        remarks=(*loops.remarks(), *notices.remarks(), *out_of_order(turns)),
    )


def _cues(
    segments: list[object], source: Path, notices: Notices, notes: list[str]
) -> Iterator[tuple[int, Cue]]:
    for number, item in enumerate(segments, start=1):
        checker, whole = segment(item, number, source, notices)
        if whole is None:
            continue
        for voice in _voices(checker, whole, number, source, notices):
            cue = without_directions(voice, notes)
            if cue is not None:
                yield number, cue


def _voices(checker: Checker, whole: Cue, number: int, source: Path, notices: Notices) -> list[Cue]:
    """The segment as one cue for each stretch in which one person speaks."""
    items = items_of(checker, "words")
    place = f"segment {number}"
    speakers = {speaker_of(Checker(item, source, place)) for item in objects(items)} - {None}
    if not speakers:
        return [whole]
    if len(speakers) == 1:
        return [Cue(whole.text, whole.start, whole.end, speakers.pop())]
    words = list(_words(items, f"segment {number}: word", source, notices, number))
    if not words:
        return [whole]
    filled = _with_speakers(words, whole.speaker)
    if filled != words:
        notices.add(RemarkKind.INFERRED, _GIVEN, number)
    pieces = aligned(whole.text, (word.text for word in filled))
    if pieces is None:
        notices.add(RemarkKind.ASSUMED, _OTHER_WORDS, number)
    else:
        filled = [
            word._replace(text=text, glued=glued) for word, (text, glued) in zip(filled, pieces, strict=True)
        ]
    runs = [list(run) for _, run in groupby(filled, key=lambda word: word.speaker)]
    return _timed(runs, whole)


def _words(
    items: list[object], noun: str, source: Path, notices: Notices, segment_number: int | None = None
) -> Iterator[Word]:
    for number, item in enumerate(items, start=1):
        checker = part(item, number, noun, source)
        start, end = word_times(checker.fields, ("start", "end"), notices, segment_number or number)
        if text := checker.text("word" if "word" in checker.fields else "text"):
            yield Word(text, start, end, speaker_of(checker))


def _with_speakers(words: list[Word], fallback: str | None) -> list[Word]:
    """Give words without a speaker to the one before them, those at the beginning to the one after them."""
    speaker = next((word.speaker for word in words if word.speaker), fallback)
    filled: list[Word] = []
    for word in words:
        speaker = word.speaker or speaker
        filled.append(word._replace(speaker=speaker))
    return filled


def _timed(runs: list[list[Word]], whole: Cue) -> list[Cue]:
    """Place each stretch by its timed words, within the segment; one without lies between its neighbours."""
    afters = [whole.end]
    for run in reversed(runs[1:]):
        afters.append(next((word.start for word in run if word.start is not None), afters[-1]))
    voices: list[Cue] = []
    clock = whole.start
    for run, after in zip(runs, reversed(afters), strict=True):
        starts = [word.start for word in run if word.start is not None]
        ends = [word.end for word in run if word.end is not None]
        start = min(max(starts[0] if starts else clock, whole.start), whole.end)
        end = min(max(start, *starts, *ends, start if starts else after), whole.end)
        voices.append(Cue(join(run), start, end, run[0].speaker))
        clock = end
    return voices
