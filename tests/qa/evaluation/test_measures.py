import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.evaluation.measures import (
    MEASURE_NAMES,
    GroupMean,
    Measure,
    aggregate,
    all_at_k,
    answer_contained,
    average_precision,
    judged_at_k,
    measure,
    mrr_at_k,
    ndcg_at_k,
    precision_at_k,
    r_precision,
    recall_at_k,
    span_hit_at_k,
    span_iou_at_k,
    success_at_k,
)
from qa.evaluation.ties import ordered

# b and d are relevant, c is judged and not, e was judged harmful; x, y and z nobody has seen.
GAINS = {"b": 1, "c": 0, "d": 3, "e": -1, "f": 2}
RANKING = ["x", "b", "c", "d", "y"]

AT_K = [ndcg_at_k, recall_at_k, all_at_k, success_at_k, mrr_at_k, precision_at_k, judged_at_k]


def test_recall_at_2_counts_one_of_three() -> None:
    assert recall_at_k(RANKING, GAINS, 2) == pytest.approx(1 / 3)


def test_precision_counts_empty_places_as_misses() -> None:
    assert precision_at_k(["b"], GAINS, 10) == pytest.approx(1 / 10)


def test_ndcg_is_linear_in_the_gain_and_discounts_by_log2_of_rank_plus_one() -> None:
    # gain 1 at rank 2 and 3 at rank 4; the best order would have 3, 2, 1 at ranks 1, 2, 3
    gained = 1 / math.log2(3) + 3 / math.log2(5)
    best = 3 / math.log2(2) + 2 / math.log2(3) + 1 / math.log2(4)
    assert ndcg_at_k(RANKING, GAINS, 10) == pytest.approx(gained / best)


def test_ndcg_at_2_takes_its_ideal_from_all_judged_ids_and_only_the_first_2_places() -> None:
    assert ndcg_at_k(RANKING, GAINS, 2) == pytest.approx((1 / math.log2(3)) / (3 + 2 / math.log2(3)))


def test_a_negative_gain_costs_nothing() -> None:
    assert ndcg_at_k(["e", "d"], GAINS, 2) == ndcg_at_k(["x", "d"], GAINS, 2)


def test_a_perfect_ranking_has_ndcg_1_even_when_gold_is_longer_than_k() -> None:
    assert ndcg_at_k(["d", "f"], GAINS, 2) == 1.0


def test_all_is_0_until_the_last_relevant_id_is_in() -> None:
    assert [all_at_k(["b", "d", "f"], GAINS, k) for k in (1, 2, 3)] == [0, 0, 1]


def test_success_is_1_from_the_first_relevant_id_on() -> None:
    assert [success_at_k(RANKING, GAINS, k) for k in (1, 2, 3)] == [0, 1, 1]


def test_reciprocal_rank_is_0_beyond_k() -> None:
    assert [mrr_at_k(["x", "y", "f"], GAINS, k) for k in (2, 3)] == [0, 1 / 3]


def test_average_precision_takes_missing_gold_as_zero() -> None:
    # found at ranks 2 and 4, f nowhere: (1/2 + 2/4 + 0) / 3
    assert average_precision(RANKING, GAINS) == pytest.approx(1 / 3)


def test_r_precision_looks_at_as_many_places_as_ids_are_relevant() -> None:
    assert r_precision(RANKING, GAINS) == pytest.approx(1 / 3)  # b among the first 3
    assert r_precision(["d"], GAINS) == pytest.approx(1 / 3)  # two places left empty


def test_judged_is_a_share_of_the_places_that_are_filled() -> None:
    assert judged_at_k(RANKING, GAINS, 3) == pytest.approx(2 / 3)  # b, and c though it is not relevant
    assert judged_at_k(RANKING, GAINS, 10) == pytest.approx(3 / 5)


def test_span_hit_counts_spans_not_their_ids() -> None:
    spans = [{"b", "c", "d"}, {"p", "q"}, {"y"}]
    assert [span_hit_at_k(RANKING, spans, k) for k in (1, 4, 5)] == [
        0,
        pytest.approx(1 / 3),
        pytest.approx(2 / 3),
    ]


def test_span_iou_divides_by_what_is_shown_or_gold() -> None:
    # first 4: x b c d; gold: b c d p; 3 shared of 5
    assert span_iou_at_k(RANKING, {"b", "c", "d", "p"}, 4) == pytest.approx(3 / 5)
    assert span_iou_at_k([], {"b"}, 4) == 0


@pytest.mark.parametrize(
    ("shown", "answers", "found"),
    [
        (["We meet on  THURSDAY\nmorning."], ["thursday morning"], 1),
        (["I know that."], ["no"], 0),
        (["No."], ["no", "never"], 1),
        (["It was US$5, or so."], ["$5"], 1),
        (["It was $50."], ["$5"], 0),
        (["On Thursday", "morning, then."], ["Thursday morning"], 0),
        ([], ["yes"], 0),
    ],
)
def test_an_answer_is_contained_as_whole_words_of_one_sentence(
    shown: list[str], answers: list[str], found: float
) -> None:
    assert answer_contained(shown, answers) == found


@pytest.mark.parametrize("at_k", AT_K)
def test_a_question_without_gold_a_k_below_1_or_a_repeated_id_is_a_mistake(at_k: object) -> None:
    assert callable(at_k)
    for gains in ({}, {"b": 0, "e": -1}):
        with pytest.raises(ValueError, match="nothing is relevant"):
            at_k(["b"], gains, 10)
    with pytest.raises(ValueError, match="k is 0"):
        at_k(["b"], GAINS, 0)
    with pytest.raises(ValueError, match="repeats an id"):
        at_k(["b", "b"], GAINS, 10)


def test_measures_of_whole_rankings_refuse_the_same() -> None:
    for whole in (average_precision, r_precision):
        with pytest.raises(ValueError, match="nothing is relevant"):
            whole([], {"c": 0})
        with pytest.raises(ValueError, match="repeats an id"):
            whole(["b", "b"], GAINS)


def test_spans_and_answers_without_gold_are_a_mistake() -> None:
    spans: list[set[str]]
    for spans in ([], [{"b"}, set()]):
        with pytest.raises(ValueError, match="span is missing or empty"):
            span_hit_at_k(["b"], spans, 1)
    with pytest.raises(ValueError, match="nothing is relevant"):
        span_iou_at_k(["b"], set(), 1)
    with pytest.raises(ValueError, match="no answer text"):
        answer_contained(["yes"], [" "])


def test_every_name_gives_a_measure_that_names_itself() -> None:
    names = [name.replace("@k", "@10") for name in MEASURE_NAMES]
    assert [measure(name).name for name in names] == names
    assert [measure(name).label for name in names] == [
        "nDCG@10", "fractional recall@10", "all@10", "success@10", "MRR@10", "P@10", "judged@10", "AP",
        "R-precision",
    ]  # fmt: skip


def test_a_named_measure_is_called_with_ranking_and_gains() -> None:
    assert measure("nDCG@2") == Measure("ndcg", 2)
    assert measure("nDCG@2")(RANKING, GAINS) == ndcg_at_k(RANKING, GAINS, 2)
    assert measure("ap")(RANKING, GAINS) == average_precision(RANKING, GAINS)


@pytest.mark.parametrize(
    "name", ["recall", "ndcg@", "ndcg@0", "ndcg@-1", "ndcg@1.5", "ndcg@ten", "ap@10", "f1", ""]
)
def test_an_unknown_name_is_refused_with_the_names_there_are(name: str) -> None:
    with pytest.raises(ValueError, match=r"is no measure; expected one of ndcg@k, recall@k, all@k") as caught:
        measure(name)
    assert repr(name) in str(caught.value)


def test_micro_counts_questions_and_macro_counts_groups() -> None:
    values = {"q1": 1.0, "q2": 0.5, "q3": 0.0, "q4": 0.25}
    groups = {"q1": "b", "q2": "b", "q3": "b", "q4": "a", "q9": "c"}
    found = aggregate(values, groups)
    assert found.groups == (GroupMean("a", 1, 0.25), GroupMean("b", 3, 0.5))
    assert (found.questions, found.micro, found.macro) == (4, 1.75 / 4, 0.375)


def test_means_do_not_depend_on_the_order_of_questions() -> None:
    values = {f"q{n}": 1 / (n + 1) for n in range(1000)}
    backwards = dict(reversed(values.items()))
    groups = {question: question[-1] for question in values}
    assert aggregate(values, groups) == aggregate(backwards, groups)


def test_averaging_refuses_what_would_silently_change_a_mean() -> None:
    with pytest.raises(ValueError, match="no values"):
        aggregate({}, {})
    with pytest.raises(ValueError, match="'q1' is in no group"):
        aggregate({"q1": 1.0}, {})
    with pytest.raises(ValueError, match="'q1' is nan"):
        aggregate({"q1": math.nan}, {"q1": "a"})


def judgments() -> st.SearchStrategy[dict[str, int]]:
    gains = st.dictionaries(st.sampled_from("abcdefghij"), st.integers(-2, 3), min_size=1)
    return gains.filter(lambda judged: max(judged.values()) > 0)


RANKINGS = st.lists(st.sampled_from("abcdefghijklmno"), unique=True)


@given(ranking=RANKINGS, gains=judgments())
def test_recall_all_and_success_never_fall_with_k(ranking: list[str], gains: dict[str, int]) -> None:
    for at_k in (recall_at_k, all_at_k, success_at_k, mrr_at_k):
        values = [at_k(ranking, gains, k) for k in range(1, 20)]
        assert values == sorted(values)


@given(ranking=RANKINGS, gains=judgments(), k=st.integers(1, 20))
def test_every_measure_lies_between_0_and_1_and_is_0_without_results(
    ranking: list[str], gains: dict[str, int], k: int
) -> None:
    for name in MEASURE_NAMES:
        one = measure(name.replace("@k", f"@{k}"))
        assert 0 <= one(ranking, gains) <= 1 + 1e-12
        assert one([], gains) == 0


@given(gains=judgments(), k=st.integers(1, 20))
def test_a_perfect_ranking_has_the_highest_value_there_is(gains: dict[str, int], k: int) -> None:
    best = sorted(gains, key=lambda id_: -gains[id_])
    assert ndcg_at_k(best, gains, k) == 1
    assert average_precision(best, gains) == r_precision(best, gains) == mrr_at_k(best, gains, k) == 1


@given(ranking=RANKINGS, gains=judgments(), k=st.integers(1, 20))
def test_recall_and_precision_count_the_same_ids(ranking: list[str], gains: dict[str, int], k: int) -> None:
    relevant = sum(gain > 0 for gain in gains.values())
    assert recall_at_k(ranking, gains, k) * relevant == pytest.approx(precision_at_k(ranking, gains, k) * k)
    assert (all_at_k(ranking, gains, k) == 1) == (recall_at_k(ranking, gains, k) == 1)


IN_TREC_EVAL = {
    "ndcg@{k}": "ndcg_cut_{k}",
    "recall@{k}": "recall_{k}",
    "success@{k}": "success_{k}",
    "p@{k}": "P_{k}",
    "ap": "map",
    "rprec": "Rprec",
}
CUTOFFS = (1, 3, 5, 10)


def tie_heavy_run(
    numbers: random.Random,
) -> tuple[dict[str, dict[str, int]], dict[str, dict[str, float]]]:
    """Four questions of graded and negative gains; some unanswered, some of the results unjudged."""
    ids = [f"t{n:03d}" for n in numbers.sample(range(200), 25)]
    qrels, scores = {}, {}
    for question in ("q1", "q2", "q3", "q4"):
        qrels[question] = {id_: numbers.choice((-2, -1, 0, 0, 1, 2, 3)) for id_ in numbers.sample(ids, 10)}
        if numbers.random() < 0.8:
            found = numbers.sample(ids, numbers.randint(1, len(ids)))
            scores[question] = {id_: numbers.choice((0.1, 0.1 + 1e-9, 0.5, 2.0)) for id_ in found}
    return qrels, scores


def by_rank(ranking: list[str]) -> dict[str, float]:
    """Score by rank: pytrec_eval keeps 32 bits of a score, in which 0.1 and 0.1 + 1e-9 are equal."""
    return {id_: float(len(ranking) - place) for place, id_ in enumerate(ranking)}


def test_1000_tie_heavy_runs_measure_as_in_trec_eval() -> None:
    pytrec_eval = pytest.importorskip("pytrec_eval", reason="pytrec-eval-terrier is not installed")
    numbers = random.Random(5)  # noqa: S311  # not for secrets
    compared = 0
    for _ in range(1000):
        qrels, scores = tie_heavy_run(numbers)
        rankings = {question: ordered(scored) for question, scored in scores.items()}
        theirs = pytrec_eval.RelevanceEvaluator(
            qrels, {"ndcg_cut.1,3,5,10", "recall.1,3,5,10", "success.1,3,5,10", "P.1,3,5,10", "map", "Rprec"}
        ).evaluate({question: by_rank(ranking) for question, ranking in rankings.items()})
        first = pytrec_eval.RelevanceEvaluator(qrels, {"recip_rank"})
        cut = {
            k: first.evaluate({q: by_rank(ranking[:k]) for q, ranking in rankings.items()}) for k in CUTOFFS
        }
        for question, gains in qrels.items():
            if max(gains.values()) <= 0:
                continue  # undefined here, 0 there
            ranking = rankings.get(question, [])
            expected = {f"mrr@{k}": cut[k].get(question, {}).get("recip_rank", 0) for k in CUTOFFS}
            for ours, name in IN_TREC_EVAL.items():
                for k in CUTOFFS:
                    expected[ours.format(k=k)] = theirs.get(question, {}).get(name.format(k=k), 0)
            found = {name: measure(name)(ranking, gains) for name in expected}
            assert found == pytest.approx(expected, abs=1e-12), (gains, ranking)
            compared += 1
    assert compared > 3900


def test_trec_eval_breaks_ties_as_we_do() -> None:
    pytrec_eval = pytest.importorskip("pytrec_eval", reason="pytrec-eval-terrier is not installed")
    scored = dict.fromkeys(["t1", "é", "z", "t10", "T2", "😀", "～"], 0.5)
    for place, id_ in enumerate(ordered(scored), 1):  # é, ～ and 😀 come last in bytes of UTF-8 too
        found = pytrec_eval.RelevanceEvaluator({"q": {id_: 1}}, {"recip_rank"}).evaluate({"q": scored})
        assert found["q"]["recip_rank"] == pytest.approx(1 / place)
