r"""Our own lines format: one JSON object a line, one turn an object.

A turn::

    {"text": "Good morning.", "speaker": "Ana Lopez", "role": "Chair", "start": 3.2, "end": 7.5, "notes": []}

``text`` is required. ``speaker``, ``role``, ``start`` and ``end`` (seconds, at least 0), ``inferred`` (true
when the speaker was worked out rather than written down) and ``notes`` (a list of texts) are optional. A
line break inside ``text`` is written ``\n`` and separates paragraphs.

The first object may hold no ``text`` and describe the transcript instead::

    {"title": "Budget meeting", "date": "2026-03-12", "time_kind": "media", "notes": ["Recorded in room 4"]}

``time_kind`` is "media" (from the start of the recording), "clock" (from midnight) or "none"; without it,
times count from the start of the recording. Keys not named here are ignored with a warning. Refuses wrong
types, reversed and negative times, broken JSON.
"""

import json
from collections.abc import Iterable
from pathlib import Path

from qa.errors import FormatError
from qa.readers.columns import guess
from qa.readers.fields import Checker, Fields, load
from qa.readers.spacing import tidy_lines
from qa.types import Reading, Remark, RemarkKind, TimeKind, Turn

FORMAT = "jsonl"

_TURN_KEYS = frozenset({"text", "speaker", "role", "start", "end", "inferred", "notes"})
_HEAD_KEYS = frozenset({"title", "date", "time_kind", "notes"})
_ELSEWHERE = frozenset({"segments", "utterances", "words"})  # beside "text" in what recognisers write
_EXAMPLE = 'Write one object a line, as in {"speaker": "Ana", "text": "hello"}.'


def recognises(head: str) -> str | None:
    """Say why a text is in this format: objects, each on its own line, with our keys."""
    lines = [line.strip() for line in head.split("\n", 200) if line.strip()][:2]
    if not lines or not lines[0].startswith("{"):
        return None
    why = "each line is a JSON object with our keys"
    several = len(lines) == 2 and lines[1].startswith("{")
    objects = [_keys(line) for line in lines]
    first = objects[0]
    if first is None:
        return why if several and lines[1].startswith('{"') else None
    if "text" not in first:
        return why if _HEAD_KEYS & first.keys() and several and _is_ours(objects[1] or {}) else None
    return why if _is_ours(first) and (several or not _ELSEWHERE & first.keys()) else None


def _keys(line: str) -> Fields | None:
    """The object on a line; None when it is none."""
    try:
        value = load(line)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _is_ours(turn: Fields) -> bool:
    """Whether an object is a turn in our keys, not one that names its speaker or its times otherwise."""
    guessed = guess(list(turn))
    elsewhere = any(column.name not in _TURN_KEYS for column in guessed.values())
    ours = "text" in turn or turn.keys() <= _TURN_KEYS
    return ours and not elsewhere and not isinstance(turn.get("start"), str)


def parse(text: str, source: Path) -> Reading:
    """Read the text of a JSON lines file.

    Args:
        text: The whole file; lines end in a line feed.
        source: Named in errors, never opened.

    Raises:
        FormatError: If a line is not an object of the form above; it names the line.
    """
    title = date = kind = None
    notes: tuple[str, ...] = ()
    turns: list[Turn] = []
    unknown: dict[str, None] = {}
    numbered = ((number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip())
    for position, (number, line) in enumerate(numbered):
        checker = _object(line, number, source)
        if position == 0 and "text" not in checker.fields and not _HEAD_KEYS.isdisjoint(checker.fields):
            title, date, kind, notes = (
                checker.text("title"),
                checker.date(),
                _kind(checker),
                checker.texts("notes"),
            )
            known = _HEAD_KEYS
        else:
            turns.append(_turn(checker))
            known = _TURN_KEYS
        unknown.update(dict.fromkeys(key for key in checker.fields if key not in known))
    if kind is TimeKind.NONE and any(turn.start is not None for turn in turns):
        raise FormatError(source, None, None, '\'time_kind\' is "none" but turns have times; write "media".')
    timed = any(turn.start is not None for turn in turns)
    return Reading(
        FORMAT,
        tuple(turns),
        (kind or TimeKind.MEDIA) if timed else TimeKind.NONE,
        title=title,
        date=date,
        notes=notes,
        remarks=(_ignored(unknown),) if unknown else (),
    )


def write(reading: Reading) -> str:
    """Write a reading in this format; ``parse`` gives it back, except for its format name and warnings."""
    head: Fields = {
        "title": reading.title,
        "date": reading.date,
        "time_kind": reading.time_kind,
        "notes": reading.notes,
    }
    objects = [head]
    for turn in reading.turns:
        values: Fields = {
            "speaker": turn.speaker,
            "role": turn.role,
            "start": turn.start,
            "end": turn.end,
            "inferred": turn.inferred or None,
            "notes": turn.notes or None,
        }
        objects.append(
            {"text": turn.text} | {key: value for key, value in values.items() if value is not None}
        )
    return "".join(json.dumps(item, ensure_ascii=False) + "\n" for item in objects)


def _ignored(keys: Iterable[str]) -> Remark:
    return Remark(RemarkKind.DROPPED, f"Keys not known to this format ignored: {', '.join(keys)}.")


def _object(line: str, number: int, source: Path) -> Checker:
    try:
        value = load(line)
    except ValueError as error:
        cut = "" if line.rstrip().endswith("}") else "; it may have been cut short"
        raise FormatError(source, number, line, f"The line is not JSON{cut}. {_EXAMPLE}") from error
    if not isinstance(value, dict):
        raise FormatError(source, number, line, f"The line is not an object. {_EXAMPLE}")
    return Checker(value, source, number)


def _kind(checker: Checker) -> TimeKind | None:
    value = checker.text("time_kind")
    try:
        return None if value is None else TimeKind(value)
    except ValueError as error:
        raise checker.wrong("time_kind", '"media", "clock" or "none"') from error


def _turn(checker: Checker) -> Turn:
    value = checker.fields.get("text")
    text = tidy_lines(value) if isinstance(value, str) else ""
    if not text:
        raise checker.wrong("text", "the words of the turn")
    start, end = checker.span()
    return Turn(
        text=text,
        speaker=checker.text("speaker"),
        role=checker.text("role"),
        start=start,
        end=end,
        inferred=checker.flag("inferred"),
        notes=checker.texts("notes"),
    )
