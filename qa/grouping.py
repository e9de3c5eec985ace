"""Sources that belong together: turns side by side, and the same words said in two places.

For people who read an answer. A run of the evaluation stays turn by turn.
"""

import re

from qa.retrieval import Hit
from qa.retrieval.lexical import fold
from qa.writing import UNSPACED

SIDE_BY_SIDE = 1  # a reader sees the turn before a source and the one after with it
_SHINGLE = 3  # words
_ENOUGH = 8  # words; two short turns are alike by chance
_SAME = 0.8  # share of shingles in common (Broder 1997, doi:10.1109/SEQUEN.1997.666900)
_WORD = re.compile(rf"[{UNSPACED}]|[^\W{UNSPACED}]+")  # a letter where there are no spaces between words


def side_by_side(one: Hit, other: Hit) -> bool:
    """Say whether two turns stand so close in a transcript that a reader sees one with the other."""
    together = one.transcript_id == other.transcript_id
    return together and 0 < abs(one.position - other.position) <= SIDE_BY_SIDE


def says_the_same(one: str, other: str) -> bool:
    """Say whether two turns have nearly the same words, as a statement has that stands in two files."""
    first, second = _shingles(one), _shingles(other)
    if not first or not second:
        return False
    return len(first & second) >= _SAME * len(first | second)


def _shingles(text: str) -> frozenset[tuple[str, ...]]:
    """Return all runs of three words; none for a short text."""
    words = _WORD.findall(fold(text))
    if len(words) < _ENOUGH:
        return frozenset()
    return frozenset(zip(*(words[first:] for first in range(_SHINGLE)), strict=False))
