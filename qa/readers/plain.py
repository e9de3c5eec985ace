"""Plain transcripts: one turn a line, ``Speaker: words``.

Accepts blank lines, a title and a date at the top, "Name, Role:", Markdown (``**Ana:** words``), and a time
beside the label: ``[00:12] Ana: words``, ``Ana (1:02:03): words``, ``Ana: [00:12] words``. Times count only
when the first turn has one and they never run backwards; otherwise they stay None, never a false 0:00.
A paragraph without a label goes on with the speaker above it where the labels are beyond doubt: each comes
twice or cannot be anything else, and two come twice or most paragraphs have one. Everywhere else a line
without a label is an error: guessing its speaker would put words in somebody's mouth.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from qa.errors import FormatError
from qa.readers.dates import date_line
from qa.readers.directions import is_direction
from qa.readers.heads import Head, head_field, read_head
from qa.readers.labels import Label, candidate, is_answer, is_certain, is_plausible, outlet
from qa.readers.paragraphs import Draft, gather
from qa.readers.people import Roster, core, is_name_like, people_of, resolve
from qa.readers.spacing import numbered_lines
from qa.types import QUESTIONER, Reading, Remark, RemarkKind, TimeKind

FORMAT = "plain"
RESPONDENT = "respondent"  # the role of whoever answers below "Q:" without being named

_STAMP = r"(?:(\d{1,3}):)?([0-5]?\d):([0-5]\d)(?:[.,](\d{1,3}))?"
_LEADING = re.compile(rf"(?:\[{_STAMP}\]|\({_STAMP}\)|{_STAMP}(?=\s))\s*(?:[-–—|]\s+)?")
_BESIDE = re.compile(rf"\[{_STAMP}\]\s+(?=\S)")
_TRAILING = re.compile(rf"\s*[(\[]{_STAMP}[)\]]$")
_BULLET = re.compile(r"^[-*•]\s+")
_BOLD = re.compile(r"^\*\*([^*]{1,120})\*\*")
_REMEDY = "Start the line with a speaker and a colon, as in 'Ana: hello'."
_LONELY = (
    "Only this line starts so, and other paragraphs have no label: it may be a speaker or speech. Give every"
    " paragraph its label, or take the colon out of this one."
)
_EMPTY = "Write the words on the line of their speaker, as in 'Ana: hello'."


@dataclass(frozen=True, slots=True)
class Line:
    """One line, taken apart: the time beside its label, in seconds, the words after the time, the label."""

    number: int
    text: str
    start: float | None
    spoken: str
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
        FormatError: If a line below the title carries no label and may be anybody's, or a label has no words.
    """
    numbered = numbered_lines(text)
    lines = labelled_lines(numbered)
    head = read_head(numbered, lambda i: lines[i].label is not None, ())
    spoken = lines[head.body :]
    roster = _roster(head, spoken)
    spoken = _with_times_where_usual(spoken)
    if loose := [line for line in spoken if _is_loose(line)]:
        heads = _heads(spoken)
        spoken = [_without_prose_label(line, heads) for line in spoken]
        _check_certain(spoken, loose[0], roster, {person.name for person in head.people}, source)
    untimed = _times_dropped(spoken)
    drafts = list(_drafts([replace(line, start=None) for line in spoken] if untimed else spoken, roster))
    gathered = gather(drafts)
    timed = any(turn.start is not None for turn in gathered.turns)
    return Reading(
        FORMAT,
        gathered.turns,
        TimeKind.MEDIA if timed else TimeKind.NONE,
        title=head.title,
        date=head.date,
        notes=(*head.notes, *gathered.notes),
        remarks=(*untimed, *_carried(spoken), *gathered.remarks),
    )


def _roster(head: Head, spoken: list[Line]) -> Roster:
    labels = [line.label.head for line in spoken if line.label and outlet(line.label.head) is None]
    return Roster([*head.people, *people_of(labels, prefixed=False)])


def _with_times_where_usual(spoken: list[Line]) -> list[Line]:
    """Give unlabelled lines their time back as words, unless labels usually have one: "10:30 was late"."""
    timed = [line.start is not None for line in spoken if line.label]
    if sum(timed) * 2 > len(timed):
        return spoken
    return [line if line.label else replace(line, start=None, spoken=line.text) for line in spoken]


def _heads(spoken: list[Line]) -> Counter[str]:
    return Counter(line.label.head for line in spoken if line.label)


def _is_loose(line: Line) -> bool:
    """Whether a line has words without a label or a label without words; a stage direction has neither."""
    return not line.label.rest if line.label else not is_direction(line.text)


def _without_prose_label(line: Line, heads: Counter[str]) -> Line:
    """Give a line its colon back where it comes once and its words are not written as a name."""
    head = line.label.head if line.label else ""
    prose = heads[head] == 1 and len(core(head)) >= 2 and not is_name_like(core(head))
    return replace(line, label=None) if prose and not is_certain(head, 1) else line


def _check_certain(spoken: list[Line], loose: Line, roster: Roster, listed: set[str], source: Path) -> None:
    """Refuse a file whose unlabelled paragraphs could be somebody else's than the speaker's above them."""
    heads = _heads(spoken)
    recurring = sum(count >= 2 for count in heads.values())
    most = recurring >= 1 and sum(heads.values()) * 2 >= len(spoken)
    if spoken[0].label is None or not (recurring >= 2 or most):
        raise FormatError(source, loose.number, loose.text, _EMPTY if loose.label else _REMEDY)
    for line, below in zip(spoken, [*spoken[1:], None], strict=True):
        if line.label is None:
            continue
        head = line.label.head
        known = roster.find(head)
        short = known is not None and (known.name != head or known.name in listed)
        if heads[head] == 1 and not (short or is_certain(head, 1) or is_answer(head)):
            raise FormatError(source, line.number, line.text, _LONELY)
        if not line.label.rest and (below is None or below.label is not None):
            raise FormatError(source, line.number, line.text, _EMPTY)


def _drafts(spoken: list[Line], roster: Roster) -> Iterator[Draft]:
    """Gather paragraphs under the labels above them."""
    asked = any(line.label and outlet(line.label.head) is not None for line in spoken)
    draft: Draft | None = None
    for line in spoken:
        if line.label is not None or draft is None or line.start is not None:
            if draft is not None:
                yield draft
            draft = _opened(line, draft, roster, asked)
        words = line.label.rest if line.label else line.spoken
        if line.label is None and is_direction(words):
            draft.note(words)
        elif words:
            draft.add(line.number, words)
    if draft is not None:
        yield draft


def _opened(line: Line, before: Draft | None, roster: Roster, asked: bool) -> Draft:
    """A draft for a line with a label or a time of its own."""
    if line.label is None:
        speaker, role = (before.speaker, before.role) if before else (None, None)
        return Draft(line.number, speaker, role, line.start, inferred=True)
    head = line.label.head
    asked_by = outlet(head)
    if asked_by is not None:
        notes = [asked_by] if asked_by else []
        return Draft(line.number, None, QUESTIONER, line.start, notes=notes)
    if asked and is_answer(head):
        return Draft(line.number, None, RESPONDENT, line.start)
    person = resolve(head, roster, prefixed=False)
    return Draft(line.number, person.name, person.role, line.start)


def _carried(spoken: list[Line]) -> list[Remark]:
    """Say which paragraphs were given to the speaker above them."""
    numbers = tuple(
        line.number
        for above, line in pairwise(spoken)
        if line.label is None and not is_direction(line.text) and not (above.label and not above.label.rest)
    )
    message = f"Paragraphs without a label, given to the speaker above them: {len(numbers)}."
    return [Remark(RemarkKind.INFERRED, message, numbers)] if numbers else []


def _line(number: int, text: str) -> Line:
    spoken = _BOLD.sub(r"\1", _BULLET.sub("", text, count=1), count=1)
    start = None
    if leading := _LEADING.match(spoken):
        start, spoken = _seconds(leading), _BOLD.sub(r"\1", spoken[leading.end() :], count=1)
    whole, label = spoken, candidate(spoken)
    if label is not None and (trailing := _TRAILING.search(label.head)):
        start = _seconds(trailing) if start is None else start
        label = label._replace(head=label.head[: trailing.start()])
    if label is not None and start is None and (beside := _BESIDE.match(label.rest)):
        start, label = _seconds(beside), label._replace(rest=label.rest[beside.end() :])
    return Line(number, text, start, whole, label)


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
