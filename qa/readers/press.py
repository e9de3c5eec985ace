"""Press-conference text: title, "by …" line, an unlabelled opening statement, then labelled turns.

Accepts paragraphs of any number under one label, "Name, Role:" and "Role, Name:", short forms ("Secretary
General:", "Mr. Rutte:") of people named elsewhere, "Question:" and its like, each a turn of its own with a
role and no name; "A:" below "Q:" is whoever signed the statement, or a respondent without a name. The opening
statement goes to the person in the "by …" line, marked as inferred, or to nobody.
Stage directions, credits, captions and the "END" below become notes. Knows no times.
A colon alone makes no label: the words before it must recur, name a known person or office, or have the shape
"Name, Role".
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from qa.readers import plain
from qa.readers.directions import is_direction, split_directions
from qa.readers.heads import Head, head_field, is_credit, read_head
from qa.readers.labels import (
    Label,
    candidate,
    is_answer,
    is_certain,
    is_name_and_role,
    opens_like_prose,
    outlet,
)
from qa.readers.people import Person, Roster, core, is_name_like, key, people_of, resolve
from qa.readers.spacing import distinct, numbered_lines
from qa.types import QUESTIONER, Reading, Remark, RemarkKind, Turn

FORMAT = "press"

_END = re.compile(r"[-–—]?\s?END\s?[-–—]?(?:\s\d{1,2}[:.]\d{2}\b.{0,20})?|(?:#\s?){3,5}")


@dataclass(frozen=True, slots=True)
class _Document:
    """A text taken apart: its lines, the label of each, its head, the people it names."""

    lines: list[tuple[int, str]]
    labels: list[Label | None]
    head: Head
    roster: Roster
    asked: bool


@dataclass(slots=True)
class _Draft:
    """A turn while its paragraphs are being gathered."""

    first_line: int
    label: str | None = None
    last_line: int = 0
    paragraphs: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def recognises(head: str) -> str | None:
    """Say why a text has the shape of press text rather than of one labelled turn a line."""
    document = _document(head)
    marks = document.head.by_line is not None or document.head.delivered
    labelled = [i for i, label in enumerate(document.labels) if label is not None]
    if marks or not labelled:
        return (
            "a line at the top says whose words these are, or that they are as delivered" if marks else None
        )
    spoken = plain.labelled_lines(document.lines)
    body = range(document.head.body, len(spoken))
    strays = [i for i in body if spoken[i].label is None]
    unheard = [i for i in body if spoken[i].label is not None and document.labels[i] is None]
    if not strays or len(unheard) > len(labelled):
        return None
    heads = {label.head for label in document.labels if label is not None}
    opening = strays[0] < labelled[0] or document.head.people
    if opening or any(outlet(head) is not None or is_name_and_role(head) for head in heads):
        return "paragraphs without a label stand between labelled ones"
    return None


def parse(text: str, source: Path) -> Reading:
    """Read press-conference text.

    Args:
        text: The whole file; lines end in a line feed.
        source: Named in errors, never opened; this format refuses nothing.

    Returns:
        No turns when the text holds none.
    """
    document = _document(text)
    drafts, notes = _drafts(document)
    turns: list[Turn] = []
    remarks: list[Remark] = []
    for draft in drafts:
        words = "\n".join(draft.paragraphs)
        if words:
            turns.append(_turn(draft, words, document))
        else:
            notes.extend(f"{draft.label}: {note}" for note in draft.notes)
        if draft.label is None:
            remarks.append(_opening_remark(draft, document.head))
        elif not words and not draft.notes:
            wordless = "A speaker is named but has no words; left out."
            remarks.append(Remark(RemarkKind.DROPPED, wordless, (draft.first_line,)))
    remarks.extend(_lone_labels(document))
    return Reading(
        FORMAT,
        tuple(turns),
        title=document.head.title,
        date=document.head.date,
        notes=distinct([*document.head.notes, *notes]),
        remarks=tuple(remarks),
    )


def _document(text: str) -> _Document:
    lines = numbered_lines(text)
    candidates = [candidate(line) for _, line in lines]
    counts = Counter(key(label.head) for label in candidates if label)
    certain = {
        label.head
        for label in candidates
        if label and is_certain(label.head, counts[key(label.head)]) and not head_field(f"{label.head}: ")
    }
    people = people_of((head for head in sorted(certain) if outlet(head) is None), prefixed=True)
    labelled = [person for person in people if person.role is not None]

    def is_label(index: int) -> bool:
        label = candidates[index]
        return label is not None and label.head in certain

    head = read_head(lines, is_label, labelled)
    roster = Roster([*labelled, *head.people, *people])
    labels: list[Label | None] = []
    asked = ever_asked = False
    for i, label in enumerate(candidates):
        named = label is not None and (
            label.head in certain or _is_known(label.head, roster) or (asked and _answers(label.head))
        )
        labels.append(label if named and i >= head.body else None)
        asked = label is not None and outlet(label.head) is not None
        ever_asked = ever_asked or asked
    return _Document(lines, labels, head, roster, ever_asked)


def _answers(head: str) -> bool:
    """Whether a label right below a question names the one who answers, though it comes only once."""
    return not opens_like_prose(head) and len(core(head)) <= 4 and is_name_like(core(head))


def _is_known(head: str, roster: Roster) -> bool:
    return not opens_like_prose(head) and roster.find(head) is not None


def _drafts(document: _Document) -> tuple[list[_Draft], list[str]]:
    """Gather paragraphs under their labels; return beside them the notes that belong to no turn."""
    drafts: list[_Draft] = []
    notes: list[str] = []
    lines, labels = document.lines, document.labels
    for i in range(document.head.body, len(lines)):
        number, line = lines[i]
        label = labels[i]
        between = i + 1 == len(lines) or labels[i + 1] is not None
        if is_credit(line) or (is_direction(line) and between) or _END.fullmatch(line):
            notes.append(line)
            continue
        if label is not None:
            drafts.append(_Draft(number, label.head))
        elif not drafts:
            drafts.append(_Draft(number))
        _add(drafts[-1], number, line if label is None else label.rest)
    return drafts, notes


def _add(draft: _Draft, number: int, paragraph: str) -> None:
    words, directions = (
        ("", (paragraph,)) if is_direction(paragraph) else split_directions(paragraph, trailing=True)
    )
    draft.last_line = number
    draft.notes.extend(directions)
    if words:
        draft.paragraphs.append(words)


def _turn(draft: _Draft, words: str, document: _Document) -> Turn:
    notes = tuple(draft.notes)
    if draft.label is None:
        by = _opening_speaker(document.head)
        return Turn(words, by.name, by.role, inferred=True, notes=notes) if by else Turn(words, notes=notes)
    asked_by = outlet(draft.label)
    if asked_by is not None:
        return Turn(words, role=QUESTIONER, notes=((asked_by,) if asked_by else ()) + notes)
    if document.asked and is_answer(draft.label):
        by = _opening_speaker(document.head)
        if by is None:
            return Turn(words, role=plain.RESPONDENT, notes=notes)
        return Turn(words, by.name, by.role, inferred=True, notes=notes)
    person = resolve(draft.label, document.roster, prefixed=True)
    return Turn(words, person.name, person.role, notes=notes)


def _lone_labels(document: _Document) -> list[Remark]:
    """Say where a line begins like a label that was not taken for one."""
    found = tuple(
        number
        for i, (number, line) in enumerate(document.lines)
        if i >= document.head.body
        and document.labels[i] is None
        and (label := candidate(line)) is not None
        and _answers(label.head)
    )
    message = (
        f"Lines that begin with a name and a colon, but only once, left in the words above: {len(found)}. A"
        " label counts when it comes twice."
    )
    return [Remark(RemarkKind.ASSUMED, message, found)] if found else []


def _opening_speaker(head: Head) -> Person | None:
    return head.people[0] if head.by_line is not None else None


def _opening_remark(draft: _Draft, head: Head) -> Remark:
    first, last = draft.first_line, draft.last_line
    place = f"line {first}" if first == last else f"lines {first}-{last}"
    opening = f"The opening statement ({place}) carries no label"
    by = _opening_speaker(head)
    given = (
        f"it was given to {by.name}, who is named in line {head.by_line}."
        if by
        else "no line above it says whose it is, so its speaker is unknown."
    )
    return Remark(RemarkKind.INFERRED, f"{opening}; {given}")
