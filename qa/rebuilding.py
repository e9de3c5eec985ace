"""Changing a library over to another embedding model, or to newer passage settings.

Every transcript is embedded anew into a table of its own, one transaction a transcript; when none is
missing, the new passages take the place of the old in a single transaction. Until then every process goes on
with the old ones. A rebuild that was interrupted goes on where it stopped.
"""

import hashlib
import json
from pathlib import Path

from sqlalchemy import Connection, Engine, delete, insert, select

from embeddings import Encoder
from qa import indexes, records, schema
from qa.errors import LibraryError
from qa.passages import PassageSettings, cut_turns
from qa.records import Progress
from qa.types import Turn

_COLUMNS = ("transcript_id", "position", "start", "end", "vector")


def rebuild(folder: Path, encoder: Encoder, progress: Progress | None = None) -> int:
    """Embed every transcript of a library anew.

    Args:
        folder: An existing library.
        encoder: The model to change over to; may be the one the library has.
        progress: Called with transcripts done and in all.

    Returns:
        How many transcripts the library holds now, all of them embedded with the encoder.

    Raises:
        LibraryError: If there is no library in the folder, or it has another format.
    """
    file = folder / "library.sqlite"
    if not file.is_file():
        raise LibraryError(
            f"{folder} holds no library. Make one with: transcript-qa add --library {folder} PATH"
        )
    engine = schema.open_database(file)
    try:
        with engine.connect() as connection:
            stored = records.read_meta(connection)
        if stored.get("format") != str(schema.FORMAT_VERSION):
            raise LibraryError(
                f"{folder} has library format {stored.get('format')}; expected {schema.FORMAT_VERSION}."
            )
        make = indexes.Make(
            schema.FORMAT_VERSION, encoder.name, encoder.checksum, encoder.dim, PassageSettings()
        )
        return _rebuild(engine, encoder, make, progress)
    finally:
        engine.dispose()


def _rebuild(engine: Engine, encoder: Encoder, make: indexes.Make, progress: Progress | None) -> int:
    made_by = hashlib.sha256(json.dumps(make.as_dict(), sort_keys=True).encode()).hexdigest()
    writing = engine.execution_options(writes=True)
    with writing.begin() as connection:  # leftovers of a rebuild for some other model
        connection.execute(delete(schema.next_passages).where(schema.next_passages.c.made_by != made_by))
    done = 0
    while True:
        with writing.begin() as connection:
            missing = _missing(connection)
            if not missing:
                return _take_over(connection, make)
        total = done + len(missing)
        for transcript_id in missing:
            _embed(engine, encoder, make, made_by, transcript_id)
            done += 1
            if progress is not None:
                progress(done, total)


def _missing(connection: Connection) -> list[str]:
    embedded = select(schema.next_passages.c.transcript_id).distinct()
    ids = schema.transcripts.c.id
    return list(connection.scalars(select(ids).where(ids.not_in(embedded)).order_by(ids)))


def _embed(engine: Engine, encoder: Encoder, make: indexes.Make, made_by: str, transcript_id: str) -> None:
    with engine.connect() as connection:
        date, turns = _date_and_turns(connection, transcript_id)
    passages = cut_turns(turns, make.passages)
    rows = records.embedded_passages(encoder, turns, date, passages, transcript_id)
    with engine.execution_options(writes=True).begin() as connection:
        if _date_and_turns(connection, transcript_id) != (date, turns):
            return  # removed meanwhile, or a speaker was renamed; then it is still missing
        ours = schema.next_passages.c.transcript_id == transcript_id
        connection.execute(delete(schema.next_passages).where(ours))  # of another rebuild at the same time
        connection.execute(insert(schema.next_passages), [{**row, "made_by": made_by} for row in rows])


def _date_and_turns(connection: Connection, transcript_id: str) -> tuple[str | None, list[Turn]]:
    """Return what the texts of a transcript's passages are made of."""
    date = connection.scalar(
        select(schema.transcripts.c.date).where(schema.transcripts.c.id == transcript_id)
    )
    return date, records.read_turns(connection, transcript_id)


def _take_over(connection: Connection, make: indexes.Make) -> int:
    fresh = schema.next_passages.c
    chosen = select(*(fresh[name] for name in _COLUMNS)).order_by(fresh.id)
    connection.execute(delete(schema.passages))
    connection.execute(insert(schema.passages).from_select(_COLUMNS, chosen))
    connection.execute(delete(schema.next_passages))
    records.write_meta(connection, records.meta_of(make))
    records.raise_generation(connection, removed=True)
    return len(connection.scalars(select(schema.transcripts.c.id)).all())
