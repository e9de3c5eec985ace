"""Values out of JSON objects, checked one by one.

An error names the field, what was found and what belongs there.
``place`` is a line number where the format has one object a line, otherwise the name of the part, such as
"segment 3".
"""

import json
from pathlib import Path
from typing import Any

from qa.errors import FormatError, shorten
from qa.readers.spacing import tidy
from qa.types import check_date

Fields = dict[str, Any]
_MAX_SECONDS = 1e9  # thirty years; a larger time is in another unit


class Checker:
    """Reads the fields of one JSON object.

    Args:
        fields: The object.
        source: Named in errors.
        place: Line number, or the name of the object for the message.
    """

    def __init__(self, fields: Fields, source: Path, place: int | str) -> None:
        self.fields = fields
        self._source = source
        self._place = place

    def wrong(self, name: str, expected: str) -> FormatError:
        """Return the error for a field: missing, or not what was expected."""
        found = _shown(self.fields[name]) if name in self.fields else "nothing"
        return self.error(f"{name!r} should be {expected}, not {found}.")

    def error(self, remedy: str) -> FormatError:
        """Return an error about the object as a whole."""
        if isinstance(self._place, int):
            return FormatError(self._source, self._place, None, remedy)
        return FormatError(self._source, None, None, f"{self._place}: {remedy}")

    def text(self, name: str) -> str | None:
        """Return a tidied text; None when the field is absent, null or blank."""
        value = self.fields.get(name)
        if value is not None and not isinstance(value, str):
            raise self.wrong(name, "a text in quotes")
        return tidy(value or "") or None

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of tidied texts; empty when the field is absent or null."""
        value = self.fields.get(name)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.wrong(name, "a list of texts")
        return tuple(filter(None, map(tidy, value)))

    def seconds(self, name: str) -> float | None:
        """Return a time; None when the field is absent or null."""
        value = self.fields.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= _MAX_SECONDS:
            raise self.wrong(name, "a number of seconds, at least 0")
        return float(value)

    def span(self) -> tuple[float | None, float | None]:
        """Return the fields "start" and "end", checked against each other."""
        start, end = self.seconds("start"), self.seconds("end")
        if start is None and end is not None:
            raise self.wrong("start", "a number of seconds, because 'end' is given")
        if start is not None and end is not None and end < start:
            raise self.wrong("end", f"at least 'start', which is {_shown(self.fields['start'])}")
        return start, end

    def flag(self, name: str) -> bool:
        """Return true or false; false when the field is absent or null."""
        value = self.fields.get(name)
        if value is not None and not isinstance(value, bool):
            raise self.wrong(name, "true or false")
        return bool(value)

    def date(self) -> str | None:
        """Return the field "date"; None when it is absent, null or blank."""
        value = self.text("date")
        try:
            return None if value is None else check_date(value)
        except ValueError as error:
            raise self.wrong("date", "a date such as 2025-04-15, 2025-04 or 2025") from error


def load(text: str) -> Any:
    """Parse JSON.

    Raises:
        ValueError: If it is broken, nested beyond reason, or holds a number of absurd length.
    """
    try:
        return json.loads(text)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def _shown(value: object) -> str:
    try:
        return shorten(json.dumps(value, ensure_ascii=False), 40)
    except (ValueError, RecursionError):
        return type(value).__name__
