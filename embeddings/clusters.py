"""Nearest neighbours among very many unit vectors: clusters, and one bit a dimension.

An inverted file whose lists hold RaBitQ codes (Gao and Long, "RaBitQ: Quantizing High-Dimensional Vectors
with a Theoretical Error Bound for Approximate Nearest Neighbor Search", doi:10.1145/3654970), by FAISS, which
scans 32 of them at a time (André, Kermarrec and Le Scouarnec, "Cache locality is not enough",
doi:10.14778/2856318.2856324). It names candidates, best first by its estimate; whoever holds the vectors
scores them exactly. Measured at a million turns: 69 bytes a row, 98.8 % of the true ten nearest among 600
candidates, in 3.0 ms on one core, where the same codes read one by one take 3.9, and without AVX-512 4.2 and
8.8. Scalar codes of 4 or 8 bits found the same rows in the same lists and took 4 to 7 times the memory.
"""

import os
import threading
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import numpy.typing as npt

from embeddings.encoder import Vectors
from embeddings.index import Mask, Rows
from embeddings.openvino import usable_cores

# Shares of the clusters that may be searched for one question; the least that finds `_RECALL` of the probes'
# neighbours is taken. At a million turns the first finds 98.7 % of the true ten nearest to questions people
# asked, 0.25 finds 98.2; at 100,000 turns 0.25 finds 97.9 % of the passages by themselves and 96.8 % of those
# among their neighbours, so a smaller index has at least `_ROWS` of its rows looked at, which costs 2 ms.
_SHARES = (0.31, 0.4, 0.5, 0.7, 1.0)
_ROWS = 200_000
_RECALL = 0.98
_TRAINED_ON = 50  # rows a cluster; FAISS warns below 39 and leaves out what is above 256
_ROUNDS = 8  # of k-means; recall at 8 and at 20 differs by less than 0.003
_threads = threading.local()


class ClusteredIndex:
    """Finds rows by the inner product with a query, approximately; rows have ids of the caller's choice.

    Not to be changed while another thread searches it: change a `copy`.
    """

    def __init__(self, index: faiss.IndexIVF, share: float) -> None:
        self._index = index
        self._share = share

    @classmethod
    def train(cls, sample: Vectors, rows: int) -> "ClusteredIndex":
        """Make an empty index whose clusters suit the vectors that will come.

        Args:
            sample: Unit-length rows like those to come, float32, shape (n, dim); `sample_size` says how many.
            rows: How many rows will be added.

        Raises:
            ValueError: If there are fewer rows in the sample than clusters are needed.
        """
        clusters = _cluster_number(rows)
        if len(sample) < clusters:
            raise ValueError(f"a sample of {len(sample)} rows; expected at least {clusters}")
        _use_cores(usable_cores())
        index = faiss.IndexIVFRaBitQFastScan(
            faiss.IndexFlatIP(sample.shape[1]), sample.shape[1], clusters, faiss.METRIC_INNER_PRODUCT
        )
        index.cp.niter = _ROUNDS
        index.cp.spherical = True
        index.cp.min_points_per_centroid = 1  # whether there is enough is decided here, not by a warning
        index.train(np.ascontiguousarray(sample, dtype=np.float32))
        return cls(index, _SHARES[-1])

    @staticmethod
    def sample_size(rows: int) -> int:
        """Return how large a sample `train` profits from."""
        return min(rows, _TRAINED_ON * _cluster_number(rows))

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def share(self) -> float:
        """Share of the clusters searched for one query, while the index is large."""
        return self._share

    def add(self, ids: Rows, vectors: Vectors) -> None:
        """Add rows; ids are at least 0 and not there yet."""
        _use_cores(usable_cores())
        self._index.add_with_ids(
            np.ascontiguousarray(vectors, dtype=np.float32), np.ascontiguousarray(ids, dtype=np.int64)
        )

    def remove(self, ids: Rows) -> None:
        """Remove rows; ids that are not there are passed over."""
        if len(ids):
            lists = _lists(self._index)
            before = [lists.list_size(number) for number in range(lists.nlist)]
            self._index.remove_ids(faiss.IDSelectorBatch(np.ascontiguousarray(ids, dtype=np.int64)))
            for number, rows in enumerate(before):
                if lists.list_size(number) < rows:
                    _wipe_free_places(lists, number)

    def copy(self) -> "ClusteredIndex":
        """Return an index of its own with the same rows."""
        copied = faiss.clone_index(self._index)
        return ClusteredIndex(copied, self._share)  # type: ignore[arg-type]  # of the kind it was

    def search(self, query: Vectors, k: int, allowed: Mask | None = None) -> Rows:
        """Name the rows that seem most similar to a query.

        Args:
            query: Unit length, float32, shape (dim,).
            k: Rows wanted, at least 1.
            allowed: True at place i when id i may be returned; ids beyond its end may not. None for all.

        Returns:
            Ids of at most k rows, the one that seems nearest first.
        """
        share = min(1.0, max(self._share, _ROWS / max(1, len(self))))
        found = self._named(query, k, share, allowed)
        if len(found) < min(k, len(self)) and share < 1:
            # The nearest clusters are small, or hold little of what is allowed: look into all.
            found = self._named(query, k, 1.0, allowed)
        return found

    def _named(self, query: Vectors, k: int, share: float, allowed: Mask | None) -> Rows:
        if len(self) == 0:
            return np.empty(0, dtype=np.int64)
        # Threads that wait for each other cost one question 8 ms on a busy machine instead of 0.4.
        _use_cores(1)
        parameters = faiss.IVFSearchParameters()
        parameters.nprobe = max(1, round(share * self._index.nlist))
        if allowed is not None:
            bits = np.packbits(allowed, bitorder="little")  # named: the selector keeps only its address
            # FAISS's stubs describe the C++ constructor; the Python one takes an array.
            selector = faiss.IDSelectorBitmap(bits)  # type: ignore[call-arg, arg-type]
            parameters.sel = selector
        _, ids = self._index.search(
            np.ascontiguousarray(query[None, :], dtype=np.float32), min(k, len(self)), params=parameters
        )
        found: Rows = ids[0][ids[0] >= 0]
        return found

    def settle(self, queries: Vectors, nearest: Rows, k: int) -> float:
        """Search as few clusters as find what is there, from now on.

        Args:
            queries: Unit-length rows, float32, shape (q, dim), like those to come.
            nearest: Ids of the rows truly nearest to each, shape (q, n).
            k: Candidates that will be asked for.

        Returns:
            The share of ``nearest`` among the candidates.
        """
        for share in _SHARES:
            self._share = share
            found = [
                float(np.isin(true, self._named(query, k, share, None)).mean())
                for query, true in zip(queries, nearest, strict=True)
            ]
            recall = float(np.mean(found))
            if recall >= _RECALL:
                break
        return recall

    def save(self, file: Path) -> None:
        """Write the index to a file, replacing it in one step."""
        scratch = file.with_name(f"{file.name}.{os.getpid()}.part")
        try:
            faiss.write_index(self._index, str(scratch))
            with scratch.open("rb+") as stream:
                os.fsync(stream.fileno())
            scratch.replace(file)
        finally:
            scratch.unlink(missing_ok=True)

    @classmethod
    def load(cls, file: Path, share: float) -> "ClusteredIndex":
        """Read an index that `save` wrote.

        Args:
            file: What to read.
            share: As `share` said when it was saved.

        Raises:
            ValueError: If the file is damaged or holds another kind of index.
        """
        try:
            stored = faiss.read_index(str(file))
        except RuntimeError as error:
            raise ValueError(f"{file} is not a readable FAISS index") from error
        if not isinstance(stored, faiss.IndexIVFRaBitQFastScan):
            raise ValueError(f"{file} holds a {type(stored).__name__}; expected an IndexIVFRaBitQFastScan")
        return cls(stored, share)


def _lists(index: faiss.IndexIVF) -> Any:
    """Return the lists of an index as what they are, which FAISS's stubs do not describe."""
    return faiss.downcast_InvertedLists(index.invlists)  # type: ignore[arg-type]  # never without


def _wipe_free_places(lists: Any, number: int) -> None:
    """Set to zero what follows the last row of a list in its last block of codes.

    faiss-cpu 1.15.1 leaves there what was removed, and adds rows by setting bits: a row that comes in the
    place of another would be ranked by the bits of both.
    """
    rows = lists.list_size(number)
    blocks = -(-rows // lists.n_per_block)
    if rows == blocks * lists.n_per_block:
        return
    codes = faiss.rev_swig_ptr(lists.get_codes(number), blocks * lists.block_size)
    codes = codes.reshape(blocks, lists.block_size)
    nothing = np.zeros(lists.packer.code_size, dtype=np.uint8)
    for place in range(rows, blocks * lists.n_per_block):
        lists.packer.pack_1(nothing, place, codes)


def _cluster_number(rows: int) -> int:
    """Return about the square root of the rows, as a power of two: 1,024 for a million."""
    return int(2 ** max(4, round(np.log2(max(rows, 1)) / 2)))


def _use_cores(number: int) -> None:
    """Tell OpenMP, which keeps the number a thread, how many cores FAISS may use."""
    if getattr(_threads, "cores", None) != number:
        faiss.omp_set_num_threads(number)
        _threads.cores = number


Float16 = npt.NDArray[np.float16]
# Of a half moved up by 13 bits: its sign, and its exponent and mantissa where a float32 has them. What is
# left of it is too small by the difference of the exponents' biases, 127 - 15.
_SIGN_AND_REST = np.int32(~0x7000_1FFF)
_BIAS = np.float32(2.0**112)
_NOT_FINITE = 0x7C00  # the exponent of infinity and of what is no number


def widen(rows: Float16) -> Vectors:
    """Return float16 rows as float32, exactly.

    Seven times as fast as NumPy's own conversion, five times as fast as FAISS's: rescoring candidates spent
    two thirds of its time on it.
    """
    halves = rows.view(np.int16)
    wide = halves.astype(np.int32)  # with the sign in all of the upper half
    np.left_shift(wide, 13, out=wide)
    np.bitwise_and(wide, _SIGN_AND_REST, out=wide)
    found: Vectors = wide.view(np.float32)
    np.multiply(found, _BIAS, out=found)  # exact, for the smallest too, which have no leading one
    if rows.size and (halves & _NOT_FINITE).max() == _NOT_FINITE:
        odd = ~np.isfinite(rows)
        found[odd] = rows[odd].astype(np.float32)
    return found
