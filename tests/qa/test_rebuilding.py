from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from embeddings import Vectors
from qa.errors import LibraryError
from qa.library import Library
from qa.rebuilding import rebuild
from tests.conftest import WordEncoder, id_of, put
from tests.qa.test_library import rows_of

TEXTS = tuple((f"Ana: harbour number {i}", f"Ben: gate number {i}") for i in range(6))


class InterruptedHereError(Exception):
    """What a test throws where a process would be killed."""


class WatchedEncoder(WordEncoder):
    """A model to change over to, that calls back before each transcript."""

    def __init__(self, before: Callable[[int], None]) -> None:
        super().__init__("other", width=512)
        self._before = before
        self.transcripts = 0

    def encode_documents(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> Vectors:
        self._before(self.transcripts)
        self.transcripts += 1
        return super().encode_documents(texts, progress)


@pytest.fixture
def filled(library: Library) -> Library:
    """Put six transcripts in the library and save its index."""
    for lines in TEXTS:
        put(library, *lines)
    library.save_index()
    return library


def found_with(folder: Path, encoder: WordEncoder) -> list[str]:
    with Library(folder, encoder) as library:
        return [hit.turn_id for hit in library.retrieve("gate number 3", 1)]


THIRD = f"{id_of(*TEXTS[3])}:00001"


def test_library_is_changed_over_to_another_model(filled: Library) -> None:
    ids = [row[0] for row in rows_of(filled, "passages", "id")]
    other = WordEncoder("other", width=512)
    assert rebuild(filled.folder, other) == 6
    assert found_with(filled.folder, other) == [THIRD]
    assert other.encoded == 12
    with pytest.raises(LibraryError, match="was built with other, not words"):
        Library(filled.folder, WordEncoder())
    assert rows_of(filled, "next_passages") == []
    assert min(row[0] for row in rows_of(filled, "passages", "id")) > max(ids)


def test_rebuild_with_the_same_model_changes_no_score(filled: Library) -> None:
    def scores() -> list[tuple[str, float]]:  # turns that tie may change places
        return sorted((hit.turn_id, hit.score) for hit in filled.retrieve("gate number 3", 12))

    before = scores()
    assert rebuild(filled.folder, WordEncoder()) == 6
    assert [turn for turn, _ in scores()] == [turn for turn, _ in before]
    assert [score for _, score in scores()] == pytest.approx([score for _, score in before])


def test_index_of_the_old_model_is_not_used_again(filled: Library) -> None:
    other = WordEncoder("other")  # as wide as the old one, so that only its name tells them apart
    rebuild(filled.folder, other)
    with Library(filled.folder, other) as library:
        assert [hit.turn_id for hit in library.retrieve("gate number 3", 1)] == [THIRD]
        library.save_index()
        (saved,) = (library.folder / "index").glob("segment-*")
    assert f'"{other.checksum}"' in (saved.parent / "manifest.json").read_text()
    assert np.load(saved / "table_ids.npy").tolist() == list(range(13, 25))


def test_progress_runs_to_the_number_of_transcripts(filled: Library) -> None:
    steps: list[tuple[int, int]] = []
    rebuild(filled.folder, WordEncoder("other"), lambda *step: steps.append(step))
    assert steps == [(i, 6) for i in range(1, 7)]


def interrupt_at(third: int) -> Callable[[int], None]:
    def before(number: int) -> None:
        if number == third:
            raise InterruptedHereError

    return before


def test_interrupted_rebuild_leaves_the_library_as_it_was(filled: Library) -> None:
    wanted = filled.retrieve("gate number 3", 9)
    with pytest.raises(InterruptedHereError):
        rebuild(filled.folder, WatchedEncoder(interrupt_at(4)))
    assert filled.retrieve("gate number 3", 9) == wanted
    assert found_with(filled.folder, WordEncoder()) == [THIRD]


def test_interrupted_rebuild_goes_on_where_it_stopped(filled: Library) -> None:
    with pytest.raises(InterruptedHereError):
        rebuild(filled.folder, WatchedEncoder(interrupt_at(4)))
    again = WordEncoder("other", width=512)
    assert rebuild(filled.folder, again) == 6
    assert again.encoded == 4  # two transcripts of two turns were missing
    assert found_with(filled.folder, again) == [THIRD]


def test_interrupted_rebuild_is_of_no_use_to_a_third_model(filled: Library) -> None:
    with pytest.raises(InterruptedHereError):
        rebuild(filled.folder, WatchedEncoder(interrupt_at(4)))
    third = WordEncoder("third")
    assert rebuild(filled.folder, third) == 6
    assert third.encoded == 12
    assert found_with(filled.folder, third) == [THIRD]


def test_old_model_answers_until_the_end(filled: Library) -> None:
    asked: list[list[str]] = []

    def before(_: int) -> None:
        asked.append(found_with(filled.folder, WordEncoder()))
        assert [hit.turn_id for hit in filled.retrieve("gate number 3", 1)] == [THIRD]

    rebuild(filled.folder, WatchedEncoder(before))
    assert asked == [[THIRD]] * 6


def test_transcript_added_during_a_rebuild_is_not_lost(filled: Library) -> None:
    late = ("Eve: a zeppelin arrived", "Fay: late")

    def before(number: int) -> None:
        if number == 3:
            put(filled, *late)

    steps: list[tuple[int, int]] = []
    encoder = WatchedEncoder(before)
    assert rebuild(filled.folder, encoder, lambda *step: steps.append(step)) == 7
    with Library(filled.folder, encoder) as library:
        assert library.retrieve("zeppelin", 1)[0].turn_id == f"{id_of(*late)}:00000"
        assert library.transcript(id_of(*late)).turns[1].text == "late"
    assert len(rows_of(filled, "passages")) == 14
    assert all(done <= total for done, total in steps), steps
    assert steps[-1] == (7, 7)


def test_transcript_removed_during_a_rebuild_does_not_come_back(filled: Library) -> None:
    gone = id_of(*TEXTS[3])

    def before(number: int) -> None:
        if number == 5:
            filled.remove(gone)

    encoder = WatchedEncoder(before)
    assert rebuild(filled.folder, encoder) == 5
    with Library(filled.folder, encoder) as library:
        assert gone not in {entry.id for entry in library.entries()}
        assert gone not in {hit.transcript_id for hit in library.retrieve("gate number 3", 20)}
    assert len(rows_of(filled, "passages")) == 10


def test_transcript_replaced_during_a_rebuild_is_embedded_in_its_new_version(library: Library) -> None:
    path = Path("/talk.txt")
    put(library, "Ana: harbour", path=path)
    put(library, "Ben: gate")

    def before(number: int) -> None:
        if number == 1:
            put(library, "Ana: zeppelin", path=path)

    encoder = WatchedEncoder(before)
    assert rebuild(library.folder, encoder) == 2
    with Library(library.folder, encoder) as other:
        texts = {other.transcript(hit.transcript_id).turns[0].text for hit in other.retrieve("zeppelin", 9)}
    assert texts == {"zeppelin", "gate"}


def test_empty_library_can_be_rebuilt(library: Library) -> None:
    other = WordEncoder("other")
    assert rebuild(library.folder, other) == 0
    with Library(library.folder, other) as changed:
        put(changed, *TEXTS[0])
        assert len(changed.retrieve("gate", 5)) == 2


def test_folder_without_a_library_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="holds no library"):
        rebuild(tmp_path, WordEncoder())
    assert list(tmp_path.iterdir()) == []


def test_library_of_a_newer_format_is_refused(filled: Library) -> None:
    import sqlite3

    connection = sqlite3.connect(filled.folder / "library.sqlite")
    with connection:
        connection.execute("update meta set value = '2' where key = 'format'")
    connection.close()
    with pytest.raises(LibraryError, match="has library format 2; expected 1"):
        rebuild(filled.folder, WordEncoder())


def test_damaged_database_is_refused_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "library.sqlite").write_bytes(b"this is no database\n" * 500)
    with pytest.raises(LibraryError, match="restore it from a backup"):
        rebuild(tmp_path, WordEncoder())
