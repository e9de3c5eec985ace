import math
from dataclasses import replace

import pytest

from qa.evaluation.judging import (
    DEFAULT_MEASURES,
    Judged,
    Ranking,
    Rule,
    answer_texts,
    find_measure,
)
from tests.qa.evaluation.small_set import WALL, ZEPPELIN

TEXTS = {"harbour:D2:001": "The wall broke on Monday."}


def judged(*ids: str, ties: Rule = "trec") -> Judged:
    return Judged(ZEPPELIN, Ranking({id_: -float(place) for place, id_ in enumerate(ids)}), ties)


def test_measures_are_those_of_the_ranking() -> None:
    second = judged("council:00001", "council:00002")
    assert find_measure("ndcg@10")(second) == pytest.approx(1 / math.log2(3))
    assert find_measure("AP")(second) == 0.5
    assert find_measure("p@1")(second) == 0


def test_a_question_without_results_counts_0_in_every_measure() -> None:
    texts = {"council:00002": ("Nobody",)}
    empty = Judged(ZEPPELIN, Ranking({}, {}), "trec", texts)
    assert {find_measure(name)(empty) for name in DEFAULT_MEASURES} == {0.0}


def test_spans_are_measured_where_there_are_some() -> None:
    found = judged("council:00003", "council:00002")
    assert find_measure("span-hit@1")(found) == 0
    assert find_measure("span-hit@2")(found) == 1
    assert find_measure("span-iou@2")(found) == pytest.approx(1 / 3)
    without = Judged(WALL, Ranking({"harbour:D2:001": 1.0}))
    assert find_measure("span-hit@2")(without) is None
    assert find_measure("span-iou@2")(without) is None


def answer(k: int, *shown: tuple[str, str]) -> float | None:
    texts = answer_texts(WALL, TEXTS.get)
    ranking = Ranking({id_: -float(place) for place, (id_, _) in enumerate(shown)}, dict(shown))
    return find_measure(f"answer@{k}")(Judged(WALL, ranking, "trec", texts))


def test_an_answer_must_be_shown_in_the_turn_it_stands_in() -> None:
    right, elsewhere = ("harbour:D2:001", "It broke on monday."), ("harbour:D1:001", "Not on Monday.")
    assert answer(1, right) == 1
    assert answer(1, elsewhere, right) == 0
    assert answer(2, elsewhere, right) == 1
    assert answer(2, elsewhere) == 0
    assert answer(1, ("harbour:D2:001", "The wall broke.")) == 0


def test_no_answer_is_asked_for_where_none_stands_word_for_word() -> None:
    assert answer_texts(replace(WALL, answers=("Tuesday",)), TEXTS.get) == {}
    assert answer_texts(ZEPPELIN, TEXTS.get) == {}
    assert find_measure("answer@1")(Judged(WALL, Ranking({"a": 1.0}, {"a": "on Monday"}))) is None


def test_no_answer_is_asked_of_a_system_that_marks_none() -> None:
    texts = answer_texts(WALL, TEXTS.get)
    assert find_measure("answer@1")(Judged(WALL, Ranking({"a": 1.0}), "trec", texts)) is None


def test_answers_that_the_data_set_places_are_looked_for_there() -> None:
    placed = replace(WALL, answer_turns={"harbour:D1:001": ("held",)})
    assert answer_texts(placed, TEXTS.get) == {"harbour:D1:001": ("held",)}


def test_rules_for_equal_scores() -> None:
    tied = Ranking({"council:00001": 1.0, "council:00002": 1.0})

    def first(rule: Rule) -> float | None:
        return find_measure("p@1")(Judged(ZEPPELIN, tied, rule))

    assert [first(rule) for rule in ("trec", "asc", "average", "pessimistic")] == [1, 0, 0.5, 0]
    assert find_measure("span-hit@1")(Judged(ZEPPELIN, tied, "average")) == 1  # as under trec


def test_names_are_read_as_people_write_them() -> None:
    assert [find_measure(name).name for name in ("nDCG@010", " ap ", "Span-Hit@5")] == [
        "ndcg@10", "ap", "span-hit@5",
    ]  # fmt: skip
    assert find_measure("span-iou@50").label == "span IoU@50"
    assert find_measure("recall@5").label == "fractional recall@5"
    assert find_measure("answer@5").k == 5
    assert find_measure("rprec").k is None


@pytest.mark.parametrize("name", ["recall", "ndcg@0", "span-hit", "span-hit@0", "answer@x", "bpref", ""])
def test_an_unknown_measure_is_refused_with_those_there_are(name: str) -> None:
    with pytest.raises(ValueError, match=r"is no measure; expected one of ndcg@k.*answer@k"):
        find_measure(name)
