"""What one step of training looks at: stretches of transcripts, and what is asked of them.

A stretch is some rows in a row, so that each row's vector among its neighbours can be computed as the product
does, from their own vectors. Every question of a batch is compared with every row of it: the rows around the
right one, rows of its transcript that share its words (BM25) or that the model of this epoch ranks high, and
rows of other transcripts. Nothing is compared that may be right without being marked: rows of another meeting
about the same kind of thing, and rows that are unjudged.
"""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date as Date
from datetime import timedelta

import numpy as np
import numpy.typing as npt

from qa.retrieval.lexical import Lexicon, words
from qa.retrieval.postings import Postings
from qa.retrieval.views import Query
from qa.times import shown_date
from training.names import exchange, renamed
from training.talks import Asked, Talk

Mask = npt.NDArray[np.bool_]
_NO_VECTOR = np.empty(0, dtype=np.float32)
STRETCH = 14  # rows of a meeting taken together
LONGEST = 36  # rows of a scene taken together; few scenes have more
EDGE = 2  # rows at the cut end of a stretch lack neighbours and are not judged among them
_FIRST_DAY = Date(1995, 1, 1)
_DAYS = 11_500
_GAP = re.compile(r"\s+(n't\b|['’](?:s|m|re|ve|ll|d)\b|[.,?!;:…])")


@dataclass(frozen=True, slots=True)
class Stretch:
    """Rows ``first`` to ``last`` (excluded) of a talk."""

    talk: Talk
    first: int
    last: int

    def inner(self, row: int) -> bool:
        """Whether a row has its neighbours, or its transcript ends where they would be."""
        begins = self.first == 0 or row - self.first >= EDGE
        return begins and (self.last == len(self.talk.rows) or self.last - 1 - row >= EDGE)


@dataclass(frozen=True, slots=True)
class Shares:
    """How often a talk or question is changed, so that the encoder does not depend on one way of writing.

    Args:
        renamed: Scenes whose people get other names.
        dated: Talks with a date before every row.
        asked_dated: Questions of dated talks that name the date.
        nameless: Talks without speakers.
        closed: Scenes written as people write, "I'm here." for the release's "I 'm here ."
    """

    renamed: float = 0.5
    dated: float = 0.4
    asked_dated: float = 0.15
    nameless: float = 0.15
    closed: float = 0.5


@dataclass(frozen=True, slots=True)
class Batch:
    """Texts and what belongs together.

    Args:
        rows: Texts of rows, stretch after stretch.
        bounds: First row of each stretch, and the end of the last.
        questions: Texts.
        weights: How much each question counts.
        own_right: Which rows answer by themselves, shape (questions, rows).
        own_wrong: Which do not.
        among_right: Which rows answer among their neighbours.
        among_wrong: Which do not.
    """

    rows: list[str]
    bounds: list[int]
    questions: list[str]
    weights: list[float]
    own_right: Mask
    own_wrong: Mask
    among_right: Mask
    among_wrong: Mask


class Chooser:
    """Chooses what of a meeting is looked at together.

    Args:
        talk: The meeting.
    """

    def __init__(self, talk: Talk) -> None:
        self.talk = talk
        postings = Postings.of([words(row.words) for row in talk.rows])
        self._lexicon = Lexicon([postings], np.zeros(len(talk.rows), dtype=np.int32))
        self._content = np.array([row.content for row in talk.rows])

    def stretches(self, dice: random.Random, right: int, wrong: int) -> list[Stretch]:
        """Choose stretches that answer questions, and stretches that only look as if they did.

        Args:
            dice: Decides.
            right: Questions whose answer is looked at.
            wrong: Stretches that are not about one of them.
        """
        main = [asked for asked in self.talk.asked if asked.kind == "question"]
        chosen = dice.sample(main, min(right, len(main)))
        taken: list[Stretch] = []
        for asked in chosen:
            self._take(taken, self._likely(asked, dice, gold=True))
        for turn in range(wrong):
            asked = chosen[turn % len(chosen)] if chosen else dice.choice(self.talk.asked)
            self._take(taken, self._likely(asked, dice, gold=False))
        return taken

    def _likely(self, asked: Asked, dice: random.Random, *, gold: bool) -> int:
        """Return a row in or outside the gold that shares words with the question, else any."""
        among = np.zeros(len(self.talk.rows), dtype=bool)
        among[list(asked.gold)] = True
        among = (among if gold else ~among) & self._content
        places = np.flatnonzero(among)
        if len(places) == 0:
            return dice.randrange(len(self.talk.rows))
        scores = self._lexicon.scores(Query(asked.text, _NO_VECTOR))[0][places]
        best = places[np.argsort(-scores, kind="stable")[:8]]
        # Half at random: what shares no word with the question has to be found, too.
        return int(dice.choice(list(best)) if dice.random() < 0.5 else dice.choice(list(places)))

    def _take(self, taken: list[Stretch], row: int) -> None:
        """Add the stretch around a row unless it meets one that is taken."""
        first = max(0, min(row - STRETCH // 2, len(self.talk.rows) - STRETCH))
        last = min(first + STRETCH, len(self.talk.rows))
        if all(last <= other.first or first >= other.last for other in taken):
            taken.append(Stretch(self.talk, first, last))


def scene(talk: Talk, dice: random.Random) -> Stretch:
    """Return a whole scene, or so much of a long one as has an answer in it."""
    if len(talk.rows) <= LONGEST:
        return Stretch(talk, 0, len(talk.rows))
    gold = sorted(row for asked in talk.asked for row in asked.gold)
    middle = dice.choice(gold) if gold else 0
    first = max(0, min(middle - dice.randrange(LONGEST), len(talk.rows) - LONGEST))
    return Stretch(talk, first, first + LONGEST)


WEIGHTS = {"question": 1.0, "topic": 0.5, "summary": 0.5, "exchange": 0.3}
MOST = {"question": 10, "topic": 2, "summary": 4, "exchange": 4}  # of each kind asked of one talk in a batch


def make_batch(stretches: Sequence[Stretch], dice: random.Random, shares: Shares = Shares()) -> Batch:
    """Put stretches and what can be asked of them together.

    Args:
        stretches: Those of one talk stand together.
        dice: Decides about names, dates and questions.
        shares: How often something is changed.
    """
    talks = list({one.talk.id: one.talk for one in stretches}.values())
    places = [(one, row) for one in stretches for row in range(one.first, one.last)]
    texts: dict[tuple[str, int], str] = {}
    asked: list[tuple[Talk, Asked, str]] = []
    for talk in talks:
        mine = [row for one, row in places if one.talk is talk]
        style = _style(talk, dice, shares)
        texts |= {(talk.id, row): style.row(talk, row) for row in mine}
        asked += [(talk, one, style.question(one, dice, shares)) for one in _questions(talk, mine, dice)]
    masks = [_masks(talk, one, places) for talk, one, _ in asked]
    own_right, own_wrong, among_right, among_wrong = (np.array(column) for column in zip(*masks, strict=True))
    return Batch(
        [texts[one.talk.id, row] for one, row in places],
        [0, *np.cumsum([one.last - one.first for one in stretches]).tolist()],
        [text for _, _, text in asked],
        [WEIGHTS[one.kind] for _, one, _ in asked],
        own_right, own_wrong, among_right, among_wrong,
    )  # fmt: skip


def _questions(talk: Talk, rows: Sequence[int], dice: random.Random) -> list[Asked]:
    """Choose what is asked: only what these rows answer."""
    content = {row for row in rows if talk.rows[row].content}
    chosen: list[Asked] = []
    for kind, most in MOST.items():
        found = [one for one in talk.asked if one.kind == kind and one.gold & _answering(one, content, rows)]
        chosen += dice.sample(found, min(most, len(found)))
    return chosen


def _answering(asked: Asked, content: set[int], rows: Sequence[int]) -> set[int]:
    # Where the gold is a few turns, a short one is the answer; in a long span it is an "Okay."
    return content if len(asked.gold) > 5 else set(rows)


def _masks(talk: Talk, asked: Asked, places: Sequence[tuple[Stretch, int]]) -> tuple[list[bool], ...]:
    own_right, own_wrong, among_right, among_wrong = [], [], [], []
    long = len(asked.gold) > 5
    for stretch, row in places:
        same = stretch.talk is talk
        right = same and row in asked.gold
        foreign = not same and (stretch.talk.part != talk.part or talk.part == "friendsqa")
        wrong = foreign or (same and not right and row not in asked.unjudged)
        inner = stretch.inner(row)
        own_right.append(right and (talk.rows[row].content or not long))
        own_wrong.append(wrong)
        among_right.append(right and inner)
        among_wrong.append(wrong and inner)
    return own_right, own_wrong, among_right, among_wrong


@dataclass(frozen=True, slots=True)
class _Style:
    """How a talk is written this time."""

    day: str
    nameless: bool
    names: dict[str, str]
    closed: bool

    def row(self, talk: Talk, row: int) -> str:
        one = talk.rows[row]
        return self._written(f"{self.day}{'' if self.nameless else one.label}{one.words}")

    def _written(self, text: str) -> str:
        text = renamed(text, self.names)
        return _GAP.sub(r"\1", text) if self.closed else text

    def question(self, asked: Asked, dice: random.Random, shares: Shares) -> str:
        text = self._written(asked.text)
        if not self.day or asked.kind != "question" or dice.random() >= shares.asked_dated:
            return text
        day, month = self.day.removesuffix(", "), self.day.removesuffix(", ").partition(" ")[2]
        return f"{text.rstrip('?. ')} {dice.choice([f'on {day}', f'in {month}'])}?"


def _style(talk: Talk, dice: random.Random, shares: Shares) -> _Style:
    day = ""
    if dice.random() < shares.dated:
        day = f"{shown_date((_FIRST_DAY + timedelta(dice.randrange(_DAYS))).isoformat())}, "
    names = {}
    if talk.part == "friendsqa" and dice.random() < shares.renamed:
        names = dict(exchange([f"{row.label}{row.words}" for row in talk.rows], dice))
    closed = talk.part == "friendsqa" and dice.random() < shares.closed
    return _Style(day, dice.random() < shares.nameless, names, closed)
