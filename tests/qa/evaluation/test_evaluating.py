import json
import math
from dataclasses import replace
from pathlib import Path

import pytest

from qa.errors import QAError
from qa.evaluation.bench import Bench
from qa.evaluation.datasets import load
from qa.evaluation.evaluating import Outcome, evaluate
from qa.evaluation.plan import OutsideRun, Plan
from qa.evaluation.results import POOL, SpokenTurn
from qa.evaluation.results_json import as_json, from_json, summary
from qa.evaluation.runs import Run, format_run, parse_run
from qa.retrieval import default_ranking
from tests.conftest import ROOT, WordEncoder
from tests.qa.evaluation.small_set import WALL, ZEPPELIN, small_set

BENCHMARKS = ROOT.parent / "shared" / "benchmarks"


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(small_set(), tmp_path, lambda name: WordEncoder(name or "words"))


def outside(*rankings: tuple[str, list[str]], name: str = "theirs") -> OutsideRun:
    made = {
        question: tuple((id_, -float(place)) for place, id_ in enumerate(ids)) for question, ids in rankings
    }
    return OutsideRun(Run(name, made), "theirs.trec", "c" * 64)


def judged(bench: Bench, *rankings: tuple[str, list[str]], plan: Plan | None = None) -> Outcome:
    return evaluate(bench, replace(plan or Plan(), systems=(), outside=(outside(*rankings),)))


def test_values_of_every_question_worked_out_by_hand(bench: Bench) -> None:
    # See test_systems: bm25 ranks 2 1 3 0 of the council, and the gold of the harbour second; dense has the
    # gold second in both.
    evaluation = evaluate(
        bench, Plan(("bm25", "dense"), measures=("ndcg@10", "p@2", "span-hit@1"))
    ).evaluation
    second = 1 / math.log2(3)
    bm25, dense = evaluation.systems
    assert bm25.values == {
        "ndcg@10": {"q1": 1.0, "q2": pytest.approx(second)},
        "p@2": {"q1": 0.5, "q2": 0.5},
        "span-hit@1": {"q1": 1.0},
    }
    assert dense.values["ndcg@10"] == {"q1": pytest.approx(second), "q2": pytest.approx(second)}
    assert evaluation.measures == ("ndcg@10", "p@2", "span-hit@1")


def test_means_over_questions_over_pools_and_in_slices(bench: Bench) -> None:
    council = replace(ZEPPELIN, id="q3")
    more = Bench(
        replace(bench.dataset, questions=(ZEPPELIN, WALL, council)), Path("unused"), lambda _: WordEncoder()
    )
    evaluation = judged(more, ("q1", ["council:00002"]), ("q2", ["harbour:D2:001"])).evaluation
    found = evaluation.mean("theirs", "ndcg@10")
    assert found is not None
    assert found.questions == 3
    assert found.micro == pytest.approx((0 + 1 + 1) / 3)
    assert found.macro == pytest.approx((0.5 + 1) / 2)
    by_type = evaluation.mean("theirs", "ndcg@10", "type")
    assert by_type is not None
    assert [(one.group, one.questions, one.mean) for one in by_type.groups] == [
        ("person", 2, 0.5), ("time", 1, 1.0),
    ]  # fmt: skip
    assert evaluation.groupings() == (POOL, "type", "gold")
    assert evaluation.groups("gold") == {"q1": "01", "q2": "01", "q3": "01"}
    assert evaluation.groups("nothing") == dict.fromkeys(("q1", "q2", "q3"), "(none)")


def test_a_question_missing_from_a_run_counts_0_and_is_told(bench: Bench) -> None:
    result = judged(bench, ("q2", ["harbour:D2:001"])).evaluation.system("theirs")
    assert result.values["ap"] == {"q1": 0.0, "q2": 1.0}
    assert "1 of 2 questions have no results and count 0." in result.notes


def test_questions_and_turns_that_are_not_there_are_told(bench: Bench) -> None:
    ids = ["nowhere:1", "harbour:D2:001", "council:00002"]
    result = judged(bench, ("q1", ids), ("q9", ["council:00002"])).evaluation.system("theirs")
    assert result.values["mrr@10"]["q1"] == pytest.approx(1 / 3)  # they keep their places
    told = "\n".join(result.notes)
    assert "1 questions of the run are not in the data set and are passed over, such as q9." in told
    assert "1 turns of the run are not in the data set and count as not relevant, such as nowhere:1." in told
    assert "1 turns of the run are outside the pool of their question and keep their places" in told


def test_a_run_of_another_data_set_is_refused(bench: Bench) -> None:
    with pytest.raises(QAError, match=r"theirs.trec has no question of this data set; one is called 'q1'"):
        judged(bench, ("x1", ["council:00002"]))


def test_measures_of_which_none_is_defined_are_refused(bench: Bench) -> None:
    with pytest.raises(
        QAError, match=r"span hit@5, span IoU@5: not defined for any question here\. Name other"
    ):
        evaluate(
            Bench(replace(bench.dataset, questions=(WALL,)), Path("unused"), lambda _: WordEncoder()),
            Plan(("bm25",), measures=("span-hit@5", "span-iou@5")),
        )


def test_runs_of_one_name_are_told_apart(bench: Bench) -> None:
    twice = (outside(("q1", ["council:00002"])), outside(("q2", ["harbour:D2:001"])))
    evaluation = evaluate(bench, Plan((), twice)).evaluation
    assert [one.name for one in evaluation.systems] == ["theirs", "theirs~2"]


def test_the_limit_leaves_out_questions_but_no_turns(bench: Bench) -> None:
    whole = evaluate(bench, Plan(("instant",))).evaluation.system("instant")
    outcome = evaluate(bench, Plan(("instant",), limit=1))
    first = outcome.evaluation.system("instant")
    assert [one.id for one in outcome.evaluation.questions] == ["q1"]
    assert first.values["ap"] == {"q1": whole.values["ap"]["q1"]}
    assert first.best["q1"] == whole.best["q1"]
    assert outcome.evaluation.dataset.questions == 2
    assert outcome.qrels.keys() == outcome.runs["instant"].rankings.keys() == outcome.topics.keys() == {"q1"}


def test_the_whole_library_is_searched_on_request(bench: Bench) -> None:
    own = evaluate(bench, Plan(("bm25",))).runs["bm25"]
    library = evaluate(bench, Plan(("bm25",), pool="library")).runs["bm25"]
    assert {id_.partition(":")[0] for id_ in own.ranking("q1")} == {"council"}
    assert len(library.ranking("q1")) == 8


def test_the_depth_cuts_rankings(bench: Bench) -> None:
    assert len(evaluate(bench, Plan(("bm25",), depth=3)).runs["bm25"].ranking("q1")) == 3


def test_a_cutoff_that_reaches_the_size_of_the_pool_is_told(bench: Bench) -> None:
    wide = evaluate(bench, Plan(("bm25",), measures=("p@4", "ndcg@3"))).evaluation
    assert wide.notes == (
        "2 of 2 questions are asked of at most 4 turns, of which any order is within the cutoff of P@4; the "
        "fewest are 4.",
    )
    assert evaluate(bench, Plan(("bm25",), measures=("p@3", "ap"))).evaluation.notes == ()


def test_measures_that_nothing_defines_are_left_out_and_told_when_asked_for(bench: Bench) -> None:
    usual = evaluate(bench, Plan(("bm25",))).evaluation
    assert not any(name.startswith("answer") for name in usual.measures)
    asked = evaluate(bench, Plan(("bm25",), measures=("p@1", "answer@1"))).evaluation
    assert asked.notes == ("answer shown@1 is not defined for any question here.",)


def test_the_sentence_shown_is_judged(bench: Bench) -> None:
    found = evaluate(bench, Plan(("default",), measures=("answer@1", "answer@3"))).evaluation.system(
        "default"
    )
    # The wall that did not hold comes before the wall that broke on Monday; see test_systems.
    assert found.values == {"answer@1": {"q2": 0.0}, "answer@3": {"q2": 1.0}}
    shown = {one.turn_id: one.sentence for one in found.best["q2"]}
    assert shown["harbour:D2:001"] == "The wall broke on Monday."
    assert found.best["q1"][0].sentence is None  # no answer text, so none was marked


def test_what_equal_scores_are_worth_is_told(bench: Bench) -> None:
    tied = Run("tied", {"q1": tuple((f"council:{place:05d}", 1.0) for place in range(4))})
    plan = Plan((), (OutsideRun(tied, "tied.trec", ""),), measures=("mrr@10",), limit=1)
    result = evaluate(bench, plan).evaluation.system("tied")
    # The gold is third of four ids: second from the end, third from the beginning, last at worst.
    assert result.by_ties == {
        "trec": 0.5,
        "asc": pytest.approx(1 / 3),
        "average": pytest.approx((1 + 1 / 2 + 1 / 3 + 1 / 4) / 4),
        "pessimistic": 0.25,
    }
    assert result.notes == (
        "Equal scores matter: MRR@10 is trec 50.0, asc 33.3, average 52.1, pessimistic 25.0, by the rule for "
        "their order (trec was used).",
    )
    asc = evaluate(bench, replace(plan, ties="asc")).evaluation.system("tied")
    assert asc.values["mrr@10"]["q1"] == pytest.approx(1 / 3)


def test_a_slice_near_zero_is_suspicious(bench: Bench) -> None:
    questions = (*(replace(ZEPPELIN, id=f"p{place}") for place in range(5)), WALL)
    bench = Bench(replace(bench.dataset, questions=questions), Path("unused"), lambda _: WordEncoder())
    result = judged(bench, ("q2", ["harbour:D2:001"]), ("p0", ["council:00001"])).evaluation.system("theirs")
    assert [note for note in result.notes if note.startswith("Suspicious")] == [
        "Suspicious: the slice type = person has a mean ndcg@10 of 0.0 over 5 questions. Below 8 it looks "
        "like a failed run; look at it before quoting the mean.",
    ]


@pytest.mark.parametrize("name", ["bm25", "dense", "hybrid", "instant", "default"])
def test_a_run_that_was_written_gives_the_same_values_when_it_is_read(bench: Bench, name: str) -> None:
    outcome = evaluate(bench, Plan((name,)))
    again = parse_run(format_run(outcome.runs[name]), Path("run.trec"))
    result = evaluate(bench, Plan((), (OutsideRun(again, "run.trec", ""),))).evaluation.systems[0]
    expected = outcome.evaluation.systems[0].values
    assert result.values == {name: of for name, of in expected.items() if not name.startswith("answer")}


def test_the_same_plan_gives_the_same_digits(bench: Bench, tmp_path: Path) -> None:
    plan = Plan(("bm25", "dense", "hybrid", "instant", "default"))
    again = Bench(small_set(), tmp_path, lambda _: WordEncoder())
    first, second = evaluate(bench, plan), evaluate(again, plan)
    assert first.runs == second.runs
    values = [[one.values for one in outcome.evaluation.systems] for outcome in (first, second)]
    assert values[0] == values[1]
    assert first.evaluation.contrasts == second.evaluation.contrasts


def test_an_evaluation_is_read_back_whole_from_its_json(bench: Bench) -> None:
    plan = Plan(("bm25", "default"), (outside(("q1", ["council:00002"])),), command="transcript-qa evaluate")
    evaluation = evaluate(bench, plan).evaluation
    assert from_json(json.loads(json.dumps(as_json(evaluation)))) == evaluation
    with pytest.raises(ValueError, match="in format 7; this version reads format 1 to 2"):
        from_json({"format": 7, "systems": []})


def test_the_texts_that_a_report_shows_are_kept(bench: Bench) -> None:
    turns = judged(bench, ("q1", ["council:00001", "nowhere:1"])).evaluation.turns
    assert turns == {
        "council:00001": SpokenTurn("Ben", "And the zeppelin?"),
        "council:00002": SpokenTurn("Ana", "Nobody ordered a zeppelin."),
        "harbour:D2:001": SpokenTurn("Cy", "The wall broke on Monday."),
    }


def test_the_summary_has_means_slices_costs_and_the_card(bench: Bench) -> None:
    found = summary(evaluate(bench, Plan(("bm25",), measures=("p@1",), command="the command")).evaluation)
    (system,) = found["systems"]
    assert system["measures"] == {"p@1": {"micro": 0.5, "macro": 0.5, "questions": 2}}
    assert system["slices"]["type"] == {
        "person": {"p@1": {"mean": 1.0, "questions": 1}},
        "time": {"p@1": {"mean": 0.0, "questions": 1}},
    }
    assert found["dataset"]["checksum"] == "5" * 64
    assert found["dataset"]["remarks"] == ["Questions left out: 1."]
    assert json.loads(json.dumps(found)) == found


def test_a_run_card_says_what_shaped_the_run(bench: Bench) -> None:
    evaluation = evaluate(bench, Plan(("bm25", "default@other"), command="the command")).evaluation
    bm25, default = (system.card for system in evaluation.systems)
    assert bm25["model"] is None
    assert bm25["settings"]["k1"] == 1.5
    assert default["model"]["model"] == "other"
    assert default["model"]["checksum"] == WordEncoder("other").checksum
    assert default["settings"]["priors"] == {"wanted question": 0.1}
    assert default["settings"]["weights"] == default_ranking().as_dict()
    assert default["settings"]["passages"]["max_words"] == 100
    for card in (bm25, default):
        assert card["command"] == "the command"
        assert card["ties"].startswith("trec: ")
        assert card["depth"] == 1000
        assert {"numpy", "faiss-cpu", "transcript-qa"} <= card["versions"].keys()
        assert card["machine"]["processor"]
        assert card["machine"]["cores"] >= 1


def test_costs_are_measured_for_our_systems_only(bench: Bench) -> None:
    plan = Plan(("bm25", "instant"), (outside(("q1", ["council:00002"])),))
    bm25, instant, theirs = (system.costs for system in evaluate(bench, plan).evaluation.systems)
    assert theirs is None
    assert bm25 is not None
    assert instant is not None
    assert (bm25.questions, bm25.depth) == (2, 30)
    assert bm25.turns_per_second is None
    assert bm25.encode.p99 == bm25.rerank.p99 == 0
    assert bm25.search.p50 == bm25.total.p50 > 0
    assert instant.turns_per_second is not None
    assert instant.encode.p50 > 0
    assert 0 < bm25.bytes_per_turn < instant.bytes_per_turn


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"depth": 0}, "depth is 0"),
        ({"limit": 0}, "limit 0"),
        ({"systems": ()}, "neither a system nor a run"),
        ({"measures": ("recall",)}, "no measure"),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(changes: dict[str, object], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        replace(Plan(), **changes)  # type: ignore[arg-type]


@pytest.mark.skipif(not BENCHMARKS.is_dir(), reason="the public data sets are not on this machine")
@pytest.mark.parametrize(
    ("path", "ndcg", "precision", "ap"),
    [("qmsum/val", 0.29040, 0.22447, 0.23139), ("friendsqa/friendsqa_dev.json", 0.58461, 0.08748, 0.52769)],
)
def test_bm25_on_public_data_is_what_a_second_script_gets(
    tmp_path: Path, path: str, ndcg: float, precision: float, ap: float
) -> None:
    """The expected values are those that `benchmarks/independent_check.py` works out by itself."""
    bench = Bench(load(BENCHMARKS / path), tmp_path, lambda _: WordEncoder())
    result = evaluate(bench, Plan(("bm25",), measures=("ndcg@10", "p@10", "ap"))).evaluation
    found = [result.mean("bm25", name) for name in result.measures]
    assert [round(one.micro, 5) for one in found if one] == [ndcg, precision, ap]
