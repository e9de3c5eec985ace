"""Discord chats as DiscordChatExporter writes them in JSON: "guild", "channel" and "messages".

Each message of type Default or Reply is a turn under its author's nickname or name, bots included. Times are
the wall clock of the offset that the file states. A reply names the message it answers in a note; files,
stickers and previews become notes, except that the preview of a message without words is its words.
Joins, calls, pins and other events, reactions and messages without words are left out and counted. Of an
export in several files each is a transcript. Refuses messages without a time and an author.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from qa.errors import shorten
from qa.readers.chat import LeftOut, dicts, distinct_names, reply_note, text_of
from qa.readers.fields import Checker, Fields
from qa.readers.spacing import tidy, tidy_lines
from qa.types import Reading, Remark, RemarkKind, TimeKind, Turn

FORMAT = "discord"

_SAID = {"Default", "Reply", 0, 19}  # older versions write the numbers of Discord's own interface
_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)?", re.ASCII)
_PART = re.compile(r"\[part (\d{1,5})\]", re.IGNORECASE)
_TOKEN = re.compile(r"<(?:@[!&]?|#)(\d{1,25})>|<a?(:\w{1,40}:)\d{1,25}>")
_DIRECT = ("DirectTextChat", "DirectGroupTextChat")
_FILES = "Messages that only hold a file or a sticker"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Message:
    """A message that somebody wrote."""

    fields: Fields
    identifier: str
    time: datetime  # with the offset, when the file states one
    author: str

    @property
    def clock(self) -> datetime:
        """The time on the wall."""
        return self.time.replace(tzinfo=None)

    @property
    def moment(self) -> timedelta:
        """The time whatever the offset, since 1970; a time without one counts as UTC."""
        return (self.time if self.time.tzinfo else self.time.replace(tzinfo=UTC)) - _EPOCH


@dataclass(frozen=True, slots=True)
class _Authors:
    """Who writes, by account id: names, other names, and which are bots."""

    names: dict[str, str] = field(default_factory=dict)
    handles: dict[str, str] = field(default_factory=dict)
    bots: set[str] = field(default_factory=set)


def recognises(value: Any) -> str | None:
    """Say why a value is in this format: it has the keys of DiscordChatExporter."""
    shaped = (
        isinstance(value, dict)
        and isinstance(value.get("messages"), list)
        and isinstance(value.get("guild"), dict)
        and isinstance(value.get("channel"), dict)
    )
    return "the JSON has 'guild', 'channel' and 'messages', as DiscordChatExporter writes" if shaped else None


def parse(value: Any, source: Path) -> Reading:
    """Read an exported channel.

    Args:
        value: As ``recognises`` accepts it.
        source: Named in errors, never opened; its name may say which part of an export it is.

    Raises:
        FormatError: If a message cannot be read; it is named by its number, counted from 1.
    """
    left_out, authors = LeftOut(), _Authors()
    messages = list(_messages(value["messages"], authors, source, left_out))
    ordered = sorted(messages, key=lambda message: message.moment)
    people = distinct_names(authors.names, authors.handles)
    turns, notes, date = _turns(ordered, people, left_out)
    remarks = left_out.remarks()
    if ordered != messages:
        remarks.append(Remark(RemarkKind.INFERRED, "Messages were put in the order of their times."))
    if bots := sum(message.author in authors.bots for message in messages):
        remarks.append(Remark(RemarkKind.ASSUMED, f"Messages of bots kept, under their names: {bots}."))
    if turns:
        remarks.append(_clock_remark(ordered))
    return Reading(
        FORMAT,
        turns,
        TimeKind.CLOCK if turns else TimeKind.NONE,
        title=_title(value, source),
        date=date,
        notes=notes,
        remarks=tuple(remarks),
    )


def _messages(items: list[Any], authors: _Authors, source: Path, left_out: LeftOut) -> Iterator[_Message]:
    for number, item in enumerate(items, start=1):
        checker = Checker(item if isinstance(item, dict) else {}, source, f"message {number}")
        if not isinstance(item, dict):
            raise checker.error("A message should be an object. Export the channel again.")
        kind = item.get("type", "Default")
        if not isinstance(kind, str | int) or kind not in _SAID:
            left_out.add(f"Events of Discord ({shorten(str(kind), 40)})")
            continue
        author = item.get("author")
        if not isinstance(author, dict):
            raise checker.wrong("author", "an object with the author's name")
        if not isinstance(item.get("content"), str | None):
            raise checker.wrong("content", "a text in quotes")
        yield _Message(item, checker.text("id") or "", _time(checker), _account(author, authors, checker))


def _time(checker: Checker) -> datetime:
    stamp = checker.fields.get("timestamp")
    try:
        if isinstance(stamp, str) and _STAMP.fullmatch(stamp):
            return datetime.fromisoformat(stamp)
    except ValueError:
        pass
    raise checker.wrong("timestamp", 'a time such as "2026-03-12T15:01:39+01:00"')


def _account(author: Fields, authors: _Authors, checker: Checker) -> str:
    """The id of an author, whose names are noted down."""
    nickname, name = (tidy(text_of(author, key)) for key in ("nickname", "name"))
    identifier = text_of(author, "id") or name or nickname
    if not identifier:
        raise checker.wrong("author", "an object with the author's name")
    authors.names.setdefault(identifier, nickname or name or identifier)
    authors.handles.setdefault(identifier, name)
    if author.get("isBot") is True:
        authors.bots.add(identifier)
    return identifier


def _turns(
    messages: list[_Message], people: Mapping[str, str], left_out: LeftOut
) -> tuple[tuple[Turn, ...], tuple[str, ...], str | None]:
    """The turns, the notes that belong to none, and the first day."""
    said: list[tuple[datetime, Turn]] = []
    notes: list[str] = []
    answered = {message.identifier: message for message in messages}
    for message in messages:
        speaker = people[message.author]
        text, own_notes = _words(message.fields)
        if reactions := len(dicts(message.fields.get("reactions"))):
            left_out.add("Reactions", count=reactions)
        if not text:
            left_out.add(_FILES if own_notes else "Messages without words")
            notes += [f"{speaker}: {note}" for note in own_notes]
            continue
        if reply := _reply(message, answered, people):
            own_notes.insert(0, reply)
        said.append((message.clock, Turn(text, speaker, notes=tuple(own_notes))))
    if not said:
        return (), tuple(notes), None
    midnight = min(clock for clock, _ in said).replace(hour=0, minute=0, second=0, microsecond=0)
    turns = tuple(replace(turn, start=round((clock - midnight).total_seconds(), 3)) for clock, turn in said)
    return turns, tuple(notes), midnight.date().isoformat()


def _reply(message: _Message, answered: Mapping[str, _Message], people: Mapping[str, str]) -> str | None:
    """The note on what a message answers; None when it answers nothing."""
    reference = message.fields.get("reference")
    if message.fields.get("type") not in ("Reply", 19) or not isinstance(reference, dict):
        return None
    found = answered.get(text_of(reference, "messageId"))
    if found is None:
        return reply_note(None, None)
    return reply_note(people[found.author], _words(found.fields)[0])


def _words(message: Fields) -> tuple[str, list[str]]:
    """The words of a message, and notes on what hangs on it."""
    notes = [f"(file: {_named(file, 'fileName')})" for file in dicts(message.get("attachments"))]
    notes += [f"(sticker: {_named(sticker, 'name')})" for sticker in dicts(message.get("stickers"))]
    embeds = dicts(message.get("embeds"))
    text = _plain(message, text_of(message, "content"))
    if text:
        titles = [text_of(embed, "title", "description") for embed in embeds]
        notes += [f"(embed: {shorten(title)})" for title in titles if title]
    elif forwarded := message.get("forwardedMessage"):
        text = text_of(forwarded, "content") if isinstance(forwarded, dict) else ""
        notes += ["(forwarded)"] if text else []
    text = text or "\n".join(filter(None, map(_embedded, embeds)))
    if text and message.get("timestampEdited") is not None:
        notes.append("(edited)")
    return text, notes


def _named(thing: Fields, key: str) -> str:
    return shorten(text_of(thing, key) or "without a name")


def _embedded(embed: Fields) -> str:
    lines = [text_of(embed, key) for key in ("title", "description")]
    lines += [text_of(part, key) for part in dicts(embed.get("fields")) for key in ("name", "value")]
    return "\n".join(filter(None, lines))


def _plain(message: Fields, text: str) -> str:
    """The text with ids replaced by names, where the exporter was told to leave Discord's markup."""
    if "<" not in text:
        return text
    mentions = {
        text_of(person, "id"): tidy(text_of(person, "nickname", "name"))
        for person in dicts(message.get("mentions"))
    }

    def meant(match: re.Match[str]) -> str:
        name = mentions.get(match.group(1) or "")
        return match.group(2) or (f"@{name}" if name else match.group())

    return tidy_lines(_TOKEN.sub(meant, text))


def _clock_remark(messages: list[_Message]) -> Remark:
    """Which time zone the times are in, as far as the file says."""
    offsets = {offset for message in messages if (offset := message.time.utcoffset()) is not None}
    zones = " and ".join(str(timezone(offset)) for offset in sorted(offsets))
    where = f"Times are {zones}, as the file states them." if zones else "Times are in no stated time zone."
    return Remark(RemarkKind.ASSUMED, where)


def _title(value: Fields, source: Path) -> str | None:
    """Guild, channel, and the stretch of time or the part that the file holds."""
    channel = value["channel"]
    name = tidy(text_of(channel, "name"))
    if channel.get("type") in _DIRECT:
        title = name
    else:
        title = " ".join(filter(None, [tidy(text_of(value["guild"], "name")), f"#{name}" if name else ""]))
    stretch = value.get("dateRange")
    days = [text_of(stretch, key)[:10] for key in ("after", "before")] if isinstance(stretch, dict) else []
    since, until = days or ("", "")
    title += f", since {since}" if since else ""
    title += f", until {until}" if until else ""
    if part := _PART.search(source.stem):
        title += f", part {part.group(1)}"
    return title.strip(", ") or None
