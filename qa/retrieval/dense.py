"""Ranking by the cosine of embeddings, one `VectorIndex` a view."""

import numpy as np

from embeddings import VectorIndex
from qa.retrieval.views import Mask, Query, Rows, Scores


class DenseView:
    """Scores passages by the cosine between their vector and the question's.

    Args:
        index: Row i holds the vector of passage i.
    """

    def __init__(self, index: VectorIndex) -> None:
        self._index = index

    def best(self, query: Query, depth: int, allowed: Mask | None) -> Rows:
        """See `View.best`."""
        if len(self._index) == 0:
            return np.empty(0, dtype=np.int64)
        _, rows = self._index.search(query.vector[None, :], depth, allowed)
        nearest: Rows = rows[0]
        return nearest

    def scores(self, query: Query, rows: Rows) -> Scores:
        """See `View.scores`."""
        scores: Scores = self._index.vectors(rows) @ query.vector
        return scores

    def bounds(self, query: Query, allowed: Mask | None) -> tuple[float, float]:
        """See `View.bounds`."""
        # The row least like the question is the one most like its opposite: two searches for one
        # neighbour each give the range over everything without looking at everything.
        ends, _ = self._index.search(np.stack([query.vector, -query.vector]), 1, allowed)
        return -float(ends[1, 0]), float(ends[0, 0])
