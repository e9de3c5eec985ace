"""The people of a library as rows: name, role, other names, and what a reader took them for.

Whoever a reader told apart within a transcript keeps a row of their own, even when two of them turn out to be
one person; so a merge can be undone, and a new version of a file can be given the names of the old.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, Select, func, insert, select

from qa import schema
from qa.corrections import Rename, closest, give_opening, renamed
from qa.errors import NotFoundError
from qa.readers.spacing import distinct
from qa.retrieval.lexical import fold
from qa.suggestions import alike
from qa.types import Reading, Remark, RemarkKind

_ROW = ("id", "transcript_id", "name", "role", "aliases", "read_as")


@dataclass(frozen=True, slots=True)
class SpeakerEntry:
    """Someone who is named in a library.

    Args:
        name: As stored.
        roles: Those held, the one of most turns first.
        aliases: Other names: as files write it, and those the person had here before.
        turns: How many are theirs.
        transcripts: How many they speak in.
    """

    name: str
    roles: tuple[str, ...]
    aliases: tuple[str, ...]
    turns: int
    transcripts: int

    @property
    def role(self) -> str | None:
        """The role of most turns; None when none is known."""
        return self.roles[0] if self.roles else None


@dataclass(frozen=True, slots=True)
class ReadAs:
    """What a reader took somebody for, before a user knew better; the name is None in an opening."""

    name: str | None
    role: str | None
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SpeakerRow:
    """One row of the table of speakers."""

    id: int
    transcript_id: str
    name: str
    role: str | None
    aliases: tuple[str, ...]
    read_as: ReadAs | None

    def values(self) -> dict[str, Any]:
        """Return the columns that can change, as they are stored."""
        read = self.read_as
        stored = read and {"name": read.name, "role": read.role, "aliases": list(read.aliases)}
        return {
            "name": self.name,
            "role": self.role,
            "aliases": list(self.aliases) or None,
            "read_as": stored,
        }


@dataclass(frozen=True, slots=True)
class GivenNames:
    """What users called the speakers of a transcript, for whom its reader had other names or none."""

    renames: tuple[Rename, ...] = ()
    opening: tuple[str, str | None] | None = None


def insert_speakers(connection: Connection, reading: Reading, transcript_id: str) -> list[int | None]:
    """Insert the named speakers of a transcript.

    Returns:
        For each turn the id of its speaker's row; None where nobody is named.
    """
    places: dict[tuple[Any, ...], int] = {}
    found: list[int | None] = []
    aliases = _aliases(reading)
    for position, turn in enumerate(reading.turns):
        if turn.speaker is None:
            found.append(None)
            continue
        now = (turn.speaker, turn.role)
        before = reading.read_as[position] if reading.read_as else now
        if (now, before) not in places:
            others = aliases.get(turn.speaker, ())
            read = None if before == now else ReadAs(*before, others)
            renamed_from = (before[0],) if before[0] not in (None, turn.speaker) else ()
            row = SpeakerRow(0, transcript_id, *now, _distinct((*others, *renamed_from)), read)
            values = {"transcript_id": transcript_id, **row.values()}
            inserted = connection.execute(
                insert(schema.speakers).values(values).returning(schema.speakers.c.id)
            )
            places[now, before] = inserted.scalar_one()
        found.append(places[now, before])
    return found


def _aliases(reading: Reading) -> dict[str, tuple[str, ...]]:
    """Return the ways in which the file writes each name, without those that users replaced."""
    replaced = {(old, turn.speaker) for (old, _), turn in zip(reading.read_as, reading.turns, strict=False)}
    aliases: dict[str, tuple[str, ...]] = {}
    for alias, name in reading.aliases:
        if (alias, name) not in replaced:
            aliases[name] = (*aliases.get(name, ()), alias)
    return aliases


def _distinct(names: Iterable[str | None]) -> tuple[str, ...]:
    return distinct([name for name in names if name is not None])


# --- looking ---------------------------------------------------------------------------------------------


def list_speakers(connection: Connection, transcript_id: str | None = None) -> list[SpeakerEntry]:
    """List the people named in a transcript or in the whole library, whoever speaks most first."""
    counts = _rows_in(transcript_id).add_columns(func.count(schema.turns.c.id).label("turns"))
    counts = counts.outerjoin_from(
        schema.speakers, schema.turns, schema.turns.c.speaker_id == schema.speakers.c.id
    ).group_by(schema.speakers.c.id)
    people: dict[str, list[Any]] = {}
    for row in connection.execute(counts):
        people.setdefault(row.name, []).append(row)
    entries = [_entry(name, rows) for name, rows in people.items()]
    return sorted(entries, key=lambda entry: (-entry.turns, fold(entry.name), entry.name))


def _entry(name: str, rows: Sequence[Any]) -> SpeakerEntry:
    roles: dict[str, int] = {}
    for row in rows:
        if row.role is not None:
            roles[row.role] = roles.get(row.role, 0) + row.turns
    return SpeakerEntry(
        name,
        tuple(sorted(roles, key=lambda role: -roles[role])),
        _distinct(alias for row in rows for alias in row.aliases or () if alias != name),
        sum(row.turns for row in rows),
        len({row.transcript_id for row in rows}),
    )


def alike_in_one(connection: Connection, transcript_id: str | None = None) -> list[tuple[str, str, str]]:
    """Find names that may be one person's, each pair within one transcript.

    Args:
        connection: In a transaction.
        transcript_id: Where to look; None for everywhere.

    Returns:
        The transcript, the name to give up and the one to keep.
    """
    columns = schema.speakers.c
    counts = select(columns.transcript_id, columns.name, func.count(schema.turns.c.id).label("turns"))
    counts = counts.outerjoin_from(
        schema.speakers, schema.turns, schema.turns.c.speaker_id == schema.speakers.c.id
    ).group_by(columns.transcript_id, columns.name)
    if transcript_id is not None:
        counts = counts.where(columns.transcript_id == transcript_id)
    names: dict[str, list[tuple[int, str]]] = {}
    for row in connection.execute(counts):
        names.setdefault(row.transcript_id, []).append((-row.turns, row.name))
    return [
        (transcript, given_up, kept)
        for transcript, some in names.items()
        for given_up, kept in alike([name for _, name in sorted(some)])
    ]


def other_names(connection: Connection, transcripts: Collection[str] | None = None) -> dict[str, set[str]]:
    """Return the other names of everyone who has any, by name; in some transcripts, or in all."""
    columns = schema.speakers.c
    found = connection.execute(
        select(columns.name, columns.aliases, columns.transcript_id).where(columns.aliases.is_not(None))
    )
    names: dict[str, set[str]] = {}
    for row in found:
        if transcripts is None or row.transcript_id in transcripts:
            names.setdefault(row.name, set()).update(row.aliases or ())
    return names


def rows_called(connection: Connection, wanted: str, transcript_id: str | None) -> list[SpeakerRow]:
    """Return the rows of the one person meant by a name.

    Args:
        connection: In a transaction.
        wanted: A name as stored; else whatever the case and accents; else an alias.
        transcript_id: Where to look; None for everywhere.

    Raises:
        NotFoundError: If nobody is called so, or several people are; the message says who there is.
    """
    scope = _rows_in(transcript_id)
    exact = connection.execute(scope.where(schema.speakers.c.name == wanted)).all()
    if exact:
        return list(map(_row, exact))
    everyone = list(map(_row, connection.execute(scope).all()))
    folded = fold(wanted)
    for called in (
        [row for row in everyone if fold(row.name) == folded],
        [row for row in everyone if wanted in row.aliases],
        [row for row in everyone if folded in map(fold, row.aliases)],
    ):
        names = distinct([row.name for row in called])
        if len(names) == 1:
            return called
        if names:
            raise NotFoundError(
                f"{wanted!r} may be {' or '.join(names)}. Give one of these names, or one transcript."
            )
    names = distinct([row.name for row in sorted(everyone, key=lambda row: row.name.casefold())])
    raise NotFoundError(f"no speaker is called {wanted!r}. {closest(wanted, names)}")


def others_called(
    connection: Connection, name: str, transcript_id: str | None, besides: Collection[int]
) -> list[SpeakerRow]:
    """Return the rows that have exactly this name, but for some."""
    found = connection.execute(_rows_in(transcript_id).where(schema.speakers.c.name == name))
    return [row for row in map(_row, found) if row.id not in besides]


def _rows_in(transcript_id: str | None) -> Select[Any]:
    columns = schema.speakers.c
    chosen = select(*(columns[name] for name in _ROW)).order_by(columns.id)
    return chosen if transcript_id is None else chosen.where(columns.transcript_id == transcript_id)


def _row(row: Row[Any]) -> SpeakerRow:
    read = row.read_as
    return SpeakerRow(
        row.id,
        row.transcript_id,
        row.name,
        row.role,
        tuple(row.aliases or ()),
        read and ReadAs(read["name"], read["role"], tuple(read["aliases"])),
    )


# --- names that outlive a version of a file --------------------------------------------------------------


def names_given(connection: Connection, path: Path | None) -> GivenNames:
    """Return what users called the speakers of the transcript that a file held until now."""
    if path is None:
        return GivenNames()
    held = select(schema.origins.c.transcript_id).where(schema.origins.c.path == str(path))
    columns = schema.speakers.c
    chosen = _rows_in(None).where(columns.transcript_id.in_(held), columns.read_as.is_not(None))
    renames: dict[str, Rename] = {}
    opening = None
    for row in map(_row, connection.execute(chosen)):
        read = row.read_as or ReadAs(row.name, row.role)
        if read.name is None:
            opening = (row.name, row.role)
        else:
            renames[read.name] = Rename(
                read.name, row.name, None if row.role == read.role else row.role or ""
            )
    return GivenNames(tuple(renames.values()), opening)


def keep_names(reading: Reading, given: GivenNames) -> Reading:
    """Call the speakers of a new version as users called those of the old one; a remark says so."""
    named = renamed(reading, {rename.old: rename for rename in given.renames})
    if given.opening is not None:
        named = give_opening(named, *given.opening)
    if named == reading:
        return reading
    both = zip(reading.turns, named.turns, strict=True)
    kept = distinct(
        [
            f"{old.speaker or 'the opening'} is {new.speaker}"
            for old, new in both
            if old.speaker != new.speaker
        ]
    )
    said = f"Names given to an earlier version of this file were kept: {', '.join(kept)}."
    remarks = (*named.remarks, Remark(RemarkKind.ASSUMED, said)) if kept else named.remarks
    return replace(named, remarks=remarks)
