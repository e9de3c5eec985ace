"""What follows the first passages of a long transcript, in the order of how much it resembles them.

In a meeting a whole discussion answers, and many of its turns share neither words nor meaning with the
question. What they share is the talk of the passages that were found first, which tell what is wanted better
than the question does (pseudo-relevance feedback; Rocchio 1971). The first ones stay where they are: a reader
sees them most, and a wrong theme must not fill them. See docs/ablation.md for what it is worth.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from embeddings import Vectors
from qa.retrieval import Hit
from qa.retrieval.ranking import how_long

FIRST = 5  # stay, and are what the others are compared with; 3 to 8 do as well
REORDERED = 30  # passages looked at, the first ones among them; 60 and 100 do as well
_ALIKE = 1e-4  # a span of cosines that tells nothing apart


def by_resemblance(hits: Sequence[Hit], vectors: Callable[[Sequence[Hit]], Vectors]) -> list[Hit]:
    """Order what follows the first hits by its score and by how much it is like them.

    How much the likeness counts depends on the transcript: up to 128 passages nothing, from 1,024 as much as
    everything else. The scores are handed out anew in the new order, so that they fall as before.

    Args:
        hits: Best first.
        vectors: Looks up the passages of hits among their neighbours, unit length, shape (n, dim).

    Returns:
        All hits, those that moved with what that added to their score or took from it.
    """
    rest = hits[FIRST:REORDERED]
    counts = np.clip(2 * how_long(np.array([hit.length for hit in rest])) - 1, 0, None)
    if not counts.any():
        return list(hits)
    found = vectors(hits[:REORDERED])
    likeness = np.vecdot(found[FIRST:], found[:FIRST].sum(axis=0))
    # From their mean, so that beside long transcripts a short one neither gains nor loses by its length.
    likeness = (likeness - likeness.mean()) / max(float(np.ptp(likeness)), _ALIKE)
    wanted = np.array([hit.score for hit in rest]) + counts * likeness
    order = [rest[place] for place in np.argsort(-wanted, kind="stable")]
    moved = [
        hit if hit is there else replace(hit, score=there.score, alike=there.score - hit.score)
        for hit, there in zip(order, rest, strict=True)
    ]
    return [*hits[:FIRST], *moved, *hits[REORDERED:]]
