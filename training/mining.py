"""Which scenes a scene is most easily taken for, by the model as it is now.

A question about a scene is compared with the rows of other scenes in its batch. Where one of these is such a
scene, it brings wrong rows that the model ranks high.
"""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from embeddings import Vectors
from training.talks import Talk

Encode = Callable[[Sequence[str]], Vectors]
_NEAREST = 8  # scenes that the company of a scene is drawn from


def confused(encode: Encode, talks: Sequence[Talk]) -> list[list[int]]:
    """Return for each talk the places of those whose rows rank highest for its questions, nearest first."""
    rows = [f"{row.label}{row.words}" for talk in talks for row in talk.rows]
    owner = np.array([place for place, talk in enumerate(talks) for _ in talk.rows])
    vectors = encode(rows)
    starts = np.flatnonzero(np.diff(owner, prepend=-1))
    return [_nearest(encode, talk, place, vectors, starts) for place, talk in enumerate(talks)]


def _nearest(
    encode: Encode, talk: Talk, place: int, vectors: Vectors, starts: npt.NDArray[np.int64]
) -> list[int]:
    others = [other for other in range(len(starts)) if other != place]
    if talk.asked:
        scores = encode([asked.text for asked in talk.asked]) @ vectors.T
        best = np.maximum.reduceat(scores, starts, axis=1).mean(axis=0)
        others.sort(key=lambda other: -best[other])
    return others[:_NEAREST]
