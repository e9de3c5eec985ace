"""Why turns stand where they do for one wording of a question: ranks of the views, what the score is made of.

A turn of several passages stands where its best passage does: the one with the highest score in a view for
the rank there, the one with the highest score in all for what that score is made of.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from embeddings import Encoder
from qa.indexes import Indexes
from qa.retrieval import Filter, HybridRetriever
from qa.retrieval.fusion import Pieces
from qa.retrieval.lexical import words
from qa.retrieval.understanding import Understood
from qa.retrieval.views import PassageTable, Query, Rows, Scores

Place = tuple[str, int]  # a transcript, and the turn's place in it
Id = TypeVar("Id", bound=Hashable)

# What a score is made of, in the order in which it is told; the first four are the views.
SHARES = (
    "meaning",  # of the turn by itself
    "meaning_near",  # of the turn with its neighbours, and of the stretch it stands in
    "words",
    "words_near",
    "speaker",  # spoken by, or naming, somebody whom the question names
    "time",  # said when the question wants it
    "answers",  # answers a question that is like the one asked
    "kind",  # asks or answers something, or says little
    "closely",  # what reading it closely added (`qa.reranking`); known to whoever reranked
    "alike",  # what its likeness to the first ones added or took (`qa.resemblance`); known as that
)
VIEWS = SHARES[:4]


@dataclass(frozen=True, slots=True)
class Reasons:
    """Why a turn stands where it does.

    Args:
        ranks: Of the turn in each of `VIEWS` alone, among the turns searched; equal ones share the better
            rank. None where it shares no word with the question.
        shares: What each of `SHARES` adds to its score.
        words: Words of the question, as they are matched, that stand in its passage.
        near: Those that stand only in the neighbours that are read with it.
    """

    ranks: tuple[int | None, ...]
    shares: Mapping[str, float]
    words: tuple[str, ...]
    near: tuple[str, ...]


class Searched:
    """The turns that a filter allows, each a stretch of rows.

    Args:
        table: Of all passages.
        within: What is searched.
    """

    def __init__(self, table: PassageTable, within: Filter) -> None:
        allowed = table.allowed(within)
        self.rows: Rows = np.arange(len(table)) if allowed is None else np.flatnonzero(allowed)
        self._codes = {id_: code for code, id_ in enumerate(table.transcript_ids)}
        # Ascending; the passages of a turn stand together.
        keys = table.transcript[self.rows].astype(np.int64) << 32 | table.position[self.rows]
        self.begins: Rows = np.flatnonzero(np.diff(keys, prepend=-1))
        self._keys = keys[self.begins]

    def __len__(self) -> int:
        return len(self.begins)

    def find(self, place: Place) -> int | None:
        """Return which of the turns stands in a place; None when none does."""
        transcript, position = place
        if transcript not in self._codes:
            return None
        key = self._codes[transcript] << 32 | position
        at = int(np.searchsorted(self._keys, key))
        return at if at < len(self) and self._keys[at] == key else None

    def rows_of(self, at: int) -> Rows:
        """Return the rows of one of the turns."""
        end = self.begins[at + 1] if at + 1 < len(self) else len(self.rows)
        return self.rows[self.begins[at] : end]

    def peaks(self, scores: Scores) -> Scores:
        """Return the highest score of each turn, of scores for `rows`."""
        peaks: Scores = np.maximum.reduceat(scores, self.begins)
        return peaks


def explain(
    indexes: Indexes,
    encoder: Encoder,
    retriever: HybridRetriever,
    question: str,
    within: Filter,
    turns: Mapping[Id, Place],
    understood: Understood | None = None,
) -> dict[Id, Reasons]:
    """Explain some turns of what a filter allows.

    Args:
        indexes: What was searched.
        encoder: Encodes the question.
        retriever: The one over the indexes that ranked.
        question: As searched for.
        within: What was searched in it.
        turns: By an id of the caller's.
        understood: What the question says of who and when; None to read it out of the question.

    Returns:
        Reasons by the same ids; a turn without a passage, or not allowed, is missing.
    """
    searched = Searched(indexes.table, within)
    found = {id_: at for id_, place in turns.items() if (at := searched.find(place)) is not None}
    if not found:
        return {}
    stretches = [searched.rows_of(at) for at in found.values()]
    query = Query(question, encoder.encode_queries([question])[0])
    ranks = _ranks(indexes, query, searched, list(found.values()))
    pieces = retriever.pieces(question, np.concatenate(stretches), within, understood)
    total = pieces.total
    asked = list(dict.fromkeys(words(question)))
    reasons: dict[Id, Reasons] = {}
    first = 0
    for number, (id_, stretch) in enumerate(zip(found, stretches, strict=True)):
        best = first + int(np.argmax(total[first : first + len(stretch)]))
        own, near = _words(indexes, asked, stretch[best - first : best - first + 1])
        reasons[id_] = Reasons(tuple(rank[number] for rank in ranks), _shares(pieces, best), own, near)
        first += len(stretch)
    return reasons


def _shares(pieces: Pieces, at: int) -> dict[str, float]:
    parts = (*pieces.views[:, at], pieces.who[at], pieces.when[at], pieces.credit[at], pieces.prior[at], 0, 0)
    return dict(zip(SHARES, map(float, parts), strict=True))


def _ranks(
    indexes: Indexes, query: Query, searched: Searched, wanted: Sequence[int]
) -> list[list[int | None]]:
    """Return for each view the ranks of some turns among all of them."""
    views = (indexes.own, indexes.context, indexes.own_words, indexes.context_words)
    lexical = (indexes.own_words, indexes.context_words)
    return [
        _places(
            searched.peaks(view.scores(query, searched.rows)), wanted, nothing=0 if view in lexical else None
        )
        for view in views
    ]


def _places(scores: Scores, wanted: Sequence[int], nothing: float | None) -> list[int | None]:
    """Return 1 + how many score higher, for some; None for those that score nothing."""
    return [
        None if nothing is not None and scores[one] <= nothing else 1 + int((scores > scores[one]).sum())
        for one in wanted
    ]


def _words(indexes: Indexes, asked: Sequence[str], row: Rows) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return which words of the question stand in a passage, and which only in its neighbours."""
    lexicon = indexes.lexicon
    own = tuple(word for word in asked if lexicon.around(word, row, reach=0)[0])
    near = tuple(word for word in asked if word not in own and lexicon.around(word, row)[0])
    return own, near
