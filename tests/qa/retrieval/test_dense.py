"""Vectors of passages by themselves and among their neighbours, and clusters that name candidates."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings import ClusteredIndex, Vectors, unit_rows
from qa.passages import PassageSettings, add_neighbours, pool_neighbours
from qa.retrieval import ClusteredView, PassageVectors, dense
from qa.retrieval.views import Query

DIM = 8


@pytest.fixture(autouse=True, scope="module")
def few_rows_are_many() -> Iterator[None]:
    """Without it every cluster of indexes as small as these would be searched."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("embeddings.clusters._ROWS", 0)
        yield


def vectors_for(sizes: Sequence[int], seed: int = 0) -> Vectors:
    """Return unit rows for transcripts of so many passages."""
    return unit_rows(np.random.default_rng(seed).normal(size=(sum(sizes), DIM)).astype(np.float32))


def by_transcript(sizes: Sequence[int], vectors: Vectors) -> list[Vectors]:
    return [vectors[begin:end] for begin, end in pairwise(np.cumsum([0, *sizes]).tolist())]


def passages_of(
    sizes: Sequence[int], vectors: Vectors, settings: PassageSettings, cuts: set[int] | None = None
) -> PassageVectors:
    """Keep vectors in segments that end after some of the transcripts."""
    some = by_transcript(sizes, vectors)
    borders = [0, *sorted(cut for cut in cuts or () if cut < len(sizes)), len(sizes)]
    norms = [np.linalg.norm(add_neighbours(part, settings), axis=1) for part in some]
    return PassageVectors(
        [np.concatenate(some[begin:end]).astype(np.float16) for begin, end in pairwise(borders)],
        np.concatenate(norms).astype(np.float32),
        np.repeat(np.arange(len(sizes), dtype=np.int32), sizes),
        [settings.decay**step for step in range(1, settings.pooled + 1)],
    )


def query_of(vector: Vectors) -> Query:
    return Query("", vector)


SIZES = st.lists(st.integers(1, 9), min_size=1, max_size=6)
SETTINGS = st.builds(PassageSettings, pooled=st.integers(1, 4), decay=st.sampled_from([0.7, 1.0]))


@given(
    sizes=SIZES, settings=SETTINGS, cuts=st.sets(st.integers(1, 5)), seed=st.integers(0, 99), data=st.data()
)
def test_vectors_and_scores_are_those_of_each_transcript_by_itself(
    sizes: list[int], settings: PassageSettings, cuts: set[int], seed: int, data: st.DataObject
) -> None:
    # As stored: where neighbours nearly cancel out, what rounding takes from each is much of their sum.
    vectors = vectors_for(sizes, seed).astype(np.float16).astype(np.float32)
    passages = passages_of(sizes, vectors, settings, cuts)
    pooled = np.concatenate([pool_neighbours(part, settings) for part in by_transcript(sizes, vectors)])
    rows = data.draw(st.lists(st.integers(0, len(vectors) - 1), max_size=20).map(np.array)).astype(np.int64)
    begin, end = sorted(data.draw(st.tuples(*[st.integers(0, len(vectors))] * 2)))
    asked = query_of(vectors_for([1], seed + 100)[0])
    assert len(passages) == len(vectors)
    assert passages.own(rows) == pytest.approx(vectors[rows], abs=1e-5)
    assert passages.context(begin, end) == pytest.approx(pooled[begin:end], abs=1e-5)
    assert passages.near(rows) == pytest.approx(pooled[rows], abs=1e-5)
    for _ in range(2):  # what was worked out for a question is remembered
        assert passages.own_scores(asked, rows) == pytest.approx(vectors[rows] @ asked.vector, abs=1e-5)
        assert passages.context_scores(asked, rows) == pytest.approx(pooled[rows] @ asked.vector, abs=1e-5)


def test_neighbours_of_another_transcript_count_nothing() -> None:
    east, north = np.eye(2, dtype=np.float32)
    vectors = np.stack([east, north, north])
    passages = PassageVectors(
        [vectors.astype(np.float16)], np.array([1.25, 1.25, 1], np.float32), np.array([0, 0, 1]), [0.75]
    )
    # Rows 0 and 1 are each other's neighbours and count 3/4: (1, .75) and (.75, 1), of length 5/4.
    assert passages.context(0, 3) == pytest.approx(np.array([[0.8, 0.6], [0.6, 0.8], [0, 1]]))
    assert passages.context(1, 2) == pytest.approx(np.array([[0.6, 0.8]]))
    scores = passages.context_scores(query_of(east), np.array([2, 1, 0]))
    assert scores == pytest.approx(np.array([0, 0.6, 0.8], dtype=np.float32))


def test_many_rows_are_taken_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dense, "_AT_ONCE", 3)
    vectors = vectors_for([4, 9])
    passages = passages_of([4, 9], vectors, PassageSettings(), {1})
    rows = np.array([12, 0, 5, 5, 3, 8, 1, 12, 4])
    assert passages.own(rows) == pytest.approx(vectors[rows], abs=1e-3)
    assert passages.own_scores(query_of(vectors[7]), rows) == pytest.approx(
        vectors[rows] @ vectors[7], abs=2e-3
    )


def test_no_passages_have_no_vectors() -> None:
    none = PassageVectors([], np.empty(0, np.float32), np.empty(0, np.int32), [0.7])
    assert (len(none), len(none.own(np.empty(0, np.int64))), len(none.context(0, 0))) == (0, 0, 0)


# --- clusters --------------------------------------------------------------------------------------------

SETTING = PassageSettings()
TALKS = [10] * 20
VECTORS = vectors_for(TALKS)
PASSAGES = passages_of(TALKS, VECTORS, SETTING, {3, 11})
IDS = 100 + 2 * np.arange(200)
EVERY = np.arange(200)


def view_of(*, context: bool = False, share: float = 1.0) -> ClusteredView:
    """Build a view of 200 passages; the index looks at so many of its 16 clusters."""
    found = PASSAGES.context(0, 200) if context else VECTORS
    index = ClusteredIndex.train(found, len(found))
    index.add(IDS, found)
    return ClusteredView(ClusteredIndex(index._index, share), IDS, PASSAGES, context, PASSAGES.own(EVERY))


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let 200 passages be many."""
    monkeypatch.setattr(dense, "_FEW", 20)
    monkeypatch.setattr(dense, "CANDIDATES", 30)


@pytest.mark.parametrize("context", [False, True], ids=["own", "context"])
def test_best_are_exact_where_all_are_candidates(context: bool) -> None:
    view = view_of(context=context)
    for query in map(query_of, vectors_for([5], seed=7)):
        order = np.argsort(-view.scores(query, EVERY), kind="stable")
        for depth in (1, 30, 200, 1000):
            assert view.best(query, depth, None).tolist() == order[:depth].tolist()


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("context", [False, True], ids=["own", "context"])
@pytest.mark.parametrize("share", [0.06, 0.5, 1.0])
@pytest.mark.parametrize("allowed", [1, 20, 21, 60, 150, 200])
def test_filter_returns_no_row_outside_and_as_many_as_it_allows(
    context: bool, share: float, allowed: int
) -> None:
    view = view_of(context=context, share=share)
    for seed, vector in enumerate(vectors_for([4], seed=7)):
        mask = np.zeros(200, dtype=np.bool_)
        mask[np.random.default_rng(seed).permutation(200)[:allowed]] = True
        for depth in (1, 10, 50, 300):
            query = query_of(vector)
            best = view.best(query, depth, mask)
            assert len(best) == len(set(best.tolist())) == min(depth, allowed)
            assert mask[best].all()
            assert np.all(np.diff(view.scores(query, best)) <= 0)
            low, high = view.bounds(query, mask)
            assert low <= view.scores(query, best).min() + 1e-6
            assert high == pytest.approx(view.scores(query, best).max())
            if allowed <= 20:  # few are all scored
                inside = np.flatnonzero(mask)
                order = inside[np.argsort(-view.scores(query, inside), kind="stable")]
                assert best.tolist() == order[:depth].tolist()
                scores = view.scores(query, inside)
                assert (low, high) == pytest.approx((scores.min(), scores.max()))


@pytest.mark.usefixtures("small")
def test_nearest_are_among_the_best_though_only_candidates_are_scored() -> None:
    view, found = view_of(), []
    for vector in unit_rows(VECTORS[:50] + VECTORS[50:100]):
        order = np.argsort(-(VECTORS @ vector))[:5]
        found.append(np.isin(order, view.best(query_of(vector), 10, None)).mean())
    assert np.mean(found) > 0.9


def test_as_many_rows_come_back_as_there_are_where_few_clusters_are_searched() -> None:
    view = view_of(share=0.06)
    for vector in vectors_for([4], seed=7):
        assert len(view.best(query_of(vector), 200, None)) == 200


def test_lowest_score_is_that_of_the_sample() -> None:
    index = ClusteredIndex.train(VECTORS, 200)
    index.add(IDS, VECTORS)
    query = query_of(VECTORS[0])
    opposite = -VECTORS[:1]  # lower than any passage can be
    view = ClusteredView(index, IDS, PASSAGES, False, np.concatenate([VECTORS[:5], opposite]))
    assert view.bounds(query, None) == pytest.approx((-1, 1), abs=1e-3)
    few = np.arange(200) < 3
    scores = view.scores(query, np.arange(3))
    assert view.bounds(query_of(VECTORS[0]), few) == pytest.approx((scores.min(), scores.max()))
