"""How times and dates are written for people."""

from qa.types import TimeKind


def shown_time(seconds: float | None, kind: TimeKind) -> str:
    """Write a time: "1:05" or "1:02:03" into a recording, "15:01" on a clock; "" when there is none."""
    if seconds is None or kind is TimeKind.NONE:
        return ""
    whole = int(seconds)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    if kind is TimeKind.CLOCK:
        return f"{hours % 24:02d}:{minutes:02d}"
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
