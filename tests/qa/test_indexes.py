"""The derived indexes: whatever is on disk, a search is as if they had just been made from the database."""

import json
import os
import shutil
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from embeddings import VectorIndex, Vectors
from qa import indexes
from qa.indexes import Indexes, pack, saved_folders, saved_generation, unpack
from qa.library import Library
from qa.passages import PassageSettings
from qa.retrieval import Hit
from qa.types import QUESTIONER
from tests.conftest import WordEncoder, put

COUNCIL = ("Ana, Mayor: the budget is settled", "Question: and the zeppelin?", "Ben: nobody ordered one")
HARBOUR = ("Cy: the gate held", "Dee: the wall did not")
ASKED = ("zeppelin", "gate wall", "the budget")


def answers(library: Library) -> list[list[Hit]]:
    return [library.retrieve(question, 9) for question in ASKED]


def answers_of(folder: Path) -> list[list[Hit]]:
    with Library(folder, WordEncoder()) as library:
        return answers(library)


def saved(folder: Path) -> Path:
    """Return the one saved index of a library."""
    (found,) = (folder / "index").iterdir()
    return found


@pytest.fixture
def filled(library: Library) -> Library:
    """Put two transcripts in the library and save its index."""
    put(library, *COUNCIL)
    put(library, *HARBOUR)
    library.save_index()
    return library


def test_saved_index_says_what_made_it(filled: Library) -> None:
    folder = saved(filled.folder)
    assert folder.name.startswith("000000000002-")
    assert {file.name for file in folder.iterdir()} == {
        "manifest.json",
        "own.faiss",
        "context.faiss",
        "ids.npy",
    }
    manifest = json.loads((folder / "manifest.json").read_text())
    made_of = {
        "format": 1,
        "model": "words",
        "checksum": WordEncoder().checksum,
        "width": 1024,
        "passages": PassageSettings().as_dict(),
    }
    assert manifest.items() >= made_of.items()


def test_saved_index_is_used(filled: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = answers(filled)
    monkeypatch.setattr(indexes, "unpack", lambda *_: pytest.fail("vectors were read from the database"))
    assert answers_of(filled.folder) == wanted


def test_opening_embeds_nothing_again(filled: Library) -> None:
    encoder = WordEncoder()
    with Library(filled.folder, encoder) as library:
        library.retrieve("zeppelin", 5)
    assert encoder.encoded == 0


def test_stale_index_is_brought_up_to_date_from_where_it_stopped(
    filled: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(filled, "Eve: zeppelin zeppelin", "Fay: budget")
    wanted = answers(filled)
    read: list[int] = []

    def counted(blobs: Sequence[bytes], width: int) -> Vectors:
        read.append(len(blobs))
        return unpack(blobs, width)

    monkeypatch.setattr(indexes, "unpack", counted)
    assert answers_of(filled.folder) == wanted
    assert read == [2]


def change_manifest(folder: Path, **values: object) -> Path:
    file = folder / "manifest.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), **values}))
    return folder


def put_folder_in_place_of(file: Path) -> None:
    file.unlink()
    file.mkdir()


def replace_index(file: Path, vectors: Vectors) -> None:
    index = VectorIndex(vectors.shape[1])
    index.add(vectors)
    index.save(file)


def truncate(file: Path, size: int) -> None:
    file.write_bytes(file.read_bytes()[:size])


EQUAL: Vectors = np.full((5, 1024), 1 / 32, dtype=np.float32)  # rows that would rank otherwise

DAMAGES: dict[str, Callable[[Path], object]] = {
    "folder is gone": shutil.rmtree,
    "all folders are gone": lambda folder: shutil.rmtree(folder.parent),
    "manifest is gone": lambda folder: (folder / "manifest.json").unlink(),
    "manifest is empty": lambda folder: truncate(folder / "manifest.json", 0),
    "manifest is cut": lambda folder: truncate(folder / "manifest.json", 40),
    "manifest is no object": lambda folder: (folder / "manifest.json").write_text("[1]"),
    "manifest is no text": lambda folder: (folder / "manifest.json").write_bytes(b"\xff\xfe\x00"),
    "manifest is a folder": lambda folder: put_folder_in_place_of(folder / "manifest.json"),
    "own is gone": lambda folder: (folder / "own.faiss").unlink(),
    "own is empty": lambda folder: truncate(folder / "own.faiss", 0),
    "own is cut": lambda folder: truncate(folder / "own.faiss", 500),
    "own is garbage": lambda folder: (folder / "own.faiss").write_bytes(os.urandom(5000)),
    "context is gone": lambda folder: (folder / "context.faiss").unlink(),
    "context is cut in its head": lambda folder: truncate(folder / "context.faiss", 10),
    "ids are gone": lambda folder: (folder / "ids.npy").unlink(),
    "ids are empty": lambda folder: truncate(folder / "ids.npy", 0),
    "ids are cut": lambda folder: truncate(folder / "ids.npy", 140),
    "ids are cut in their head": lambda folder: truncate(folder / "ids.npy", 30),
    "ids are garbage": lambda folder: (folder / "ids.npy").write_bytes(b"garbage" * 50),
    "ids have another shape": lambda folder: np.save(folder / "ids.npy", np.ones((5, 2), dtype=np.int64)),
    "ids are no numbers": lambda folder: np.save(folder / "ids.npy", np.array(["a"] * 5)),
    "too few ids": lambda folder: np.save(folder / "ids.npy", np.arange(1, 5)),
    "too few rows": lambda folder: replace_index(folder / "own.faiss", EQUAL[:4]),
    "narrower rows": lambda folder: replace_index(folder / "context.faiss", EQUAL[:, :9]),
    "another format": lambda folder: replace_index(change_manifest(folder, format=2) / "own.faiss", EQUAL),
    "another model": lambda folder: replace_index(change_manifest(folder, model="x") / "own.faiss", EQUAL),
    "another release": lambda folder: replace_index(
        change_manifest(folder, checksum="x") / "own.faiss", EQUAL
    ),
    "other settings": lambda folder: replace_index(
        change_manifest(folder, passages={"max_words": 5}) / "own.faiss", EQUAL
    ),
    "a file in the way": lambda folder: (folder.parent / "999999999999-x").write_text("no folder"),
    "an empty folder in the way": lambda folder: (folder.parent / "999999999999-0000").mkdir(),
    "leftovers of a killed process": lambda folder: (folder.parent / "writing-000000000001-00").mkdir(),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_index_that_cannot_be_used_is_made_again(filled: Library, damage: str) -> None:
    wanted = answers(filled)
    DAMAGES[damage](saved(filled.folder))
    assert answers_of(filled.folder) == wanted
    with Library(filled.folder, WordEncoder()) as library:  # and it can be written to and saved as before
        put(library, "Eve: zeppelin")
        library.save_index()
        wanted = answers(library)
    assert answers_of(filled.folder) == wanted


def test_saving_twice_writes_once(filled: Library) -> None:
    before = saved(filled.folder)
    filled.save_index()
    assert saved(filled.folder) == before


def test_newer_index_replaces_older_ones_and_leftovers(filled: Library) -> None:
    (filled.folder / "index" / "writing-000000000001-00").mkdir()
    put(filled, "Eve: zeppelin")
    filled.save_index()
    assert saved(filled.folder).name.startswith("000000000003-")


def test_interrupted_save_leaves_the_old_index(filled: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    before = saved(filled.folder)
    put(filled, "Eve: zeppelin")
    monkeypatch.setattr(np, "save", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        filled.save_index()
    assert saved(filled.folder) == before


def test_index_of_what_was_removed_goes_at_the_next_start_when_the_process_died(
    filled: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Library, "_forget_removed", lambda _: None)  # as if killed after the transaction
    filled.remove(filled.entries()[0].id)
    assert len(np.load(saved(filled.folder) / "ids.npy")) == 5
    with Library(filled.folder, WordEncoder()):
        assert list((filled.folder / "index").iterdir()) == []


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
    assert answers_of(filled.folder) == answers(filled)
    newest = saved_folders(filled.folder / "index")[0]
    assert saved_generation(newest) == 4
    assert len(np.load(newest / "ids.npy")) == len(filled.indexes().table)


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


# --- what is in memory -----------------------------------------------------------------------------------


def test_unchanged_library_keeps_its_indexes_in_memory(filled: Library) -> None:
    assert filled.indexes() is filled.indexes()


def test_vectors_lose_next_to_nothing_in_the_database() -> None:
    random = np.random.default_rng(1)
    vectors = random.normal(size=(20, 384)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    back = unpack([pack(vector) for vector in vectors], 384)
    assert len(pack(vectors[0])) == 768
    assert (vectors * back).sum(axis=1).min() > 0.999
    assert np.linalg.norm(back, axis=1) == pytest.approx(np.ones(20), abs=1e-6)


def texts_of(library: Library, found: Indexes) -> list[str]:
    turns = {entry.id: library.transcript(entry.id).turns for entry in library.entries()}
    table = found.table
    return [
        turns[table.transcript_ids[table.transcript[row]]][table.position[row]].text
        for row in range(len(table))
    ]


def test_table_says_who_asks_who_answers_and_at_what_length(library: Library) -> None:
    put(
        library,
        "Ana: shall we begin?",
        "Question: tell me about the gate.",
        "Ben, Mayor: It failed. It was old!",
        "Ben, Mayor: and so on",
        'Cy: why, he said (loudly) "why?"',
        "Cy: nobody knows",
        "nobody is named?",
        "nor here",
    )
    put(library, "Dee: first turn after a question in another transcript")
    table = library.indexes().table
    assert table.asks.tolist() == [True, True, False, False, True, False, True, False, False]
    # Each row that follows a question somebody else asked; -1 elsewhere. Row 5 is Cy answering himself.
    assert table.answers.tolist() == [-1, 0, 1, -1, -1, -1, -1, 6, -1]
    assert table.length.tolist() == [3, 5, 5, 3, 5, 2, 3, 2, 8]
    assert [table.speakers[code] if code >= 0 else None for code in table.speaker.tolist()] == [
        "Ana", None, "Ben", "Ben", "Cy", "Cy", None, None, "Dee",
    ]  # fmt: skip
    assert [table.roles[code] if code >= 0 else None for code in table.role.tolist()] == [
        None, QUESTIONER, "Mayor", "Mayor", None, None, None, None, None,
    ]  # fmt: skip


def test_parts_of_a_long_answer_all_answer_the_last_part_of_the_question(library: Library) -> None:
    long = "word " * 99 + "end. "
    put(library, f"Ana: {long * 2}shall we?", f"Ben: {long * 2}")
    table = library.indexes().table
    assert table.position.tolist() == [0, 0, 0, 1, 1]
    assert table.asks.tolist() == [False, False, True, False, False]
    assert table.answers.tolist() == [-1, -1, -1, 2, 2]


def test_row_of_a_hit_and_of_one_that_is_gone(filled: Library) -> None:
    found = filled.indexes()
    hit = filled.retrieve("gate wall", 1)[0]
    row = found.row_of(hit)
    assert row is not None
    assert texts_of(filled, found)[row] in {"the gate held", "the wall did not"}
    assert found.row_of(Hit("0" * 12, 0, 0, 1, 1.0)) is None
    assert found.row_of(Hit(hit.transcript_id, hit.position, 1, 5, 1.0)) is None


def test_generations_are_read_from_names() -> None:
    names = ("000000000012-ab", "writing-000000000012-ab", "notes")
    assert [saved_generation(Path(name)) for name in names] == [12, -1, -1]


def test_saved_folders_come_newest_first(tmp_path: Path) -> None:
    for name in ("000000000002-b", "000000000010-a", "writing-000000000011-c", "notes"):
        (tmp_path / name).mkdir()
    assert [path.name for path in saved_folders(tmp_path)] == ["000000000010-a", "000000000002-b"]
    assert saved_folders(tmp_path / "none") == []
