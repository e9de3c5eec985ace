"""Paragraphs gathered under the label above them, until they make a turn.

Lines that follow each other without a blank line between, the first of them not at the end of a sentence, are
one paragraph cut to the width of a page; any other line is a paragraph of its own.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from qa.readers.directions import is_direction, split_directions
from qa.readers.scripts import join_pieces
from qa.types import Remark, RemarkKind, Turn

_SENTENCE_ENDS = (".", "!", "?", "…", ":", "。", "！", "？", "؟")
_CLOSING = "\"'”’»)]」』"


@dataclass(slots=True)
class Draft:
    """A turn while its paragraphs are being gathered.

    Args:
        line_number: Of the label, counted from 1.
        speaker: As in Turn.
        role: As in Turn.
        start: As in Turn.
        end: As in Turn.
        inferred: As in Turn.
        notes: As in Turn.
    """

    line_number: int
    speaker: str | None = None
    role: str | None = None
    start: float | None = None
    end: float | None = None
    inferred: bool = False
    notes: list[str] = field(default_factory=list)
    _paragraphs: list[list[str]] = field(default_factory=list)
    _last: int = 0

    def add(self, number: int, line: str, *, joined: bool | None = None) -> None:
        """Take one tidied line: its stage directions become notes, the rest is speech.

        Args:
            number: Of the line, counted from 1.
            line: Without a label.
            joined: Whether it goes on with the paragraph above; by default as the module says.
        """
        words, directions = split_directions(line, trailing=False)
        self.notes.extend(directions)
        if not words:
            return
        if joined is None:
            joined = number == self._last + 1 and not self.finished
        if joined and self._paragraphs:
            self._paragraphs[-1].append(words)
        else:
            self._paragraphs.append([words])
        self._last = number

    def note(self, line: str) -> None:
        """Take a line that is a stage direction as a whole."""
        self.notes.append(line)

    @property
    def words(self) -> str:
        """What was said so far, a line for each paragraph."""
        return "\n".join(map(join_pieces, self._paragraphs))

    @property
    def finished(self) -> bool:
        """Whether the last line ends a sentence; true before the first."""
        return not self._paragraphs or ends_sentence(self._paragraphs[-1][-1])

    @property
    def spoken(self) -> bool:
        """Whether anything was said so far."""
        return bool(self._paragraphs)


@dataclass(frozen=True, slots=True)
class Gathered:
    """The turns of a file.

    Args:
        turns: In order; drafts without words are not among them.
        notes: Stage directions of drafts without words, after the label they stood under.
        remarks: Labels that have neither words nor directions.
    """

    turns: tuple[Turn, ...]
    notes: tuple[str, ...]
    remarks: tuple[Remark, ...]


def gather(drafts: Iterable[Draft]) -> Gathered:
    """Make turns of drafts."""
    turns: list[Turn] = []
    notes: list[str] = []
    empty: list[int] = []
    for draft in drafts:
        if draft.spoken:
            turns.append(_turn(draft))
        elif draft.notes:
            notes.extend(f"{draft.speaker}: {note}" if draft.speaker else note for note in draft.notes)
        else:
            empty.append(draft.line_number)
    message = f"Labels without words below them, left out: {len(empty)}."
    remarks = (Remark(RemarkKind.DROPPED, message, tuple(empty)),) if empty else ()
    return Gathered(tuple(turns), tuple(notes), remarks)


def ends_sentence(line: str) -> bool:
    """Say whether a line ends where a sentence does."""
    return line.rstrip(_CLOSING).endswith(_SENTENCE_ENDS)


def add_line(draft: Draft, number: int, line: str) -> None:
    """Take one tidied line into a draft; a line that is one bracket is a stage direction as a whole."""
    if is_direction(line):
        draft.note(line)
    else:
        draft.add(number, line)


def _turn(draft: Draft) -> Turn:
    return Turn(
        draft.words,
        draft.speaker,
        draft.role,
        draft.start,
        draft.end,
        draft.inferred,
        tuple(draft.notes),
    )
