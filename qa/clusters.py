"""Clusters over both kinds of vectors of a library's passages, kept in step with its segments.

Made when a library grows beyond what is searched exactly in a few milliseconds; from then on passages are
added and removed one transcript at a time. They are trained anew only on request, when the library has grown
fourfold: recall depends on the share of the clusters searched, which is measured here, and hardly on how
old they are.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from embeddings import ClusteredIndex, Vectors, unit_rows
from qa.retrieval.dense import CANDIDATES, PassageVectors
from qa.retrieval.views import Rows

EXACT = 32_768  # passages up to which every vector is looked at: 4 ms a question, and 100 MB
_GROWN = 4
_PROBES = 100
_NEAREST = 10
_AT_ONCE = 16_384  # passages; 25 MB of float32


@dataclass(frozen=True, slots=True, eq=False)
class Clusters:
    """What names the candidates of the dense views.

    Args:
        own: Passages by themselves.
        context: Passages among their neighbours.
        trained: How many passages there were when the clusters were made.
        saved: Name of the folder they are stored in; None when there is none, or it holds what was removed.
        covered: Highest passage id stored there.
    """

    own: ClusteredIndex
    context: ClusteredIndex
    trained: int
    saved: str | None = None
    covered: int = 0

    def outgrown(self, passages: int) -> bool:
        """Say whether the library has become much larger since they were trained, or much smaller."""
        return not self.trained / _GROWN < passages < self.trained * _GROWN

    def changed(self, removed: Rows, added: Rows, vectors: PassageVectors, first: int) -> "Clusters":
        """Return clusters without some passages and with others.

        Args:
            removed: Ids.
            added: Ids, in the order of their rows.
            vectors: Of all passages.
            first: Row of the first one added.
        """
        own, context = self.own.copy(), self.context.copy()  # these may be in use by a search
        own.remove(removed)
        context.remove(removed)
        for begin, end in _pieces(first, first + len(added)):
            ids = added[begin - first : end - first]
            own.add(ids, vectors.own(np.arange(begin, end)))
            context.add(ids, vectors.context(begin, end))
        return replace(self, own=own, context=context, saved=None if len(removed) else self.saved)

    def save(self, folder: Path) -> None:
        """Write both to an empty folder."""
        self.own.save(folder / "own.faiss")
        self.context.save(folder / "context.faiss")
        np.save(folder / "shares.npy", np.array([self.own.share, self.context.share]))

    @classmethod
    def load(cls, folder: Path, trained: int, covered: int) -> "Clusters":
        """Read what `save` wrote.

        Raises:
            ValueError: If it is damaged.
            OSError: If a file is missing.
        """
        own, context = np.load(folder / "shares.npy", allow_pickle=False).tolist()
        return cls(
            ClusteredIndex.load(folder / "own.faiss", own),
            ClusteredIndex.load(folder / "context.faiss", context),
            trained,
            folder.name,
            covered,
        )


def train_clusters(ids: Rows, vectors: PassageVectors) -> Clusters:
    """Make clusters for all passages, and measure how many must be searched.

    Args:
        ids: Of the passages.
        vectors: Of the same.
    """
    rows = len(ids)
    dice = np.random.default_rng(0)  # the same passages, the same clusters
    # Whole stretches, because neighbours are read anyway: a context vector is made of nine own ones.
    stretch = 64
    wanted = -(-ClusteredIndex.sample_size(rows) // stretch)
    begins = np.sort(dice.choice(rows // stretch, size=min(wanted, rows // stretch), replace=False)) * stretch
    own = ClusteredIndex.train(
        np.concatenate([vectors.own(np.arange(begin, begin + stretch)) for begin in begins.tolist()]), rows
    )
    context = ClusteredIndex.train(
        np.concatenate([vectors.context(begin, begin + stretch) for begin in begins.tolist()]), rows
    )
    probes = {"own": _probes(vectors, dice), "context": _probes(vectors, dice)}
    near = {name: _Nearest(found) for name, found in probes.items()}
    for begin, end in _pieces(0, rows):
        pair = {"own": vectors.own(np.arange(begin, end)), "context": vectors.context(begin, end)}
        own.add(ids[begin:end], pair["own"])
        context.add(ids[begin:end], pair["context"])
        for name, some in pair.items():
            near[name].look(ids[begin:end], some)
    own.settle(probes["own"], near["own"].ids, CANDIDATES)
    context.settle(probes["context"], near["context"].ids, CANDIDATES)
    return Clusters(own, context, rows)


def _probes(vectors: PassageVectors, dice: np.random.Generator) -> Vectors:
    """Return vectors about as far from the nearest passage as questions are: in the middle of four.

    Measured at a million turns: the median cosine to the nearest passage is 0.71, for questions 0.66. With
    two in place of four it is 0.79, and the nearest lie in a quarter of the clusters that questions need.
    """
    four = [vectors.own(rows) for rows in dice.integers(len(vectors), size=(4, _PROBES))]
    return unit_rows(np.sum(four, axis=0))


class _Nearest:
    """The true nearest of each probe among all passages looked at."""

    def __init__(self, probes: Vectors) -> None:
        self._probes = probes
        self._scores = np.full((len(probes), _NEAREST), -2, dtype=np.float32)
        self.ids = np.full((len(probes), _NEAREST), -1, dtype=np.int64)

    def look(self, ids: Rows, vectors: Vectors) -> None:
        scores = np.concatenate([self._scores, self._probes @ vectors.T], axis=1)
        every = np.concatenate([self.ids, np.broadcast_to(ids, (len(self.ids), len(ids)))], axis=1)
        best = np.argpartition(-scores, _NEAREST - 1, axis=1)[:, :_NEAREST]
        self._scores = np.take_along_axis(scores, best, axis=1)
        self.ids = np.take_along_axis(every, best, axis=1)


def _pieces(begin: int, end: int) -> Iterator[tuple[int, int]]:
    for first in range(begin, end, _AT_ONCE):
        yield first, min(first + _AT_ONCE, end)
