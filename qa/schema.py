"""The tables of a library, and how its database is opened.

Written with SQLAlchemy Core and portable column types; what is SQLite's own stands in `open_database`.
"""

import sqlite3
import time
from pathlib import Path
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Engine,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    create_engine,
    event,
    inspect,
)
from sqlalchemy.engine import ExceptionContext

from qa.errors import LibraryError

# Raise on any change to the tables below that an older version would misread. Tables and columns that came
# later are added when a library is opened, such columns may be null, and an older version works on as if they
# were not there.
FORMAT_VERSION = 1

metadata = MetaData()

# What the library is made of: format version, model, settings, and a generation that every write raises.
meta = Table(
    "meta",
    metadata,
    Column("key", String, primary_key=True),
    Column("value", Text, nullable=False),
)

transcripts = Table(
    "transcripts",
    metadata,
    Column("id", String(12), primary_key=True),
    Column("title", Text, nullable=False),
    Column("date", String(10)),
    Column("time_kind", String(5), nullable=False),
    Column("format", String, nullable=False),
    Column("notes", JSON, nullable=False),
    Column("warnings", JSON, nullable=False),
    Column("source", Text, nullable=False),
    Column("media", Text),
    Column("turn_count", Integer, nullable=False),
    Column("added", String, nullable=False),  # UTC, ISO 8601
)

# Which file holds which transcript; two files may hold the same one.
origins = Table(
    "origins",
    metadata,
    Column("path", Text, primary_key=True),
    Column("transcript_id", ForeignKey("transcripts.id", ondelete="CASCADE"), nullable=False, index=True),
)

speakers = Table(
    "speakers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("transcript_id", ForeignKey("transcripts.id", ondelete="CASCADE"), nullable=False),
    Column("name", Text, nullable=False),
    Column("role", Text),
    Column("aliases", JSON(none_as_null=True)),  # other names: as the file writes it, and earlier ones
    # Name, role and aliases from the reader, when somebody changed them since; the name may be null.
    Column("read_as", JSON(none_as_null=True)),
    Index("speakers_by_transcript", "transcript_id"),
)

turns = Table(
    "turns",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("transcript_id", ForeignKey("transcripts.id", ondelete="CASCADE"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("speaker_id", ForeignKey("speakers.id")),
    Column("role", Text),  # of a turn whose speaker has no name; else the speaker's role counts
    Column("start", Float),
    Column("end", Float),
    Column("inferred", Boolean, nullable=False),
    Column("notes", JSON, nullable=False),
    Column("text", Text, nullable=False),
    UniqueConstraint("transcript_id", "position"),
)

# Ids are never used twice, so that an index beside the database can tell what it lacks by comparing ids.
passages = Table(
    "passages",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("transcript_id", ForeignKey("transcripts.id", ondelete="CASCADE"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("vector", LargeBinary, nullable=False),  # of the passage by itself: float16, unit length
    Index("passages_by_transcript", "transcript_id"),
    sqlite_autoincrement=True,
)

# Passages of a rebuild under way; they take the place of the others in one transaction when complete.
next_passages = Table(
    "next_passages",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("made_by", String, nullable=False),
    Column("transcript_id", ForeignKey("transcripts.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("position", Integer, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("vector", LargeBinary, nullable=False),
)

# Questions that somebody judged something of; see `qa.judgments`.
judged_questions = Table(
    "judged_questions",
    metadata,
    Column("id", String(13), primary_key=True),
    Column("question", Text, nullable=False),
    Column("searched", JSON, nullable=False),  # its wordings
    Column("within", JSON, nullable=False),  # the filter in force; an empty object for none
    Column("unanswerable", Boolean),  # whether nothing answers it, as somebody said; null when nobody did
    Column("added", String, nullable=False),  # UTC, ISO 8601: when something was first judged
    Column("judged", String, nullable=False),  # likewise: last
)

# A judgment goes with the transcript, also when an older version that knows nothing of it removes that.
judgments = Table(
    "judgments",
    metadata,
    Column("question_id", ForeignKey("judged_questions.id", ondelete="CASCADE"), primary_key=True),
    Column("transcript_id", ForeignKey("transcripts.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("gain", Integer, nullable=False),
    Column("judged", String, nullable=False),
    Index("judgments_by_transcript", "transcript_id"),
)


# Removing a speaker makes SQLite look for the turns that name them. Older libraries get it when opened.
_turns_by_speaker = Index("turns_by_speaker", turns.c.speaker_id)


def create_all(connection: Connection) -> None:
    """Create the tables, columns and indexes that are missing."""
    metadata.create_all(connection)
    there = {column["name"] for column in inspect(connection).get_columns("speakers")}
    for name in ("aliases", "read_as"):
        if name not in there:
            connection.exec_driver_sql(f"alter table speakers add column {name} JSON")
    _turns_by_speaker.create(connection, checkfirst=True)


def empty_log(engine: Engine) -> None:
    """Clear the write-ahead log, which else keeps old pages until some later checkpoint.

    Raises:
        LibraryError: If somebody has been reading for a minute, and the log cannot be cleared meanwhile.
    """
    raw = engine.raw_connection()
    try:
        cursor = raw.cursor()
        deadline = time.monotonic() + _PATIENCE
        while True:
            (busy, _, _) = cursor.execute("pragma wal_checkpoint(truncate)").fetchone()
            if not busy:
                return
            if time.monotonic() > deadline:
                raise LibraryError(
                    f"{engine.url.database} was changed, but another process has read it for a minute: "
                    "words that were removed stay in its write-ahead log until that process is done and "
                    "something else is removed, or every process has closed the library."
                )
            time.sleep(0.05)
    finally:
        raw.close()


_PATIENCE = 60.0  # seconds
_SETTINGS = (
    "busy_timeout = 60000",
    "journal_mode = wal",  # readers go on while another process writes
    "synchronous = full",  # what was reported as added survives a power cut
    "foreign_keys = on",
    "secure_delete = on",  # what was removed is overwritten, not left in the file
)


def open_database(file: Path) -> Engine:
    """Open or create a library's database.

    Transactions that write are opened with ``engine.execution_options(writes=True)``: they take the write
    lock at once and wait for another process instead of failing half-way.
    """
    engine = create_engine(f"sqlite:///{file}", connect_args={"timeout": 60, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # transactions begin where `begin` below says, not by themselves
        try:
            for setting in _SETTINGS:
                connection.execute(f"pragma {setting}").close()
        except sqlite3.Error:
            connection.close()  # nobody else will: it never reaches the pool
            raise

    @event.listens_for(engine, "handle_error")
    def explain(context: ExceptionContext) -> None:
        """Turn a damaged, locked or full database into an error for the user, whichever query met it."""
        original = context.original_exception
        if isinstance(original, sqlite3.DatabaseError) and not isinstance(
            original, sqlite3.IntegrityError | sqlite3.ProgrammingError
        ):
            raise LibraryError(
                f"{file} cannot be opened or read: {original}. If the file is damaged, restore it from a "
                "backup; if the disk is full or the file locked, mend that and try again."
            ) from original

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("begin immediate" if writes else "begin")

    return engine
