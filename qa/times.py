"""How times and dates are written for people."""

from datetime import date as Date
from datetime import timedelta

from qa.types import TimeKind

_MONTHS = "January February March April May June July August September October November December".split()
_DAY = 86_400  # seconds
_FULL_DATE = 10  # characters of "2025-04-15"


def shown_time(
    seconds: float | None, kind: TimeKind, date: str | None = None, *, day_beside: bool = False
) -> str:
    """Write when something was said.

    Args:
        seconds: Counted as the transcript's time kind says; None when unknown.
        kind: What they count from.
        date: The transcript's date; a wall-clock time counts from its midnight.
        day_beside: Whether that date stands beside the time already, so that a time on the day itself need
            not repeat it.

    Returns:
        "1:05" or "1:02:03" into a recording. On a clock, "12 March 2026, 15:01" or just "15:01"; without a
        full date "15:01", and from the second day on "day 2, 15:01". "" when there is no time.
    """
    if seconds is None or kind is TimeKind.NONE:
        return ""
    whole = int(seconds)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    if kind is TimeKind.MEDIA:
        return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
    clock = f"{hours % 24:02d}:{minutes:02d}"
    days = days_on(seconds)
    if days == 0 and day_beside:
        return clock
    day = day_after(date, days)
    if day is not None:
        return f"{shown_date(day)}, {clock}"
    return f"day {days + 1}, {clock}" if days else clock


def states_day(seconds: float | None, kind: TimeKind, date: str | None) -> bool:
    """Say whether `shown_time` names the day, which then need not be written beside it."""
    return seconds is not None and kind is TimeKind.CLOCK and day_after(date, days_on(seconds)) is not None


def shown_date(date: str) -> str:
    """Write an ISO date as people do: "2025-04-15" as "15 April 2025", "2025-04" as "April 2025"."""
    year, *rest = date.split("-")
    month = [_MONTHS[int(rest[0]) - 1]] if rest else []
    day = [str(int(rest[1]))] if len(rest) > 1 else []
    return " ".join([*day, *month, year])


def days_on(seconds: float | None) -> int:
    """Return how many days after the transcript's date something was said; 0 when that is not known.

    Only the clock of a chat runs on for days; a recording of more than a day would reach the next one too.
    """
    return 0 if seconds is None else int(seconds) // _DAY


def day_after(date: str | None, days: int) -> str | None:
    """Return the ISO day that many days after a full date; None where date or calendar does not say."""
    if date is None or len(date) != _FULL_DATE:
        return None
    try:
        return (Date.fromisoformat(date) + timedelta(days=days)).isoformat()
    except OverflowError:
        return None
