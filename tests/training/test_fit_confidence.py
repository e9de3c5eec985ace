import numpy as np
import pytest

from qa.evaluation.judged import JudgedQuestion
from qa.reranking import Reranker
from tests.conftest import WordEncoder
from tests.qa.evaluation.small_set import ZEPPELIN, small_set
from tests.qa.test_reranking import WordJudge
from training.fit_confidence import (
    auroc,
    calibration_error,
    fit_both,
    left_out,
    observe,
    probabilities,
    report,
)


def test_calibration_error_is_the_mean_distance_of_tenths() -> None:
    # Three of four at 0.85 are right, off by 0.10; none of one at 0.25, off by 0.25.
    chances, labels = np.array([0.85, 0.85, 0.85, 0.85, 0.25]), np.array([1, 1, 1, 0, 0])
    assert calibration_error(chances, labels) == pytest.approx((4 * 0.10 + 0.25) / 5)
    assert calibration_error(np.array([1.0, 0.0]), np.array([1, 0])) == 0


def test_what_is_off_by_chance_stands_beside_it(capsys: pytest.CaptureFixture[str]) -> None:
    dice = np.random.default_rng(1)
    chances = dice.random(200)
    right = (dice.random(200) < chances).astype(float)
    report("some", chances, right, right)
    said = capsys.readouterr().out
    error, by_chance = (
        float(said.split(mark)[1].split()[0].strip(";)")) for mark in ("calibration ", "by chance ")
    )
    assert 0.02 < by_chance < 0.12
    assert error == pytest.approx(by_chance, abs=0.06)


def drawn(number: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Questions whose answers are right as often as their one feature says, but never surely."""
    dice = np.random.default_rng(seed)
    features = dice.random((number, 1))
    return features, (dice.random(number) < 0.9 * features[:, 0] ** 2).astype(float)


def test_fitted_probabilities_are_as_often_right_as_they_say() -> None:
    fitted = fit_both(*drawn(4_000, 1))
    features, right = drawn(4_000, 2)
    chances = probabilities(*fitted, features)
    assert calibration_error(chances, right) < 0.03
    assert chances.max() < 0.95


def test_each_library_is_judged_by_what_shares_nothing_with_it() -> None:
    features, right = drawn(400, 3)
    groups = np.repeat([0, 1, 2, 3], 100)
    held = [{"a"}, {"b"}, {"a", "c"}, {"d"}]
    found = left_out(features, right, groups, held)
    for number, apart in enumerate(([1, 3], [0, 2, 3], [1, 3], [0, 1, 2])):
        others = np.isin(groups, apart)
        expected = probabilities(*fit_both(features[others], right[others]), features[groups == number])
        assert found[groups == number] == pytest.approx(expected)


def test_auroc_counts_ties_by_half() -> None:
    assert auroc(np.array([0.9, 0.5, 0.5, 0.1]), np.array([1, 1, 0, 0])) == pytest.approx(3.5 / 4)


@pytest.mark.parametrize(("shown", "late"), [(1, False), (5, True)])
def test_an_answer_is_right_when_a_relevant_turn_is_shown(
    monkeypatch: pytest.MonkeyPatch, shown: int, late: bool
) -> None:
    monkeypatch.setattr("training.fit_confidence.SHOWN", shown)
    broke = JudgedQuestion("q3", "What broke on Monday?", "harbour", {"harbour:D2:001": 1})
    # "Good." stands beside what the question finds, never before it.
    beside = JudgedQuestion("q4", "Wall, broke, Monday?", "harbour", {"harbour:D2:002": 1})
    entries = [
        (pool, tuple(one for one in (ZEPPELIN, broke, beside) if one.pool == pool.id))
        for pool in small_set().pools
    ]
    questions = [ZEPPELIN.text, broke.text, beside.text, "Who ordered the wall?"]
    seen = observe(WordEncoder(), Reranker(WordJudge("zeppelin")), entries, questions)
    assert [right for (_, right), _ in seen] == [True, True, late, False]
    assert [len(features) for (features, _), _ in seen] == [4] * 4
    # The judge thinks that the zeppelin answers.
    assert seen[0][1][0][4] == 1.0
    assert [len(features) for _, (features, _) in seen] == [5] * 4
