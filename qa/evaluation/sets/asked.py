"""Questions of one's own, asked of transcripts: which turns answer them, and what is searched for them.

A transcript is a pool, and all of them together are one more. A question that says within what it was asked
is asked of that: of the whole library, or of what its filter lets through. Any other is asked of the
transcript that answers it, or of all when several do.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from qa.errors import QAError
from qa.evaluation.judged import JudgedTranscript, Pool
from qa.evaluation.measures import answer_contained
from qa.evaluation.sets.draft import Draft
from qa.retrieval import Filter
from qa.types import RemarkKind

ALL = "whole library"  # the pool of questions that no single transcript answers; no id has a space


@dataclass(frozen=True, slots=True)
class Asked:
    """A question before it is known what of it can be judged.

    Args:
        id: Without white space.
        text: The wording to ask.
        gains: Of the turns named; None where only answers are given.
        answers: Texts that answer it.
        transcript: Id or title of the one to look in.
        kind: The slice it belongs to.
        within: The filter in force when it was asked; None when that is not known.
        unanswerable: Whether somebody said that nothing answers it.
        follows: Whether the wording is one that was made for a follow-up, to be understood alone.
    """

    id: str
    text: str
    gains: Mapping[str, int] | None = None
    answers: tuple[str, ...] = ()
    transcript: str | None = None
    kind: str = ""
    within: Filter | None = None
    unanswerable: bool = False
    follows: bool = False


def ask_all(
    draft: Draft,
    transcripts: Sequence[JudgedTranscript],
    questions: Iterable[Asked],
    qrels: Mapping[str, Mapping[str, int]],
) -> None:
    """Put transcripts and questions into a draft; what cannot be judged is counted and left out.

    Args:
        draft: Empty.
        transcripts: All that can be searched.
        questions: In the order in which they are asked.
        qrels: Judgments by question id, which count before those of the questions.
    """
    shelf = _Shelf(transcripts)
    used = {_ask(draft, shelf, asked, qrels.get(asked.id, {})) for asked in questions}
    # Where the whole library is a pool, one transcript need not be one only to be searched.
    draft.pools = [Pool(one.id, (one,)) for one in transcripts if ALL not in used or one.id in used]
    draft.pools += [pool for id_, pool in shelf.pools.items() if id_ in used]
    draft.count_repeats()


def _ask(draft: Draft, shelf: "_Shelf", asked: Asked, qrels: Mapping[str, int]) -> str | None:
    """Add a question; return its pool, None when it is left out."""
    if asked.gains is None and not qrels:
        gains: Mapping[str, int] = dict.fromkeys(shelf.holding(asked.answers), 1)
    else:
        gains = {**(asked.gains or {}), **qrels}
    if asked.unanswerable and not any(gain > 0 for gain in gains.values()):
        draft.count(RemarkKind.DROPPED, "Questions left out because somebody said that nothing answers them")
        return None
    reached = shelf.owner if asked.within is None else shelf.reached(asked.within)
    owners = {id_: shelf.owner[id_] for id_ in gains if id_ in reached}
    if asked.transcript is not None:
        within = shelf.named(asked.transcript, asked.id)
        owners = {id_: owner for id_, owner in owners.items() if owner == within}
    if asked.gains is not None or qrels:
        gone = "Judged turns left out because they are not in the transcripts searched"
        draft.count(RemarkKind.DROPPED, gone, len(gains) - len(owners))
    kept = {id_: gain for id_, gain in gains.items() if id_ in owners}
    answering = {owners[id_] for id_, gain in kept.items() if gain > 0}
    if asked.within is not None:
        pool = shelf.pool(asked.within).id
    else:
        pool = answering.pop() if len(answering) == 1 else ALL
    slices = {"type": asked.kind} if asked.kind else {}
    if not draft.ask(asked.id, asked.text, pool, kept, answers=asked.answers, slices=slices):
        return None
    filtered, follows = asked.within not in (None, Filter()), asked.follows
    draft.count(RemarkKind.ASSUMED, "Questions asked within the filter that was in force", filtered)
    draft.count(RemarkKind.ASSUMED, "Follow-ups asked together with what they follow", follows)
    return pool


class _Shelf:
    """The transcripts, and what is asked of several of them at once."""

    def __init__(self, transcripts: Sequence[JudgedTranscript]) -> None:
        self.transcripts = transcripts
        self.owner = {id_: one.id for one in transcripts for id_ in one.turn_ids}
        self.pools = {ALL: Pool(ALL, tuple(transcripts))}
        self._by_filter = {Filter(): self.pools[ALL]}
        self._reached: dict[Filter, frozenset[str]] = {}
        self._texts: list[tuple[str, str]] = []

    def pool(self, within: Filter) -> Pool:
        """Return what can be found within a filter; of one transcript, the pool it has already."""
        if within not in self._by_filter:
            chosen = [one for one in self.transcripts if one.id in (within.transcripts or {one.id})]
            rest = replace(within, transcripts=None)
            if rest == Filter() and len(chosen) == 1:
                self._by_filter[within] = Pool(chosen[0].id, tuple(chosen))
            else:
                pool = Pool(f"filter {len(self.pools)}", tuple(chosen), rest)
                self._by_filter[within] = self.pools[pool.id] = pool
        return self._by_filter[within]

    def reached(self, within: Filter) -> frozenset[str]:
        """Return the ids of the turns that can be found within a filter."""
        if within not in self._reached:
            self._reached[within] = frozenset(self.pool(within).turn_ids())
        return self._reached[within]

    def named(self, name: str, question: str) -> str:
        """Return the id of the transcript with an id or title."""
        found = [one.id for one in self.transcripts if name in (one.id, one.reading.title)]
        if len(found) != 1:
            raise QAError(
                f"Question {question} names the transcript {name!r}, of which there "
                f"{'is none' if not found else f'are {len(found)}'}. Name it by its id: transcript-qa list"
            )
        return found[0]

    def holding(self, answers: Sequence[str]) -> list[str]:
        """Return the turns that hold an answer as whole words."""
        if not self._texts:
            self._texts = [
                (id_, " ".join(turn.text.casefold().split()))
                for one in self.transcripts
                for id_, turn in zip(one.turn_ids, one.reading.turns, strict=True)
            ]
        wanted = [" ".join(answer.casefold().split()) for answer in answers]
        return [
            id_
            for id_, text in self._texts
            if any(answer in text for answer in wanted) and answer_contained([text], wanted)
        ]
