"""Renaming and merging the speakers of a library, without reading any file again.

A passage is embedded with its speaker's name in front, so the turns that change their speaker are embedded
anew, and only those. All passages of the transcripts concerned get new ids in the transaction that changes
the names: that is how indexes, which compare ids, come to know. Embedding happens before, while others read
and write; what they changed meanwhile is found by the generation, and looked at again.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection, Engine, delete, func, insert, select, update

from embeddings import Encoder
from qa import records, schema
from qa.errors import NotFoundError, QAError
from qa.indexes import Make, pack, read_generation
from qa.judgments_kept import keep_to_what_is_there
from qa.passages import Passage, own_texts
from qa.readers.spacing import distinct, tidy
from qa.records import Progress
from qa.speakers import ReadAs, SpeakerRow, others_called, rows_called
from qa.types import Turn

_AT_ONCE = 2_048  # texts that are embedded together: enough to fill batches of equal length


@dataclass(frozen=True, slots=True)
class Renaming:
    """What a user wants.

    Args:
        old: Who is meant: a name, or an alias.
        name: What they are to be called.
        role: Their role; None keeps the one there is, "" takes it away.
        transcript_id: Where; None for everywhere.
        merge: Whether the name is somebody's who is there already.
    """

    old: str
    name: str
    role: str | None = None
    transcript_id: str | None = None
    merge: bool = False


@dataclass(frozen=True, slots=True)
class Renamed:
    """What became of it.

    Args:
        turns: How many have another name or role now.
        transcripts: In how many transcripts.
        old: The name they had, when it was one.
        name: The one they have.
        role: Likewise; None when they have none, or several.
    """

    turns: int
    transcripts: int
    old: str = ""
    name: str = ""
    role: str | None = None


@dataclass(frozen=True, slots=True)
class _Plan:
    """What a renaming changes in a library of one generation.

    Args:
        generation: Of the database.
        old: The name that is given up.
        rows: Of the table of speakers, as they shall be, by transcript.
        renamed: Ids of those whose name changes, each with the new one, by transcript.
        wanted: Digest of the new text of each passage that must be embedded anew, by the passage's id.
    """

    generation: int
    old: str
    rows: Mapping[str, list[SpeakerRow]]
    renamed: Mapping[str, Mapping[int, str]]
    wanted: dict[int, bytes] = field(default_factory=dict)


def rename(
    engine: Engine,
    encoder: Encoder,
    current_make: Callable[[Connection], Make],
    wanted: Renaming,
    progress: Progress | None = None,
) -> Renamed:
    """Rename or merge speakers; when this returns, it is on disk.

    Args:
        engine: Of the library's database.
        encoder: Of its model.
        current_make: Refuses a library changed over to another model meanwhile.
        wanted: What to do.
        progress: Called with passages embedded so far and in all.

    Raises:
        NotFoundError: If nobody is called so, or several people are, or there is no such transcript.
        QAError: If the name is blank, or somebody else's and no merge was asked for.
    """
    wanted = _tidied(wanted)
    vectors: dict[bytes, bytes] = {}
    with engine.connect() as connection:
        current_make(connection)
        plan = _plan(connection, wanted)
    while True:
        _embed(engine, encoder, plan, vectors, progress)
        with engine.execution_options(writes=True).begin() as connection:
            current_make(connection)
            if read_generation(connection) != plan.generation:
                plan = _plan(connection, wanted)
            if not all(digest in vectors for digest in plan.wanted.values()):
                continue  # others added turns of this speaker; embed those too, but not while others wait
            return _apply(connection, plan, vectors)


def _tidied(wanted: Renaming) -> Renaming:
    name = tidy(wanted.name)
    if not name:
        raise QAError(f"{wanted.old!r} cannot be renamed to {wanted.name!r}. Give a name.")
    role = None if wanted.role is None else tidy(wanted.role)
    return replace(wanted, old=wanted.old.strip(), name=name, role=role)


# --- what is to be done ----------------------------------------------------------------------------------


def _plan(connection: Connection, wanted: Renaming) -> _Plan:
    scope = wanted.transcript_id
    if scope is not None and records.turn_count(connection, scope) is None:
        raise NotFoundError(f"there is no transcript {scope} in this library")
    meant = rows_called(connection, wanted.old, scope)
    ids = {row.id for row in meant}
    name = wanted.name
    if wanted.merge:
        name = rows_called(connection, name, None)[0].name
        others = others_called(connection, name, None, ids)
    else:
        others = []
        if any(row.name != name for row in meant):
            _refuse_merge(meant[0].name, wanted, others_called(connection, name, scope, ids))
    rows: dict[str, list[SpeakerRow]] = {}
    fresh: dict[str, dict[int, str]] = {}
    for row in meant:
        changed = _changed(row, name, wanted.role, others)
        if changed != row:
            rows.setdefault(row.transcript_id, []).append(changed)
        if changed.name != row.name:
            fresh.setdefault(row.transcript_id, {})[row.id] = name
    plan = _Plan(read_generation(connection), meant[0].name, rows, fresh)
    for transcript_id, names in fresh.items():
        plan.wanted.update((id_, _digest(text)) for id_, text in _texts(connection, transcript_id, names))
    return plan


def _refuse_merge(old: str, wanted: Renaming, others: list[SpeakerRow]) -> None:
    """Refuse a name that is somebody's: a slip of the pen must not make two people one."""
    if others:
        where = f" --transcript {wanted.transcript_id}" if wanted.transcript_id else ""
        raise QAError(
            f"{wanted.name} is a speaker already. If {old} is the same person, say so: "
            f"transcript-qa merge{where} {_quoted(old)} {_quoted(wanted.name)}"
        )


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def _changed(row: SpeakerRow, name: str, role: str | None, others: list[SpeakerRow]) -> SpeakerRow:
    """Return a row under its new name; under the one it was read with, as it was read."""
    read = row.read_as or ReadAs(row.name, row.role, row.aliases)
    back = name == read.name and name != row.name
    if role is not None:
        held = role or None
    elif back:
        held = read.role
    else:
        held = row.role or _role_of(others, row.transcript_id)
    earlier = distinct([*read.aliases, *(one for one in (read.name,) if one), *row.aliases, row.name])
    aliases = read.aliases if name == read.name else tuple(one for one in earlier if one != name)
    unchanged = (name, held) == (read.name, read.role)
    return replace(row, name=name, role=held, aliases=aliases, read_as=None if unchanged else read)


def _role_of(others: list[SpeakerRow], transcript_id: str) -> str | None:
    """Return the one role of somebody: in a transcript where it says so, else anywhere."""
    here = {row.role for row in others if row.role and row.transcript_id == transcript_id}
    roles = here or {row.role for row in others if row.role}
    return roles.pop() if len(roles) == 1 else None


def _texts(connection: Connection, transcript_id: str, names: Mapping[int, str]) -> Iterator[tuple[int, str]]:
    """Yield the passages of some speakers of a transcript, with their texts under other names."""
    turns, passages = schema.turns.c, schema.passages.c
    date = connection.scalar(
        select(schema.transcripts.c.date).where(schema.transcripts.c.id == transcript_id)
    )
    spoken = {
        row.position: Turn(row.text, names[row.speaker_id], start=row.start)
        for row in connection.execute(
            select(turns.position, turns.text, turns.speaker_id, turns.start).where(
                turns.transcript_id == transcript_id, turns.speaker_id.in_(list(names))
            )
        )
    }
    places = select(passages.id, passages.position, passages.start, passages.end)
    for row in connection.execute(places.where(passages.transcript_id == transcript_id)):
        if row.position in spoken:
            (text,) = own_texts([spoken[row.position]], [Passage(0, row.start, row.end)], date)
            yield row.id, text


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


# --- doing it --------------------------------------------------------------------------------------------


def _embed(
    engine: Engine, encoder: Encoder, plan: _Plan, vectors: dict[bytes, bytes], progress: Progress | None
) -> None:
    """Embed what a plan wants and is not there yet."""
    total, finished = len(set(plan.wanted.values()) - vectors.keys()), 0
    waiting: dict[bytes, str] = {}

    def flush() -> None:
        nonlocal finished
        made = encoder.encode_documents(list(waiting.values()))
        vectors.update((digest, pack(vector)) for digest, vector in zip(waiting, made, strict=True))
        finished += len(waiting)
        waiting.clear()
        if progress is not None:
            progress(finished, max(total, finished))

    for transcript_id, names in plan.renamed.items():
        with engine.connect() as connection:
            texts = [(_digest(text), text) for _, text in _texts(connection, transcript_id, names)]
        waiting.update((digest, text) for digest, text in texts if digest not in vectors)
        if len(waiting) >= _AT_ONCE:
            flush()
    if waiting:
        flush()


def _apply(connection: Connection, plan: _Plan, vectors: Mapping[bytes, bytes]) -> Renamed:
    turns = 0
    for transcript_id, rows in plan.rows.items():
        for row in rows:
            connection.execute(
                update(schema.speakers).where(schema.speakers.c.id == row.id).values(row.values())
            )
        theirs = schema.turns.c.speaker_id.in_([row.id for row in rows])
        turns += connection.scalar(select(func.count()).select_from(schema.turns).where(theirs)) or 0
        _renew_passages(connection, transcript_id, plan.wanted, vectors)
    if plan.rows:
        keep_to_what_is_there(connection)  # in the filters of judged questions, too
        records.raise_generation(connection, removed=True)
    now = [row for rows in plan.rows.values() for row in rows]
    roles = {row.role for row in now}
    return Renamed(
        turns,
        len(plan.rows),
        plan.old,
        now[0].name if now else plan.old,
        roles.pop() if len(roles) == 1 else None,
    )


def _renew_passages(
    connection: Connection, transcript_id: str, wanted: Mapping[int, bytes], vectors: Mapping[bytes, bytes]
) -> None:
    """Give the passages of a transcript new ids, and new vectors to those that have other words now."""
    columns = schema.passages.c
    ours = columns.transcript_id == transcript_id
    rows = connection.execute(select(schema.passages).where(ours).order_by(columns.id)).all()
    connection.execute(delete(schema.passages).where(ours))
    connection.execute(
        insert(schema.passages),
        [
            {
                "transcript_id": transcript_id,
                "position": row.position,
                "start": row.start,
                "end": row.end,
                "vector": vectors[wanted[row.id]] if row.id in wanted else row.vector,
            }
            for row in rows
        ],
    )
    # A rebuild under way embedded these turns under the old name; let it find them missing.
    connection.execute(
        delete(schema.next_passages).where(schema.next_passages.c.transcript_id == transcript_id)
    )
