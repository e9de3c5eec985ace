"""Times as tables write them: numbers, clock strings, dates with a time of day.

Reads 12.5 and "12,5" (seconds, or milliseconds where the column says so), "1:02:03.500", "02:03" (minutes and
seconds), "2025-04-15T10:01:02+02:00". Refuses the rest: negative numbers, 12-hour clocks, days written in the
order of some country.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

MAX_SECONDS = 1e9  # thirty years; a larger time is in another unit

_NUMBER = re.compile(r"(\d{1,15}(?:[.,]\d{1,18})?(?:[eE][+-]?\d{1,2})?)\s?(ms|s)?")
_CLOCK = re.compile(r"(?:(\d{1,5}):)?(\d{1,4}):(\d{2})(?:[.,](\d{1,9}))?")
_DATED = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:?\d{2}.{0,24}")


@dataclass(frozen=True, slots=True)
class Moment:
    """A time as one cell gives it.

    Args:
        seconds: Since the start of the recording; since midnight when the day is known.
        day: Days since the first of January of year 1; None when the cell names no day.
        clock: Whether it was written with colons.
        whole: Whether it was written as a whole number without a unit.
        offset: What the cell adds to the local time, such as "+02:00"; empty when nothing.
    """

    seconds: float
    day: int | None = None
    clock: bool = False
    whole: bool = False
    offset: str = ""


def read_moment(value: Any, per_second: int | None) -> Moment | None:
    """Read a cell.

    Args:
        value: A number or a text; a text that is blank counts as no time.
        per_second: Units in a second; None when the column says nothing, which means seconds.

    Returns:
        None when the cell is empty.

    Raises:
        ValueError: If it is no time.
    """
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if isinstance(value, str):
        return _read_text(value.strip(), per_second)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("not a time")
    return _number(value, per_second or 1, whole=per_second is None and isinstance(value, int))


def _read_text(text: str, per_second: int | None) -> Moment:
    if number := _NUMBER.fullmatch(text):
        unit = {"ms": 1000, "s": 1}.get(number.group(2), per_second)
        whole = unit is None and number.group(1).isdigit()
        return _number(float(number.group(1).replace(",", ".")), unit or 1, whole=whole)
    if clock := _CLOCK.fullmatch(text):
        hours, minutes, seconds, fraction = clock.groups()
        if int(seconds) > 59 or (hours is not None and int(minutes) > 59):
            raise ValueError("minutes or seconds beyond 59")
        total = int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds) + float(f"0.{fraction or 0}")
        return Moment(round(total, 3), clock=True)
    if _DATED.fullmatch(text):
        written = datetime.fromisoformat(text)
        midnight = written.replace(hour=0, minute=0, second=0, microsecond=0)
        offset = f"{written:%z}"
        shown = f"{offset[:3]}:{offset[3:5]}" if offset else ""
        return Moment(round((written - midnight).total_seconds(), 3), written.toordinal(), offset=shown)
    raise ValueError("not a time")


def _number(value: float, per_second: int, *, whole: bool) -> Moment:
    if not 0 <= value <= MAX_SECONDS * per_second:  # false for what is not a number, too
        raise ValueError("not a number of seconds, at least 0")
    return Moment(round(value / per_second, 3), whole=whole)
