"""Where the words of a question stand in a text, to be marked there."""

import re
from collections.abc import Set as AbstractSet
from itertools import pairwise

from qa.retrieval.folding import SIGNS
from qa.retrieval.lexical import words
from qa.retrieval.terms import LETTER, is_in_pieces

_ACCENTED = rf"[\w\u0300-\u036f{SIGNS}]+"
_WRITTEN = re.compile(rf"{_ACCENTED}(?:['’]{_ACCENTED})*")  # before accents are dropped


def places(text: str, wanted: AbstractSet[str]) -> list[tuple[int, int]]:
    """Return where words stand in a text: offsets of beginning and end, in order, none within another.

    Args:
        text: As written.
        wanted: Words as `qa.retrieval.lexical.words` gives them.
    """
    found: list[tuple[int, int]] = []
    for match in _WRITTEN.finditer(text):
        if is_in_pieces(match[0]):
            found += _places_within(match[0], match.start(), wanted)
        elif not wanted.isdisjoint(words(match[0])):
            found.append(match.span())
    return found


def _places_within(word: str, at: int, wanted: AbstractSet[str]) -> list[tuple[int, int]]:
    """Return where parts of a word stand that is matched by its letters and pairs of them."""
    letters = [(match[0], at + match.start(), at + match.end()) for match in LETTER.finditer(word)]
    hits = [(start, end) for one, start, end in letters if not wanted.isdisjoint(words(one))]
    for (one, start, _), (other, _, end) in pairwise(letters):
        pair = set(words(one + other)).difference(words(one), words(other))
        if not wanted.isdisjoint(pair):
            hits.append((start, end))
    joined: list[tuple[int, int]] = []
    for start, end in sorted(hits):
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
