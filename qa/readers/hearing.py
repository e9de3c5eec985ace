"""Hearings and debates as the US Congress prints them: ``The Chair. …``, ``Mr. SMITH of Ohio. …``.

A label is an office, or an office or "Mr." with a surname, at the start of a paragraph and closed by a full
stop; words follow it. Accepts pages of the printing office with their front, indented paragraphs cut to the
width of a page, and text with a blank line between paragraphs. Who is meant is looked up among the members,
the headings and the line that says who presides. Headings, brackets and what stands above the first words are
notes. A prepared statement that is printed but was not read out is given to whoever submitted it, marked as
inferred; what stands below the adjournment was submitted for the record and is left out. Knows no times.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from qa.readers.cues import ends_sentence
from qa.readers.dates import find_date
from qa.readers.hearing_people import Members, members_of, recased
from qa.readers.labels import candidate
from qa.readers.paragraphs import Draft, gather
from qa.readers.spacing import distinct, tidy
from qa.types import Reading, Remark, RemarkKind

FORMAT = "hearing"

_CHAIR = r"(?i:chair(?:man|woman|person|lady)?)"
_OFFICE = (
    rf"The (?:(?i:vice|acting) )?(?:{_CHAIR}|(?i:presiding officer|speaker(?: pro tempore)?|clerk"
    r"|president(?: pro tempore)?|acting president pro tempore|vice president|secretary|(?:chief|legislative)"
    r" clerk))"
)
_TITLE = (
    r"(?:Mr|Mrs|Ms|Miss|Dr|Hon|Rev|Prof|Sgt|Capt|Lt|Col|Gen|Adm|Gov)\.?"
    rf"|(?:Vice |Acting |Co-)?{_CHAIR}|Ranking Member|Senator|Representative|Congress(?:man|woman)|Delegate"
    r"|Judge|Justice|(?:Lieutenant |Major |Brigadier )?General|(?:Vice |Rear )?Admiral|Colonel|Captain|Major"
    r"|Commander|Sergeant|(?:Deputy |Under |Assistant )?Secretary|Ambassador|Governor|Mayor|Commissioner"
    r"|Director|Administrator|Inspector General|Sheriff|Chief|Professor|Reverend|Bishop|Rabbi|Father|Sister"
)
_SURNAME = r"(?:(?:de|la|van|von|der) ){0,2}(?:St\. )?[A-Z][\w'’-]{1,30}(?: [A-Z][\w'’-]{1,30}){0,2}"
_STATE = r"(?: of (?:the )?[A-Z]\w+(?: [A-Z]\w+){0,2})?"
_LABEL = re.compile(
    rf"({_OFFICE}|(?:{_TITLE}) {_SURNAME}{_STATE}|Voices?|Unidentified (?:Speaker|Voice))"
    r"(?: [(\[](?:presiding|continuing)[)\]])?\. {1,3}(?=[A-Z0-9\"“‘'(\[$.—–-])(.+)"
)
_FRAME = re.compile(r"[\W_]+|\[\[Page .{1,20}\]\]|\[GRAPHIC.{0,60}|\(\d{1,4}\)|(?:[A-Z] ){5,}[A-Z]?")
_PREPARED = re.compile(
    r"\[?The (?:prepared|written|opening) (?:statement|testimony|remarks)s? of (.{2,120}?),?"
    r" (?:follows?|appears?)"
)
_ADJOURNED = re.compile(r"[\[(]Whereupon\b", re.IGNORECASE)
_TITLE_ENDS = re.compile(r"HEARINGS?|=+|(?:JOINT |FIELD )?HEARING|MEETING", re.IGNORECASE)
_NOT_TITLE = re.compile(
    r"\[.*|S\.? ?Hrg\..*|Serial No.*|H\.A\.S\.C\..*|\d{2,3}th Congress.*|.{0,2}", re.IGNORECASE
)
_MOST_BRACKET_LINES = 10
_WIDEST_PARAGRAPH = 9  # spaces; a line set further in is centred
_LEAST_LABELS = 3
_FRONT = 12_000  # characters of the front in which the presiding member is looked for


@dataclass(frozen=True, slots=True)
class _Line:
    """A line with words, and where it stands: ``starts`` a paragraph, ``centred`` or printed in capitals."""

    number: int
    text: str
    starts: bool
    heading: bool
    label: re.Match[str] | None


@dataclass(slots=True)
class _Said:
    """What has been read of the words so far."""

    drafts: list[Draft] = field(default_factory=list)
    labels: list[str | None] = field(default_factory=list)  # of each draft; None for prepared statements
    notes: list[str] = field(default_factory=list)
    prepared: list[int] = field(default_factory=list)
    submitted: list[int] = field(default_factory=list)
    open: bool = False  # whether a line without a label goes on with the last draft
    adjourned: bool = False
    writer: str | None = None  # whose prepared statement begins with the next words


def recognises(head: str) -> str | None:
    """Say why a text is a hearing: paragraphs open with an office or a title, a surname and a full stop."""
    labels = [line.label.group(1) for line in _lines(head) if line.label]
    if len(labels) < _LEAST_LABELS or max(Counter(labels).values()) < 2 or len(set(labels)) < 2:
        return None
    colons = sum(candidate(tidy(line)) is not None for line in head.split("\n"))
    return (
        "paragraphs open with a title, a name and a full stop, as in hearings of the US Congress"
        if colons <= len(labels)
        else None
    )


def parse(text: str, source: Path) -> Reading:
    """Read the text of a hearing.

    Args:
        text: The whole file; lines end in a line feed.
        source: Named in errors, never opened; this format refuses nothing.
    """
    lines = list(_lines(text))
    first = next((i for i, line in enumerate(lines) if line.label), len(lines))
    above, body = lines[:first], _whole_brackets(lines[first:])
    raw = text.split("\n")[: lines[first].number - 1 if first < len(lines) else 0]
    opening = " ".join(line.text for line in above)[-_FRONT:]
    members = members_of(raw, list(_headings([*above, *body])), opening)
    said = _Said()
    for line in body:
        _take(said, line)
    _name(said, members)
    gathered = gather(said.drafts)
    day = next(
        (found[0] for line in above if len(line.text) <= 200 and (found := find_date(line.text))), None
    )
    front = (Remark(RemarkKind.DROPPED, f"Lines above the first words, kept as notes: {len(above)}."),)
    return Reading(
        FORMAT,
        gathered.turns,
        title=_title(above),
        date=day,
        notes=distinct([*(line.text for line in above), *said.notes, *gathered.notes]),
        remarks=(*(front if above else ()), *_remarks(said, members), *gathered.remarks),
        aliases=tuple(_aliases(said, members)),
    )


def _lines(text: str) -> Iterator[_Line]:
    """The lines that are not blank and not the frame of a page."""
    raw = text.split("\n")
    indented = _is_indented(raw)
    blank, headed, finished = True, False, True
    for number, line in enumerate(raw, start=1):
        words = tidy(line)
        if not words or _FRAME.fullmatch(words):
            blank = blank or not words
            continue
        depth = len(line) - len(line.lstrip(" \t\f"))
        starts = depth >= 2 if indented else blank or finished
        label = _LABEL.fullmatch(words[:20_000]) if starts and depth <= _WIDEST_PARAGRAPH else None
        centred = indented and depth > _WIDEST_PARAGRAPH
        heading = label is None and (centred or _is_capitals(words)) and (blank or headed)
        yield _Line(number, words, starts or blank, heading, label)
        blank, headed, finished = False, heading, ends_sentence(words)


def _is_indented(raw: list[str]) -> bool:
    """Whether paragraphs are set in and their further lines are not, as the printing office does."""
    filled = [line for line in raw if line.strip()]
    inner = sum(line[:2] == "  " and line[:10].strip() != "" for line in filled)
    flush = sum(not line[0].isspace() for line in filled)
    return inner >= 0.1 * len(filled) and flush >= 0.1 * len(filled)


def _is_capitals(words: str) -> bool:
    letters = [letter for letter in words if letter.isalpha()]
    return len(letters) >= 4 and sum(map(str.isupper, letters)) >= 0.7 * len(letters)


def _whole_brackets(lines: list[_Line]) -> list[_Line]:
    """Make one line of a bracket that runs over several."""
    whole: list[_Line] = []
    i = 0
    while i < len(lines):
        line = lines[i]
        stop = i + 1
        if line.text[0] == "[" and "]" not in line.text:
            window = range(i + 1, min(i + _MOST_BRACKET_LINES, len(lines)))
            stop = next((j for j in window if lines[j].text.rstrip(".").endswith("]")), i) + 1
        text = " ".join(one.text for one in lines[i:stop])
        whole.append(
            _Line(line.number, text, line.starts, line.heading, line.label) if stop > i + 1 else line
        )
        i = stop
    return whole


def _headings(lines: list[_Line]) -> Iterator[str]:
    """Headings, each on one line."""
    parts: list[str] = []
    last = -1
    for line in lines:
        if parts and (not line.heading or line.number != last + 1):
            yield " ".join(parts)
            parts = []
        if line.heading:
            parts.append(line.text)
            last = line.number
    if parts:
        yield " ".join(parts)


def _take(said: _Said, line: _Line) -> None:
    """Take one line of the words."""
    if line.label is not None:
        _open(said, Draft(line.number), line.label.group(1))
        said.adjourned = False
        _add(said.drafts[-1], line.number, line.label.group(2), starts=True)
    elif line.heading:
        said.notes.append(line.text)
    elif line.text[0] in "[(" and line.text.rstrip(".").endswith(("]", ")")):
        _take_bracket(said, line.text)
    elif said.adjourned:
        said.submitted.append(line.number)
    else:
        if said.writer is not None:
            draft = Draft(line.number, said.writer, inferred=True, notes=["(prepared statement)"])
            said.prepared.append(line.number)
            _open(said, draft, None)
        _add(said.drafts[-1], line.number, line.text, starts=line.starts)


def _open(said: _Said, draft: Draft, label: str | None) -> None:
    said.drafts.append(draft)
    said.labels.append(label)
    said.writer = None


def _add(draft: Draft, number: int, words: str, *, starts: bool) -> None:
    draft.add(number, words, joined=not starts)


def _take_bracket(said: _Said, bracket: str) -> None:
    if said.drafts:
        said.drafts[-1].note(bracket)
    else:
        said.notes.append(bracket)
    if prepared := _PREPARED.match(bracket):
        said.writer = prepared.group(1)
    elif _ADJOURNED.match(bracket):
        said.adjourned = True


def _name(said: _Said, members: Members) -> None:
    """Give each draft its person."""
    for draft, label in zip(said.drafts, said.labels, strict=True):
        written = label if label is not None else draft.speaker or ""
        person = members.find(written)
        draft.speaker, draft.role = person.name, person.role


def _aliases(said: _Said, members: Members) -> Iterator[tuple[str, str]]:
    for label in dict.fromkeys(filter(None, said.labels)):
        person = members.find(label)
        if person.name != label:
            yield label, person.name


def _title(above: list[_Line]) -> str | None:
    """The first heading of the front: what stands above the word HEARING, or above a rule."""
    parts: list[str] = []
    last = 0
    for line in above:
        if _TITLE_ENDS.fullmatch(line.text) or (parts and line.number > last + 1):
            break
        if not _NOT_TITLE.fullmatch(line.text) and line.heading:
            parts.append(line.text)
            last = line.number
    title = " ".join(parts)
    return recased(title) if title else None


def _remarks(said: _Said, members: Members) -> Iterator[Remark]:
    taken = list(_aliases(said, members))
    if taken:
        listed = ", ".join(f"{label!r} is {name}" for label, name in taken[:12])
        more = f" and {len(taken) - 12} more" if len(taken) > 12 else ""
        message = f"Labels taken for people whom the front or a heading names in full: {listed}{more}."
        yield Remark(RemarkKind.INFERRED, message)
    if said.prepared:
        message = (
            f"Statements printed but not read out, given to whoever submitted them: {len(said.prepared)}."
        )
        yield Remark(RemarkKind.INFERRED, message, tuple(said.prepared))
    if said.submitted:
        message = (
            f"Lines submitted for the record, below the end of the hearing, left out: {len(said.submitted)}."
        )
        yield Remark(RemarkKind.DROPPED, message, tuple(said.submitted))
