"""What a click on the page asks for, out of the data attributes of what was clicked.

The values come from a browser, so any of them can be missing or wrong; a wrong one counts as missing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from qa.markup import Span
from qa.page.pending import Typed
from qa.page.reader import Place, Window
from qa.types import split_turn_id


@dataclass(frozen=True, slots=True)
class Click:
    """A click on something with ``data-act``.

    Args:
        act: What to do.
        answer: The answer in the conversation it belongs to.
        transcript: The transcript meant.
        place: The turn meant.
        shown: The turns that the reader shows now.
        item: The file meant, of those that wait to be added.
        given: What the form around it holds, and other data of what was clicked.
        typed: The names, titles and dates that were changed in the report of an import.
        reader: What the reader shows, when it is open and the click was elsewhere.
    """

    act: str
    answer: int | None = None
    transcript: str | None = None
    place: Place | None = None
    shown: Window | None = None
    item: int | None = None
    given: Mapping[str, str] = field(default_factory=dict)
    typed: tuple[Typed, ...] = ()
    reader: Place | None = None


def read_click(data: Mapping[str, object]) -> Click:
    """Return what a click asks for."""
    answer = _number(data.get("answer"))
    transcript = _text(data.get("transcript"))
    place = place_of(_text(data.get("turn")) or _text(data.get("cited")), _span(data.get("mark")), answer)
    if place is None and transcript is not None:
        place = Place(transcript, answer=answer)
    first, last = _number(data.get("first")), _number(data.get("last"))
    shown = Window(first, last) if first is not None and last is not None and first <= last else None
    return Click(
        _text(data.get("act")) or "",
        answer,
        transcript,
        place,
        shown,
        _number(data.get("item")),
        {key: value for key, value in data.items() if isinstance(value, str)},
        _typed(data.get("typed")),
        _reader(data.get("reader")),
    )


def place_of(turn: str | None, mark: Span | None = None, answer: int | None = None) -> Place | None:
    """Return the place a turn id names; None when it names none."""
    if turn is None:
        return None
    try:
        transcript, position = split_turn_id(turn)
    except ValueError:
        return None
    return Place(transcript, position, mark, answer)


def _typed(value: object) -> tuple[Typed, ...]:
    return tuple(
        Typed(item, _text(one.get("who")), _text(one.get("name")) or "", _text(one.get("field")))
        for one in (value if isinstance(value, list) else [])
        if isinstance(one, dict) and (item := _number(one.get("item"))) is not None
    )


def _reader(value: object) -> Place | None:
    if not isinstance(value, dict) or (transcript := _text(value.get("transcript"))) is None:
        return None
    mark, answer = _span(value.get("mark")), _number(value.get("answer"))
    return place_of(_text(value.get("cited")), mark, answer) or Place(transcript, answer=answer)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _number(value: object) -> int | None:
    text = str(value) if isinstance(value, str | int) else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _span(value: object) -> Span | None:
    first, dash, last = (_text(value) or "").partition("-")
    start, end = _number(first), _number(last)
    return (start, end) if dash and start is not None and end is not None and start < end else None
