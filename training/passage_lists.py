"""Questions with the passages that the product ranks first for them: right and wrong ones.

Lists are made of judged sets whose passages were embedded, with the product's own retriever. What is ranked
high and wrong is what a reranker is for. A list may hold one passage of another transcript, which no question
of this one is about: without it, nothing would say what a high score means by itself.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qa.evaluation.bench import Bench
from qa.evaluation.judged import JudgedQuestion
from qa.evaluation.product import Product, within_pool
from qa.reranking import AFTER, NEIGHBOURS, among_neighbours
from qa.retrieval import Hit
from qa.types import Turn

MARKS = ("»", "«")
DEPTH = 60  # turns ranked for a question
_CONTENT = 20  # characters; a relevant "Yeah." says nothing by itself


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage that was found for a question.

    Args:
        text: As the reranker reads it.
        hit: As it was found.
        turn_id: As in runs.
        relevant: Whether it is judged right.
        content: Whether it says something by itself.
    """

    text: str
    hit: Hit
    turn_id: str
    relevant: bool
    content: bool


@dataclass(frozen=True, slots=True)
class Ranked:
    """A question with what was found for it, best first.

    Args:
        question: With its judgments.
        candidates: At most `DEPTH`.
        right: How many relevant passages a list has of it, at most.
        near: Among how many of the first the wrong ones are chosen.
    """

    question: JudgedQuestion
    candidates: tuple[Candidate, ...]
    right: int
    near: int


def ranked_questions(
    bench: Bench,
    system: Product,
    questions: Sequence[JudgedQuestion],
    right: int,
    near: int,
    after: int = AFTER,
) -> list[Ranked]:
    """Rank all questions, each in its own transcript, as the product does before it reads.

    Args:
        bench: The data set.
        system: Ranks.
        questions: To be ranked.
        right: See `Ranked`.
        near: See `Ranked`.
        after: Words of what follows a passage that are read.
    """
    pools = {pool.id: pool for pool in bench.dataset.pools}
    found = []
    for question in questions:
        # As they are before what is like the first ones follows them: that is done after reading.
        text, within = " ".join(question.text.split()), within_pool(pools[question.pool])
        hits = system.retriever().retrieve(text, DEPTH, within)
        found.append(Ranked(question, tuple(_candidates(bench, hits, question, after)), right, near))
    return found


def _candidates(
    bench: Bench, hits: Sequence[Hit], question: JudgedQuestion, after: int
) -> Iterator[Candidate]:
    places = [(hit.transcript_id, hit.position - NEIGHBOURS, hit.position + NEIGHBOURS) for hit in hits]
    for hit, turns in zip(hits, bench.stretches(places), strict=True):
        id_ = bench.turn_id(hit.transcript_id, hit.position)
        relevant = question.gains.get(id_, 0) > 0
        yield Candidate(_text(turns, hit, after), hit, id_, relevant, hit.end - hit.start > _CONTENT)


def _text(turns: Sequence[Turn], hit: Hit, after: int) -> str:
    return among_neighbours(turns, min(hit.position, NEIGHBOURS), (hit.start, hit.end), MARKS, after)


@dataclass(frozen=True, slots=True)
class PassageList:
    """What is compared in one step for one question: relevant passages first."""

    question: str
    texts: tuple[str, ...]
    relevant: int


def passage_lists(
    every: Sequence[Sequence[Ranked]], dice: random.Random, wrong: int
) -> Iterator[PassageList]:
    """Yield lists without end, all questions once before any is again.

    Args:
        every: The questions of each set.
        dice: Chooses.
        wrong: Wrong passages of the same transcript in a list, at most.
    """
    questions = [one for some in every for one in some]
    while True:
        dice.shuffle(questions)
        for one in questions:
            right = [each for each in one.candidates if each.relevant and (one.right == 1 or each.content)]
            if not right:
                continue
            hard = [each for each in one.candidates if not each.relevant][: one.near]
            chosen = dice.sample(right, min(one.right, len(right)))
            texts = [each.text for each in (*chosen, *dice.sample(hard, min(wrong, len(hard))))]
            other = dice.choice(questions)
            if other.question.pool != one.question.pool and other.candidates:
                texts.append(dice.choice(other.candidates[:5]).text)
            yield PassageList(" ".join(one.question.text.split()), tuple(texts), len(chosen))
