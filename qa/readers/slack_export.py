"""A whole Slack export: users.json, channels.json and its like, and a folder of day files for each channel.

Each channel becomes one document in JSON, which `qa.readers.slack` reads as it would any file: its messages
of all days together, because the replies of a thread lie in the files of later days.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa.errors import FormatError
from qa.readers.chat import dicts, distinct_names, text_of
from qa.readers.fields import Fields, load
from qa.readers.slack_text import unescape
from qa.readers.spacing import tidy

MARK = "slack_channel"  # the key by which a document of this module is recognised

_DAY = re.compile(r"([^/]+)/(\d{4}-\d{2}-\d{2}\.json)")
_LISTS = ("channels.json", "groups.json", "mpims.json", "dms.json")
_MENTIONED = re.compile(r'(?:<[@#]|"(?:user|user_id)": ")([^"|<>\\]{1,80})')


@dataclass(frozen=True, slots=True)
class _Workspace:
    """What there is: users and their names by id, names of channels by id, titles by the folder's name."""

    users: dict[str, Fields]
    people: dict[str, str]
    channels: dict[str, str]
    titles: dict[str, str]


def is_export(names: Sequence[str]) -> bool:
    """Say whether the files of an archive are a Slack export.

    Args:
        names: As they lie in the archive, "/" between folders.
    """
    listed = {"users.json", *_LISTS} & set(names)
    return bool(listed) and any(_DAY.fullmatch(name) for name in names)


def channels(names: Sequence[str], read: Callable[[str], bytes], source: Path) -> Iterator[tuple[str, bytes]]:
    """Read an export, one channel at a time.

    Args:
        names: Its files, as ``is_export`` accepts them.
        read: Gives the content of one of them; what it raises passes through.
        source: Named in errors.

    Yields:
        The folder of each channel, in order, and a document in JSON: the same bytes for the same export. A
        day that cannot be read makes a document that `qa.readers.slack` refuses, and the rest is read.

    Raises:
        FormatError: If the list of users or of channels cannot be read.
    """
    present = set(names)
    workspace = _workspace(lambda name: _list(name, read, source) if name in present else [])
    days: dict[str, list[str]] = {}
    for name in sorted(present):
        if match := _DAY.fullmatch(name):
            days.setdefault(match.group(1), []).append(name)
    for folder, files in days.items():
        yield folder, _document(folder, files, read, workspace)


def _workspace(listed: Callable[[str], list[Fields]]) -> _Workspace:
    users = {user["id"]: user for user in listed("users.json") if isinstance(user.get("id"), str)}
    # Over the whole workspace, so that a person has the same name in every channel.
    people = distinct_names(
        {identifier: name_of(user) or identifier for identifier, user in users.items()},
        {identifier: handle_of(user) for identifier, user in users.items()},
    )
    names: dict[str, str] = {}
    titles: dict[str, str] = {}
    for file in _LISTS:
        for channel in listed(file):
            identifier, name = text_of(channel, "id"), text_of(channel, "name")
            if file in ("mpims.json", "dms.json"):  # no name but their members'
                titles[name or identifier] = _members(channel, people) or name or identifier
            elif name:
                names[identifier] = name
                titles[name] = f"#{name}"
    return _Workspace(users, people, names, titles)


def _members(channel: Fields, people: dict[str, str]) -> str:
    members = channel.get("members")
    ids = [member for member in members if isinstance(member, str)] if isinstance(members, list) else []
    return ", ".join(people.get(member, member) for member in ids)


def name_of(user: Fields) -> str:
    """Return the name in an entry of users.json, or in a message's profile; "" when there is none."""
    profile = user.get("profile")
    inner: Fields = profile if isinstance(profile, dict) else {}
    name = text_of(inner, "real_name") or text_of(user, "real_name") or text_of(inner, "display_name")
    return tidy(unescape(name or text_of(user, "display_name", "name")))


def handle_of(user: Fields) -> str:
    """Return what else a user is called: the display name or the account."""
    profile = user.get("profile")
    shown = text_of(profile, "display_name") if isinstance(profile, dict) else ""
    return tidy(unescape(shown or text_of(user, "display_name", "name")))


def _document(folder: str, files: list[str], read: Callable[[str], bytes], workspace: _Workspace) -> bytes:
    messages: list[Any] = []
    for file in files:
        try:
            day = load(read(file).decode("utf-8-sig"))
            if not isinstance(day, list):
                raise ValueError("it holds no list of messages")
        except ValueError as error:
            return _dumped({MARK: folder, "unreadable": file, "why": str(error)}).encode()
        messages += day
    written = _dumped(messages)
    mentioned = set(_MENTIONED.findall(written))
    head = {
        MARK: workspace.titles.get(folder, f"#{folder}"),
        "channels": {key: name for key, name in workspace.channels.items() if key in mentioned},
        "names": {key: name for key, name in workspace.people.items() if key in mentioned},
        "users": [user for key, user in workspace.users.items() if key in mentioned],
    }
    return f'{_dumped(head)[:-1]}, "messages": {written}}}'.encode()


def _dumped(value: Any) -> str:
    return json.dumps(value, sort_keys=True)  # in ASCII, because a lone surrogate has no bytes


def _list(name: str, read: Callable[[str], bytes], source: Path) -> list[Fields]:
    """Read one of the lists at the top of an export."""
    try:
        return dicts(load(read(name).decode("utf-8-sig")))
    except ValueError as error:
        remedy = f"The file is not valid JSON ({error}). Export the workspace again."
        raise FormatError(source / name, None, None, remedy) from error
