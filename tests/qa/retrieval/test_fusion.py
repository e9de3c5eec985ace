from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings import VectorIndex
from qa.library import Library
from qa.retrieval import (
    DenseView,
    Filter,
    Hit,
    HybridRetriever,
    LexicalView,
    Lexicon,
    PassageTable,
    Ranking,
    fusion,
    merge_hits,
)
from qa.retrieval.priors import WANTED
from qa.retrieval.ranking import FEATURES
from qa.retrieval.views import Mask, Query, Rows, Scores
from qa.types import QUESTIONER
from tests.conftest import WordEncoder, put
from tests.qa.retrieval.test_views import table_of

ENCODER = WordEncoder()
ASKING = 0.1


def ranking_of(**weights: float) -> Ranking:
    """Build a ranking from weights by feature, the same whatever the length of a transcript."""
    by_name = tuple(weights.get(name.replace(" ", "_"), 0.0) for name in FEATURES)
    return Ranking(by_name, by_name)


RANKING = ranking_of(
    dense_own=0.4, dense_near=0.1, lexical_own=0.3, lexical_near=0.2,
    dense_asked=0.2, lexical_asked=0.15, asks=-ASKING,
)  # fmt: skip
FULL = 1 + 0.2 + 0.15  # the highest score there can be with these weights


class FixedView:
    """A view that gives each row the score it was made with, whatever is asked."""

    def __init__(self, *scores: float) -> None:
        self._scores = np.array(scores, dtype=np.float32)

    def best(self, query: Query, depth: int, allowed: Mask | None) -> Rows:
        order = np.argsort(-self._scores, kind="stable")
        return (order if allowed is None else order[allowed[order]])[:depth]

    def scores(self, query: Query, rows: Rows) -> Scores:
        return self._scores[rows]

    def bounds(self, query: Query, allowed: Mask | None) -> tuple[float, float]:
        inside = self._scores if allowed is None else self._scores[allowed]
        return float(inside.min()), float(inside.max())


def retriever_of(table: PassageTable, *views: Any, ranking: Ranking | None = RANKING) -> HybridRetriever:
    """Build a retriever over dense own, dense context, lexical own, lexical context."""
    own, context, own_words, context_words = views
    return HybridRetriever(ENCODER, table, (own, own_words), (context, context_words), ranking)


THREE = table_of((0, "Ana", None), (0, "Ben", None), (1, "Ana", None), dates=("2025", "2024"))
VIEWS = (FixedView(0.9, 0.1, 0.5), FixedView(0.2, 0.6, 0.4), FixedView(0, 4, 2), FixedView(3, 0, 0))


def test_scores_are_normalised_and_weighed_as_by_hand() -> None:
    hits = retriever_of(THREE, *VIEWS).retrieve("harbour", 3)
    # Each view runs from 0 to 1:    row 0            row 1            row 2
    #   dense own      .4          (.9-.1)/.8 = 1     0                (.5-.1)/.8 = .5
    #   dense context  .1          0                  1                (.4-.2)/.4 = .5
    #   lexical own    .3          0                  1                2/4 = .5
    #   lexical context .2         1                  0                0
    #   together                   .6                 .4               .2 + .05 + .15 = .4
    in_order = sorted(hits, key=lambda hit: hit.position)
    assert [hit.position for hit in in_order] == [0, 1, 2]
    parts = np.array([hit.parts for hit in in_order])
    assert parts == pytest.approx(np.array([(1, 0, 0, 1), (0, 1, 1, 0), (0.5, 0.5, 0.5, 0)]))
    assert hits[0].position == 0
    assert [hit.score for hit in hits] == pytest.approx([0.6 / FULL, 0.4 / FULL, 0.4 / FULL])
    assert [hit.transcript_id for hit in hits if hit.position == 2] == ["t1"]


def test_normalisation_looks_only_at_what_the_filter_allows() -> None:
    hits = retriever_of(THREE, *VIEWS).retrieve("harbour", 3, Filter(speakers=frozenset({"Ana"})))
    # Rows 0 and 2 alone: dense own 1, 0; dense context 0, 1; lexical own 0, 1; lexical context 1, 0.
    assert [hit.position for hit in hits] == [0, 2]
    assert [hit.score for hit in hits] == pytest.approx([0.6 / FULL, 0.4 / FULL])


def test_view_that_tells_nothing_apart_counts_for_all_or_none() -> None:
    equal, silent = FixedView(0.3, 0.3, 0.3), FixedView(0, 0, 0)
    hits = retriever_of(THREE, FixedView(1, 0, 0.5), equal, silent, silent).retrieve("harbour", 3)
    assert [hit.parts for hit in hits] == [(1, 1, 0, 0), (0.5, 1, 0, 0), (0, 1, 0, 0)]


def test_stretches_end_with_the_transcript_and_count_what_they_hold() -> None:
    # Two transcripts of 70 and 2 passages. By itself only row 39 earns anything, near it row 38 the most.
    table = table_of(*[(0, "Ana", None)] * 70, *[(1, "Ben", None)] * 2, dates=("2025", "2024"))
    own = FixedView(*[0.0] * 39, 1, *[0.0] * 32)
    near = FixedView(*[0.0] * 38, 1, 0.5, *[0.0] * 32)
    nothing = FixedView(*[0.0] * 72)
    rows = np.arange(72)

    def scores(view: str, feature: str) -> list[float]:
        views = (own, near, nothing, nothing) if view == "dense" else (nothing, nothing, own, near)
        retriever = retriever_of(table, *views, ranking=ranking_of(**{f"{view}_{feature}": 1.0}))
        found: list[float] = retriever.pieces("harbour", rows).total.tolist()
        return found

    # The section reaches 16 passages to each side: 33 but for the ends.
    section = scores("dense", "section")
    assert section[22:25] == pytest.approx([0, 1 / 33, 1 / 33])
    assert section[54:58] == pytest.approx([1 / 32, 1 / 31, 0, 0])
    for view in ("dense", "lexical"):
        # Peaks are looked for in the 24 passages before: row 38 is seen to row 62, row 39 one longer.
        assert scores(view, "peak") == [0.0] * 38 + [1.0] * 25 + [0.5] + [0.0] * 8


def test_a_question_of_few_turns_is_ranked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[int] = []

    class Counted(FixedView):
        def best(self, query: Query, depth: int, allowed: Mask | None) -> Rows:
            looked.append(depth)
            return super().best(query, depth, allowed)

    monkeypatch.setattr(fusion, "DEPTH", 2)
    table = table_of(*[(0, "Ana", None)] * 2, *[(1, "Ben", None)] * 60, dates=("2025", "2024"))
    views = [Counted(*np.linspace(1, 0, 62)), *[FixedView(*np.linspace(1, 0, 62)) for _ in range(3)]]
    hits = retriever_of(table, *views).retrieve("harbour", 5, Filter(speakers=frozenset({"Ana"})))
    assert [hit.position for hit in hits] == [0, 1]
    assert looked == [10]


def test_a_hit_knows_how_long_its_transcript_is() -> None:
    hits = retriever_of(THREE, *VIEWS).retrieve("harbour", 3)
    assert {hit.transcript_id: hit.length for hit in hits} == {"t0": 2, "t1": 1}


def test_ties_fall_to_the_earlier_passage() -> None:
    hits = retriever_of(THREE, *[FixedView(1, 1, 1) for _ in range(4)]).retrieve("harbour", 3)
    assert [hit.position for hit in hits] == [0, 1, 2]


ANSWERED = replace(
    table_of((0, None, QUESTIONER), (0, "Ana", None), (0, "Ben", None), dates=("2025",)),
    asks=np.array([True, False, False]),
    answers=np.array([-1, 0, -1]),
)


def like_the_question() -> list[FixedView]:
    return [FixedView(1, 0.8, 0) for _ in range(4)]


def test_question_turn_falls_behind_its_answer() -> None:
    hits = retriever_of(ANSWERED, *like_the_question()).retrieve("Will the gate close?", 3)
    # Row 1 earns .2 and .15 of what row 0's own words earn: .8 + .35 = 1.15; row 0 pays .1.
    assert [hit.position for hit in hits] == [1, 0, 2]
    assert [hit.score for hit in hits] == pytest.approx([(0.8 + 0.35) / FULL, (1 - ASKING) / FULL, 0])


def test_question_about_asking_turns_that_round() -> None:
    hits = retriever_of(ANSWERED, *like_the_question()).retrieve("What did they ask about the gate?", 3)
    assert [hit.position for hit in hits] == [0, 1, 2]
    assert [hit.score for hit in hits] == pytest.approx([1 / FULL + 2 * WANTED, 0.8 / FULL, 0])


def test_answer_comes_before_the_question_it_answers(library: Library) -> None:
    id_ = put(
        library,
        "Question: may I turn to the petition, and how many names are on it by now?",
        "Ana: the petition, which I have here with me, was signed by 1,126 people, every one in ink",
        "Ben: the harbour is calm today and the ferry runs on time for once",
    )
    asked = "How many people signed the petition?"
    assert library.retrieve(asked, 3)[0].position == 1
    about = "Who asked how many people signed the petition?"
    assert library.retrieve(about, 3)[0].turn_id == f"{id_}:00000"


def test_pieces_are_what_a_score_is_made_of() -> None:
    retriever = retriever_of(ANSWERED, *like_the_question())
    pieces = retriever.pieces("Will the gate close?", np.array([1, 0]))
    # As above: row 1 has .8 of every view and its share of row 0's own words; row 0 pays for asking.
    shares = np.array([0.4, 0.1, 0.3, 0.2])
    assert pieces.views == pytest.approx(np.stack([0.8 * shares, shares], axis=1) / FULL)
    assert pieces.prior == pytest.approx([0, -ASKING / FULL])
    assert pieces.credit == pytest.approx([0.35 / FULL, 0])


def test_scores_of_many_rows_are_those_of_a_few_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    retriever = retriever_of(ANSWERED, *like_the_question())
    rows = np.arange(3)
    total = retriever.pieces("Will the gate close?", rows).total
    monkeypatch.setattr("qa.retrieval.fusion._ALL_SECTIONS", 2)
    assert retriever.scores("Will the gate close?", rows) == pytest.approx(total)
    assert total[:2] == pytest.approx([(1 - ASKING) / FULL, (0.8 + 0.35) / FULL])
    assert len(retriever.scores("Will the gate close?", rows[:0])) == 0


def texts_retriever(texts: list[str], table: PassageTable) -> HybridRetriever:
    index = VectorIndex(ENCODER.dim)
    index.add(ENCODER.encode_documents(texts))
    dense, lexical = DenseView(index), LexicalView(Lexicon.of(texts))
    return retriever_of(table, dense, dense, lexical, lexical, ranking=None)


def long_turn_table(passages: int, others: int) -> PassageTable:
    """Build a table of one turn with many passages and several turns of one."""
    table = table_of(*[(0, "Ana", None)] * passages, *[(1, "Ben", None)] * others, dates=("2025", "2024"))
    position = np.concatenate([np.zeros(passages, dtype=np.int64), np.arange(others)])
    return replace(table, position=position, start=np.arange(passages + others))


@pytest.mark.parametrize(
    "within",
    [Filter(), Filter(speakers=frozenset({"Ana", "Ben"})), Filter(transcripts=frozenset({"t0", "t1"}))],
    ids=["all", "speakers", "transcripts"],
)
def test_turn_of_hundreds_of_passages_leaves_room_for_others(within: Filter) -> None:
    texts = [f"harbour gate number {i}" for i in range(900)] + ["lunch money"] * 5
    hits = texts_retriever(texts, long_turn_table(900, 5)).retrieve("harbour gate", 6, within)
    turns = [(hit.transcript_id, hit.position) for hit in hits]
    assert turns[0] == ("t0", 0)
    assert sorted(turns) == [("t0", 0)] + [("t1", i) for i in range(5)]


@given(
    turns=st.lists(st.integers(1, 5), min_size=1, max_size=8),
    k=st.integers(1, 10),
    chosen=st.sets(st.sampled_from(["Ana", "Ben", "Cy"])),
    seed=st.integers(0, 999),
)
def test_k_turns_come_back_when_k_exist(turns: list[int], k: int, chosen: set[str], seed: int) -> None:
    random = np.random.default_rng(seed)
    speakers = [str(random.choice(["Ana", "Ben", "Cy"])) for _ in turns]
    rows = [turn for turn, passages in enumerate(turns) for _ in range(passages)]
    table = table_of(*[(0, speakers[turn], None) for turn in rows], dates=("2025",))
    table = replace(table, position=np.array(rows, dtype=np.int64))
    texts = [" ".join(random.choice(["harbour", "gate", "lunch", "wall"], size=3)) for _ in rows]
    allowed = [turn for turn, speaker in enumerate(speakers) if speaker in chosen]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fusion, "DEPTH", 1)
        hits = texts_retriever(texts, table).retrieve("harbour gate", k, Filter(speakers=frozenset(chosen)))
    assert len(hits) == min(k, len(allowed))
    assert len({hit.position for hit in hits}) == len(hits)
    assert {hit.position for hit in hits} <= set(allowed)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert all(hit.score <= 1 and 0 <= min(hit.parts) <= max(hit.parts) <= 1 for hit in hits)


def test_identical_runs_give_identical_hits() -> None:
    texts = [f"harbour {'gate ' * (i % 3)}number {i % 7}" for i in range(60)]
    table = table_of(*[(0, "Ana", None)] * 60, dates=("2025",))
    first = texts_retriever(texts, table).retrieve("harbour gate 3", 10)
    assert len(first) == 10
    for _ in range(3):
        assert texts_retriever(texts, table).retrieve("harbour gate 3", 10) == first


@pytest.mark.parametrize("k", [0, -1])
def test_k_below_one_is_refused(k: int) -> None:
    with pytest.raises(ValueError, match=f"k is {k}; expected at least 1"):
        retriever_of(THREE, *VIEWS).retrieve("harbour", k)


def test_nothing_to_search_gives_no_hits() -> None:
    assert retriever_of(THREE, *VIEWS).retrieve("harbour", 3, Filter(since="2026")) == []
    empty = table_of(dates=())
    assert texts_retriever([], empty).retrieve("harbour", 3) == []


def hit(position: int, score: float, start: int = 0) -> Hit:
    return Hit("t", position, start, start + 5, score)


def test_one_ranking_is_only_cut() -> None:
    ranking = [hit(3, 0.9), hit(1, 0.5), hit(2, 0.4)]
    assert merge_hits([ranking], 2) == ranking[:2]


def test_merged_score_is_the_mean_and_missing_counts_nothing() -> None:
    merged = merge_hits([[hit(1, 0.8), hit(2, 0.6)], [hit(2, 0.4, start=50), hit(3, 0.7)]], 3)
    # turn 1: .8 / 2; turn 2: (.6 + .4) / 2, with the passage of the better hit; turn 3: .7 / 2
    assert [(one.position, one.start) for one in merged] == [(2, 0), (1, 0), (3, 0)]
    assert [one.score for one in merged] == pytest.approx([0.5, 0.4, 0.35])


def test_merged_ties_fall_to_the_earlier_turn() -> None:
    assert [one.position for one in merge_hits([[hit(2, 0.5)], [hit(1, 0.5)]], 5)] == [1, 2]


def test_merging_nothing_gives_nothing() -> None:
    assert merge_hits([[], []], 5) == []
    assert merge_hits([[]], 5) == []
