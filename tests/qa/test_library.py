import shutil
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa import schema
from qa.errors import LibraryError, NotFoundError
from qa.library import Library
from qa.retrieval import Filter
from qa.types import QUESTIONER, Reading, Remark, RemarkKind, TimeKind, Turn
from tests.conftest import WordEncoder, id_of, put, reading_of

COUNCIL = ("Ana, Mayor: the budget is settled", "Question: and the zeppelin?", "Ben: nobody ordered one")
HARBOUR = ("Cy: the gate held", "Dee: the wall did not")


def rows_of(library: Library, table: str, columns: str = "*") -> list[tuple[Any, ...]]:
    """Read a table past the library's own code."""
    connection = sqlite3.connect(library.folder / "library.sqlite")
    try:
        return connection.execute(f"select {columns} from {table} order by 1").fetchall()  # noqa: S608
    finally:
        connection.close()


def generation_of(library: Library) -> int:
    return int(dict(rows_of(library, "meta"))["generation"])


def files_holding(folder: Path, *needles: str) -> list[str]:
    """Return the files under a folder whose bytes, or whose name, hold any of the texts."""
    found = []
    for file in folder.rglob("*"):
        data = file.name.encode() + (file.read_bytes() if file.is_file() else b"")
        found += [f"{file.name}: {needle}" for needle in needles if needle.encode() in data]
    return found


@pytest.fixture
def other(library: Library) -> Iterator[Library]:
    """The same folder as another process sees it."""
    with Library(library.folder, WordEncoder()) as opened:
        yield opened


# --- adding ----------------------------------------------------------------------------------------------


def test_transcript_comes_back_as_it_was_added(library: Library) -> None:
    turns = (
        Turn("The budget is settled.", "Ana Ruiz", "Mayor", 1.5, 4.25, inferred=True, notes=("(applause)",)),
        Turn("Who paid?", None, QUESTIONER, 4.25),
        Turn("Nobody is named here.", start=9.0),
        Turn("I did.", "Ana Ruiz", "Treasurer", 10.0),  # the same person in another office
        Turn("So did I.", "Ben", None, 11.0),
    )
    two = Remark(RemarkKind.DROPPED, "Two words.")
    reading = Reading("webvtt", turns, TimeKind.MEDIA, "Council", "2025-04", ("(sirens)",), (two,))
    added = library.add(reading, "0123456789ab", "council.vtt", media=Path("/talks/council.mp3"))
    assert (added.status, added.transcript_id, added.turns) == ("added", "0123456789ab", 5)
    found = library.transcript("0123456789ab")
    assert found.turns == turns
    assert (found.title, found.date, found.time_kind) == ("Council", "2025-04", TimeKind.MEDIA)
    assert (found.notes, found.warnings) == (("(sirens)",), ("Two words.",))
    assert (found.format, found.source, found.media) == ("webvtt", "council.vtt", "/talks/council.mp3")


def test_transcript_without_a_title_is_called_by_its_source(library: Library) -> None:
    assert library.transcript(put(library, *COUNCIL, title=None)).title == "standup.txt"


def test_same_content_is_added_once_and_embedded_once(library: Library, encoder: WordEncoder) -> None:
    first = library.add(reading_of(*COUNCIL), id_of(*COUNCIL), "a.txt")
    assert (first.status, encoder.encoded) == ("added", 3)
    before = generation_of(library)
    second = library.add(reading_of(*COUNCIL), id_of(*COUNCIL), "b.txt")
    assert (second.status, second.transcript_id, second.turns) == ("unchanged", first.transcript_id, 3)
    assert (encoder.encoded, generation_of(library)) == (3, before)
    assert [entry.source for entry in library.entries()] == ["a.txt"]


def test_progress_counts_passages(library: Library) -> None:
    steps: list[tuple[int, int]] = []
    library.add(reading_of(*COUNCIL), id_of(*COUNCIL), "a.txt", progress=lambda *step: steps.append(step))
    assert steps == [(3, 3)]


def test_changed_file_replaces_its_old_version(library: Library) -> None:
    old = put(library, *COUNCIL, path=Path("/talks/council.txt"))
    new = library.add(reading_of(*HARBOUR), id_of(*HARBOUR), "council.txt", path=Path("/talks/council.txt"))
    assert (new.status, new.turns) == ("replaced", 2)
    assert [entry.id for entry in library.entries()] == [new.transcript_id]
    assert files_holding(library.folder, "zeppelin", old, "Mayor") == []


def test_file_that_changes_back_is_replaced_again(library: Library) -> None:
    path = Path("/talks/council.txt")
    for lines in (COUNCIL, HARBOUR, COUNCIL, COUNCIL):
        put(library, *lines, path=path)
        assert [entry.id for entry in library.entries()] == [id_of(*lines)]


def test_content_held_by_two_files_stays_while_one_still_holds_it(library: Library) -> None:
    one, two = Path("/talks/one.txt"), Path("/talks/two.txt")
    shared = put(library, *COUNCIL, path=one)
    assert put(library, *COUNCIL, path=two) == shared
    put(library, *HARBOUR, path=one)
    assert {entry.id for entry in library.entries()} == {shared, id_of(*HARBOUR)}
    put(library, "Eve: all new", path=two)
    assert {entry.id for entry in library.entries()} == {id_of("Eve: all new"), id_of(*HARBOUR)}


def test_file_that_changes_to_what_another_file_holds_leaves_one_transcript(library: Library) -> None:
    put(library, *COUNCIL, path=Path("/talks/one.txt"))
    put(library, *HARBOUR, path=Path("/talks/two.txt"))
    added = library.add(reading_of(*HARBOUR), id_of(*HARBOUR), "one.txt", path=Path("/talks/one.txt"))
    assert added.status == "replaced"
    assert [entry.id for entry in library.entries()] == [id_of(*HARBOUR)]


def test_every_change_raises_the_generation(library: Library) -> None:
    seen = [generation_of(library)]
    put(library, *COUNCIL, path=Path("/a.txt"))
    seen.append(generation_of(library))
    put(library, *HARBOUR, path=Path("/a.txt"))
    seen.append(generation_of(library))
    library.remove(id_of(*HARBOUR))
    seen.append(generation_of(library))
    assert seen == [0, 1, 2, 3]


# --- removing --------------------------------------------------------------------------------------------


def test_removing_leaves_nothing_behind(library: Library) -> None:
    kept = put(library, *HARBOUR, title="Harbour")
    gone = put(library, *COUNCIL, title="Plovdiv talks", date="2025-04-15")
    library.save_index()
    needles = ("zeppelin", "Plovdiv", "Mayor", "2025-04-15", gone)
    assert files_holding(library.folder, *needles) != []
    library.remove(gone)
    assert files_holding(library.folder, *needles) == []
    for table, left in (("transcripts", 1), ("speakers", 2), ("turns", 2), ("passages", 2)):
        assert len(rows_of(library, table)) == left
    assert {row[0] for row in rows_of(library, "turns", "transcript_id")} == {kept}
    assert library.retrieve("zeppelin", 5)[0].transcript_id == kept
    (saved,) = (library.folder / "index").glob("segment-*")
    assert np.load(saved / "table_ids.npy").tolist() == [1, 2]


def test_removing_everything_leaves_an_empty_library(library: Library) -> None:
    library.remove(put(library, *COUNCIL))
    assert library.entries() == []
    assert library.retrieve("zeppelin", 5) == []
    put(library, *COUNCIL)
    assert len(library.retrieve("zeppelin", 5)) == 3


def test_removing_a_long_transcript_leaves_none_of_its_pages(library: Library) -> None:
    put(library, *HARBOUR)
    long = put(library, *[f"Zoltan: the zeppelin number {i} " + "flies on and on " * 40 for i in range(200)])
    library.save_index()
    library.remove(long)
    assert files_holding(library.folder, "zeppelin", "Zoltan", "flies on") == []


def test_removing_while_another_process_has_the_library_open(library: Library, other: Library) -> None:
    gone = put(library, *COUNCIL)
    assert len(other.retrieve("zeppelin", 5)) == 3
    library.remove(gone)
    assert other.retrieve("zeppelin", 5) == []
    assert other.entries() == []
    assert files_holding(library.folder, "zeppelin") == []


def test_removing_while_another_process_reads_for_long_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reader keeps the write-ahead log from being emptied; once it is done, nothing may be left there."""
    patient = schema._SETTINGS
    monkeypatch.setattr(schema, "_SETTINGS", ("busy_timeout = 20", *patient[1:]))  # instead of a minute
    folder = tmp_path / "library"
    with Library(folder, WordEncoder()) as library, Library(folder, WordEncoder()) as other:
        gone = put(library, *COUNCIL)
        reading = other._engine.connect()
        reading.execute(schema.transcripts.select()).all()
        done = threading.Timer(0.3, reading.close)
        done.start()
        library.remove(gone)
        done.join()
        assert files_holding(folder, "zeppelin") == []


def test_removing_while_another_process_never_stops_reading_says_what_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema, "_SETTINGS", ("busy_timeout = 20", *schema._SETTINGS[1:]))
    monkeypatch.setattr(schema, "_PATIENCE", 0.1)
    folder = tmp_path / "library"
    with Library(folder, WordEncoder()) as library, Library(folder, WordEncoder()) as other:
        gone = put(library, *COUNCIL)
        with other._engine.connect() as reading:
            reading.execute(schema.transcripts.select()).all()
            with pytest.raises(LibraryError, match="words that were removed stay in its write-ahead log"):
                library.remove(gone)
        assert library.entries() == []
        assert files_holding(folder / "index", "zeppelin") == []


def test_transcript_that_is_not_there_cannot_be_removed(library: Library) -> None:
    with pytest.raises(NotFoundError, match="there is no transcript 0123456789ab in"):
        library.remove("0123456789ab")
    assert generation_of(library) == 0


def test_recording_kept_for_an_upload_goes_with_its_transcript(library: Library) -> None:
    library.media_folder.mkdir()
    recording = library.media_folder / "talk.mp3"
    recording.write_bytes(b"sound")
    reading = Reading("webvtt", (Turn("hello", start=0.0),), TimeKind.MEDIA)
    library.add(reading, "0123456789ab", "talk.vtt", media=recording.resolve())
    library.remove("0123456789ab")
    assert not recording.exists()


def test_recording_kept_for_an_upload_goes_when_the_library_was_named_by_a_relative_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with Library(Path("library"), WordEncoder()) as library:
        library.media_folder.mkdir()
        recording = library.media_folder / "talk.mp3"
        recording.write_bytes(b"sound")
        reading = Reading("webvtt", (Turn("hello", start=0.0),), TimeKind.MEDIA)
        library.add(reading, "0123456789ab", "talk.vtt", media=recording.resolve())
        library.remove("0123456789ab")
    assert not recording.exists()


def test_recording_outside_the_library_is_never_deleted(library: Library, tmp_path: Path) -> None:
    recording = tmp_path / "talk.mp3"
    recording.write_bytes(b"sound")
    reading = Reading("webvtt", (Turn("hello", start=0.0),), TimeKind.MEDIA)
    library.add(reading, "0123456789ab", "talk.vtt", media=recording)
    library.remove("0123456789ab")
    assert recording.exists()


def test_passage_ids_are_never_used_twice(library: Library) -> None:
    put(library, *COUNCIL)  # passages 1 to 3
    last = put(library, *HARBOUR)  # 4 and 5
    library.remove(last)
    put(library, *HARBOUR)
    assert [row[0] for row in rows_of(library, "passages", "id")] == [1, 2, 3, 6, 7]


# --- several processes -----------------------------------------------------------------------------------


def test_another_process_sees_what_was_added_replaced_and_removed(library: Library, other: Library) -> None:
    path = Path("/a.txt")
    assert other.retrieve("zeppelin", 5) == []
    first = put(library, *COUNCIL, path=path)
    assert [hit.turn_id for hit in other.retrieve("zeppelin", 1)] == [f"{first}:00001"]
    second = put(library, *HARBOUR, path=path)
    assert {hit.transcript_id for hit in other.retrieve("zeppelin", 5)} == {second}
    third = put(other, *COUNCIL)
    assert library.retrieve("zeppelin", 1)[0].transcript_id == third
    library.remove(second)
    assert {hit.transcript_id for hit in other.retrieve("gate", 9)} == {third}


def test_two_processes_adding_the_same_add_it_once(library: Library, other: Library) -> None:
    put(library, *COUNCIL)
    assert other.add(reading_of(*COUNCIL), id_of(*COUNCIL), "b.txt").status == "unchanged"


def test_transcript_removed_by_another_process_while_it_was_added_again_is_there(
    library: Library, other: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    id_ = put(library, *COUNCIL)
    held = Library.holds

    def removed_meanwhile(self: Library, transcript_id: str) -> bool:
        answer = held(self, transcript_id)
        if self is other and answer:
            library.remove(transcript_id)
        return answer

    monkeypatch.setattr(Library, "holds", removed_meanwhile)
    assert other.add(reading_of(*COUNCIL), id_, "b.txt").status == "added"
    assert len(library.retrieve("zeppelin", 5)) == 3


# --- looking ---------------------------------------------------------------------------------------------


def test_entries_come_latest_first_then_by_title(library: Library) -> None:
    put(library, "a", title="undated")
    put(library, "b", title="beta", date="2025")
    put(library, "c", title="Alpha", date="2025")
    put(library, "d", title="gamma", date="2025-04-15")
    put(library, "e", title="delta", date="2024-12-31")
    titles = [entry.title for entry in library.entries()]
    assert titles == ["gamma", "Alpha", "beta", "delta", "undated"]


def test_entry_names_speakers_once_in_order(library: Library) -> None:
    put(library, "Ben: hello", "Ana, Mayor: hello", "Ben: again", "Ana, Chair: again", "nobody")
    (entry,) = library.entries()
    assert (entry.speakers, entry.turns) == (("Ben", "Ana"), 5)


def test_excerpt_takes_the_turns_asked_for_and_stops_at_the_ends(library: Library) -> None:
    id_ = put(library, *[f"Ana: turn {i}" for i in range(5)])

    def texts(first: int, last: int) -> list[str]:
        return [turn.text for turn in library.excerpt(id_, first, last).turns]

    assert texts(1, 3) == ["turn 1", "turn 2", "turn 3"]
    assert texts(-2, 0) == ["turn 0"]
    assert texts(4, 99) == ["turn 4"]
    assert texts(7, 9) == []


def test_transcript_that_is_not_there_is_named(library: Library) -> None:
    for look in (library.transcript, lambda id_: library.excerpt(id_, 0, 1)):
        with pytest.raises(NotFoundError, match="there is no transcript 0123456789ab in"):
            look("0123456789ab")


@pytest.fixture
def three(library: Library) -> dict[str, str]:
    """Put three transcripts in the library; return their ids by title."""
    return {
        "Budget": put(library, "a", title="Budget"),
        "Budget, second reading": put(library, "b", title="Budget, second reading"),
        "Harbour": put(library, "c", title="Harbour"),
    }


def test_transcript_is_found_by_id_beginning_title_and_words(library: Library, three: dict[str, str]) -> None:
    harbour = three["Harbour"]
    for wanted in (harbour, harbour.upper(), f" {harbour} ", harbour[:4], "Harbour", "harbour", "harb"):
        assert library.find(wanted).id == harbour
    assert library.find("second").id == three["Budget, second reading"]


def test_whole_title_goes_before_titles_that_contain_it(library: Library, three: dict[str, str]) -> None:
    assert library.find("budget").id == three["Budget"]


def test_words_that_fit_several_transcripts_list_them(library: Library, three: dict[str, str]) -> None:
    with pytest.raises(NotFoundError) as caught:
        library.find("budg")
    message = str(caught.value)
    assert message.startswith("'budg' fits 2 transcripts: Budget (")
    assert message.endswith("Give an id.")
    assert three["Budget"] in message
    assert three["Budget, second reading"] in message


@pytest.mark.parametrize("wanted", ["zebra", "", "  "])
def test_words_that_fit_nothing_list_what_there_is(
    library: Library, three: dict[str, str], wanted: str
) -> None:
    with pytest.raises(NotFoundError, match=r"no transcript is called .*\. The library holds: Budget \("):
        library.find(wanted)


def test_nothing_is_found_in_an_empty_library(library: Library) -> None:
    with pytest.raises(NotFoundError, match=r"no transcript is called 'x'\. The library is empty\."):
        library.find("x")


# --- searching -------------------------------------------------------------------------------------------


def test_empty_library_retrieves_nothing(library: Library) -> None:
    assert library.retrieve("anything", 5) == []


def test_best_turn_is_the_one_that_shares_the_words(library: Library) -> None:
    put(library, *HARBOUR)
    council = put(library, *COUNCIL)
    assert library.retrieve("nobody ordered", 1)[0].turn_id == f"{council}:00002"
    assert library.retrieve("budget", 1)[0].turn_id == f"{council}:00000"


def test_filters_apply_inside_the_search(library: Library) -> None:
    council = put(library, *COUNCIL, date="2025-04-15")
    harbour = put(library, *HARBOUR, date="2024")
    undated = put(library, "Ana: the budget again")
    everything = Filter(transcripts=frozenset({council, harbour, undated}))

    def found(within: Filter) -> set[str]:
        return {hit.turn_id for hit in library.retrieve("budget", 9, within)}

    assert len(found(everything)) == 6
    assert found(Filter(speakers=frozenset({"Ana"}))) == {f"{council}:00000", f"{undated}:00000"}
    assert found(Filter(roles=frozenset({QUESTIONER}))) == {f"{council}:00001"}
    assert found(Filter(until="2024-06")) == {f"{harbour}:00000", f"{harbour}:00001"}
    assert found(Filter(since="2025-04")) == {f"{council}:0000{i}" for i in range(3)}


LINES = st.lists(
    st.text(st.sampled_from("ab é.?\n東😀"), min_size=1, max_size=30).filter(lambda line: bool(line.strip())),
    min_size=1,
    max_size=6,
)


@given(lines=LINES, question=st.text(max_size=20))
def test_closed_and_opened_again_gives_the_same_turns_and_hits(
    lines: list[str], question: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("library")
    with Library(folder, WordEncoder(width=64)) as library:
        id_ = put(library, *lines)
        turns, hits = library.transcript(id_).turns, library.retrieve(question, 3)
        library.save_index()
    with Library(folder, WordEncoder(width=64)) as library:
        assert library.transcript(id_).turns == turns == tuple(Turn(line) for line in lines)
        assert library.retrieve(question, 3) == hits
    assert len(hits) == min(3, len(lines))
    shutil.rmtree(folder)


def test_library_is_usable_from_several_threads(library: Library) -> None:
    from concurrent.futures import ThreadPoolExecutor

    put(library, *COUNCIL)
    with ThreadPoolExecutor(4) as pool:
        adds = [pool.submit(put, library, f"Ana: harbour {i}", title=str(i)) for i in range(8)]
        finds = [pool.submit(library.retrieve, "zeppelin", 1) for _ in range(8)]
    assert len({add.result() for add in adds}) == 8
    assert {find.result()[0].position for find in finds} == {1}
    assert len(library.entries()) == 9
