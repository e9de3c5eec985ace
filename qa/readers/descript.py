"""Descript exports and other text with times in square brackets: ``[00:00:11]``, wherever they stand.

Accepts marks before or after a speaker's label, after a name without a colon that recurs, at the start of a
paragraph, and inside the text every so many seconds; labels on every paragraph, on change only, or none;
Markdown headings and bold labels.
A mark opens a turn where a paragraph or a sentence begins. One in the middle of a sentence is given to the
sentence after it, so that no sentence is cut; where none follows in its paragraph, it is left out.
A paragraph without a label goes on with the speaker above it; its turns are marked as inferred. Refuses a
file whose clock starts again half way.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from qa.readers import stamped
from qa.readers.labels import candidate, is_plausible, opens_like_prose
from qa.readers.paragraphs import Draft, add_line, gather
from qa.readers.people import core, is_name_like, split_person
from qa.readers.spacing import numbered_lines
from qa.types import Reading, Remark, RemarkKind, TimeKind

FORMAT = "descript"

_MARK = re.compile(r"\\?\[((?:\d{1,3}:)?\d{1,2}:\d{2}(?:[.,]\d{1,3})?)\\?\]")
_BOLD = re.compile(r"^\*\*([^*]{1,160})\*\*")
_BEFORE_MARK = re.compile(rf"([^\W\d_][^\[\]:：]{{0,60}}?)\s*({_MARK.pattern})\s*(?=[^\s:：])")
_MAX_NAME_WORDS = 5
_SENTENCE = re.compile(r"[.!?…。！？؟][\"'”’»)\]」』]{0,3}(?=\s|$)|[。！？]")


@dataclass(frozen=True, slots=True)
class _Line:
    """One line: its label, whether a mark stands beside the label, and the words with the other marks."""

    number: int
    head: str | None
    beside: float | None
    text: str


@dataclass(slots=True)
class _Count:
    """What was done with marks and labels."""

    carried: list[int] = field(default_factory=list)
    moved: list[int] = field(default_factory=list)
    lost: list[int] = field(default_factory=list)


def recognises(head: str) -> str | None:
    """Say why a text has marks: times in square brackets inside the text or at unlabelled paragraphs."""
    lines = _lines(head)
    inside = sum(len(_marks(line.text)) for line in lines)
    alone = sum(line.beside is not None and line.head is None for line in lines)
    after = any(
        line.head and re.match(r"[^\[\]]{1,160}[:：]\*{0,2}\s*\\?\[\d", raw)
        for line, raw in _raw(lines, head)
    )
    marks = inside + sum(line.beside is not None for line in lines)
    if marks >= 2 and (inside or alone or after):
        return "times stand in square brackets beside paragraphs or inside them"
    return None


def parse(text: str, source: Path) -> Reading:
    """Read text with marks.

    Args:
        text: The whole file; lines end in a line feed.
        source: Named in errors, never opened.

    Raises:
        FormatError: If the times start again half way.
    """
    lines = _lines(text)
    first = next(
        (i for i, line in enumerate(lines) if line.head or line.beside is not None or _marks(line.text)), 0
    )
    top = [(line.number, line.text) for line in lines[:first]]
    above = stamped.above(top)
    count = _Count()
    drafts = list(_drafts(lines[first:], count))
    stamps = [(draft.line_number, draft.start) for draft in drafts if draft.start is not None]
    order = stamped.check_order(stamps, source)
    gathered = gather(drafts)
    return Reading(
        FORMAT,
        gathered.turns,
        TimeKind.MEDIA if any(turn.start is not None for turn in gathered.turns) else TimeKind.NONE,
        title=above.title,
        date=above.date,
        notes=(*above.notes, *gathered.notes),
        remarks=(*stamped.left_above(top, above), *order, *_remarks(count), *gathered.remarks),
    )


def _lines(text: str) -> list[_Line]:
    split = [(number, *_split(line)) for number, line in _with_colons(numbered_lines(text))]
    heads = Counter(head for _, head, _, _, _ in split if head)
    marked = frozenset(head for _, head, beside, _, _ in split if head and beside is not None)
    several = any(count >= 2 for count in heads.values())
    lines = []
    for number, head, beside, words, whole in split:
        spoken = (
            head is not None
            and (several or head in marked)
            and _is_speaker(head, heads[head], head in marked or not words)
        )
        lines.append(_Line(number, head if spoken else None, beside, words if spoken else whole))
    return lines


def _with_colons(lines: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """Write "Ana Lopez [00:12] Hello." with a colon, in a file where names that recur stand so."""
    found = [(at, match) for at, (_, line) in enumerate(lines) if (match := _BEFORE_MARK.match(line))]
    counts = Counter(match.group(1) for _, match in found)
    named = [
        (at, match)
        for at, match in found
        if is_name_like(core(match.group(1))) and len(core(match.group(1))) <= _MAX_NAME_WORDS
    ]
    recurring = sum(counts[match.group(1)] >= 2 for _, match in named)
    marked = sum(_MARK.search(line) is not None for _, line in lines)
    if recurring < 2 or len(named) * 2 < marked:
        return lines
    written = list(lines)
    for at, match in named:
        number, line = lines[at]
        written[at] = (number, f"{match.group(1)}: {match.group(2)} {line[match.end() :]}")
    return written


def _split(line: str) -> tuple[str | None, float | None, str, str]:
    """Take a line apart: a possible label, the mark beside it, the words after both, those after the mark."""
    bare = _BOLD.sub(r"\1", line, count=1)
    beside, rest = _leading(bare)
    rest = _BOLD.sub(r"\1", rest, count=1)
    label = candidate(rest)
    if label is None:
        return None, beside, rest, rest
    after, words = _leading(label.rest)
    head = label.head
    if beside is None and (mark := _MARK.search(head)) is not None and mark.end() == len(head):
        after, head = stamped.seconds(mark.group(1)), head[: mark.start()].strip()  # "Ana [00:12]: hello"
    if beside is None and after is not None:
        return head or None, after, words, words
    return head or None, beside, label.rest, rest


def _leading(text: str) -> tuple[float | None, str]:
    """The mark that a text starts with, and what follows it."""
    match = _MARK.match(text)
    value = stamped.seconds(match.group(1)) if match else None
    return (value, text[match.end() :].strip()) if match and value is not None else (None, text)


def _is_speaker(head: str, count: int, marked: bool) -> bool:
    """Judge a label; ``marked`` when a time stands beside it or nothing follows it on its line."""
    if opens_like_prose(head) or not is_plausible(head, count):
        return False
    return marked or count >= 2 or (len(core(head)) >= 2 and is_name_like(core(head)))


def _marks(text: str) -> list[re.Match[str]]:
    return [match for match in _MARK.finditer(text) if stamped.seconds(match.group(1)) is not None]


def _raw(lines: list[_Line], text: str) -> Iterator[tuple[_Line, str]]:
    """Each line beside what stands in the file."""
    return zip(lines, (line for _, line in _with_colons(numbered_lines(text))), strict=True)


def _drafts(lines: list[_Line], count: _Count) -> Iterator[Draft]:
    """One draft for each stretch between two marks or labels."""
    draft: Draft | None = None
    pending: float | None = None
    for line in lines:
        pieces, pending = _pieces(line, pending, count)
        unnamed = line.head is None and draft is not None and draft.speaker is not None
        if unnamed and any(words for _, words in pieces):
            count.carried.append(line.number)
        for i, (start, words) in enumerate(pieces):
            labelled = line.head is not None and i == 0
            if draft is not None and not labelled and not draft.spoken and draft.start is None:
                draft.start = start  # the label stood on a line of its own
            elif draft is None or labelled or start is not None:
                if draft is not None:
                    yield draft
                draft = _opened(line, start, None if labelled else draft)
            if words:
                add_line(draft, line.number, words)
    if draft is not None:
        yield draft


def _opened(line: _Line, start: float | None, before: Draft | None) -> Draft:
    """A draft for a piece; of the speaker before it when it has no label."""
    if before is not None and before.speaker is not None:
        return Draft(line.number, before.speaker, before.role, start, inferred=line.head is None)
    who = split_person(line.head, prefixed=False) if line.head and before is None else None
    return Draft(line.number, stamped.person(who.name) if who else None, who.role if who else None, start)


def _pieces(
    line: _Line, pending: float | None, count: _Count
) -> tuple[list[tuple[float | None, str]], float | None]:
    """Cut the words of a line at the sentences that marks open.

    Returns:
        The start and the words of each piece, and a time that belongs to the line below.
    """
    start = pending if line.beside is None else line.beside
    if not line.text:
        return ([(None, "")], start) if line.head is None and start is not None else ([(start, "")], None)
    clean, marks = _without_marks(line.text)
    cuts: dict[int, float] = {}
    opens = _sentence_starts(clean)
    at = 0
    after: float | None = None
    for offset, time in marks:
        while at < len(opens) and opens[at] < offset:
            at += 1
        if offset >= len(clean):
            after = time
        elif at == len(opens):
            count.lost.append(line.number)
        else:
            if opens[at] in cuts:
                count.lost.append(line.number)
            elif opens[at] > offset:
                count.moved.append(line.number)
            cuts[opens[at]] = time
    edges = sorted({0, *cuts})
    ends = [*edges[1:], len(clean)]
    pieces = [(cuts.get(i), clean[i:j].strip()) for i, j in zip(edges, ends, strict=True)]
    return [(start if pieces[0][0] is None else pieces[0][0], pieces[0][1]), *pieces[1:]], after


def _without_marks(text: str) -> tuple[str, list[tuple[int, float]]]:
    """The words of a text, single-spaced, and each mark's place among them with its time."""
    kept: list[str] = []
    marks: list[tuple[int, float]] = []
    position = length = 0
    for match in _MARK.finditer(text):
        time = stamped.seconds(match.group(1))
        if time is None:
            continue
        piece = text[position : match.start()].strip()
        kept.append(f"{piece} " if piece else "")
        length += len(kept[-1])
        marks.append((length, time))
        position = match.end()
    rest = text[position:].strip()
    return ("".join([*kept, rest]) if rest else "".join(kept).rstrip()), marks


def _sentence_starts(text: str) -> list[int]:
    """Where sentences begin, the first of them at 0."""
    starts = [0]
    for match in _SENTENCE.finditer(text):
        start = match.end() + (text[match.end() : match.end() + 1] == " ")
        if start < len(text) and start != starts[-1]:
            starts.append(start)
    return starts


def _remarks(count: _Count) -> Iterator[Remark]:
    if count.carried:
        message = f"Paragraphs without a label, given to the speaker above them: {len(count.carried)}."
        yield Remark(RemarkKind.INFERRED, message, tuple(count.carried))
    if count.moved:
        message = f"Times in the middle of a sentence, given to the sentence after it: {len(count.moved)}."
        yield Remark(RemarkKind.ASSUMED, message, tuple(count.moved))
    if count.lost:
        message = f"Times in the middle of a sentence that no other follows, left out: {len(count.lost)}."
        yield Remark(RemarkKind.DROPPED, message, tuple(count.lost))
