"""Which number of "1/4/23" is the day: decided from all dates of a chat, never guessed.

An order is possible when it makes every date a day of the calendar, and none before WhatsApp existed. Of two
possible orders the one that keeps the dates from running backwards is right; failing that the user must say.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date as Date
from itertools import pairwise
from pathlib import Path

from qa.errors import FormatError
from qa.readers.options import DateOrder
from qa.times import shown_date
from qa.types import Remark, RemarkKind

_FOUNDED = 2009  # no chat is older, so "05" at the end of a date is no year
_LAST = 2100  # a later year is of another calendar
_LATE = 1  # days by which a delayed message may stand after a newer one


@dataclass(frozen=True, slots=True)
class Written:
    """A date as it stands in the chat.

    Args:
        line: Its line number.
        text: As written, in ASCII digits.
        fields: Its three numbers, in the order written.
    """

    line: int
    text: str
    fields: tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Dates:
    """The day of each message, in the order of the chat, and what was inferred about them."""

    days: list[Date]
    remarks: tuple[Remark, ...] = ()


def _year(text: str) -> int:
    return int(text) + (2000 if len(text) <= 2 else 0)


def _day_first(fields: tuple[str, str, str]) -> Date | None:
    return _date(fields[2], fields[1], fields[0])


def _month_first(fields: tuple[str, str, str]) -> Date | None:
    return _date(fields[2], fields[0], fields[1])


def _year_first(fields: tuple[str, str, str]) -> Date | None:
    return _date(fields[0], fields[1], fields[2])


def _date(year: str, month: str, day: str) -> Date | None:
    if len(month) > 2 or len(day) > 2:
        return None
    try:
        found = Date(_year(year), int(month), int(day))
    except ValueError:
        return None
    return found if _FOUNDED <= found.year <= _LAST else None


_Order = Callable[[tuple[str, str, str]], Date | None]
_ORDERS: dict[DateOrder, _Order] = {"day-first": _day_first, "month-first": _month_first}


def decide(dates: Sequence[Written], asked: DateOrder | None, source: Path) -> Dates:
    """Read all dates of a chat in one order.

    Args:
        dates: One for each message, in the order of the chat; at least one.
        asked: What the user says; it decides wherever the year does not come first.
        source: Named in errors.

    Raises:
        FormatError: If no order makes sense of every date, or two do and the user said nothing.
    """
    if all(len(date.fields[0]) == 4 for date in dates):
        return Dates(_days(dates, _year_first, source))
    if asked is not None:
        return Dates(_days(dates, _ORDERS[asked], source))
    read = {name: _try(dates, order) for name, order in _ORDERS.items()}
    possible = {name: days for name, days in read.items() if days is not None}
    if not possible:
        return Dates(_days(dates, _year_first, source))
    if len(possible) == 1:
        ((name, days),) = possible.items()
        other = _month_first if name == "day-first" else _day_first
        decisive = next(written.line for written in dates if other(written.fields) is None)
        message = f"Dates were read {name}, because one of them allows no other order."
        return Dates(days, (Remark(RemarkKind.INFERRED, message, (decisive,)),))
    if possible["day-first"] == possible["month-first"]:
        return Dates(possible["day-first"])
    forwards = {name: days for name, days in possible.items() if not _runs_backwards(days)}
    if len(forwards) != 1:
        raise _undecided(dates, source)
    ((name, days),) = forwards.items()
    message = f"Dates were read {name}, because they would run backwards in the other order."
    return Dates(days, (Remark(RemarkKind.INFERRED, message),))


def _try(dates: Iterable[Written], order: _Order) -> list[Date] | None:
    days = []
    for written in dates:
        day = order(written.fields)
        if day is None:
            return None
        days.append(day)
    return days


def _days(dates: Sequence[Written], order: _Order, source: Path) -> list[Date]:
    """Read dates in an order that must fit; name the first that does not."""
    days = []
    for written in dates:
        day = order(written.fields)
        if day is None:
            how = next((f"read {name} " for name, known in _ORDERS.items() if known is order), "")
            remedy = (
                f"As a date {how}it makes no sense, though others in the chat do. Correct it, or change"
                " --date-order; only the Gregorian calendar is read."
            )
            raise FormatError(source, written.line, written.text, remedy)
        days.append(day)
    return days


def _runs_backwards(days: Sequence[Date]) -> bool:
    return any((earlier - later).days > _LATE for earlier, later in pairwise(days))


def _undecided(dates: Sequence[Written], source: Path) -> FormatError:
    """The error that shows the first date which the two orders read differently, both ways."""
    first, one, other = next(
        (written, one, other)
        for written in dates
        if (one := _day_first(written.fields)) and (other := _month_first(written.fields)) and one != other
    )
    remedy = (
        f"This may be {shown_date(one.isoformat())} or {shown_date(other.isoformat())}, and no other date of"
        " the chat decides. Pass --date-order day-first or --date-order month-first."
    )
    return FormatError(source, first.line, first.text, remedy)
