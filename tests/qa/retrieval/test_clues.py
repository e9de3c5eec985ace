from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.retrieval import LexicalView, Lexicon, PassageTable
from qa.retrieval.clues import BY_IN_LONG, COLUMNS, GIVEN, WEIGHTS, Clues
from qa.retrieval.lexical import words
from qa.retrieval.mentions import Mention, Relation
from qa.retrieval.postings import Postings
from qa.retrieval.understanding import Understood, Wishes, understand
from qa.types import QUESTIONER
from tests.qa.retrieval.test_fusion import FixedView, retriever_of
from tests.qa.retrieval.test_views import table_of

TABLE = replace(
    table_of(
        (0, "Ana Ruiz", "Mayor"),  # row 0
        (0, None, QUESTIONER),  # row 1
        (0, "Ana Ruiz", "Mayor"),  # row 2, the answer
        (1, "Ben Cole", None),  # row 3
        (1, "Cy Ruiz", None),  # row 4
        dates=("2025-03-11", "2024-11"),
    ),
    answers=np.array([-1, -1, 1, -1, -1]),
)
TEXTS = ("the vote", "why so", "the gate held", "what Ana said of the vote", "rain")
ROWS = np.arange(5)
NO_WISHES = Wishes()
TODAY = date(2026, 11, 27)


def words_of(*texts: str, table: PassageTable = TABLE) -> LexicalView:
    return LexicalView(Lexicon([Postings.of([words(text) for text in texts])], table.transcript))


def values(question: str, wishes: Wishes = NO_WISHES) -> dict[str, list[float]]:
    clues = Clues(TABLE, words_of(*TEXTS), understand(question, TABLE, None, wishes, TODAY), None)
    found = clues.values(ROWS)
    return {
        name: [round(float(value), 6) for value in column]
        for name, column in zip(COLUMNS, found.T, strict=True)
        if column.any()
    }


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        # Ana speaks 2 of 5 rows: 1 - 2/5.
        ("What did Ana say?", {"by": [0.6, 0, 0.6, 0, 0]}),
        ("What did Ruiz say?", {"by": [0.4, 0, 0.4, 0, 0.4]}),
        ("What did the mayor say?", {"by": [0.6, 0, 0.6, 0, 0]}),
        ("What was said about Ana?", {"about": [0, 0, 0, 0.8, 0]}),
        ("What was Ana asked?", {"asked": [0, 0.8, 0, 0, 0], "answered": [0, 0, 0.8, 0, 0]}),
        ("Where does Ana live?", {"named_by": [0.6, 0, 0.6, 0, 0], "named_about": [0, 0, 0, 0.8, 0]}),
        ("What was said in March?", {"period": [0.4, 0.4, 0.4, 0, 0]}),
        ("What was said in 2024?", {"period": [0, 0, 0, 0.6, 0.6]}),
        ("What was said since 2024?", {}),  # everything was: it says nothing
        ("What was said in 2019?", {}),
        # Row 0 is nothing but the vote: itself, and what came before it, transcript 1.
        ("Who spoke before the vote?", {"event": [0.4, 0, 0, 0.4, 0.4]}),
        ("Who spoke after the vote?", {"event": [0.4, 0.4, 0.4, 0, 0]}),
        ("Who spoke after the zeppelin?", {}),
        ("What of the gate?", {}),
    ],
)
def test_clues_are_muted_as_by_hand(question: str, expected: dict[str, list[float]]) -> None:
    assert values(question) == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What did Ana say?", [1, 3, 4]),
        ("What did Ana and Ben say?", [1, 4]),
        ("What did the mayor say?", [1, 3, 4]),
        ("What was said about Ana?", []),
        ("Where does Ana live?", []),
        ("What of the gate?", []),
    ],
)
def test_the_words_of_others_are_told_where_somebody_s_are_wanted(question: str, expected: list[int]) -> None:
    clues = Clues(TABLE, words_of(*TEXTS), understand(question, TABLE), None)
    assert np.flatnonzero(clues.others(ROWS)).tolist() == expected
    nothing = FixedView(0, 0, 0, 0, 0)
    hits = retriever_of(TABLE, nothing, nothing, words_of(*TEXTS), nothing).retrieve(question, 5)
    assert sorted(hit.position for hit in hits if hit.others) == expected


def test_those_who_speak_beside_somebody_gain_too_in_a_long_meeting() -> None:
    # Ana speaks every second time in the first half of a long meeting, and all but once in a short one.
    rows = [(0, "Ana" if row % 2 and row < 512 else "Ben", None) for row in range(1_024)]
    table = table_of(*rows, *[(1, "Ana", None)] * 4, (1, "Ben", None), dates=("2025", "2024"))
    clues = Clues(
        table, words_of(*["x"] * len(table), table=table), understand("What did Ana say?", table), None
    )
    weight = WEIGHTS[COLUMNS.index("by")]
    # Ana says a quarter of all, as estimated from 1,024 drawn of the 1,029 passages: so much is muted.
    most = clues.who(np.array([1_024]))[0]
    assert most == pytest.approx(0.75 * weight, rel=0.1)
    found = clues.who(np.array([1, 2, 519, 520, 1_000, 1_024, 1_028])) / most
    beside = 1 - BY_IN_LONG
    assert found == pytest.approx([1, beside, beside, 0, 0, 1, 0], abs=1e-6)


def test_up_to_128_passages_only_the_person_gains() -> None:
    rows = [(0, "Ana" if row == 64 else "Ben", None) for row in range(128)]
    table = table_of(*rows, dates=("2025",))
    clues = Clues(table, words_of(*["x"] * 128, table=table), understand("What did Ana say?", table), None)
    assert np.flatnonzero(clues.who(np.arange(128))).tolist() == [64]


def test_a_speaker_of_everything_searched_says_nothing() -> None:
    allowed = np.array([True, False, True, False, False])
    clues = Clues(TABLE, words_of(*TEXTS), understand("What did Ana say?", TABLE), allowed)
    assert clues.who(ROWS).tolist() == [0, 0, 0, 0, 0]


def test_what_the_user_gave_replaces_the_guess_and_is_not_muted() -> None:
    ana = Mention("Ana", ("Ana Ruiz",), (), (("ana",),), Relation.ABOUT, given=True)
    wishes = Wishes(given=(ana,))
    assert values("What did Ana say?", wishes) == {"about": [0, 0, 0, 1, 0]}
    clues = Clues(TABLE, words_of(*TEXTS), understand("What did Ana say?", TABLE, None, wishes), None)
    assert clues.who(ROWS)[3] == pytest.approx(GIVEN * 0.1)
    assert clues.most == pytest.approx(GIVEN * 0.1)
    wanted = clues.wanted(None)
    assert wanted is not None
    assert np.flatnonzero(wanted).tolist() == [3]


def test_what_is_ignored_or_switched_off_says_nothing() -> None:
    question = "What did Ana say in March before the vote?"
    assert set(values(question)) == {"by", "period", "event"}
    assert set(values(question, Wishes(ignored=frozenset({"Ana Ruiz"})))) == {"period", "event"}
    assert set(values(question, Wishes(period=False, event=False))) == {"by"}
    assert values(question, Wishes(guess=False)) == {}


def test_somebody_called_may_is_not_meant_by_in_may() -> None:
    table = table_of((0, "May", None), (0, "Ben", None), dates=("2025-05-01",))
    understood = understand("What was said in May?", table, None, Wishes(), TODAY)
    assert str(understood) == "May 2025"
    assert str(understand("What did May say?", table, None, Wishes(), TODAY)) == "said by May"


def test_a_chat_is_dated_by_the_day_of_each_message() -> None:
    table = replace(
        table_of((0, "Ana", None), (0, "Ben", None), dates=("2025-03-31",)), days=np.array([0, 1])
    )
    understood = understand("What was said in April?", table, None, Wishes(), TODAY)
    assert str(understood) == "April 2025"
    assert Clues(table, words_of("a", "b", table=table), understood, None).values(np.arange(2))[
        :, COLUMNS.index("period")
    ].tolist() == [0, 0.5]


def test_a_clue_moves_a_hit_up_and_removes_none() -> None:
    views = (FixedView(0.5, 0.5, 0.5, 0.6, 0.1),) * 4
    table = replace(TABLE, answers=np.full(5, -1))
    ranker = retriever_of(table, *views)
    plain = ranker.retrieve("What did Ana say?", 5, understood=Understood())
    moved = ranker.retrieve("What did Ana say?", 5)
    assert [hit.position for hit in plain] == [3, 0, 1, 2, 4]
    assert {hit.position for hit in moved} == {0, 1, 2, 3, 4}
    order = [hit.position for hit in moved]
    assert order.index(0) < order.index(1)
    assert order.index(2) < order.index(1)


@given(scores=st.lists(st.integers(0, 20), min_size=5, max_size=5), data=st.data())
def test_order_among_equal_clues_is_kept_and_nothing_lost(scores: list[int], data: st.DataObject) -> None:
    question = data.draw(st.sampled_from(["What did Ana say?", "What was said in March?", "Was Cy asked?"]))
    views = (FixedView(*(score / 20 for score in scores)),) * 4
    ranker = retriever_of(TABLE, *views)
    plain = {hit.position: hit.score for hit in ranker.retrieve(question, 5, understood=Understood())}
    moved = [hit.position for hit in ranker.retrieve(question, 5)]
    assert sorted(plain) == sorted(moved)
    boosts = Clues(TABLE, views[0], understand(question, TABLE), None)
    clues = boosts.who(ROWS) + boosts.when(ROWS)
    for place, first in enumerate(moved):
        for second in moved[place + 1 :]:
            # float32 sums differ in the last digit, which decides between scores that are the same
            assert clues[first] != clues[second] or plain[first] >= plain[second] - 1e-6


def test_no_weight_takes_away() -> None:
    assert len(WEIGHTS) == len(COLUMNS)
    assert min(WEIGHTS) >= 0


def test_who_and_when_are_told_apart() -> None:
    clues = Clues(TABLE, words_of(*TEXTS), understand("What did Ana say in March?", TABLE), None)
    who, when = clues.who(ROWS), clues.when(ROWS)
    by, period = (clues.values(ROWS)[:, COLUMNS.index(name)] for name in ("by", "period"))
    weights = dict(zip(COLUMNS, WEIGHTS, strict=True))
    assert who.tolist() == pytest.approx((weights["by"] * by).tolist())
    assert when.tolist() == pytest.approx((weights["period"] * period).tolist())
    assert who.any()
    assert when.any()
    assert who.tolist() != when.tolist()
