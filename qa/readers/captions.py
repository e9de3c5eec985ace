"""What all caption formats share: lines that stand on the screen become speakers and words.

A speaker is named by a voice tag (``<v Ana>``) or, in files without voice tags, by a prefix (``Ana: hello``,
``[SPEAKER_01]: hello``, ``>> ANA: hello``) or by a name in brackets on a line of its own. Where some captions
name one and others do not, the name is taken to be given on change only: it is carried over, marked as
inferred. It is not carried over to music, nor where a machine has put its labels ("SPEAKER_00") on every
caption that it could, which shows where one is repeated. A dash or ``>>`` before a line marks somebody new
whom the file does not name. Speakers who share a caption share its time by the length of what they say.

Captions that stand in the file after later ones are put in their places, unless ten or more of them follow
each other: then the times have started again, as in files joined end to end, and the order is kept.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from qa.readers import cues
from qa.readers.bracketed import read_brackets
from qa.readers.caption import Caption, caption_of
from qa.readers.cues import Cue
from qa.readers.directions import split_directions
from qa.readers.payloads import Line, marks_change, split_changes
from qa.readers.prefixes import read_prefixes
from qa.readers.rolling import without_repeats
from qa.readers.spacing import distinct
from qa.readers.timing import Block
from qa.types import Remark, RemarkKind, Turn

_MUSIC = ("♪", "♫")
_MACHINE = re.compile(r"SPEAKER_\d{1,4}")
_RESTART = 10  # captions in a row that start before an earlier one
_CARRIED = "Cues without a speaker, given to the speaker before them: {}."
_SHARED = "Cues that several share, the time split by the length of the words: {}."


@dataclass(frozen=True, slots=True)
class Spoken:
    """What a caption file says.

    Args:
        turns: Cues joined by the rule of ``cues``; empty when no cue has words.
        notes: Stage directions of cues that hold nothing else, each once.
        remarks: What was dropped or carried over.
        read: Line numbers of the captions that have brought words or stage directions.
    """

    turns: tuple[Turn, ...]
    notes: tuple[str, ...]
    remarks: tuple[Remark, ...]
    read: frozenset[int] = frozenset()


def spoken(blocks: list[Block]) -> Spoken:
    """Turn the cues of a WebVTT or SubRip file into turns.

    Args:
        blocks: In the order of the file.

    Returns:
        The turns with everything that was left out or carried over.
    """
    return spoken_captions([caption_of(block) for block in blocks])


def spoken_captions(captions: list[Caption]) -> Spoken:
    """Turn captions of any format into turns.

    Args:
        captions: In the order of the file; those without lines are reported as such.

    Returns:
        The turns with everything that was left out or carried over.
    """
    empty = [caption for caption in captions if not caption.lines]
    remarks = _remarks(RemarkKind.DROPPED, "Cues without words left out: {}.", empty)
    captions, collapsed = without_repeats(captions)
    voices = any(line.voice for caption in captions for line in caption.lines)
    captions = [c.with_lines(split_changes(c.lines)) if marks_change(c.lines) else c for c in captions]
    if not voices:
        captions = read_prefixes(read_brackets(captions))
    captions = [_without_directions(caption) for caption in captions]
    captions, carried = _carried_over(captions)
    notes = [note for c in captions for line in c.lines if not line.text for note in line.notes]
    ordered, moved = _in_order(captions)
    parts = [list(_share(caption)) for caption in ordered]
    shared = [caption for caption, some in zip(ordered, parts, strict=True) if len(some) > 1]
    remarks += [
        *collapsed,
        *_remarks(RemarkKind.INFERRED, _CARRIED, carried),
        *moved,
        *_remarks(RemarkKind.INFERRED, _SHARED, shared),
    ]
    read = frozenset(c.line_number for c in captions if c.lines and c.line_number is not None)
    return Spoken(cues.merge(cue for some in parts for cue in some), distinct(notes), tuple(remarks), read)


def _remarks(kind: RemarkKind, message: str, captions: list[Caption]) -> list[Remark]:
    """Say how many captions something befell, and where; nothing when there are none."""
    places = tuple(sorted(c.line_number for c in captions if c.line_number is not None))
    return [Remark(kind, message.format(len(captions)), places)] if captions else []


def _carried_over(captions: list[Caption]) -> tuple[list[Caption], list[Caption]]:
    """Give lines without a voice to the last voice; return also the captions that begin with such a line."""
    if _labelled_throughout(captions):
        return captions, []
    last: tuple[str | None, str | None] = (None, None)  # voice and role
    carried: list[Caption] = []
    filled: list[Caption] = []
    for caption in captions:
        if last == (None, None) and not any(line.voice is not None or line.opens for line in caption.lines):
            filled.append(caption)
            continue
        if caption.lines and caption.lines[0].text.startswith(_MUSIC) and caption.lines[0].voice is None:
            filled.append(caption)
            continue
        lines: list[Line] = []
        inferred = True
        for line in caption.lines:
            if line.voice is not None or line.opens:
                last, inferred = (line.voice, line.role), False
            if last == (None, None) or line.voice is not None or line.opens or not line.text:
                lines.append(line)
                continue
            if inferred and not any(earlier.text for earlier in lines):
                carried.append(caption)
            lines.append(Line(line.text, last[0], False, line.notes, inferred, last[1]))
        filled.append(caption.with_lines(tuple(lines)))
    return filled, carried


def _labelled_throughout(captions: list[Caption]) -> bool:
    """Whether a machine has named the speaker of every caption that it could."""
    voices = [{line.voice for line in caption.lines if line.text} for caption in captions if caption.lines]
    known = [voice for some in voices for voice in some if voice is not None]
    if not all(map(_MACHINE.fullmatch, known)):
        return False
    return any(one == other and one != {None} for one, other in pairwise(voices))


def _without_directions(caption: Caption) -> Caption:
    if not any("(" in line.text or "[" in line.text or "♪" in line.text for line in caption.lines):
        return caption
    return caption.with_lines(tuple(map(_without_direction, caption.lines)))


def _without_direction(line: Line) -> Line:
    if "♪" in line.text and not any(c.isalnum() for c in line.text):
        return line._replace(text="", notes=(*line.notes, line.text))
    text, notes = split_directions(line.text, trailing=False)
    return line._replace(text=text, notes=(*line.notes, *notes))


def _in_order(captions: list[Caption]) -> tuple[list[Caption], list[Remark]]:
    """Sort captions by their start, unless the times of the file have started again."""
    late: list[Caption] = []
    latest = 0.0
    stretch = longest = 0
    for caption in captions:
        stretch = stretch + 1 if caption.start < latest else 0
        longest = max(longest, stretch)
        if stretch:
            late.append(caption)
        latest = max(latest, caption.start)
    if longest >= _RESTART:
        message = (
            "The times start again in the file; its order was kept. Cues earlier than one before them: {}."
        )
        return captions, _remarks(RemarkKind.ASSUMED, message, late)
    message = "Cues that stood after a later one, put in the order of their times: {}."
    return sorted(captions, key=lambda c: c.start), _remarks(RemarkKind.ASSUMED, message, late)


def _share(caption: Caption) -> Iterator[Cue]:
    """One cue a speaker, the time of the caption shared out by length of text."""
    runs = list(_runs([line for line in caption.lines if line.text]))
    if len(runs) == 1:
        yield _cue(runs[0], caption.start, caption.end)
        return
    total = sum(len(line.text) for run in runs for line in run)
    said = 0
    for run in runs:
        start = _at(caption, said, total)
        said += sum(len(line.text) for line in run)
        yield _cue(run, start, _at(caption, said, total))


def _cue(run: list[Line], start: float, end: float) -> Cue:
    first = run[0]
    text = cues.join([line.text for line in run])
    notes = tuple(note for line in run for note in line.notes)
    return Cue(text, start, end, first.voice, first.role, first.inferred, first.opens, notes)


def _runs(lines: list[Line]) -> Iterator[list[Line]]:
    """Cut lines where the voice changes or somebody new begins."""
    run: list[Line] = []
    for line in lines:
        if run and (line.opens or (line.voice, line.role) != (run[-1].voice, run[-1].role)):
            yield run
            run = []
        run.append(line)
    if run:
        yield run


def _at(caption: Caption, said: int, total: int) -> float:
    """The moment of a caption when so many of its characters have been said."""
    return round(caption.start + (caption.end - caption.start) * said / total, 3)
