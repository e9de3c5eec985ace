"""Small jobs of many threads, run together.

The thread that finds nobody working works; what arrives meanwhile waits and is run in one piece by the first
of those waiting. No thread of our own, no delay for a caller who is alone; results stay with their callers.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from embeddings.encoder import Vectors

# Seconds since another thread asked, from which on whoever asks is alone. Who asks a question comes back for
# its sentences after some 10 ms, and others who ask at the same time come in between.
_ALONE = 0.1


@dataclass(eq=False, slots=True)
class _Job:
    """One caller's rows of token ids, and in the end their vectors or what went wrong."""

    rows: list[list[int]]
    woken: threading.Event = field(default_factory=threading.Event)
    vectors: "Vectors | None" = None
    error: Exception | None = None

    @property
    def finished(self) -> bool:
        return self.vectors is not None or self.error is not None


class Gatherer:
    """Collects the rows of concurrent callers into rounds.

    Args:
        work: Turns rows of token ids into as many vectors, in order. Never called by two threads at once.
        most: Most tokens in a round; a job that has more by itself makes a round of its own.
    """

    def __init__(self, work: "Callable[[list[list[int]]], Vectors]", most: int) -> None:
        self._work = work
        self._most = most
        self._lock = threading.Lock()
        self._waiting: deque[_Job] = deque()
        self._led = False
        self._caller: int | None = None  # the thread that asked last, and when
        self._asked = -_ALONE
        self._other_asked = -_ALONE  # when another one did

    @property
    def alone(self) -> bool:
        """Whether one thread alone has asked of late, so that cores are idle beside its work."""
        return time.monotonic() - self._other_asked > _ALONE

    def run(self, rows: list[list[int]]) -> "Vectors":
        """Return the vectors of some rows, perhaps computed together with other callers'.

        Raises:
            Exception: Whatever ``work`` raises for these rows; other callers do not see it.
        """
        job = _Job(rows)
        with self._lock:
            self._note(threading.get_ident())
            self._waiting.append(job)
            leads, self._led = not self._led, True
        if not leads:
            try:
                job.woken.wait()
            except BaseException:  # interrupted: somebody else must lead in its place
                self._leave(job)
                raise
        if not job.finished:  # nobody was working, or the one who was has handed over
            self._lead(job)
        if job.error is not None:
            raise job.error
        assert job.vectors is not None  # noqa: S101  # for the type checker: finished without an error
        return job.vectors

    def _note(self, caller: int) -> None:
        if caller != self._caller:
            self._caller, self._other_asked = caller, self._asked
        self._asked = time.monotonic()

    def _leave(self, job: _Job) -> None:
        with self._lock:
            if job in self._waiting:
                self._waiting.remove(job)
                if job.woken.is_set():
                    self._hand_over()

    def _hand_over(self) -> None:
        """Wake whoever leads the next round; called with the lock held."""
        self._led = bool(self._waiting)
        if self._waiting:
            self._waiting[0].woken.set()

    def _lead(self, own: _Job) -> None:
        """Run one round, which begins with the leader's own job, and wake everybody it is done for."""
        with self._lock:
            jobs = self._next_round()
        try:
            self._run_together(jobs)
        finally:
            with self._lock:
                # Only an interrupted leader leaves jobs unfinished; they go to the next.
                self._waiting.extendleft(job for job in reversed(jobs) if not job.finished and job is not own)
                self._hand_over()
            for job in jobs:
                if job.finished:
                    job.woken.set()

    def _next_round(self) -> list[_Job]:
        jobs = [self._waiting.popleft()]
        total = sum(map(len, jobs[0].rows))
        while self._waiting:
            total += sum(map(len, self._waiting[0].rows))
            if total > self._most:
                break
            jobs.append(self._waiting.popleft())
        return jobs

    def _run_together(self, jobs: list[_Job]) -> None:
        try:
            vectors = self._work([row for job in jobs for row in job.rows])
        except Exception as error:  # handed to the caller it belongs to
            if len(jobs) == 1:
                jobs[0].error = error
                return
            for job in jobs:  # whose fault it was shows when each runs alone
                self._run_together([job])
            return
        first = 0
        for job in jobs:
            job.vectors = vectors[first : first + len(job.rows)]
            first += len(job.rows)
