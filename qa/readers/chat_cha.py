r"""CHAT, the format of TalkBank and CHILDES (``.cha``): ``*MOT:\twhat is that ? ␕20048_22350␕``.

Accepts headers (``@Participants``, ``@ID``, ``@Date``, ``@Situation`` …), lines continued after a tab, times
between U+0015 or bullets in milliseconds, and utterances without times. One utterance is one turn; its codes
are read as ``chat_codes`` says. A speaker is named as ``@Participants`` does, by the code ("MOT") where that
gives no name; the role there ("Mother") is the turn's role. The tiers of analysis (``%mor``, ``%gra``, …) are
skipped. Refuses a line that starts with none of ``@``, ``*``, ``%`` and white space.

The lines are read here rather than by pylangacq, which stops at analysis tiers that do not match their words.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from qa.errors import FormatError
from qa.readers.chat_codes import read_utterance
from qa.readers.dates import read_date
from qa.readers.spacing import tidy
from qa.types import Reading, Remark, RemarkKind, TimeKind, Turn

FORMAT = "chat"

_TIMES = re.compile(r'[\x15•](?:%(?:snd|mov|vid):"?[^"_\x15•]{0,200}"?_)?(\d{1,12})_(\d{1,12})-?[\x15•]')
_OTHER_TIMES = re.compile(r"\x15(?:%[^\x15\n]{0,200}|[\d_ -]{0,40})\x15|•%[^•\n]{0,200}•")  # such as %pic:
_MAIN = re.compile(r"\*([^\s:]{1,40}):\s*(.*)", re.DOTALL)
_DATE = re.compile(r"(\d{1,2})-([A-Za-z]{3})-(\d{4})")
_NOTED = frozenset(
    ("Situation", "Location", "Activities", "Comment", "Media", "G", "Bg", "Eg", "Room Layout", "Warning")
)
_REMEDY = (
    "Start a header with @, an utterance with * and a speaker, as in '*MOT:', a tier with %, and a line that"
    " goes on with a tab."
)


class _Line(NamedTuple):
    """A line with those that continue it."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class _Participant:
    name: str
    role: str | None


@dataclass(slots=True)
class _Document:
    """What has been read so far."""

    source: Path
    people: dict[str, _Participant] = field(default_factory=dict)
    turns: list[Turn] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    dates: list[str] = field(default_factory=list)
    title: str | None = None
    tiers: Counter[str] = field(default_factory=Counter)
    unknown: dict[str, int] = field(default_factory=dict)
    wordless: list[int] = field(default_factory=list)
    reversed: list[int] = field(default_factory=list)
    ended: bool = False


def recognises(head: str) -> str | None:
    """Say why a text is CHAT: its first lines are its headers."""
    lines = [line.strip() for line in head.split("\n", 40)[:40] if line.strip()]
    if not lines or not lines[0].startswith("@"):
        return None
    if lines[0] in {"@UTF8", "@Begin"}:
        return f"the first line is {lines[0]}"
    begins = "@Begin" in lines or any(line.startswith("@Participants:") for line in lines)
    return "the headers of CHAT stand at the top" if begins else None


def parse(text: str, source: Path) -> Reading:
    """Read a CHAT file.

    Args:
        text: The whole file; lines end in a line feed.
        source: Named in errors, never opened.

    Raises:
        FormatError: If a line is neither header, utterance, tier nor the continuation of one; it is named.
    """
    document = _Document(source)
    for line in _lines(text, source):
        if line.text.startswith("@"):
            _add_header(line, document)
        elif line.text.startswith("*"):
            _add_utterance(line, document)
        else:
            document.tiers[tidy(line.text[:40].partition(":")[0])] += 1
    timed = any(turn.start is not None for turn in document.turns)
    used = {turn.speaker for turn in document.turns}
    return Reading(
        FORMAT,
        tuple(document.turns),
        TimeKind.MEDIA if timed else TimeKind.NONE,
        title=document.title,
        date=next(iter(document.dates), None),
        notes=tuple(document.notes),
        remarks=tuple(_remarks(document)),
        aliases=tuple(
            (code, person.name)
            for code, person in document.people.items()
            if person.name in used and person.name != code
        ),
    )


def _lines(text: str, source: Path) -> Iterator[_Line]:
    """Join lines with those that continue them."""
    begun = 0
    parts: list[str] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        if line[0] in "\t ":
            if not parts:
                raise FormatError(source, number, line, _REMEDY)
            parts.append(line)
            continue
        if line[0] not in "@*%":
            raise FormatError(source, number, line, _REMEDY)
        if parts:
            yield _Line(begun, " ".join(parts))
        begun, parts = number, [line]
    if parts:
        yield _Line(begun, " ".join(parts))


def _add_header(line: _Line, document: _Document) -> None:
    name, _, value = line.text[1:].partition(":")
    document.ended = name.strip() == "End"
    value = tidy(_OTHER_TIMES.sub(" ", value))
    if name == "Participants":
        for entry in value.split(","):
            _add_participant(entry.split(), document)
    elif name == "ID":
        fields = [*value.split("|"), *[""] * 8]
        known, role = document.people.get(fields[2].strip()), _plain(fields[7])
        if known is not None and known.role is None and role:
            document.people[fields[2].strip()] = _Participant(known.name, role)
    elif name == "Date":
        if date := _date(value):
            document.dates.append(date)
    elif name == "Title":
        document.title = document.title or value or None
    elif name in _NOTED and value:
        document.notes.append(f"{name}: {value.replace(' ,', ',')}")


def _add_participant(words: list[str], document: _Document) -> None:
    """One entry of @Participants: a code, perhaps a name, and a role."""
    if not words:
        return
    code, rest = words[0], words[1:]
    role = _plain(rest[-1]) if rest else None
    document.people.setdefault(code, _Participant(_plain(" ".join(rest[:-1])) or code, role or None))


def _plain(text: str) -> str:
    return tidy(text.replace("_", " "))


def _date(value: str) -> str | None:
    match = _DATE.search(value)
    return read_date(" ".join(match.groups()) if match else value)


def _add_utterance(line: _Line, document: _Document) -> None:
    main = _MAIN.match(line.text)
    if main is None:
        raise FormatError(document.source, line.number, line.text, _REMEDY)
    code = main.group(1)
    person = document.people.get(code)
    if person is None:
        document.unknown.setdefault(code, line.number)
        person = _Participant(tidy(_plain(code)) or "?", None)
    start, end = _span(main.group(2), line.number, document)
    coded = _OTHER_TIMES.sub(" ", _TIMES.sub(" ", main.group(2)))
    said = read_utterance(tidy(coded))
    if said.text:
        turn = Turn(said.text, person.name, person.role, start, end, notes=said.notes)
        document.turns.append(turn)
    elif said.notes:
        document.notes.extend(f"{person.name}: {note}" for note in said.notes)
    else:
        document.wordless.append(line.number)


def _span(coded: str, number: int, document: _Document) -> tuple[float | None, float | None]:
    """The times of an utterance: from its first mark to its last."""
    marks = [(int(start) / 1000, int(end) / 1000) for start, end in _TIMES.findall(coded)]
    if not marks:
        return None, None
    start, end = marks[0][0], max(end for _, end in marks)
    if end >= start:
        return start, end
    document.reversed.append(number)
    return start, None


def _remarks(document: _Document) -> Iterator[Remark]:
    if not document.ended:
        yield Remark(RemarkKind.DROPPED, "The last line is not @End; the file may have been cut short.")
    if document.tiers:
        listed = ", ".join(f"{tier} {count}" for tier, count in document.tiers.most_common(12))
        yield Remark(RemarkKind.DROPPED, f"Tiers of analysis skipped: {listed}.")
    if document.wordless:
        message = f"Utterances without words left out: {len(document.wordless)}."
        yield Remark(RemarkKind.DROPPED, message, tuple(document.wordless))
    if document.reversed:
        message = f"Ends that come before their start left out: {len(document.reversed)}."
        yield Remark(RemarkKind.DROPPED, message, tuple(document.reversed))
    if document.unknown:
        codes = ", ".join(list(document.unknown)[:12])
        message = f"Speakers whom @Participants does not list are shown by their code: {codes}."
        yield Remark(RemarkKind.ASSUMED, message, tuple(document.unknown.values()))
    if len(document.dates) > 1:
        message = f"The headers give {len(document.dates)} dates; the first, {document.dates[0]}, is kept."
        yield Remark(RemarkKind.DROPPED, message)
