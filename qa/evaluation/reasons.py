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
    # The passages of a turn stand together, so that each turn is a stretch of rows.
    keys = table.transcript[rows].astype(np.int64) << 32 | table.position[rows]
    begins = np.flatnonzero(np.diff(keys, prepend=-1))
    standing = {int(key): place for place, key in enumerate(keys[begins])}
    found = {
        id_: standing[key]
        for id_, (transcript, position) in turns.items()
        if (key := codes.get(transcript, -1) << 32 | position) in standing
    }
    if not found:
        return {}
    stretches = [rows[keys == keys[begins[place]]] for place in found.values()]
    ranks = _ranks(indexes, Query(question, encoder.encode_queries([question])[0]), rows, begins)
    pieces = retriever.pieces(question, np.concatenate(stretches), within)
    total = pieces.views.sum(axis=0) + pieces.prior + pieces.credit
    asked = list(dict.fromkeys(words(question)))
    reasons: dict[str, Why] = {}
    first = 0
    for (id_, place), stretch in zip(found.items(), stretches, strict=True):
        best = first + int(np.argmax(total[first : first + len(stretch)]))
        own, near = _words(indexes, asked, stretch[best - first : best - first + 1])
        reasons[id_] = Why(
            tuple(rank[place] for rank in ranks),
            tuple(float(share) for share in pieces.views[:, best]),
            float(pieces.prior[best]),
            float(pieces.credit[best]),
            own,
            near,
        )
        first += len(stretch)
    return reasons


def _ranks(indexes: Indexes, query: Query, rows: Rows, begins: Rows) -> list[list[int | None]]:
    """Return for each view the rank of every turn among all of them."""
    views = (indexes.own, indexes.context, indexes.own_words, indexes.context_words)
    dense, lexical = views[:2], views[2:]
    peaks = [np.maximum.reduceat(view.scores(query, rows), begins) for view in (*dense, *lexical)]
    return [_places(peak, nothing=0 if number >= len(dense) else None) for number, peak in enumerate(peaks)]


def _places(scores: Scores, nothing: float | None) -> list[int | None]:
    """Return 1 + how many score higher, for each; None for those that score nothing."""
    ranks = len(scores) - np.searchsorted(np.sort(scores), scores, side="right") + 1
    return [
        None if nothing is not None and score <= nothing else int(rank)
        for rank, score in zip(ranks, scores, strict=True)
    ]


def _words(indexes: Indexes, asked: Sequence[str], row: Rows) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return which words of the question stand in a passage, and which only in its neighbours."""
    lexicon = indexes.lexicon
    own = tuple(word for word in asked if lexicon.around(word, row, reach=0)[0])
    near = tuple(word for word in asked if word not in own and lexicon.around(word, row)[0])
    return own, near
