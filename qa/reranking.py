"""The best passages of a question read once more, closely, by a cross-encoder.

Ranking compares a question with passages that were looked at beforehand. A cross-encoder reads the question
and a passage together, with its neighbours: too slow for all passages, so only the first `CANDIDATES` are
read. What it says is added to what was known; it never replaces it, because each is wrong where the other
need not be. When reading takes too long, the first order stands.
"""

import time
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from qa.passages import label
from qa.retrieval import Hit
from qa.retrieval.priors import about_asking
from qa.retrieval.ranking import how_long
from qa.sentences import sentence_spans
from qa.types import QUESTIONER, Turn
from qa.writing import ends_in_question

if TYPE_CHECKING:
    from embeddings import CrossEncoder
    from embeddings.cross_encoder import Pair

CANDIDATES = 16
NEIGHBOURS = 2  # turns on each side
BESIDE = 30  # words of them on each side
# Words of what comes after that our own model reads. It was trained on thirty and ranks as well with ten,
# in five sixths of the time, or with none (see docs/reranker.md), by which confidence tells less. What it
# reads before must be as long as it knows.
AFTER = 10
SECONDS = 1.0
# What reading is worth beside the first ranking, in which the best passage has some 0.6 to 0.8. For our own
# model, and for any other, which was not trained on transcripts; see docs/reranker.md.
WEIGHT, WEIGHT_OF_OTHERS = 0.3, 0.1

# How much more a passage of a long transcript earns by what stands beside it, and how much less by itself.
# Passages count exp(-turns away / reach); beside few that were read, it earns less. Tried on QMSum val, whose
# P@10 and AP rise from 41.0 and 45.6 to 43.0 and 48.9. More of it (4.0) gives 0.2 and 0.4 more, but costs
# success@5 another 1.3; none has 74.3 there, this 70.5: what stands side by side fills the first places.
_OWN_IN_LONG, _AROUND_IN_LONG, _REACH, _UNREAD = 0.33, 2.67, 4.0, 0.5

# What reading another's words counts where somebody's are wanted ("What did Ana say?"): all beyond 1,024
# passages, this much up to 128, where the person's own are meant. Of such questions nDCG@10 rises from 50.4
# to 55.3 on LoCoMo (9) and from 84.0 to 84.7 on FriendsQA (46); on QMSum (63) half everywhere costs 1.5.
_OF_OTHERS = 0.5

TOOK_TOO_LONG = (
    "There was no time to read the best passages closely: they stand in the order of the first search."
)

# When the question came in, by `time.monotonic`; set by whoever lets questions wait in front of the library.
asked_at: ContextVar[float | None] = ContextVar("asked_at", default=None)

Floats = npt.NDArray[np.float64]
Place = tuple[str, int, int]  # a transcript, and the positions of the first and the last turn wanted
Read = Callable[[Sequence[Place]], Sequence[Sequence[Turn]]]


class Reranked(StrEnum):
    """What became of reading the best passages closely."""

    NONE = "none"  # there is no cross-encoder, or nothing was found
    DONE = "done"
    LATE = "late"  # it took too long: the first order stands


@dataclass(frozen=True, slots=True)
class Reranker:
    """Reads the best passages with a cross-encoder.

    Args:
        model: Scores pairs. Has it marks, it was trained on passages between them, among their neighbours;
            if not, it reads each passage twice, alone and among its neighbours.
        seconds: What it may take for one question; None for as long as it takes.
    """

    model: "CrossEncoder"
    seconds: float | None = SECONDS

    @property
    def weight(self) -> float:
        """How much its reading counts."""
        return WEIGHT if self.model.marks else WEIGHT_OF_OTHERS

    def pairs(self, question: str, turns: Sequence[Turn], here: int, span: tuple[int, int]) -> list["Pair"]:
        """Return what the model reads of a passage: one pair or two."""
        if self.model.marks:
            return [(question, among_neighbours(turns, here, span, self.model.marks, AFTER))]
        alone = label(turns[here]) + turns[here].text[slice(*span)]
        return [(question, alone), (question, among_neighbours(turns, here, span))]

    def warm_up(self) -> None:
        """Load the model.

        Raises:
            ModelLoadError: If it cannot be loaded.
        """
        self.model.scores([("Are you there?", "Yes.")])

    def scores(self, pairs: Sequence["Pair"]) -> list[float] | None:
        """Return the mean of each passage's pairs, 0 to 1; None if it took too long.

        What a question waited before it was worked on counts (see `asked_at`).
        """
        seconds, came = self.seconds, asked_at.get()
        if seconds is not None and came is not None:
            seconds -= time.monotonic() - came
            if seconds <= 0:
                return None
        found = self.model.scores(pairs, seconds)
        if found is None:
            return None
        each = 1 if self.model.marks else 2
        means: list[float] = found.reshape(-1, each).mean(axis=1).tolist()
        return means


@dataclass(slots=True)
class Rereading:
    """The closer reading for one question.

    Args:
        reranker: None to leave every order as it is.
        question: As searched.
        read: Looks up turns; none for a transcript that is not there any more.
        state: What became of it.
    """

    reranker: Reranker | None
    question: str
    read: Read
    state: Reranked = Reranked.NONE

    @property
    def calibrated(self) -> bool:
        """Whether what was read means what it meant when `qa.confidence` was fitted: our model read it."""
        ours = self.reranker is not None and self.reranker.model.marks is not None
        return ours and self.state is Reranked.DONE

    def only_asks(self, hit: Hit) -> bool:
        """Say whether the passage found does nothing but ask; see `only_asks`."""
        (turns,) = self.read([(hit.transcript_id, hit.position, hit.position)])
        return bool(turns) and only_asks(turns[0], (hit.start, hit.end))

    def __call__(self, hits: list[Hit]) -> list[Hit]:
        """Return the hits in the new order, the first `CANDIDATES` with what reading them gave."""
        if self.reranker is None or not hits:
            return hits
        first, rest = hits[:CANDIDATES], hits[CANDIDATES:]
        plain = not about_asking(self.question)
        places = [(hit.transcript_id, hit.position - NEIGHBOURS, hit.position + NEIGHBOURS) for hit in first]
        pairs: list[Pair] = []
        read: list[tuple[Hit, bool]] = []
        for hit, turns in zip(first, self.read(places), strict=True):
            here = min(hit.position, NEIGHBOURS)
            if here < len(turns):  # else another process has removed it since the search
                pairs += self.reranker.pairs(self.question, turns, here, (hit.start, hit.end))
                read.append((hit, plain and only_asks(turns[here], (hit.start, hit.end))))
        scores = self.reranker.scores(pairs)
        if scores is None:
            self.state = Reranked.LATE
            return hits
        self.state = Reranked.DONE
        scored = [
            replace(hit, closely=0.0 if echoes else score)
            for (hit, echoes), score in zip(read, scores, strict=True)
        ]
        added = self.reranker.weight * earned([*scored, *rest])
        found = [
            replace(hit, score=hit.score + more, read=more)
            for hit, more in zip([*scored, *rest], added.tolist(), strict=True)
        ]
        return sorted(found, key=lambda hit: -hit.score)  # equal scores keep their order


def earned(hits: Sequence[Hit]) -> Floats:
    """Return what each hit earns by what was read, 0 where nothing near it was.

    In a short transcript that is what the passage itself earned. In a long meeting a whole stretch answers
    rather than a turn, of which only some was read: there a passage earns less by itself, and what those
    beside it in the transcript earned on average, near ones counting more. Between 16 and 1,024 passages
    both are mixed (see `qa.retrieval.ranking.how_long`). Where somebody's words are wanted, another's earn
    less, but for long meetings.

    Args:
        hits: Those that were read have `Hit.closely`.

    Returns:
        At least 0, float64, shape (len(hits),).
    """
    transcripts = np.unique([hit.transcript_id for hit in hits], return_inverse=True)[1]
    positions = np.array([hit.position for hit in hits])
    long = how_long(np.array([hit.length for hit in hits]))
    own = np.array([hit.closely or 0.0 for hit in hits])
    short = np.minimum(2 * (1 - long), 1)
    own *= 1 - short * (1 - _OF_OTHERS) * np.array([hit.others for hit in hits])
    read = np.flatnonzero([hit.closely is not None for hit in hits])
    away = np.abs(positions[:, None] - positions[read])
    near = np.where(transcripts[:, None] == transcripts[read], np.exp(-away / _REACH), 0.0)
    around = near @ own[read] / (near.sum(axis=1) + _UNREAD)
    found: Floats = (1 - long * (1 - _OWN_IN_LONG)) * own + long * _AROUND_IN_LONG * around
    return found


def only_asks(turn: Turn, span: tuple[int, int]) -> bool:
    """Say whether a passage does nothing but ask.

    A question that says the same as the one asked looks like the best of answers to a cross-encoder. People
    want what was answered: such a passage earns nothing by being read. On LoCoMo and FriendsQA this changes
    nDCG@10 by less than 0.1.
    """
    if turn.role == QUESTIONER:
        return True
    passage = turn.text[slice(*span)]
    sentences = [passage[slice(*sentence)] for sentence in sentence_spans(passage)]
    return bool(sentences) and all(map(ends_in_question, sentences))


def among_neighbours(
    turns: Sequence[Turn],
    here: int,
    span: tuple[int, int],
    marks: tuple[str, str] | None = None,
    beyond: int = BESIDE,
) -> str:
    """Return a passage with the last words before it and the first after it.

    Args:
        turns: One after another.
        here: The place of the passage's turn among them.
        span: Offsets of the passage in the turn's text.
        marks: Set before the passage and after it.
        beyond: Words of what comes after it.
    """
    turn = turns[here]
    before = [label(one) + one.text for one in turns[max(0, here - NEIGHBOURS) : here]]
    after = [label(one) + one.text for one in turns[here + 1 : here + 1 + NEIGHBOURS]]
    if span[0] > 0:
        before.append(label(turn) + turn.text[: span[0]])
    if span[1] < len(turn.text):
        after.insert(0, turn.text[span[1] :])
    passage = label(turn) + turn.text[slice(*span)]
    if marks:
        passage = f"{marks[0]} {passage} {marks[1]}"
    parts = [
        " ".join(" ".join(before).split()[-BESIDE:]),
        passage,
        " ".join(" ".join(after).split()[:beyond]),
    ]
    return " ".join(part for part in parts if part)
