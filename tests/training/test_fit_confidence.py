import numpy as np
import pytest

from training.fit_confidence import calibration_error, report


def test_calibration_error_is_the_mean_distance_of_tenths() -> None:
    # Three of four at 0.85 are right, off by 0.10; none of one at 0.25, off by 0.25.
    chances, labels = np.array([0.85, 0.85, 0.85, 0.85, 0.25]), np.array([1, 1, 1, 0, 0])
    assert calibration_error(chances, labels) == pytest.approx((4 * 0.10 + 0.25) / 5)
    assert calibration_error(np.array([1.0, 0.0]), np.array([1, 0])) == 0


def test_what_is_off_by_chance_stands_beside_it(capsys: pytest.CaptureFixture[str]) -> None:
    dice = np.random.default_rng(1)
    chances = dice.random(200)
    report("some", chances, (dice.random(200) < chances).astype(float))
    said = capsys.readouterr().out
    error, by_chance = (
        float(said.split(mark)[1].split()[0].strip(";)")) for mark in ("calibration ", "by chance ")
    )
    assert 0.02 < by_chance < 0.12
    assert error == pytest.approx(by_chance, abs=0.06)
