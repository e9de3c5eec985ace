"""Rev.ai JSON: "monologues", each with a speaker and elements; times in seconds.

The elements of a monologue, joined as they are, are its text: punctuation elements hold the spaces. Elements
of type "unknown", and sounds such as <laugh>, are notes. A monologue is one turn; one of more than 90 s is
cut by its words. A monologue whose words have no time has none; a file without any time is refused.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from qa.errors import FormatError
from qa.readers.fields import Checker
from qa.readers.recogniser import Notices, first_object, out_of_order, part, speaker_of, word_times
from qa.readers.spacing import distinct, tidy
from qa.readers.words import Word, join, record_turns
from qa.types import Reading, RemarkKind, TimeKind, Turn

FORMAT = "revai"

_TIMES = ("ts", "end_ts")
_SOUND = re.compile(r"\s*<[A-Za-z][A-Za-z _-]{0,30}>\s*")
_UNTIMED = "No word has a time ('ts'). Download the transcript from Rev.ai again, as JSON."
_BLANK = "Monologues without words left out"


def recognises(value: Any) -> str | None:
    """Say why a value is in this format: it lists monologues with elements."""
    if not isinstance(value, dict) or not isinstance(value.get("monologues"), list):
        return None
    known = not value["monologues"] or "elements" in first_object(value["monologues"])
    return "the JSON has a list named 'monologues'" if known else None


def parse(value: Any, source: Path) -> Reading:
    """Read the value of a Rev.ai file.

    Args:
        value: As ``recognises`` accepts it.
        source: Named in errors, never opened.

    Raises:
        FormatError: If a monologue or an element is ill-typed, or no word has a time.
    """
    notices = Notices("monologue")
    notes: list[str] = []
    turns: list[Turn] = []
    untimed = FormatError(source, None, None, _UNTIMED)
    for number, item in enumerate(value["monologues"], start=1):
        checker = part(item, number, "monologue", source)
        turns.extend(_turns(checker, number, source, notices, untimed, notes))
    if turns and all(turn.start is None for turn in turns):
        raise untimed
    return Reading(
        FORMAT,
        tuple(turns),
        TimeKind.MEDIA if turns else TimeKind.NONE,
        notes=distinct(notes),
        remarks=(*notices.remarks(), *out_of_order(turns)),
    )


def _turns(
    checker: Checker, number: int, source: Path, notices: Notices, untimed: FormatError, notes: list[str]
) -> Iterator[Turn]:
    """The turns of one monologue: one, none when it is blank, or several when it is long."""
    sounds: list[str] = []
    words = list(_words(checker, number, source, notices, sounds))
    if not words:
        notes.extend(sounds)
        if not sounds:
            notices.add(RemarkKind.DROPPED, _BLANK, number)
        return
    starts = [word.start for word in words if word.start is not None]
    ends = [word.end for word in words if word.end is not None]
    start = starts[0] if starts else None
    end = max([*starts, *ends]) if starts and ends else None
    if start is None:
        notices.add(RemarkKind.ASSUMED, "Monologues whose words have no times, kept without any", number)
    record = Turn(join(words), _speaker(checker, source, number), start=start, end=end)
    turns = list(record_turns(record, words, untimed, notes))
    if turns and sounds:
        first = turns[0]
        turns[0] = Turn(
            first.text, first.speaker, None, first.start, first.end, notes=(*first.notes, *sounds)
        )
    yield from turns


def _speaker(checker: Checker, source: Path, number: int) -> str | None:
    info = checker.fields.get("speaker_info")
    named = Checker(info if isinstance(info, dict) else {}, source, f"monologue {number}")
    return speaker_of(named, "display_name") or speaker_of(checker)


def _words(
    checker: Checker, number: int, source: Path, notices: Notices, sounds: list[str]
) -> Iterator[Word]:
    elements = checker.fields.get("elements")
    if not isinstance(elements, list):
        raise checker.wrong("elements", "a list")
    spaced = True  # whether a space, or the beginning, stands before the next element
    for position, item in enumerate(elements, start=1):
        element = part(item, position, f"monologue {number}: element", source)
        value = element.fields.get("value")
        if value is not None and not isinstance(value, str):
            raise element.wrong("value", "a text in quotes")
        raw = value or ""
        text = tidy(raw)
        if text and (element.fields.get("type") == "unknown" or _SOUND.fullmatch(raw)):
            notices.add(RemarkKind.DROPPED, "Sounds and unknown words, kept as notes", number)
            sounds.append(text)
            spaced = True
        elif text:
            start, end = word_times(element.fields, _TIMES, notices, number)
            yield Word(text, start, end, glued=not spaced and not raw[0].isspace())
            spaced = raw[-1].isspace()
        elif raw:
            spaced = True
