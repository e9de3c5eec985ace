"""What readers of chat logs share: what was left out, namesakes, notes on replies, loose fields."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from qa.errors import shorten
from qa.readers.fields import Fields
from qa.readers.spacing import tidy_lines
from qa.types import Remark, RemarkKind

DAY = 86_400  # seconds

_QUOTED = 60  # characters of an answered message that a note repeats


class LeftOut:
    """Counts what is not in the turns, kind by kind, with the lines where it stood."""

    def __init__(self) -> None:
        self._lines: dict[str, list[int]] = {}
        self._counts: Counter[str] = Counter()

    def add(self, what: str, line: int | None = None, count: int = 1) -> None:
        """Count something left out.

        Args:
            what: Its kind, a plural that begins a sentence: "Reactions".
            line: Where it stood; None where the format has no lines.
            count: How many at once.
        """
        self._counts[what] += count
        self._lines.setdefault(what, []).extend([] if line is None else [line])

    def __getitem__(self, what: str) -> int:
        """How many of a kind were left out."""
        return self._counts[what]

    def remarks(self, advice: Mapping[str, str] | None = None) -> list[Remark]:
        """Return one remark for each kind, in the order in which they first came.

        Args:
            advice: How to keep them, for kinds that can be kept: "pass --private to keep them".
        """
        return [
            Remark(
                RemarkKind.DROPPED,
                f"{what} left out{_in_brackets(advice, what)}: {self._counts[what]}.",
                tuple(lines),
            )
            for what, lines in self._lines.items()
        ]


def _in_brackets(advice: Mapping[str, str] | None, what: str) -> str:
    words = (advice or {}).get(what)
    return f" ({words})" if words else ""


def distinct_names(names: Mapping[str, str], handles: Mapping[str, str]) -> dict[str, str]:
    """Give every account a name of its own, so that namesakes do not become one person.

    Args:
        names: By account id, in a fixed order.
        handles: What else the account is called; the id stands in where there is nothing.

    Returns:
        The names, with the handle in brackets where two accounts share one: "Alex Smith (asmith2)".
    """
    counts = Counter(names.values())
    return {
        account: name if counts[name] == 1 else f"{name} ({_handle(account, name, handles)})"
        for account, name in names.items()
    }


def _handle(account: str, name: str, handles: Mapping[str, str]) -> str:
    handle = handles.get(account)
    return handle if handle and handle != name else account


def reply_note(to: str | None, words: str | None) -> str:
    """Return the note of a message that answers another.

    Args:
        to: Who wrote the message answered; None when unknown.
        words: Its words, shortened here; None when they are not in the file.
    """
    quoted = f"“{shorten(words, _QUOTED)}”" if words else None
    if to is None:
        return f"(in reply to {quoted or 'a message that is not in this file'})"
    return f"(in reply to {to}{f': {quoted}' if quoted else ''})"


def dicts(value: Any) -> list[Fields]:
    """Return the objects in a list; nothing where it is no list."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def text_of(fields: Fields, *keys: str) -> str:
    """Return the first of some fields that holds words, tidied by lines; "" when none does."""
    texts = (fields.get(key) for key in keys)
    return next((tidied for text in texts if isinstance(text, str) and (tidied := tidy_lines(text))), "")
