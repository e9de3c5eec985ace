import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import torch
from tokenizers import Tokenizer
from transformers import BertConfig, BertForSequenceClassification

from embeddings import load_cross_encoder, locate_model
from qa.evaluation.bench import Bench
from qa.evaluation.judged import JudgedQuestion
from qa.evaluation.product import Product
from qa.reranking import AFTER
from qa.retrieval import Hit
from tests.conftest import WordEncoder
from tests.qa.evaluation.small_set import small_set
from training.base_reranker import weights_of
from training.passage_lists import MARKS, Candidate, PassageList, Ranked, passage_lists, ranked_questions
from training.shipping import ship_cross_encoder
from training.train_reranker import PairLearner, Recipe, loss, measured, reranked

LISTS = (
    PassageList("Who pays?", ("» Ana: I pay. «", "» Ben: It rains. «"), 1),
    PassageList("Is it raining?", ("» Ben: It rains. «", "» Ana: I pay. «", "» Cy: No idea. «"), 1),
)


def small_model() -> BertForSequenceClassification:
    torch.manual_seed(1)
    config = BertConfig(
        vocab_size=30522, hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64
    )  # fmt: skip
    config.num_labels = 1
    model = BertForSequenceClassification(config)
    model.train(False)
    return model


def learner(threads: int = 2) -> PairLearner:
    tokenizer = Tokenizer.from_file(str(locate_model().folder / "tokenizer.json"))
    return PairLearner(small_model(), tokenizer, Recipe(steps=30, rate=5e-3), threads)


def test_loss_is_the_surprise_at_a_relevant_passage() -> None:
    logits = torch.tensor([2.0, 0.0, 0.0, 1.0])
    odds = np.exp([2.0, 0.0, 0.0, 1.0])
    assert loss(logits, 1).item() == pytest.approx(-np.log(odds[0] / odds.sum()))
    assert loss(logits, 2).item() == pytest.approx(-np.log(odds[:2].sum() / odds.sum()))


def test_learning_tells_right_from_wrong_and_leaves_word_vectors() -> None:
    learning = learner()
    words = learning.model.bert.embeddings.word_embeddings.weight.detach().clone()
    losses = [learning.step(LISTS) for _ in range(30)]
    assert losses[-1] < losses[0] / 4
    for one in LISTS:
        logits = learning.logits([(one.question, text) for text in one.texts])
        assert int(logits.argmax()) == 0
    assert torch.equal(learning.model.bert.embeddings.word_embeddings.weight, words)


def test_the_same_seed_makes_the_same_weights_on_any_number_of_threads() -> None:
    one, other = learner(1), learner(3)
    assert [one.step(LISTS) for _ in range(3)] == [other.step(LISTS) for _ in range(3)]


def test_what_is_shipped_scores_as_what_was_trained(tmp_path: Path) -> None:
    learning = learner()
    for _ in range(30):
        learning.step(LISTS)
    ship_cross_encoder(locate_model().folder, learning.model, tmp_path / "made", MARKS, 160)
    shipped = load_cross_encoder(str(tmp_path / "made"))
    pairs = [(one.question, text) for one in LISTS for text in one.texts]
    scores = shipped.scores(pairs)
    assert scores == pytest.approx(torch.sigmoid(learning.logits(pairs)).detach().numpy(), abs=0.02)
    assert shipped.marks == MARKS


def candidate(name: str, score: float, *, relevant: bool = False, content: bool = True) -> Candidate:
    return Candidate(f"text {name}", Hit("talk", int(name[1:]), 0, 9, score), name, relevant, content)


def asked(name: str, right: int = 1) -> Ranked:
    question = JudgedQuestion(f"q{name}", f"about {name}?", f"pool {name}", {f"{name}1": 1})
    candidates = [candidate(f"{name}{place}", 1 - place / 10, relevant=place == 1) for place in range(9)]
    return Ranked(question, tuple(candidates), right, near=4)


def test_lists_hold_a_right_passage_near_wrong_ones_and_one_of_another_transcript() -> None:
    lists = passage_lists([[asked("a")], [asked("b")]], random.Random(1), wrong=3)
    some = [next(lists) for _ in range(8)]
    assert max(len(one.texts) for one in some) == 5
    for one in some:
        name = one.question.split()[1][0]
        other = "b" if name == "a" else "a"
        assert one.relevant == 1
        assert one.texts[0] == f"text {name}1"
        wrong = set(one.texts[1:4])
        assert len(wrong) == 3
        assert wrong <= {f"text {name}{place}" for place in (0, 2, 3, 4)}
        assert all(text.startswith(f"text {other}") for text in one.texts[4:])


def test_a_relevant_turn_that_says_nothing_is_not_taught_where_there_are_others() -> None:
    empty = candidate("a1", 0.9, relevant=True, content=False)
    one = Ranked(asked("a").question, (empty, candidate("a2", 0.8, relevant=True)), right=2, near=4)
    (first,) = (next(passage_lists([[one]], random.Random(1), wrong=3)),)
    assert first.texts == ("text a2",)


def test_candidates_are_what_the_product_ranks(tmp_path: Path) -> None:
    bench = Bench(small_set(), tmp_path, lambda name: WordEncoder(name or "words"))
    found = ranked_questions(bench, Product(bench, bench.model(None)), bench.dataset.questions, 1, 12)
    assert [one.question for one in found] == list(bench.dataset.questions)
    for one in found:
        scores = [each.hit.score for each in one.candidates]
        assert scores == sorted(scores, reverse=True)
        relevant = {each.turn_id for each in one.candidates if each.relevant}
        assert relevant <= {turn for turn, gain in one.question.gains.items() if gain > 0}
        assert all(MARKS[0] in each.text and MARKS[1] in each.text for each in one.candidates)
    assert any(each.relevant for one in found for each in one.candidates)


def test_candidates_are_read_as_the_product_reads_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = Bench(small_set(), tmp_path, lambda name: WordEncoder(name or "words"))
    system = Product(bench, bench.model(None))

    def texts(**how: int) -> list[str]:
        found = ranked_questions(bench, system, bench.dataset.questions, 1, 12, **how)
        return [each.text for one in found for each in one.candidates]

    assert texts() == texts(after=AFTER)
    assert all(text.endswith(MARKS[1]) for text in texts(after=0))
    assert not all(text.endswith(MARKS[1]) for text in texts())
    # What is like the first ones follows them only after reading.
    monkeypatch.setattr("qa.evaluation.product.by_resemblance", lambda *_: pytest.fail("reordered"))
    assert texts()


def test_what_was_read_is_added_to_the_first_ranking() -> None:
    one = asked("a")
    read = np.zeros(9, dtype=np.float32)
    read[1] = 1
    assert reranked(one, None, 0.5)[:2] == ["a0", "a1"]
    assert reranked(one, read, 0.5)[:2] == ["a1", "a0"]
    assert reranked(one, read, 0.05)[:2] == ["a0", "a1"]
    # In a meeting, turns gain by standing beside it: a3 passes a2, which stands far away.
    long = [replace(each, hit=replace(each.hit, length=1_024)) for each in one.candidates]
    long[2] = replace(long[2], hit=replace(long[2].hit, position=200))
    order = reranked(replace(one, candidates=tuple(long)), read[:2], 0.5)
    assert order.index("a3") < order.index("a2")
    values = measured({"set": [one]}, {"set": [read]}, 0.5)
    assert values["set ndcg@10"] == values["mean"] == 100


def test_quantised_weights_become_weights_again() -> None:
    arrays: dict[str, npt.NDArray[Any]] = {
        "w_quantized": np.array([[1, 2], [3, 4], [5, 6]], dtype=np.uint8),
        "w_scale": np.array(0.5, dtype=np.float32),
        "w_zero_point": np.array(2, dtype=np.uint8),
        "head.bias": np.array([7.0, 8.0], dtype=np.float32),
        "word.embeddings.weight_quantized": np.array([[0, 255]], dtype=np.uint8),
        "word.embeddings.weight_scale": np.array(1, dtype=np.float32),
        "word.embeddings.weight_zero_point": np.array(128, dtype=np.uint8),
    }
    shapes = {
        "head.weight": torch.zeros(2, 3), "head.bias": torch.zeros(2),
        "word.embeddings.weight": torch.zeros(1, 2),
    }  # fmt: skip
    for path in ("/head/MatMul_quant", "/head/Gemm_MatMul_quant"):
        found = weights_of(arrays, {path: "w_quantized"}, shapes)
        # x is multiplied by (3, 2); torch keeps (2, 3)
        assert found["head.weight"].tolist() == [[-0.5, 0.5, 1.5], [0.0, 1.0, 2.0]]
        assert found["head.bias"].tolist() == [7, 8]
        assert found["word.embeddings.weight"].tolist() == [[-128, 127]]
    with pytest.raises(KeyError, match=r"head\.weight"):
        weights_of(arrays, {}, shapes)
