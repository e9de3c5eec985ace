"""Unit vectors that are all compared with a query: the rows of one exact FAISS index in memory.

Rows are numbered from 0 in the order they were added; removing rows closes the gaps.
"""

import faiss
import numpy as np
import numpy.typing as npt

from embeddings.encoder import Vectors

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


class VectorIndex:
    """Inner products with float32 rows.

    Args:
        dim: Width of a row.
    """

    def __init__(self, dim: int) -> None:
        self._index: faiss.IndexFlat = faiss.IndexFlatIP(dim)

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def dim(self) -> int:
        """Width of a row."""
        return int(self._index.d)

    def add(self, vectors: Vectors) -> None:
        """Append rows.

        Raises:
            ValueError: If the rows are not ``dim`` wide.
        """
        self._check_width(vectors)
        self._index.add(np.ascontiguousarray(vectors, dtype=np.float32))

    def keep(self, mask: Mask) -> "VectorIndex":
        """Return a new index of the rows where the mask, shape (len(self),), is true, in their order."""
        kept = VectorIndex(self.dim)
        if mask.any():
            kept.add(self.vectors(np.flatnonzero(mask)))
        return kept

    def vectors(self, rows: Rows) -> Vectors:
        """Return the given rows, float32, shape (len(rows), dim)."""
        found: Vectors = self._held()[rows]
        return found

    def scores(self, query: Vectors) -> Vectors:
        """Compare a query with every row.

        Looking at the rows once, in the order in which they lie, is faster than copying together a quarter of
        them; whoever wants the nearest, the farthest and those of some rows has all in one go.

        Args:
            query: Shape (dim,), float32.

        Returns:
            Inner products, float32, shape (len(self),).

        Raises:
            ValueError: If the query is not ``dim`` wide.
        """
        self._check_width(query[None, :])
        scores = np.empty(len(self), dtype=np.float32)
        if len(self) == 0:  # which FAISS takes for an error
            return scores
        every = np.arange(len(self), dtype=np.int64)
        given = np.ascontiguousarray(query, dtype=np.float32)
        # FAISS's stubs leave it out.
        self._index.compute_distance_subset(  # type: ignore[attr-defined]
            1, faiss.swig_ptr(given), len(self), faiss.swig_ptr(scores), faiss.swig_ptr(every)
        )
        return scores

    def _held(self) -> Vectors:
        """Return all rows, not copied: not to be changed, nor kept beyond the next `add`."""
        if len(self) == 0:
            return np.empty((0, self.dim), dtype=np.float32)
        held: Vectors = faiss.rev_swig_ptr(self._index.get_xb(), len(self) * self.dim)
        return held.reshape(len(self), self.dim)

    def _check_width(self, vectors: Vectors) -> None:
        if vectors.ndim != 2 or vectors.shape[1] != self.dim:
            raise ValueError(f"rows have shape {vectors.shape}; expected (n, {self.dim})")
