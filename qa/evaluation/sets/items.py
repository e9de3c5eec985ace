"""Fields of a release's JSON objects, checked as they are read, so that a broken one is never a KeyError.

Texts come as they are written but for NUL and lone surrogates, which no run file or database can hold.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from qa.errors import FormatError
from qa.readers.fields import Checker

_UNWRITABLE = re.compile("[\0\ud800-\udfff]")
_WHOLE = re.compile("[0-9]{1,9}")


class Item(Checker):
    """One JSON object of a release.

    Args:
        fields: The object.
        source: Named in errors.
        place: Line number, or where in the file it stands, such as "question 3".
    """

    def string(self, name: str, *, default: str | None = None) -> str:
        """Return a text; the default, where there is one, when the field is absent or null."""
        value = self.fields.get(name)
        if value is None and default is not None:
            return default
        if not isinstance(value, str):
            raise self.wrong(name, "a text in quotes")
        return clean(value)

    def scalar(self, name: str) -> str:
        """Return a text or a number as text; "" when the field is absent or null."""
        value = self.fields.get(name)
        if value is None:
            return ""
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise self.wrong(name, "a text or a number")
        return clean(str(value))

    def list_of(self, name: str, *, optional: bool = False) -> list[Any]:
        """Return a list of anything; empty when it is optional and absent or null."""
        value = self.fields.get(name)
        if value is None and optional:
            return []
        if not isinstance(value, list):
            raise self.wrong(name, "a list")
        return value

    def strings(self, name: str, *, optional: bool = False) -> list[str]:
        """Return a list of texts."""
        values = self.list_of(name, optional=optional)
        if not all(isinstance(value, str) for value in values):
            raise self.wrong(name, "a list of texts")
        return [clean(value) for value in values]

    def whole(self, name: str) -> int:
        """Return a whole number, at least 0; digits in quotes count."""
        number = whole(self.fields.get(name))
        if number is None:
            raise self.wrong(name, "a whole number, at least 0")
        return number

    def item(self, name: str) -> "Item":
        """Return an object."""
        value = self.fields.get(name)
        if not isinstance(value, dict):
            raise self.wrong(name, "an object in braces")
        return item_of(value, self._source, f"{self._place}, {name}")

    def items(self, name: str, *, optional: bool = False) -> list["Item"]:
        """Return a list of objects."""
        return self.within(self.list_of(name, optional=optional), name)

    def within(self, values: Any, what: str) -> list["Item"]:
        """Return the objects of a list that lies in this one."""
        return list(items(values, self._source, f"{self._place}, {what}"))


def items(values: Any, source: Path, place: str) -> Iterator[Item]:
    """Yield the objects of a list, each named by the place and its number, counted from 1.

    Raises:
        FormatError: If it is no list or holds something else.
    """
    if not isinstance(values, list):
        raise FormatError(source, None, None, f"{place} should be a list. Name the file as it was released.")
    for number, value in enumerate(values, 1):
        yield item_of(value, source, f"{place} {number}")


def item_of(value: Any, source: Path, place: str) -> Item:
    """Return a value as an object.

    Raises:
        FormatError: If it is something else.
    """
    if not isinstance(value, dict):
        raise FormatError(source, None, None, f"{place} should be an object in braces.")
    return Item(value, source, place)


def clean(text: str) -> str:
    """Put a replacement character for what cannot be written."""
    return _UNWRITABLE.sub("\ufffd", text)


def whole(value: Any) -> int | None:
    """Read a whole number of at least 0, also in quotes; None for anything else."""
    if isinstance(value, str) and _WHOLE.fullmatch(value.strip()):
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
