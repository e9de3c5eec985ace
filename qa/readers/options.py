"""What the user says about a file because the file itself does not."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

DateOrder = Literal["day-first", "month-first"]


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What the user says about a file because the file itself does not.

    Args:
        date_order: Which number of "1/4/23" is the day, where a chat log leaves it open.
        private: Whether messages that only one person was meant to see are kept.
        columns: For tables and records of one's own: what each field of a turn is called there, as in
            {"speaker": "who", "text": "utterance"}.
    """

    date_order: DateOrder | None = None
    private: bool = False
    columns: Mapping[str, str] | None = None


NOTHING_SAID = ReadOptions()
