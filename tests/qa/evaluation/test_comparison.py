from pathlib import Path

import pytest

from qa.evaluation.bench import Bench
from qa.evaluation.comparison import contrasts, regressions
from qa.evaluation.evaluating import evaluate
from qa.evaluation.plan import OutsideRun, Plan
from qa.evaluation.results import Evaluation, SystemResult
from qa.evaluation.runs import Run
from qa.evaluation.significance import compare
from tests.conftest import WordEncoder
from tests.qa.evaluation.small_set import small_set

POOLS = {"q1": "a", "q2": "a", "q3": "b", "q4": "c"}
BEFORE = {"q1": 0.5, "q2": 0.25, "q3": 1.0, "q4": 0.0}
AFTER = {"q1": 1.0, "q2": 0.25, "q3": 0.5, "q4": 0.5}


def result(name: str, **values: dict[str, float]) -> SystemResult:
    return SystemResult(name, values, {}, {}, (), {}, None)


def test_every_system_is_compared_with_the_first_in_every_measure() -> None:
    systems = [
        result("one", ap=BEFORE, rr=BEFORE),
        result("two", ap=AFTER, rr=BEFORE),
        result("three", ap=AFTER),
    ]
    found = contrasts(systems, ["ap", "rr"], POOLS)
    assert [(one.measure, one.baseline, one.system) for one in found] == [
        ("ap", "one", "two"), ("ap", "one", "three"), ("rr", "one", "two"),
    ]  # fmt: skip
    assert found[0].comparison == compare(BEFORE, AFTER, POOLS)
    assert found[0].comparison.difference == pytest.approx(0.5 / 4)
    assert (found[0].comparison.wins, found[0].comparison.ties, found[0].comparison.losses) == (2, 1, 1)


def test_p_is_corrected_for_the_number_of_systems_in_each_measure() -> None:
    alone = contrasts([result("one", ap=BEFORE), result("two", ap=AFTER)], ["ap"], POOLS)[0]
    p, by_t = alone.comparison.randomisation.p, alone.comparison.t_test
    assert by_t is not None
    # Signs of three differences of one half can be flipped in 8 ways, of which only all have a mean as far.
    assert p == 1.0
    assert (alone.holm_randomisation, alone.holm_t_test) == (p, by_t.p)
    best = {question: value + 0.25 + 0.01 * place for place, (question, value) in enumerate(BEFORE.items())}
    three = [result("one", ap=BEFORE), result("two", ap=AFTER), result("three", ap=best)]
    corrected = {one.system: one for one in contrasts(three, ["ap"], POOLS)}
    assert (
        corrected["three"].holm_randomisation == 2 * 2 / 16
    )  # all signs or none, of 16; the smaller, times 2
    assert corrected["two"].holm_randomisation == 1.0


def test_a_measure_on_other_questions_is_not_compared() -> None:
    shown = {question: AFTER[question] for question in ("q1", "q2")}
    assert contrasts([result("one", ap=BEFORE), result("two", ap=shown)], ["ap", "rr"], POOLS) == ()


def test_one_system_is_compared_with_nothing() -> None:
    assert contrasts([result("one", ap=BEFORE)], ["ap"], POOLS) == ()


@pytest.fixture
def evaluation(tmp_path: Path) -> Evaluation:
    """Two outside runs: the first is right on both questions, the second puts the gold second and nowhere."""
    right = Run("right", {"q1": (("council:00002", 1.0),), "q2": (("harbour:D2:001", 1.0),)})
    wrong = Run(
        "wrong", {"q1": (("council:00001", 2.0), ("council:00002", 1.0)), "q2": (("harbour:D1:002", 1.0),)}
    )
    runs = tuple(OutsideRun(run, f"{run.name}.trec", "") for run in (right, wrong))
    bench = Bench(small_set(), tmp_path, lambda _: WordEncoder())
    return evaluate(bench, Plan((), runs, measures=("mrr@10", "success@5"))).evaluation


def test_the_greatest_loss_comes_first_with_what_both_ranked(evaluation: Evaluation) -> None:
    lost = regressions(evaluation, "wrong")
    assert [(one.question.id, one.baseline, one.system) for one in lost] == [
        ("q2", 1.0, 0.0),
        ("q1", 1.0, 0.5),
    ]
    assert [(one.turn_id, one.gain) for one in lost[0].baseline_best] == [("harbour:D2:001", 1)]
    assert [(one.turn_id, one.gain) for one in lost[0].system_best] == [("harbour:D1:002", None)]


def test_regressions_can_be_few_and_of_another_measure(evaluation: Evaluation) -> None:
    assert [one.question.id for one in regressions(evaluation, "wrong", most=1)] == ["q2"]
    assert [one.question.id for one in regressions(evaluation, "wrong", "success@5")] == ["q2"]
    assert regressions(evaluation, "right") == []


def test_too_few_pools_are_told(evaluation: Evaluation) -> None:
    assert any(
        note.startswith("The questions are about 2 pools. With fewer than 20") for note in evaluation.notes
    )
