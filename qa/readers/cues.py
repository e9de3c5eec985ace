"""Caption cues to turns: cues are cut to fit a screen, turns to what one person says.

A cue continues the turn before it when the speaker and the role are the same, it does not start a new
speaker by itself (a dash, ``>>``), it starts no earlier than the turn and at most 2 s after its end, and
either

- the sentence is unfinished: the text so far does not end in . ! ? or …, with or without a closing quote; or
- the speaker is named and the turn so far spans less than 30 s.

A turn of 90 s or 200 words ends at the next cue whatever the punctuation, because automatic captions often
have none. Overlapping cues are fine.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from qa.types import Turn

MAX_GAP = 2.0  # seconds of silence inside one turn
SETTLED_SPAN = 30.0  # seconds after which a finished sentence ends the turn of a named speaker
MAX_SPAN = 90.0  # seconds
MAX_WORDS = 200

_CLOSING = "\"'”’»)]"


@dataclass(frozen=True, slots=True)
class Cue:
    """One timed piece of text, as a caption file gives it.

    Args:
        text: Tidied words, never blank.
        start: Seconds from the start of the recording.
        end: Seconds; not before start.
        speaker: None when nobody is named.
        role: As in Turn.
        inferred: True when the speaker was carried over from an earlier cue.
        opens: True when the source marks a change of speaker here, so that the cue never continues a turn.
        notes: Stage directions found in the cue.
    """

    text: str
    start: float
    end: float
    speaker: str | None = None
    role: str | None = None
    inferred: bool = False
    opens: bool = False
    notes: tuple[str, ...] = ()


def merge(cues: Iterable[Cue]) -> tuple[Turn, ...]:
    """Join cues into turns by the rule above; every word is kept, in order.

    Args:
        cues: In the order of the source.

    Returns:
        One turn or more for a source that is not empty. A turn starts with its first cue and ends with its
        latest end; it is inferred when any of its cues is.
    """
    turns: list[Turn] = []
    group: list[Cue] = []
    words = 0
    end = 0.0
    for cue in cues:
        if group and not _continues(cue, group, end, words):
            turns.append(_turn(group, end))
            group, words, end = [], 0, 0.0
        group.append(cue)
        words += len(cue.text.split())
        end = max(end, cue.end)
    if group:
        turns.append(_turn(group, end))
    return tuple(turns)


def _continues(cue: Cue, group: list[Cue], end: float, words: int) -> bool:
    first = group[0]
    span = end - first.start
    if cue.opens or (cue.speaker, cue.role) != (first.speaker, first.role):
        return False
    if cue.start < first.start or cue.start - end > MAX_GAP or span >= MAX_SPAN or words >= MAX_WORDS:
        return False
    finished = group[-1].text.rstrip(_CLOSING).endswith((".", "!", "?", "…"))
    return not finished or (cue.speaker is not None and span < SETTLED_SPAN)


def _turn(group: list[Cue], end: float) -> Turn:
    first = group[0]
    return Turn(
        text=" ".join(cue.text for cue in group),
        speaker=first.speaker,
        role=first.role,
        start=first.start,
        end=end,
        inferred=any(cue.inferred for cue in group),
        notes=tuple(note for cue in group for note in cue.notes),
    )
