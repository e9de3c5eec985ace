"""A library: one folder that holds transcripts, and finds passages in them.

``library.sqlite`` is the truth; ``index/`` beside it is derived and can be deleted at any time; ``media/``
holds recordings that were uploaded. Every change is one transaction, so a process killed at any moment
leaves each transcript wholly in or wholly out. Several processes may use one library at once.
Refuses a library of a newer format, or made with another embedding model.
"""

import contextlib
import sys
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

from sqlalchemy import Connection, delete, select

from embeddings import INT8, Encoder
from qa import records, schema
from qa.errors import LibraryError, NotFoundError
from qa.index_keeping import KeptIndexes
from qa.indexes import Indexes, Make
from qa.judgments import Judgments
from qa.judgments_kept import keep_to_what_is_there
from qa.passages import PassageSettings, cut_turns
from qa.records import Progress
from qa.renaming import Renamed, Renaming, rename
from qa.reranking import Reranker
from qa.retrieval import Filter, Hit
from qa.speakers import (
    GivenNames,
    SpeakerEntry,
    alike_in_one,
    keep_names,
    list_speakers,
    names_given,
    other_names,
)
from qa.types import Reading, TimeKind, Transcript, Turn

_UPLOADING = 3_600  # seconds; a younger recording may belong to an upload that another process is reading

Status = Literal["added", "unchanged", "replaced"]


@dataclass(frozen=True, slots=True)
class Added:
    """What became of a transcript handed to `Library.add`.

    Args:
        status: "unchanged" when its content was there already; "replaced" when it took the place of an
            earlier version of the same file.
        transcript_id: Its id.
        turns: How many it has.
    """

    status: Status
    transcript_id: str
    turns: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A transcript in a list: all but its turns.

    Args:
        speakers: Distinct names in order of appearance.
    """

    id: str
    title: str
    date: str | None
    time_kind: TimeKind
    format: str
    source: str
    media: str | None
    turns: int
    speakers: tuple[str, ...]


class Library:
    """Transcripts in one folder; use it as a context manager, or call `close`.

    Args:
        folder: Made when missing.
        encoder: Embeds transcripts and questions; its weights are loaded when first needed.
        reranker: Reads the best passages of a question closely; None when nothing does.

    Raises:
        LibraryError: If the folder cannot be used, or was made with another model or a newer version.
    """

    def __init__(self, folder: Path, encoder: Encoder, reranker: Reranker | None = None) -> None:
        self.folder = folder.resolve()  # once: the working folder may change while this is in use
        self.encoder = encoder
        self.reranker = reranker
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise LibraryError(f"cannot make the library folder {folder}: {error.strerror}") from error
        self._engine = schema.open_database(self.folder / "library.sqlite")
        self._writing = self._engine.execution_options(writes=True)
        self._kept = KeptIndexes(self._engine, self.folder / "index", self._current_make)
        try:
            self._make = self._open()
        except LibraryError:
            self._engine.dispose()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the database. Nothing is lost when this is never called."""
        self._engine.dispose()

    # --- opening -----------------------------------------------------------------------------------------

    def _open(self) -> Make:
        with self._writing.begin() as connection:
            schema.create_all(connection)
            stored = records.read_meta(connection)
            if "format" not in stored:
                make = Make(
                    schema.FORMAT_VERSION, self.encoder.name, self.encoder.checksum, None, PassageSettings()
                )
                records.write_meta(connection, {**records.meta_of(make), "generation": "0", "removed": "0"})
                self._kept.tidy(-1)  # an index without its database is of no use
                return make
            self._kept.tidy(int(stored["generation"]))
            keep_to_what_is_there(connection)  # an older version may have removed or renamed something
        make = self._check(stored)
        if 0 <= self._kept.saved_generation() < int(stored["removed"]):
            # A process died before it rewrote what holds a removed transcript. A full disk makes that wait
            # for the next time; no search finds the transcript meanwhile.
            with contextlib.suppress(OSError):
                self._kept.save()
        self._drop_unused_media()
        return make

    def _drop_unused_media(self) -> None:
        """Delete recordings that a process copied or left behind when it died."""
        if not self.media_folder.is_dir():
            return
        with self._writing.begin() as connection:  # nobody may be linking a recording meanwhile
            stored = connection.scalars(select(schema.transcripts.c.media))
            used = {self.folder / media for media in stored if media is not None}
        for file in self.media_folder.iterdir():
            if file not in used and time.time() - file.stat().st_mtime > _UPLOADING:
                file.unlink(missing_ok=True)

    def _check(self, stored: dict[str, str]) -> Make:
        if int(stored["format"]) != schema.FORMAT_VERSION:
            raise LibraryError(
                f"{self.folder} has library format {stored['format']}; this version of transcript-qa reads "
                f"format {schema.FORMAT_VERSION}. Use the version that made it, or name another folder with "
                "--library."
            )
        make = records.make_from(stored)
        if make.checksum != self.encoder.checksum and make.width is not None:
            named = make.model if make.model != self.encoder.name else f"another release of {make.model}"
            raise LibraryError(
                f"{self.folder} was built with {named}, not {self.encoder.name}. "
                f"Pass {_options(make.model)}, or change the library over with: "
                f"transcript-qa rebuild --library {self.folder} {_options(self.encoder.name)}"
            )
        return self._unbound(make)

    def _unbound(self, make: Make) -> Make:
        """Without a vector yet, nothing is bound to the model that the folder was made with."""
        if make.width is not None:
            return make
        return replace(make, model=self.encoder.name, checksum=self.encoder.checksum)

    # --- adding and removing -----------------------------------------------------------------------------

    def add(
        self,
        reading: Reading,
        transcript_id: str,
        source: str,
        *,
        path: Path | None = None,
        media: Path | None = None,
        progress: Progress | None = None,
    ) -> Added:
        """Add a transcript; when this returns, it is on disk.

        Args:
            reading: From a reader.
            transcript_id: Drawn from the content of the source; equal content, equal id.
            source: Shown to people: the path or name it came from.
            path: The file it was read from, when it is a file that stays. A file added before under this
                path gives way to the new content, which keeps the names that users gave its speakers.
            media: The recording, when there is one; linked also to a transcript that is there without one.
            progress: Called with passages embedded so far and in all.
        """
        if media is not None and media.resolve().is_relative_to(self.folder):
            media = media.resolve().relative_to(self.folder)  # so that the library can be moved as a whole
        given, rows = GivenNames(), list[dict[str, Any]]()
        ready = self.holds(transcript_id)
        while True:
            if not ready:  # embed, but not while others wait to write
                given = self._names_given(path)
                named = keep_names(reading, given)
                rows = self._embedded(named, transcript_id, progress)
            with self._writing.begin() as connection:
                known = records.turn_count(connection, transcript_id)
                # Another process may have removed it a moment ago, or renamed a speaker of the old version.
                ready = known is not None or (bool(rows) and names_given(connection, path) == given)
                if ready:
                    if known is None:
                        self._bind_width(connection, len(rows[0]["vector"]) // 2)
                        records.insert_transcript(connection, named, transcript_id, source, media, rows)
                    if media is not None and known is not None:
                        records.link_media(connection, transcript_id, media)
                    replaced = path is not None and records.claim(connection, path, transcript_id)
                    if known is None or replaced:
                        records.raise_generation(connection, removed=replaced)
                    break
        if replaced:
            self._forget_removed()
        status: Status = "replaced" if replaced else "added" if known is None else "unchanged"
        return Added(status, transcript_id, len(reading.turns) if known is None else known)

    def holds(self, transcript_id: str) -> bool:
        """Say whether a transcript is in the library."""
        with self._engine.connect() as connection:
            return records.turn_count(connection, transcript_id) is not None

    def _names_given(self, path: Path | None) -> GivenNames:
        with self._engine.connect() as connection:
            return names_given(connection, path)

    def _embedded(
        self, reading: Reading, transcript_id: str, progress: Progress | None
    ) -> list[dict[str, Any]]:
        passages = cut_turns(reading.turns, self._make.passages)
        return records.embedded_passages(
            self.encoder, reading.turns, reading.date, passages, transcript_id, progress
        )

    def _bind_width(self, connection: Connection, width: int) -> None:
        """The first vectors decide what model the library belongs to, in every process that has it open."""
        stored = records.make_from(records.read_meta(connection))
        if stored.width is None:
            self._make = replace(self._make, width=width)
            records.write_meta(connection, records.meta_of(self._make))
        elif stored.checksum != self.encoder.checksum:
            raise self._changed_over(stored.model)
        else:
            self._make = stored

    def _changed_over(self, model: str) -> LibraryError:
        return LibraryError(
            f"{self.folder} was changed over to {model} by another process. "
            f"Start again with {_options(model)}."
        )

    def remove(self, transcript_id: str) -> None:
        """Remove a transcript and every trace of it from the folder.

        Raises:
            NotFoundError: If it is not there.
        """
        with self._writing.begin() as connection:
            media = connection.scalar(
                select(schema.transcripts.c.media).where(schema.transcripts.c.id == transcript_id)
            )
            gone = connection.execute(
                delete(schema.transcripts).where(schema.transcripts.c.id == transcript_id)
            )
            if gone.rowcount == 0:
                raise self._missing(transcript_id)
            keep_to_what_is_there(connection)
            records.raise_generation(connection, removed=True)
        if media and (self.folder / media).parent == self.media_folder:
            (self.folder / media).unlink(missing_ok=True)
        self._forget_removed()

    def _forget_removed(self) -> None:
        """Clear what was removed from the write-ahead log and from the saved index, where it is."""
        try:
            schema.empty_log(self._engine)
        finally:
            self.save_index()

    @property
    def media_folder(self) -> Path:
        """Where uploaded recordings are kept."""
        return self.folder / "media"

    # --- speakers ----------------------------------------------------------------------------------------

    def speakers(self, transcript_id: str | None = None) -> list[SpeakerEntry]:
        """List the people named in a transcript, or in the whole library, whoever speaks most first.

        Raises:
            NotFoundError: If there is no such transcript.
        """
        with self._engine.connect() as connection:
            if transcript_id is not None and records.turn_count(connection, transcript_id) is None:
                raise self._missing(transcript_id)
            return list_speakers(connection, transcript_id)

    def alike_speakers(self, transcript_id: str | None = None) -> list[tuple[str, str, str]]:
        """Find names of one transcript that may be one person's: it, the name to give up, the one to keep."""
        with self._engine.connect() as connection:
            return alike_in_one(connection, transcript_id)

    def other_names(self, transcripts: Collection[str] | None = None) -> dict[str, set[str]]:
        """Return the other names of everyone who has any, by name; in some transcripts, or in all."""
        with self._engine.connect() as connection:
            return other_names(connection, transcripts)

    def rename_speaker(
        self,
        old: str,
        name: str,
        *,
        role: str | None = None,
        transcript_id: str | None = None,
        merge: bool = False,
        progress: Progress | None = None,
    ) -> Renamed:
        """Give a speaker another name, or make two speakers one; when this returns, it is on disk.

        Turns keep their ids, so links go on working; the old name goes on finding the person in a filter.
        Renaming back undoes it. A merge is undone by renaming whoever was merged, by the old name.

        Args:
            old: Who is meant: a name, or a name they had before.
            name: The new name.
            role: The new role; None keeps the one there is, "" takes it away.
            transcript_id: Where; None for everywhere.
            merge: Must be said when the name is somebody's already where this looks; then somebody must have
                it, here or in another transcript.
            progress: Called with passages embedded so far and in all.

        Raises:
            NotFoundError: If there is no such transcript or speaker; the message says who there is.
            QAError: If the name is blank, or somebody else's and ``merge`` is False.
        """
        wanted = Renaming(old, name, role, transcript_id, merge)
        done = rename(self._engine, self.encoder, self._current_make, wanted, progress)
        if done.transcripts:
            self.save_index()  # the vectors under the old name go
        return done

    # --- judgments ---------------------------------------------------------------------------------------

    @property
    def judgments(self) -> Judgments:
        """What people said of the turns found for their questions; goes with the transcripts."""
        return Judgments(self._engine)

    # --- looking -----------------------------------------------------------------------------------------

    def entries(self) -> list[Entry]:
        """List the transcripts, the latest date first, then by title."""
        people = schema.speakers.c
        with self._engine.connect() as connection:
            rows = connection.execute(select(schema.transcripts)).all()
            names: dict[str, list[str]] = {}
            for row in connection.execute(select(people.transcript_id, people.name).order_by(people.id)):
                listed = names.setdefault(row.transcript_id, [])
                if row.name not in listed:
                    listed.append(row.name)
        entries = [
            Entry(
                row.id, row.title, row.date, TimeKind(row.time_kind), row.format, row.source,
                self._found(row.media), row.turn_count, tuple(names.get(row.id, ())),
            )
            for row in rows
        ]  # fmt: skip
        entries.sort(key=lambda entry: (entry.title.casefold(), entry.id))
        return sorted(entries, key=lambda entry: entry.date or "", reverse=True)

    def transcript(self, transcript_id: str) -> Transcript:
        """Return a whole transcript.

        Raises:
            NotFoundError: If it is not there.
        """
        return self.excerpt(transcript_id, 0, sys.maxsize)

    def excerpt(self, transcript_id: str, first: int, last: int) -> Transcript:
        """Return a transcript with only some of its turns.

        Args:
            transcript_id: Which.
            first: Position of the first turn wanted; before 0 counts as 0.
            last: Position of the last, inclusive; beyond the end counts as the end.

        Raises:
            NotFoundError: If the transcript is not there.
        """
        with self._engine.connect() as connection:
            row = records.transcript_row(connection, transcript_id)
            if row is None:
                raise self._missing(transcript_id)
            turns = tuple(records.read_turns(connection, transcript_id, first, last))
        return replace(records.transcript_of(row, turns), media=self._found(row.media))

    def excerpts(self, wanted: Sequence[tuple[str, int, int]]) -> list[Transcript | None]:
        """Return several excerpts at once, as `excerpt` does; None for a transcript that is not there.

        Args:
            wanted: Ids, each with the positions of the first and the last turn wanted.
        """
        if not wanted:
            return []
        with self._engine.connect() as connection:
            rows, turns = records.read_stretches(connection, wanted)
        return [
            replace(
                records.transcript_of(
                    rows[id_],
                    tuple(turns[id_, at] for at in range(max(0, first), last + 1) if (id_, at) in turns),
                ),
                media=self._found(rows[id_].media),
            )
            if id_ in rows
            else None
            for id_, first, last in wanted
        ]

    def stretches(self, wanted: Sequence[tuple[str, int, int]]) -> list[tuple[Turn, ...]]:
        """Return the turns of several excerpts; none for a transcript that is not there."""
        return [() if one is None else one.turns for one in self.excerpts(wanted)]

    def _found(self, media: str | None) -> str | None:
        """Return where a recording lies; those kept in the library are stored by their place in it."""
        return None if media is None else str(self.folder / media)

    def _missing(self, transcript_id: str) -> NotFoundError:
        return NotFoundError(f"there is no transcript {transcript_id} in {self.folder}")

    def find(self, wanted: str) -> Entry:
        """Find the one transcript meant by an id, the beginning of one, or words of its title.

        Raises:
            NotFoundError: If there is none, or more than one; the message lists what there is.
        """
        entries = self.entries()
        folded = wanted.casefold().strip()
        tests: Sequence[Callable[[Entry], bool]] = (
            lambda entry: entry.id == folded,
            lambda entry: entry.title.casefold() == folded,
            lambda entry: len(folded) >= 4 and entry.id.startswith(folded),
            lambda entry: bool(folded) and folded in f"{entry.title}\n{entry.source}".casefold(),
        )
        for test in tests:
            found = [entry for entry in entries if test(entry)]
            if len(found) == 1:
                return found[0]
            if found:
                raise NotFoundError(
                    f"{wanted!r} fits {len(found)} transcripts: {_listed(found)}. Give an id."
                )
        raise NotFoundError(
            f"no transcript is called {wanted!r}. "
            + (f"The library holds: {_listed(entries)}." if entries else "The library is empty.")
        )

    # --- searching ---------------------------------------------------------------------------------------

    def retrieve(self, question: str, k: int, within: Filter = Filter()) -> list[Hit]:  # noqa: B008  # frozen
        """Rank turns for a question; see `qa.retrieval.Retriever`."""
        return self.indexes().retriever(self.encoder).retrieve(question, k, within)

    def indexes(self) -> Indexes:
        """Return indexes that match the library as it is now, whichever process changed it last."""
        return self._kept.current()

    def save_index(self) -> None:
        """Write the index beside the database, so that the next start need not gather it again."""
        self._kept.save()

    def compact(self) -> bool:
        """Put the index of a library that has grown in good order; see `KeptIndexes.compact`.

        Questions are answered as before, only faster. Can be called at any time, from any thread.

        Returns:
            Whether there was anything to do.
        """
        return self._kept.compact()

    def compact_soon(self) -> None:
        """Do the same in the background, when there is anything to do and nobody is at it."""
        self._kept.compact_soon()

    def compaction_due(self) -> bool:
        """Say whether `compact` would do anything."""
        return self._kept.due()

    def _current_make(self, connection: Connection) -> Make:
        self._make = self._unbound(records.make_from(records.read_meta(connection)))
        if self._make.checksum != self.encoder.checksum:
            raise self._changed_over(self._make.model)
        return self._make


def _options(model: str) -> str:
    """Return the options of the command line that choose a model."""
    return f"--model {model.removesuffix(INT8)}" + (" --int8" if model.endswith(INT8) else "")


def _listed(entries: Sequence[Entry], most: int = 8) -> str:
    shown = ", ".join(f"{entry.title} ({entry.id})" for entry in entries[:most])
    return shown + (f" and {len(entries) - most} more" if len(entries) > most else "")
