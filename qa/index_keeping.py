"""Keeping a library's indexes in step with its database, in memory and on disk.

A question sees every change that was reported before it was asked, whichever process made it: new transcripts
become a segment in memory, and `save` writes it beside the others. What is costly and changes no answer
(joining segments, training clusters anew) is left to `compact`, and done while others read and write.
"""

import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
from sqlalchemy import Connection, Engine

from qa import index_files, indexes
from qa.clusters import train_clusters
from qa.indexes import Holding, Indexes, Make

# More new passages than this are written to disk, a segment at a time, before a question is answered.
_MOST_IN_MEMORY = 16_384


class KeptIndexes:
    """The indexes of one library.

    Args:
        engine: Of its database.
        folder: Where they are stored.
        current_make: Reads what the library is made of; refuses one changed over to another model.
    """

    def __init__(self, engine: Engine, folder: Path, current_make: Callable[[Connection], Make]) -> None:
        self._engine = engine
        self._writing = engine.execution_options(writes=True)
        self._folder = folder
        self._current_make = current_make
        self._current: Indexes | None = None
        self._lock = threading.RLock()  # one thread at a time brings the indexes up to date
        self._compacting = threading.Lock()

    def tidy(self, generation: int) -> None:
        """Remove from disk what is left over; to be called with the database's write lock held.

        Args:
            generation: Of the database. An index newer than that was left when the database was restored
                from a backup; passage ids given out since then stand for other passages now.
        """
        if index_files.saved_generation(self._folder) > generation:
            (self._folder / "manifest.json").unlink(missing_ok=True)
        index_files.tidy(self._folder)

    def saved_generation(self) -> int:
        """Return the generation on disk; -1 when there is none."""
        return index_files.saved_generation(self._folder)

    def current(self) -> Indexes:
        """Return indexes that match the database as it is now."""
        with self._engine.connect() as connection:
            found = self._current
            if found is not None and found.generation == indexes.read_generation(connection):
                return found
        with self._lock:
            while (found := self._caught_up()) is None:
                self.save()
            return found

    def _caught_up(self) -> Indexes | None:
        """Bring the indexes in memory up to date; None when there is too much to keep in memory."""
        with self._engine.connect() as connection:
            found = self._current
            if found is not None and found.generation == indexes.read_generation(connection):
                return found  # another thread did it meanwhile
            make = self._current_make(connection)
            holding = self._newest(make)
            if indexes.waiting(connection, holding) > _MOST_IN_MEMORY:
                return None
            holding = indexes.join_small(indexes.catch_up(connection, holding, make))
        return self._adopt(holding, make)

    def _newest(self, make: Make) -> Holding:
        """Return what there is already: in memory, unless what it goes back to has been replaced on disk."""
        held = Holding()
        if self._current is not None and self._current.make == make:
            held = self._current.holding
        if held.token and held.token == index_files.saved_token(self._folder):
            return held
        stored = index_files.load_holding(self._folder, make)
        # Without one on disk, nothing of what is in memory is there either, whatever names it had.
        return stored if stored is not None else indexes.unnamed(held)

    def _adopt(self, holding: Holding, make: Make) -> Indexes:
        self._current = indexes.make_indexes(holding, make, self._current)
        return self._current

    def save(self) -> None:
        """Write to disk what is not there yet, so that the next start need not gather it again."""
        while not self._save_some():
            pass

    def _save_some(self) -> bool:
        """Save at most a segment's worth, so that others who want to write need not wait for more."""
        with self._lock, self._writing.begin() as connection:
            make = self._current_make(connection)
            holding = indexes.catch_up(connection, self._newest(make), make, indexes.SEGMENT)
            holding = indexes.join_small(holding)
            if not index_files.is_saved(holding, self._folder):
                holding = index_files.save_holding(holding, self._folder, make)
            if holding.complete:
                self._adopt(holding, make)
            return holding.complete

    def due(self) -> bool:
        """Say whether `compact` would do anything."""
        holding = self.current().holding
        outgrown = holding.clusters is not None and holding.clusters.outgrown(len(holding))
        return outgrown or indexes.joinable(holding)

    def compact(self) -> bool:
        """Join segments, and train the clusters anew when the library has outgrown them.

        Others go on reading meanwhile, and wait for at most a segment's joining when they write. A crash
        leaves what was there before, or some of the work done.

        Returns:
            Whether there was anything to do.
        """
        with self._compacting:
            if not self.due():
                return False
            while self._join_some():
                pass
            now = self.current()
            clusters = now.holding.clusters
            if clusters is not None and clusters.outgrown(len(now.table)):
                self._train_anew(now)
        return True

    def _train_anew(self, now: Indexes) -> None:
        ids = now.table.ids.astype(np.int64)
        fresh = train_clusters(ids, now.vectors)
        with self._lock, self._writing.begin() as connection:
            make = self._current_make(connection)
            holding = indexes.catch_up(connection, self._newest(make), make)
            holding = indexes.with_clusters(holding, fresh, ids, make)
            self._adopt(index_files.save_holding(holding, self._folder, make), make)

    def compact_soon(self) -> None:
        """Start `compact` in a thread of its own, unless there is nothing to do or it is under way."""
        if not self._compacting.locked() and self.due():
            threading.Thread(target=self.compact, name="compacting", daemon=True).start()

    def _join_some(self) -> bool:
        with self._lock, self._writing.begin() as connection:
            make = self._current_make(connection)
            holding = indexes.catch_up(connection, self._newest(make), make)
            joined = indexes.join_small(holding, indexes.SEGMENT, at_most=1)
            if joined.segments == holding.segments:
                return False
            self._adopt(index_files.save_holding(joined, self._folder, make), make)
            return True
