"""Segments: the passages of some transcripts, with everything a search reads of them.

A segment is made once, from the database or from other segments, and never changed. On disk it is a folder
of NumPy arrays; the large ones are mapped into memory, not read.
"""

import json
import os
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import Connection, select

from embeddings import Float16, Vectors, widen
from qa import schema
from qa.passages import Passage, PassageSettings, add_neighbours, own_texts
from qa.retrieval.lexical import words
from qa.retrieval.postings import Postings
from qa.retrieval.views import Mask, PassageTable, join_tables
from qa.times import days_on
from qa.types import QUESTIONER, Turn
from qa.writing import count_words, ends_in_question

_CHUNK = 200  # transcripts in one SQL statement; SQLite allows 32,766 variables, other engines fewer
_COLUMNS = (
    "ids", "transcript", "position", "start", "end", "speaker", "role", "length", "days", "asks",
    "answers",
)  # fmt: skip
_NAMES = ("transcript_ids", "dates", "speakers", "roles")


@dataclass(frozen=True, slots=True, eq=False)  # the same when it is the same one
class Segment:
    """Passages of whole transcripts.

    Args:
        table: Its passages; row i of everything below is row i there.
        own: Vector of each passage by itself, float16, unit length, shape (n, dim).
        norms: Length of the sum of each passage's vector and its neighbours', see `passages.add_neighbours`.
        postings: Words of each passage by itself.
        name: Of its folder; None while it is not on disk.
    """

    table: PassageTable
    own: Float16
    norms: Vectors
    postings: Postings
    name: str | None = None

    def __len__(self) -> int:
        return len(self.table)

    def without(self, transcripts: Collection[str]) -> "Segment":
        """Return a segment without some transcripts."""
        return join_segments([self], transcripts)

    def save(self, folder: Path) -> None:
        """Write it to an empty folder; when this returns, it is on disk.

        Raises:
            OSError: If the disk is full or the folder cannot be written.
        """
        for name in _COLUMNS:
            np.save(folder / f"table_{name}.npy", getattr(self.table, name))
        names = {name: getattr(self.table, name) for name in _NAMES}
        (folder / "names.json").write_text(json.dumps(names, ensure_ascii=False), encoding="utf-8")
        np.save(folder / "own.npy", self.own)
        np.save(folder / "norms.npy", self.norms)
        self.postings.save(folder)
        for file in folder.iterdir():
            with file.open("rb+") as stream:
                os.fsync(stream.fileno())

    @classmethod
    def load(cls, folder: Path) -> "Segment":
        """Map what `save` wrote.

        Raises:
            ValueError: If it is damaged.
            OSError: If a file is missing.
        """
        stored = json.loads((folder / "names.json").read_text(encoding="utf-8"))
        listed = isinstance(stored, dict) and all(isinstance(stored.get(name), list) for name in _NAMES)
        if not listed:
            raise ValueError(f"{folder / 'names.json'} holds no names")
        columns: dict[str, Any] = {name: tuple(map(str, stored[name])) for name in _NAMES}
        columns |= {name: np.load(folder / f"table_{name}.npy", allow_pickle=False) for name in _COLUMNS}
        table = PassageTable(**columns)
        own = np.asarray(np.load(folder / "own.npy", mmap_mode="r", allow_pickle=False))
        norms = np.load(folder / "norms.npy", allow_pickle=False)
        postings = Postings.load(folder)
        _check(table, own, norms, postings, folder)
        return cls(table, own, norms, postings, folder.name)


def _check(table: PassageTable, own: Float16, norms: Vectors, postings: Postings, folder: Path) -> None:
    columns = [getattr(table, name) for name in _COLUMNS]
    shapes = {array.shape for array in (*columns, norms, postings.lengths)}
    coded = (
        (table.transcript, table.transcript_ids), (table.speaker, table.speakers), (table.role, table.roles)
    )  # fmt: skip
    if not (
        shapes == {own.shape[:1]}
        and own.ndim == 2
        and own.dtype == np.float16
        and all(column.dtype.kind in "ib" for column in columns)
        and len(table.dates) == len(table.transcript_ids)
        and all(codes.max(initial=-1) < len(names) for codes, names in coded)
    ):
        raise ValueError(f"{folder} holds arrays that do not fit together")


def join_segments(segments: Sequence[Segment], without: Collection[str] = ()) -> Segment:
    """Put segments one after another into one, leaving some transcripts out."""
    kept = [_wanted(segment.table, without) for segment in segments]
    tables = [_rows_of(segment.table, keep) for segment, keep in zip(segments, kept, strict=True)]
    return Segment(
        join_tables(tables),
        np.concatenate([segment.own[keep] for segment, keep in zip(segments, kept, strict=True)]),
        np.concatenate([segment.norms[keep] for segment, keep in zip(segments, kept, strict=True)]),
        Postings.join([(segment.postings, keep) for segment, keep in zip(segments, kept, strict=True)]),
    )


def _wanted(table: PassageTable, without: Collection[str]) -> Mask:
    wanted: Mask = np.array([name not in without for name in table.transcript_ids], dtype=np.bool_)
    return wanted[table.transcript]


def _rows_of(table: PassageTable, keep: Mask) -> PassageTable:
    """Return some rows of a table: all of a transcript's or none."""
    if keep.all():
        return table
    columns = {name: getattr(table, name)[keep] for name in _COLUMNS}
    number = np.cumsum(keep) - 1
    # The question a passage answers is in the same transcript, so it is kept with it.
    columns["answers"] = np.where(columns["answers"] >= 0, number[columns["answers"]], -1)
    for column, listed in (("transcript", "transcript_ids"), ("speaker", "speakers"), ("role", "roles")):
        codes = columns[column]
        used = np.unique(codes[codes >= 0])
        fresh = np.full(len(getattr(table, listed)) + 1, -1)  # the last entry answers code -1: nobody
        fresh[used] = np.arange(len(used))
        columns[column] = fresh[codes]
        columns[listed] = tuple(getattr(table, listed)[code] for code in used)
        if column == "transcript":
            columns["dates"] = tuple(table.dates[code] for code in used)
    return PassageTable(**columns)


def read_segment(
    connection: Connection, transcripts: Sequence[str], settings: PassageSettings, width: int
) -> Segment:
    """Make a segment of transcripts in the database.

    Args:
        connection: In a transaction.
        transcripts: Ids, in the order of their passages' ids.
        settings: What the passages were cut with.
        width: Of a vector.
    """
    parts = _Parts()
    for first in range(0, len(transcripts), _CHUNK):
        chunk = transcripts[first : first + _CHUNK]
        dates = {
            row.id: row.date
            for row in connection.execute(
                select(schema.transcripts.c.id, schema.transcripts.c.date).where(
                    schema.transcripts.c.id.in_(chunk)
                )
            )
        }
        turns, passages = _read_turns(connection, chunk), _read_passages(connection, chunk)
        for transcript_id in chunk:
            parts.add(
                transcript_id, dates[transcript_id], turns[transcript_id], passages[transcript_id],
                settings, width,
            )  # fmt: skip
    return parts.segment(width)


class _Parts:
    """Rows of a segment as they are read, transcript by transcript."""

    def __init__(self) -> None:
        self._columns: dict[str, list[Any]] = {name: [] for name in _COLUMNS}
        self._transcript_ids: list[str] = []
        self._dates: list[str] = []
        self._speakers: dict[str, int] = {}
        self._roles: dict[str, int] = {}
        self._vectors: list[Float16] = []
        self._norms: list[Vectors] = []
        self._words: list[list[str]] = []

    def add(
        self,
        transcript_id: str,
        date: str | None,
        turns: Sequence[Turn],
        rows: Sequence[Any],
        settings: PassageSettings,
        width: int,
    ) -> None:
        passages = [Passage(row.position, row.start, row.end) for row in rows]
        own = np.frombuffer(b"".join(row.vector for row in rows), dtype="<f2").reshape(len(rows), width)
        columns = self._columns
        before = len(columns["ids"])
        for row in rows:
            turn = turns[row.position]
            spoken = turn.text[row.start : row.end]
            columns["ids"].append(row.id)
            columns["position"].append(row.position)
            columns["start"].append(row.start)
            columns["end"].append(row.end)
            columns["speaker"].append(_code(self._speakers, turn.speaker))
            columns["role"].append(_code(self._roles, turn.role))
            columns["length"].append(count_words(spoken))
            columns["days"].append(days_on(turn.start))
            columns["asks"].append(turn.role == QUESTIONER or ends_in_question(spoken))
        columns["transcript"] += [len(self._transcript_ids)] * len(rows)
        columns["answers"] += _answered(
            columns["position"][before:], columns["speaker"][before:], columns["asks"][before:], before
        )
        self._transcript_ids.append(transcript_id)
        self._dates.append(date or "")
        self._vectors.append(own)
        self._norms.append(np.linalg.norm(add_neighbours(widen(own), settings), axis=1).astype(np.float32))
        self._words += map(words, own_texts(turns, passages, date))

    def segment(self, width: int) -> Segment:
        kinds = {"ids": np.int64, "asks": np.bool_}
        table = PassageTable(
            **{name: np.array(some, dtype=kinds.get(name, np.int32)) for name, some in self._columns.items()},
            transcript_ids=tuple(self._transcript_ids),
            dates=tuple(self._dates),
            speakers=tuple(self._speakers),
            roles=tuple(self._roles),
        )
        own = np.concatenate([*self._vectors, np.empty((0, width), dtype=np.float16)])
        norms = np.concatenate([*self._norms, np.empty(0, dtype=np.float32)])
        return Segment(table, own, norms, Postings.of(self._words))


def _code(codes: dict[str, int], value: str | None) -> int:
    return -1 if value is None else codes.setdefault(value, len(codes))


def _answered(position: Sequence[int], speaker: Sequence[int], asks: Sequence[bool], first: int) -> list[int]:
    """Return for each passage of a transcript the row of the question it follows, as `PassageTable` says."""
    answered = [-1] * len(asks)
    question = -1  # last row of the turn before, when it asks
    for row in range(1, len(asks)):
        if position[row] != position[row - 1]:
            another = speaker[row] != speaker[row - 1] or speaker[row] == -1
            question = first + row - 1 if another and asks[row - 1] else -1
        answered[row] = question
    return answered


def _read_turns(connection: Connection, transcripts: Sequence[str]) -> dict[str, list[Turn]]:
    turns, speakers = schema.turns.c, schema.speakers.c
    rows = connection.execute(
        select(
            turns.transcript_id,
            turns.text,
            turns.start,
            speakers.name,
            speakers.role,
            turns.role.label("turn_role"),
        )
        .select_from(schema.turns.outerjoin(schema.speakers))
        .where(turns.transcript_id.in_(transcripts))
        .order_by(turns.transcript_id, turns.position)
    )
    found: dict[str, list[Turn]] = defaultdict(list)
    for row in rows:
        role = row.role if row.name else row.turn_role
        found[row.transcript_id].append(Turn(row.text, row.name, role, row.start))
    return found


def _read_passages(connection: Connection, transcripts: Sequence[str]) -> dict[str, list[Any]]:
    columns = schema.passages.c
    rows = connection.execute(
        select(schema.passages).where(columns.transcript_id.in_(transcripts)).order_by(columns.id)
    )
    found: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.transcript_id].append(row)
    return found
