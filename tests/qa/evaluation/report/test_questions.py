from pathlib import Path

import pytest

from qa.evaluation.bench import Bench
from qa.evaluation.evaluating import evaluate
from qa.evaluation.plan import OutsideRun, Plan
from qa.evaluation.report.passages import excerpt, verdict
from qa.evaluation.report.questions import question_data
from qa.evaluation.results import Placed, SpokenTurn
from qa.evaluation.runs import Run
from tests.conftest import WordEncoder
from tests.qa.evaluation.small_set import small_set

RUN = Run(
    "theirs", {"q2": (("harbour:D1:001", 3.0), ("nowhere:1", 2.0), ("harbour:D2:001", 1.0))}
)  # judged and not relevant, not in the data set, relevant


def test_the_script_knows_values_turns_and_verdicts(tmp_path: Path) -> None:
    bench = Bench(small_set(), tmp_path, lambda name: WordEncoder(name or "words"))
    plan = Plan((), (OutsideRun(RUN, "theirs.trec", "c" * 64),), measures=("mrr@10", "span-hit@1"))
    data = question_data(evaluate(bench, plan).evaluation)
    assert data == {
        "systems": ["theirs"],
        "labels": {"mrr@10": "MRR@10", "span-hit@1": "span hit@1"},
        "slices": {"type": ["person", "time"]},
        "values": {"mrr@10": [[0.0, 0.33333]], "span-hit@1": [[0.0, None]]},
        "best": [[[]], [[[0, "not relevant"], [1, ""], [2, "relevant"]]]],
        "gold": [[3], [2]],
        "turns": [
            ["harbour:D1:001", "Cy", "The gate held."],
            ["nowhere:1", "", ""],
            ["harbour:D2:001", "Cy", "The wall broke on Monday."],
            ["council:00002", "Ana", "Nobody ordered a zeppelin."],
        ],
    }


@pytest.mark.parametrize(
    ("gain", "words"),
    [
        (None, "not judged"),
        (0, "not relevant"),
        (-1, "not relevant"),
        (1, "relevant"),
        (2, "relevant, gain 2"),
    ],
)
def test_a_judgment_in_words(gain: int | None, words: str) -> None:
    assert verdict(Placed("t", 1.0, gain)) == words


def test_a_long_turn_is_cut_around_its_marked_sentence() -> None:
    turn = SpokenTurn("Ana", "a" * 500 + "Here." + "b" * 500)
    text, span = excerpt(turn, "Here.", 300)
    assert text == "… " + "a" * 200 + "Here." + "b" * 95 + " …"
    assert span is not None
    assert text[slice(*span)] == "Here."


def test_a_short_turn_is_whole_and_a_sentence_it_has_not_is_not_marked() -> None:
    turn = SpokenTurn("Ana", "One. Two.")
    assert excerpt(turn, "Two.") == ("One. Two.", (5, 9))
    assert excerpt(turn, "Three.") == ("One. Two.", None)
    assert excerpt(turn, None) == ("One. Two.", None)


def test_a_sentence_longer_than_what_is_shown_is_marked_as_far_as_it_shows() -> None:
    text, span = excerpt(SpokenTurn("Ana", "c" * 400), "c" * 400, 300)
    assert text == "c" * 300 + " …"
    assert span == (0, 300)
