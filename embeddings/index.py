"""Nearest neighbours among unit vectors: the rows of one exact FAISS index in memory.

Rows are numbered from 0 in the order they were added; removing rows closes the gaps.
"""

import faiss
import numpy as np
import numpy.typing as npt

from embeddings.encoder import Vectors

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


class VectorIndex:
    """Exact search by inner product over float32 rows.

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

    def scores(self, query: Vectors, rows: Rows) -> Vectors:
        """Return the similarity of a query, shape (dim,), and the given rows, shape (len(rows),)."""
        held = self._held()
        # All rows are looked at where they lie: copying them takes longer than the products.
        every = len(rows) == len(held) and bool((rows == np.arange(len(held))).all())
        scores: Vectors = np.vecdot(held if every else held[rows], query)
        return scores

    def _held(self) -> Vectors:
        """Return all rows, not copied: not to be changed, nor kept beyond the next `add`."""
        if len(self) == 0:
            return np.empty((0, self.dim), dtype=np.float32)
        held: Vectors = faiss.rev_swig_ptr(self._index.get_xb(), len(self) * self.dim)
        return held.reshape(len(self), self.dim)

    def search(self, queries: Vectors, k: int, allowed: Mask | None = None) -> tuple[Vectors, Rows]:
        """Find the rows most similar to each query.

        Args:
            queries: Unit-length rows, float32, shape (q, dim).
            k: Neighbours wanted per query, at least 1. Fewer come back when fewer are allowed.
            allowed: Shape (len(self),): only rows where it is true are searched; None for all.

        Returns:
            Two arrays of shape (q, min(k, allowed rows)): similarity, highest first, and row numbers.

        Raises:
            ValueError: If ``k < 1``, the queries are not ``dim`` wide, or the mask has another length.
        """
        if k < 1:
            raise ValueError(f"k is {k}; expected at least 1")
        self._check_width(queries)
        if allowed is not None and allowed.shape != (len(self),):
            raise ValueError(f"the mask has shape {allowed.shape}; expected ({len(self)},)")
        k = min(k, len(self) if allowed is None else int(allowed.sum()))
        if k == 0:
            return np.empty((len(queries), 0), np.float32), np.empty((len(queries), 0), np.int64)
        parameters = None
        if allowed is not None:
            bits = np.packbits(allowed, bitorder="little")  # named: the selector keeps only its address
            # FAISS's stubs describe the C++ constructors; its Python ones take an array and keywords.
            parameters = faiss.SearchParameters(sel=faiss.IDSelectorBitmap(bits))  # type: ignore[call-arg, arg-type]
        scores, rows = self._index.search(
            np.ascontiguousarray(queries, dtype=np.float32), k, params=parameters
        )
        return scores, rows

    def _check_width(self, vectors: Vectors) -> None:
        if vectors.ndim != 2 or vectors.shape[1] != self.dim:
            raise ValueError(f"rows have shape {vectors.shape}; expected (n, {self.dim})")
