"""Timed phrases of four more recognisers, brought into the shape of Whisper's segments and read as those.

- pipelines of Hugging Face and insanely-fast-whisper: ``{"chunks": [{"timestamp": [0.0, 3.2], "text": …}]}``,
  or the same under ``speakers``, with a ``speaker`` each; an end that is null is the next start;
- Amazon Transcribe Call Analytics: ``{"Transcript": [{"BeginOffsetMillis": 1050, "ParticipantRole": …}]}``;
- Azure batch transcription: ``{"recognizedPhrases": [{"offsetInTicks": 5e6, "nBest": [{"display": …}]}]}``;
- Google Speech-to-Text: ``{"results": [{"alternatives": [{"words": [{"startTime": "0.5s", …}]}]}]}``, whose
  last result repeats all words with their speakers when it was asked who speaks.

Only the likeliest alternative counts. Refuses phrases without times, and times that are no numbers.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Any

from qa.errors import FormatError
from qa.readers import whisper
from qa.readers.fields import Fields
from qa.readers.recogniser import first_object, objects
from qa.types import Reading

FORMAT = "phrases"

_TICKS = 10_000_000  # in a second
_SECONDS = re.compile(r"\d{1,9}(?:\.\d{1,9})?s")
_UNTIMED = "The words have no times. Ask the recogniser for the times of words, and add what it returns then."


def recognises(value: Any) -> str | None:
    """Say why a value is in one of these shapes."""
    if not isinstance(value, dict):
        return None
    for key, reads in _SHAPES.items():
        if isinstance(value.get(key), list) and reads.fits(first_object(value[key])):
            return f"the JSON has '{key}', as {reads.who} writes them"
    return None


def parse(value: Any, source: Path) -> Reading:
    """Read the value of a JSON file.

    Args:
        value: As ``recognises`` accepts it.
        source: Named in errors, never opened.

    Raises:
        FormatError: If a phrase lacks a time or its words.
    """
    key = next(key for key, reads in _SHAPES.items() if reads.fits(first_object(value.get(key))))
    segments = list(_SHAPES[key].segments(objects(value[key])))
    if not segments:
        raise FormatError(source, None, None, _UNTIMED)
    title = value.get("JobName")
    whole = {"segments": segments, "title": title if isinstance(title, str) else None}
    return replace(whisper.parse(whole, source), format=FORMAT)


class _Shape:
    """How one recogniser writes its phrases, and whether an object is one of them."""

    def __init__(
        self, who: str, fits: Callable[[Fields], bool], segments: Callable[[list[Fields]], Iterator[Fields]]
    ) -> None:
        self.who = who
        self.fits = fits
        self.segments = segments


def _chunks(items: list[Fields]) -> Iterator[Fields]:
    """Phrases of a pipeline; a null end is the start of the next, or the start itself."""
    spans = [stamp if isinstance(stamp := item.get("timestamp"), list) else [] for item in items]
    starts = [span[0] if span else None for span in spans]
    for item, span, start, following in zip(items, spans, starts, [*starts[1:], None], strict=True):
        end = span[1] if len(span) > 1 else None
        last = start if following is None else following
        yield _segment(item.get("text"), start, last if end is None else end, item.get("speaker"))


def _calls(items: list[Fields]) -> Iterator[Fields]:
    for item in items:
        start, end = item.get("BeginOffsetMillis"), item.get("EndOffsetMillis")
        yield _segment(
            item.get("Content"), _parted(start, 1000), _parted(end, 1000), item.get("ParticipantRole")
        )


def _azure(items: list[Fields]) -> Iterator[Fields]:
    """Phrases of Azure; channels take turns, so they are put in the order of their times."""
    found = []
    for item in items:
        start, length = (
            _parted(item.get("offsetInTicks"), _TICKS),
            _parted(item.get("durationInTicks"), _TICKS),
        )
        end = start + length if isinstance(start, float) and isinstance(length, float) else start
        speaker = item.get("speaker")
        name = f"Speaker {speaker}" if isinstance(speaker, int) else None
        found.append(_segment(first_object(item.get("nBest")).get("display"), start, end, name))
    yield from sorted(found, key=lambda one: one["start"] if isinstance(one["start"], float) else 0.0)


def _google(items: list[Fields]) -> Iterator[Fields]:
    """Runs of words of one speaker in one result."""
    results = [objects(first_object(item.get("alternatives")).get("words") or []) for item in items]
    if results and any(word.get("speakerTag") or word.get("speakerLabel") for word in results[-1]):
        results = results[-1:]  # it repeats the others, with who says what
    for words in results:
        for speaker, run in groupby(words, key=_google_speaker):
            said = list(run)
            text = " ".join(str(word.get("word") or "") for word in said)
            start = said[0].get("startTime", said[0].get("startOffset"))
            end = said[-1].get("endTime", said[-1].get("endOffset"))
            yield _segment(text, _google_time(start), _google_time(end), speaker)


def _google_speaker(word: Fields) -> str | None:
    tag = word.get("speakerTag") or word.get("speakerLabel")
    return f"Speaker {tag}" if isinstance(tag, int | str) and tag else None


def _google_time(stamp: object) -> object:
    """Seconds written "0.500s"; one that is missing is the beginning, which Google leaves out."""
    if stamp is None:
        return 0.0
    return float(stamp[:-1]) if isinstance(stamp, str) and _SECONDS.fullmatch(stamp) else stamp


def _parted(value: object, unit: int) -> object:
    """A number, or one in quotes, in seconds; anything else as it is, to be refused by name."""
    if isinstance(value, str) and re.fullmatch(r"\d{1,15}", value):
        value = int(value)
    return value / unit if isinstance(value, int | float) and not isinstance(value, bool) else value


def _segment(text: object, start: object, end: object, speaker: object) -> Fields:
    return {"text": text, "start": start, "end": end, "speaker": speaker}


def _is_google(item: Fields) -> bool:
    return "words" in first_object(item.get("alternatives"))


_SHAPES = {
    "speakers": _Shape("insanely-fast-whisper", lambda item: "timestamp" in item and "text" in item, _chunks),
    "chunks": _Shape(
        "a pipeline of Hugging Face", lambda item: isinstance(item.get("timestamp"), list), _chunks
    ),
    "Transcript": _Shape("Amazon Call Analytics", lambda item: "BeginOffsetMillis" in item, _calls),
    "recognizedPhrases": _Shape("Azure", lambda item: "nBest" in item and "offsetInTicks" in item, _azure),
    "results": _Shape("Google Speech-to-Text", _is_google, _google),
}
