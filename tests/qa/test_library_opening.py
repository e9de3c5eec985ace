"""Opening a library: with another model or format, damaged, moved, or left by a process that died."""

import os
import shutil
import sqlite3
from pathlib import Path

import pytest

from qa.errors import LibraryError
from qa.library import Library
from qa.types import Reading, TimeKind, Turn
from tests.conftest import WordEncoder, put

COUNCIL = ("Ana, Mayor: the budget is settled", "Question: and the zeppelin?", "Ben: nobody ordered one")
HARBOUR = ("Cy: the gate held", "Dee: the wall did not")


def test_other_model_is_refused_with_the_remedy(library: Library) -> None:
    put(library, *COUNCIL)
    with pytest.raises(LibraryError) as caught:
        Library(library.folder, WordEncoder("other"))
    assert str(caught.value) == (
        f"{library.folder} was built with words, not other. Pass --model words, or change the library over"
        f" with: transcript-qa rebuild --library {library.folder} --model other"
    )


def test_other_release_of_the_same_model_is_refused(library: Library) -> None:
    put(library, *COUNCIL)
    with pytest.raises(LibraryError, match="was built with another release of words, not words"):
        Library(library.folder, WordEncoder(width=99))


def test_empty_library_takes_any_model(library: Library) -> None:
    with Library(library.folder, WordEncoder("other")) as other:
        put(other, *COUNCIL)
        assert len(other.retrieve("zeppelin", 5)) == 3
    with pytest.raises(LibraryError, match="was built with other, not words"):
        Library(library.folder, WordEncoder())
    with pytest.raises(LibraryError, match="was changed over to other by another process"):
        put(library, *HARBOUR)


def test_empty_library_that_was_asked_first_is_bound_to_the_model_that_adds(library: Library) -> None:
    """The folder was made with one model, and is first written to with another."""
    with Library(library.folder, WordEncoder("other")) as other:
        assert other.retrieve("zeppelin", 5) == []
        put(other, *COUNCIL)
        assert len(other.retrieve("zeppelin", 5)) == 3
    with Library(library.folder, WordEncoder("other")) as other:
        assert len(other.retrieve("zeppelin", 5)) == 3


def test_library_changed_over_by_another_process_says_so_instead_of_comparing_apples(
    library: Library,
) -> None:
    from qa.rebuilding import rebuild

    put(library, *COUNCIL)
    assert len(library.retrieve("zeppelin", 5)) == 3
    rebuild(library.folder, WordEncoder("other"))
    for act in (lambda: library.retrieve("zeppelin", 5), lambda: put(library, *HARBOUR)):
        with pytest.raises(LibraryError, match="was changed over to other by another process"):
            act()


def test_newer_format_is_refused(library: Library) -> None:
    put(library, *COUNCIL)
    connection = sqlite3.connect(library.folder / "library.sqlite")
    with connection:
        connection.execute("update meta set value = '2' where key = 'format'")
    connection.close()
    with pytest.raises(
        LibraryError, match="has library format 2; this version of transcript-qa reads format 1"
    ):
        Library(library.folder, WordEncoder())


@pytest.mark.parametrize("damage", ["garbage", "header", "half", "pages", "tail"])
def test_damaged_database_is_refused_with_the_remedy(library: Library, damage: str) -> None:
    put(library, *[f"Ana: the zeppelin number {i}" for i in range(300)])
    library.close()
    file = library.folder / "library.sqlite"
    whole = file.read_bytes()
    file.write_bytes(
        {
            "garbage": b"this is no database\n" * 500,
            "header": b"\0" * 100 + whole[100:],
            "half": whole[: len(whole) // 2],
            "pages": whole[:4096] + b"\xff" * (len(whole) - 4096),
            "tail": whole[:-40960] + b"\xff" * 40960,
        }[damage]
    )
    with (
        pytest.raises(LibraryError, match=r"library\.sqlite cannot be (opened|read)") as caught,
        Library(library.folder, WordEncoder()) as damaged,
    ):
        damaged.retrieve("zeppelin", 1)
    assert "restore it from a backup" in str(caught.value)


def test_file_in_the_place_of_the_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "library").write_text("not a folder")
    with pytest.raises(LibraryError, match="cannot make the library folder"):
        Library(tmp_path / "library", WordEncoder())


def test_folder_in_the_place_of_the_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "library.sqlite").mkdir()
    with pytest.raises(LibraryError, match=r"library\.sqlite cannot be opened"):
        Library(tmp_path, WordEncoder())


def test_recording_that_a_dead_process_left_behind_is_deleted_when_it_is_old(library: Library) -> None:
    put(library, *COUNCIL)
    library.media_folder.mkdir()
    old, young = library.media_folder / "old.mp3", library.media_folder / "young.mp3"
    for file in (old, young):
        file.write_bytes(b"sound")
    os.utime(old, (1_000_000_000, 1_000_000_000))
    with Library(library.folder, WordEncoder()):
        assert [file.name for file in library.media_folder.iterdir()] == ["young.mp3"]


def test_library_that_was_moved_keeps_its_recordings(library: Library, tmp_path: Path) -> None:
    library.media_folder.mkdir()
    recording = library.media_folder / "talk.mp3"
    recording.write_bytes(b"sound")
    os.utime(recording, (1_000_000_000, 1_000_000_000))
    reading = Reading("webvtt", (Turn("hello", start=0.0),), TimeKind.MEDIA)
    library.add(reading, "0123456789ab", "talk.vtt", media=recording)
    library.close()
    shutil.move(library.folder, tmp_path / "moved")
    with Library(tmp_path / "moved", WordEncoder()) as moved:
        kept = str((tmp_path / "moved/media/talk.mp3").resolve())
        assert moved.transcript("0123456789ab").media == kept
        assert [entry.media for entry in moved.entries()] == [kept]
        assert Path(kept).read_bytes() == b"sound"
        moved.remove("0123456789ab")
        assert not Path(kept).exists()


def test_library_named_by_a_relative_path_stays_where_it_was_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("here", "there"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path / "here")
    with Library(Path("library"), WordEncoder()) as library:
        library._engine.dispose()  # the next query opens the file again
        monkeypatch.chdir(tmp_path / "there")
        put(library, *COUNCIL)
        assert len(library.entries()) == 1
    assert not (tmp_path / "there/library").exists()


@pytest.mark.parametrize(
    ("model", "options"),
    [("words (int8)", "Pass --model words --int8, or"), ("words", "Pass --model words, or")],
)
def test_library_of_the_other_precision_says_which_options_open_it(
    tmp_path: Path, model: str, options: str
) -> None:
    with Library(tmp_path, WordEncoder(model)) as library:
        put(library, "Ana: hello")
    with pytest.raises(LibraryError, match=options):
        Library(tmp_path, WordEncoder("another"))
