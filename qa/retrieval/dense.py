"""Ranking by the cosine of embeddings: exact among few passages, clusters and rescoring among many."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from embeddings import ClusteredIndex, Float16, VectorIndex, Vectors, unit_rows, widen
from qa.retrieval.views import Column, Mask, Query, Rows, Scores

_AT_ONCE = 512  # rows widened to float32 together: what fits in a core's cache
# Products are taken with `np.vecdot`: `@` would wake a second thread for work of 50 microseconds, and on a
# busy machine wait milliseconds for it.
# Candidates taken from the clusters. Of the true hundred nearest, 97 % are among 600, 94 % among 300.
CANDIDATES = 600
# So few allowed passages are all scored: a speaker with a thousandth of a million turns has a thousand.
_FEW = 4_096


class PassageVectors:
    """The vectors of all passages, by themselves and among their neighbours; only the former are stored.

    Args:
        parts: Vectors of the segments, float16, unit length, each of shape (rows of the segment, dim).
        norms: Length of the sum of each passage's vector and its neighbours', shape (n,).
        transcript: Of each passage, shape (n,).
        shares: What a neighbour one, two, … places away counts in that sum.
    """

    def __init__(
        self, parts: Sequence[Float16], norms: Vectors, transcript: Column, shares: Sequence[float]
    ) -> None:
        self._parts = tuple(parts)
        self._bounds = list(pairwise(np.cumsum([0, *map(len, parts)]).tolist()))
        self._norms = norms
        self._transcript = transcript
        reach = range(-len(shares), len(shares) + 1)
        self._steps = np.array(reach)
        self._shares = np.array([shares[abs(step) - 1] if step else 1.0 for step in reach], dtype=np.float32)

    def __len__(self) -> int:
        return len(self._norms)

    def own(self, rows: Rows) -> Vectors:
        """Return the vectors of passages by themselves, float32, shape (len(rows), dim)."""
        found = np.empty((len(rows), self._parts[0].shape[1] if self._parts else 0), dtype=np.float32)
        order = np.argsort(rows, kind="stable")
        for place, stored in self._stored(rows[order]):
            found[order[place]] = widen(stored)
        return found

    def context(self, begin: int, end: int) -> Vectors:
        """Return the vectors of passages begin to end among their neighbours, float32, shape (n, dim)."""
        reach = len(self._shares) // 2
        first, last = max(0, begin - reach), min(len(self), end + reach)
        own = self.own(np.arange(first, last))
        transcript = self._transcript[first:last]
        total = own.copy()
        for step in range(1, min(reach, len(own) - 1) + 1):
            share = np.where(transcript[step:] == transcript[:-step], self._shares[reach + step], 0)
            total[step:] += share[:, None].astype(np.float32) * own[:-step]
            total[:-step] += share[:, None].astype(np.float32) * own[step:]
        return unit_rows(total[begin - first : end - first])

    def near(self, rows: Rows) -> Vectors:
        """Return the vectors of some passages among their neighbours, float32, shape (len(rows), dim)."""
        near, shares = self._near(rows)
        own = self.own(near.ravel())
        return unit_rows((shares[:, :, None] * own.reshape(*near.shape, own.shape[1])).sum(axis=1))

    def own_scores(self, query: Query, rows: Rows) -> Scores:
        """Return the cosines of a query and passages by themselves, shape (len(rows),)."""
        if self not in query.noted and len(rows) < _AT_ONCE // 8:
            few: Scores = np.vecdot(self.own(rows), query.vector)  # not worth a place for every passage
            return few
        # Views ask for overlapping rows of one question. 0 stands for not yet known; a score that is exactly
        # 0 is worked out again.
        known: Scores | None = query.noted.get(self)
        if known is None:  # two views may both find none: they share the first
            known = query.noted.setdefault(self, np.zeros(len(self), dtype=np.float32))
        missing = np.sort(rows[known[rows] == 0])
        missing = missing[np.diff(missing, prepend=-1) > 0]
        for place, stored in self._stored(missing):
            known[missing[place]] = np.vecdot(widen(stored), query.vector)
        return known[rows]

    def context_scores(self, query: Query, rows: Rows) -> Scores:
        """Return the cosines of a query and passages among their neighbours, shape (len(rows),)."""
        near, shares = self._near(rows)
        total = (shares * self.own_scores(query, near.ravel()).reshape(near.shape)).sum(axis=1)
        scores: Scores = (total / np.maximum(self._norms[rows], 1e-9)).astype(np.float32)
        return scores

    def _near(self, rows: Rows) -> tuple[Rows, Scores]:
        """Return each row's neighbours and what they count, both of shape (len(rows), steps)."""
        near = np.clip(rows[:, None] + self._steps, 0, len(self) - 1)
        ours = self._transcript[near] == self._transcript[rows][:, None]
        ours &= near == rows[:, None] + self._steps
        # A neighbour in another transcript counts nothing; the row itself stands in for it.
        return np.where(ours, near, rows[:, None]), np.where(ours, self._shares, np.float32(0))

    def _stored(self, rows: Rows) -> "Iterator[tuple[slice, Float16]]":
        """Yield the stored vectors of ascending rows in pieces, each with its place in ``rows``."""
        for (begin, end), part in zip(self._bounds, self._parts, strict=True):
            inside, beyond = np.searchsorted(rows, (begin, end)).tolist()
            for first in range(inside, beyond, _AT_ONCE):
                place = slice(first, min(first + _AT_ONCE, beyond))
                yield place, part.take(rows[place] - begin, axis=0)


class DenseView:
    """Scores passages by the cosine between their vector and the question's, looking at every one.

    Args:
        index: Row i holds the vector of passage i.
    """

    def __init__(self, index: VectorIndex) -> None:
        self._index = index

    def best(self, query: Query, depth: int, allowed: Mask | None) -> Rows:
        """See `View.best`; the earlier row in a tie."""
        scores = self._all(query)
        rows = np.arange(len(scores)) if allowed is None else np.flatnonzero(allowed)
        if depth < len(rows):
            least = np.partition(scores[rows], len(rows) - depth)[len(rows) - depth]
            rows = rows[scores[rows] >= least]
        return rows[np.lexsort((rows, -scores[rows]))][:depth]

    def scores(self, query: Query, rows: Rows) -> Scores:
        """See `View.scores`."""
        return self._all(query)[rows]

    def bounds(self, query: Query, allowed: Mask | None) -> tuple[float, float]:
        """See `View.bounds`."""
        scores = self._all(query)
        inside = scores if allowed is None else scores[allowed]
        return float(inside.min()), float(inside.max())

    def _all(self, query: Query) -> Scores:
        """Return the scores of all passages, worked out once for a question."""
        if self not in query.noted:
            query.noted[self] = self._index.scores(query.vector)
        scores: Scores = query.noted[self]
        return scores


class ClusteredView:
    """The same for very many passages: clusters name candidates, which are scored exactly.

    Args:
        clusters: Holds every passage under its id.
        ids: Of the passages, ascending, shape (n,).
        vectors: Of the passages.
        context: Whether they are looked at among their neighbours.
        sample: Vectors that stand for all when the lowest score is wanted, shape (m, dim).
    """

    def __init__(
        self, clusters: ClusteredIndex, ids: Column, vectors: PassageVectors, context: bool, sample: Vectors
    ) -> None:
        self._clusters = clusters
        self._ids = ids
        self._scores = vectors.context_scores if context else vectors.own_scores
        self._sample = sample

    def best(self, query: Query, depth: int, allowed: Mask | None) -> Rows:
        """See `View.best`."""
        rows, scores = self._candidates(query, depth, allowed)
        return rows[np.lexsort((rows, -scores))][:depth]

    def scores(self, query: Query, rows: Rows) -> Scores:
        """See `View.scores`."""
        return self._scores(query, rows)

    def bounds(self, query: Query, allowed: Mask | None) -> tuple[float, float]:
        """See `View.bounds`; the lowest is that of a sample where more than a few rows are allowed."""
        rows, scores = self._candidates(query, 1, allowed)
        everything = allowed is not None and len(rows) == allowed.sum()
        lowest = scores if everything else np.vecdot(self._sample, query.vector)
        return min(float(lowest.min()), float(scores.min())), float(scores.max())

    def _candidates(self, query: Query, depth: int, allowed: Mask | None) -> tuple[Rows, Scores]:
        """Return at least ``depth`` rows, the nearest among them, and their scores."""
        noted: tuple[Mask | None, Rows, Scores] | None = query.noted.get(self)
        if noted is None or noted[0] is not allowed or len(noted[1]) < min(depth, len(self._ids)):
            rows = self._named(query, max(CANDIDATES, 3 * depth), allowed)
            noted = (allowed, rows, self._scores(query, rows))
            query.noted[self] = noted
        return noted[1:]

    def _named(self, query: Query, number: int, allowed: Mask | None) -> Rows:
        if allowed is None:
            return self._rows(self._clusters.search(query.vector, number))
        if allowed.sum() <= max(_FEW, number):
            return np.flatnonzero(allowed)
        by_id = np.zeros(int(self._ids[-1]) + 1, dtype=np.bool_)
        by_id[self._ids[allowed]] = True
        return self._rows(self._clusters.search(query.vector, number, by_id))

    def _rows(self, ids: Rows) -> Rows:
        # In order, so that the next one is found near the last.
        return np.searchsorted(self._ids, np.sort(ids))
