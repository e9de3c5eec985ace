"""A process killed at any moment leaves a library that opens and holds all that was reported.

A child process works on a library and reports each thing it has done after the call returned. The parent
kills it at a random moment, without warning, and looks at what is left. One library goes through all the
kills of a test, so that the leftovers of one crash meet the next. The children are forked from a server that
has imported everything, because starting Python would take longer than all the rest. Half of the tests let
a few hundred passages be many, so that there are clusters and several segments to be caught in the middle of.
"""

import json
import multiprocessing
import random
import sqlite3
import sys
import time
import traceback
from collections.abc import Sequence
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
import pytest

from embeddings import ClusteredIndex
from qa.clusters import Clusters
from qa.index_files import saved_generation
from qa.judgments import Asked
from qa.library import Library
from qa.rebuilding import rebuild
from qa.retrieval import ClusteredView
from tests.conftest import WordEncoder, reading_of
from tests.qa.test_indexes import shrink

COMPLETE = -1  # reported by a rebuild that has come to its end
PATH = Path("/talks/changing.txt")  # the file of the test that replaces; it need not exist


def rare(number: int) -> str:
    return f"rare{number:06d}x"


def lines_of(number: int) -> list[str]:
    """Return the turns of a transcript: three to seven, of two speakers, with a word nobody else says."""
    return [f"Ana {rare(number)}: turn {i} of the {rare(number)} talk" for i in range(2 + number % 5)] + [
        "Ben: that is all"
    ]


def id_of(number: int) -> str:
    return f"{number:012d}"


def encoder_of(model: str) -> WordEncoder:
    return WordEncoder(model, width=256)


def put(library: Library, number: int, path: Path | None = None) -> None:
    reading = reading_of(*lines_of(number), title=f"Talk {rare(number)}")
    library.add(reading, id_of(number), f"{rare(number)}.txt", path=path)


def closer_of(library: Library) -> str:
    """Return what the one who speaks last in every transcript is called now."""
    (name,) = {one.name for one in library.speakers() if one.name.startswith("Ben")}
    return name


# --- the child -------------------------------------------------------------------------------------------


def work(
    report: "Connection[int | str, None]",
    action: str,
    folder: Path,
    model: str,
    numbers: Sequence[int],
    small: bool,
) -> None:
    """Do one thing after the other and report each number when it is done; report what goes wrong as text."""
    try:
        if small:
            shrink(pytest.MonkeyPatch())  # for as long as this process lives
        if action == "rebuild":
            rebuild(folder, encoder_of(model), lambda done, _: report.send(done))
            report.send(COMPLETE)
            return
        with Library(folder, encoder_of(model)) as library:
            for number in numbers:
                act(library, action, number)
                report.send(number)
    except Exception:
        report.send(traceback.format_exc())


def act(library: Library, action: str, number: int) -> None:
    if action == "remove":
        library.remove(id_of(number))
    elif action == "rename":
        library.rename_speaker(closer_of(library), f"Ben {number}")
    elif action == "judge":
        library.judgments.judge(Asked(f"Where is {rare(number)}?"), f"{id_of(number % 3)}:00000", 1)
    else:
        put(library, number, PATH if action == "replace" else None)
    if action in {"save", "compact"}:
        library.save_index()
    if action == "compact":
        library.compact()
    if action == "ask":
        library.retrieve(rare(number), 3)


class Child:
    """A process at work on a library; in a small one, a few hundred passages are many."""

    def __init__(
        self,
        action: str,
        folder: Path,
        model: str = "words",
        numbers: Sequence[int] = (),
        *,
        small: bool = False,
    ) -> None:
        server = multiprocessing.get_context("forkserver")
        server.set_forkserver_preload([__name__])
        self._reports, theirs = server.Pipe(duplex=False)
        self._process = server.Process(target=work, args=(theirs, action, folder, model, numbers, small))
        self._process.start()
        theirs.close()

    def kill(self, chance: random.Random, most: int, seconds: float) -> list[int]:
        """Kill the process without warning; return the numbers it reported.

        Args:
            chance: Decides when: after up to so many reports, and up to so many seconds more.
            most: Reports.
            seconds: After them.
        """
        reported = self._read(chance.randint(0, most))
        time.sleep(chance.uniform(0, seconds))
        self._process.kill()
        return reported + self.end()

    def end(self) -> list[int]:
        """Wait for the process to end; return the numbers it reported."""
        reported = self._read(sys.maxsize)
        self._process.join()
        self._process.close()
        self._reports.close()
        return reported

    def _read(self, most: int) -> list[int]:
        reported: list[int] = []
        while len(reported) < most:
            try:
                report = self._reports.recv()
            except EOFError:
                break
            assert isinstance(report, int), report
            reported.append(report)
        return reported


# --- what must hold after every kill ---------------------------------------------------------------------


def check_database(folder: Path) -> set[int]:
    """Check the database past the library's own code; return the numbers of the transcripts it holds."""
    connection = sqlite3.connect(folder / "library.sqlite")
    try:
        assert connection.execute("pragma integrity_check").fetchall() == [("ok",)]
        assert connection.execute("pragma foreign_key_check").fetchall() == []
        counts = {}
        for table in ("turns", "passages", "speakers"):
            rows = connection.execute(
                f"select transcript_id, count(*) from {table} group by 1"  # noqa: S608
            )
            counts[table] = {int(id_): count for id_, count in rows}
        held = {int(id_) for (id_,) in connection.execute("select id from transcripts")}
    finally:
        connection.close()
    sizes = {number: len(lines_of(number)) for number in held}
    assert counts == {"turns": sizes, "passages": sizes, "speakers": dict.fromkeys(held, 2)}
    return held


def check_transcripts(library: Library, numbers: set[int], closer: str = "Ben") -> None:
    """Check that transcripts are there as they were added, but for a name, and found."""
    for number in numbers:
        transcript = library.transcript(id_of(number))
        assert transcript.title == f"Talk {rare(number)}"
        *turns, last = reading_of(*lines_of(number)).turns
        assert transcript.turns == (*turns, replace(last, speaker=closer))
        assert library.retrieve(f"talk {rare(number)}", 1)[0].transcript_id == id_of(number)


def check(folder: Path, model: str, fresh: set[int]) -> set[int]:
    """Check all that must hold of any library; return the numbers of its transcripts.

    Args:
        folder: The library's.
        model: What it is made with.
        fresh: Numbers that may have changed; their transcripts are read and searched for if they are there.
    """
    with Library(folder, encoder_of(model)) as library:
        held = check_database(folder)
        assert {int(entry.id) for entry in library.entries()} == held
        assert len(library.indexes().table) == sum(len(lines_of(number)) for number in held)
        check_transcripts(library, fresh & held)
        check_index(folder, set(library.indexes().table.ids.tolist()))
    return held


def check_index(folder: Path, ids: set[int]) -> None:
    """Check that nothing removed is left in an index, and nothing else either.

    Args:
        folder: The library's, just opened.
        ids: Of the passages in the database. What was added since the index was saved is taken from there.
    """
    index = folder / "index"
    if saved_generation(index) < 0:
        assert list(index.glob("*")) == []
        return
    manifest = json.loads((index / "manifest.json").read_text(encoding="utf-8"))
    clusters = manifest["clusters"]
    names = [*manifest["segments"], *([clusters["name"]] if clusters else [])]
    assert {path.name for path in index.iterdir()} == {"manifest.json", *names}
    saved = [id_ for name in manifest["segments"] for id_ in np.load(index / name / "table_ids.npy").tolist()]
    assert saved == sorted(set(saved))
    assert set(saved) <= ids
    if clusters:
        stored = Clusters.load(index / clusters["name"], clusters["trained"], clusters["covered"])
        for one in (stored.own, stored.context):
            found = ClusteredIndex(one.copy()._index, 1.0).search(np.ones(256, dtype=np.float32), 10**6)
            assert sorted(found.tolist()) == [id_ for id_ in saved if id_ <= clusters["covered"]]


def traces(folder: Path, numbers: set[int]) -> list[str]:
    """Return where words of transcripts are found in the bytes of the folder's files."""
    files = {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    return [
        f"{rare(number)} in {file.name}"
        for number in numbers
        for file, data in files.items()
        if rare(number).encode() in data
    ]


# --- the kills -------------------------------------------------------------------------------------------


def chances(seed: int) -> random.Random:
    """Return the random numbers of a test, the same in every run."""
    return random.Random(seed)  # noqa: S311  # nothing secret


def test_killed_while_adding(tmp_path: Path) -> None:
    chance, reported, held = chances(1), set[int](), set[int]()
    for kill in range(30):
        numbers = range(100 * kill, 100 * kill + 100)
        child = Child("add", tmp_path, numbers=numbers)
        done = child.kill(chance, most=4, seconds=0.03)
        assert done == list(numbers)[: len(done)]
        reported |= set(done)
        if (tmp_path / "library.sqlite").exists():  # else it was killed before it came to anything
            held = check(tmp_path, "words", set(numbers))
        assert reported <= held
        assert len(held & set(numbers)) - len(done) in {0, 1}  # one may be in, and not yet reported
    assert len(reported) >= 30
    with Library(tmp_path, encoder_of("words")) as library:
        check_transcripts(library, held)


def filled(folder: Path, count: int) -> set[int]:
    """Make a library of so many transcripts; return their numbers."""
    with Library(folder, encoder_of("words")) as library:
        for number in range(count):
            put(library, number)
        library.save_index()
    return set(range(count))


def test_killed_while_removing(tmp_path: Path) -> None:
    chance, held, gone = chances(2), filled(tmp_path, 100), set[int]()
    for _ in range(20):
        order = chance.sample(sorted(held), len(held))
        child = Child("remove", tmp_path, numbers=order)
        done = child.kill(chance, most=2, seconds=0.06)
        gone |= set(done)
        assert traces(tmp_path, gone) == []  # before anybody opens the library and tidies up
        left = check(tmp_path, "words", set(order[: len(done) + 2]))
        assert left in (held - set(done), held - set(order[: len(done) + 1]))
        held = left
        if not held:
            break
    assert len(gone) >= 10
    with Library(tmp_path, encoder_of("words")) as library:
        check_transcripts(library, held)


def test_killed_while_judging(tmp_path: Path) -> None:
    chance, held = chances(12), filled(tmp_path, 3)
    expected: dict[str, dict[str, int]] = {}
    for kill in range(30):
        numbers = range(100 * kill, 100 * kill + 100)
        child = Child("judge", tmp_path, numbers=numbers)
        done = child.kill(chance, most=6, seconds=0.03)
        assert check(tmp_path, "words", set()) == held
        with Library(tmp_path, encoder_of("words")) as library:
            found = {one.asked.question: one.gains for one in library.judgments.all()}
        asked = [(f"Where is {rare(number)}?", {f"{id_of(number % 3)}:00000": 1}) for number in numbers]
        first, more = dict(asked[: len(done)]), dict(asked[: len(done) + 1])
        # All that was reported and at most the next, each question with its judgment.
        assert found in ({**expected, **first}, {**expected, **more})
        expected = found
    assert len(expected) >= 30


def test_killed_while_replacing(tmp_path: Path) -> None:
    chance, others = chances(3), filled(tmp_path, 5)
    version, replaced = 1000, 0  # of the changing file: the one it has now
    with Library(tmp_path, encoder_of("words")) as library:
        put(library, version, PATH)
    for _ in range(20):
        numbers = range(version + 1, version + 101)
        child = Child("replace", tmp_path, numbers=numbers)
        done = child.kill(chance, most=3, seconds=0.06)
        last = done[-1] if done else version
        assert traces(tmp_path, set(range(1000, last))) == []
        held = check(tmp_path, "words", {version, *numbers[: len(done) + 2]})
        # One version and one only: the last that was reported, or the next.
        assert held in (others | {last}, others | {last + 1})
        replaced += len(done)
        (version,) = held - others
    assert replaced >= 10


def test_killed_while_saving_the_index(tmp_path: Path) -> None:
    chance, reported = chances(4), filled(tmp_path, 3)
    for kill in range(1, 21):
        numbers = range(100 * kill, 100 * kill + 100)
        child = Child("save", tmp_path, numbers=numbers)
        reported |= set(child.kill(chance, most=3, seconds=0.04))
        assert reported <= check(tmp_path, "words", set(numbers))
    assert len(reported) >= 15
    with Library(tmp_path, encoder_of("words")) as library:
        put(library, 5000)
        library.save_index()
        check_saved(library)  # nothing is left of the processes that died


def check_saved(library: Library) -> None:
    """Check that all of a library is in its index."""
    ids = library.indexes().table.ids.tolist()
    index = library.folder / "index"
    names = json.loads((index / "manifest.json").read_text(encoding="utf-8"))["segments"]
    assert [id_ for name in names for id_ in np.load(index / name / "table_ids.npy").tolist()] == ids
    check_index(library.folder, set(ids))


def model_of(folder: Path) -> str:
    connection = sqlite3.connect(folder / "library.sqlite")
    try:
        return str(connection.execute("select value from meta where key = 'model'").fetchone()[0])
    finally:
        connection.close()


def test_killed_while_rebuilding(tmp_path: Path) -> None:
    chance, held, model = chances(5), filled(tmp_path, 60), "words"
    changes = interrupted = 0
    for _ in range(20):
        wanted = "other" if model == "words" else "words"
        child = Child("rebuild", tmp_path, wanted)
        done = child.kill(chance, most=25, seconds=0.02)
        found = model_of(tmp_path)
        assert found == wanted if COMPLETE in done else found in {model, wanted}
        changes += found != model
        interrupted += COMPLETE not in done
        model = found
        assert check(tmp_path, model, set(chance.sample(sorted(held), 5))) == held
    assert changes >= 1
    assert interrupted >= 1
    rebuild(tmp_path, encoder_of("third"))
    assert check(tmp_path, "third", held) == held


def check_closer(folder: Path, held: set[int], most: int) -> str:
    """Check that the one who speaks last has one name in all transcripts, under which they are indexed.

    Args:
        folder: The library's.
        held: Numbers of its transcripts.
        most: How many transcripts to look at.

    Returns:
        The name.
    """
    with Library(folder, encoder_of("words")) as library:
        assert check_database(folder) == held
        closer = closer_of(library)
        check_transcripts(library, set(sorted(held)[:most]), closer)
        found = library.indexes()
        assert {name for name in found.table.speakers if name.startswith("Ben")} == {closer}
        last = np.flatnonzero(found.table.speaker == found.table.speakers.index(closer))
        assert len(last) == len(held)
        expected = encoder_of("words").encode_documents([f"{closer}: that is all"])
        assert np.abs(found.vectors.own(last) - expected).max() < 0.001
        check_index(folder, set(found.table.ids.tolist()))
    saved = [file.read_bytes() for file in (folder / "index").rglob("names.json")]
    assert all(f'"{closer}"'.encode() in data or b'"Ben' not in data for data in saved)
    return closer


def renamed_and_killed(folder: Path, count: int, kills: int, small: bool) -> None:
    chance, held = chances(11), filled(folder, count)
    last, renamed = "Ben", 0
    for kill in range(1, kills + 1):
        numbers = range(100 * kill, 100 * kill + 100)
        child = Child("rename", folder, numbers=numbers, small=small)
        done = child.kill(chance, most=3, seconds=0.08)
        reported = f"Ben {done[-1]}" if done else last
        # The name that was reported, or the next, and one of them in all transcripts.
        last = check_closer(folder, held, 5)
        assert last in {reported, f"Ben {numbers[len(done)]}"}
        renamed += len(done)
    assert renamed >= kills // 2
    check_closer(folder, held, count)


def test_killed_while_renaming(tmp_path: Path) -> None:
    renamed_and_killed(tmp_path, 40, 20, small=False)


# --- a large library in small ----------------------------------------------------------------------------


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a few hundred passages be many here too, where a library is looked at after each kill."""
    shrink(monkeypatch)


def clustered(folder: Path) -> bool:
    with Library(folder, encoder_of("words")) as library:
        return isinstance(library.indexes().own, ClusteredView)


@pytest.mark.usefixtures("small")
def test_large_library_killed_while_adding_and_saving(tmp_path: Path) -> None:
    chance, reported = chances(6), filled(tmp_path, 30)
    assert clustered(tmp_path)
    for kill in range(1, 9):
        numbers = range(100 * kill, 100 * kill + 100)
        child = Child("save", tmp_path, numbers=numbers, small=True)
        reported |= set(child.kill(chance, most=4, seconds=0.06))
        assert reported <= check(tmp_path, "words", set(numbers))
    assert len(reported) >= 38
    with Library(tmp_path, encoder_of("words")) as library:
        put(library, 5000)
        library.save_index()
        check_saved(library)
        check_transcripts(library, reported)


@pytest.mark.usefixtures("small")
def test_large_library_killed_while_removing(tmp_path: Path) -> None:
    chance, held, gone = chances(7), filled(tmp_path, 60), set[int]()
    assert clustered(tmp_path)
    for _ in range(12):
        order = chance.sample(sorted(held), len(held))
        child = Child("remove", tmp_path, numbers=order, small=True)
        done = child.kill(chance, most=4, seconds=0.06)
        gone |= set(done)
        assert traces(tmp_path, gone) == []  # before anybody opens the library and tidies up
        left = check(tmp_path, "words", set(order[: len(done) + 2]))
        assert left in (held - set(done), held - set(order[: len(done) + 1]))
        held = left
        if len(held) < 10:
            break
    assert len(gone) >= 10
    with Library(tmp_path, encoder_of("words")) as library:
        check_transcripts(library, held)


@pytest.mark.usefixtures("small")
def test_large_library_killed_while_replacing(tmp_path: Path) -> None:
    chance, others = chances(8), filled(tmp_path, 32)
    version = 1000
    with Library(tmp_path, encoder_of("words")) as library:
        put(library, version, PATH)
    for _ in range(10):
        numbers = range(version + 1, version + 101)
        child = Child("replace", tmp_path, numbers=numbers, small=True)
        done = child.kill(chance, most=3, seconds=0.06)
        last = done[-1] if done else version
        assert traces(tmp_path, set(range(1000, last))) == []
        held = check(tmp_path, "words", {version, *numbers[: len(done) + 2]})
        assert held in (others | {last}, others | {last + 1})
        (version,) = held - others
    assert version >= 1005


@pytest.mark.usefixtures("small")
def test_large_library_killed_while_compacting(tmp_path: Path) -> None:
    """Joining segments and training clusters changes nothing that can be found, wherever it is cut off."""
    chance, reported = chances(9), filled(tmp_path, 28)
    trained = set[int]()
    for kill in range(1, 11):
        numbers = range(100 * kill, 100 * kill + 100)
        child = Child("compact", tmp_path, numbers=numbers, small=True)
        reported |= set(child.kill(chance, most=10, seconds=0.06))
        assert reported <= check(tmp_path, "words", set(numbers))
        trained.add(json.loads((tmp_path / "index/manifest.json").read_text())["clusters"]["trained"])
    assert len(trained) >= 2  # it grew to twice its size on the way
    with Library(tmp_path, encoder_of("words")) as library:
        library.compact()
        assert not library.compaction_due()
        check_index(tmp_path, set(library.indexes().table.ids.tolist()))
        check_transcripts(library, reported)


@pytest.mark.usefixtures("small")
def test_large_library_killed_while_renaming(tmp_path: Path) -> None:
    renamed_and_killed(tmp_path, 60, 10, small=True)
    assert clustered(tmp_path)


@pytest.mark.usefixtures("small")
def test_large_library_killed_while_rebuilding(tmp_path: Path) -> None:
    chance, held, model = chances(10), filled(tmp_path, 32), "words"
    for _ in range(6):
        wanted = "other" if model == "words" else "words"
        child = Child("rebuild", tmp_path, wanted, small=True)
        done = child.kill(chance, most=40, seconds=0.02)
        model = model_of(tmp_path)
        assert model == wanted or COMPLETE not in done
        assert check(tmp_path, model, set(chance.sample(sorted(held), 5))) == held
    rebuild(tmp_path, encoder_of("third"))
    assert check(tmp_path, "third", held) == held


# --- several at once -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("action", "small"), [("add", False), ("save", False), ("save", True), ("compact", True)]
)
def test_processes_add_and_ask_at_once(
    tmp_path: Path, action: str, small: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All begin with a folder that does not exist yet, and none may fail."""
    if small:
        shrink(monkeypatch)
    folder = tmp_path / "library"
    work_of = {place: range(100 * place, 100 * place + 12) for place in range(4)}
    children = [
        Child("ask" if place % 2 else action, folder, numbers=numbers, small=small)
        for place, numbers in work_of.items()
    ]
    assert [child.end() for child in children] == [list(numbers) for numbers in work_of.values()]
    everything = {number for numbers in work_of.values() for number in numbers}
    assert check(folder, "words", everything) == everything


@pytest.mark.parametrize("small", [False, True])
def test_processes_rename_the_same_speaker_at_once(
    tmp_path: Path, small: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each name is one that somebody was given last; nobody fails, because old names are known."""
    if small:
        shrink(monkeypatch)
    held = filled(tmp_path, 60 if small else 10)
    work_of = [range(100 * place, 100 * place + 6) for place in range(1, 4)]
    children = [Child("rename", tmp_path, numbers=numbers, small=small) for numbers in work_of]
    assert [child.end() for child in children] == [list(numbers) for numbers in work_of]
    assert check_closer(tmp_path, held, 10) in {f"Ben {numbers[-1]}" for numbers in work_of}
