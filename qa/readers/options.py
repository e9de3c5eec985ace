"""What the user says about a file because the file itself does not."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

DateOrder = Literal["day-first", "month-first"]

COLUMN_FIELDS = ("text", "speaker", "role", "start", "end", "duration", "date", "notes")
_EXAMPLE = "--map speaker=who,text=utterance,start=t0:ms"


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What the user says about a file because the file itself does not.

    Args:
        date_order: Which number of "1/4/23" is the day, where a chat log leaves it open.
        private: Whether messages that only one person was meant to see are kept.
        columns: For tables and records of one's own: what each field of a turn is called there, as in
            {"speaker": "who", "text": "utterance"}; ``parse_columns`` lists the fields and the units.
    """

    date_order: DateOrder | None = None
    private: bool = False
    columns: Mapping[str, str] | None = None


NOTHING_SAID = ReadOptions()


def parse_columns(text: str) -> dict[str, str]:
    """Read the mapping that a user writes after ``--map``.

    Args:
        text: Fields of a turn and the columns that hold them, as in "speaker=who,text=utterance,start=t0:ms".
            The fields are text, speaker, role, start, end, duration, date and notes. Numbers are seconds;
            ":ms" after the column of a start, an end or a duration makes them milliseconds, ":s" says that
            they are seconds however large. A column whose own name holds a comma is written as it is.

    Returns:
        The column for each field, its unit still attached.

    Raises:
        ValueError: If a field is unknown, named twice or without a column, or if no column holds the text.
    """
    columns: dict[str, str] = {}
    field = ""
    for piece in text.split(","):
        name, equals, column = piece.partition("=")
        if not equals:
            if not field:
                raise ValueError(f"{piece.strip()!r} names no column; write the mapping as in: {_EXAMPLE}")
            columns[field] += "," + piece.rstrip()  # the comma belongs to the name of the column
            continue
        field = name.strip().lower()
        if field not in COLUMN_FIELDS:
            known = ", ".join(COLUMN_FIELDS)
            raise ValueError(f"{field!r} is no field of a turn; choose from {known}, as in: {_EXAMPLE}")
        if field in columns or not column.strip():
            fault = "is named twice" if field in columns else "has no column"
            raise ValueError(f"the field {field!r} {fault}; write the mapping as in: {_EXAMPLE}")
        columns[field] = column.strip()
    if "text" not in columns:
        raise ValueError(f"the mapping must say which column holds the text, as in: {_EXAMPLE}")
    return columns
