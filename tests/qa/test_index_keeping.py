"""Indexes in step with the database: each question sees every change, in libraries small and large."""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.clusters import train_clusters
from qa.index_files import saved_generation
from qa.indexes import Holding, Indexes, catch_up, make_indexes
from qa.library import Library
from qa.rebuilding import rebuild
from qa.retrieval import ClusteredView, Filter
from qa.segments import Segment, read_segment
from tests.conftest import COUNCIL, HARBOUR, WordEncoder, id_of, put, reading_of
from tests.qa.test_index_files import manifest_of, named, saved_ids
from tests.qa.test_indexes import make_of, shrink, talk
from tests.qa.test_library import files_holding


@pytest.fixture(autouse=True, scope="module")
def few_rows_are_many() -> Iterator[None]:
    """Without it every cluster of indexes as small as these would be searched."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("embeddings.clusters._ROWS", 0)
        yield


QUESTIONS = ("talk 3 turn 1", "turn 2", "who said 5?", "talk 11")


def exact(library: Library) -> Indexes:
    """Make a library's indexes anew from its database, in one segment, every vector of which is looked at."""
    make = make_of(library)
    with pytest.MonkeyPatch.context() as patch, library._engine.connect() as connection:
        patch.setattr("qa.indexes.EXACT", 10**9)
        return make_indexes(catch_up(connection, Holding(), make), make)


def scores_of(library: Library, found: Indexes, question: str, within: Filter = Filter()) -> dict[str, float]:  # noqa: B008  # frozen
    hits = found.retriever(library.encoder).retrieve(question, 10**6, within)
    return {hit.turn_id: hit.score for hit in hits}


def check_answers(library: Library) -> None:
    """Check that a library scores every turn as an exact search of what is in its database does."""
    found, plain = library.indexes(), exact(library)
    assert found.table.ids.tolist() == plain.table.ids.tolist()
    assert found.holding.generation == plain.holding.generation
    for question in QUESTIONS:
        assert scores_of(library, found, question) == pytest.approx(
            scores_of(library, plain, question), abs=5e-3
        )


# --- saving what is in memory ----------------------------------------------------------------------------


def test_what_a_question_has_gathered_is_saved(filled: Library) -> None:
    put(filled, "Eve: zeppelin")
    filled.retrieve("zeppelin", 1)  # gathers it in memory
    filled.save_index()
    assert saved_ids(filled.folder) == [1, 2, 3, 4, 5, 6]


def test_removal_that_another_process_made_is_saved_after_a_question(
    filled: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Library(filled.folder, WordEncoder()) as other, monkeypatch.context() as patch:
        patch.setattr(Library, "_forget_removed", lambda _: None)  # as if killed after the transaction
        other.remove(id_of(*COUNCIL))
    assert len(filled.retrieve("zeppelin", 9)) == 2
    filled.save_index()
    assert files_holding(filled.folder / "index", "zeppelin") == []


def delete_files_only(folder: Path, ignore_errors: bool = False) -> None:
    """Stand in for `shutil.rmtree`, stopped where the files are gone and the folder is not."""
    for file in folder.glob("*"):
        file.unlink()


@pytest.mark.parametrize("swept", ["whole", "halfway"])
def test_save_is_not_disturbed_by_another_process_saving_a_newer_one(
    filled: Library, swept: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One process is slow to write its index; meanwhile another adds a transcript, saves, and tidies up."""
    put(filled, "Eve: zeppelin")
    sync = os.fsync
    others: list[threading.Thread] = []

    def add_and_save() -> None:
        with Library(filled.folder, WordEncoder()) as other:
            put(other, "Fay: budget")
            other.save_index()

    def slow(descriptor: int) -> None:
        if not others:
            others.append(threading.Thread(target=add_and_save))
            others[0].start()
            others[0].join(timeout=0.5)  # it may also be made to wait until this one is done
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", slow)  # what a file is written with just before it takes its place
    if swept == "halfway":
        monkeypatch.setattr(shutil, "rmtree", delete_files_only)
    filled.save_index()
    others[0].join()
    check_answers(filled)
    with Library(filled.folder, WordEncoder()) as library:
        check_answers(library)
    assert saved_generation(filled.folder / "index") == 4
    assert saved_ids(filled.folder) == [1, 2, 3, 4, 5, 6, 7]


def test_index_replaced_while_it_is_read_is_read_again_or_gathered(
    filled: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process joins what this one is about to map."""
    (segment,) = named(filled.folder)
    load = Segment.load
    replaced: list[Path] = []

    def too_late(folder: Path) -> Segment:
        if not replaced:
            replaced.append(folder)
            shutil.rmtree(folder)
        return load(folder)

    with Library(filled.folder, WordEncoder()) as other:
        monkeypatch.setattr(Segment, "load", too_late)
        check_answers(other)
    assert replaced == [segment]


# --- a large library in small ----------------------------------------------------------------------------


NARROW = WordEncoder(width=64)


@pytest.fixture
def large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Library]:
    """Put 137 passages in a library where 128 are many; nothing is saved yet."""
    shrink(monkeypatch)
    with Library(tmp_path / "library", NARROW) as library:
        put(library, *COUNCIL)
        put(library, *HARBOUR)
        for number, size in enumerate((66, 33, 24, 9)):
            put(library, *talk(number, size))
        yield library


def test_more_than_fits_in_memory_is_written_before_it_is_searched(large: Library) -> None:
    assert not (large.folder / "index").exists()
    check_answers(large)
    assert saved_ids(large.folder) == list(range(1, 138))
    assert isinstance(large.indexes().own, ClusteredView)


def test_little_is_not_written_before_it_is_searched(large: Library) -> None:
    large.save_index()
    put(large, *talk(7, 100))
    check_answers(large)
    assert saved_ids(large.folder) == list(range(1, 138))


def test_writing_goes_on_a_segment_at_a_time(large: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.indexes.SEGMENT", 70)
    read: list[int] = []

    def watched(*arguments: object) -> Segment:
        segment: Segment = read_segment(*arguments)  # type: ignore[arg-type]
        read.append(len(segment))
        return segment

    monkeypatch.setattr("qa.indexes.read_segment", watched)
    large.save_index()
    assert read == [71, 66]  # 3 + 2 + 66; then 33 + 24 + 9
    check_answers(large)
    assert saved_ids(large.folder) == list(range(1, 138))
    named(large.folder)


def test_transcript_removed_between_two_pieces_of_a_long_save_is_gone(
    large: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.indexes.SEGMENT", 40)
    reads: list[None] = []

    def interfering(*arguments: object) -> Segment:
        reads.append(None)
        return read_segment(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr("qa.indexes.read_segment", interfering)
    some_saved = large._kept._save_some()
    assert not some_saved
    with Library(large.folder, NARROW) as other:
        other.remove(id_of(*COUNCIL))
    large.save_index()
    check_answers(large)
    assert saved_ids(large.folder) == list(range(4, 138))
    assert files_holding(large.folder, "zeppelin") == []
    assert len(reads) >= 2


def test_library_left_in_the_middle_of_a_long_save_is_completed(
    large: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.indexes.SEGMENT", 40)
    assert not large._kept._save_some()
    large.close()
    assert saved_ids(large.folder) == list(range(1, 72))
    with Library(large.folder, NARROW) as other:
        other.save_index()
        check_answers(other)
    assert saved_ids(large.folder) == list(range(1, 138))


def test_filters_leave_out_what_they_should_in_a_large_library(large: Library) -> None:
    found, plain = large.indexes(), exact(large)
    for within in (
        Filter(speakers=frozenset({"Ana"})),
        Filter(speakers=frozenset({"Ben", "Cy"})),
        Filter(transcripts=frozenset({id_of(*talk(1, 33)), id_of(*COUNCIL)})),
        Filter(since="2025"),
    ):
        for question in QUESTIONS:
            assert scores_of(large, found, question, within) == pytest.approx(
                scores_of(large, plain, question, within), abs=5e-3
            )


def test_every_turn_comes_back_though_few_clusters_are_searched(
    large: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`Retriever.retrieve` returns fewer than k only when the filter leaves fewer."""
    monkeypatch.setattr("embeddings.clusters._SHARES", (0.06,))
    assert len(large.retrieve("xylophone", 137)) == 137


def test_clusters_are_looked_at_by_many_threads_while_the_library_changes(large: Library) -> None:
    from concurrent.futures import ThreadPoolExecutor

    large.save_index()
    with ThreadPoolExecutor(3) as pool:
        finds = [pool.submit(large.retrieve, f"talk 0 turn {turn}", 3) for turn in range(40)]
        large.remove(id_of(*talk(3, 9)))
        put(large, *talk(5, 20))
        large.compact()
        assert {len(find.result()) for find in finds} == {3}
    check_answers(large)


# --- putting in good order -------------------------------------------------------------------------------


def segment_sizes(library: Library) -> list[int]:
    folder = library.folder / "index"
    return [len(np.load(folder / name / "norms.npy")) for name in manifest_of(library.folder)["segments"]]


def test_compacting_joins_segments_and_changes_no_answer(large: Library) -> None:
    large.save_index()
    for number in range(10, 18):
        put(large, *talk(number, 10))
        large.save_index()
    # 50 and 30 together are more than is joined while somebody waits.
    assert segment_sizes(large) == [137, 50, 30]
    before = {question: scores_of(large, large.indexes(), question) for question in QUESTIONS}
    assert large.compaction_due()
    assert large.compact()
    assert segment_sizes(large) == [137, 80]
    for question in QUESTIONS:
        assert scores_of(large, large.indexes(), question) == pytest.approx(before[question], abs=1e-6)
    assert (large.compaction_due(), large.compact()) == (False, False)
    named(large.folder)
    check_answers(large)


def test_compacting_soon_happens_in_a_thread_of_its_own(large: Library) -> None:
    large.save_index()
    for number in range(10, 19):
        put(large, *talk(number, 10))
        large.save_index()
    assert large.compaction_due()
    large.compact_soon()
    (working,) = (thread for thread in threading.enumerate() if thread.name == "compacting")
    working.join()
    assert not large.compaction_due()
    large.compact_soon()  # nothing to do: no thread
    assert not [thread for thread in threading.enumerate() if thread.name == "compacting"]
    check_answers(large)


def test_small_library_in_good_order_is_left_alone(filled: Library) -> None:
    before = manifest_of(filled.folder)
    assert (filled.compaction_due(), filled.compact()) == (False, False)
    assert manifest_of(filled.folder) == before


def test_empty_library_needs_no_compaction(library: Library) -> None:
    assert (library.compaction_due(), library.compact()) == (False, False)


def test_compacting_trains_clusters_that_were_outgrown(large: Library) -> None:
    large.save_index()
    for number in range(10, 15):
        put(large, *talk(number, 90))  # 137 and 450 passages: more than four times 137
    assert large.compaction_due()
    assert large.compact()
    clusters = manifest_of(large.folder)["clusters"]
    assert (clusters["trained"], clusters["covered"]) == (587, 587)
    assert not large.compaction_due()
    check_answers(large)
    with Library(large.folder, NARROW) as other:
        check_answers(other)


def grown_while_training(large: Library, act: Callable[[Library], object]) -> None:
    """Let another process act while clusters are trained anew."""
    large.save_index()
    put(large, *talk(10, 450))

    def slow(*arguments: object) -> object:
        with Library(large.folder, NARROW) as other:
            act(other)
        return train_clusters(*arguments)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("qa.index_keeping.train_clusters", slow)
        assert large.compact()
    check_answers(large)
    named(large.folder)
    with Library(large.folder, NARROW) as other:
        check_answers(other)


def test_transcript_added_while_clusters_are_trained_is_in_them(large: Library) -> None:
    grown_while_training(large, lambda other: put(other, *talk(11, 40)))
    assert manifest_of(large.folder)["clusters"]["trained"] == 587


def test_transcript_removed_while_clusters_are_trained_does_not_come_back(large: Library) -> None:
    grown_while_training(large, lambda other: other.remove(id_of(*COUNCIL)))
    assert files_holding(large.folder, "zeppelin") == []


def test_library_emptied_while_clusters_are_trained_needs_none(large: Library) -> None:
    def empty(other: Library) -> None:
        for number, size in ((10, 450), (0, 66), (1, 33)):
            other.remove(id_of(*talk(number, size)))

    grown_while_training(large, empty)
    assert manifest_of(large.folder)["clusters"] is None


def test_library_rebuilt_while_clusters_are_trained_has_its_new_passages(large: Library) -> None:
    grown_while_training(large, lambda other: rebuild(other.folder, NARROW))
    assert min(saved_ids(large.folder)) > 587


def test_another_process_goes_on_after_a_compaction(large: Library) -> None:
    large.save_index()
    with Library(large.folder, NARROW) as other:
        check_answers(other)
        for number in range(10, 14):
            put(large, *talk(number, 12))
            large.save_index()
        large.compact()
        check_answers(other)
        put(other, *talk(20, 3))
        other.remove(id_of(*talk(11, 12)))
        other.save_index()
        check_answers(large)
        check_answers(other)
        named(large.folder)


def test_large_library_changed_over_to_another_model_is_searched_with_it(large: Library) -> None:
    large.save_index()
    large.close()
    other = WordEncoder("other", width=512)
    rebuild(large.folder, other)
    with Library(large.folder, other) as library:
        check_answers(library)
        library.save_index()
    assert min(saved_ids(large.folder)) > 137
    assert np.load(named(large.folder)[0] / "own.npy", mmap_mode="r").shape[1] == 512


# --- whatever happens ------------------------------------------------------------------------------------

STEPS = st.one_of(
    st.tuples(st.just("add"), st.integers(0, 12), st.integers(1, 45)),  # or replace, when it is there
    st.tuples(st.just("remove"), st.integers(0, 12), st.just(0)),
    st.tuples(
        st.sampled_from(["ask", "save", "compact", "reopen", "rebuild", "delete index"]),
        st.integers(0, 1),
        st.just(0),
    ),
)


def work(libraries: list[Library], place: int, action: str, number: int, size: int) -> None:
    """Do one thing in one of two processes; what cannot be done is passed over."""
    library = libraries[place]
    match action:
        case "add":
            reading = reading_of(*talk(number, size))
            library.add(reading, id_of(*talk(number, size)), f"{number}", path=Path(f"/{number}"))
        case "remove":
            for entry in library.entries():
                if entry.source == f"{number}":
                    library.remove(entry.id)
        case "ask":
            check_answers(library)
        case "save":
            library.save_index()
        case "compact":
            library.compact()
        case "reopen":
            library.close()
            libraries[place] = Library(library.folder, NARROW)
        case "rebuild":
            rebuild(library.folder, NARROW)
        case _:
            shutil.rmtree(library.folder / "index", ignore_errors=True)


@given(first=st.integers(60, 140), steps=st.lists(STEPS, max_size=14))
@settings(max_examples=30)
def test_two_processes_answer_as_an_exact_search_whatever_they_do(
    first: int, steps: list[tuple[str, int, int]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("library")
    with pytest.MonkeyPatch.context() as patch:
        shrink(patch)
        libraries = [Library(folder, NARROW), Library(folder, NARROW)]
        put(libraries[0], *talk(99, first))
        for turn, step in enumerate(steps):
            work(libraries, turn % 2, *step)
        for library in libraries:
            check_answers(library)
            library.close()
        with Library(folder, NARROW) as library:
            library.save_index()
            check_answers(library)
            assert saved_ids(folder) == library.indexes().table.ids.tolist()
            named(folder)
    shutil.rmtree(folder)
