"""What lies in ``index/``: whatever is there, a search is as if it had just been made from the database."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import numpy.typing as npt
import pytest

from qa import index_files
from qa.index_files import load_holding, save_holding, saved_generation, saved_token
from qa.library import Library
from qa.passages import PassageSettings
from qa.retrieval import ClusteredView, DenseView, Hit
from qa.segments import read_segment
from tests.conftest import COUNCIL, HARBOUR, WordEncoder, id_of, put
from tests.qa.test_indexes import caught_up, make_of, shrink, talk
from tests.qa.test_library import files_holding
from tests.qa.test_segments import FILES

ASKED = ("zeppelin", "gate wall", "the budget")


def answers(library: Library) -> list[list[Hit]]:
    return [library.retrieve(question, 9) for question in ASKED]


def answers_of(folder: Path, width: int = 1024) -> list[list[Hit]]:
    with Library(folder, WordEncoder(width=width)) as library:
        return answers(library)


def manifest_of(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "index/manifest.json").read_text(encoding="utf-8"))
    return found


def named(folder: Path) -> list[Path]:
    """Return the folders that the manifest of a library names, after checking that nothing else is there."""
    manifest = manifest_of(folder)
    names = [*manifest["segments"], *([manifest["clusters"]["name"]] if manifest["clusters"] else [])]
    assert {path.name for path in (folder / "index").iterdir()} == {"manifest.json", *names}
    return [folder / "index" / name for name in names]


def saved_ids(folder: Path) -> list[int]:
    """Return the ids of the passages in the segments on disk."""
    segments = manifest_of(folder)["segments"]
    return [id_ for name in segments for id_ in np.load(folder / f"index/{name}/table_ids.npy").tolist()]


@pytest.fixture
def large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Library]:
    """Save the index of a library of 137 passages, with clusters, in several segments."""
    shrink(monkeypatch)
    with Library(tmp_path / "large", WordEncoder(width=64)) as library:
        put(library, *COUNCIL)
        put(library, *HARBOUR)
        for number, size in enumerate((66, 33, 24, 9)):
            put(library, *talk(number, size))
            library.save_index()
        yield library


def test_saved_index_says_what_made_it(filled: Library) -> None:
    (folder,) = named(filled.folder)
    assert folder.name.startswith("segment-")
    assert {file.name for file in folder.iterdir()} == set(FILES)
    manifest = manifest_of(filled.folder)
    made_of = {
        "format": 1,
        "model": "words",
        "checksum": WordEncoder().checksum,
        "width": 1024,
        "passages": PassageSettings().as_dict(),
        "generation": 2,
        "last_id": 5,
        "segments": [folder.name],
        "clusters": None,
    }
    assert manifest.items() >= made_of.items()
    assert saved_generation(filled.folder / "index") == 2
    assert saved_token(filled.folder / "index") == manifest["token"] != ""


def test_large_library_has_clusters_and_several_segments(large: Library) -> None:
    *segments, clusters = named(large.folder)
    assert len(segments) > 1
    assert {file.name for file in clusters.iterdir()} == {"own.faiss", "context.faiss", "shares.npy"}
    assert isinstance(large.indexes().own, ClusteredView)
    assert saved_ids(large.folder) == list(range(1, 138))


def test_saved_index_is_used(filled: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = answers(filled)
    monkeypatch.setattr("qa.indexes.read_segment", lambda *_: pytest.fail("the database was read"))
    assert answers_of(filled.folder) == wanted


def test_saved_clusters_are_used(large: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = answers(large)
    monkeypatch.setattr("qa.indexes.read_segment", lambda *_: pytest.fail("the database was read"))
    monkeypatch.setattr("qa.indexes.train_clusters", lambda *_: pytest.fail("clusters were trained"))
    assert answers_of(large.folder, 64) == wanted


def test_opening_embeds_nothing_again(filled: Library) -> None:
    encoder = WordEncoder()
    with Library(filled.folder, encoder) as library:
        library.retrieve("zeppelin", 5)
    assert encoder.encoded == 0


def test_stale_index_is_brought_up_to_date_from_where_it_stopped(
    filled: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh = put(filled, "Eve: zeppelin zeppelin", "Fay: budget")
    wanted = answers(filled)
    read: list[list[str]] = []

    def watched(connection: Any, transcripts: list[str], *rest: Any) -> Any:
        read.append(transcripts)
        return read_segment(connection, transcripts, *rest)

    monkeypatch.setattr("qa.indexes.read_segment", watched)
    assert answers_of(filled.folder) == wanted
    assert read == [[fresh]]


# --- damage ----------------------------------------------------------------------------------------------


def truncate(file: Path, size: int) -> None:
    file.write_bytes(file.read_bytes()[:size])


def put_folder_in_place_of(file: Path) -> None:
    file.unlink()
    file.mkdir()


FILE_DAMAGES: dict[str, Callable[[Path], object]] = {
    "gone": lambda file: file.unlink(),
    "empty": lambda file: truncate(file, 0),
    "cut in its head": lambda file: truncate(file, 30),
    "cut at its end": lambda file: truncate(file, file.stat().st_size - 1),
    "garbage": lambda file: file.write_bytes(np.random.default_rng(0).bytes(5000)),
    "text": lambda file: file.write_text("garbage " * 50),
    "a folder": put_folder_in_place_of,
}


def check_each_damage(library: Library, name: str) -> None:
    wanted, index = answers(library), library.folder / "index"
    shutil.copytree(index, whole := library.folder.parent / "whole")
    for damage in FILE_DAMAGES.values():
        damage(sorted(index.rglob(name))[0])
        assert answers_of(library.folder, library.encoder.dim) == wanted
        shutil.rmtree(index)
        shutil.copytree(whole, index)


@pytest.mark.parametrize("name", [*FILES, "manifest.json"])
def test_file_that_cannot_be_used_is_made_again(filled: Library, name: str) -> None:
    check_each_damage(filled, name)


@pytest.mark.parametrize("name", ["own.faiss", "context.faiss", "shares.npy"])
def test_file_of_clusters_that_cannot_be_used_is_made_again(large: Library, name: str) -> None:
    check_each_damage(large, name)


def change_manifest(**values: object) -> Callable[[Path], None]:
    def damage(index: Path) -> None:
        file = index / "manifest.json"
        file.write_text(json.dumps({**json.loads(file.read_text()), **values}))

    return damage


def confuse(index: Path) -> None:
    """Give a segment of the same make other vectors, so that whoever uses it ranks otherwise."""
    for file in index.glob("segment-*/own.npy"):
        np.save(file, np.load(file)[::-1])


def put_in_segments(name: str, array: npt.NDArray[Any]) -> Callable[[Path], None]:
    def damage(index: Path) -> None:
        for file in index.glob(f"segment-*/{name}"):
            np.save(file, array)

    return damage


def both(*damages: Callable[[Path], object]) -> Callable[[Path], None]:
    def damage(index: Path) -> None:
        for one in damages:
            one(index)

    return damage


def old_layout(index: Path) -> None:
    """Leave what the first release wrote: a folder for each generation."""
    shutil.rmtree(index)
    folder = index / "000000000002-5f0a11bc"
    folder.mkdir(parents=True)
    faiss.write_index(faiss.IndexFlatIP(1024), str(folder / "own.faiss"))
    np.save(folder / "ids.npy", np.arange(1, 6))
    (folder / "manifest.json").write_text('{"format": 1, "model": "words", "generation": 2, "rows": 5}')


DAMAGES: dict[str, Callable[[Path], object]] = {
    "folder is gone": shutil.rmtree,
    "segment is gone": lambda index: shutil.rmtree(next(index.glob("segment-*"))),
    "manifest is no object": lambda index: (index / "manifest.json").write_text("[1]"),
    "manifest is no text": lambda index: (index / "manifest.json").write_bytes(b"\xff\xfe\x00"),
    "manifest is an empty object": lambda index: (index / "manifest.json").write_text("{}"),
    "manifest names no segments": change_manifest(segments=None),
    "manifest names segments otherwise": change_manifest(segments=[{"name": "segment-1"}]),
    "manifest names a segment that is not there": change_manifest(segments=["segment-000000000000"]),
    "manifest names clusters that are not there": change_manifest(
        clusters={"name": "clusters-1", "trained": 5, "covered": 5}
    ),
    "manifest names clusters otherwise": change_manifest(clusters=["clusters-1"]),
    "manifest says nothing of clusters": change_manifest(clusters={}),
    "generation is missing": change_manifest(generation=None),
    "generation is no number": change_manifest(generation="second"),
    "last id is missing": change_manifest(last_id=None),
    "token is missing": change_manifest(token=None),
    "another layout": both(confuse, change_manifest(layout=99)),
    "the layout of the first release": old_layout,
    "another format": both(confuse, change_manifest(format=2)),
    "another model": both(confuse, change_manifest(model="x")),
    "another release": both(confuse, change_manifest(checksum="x")),
    "another width": both(confuse, change_manifest(width=9)),
    "other settings": both(confuse, change_manifest(passages={"max_words": 5})),
    "narrower rows": put_in_segments("own.npy", np.ones((5, 9), dtype=np.float16)),
    "rows without a width": put_in_segments("own.npy", np.ones(5, dtype=np.float16)),
    "names are empty": lambda index: [file.write_text("{}") for file in index.glob("segment-*/names.json")],
    "names are a number": lambda index: [
        file.write_text('{"transcript_ids": 1, "dates": 1, "speakers": 1, "roles": 1}')
        for file in index.glob("segment-*/names.json")
    ],
    "names are no object": lambda index: [
        file.write_text("1") for file in index.glob("segment-*/names.json")
    ],
    "ids are no numbers": put_in_segments("table_ids.npy", np.array(["a"] * 5)),
    "a file in the way": lambda index: (index / "segment-999999999999").write_text("no folder"),
    "an empty folder in the way": lambda index: (index / "clusters-999999999999").mkdir(),
    "leftovers of a killed process": lambda index: (index / "writing-segment-00").mkdir(),
    "a half-written manifest": lambda index: (index / "writing-manifest.json").write_text("{"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_index_that_cannot_be_used_is_made_again(filled: Library, damage: str) -> None:
    wanted = answers(filled)
    DAMAGES[damage](filled.folder / "index")
    assert answers_of(filled.folder) == wanted
    with Library(filled.folder, WordEncoder()) as library:  # and it can be written to and saved as before
        put(library, "Eve: zeppelin")
        library.save_index()
        wanted = answers(library)
    assert saved_ids(filled.folder) == [1, 2, 3, 4, 5, 6]
    named(filled.folder)
    assert answers_of(filled.folder) == wanted


def test_manifest_in_whose_place_a_folder_lies_can_be_written_again(filled: Library) -> None:
    put_folder_in_place_of(filled.folder / "index/manifest.json")
    with Library(filled.folder, WordEncoder()) as library:
        put(library, "Eve: zeppelin")
        library.save_index()
    assert saved_ids(filled.folder) == [1, 2, 3, 4, 5, 6]


def test_clusters_that_are_damaged_are_trained_again_and_saved(large: Library) -> None:
    wanted = answers(large)
    (clusters,) = (large.folder / "index").glob("clusters-*")
    truncate(clusters / "own.faiss", 100)
    with Library(large.folder, large.encoder) as library:
        library.save_index()
        assert answers(library) == wanted
    assert not clusters.exists()
    assert [path.name for path in named(large.folder)][-1].startswith("clusters-")


# --- saving ----------------------------------------------------------------------------------------------


def test_saving_twice_writes_once(filled: Library) -> None:
    before = manifest_of(filled.folder)
    filled.save_index()
    assert manifest_of(filled.folder) == before
    with Library(filled.folder, WordEncoder()) as other:
        other.save_index()
    assert manifest_of(filled.folder) == before


def test_what_is_on_disk_stays_there_and_what_is_new_is_written_beside_it(large: Library) -> None:
    before = named(large.folder)
    put(large, "Eve: zeppelin")
    large.save_index()
    after = named(large.folder)
    assert set(before) - set(after) == set()
    assert len(after) == len(before) + 1
    assert saved_ids(large.folder) == list(range(1, 139))


def test_saving_leaves_nothing_behind(filled: Library) -> None:
    index = filled.folder / "index"
    (index / "writing-segment-00").mkdir()
    (index / "segment-00").mkdir()
    (index / "notes.txt").write_text("?")
    put(filled, "Eve: zeppelin")
    filled.save_index()
    named(filled.folder)


def test_opening_leaves_nothing_behind(filled: Library) -> None:
    index = filled.folder / "index"
    (index / "writing-clusters-00").mkdir()
    (index / "segment-00").mkdir()
    (index / "000000000002-5f0a11bc").mkdir()
    with Library(filled.folder, WordEncoder()):
        named(filled.folder)


def test_interrupted_save_leaves_the_old_index(filled: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    before = manifest_of(filled.folder)
    put(filled, "Eve: zeppelin")
    with monkeypatch.context() as patch:
        patch.setattr(np, "save", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
        with pytest.raises(OSError, match="disk full"):
            filled.save_index()
    assert manifest_of(filled.folder) == before
    named(filled.folder)
    filled.save_index()
    assert saved_ids(filled.folder) == [1, 2, 3, 4, 5, 6]


def test_save_interrupted_before_the_manifest_leaves_the_old_index(
    filled: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = manifest_of(filled.folder)
    put(filled, "Eve: zeppelin")
    with monkeypatch.context() as patch:
        patch.setattr(json, "dump", lambda *_, **__: (_ for _ in ()).throw(OSError("disk full")))
        with pytest.raises(OSError, match="disk full"):
            filled.save_index()
    assert manifest_of(filled.folder) == before
    assert answers_of(filled.folder) == answers(filled)
    named(filled.folder)  # opening has cleared what was left


@pytest.mark.parametrize("kind", ["segment", "clusters"])
def test_folder_is_in_place_only_when_it_is_complete(
    large: Library, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    large.remove(id_of(*talk(3, 9)))
    put(large, "Eve: zeppelin")
    monkeypatch.setattr(index_files, "_UNCOVERED", 0)
    seen: list[str] = []
    rename = Path.rename

    def watched(self: Path, target: Path) -> Path:
        if target.name.startswith(kind):
            assert self.name.startswith("writing-")
            seen.extend(file.name for file in self.iterdir())
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", watched)
    large.save_index()
    assert set(seen) == (set(FILES) if kind == "segment" else {"own.faiss", "context.faiss", "shares.npy"})


def test_clusters_are_written_again_when_much_has_come_or_anything_has_gone(
    large: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index_files, "_UNCOVERED", 5)

    def stored() -> tuple[str, int]:
        clusters = manifest_of(large.folder)["clusters"]
        return clusters["name"], clusters["covered"]

    put(large, *talk(30, 20))  # so that what is stored covers all
    large.save_index()
    name, covered = stored()
    assert covered == 157
    put(large, *talk(31, 5))
    large.save_index()
    assert stored() == (name, 157)  # the five are added when the clusters are read
    assert len(large.indexes().table) == 162
    with Library(large.folder, large.encoder) as other:
        assert (
            other.retrieve("talk 31 turn 4", 1)[0].turn_id == large.retrieve("talk 31 turn 4", 1)[0].turn_id
        )
    put(large, *talk(32, 1))
    large.save_index()
    assert stored()[1] == 163
    name = stored()[0]
    large.remove(id_of(*talk(32, 1)))
    assert stored()[0] != name


def test_holding_is_loaded_as_it_was_saved(library: Library) -> None:
    put(library, *COUNCIL)
    put(library, *HARBOUR)
    index, make = library.folder / "index", make_of(library)
    assert (load_holding(index, make), saved_token(index), saved_generation(index)) == (None, "", -1)
    saved = save_holding(caught_up(library), index, make)
    loaded = load_holding(index, make)
    assert loaded is not None
    assert (loaded.generation, loaded.last_id, loaded.token) == (2, 5, saved.token)
    assert [segment.name for segment in loaded.segments] == [segment.name for segment in saved.segments]
    assert loaded.complete
    assert caught_up(library, loaded) == loaded


# --- removing --------------------------------------------------------------------------------------------


def test_index_of_what_was_removed_is_rewritten_at_the_next_start_when_the_process_died(
    filled: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(Library, "_forget_removed", lambda _: None)  # as if killed after the transaction
        filled.remove(id_of(*COUNCIL))
    filled.close()
    assert saved_ids(filled.folder) == [1, 2, 3, 4, 5]
    assert files_holding(filled.folder / "index", "zeppelin") != []
    with Library(filled.folder, WordEncoder()):
        assert saved_ids(filled.folder) == [4, 5]
        assert files_holding(filled.folder, "zeppelin", id_of(*COUNCIL)) == []


def test_damaged_index_of_what_was_removed_is_rewritten_too(
    filled: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(Library, "_forget_removed", lambda _: None)
        filled.remove(id_of(*COUNCIL))
    filled.close()
    truncate(named(filled.folder)[0] / "own.npy", 100)
    with Library(filled.folder, WordEncoder()):
        assert saved_ids(filled.folder) == [4, 5]
    assert files_holding(filled.folder, "zeppelin", id_of(*COUNCIL)) == []


def test_removing_from_a_large_library_leaves_nothing_in_any_file(large: Library) -> None:
    gone = id_of(*COUNCIL)
    assert files_holding(large.folder / "index", "zeppelin", "Mayor", gone) != []
    large.remove(gone)
    assert files_holding(large.folder, "zeppelin", "Mayor", gone) == []
    assert saved_ids(large.folder) == list(range(4, 138))
    named(large.folder)


def test_question_asked_while_removing_leaves_nothing_in_any_file(
    filled: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another thread may ask between the change to the database and that to the files."""
    forget = Library._forget_removed

    def asked_first(self: Library) -> None:
        self.retrieve("gate", 1)
        forget(self)

    monkeypatch.setattr(Library, "_forget_removed", asked_first)
    filled.remove(id_of(*COUNCIL))
    assert files_holding(filled.folder, "zeppelin", id_of(*COUNCIL)) == []
    assert saved_ids(filled.folder) == [4, 5]


def test_removing_on_a_full_disk_is_made_good_when_there_is_room(
    filled: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(np, "save", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
        with pytest.raises(OSError, match="disk full"):
            filled.remove(id_of(*COUNCIL))  # not reported as done
    assert [entry.id for entry in filled.entries()] == [id_of(*HARBOUR)]
    assert filled.retrieve("zeppelin", 9)[0].transcript_id == id_of(*HARBOUR)
    filled.save_index()
    assert files_holding(filled.folder, "zeppelin", id_of(*COUNCIL)) == []


def test_library_opens_on_a_full_disk_after_a_process_died_while_removing(
    filled: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(Library, "_forget_removed", lambda _: None)
        filled.remove(id_of(*COUNCIL))
    filled.close()
    monkeypatch.setattr(np, "save", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
    with Library(filled.folder, WordEncoder()) as library:
        assert len(library.retrieve("zeppelin", 9)) == 2


# --- the folder and the database part ways ---------------------------------------------------------------


def test_index_newer_than_a_database_restored_from_a_backup_is_not_used(
    filled: Library, tmp_path: Path
) -> None:
    """The remedy for a damaged database is a backup; ids handed out since then are handed out again."""
    filled.close()
    database = filled.folder / "library.sqlite"
    shutil.copy(database, tmp_path / "backup.sqlite")
    with Library(filled.folder, WordEncoder()) as library:
        put(library, "Eve: apples and pears", "Fay: plums")  # passages 6 and 7
        put(library, "Gus: cherries")
        library.save_index()
    shutil.copy(tmp_path / "backup.sqlite", database)
    with Library(filled.folder, WordEncoder()) as library:
        put(library, "Hal: zeppelin crew", "Ivy: budget")  # passages 6 and 7 again
        library.save_index()
        put(library, "Jo: gate wall")
        library.save_index()
    wanted = answers_of(filled.folder)
    shutil.rmtree(filled.folder / "index")
    assert answers_of(filled.folder) == wanted


def test_index_beside_a_database_that_is_gone_is_not_used(filled: Library) -> None:
    """Whoever wants to begin anew may delete the database alone."""
    filled.close()
    (filled.folder / "library.sqlite").unlink()
    with Library(filled.folder, WordEncoder()) as library:
        assert library.retrieve("zeppelin", 9) == []
        fresh = put(library, "Eve: the budget")
        assert [hit.transcript_id for hit in library.retrieve("budget", 9)] == [fresh]
        library.save_index()
    assert saved_ids(filled.folder) == [1]


def test_index_deleted_while_the_library_is_open_is_written_again(filled: Library) -> None:
    """It can be deleted at any time: it is derived."""
    shutil.rmtree(filled.folder / "index")
    put(filled, "Eve: zeppelin")
    filled.save_index()
    wanted = answers(filled)
    named(filled.folder)
    assert saved_ids(filled.folder) == [1, 2, 3, 4, 5, 6]
    assert answers_of(filled.folder) == wanted


def test_index_deleted_while_the_library_is_open_is_written_again_though_nothing_is_new(
    filled: Library,
) -> None:
    shutil.rmtree(filled.folder / "index")
    filled.save_index()
    assert saved_ids(filled.folder) == [1, 2, 3, 4, 5]


def test_library_of_few_passages_forgets_its_clusters(large: Library) -> None:
    large.remove(id_of(*talk(0, 66)))
    large.remove(id_of(*talk(3, 9)))  # 62 are left
    assert isinstance(large.indexes().own, DenseView)
    assert manifest_of(large.folder)["clusters"] is None
    named(large.folder)
