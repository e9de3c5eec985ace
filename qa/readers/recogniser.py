"""What the readers of speech recognisers share: times, speakers, and a count of what was odd, by number.

A time is a number, or digits in quotes as AWS writes it, in a unit that the format fixes. The start and the
end of a segment are promised by its format, so that a missing or impossible one is refused; a word may lack
its time, because a recogniser cannot always place it. A label is kept as it is written; a bare number, with
or without quotes, becomes "Speaker 0".
"""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from qa.readers.dates import date_in_name
from qa.readers.directions import is_direction, split_directions
from qa.readers.fields import Checker, Fields
from qa.readers.spacing import tidy
from qa.types import Remark, RemarkKind, Turn, check_date

_DIGITS = re.compile(r"\s{0,9}\d{1,12}(?:\.\d{0,20})?\s{0,9}")
_NUMBER = re.compile(r"\d{1,6}")
_MAX_SECONDS = 1e9  # as in Checker.seconds
_SHOWN_PLACES = 10

REVERSED = "that end before they start, taken to end where they start"


class Notices:
    """Counts what a reader drops, infers or assumes, and tells it at the end, one remark for each kind.

    Args:
        noun: What is numbered: "segment", "word"; or "line", which a remark shows by itself.
    """

    def __init__(self, noun: str) -> None:
        self._noun = noun
        self._found: dict[tuple[RemarkKind, str], list[int]] = {}

    def add(self, kind: RemarkKind, what: str, number: int) -> None:
        """Note that something befell a numbered part; ``what`` says it, as in "Blank ones left out"."""
        self._found.setdefault((kind, what), []).append(number)

    def remarks(self) -> tuple[Remark, ...]:
        """Return what was noted, in the order in which each kind was first met."""
        return tuple(self._remark(*key, numbers) for key, numbers in self._found.items())

    def _remark(self, kind: RemarkKind, what: str, numbers: list[int]) -> Remark:
        if self._noun == "line":
            return Remark(kind, f"{what}: {len(numbers)}.", tuple(numbers))
        return Remark(kind, f"{what}: {len(numbers)} ({places(self._noun, numbers)}).")


def places(noun: str, numbers: Sequence[int]) -> str:
    """Name numbered parts, neighbours as ranges: "segments 2 to 4, 9"."""
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], number)
        elif not runs or number != runs[-1][1]:
            runs.append((number, number))
    return named_runs(noun, runs)


def named_runs(noun: str, runs: Sequence[tuple[int, int]]) -> str:
    """Name ranges of numbered parts, the first and the last of each included."""
    shown = [str(first) if first == last else f"{first} to {last}" for first, last in runs[:_SHOWN_PLACES]]
    more = len(runs) - len(shown)
    plural = "" if len(runs) == 1 and runs[0][0] == runs[0][1] else "s"
    return f"{noun}{plural} {', '.join(shown)}" + (f" and {more} more" if more > 0 else "")


def part(item: object, number: int, noun: str, source: Path) -> Checker:
    """Open one object of a list.

    Raises:
        FormatError: If it is no object.
    """
    if isinstance(item, dict):
        return Checker(item, source, f"{noun} {number}")
    raise Checker({}, source, f"{noun} {number}").error("It should be an object. Export the file again.")


def items_of(checker: Checker, name: str) -> list[object]:
    """Return a list; empty when the field is absent or null.

    Raises:
        FormatError: If it is anything else.
    """
    value = checker.fields.get(name)
    if value is not None and not isinstance(value, list):
        raise checker.wrong(name, "a list, or null")
    return value or []


def objects(value: object) -> list[Fields]:
    """Return the objects of a list; nothing when it is no list."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def first_object(value: object) -> Fields:
    """Return the first item of a list when it is an object; otherwise an empty object."""
    return value[0] if isinstance(value, list) and value and isinstance(value[0], dict) else {}


def time_of(value: object, per_second: int = 1) -> float | None:
    """Read a time.

    Args:
        value: A number, or digits in quotes.
        per_second: How many of its units make a second.

    Returns:
        Seconds; None for anything that is no time.
    """
    if isinstance(value, str) and _DIGITS.fullmatch(value):
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if not 0 <= value <= _MAX_SECONDS * per_second:
        return None
    return float(value) if per_second == 1 else round(value / per_second, 3)


def span_of(
    checker: Checker,
    names: tuple[str, str],
    notices: Notices,
    number: int,
    *,
    per_second: int = 1,
    what: str = "Segments",
) -> tuple[float, float]:
    """Read the start and the end that a format promises.

    Args:
        checker: The object that holds them.
        names: Of the two fields.
        notices: Told when the end is before the start, which some recognisers write by a hair.
        number: Of the object.
        per_second: As in ``time_of``.
        what: The objects, for the notice.

    Raises:
        FormatError: If one of the two is missing or is no time.
    """
    unit = "seconds" if per_second == 1 else "milliseconds"
    start, end = (time_of(checker.fields.get(name), per_second) for name in names)
    if start is None:
        raise checker.wrong(names[0], f"a number of {unit}, at least 0")
    if end is None:
        raise checker.wrong(names[1], f"a number of {unit}, at least 0")
    if end < start:
        notices.add(RemarkKind.ASSUMED, f"{what} {REVERSED}", number)
        end = start
    return start, end


def word_times(
    fields: Fields, names: tuple[str, str], notices: Notices, number: int, *, per_second: int = 1
) -> tuple[float | None, float | None]:
    """Read the times of a word, None where they are missing; unusable ones are left out with a notice."""
    start, end = (time_of(fields.get(name), per_second) for name in names)
    if (start is None and fields.get(names[0]) is not None) or (
        end is None and fields.get(names[1]) is not None
    ):
        notices.add(RemarkKind.DROPPED, "Times of words left out because they are no times", number)
    if start is None:
        return None, None
    if end is not None and end < start:
        notices.add(RemarkKind.ASSUMED, f"Words {REVERSED}", number)
        end = start
    return start, end


def speaker_of(checker: Checker, name: str = "speaker") -> str | None:
    """Read a label: text as written, a number as "Speaker 0"; None when it is absent, null or blank.

    Raises:
        FormatError: If it is anything else.
    """
    value = checker.fields.get(name)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1_000_000:
        return f"Speaker {value}"
    if value is not None and not isinstance(value, str):
        raise checker.wrong(name, "a name or a number")
    label = tidy(value or "")
    return f"Speaker {label}" if _NUMBER.fullmatch(label) else label or None


def speech(text: str) -> tuple[str, tuple[str, ...]]:
    """Take the stage directions out of a tidied text: the words left, possibly none, and the directions."""
    return ("", (text,)) if is_direction(text) else split_directions(text, trailing=False)


def out_of_order(turns: Iterable[Turn]) -> tuple[Remark, ...]:
    """Name the turns that start before the one before them."""
    notices = Notices("turn")
    last = 0.0
    for number, turn in enumerate(turns, start=1):
        if turn.start is None:
            continue
        if turn.start < last:
            what = "Turns that start before the one before them, kept in the order of the file"
            notices.add(RemarkKind.ASSUMED, what, number)
        last = turn.start
    return notices.remarks()


def day_of_work(value: object, source: Path, who: str) -> tuple[str | None, tuple[Remark, ...]]:
    """Take the day on which a recogniser worked for the day of the event, when nothing better is known.

    Args:
        value: A time stamp such as "2025-07-16T10:15:34Z".
        source: A day in its name is better.
        who: The recogniser.
    """
    if not isinstance(value, str) or date_in_name(source.stem):
        return None, ()
    try:
        day = check_date(value[:10])
    except ValueError:
        return None, ()
    message = f"The date is the day on which {who} transcribed the recording."
    return day, (Remark(RemarkKind.ASSUMED, message),)
