"""What WebVTT and SubRip share: the payload of cues, as speakers and words.

A speaker is named by a voice tag (``<v Ana>``) or, in files without voice tags, by a prefix (``Ana: hello``,
``[SPEAKER_01]: hello``). Where some cues name one and others do not, the name is taken to be given on change
only: it is carried over, marked as inferred. A dash or ``>>`` before a line marks somebody new whom the
file does not name. Speakers who share a cue share its time by the length of what they say.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from qa.readers import cues
from qa.readers.cues import Cue
from qa.readers.directions import split_directions
from qa.readers.labels import candidate, caption_prefixes
from qa.readers.spacing import distinct, tidy
from qa.readers.timing import Block
from qa.types import Remark, RemarkKind, Turn

_VOICE = re.compile(r"<v(?:\.[^\s<>]{0,200})?(?:\s{1,20}([^<>]{0,200}))?>|</v>", re.IGNORECASE)
_MARKUP = re.compile(
    r"</?(?:c|i|b|u|s|ruby|rt|lang|font)(?:[.\s][^<>]{0,200})?/?>|<\d[\d:.,]{1,20}>|\{\\[^{}]{0,100}\}",
    re.IGNORECASE,
)
_INLINE_TIME = re.compile(r"<\d[\d:.]{4,20}>")
_SOMEBODY_NEW = re.compile(r"(?:-\s?|–\s|>>+\s?)(?=[^\W\d_]|[\"“'‘¿¡\[(♪])")


@dataclass(frozen=True, slots=True)
class Spoken:
    """What a caption file says.

    Args:
        turns: Cues joined by the rule of ``cues``; empty when no cue has words.
        notes: Stage directions of cues that hold nothing else, each once.
        remarks: What was dropped or carried over.
    """

    turns: tuple[Turn, ...]
    notes: tuple[str, ...]
    remarks: tuple[Remark, ...]


class _Line(NamedTuple):
    text: str
    voice: str | None = None
    opens: bool = False
    notes: tuple[str, ...] = ()
    inferred: bool = False


def spoken(blocks: list[Block]) -> Spoken:
    """Turn the cues of a file into turns.

    Args:
        blocks: In the order of the file.

    Returns:
        The turns with everything that was left out or carried over.
    """
    remarks = _wordless(blocks)
    groups = [list(_lines(block)) for block in blocks]
    if any(_INLINE_TIME.search(line) for block in blocks for line in block.lines):
        groups, dropped = _without_repeats(groups)
        if dropped:
            message = f"Rolling captions: lines dropped because they repeat the line before: {dropped}."
            remarks.append(Remark(RemarkKind.COLLAPSED, message))
    if not any(line.voice for group in groups for line in group):
        groups = _with_prefixes(groups)
    groups, carried = _carried_over(groups)
    if carried:
        message = f"Cues without a speaker, given to the speaker before them: {carried}."
        remarks.append(Remark(RemarkKind.INFERRED, message))
    groups = [[_without_directions(line) for line in group] for group in groups]
    notes = [note for group in groups for line in group if not line.text for note in line.notes]
    parts = [cue for block, group in zip(blocks, groups, strict=True) for cue in _share(block, group)]
    return Spoken(cues.merge(parts), distinct(notes), tuple(remarks))


def _wordless(blocks: list[Block]) -> list[Remark]:
    """Name the timing lines that bring no words, so that none goes missing in silence."""
    numbers = tuple(block.line_number for block in blocks if not block.lines)
    message = f"Cues without words left out: {len(numbers)}."
    return [Remark(RemarkKind.DROPPED, message, numbers)] if numbers else []


def _lines(block: Block) -> Iterator[_Line]:
    """The lines of one payload: voices split, markup gone, entities decoded."""
    voice = None
    position = 0
    text = "\n".join(block.lines)
    for match in _VOICE.finditer(text):
        yield from _plain_lines(text[position : match.start()], voice)
        voice = tidy(html.unescape(match.group(1) or "")) or None
        position = match.end()
    yield from _plain_lines(text[position:], voice)


def _plain_lines(text: str, voice: str | None) -> Iterator[_Line]:
    for raw in text.split("\n"):
        line = tidy(html.unescape(_MARKUP.sub("", raw)))
        mark = _SOMEBODY_NEW.match(line) if voice is None else None
        if line:
            yield _Line(line[mark.end() :] if mark else line, voice, mark is not None)


def _without_repeats(groups: list[list[_Line]]) -> tuple[list[list[_Line]], int]:
    """Drop lines equal to the last line kept; anything looser would lose what people say twice."""
    last = None
    kept: list[list[_Line]] = []
    for group in groups:
        kept.append([])
        for line in group:
            if line.text != last:
                kept[-1].append(line)
                last = line.text
    return kept, sum(map(len, groups)) - sum(map(len, kept))


def _with_prefixes(groups: list[list[_Line]]) -> list[list[_Line]]:
    """Take speakers from the first words of lines."""
    prefixes = caption_prefixes([candidate(line.text) for group in groups for line in group])
    return [[_named(line, prefixes) for line in group] for group in groups]


def _named(line: _Line, prefixes: frozenset[str]) -> _Line:
    label = candidate(line.text)
    if label is None or label.head not in prefixes:
        return line
    head = label.head[1:-1].strip() if label.head.startswith("[") and label.head.endswith("]") else label.head
    return line._replace(text=label.rest, voice=head or None)


def _carried_over(groups: list[list[_Line]]) -> tuple[list[list[_Line]], int]:
    """Give lines without a voice to the last voice; count the cues that begin with such a line."""
    last: str | None = None
    carried = 0
    filled: list[list[_Line]] = []
    for group in groups:
        filled.append([])
        inferred = True
        for line in group:
            if line.voice is not None or line.opens:
                last, inferred = line.voice, False
            if last is None or line.voice is not None:
                filled[-1].append(line)
                continue
            carried += inferred and not filled[-1]
            filled[-1].append(line._replace(voice=last, inferred=inferred))
    return filled, carried


def _without_directions(line: _Line) -> _Line:
    text, notes = split_directions(line.text, trailing=False)
    return line._replace(text=text, notes=notes)


def _share(block: Block, group: list[_Line]) -> Iterator[Cue]:
    """One cue a speaker, the time of the block shared out by length of text."""
    runs = list(_runs([line for line in group if line.text]))
    total = sum(len(line.text) for run in runs for line in run)
    said = 0
    for run in runs:
        start = _at(block, said, total)
        said += sum(len(line.text) for line in run)
        yield Cue(
            text=" ".join(line.text for line in run),
            start=start,
            end=_at(block, said, total),
            speaker=run[0].voice,
            inferred=run[0].inferred,
            opens=run[0].opens,
            notes=tuple(note for line in run for note in line.notes),
        )


def _runs(lines: list[_Line]) -> Iterator[list[_Line]]:
    """Cut lines where the voice changes or somebody new begins."""
    run: list[_Line] = []
    for line in lines:
        if run and (line.opens or line.voice != run[-1].voice):
            yield run
            run = []
        run.append(line)
    if run:
        yield run


def _at(block: Block, said: int, total: int) -> float:
    """The moment of a block when so many of its characters have been said."""
    return round(block.start + (block.end - block.start) * said / total, 3)
