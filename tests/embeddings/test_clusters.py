import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import faiss
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embeddings import ClusteredIndex, Vectors, unit_rows, widen
from embeddings.index import Mask, Rows


@pytest.fixture(autouse=True, scope="module")
def few_rows_are_many() -> Iterator[None]:
    """Without it every cluster of indexes as small as these would be searched."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("embeddings.clusters._ROWS", 0)
        yield


DIM = 64
ROWS = 300
IDS: Rows = np.arange(ROWS) * 7 + 1000  # as a database gives them: not from 0, and with gaps


def spread(rows: int, seed: int = 0, dim: int = DIM) -> Vectors:
    """Return unit rows in all directions; two of them are all but square to each other."""
    return unit_rows(np.random.default_rng(seed).normal(size=(rows, dim)).astype(np.float32))


VECTORS = spread(ROWS)


def filled(rows: int = ROWS) -> ClusteredIndex:
    index = ClusteredIndex.train(VECTORS, ROWS)
    index.add(IDS[:rows], VECTORS[:rows])
    return index


def mask_of(ids: Rows, length: int = 0) -> npt.NDArray[np.bool_]:
    mask = np.zeros(max(length, int(ids.max(initial=-1)) + 1), dtype=np.bool_)
    mask[ids] = True
    return mask


def rankings(index: ClusteredIndex, k: int = ROWS) -> list[list[int]]:
    return [index.search(query, k).tolist() for query in spread(5, seed=1)]


# --- training --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("rows", "size"), [(10, 10), (799, 799), (1_000, 1_000), (1_000_000, 51_200)])
def test_sample_is_fifty_rows_a_cluster_or_all_there_are(rows: int, size: int) -> None:
    # 2 to the power of half the logarithm: 1,024 clusters for a million rows, 32 for a thousand; at least 16.
    assert ClusteredIndex.sample_size(rows) == size


def test_sample_smaller_than_the_clusters_is_refused() -> None:
    with pytest.raises(ValueError, match="a sample of 15 rows; expected at least 16"):
        ClusteredIndex.train(VECTORS[:15], ROWS)
    assert len(ClusteredIndex.train(VECTORS[:16], ROWS)) == 0


def test_index_that_was_only_trained_finds_nothing() -> None:
    assert ClusteredIndex.train(VECTORS, ROWS).search(VECTORS[0], 3).tolist() == []


# --- searching -------------------------------------------------------------------------------------------


def test_row_that_is_the_query_comes_first() -> None:
    index = filled()
    assert [index.search(VECTORS[row], 1).tolist() for row in (0, 17, 299)] == [[1000], [1119], [3093]]


def test_every_row_comes_back_once_when_all_clusters_are_searched() -> None:
    index = filled()
    assert index.share == 1.0
    for query in spread(3, seed=1):
        for k in (ROWS, 10 * ROWS):
            assert sorted(index.search(query, k).tolist()) == IDS.tolist()


def test_rows_on_both_sides_of_a_query_are_among_a_few_others() -> None:
    # Cosine 0.7 with each of the two, and 0 give or take 0.2 with all the rest.
    queries = unit_rows(VECTORS[:150] + VECTORS[150:])
    index = filled()
    for row, query in enumerate(queries):
        assert {IDS[row], IDS[row + 150]} <= set(index.search(query, 10).tolist())


@given(chosen=st.sets(st.integers(0, ROWS - 1)), k=st.integers(1, ROWS + 5), beyond=st.integers(0, 20))
def test_filter_is_applied_inside_the_search(chosen: set[int], k: int, beyond: int) -> None:
    allowed = IDS[sorted(chosen)]
    mask = mask_of(allowed, int(IDS[-1]) + beyond)
    found = FILLED.search(VECTORS[3], k, mask)
    assert len(found) == len(set(found.tolist())) == min(k, len(allowed))
    assert set(found.tolist()) <= set(allowed.tolist())


FILLED = filled()


def test_ids_beyond_the_end_of_the_mask_are_not_allowed() -> None:
    assert FILLED.search(VECTORS[200], ROWS, mask_of(IDS[:3])).tolist() in (
        [a, b, c] for a in IDS[:3] for b in IDS[:3] for c in IDS[:3]
    )
    assert FILLED.search(VECTORS[0], 3, np.zeros(0, dtype=np.bool_)).tolist() == []


def apart() -> tuple[ClusteredIndex, Vectors]:
    """Build an index of 16 clusters far from each other, 20 rows each, and return it with its vectors."""
    centres = np.eye(16, 32, dtype=np.float32).repeat(20, axis=0)
    noise = np.random.default_rng(0).normal(scale=0.02, size=centres.shape).astype(np.float32)
    vectors = unit_rows(centres + noise)
    index = ClusteredIndex.train(vectors, len(vectors))
    index.add(np.arange(len(vectors)), vectors)
    return index, vectors


def test_settling_takes_the_least_share_that_finds_what_is_there() -> None:
    index, vectors = apart()
    queries = vectors[::20]
    nearest = np.argsort(-(queries @ vectors.T), axis=1)[:, :10]
    assert index.settle(queries, nearest, 30) == 1.0
    assert index.share == 0.31  # the least; one cluster of the sixteen, or a few where k-means has cut one up


def test_settling_searches_everything_where_less_is_not_enough() -> None:
    index, vectors = apart()
    # What is "nearest" lies in all clusters: only all of them hold it.
    assert index.settle(vectors[:1], np.arange(0, 320, 20)[None, :], 320) == 1.0
    assert index.share == 1.0


def test_what_lies_only_in_clusters_far_away_is_still_found() -> None:
    index, vectors = apart()
    index.settle(vectors[:1], np.array([[0]]), 20)
    assert index.share < 1
    assert sorted(index.search(vectors[0], 320).tolist()) == list(range(320))
    far = np.arange(300, 320)
    assert sorted(index.search(vectors[0], 20, mask_of(far)).tolist()) == far.tolist()


@pytest.mark.parametrize(("least", "share"), [(0, 0.31), (80, 0.31), (160, 0.5), (320, 1.0), (1000, 1.0)])
def test_small_index_has_at_least_so_many_rows_looked_at(
    least: int, share: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    index, vectors = apart()
    index.settle(vectors[:1], np.array([[0]]), 20)
    searched: list[float] = []
    named = ClusteredIndex._named

    def seen(self: ClusteredIndex, query: Vectors, k: int, share: float, allowed: Mask | None) -> Rows:
        searched.append(share)
        return named(self, query, k, share, allowed)

    monkeypatch.setattr("embeddings.clusters._ROWS", least)
    monkeypatch.setattr(ClusteredIndex, "_named", seen)
    index.search(vectors[0], 5)
    assert searched == [share]


# --- changing --------------------------------------------------------------------------------------------


@given(gone=st.sets(st.integers(0, ROWS - 1), max_size=40))
def test_removed_rows_are_not_found_and_the_others_rank_as_before(gone: set[int]) -> None:
    index = FILLED.copy()
    ids = IDS[sorted(gone)]
    index.remove(ids)
    assert len(index) == ROWS - len(gone)
    assert rankings(index) == [
        [id_ for id_ in ranking if id_ not in set(ids.tolist())] for ranking in rankings(FILLED)
    ]


def test_ids_that_are_not_there_are_passed_over_when_removing() -> None:
    index = filled()
    index.remove(np.array([0, 999, 1001, 10**9]))
    index.remove(np.empty(0, dtype=np.int64))
    assert len(index) == ROWS


@given(pieces=st.lists(st.integers(1, 60), max_size=12))
@settings(max_examples=15)
def test_rows_added_in_pieces_rank_as_if_added_at_once(pieces: list[int]) -> None:
    index = ClusteredIndex(faiss.clone_index(EMPTY), 1.0)  # type: ignore[arg-type]  # of the kind it was
    borders = sorted({0, ROWS, *(at for at in np.cumsum(pieces).tolist() if at < ROWS)})
    for begin, end in pairwise(borders):
        index.add(IDS[begin:end], VECTORS[begin:end])
    assert rankings(index) == rankings(FILLED)


EMPTY = ClusteredIndex.train(VECTORS, ROWS)._index


@given(gone=st.sets(st.integers(0, ROWS - 1), min_size=1, max_size=ROWS))
def test_rows_added_where_others_were_removed_rank_as_if_nothing_had_been_there(gone: set[int]) -> None:
    """FAISS's fast scan packs the codes of 32 rows together, and adds to what is left of those removed."""
    index = FILLED.copy()
    rows = np.array(sorted(gone))
    index.remove(IDS[rows])
    index.add(IDS[rows], VECTORS[rows])
    assert rankings(index, 30) == rankings(FILLED, 30)


def test_copy_and_original_change_apart() -> None:
    index = filled(200)
    copied = index.copy()
    assert copied.share == index.share
    before = rankings(index)
    copied.remove(IDS[:100])
    copied.add(IDS[200:], VECTORS[200:])
    assert (len(index), len(copied), rankings(index)) == (200, 200, before)
    changed = rankings(copied)
    index.remove(IDS[100:200])
    assert (len(index), len(copied), rankings(copied)) == (100, 200, changed)


# --- on disk ---------------------------------------------------------------------------------------------


def test_saved_then_loaded_gives_the_same_rankings(tmp_path: Path) -> None:
    index, vectors = apart()
    index.settle(vectors[:1], np.array([[0]]), 20)
    file = tmp_path / "clusters.faiss"
    index.save(file)
    assert list(tmp_path.iterdir()) == [file]  # the scratch file is gone
    loaded = ClusteredIndex.load(file, index.share)
    assert (len(loaded), loaded.share) == (320, index.share)
    for query in vectors[::50]:
        assert loaded.search(query, 40).tolist() == index.search(query, 40).tolist()
    loaded.add(np.array([400]), vectors[:1])
    loaded.remove(np.array([0]))
    assert (len(loaded), loaded.search(vectors[0], 320).tolist().count(400)) == (320, 1)


def test_save_replaces_the_file_in_place(tmp_path: Path) -> None:
    file = tmp_path / "clusters.faiss"
    filled(10).save(file)
    filled(20).save(file)
    assert len(ClusteredIndex.load(file, 1.0)) == 20


def test_damaged_file_is_named(tmp_path: Path) -> None:
    file = tmp_path / "clusters.faiss"
    filled().save(file)
    whole = file.read_bytes()
    for damaged in (b"", b"nonsense", whole[:20], whole[: len(whole) // 2], whole[:-1]):
        file.write_bytes(damaged)
        with pytest.raises(ValueError, match=r"clusters\.faiss is not a readable FAISS index"):
            ClusteredIndex.load(file, 1.0)


def test_missing_file_is_no_index(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"none\.faiss is not a readable FAISS index"):
        ClusteredIndex.load(tmp_path / "none.faiss", 1.0)


def test_another_kind_of_index_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "flat.faiss"
    faiss.write_index(faiss.IndexFlatIP(3), str(file))
    expected = "flat.faiss holds a IndexFlatIP; expected an IndexIVFRaBitQ"
    with pytest.raises(ValueError, match=re.escape(expected)):
        ClusteredIndex.load(file, 1.0)


# --- float16 ---------------------------------------------------------------------------------------------


def test_every_float16_is_widened_exactly() -> None:
    every = np.arange(2**16, dtype=np.uint16).view(np.float16).reshape(-1, 8)
    assert np.array_equal(widen(every), every.astype(np.float32), equal_nan=True)


@pytest.mark.parametrize("shape", [(0, 5), (1, 1), (3, 7), (2, 384)])
def test_widening_keeps_the_shape(shape: tuple[int, int]) -> None:
    rows = np.arange(shape[0] * shape[1], dtype=np.float16).reshape(shape)
    assert widen(rows).dtype == np.float32
    assert np.array_equal(widen(rows), rows.astype(np.float32))


def test_widening_takes_rows_that_are_not_next_to_each_other() -> None:
    rows = np.arange(60, dtype=np.float16).reshape(10, 6)
    assert np.array_equal(widen(rows[::3]), rows[::3].astype(np.float32))
    assert np.array_equal(widen(rows[:, 1:4]), rows[:, 1:4].astype(np.float32))
