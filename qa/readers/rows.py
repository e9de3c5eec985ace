"""Rows of a table, or records of a list, to turns: one a row.

Numbers are seconds from the start of the recording, unless the column is in milliseconds; dates with a time
of day are wall clock, counted from midnight of the first day, and so are clock strings in rows of several
days. Numbers so large, or so far apart for the words between them, that they can hardly be seconds are
refused where nobody has said what they are. Rows without words are left out with a remark. Refuses times
that cannot be read, that end before they start, and a mixture of times with a date and times without.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date as Date
from pathlib import Path
from typing import Any

from qa.errors import FormatError, shorten
from qa.readers.columns import TIME_FIELDS, Layout
from qa.readers.dates import read_date
from qa.readers.directions import split_directions
from qa.readers.fields import Checker
from qa.readers.labels import outlet
from qa.readers.moments import Moment, read_moment
from qa.readers.spacing import tidy, tidy_lines
from qa.types import QUESTIONER, Reading, Remark, RemarkKind, TimeKind, Turn

Place = int | str  # a line, or the name of a record for the message

_MAX_PLAUSIBLE = 172_800.0  # seconds; two days
_SLOWEST_TALK = 0.01  # words a second over a whole file; people say 2 to 3, and milliseconds read as 0.003
_DAY = 86_400
_EXPECTED = "a time such as 12.5 (seconds), 0:12.5, 00:00:12.500 or 2025-04-15T10:01:02"


@dataclass(frozen=True, slots=True)
class _Said:
    """One row with words."""

    place: Place
    text: str
    speaker: str | None
    role: str | None
    notes: tuple[str, ...]
    start: Moment | None
    end: Moment | None
    duration: Moment | None
    date: str | None


@dataclass(slots=True)
class _Table:
    """What has been read so far."""

    layout: Layout
    source: Path
    said: list[_Said] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    wordless: list[Place] = field(default_factory=list)
    undated: list[Place] = field(default_factory=list)


def read_rows(
    rows: Iterable[tuple[Place, Mapping[str, Any]]], layout: Layout, name: str, source: Path
) -> Reading:
    """Read rows.

    Args:
        rows: The place of each and its values by field, as the layout names them.
        layout: The columns that they come from.
        name: Of the format.
        source: Named in errors.

    Raises:
        FormatError: If a value is not what its field needs; it names the place.
    """
    table = _Table(layout, source)
    for place, values in rows:
        _add(table, place, values)
    kind, midnight = _kind(table)
    endless: list[Place] = []
    turns = tuple(_turn(said, kind, midnight, table, endless) for said in table.said)
    days = sorted({said.date for said in table.said if said.date})
    timed = any(turn.start is not None for turn in turns)
    return Reading(
        name,
        turns,
        kind if timed else TimeKind.NONE,
        date=_day(midnight) if kind is TimeKind.CLOCK else next(iter(days), None),
        notes=tuple(table.notes),
        remarks=(*layout.remarks, *_remarks(table, kind, days, endless)),
    )


def _add(table: _Table, place: Place, values: Mapping[str, Any]) -> None:
    text, notes = _words(values.get("text"), place, table)
    name = _name("speaker", values, place, table)
    asked_by = outlet(name) if name else None
    speaker, role = (name, _name("role", values, place, table)) if asked_by is None else (None, QUESTIONER)
    notes = (*((asked_by,) if asked_by else ()), *notes, *_notes(values.get("notes"), place, table))
    if not text:
        table.notes.extend(f"{name}: {note}" if name else note for note in notes)
        if not notes:
            table.wordless.append(place)
        return
    date = _date(values.get("date"), place, table)
    start, end, duration = (_moment(f, values, place, table) for f in ("start", "end", "duration"))
    table.said.append(_Said(place, text, speaker, role, notes, start, end, duration, date))


def _words(value: Any, place: Place, table: _Table) -> tuple[str, tuple[str, ...]]:
    if value is not None and not isinstance(value, str):
        raise _wrong("text", value, "a text in quotes", place, table)
    notes: list[str] = []
    lines = []
    for line in tidy_lines(value or "").split("\n"):
        words, found = split_directions(line, trailing=False)
        lines.append(words)
        notes.extend(found)
    return "\n".join(filter(None, lines)), tuple(notes)


def _name(name: str, values: Mapping[str, Any], place: Place, table: _Table) -> str | None:
    """A name; numbers, as recognisers give to speakers, are names too."""
    value = values.get(name)
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**9:
        return str(value)
    if value is not None and not isinstance(value, str):
        raise _wrong(name, value, "a text in quotes", place, table)
    return tidy(value or "") or None


def _notes(value: Any, place: Place, table: _Table) -> tuple[str, ...]:
    several = value if isinstance(value, list) else [value]
    if not all(item is None or isinstance(item, str) for item in several):
        raise _wrong("notes", value, "a text or a list of texts", place, table)
    return tuple(filter(None, (tidy(item or "") for item in several)))


def _date(value: Any, place: Place, table: _Table) -> str | None:
    if value is None or (isinstance(value, str) and not tidy(value)):
        return None
    date = read_date(tidy(value)) if isinstance(value, str) else None
    if date is None:
        table.undated.append(place)
    return date


def _moment(name: str, values: Mapping[str, Any], place: Place, table: _Table) -> Moment | None:
    column = table.layout.columns.get(name)
    if column is None:
        return None
    try:
        moment = read_moment(values.get(name), column.per_second)
    except (ValueError, OverflowError) as error:
        raise _wrong(name, values.get(name), _EXPECTED, place, table) from error
    if moment is not None and moment.day is not None and name == "duration":
        raise _wrong(name, values.get(name), "a length of time", place, table)
    return moment


def _wrong(name: str, value: Any, expected: str, place: Place, table: _Table) -> FormatError:
    column = table.layout.columns[name].name
    return Checker({column: value}, table.source, place).wrong(column, expected)


def _give_days(table: _Table) -> None:
    """Put clock times on the days of their rows where the rows are of several days."""
    timed = [said for said in table.said if said.start is not None]
    days = {said.date for said in timed}
    if len(days) < 2 or any(day is None or len(day) < 10 for day in days):
        return
    if all(said.start and said.start.clock for said in timed):
        table.said = [_on_its_day(said) for said in table.said]


def _on_its_day(said: _Said) -> _Said:
    day = Date.fromisoformat(said.date).toordinal() if said.date else None
    start, end = (moment and replace(moment, day=day) for moment in (said.start, said.end))
    return replace(said, start=start, end=end)


def _kind(table: _Table) -> tuple[TimeKind, int]:
    """What the times count from, and the day of the first midnight."""
    _give_days(table)
    starts = [(said, said.start) for said in table.said if said.start is not None]
    if not starts:
        return TimeKind.NONE, 0
    dated = starts[0][1].day is not None
    for said, start in starts:
        if (start.day is not None) is not dated or (said.end and (said.end.day is not None) is not dated):
            remedy = "Some times have a date and others have none; write all of them in one way."
            raise Checker({}, table.source, said.place).error(remedy)
    if dated:
        return TimeKind.CLOCK, min(start.day for _, start in starts if start.day is not None)
    _check_unit(table, [start for _, start in starts])
    return TimeKind.MEDIA, 0


def _check_unit(table: _Table, starts: list[Moment]) -> None:
    """Refuse numbers that can hardly be seconds where nobody has said that they are."""
    column = table.layout.columns["start"]
    if column.per_second is not None or any(start.clock for start in starts):
        return
    latest = max(start.seconds for start in starts)
    span = latest - min(start.seconds for start in starts)
    words = sum(len(said.text.split()) for said in table.said)
    slow = len(starts) >= 3 and all(s.whole for s in starts) and words < span * _SLOWEST_TALK
    if latest <= _MAX_PLAUSIBLE and not slow:
        return
    found = f"The times in column {column.name!r} reach {latest:.0f}, which can hardly be seconds."
    ways = [f"--map {_mapping(table.layout, unit)}" for unit in ("ms", "s")]
    remedy = f"{found} For milliseconds pass {ways[0]}, for seconds {ways[1]}, or map no start at all."
    columns = {column.name: name for name, column in table.layout.columns.items()}
    raise FormatError(table.source, None, None, remedy, columns)


def _mapping(layout: Layout, unit: str) -> str:
    said = [
        f"{name}={column.name}" + (f":{unit}" if name in TIME_FIELDS else "")
        for name, column in layout.columns.items()
    ]
    return ",".join(said) if not any(" " in part for part in said) else f"'{','.join(said)}'"


def _turn(said: _Said, kind: TimeKind, midnight: int, table: _Table, endless: list[Place]) -> Turn:
    start, end = _seconds(said.start, kind, midnight), _seconds(said.end, kind, midnight)
    if end is None and start is not None and said.duration is not None:
        end = round(start + said.duration.seconds, 3)
    if start is None and end is not None:
        endless.append(said.place)
        end = None
    if start is not None and end is not None and end < start:
        remedy = (
            "The turn ends before it starts; correct one of the two times, or map the columns the right way."
        )
        raise Checker({}, table.source, said.place).error(remedy)
    return Turn(said.text, said.speaker, said.role, start, end, notes=said.notes)


def _seconds(moment: Moment | None, kind: TimeKind, midnight: int) -> float | None:
    if moment is None:
        return None
    if kind is not TimeKind.CLOCK or moment.day is None:
        return moment.seconds
    return round(moment.seconds + (moment.day - midnight) * _DAY, 3)


def _day(midnight: int) -> str:
    return Date.fromordinal(midnight).isoformat()


def _remarks(table: _Table, kind: TimeKind, days: list[str], endless: list[Place]) -> list[Remark]:
    remarks = []
    for places, message in (
        (table.wordless, "Rows without words left out: {}."),
        (table.undated, "Dates that cannot be read left out: {}."),
        (endless, "Ends without a start left out: {}."),
    ):
        if places:
            lines = tuple(place for place in places if isinstance(place, int))
            remarks.append(Remark(RemarkKind.DROPPED, message.format(len(places)), lines))
    if len(days) > 1 and kind is not TimeKind.CLOCK:
        several = f"The rows are of {len(days)} days; the first, {shorten(days[0])}, is kept as the date."
        remarks.append(Remark(RemarkKind.COLLAPSED, several))
    offsets = sorted({said.start.offset for said in table.said if said.start and said.start.offset})
    if offsets:
        kept = f"Times are kept as written, with the offset {' and '.join(offsets[:4])} from universal time."
        remarks.append(Remark(RemarkKind.ASSUMED, kept))
    return remarks
