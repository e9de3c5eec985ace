from collections.abc import Sequence

import numpy as np
import pytest

from embeddings.cross_encoder import Pair, Scores
from embeddings.remembering import RememberingCrossEncoder


class Lengths:
    """Scores a pair by the length of its passage, and notes what it was asked."""

    name = "lengths"
    checksum = "of lengths"
    marks = ("»", "«")

    def __init__(self) -> None:
        self.asked: list[list[str]] = []
        self.given: list[float | None] = []
        self.late = False

    def scores(self, pairs: Sequence[Pair], seconds: float | None = None) -> Scores | None:
        self.asked.append([text for _, text in pairs])
        self.given.append(seconds)
        return None if self.late else np.array([len(text) / 10 for _, text in pairs], dtype=np.float32)


def pairs(*texts: str, question: str = "who?") -> list[Pair]:
    return [(question, text) for text in texts]


def test_only_what_is_new_is_computed_and_everything_comes_in_the_order_asked() -> None:
    real = Lengths()
    model = RememberingCrossEncoder(real)
    assert model.scores(pairs("a", "bb", "a"), 1.5) == pytest.approx([0.1, 0.2, 0.1])
    assert model.scores(pairs("ccc", "bb"), None) == pytest.approx([0.3, 0.2])
    again = model.scores(pairs("bb", "a", "ccc"))
    assert again == pytest.approx([0.2, 0.1, 0.3])
    assert again is not None
    assert again.dtype == np.float32
    assert real.asked == [["a", "bb"], ["ccc"]]
    assert real.given == [1.5, None]


def test_another_question_is_another_pair() -> None:
    real = Lengths()
    model = RememberingCrossEncoder(real)
    model.scores(pairs("a"))
    model.scores(pairs("a", question="when?"))
    assert real.asked == [["a"], ["a"]]


def test_what_took_too_long_is_not_remembered() -> None:
    real = Lengths()
    model = RememberingCrossEncoder(real)
    real.late = True
    assert model.scores(pairs("a"), 0.1) is None
    real.late = False
    assert model.scores(pairs("a")) == pytest.approx([0.1])


def test_what_was_asked_about_longest_ago_is_forgotten() -> None:
    real = Lengths()
    model = RememberingCrossEncoder(real, kept=2)
    model.scores(pairs("a", "bb"))
    model.scores(pairs("a"))
    model.scores(pairs("ccc"))  # bb goes
    model.scores(pairs("a"))
    model.scores(pairs("bb"))
    assert real.asked == [["a", "bb"], ["ccc"], ["bb"]]


def test_more_than_it_keeps_is_scored_all_the_same() -> None:
    model = RememberingCrossEncoder(Lengths(), kept=1)
    assert model.scores(pairs("a", "bb", "ccc")) == pytest.approx([0.1, 0.2, 0.3])
    assert (model.name, model.checksum, model.marks) == ("lengths", "of lengths", ("»", "«"))


def test_nothing_is_scored_without_pairs() -> None:
    real = Lengths()
    found = RememberingCrossEncoder(real).scores([])
    assert found is not None
    assert found.shape == (0,)
    assert real.asked == []
