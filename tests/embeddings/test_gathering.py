"""Threads meet at events and never sleep; a round is held open by the work function itself."""

import threading
from collections.abc import Callable

import numpy as np
import pytest

from embeddings import Vectors
from embeddings.gathering import Gatherer, _Job

WAIT = 20  # seconds until a test that hangs fails


def doubled(rows: list[list[int]]) -> Vectors:
    return np.array([[2 * row[0]] for row in rows], dtype=np.float32)


class Gate:
    """Work that holds its first round until it is let go, and notes the rows of every round."""

    def __init__(self) -> None:
        self.rounds: list[list[list[int]]] = []
        self.begun = threading.Event()
        self.go = threading.Event()

    def __call__(self, rows: list[list[int]]) -> Vectors:
        self.rounds.append(rows)
        if len(self.rounds) == 1:
            self.begun.set()
            assert self.go.wait(WAIT)
        for row in rows:
            if row[0] < 0:
                raise ValueError(f"row {row[0]}")
        return doubled(rows)


class Caller(threading.Thread):
    """Asks for some rows and keeps what comes back or is raised."""

    def __init__(self, gatherer: Gatherer, rows: list[list[int]]) -> None:
        super().__init__(daemon=True)
        self.gatherer, self.rows = gatherer, rows
        self.found: list[float] | None = None
        self.error: BaseException | None = None
        self.start()

    def run(self) -> None:
        try:
            self.found = self.gatherer.run(self.rows).ravel().tolist()
        except BaseException as error:
            self.error = error


def gathered(gate: Gate, most: int, jobs: list[list[list[int]]]) -> list[Caller]:
    """Let the first job begin, queue the others in order behind it, then let go; return all callers."""
    gatherer = Gatherer(gate, most)
    callers = [Caller(gatherer, jobs[0])]
    assert gate.begun.wait(WAIT)
    for number, rows in enumerate(jobs[1:], start=1):
        callers.append(Caller(gatherer, rows))
        reached(lambda number=number: len(gatherer._waiting) == number)  # type: ignore[misc]
    gate.go.set()
    for caller in callers:
        caller.join(WAIT)
        assert not caller.is_alive()
    assert not gatherer._led
    return callers


def reached(state: Callable[[], bool]) -> None:
    """Yield to the other threads until a state is reached."""
    pause = threading.Event()
    for _ in range(WAIT * 1000):
        if state():
            return
        pause.wait(0.001)
    pytest.fail("the state was not reached")


def test_caller_alone_gets_its_own_rows() -> None:
    assert Gatherer(doubled, most=10).run([[3], [1]]).tolist() == [[6], [2]]


def test_caller_is_alone_until_another_thread_asks_and_a_while_after(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 50.0
    monkeypatch.setattr("embeddings.gathering.time.monotonic", lambda: now)
    seen: list[bool] = []

    def work(rows: list[list[int]]) -> Vectors:
        seen.append(gatherer.alone)
        return doubled(rows)

    def other() -> None:
        Caller(gatherer, [[2]]).join(WAIT)

    gatherer = Gatherer(work, most=10)
    gatherer.run([[1]])
    gatherer.run([[1]])
    other()  # right after the first: both are no longer alone
    gatherer.run([[1]])
    now += 0.05
    gatherer.run([[1]])
    now += 0.2  # since then this thread alone has asked
    gatherer.run([[1]])
    now += 0.2
    other()  # long after the last
    assert seen == [True, True, False, False, False, True, True]


def test_those_who_wait_are_run_in_one_round_in_their_order() -> None:
    gate = Gate()
    callers = gathered(gate, 100, [[[1]], [[2], [3]], [[4]], [[5], [6]]])
    assert [caller.found for caller in callers] == [[2], [4, 6], [8], [10, 12]]
    assert gate.rounds == [[[1]], [[2], [3], [4], [5], [6]]]


def test_round_ends_at_its_most_tokens() -> None:
    # Jobs of 2, 2 and 1 tokens wait; 4 tokens a round take the first two.
    gate = Gate()
    callers = gathered(gate, 4, [[[1]], [[2, 0]], [[3, 0]], [[4]]])
    assert [caller.found for caller in callers] == [[2], [4], [6], [8]]
    assert gate.rounds == [[[1]], [[2, 0], [3, 0]], [[4]]]


def test_job_beyond_the_most_tokens_runs_by_itself() -> None:
    assert Gatherer(doubled, most=1).run([[3, 3, 3], [1, 1]]).tolist() == [[6], [2]]


def test_error_reaches_the_caller_it_belongs_to() -> None:
    callers = gathered(Gate(), 100, [[[1]], [[2]], [[-3]], [[4]]])
    assert [caller.found for caller in callers] == [[2], [4], None, [8]]
    assert isinstance(callers[2].error, ValueError)
    assert str(callers[2].error) == "row -3"


def test_gatherer_works_on_after_an_error() -> None:
    gatherer = Gatherer(Gate(), most=10)
    gatherer._work.go.set()  # type: ignore[attr-defined]
    with pytest.raises(ValueError, match="row -1"):
        gatherer.run([[-1]])
    assert gatherer.run([[2]]).tolist() == [[4]]


def test_interrupted_leader_leaves_the_others_to_the_next() -> None:
    interrupts = [False, True, False]  # the second round is interrupted, and only its leader may see it

    class Interrupted(Gate):
        def __call__(self, rows: list[list[int]]) -> Vectors:
            found = super().__call__(rows)
            if interrupts[len(self.rounds) - 1]:
                raise KeyboardInterrupt
            return found

    gate = Interrupted()
    callers = gathered(gate, 100, [[[1]], [[2]], [[3]], [[4]]])
    assert [caller.found for caller in callers] == [[2], None, [6], [8]]
    assert isinstance(callers[1].error, KeyboardInterrupt)
    assert gate.rounds == [[[1]], [[2], [3], [4]], [[3], [4]]]


def test_one_who_stops_waiting_hands_its_turn_on() -> None:
    class Impatient(threading.Event):
        """An event whose waiter is interrupted as soon as it is woken."""

        def wait(self, timeout: float | None = None) -> bool:
            super().wait(timeout)
            raise KeyboardInterrupt

    gate = Gate()
    gatherer = Gatherer(gate, most=100)
    first = Caller(gatherer, [[1]])
    assert gate.begun.wait(WAIT)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("embeddings.gathering._Job", lambda rows: _Job(rows, Impatient()))
        impatient = Caller(gatherer, [[2]])
        reached(lambda: len(gatherer._waiting) == 1)
    patient = Caller(gatherer, [[3]])
    reached(lambda: len(gatherer._waiting) == 2)
    gate.go.set()
    for caller in (first, impatient, patient):
        caller.join(WAIT)
    assert (first.found, impatient.found, patient.found) == ([2], None, [6])
    assert isinstance(impatient.error, KeyboardInterrupt)
