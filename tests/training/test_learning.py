import math
from dataclasses import dataclass
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from transformers import BertConfig, BertModel

from qa.passages import PassageSettings, pool_neighbours
from training.batches import Batch
from training.learning import Learner, Recipe, among_neighbours, loss
from training.rehearsal import Anchor

SETTINGS = PassageSettings()


def unit(rows: int, dim: int = 8) -> torch.Tensor:
    return torch.nn.functional.normalize(torch.randn(rows, dim, generator=torch.Generator().manual_seed(1)))


def test_vectors_among_neighbours_are_those_of_the_product() -> None:
    rows = unit(23)
    bounds = [0, 12, 13, 23]
    wanted = [pool_neighbours(rows[a:b].numpy(), SETTINGS) for a, b in pairwise(bounds)]
    assert among_neighbours(rows, bounds, SETTINGS).numpy() == pytest.approx(np.concatenate(wanted), abs=1e-6)


def batch_of(right: list[list[bool]], wrong: list[list[bool]], weights: list[float]) -> Batch:
    none = np.zeros_like(np.array(right))
    return Batch(
        ["row"] * len(right[0]),
        [0, len(right[0])],
        ["question"] * len(right),
        weights,
        np.array(right),
        np.array(wrong),
        none,
        none,
    )


def test_one_of_the_right_rows_must_stand_out() -> None:
    rows = torch.tensor([[1.0, 0.0], [0.6, 0.8], [0.0, 1.0]])
    questions = torch.tensor([[1.0, 0.0]])
    batch = batch_of([[True, True, False]], [[False, False, True]], [1.0])
    # cosines 1, 0.6 and 0, times 2: right e^2 + e^1.2, wrong e^0
    right = math.exp(2) + math.exp(1.2)
    value = float(loss(rows, questions, batch, Recipe(scale=2.0)))
    assert value == pytest.approx(math.log((right + 1) / right), abs=1e-6)


def test_row_that_is_neither_right_nor_wrong_changes_nothing() -> None:
    rows, questions = unit(3), unit(1)
    masks = ([[True, False, False]], [[False, True, False]], [1.0])
    without = float(loss(rows[:2], questions, batch_of([[True, False]], [[False, True]], [1.0]), Recipe()))
    assert float(loss(rows, questions, batch_of(*masks), Recipe())) == pytest.approx(without, abs=1e-6)


def test_questions_count_by_their_weights() -> None:
    rows = torch.tensor([[1.0, 0.0], [0.0, 1.0]])
    questions = torch.tensor([[1.0, 0.0], [0.0, 1.0]])
    batch = batch_of([[True, False], [True, False]], [[False, True], [False, True]], [3.0, 1.0])
    good, bad = math.log(1 + math.exp(-1)), math.log(1 + math.exp(1))
    assert float(loss(rows, questions, batch, Recipe(scale=1.0))) == pytest.approx((3 * good + bad) / 4)


def test_among_neighbours_every_right_row_must_stand_out() -> None:
    rows = torch.tensor([[1.0, 0.0], [0.0, 1.0], [0.0, 1.0]])
    questions = torch.tensor([[1.0, 0.0]])
    right, wrong = np.array([[True, True, False]]), np.array([[False, False, True]])
    none = np.zeros_like(right)
    batch = Batch(["row"] * 3, [0, 1, 2, 3], ["question"], [1.0], none, none, right, wrong)
    # Each row is a stretch of its own, so that it is its own neighbourhood: cosines 1, 0 and 0.
    value = float(loss(rows, questions, batch, Recipe(scale=1.0, among=0.5)))
    assert value == pytest.approx((math.log(1 + math.exp(-1)) + math.log(2)) / 2, abs=1e-6)


@dataclass
class Model:
    """The two things a learner wants of a sentence-transformers model, very small."""

    tokenizer: Any
    body: BertModel

    def __getitem__(self, _: int) -> Any:
        return SimpleNamespace(model=self.body)


class Letters:
    """A tokeniser with a token for each letter."""

    pad_token_id = 0

    def __call__(
        self, texts: list[str], truncation: bool, max_length: int, return_attention_mask: bool
    ) -> dict[str, list[list[int]]]:
        assert truncation
        assert not return_attention_mask
        return {"input_ids": [[1 + ord(letter) % 90 for letter in text][:max_length] for text in texts]}


def model() -> Model:
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=100, hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32
    )
    return Model(Letters(), BertModel(config))


TEXTS = ["where is it", "here", "there it is", "no"]


def small_batch() -> Batch:
    right, wrong = np.array([[True, False, False]]), np.array([[False, True, True]])
    return Batch(TEXTS[1:], [0, 3], TEXTS[:1], [1.0], right, wrong, right, wrong)


@pytest.mark.parametrize("threads", [1, 3])
def test_loss_falls_and_repeats_exactly_whatever_the_threads(
    threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("training.learning._BUDGET", 12)  # so that there are several micro-batches
    made = []
    for number in (1, threads):
        learner = Learner(model(), Recipe(rate=1e-2), steps=10, threads=number)  # type: ignore[arg-type]
        made.append([learner.step(small_batch()) for _ in range(10)])
    assert made[0] == made[1]
    assert made[0][-1] < made[0][0]


def test_vectors_do_not_depend_on_what_is_encoded_with_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("training.learning._BUDGET", 12)
    learner = Learner(model(), Recipe(), steps=1)  # type: ignore[arg-type]
    together = learner.encode(TEXTS)
    assert np.linalg.norm(together, axis=1) == pytest.approx(np.ones(4), abs=1e-6)
    alone = np.concatenate([learner.encode([text]) for text in TEXTS])
    assert together == pytest.approx(alone, abs=1e-5)


def test_word_vectors_and_frozen_layers_stay_as_they_were() -> None:
    small = model()
    before = {name: value.clone() for name, value in small.body.named_parameters()}
    learner = Learner(small, Recipe(frozen=1, rate=1e-2), steps=1)  # type: ignore[arg-type]
    learner.step(small_batch())
    changed = {name for name, value in small.body.named_parameters() if not value.equal(before[name])}
    assert changed
    assert all(name.startswith("encoder.layer.1.") for name in changed)
    assert set(learner.state()) == {name for name in before if name.startswith("encoder.layer.1.")}


def test_state_can_be_put_back() -> None:
    learner = Learner(model(), Recipe(rate=1e-2), steps=2)  # type: ignore[arg-type]
    before, vectors = learner.state(), learner.encode(TEXTS)
    learner.step(small_batch())
    assert not np.array_equal(learner.encode(TEXTS), vectors)
    learner.set_state(before)
    assert np.array_equal(learner.encode(TEXTS), vectors)


def test_anchored_texts_move_less() -> None:
    moved = []
    for weight in (0.0, 100.0):
        learner = Learner(model(), Recipe(rate=1e-3, anchor=weight), steps=20)  # type: ignore[arg-type]
        anchor = Anchor(["keep me", "and me"], learner.encode(["keep me", "and me"]))
        for _ in range(20):
            learner.step(small_batch(), anchor)
        moved.append(1 - float((learner.encode(anchor.texts) * anchor.vectors).sum(1).mean()))
    assert moved[1] < moved[0] / 2
