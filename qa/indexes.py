"""What a search needs in memory, derived from a library's database and kept in step with it.

The FAISS indexes are also kept on disk, in ``index/GENERATION-TOKEN/`` beside the database, with a manifest
that says what made them. A folder that is missing, damaged, of another make or out of date is never an
error: what it lacks is taken from the vectors stored in the database.
"""

import json
import os
import shutil
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import Connection, select

from embeddings import Encoder, VectorIndex, Vectors, unit_rows
from qa import schema
from qa.passages import Passage, PassageSettings, context_texts, own_texts, pool_neighbours
from qa.retrieval import DenseView, Hit, HybridRetriever, LexicalView, PassageTable
from qa.retrieval.views import Mask, Rows
from qa.types import QUESTIONER, Turn

_WRITING = "writing-"  # begins the name of a folder that is not complete
_CHUNK = 500  # ids in one SQL statement; SQLite allows 32,766 variables, other engines fewer


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
class Indexes:
    """Everything a search reads, of one generation of the library; never changed once built."""

    generation: int
    table: PassageTable
    own: VectorIndex
    context: VectorIndex
    own_words: LexicalView
    context_words: LexicalView

    def row_of(self, hit: Hit) -> int | None:
        """Return the row of a hit's passage; None when it is gone."""
        table = self.table
        if hit.transcript_id not in table.transcript_ids:
            return None
        code = table.transcript_ids.index(hit.transcript_id)
        rows = np.flatnonzero(
            (table.transcript == code) & (table.position == hit.position) & (table.start == hit.start)
        )
        return int(rows[0]) if len(rows) else None

    def asks(self, hit: Hit) -> bool:
        """Say whether the passage found asks something."""
        row = self.row_of(hit)
        return row is not None and bool(self.table.asks[row])

    def answers(self, hit: Hit) -> bool:
        """Say whether the turn before the one found asks something, by another speaker."""
        row = self.row_of(hit)
        return row is not None and self.table.answers[row] >= 0

    def retriever(self, encoder: Encoder) -> HybridRetriever:
        """Return a retriever over these indexes."""
        return HybridRetriever(
            encoder,
            self.table,
            own=(DenseView(self.own), self.own_words),
            context=(DenseView(self.context), self.context_words),
        )


def build_indexes(connection: Connection, folder: Path, make: Make, previous: Indexes | None) -> Indexes:
    """Bring the indexes in step with the database.

    Args:
        connection: In a transaction, so that all it reads is of one generation.
        folder: Where saved indexes are.
        make: What the library is made of; its width must be known when it holds passages.
        previous: Indexes already in memory; None to start from the saved ones.
    """
    generation = read_generation(connection)
    if previous is not None and previous.generation == generation:
        return previous
    table, own, context = _read_passages(connection, make.passages)
    if previous is not None:
        base = _Vectors(previous.table.ids, previous.own, previous.context)
    else:
        base = _load(folder, make) or _Vectors.empty(make.width or 1)
    if base.own.dim != (make.width or base.own.dim):  # an index of nothing, from before the first vector
        base = _Vectors.empty(make.width or 1)
    vectors = _catch_up(connection, base, table, make.passages)
    return Indexes(generation, table, vectors.own, vectors.context, LexicalView(own), LexicalView(context))


def read_generation(connection: Connection) -> int:
    """Return the number that every write to the library raises."""
    value = connection.scalar(select(schema.meta.c.value).where(schema.meta.c.key == "generation"))
    return int(value or 0)


@dataclass(frozen=True, slots=True)
class _Vectors:
    """Both indexes and the passage ids of their rows, ascending."""

    ids: Rows
    own: VectorIndex
    context: VectorIndex

    @staticmethod
    def empty(width: int) -> "_Vectors":
        return _Vectors(np.empty(0, dtype=np.int64), VectorIndex(width), VectorIndex(width))


def _catch_up(
    connection: Connection, base: _Vectors, table: PassageTable, settings: PassageSettings
) -> _Vectors:
    keep: Mask = np.isin(base.ids, table.ids)
    # `keep` copies: the old indexes may be in use by a search in another thread.
    own, context = base.own.keep(keep), base.context.keep(keep)
    missing = np.flatnonzero(~np.isin(table.ids, base.ids))
    # Transcripts come and go whole, and new ids are higher than all before: appending keeps the order of ids.
    fresh = np.empty((len(missing), own.dim), dtype=np.float32)
    for first in range(0, len(missing), _CHUNK):
        chunk = table.ids[missing[first : first + _CHUNK]].tolist()
        columns = schema.passages.c
        blobs = connection.scalars(
            select(columns.vector).where(columns.id.in_(chunk)).order_by(columns.id)
        ).all()
        fresh[first : first + len(blobs)] = unpack(blobs, own.dim)
    own.add(fresh)
    context.add(_pooled(fresh, table.transcript[missing], settings))
    return _Vectors(table.ids, own, context)


def _pooled(vectors: Vectors, transcript: Rows, settings: PassageSettings) -> Vectors:
    """Pool each vector with its neighbours in the same transcript, whose rows stand together."""
    if len(vectors) == 0:
        return vectors
    borders = np.flatnonzero(np.diff(transcript)) + 1
    return np.concatenate([pool_neighbours(part, settings) for part in np.split(vectors, borders)])


def pack(vector: Vectors) -> bytes:
    """Write a vector for the database: float16 halves its size and moves a cosine by less than 0.001."""
    return vector.astype("<f2").tobytes()


def unpack(blobs: Sequence[bytes], width: int) -> Vectors:
    """Read vectors that `pack` wrote: unit-length rows, float32, shape (len(blobs), width)."""
    rows = np.frombuffer(b"".join(blobs), dtype="<f2").reshape(len(blobs), width).astype(np.float32)
    return unit_rows(rows)


def _read_passages(
    connection: Connection, settings: PassageSettings
) -> tuple[PassageTable, list[str], list[str]]:
    """Return the table of passages, in the order of their ids, and their own and context texts."""
    turns_of = _read_turns(connection)
    dates = {
        row.id: row.date
        for row in connection.execute(select(schema.transcripts.c.id, schema.transcripts.c.date))
    }
    columns = schema.passages.c
    rows = connection.execute(
        select(columns.id, columns.transcript_id, columns.position, columns.start, columns.end).order_by(
            columns.id
        )
    ).all()
    places: dict[str, list[int]] = defaultdict(list)
    for place, row in enumerate(rows):
        places[row.transcript_id].append(place)
    own, context = [""] * len(rows), [""] * len(rows)
    speakers: list[str | None] = [None] * len(rows)
    roles: list[str | None] = [None] * len(rows)
    length, asks = np.zeros(len(rows), dtype=np.int64), np.zeros(len(rows), dtype=np.bool_)
    for transcript_id, mine in places.items():
        turns, date = turns_of[transcript_id], dates[transcript_id]
        passages = [Passage(rows[place].position, rows[place].start, rows[place].end) for place in mine]
        texts = zip(
            mine,
            own_texts(turns, passages, date),
            context_texts(turns, passages, date, settings),
            strict=True,
        )
        for place, alone, among in texts:
            own[place], context[place] = alone, among
            turn = turns[rows[place].position]
            speakers[place], roles[place] = turn.speaker, turn.role
            words = turn.text[rows[place].start : rows[place].end]
            length[place] = len(words.split())
            asks[place] = turn.role == QUESTIONER or words.rstrip("\"'”’»)] ").endswith(("?", "？"))
    speaker_codes, speaker_names = _coded(speakers)
    role_codes, role_names = _coded(roles)
    transcript_codes, transcript_ids = _coded([row.transcript_id for row in rows])
    positions = _column(rows, 2)
    table = PassageTable(
        ids=_column(rows, 0),
        transcript=transcript_codes,
        position=positions,
        start=_column(rows, 3),
        end=_column(rows, 4),
        speaker=speaker_codes,
        role=role_codes,
        length=length,
        asks=asks,
        answers=_answered_rows(transcript_codes, positions, speaker_codes, asks),
        transcript_ids=transcript_ids,
        dates=tuple(dates[transcript_id] or "" for transcript_id in transcript_ids),
        speakers=speaker_names,
        roles=role_names,
    )
    return table, own, context


def _answered_rows(transcript: Rows, position: Rows, speaker: Rows, asks: Mask) -> Rows:
    """Return for each row the question it follows, as `PassageTable.answers` says."""
    answered = np.full(len(asks), -1, dtype=np.int64)
    question = -1  # last row of the turn before, when it asks
    for row in range(1, len(asks)):
        same_turn = transcript[row] == transcript[row - 1] and position[row] == position[row - 1]
        if not same_turn:
            follows = transcript[row] == transcript[row - 1]
            another = speaker[row] != speaker[row - 1] or speaker[row] == -1
            question = row - 1 if follows and another and asks[row - 1] else -1
        answered[row] = question
    return answered


def _column(rows: Sequence[Any], place: int) -> Rows:
    return np.fromiter((row[place] for row in rows), dtype=np.int64, count=len(rows))


def _coded(values: Sequence[str | None]) -> tuple[Rows, tuple[str, ...]]:
    """Number distinct values in the order they appear; None becomes -1."""
    codes: dict[str, int] = {}
    numbers = [-1 if value is None else codes.setdefault(value, len(codes)) for value in values]
    return np.asarray(numbers, dtype=np.int64), tuple(codes)


def _read_turns(connection: Connection) -> dict[str, list[Turn]]:
    turns, speakers = schema.turns.c, schema.speakers.c
    rows = connection.execute(
        select(turns.transcript_id, turns.text, speakers.name, speakers.role, turns.role.label("turn_role"))
        .select_from(schema.turns.outerjoin(schema.speakers))
        .order_by(turns.transcript_id, turns.position)
    )
    found: dict[str, list[Turn]] = defaultdict(list)
    for row in rows:
        found[row.transcript_id].append(Turn(row.text, row.name, row.role if row.name else row.turn_role))
    return found


def save_indexes(indexes: Indexes, folder: Path, make: Make) -> None:
    """Write the indexes beside the database and remove the older ones.

    They are written under another name and moved in place in one step: a crash leaves the old ones, or
    both, and `build_indexes` copes with either. To be called with the database's write lock held, so that
    whatever else is being written there was left by a process that died.
    """
    name = f"{indexes.generation:012d}-{os.urandom(4).hex()}"
    clear_unfinished(folder)
    scratch = folder / f"{_WRITING}{name}"
    scratch.mkdir(parents=True)
    try:
        indexes.own.save(scratch / "own.faiss")
        indexes.context.save(scratch / "context.faiss")
        np.save(scratch / "ids.npy", indexes.table.ids)
        manifest = {**make.as_dict(), "generation": indexes.generation, "rows": len(indexes.table)}
        (scratch / "manifest.json").write_text(json.dumps(manifest, indent=1), encoding="utf-8")
        scratch.rename(folder / name)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    for old in saved_folders(folder):
        if old.name != name and saved_generation(old) <= indexes.generation:
            shutil.rmtree(old, ignore_errors=True)


def clear_unfinished(folder: Path) -> None:
    """Remove what a process that died left half-written; the write lock must be held, as for saving."""
    for left in folder.glob(f"{_WRITING}*"):
        shutil.rmtree(left, ignore_errors=True)


def saved_folders(folder: Path) -> list[Path]:
    """Return the folders of saved indexes, newest first."""
    return sorted((path for path in folder.glob("[0-9]*-*") if path.is_dir()), reverse=True)


def saved_generation(saved: Path) -> int:
    """Return the generation in the name of a folder that `save_indexes` wrote; -1 for any other."""
    number = saved.name.partition("-")[0]
    return int(number) if number.isdigit() else -1


def _load(folder: Path, make: Make) -> _Vectors | None:
    """Read the newest saved indexes of the same make; None when there are none that can be read."""
    for saved in saved_folders(folder):
        try:
            manifest = json.loads((saved / "manifest.json").read_text(encoding="utf-8"))
            if any(manifest.get(key) != value for key, value in make.as_dict().items()):
                continue
            vectors = _Vectors(
                np.load(saved / "ids.npy", allow_pickle=False),
                VectorIndex.load(saved / "own.faiss"),
                VectorIndex.load(saved / "context.faiss"),
            )
        except (OSError, EOFError, ValueError, AttributeError):
            continue  # damaged, or just removed by another process: the database has all of it
        shapes = {vectors.ids.shape, (len(vectors.own),), (len(vectors.context),)}
        if len(shapes) == 1 and {vectors.own.dim, vectors.context.dim} == {make.width}:
            return vectors
    return None
