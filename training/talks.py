"""Judged transcripts as the encoder is trained on them: rows to be found, and what is asked of them.

A row is a passage as the product cuts it; a row's text is made later, with or without speaker and date.
Accepts QMSum's train split and FriendsQA's file as released. Besides the sets' own questions, QMSum gives
three weaker kinds of pairs: titles of topics and sentences of the written answers, each with the turns it is
about, and questions that somebody asked in the meeting, with the turn that answered.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from qa.evaluation.datasets import load
from qa.evaluation.judged import Dataset, JudgedTranscript
from qa.passages import PassageSettings, cut_turns, label
from qa.sentences import sentence_spans
from qa.types import Turn

CONTENT_WORDS = 6  # a row of fewer says little by itself, though it counts among its neighbours
_ASKING = re.compile(
    r"\b(what|when|where|who|whom|whose|why|how|which|did|does|do|is|are|was|were|can|could|would|will|"
    r"should|have|has)\b",
    re.IGNORECASE,
)
_LONGEST_QUESTION = 30  # words; a longer turn that ends in a question mark is mostly a statement
_LEAST_ANSWER = 10  # words; shorter replies are mostly "Yeah, I think so."
HELD_OUT = ("s01_e24", "s03_e25")  # FriendsQA: nothing of these is trained on unless the recipe is settled


@dataclass(frozen=True, slots=True)
class Row:
    """A passage.

    Args:
        label: What stands before its words: "Ana: ", or nothing.
        words: What was said.
        position: The turn's place in its transcript.
    """

    label: str
    words: str
    position: int

    @property
    def content(self) -> bool:
        """Whether it says something by itself."""
        return len(self.words.split()) >= CONTENT_WORDS


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a transcript.

    Args:
        text: The question, or what stands for one.
        gold: Rows that answer it.
        unjudged: Rows that are neither right nor wrong, such as the question itself.
        kind: "question", "topic", "summary" or "exchange".
    """

    text: str
    gold: frozenset[int]
    unjudged: frozenset[int]
    kind: str


@dataclass(frozen=True, slots=True)
class Talk:
    """One transcript with what is asked of it; ``part`` names talks about the same kind of thing."""

    id: str
    part: str
    rows: tuple[Row, ...]
    asked: tuple[Asked, ...]


def friendsqa_talks(path: Path, *, held_out: bool | None) -> list[Talk]:
    """Return the scenes of FriendsQA.

    Args:
        path: friendsqa_dev.json.
        held_out: True for the scenes kept for validation, False for the others, None for all.
    """
    dataset = load(path, "friendsqa")
    return [
        talk
        for talk in _talks(dataset, "friendsqa")
        if held_out is None or talk.id.startswith(HELD_OUT) == held_out
    ]


def qmsum_talks(folder: Path) -> list[Talk]:
    """Return the meetings of a split of QMSum, with the weaker pairs."""
    talks = []
    for talk in _talks(load(folder, "qmsum"), "qmsum"):
        released = json.loads((folder / f"{talk.id}.json").read_text(encoding="utf-8"))
        asked = (*talk.asked, *_topics(released, talk.rows), *_summaries(released, talk.rows))
        talks.append(Talk(talk.id, talk.part, talk.rows, (*asked, *exchanges(talk.rows))))
    return talks


def _talks(dataset: Dataset, name: str) -> Iterator[Talk]:
    for pool, questions in dataset.asked():
        (transcript,) = pool.transcripts
        rows = rows_of(transcript)
        places = {id_: place for place, id_ in enumerate(transcript.turn_ids)}
        part = questions[0].slices.get("part", name) if questions else name
        asked = []
        for question in questions:
            turns = {places[id_] for id_, gain in question.gains.items() if gain > 0}
            gold = frozenset(row for row, one in enumerate(rows) if one.position in turns)
            asked.append(Asked(" ".join(question.text.split()), gold, frozenset(), "question"))
        yield Talk(transcript.id, part, rows, tuple(asked))


def rows_of(transcript: JudgedTranscript) -> tuple[Row, ...]:
    """Cut a transcript into rows, as the product does."""
    turns: Sequence[Turn] = transcript.reading.turns
    return tuple(
        Row(
            label(turns[one.position]),
            " ".join(turns[one.position].text[one.start : one.end].split()),
            one.position,
        )
        for one in cut_turns(turns, PassageSettings())
    )


def _within(spans: Any, rows: Sequence[Row]) -> frozenset[int]:
    """Return the rows of spans as QMSum writes them: pairs of strings, both ends included."""
    turns = {turn for first, last in spans for turn in range(int(first), int(last) + 1)}
    return frozenset(row for row, one in enumerate(rows) if one.position in turns)


def _topics(released: dict[str, Any], rows: Sequence[Row]) -> Iterator[Asked]:
    for topic in released["topic_list"]:
        gold = _within(topic["relevant_text_span"], rows)
        if gold and len(topic["topic"].split()) > 1:
            yield Asked(" ".join(topic["topic"].split()), gold, frozenset(), "topic")


def _summaries(released: dict[str, Any], rows: Sequence[Row]) -> Iterator[Asked]:
    for query in released["specific_query_list"]:
        gold = _within(query["relevant_text_span"], rows)
        answer = query["answer"]
        for first, last in sentence_spans(answer):
            sentence = " ".join(answer[first:last].split())
            if gold and len(sentence.split()) >= CONTENT_WORDS:
                yield Asked(sentence, gold, frozenset(), "summary")


def exchanges(rows: Sequence[Row]) -> Iterator[Asked]:
    """Find questions asked in a transcript whose answer is the next row of somebody else."""
    for place, (row, reply) in enumerate(pairwise(rows)):
        asks = row.words.endswith("?") and _ASKING.search(row.words)
        if not asks or not CONTENT_WORDS <= len(row.words.split()) <= _LONGEST_QUESTION:
            continue
        if reply.label == row.label or len(reply.words.split()) < _LEAST_ANSWER:
            continue
        near = range(max(0, place - 2), min(len(rows), place + 5))
        yield Asked(row.words, frozenset([place + 1]), frozenset(near) - {place + 1}, "exchange")
