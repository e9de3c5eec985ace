"""What a transcript, a turn, a hit and an answer are: frozen values, checked where they are built.

No value here reads a file, opens a database or loads a model. A value that exists is valid, so code
further on does not check again.
"""

import math
import re
from dataclasses import dataclass
from datetime import date as Date
from enum import StrEnum

QUESTIONER = "questioner"  # the role of someone who asks without being named; a role, never a person

_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")


class TimeKind(StrEnum):
    """What the times of a transcript count from."""

    MEDIA = "media"  # seconds from the start of the recording
    CLOCK = "clock"  # seconds from midnight, local time, of the transcript's date; may pass 86,400
    NONE = "none"  # the source has no times


@dataclass(frozen=True, slots=True)
class Turn:
    """One speaker's stretch of a transcript.

    Args:
        text: What was said, without stage directions. Never blank.
        speaker: The name as the source gives it, without the role; None when nobody is named.
        role: Office or part, such as "NATO Secretary General" or "questioner".
        start: Seconds, counted as the transcript's TimeKind says; None when the source has no times.
        end: Likewise; None when unknown.
        inferred: True when the speaker was worked out rather than written beside the turn.
        notes: Stage directions found in the turn, such as "(continues in Ukrainian)".
    """

    text: str
    speaker: str | None = None
    role: str | None = None
    start: float | None = None
    end: float | None = None
    inferred: bool = False
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise ValueError("a turn needs words; its text is blank")
        if self.speaker is not None and not self.speaker.strip():
            raise ValueError("a turn's speaker is blank; pass None when nobody is named")
        if self.start is not None and not 0 <= self.start < math.inf:
            raise ValueError(f"turn starts at {self.start} s; expected a number of at least 0")
        if self.end is not None:
            if self.start is None:
                raise ValueError(f"turn ends at {self.end} s but has no start")
            if not self.start <= self.end < math.inf:
                raise ValueError(f"turn runs from {self.start} s to {self.end} s; expected start <= end")


class RemarkKind(StrEnum):
    """What a reader did that the user should know of."""

    DROPPED = "dropped"  # something in the file is not in the turns
    COLLAPSED = "collapsed"  # several became one
    INFERRED = "inferred"  # a speaker or a time was worked out rather than read
    ASSUMED = (
        "assumed"  # one of several possible meanings was taken: an encoding, a unit, the order of a date
    )


_SHOWN_LINES = 10


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing that a reader dropped, collapsed, inferred or assumed.

    Args:
        kind: Which of these.
        message: A sentence for the user, ending in a full stop, without line numbers.
        lines: Where it happened, counted from 1, in order; empty where the format has no lines, as in JSON.
    """

    kind: RemarkKind
    message: str
    lines: tuple[int, ...] = ()

    def __str__(self) -> str:
        """Return the sentence with its places: "Reactions left out: 2 (lines 4, 9)."."""
        if not self.lines:
            return self.message
        more = len(self.lines) - _SHOWN_LINES
        listed = ", ".join(map(str, self.lines[:_SHOWN_LINES])) + (f" and {more} more" if more > 0 else "")
        return f"{self.message.rstrip('.')} ({'line' if len(self.lines) == 1 else 'lines'} {listed})."


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader understood of one file.

    Args:
        format: Name of the format, such as "webvtt".
        turns: In the order of the source.
        time_kind: What the turns' times count from. NONE exactly when no turn has a start.
        title: None when the source carries none.
        date: The day of the event, as "2025", "2025-04" or "2025-04-15"; None when unknown.
        notes: Stage directions, credits and captions that belong to no single turn.
        remarks: What was dropped, collapsed, inferred or assumed.
        recognised: Why the file was taken for this format, as in "the first line is WEBVTT".
        encoding: How its bytes were read, as in "UTF-8".
        aliases: Other ways in which the file writes the name of a speaker, each with that name.
        read_as: Speaker and role of each turn before somebody corrected them; empty when nobody did.
    """

    format: str
    turns: tuple[Turn, ...]
    time_kind: TimeKind = TimeKind.NONE
    title: str | None = None
    date: str | None = None
    notes: tuple[str, ...] = ()
    remarks: tuple[Remark, ...] = ()
    recognised: str = ""
    encoding: str = ""
    aliases: tuple[tuple[str, str], ...] = ()
    read_as: tuple[tuple[str | None, str | None], ...] = ()

    def __post_init__(self) -> None:
        if self.read_as and len(self.read_as) != len(self.turns):
            raise ValueError(f"{len(self.turns)} turns were read as {len(self.read_as)}")
        timed = any(turn.start is not None for turn in self.turns)
        if timed == (self.time_kind is TimeKind.NONE):
            raise ValueError(f"time_kind is {self.time_kind}, but turns have {'' if timed else 'no '}times")
        if self.date is not None:
            check_date(self.date)

    @property
    def warnings(self) -> tuple[str, ...]:
        """The remarks as sentences."""
        return tuple(map(str, self.remarks))


def check_date(date: str) -> str:
    """Return the date unchanged when it is a year, a month or a day in ISO 8601.

    Raises:
        ValueError: If it is anything else, or a day that does not exist.
    """
    if not _DATE.fullmatch(date):
        raise ValueError(f"{date!r} is not a date; write it as 2025-04-15, 2025-04 or 2025")
    try:
        Date.fromisoformat(date + "-01-01"[len(date) - 10 :] if len(date) < 10 else date)
    except ValueError as error:
        raise ValueError(f"{date!r} is not a date in the calendar") from error
    return date


@dataclass(frozen=True, slots=True)
class Transcript:
    """One transcript as the library holds it.

    Args:
        id: Twelve hexadecimal digits drawn from the content of the source.
        title: Never blank.
        date: As in Reading.
        turns: In the order of the source; the turn at position i has the id ``turn_id(id, i)``.
        source: Where it came from: a path, or the name of an uploaded file.
        media: Path of the recording, when one was found beside the source.
    """

    id: str
    title: str
    format: str
    turns: tuple[Turn, ...]
    time_kind: TimeKind = TimeKind.NONE
    date: str | None = None
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    source: str = ""
    media: str | None = None


def turn_id(transcript_id: str, position: int) -> str:
    """Name a turn so that string order is turn order: ``turn_id("1f0c", 7) == "1f0c:00007"``."""
    return f"{transcript_id}:{position:05d}"


def split_turn_id(turn: str) -> tuple[str, int]:
    """Take a turn id apart into its transcript id and position.

    Raises:
        ValueError: If it does not have the form ``TRANSCRIPT:POSITION``.
    """
    transcript_id, colon, position = turn.rpartition(":")
    if not colon or not transcript_id or not (position.isascii() and position.isdigit()):
        raise ValueError(f"{turn!r} is not a turn id; it looks like 3f2a9c0b7d14:00012")
    return transcript_id, int(position)
