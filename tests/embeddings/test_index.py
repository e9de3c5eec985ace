import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings import VectorIndex, Vectors, unit_rows


def vectors_of(*rows: list[float]) -> Vectors:
    return np.asarray(rows, dtype=np.float32)


# Unit rows whose products are plain: BETWEEN leans east (a 3-4-5 triangle).
EAST, NORTH, BETWEEN = [1.0, 0.0], [0.0, 1.0], [0.8, 0.6]


@pytest.fixture
def index() -> VectorIndex:
    made = VectorIndex(2)
    made.add(vectors_of(EAST, NORTH, BETWEEN))
    return made


def test_scores_are_inner_products_highest_first(index: VectorIndex) -> None:
    scores, rows = index.search(vectors_of(EAST, NORTH), 3)
    assert rows.tolist() == [[0, 2, 1], [1, 2, 0]]
    assert scores == pytest.approx(vectors_of([1, 0.8, 0], [1, 0.6, 0]))


def test_k_beyond_the_rows_gives_every_row(index: VectorIndex) -> None:
    scores, rows = index.search(vectors_of(NORTH), 99)
    assert (scores.shape, rows.tolist()) == ((1, 3), [[1, 2, 0]])


def test_mask_is_applied_inside_the_search(index: VectorIndex) -> None:
    scores, rows = index.search(vectors_of(EAST), 2, np.array([False, True, True]))
    assert rows.tolist() == [[2, 1]]
    assert scores == pytest.approx(vectors_of([0.8, 0]))


def test_mask_that_allows_less_than_k_gives_what_there_is(index: VectorIndex) -> None:
    assert index.search(vectors_of(EAST), 3, np.array([False, True, False]))[1].tolist() == [[1]]
    assert index.search(vectors_of(EAST), 3, np.array([False, False, False]))[1].shape == (1, 0)


@pytest.mark.parametrize("rows", [7, 8, 9, 64, 65])
def test_mask_reaches_the_last_row_whatever_its_bits_fill(rows: int) -> None:
    index = VectorIndex(2)
    index.add(vectors_of(*[EAST] * rows))
    only_last = np.arange(rows) == rows - 1
    assert index.search(vectors_of(EAST), rows, only_last)[1].tolist() == [[rows - 1]]


@pytest.mark.parametrize("k", [0, -1])
def test_k_below_one_is_refused(index: VectorIndex, k: int) -> None:
    with pytest.raises(ValueError, match=f"k is {k}; expected at least 1"):
        index.search(vectors_of(EAST), k)


def test_width_mismatch_is_refused_when_adding_and_when_searching(index: VectorIndex) -> None:
    wide = vectors_of([1, 0, 0])
    for act in (index.add, lambda rows: index.search(rows, 1)):
        with pytest.raises(ValueError, match=re.escape("rows have shape (1, 3); expected (n, 2)")):
            act(wide)
    with pytest.raises(ValueError, match=re.escape("rows have shape (2,); expected (n, 2)")):
        index.add(np.asarray(EAST, dtype=np.float32))
    assert len(index) == 3


def test_mask_of_another_length_is_refused(index: VectorIndex) -> None:
    with pytest.raises(ValueError, match=re.escape("the mask has shape (2,); expected (3,)")):
        index.search(vectors_of(EAST), 1, np.array([True, True]))


def test_empty_index_finds_nothing() -> None:
    empty = VectorIndex(2)
    scores, rows = empty.search(vectors_of(EAST, NORTH), 5)
    assert (scores.shape, rows.shape, len(empty)) == ((2, 0), (2, 0), 0)
    assert empty.vectors(np.empty(0, dtype=np.int64)).shape == (0, 2)


def test_keep_closes_the_gaps_and_leaves_the_original(index: VectorIndex) -> None:
    kept = index.keep(np.array([False, True, True]))
    assert kept.vectors(np.arange(2)) == pytest.approx(vectors_of(NORTH, BETWEEN))
    assert (len(kept), len(index)) == (2, 3)
    kept.add(vectors_of(EAST))
    assert (len(kept), len(index)) == (3, 3)
    assert len(index.keep(np.zeros(3, dtype=np.bool_))) == 0


def test_vectors_come_in_the_order_asked_for(index: VectorIndex) -> None:
    assert index.vectors(np.array([2, 0])) == pytest.approx(vectors_of(BETWEEN, EAST))


@given(seed=st.integers(0, 999), rows=st.integers(1, 40), k=st.integers(1, 50))
def test_search_agrees_with_the_definition(seed: int, rows: int, k: int) -> None:
    random = np.random.default_rng(seed)
    stored = unit_rows(random.normal(size=(rows, 6)).astype(np.float32))
    queries = unit_rows(random.normal(size=(2, 6)).astype(np.float32))
    allowed = random.random(rows) < 0.6
    index = VectorIndex(6)
    index.add(stored)
    scores, found = index.search(queries, k, allowed)
    for query, its_scores, its_rows in zip(queries, scores, found, strict=True):
        inside = np.flatnonzero(allowed)
        best = inside[np.argsort(-(stored[inside] @ query), kind="stable")][:k]
        assert its_rows.tolist() == best.tolist()
        assert its_scores == pytest.approx(stored[best] @ query, abs=1e-6)


def test_unit_rows_have_length_one_and_zeros_stay() -> None:
    assert unit_rows(vectors_of([3, 4], [0, 0])) == pytest.approx(vectors_of([0.6, 0.8], [0, 0]))
