"""Why a passage is a source of an answer, and why another turn is not one.

Works out nothing of its own: places are those of `qa.answering.ranked`, shares those of the ranking. A share
that is added there (`qa.explaining.SHARES`) is told here, on the page and in a terminal without more ado.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

import numpy as np

from qa.answering import DEEPER, DEFAULT_URL, Answer, Source, ask, ranked
from qa.backchannels import is_backchannel
from qa.explaining import SHARES, Place, Reasons, Searched, explain
from qa.grouping import says_the_same, side_by_side
from qa.library import Library
from qa.reranking import Reranked, Rereading
from qa.retrieval import Filter, Hit
from qa.retrieval.priors import about_asking
from qa.retrieval.understanding import Wishes
from qa.retrieval.views import Scores
from qa.turn_links import turn_named, turns_called
from qa.types import Turn, split_turn_id

_LEAST = 0.01  # of a score; smaller differences between two turns are no reason


class Standing(StrEnum):
    """What became of a turn."""

    SOURCE = "source"
    BESIDE = "beside"  # shown with the source that it stands next to
    REPEAT = "repeat"  # says the same as a source
    BACKCHANNEL = "back-channel"
    LOWER = "lower"
    FILTERED = "filtered"
    WORDLESS = "wordless"  # nothing of it is searched


@dataclass(frozen=True, slots=True)
class Ahead:
    """The source that comes before a turn.

    Args:
        source: Its number.
        turn_id: Of its turn.
        reasons: Why it stands where it does.
        differences: The shares of the score that differ most, each with by how much it has more than the
            turn, or less where below 0; the largest first.
    """

    source: int
    turn_id: str
    reasons: Reasons
    differences: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a turn is a source of an answer, or none.

    Args:
        turn_id: Of the turn.
        turn: The turn.
        transcript_title: Where it stands.
        standing: What became of it.
        source: The number of the source that it is, stands beside or repeats; None for the others.
        rank: Its place among all turns searched, from 1; None when it was not searched.
        searched: How many turns were.
        shown: How many sources the answer has.
        moved: Whether it came first because it answers the question that stood there.
        reasons: What its place comes from; None when it was not searched.
        ahead: For a source, the one before it; for a lower turn, the last. None for the others.
        filters: Which filters leave it out: "transcript", "speaker", "date".
    """

    turn_id: str
    turn: Turn
    transcript_title: str
    standing: Standing
    source: int | None
    rank: int | None
    searched: int
    shown: int
    moved: bool = False
    reasons: Reasons | None = None
    ahead: Ahead | None = None
    filters: tuple[str, ...] = ()


def why(
    library: Library,
    question: str,
    turns: Sequence[str],
    k: int = 5,
    within: Filter = Filter(),  # noqa: B008  # frozen
    previous: Sequence[str] = (),
    wishes: Wishes = Wishes(),  # noqa: B008  # frozen
) -> tuple[Reason, ...]:
    """Ask a question and say why some turns are sources of the answer, or why they are not.

    Args:
        library: Where to look.
        question: As for `qa.answering.ask`, like the arguments below.
        turns: Their ids, or links to them.
        k: Sources wanted, at least 1.
        within: What may be searched.
        previous: Earlier questions of the conversation, oldest first.
        wishes: What is wanted instead of what the question seems to say of who and when.

    Returns:
        One reason for each of the turns, in their order.

    Raises:
        QAError: If the question is empty or too long, or something names no turn.
        NotFoundError: If there is no such turn.
        ValueError: If ``k < 1``.
    """
    ids = [turn_named(turn) for turn in turns]
    turns_called(library, ids)  # complains before the question is searched
    answer = ask(library, question, k, within, previous, DEFAULT_URL, wishes)
    return reasons_of(library, answer, ids, within)


def reasons_of(
    library: Library,
    answer: Answer,
    turns: Sequence[str],
    within: Filter = Filter(),  # noqa: B008  # frozen
) -> tuple[Reason, ...]:
    """Say why some turns are sources of an answer, or why they are not.

    Args:
        library: Where it was looked.
        answer: What came of it.
        turns: Ids.
        within: What was allowed to be searched.

    Returns:
        One reason for each of the turns, in their order.

    Raises:
        NotFoundError: If there is no such turn.
    """
    said = turns_called(library, turns)
    search = _Search(library, answer, within, turns)
    return tuple(search.reason(id_, *said[id_]) for id_ in turns)


class _Search:
    """One question's ranking, looked at from some turns."""

    def __init__(self, library: Library, answer: Answer, within: Filter, turns: Sequence[str]) -> None:
        self._answer, self._within = answer, within
        self._indexes = indexes = library.indexes()
        self._retriever = indexes.retriever(library.encoder)
        self._searched = Searched(indexes.table, within)
        self._hits: list[Hit] = []
        self._reasons: dict[str, Reasons] = {}
        if not len(self._searched):
            return
        deep = max(DEEPER, len(answer.sources))
        wordings, understood = answer.searched, answer.understood
        reread = self._reread(library)
        self._hits = ranked(
            library.encoder, indexes, answer.question, wordings, deep, within, understood, reread
        )
        compared = {*turns, *(source.turn_id for source in answer.sources)}
        places = {id_: split_turn_id(id_) for id_ in sorted(compared)}
        several = [
            explain(indexes, library.encoder, self._retriever, wording, within, places, understood)
            for wording in wordings
        ]
        self._reasons = {id_: _merged([one[id_] for one in several]) for id_ in several[0]}
        for hit in self._hits:
            if hit.turn_id in self._reasons:
                reasons = self._reasons[hit.turn_id]
                shares = {**reasons.shares, "closely": hit.read, "alike": hit.alike}
                self._reasons[hit.turn_id] = replace(reasons, shares=shares)

    def _reread(self, library: Library) -> Rereading:
        """Return what reads the best passages once more, with no time limit, if they were read before."""
        reranker = library.reranker if self._answer.reranked is Reranked.DONE else None
        patient = reranker and replace(reranker, seconds=None)
        return Rereading(patient, self._answer.searched[-1], library.stretches)

    def reason(self, id_: str, turn: Turn, title: str) -> Reason:
        """Return why a turn is a source, or none."""
        sources, place = self._answer.sources, split_turn_id(id_)
        standing, source = self._standing(id_, turn)
        plain = Reason(id_, turn, title, standing, source, None, len(self._searched), len(sources))
        if standing is Standing.FILTERED:
            return replace(plain, filters=self._filters(place))
        if standing is Standing.WORDLESS:
            return plain
        ahead = None
        if standing is Standing.LOWER and sources:
            ahead = self._ahead(sources[-1], id_)
        elif standing is Standing.SOURCE and source is not None and source > 1:
            ahead = self._ahead(sources[source - 2], id_)
        rank = self._rank(id_, place)
        moved = rank == 1 and self._moved()
        return replace(plain, rank=rank, moved=moved, reasons=self._reasons[id_], ahead=ahead)

    def _standing(self, id_: str, turn: Turn) -> tuple[Standing, int | None]:
        """Return what became of a turn, in the order in which `qa.answering.ask` decides it."""
        if id_ not in self._reasons:
            held = Searched(self._indexes.table, Filter()).find(split_turn_id(id_)) is not None
            return (Standing.FILTERED if held else Standing.WORDLESS), None
        sources = self._answer.sources
        own = next((one.rank for one in sources if one.turn_id == id_), None)
        if own is not None:
            return Standing.SOURCE, own
        hit = _hit_of(id_)
        for one in sources:
            if side_by_side(_hit_of(one.turn_id), hit):
                return Standing.BESIDE, one.rank
        if is_backchannel(turn.text) and not self._answers(id_):
            return Standing.BACKCHANNEL, None
        for one in sources:
            if says_the_same(one.turn.text, turn.text):
                return Standing.REPEAT, one.rank
        return Standing.LOWER, None

    def _answers(self, id_: str) -> bool:
        """Say whether a turn that is searched answers the one before."""
        at = self._searched.find(split_turn_id(id_))
        return at is not None and bool((self._indexes.table.answers[self._searched.rows_of(at)] >= 0).any())

    def _rank(self, id_: str, place: Place) -> int:
        """Return the place in the list that an answer is made of; below its end, in order of the scores."""
        listed = next((rank for rank, hit in enumerate(self._hits, 1) if hit.turn_id == id_), None)
        at = self._searched.find(place)
        if listed is not None or at is None:
            return listed or len(self._searched)
        scores = self._scores
        return max(len(self._hits), int((scores > scores[at]).sum())) + 1

    @cached_property
    def _scores(self) -> Scores:
        """The score of every turn that is searched; asked for only for what stands far down."""
        answer, rows = self._answer, self._searched.rows
        several = [
            self._searched.peaks(self._retriever.scores(wording, rows, self._within, answer.understood))
            for wording in answer.searched
        ]
        scores: Scores = np.mean(several, axis=0)
        return scores

    def _moved(self) -> bool:
        """Say whether the first turn was moved there because it answers the one that came first."""
        first, *rest = self._hits
        if not rest or about_asking(self._answer.question) or not self._indexes.answers(first):
            return False
        follows = side_by_side(first, rest[0]) and first.position > rest[0].position
        return follows and first.score == rest[0].score

    def _ahead(self, source: Source, id_: str) -> Ahead | None:
        """Compare a turn with a source; None when that was removed since the answer."""
        own, other = self._reasons[id_], self._reasons.get(source.turn_id)
        if other is None:
            return None
        differences = [(name, other.shares[name] - own.shares[name]) for name in SHARES]
        kept = [(name, value) for name, value in differences if abs(value) >= _LEAST]
        largest = sorted(kept, key=lambda one: -abs(one[1]))
        return Ahead(source.rank, source.turn_id, other, tuple(largest))

    def _filters(self, place: Place) -> tuple[str, ...]:
        table, within = self._indexes.table, self._within
        every = Searched(table, Filter())
        at = every.find(place)
        rows = every.rows_of(at) if at is not None else np.empty(0, dtype=np.int64)
        parts = {
            "transcript": Filter(transcripts=within.transcripts),
            "speaker": Filter(speakers=within.speakers, roles=within.roles),
            "date": Filter(since=within.since, until=within.until),
        }
        masks = {name: table.allowed(part) for name, part in parts.items()}
        return tuple(name for name, mask in masks.items() if mask is not None and not mask[rows].any())


def _hit_of(id_: str) -> Hit:
    transcript, position = split_turn_id(id_)
    return Hit(transcript, position, 0, 0, 0.0)


def _merged(several: Sequence[Reasons]) -> Reasons:
    """Return one reason for all wordings of a question: the mean of their shares, the ranks for the last."""
    shares = {name: sum(one.shares[name] for one in several) / len(several) for name in SHARES}
    return replace(several[-1], shares=shares)
