"""WhatsApp chats: "1/4/23, 7:02 PM - Ann: words" from Android, "[1/4/23, 7:02:10 PM] Ann: words" from iOS.

Accepts every separator, order and calendar script that the app writes: slashes, points and dashes, years of
two or four digits first or last, 12 and 24 hours, Arabic and Persian digits, invisible marks, words over
several lines. Which number is the day is decided in `qa.readers.whatsapp_dates`, or asked for. Times are on
the wall clock of the phone that exported. Each message is a turn.
Notices of the app, deleted messages and files without words are left out and counted; an edited message says
so in a note. Refuses a chat whose dates could be read two ways, and times with a word it does not know.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date as Date
from itertools import islice
from pathlib import Path

from qa.errors import FormatError
from qa.readers import whatsapp_dates, whatsapp_words
from qa.readers.chat import DAY, LeftOut
from qa.readers.options import DateOrder
from qa.readers.spacing import tidy
from qa.readers.whatsapp_dates import Written
from qa.types import Reading, TimeKind, Turn

FORMAT = "whatsapp"

_DATE = r"(?P<a>\d{1,4})(?P<mark>[./-]) ?(?P<b>\d{1,2})(?P=mark) ?(?P<c>\d{1,4})\.?"
_TIME = (
    r"(?P<hour>\d{1,2})[:.](?P<minute>[0-5]\d)(?:[:.](?P<second>[0-5]\d))?"
    r"(?: ?(?P<half>[^\W\d_][^\d:\[\]\-–]{0,12}?))?"
)
_BETWEEN = r"(?:,? (?P<word>[^\W\d_][^\d:\[\]\-–]{0,10}?)? ?|, ?)"
_FRAMES = {
    "[date, time]": re.compile(rf"\[{_DATE}{_BETWEEN}{_TIME}\] ?"),
    "[time, date]": re.compile(rf"\[{_TIME}, {_DATE}\] ?"),
    "date, time -": re.compile(rf"{_DATE}{_BETWEEN}{_TIME} [-–] "),
    "date, time:": re.compile(rf"{_DATE}{_BETWEEN}{_TIME}: "),
}
_WHY = {
    "[date, time]": "lines start with a date and a time in brackets, as WhatsApp on iOS exports a chat",
    "[time, date]": "lines start with a time and a date in brackets, as copied from WhatsApp",
    "date, time -": "lines start with a date, a time and a dash, as WhatsApp on Android exports a chat",
    "date, time:": "lines start with a date, a time and a colon, as older versions of WhatsApp export a chat",
}
_LONGEST_HEAD = 80  # characters before the name
_LONGEST_NAME = 100
_LINES_LOOKED_AT = 200

# Direction marks, isolates around mentions, stray byte-order marks: none of them was written by anybody.
_INVISIBLE = dict.fromkeys(
    map(ord, "\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
)
_DIGITS = {ord(c): str(i % 10) for i, c in enumerate("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹")}
_NAME_END = re.compile(r":(?=[ \u200e\u200f\u202f\xa0]|$)")  # the colon of 10:30 ends no name
_PLAIN = _INVISIBLE | _DIGITS | {ord("،"): ",", 0xA0: " ", 0x202F: " ", 0x2009: " ", 0x2007: " "}
_APP_MARKS = "\u200e\u200f"  # iOS puts one before what the app wrote

_NOTICES = "Notices of WhatsApp"
_FILES = "Messages that only hold a file"


@dataclass(slots=True)
class _Entry:
    """One dated entry while its lines are being gathered: a message, or a notice without a name."""

    date: Written
    seconds: int
    speaker: str | None
    marked: bool  # whether the app's own mark opens the words
    words: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Stamp:
    """The beginning of a line, taken apart."""

    fields: tuple[str, str, str]
    written: str
    seconds: int | None  # None when the time carries a word that is not known
    halved: bool  # whether it carries a word at all: the clock has twelve hours
    rest: str


def recognises(head: str) -> str | None:
    """Say why a text is a WhatsApp chat: its first line and others open with a date and a time."""
    lines = list(islice(filter(str.strip, head.split("\n")), _LINES_LOOKED_AT))
    frame = _frame(lines[0]) if lines else None
    if frame is None:
        return None
    stamps = [stamp for line in lines if (stamp := _stamp(line, frame))]
    named = sum(_cut(stamp.rest)[0] is not None for stamp in stamps)
    return _WHY[frame] if named and (len(stamps) > 1 or len(lines) == 1 or frame.startswith("[")) else None


def parse(text: str, source: Path, date_order: DateOrder | None = None) -> Reading:
    """Read an exported chat.

    Args:
        text: The whole file; lines end in a line feed.
        source: Named in errors, never opened; its folder may give the title.
        date_order: Which number of a date is the day, where the year does not come first; None to have it
            worked out.

    Raises:
        FormatError: If dates can be read two ways, or not at all, or nobody says anything.
    """
    left_out = LeftOut()
    entries = list(_entries(text, source, left_out))
    if not entries:
        raise FormatError(source, None, None, "No line starts with a date and a time. Export the chat again.")
    dates = whatsapp_dates.decide([entry.date for entry in entries], date_order, source)
    first = min(dates.days)
    app = _app_itself(entries)
    turns = tuple(
        turn
        for entry, day in zip(entries, dates.days, strict=True)
        if (turn := _turn(entry, day, first, app, left_out))
    )
    if not turns:
        remedy = "The chat holds no message with words, only notices and files. Export another chat."
        raise FormatError(source, None, None, remedy)
    return Reading(
        FORMAT,
        turns,
        TimeKind.CLOCK,
        title=tidy(source.parent.name) or None if source.stem == "_chat" else None,
        date=first.isoformat(),
        remarks=(*left_out.remarks(), *dates.remarks),
    )


def _entries(text: str, source: Path, left_out: LeftOut) -> Iterator[_Entry]:
    """Cut a chat at the lines that open like its first; a pasted chat of another shape stays words."""
    frame: str | None = None
    halved = False
    entry: _Entry | None = None
    for number, line in enumerate(text.split("\n"), start=1):
        found = frame or _frame(line)
        stamp = _stamp(line, found) if found else None
        if stamp is not None and frame is None:
            frame, halved = found, stamp.halved
        if stamp is not None and (stamp.seconds is not None or halved):
            if entry is not None:
                yield entry
            entry = _opened(stamp, number, line, source)
        elif words := tidy(line.translate(_INVISIBLE)):
            if entry is None:
                left_out.add("Lines before the first message", number)
            else:
                entry.words.append(words)
    if entry is not None:
        yield entry


def _opened(stamp: _Stamp, number: int, line: str, source: Path) -> _Entry:
    if stamp.seconds is None:
        remedy = "The time carries a word that is not known; export the chat again with a 24-hour clock."
        raise FormatError(source, number, line, remedy)
    name, body = _cut(stamp.rest)
    words = tidy(body.translate(_INVISIBLE))
    date = Written(number, stamp.written, stamp.fields)
    marked = body.lstrip(" ").startswith(tuple(_APP_MARKS))
    return _Entry(date, stamp.seconds, name, marked, [words] if words else [])


def _frame(line: str) -> str | None:
    """Name the shape in which a line opens; None when it opens with no date and time."""
    return next((frame for frame in _FRAMES if _stamp(line, frame)), None)


def _stamp(line: str, frame: str) -> _Stamp | None:
    """Take the beginning of a line apart; None when it does not have that shape."""
    head = line[:_LONGEST_HEAD]
    match = _FRAMES[frame].match(head if head.isascii() else head.translate(_PLAIN))
    if match is None or int(match["hour"]) > 23:
        return None
    word, half = match.groupdict().get("word"), match["half"]
    before, after = _half(word), _half(half)
    if before == "unknown":
        return None
    fields = (match["a"], match["b"], match["c"])
    written = match["mark"].join(fields)
    seconds = None if after == "unknown" else _seconds(match, after or before)
    return _Stamp(fields, written, seconds, bool(after or before), line[_end_of(match, head) :])


def _end_of(match: re.Match[str], head: str) -> int:
    """Where a stamp ends in the line as it stands, with marks between its digits."""
    if len(match.string) == len(head):
        return match.end()
    kept = (at for at, c in enumerate(head) if ord(c) not in _INVISIBLE)
    return next(islice(kept, match.end() - 1, None)) + 1


def _half(word: str | None) -> str | None:
    """Tell which half of the day a word names: "am", "pm", None for neither, or "unknown"."""
    if not word:
        return None
    bare = word.casefold().strip().rstrip(",")
    letters = bare.replace(".", "").replace(" ", "")
    if bare in whatsapp_words.MORNING or letters in whatsapp_words.MORNING:
        return "am"
    if bare in whatsapp_words.AFTERNOON or letters in whatsapp_words.AFTERNOON:
        return "pm"
    return None if set(bare.split()) <= whatsapp_words.NEITHER else "unknown"


def _seconds(match: re.Match[str], half: str | None) -> int:
    hour = int(match["hour"])
    if half is not None and hour <= 12:
        hour = hour % 12 + (12 if half == "pm" else 0)
    return hour * 3600 + int(match["minute"]) * 60 + int(match["second"] or 0)


def _cut(rest: str) -> tuple[str | None, str]:
    """Cut what follows the time into name and words; the name is None where the app speaks."""
    colon = _NAME_END.search(rest, 0, 2 * _LONGEST_NAME)
    if colon is None:
        return None, rest
    name = tidy(rest[: colon.start()].translate(_INVISIBLE)).removeprefix("~").strip()
    if not name or len(name) > _LONGEST_NAME:
        return None, rest
    return name, rest[colon.end() :]


def _app_itself(entries: list[_Entry]) -> frozenset[str]:
    """The names under which only the app speaks.

    iOS puts notices under the name of the group; Android's have no name, but a colon in one makes it look as
    if it had.
    """
    counts = Counter(entry.speaker for entry in entries if entry.speaker is not None)
    people = {entry.speaker for entry in entries if not _by_app(entry)}
    once = {name for name, count in counts.items() if count == 1 and whatsapp_words.opens_notice(name)}
    return frozenset(name for name in counts if name not in people or name in once)


def _by_app(entry: _Entry) -> bool:
    """Whether an entry bears the app's mark and is one line that stands for no file or place of somebody."""
    return (
        entry.marked
        and len(entry.words) == 1
        and not _is_file(entry.words[0])
        and "://" not in entry.words[0]
    )


def _is_file(line: str) -> bool:
    return whatsapp_words.is_left_out_file(line) or whatsapp_words.attached_file(line) is not None


def _turn(entry: _Entry, day: Date, first: Date, app: frozenset[str], left_out: LeftOut) -> Turn | None:
    """The turn of an entry; None when it holds nobody's words."""
    line, lines, notes = entry.date.line, entry.words, []
    if lines and _is_file(lines[0]):  # words below it are its caption
        file = whatsapp_words.attached_file(lines[0])
        notes.append(f"(file: {file})" if file else "(file left out of the export)")
        lines = lines[1:]
    if lines:
        words, file = whatsapp_words.without_attachment(lines[-1])
        lines = [*lines[:-1], words]
        notes.extend([f"(file: {file})"] if file else [])
    text, edited = whatsapp_words.without_edit_mark("\n".join(lines))
    what = _left_out_as(entry, text, bool(notes), app)
    if what is not None:
        left_out.add(what, line)
        return None
    if edited:
        notes.append("(edited)")
    start = float((day - first).days * DAY + entry.seconds)
    return Turn(text, entry.speaker, start=start, notes=tuple(notes))


def _left_out_as(entry: _Entry, text: str, file: bool, app: frozenset[str]) -> str | None:
    """Why an entry is no turn; None when it is one."""
    if entry.speaker is not None and whatsapp_words.is_deleted(text):
        return "Deleted messages"
    if entry.speaker is None or entry.speaker in app or whatsapp_words.is_notice(text, marked=entry.marked):
        return _NOTICES
    if not text.strip():
        return _FILES if file else "Messages without words"
    return None
