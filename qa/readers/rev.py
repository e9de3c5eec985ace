"""Rev transcripts: ``Name (00:11):`` on a line, the words below it.

Accepts ``Name: (00:11)``, words on the line of the name, and a time alone, ``(00:45):``, where the same
person goes on: that turn is marked as inferred. A name without a time opens a turn where the file has it with
one elsewhere. The lines that Rev adds ("This transcript was exported on …", "Part 1 of 2 ends") are
left out; the day of an export is not the day of the event. Refuses a file whose clock starts again half way.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from qa.readers import stamped
from qa.readers.labels import candidate
from qa.readers.paragraphs import Draft, add_line, gather
from qa.readers.people import split_person
from qa.readers.spacing import numbered_lines
from qa.readers.stamp_forms import STAMP
from qa.types import Reading, Remark, RemarkKind, TimeKind

FORMAT = "rev"

_NAMED = re.compile(rf"(\S[^\n]{{0,100}}?)\s?(?::\s?[(\[]({STAMP})[)\]]|[(\[]({STAMP})[)\]]\s?:)\s?(.*)")
_GOES_ON = re.compile(rf"[(\[]({STAMP})[)\]]\s?:?\s?(.*)")
_ADDED = re.compile(
    r"this transcript was exported on .{1,200}|\[?part \d{1,3} of \d{1,3} (?:starts|ends)\b.{0,40}"
    r"|speaker \d{1,3} (?:has )?left\b.{0,60}|transcribed by (?:https?://)?(?:www\.)?rev\.com.{0,40}",
    re.IGNORECASE,
)
_MARK = re.compile(rf"(?<=\s)\[{STAMP}\]")
_MAX_NAME_WORDS = 10


@dataclass(frozen=True, slots=True)
class _Line:
    """One line: who speaks from it on, since when, and the words on it."""

    number: int
    text: str
    name: str | None = None
    start: float | None = None

    @property
    def opens(self) -> bool:
        return self.start is not None or self.name is not None


def recognises(head: str) -> str | None:
    """Say why a text is a Rev transcript: names with a time in brackets, above words or paragraphs."""
    lines = [_line(number, line) for number, line in numbered_lines(head)]
    named = [line for line in lines if line.name is not None]
    above = [line for line in named if not line.text]
    first = next((i for i, line in enumerate(lines) if line.name is not None), 0)
    strays = sum(not line.opens for line in lines[first:])
    if above and strays:
        return "a name and a time in brackets stand above the words"
    goes_on = sum(line.opens and line.name is None for line in lines[first:])
    if any(_MARK.search(line.text) for line in lines):
        return None  # names on the line of the words, and times inside those: Descript
    if len(named) >= 2 and (strays or goes_on):
        return "names with a time in brackets open the paragraphs"
    return None


def parse(text: str, source: Path) -> Reading:
    """Read a Rev transcript.

    Args:
        text: The whole file; lines end in a line feed.
        source: Named in errors, never opened.

    Raises:
        FormatError: If the times start again half way.
    """
    lines = [_line(number, line) for number, line in numbered_lines(text)]
    added = tuple(line.number for line in lines if _ADDED.fullmatch(line.text))
    names = {line.name for line in lines if line.name is not None}
    lines = [_with_label(line, names) for line in lines if line.opens or not _ADDED.fullmatch(line.text)]
    first = next((i for i, line in enumerate(lines) if line.opens), len(lines))
    top = [(line.number, line.text) for line in lines[:first]]
    above = stamped.above(top)
    remarks = list(
        stamped.check_order([(line.number, line.start) for line in lines if line.start is not None], source)
    )
    drafts, carried = _drafts(lines[first:])
    gathered = gather(drafts)
    if added:
        remarks.append(Remark(RemarkKind.DROPPED, "Lines that Rev adds left out.", added))
    if carried:
        message = f"Paragraphs with a time and no name, given to the speaker before them: {len(carried)}."
        remarks.append(Remark(RemarkKind.INFERRED, message, carried))
    return Reading(
        FORMAT,
        gathered.turns,
        TimeKind.MEDIA if gathered.turns else TimeKind.NONE,
        title=above.title,
        date=above.date,
        notes=(*above.notes, *gathered.notes),
        remarks=(*stamped.left_above(top, above), *remarks, *gathered.remarks),
    )


def _drafts(lines: list[_Line]) -> tuple[list[Draft], tuple[int, ...]]:
    drafts: list[Draft] = []
    carried: list[int] = []
    for line in lines:
        if line.opens:
            before = drafts[-1] if drafts else None
            goes_on = line.name is None and before is not None and before.speaker is not None
            who = split_person(line.name, prefixed=False) if line.name else None
            name, role = (who.name, who.role) if who else (None, None)
            if goes_on and before is not None:
                carried.append(line.number)
                name, role = before.speaker, before.role
            speaker = stamped.person(name) if name else None
            drafts.append(Draft(line.number, speaker, role, line.start, inferred=goes_on))
        if line.text:
            add_line(drafts[-1], line.number, line.text)
    return drafts, tuple(carried)


def _with_label(line: _Line, names: set[str]) -> _Line:
    """Take the label of a line without a time for one, where the file has the name with a time elsewhere."""
    label = None if line.opens else candidate(line.text)
    known = label is not None and label.head in names
    return _Line(line.number, label.rest, label.head) if label is not None and known else line


def _line(number: int, text: str) -> _Line:
    plain = (
        text.removeprefix("**").replace(":**", ":", 1).replace("**:", ":", 1)
        if text.startswith("**")
        else text
    )
    named = _NAMED.fullmatch(plain)
    if named is not None and _could_name(named.group(1)):
        start = stamped.seconds(named.group(2) or named.group(3))
        if start is not None:
            return _Line(number, named.group(4).strip(), named.group(1).strip(" *"), start)
    goes_on = _GOES_ON.fullmatch(plain)
    start = stamped.seconds(goes_on.group(1)) if goes_on else None
    if goes_on is not None and start is not None:
        return _Line(number, goes_on.group(2).strip(), None, start)
    return _Line(number, text)


def _could_name(text: str) -> bool:
    words = text.split()
    finished = any(word.endswith((".", "?", "!")) and len(word) > 5 for word in words)
    return 1 <= len(words) <= _MAX_NAME_WORDS and not finished and text[0].isalnum() and ":" not in text
