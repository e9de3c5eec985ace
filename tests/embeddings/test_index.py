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


def test_scores_are_inner_products_in_the_order_of_the_rows(index: VectorIndex) -> None:
    assert index.scores(vectors_of(EAST)[0]) == pytest.approx([1, 0, 0.8])
    assert index.scores(vectors_of(NORTH)[0]) == pytest.approx([0, 1, 0.6])


def test_width_mismatch_is_refused_when_adding_and_when_comparing(index: VectorIndex) -> None:
    wide = vectors_of([1, 0, 0])
    for act in (index.add, lambda rows: index.scores(rows[0])):
        with pytest.raises(ValueError, match=re.escape("rows have shape (1, 3); expected (n, 2)")):
            act(wide)
    with pytest.raises(ValueError, match=re.escape("rows have shape (2,); expected (n, 2)")):
        index.add(np.asarray(EAST, dtype=np.float32))
    assert len(index) == 3


def test_empty_index_has_nothing_to_compare() -> None:
    empty = VectorIndex(2)
    assert (len(empty), empty.scores(vectors_of(EAST)[0]).shape) == (0, (0,))
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


@given(seed=st.integers(0, 999), rows=st.integers(1, 40))
def test_scores_agree_with_the_definition(seed: int, rows: int) -> None:
    random = np.random.default_rng(seed)
    stored = unit_rows(random.normal(size=(rows, 6)).astype(np.float32))
    query = unit_rows(random.normal(size=(1, 6)).astype(np.float32))[0]
    index = VectorIndex(6)
    index.add(stored)
    assert index.scores(query) == pytest.approx(stored @ query, abs=1e-6)
    assert index.scores(query[::-1]) == pytest.approx(stored @ query[::-1], abs=1e-6)  # not contiguous


def test_unit_rows_have_length_one_and_zeros_stay() -> None:
    assert unit_rows(vectors_of([3, 4], [0, 0])) == pytest.approx(vectors_of([0.6, 0.8], [0, 0]))
