import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.retrieval import LexicalView
from qa.retrieval.lexical import K1, B, fold, words
from qa.retrieval.views import Query

NO_VECTOR = np.zeros(1, dtype=np.float32)


def ask(text: str) -> Query:
    return Query(text, NO_VECTOR)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Türkiye", ["turkiy"]),
        ("TÜRKİYE", ["turkiy"]),
        ("turkiye", ["turkiy"]),
        ("Łódź café naïve", ["łodz", "cafe", "naiv"]),
        ("ＦＵＬＬ ｗｉｄｔｈ", ["full", "width"]),
        ("STRASSE Straße", ["strass", "strass"]),
        ("Москва", ["москва"]),
        ("한국어", ["한국어"]),
    ],
)
def test_case_accents_and_forms_are_folded(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("pledge pledged pledges pledging", ["pledg"] * 4),
        ("Rutte's Rutte’s Rutte", ["rutt"] * 3),
        ("boats boat", ["boat", "boat"]),
        ("3.42 metres, 20,000", ["3", "42", "metr", "20", "000"]),
        ("U.S. co-operate", ["u", "s", "co", "oper"]),
        ("!!! … — ", []),
        ("", []),
    ],
)
def test_words_are_stemmed_and_possessives_dropped(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_words_that_only_ask_are_dropped() -> None:
    assert words("What did Rutte say about the grain deal, and why?") == ["rutt", "grain", "deal"]
    assert words("who is it?") == []


@pytest.mark.parametrize("contracted", ["what's", "who’s", "it's", "that's", "where's", "let's"])
def test_words_that_only_ask_are_dropped_when_contracted_too(contracted: str) -> None:
    assert words(f"{contracted} NSATU") == ["nsatu"]


def test_scripts_without_spaces_are_matched_character_by_character() -> None:
    assert words("東京タワー tower") == ["東", "京", "タ", "ワ", "ー", "tower"]
    view = LexicalView(["明日は東京で会議です", "hello there everybody"])
    assert view.best(ask("東京"), 5, None).tolist() == [0]


@given(st.text(max_size=30))
def test_folded_text_stays_as_it_is_when_folded_again(text: str) -> None:
    assert fold(fold(text)) == fold(text)


DOCUMENTS = ("harbour harbour gate", "Gate!", "lunch money")


def test_scores_are_bm25_worked_out_by_hand() -> None:
    assert (K1, B) == (1.5, 0.75)
    view = LexicalView(DOCUMENTS)
    # N = 3 documents of 3, 1 and 2 words, 2 on average. idf = ln(1 + (N - n + .5) / (n + .5)).
    harbour, gate = math.log(1 + 2.5 / 1.5), math.log(1 + 1.5 / 2.5)
    # tf / (tf + K1 * (1 - B + B * length / 2)), with 1.5 * (.25 + .75 * 3 / 2) = 2.0625 for the first
    # document and 1.5 * (.25 + .75 * 1 / 2) = .9375 for the second.
    first = harbour * 2 / (2 + 2.0625) + gate * 1 / (1 + 2.0625)
    second = gate * 1 / (1 + 0.9375)
    query = ask("the harbours' gate")
    assert view.scores(query, np.arange(3)) == pytest.approx([first, second, 0], rel=1e-5)
    assert view.scores(query, np.array([2, 0])) == pytest.approx([0, first], rel=1e-5)
    assert view.best(query, 3, None).tolist() == [0, 1]
    assert view.bounds(query, None) == pytest.approx((0, first), rel=1e-5)


def test_word_repeated_in_the_question_counts_once() -> None:
    view = LexicalView(DOCUMENTS)
    rows = np.arange(3)
    once, twice = view.scores(ask("gate"), rows), view.scores(ask("gate gates GATE"), rows)
    assert once.tolist() == twice.tolist()


def test_filter_is_applied_before_the_depth() -> None:
    view = LexicalView(DOCUMENTS)
    allowed = np.array([False, True, True])
    assert view.best(ask("harbour gate"), 1, allowed).tolist() == [1]
    low, high = view.bounds(ask("gate"), allowed)
    assert (low, high) == pytest.approx((0, math.log(1.6) / 1.9375), rel=1e-5)


def test_ties_fall_to_the_earlier_row() -> None:
    view = LexicalView(["gate"] * 9 + ["gate gate"])
    assert view.best(ask("gate"), 10, None).tolist() == [9, 0, 1, 2, 3, 4, 5, 6, 7, 8]


def test_rows_without_a_shared_word_are_left_out() -> None:
    assert LexicalView(DOCUMENTS).best(ask("zebra"), 3, None).tolist() == []
    assert LexicalView(DOCUMENTS).best(ask("lunch"), 3, None).tolist() == [2]


@pytest.mark.parametrize("texts", [[], [""], ["the of", "!!!"]])
def test_nothing_to_match_gives_no_rows_and_equal_bounds(texts: list[str]) -> None:
    view = LexicalView(texts)
    assert view.best(ask("gate"), 3, None).tolist() == []
    assert view.scores(ask("gate"), np.arange(len(texts))).tolist() == [0.0] * len(texts)
    if texts:
        assert view.bounds(ask("gate"), None) == (0, 0)
    assert not view.knows("gate")


def test_rarity_is_the_inverse_document_frequency() -> None:
    view = LexicalView(DOCUMENTS)
    assert view.rarity("gate") == pytest.approx(math.log(1 + 1.5 / 2.5))
    assert view.rarity("harbour") == pytest.approx(math.log(1 + 2.5 / 1.5))
    assert view.rarity("zebra") == pytest.approx(math.log(1 + 3.5 / 0.5))


def test_view_says_which_rows_have_a_word() -> None:
    view = LexicalView(DOCUMENTS)
    assert view.contains("gate", np.array([2, 1, 0])).tolist() == [False, True, True]
    assert view.contains("zebra", np.arange(3)).tolist() == [False, False, False]
    assert view.knows("gate")
    assert not view.knows("zebra")


def test_answers_to_one_question_do_not_leak_into_the_next() -> None:
    view = LexicalView(DOCUMENTS)
    rows = np.arange(3)
    gate = view.scores(ask("gate"), rows).tolist()
    assert view.scores(ask("lunch"), rows).tolist() != gate
    assert view.scores(ask("gate"), rows).tolist() == gate
