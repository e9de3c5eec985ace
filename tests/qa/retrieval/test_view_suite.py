"""What every view keeps, whatever it ranks by: dense and lexical views run through the same tests."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings import ClusteredIndex, VectorIndex, unit_rows
from qa.retrieval import ClusteredView, DenseView, LexicalView, Lexicon, PassageVectors
from qa.retrieval.views import Mask, Query, View
from tests.conftest import WordEncoder

ENCODER = WordEncoder()
TEXTS = (
    "harbour gate failed",
    "the gate, the harbour gate!",
    "lunch money",
    "gate",
    "lunch money",
    "harbour wall and harbour master",
)
QUESTIONS = ("harbour gate", "lunch", "gate gate wall", "zebra crossing")
MASKS = (None, np.array([True, False, True, True, False, False]), np.array([False] * 5 + [True]))


def dense(texts: tuple[str, ...]) -> View:
    index = VectorIndex(ENCODER.dim)
    index.add(ENCODER.encode_documents(texts))
    return DenseView(index)


def clustered(texts: tuple[str, ...], *, context: bool = False) -> View:
    """Look at each text as a transcript of its own, so that its neighbours change nothing."""
    if not texts:
        pytest.skip("clusters are trained on what is there")
    vectors = ENCODER.encode_documents(texts)
    passages = PassageVectors(
        [vectors[:2].astype(np.float16), vectors[2:].astype(np.float16)],
        np.ones(len(texts), dtype=np.float32),
        np.arange(len(texts)),
        (0.7, 0.49),
    )
    index = ClusteredIndex.train(NOISE, len(texts))
    ids = 10 + 3 * np.arange(len(texts))
    index.add(ids, vectors)
    return ClusteredView(index, ids, passages, context, passages.own(np.arange(len(texts))))


NOISE = unit_rows(np.random.default_rng(0).normal(size=(16, ENCODER.dim)).astype(np.float32))


def clustered_context(texts: tuple[str, ...]) -> View:
    return clustered(texts, context=True)


def lexical(texts: tuple[str, ...]) -> View:
    return LexicalView(Lexicon.of(texts))


def lexical_context(texts: tuple[str, ...]) -> View:
    """Look at each text as a transcript of its own, so that its neighbours change nothing."""
    return LexicalView(Lexicon.of(texts, np.arange(len(texts), dtype=np.int32)), context=True)


MAKERS = pytest.mark.parametrize("make", [dense, clustered, clustered_context, lexical, lexical_context])
Make = Callable[[tuple[str, ...]], View]


def query_of(question: str) -> Query:
    return Query(question, ENCODER.encode_queries([question])[0])


@MAKERS
@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("allowed", MASKS, ids=["all", "some", "one"])
def test_best_rows_are_those_with_the_best_scores(make: Make, question: str, allowed: Mask | None) -> None:
    view, query = make(TEXTS), query_of(question)
    everything = np.flatnonzero(allowed) if allowed is not None else np.arange(len(TEXTS))
    scores = view.scores(query, np.arange(len(TEXTS)))
    for depth in (1, 2, 6):
        best = view.best(query, depth, allowed)
        assert len(best) == len(set(best.tolist())) <= depth
        assert set(best.tolist()) <= set(everything.tolist())
        assert np.all(np.diff(scores[best]) <= 1e-6)  # best first
        left = np.setdiff1d(everything, best)
        if len(best) == depth and len(left):
            assert scores[left].max() <= scores[best].min() + 1e-6
        elif len(left):  # fewer than asked for: what is left scores nothing
            assert scores[left].max() == 0


@MAKERS
@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("allowed", MASKS, ids=["all", "some", "one"])
def test_bounds_are_the_lowest_and_highest_allowed_score(
    make: Make, question: str, allowed: Mask | None
) -> None:
    view, query = make(TEXTS), query_of(question)
    everything = np.flatnonzero(allowed) if allowed is not None else np.arange(len(TEXTS))
    scores = view.scores(query, everything)
    assert view.bounds(query, allowed) == pytest.approx((scores.min(), scores.max()), abs=1e-6)


@MAKERS
@given(rows=st.lists(st.integers(0, 5), max_size=8), question=st.sampled_from(QUESTIONS))
def test_scores_do_not_depend_on_the_rows_scored_with_them(
    make: Make, rows: list[int], question: str
) -> None:
    view, query = make(TEXTS), query_of(question)
    every = view.scores(query, np.arange(len(TEXTS)))
    some = view.scores(query, np.array(rows, dtype=np.int64))
    assert some == pytest.approx(every[rows] if rows else [], abs=1e-6)


@MAKERS
def test_shared_words_come_first(make: Make) -> None:
    # "wall" is in one text only, and beside "harbour" it decides.
    assert make(TEXTS).best(query_of("harbour wall"), 1, None).tolist() == [5]
    assert make(TEXTS).best(query_of("gate"), 1, None).tolist() == [3]


@MAKERS
def test_equal_texts_score_the_same(make: Make) -> None:
    scores = make(TEXTS).scores(query_of("lunch money"), np.array([2, 4]))
    assert scores[0] == pytest.approx(scores[1])


@MAKERS
def test_the_earlier_of_equal_passages_comes_first(make: Make) -> None:
    # Whoever asks for fewer than there are gets the earlier ones: runs repeat exactly.
    same = ("harbour gate", "lunch money", "lunch money", "harbour wall", "lunch money")
    view = make(same)
    assert view.best(query_of("lunch money"), 5, None).tolist()[:3] == [1, 2, 4]
    assert view.best(query_of("lunch money"), 2, None).tolist() == [1, 2]


@MAKERS
def test_view_of_nothing_finds_nothing(make: Make) -> None:
    assert make(()).best(query_of("gate"), 5, None).tolist() == []


@MAKERS
def test_filter_of_one_ask_does_not_leak_into_the_next(make: Make) -> None:
    view, query = make(TEXTS), query_of("harbour wall")
    first = np.array([True] + [False] * 5)
    for _ in range(2):
        assert view.best(query, 6, first).tolist() == [0]
        assert view.best(query, 1, None).tolist() == [5]
        assert view.bounds(query, first) == pytest.approx(view.scores(query, np.array([0, 0])), abs=1e-6)


@MAKERS
def test_one_query_asks_two_views_without_mixing_them_up(make: Make) -> None:
    query = query_of("harbour wall")
    views = make(TEXTS), make(TEXTS[::-1])
    assert [view.best(query, 1, None).tolist() for view in views] == [[5], [0]]
    first, second = (view.scores(query, np.arange(6)) for view in views)
    assert first == pytest.approx(second[::-1])
