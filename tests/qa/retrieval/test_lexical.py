import math
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.retrieval import LexicalView, Lexicon, lexical
from qa.retrieval.lexical import K1, WINDOW, B, fold, highest, words
from qa.retrieval.places import places
from qa.retrieval.postings import Postings
from qa.retrieval.views import Query

NO_VECTOR = np.zeros(1, dtype=np.float32)


def view_of(texts: Sequence[str]) -> LexicalView:
    return LexicalView(Lexicon.of(texts))


def ask(text: str) -> Query:
    return Query(text, NO_VECTOR)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Türkiye", ["turkiy"]),
        ("TÜRKİYE", ["turkiy"]),
        ("turkiye", ["turkiy"]),
        ("Łódź café naïve", ["lodz", "cafe", "naiv"]),
        ("ＦＵＬＬ ｗｉｄｔｈ", ["full", "width"]),
        ("\U0001d400 ℍarbour", ["harbour"]),  # letters of mathematics; "a" is a stop word
        ("STRASSE Straße", ["strass", "strass"]),
        ("Москва МОСКВЫ", ["москв", "москв"]),
        ("한국어", ["한국", "국어"]),
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


def test_scripts_without_spaces_are_matched_by_letters_and_pairs_of_them() -> None:
    assert words("東京タワー tower") == ["東", "京", "東京", "タワ", "ワー", "tower"]
    view = view_of(["明日は東京で会議です", "hello there everybody"])
    assert view.best(ask("東京"), 5, None).tolist() == [0]


def test_words_of_two_scripts_without_a_space_between_are_told_apart() -> None:
    assert words("用iPhone打电话") == ["用", "iphon", "打", "电", "话", "打电", "电话"]
    assert words("2025年3月") == ["2025", "年", "3", "月"]


@given(st.text(max_size=30))
def test_folded_text_stays_as_it_is_when_folded_again(text: str) -> None:
    assert fold(fold(text)) == fold(text)


DOCUMENTS = ("harbour harbour gate", "Gate!", "lunch money")


def test_scores_are_bm25_worked_out_by_hand() -> None:
    assert (K1, B) == (1.5, 0.75)
    view = view_of(DOCUMENTS)
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
    view = view_of(DOCUMENTS)
    rows = np.arange(3)
    once, twice = view.scores(ask("gate"), rows), view.scores(ask("gate gates GATE"), rows)
    assert once.tolist() == twice.tolist()


def test_filter_is_applied_before_the_depth() -> None:
    view = view_of(DOCUMENTS)
    allowed = np.array([False, True, True])
    assert view.best(ask("harbour gate"), 1, allowed).tolist() == [1]
    low, high = view.bounds(ask("gate"), allowed)
    assert (low, high) == pytest.approx((0, math.log(1.6) / 1.9375), rel=1e-5)


def test_ties_fall_to_the_earlier_row() -> None:
    view = view_of(["gate"] * 9 + ["gate gate"])
    assert view.best(ask("gate"), 10, None).tolist() == [9, 0, 1, 2, 3, 4, 5, 6, 7, 8]


def test_rows_without_a_shared_word_are_left_out() -> None:
    assert view_of(DOCUMENTS).best(ask("zebra"), 3, None).tolist() == []
    assert view_of(DOCUMENTS).best(ask("lunch"), 3, None).tolist() == [2]


@pytest.mark.parametrize("texts", [[], [""], ["the of", "!!!"]])
def test_nothing_to_match_gives_no_rows_and_equal_bounds(texts: list[str]) -> None:
    view = view_of(texts)
    assert view.best(ask("gate"), 3, None).tolist() == []
    assert view.scores(ask("gate"), np.arange(len(texts))).tolist() == [0.0] * len(texts)
    if texts:
        assert view.bounds(ask("gate"), None) == (0, 0)
    assert not Lexicon.of(texts).knows("gate")


def test_rarity_is_the_inverse_document_frequency() -> None:
    lexicon = Lexicon.of(DOCUMENTS)
    assert lexicon.rarity("gate") == pytest.approx(math.log(1 + 1.5 / 2.5))
    assert lexicon.rarity("harbour") == pytest.approx(math.log(1 + 2.5 / 1.5))
    assert lexicon.rarity("zebra") == pytest.approx(math.log(1 + 3.5 / 0.5))


def test_a_chinese_character_alone_counts_half_of_a_pair() -> None:
    lexicon = Lexicon.of(["东京", "hello"])
    whole = math.log(1 + 1.5 / 1.5)
    assert [lexicon.rarity(word) for word in ("东京", "东", "京", "hello")] == pytest.approx(
        [whole, whole / 2, whole / 2, whole]
    )


def test_lexicon_knows_the_words_that_occur() -> None:
    lexicon = Lexicon.of(DOCUMENTS)
    assert [lexicon.knows(word) for word in ("gate", "gates", "gat", "lunch", "zebra", "")] == [
        True, False, False, True, False, False,
    ]  # fmt: skip


def test_lexicon_says_which_rows_have_a_word_in_them_or_beside_them() -> None:
    # Two transcripts: rows 0 to 5, with "gate" in row 3, and rows 6 and 7, with "gate" in row 6.
    texts = ["a1", "b1", "c1", "gate", "e1", "f1", "gate", "h1"]
    lexicon = Lexicon.of(texts, np.array([0] * 6 + [1] * 2, dtype=np.int32))
    near = [False, True, True, True, True, True, True, True]
    assert lexicon.around("gate", np.arange(8)).tolist() == near
    assert lexicon.around("gate", np.array([7, 0, 7])).tolist() == [True, False, True]
    assert lexicon.around("c1", np.arange(8)).tolist() == [True] * 5 + [False] * 3
    assert lexicon.around("f1", np.arange(8)).tolist() == [False] * 3 + [True] * 3 + [False] * 2
    assert lexicon.around("zebra", np.arange(8)).tolist() == [False] * 8
    assert lexicon.around("gate", np.empty(0, dtype=np.int64)).tolist() == []


def test_words_of_neighbours_are_worked_out_by_hand() -> None:
    # Three passages of one transcript and one of another; one word each, "gate" in rows 0 and 3.
    lexicon = Lexicon.of(["gate", "wall", "lunch", "gate"], np.array([0, 0, 0, 1], dtype=np.int32))
    view = LexicalView(lexicon, context=True)
    # idf counts passages by themselves: N = 4, n = 2. Among their neighbours, two on each side, rows 0 to 2
    # are 3 words long and row 3 is 1; 2.5 on average. Each has "gate" once.
    gate = math.log(1 + 2.5 / 2.5)
    long, short = 1 + 1.5 * (0.25 + 0.75 * 3 / 2.5), 1 + 1.5 * (0.25 + 0.75 * 1 / 2.5)
    wanted = [gate / long, gate / long, gate / long, gate / short]
    assert view.scores(ask("gate"), np.arange(4)) == pytest.approx(wanted, rel=1e-5)
    assert view.best(ask("gate"), 4, None).tolist() == [3, 0, 1, 2]


def plain_scores(texts: Sequence[str], transcript: Sequence[int], question: str, reach: int) -> list[float]:
    """Score as BM25 is written down, over each passage and so many on each side in its transcript."""
    alone = [Counter(words(text)) for text in texts]
    among = [
        sum(
            (
                alone[near]
                for near in range(max(0, row - reach), min(len(texts), row + reach + 1))
                if transcript[near] == transcript[row]
            ),
            Counter(),
        )
        for row in range(len(texts))
    ]
    average = sum(map(Counter.total, among)) / len(texts)
    scores = [0.0] * len(texts)
    for word in set(words(question)):
        seen = sum(word in counted for counted in alone)
        idf = math.log(1 + (len(texts) - seen + 0.5) / (seen + 0.5)) / (2 if word in {"東", "京"} else 1)
        for row, counted in enumerate(among):
            if times := counted[word]:
                length = counted.total() / average
                scores[row] += idf * times / (times + K1 * (1 - B + B * length))
    return scores


SPOKEN = st.lists(st.sampled_from("harbour gate gates lunch wall the zebra 東京".split()), max_size=6).map(
    " ".join
)
TALKS = st.lists(st.lists(SPOKEN, min_size=1, max_size=7), min_size=1, max_size=6)


@given(
    talks=TALKS,
    question=st.sampled_from(["harbour gate", "gate", "lunch at the wall", "zebra 東", "nothing there", ""]),
    cuts=st.sets(st.integers(1, 5)),
    rare=st.sampled_from([0, 4, 10**6]),  # every word counts as rare, some do, only those that nobody says
)
def test_scores_are_those_of_plain_bm25_however_the_passages_are_kept(
    talks: list[list[str]], question: str, cuts: set[int], rare: int
) -> None:
    texts = [text for talk in talks for text in talk]
    transcript = np.repeat(np.arange(len(talks), dtype=np.int32), [len(talk) for talk in talks])
    borders = [0, *sorted(cut for cut in cuts if cut < len(talks)), len(talks)]
    parts = [
        Postings.of([words(text) for talk in talks[begin:end] for text in talk])
        for begin, end in pairwise(borders)
    ]
    lexicon, every = Lexicon(parts, transcript), np.arange(len(texts))
    for context, reach in ((False, 0), (True, WINDOW)):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("qa.retrieval.lexical._RARE", rare)
            found = LexicalView(lexicon, context).scores(ask(question), every)
        wanted = plain_scores(texts, transcript.tolist(), question, reach)
        assert found == pytest.approx(wanted, rel=1e-4, abs=1e-6)
    for word in {"harbour", "zebra", *words(question)}:
        near = [
            any(
                word in words(texts[other])
                for other in range(max(0, row - WINDOW), min(len(texts), row + WINDOW + 1))
                if transcript[other] == transcript[row]
            )
            for row in every.tolist()
        ]
        assert lexicon.around(word, every).tolist() == near
        assert lexicon.knows(word) == any(word in words(text) for text in texts)


def test_word_said_very_often_counts_fifty_one_times() -> None:
    """Where BM25 is flat; the counts of five passages in a row then fit in a byte."""
    texts = ["gate " * 300] * 5
    # One word, 300 times, in all of five equal passages: idf = ln(1 + .5 / 5.5); each as long as the average.
    own = math.log(1 + 0.5 / 5.5) * 51 / (51 + 1.5)
    lexicon = Lexicon.of(texts)
    assert LexicalView(lexicon).scores(ask("gate"), np.arange(5)) == pytest.approx([own] * 5, rel=1e-5)
    # Among their neighbours they are 900, 1200, 1500, 1200 and 900 words long, 1140 on average.
    among = [
        math.log(1 + 0.5 / 5.5) * (51 * n) / (51 * n + 1.5 * (0.25 + 0.75 * 300 * n / 1140))
        for n in (3, 4, 5, 4, 3)
    ]
    context = LexicalView(lexicon, context=True)
    assert context.scores(ask("gate"), np.arange(5)) == pytest.approx(among, rel=1e-5)


def test_lexicon_forgets_words_rather_than_grow_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lexical, "_REMEMBERED", 2)
    lexicon = Lexicon.of(DOCUMENTS)
    wanted = [lexicon.knows(word) for word in ("gate", "harbour", "zebra", "gate")]
    assert wanted == [True, True, False, True]
    assert len(lexicon._found) <= 2


@given(
    scores=st.lists(st.sampled_from([0.0, 0.25, 0.5, 1.0, 2.0]), max_size=60),
    depth=st.integers(1, 20),
)
def test_highest_are_those_of_a_full_sort(scores: list[float], depth: int) -> None:
    wanted = sorted((row for row, score in enumerate(scores) if score > 0), key=lambda row: -scores[row])
    assert highest(np.array(scores, dtype=np.float32), depth).tolist() == wanted[:depth]


@given(
    seed=st.integers(0, 999),
    blocks=st.integers(3, 12),
    tail=st.integers(0, 255),
    depth=st.integers(1, 5),
    levels=st.sampled_from([2, 5, 1_000_000]),
    zeros=st.sampled_from([0.0, 0.5, 0.999]),
)
def test_highest_of_very_many_are_those_of_a_full_sort(
    seed: int, blocks: int, tail: int, depth: int, levels: int, zeros: float
) -> None:
    """So many that blocks of 256 are looked at first; few levels make ties, many zeros leave too few."""
    random = np.random.default_rng(seed)
    scores = (random.integers(levels, size=256 * blocks + tail) / levels).astype(np.float32)
    scores[random.random(len(scores)) < zeros] = 0
    order = np.argsort(-scores, kind="stable")
    assert highest(scores, depth).tolist() == order[scores[order] > 0][:depth].tolist()


def test_answers_to_one_question_do_not_leak_into_the_next() -> None:
    view = view_of(DOCUMENTS)
    rows = np.arange(3)
    gate = view.scores(ask("gate"), rows).tolist()
    assert view.scores(ask("lunch"), rows).tolist() != gate
    assert view.scores(ask("gate"), rows).tolist() == gate


@pytest.mark.parametrize(
    ("text", "asked", "marked"),
    [
        ("Boats, a boat and the BOAT's crew", "boat", ["Boats", "boat", "BOAT's"]),
        ("Türkiye’s turkiye T\u0075\u0308rkiye", "turkiye", ["Türkiye’s", "turkiye", "T\u0075\u0308rkiye"]),
        ("we were there", "were we", []),  # stop words are never matched
        ("大阪の港", "港 大", ["大", "港"]),
        ("", "boat", []),
    ],
)
def test_places_are_those_of_matched_words_as_written(text: str, asked: str, marked: list[str]) -> None:
    assert [text[slice(*place)] for place in places(text, set(words(asked)))] == marked


@given(
    st.text(alphabet="ab äÄ'’大阪ß．ﬁ\u0301-3.ガタ한국йמнकि", max_size=30)
    | st.lists(st.sampled_from("a b ' ’ 大 ส สะ เก กำ ก่ น้ำ 3".split()), max_size=15).map("".join)
)
def test_every_word_of_a_text_has_a_place(text: str) -> None:
    own = set(words(text))
    assert {word for place in places(text, own) for word in words(text[slice(*place)])} == own


def test_words_around_a_passage_reach_as_far_as_asked() -> None:
    lexicon = Lexicon.of(["gate", "wall", "quay"])
    rows = np.arange(3)
    assert lexicon.around("gate", rows, reach=0).tolist() == [True, False, False]
    assert lexicon.around("gate", rows, reach=1).tolist() == [True, True, False]
    assert lexicon.around("gate", rows).tolist() == [True, True, True]
