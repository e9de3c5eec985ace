r"""Zoom chat as saved from a meeting: a time, "From Ana to Everyone:", and the words on indented lines below.

Accepts the older shapes on one line, ``09:01:02\t From  Ana : words`` with or without ``to  Everyone``, the
file of cloud recordings, ``00:01:02\tAna:\twords``, and what is copied from the window (see ``zoom_panel``).
Times are on the wall clock and carry no date: the day comes from the name of the file or of its folder, or
stays unknown. A time that falls back by more than two hours is on the next day. Files saved with a recording
count from its start instead.
Reactions are left out. A reply keeps its words, and names the message it answers in a note. What was written
to one person is left out unless asked for. Refuses a chat in which nothing else is left.
"""

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from qa.errors import FormatError
from qa.readers.chat import DAY, LeftOut, reply_note
from qa.readers.dates import date_in_name
from qa.readers.spacing import tidy
from qa.readers.zoom_panel import read_header
from qa.types import Reading, Remark, RemarkKind, TimeKind, Turn

FORMAT = "zoom-chat"

_FROM = re.compile(r"(\d{1,2}):([0-5]\d):([0-5]\d)[ \t]+From[ \t]+(?=\S)")
_CLOUD = re.compile(r"(\d{1,2}):([0-5]\d):([0-5]\d)\t([^\t]{1,120}):\t")
_COLON = re.compile(r"[ \t]?:(?=\s|$)")
_TO = re.compile(r"(?<!\s)\s+to\s+", re.IGNORECASE)
_PRIVATE = re.compile(r"\s*\((?:direct message|privately)\)\s*$", re.IGNORECASE)
_PUBLIC = re.compile(r"\b(?:everyone|all|panelists|attendees|hosts|participants)\b", re.IGNORECASE)
_REACTED = re.compile(r"Reacted to [\"“].*[\"”] with (?::[\w+-]{1,40}:|[^A-Za-z]{1,20})", re.DOTALL)
_UNREACTED = re.compile(r"Removed an? .{1,40}? reaction from [\"“].*[\"”]", re.DOTALL)
_REPLYING = re.compile(r"Replying to [\"“]")
_QUOTE_END = re.compile(r"(?P<cut>\.\.\.|…)[\"”]|[\"”]\s*(?:\n|$)")
_LOOSE_QUOTE_END = re.compile(r"(?P<cut>)[\"”]\s")
_FOLDER = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}\.\d{2}\.\d{2} (.*?)(?: \d{9,11})?")
_RECORDING = re.compile(r"(?:GMT\d{8}|chat$)", re.IGNORECASE)

_MAX_BACK = 2 * 3600  # seconds by which a late message, or the end of summer time, may set the clock back
_RECORDING_STARTS = 4 * 3600  # a first message later than this is no time into a recording
_LONGEST_HEAD = 400  # characters of two names
_KEY = 10  # characters by which the message that a reply quotes is looked up
_REMEMBERED = 50  # messages that begin alike
_QUOTE_LINES = 6  # a quoted opening is never longer
_PRIVATE_MESSAGES = "Messages to one person"


@dataclass(slots=True)
class _Message:
    """One message while its lines are being gathered."""

    line: int
    seconds: int  # since midnight, as written
    speaker: str
    recipient: str = ""
    words: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Words:
    """What a message says, and the opening it quotes when it is a reply."""

    text: str
    quoted: str | None = None


def recognises(head: str) -> str | None:
    """Say why a text is a Zoom chat: its first lines have the shape of one."""
    lines = list(islice(filter(str.strip, head.split("\n")), 5))
    if any(_FROM.match(line) and (_TO.search(line) or ":" in line[9:]) for line in lines):
        return "lines start with a time and 'From', as in a chat saved by Zoom"
    if lines and read_header(lines[0]):
        return "lines start with 'From', names and a time, as copied from the chat window of Zoom"
    if lines and _CLOUD.match(lines[0]):
        return "lines are a time, a name and a colon between tabs, as in the chat of a Zoom recording"
    return None


def parse(text: str, source: Path, private: bool = False) -> Reading:
    """Read a saved chat.

    Args:
        text: The whole file; lines end in a line feed.
        source: Named in errors, never opened; it or its folder may give the date and the title.
        private: Whether to keep what was written to one person.

    Raises:
        FormatError: If no message is left, for instance because all are private.
    """
    left_out = LeftOut()
    messages = list(_messages(text, left_out))
    recorded = _counts_from_recording(messages, text, source)
    starts, jumps = _starts(messages, recorded)
    turns = tuple(_turns(messages, starts, private, left_out))
    if not turns:
        raise FormatError(source, None, None, _why_empty(left_out))
    date, remarks = _date(source, recorded)
    if jumps:
        message = "Times that fall back were taken as the next day."
        remarks.append(Remark(RemarkKind.INFERRED, message, tuple(jumps)))
    named = _FOLDER.fullmatch(source.parent.name)
    return Reading(
        FORMAT,
        turns,
        TimeKind.MEDIA if recorded else TimeKind.CLOCK,
        title=tidy(named.group(1)) or None if named else None,
        date=date,
        remarks=(*left_out.remarks({_PRIVATE_MESSAGES: "pass --private to keep them"}), *remarks),
    )


def _messages(text: str, left_out: LeftOut) -> Iterator[_Message]:
    message: _Message | None = None
    lines = text.split("\n")
    for number, line in enumerate(lines, start=1):
        below = lines[number] if number < len(lines) else ""
        opened = _opened(line, number, indented=below[:1] in ("\t", " "))
        if opened is not None:
            if message is not None:
                yield message
            message = opened
        elif words := tidy(line):
            if message is None:
                left_out.add("Lines before the first message", number)
            else:
                message.words.append(words)
    if message is not None:
        yield message


def _opened(line: str, number: int, *, indented: bool) -> _Message | None:
    """The message that a line opens; None when it goes on with the one before."""
    match = _CLOUD.match(line) or _FROM.match(line)
    if match is None:
        copied = read_header(line)
        return copied and _Message(number, *copied[:3], [copied.words] if copied.words else [])
    hours, minutes, seconds = map(int, match.groups()[:3])
    if hours > 23:
        return None
    if match.re is _CLOUD:
        speaker, recipient, words = tidy(match.group(4)), "", line[match.end() :]
    else:
        head, words, addressed = _head_and_words(line[match.end() :], indented)
        speaker, recipient = _speaker_and_recipient(head, addressed=addressed)
    if not speaker:
        return None
    first = tidy(words)
    time = hours * 3600 + minutes * 60 + seconds
    return _Message(number, time, speaker, recipient, [first] if first else [])


def _head_and_words(rest: str, indented: bool) -> tuple[str, str, bool]:
    """Cut what follows "From" into who wrote to whom and the words on the same line.

    The last value says whether somebody must be named as the one it was written to.
    """
    bare = rest.rstrip()
    if indented and bare.endswith(":") and " : " not in bare:
        return bare[:-1], "", True
    colon = _COLON.search(rest)
    if colon is None:
        return "", rest, False
    return rest[: colon.start()], rest[colon.end() :], not colon.group().startswith((" ", "\t"))


def _speaker_and_recipient(head: str, *, addressed: bool) -> tuple[str, str]:
    """Cut at the last "to", but leave whole a name such as "Path to Power" where nobody is addressed."""
    if len(head) > _LONGEST_HEAD:
        return "", ""  # no header
    for cut in reversed(list(_TO.finditer(head))):
        to = tidy(head[cut.end() :])
        if addressed or len(cut.group()) > len(" to ") or _PRIVATE.search(to) or _PUBLIC.search(to):
            return tidy(head[: cut.start()]), to
    return tidy(head), ""


def _counts_from_recording(messages: list[_Message], text: str, source: Path) -> bool:
    """Whether times count from the start of a recording: Zoom saves such a file beside each recording."""
    if not messages or messages[0].seconds >= _RECORDING_STARTS:
        return False
    first = text.split("\n", messages[0].line)[messages[0].line - 1]
    return _CLOUD.match(first) is not None or _RECORDING.match(source.stem) is not None


def _starts(messages: list[_Message], recorded: bool) -> tuple[list[float], list[int]]:
    """Seconds for each message, and the lines at which a new day begins."""
    starts: list[float] = []
    jumps: list[int] = []
    day, before = 0, 0
    for message in messages:
        if not recorded and before - message.seconds > _MAX_BACK:
            day += DAY
            jumps.append(message.line)
        before = message.seconds
        starts.append(float(day + message.seconds))
    return starts, jumps


def _turns(messages: list[_Message], starts: list[float], private: bool, left_out: LeftOut) -> Iterator[Turn]:
    said: dict[str, deque[tuple[str, str]]] = {}  # who said what, by how it begins
    for message, start in zip(messages, starts, strict=True):
        note = _privacy_note(message)
        if note and not private:
            left_out.add(_PRIVATE_MESSAGES, message.line)
            continue
        words = _words(message, left_out)
        if words is None:
            continue
        notes = [note] if note else []
        if words.quoted is not None:
            notes.append(_reply_to(words.quoted, said))
        if message.recipient and not note and not message.recipient.casefold().startswith("everyone"):
            notes.append(f"(to {message.recipient})")
        alike = said.setdefault(_key(words.text), deque(maxlen=_REMEMBERED))
        alike.append((message.speaker, " ".join(words.text.split())))
        yield Turn(words.text, message.speaker, start=start, notes=tuple(notes))


def _privacy_note(message: _Message) -> str:
    """The note of a message that only one person was to see; "" for any other."""
    to, marks = _PRIVATE.subn("", message.recipient)
    if marks or (to and not _PUBLIC.search(to)):
        return f"(private, to {to})" if to else "(private)"
    return ""


def _words(message: _Message, left_out: LeftOut) -> _Words | None:
    """The words of a message; None when there are none, or it is a reaction."""
    text = "\n".join(message.words)
    if _REACTED.fullmatch(text):
        left_out.add("Reactions", message.line)
        return None
    if _UNREACTED.fullmatch(text):
        left_out.add("Removed reactions", message.line)
        return None
    if not text:
        left_out.add("Messages without words", message.line)
        return None
    if not _REPLYING.match(text):
        return _Words(text)
    quoted, rest = _quotation(message.words)
    if not rest:
        left_out.add("Replies without words", message.line)
        return None
    return _Words(rest, quoted)


def _quotation(lines: list[str]) -> tuple[str | None, str]:
    """Cut a reply into the opening it quotes and its own words; None where the quotation never ends."""
    quoting = _REPLYING.sub("", "\n".join(lines[:_QUOTE_LINES]), count=1)
    end = _QUOTE_END.search(quoting) or _LOOSE_QUOTE_END.search(quoting)
    if end is None:
        return None, "\n".join(lines)
    cut_short = end.group("cut") or ""
    own = [quoting[end.end() :].strip(), *lines[_QUOTE_LINES:]]
    return " ".join(quoting[: end.start()].split()) + cut_short, "\n".join(filter(None, own))


def _reply_to(quoted: str, said: dict[str, deque[tuple[str, str]]]) -> str:
    """The note of a reply: the latest message that begins as quoted, or the quotation alone."""
    opening = quoted.removesuffix("...").removesuffix("…").rstrip()
    whole = opening == quoted
    for speaker, text in reversed(said.get(_key(opening), ())):
        if text == opening or (not whole and text.startswith(opening)):
            return reply_note(speaker, text)
    return reply_note(None, quoted)


def _key(text: str) -> str:
    return " ".join(text[: 4 * _KEY].split())[:_KEY]


def _date(source: Path, recorded: bool) -> tuple[str | None, list[Remark]]:
    """The day of the meeting, and what there is to say about it."""
    remarks = []
    if recorded:
        counted = "Zoom saves such a file with a recording; times were taken to count from its start."
        remarks.append(Remark(RemarkKind.ASSUMED, counted))
    if found := date_in_name(source.stem):
        return found[0], remarks
    if found := date_in_name(source.parent.name):
        taken = f"The date was taken from the name of the folder, {source.parent.name!r}."
        return found[0], [*remarks, Remark(RemarkKind.INFERRED, taken)]
    if not recorded:
        unknown = "The chat gives times of day but no date; pass --date to say on which day it began."
        remarks.append(Remark(RemarkKind.ASSUMED, unknown))
    return None, remarks


def _why_empty(left_out: LeftOut) -> str:
    if count := left_out[_PRIVATE_MESSAGES]:
        return f"Nothing is left without the {count} messages to one person. Pass --private to keep them."
    return "The chat holds no message with words, only reactions or empty ones. Save it again from Zoom."
