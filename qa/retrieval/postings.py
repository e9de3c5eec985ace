"""Which words stand in which passages: the inverted file of one segment, in memory or mapped from disk.

Only counts are kept, nothing that depends on other segments, so that a segment is written once and BM25's
statistics are put together when a question is asked.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from qa.retrieval.views import Column, Mask

_MOST = (
    51  # times a word counts in a passage: five passages' counts then fit in a byte, and BM25 is flat there
)

Bytes = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Postings:
    """An inverted file: for each term the rows it stands in, and how often.

    Args:
        spelling: The terms' UTF-8 one after another, in ascending order of bytes.
        spelled: Where each term ends in ``spelling``, shape (terms,).
        ends: Where each term's rows end in ``rows``, shape (terms,).
        rows: Ascending for each term.
        counts: How often the term stands in that row, at most 51; as long as ``rows``.
        lengths: Terms in each row, repetitions counted, shape (number of rows,).
    """

    spelling: Bytes
    spelled: Column
    ends: Column
    rows: Column
    counts: Bytes
    lengths: Column

    @classmethod
    def of(cls, words: Sequence[Sequence[str]]) -> "Postings":
        """Build from the words of each row."""
        code: dict[str, int] = {}
        codes = np.fromiter(
            (code.setdefault(word, len(code)) for some in words for word in some), dtype=np.int64
        )
        lengths = np.fromiter(map(len, words), dtype=np.int32, count=len(words))
        terms = [term.encode() for term in code]
        order = sorted(range(len(terms)), key=terms.__getitem__)
        rank = np.empty(len(terms), dtype=np.int64)
        rank[order] = np.arange(len(terms))
        places = rank[codes] * max(1, len(words)) + np.repeat(np.arange(len(words)), lengths)
        pairs, counts = np.unique(places, return_counts=True)
        term, rows = np.divmod(pairs, max(1, len(words)))
        return cls._from_pairs(
            [terms[place] for place in order], term, rows, np.minimum(counts, _MOST), lengths
        )

    @classmethod
    def join(cls, parts: Sequence[tuple["Postings", Mask | None]]) -> "Postings":
        """Put several one after another.

        Args:
            parts: Each with the rows to keep, shape (its number of rows,); None to keep all. Rows are
                numbered anew without gaps.
        """
        vocabulary = sorted({term for part, _ in parts for term in part.terms()})
        rank = {term: place for place, term in enumerate(vocabulary)}
        terms, rows, counts, lengths = [], [], [], []
        offset = 0
        for part, keep in parts:
            codes = np.fromiter((rank[term] for term in part.terms()), dtype=np.int64)
            term = np.repeat(codes, np.diff(part.ends, prepend=0))
            if keep is None:
                keep = np.ones(len(part.lengths), dtype=np.bool_)
            kept = keep[part.rows]
            number = offset + np.cumsum(keep) - 1
            terms.append(term[kept])
            rows.append(number[part.rows[kept]])
            counts.append(part.counts[kept])
            lengths.append(part.lengths[keep])
            offset += int(keep.sum())
        together = np.concatenate(terms)
        order = np.argsort(together, kind="stable")  # rows stay in order within a term
        return cls._from_pairs(
            vocabulary,
            together[order],
            np.concatenate(rows)[order],
            np.concatenate(counts)[order],
            np.concatenate(lengths),
        )

    @classmethod
    def _from_pairs(
        cls,
        vocabulary: list[bytes],
        term: npt.NDArray[np.int64],
        rows: npt.NDArray[np.int64],
        counts: npt.NDArray[np.integer],
        lengths: Column,
    ) -> "Postings":
        seen = np.bincount(term, minlength=len(vocabulary))
        spelled = [word for word, times in zip(vocabulary, seen, strict=True) if times]  # none without a row
        return cls(
            np.frombuffer(b"".join(spelled), dtype=np.uint8),
            np.cumsum([len(word) for word in spelled], dtype=np.int32),
            np.cumsum(seen[seen > 0], dtype=np.int32),
            rows.astype(np.int32),
            counts.astype(np.uint8),
            lengths.astype(np.int32),
        )

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.lengths)

    def terms(self) -> Iterator[bytes]:
        """Yield the terms in order, as UTF-8."""
        spelling = self.spelling.tobytes()
        for begin, end in pairwise([0, *self.spelled.tolist()]):
            yield spelling[begin:end]

    def find(self, word: str) -> tuple[Column, Bytes]:
        """Return the rows that have a word, ascending, and how often; both empty when none has."""
        wanted = word.encode()
        low, high = 0, len(self.spelled)
        while low < high:
            middle = (low + high) // 2
            if self._term(middle) < wanted:
                low = middle + 1
            else:
                high = middle
        if low == len(self.spelled) or self._term(low) != wanted:
            return self.rows[:0], self.counts[:0]
        place = slice(int(self.ends[low - 1]) if low else 0, int(self.ends[low]))
        return self.rows[place], self.counts[place]

    def _term(self, place: int) -> bytes:
        begin = int(self.spelled[place - 1]) if place else 0
        return self.spelling[begin : int(self.spelled[place])].tobytes()

    def save(self, folder: Path) -> None:
        """Write one file for each array."""
        for name in self.__dataclass_fields__:
            np.save(folder / f"{name}.npy", getattr(self, name))

    @classmethod
    def load(cls, folder: Path) -> "Postings":
        """Map the files that `save` wrote.

        Raises:
            ValueError: If they are damaged.
            OSError: If one is missing.
        """
        found = {
            # A plain array over the mapped file: `memmap` itself takes 10 microseconds more for every slice.
            name: np.asarray(np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False))
            for name in cls.__dataclass_fields__
        }
        postings = cls(**found)
        used = int(postings.ends[-1]) if len(postings.ends) else 0
        if not (
            len(postings.rows) == len(postings.counts) == used
            and len(postings.spelled) == len(postings.ends)
            and len(postings.spelling) == (int(postings.spelled[-1]) if len(postings.spelled) else 0)
        ):
            raise ValueError(f"{folder} holds arrays that do not fit together")
        return postings
