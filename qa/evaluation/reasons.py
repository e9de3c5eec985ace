"""Why a system of ours placed a turn where it did: its rank in each view, and what its score is made of.

A turn of several passages stands where its best passage does: the one with the highest score in a view for
the rank there, the one with the highest score in all for what that score is made of.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from embeddings import Encoder
from qa.evaluation.results import Why
from qa.indexes import Indexes
from qa.retrieval import Filter, HybridRetriever
from qa.retrieval.lexical import words
from qa.retrieval.views import Query, Rows, Scores

Place = tuple[str, int]  # a transcript, and the turn's place in it


def explain(
    indexes: Indexes,
    encoder: Encoder,
    retriever: HybridRetriever,
    question: str,
    within: Filter,
    turns: Mapping[str, Place],
) -> dict[str, Why]:
    """Explain some turns of what a filter allows.

    Args:
        indexes: What was searched.
        encoder: Encodes the question.
        retriever: The one over the indexes that ranked.
        question: As searched for.
        within: What was searched in it.
        turns: By an id of the caller's.

    Returns:
        Reasons by the same ids; a turn without a passage, or not allowed, is missing.
    """
    table = indexes.table
    allowed = table.allowed(within)
    rows = np.arange(len(table)) if allowed is None else np.flatnonzero(allowed)
    codes = {id_: code for code, id_ in enumerate(table.transcript_ids)}
    # Ascending; the passages of a turn stand together, so that each turn is a stretch of rows.
    keys = table.transcript[rows].astype(np.int64) << 32 | table.position[rows]
    begins = np.flatnonzero(np.diff(keys, prepend=-1))
    wanted = {
        id_: codes[transcript] << 32 | position
        for id_, (transcript, position) in turns.items()
        if transcript in codes
    }
    places = dict(zip(wanted, np.searchsorted(keys[begins], list(wanted.values())).tolist(), strict=True))
    found = {
        id_: place
        for id_, place in places.items()
        if place < len(begins) and keys[begins[place]] == wanted[id_]
    }
    if not found:
        return {}
    ends = np.append(begins[1:], len(rows))
    stretches = [rows[begins[place] : ends[place]] for place in found.values()]
    query = Query(question, encoder.encode_queries([question])[0])
    ranks = _ranks(indexes, query, rows, begins, list(found.values()))
    pieces = retriever.pieces(question, np.concatenate(stretches), within)
    total = pieces.views.sum(axis=0) + pieces.prior + pieces.credit
    asked = list(dict.fromkeys(words(question)))
    reasons: dict[str, Why] = {}
    first = 0
    for number, (id_, stretch) in enumerate(zip(found, stretches, strict=True)):
        best = first + int(np.argmax(total[first : first + len(stretch)]))
        own, near = _words(indexes, asked, stretch[best - first : best - first + 1])
        reasons[id_] = Why(
            tuple(rank[number] for rank in ranks),
            tuple(float(share) for share in pieces.views[:, best]),
            float(pieces.prior[best]),
            float(pieces.credit[best]),
            own,
            near,
        )
        first += len(stretch)
    return reasons


def _ranks(
    indexes: Indexes, query: Query, rows: Rows, begins: Rows, wanted: Sequence[int]
) -> list[list[int | None]]:
    """Return for each view the ranks of some turns among all of them."""
    views = (indexes.own, indexes.context, indexes.own_words, indexes.context_words)
    peaks = [np.maximum.reduceat(view.scores(query, rows), begins) for view in views]
    lexical = (indexes.own_words, indexes.context_words)
    return [
        _places(peak, wanted, nothing=0 if view in lexical else None)
        for view, peak in zip(views, peaks, strict=True)
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
