from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from qa.library import Library
from qa.page import pending
from qa.page.adding import Adding
from qa.page.pending import Pending, Typed


@pytest.fixture
def held(tmp_path: Path) -> Iterator[Pending]:
    paths = [tmp_path / "council.txt", tmp_path / "harbour.txt", tmp_path / "broken.txt"]
    paths[0].write_text("Ana: the budget is settled\nBen: nobody ordered a zeppelin\n")
    paths[1].write_text("Cy: the gate held\nDee: the wall did not\n")
    paths[2].write_text("Ana: hello\nand so on\n")
    taken = pending.take(paths)
    *_, last = pending.read(taken, lambda _: False)
    yield last
    pending.discard(taken)


def test_what_was_confirmed_is_added_as_it_was_mended_and_the_files_are_deleted(
    library: Library, held: Pending
) -> None:
    held = pending.left_out(pending.with_typed(held, [Typed(0, "Ana", "Ana Lopez")]), 1)
    *progress, outcome = Adding(library, held).watch()
    assert all('class="import pending working"' in one for one in progress)
    assert "1 added, 1 not added" in outcome
    (entry,) = library.entries()
    assert (entry.title, entry.speakers) == ("Council", ("Ana Lopez", "Ben"))
    assert not Path(held.folder.name).exists()


def test_adding_stops_when_it_is_told_to(library: Library, held: Pending) -> None:
    held.stop.set()
    *_, outcome = Adding(library, held).watch()
    assert "Stopped." in outcome
    assert library.entries() == []


def test_names_changed_in_what_was_there_already_are_said_to_be_in_vain(
    library: Library, held: Pending
) -> None:
    reading = held.candidates[0].read.reading
    assert reading is not None
    library.add(reading, held.candidates[0].read.transcript_id or "", "council.txt")
    held = pending.with_typed(held, [Typed(0, "Ana", "Ana Lopez")])
    *_, outcome = Adding(library, held).watch()
    assert "1 added, 1 already there, 1 not added" in outcome.lower()
    assert "kept the names it has there" in outcome


def test_fault_is_raised_after_what_was_finished_is_shown(
    library: Library, held: Pending, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("no room")

    monkeypatch.setattr(library, "add", broken)
    shown: list[str] = []
    with pytest.raises(RuntimeError, match="no room"):
        shown.extend(Adding(library, replace(held, passed_over=("x.md",))).watch())
    assert "1 file passed over" in shown[-1]
    assert not Path(held.folder.name).exists()
