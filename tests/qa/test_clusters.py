"""Clusters over a library's passages: they cover every passage, by itself and among its neighbours."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import faiss
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embeddings import ClusteredIndex, Vectors
from qa.clusters import Clusters, train_clusters
from qa.passages import PassageSettings
from qa.retrieval import PassageVectors
from tests.qa.retrieval.test_dense import passages_of, vectors_for

SIZES = [5] * 60
IDS = 100 + 2 * np.arange(300)
VECTORS = vectors_for(SIZES)


def passages(transcripts: list[int]) -> PassageVectors:
    """Return the passages of some of the sixty transcripts."""
    rows = np.concatenate([np.arange(5 * place, 5 * place + 5) for place in transcripts])
    return passages_of([5] * len(transcripts), VECTORS[rows], PassageSettings())


def ids_of(transcripts: list[int]) -> list[int]:
    return [int(id_) for place in transcripts for id_ in IDS[5 * place : 5 * place + 5]]


ALL = list(range(60))
TRAINED = train_clusters(IDS, passages(ALL))


def held(clusters: Clusters) -> tuple[list[int], list[int]]:
    """Return the ids in both indexes."""
    found = []
    for index in (clusters.own, clusters.context):
        everything = ClusteredIndex(index.copy()._index, 1.0)
        found.append(sorted(everything.search(VECTORS[0], 10_000).tolist()))
    return found[0], found[1]


def test_trained_clusters_hold_every_passage_both_ways() -> None:
    assert held(TRAINED) == (IDS.tolist(), IDS.tolist())
    assert (TRAINED.trained, TRAINED.saved, TRAINED.covered) == (300, None, 0)


def test_passage_is_found_by_its_own_vector_and_by_that_among_its_neighbours() -> None:
    among = passages(ALL).context(0, 300)
    for row in (0, 123, 299):
        assert int(IDS[row]) in TRAINED.own.search(VECTORS[row], 5)
        assert int(IDS[row]) in TRAINED.context.search(among[row], 5)


def test_so_many_clusters_are_searched_that_what_is_nearest_is_found() -> None:
    among, random = passages(ALL).context(0, 300), np.random.default_rng(5)
    for index, vectors in ((TRAINED.own, VECTORS), (TRAINED.context, among)):
        assert 0 < index.share <= 1
        found = []
        for one, other in random.integers(300, size=(40, 2)):
            query: Vectors = (VECTORS[one] + VECTORS[other]) / np.linalg.norm(VECTORS[one] + VECTORS[other])
            nearest = IDS[np.argsort(-(vectors @ query))[:10]]
            found.append(np.isin(nearest, index.search(query, 300)).mean())
        assert np.mean(found) > 0.9


@given(first=st.integers(30, 60), gone=st.sets(st.integers(0, 29), max_size=30))
@settings(max_examples=20)
def test_changed_clusters_hold_what_is_there_now(first: int, gone: set[int]) -> None:
    """Transcripts go and come; what a search is using meanwhile stays as it was."""
    before, after = list(range(first)), [place for place in ALL if place not in gone]
    clusters = START.changed(
        np.array(ids_of(list(range(first, 60))), dtype=np.int64), IDS[:0], passages(before), 5 * first
    )
    assert held(clusters) == (ids_of(before), ids_of(before))
    changed = clusters.changed(
        np.array(ids_of(sorted(gone)), dtype=np.int64),
        np.array(ids_of(list(range(first, 60))), dtype=np.int64),
        passages(after),
        5 * (first - len(gone)),
    )
    assert held(changed) == (ids_of(after), ids_of(after))
    assert held(clusters) == (ids_of(before), ids_of(before))
    assert changed.trained == 300


START = replace(TRAINED, saved="clusters-12", covered=int(IDS[-1]))


def test_passages_among_neighbours_are_added_with_their_neighbours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even where the pieces that are added at once end between the passages of a transcript."""
    monkeypatch.setattr("qa.clusters._AT_ONCE", 7)
    last = np.array(ids_of([58, 59]), dtype=np.int64)
    clusters = TRAINED.changed(last, IDS[:0], passages(ALL[:58]), 290)
    clusters = clusters.changed(IDS[:0], last, passages(ALL), 290)
    among = passages(ALL).context(290, 300)
    for row, id_ in enumerate(last.tolist()):
        assert (
            clusters.context.search(among[row], 300).tolist()
            == TRAINED.context.search(among[row], 300).tolist()
        )
        assert id_ in clusters.context.search(among[row], 5)


def test_stored_clusters_that_hold_what_was_removed_count_as_not_stored() -> None:
    gone, fresh = np.array(ids_of([3]), dtype=np.int64), IDS[:0]
    assert START.changed(gone, fresh, passages(ALL), 300).saved is None
    kept = START.changed(fresh, fresh, passages(ALL), 300)
    assert (kept.saved, kept.covered) == ("clusters-12", IDS[-1])


@pytest.mark.parametrize(
    ("passages", "outgrown"), [(74, True), (75, True), (76, False), (300, False), (1199, False), (1200, True)]
)
def test_clusters_are_outgrown_by_four_times_or_a_quarter(passages: int, outgrown: bool) -> None:
    assert TRAINED.outgrown(passages) is outgrown


# --- on disk ---------------------------------------------------------------------------------------------


def saved(folder: Path) -> Path:
    folder.mkdir()
    TRAINED.save(folder)
    return folder


def test_saved_then_loaded_finds_the_same(tmp_path: Path) -> None:
    loaded = Clusters.load(saved(tmp_path / "clusters-ab"), 300, 698)
    assert (loaded.trained, loaded.covered, loaded.saved) == (300, 698, "clusters-ab")
    assert (loaded.own.share, loaded.context.share) == (TRAINED.own.share, TRAINED.context.share)
    for query in vectors_for([5], seed=9):
        assert loaded.own.search(query, 50).tolist() == TRAINED.own.search(query, 50).tolist()
        assert loaded.context.search(query, 50).tolist() == TRAINED.context.search(query, 50).tolist()


@pytest.mark.parametrize("name", ["own.faiss", "context.faiss", "shares.npy"])
def test_damaged_or_missing_file_is_refused(name: str, tmp_path: Path) -> None:
    file = saved(tmp_path / "clusters-ab") / name
    whole = file.read_bytes()
    for damaged in (b"", b"garbage" * 50, whole[:30], whole[:-1]):
        file.write_bytes(damaged)
        with pytest.raises((ValueError, EOFError)):
            Clusters.load(file.parent, 300, 698)
    file.unlink()
    with pytest.raises((ValueError, OSError)):
        Clusters.load(file.parent, 300, 698)


def flat(file: Path) -> None:
    index = faiss.IndexFlatIP(8)
    index.add(VECTORS)
    faiss.write_index(index, str(file))


MISFITS: dict[str, Callable[[Path], object]] = {
    "one share": lambda folder: np.save(folder / "shares.npy", np.array([0.5])),
    "three shares": lambda folder: np.save(folder / "shares.npy", np.array([0.5] * 3)),
    "another kind of index": lambda folder: flat(folder / "context.faiss"),
}


@pytest.mark.parametrize("misfit", MISFITS)
def test_files_that_do_not_fit_are_refused(misfit: str, tmp_path: Path) -> None:
    folder = saved(tmp_path / "clusters-ab")
    MISFITS[misfit](folder)
    with pytest.raises(ValueError, match=r".+"):
        Clusters.load(folder, 300, 698)
