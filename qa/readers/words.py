"""Words with times and speakers to cues and turns, for recognisers that give a file word by word.

Words become cues first: a cue ends where the speaker changes, at the end of a sentence, before a silence of
more than 2 s, and after 30 words. Cues become turns by the rule of ``cues``. A word without a time takes the
place between its neighbours. There is no space before punctuation, none between characters of scripts that
have none, and none before a word that the source writes on to the one before it.

A record, which is what a recogniser itself calls an utterance, a paragraph or a monologue, is one turn. One
that lasts more than 90 s is cut by its words as above, so that each part has its own time.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

from qa.errors import FormatError
from qa.readers import cues
from qa.readers.cues import MAX_GAP, MAX_SPAN, Cue
from qa.readers.recogniser import speech
from qa.readers.scripts import is_closing, space_between
from qa.sentences import sentence_spans
from qa.types import Turn

MAX_CUE_WORDS = 30  # without punctuation, a cue is about as long as a long sentence
_ENDINGS = (".", "!", "?", "…", "。", "！", "？", '"', "”", "’", "»", ")", "」", "』")
_FAR = 60  # characters between two words of a text: quotation marks, a dash, a stage direction


class Word(NamedTuple):
    """One word, punctuation mark, or longer piece that is not cut.

    Args:
        text: Tidied, never blank.
        start: Seconds; None when the recogniser could not place it.
        end: Seconds, not before start; None when unknown.
        speaker: None when nobody is named.
        glued: True when no space stands before it.
        opens: As in Cue.
        inferred: As in Cue.
    """

    text: str
    start: float | None = None
    end: float | None = None
    speaker: str | None = None
    glued: bool = False
    opens: bool = False
    inferred: bool = False


def join(words: Iterable[Word]) -> str:
    """Write words as text."""
    pieces: list[str] = []
    last = ""
    for word in words:
        if last and not word.glued:
            pieces.append(space_between(last, word.text))
        pieces.append(word.text)
        last = word.text
    return "".join(pieces)


def cues_of(words: Iterable[Word], untimed: FormatError, notes: list[str]) -> Iterator[Cue]:
    """Join words into cues, one at a time.

    Args:
        words: In the order of the source.
        untimed: Raised when no word has a time.
        notes: Takes the stage directions that stand alone.

    Yields:
        Cues for ``cues.merge``.
    """
    waiting: list[list[Word]] = []  # words before the first that has a time
    clock: float | None = None
    opens = False
    for run in _runs(words):
        start, end = _span(run)
        if start is None:
            start = end = clock
        if start is None or end is None:
            waiting.append(run)
            continue
        clock = end
        for held in (*waiting, run):
            cue = _cue(held, start, end if held is run else start, notes)
            opens = opens or held[0].opens
            if cue is not None:  # a stage direction alone leaves the change of speaker to what follows it
                yield replace(cue, opens=opens)
                opens = False
        waiting.clear()
    if waiting:
        raise untimed


def record_turns(
    record: Turn, words: Iterable[Word], untimed: FormatError, notes: list[str]
) -> Iterator[Turn]:
    """Keep a record as it is, or cut it when it is long.

    Args:
        record: As the recogniser gives it, its text tidied.
        words: Of the record; looked at only when it is long.
        untimed: Never seen by the caller when the record has times.
        notes: Takes the stage directions that stand alone.

    Yields:
        The record, or parts of it that hold all its words; nothing when it holds stage directions only.
    """
    if record.start is not None and record.end is not None and record.end - record.start > MAX_SPAN:
        inside = [word._replace(speaker=record.speaker) for word in words]
        complete = _letters(join(inside)) == _letters(record.text)
        if complete and any(word.start is not None for word in inside):
            yield from cues.merge(cues_of(inside, untimed, notes))
            return
    text, found = speech(record.text)
    if text:
        yield Turn(text, record.speaker, None, record.start, record.end, record.inferred, found)
    else:
        notes.extend(found)


def aligned(text: str, words: Iterable[str]) -> list[tuple[str, bool]] | None:
    """Cut a text before each of its words, so that each brings the punctuation after it.

    Args:
        text: Tidied.
        words: Bare words, in order.

    Returns:
        For each word its piece, and whether no space stands before it; None when a word is not in its place.
    """
    starts: list[int] = []
    position = 0
    for word in words:
        found = text.find(word, position, position + len(word) + _FAR)
        if found < 0 or not word:
            return None
        starts.append(found)
        position = found + len(word)
    if not starts or len(text) - position > _FAR:
        return None
    stops = [*starts[1:], len(text)]
    starts[0] = 0
    pieces = [text[start:stop].rstrip() for start, stop in zip(starts, stops, strict=True)]
    return [(piece, at > 0 and text[at - 1] != " ") for piece, at in zip(pieces, starts, strict=True)]


def _letters(text: str) -> str:
    return "".join(text.split())


def _runs(words: Iterable[Word]) -> Iterator[list[Word]]:
    """Cut words into what becomes a cue."""
    run: list[Word] = []
    start: float | None = None
    end: float | None = None
    length = 0
    for word in words:
        if run and (_changes(run[-1], word) or _pauses(start, end, word) or _ends(run, word, length)):
            yield run
            run, start, end, length = [], None, None, 0
        run.append(word)
        length += 1 + word.text.count(" ")
        if word.start is not None:
            start = word.start if start is None else start
            end = word.start if word.end is None else word.end
    if run:
        yield run


def _changes(last: Word, word: Word) -> bool:
    return word.opens or word.speaker != last.speaker


def _pauses(start: float | None, end: float | None, word: Word) -> bool:
    """Whether there is silence before the word, or it lies far back in time."""
    if start is None or end is None or word.start is None or word.glued:
        return False
    return word.start - end > MAX_GAP or start - word.start > MAX_GAP


def _ends(run: list[Word], word: Word, length: int) -> bool:
    """Whether the words so far are a whole sentence, or many, and the next one can stand apart."""
    if word.glued or is_closing(word.text):
        return False
    last = run[-1]
    if length >= MAX_CUE_WORDS:
        return True
    if not last.text.endswith(_ENDINGS):
        return False
    tail = join(run[-2:])[-60:]  # a mark of its own needs the word before it: "Mr" and "."
    begins = len(tail) + 1
    return any(start == begins for start, _ in sentence_spans(f"{tail} {word.text[:20]}"))


def _span(run: list[Word]) -> tuple[float | None, float | None]:
    starts = [word.start for word in run if word.start is not None]
    if not starts:
        return None, None
    ends = [word.end for word in run if word.end is not None]
    return starts[0], max([*starts, *ends])


def _cue(run: list[Word], start: float, end: float, notes: list[str]) -> Cue | None:
    """The cue that a run makes; None for stage directions alone, which become notes."""
    text, found = speech(join(run))
    if not text:
        notes.extend(found)
        return None
    inferred = any(word.inferred for word in run)
    return Cue(text, start, end, run[0].speaker, inferred=inferred, notes=found)
