"""Plain transcripts: one turn a line, ``Speaker: words``.

Accepts blank lines, a title and a date at the top, "Name, Role:", Markdown (``**Ana:** words``), and a time
before the label or after the name: ``[00:12] Ana: words``, ``Ana (1:02:03): words``. Times count only when
the first turn has one and they never run backwards; otherwise they stay None, never a false 0:00.
A line without a label is an error: guessing its speaker would put words in somebody's mouth.
"""

import re
from collections import Counter
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from qa.errors import FormatError
from qa.readers.dates import date_line
from qa.readers.directions import split_directions
from qa.readers.heads import head_field, read_head
from qa.readers.labels import Label, candidate, is_plausible, outlet
from qa.readers.people import Roster, people_of, resolve
from qa.readers.spacing import numbered_lines
from qa.types import QUESTIONER, Reading, Remark, RemarkKind, TimeKind, Turn

FORMAT = "plain"

_STAMP = r"(?:(\d{1,3}):)?([0-5]?\d):([0-5]\d)(?:[.,](\d{1,3}))?"
_LEADING = re.compile(rf"(?:\[{_STAMP}\]|\({_STAMP}\)|{_STAMP}(?=\s))\s*(?:[-–—|]\s+)?")
_TRAILING = re.compile(rf"\s*[(\[]{_STAMP}[)\]]$")
_BULLET = re.compile(r"^[-*•]\s+")
_BOLD = re.compile(r"^\*\*([^*]{1,120})\*\*")
_REMEDY = "Start the line with a speaker and a colon, as in 'Ana: hello'."
_EMPTY = "Write the words on the line of their speaker, as in 'Ana: hello'."


@dataclass(frozen=True, slots=True)
class Line:
    """One line, taken apart: the time beside its label, in seconds, and the label."""

    number: int
    text: str
    start: float | None
    label: Label | None


def labelled_lines(lines: list[tuple[int, str]]) -> list[Line]:
    """Take lines apart.

    Args:
        lines: Numbered and tidied.

    Returns:
        One for each line; its label is None when what stands before the colon is no plausible speaker.
    """
    read = [_line(number, text) for number, text in lines]
    counts = Counter(line.label.head for line in read if line.label)
    return [
        line if _is_spoken(line, counts, i == 0) else replace(line, label=None) for i, line in enumerate(read)
    ]


def _is_spoken(line: Line, counts: Counter[str], first: bool) -> bool:
    if (
        line.label is None
        or head_field(line.text)
        or not is_plausible(line.label.head, counts[line.label.head])
    ):
        return False
    dated = date_line(line.label.rest) if first else None
    return dated is None or dated[1] != ""  # "Weekly sync: 12 March 2026" is a title


def recognises(head: str) -> str | None:
    """Say why a text is a plain transcript: some line starts with a speaker's label."""
    labelled = any(line.label for line in labelled_lines(numbered_lines(head)))
    return "lines start with a speaker and a colon" if labelled else None


def parse(text: str, source: Path) -> Reading:
    """Read a plain transcript.

    Args:
        text: The whole file; lines end in a line feed.
        source: Named in errors, never opened.

    Raises:
        FormatError: If a line below the title carries no label, or a label has no words after it.
    """
    numbered = numbered_lines(text)
    lines = labelled_lines(numbered)
    head = read_head(numbered, lambda i: lines[i].label is not None, ())
    spoken = lines[head.body :]
    for line in spoken:
        if line.label is None or not line.label.rest:
            raise FormatError(source, line.number, line.text, _EMPTY if line.label else _REMEDY)
    labels = [line.label.head for line in spoken if line.label and outlet(line.label.head) is None]
    roster = Roster([*head.people, *people_of(labels, prefixed=False)])
    untimed = _times_dropped(spoken)
    notes = list(head.notes)
    turns = []
    for line in spoken:
        turn, directions = _turn(replace(line, start=None) if untimed else line, roster)
        turns.extend([] if turn is None else [turn])
        notes.extend(directions)
    timed = any(turn.start is not None for turn in turns)
    return Reading(
        FORMAT,
        tuple(turns),
        TimeKind.MEDIA if timed else TimeKind.NONE,
        title=head.title,
        date=head.date,
        notes=tuple(notes),
        remarks=tuple(untimed),
    )


def _line(number: int, text: str) -> Line:
    spoken = _BOLD.sub(r"\1", _BULLET.sub("", text, count=1), count=1)
    start = None
    if leading := _LEADING.match(spoken):
        start, spoken = _seconds(leading), _BOLD.sub(r"\1", spoken[leading.end() :], count=1)
    label = candidate(spoken)
    if label is not None and (trailing := _TRAILING.search(label.head)):
        start = _seconds(trailing) if start is None else start
        label = label._replace(head=label.head[: trailing.start()])
    return Line(number, text, start, label)


def _seconds(match: re.Match[str]) -> float:
    """Seconds meant by the one alternative of the pattern that matched."""
    groups = match.groups()
    at = next(i for i in range(0, len(groups), 4) if groups[i + 1] is not None)
    hours, minutes, seconds, fraction = groups[at : at + 4]
    return (
        int(hours or 0) * 3600
        + int(minutes) * 60
        + int(seconds)
        + int((fraction or "0").ljust(3, "0")) / 1000
    )


def _times_dropped(lines: list[Line]) -> list[Remark]:
    """Say why the times of a file cannot be trusted; nothing when they can or there are none."""
    timed = [(line.start, line.number) for line in lines if line.start is not None]
    if timed and lines[0].start is None:
        unclear = "Times left out: the first turn has none, so it is unclear what they count from."
        return [Remark(RemarkKind.DROPPED, unclear, (lines[0].number,))]
    for (earlier, _), (later, number) in pairwise(timed):
        if later < earlier:
            return [Remark(RemarkKind.DROPPED, "Times left out: they run backwards.", (number,))]
    return []


def _turn(line: Line, roster: Roster) -> tuple[Turn | None, tuple[str, ...]]:
    """The turn of a line, or None and the stage directions that are all it holds."""
    head, rest = line.label or Label("", line.text)
    text, directions = split_directions(rest, trailing=False)
    if not text:
        return None, tuple(f"{head}: {note}" for note in directions)
    asked_by = outlet(head)
    if asked_by is not None:
        notes = ((asked_by,) if asked_by else ()) + directions
        return Turn(text, role=QUESTIONER, start=line.start, notes=notes), ()
    person = resolve(head, roster, prefixed=False)
    return Turn(text, person.name, person.role, line.start, notes=directions), ()
