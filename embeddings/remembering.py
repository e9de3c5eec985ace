"""A cross-encoder that remembers what it scored lately.

People come back to a question: they set right whom it was about, narrow a filter, ask why a passage is a
source. Most of the passages are the same each time, and reading sixteen takes almost half a second.
"""

import threading
from collections import OrderedDict
from collections.abc import Sequence

import numpy as np

from embeddings.cross_encoder import CrossEncoder, Pair, Scores

KEPT = 4_096  # pairs, some 200 questions; about 4 MB


class RememberingCrossEncoder:
    """A `CrossEncoder` that scores a pair it was asked about lately without computing.

    Args:
        real: Scores what is not remembered.
        kept: Pairs remembered, those asked about last; at least 1.
    """

    def __init__(self, real: CrossEncoder, kept: int = KEPT) -> None:
        self._real = real
        self._kept = kept
        self._known: OrderedDict[Pair, float] = OrderedDict()
        self._using = threading.Lock()

    @property
    def name(self) -> str:
        """The model's name."""
        return self._real.name

    @property
    def checksum(self) -> str:
        """Digest of everything that shapes a score."""
        return self._real.checksum

    @property
    def marks(self) -> tuple[str, str] | None:
        """See `CrossEncoder.marks`."""
        return self._real.marks

    def scores(self, pairs: Sequence[Pair], seconds: float | None = None) -> Scores | None:
        """Score pairs of a question and a passage; see `CrossEncoder.scores`."""
        with self._using:
            known = {pair: self._known[pair] for pair in pairs if pair in self._known}
        missing = [pair for pair in dict.fromkeys(pairs) if pair not in known]
        # Not under the lock: others need not wait for what they do not want.
        found = self._real.scores(missing, seconds) if missing else np.empty(0, dtype=np.float32)
        if found is None:
            return None
        known.update(zip(missing, found.tolist(), strict=True))
        with self._using:
            for pair, score in known.items():
                self._known[pair] = score
                self._known.move_to_end(pair)
            while len(self._known) > self._kept:
                self._known.popitem(last=False)
        return np.array([known[pair] for pair in pairs], dtype=np.float32)
