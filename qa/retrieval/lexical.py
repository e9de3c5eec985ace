"""Ranking by shared words: BM25 over the postings of all segments.

The statistics (how many passages, how long, how many have a word) are put together from the segments when a
question is asked, so adding or removing a transcript touches no other segment. A passage among its neighbours
needs no postings of its own: how often a word stands there is the sum of its counts over five passages in a
row. `benchmarks/lexical_engines.py` compares this with the engines that could have done it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import Stemmer

from qa.retrieval.folding import SIGNS
from qa.retrieval.folding import fold as fold
from qa.retrieval.postings import Bytes, Postings
from qa.retrieval.terms import is_beyond_latin, is_half, runs, terms
from qa.retrieval.views import Column, Mask, Query, Rows, Scores

# Lucene's defaults are 1.2 and .75; 1.5 is what the published LoCoMo figures were measured with.
K1 = 1.5
B = 0.75
# Passages on each side whose words count as context. Equal weights rank best of those tried: nDCG@10 65.5
# on LoCoMo's sample, 69.5 on FriendsQA and 37.6 on QMSum val; weights of 1/2 and 1/4 for the neighbours give
# 63.9, 69.2 and 36.7; an index of the neighbours' nearest 25 words, five times the size, 65.5, 69.7, 37.1.
WINDOW = 2

_WORD = re.compile(rf"\w[\w{SIGNS}]*(?:['’]\w[\w{SIGNS}]*)*")
_stemmer = Stemmer.Stemmer("english")
# Words of questions that say how it is asked, not what about. BM25 gives them little weight in a large
# library; in one short transcript "what" can be rare and would then decide the ranking.
STOP_WORDS = frozenset(
    "a about all also am an and any are as at be been being but by can could did do does doing for "
    "from get had has have having he her here hers him his how i if in into is it its just let me "
    "mine more most much my no not of off on one only or our ours out over she should so some such "
    "than that the their theirs them then there these they this those through to too under up us was "
    "we were what when where which while who whom whose why will with would you your yours say said "
    "says tell told mention mentioned".split()
)


def words(text: str) -> list[str]:
    """Return the words of a text as they are matched: folded, stemmed, without stop words.

    Folding drops case and accents, so that "Türkiye" is found by "turkiye". Words of Latin letters have the
    endings of English taken off, whatever their language; for other scripts see `qa.retrieval.terms`.
    """
    found: list[str] = []
    for word in _WORD.findall(fold(text)):
        for run in runs(word) if is_beyond_latin(word) else (word,):
            if is_beyond_latin(run):
                found += terms(run)
                continue
            bare = _without_ending(run)
            if bare not in STOP_WORDS:
                found.append(_stem(bare))
    return found


def _without_ending(word: str) -> str:
    """Drop what follows an apostrophe where that leaves the word: "mayor's", "what's", "didn't", "we're"."""
    plain = word.replace("’", "'")
    if plain.endswith("n't"):
        return plain.removesuffix("n't") if plain.removesuffix("n't") in STOP_WORDS else plain
    stem, _, ending = plain.rpartition("'")
    return stem if ending in {"s", "re", "ve", "ll", "d", "m"} and stem else plain


@lru_cache(maxsize=200_000)
def _stem(word: str) -> str:
    return str(_stemmer.stemWord(word))


class Lexicon:
    """The words of all passages, and what BM25 (Robertson et al. 1994) as Lucene computes it makes of them.

    Args:
        parts: Postings of the segments, in their order.
        transcript: Of each passage; passages of a transcript stand together, and in one segment.
    """

    def __init__(self, parts: Sequence[Postings], transcript: Column) -> None:
        self._parts = tuple(parts)
        self._bounds = list(pairwise(np.cumsum([0, *map(len, parts)]).tolist()))
        self.size = len(transcript)
        self.transcript = transcript
        # 255 where the passage one, two places on is of the same transcript: a mask for counts.
        self._same = [
            np.where(transcript[step:] == transcript[:-step], 255, 0).astype(np.uint8)
            for step in range(1, WINDOW + 1)
        ]
        alone = np.concatenate([*(part.lengths for part in parts), []]).astype(np.float32)
        among = alone.copy()
        for step, same in enumerate(self._same, 1):
            among[step:] += alone[:-step] * (same > 0)
            among[:-step] += alone[step:] * (same > 0)
        self._damping = [
            K1 * (1 - B + B * lengths * (self.size / max(float(lengths.sum()), 1.0)))
            for lengths in (alone, among)
        ]
        self._found: dict[str, list[tuple[Column, Bytes]]] = {}

    @classmethod
    def of(cls, texts: Sequence[str], transcript: Column | None = None) -> "Lexicon":
        """Build over the texts of passages, all of one transcript where not said otherwise."""
        if transcript is None:
            transcript = np.zeros(len(texts), dtype=np.int32)
        return cls([Postings.of([words(text) for text in texts])], transcript)

    def scores(self, query: Query) -> tuple[Scores, Scores]:
        """Score every passage for a query, by itself and among its neighbours."""
        if self not in query.noted:
            query.noted[self] = self._scores(list(dict.fromkeys(words(query.text))))
        scores: tuple[Scores, Scores] = query.noted[self]
        return scores

    def _scores(self, asked: Sequence[str]) -> tuple[Scores, Scores]:
        alone, among = np.zeros(self.size, dtype=np.float32), np.zeros(self.size, dtype=np.float32)
        # Given by the system when they are first written to, so that what is not needed costs nothing.
        counted = np.zeros(self.size, dtype=np.uint8)
        room = _Room.of(max((end - begin for begin, end in self._bounds), default=0))
        for word in asked:
            weight = np.float32(self.rarity(word))
            if self._seen(word) * _RARE < self.size:
                self._add_rare(alone, among, word, weight, counted)
            else:
                self._add_common(alone, among, word, weight, room)
        return alone, among

    def _add_rare(self, alone: Scores, among: Scores, word: str, weight: np.float32, counted: Bytes) -> None:
        """Add what a word is worth where few passages have it, looking at no others.

        Args:
            alone: Scores of the passages by themselves, to add to.
            among: The same among their neighbours.
            word: What is looked for.
            weight: What it is worth.
            counted: A zero for each passage, and left so.
        """
        found = self.find(word)
        rows = np.concatenate(
            [some.astype(np.int64) + begin for (begin, _), (some, _) in zip(self._bounds, found, strict=True)]
        )
        counts = np.concatenate([some for _, some in found])
        _add(alone, rows, counts, self._damping[0], weight)
        counted[rows] = counts
        touched = [rows]
        for step, same in enumerate(self._same, 1):
            inside = int(np.searchsorted(rows, len(same)))
            followed = np.flatnonzero(same[rows[:inside]])
            touched.append(rows[followed] + step)
            counted[touched[-1]] += counts[followed]
            outside = int(np.searchsorted(rows, step))
            led = outside + np.flatnonzero(same[rows[outside:] - step])
            touched.append(rows[led] - step)
            counted[touched[-1]] += counts[led]
        here = np.concatenate(touched)  # with repetitions, each of which sets the same score
        _add(among, here, counted[here], self._damping[1], weight)
        counted[here] = 0

    def _add_common(self, alone: Scores, among: Scores, word: str, weight: np.float32, room: "_Room") -> None:
        """Add what a word is worth, looking at every passage; arguments as for `_add_rare`, but ``room``.

        A segment at a time, so that what is worked on stays in the processor's cache.
        """
        for (begin, end), (rows, counts) in zip(self._bounds, self.find(word), strict=True):
            if len(rows):
                part = slice(begin, end)
                _add(alone[part], rows, counts, self._damping[0][part], weight)
                near = self._near(rows, counts, begin, end, room)
                times, damped = room.times[: end - begin], room.damped[: end - begin]
                times[:] = near
                np.add(times, self._damping[1][part], out=damped)
                np.multiply(times, weight, out=times)
                np.divide(times, damped, out=times)
                among[part] += times

    def _near(self, rows: Column, counts: Bytes, begin: int, end: int, room: "_Room") -> Bytes:
        """Return for each passage of a segment how often a word stands in it and its neighbours."""
        size = end - begin
        alone, near, shifted = room.alone[:size], room.near[:size], room.shifted[:size]
        alone.fill(0)
        alone[rows] = counts
        near[:] = alone
        for step, same in enumerate(self._same, 1):
            if size > step:
                inside = same[begin : end - step]
                np.bitwise_and(alone[:-step], inside, out=shifted[step:])
                near[step:] += shifted[step:]
                np.bitwise_and(alone[step:], inside, out=shifted[:-step])
                near[:-step] += shifted[:-step]
        return near

    def find(self, word: str) -> list[tuple[Column, Bytes]]:
        """Return, for each segment, the rows in it that have a word and how often; see `Postings.find`."""
        found = self._found.get(word)
        if found is None:
            found = [part.find(word) for part in self._parts]
            if len(self._found) >= _REMEMBERED:
                self._found.clear()
            self._found[word] = found
        return found

    def rarity(self, word: str) -> float:
        """Return a word's inverse document frequency, as BM25 weighs it; the highest for an unseen word.

        One Chinese character counts half, because it is mostly half a word.

        Args:
            word: As `words` gives it.
        """
        seen = self._seen(word)
        rare = float(np.log1p((self.size - seen + 0.5) / (seen + 0.5)))
        return rare / 2 if is_half(word) else rare

    def knows(self, word: str) -> bool:
        """Say whether a word, as `words` gives it, occurs at all."""
        return self._seen(word) > 0

    def _seen(self, word: str) -> int:
        """Return how many passages have a word."""
        return sum(len(rows) for rows, _ in self.find(word))

    def stands_in(self, word: str, rows: Rows) -> Mask:
        """Say for each row whether a word, as `words` gives it, stands in it."""
        stands = np.zeros(len(rows), dtype=np.bool_)
        for (begin, end), (have, _) in zip(self._bounds, self.find(word), strict=True):
            inside = np.flatnonzero((rows >= begin) & (rows < end))
            if len(have) and len(inside):
                wanted = (rows[inside] - begin).astype(have.dtype)  # else all of `have` would be copied
                places = np.minimum(np.searchsorted(have, wanted), len(have) - 1)
                stands[inside] = have[places] == wanted
        return stands

    def around(self, word: str, rows: Rows, reach: int = WINDOW) -> Mask:
        """Say for each row whether a word, as `words` gives it, stands in it or in its neighbours.

        Args:
            word: Looked for.
            rows: Passages.
            reach: How many neighbours on each side.
        """
        found = self.find(word)
        return np.array([self._is_around(found, int(row), reach) for row in rows], dtype=np.bool_)

    def _is_around(self, found: Sequence[tuple[Column, Bytes]], row: int, reach: int) -> bool:
        first, last = max(0, row - reach), min(self.size - 1, row + reach)
        while self.transcript[first] != self.transcript[row]:
            first += 1
        while self.transcript[last] != self.transcript[row]:
            last -= 1
        for (begin, end), (have, _) in zip(self._bounds, found, strict=True):
            if begin <= row < end:
                place = int(np.searchsorted(have, have.dtype.type(first - begin)))
                return place < len(have) and int(have[place]) <= last - begin
        return False


# A word that fewer than one passage in so many has is looked for where it is. Among a million a word of 1,000
# passages then takes 0.3 ms instead of 0.9, one of 10,000 1.6 instead of 1.8, one of 20,000 longer.
_RARE = 64
_SOON = 4_096
_REMEMBERED = 2_000  # words; their rows are mapped from disk, so only the places are kept


@dataclass(frozen=True, slots=True)
class _Room:
    """Arrays to work in: to get them from the system anew for every step takes longer than the step."""

    alone: Bytes
    near: Bytes
    shifted: Bytes
    times: Scores
    damped: Scores

    @classmethod
    def of(cls, size: int) -> "_Room":
        """Return room for so many passages."""
        alone, near, shifted = (np.empty(size, dtype=np.uint8) for _ in range(3))
        times, damped = (np.empty(size, dtype=np.float32) for _ in range(2))
        return cls(alone, near, shifted, times, damped)


def _add(
    scores: Scores, rows: Column, counts: Bytes, damping: npt.NDArray[np.float32], weight: np.float32
) -> None:
    times = counts.astype(np.float32)
    scores[rows] += weight * times / (times + damping[rows])


class LexicalView:
    """Scores passages by BM25, by themselves or among their neighbours.

    Args:
        lexicon: Knows the words of passage i at place i.
        context: Whether the neighbours' words count too.
    """

    def __init__(self, lexicon: Lexicon, context: bool = False) -> None:
        self._lexicon = lexicon
        self._context = context

    @property
    def lexicon(self) -> Lexicon:
        """What knows the words."""
        return self._lexicon

    def best(self, query: Query, depth: int, allowed: Mask | None) -> Rows:
        """See `View.best`; rows that share no word with the question are left out."""
        scores = self._all(query)
        return highest(scores if allowed is None else np.where(allowed, scores, 0), depth)

    def scores(self, query: Query, rows: Rows) -> Scores:
        """See `View.scores`."""
        return self._all(query)[rows]

    def bounds(self, query: Query, allowed: Mask | None) -> tuple[float, float]:
        """See `View.bounds`."""
        scores = self._all(query)
        inside = scores if allowed is None else scores[allowed]
        # None is below 0, and in a large library the first of those that are 0 is soon found.
        lowest = 0.0 if (inside[:_SOON] == 0).any() else float(inside.min())
        return lowest, float(inside.max())

    def _all(self, query: Query) -> Scores:
        return self._lexicon.scores(query)[self._context]


def highest(scores: Scores, depth: int) -> Rows:
    """Return the rows of at most ``depth`` highest scores above 0, best first, the earlier row in a tie."""
    groups = len(scores) // 256
    floor = np.float32(0)
    if groups > 2 * depth:
        # As many groups of rows as rows are wanted reach this, so no row below it can be among them: what is
        # left to sort is a few hundred of a million. Groups of every so-many-th row: maxima over the first
        # axis take a sixth of the time of those over the second.
        peaks = scores[: groups * 256].reshape(256, groups).max(axis=0)
        floor = np.partition(peaks, groups - depth)[groups - depth]
    rows = np.flatnonzero(scores >= floor if floor > 0 else scores > 0)
    if len(rows) > 20 * depth:
        least = np.partition(scores[rows], len(rows) - depth)[len(rows) - depth]
        rows = rows[scores[rows] >= least]
    return rows[np.lexsort((rows, -scores[rows]))][:depth].astype(np.int64)
