"""Transcripts as rows: what a library writes to its database and reads back, one transaction at a time."""

import json
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, String, bindparam, delete, exists, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from embeddings import Encoder
from qa import schema
from qa.indexes import Make, pack, read_generation
from qa.judgments_kept import carry_over, keep_to_what_is_there
from qa.passages import Passage, PassageSettings, own_texts
from qa.speakers import insert_speakers
from qa.types import Reading, TimeKind, Transcript, Turn

Progress = Callable[[int, int], None]


def embedded_passages(
    encoder: Encoder,
    turns: Sequence[Turn],
    date: str | None,
    passages: Sequence[Passage],
    transcript_id: str,
    progress: Progress | None = None,
) -> list[dict[str, Any]]:
    """Embed the passages of some turns; return rows for the table of passages."""
    finished = 0

    def advance(number: int) -> None:
        nonlocal finished
        finished += number
        if progress is not None:
            progress(finished, len(passages))

    vectors = encoder.encode_documents(own_texts(turns, passages, date), advance)
    return [
        {
            "transcript_id": transcript_id,
            "position": passage.position,
            "start": passage.start,
            "end": passage.end,
            "vector": pack(vectors[row]),
        }
        for row, passage in enumerate(passages)
    ]


def insert_transcript(
    connection: Connection,
    reading: Reading,
    transcript_id: str,
    source: str,
    media: Path | None,
    passages: list[dict[str, Any]],
) -> None:
    """Insert a transcript that is not there yet, with its speakers, turns and embedded passages."""
    connection.execute(
        insert(schema.transcripts).values(
            id=transcript_id,
            title=reading.title or source,
            date=reading.date,
            time_kind=str(reading.time_kind),
            format=reading.format,
            notes=list(reading.notes),
            warnings=list(reading.warnings),
            source=source,
            media=str(media) if media else None,
            turn_count=len(reading.turns),
            added=datetime.now(UTC).isoformat(timespec="seconds"),
        )
    )
    people = insert_speakers(connection, reading, transcript_id)
    connection.execute(
        insert(schema.turns),
        [
            {
                "transcript_id": transcript_id,
                "position": position,
                "speaker_id": people[position],
                "role": turn.role if turn.speaker is None else None,
                "start": turn.start,
                "end": turn.end,
                "inferred": turn.inferred,
                "notes": list(turn.notes),
                "text": turn.text,
            }
            for position, turn in enumerate(reading.turns)
        ],
    )
    connection.execute(insert(schema.passages), passages)


def link_media(connection: Connection, transcript_id: str, media: Path) -> None:
    """Give a transcript a recording, unless it has one."""
    columns = schema.transcripts.c
    connection.execute(
        update(schema.transcripts)
        .where(columns.id == transcript_id, columns.media.is_(None))
        .values(media=str(media))
    )


def claim(connection: Connection, path: Path, transcript_id: str) -> bool:
    """Note that a file holds a transcript; remove what it held before unless another file still does."""
    where = str(path)
    columns = schema.origins.c
    before = connection.scalar(select(columns.transcript_id).where(columns.path == where))
    if before == transcript_id:
        return False
    claim = sqlite_insert(schema.origins).values(path=where, transcript_id=transcript_id)
    connection.execute(
        claim.on_conflict_do_update(index_elements=["path"], set_={"transcript_id": transcript_id})
    )
    if before is None:
        return False
    if not connection.scalar(select(exists().where(columns.transcript_id == before))):
        carry_over(connection, before, transcript_id)
        connection.execute(delete(schema.transcripts).where(schema.transcripts.c.id == before))
        keep_to_what_is_there(connection)
    return True


def turn_count(connection: Connection, transcript_id: str) -> int | None:
    """Return how many turns a transcript has; None when it is not there."""
    return connection.scalar(
        select(schema.transcripts.c.turn_count).where(schema.transcripts.c.id == transcript_id)
    )


def read_meta(connection: Connection) -> dict[str, str]:
    """Return what the library is made of, as stored."""
    return {row.key: row.value for row in connection.execute(select(schema.meta))}


def write_meta(connection: Connection, values: dict[str, str]) -> None:
    """Store values under their keys."""
    for key, value in values.items():
        connection.execute(delete(schema.meta).where(schema.meta.c.key == key))
        connection.execute(insert(schema.meta).values(key=key, value=value))


def meta_of(make: Make) -> dict[str, str]:
    """Write a make as values for the meta table."""
    return {
        "format": str(make.format),
        "model": make.model,
        "checksum": make.checksum,
        "width": "" if make.width is None else str(make.width),
        "passages": json.dumps(make.passages.as_dict()),
    }


def make_from(stored: dict[str, str]) -> Make:
    """Read a make from the meta table's values."""
    return Make(
        int(stored["format"]),
        stored["model"],
        stored["checksum"],
        int(stored["width"]) if stored["width"] else None,
        PassageSettings(**json.loads(stored["passages"])),
    )


def raise_generation(connection: Connection, *, removed: bool) -> None:
    """Tell every process that the library has changed, and whether something was removed."""
    generation = read_generation(connection) + 1
    changed = {"generation": str(generation)} | ({"removed": str(generation)} if removed else {})
    for key, value in changed.items():
        connection.execute(update(schema.meta).where(schema.meta.c.key == key).values(value=value))


def transcript_row(connection: Connection, transcript_id: str) -> Row[Any] | None:
    """Return a transcript's row; None when it is not there."""
    return connection.execute(
        select(schema.transcripts).where(schema.transcripts.c.id == transcript_id)
    ).one_or_none()


def read_turns(
    connection: Connection, transcript_id: str, first: int = 0, last: int = sys.maxsize
) -> list[Turn]:
    """Return the turns of a transcript from the first to the last position, inclusive, in order."""
    turns, people = schema.turns.c, schema.speakers.c
    rows = connection.execute(
        select(schema.turns, people.name, people.role.label("title"))
        .select_from(schema.turns.outerjoin(schema.speakers))
        .where(turns.transcript_id == transcript_id, turns.position.between(first, last))
        .order_by(turns.position)
    )
    return [_turn(row) for row in rows]


# One statement for any number of places, made once: writing and compiling one for each took longer than
# reading the turns.
_wanted = func.json_each(bindparam("wanted", type_=String)).table_valued("value", name="wanted").c.value
_transcript_wanted = func.json_extract(_wanted, "$[0]", type_=String)
_WANTED_TRANSCRIPTS = select(schema.transcripts).where(
    schema.transcripts.c.id.in_(select(_transcript_wanted).scalar_subquery())
)
_WANTED_TURNS = (
    select(schema.turns, schema.speakers.c.name, schema.speakers.c.role.label("title"))
    .select_from(schema.turns.outerjoin(schema.speakers))
    .where(
        schema.turns.c.transcript_id == _transcript_wanted,
        schema.turns.c.position.between(
            func.json_extract(_wanted, "$[1]"), func.json_extract(_wanted, "$[2]")
        ),
    )
)


def read_stretches(
    connection: Connection, wanted: Sequence[tuple[str, int, int]]
) -> tuple[dict[str, Row[Any]], dict[tuple[str, int], Turn]]:
    """Return rows of transcripts and turns from several places at once.

    Args:
        connection: In a transaction, so that both are of one generation.
        wanted: Ids, with the first and the last position wanted, inclusive.

    Returns:
        The transcripts' rows by id, and the turns by id and position; what is not there is missing.
    """
    places = json.dumps(wanted)
    found = connection.execute(_WANTED_TRANSCRIPTS, {"wanted": places})
    rows = connection.execute(_WANTED_TURNS, {"wanted": places})
    return {row.id: row for row in found}, {(row.transcript_id, row.position): _turn(row) for row in rows}


def _turn(row: Row[Any]) -> Turn:
    return Turn(
        text=row.text,
        speaker=row.name,
        role=row.title if row.name else row.role,
        start=row.start,
        end=row.end,
        inferred=row.inferred,
        notes=tuple(row.notes),
    )


def transcript_of(row: Row[Any], turns: tuple[Turn, ...]) -> Transcript:
    """Build a transcript from its row and turns."""
    return Transcript(
        id=row.id,
        title=row.title,
        format=row.format,
        turns=turns,
        time_kind=TimeKind(row.time_kind),
        date=row.date,
        notes=tuple(row.notes),
        warnings=tuple(row.warnings),
        source=row.source,
        media=row.media,
    )
