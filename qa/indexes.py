"""What a search needs in memory, derived from a library's database and kept in step with it.

Passages are kept in segments, which `qa.index_files` stores in ``index/`` beside the database. What changed
in the database since they were made is found by comparing ids: transcripts come and go whole, and the ids of
their passages are higher than all before and never used twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from sqlalchemy import Connection, func, select

from embeddings import Encoder, VectorIndex, Vectors, unit_rows
from qa import schema
from qa.clusters import EXACT, Clusters, train_clusters
from qa.passages import PassageSettings
from qa.retrieval import (
    ClusteredView,
    DenseView,
    Hit,
    HybridRetriever,
    LexicalView,
    Lexicon,
    PassageTable,
    PassageVectors,
)  # fmt: skip
from qa.retrieval.views import Rows, View, join_tables
from qa.segments import Segment, join_segments, read_segment
from qa.types import QUESTIONER

SEGMENT = 131_072  # most passages of a segment: 100 MB of vectors, a second to write
_SMALL = 16_384  # most passages that are joined while somebody waits
_SAMPLED = 2_048  # passages that stand for all when the lowest score is wanted


@dataclass(frozen=True, slots=True)
class Make:
    """What a library's vectors were made of; indexes of another make are not used.

    Args:
        format: `schema.FORMAT_VERSION`.
        model: Name of the embedding model.
        checksum: The model's.
        width: Of a vector; None while the library holds none.
        passages: Settings the passages were cut with.
    """

    format: int
    model: str
    checksum: str
    width: int | None
    passages: PassageSettings

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for a manifest."""
        return {
            "format": self.format,
            "model": self.model,
            "checksum": self.checksum,
            "width": self.width,
            "passages": self.passages.as_dict(),
        }


@dataclass(frozen=True, slots=True)
class Holding:
    """The segments of a library and how far they go; what is stored, and what indexes are made of.

    Args:
        generation: Of the database when it was last compared.
        last_id: Every passage up to this id is in a segment, or gone from the database.
        segments: In the order of their passages' ids.
        clusters: Cover all segments; None while there are few passages.
        token: Of the manifest on disk that this goes back to; "" when there is none.
        complete: Whether it holds everything of its generation.
    """

    generation: int = -1
    last_id: int = 0
    segments: tuple[Segment, ...] = ()
    clusters: Clusters | None = None
    token: str = ""
    complete: bool = True

    def __len__(self) -> int:
        return sum(map(len, self.segments))


@dataclass(frozen=True, slots=True)
class Indexes:
    """Everything a search reads, of one generation of the library; never changed once built."""

    holding: Holding
    make: Make
    table: PassageTable
    vectors: PassageVectors
    own: View
    context: View
    own_words: LexicalView
    context_words: LexicalView
    lexicon: Lexicon
    exact: tuple[VectorIndex, VectorIndex] | None
    _codes: dict[str, int] = field(repr=False, default_factory=dict)

    @property
    def generation(self) -> int:
        """The generation of the database these belong to."""
        return self.holding.generation

    def row_of(self, hit: Hit) -> int | None:
        """Return the row of a hit's passage; None when it is gone."""
        table, code = self.table, self._codes.get(hit.transcript_id)
        if code is None:
            return None
        # The passages of a transcript stand together and in order. What is looked for is of the column's
        # type: of another, NumPy would make a copy of the whole column for it.
        codes = np.array([code, code + 1], dtype=table.transcript.dtype)
        first, end = np.searchsorted(table.transcript, codes).tolist()
        first += int(np.searchsorted(table.position[first:end], hit.position))
        for row in range(first, end):
            if table.position[row] != hit.position:
                break
            if table.start[row] == hit.start:
                return row
        return None

    def asks(self, hit: Hit) -> bool:
        """Say whether the passage found asks something."""
        row = self.row_of(hit)
        return row is not None and bool(self.table.asks[row])

    def by_questioner(self, hit: Hit) -> bool:
        """Say whether the turn found is by somebody who is there to ask, as at a press conference."""
        row, roles = self.row_of(hit), self.table.roles
        if row is None or QUESTIONER not in roles:
            return False
        return bool(self.table.role[row] == roles.index(QUESTIONER))

    def answers(self, hit: Hit) -> bool:
        """Say whether the turn before the one found asks something, by another speaker."""
        row = self.row_of(hit)
        return row is not None and bool(self.table.answers[row] >= 0)

    def near(self, hits: Sequence[Hit]) -> Vectors:
        """Return the vectors of hits' passages among their neighbours, float32, shape (len(hits), dim).

        Raises:
            ValueError: If a hit is of other indexes, and not in these.
        """
        rows = [self.row_of(hit) for hit in hits]
        if None in rows:
            raise ValueError(f"{hits[rows.index(None)].turn_id} is not in these indexes")
        return self.vectors.near(np.array(rows, dtype=np.int64))

    def retriever(self, encoder: Encoder) -> HybridRetriever:
        """Return a retriever over these indexes."""
        return HybridRetriever(
            encoder,
            self.table,
            own=(self.own, self.own_words),
            context=(self.context, self.context_words),
        )


def read_generation(connection: Connection) -> int:
    """Return the number that every write to the library raises."""
    return _number(connection, "generation")


def _number(connection: Connection, key: str) -> int:
    return int(connection.scalar(select(schema.meta.c.value).where(schema.meta.c.key == key)) or 0)


def pack(vector: Vectors) -> bytes:
    """Write a vector for the database: float16 halves its size and moves a cosine by less than 0.001."""
    return vector.astype("<f2").tobytes()


def waiting(connection: Connection, holding: Holding) -> int:
    """Return how many passages of the database are not in any segment yet."""
    ids = schema.passages.c.id
    return int(connection.scalar(select(func.count()).where(ids > holding.last_id)) or 0)


def catch_up(connection: Connection, holding: Holding, make: Make, most: int | None = None) -> Holding:
    """Bring segments in step with the database.

    Args:
        connection: In a transaction, so that all it reads is of one generation.
        holding: What there is already, of the same make.
        make: What the library is made of; its width must be known when it holds passages.
        most: Passages after which to stop before the next transcript; None to go to the end.
    """
    generation = read_generation(connection)
    columns = schema.passages.c
    fresh = connection.execute(
        select(columns.transcript_id, func.max(columns.id), func.count())
        .where(columns.id > holding.last_id)
        .group_by(columns.transcript_id)
        .order_by(func.min(columns.id))
    ).all()
    gone: set[str] = set()
    if _number(connection, "removed") > holding.generation:
        held = {name for segment in holding.segments for name in segment.table.transcript_ids}
        there = set(connection.scalars(select(schema.transcripts.c.id)))
        # A transcript with new passages was removed and added again, or embedded anew.
        gone = (held - there) | (held & {row.transcript_id for row in fresh})
    taken = _taken([row[2] for row in fresh], most)
    segments, removed = _without(holding.segments, gone)
    kept = sum(map(len, segments))
    if taken:
        names = [row.transcript_id for row in fresh[:taken]]
        segments.append(read_segment(connection, names, make.passages, make.width or 1))
    return replace(
        holding,
        generation=generation,
        last_id=max((row[1] for row in fresh[:taken]), default=holding.last_id),
        segments=tuple(segments),
        clusters=_clusters(holding.clusters, segments, removed, kept, make),
        complete=taken == len(fresh),
    )


def _taken(sizes: Sequence[int], most: int | None) -> int:
    """Return how many transcripts to take so that their passages reach a number, the last one included."""
    if most is None:
        return len(sizes)
    return min(len(sizes), int(np.searchsorted(np.cumsum(sizes), most)) + 1)


def _without(segments: Sequence[Segment], gone: set[str]) -> tuple[list[Segment], Rows]:
    """Return segments without some transcripts, and the ids of the passages left out."""
    if not gone:
        return list(segments), np.empty(0, dtype=np.int64)
    kept, before = [], []
    for segment in segments:
        before.append(segment.table.ids)
        hit = not gone.isdisjoint(segment.table.transcript_ids)
        kept.append(segment.without(gone) if hit else segment)
    kept = [segment for segment in kept if len(segment)]
    after = np.concatenate([*(segment.table.ids for segment in kept), np.empty(0, dtype=np.int64)])
    return kept, np.setdiff1d(np.concatenate([*before, np.empty(0, dtype=np.int64)]), after)


def _clusters(
    clusters: Clusters | None, segments: Sequence[Segment], removed: Rows, kept: int, make: Make
) -> Clusters | None:
    total = sum(map(len, segments))
    if total <= EXACT // 2:  # not at EXACT itself, or a library of that size would go back and forth
        return None
    if clusters is None and total <= EXACT:
        return None
    if clusters is not None and len(removed) == 0 and kept == total:
        return clusters
    vectors, ids = vectors_of(segments, make.passages), _ids(segments)
    if clusters is None:
        return train_clusters(ids, vectors)
    return clusters.changed(removed, ids[kept:], vectors, kept)


def _ids(segments: Sequence[Segment]) -> Rows:
    ids: Rows = np.concatenate([*(segment.table.ids for segment in segments), []]).astype(np.int64)
    return ids


def vectors_of(segments: Sequence[Segment], settings: PassageSettings) -> PassageVectors:
    """Return the vectors of all passages in some segments."""
    sizes = [len(segment.table.transcript_ids) for segment in segments]
    codes = [
        segment.table.transcript + before
        for segment, before in zip(segments, np.cumsum([0, *sizes]), strict=False)
    ]
    return PassageVectors(
        [segment.own for segment in segments],
        np.concatenate([*(segment.norms for segment in segments), []]).astype(np.float32),
        np.concatenate([*codes, []]).astype(np.int32),
        [settings.decay**step for step in range(1, settings.pooled + 1)],
    )


def make_indexes(holding: Holding, make: Make, previous: Indexes | None = None) -> Indexes:
    """Make what a search reads.

    Args:
        holding: What to make it of.
        make: What the library is made of.
        previous: Of an earlier generation; what has not changed is taken over from it.
    """
    segments = holding.segments
    table = join_tables([segment.table for segment in segments])
    vectors = vectors_of(segments, make.passages)
    lexicon = Lexicon([segment.postings for segment in segments], table.transcript)
    exact: tuple[VectorIndex, VectorIndex] | None = None
    own: View
    context: View
    if holding.clusters is None:
        exact = _exact(table, vectors, make.width or 1, previous)
        own, context = DenseView(exact[0]), DenseView(exact[1])
    else:
        begins = np.linspace(0, max(0, len(table) - 64), _SAMPLED // 64, dtype=np.int64).tolist()
        clusters = holding.clusters
        samples = (
            np.concatenate([vectors.own(np.arange(begin, begin + 64)) for begin in begins]),
            np.concatenate([vectors.context(begin, begin + 64) for begin in begins]),
        )
        own = ClusteredView(clusters.own, table.ids, vectors, False, samples[0])
        context = ClusteredView(clusters.context, table.ids, vectors, True, samples[1])
    codes = {name: code for code, name in enumerate(table.transcript_ids)}
    return Indexes(
        holding, make, table, vectors, own, context,
        LexicalView(lexicon), LexicalView(lexicon, context=True), lexicon, exact, codes,
    )  # fmt: skip


def _exact(
    table: PassageTable, vectors: PassageVectors, width: int, previous: Indexes | None
) -> tuple[VectorIndex, VectorIndex]:
    """Return both flat indexes; passages that are new are added to a copy of the old ones."""
    old = previous.exact if previous is not None else None
    first = 0
    indexes = VectorIndex(width), VectorIndex(width)
    if previous is not None and old is not None and old[0].dim == width:
        before = previous.table.ids
        if np.array_equal(before, table.ids):
            return old
        if np.array_equal(before, table.ids[: len(before)]):
            first = len(before)
            every = np.ones(first, dtype=np.bool_)
            indexes = old[0].keep(every), old[1].keep(every)  # copies: a search may be using the old ones
    if first < len(table):
        indexes[0].add(unit_rows(vectors.own(np.arange(first, len(table)))))
        indexes[1].add(vectors.context(first, len(table)))
    return indexes


def unnamed(holding: Holding) -> Holding:
    """Return the same as if nothing of it had ever been saved."""
    clusters = holding.clusters and replace(holding.clusters, saved=None)
    segments = tuple(replace(segment, name=None) for segment in holding.segments)
    return replace(holding, segments=segments, clusters=clusters, token="")


def cover_all(clusters: Clusters, segments: Sequence[Segment], make: Make) -> Clusters:
    """Add to stored clusters the passages that came after they were stored."""
    ids = _ids(segments)
    first = int(np.searchsorted(ids, clusters.covered, side="right"))
    if first == len(ids):
        return clusters
    return clusters.changed(ids[:0], ids[first:], vectors_of(segments, make.passages), first)


def with_clusters(holding: Holding, clusters: Clusters, covered: Rows, make: Make) -> Holding:
    """Give segments clusters that were trained while they may have changed.

    Args:
        holding: The segments.
        clusters: Trained on what was there before.
        covered: Ids of the passages in them, ascending.
        make: Of the library.
    """
    ids = _ids(holding.segments)
    if len(ids) <= EXACT // 2:
        return replace(holding, clusters=None)
    first = int(np.searchsorted(ids, covered[-1], side="right"))
    vectors = vectors_of(holding.segments, make.passages)
    removed = np.setdiff1d(covered, ids)
    return replace(holding, clusters=clusters.changed(removed, ids[first:], vectors, first))


def join_small(holding: Holding, most: int = _SMALL, at_most: int | None = None) -> Holding:
    """Join neighbouring segments so that there are few, each passage being copied a few times in all.

    Args:
        holding: What there is.
        most: Passages of a joined segment: few while somebody waits, `SEGMENT` on request.
        at_most: How many segments to make in this way; None for all.
    """
    joined: list[Segment] = []
    made = 0
    for group in _groups([len(segment) for segment in holding.segments], most):
        some = holding.segments[group[0] : group[-1] + 1]
        if len(some) == 1 or made == at_most:
            joined += some
        else:
            joined.append(join_segments(some))
            made += 1
    return replace(holding, segments=tuple(joined))


def joinable(holding: Holding) -> bool:
    """Say whether `join_small`, given all the time it wants, would leave fewer segments."""
    sizes = [len(segment) for segment in holding.segments]
    return len(_groups(sizes, SEGMENT)) < len(sizes)


def _groups(sizes: Sequence[int], most: int) -> list[list[int]]:
    """Group segments by place: one joins those after it while it is at most twice as large as they are."""
    groups: list[list[int]] = []
    place = len(sizes) - 1
    while place >= 0:
        group, total = [place], sizes[place]
        while group[0] and sizes[group[0] - 1] <= 2 * total and sizes[group[0] - 1] + total <= most:
            group.insert(0, group[0] - 1)
            total += sizes[group[0]]
        groups.insert(0, group)
        place = group[0] - 1
    return groups
