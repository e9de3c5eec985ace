"""Caption cues to turns: cues are cut to fit a screen, turns to what one person says.

A cue continues the turn before it when the speaker and the role are the same, it does not start a new
speaker by itself (a dash, ``>>``), it starts no earlier than the turn and at most 2 s after its end, and
either

- the sentence is unfinished: see ``ends_sentence``; or
- the speaker is named and the turn so far spans less than 30 s.

A turn of 90 s or 200 words ends at its last finished sentence, the rest beginning the next turn; the moment
inside a cue is reckoned by the length of its words. Where there is no such sentence in its latter half,
because automatic captions often have no punctuation, the turn ends with its last cue. Overlapping cues are
fine.

When somebody else who is named says up to three words inside an unfinished sentence that then goes on by this
rule ("Yeah."), the sentence stays whole: the turn of the other follows it, with its own time.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from qa.sentences import is_abbreviated
from qa.types import Turn

MAX_GAP = 2.0  # seconds of silence inside one turn
SETTLED_SPAN = 30.0  # seconds after which a finished sentence ends the turn of a named speaker
MAX_SPAN = 90.0  # seconds
MAX_WORDS = 200
MAX_ASIDE = 3  # words that somebody says without ending the sentence of another

_CLOSING = "\"'”’»)]›」』】》〉）］｣ "
# Full stops, question and exclamation marks of Latin, Arabic, Urdu, Devanagari, Armenian, Ethiopic, Burmese,
# Khmer, Chinese and Japanese.
_SPACED_STOPS = ".!?…‥؟۔।॥։።፧‼⁇⁈⁉"
_STOPS = tuple(_SPACED_STOPS + "။។。！？｡．")
_INNER_END = re.compile(
    rf"(?:[{_SPACED_STOPS}][{re.escape(_CLOSING)}]{{0,4}}\s|[။។。！？｡][」』”’）】》〉］｣]{{0,4}})(?=.)",
    re.DOTALL,
)
# Written without spaces between words: Thai, Lao, Burmese, Khmer, Japanese and Chinese.
_UNSPACED = (
    r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u2fff\u3005-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    r"\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
)
_WIDE_MARKS = r"\u3000-\u3004\u3008-\u3011\uff01-\uff0f\uff1a-\uff1f"
_NO_SPACE = re.compile(rf"[{_UNSPACED}][{_UNSPACED}]|[{_WIDE_MARKS}].|.[{_WIDE_MARKS}]", re.DOTALL)
_LETTER = re.compile(rf"[{_UNSPACED}]")
_LETTERS_A_WORD = 2  # about what a word takes in Chinese and Japanese; it only decides where long turns end


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


def ends_sentence(text: str) -> bool:
    """Say whether a text ends with a finished sentence.

    Args:
        text: Of any script. An abbreviation ("Dr."), an initial and a comma finish nothing.
    """
    bare = text.rstrip(_CLOSING)
    if not bare.endswith(_STOPS):
        return False
    tail = bare[-24:]  # holds any abbreviation
    last = tail.split()[-1].lstrip("\"'“‘«(").casefold()
    if not last.endswith(".") or last.endswith("..") or last == "no.":  # an answer more often than a number
        return True
    return not is_abbreviated(tail)


def join(texts: Sequence[str]) -> str:
    """Put texts one after another, with a space between them where their script has one."""
    if len(texts) == 1:
        return texts[0]
    pieces: list[str] = []
    for text in texts:
        if pieces and not (text and pieces[-1] and _NO_SPACE.match(pieces[-1][-1] + text[0])):
            pieces.append(" ")
        pieces.append(text)
    return "".join(pieces)


def count_words(text: str) -> int:
    """Count words, reckoning two letters for one in scripts that put no spaces between them."""
    words = len(text.split())
    return words if text.isascii() else words + len(_LETTER.findall(text)) // _LETTERS_A_WORD


class _Group:
    """Cues that make one turn so far, and what others said inside its sentences."""

    def __init__(self, cues: Sequence[Cue], asides: Sequence[Cue] = ()) -> None:
        self.cues = list(cues)
        self.asides = list(asides)
        self.end = max(cue.end for cue in cues)
        self.words = sum(count_words(cue.text) for cue in cues)

    def take(self, cue: Cue) -> None:
        self.cues.append(cue)
        self.end = max(self.end, cue.end)
        self.words += count_words(cue.text)

    @property
    def _span(self) -> float:
        return self.end - self.cues[0].start

    def _is_finished(self) -> bool:
        return ends_sentence(self.cues[-1].text)

    def belongs(self, cue: Cue) -> bool:
        """Whether the same person goes on without a long silence."""
        first = self.cues[0]
        if cue.opens or (cue.speaker, cue.role) != (first.speaker, first.role):
            return False
        return cue.start >= first.start and cue.start - self.end <= MAX_GAP

    def is_full(self) -> bool:
        return self._span >= MAX_SPAN or self.words >= MAX_WORDS

    def goes_on_with(self, cue: Cue) -> bool:
        if not self.belongs(cue) or self.is_full():
            return False
        unsettled = self.cues[0].speaker is not None and self._span < SETTLED_SPAN and not self.asides
        return unsettled or not self._is_finished()

    def is_interrupted_by(self, cue: Cue, following: Cue) -> bool:
        """Whether a cue is a word thrown in by somebody else, and the next one goes on with the sentence."""
        speaker = self.cues[0].speaker
        if speaker is None or cue.speaker is None or cue.speaker == speaker or cue.start < self.cues[0].start:
            return False
        short = count_words(cue.text) <= MAX_ASIDE
        return short and self.goes_on_with(following) and not self._is_finished()

    def cut(self) -> tuple["_Group", "_Group"] | None:
        """Part a full group at its last finished sentence; None when its latter half has none."""
        left = self.words
        for i in range(len(self.cues) - 1, -1, -1):
            cue = self.cues[i]
            left -= count_words(cue.text)
            if at := _last_inner_end(cue.text):
                head, tail = _halves(cue, at)
                return self._parted([*self.cues[:i], head], [tail, *self.cues[i + 1 :]])
            if i == 0 or left < self.words / 2:
                return None
            if ends_sentence(self.cues[i - 1].text):
                return self._parted(self.cues[:i], self.cues[i:])
        return None

    def _parted(self, before: Sequence[Cue], after: Sequence[Cue]) -> tuple["_Group", "_Group"]:
        border = after[0].start
        early = [cue for cue in self.asides if cue.start < border]
        late = [cue for cue in self.asides if cue.start >= border]
        return _Group(before, early), _Group(after, late)

    def turns(self) -> list[Turn]:
        first = self.cues[0]
        turn = Turn(
            text=join([cue.text for cue in self.cues]),
            speaker=first.speaker,
            role=first.role,
            start=first.start,
            end=self.end,
            inferred=any(cue.inferred for cue in self.cues),
            notes=tuple(note for cue in self.cues for note in cue.notes),
        )
        return [turn, *(turn for aside in self.asides for turn in _Group([aside]).turns())]


def _last_inner_end(text: str) -> int:
    """Where the last sentence but one of a text ends; 0 when it holds one sentence."""
    ends = [match.end() for match in _INNER_END.finditer(text)]
    return next((end for end in reversed(ends) if ends_sentence(text[max(0, end - 30) : end])), 0)


def _halves(cue: Cue, at: int) -> tuple[Cue, Cue]:
    said = cue.text[:at].rstrip()
    moment = round(cue.start + (cue.end - cue.start) * len(said) / len(cue.text), 3)
    return (
        replace(cue, text=said, end=moment),
        replace(cue, text=cue.text[at:].lstrip(), start=moment, notes=()),
    )


def merge(cues: Iterable[Cue]) -> tuple[Turn, ...]:
    """Join cues into turns by the rule above; every word is kept, those of each speaker in order.

    Args:
        cues: In the order of the source.

    Returns:
        One turn or more for a source that is not empty. A turn starts with its first cue and ends with its
        latest end; it is inferred when any of its cues is.
    """
    turns: list[Turn] = []
    group: _Group | None = None
    coming = list(cues)
    position = 0
    while position < len(coming):
        cue = coming[position]
        following = coming[position + 1] if position + 1 < len(coming) else None
        position += 1
        if group is None:
            group = _Group([cue])
        elif group.goes_on_with(cue):
            group.take(cue)
        elif following is not None and group.is_interrupted_by(cue, following):
            group.asides.append(cue)
            group.take(following)
            position += 1
        elif group.is_full() and group.belongs(cue) and (halves := group.cut()) is not None:
            turns.extend(halves[0].turns())
            group = halves[1]
            group.take(cue)
        else:
            turns.extend(group.turns())
            group = _Group([cue])
    return (*turns, *group.turns()) if group is not None else tuple(turns)
