"""AssemblyAI JSON: "utterances", or "words", or "text" alone; times in milliseconds.

An utterance is one turn; one of more than 90 s is cut by its words. Without utterances, which need speaker
labels, the words are read; a file whose words were left out has its text alone and no times, which the
remarks say. Refuses a transcription that failed or is not finished, and utterances without times.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from qa.errors import FormatError, shorten
from qa.readers import cues
from qa.readers.fields import Checker
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
from qa.readers.words import Word, cues_of, record_turns
from qa.types import Reading, Remark, RemarkKind, TimeKind, Turn

FORMAT = "assemblyai"

_PER_SECOND = 1000
_TIMES = ("start", "end")
_OWN_KEYS = frozenset({"audio_url", "acoustic_model", "speech_model", "language_model", "audio_duration"})
_MARKS = frozenset({"confidence", "words"})  # in an utterance or a word; records of one's own have neither
_UNTIMED = "No word has a time. Download the transcript again, with its words."
_TEXT_ALONE = Remark(
    RemarkKind.ASSUMED, "The file holds its text without words, so nothing has a time or a speaker."
)
_UNFINISHED = "The transcription is not finished (status {!r}). Download it again when it is."


def recognises(value: Any) -> str | None:
    """Say why a value is in this format: utterances or words with text and times, or its own fields."""
    if not isinstance(value, dict):
        return None
    own = _OWN_KEYS & value.keys()
    for key in ("utterances", "words"):
        first = first_object(value.get(key))
        marked = own or _MARKS & first.keys()
        if marked and "text" in first and all(isinstance(first.get(name), int) for name in _TIMES):
            return f"the JSON has '{key}' with a text and times in whole milliseconds"
    known = len(own) >= 2 and "text" in value and "status" in value
    return "the JSON has the fields of an AssemblyAI transcript" if known else None


def parse(value: Any, source: Path) -> Reading:
    """Read the value of an AssemblyAI file.

    Args:
        value: As ``recognises`` accepts it.
        source: Named in errors, never opened.

    Raises:
        FormatError: If the transcription failed, or a part has no usable times; it is named by its number.
    """
    whole = Checker(value, source, "the file")
    _check_status(value, source)
    utterances, words = (items_of(whole, key) for key in ("utterances", "words"))
    notes: list[str] = []
    untimed = FormatError(source, None, None, _UNTIMED)
    text_alone: tuple[Remark, ...] = ()
    notices = Notices("utterance" if utterances else "word")
    if utterances:
        turns = tuple(_utterances(utterances, source, notices, untimed, notes))
    elif words:
        turns = cues.merge(cues_of(_words(words, "word", source, notices), untimed, notes))
    else:
        turns = _text_alone(whole.text("text") or "", notes)
        text_alone = (_TEXT_ALONE,) if turns else ()
    timed = bool(turns) and not text_alone
    return Reading(
        FORMAT,
        turns,
        TimeKind.MEDIA if timed else TimeKind.NONE,
        notes=distinct(notes),
        remarks=(*text_alone, *notices.remarks(), *out_of_order(turns)),
    )


def _check_status(value: Any, source: Path) -> None:
    status, error = value.get("status"), value.get("error")
    if status == "error":
        reason = f" ({shorten(error)})" if isinstance(error, str) and error.strip() else ""
        remedy = f"AssemblyAI could not transcribe the recording{reason}. Transcribe it again."
        raise FormatError(source, None, None, remedy)
    if status in ("queued", "processing") and not value.get("text"):
        raise FormatError(source, None, None, _UNFINISHED.format(status))


def _utterances(
    items: list[object], source: Path, notices: Notices, untimed: FormatError, notes: list[str]
) -> Iterator[Turn]:
    for number, item in enumerate(items, start=1):
        checker = part(item, number, "utterance", source)
        start, end = span_of(checker, _TIMES, notices, number, per_second=_PER_SECOND, what="Utterances")
        text = checker.text("text")
        if text is None:
            notices.add(RemarkKind.DROPPED, "Utterances without words left out", number)
            continue
        record = Turn(text, speaker_of(checker), start=start, end=end)
        words = _words(items_of(checker, "words"), f"utterance {number}: word", source, notices, number)
        yield from record_turns(record, words, untimed, notes)


def _words(
    items: list[object], noun: str, source: Path, notices: Notices, record: int | None = None
) -> Iterator[Word]:
    """The words of the file, or of one utterance, which then stands for them in what is noted."""
    for number, item in enumerate(items, start=1):
        checker = part(item, number, noun, source)
        start, end = word_times(checker.fields, _TIMES, notices, record or number, per_second=_PER_SECOND)
        if text := checker.text("text"):
            yield Word(text, start, end, speaker_of(checker))


def _text_alone(text: str, notes: list[str]) -> tuple[Turn, ...]:
    words, found = speech(tidy(text))
    if not words:
        notes.extend(found)
        return ()
    return (Turn(words, notes=found),)
