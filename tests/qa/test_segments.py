"""Segments: however a library's passages are split or joined, what a search reads of them is the same."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.library import Library
from qa.passages import PassageSettings
from qa.retrieval.lexical import words
from qa.retrieval.postings import Postings
from qa.retrieval.views import PassageTable
from qa.segments import Segment, join_segments, read_segment
from tests.conftest import WordEncoder, id_of, put

WIDTH = 32
LONG = "word " * 99 + "end. "
TALKS: tuple[tuple[str, ...], ...] = (
    (
        "Ana, Mayor: the budget is settled",
        "Question: and the zeppelin?",
        "Ben: nobody ordered one",
        "no name",
    ),
    ("Cy: the gate held", "Dee: the wall did not", "Cy: why?", "Dee: nobody knows 東京"),
    ("Ana: a single turn",),
    (f"Ana, Chair: {LONG * 2}shall we?", f"Ben: {LONG}"),
    ("Question: who?", "Eve: the harbour master"),
)
DATES = ("2025-04-15", None, "2024", None, "2025-04")
IDS = [id_of(*lines) for lines in TALKS]


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[list[str]], Segment]]:
    """Return what reads a segment of some transcripts from a library of all."""
    with Library(tmp_path_factory.mktemp("library"), WordEncoder(width=WIDTH)) as library:
        for lines, date in zip(TALKS, DATES, strict=True):
            put(library, *lines, date=date)

        def read_some(transcripts: list[str]) -> Segment:
            with library._engine.connect() as connection:
                return read_segment(connection, transcripts, PassageSettings(), WIDTH)

        yield read_some


@pytest.fixture(scope="module")
def parts(read: Callable[[list[str]], Segment]) -> list[Segment]:
    """Return a segment for each transcript."""
    return [read([id_]) for id_ in IDS]


def said_by(segment: Segment) -> dict[str, object]:
    """Return all that a segment holds as plain values, names in place of their codes, which may differ."""
    held: dict[str, object] = {"own": segment.own.tolist(), "norms": segment.norms.tolist()}
    for part in (segment.table, segment.postings):
        for name in part.__dataclass_fields__:
            value = getattr(part, name)
            held[f"{type(part).__name__}.{name}"] = value if isinstance(value, tuple) else value.tolist()
    table = segment.table
    for column, names in (("speaker", table.speakers), ("role", table.roles)):
        held[f"PassageTable.{column}"] = [
            names[code] if code >= 0 else None for code in getattr(table, column)
        ]
        held[f"PassageTable.{column}s"] = sorted(names)
    return held


def test_segment_says_what_is_in_the_database(read: Callable[[list[str]], Segment]) -> None:
    segment = read(IDS[:2])
    table = segment.table
    assert table.ids.tolist() == [1, 2, 3, 4, 5, 6, 7, 8]
    assert (table.transcript_ids, table.dates) == (tuple(IDS[:2]), ("2025-04-15", ""))
    assert table.transcript.tolist() == [0] * 4 + [1] * 4
    assert table.position.tolist() == [0, 1, 2, 3] * 2
    assert table.start.tolist() == [0] * 8
    assert table.end[:4].tolist() == [21, 17, 18, 7]
    assert (table.speakers, table.speaker.tolist()) == (
        ("Ana", "Ben", "Cy", "Dee"),
        [0, -1, 1, -1, 2, 3, 2, 3],
    )
    assert (table.roles, table.role.tolist()) == (("Mayor", "questioner"), [0, 1, -1, -1, -1, -1, -1, -1])
    assert table.length.tolist() == [4, 3, 3, 2, 3, 4, 1, 3]
    assert table.asks.tolist() == [False, True, False, False, False, False, True, False]
    assert table.answers.tolist() == [-1, -1, 1, -1, -1, -1, -1, 6]
    encoder = WordEncoder(width=WIDTH)
    spoken = encoder.encode_documents(["15 April 2025, Ana: the budget is settled", "Cy: the gate held"])
    assert segment.own[[0, 4]] == pytest.approx(spoken, abs=1e-3)
    assert segment.postings.lengths[:4].tolist() == [
        len(words(text))
        for text in (
            "15 April 2025, Ana: the budget is settled",
            "15 April 2025, Question: and the zeppelin?",
            "15 April 2025, Ben: nobody ordered one",
            "15 April 2025, no name",
        )
    ]
    assert segment.name is None


def test_single_passage_has_no_neighbours(parts: list[Segment]) -> None:
    assert parts[2].norms == pytest.approx(np.ones(1), abs=1e-3)


def test_transcripts_come_in_the_order_asked_for(read: Callable[[list[str]], Segment]) -> None:
    assert read([IDS[1], IDS[4]]).table.transcript_ids == (IDS[1], IDS[4])


def test_many_transcripts_are_read_in_pieces(
    read: Callable[[list[str]], Segment], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = read(IDS)
    monkeypatch.setattr("qa.segments._CHUNK", 2)
    assert said_by(read(IDS)) == said_by(whole)


def test_no_transcripts_make_an_empty_segment(read: Callable[[list[str]], Segment]) -> None:
    empty = read([])
    assert (len(empty), empty.own.shape, empty.norms.shape, len(empty.postings)) == (0, (0, WIDTH), (0,), 0)


# --- joining and leaving out -----------------------------------------------------------------------------


@given(cuts=st.sets(st.integers(1, 4)))
def test_joined_segments_are_what_is_read_at_once(
    read: Callable[[list[str]], Segment], parts: list[Segment], cuts: set[int]
) -> None:
    borders = [0, *sorted(cuts), 5]
    stepwise = join_segments([join_segments(parts[begin:end]) for begin, end in pairwise(borders)])
    assert said_by(stepwise) == said_by(read(IDS))


@given(gone=st.sets(st.sampled_from(IDS)), cuts=st.sets(st.integers(1, 4)))
def test_segment_without_some_transcripts_is_what_is_read_of_the_others(
    read: Callable[[list[str]], Segment], parts: list[Segment], gone: set[str], cuts: set[int]
) -> None:
    wanted = said_by(read([id_ for id_ in IDS if id_ not in gone]))
    assert said_by(join_segments(parts).without(gone)) == wanted
    assert said_by(join_segments(parts, gone)) == wanted
    borders = [0, *sorted(cuts), 5]
    pieces = [join_segments(parts[begin:end]) for begin, end in pairwise(borders)]
    assert said_by(join_segments([piece.without(gone) for piece in pieces])) == wanted


def test_leaving_out_what_is_not_there_changes_nothing(parts: list[Segment]) -> None:
    whole = join_segments(parts)
    assert said_by(whole.without({"0" * 12})) == said_by(whole)


def test_types_of_columns_stay_however_often_they_are_joined(parts: list[Segment]) -> None:
    def kinds(segment: Segment) -> dict[str, str]:
        arrays = {name: getattr(segment.table, name) for name in PassageTable.__dataclass_fields__}
        arrays |= {name: getattr(segment.postings, name) for name in Postings.__dataclass_fields__}
        arrays |= {"own": segment.own, "norms": segment.norms}
        return {name: str(array.dtype) for name, array in arrays.items() if not isinstance(array, tuple)}

    joined = join_segments([join_segments(parts[:3]), join_segments(parts[3:]).without({IDS[4]})])
    assert kinds(joined) == kinds(parts[0])
    assert kinds(joined)["own"] == "float16"
    assert kinds(joined)["position"] == "int32"


# --- on disk ---------------------------------------------------------------------------------------------


def saved(segment: Segment, folder: Path) -> Path:
    folder.mkdir()
    segment.save(folder)
    return folder


@given(chosen=st.sets(st.integers(0, 4)))
@settings(max_examples=12)
def test_saved_then_loaded_is_the_same(
    parts: list[Segment], chosen: set[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    segment = join_segments([parts[place] for place in sorted(chosen)] or parts[:1], () if chosen else IDS)
    folder = saved(segment, tmp_path_factory.mktemp("saved") / "segment-0123")
    loaded = Segment.load(folder)
    assert said_by(loaded) == said_by(segment)
    assert loaded.name == "segment-0123"
    assert said_by(join_segments([loaded, loaded.without(IDS)])) == said_by(segment)


def test_nothing_of_what_was_left_out_is_in_any_file(parts: list[Segment], tmp_path: Path) -> None:
    whole = saved(join_segments(parts), tmp_path / "whole")
    needles = [text.encode() for text in ("zeppelin", "Mayor", "2025-04-15", IDS[0])]

    def holding(folder: Path) -> set[bytes]:
        return {needle for needle in needles for file in folder.iterdir() if needle in file.read_bytes()}

    assert holding(whole) == set(needles)
    assert holding(saved(Segment.load(whole).without({IDS[0]}), tmp_path / "without")) == set()


FILES = (
    "names.json", "own.npy", "norms.npy", "spelling.npy", "spelled.npy", "ends.npy", "rows.npy", "counts.npy",
    "lengths.npy", "table_ids.npy", "table_transcript.npy", "table_position.npy", "table_start.npy",
    "table_end.npy", "table_speaker.npy", "table_role.npy", "table_length.npy", "table_days.npy",
    "table_asks.npy", "table_answers.npy",
)  # fmt: skip


def test_segment_has_a_file_for_each_array(parts: list[Segment], tmp_path: Path) -> None:
    assert {file.name for file in saved(parts[0], tmp_path / "segment").iterdir()} == set(FILES)


@pytest.mark.parametrize("name", FILES)
def test_damaged_or_missing_file_is_refused(parts: list[Segment], name: str, tmp_path: Path) -> None:
    file = saved(join_segments(parts), tmp_path / "segment") / name
    whole = file.read_bytes()
    for damaged in (b"", b"garbage" * 50, whole[:30], whole[:-1]):
        file.write_bytes(damaged)
        with pytest.raises((ValueError, EOFError)):
            Segment.load(file.parent)
    file.unlink()
    with pytest.raises(FileNotFoundError):
        Segment.load(file.parent)


def rewrite(name: str, change: Callable[[np.ndarray], np.ndarray]) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        np.save(folder / name, change(np.load(folder / name)))

    return damage


def rename(**changed: object) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        file = folder / "names.json"
        file.write_text(json.dumps({**json.loads(file.read_text()), **changed}))

    return damage


MISFITS: dict[str, Callable[[Path], object]] = {
    **{f"{name} is shorter": rewrite(name, lambda array: array[:-1]) for name in FILES if "json" not in name},
    "vectors are one row": rewrite("own.npy", lambda array: array[:, 0]),
    "vectors are of another kind": rewrite("own.npy", lambda array: array.astype(np.float32)),
    "norms have a second dimension": rewrite("norms.npy", lambda array: np.stack([array, array], axis=1)),
    "ids have a second dimension": rewrite("table_ids.npy", lambda array: np.stack([array, array], axis=1)),
    "positions are text": rewrite("table_position.npy", lambda array: array.astype(str)),
    "ids are fractions": rewrite("table_ids.npy", lambda array: array.astype(np.float64)),
    "names are no object": lambda folder: (folder / "names.json").write_text("[1]"),
    "names are empty": lambda folder: (folder / "names.json").write_text("{}"),
    "a transcript has no id": rename(transcript_ids=IDS[:4]),
    "a transcript has no date": rename(dates=[]),
    "a speaker has no name": rename(speakers=[]),
    "a role has no name": rename(roles=[]),
}


@pytest.mark.parametrize("misfit", MISFITS)
def test_files_that_do_not_fit_together_are_refused(
    parts: list[Segment], misfit: str, tmp_path: Path
) -> None:
    folder = saved(join_segments(parts), tmp_path / "segment")
    MISFITS[misfit](folder)
    with pytest.raises(ValueError, match=r".+"):
        Segment.load(folder)


def test_segments_are_the_same_only_when_they_are_one(parts: list[Segment]) -> None:
    assert parts[0] == parts[0]
    assert parts[0] != replace(parts[0])
