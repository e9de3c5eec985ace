"""Akoma Ntoso debates: the records of parliaments in XML, of any version and namespace.

Accepts ``<speech by="#lopez" as="#chair" startTime="…"><from>Ana Lopez</from><p>…``, ``question``,
``answer`` and groups of them. The speaker is who ``from`` names; where ``from`` is missing or gives only the
office, the person that ``by`` points to; with neither nobody, and for a question a questioner. ``scene``,
``narrative``, ``summary`` and headings are notes. Paragraphs, lists and tables inside a speech are its
paragraphs; text outside of speeches becomes notes, with a remark. Times are wall clock, counted from
midnight of the first day; one that cannot be read is left out with a remark. Refuses nothing; a document
without speeches is not recognised.
"""

import re
from dataclasses import dataclass, field
from datetime import date as Date
from pathlib import Path
from typing import NamedTuple

from qa.readers.akoma_people import People, Voice, people_of
from qa.readers.dates import read_date
from qa.readers.marked_speech import Rules, gather, line_of, note_of, text_of
from qa.readers.markup import Element, local_name
from qa.readers.spacing import tidy, word_set
from qa.types import Reading, Remark, RemarkKind, TimeKind, Turn

FORMAT = "akoma-ntoso"

_SPEECHES = word_set("speech question answer")
_DIRECTIONS = word_set("scene narrative summary remark")
_RULES = Rules(
    blocks=word_set(
        "p block blockList blockContainer listIntroduction listWrapUp item li ul ol table tr caption tblock"
    ),
    notes=_DIRECTIONS | word_set("authorialNote heading subheading crossHeading"),
    skipped=word_set("from noteRef"),
    speeches=_SPEECHES | {"speechGroup"},
)
_HEADINGS = word_set("heading subheading crossHeading")
_PARAGRAPHS = word_set("p block item li tr td th listIntroduction listWrapUp")
_OPENINGS = word_set("preface coverPage preamble")
_TIME = re.compile(r"(?:(\d{4}-\d{2}-\d{2})T)?(\d{2}):(\d{2})(?::(\d{2})(\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})?")
_DAY = 86_400
_LAST_YEAR = "2200"  # records whose date is not known yet carry 3000-01-01


class _Time(NamedTuple):
    """A time of day, and the day when it is given."""

    day: int | None
    seconds: float


@dataclass(frozen=True, slots=True)
class _Said:
    """A speech with words."""

    text: str
    speaker: str | None
    role: str | None
    notes: tuple[str, ...]
    start: _Time | None
    end: _Time | None
    line: int


@dataclass(slots=True)
class _Document:
    """What has been read so far."""

    people: People
    said: list[_Said] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    outside: list[int] = field(default_factory=list)
    wordless: list[int] = field(default_factory=list)
    untimed: list[int] = field(default_factory=list)
    reversed: list[int] = field(default_factory=list)


def recognises(root: Element) -> str | None:
    """Say why a document is an Akoma Ntoso debate: its root says so and somebody speaks in it."""
    if local_name(root).lower() != "akomantoso":
        return None
    speech = next(root.iter("{*}speech", "{*}question", "{*}answer"), None)
    return None if speech is None else f"it is a document of <{local_name(root)}> with speeches"


def parse(root: Element, source: Path) -> Reading:
    """Read an Akoma Ntoso debate.

    Args:
        root: As ``recognises`` accepts it.
        source: The name of the file, never opened; this format refuses nothing.
    """
    document = _Document(people_of(root))
    _walk(root, Voice(), document, opening=False)
    days = [said.start.day for said in document.said if said.start is not None and said.start.day is not None]
    first = min(days, default=None)
    turns = tuple(_turn(said, first, document) for said in document.said)
    timed = any(turn.start is not None for turn in turns)
    used = {turn.speaker for turn in turns}
    return Reading(
        FORMAT,
        turns,
        TimeKind.CLOCK if timed else TimeKind.NONE,
        title=_title(root),
        date=_date(root) if first is None else Date.fromordinal(first).isoformat(),
        notes=tuple(document.notes),
        remarks=tuple(_remarks(document)),
        aliases=document.people.aliases(used),
    )


def _walk(parent: Element, voice: Voice, document: _Document, *, opening: bool) -> None:
    number = ""
    for child in parent:
        name = local_name(child)
        if name == "num":
            number = f"{text_of(child)} "
        elif name in _HEADINGS:
            document.notes.extend([number + text_of(child)] if text_of(child) else [])
            number = ""
        elif name in _SPEECHES:
            _add_speech(child, voice, document)
        elif name in _DIRECTIONS:
            document.notes.append(note_of(child))
        elif name in _PARAGRAPHS or (child.text or "").strip():
            _add_outside(child, document, opening=opening)
        elif name and name not in {"meta", "from"}:
            inner = _voice(child, voice) if name == "speechGroup" else voice
            _walk(child, inner, document, opening=opening or name in _OPENINGS)


def _voice(element: Element, around: Voice) -> Voice:
    """What an element says of who speaks, or else what the group around it does."""
    printed = next(map(text_of, element.iterfind("{*}from")), "").rstrip(":. ")
    by, office = _reference(element.get("by")), _reference(element.get("as"))
    if not by and not printed:
        return Voice(around.by, office or around.office, around.printed)
    return Voice(by, office, printed)


def _reference(value: str | None) -> str:
    """The id in "#lopez"; "" in "" and "#"."""
    return tidy(value or "").rpartition("#")[2]


def _add_speech(element: Element, around: Voice, document: _Document) -> None:
    voice = _voice(element, around)
    name, role = document.people.find(voice, asks=local_name(element) == "question")
    speech = gather(element, _RULES)
    line = line_of(element)
    if speech.paragraphs:
        start, end = (_time(element.get(key), line, document) for key in ("startTime", "endTime"))
        text = "\n".join(speech.paragraphs)
        document.said.append(_Said(text, name, role, tuple(speech.notes), start, end, line))
    elif speech.notes:
        document.notes.extend(f"{name}: {note}" if name else note for note in speech.notes)
    elif not speech.inner:
        document.wordless.append(line)
    for inner in speech.inner:
        if local_name(inner) == "speechGroup":
            _walk(inner, _voice(inner, voice), document, opening=False)
        else:
            _add_speech(inner, Voice(), document)


def _add_outside(element: Element, document: _Document, *, opening: bool) -> None:
    """Keep text that nobody is said to speak; what opens the record needs no remark."""
    speech = gather(element, _RULES)
    document.notes.extend([*speech.notes, *speech.paragraphs])
    if speech.paragraphs and not opening:
        document.outside.append(line_of(element))
    for inner in speech.inner:
        if local_name(inner) == "speechGroup":
            _walk(inner, _voice(inner, Voice()), document, opening=False)
        else:
            _add_speech(inner, Voice(), document)


def _time(value: str | None, line: int, document: _Document) -> _Time | None:
    written = tidy(value or "")
    if not written:
        return None
    match = _TIME.fullmatch(written)
    if match is not None:
        day, hours, minutes, seconds, fraction = match.groups()
        total = int(hours) * 3600 + int(minutes) * 60 + int(seconds or 0) + float(fraction or 0)
        ordinal = _ordinal(day) if day else None
        if total <= _DAY and int(minutes) < 60 and (ordinal is not None or not day):
            return _Time(ordinal, round(total, 3))
    document.untimed.append(line)
    return None


def _ordinal(day: str) -> int | None:
    try:
        return Date.fromisoformat(day).toordinal()
    except ValueError:
        return None


def _turn(said: _Said, first: int | None, document: _Document) -> Turn:
    start, end = _since(said.start, first), _since(said.end, first)
    if start is None:
        end = None
    if start is not None and end is not None and end < start:
        document.reversed.append(said.line)
        end = None
    return Turn(said.text, said.speaker, said.role, start, end, notes=said.notes)


def _since(time: _Time | None, first: int | None) -> float | None:
    """Seconds since midnight of the first day; a time without a day is of that day."""
    if time is None:
        return None
    days = time.day - first if time.day is not None and first is not None else 0
    return round(time.seconds + days * _DAY, 3)


def _title(root: Element) -> str | None:
    titled = next(filter(None, map(text_of, root.iter("{*}docTitle"))), None)
    name = next((tidy(debate.get("name") or "") for debate in root.iter("{*}debate")), "")
    return titled or (name if " " in name else None)  # "hansard" and "debate" are kinds


def _date(root: Element) -> str | None:
    for date in root.iter("{*}docDate"):
        written = date.get("date") or text_of(date)
        if found := read_date(tidy(written)[:40]):
            return found
    for date in root.iterfind(".//{*}FRBRWork/{*}FRBRdate"):
        found = read_date(tidy(date.get("date") or "")[:10])
        if found and found < _LAST_YEAR:
            return found
    return None


def _remarks(document: _Document) -> list[Remark]:
    remarks = []
    if unnamed := document.people.unnamed:
        message = (
            "The file names some speakers by references alone, so they are shown by their ids"
            f" ({len(unnamed)}, such as {next(iter(unnamed))!r}); give them names with rename."
        )
        remarks.append(Remark(RemarkKind.ASSUMED, message))
    for lines, message in (
        (document.outside, "Paragraphs that nobody is said to speak are kept as notes: {}."),
        (document.wordless, "Speeches without words left out: {}."),
        (document.untimed, "Times that cannot be read left out: {}."),
        (document.reversed, "Ends that come before their start left out: {}."),
    ):
        if lines:
            numbers = tuple(line for line in lines if line)
            remarks.append(Remark(RemarkKind.DROPPED, message.format(len(lines)), numbers))
    return remarks
