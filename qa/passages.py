"""Turns to passages: what is indexed and found.

A passage is a stretch of one turn: the whole turn, or some whole sentences of a long one. It is looked at
in two ways: on its own, with its speaker and date in front, and among its neighbours, because the words
that make an answer findable often stand in the question before it.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from embeddings import Vectors, unit_rows
from qa.sentences import split_at_sentences
from qa.times import day_after, days_on, shown_date
from qa.types import QUESTIONER, Turn


@dataclass(frozen=True, slots=True)
class PassageSettings:
    """What shapes a passage; kept in the library's manifest, because it decides what the vectors mean.

    The defaults are the best of those tried on the development data (`benchmarks/quality.py`).

    Args:
        version: Raised whenever the code below would make other texts from the same turns.
        max_words: Longest passage; MiniLM reads 256 tokens, about 190 words.
        window: Neighbouring passages on each side whose words count as context.
        neighbour_words: Words taken from each neighbour, those nearest the passage.
        pooled: Neighbouring passages on each side whose vectors count as context.
        decay: Weight of a neighbour's vector for each step away.
    """

    version: int = 2  # 1 took a text without spaces for one word
    max_words: int = 100
    window: int = 2
    neighbour_words: int = 25
    pooled: int = 4
    decay: float = 0.7

    def as_dict(self) -> dict[str, int | float]:
        """Return the settings as plain values for a manifest."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of one turn.

    Args:
        position: The turn's place in its transcript, from 0.
        start: Offset of the stretch in the turn's text.
        end: Offset of its end.
    """

    position: int
    start: int
    end: int


def cut_turns(turns: Sequence[Turn], settings: PassageSettings) -> list[Passage]:
    """Cut turns into passages.

    Returns:
        In the order of the turns; every turn has at least one.
    """
    return [
        Passage(position, start, end)
        for position, turn in enumerate(turns)
        for start, end in split_at_sentences(turn.text, settings.max_words)
    ]


def own_texts(turns: Sequence[Turn], passages: Sequence[Passage], date: str | None) -> list[str]:
    """Return what is embedded and indexed for each passage by itself: date, speaker, words."""
    return [
        f"{_day(date, turns[passage.position])}{label(turns[passage.position])}{_words(turns, passage)}"
        for passage in passages
    ]


def context_texts(
    turns: Sequence[Turn], passages: Sequence[Passage], date: str | None, settings: PassageSettings
) -> list[str]:
    """Return the same for each passage among its neighbours, which must be all passages of the transcript."""
    labels = [label(turns[passage.position]) for passage in passages]
    words = [_words(turns, passage) for passage in passages]
    day = _day(date)
    return [day + _among_neighbours(row, labels, words, settings) for row in range(len(passages))]


def pool_neighbours(vectors: Vectors, settings: PassageSettings) -> Vectors:
    """Return the vector of each passage among its neighbours: a weighted mean of their own vectors.

    Embedding the neighbours' words with the passage instead costs four times the encoding of the passages
    themselves and ranks no better: nDCG@10 with re-encoding and with pooling 66.0 and 65.6 on LoCoMo's
    sample, 70.7 and 70.5 on FriendsQA, 37.8 and 38.5 on QMSum val.

    Args:
        vectors: Unit-length rows of all passages of one transcript in order, float32, shape (n, dim).
        settings: Says how far neighbours count, and how much.

    Returns:
        Unit-length rows, float32, shape (n, dim).
    """
    return unit_rows(add_neighbours(vectors, settings))


def add_neighbours(vectors: Vectors, settings: PassageSettings) -> Vectors:
    """Return what `pool_neighbours` scales to length 1; arguments and shape are the same."""
    total = vectors.copy()
    for step in range(1, min(settings.pooled, len(vectors) - 1) + 1):
        weight = np.float32(settings.decay**step)
        total[step:] += weight * vectors[:-step]
        total[:-step] += weight * vectors[step:]
    return total


def _day(date: str | None, turn: Turn | None = None) -> str:
    """The day of a turn, which in a chat may be long after the first."""
    day = day_after(date, days_on(turn.start)) if turn is not None else None
    day = day or date
    return f"{shown_date(day)}, " if day else ""


def _words(turns: Sequence[Turn], passage: Passage) -> str:
    return " ".join(turns[passage.position].text[passage.start : passage.end].split())


def _among_neighbours(row: int, labels: list[str], words: list[str], settings: PassageSettings) -> str:
    few = settings.neighbour_words
    before = range(max(0, row - settings.window), row)
    after = range(row + 1, min(len(words), row + settings.window + 1))
    return " ".join(
        [labels[i] + " ".join(words[i].split()[-few:]) for i in before]
        + [labels[row] + words[row]]
        + [labels[i] + " ".join(words[i].split()[:few]) for i in after]
    )


def label(turn: Turn) -> str:
    """Return what is put before a turn's words: its speaker, else its role, else nothing."""
    if turn.speaker is not None:
        return f"{turn.speaker}: "
    if turn.role == QUESTIONER:
        return "Question: "
    return f"{turn.role}: " if turn.role else ""
