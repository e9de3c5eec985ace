"""Slack messages: one day of a channel, a JSON list of messages; or a channel out of a whole export.

Accepts what Slack exports. Each message is a turn under the real name of who wrote it; bots and integrations
are kept under theirs. Replies follow the message they answer, whatever day they were written. Times are the
wall clock of the one time zone that all who write share, or UTC.
Joins, topics, other notices, reactions and messages without words are left out and counted; files and
previews become notes. Refuses messages without the ``ts`` that tells their time.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from qa.errors import FormatError, shorten
from qa.readers.chat import LeftOut, dicts, distinct_names, reply_note, text_of
from qa.readers.dates import date_in_name
from qa.readers.fields import Checker, Fields
from qa.readers.slack_export import MARK, channels, handle_of, is_export, name_of
from qa.readers.slack_text import Names, attached_words, block_words, plain, unescape
from qa.readers.spacing import tidy
from qa.types import Reading, Remark, RemarkKind, TimeKind, Turn

__all__ = ["FORMAT", "channels", "is_export", "parse", "recognises"]

FORMAT = "slack"

_TS = re.compile(r"(\d{1,10})(?:\.(\d{1,9}))?", re.ASCII)
_SAID = {"bot_message", "me_message", "thread_broadcast", "file_share", "file_comment"}
_LOOKED_AT = 5
_FILES = "Messages that only share a file"


@dataclass(frozen=True, slots=True)
class _Message:
    """A message that somebody wrote: its fields, its id and time, who wrote it, and what it answers."""

    fields: Fields
    ts: str
    second: int  # since 1970, UTC
    fraction: float
    author: str
    thread: str | None


def recognises(value: Any) -> str | None:
    """Say why a value is in this format: its messages have the time stamps of Slack."""
    if isinstance(value, dict):
        is_channel = isinstance(value.get(MARK), str)
        return "it is a channel of a Slack export" if is_channel else None
    first = value[:_LOOKED_AT] if isinstance(value, list) else []
    stamped = first and all(
        isinstance(item, dict)
        and isinstance(item.get("ts"), str)
        and _TS.fullmatch(item["ts"])
        and (item.get("type") == "message" or "user" in item)
        for item in first
    )
    return "it is a JSON list of messages with the time stamps of Slack ('ts')" if stamped else None


def parse(value: Any, source: Path) -> Reading:
    """Read one day of a channel, or a channel.

    Args:
        value: As ``recognises`` accepts it.
        source: Named in errors, never opened; its folder may give the title of a day.

    Raises:
        FormatError: If a message cannot be read; it is named by its number, counted from 1.
    """
    channel: Fields = value if isinstance(value, dict) else {"messages": value}
    if "unreadable" in channel:
        day, why = text_of(channel, "unreadable"), text_of(channel, "why")
        raise FormatError(source, None, None, f"{day} cannot be read ({why}). Export the workspace again.")
    users = {user["id"]: user for user in dicts(channel.get("users")) if isinstance(user.get("id"), str)}
    left_out = LeftOut()
    messages = _without_repeats(_messages(channel.get("messages"), source, left_out), left_out)
    names = _names(channel, users, messages)
    zone, remark = _zone(users, messages)
    turns, notes, date = _read(_threaded(messages), names, zone, left_out)
    bots = sum(message.author.startswith("bot ") for message in messages)
    remarks = left_out.remarks()
    if bots:
        remarks.append(Remark(RemarkKind.ASSUMED, f"Messages of bots kept, under their names: {bots}."))
    return Reading(
        FORMAT,
        turns,
        TimeKind.CLOCK if turns else TimeKind.NONE,
        title=tidy(text_of(channel, MARK)) or _folder(source),
        date=date,
        notes=notes,
        remarks=(*remarks, remark) if turns else tuple(remarks),
        aliases=_aliases(users, names),
    )


def _folder(source: Path) -> str | None:
    """The name of the channel in whose folder a day lies."""
    name = tidy(source.parent.name)
    return f"#{name}" if name and date_in_name(source.stem) else None


def _messages(value: Any, source: Path, left_out: LeftOut) -> Iterator[_Message]:
    if not isinstance(value, list):
        raise FormatError(source, None, None, "'messages' should be a list. Export the channel again.")
    for number, item in enumerate(value, start=1):
        checker = Checker(item if isinstance(item, dict) else {}, source, f"message {number}")
        if not isinstance(item, dict):
            raise checker.error("A message should be an object. Export the channel again.")
        notice = _notice(item)
        if notice is not None:
            left_out.add(notice)
            continue
        ts = item.get("ts")
        stamp = _TS.fullmatch(ts) if isinstance(ts, str) else None
        if stamp is None:
            raise checker.wrong("ts", 'a time in quotes, as in "1700000000.000100"')
        if not isinstance(item.get("text"), str | None):
            raise checker.wrong("text", "a text in quotes")
        thread = checker.text("thread_ts")
        yield _Message(
            item,
            stamp.group(),
            int(stamp.group(1)),
            round(float(f"0.{stamp.group(2) or 0}"), 3),
            _author(checker),
            thread if thread != ts else None,
        )


def _notice(message: Fields) -> str | None:
    """What a message is called that nobody wrote; None for one that somebody did."""
    subtype = message.get("subtype")
    kind = subtype if isinstance(subtype, str) and subtype else None
    if message.get("type", "message") != "message":
        return "Events that are no messages"
    if message.get("hidden") is True or kind == "tombstone":
        return "Deleted or hidden messages"
    if kind is None or kind in _SAID:
        return None
    if kind.endswith(("_join", "_leave")):
        return "Joins and leaves"
    if kind.endswith(("_topic", "_purpose", "_name")):
        return "Changes of topic or name"
    return f"Notices of Slack ({shorten(kind, 40)})"


def _author(checker: Checker) -> str:
    """An account's id; for a bot its name, since one integration may write under many."""
    user, profile = checker.text("user"), checker.fields.get("bot_profile")
    if user is not None and checker.fields.get("subtype") != "bot_message":
        return user
    shown = text_of(profile, "name") if isinstance(profile, dict) else ""
    name = checker.text("username") or tidy(shown) or checker.text("bot_id") or user or "Bot"
    return f"bot {tidy(unescape(name)) or 'Bot'}"


def _without_repeats(messages: Iterable[_Message], left_out: LeftOut) -> list[_Message]:
    """In order of time, once each: a reply also sent to the channel may be written twice."""
    kept: dict[tuple[str, str], _Message] = {}
    for message in messages:
        before = kept.setdefault((message.ts, message.author), message)
        if before is message:
            continue
        if before.fields.get("text") == message.fields.get("text"):
            left_out.add("Second copies of messages")
            if message.thread is not None:  # this copy knows what it answers
                kept[message.ts, message.author] = message
        else:
            kept[f"{message.ts}#{len(kept)}", message.author] = message
    return sorted(kept.values(), key=lambda message: (message.second, message.fraction, message.ts))


def _names(channel: Fields, users: dict[str, Fields], messages: list[_Message]) -> Names:
    """A name for every id: from the list of users, else from the messages, else the id itself."""
    people = {identifier: name_of(user) or identifier for identifier, user in users.items()}
    people.update(_texts(channel.get("names")))
    handles = {identifier: handle_of(user) for identifier, user in users.items()}
    for message in messages:
        author, profile = message.author, message.fields.get("user_profile")
        if people.get(author, author) == author:
            name = name_of(profile) if isinstance(profile, dict) else ""
            name = name or tidy(text_of(message.fields, "username"))
            people[author] = author.removeprefix("bot ") if author.startswith("bot ") else name or author
    return Names(distinct_names(people, handles), _texts(channel.get("channels")))


def _texts(value: Any) -> dict[str, str]:
    """The names in an object, tidied; nothing where it is no object."""
    items = value.items() if isinstance(value, dict) else ()
    return {key: name for key, text in items if isinstance(text, str) and (name := tidy(text))}


def _zone(users: dict[str, Fields], messages: list[_Message]) -> tuple[tzinfo, Remark]:
    """The time zone of everyone who writes, where there is one."""
    writing = {message.author for message in messages if not message.author.startswith("bot ")}
    zones = {text_of(users.get(author, {}), "tz") for author in writing}
    if len(zones) == 1 and (name := zones.pop()):
        try:
            message = f"Times are those of {name}, where everyone who writes here is."
            return ZoneInfo(name), Remark(RemarkKind.ASSUMED, message)
        except (KeyError, ValueError, OSError):  # no such zone, or this machine has no list of zones
            pass
    return UTC, Remark(RemarkKind.ASSUMED, "Times are UTC, as Slack keeps them.")


def _threaded(messages: list[_Message]) -> Iterator[tuple[_Message, _Message | None]]:
    """Every message with the one it answers, if that is here; replies right after it, in order of time."""
    begun = {message.ts: message for message in messages if message.thread is None}
    replies: dict[str, list[_Message]] = {}
    for message in messages:
        if message.thread is not None and message.thread in begun:
            replies.setdefault(message.thread, []).append(message)
    for message in messages:
        if message.thread in begun:
            continue
        yield message, None
        if begun.get(message.ts) is message:
            yield from ((reply, message) for reply in replies.get(message.ts, ()))


def _read(
    threaded: Iterable[tuple[_Message, _Message | None]], names: Names, zone: tzinfo, left_out: LeftOut
) -> tuple[tuple[Turn, ...], tuple[str, ...], str | None]:
    """The turns with their times since the first midnight, the notes of no turn, and the first day."""
    said: list[tuple[datetime, float, Turn]] = []
    notes: list[str] = []
    for message, parent in threaded:
        speaker = names.people[message.author]
        text, own_notes = _words(message.fields, names)
        reactions = len(dicts(message.fields.get("reactions")))
        if reactions:
            left_out.add("Reactions", count=reactions)
        if not text:
            left_out.add(_FILES if own_notes else "Messages without words")
            notes += [f"{speaker}: {note}" for note in own_notes]
            continue
        if message.thread is not None:
            own_notes.insert(0, reply_note(names.people[parent.author] if parent else None, None))
        clock = datetime.fromtimestamp(message.second, zone).replace(tzinfo=None)
        said.append((clock, message.fraction, Turn(text, speaker, notes=tuple(own_notes))))
    if not said:
        return (), tuple(notes), None
    midnight = min(clock for clock, _, _ in said).replace(hour=0, minute=0, second=0)
    turns = tuple(
        replace(turn, start=round((clock - midnight).total_seconds() + fraction, 3))
        for clock, fraction, turn in said
    )
    return turns, tuple(notes), midnight.date().isoformat()


def _words(message: Fields, names: Names) -> tuple[str, list[str]]:
    """The words of a message, and notes on what hangs on it."""
    notes = [
        f"(file: {shorten(text_of(file, 'title', 'name') or 'without a name')})"
        for file in dicts(message.get("files"))
    ]
    text = plain(text_of(message, "text"), names) or block_words(message, names)
    if text:
        previews = [text_of(item, "title", "fallback") for item in dicts(message.get("attachments"))]
        notes += [f"(attachment: {shorten(plain(title, names))})" for title in previews if title]
    else:
        text = attached_words(message, names)
    if text and isinstance(message.get("edited"), dict):
        notes.append("(edited)")
    return text, notes


def _aliases(users: dict[str, Fields], names: Names) -> tuple[tuple[str, str], ...]:
    """The display names that stand for one person and are not that person's name."""
    handles = {identifier: handle_of(user) for identifier, user in users.items()}
    counts = Counter(handles.values())
    taken = set(names.people.values())
    return tuple(
        (handle, names.people[identifier])
        for identifier, handle in handles.items()
        if handle and counts[handle] == 1 and handle not in taken
    )
