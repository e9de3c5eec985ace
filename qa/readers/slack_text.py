"""Slack's message markup as plain words: ``<@U024BE7LH>``, ``<https://a.example|the page>``, ``&amp;``.

Mentions become names, links their labels. Emoji codes such as ``:tada:`` and the marks of bold and code stay
as written.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from qa.readers.chat import dicts, text_of
from qa.readers.fields import Fields
from qa.readers.spacing import tidy, tidy_lines

_TOKEN = re.compile(r"<([@#!]?)([^<>|\n]{1,4000})(?:\|([^<>\n]{0,4000}))?>")
_ENTITY = re.compile(r"&(amp|lt|gt);")
_ENTITIES = {"amp": "&", "lt": "<", "gt": ">"}
_MOST_NODES = 5000  # parts of one message's blocks


@dataclass(frozen=True, slots=True)
class Names:
    """What the ids in a channel stand for."""

    people: Mapping[str, str] = field(default_factory=dict)
    channels: Mapping[str, str] = field(default_factory=dict)


def unescape(text: str) -> str:
    """Undo the three escapes that Slack uses, each once."""
    return _ENTITY.sub(lambda match: _ENTITIES[match.group(1)], text)


def plain(text: str, names: Names) -> str:
    """Return the words of a message, each line tidied."""
    words: list[str] = []
    position = 0
    for match in _TOKEN.finditer(text):
        words += [unescape(text[position : match.start()]), _meant(match, names)]
        position = match.end()
    return tidy_lines("".join([*words, unescape(text[position:])]))


def _meant(match: re.Match[str], names: Names) -> str:
    """The words that one token in angle brackets stands for."""
    sign, target, label = match.groups()
    label = unescape(label or "")
    if sign == "@":
        return "@" + (names.people.get(target) or label or target)
    if sign == "#":
        return "#" + (label or names.channels.get(target) or target)
    if sign == "!":  # <!here>, <!subteam^S012|@designers>, <!date^1392734382^{date}|18 February>
        return label or "@" + target.partition("^")[0]
    return label or unescape(target).removeprefix("mailto:")


def attached_words(message: Fields, names: Names) -> str:
    """Return the words of a message's attachments, which is where many bots write theirs."""
    lines: list[str] = []
    for attachment in dicts(message.get("attachments")):
        own = [text_of(attachment, key) for key in ("pretext", "title", "text")]
        own += [text_of(part, key) for part in dicts(attachment.get("fields")) for key in ("title", "value")]
        lines += filter(None, own) if any(own) else [text_of(attachment, "fallback")]
    return plain("\n".join(lines), names)


def block_words(message: Fields, names: Names) -> str:
    """Return the words of a message's blocks, for messages that have no text beside them."""
    return tidy_lines("".join(islice(_block_words(message.get("blocks"), names), _MOST_NODES)))


def _block_words(blocks: Any, names: Names) -> Iterator[str]:
    """Walk blocks in reading order, without recursion because files nest as deep as they like."""
    waiting: list[Any] = [blocks]
    while waiting:
        part = waiting.pop()
        if isinstance(part, str):
            yield part
        elif isinstance(part, list):
            waiting.extend(reversed(part))
        elif isinstance(part, dict):
            yield from _leaf(part, names)
            inner = [part.get(key) for key in ("text", "fields", "elements")]
            waiting.append("\n" if "elements" in part or isinstance(part.get("text"), dict) else "")
            waiting.extend(item for item in reversed(inner) if isinstance(item, dict | list))


def _leaf(part: Fields, names: Names) -> Iterator[str]:
    kind, text = part.get("type"), part.get("text")
    if kind == "mrkdwn" and isinstance(text, str):
        yield plain(text, names)
    elif isinstance(text, str):
        yield text
    elif kind == "user":
        user = part.get("user_id")
        yield "@" + names.people.get(user, user) if isinstance(user, str) else ""
    elif kind == "emoji":
        yield f":{tidy(str(part.get('name')))}:"
    elif kind == "link":
        yield text_of(part, "url")
