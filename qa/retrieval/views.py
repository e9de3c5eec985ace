"""What rankers share: the table of passages, the filter, the hit, and the two protocols."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from qa.times import day_after
from qa.types import turn_id

Mask = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.int64]
Column = npt.NDArray[np.signedinteger[Any]]  # int32 where a library is large
Scores = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Filter:
    """Which passages a search may return. An empty filter allows all.

    Args:
        transcripts: Ids; None for all.
        speakers: Names as stored; None for all. A passage without a speaker matches none of them.
        roles: Roles as stored, matched besides the speakers, so that either is enough.
        since: First day, ISO; transcripts without a date do not match.
        until: Last day, ISO, inclusive; "2025" includes the whole year.
    """

    transcripts: frozenset[str] | None = None
    speakers: frozenset[str] | None = None
    roles: frozenset[str] | None = None
    since: str | None = None
    until: str | None = None


@dataclass(frozen=True, slots=True)
class PassageTable:
    """Passages column by column, row i being passage i; shapes are (n,) where not said otherwise.

    Args:
        ids: The library's passage ids, ascending.
        transcript: Index into ``transcript_ids``.
        position: The turn's place in its transcript.
        start: Offset of the passage in the turn's text.
        end: Offset of its end.
        speaker: Index into ``speakers``; -1 when nobody is named.
        role: Index into ``roles``; -1 when there is none.
        length: In words.
        days: How many days after the date of its transcript it was said; 0 but in chats.
        asks: True where the passage ends in a question, or its speaker is there to ask.
        answers: Row of the last passage of the turn before, where that turn asks and somebody else spoke it;
            -1 elsewhere.
        transcript_ids: Ids, any length.
        dates: ISO date of each transcript, "" when unknown; as long as ``transcript_ids``.
        speakers: Distinct names.
        roles: Distinct roles.
    """

    ids: Column
    transcript: Column
    position: Column
    start: Column
    end: Column
    speaker: Column
    role: Column
    length: Column
    days: Column
    asks: Mask
    answers: Column
    transcript_ids: tuple[str, ...]
    dates: tuple[str, ...]
    speakers: tuple[str, ...]
    roles: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.ids)

    def allowed(self, within: Filter) -> Mask | None:
        """Return which rows a filter allows; None when it allows all."""
        if within == Filter():
            return None
        mask = np.ones(len(self), dtype=np.bool_)
        if within.transcripts is not None:
            mask &= _chosen(self.transcript_ids, within.transcripts)[self.transcript]
        if within.speakers is not None or within.roles is not None:
            # The last entry answers index -1: no speaker, no role.
            by_name = np.append(_chosen(self.speakers, within.speakers or frozenset()), False)[self.speaker]
            by_role = np.append(_chosen(self.roles, within.roles or frozenset()), False)[self.role]
            mask &= by_name | by_role
        if within.since is not None or within.until is not None:
            mask &= self._dated(within.since, within.until)
        return mask

    def _dated(self, since: str | None, until: str | None) -> Mask:
        """Return which rows were said in a period."""
        dated = [in_period(date, since, until) for date in self.dates]
        mask: Mask = np.array(dated, dtype=np.bool_)[self.transcript]
        later = np.flatnonzero(self.days)
        days, which = np.unique(
            np.stack([self.transcript[later], self.days[later]]), axis=1, return_inverse=True
        )
        said = [
            in_period(day_after(self.dates[at], int(n)) or self.dates[at], since, until) for at, n in days.T
        ]
        mask[later] = np.array(said, dtype=np.bool_)[which]
        return mask


def join_tables(tables: Sequence[PassageTable]) -> PassageTable:
    """Put tables one after another; their transcripts differ, their speakers and roles may not."""
    first_rows = np.cumsum([0, *map(len, tables)])
    transcript_ids = tuple(name for table in tables for name in table.transcript_ids)
    first_codes = np.cumsum([0, *(len(table.transcript_ids) for table in tables)])
    speakers, roles = (
        _numbered(table.speakers for table in tables),
        _numbered(table.roles for table in tables),
    )
    columns = {
        "transcript": [table.transcript + at for table, at in zip(tables, first_codes, strict=False)],
        "speaker": [_recoded(table.speaker, table.speakers, speakers) for table in tables],
        "role": [_recoded(table.role, table.roles, roles) for table in tables],
        "answers": [
            np.where(table.answers >= 0, table.answers + at, -1)
            for table, at in zip(tables, first_rows, strict=False)
        ],
    }
    for name in ("ids", "position", "start", "end", "length", "days", "asks"):
        columns[name] = [getattr(table, name) for table in tables]
    kinds = {"ids": np.int64, "asks": np.bool_}
    joined: dict[str, Any] = {
        name: np.concatenate([*parts, []]).astype(kinds.get(name, np.int32))
        for name, parts in columns.items()
    }
    dates = tuple(date for table in tables for date in table.dates)
    return PassageTable(
        **joined, transcript_ids=transcript_ids, dates=dates, speakers=tuple(speakers), roles=tuple(roles)
    )


def _numbered(several: Iterable[Sequence[str]]) -> dict[str, int]:
    codes: dict[str, int] = {}
    for names in several:
        for name in names:
            codes.setdefault(name, len(codes))
    return codes


def _recoded(column: Column, names: Sequence[str], codes: dict[str, int]) -> Column:
    # The last entry answers index -1: nobody.
    recoded: Column = np.array([*(codes[name] for name in names), -1], dtype=np.int32)[column]
    return recoded


def _chosen(values: Sequence[str], wanted: frozenset[str]) -> Mask:
    return np.array([value in wanted for value in values], dtype=np.bool_)


def in_period(date: str, since: str | None, until: str | None) -> bool:
    """Say whether any day of a date, which may be a whole year or month, lies in a period; "" does not."""
    if not date:
        return False
    # Cut to the shorter of the two, so that "2025" meets "2025-04-15" in both directions.
    after = since is None or date[: len(since)] >= since[: len(date)]
    before = until is None or date[: len(until)] <= until[: len(date)]
    return after and before


@dataclass(frozen=True, slots=True)
class Hit:
    """A turn found, with the passage of it that matched best.

    Args:
        transcript_id: Where it stands.
        position: The turn's place in the transcript.
        start: Offset of the passage in the turn's text.
        end: Offset of its end.
        score: Combined score, about 0 to 1, higher is better; comparable within one question only.
        parts: What each view gave, normalised to 0 to 1, in the order of the retriever's views.
        length: How many passages its transcript has.
        closely: How well a cross-encoder thinks it answers, 0 to 1; None when it was not read.
        read: What reading closely, it and what stands beside it, added to its score.
        others: Whether somebody's words are wanted and these are another's.
        alike: What was added to its score, or taken from it, by how much it is like the first hits.
    """

    transcript_id: str
    position: int
    start: int
    end: int
    score: float
    parts: tuple[float, ...] = ()
    length: int = 1
    closely: float | None = None
    read: float = 0.0
    others: bool = False
    alike: float = 0.0

    @property
    def turn_id(self) -> str:
        """The id of the turn."""
        return turn_id(self.transcript_id, self.position)


@dataclass(frozen=True, slots=True)
class Query:
    """A question as the views need it.

    Args:
        text: As asked.
        vector: Unit length, float32, shape (dim,).
        noted: What a view worked out for this question and will need again.
    """

    text: str
    vector: npt.NDArray[np.float32]
    noted: dict[object, Any] = field(default_factory=dict, compare=False, repr=False)


class View(Protocol):
    """One way of looking at every passage, which scores it for a query; higher is better."""

    def best(self, query: Query, depth: int, allowed: Mask | None) -> Rows:
        """Return at most ``depth`` allowed rows, best first."""
        ...

    def scores(self, query: Query, rows: Rows) -> Scores:
        """Score the given rows, in their order."""
        ...

    def bounds(self, query: Query, allowed: Mask | None) -> tuple[float, float]:
        """Return the lowest and highest score among all allowed rows, of which there is at least one."""
        ...


class Retriever(Protocol):
    """Ranks turns for a question."""

    def retrieve(self, question: str, k: int, within: Filter = ...) -> list[Hit]:
        """Return at most k turns, best first; fewer only when the filter leaves fewer.

        Raises:
            ValueError: If ``k < 1``.
        """
        ...
