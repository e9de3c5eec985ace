"""A small cross-encoder with chance weights, in OpenVINO and in torch."""

import json
import shutil
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import BertConfig, BertForSequenceClassification

from embeddings import ModelLoadError, load_cross_encoder, locate_model
from embeddings.cross_encoder import MAX_TOKENS, ModelCrossEncoder, Pair, Scores
from embeddings.models import cache_folder

PAIRS = [
    ("Who moved the tables?", "Ana Ruiz: We moved forty percent of the tables last week."),
    ("Who moved the tables?", "Yes."),
    ("Why?", "The harbour wall held, and nobody knew what it cost. " * 60),
    ("", ""),
    ("Кто? 東京", "Türkiye, Łódź, naïve café 😀"),
]


def made(folder: Path, labels: int = 1, **settings: object) -> Path:
    """Write a cross-encoder of two narrow layers."""
    config = BertConfig(
        vocab_size=30522, hidden_size=32, num_hidden_layers=2, num_attention_heads=2,
        intermediate_size=64,
    )  # fmt: skip
    config.num_labels = labels
    torch.manual_seed(1)
    model = BertForSequenceClassification(config)
    for name, weight in model.named_parameters():
        if "dense" in name or "query" in name or "key" in name or "value" in name:
            weight.data *= 12  # weights as small as new ones would score all pairs alike
    model.classifier.weight.data *= 30
    model.save_pretrained(folder)
    for name in ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "vocab.txt"):
        shutil.copyfile(locate_model().folder / name, folder / name)
    stored = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(stored | settings))
    return folder


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="module", params=["openvino", "torch"])
def either(small: Path, request: pytest.FixtureRequest) -> ModelCrossEncoder:
    return load_cross_encoder(str(small), request.param)


def test_engines_agree(small: Path) -> None:
    one, other = (load_cross_encoder(str(small), name).scores(PAIRS) for name in ("openvino", "torch"))
    assert one is not None
    assert other is not None
    assert np.abs(one - other).max() < 0.05
    assert np.ptp(other) > 0.05  # else they would agree on anything


def test_automatic_choice_is_openvino_where_it_is_installed(small: Path) -> None:
    assert load_cross_encoder(str(small)).engine_name in {"OpenVINO bf16", "OpenVINO f32"}


def test_scores_are_probabilities_in_the_order_of_the_pairs(either: ModelCrossEncoder) -> None:
    scores, back = either.scores(PAIRS), either.scores(PAIRS[::-1])
    assert scores is not None
    assert back is not None
    assert scores.dtype == np.float32
    assert scores.shape == (5,)
    assert (scores > 0).all()
    assert (scores < 1).all()
    assert back[::-1] == pytest.approx(scores, abs=0.02)


def test_a_pair_scores_the_same_alone(either: ModelCrossEncoder) -> None:
    together = either.scores(PAIRS)
    assert together is not None
    for pair, score in zip(PAIRS, together, strict=True):
        alone = either.scores([pair])
        assert alone == pytest.approx([score], abs=0.02)


def test_both_texts_count_and_which_is_which(either: ModelCrossEncoder) -> None:
    question, text = PAIRS[0]
    scores = either.scores([(question, text), (text, question), (question, "Yes.")])
    assert scores is not None
    assert len({round(float(score), 4) for score in scores}) == 3


def test_words_beyond_what_is_read_do_not_count(either: ModelCrossEncoder) -> None:
    long = "word " * (MAX_TOKENS + 50)
    scores = either.scores([("Why?", long), ("Why?", long + "entirely different")])
    assert scores is not None
    assert scores[0] == pytest.approx(scores[1], abs=0.001)


def test_no_pairs_give_no_scores(either: ModelCrossEncoder) -> None:
    scores = either.scores([])
    assert scores is not None
    assert scores.shape == (0,)


def test_what_takes_too_long_is_not_scored(either: ModelCrossEncoder) -> None:
    either.load()
    assert either.scores(PAIRS * 40, seconds=0.001) is None
    assert either.scores(PAIRS[:1], seconds=60) is not None  # and the next caller is not held up


def test_waiting_for_another_caller_counts(small: Path) -> None:
    model = load_cross_encoder(str(small))
    model.load()
    with model._running:  # stands for a caller who is being served
        assert model.scores(PAIRS[:1], seconds=0.01) is None


class Reader:
    """Stands for an engine; reads anything in a hundredth of a second."""

    def logits(self, pairs: Sequence[Pair], until: float | None) -> Scores | None:
        time.sleep(0.01)
        return np.zeros(len(pairs), dtype=np.float32)


class WaitedError(Exception):
    """Somebody waits for the others."""


class Busy:
    """Stands for the lock while others are served."""

    def acquire(self, timeout: float) -> bool:
        raise WaitedError


def test_nobody_waits_for_what_could_not_be_done_in_time(
    small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = load_cross_encoder(str(small))
    model._engine = Reader()
    pairs = [("", "x" * 10_000)]
    monkeypatch.setattr(model, "_running", Busy())
    monkeypatch.setattr(model, "_ahead", 50_000)
    with pytest.raises(WaitedError):  # how long anything takes is not known yet
        model.scores(pairs, seconds=0.1)
    monkeypatch.setattr(model, "_pace", 1e-5)
    assert model.scores(pairs, seconds=0.59) is None  # 60,000 characters take 0.6 s
    for patient in (0.61, None):
        with pytest.raises(WaitedError):
            model.scores(pairs, seconds=patient)
    assert model._ahead == 50_000
    monkeypatch.setattr(model, "_ahead", 0)
    with pytest.raises(WaitedError):  # with nothing ahead it is tried, however long it took last
        model.scores(pairs, seconds=0.01)


def test_how_long_reading_takes_is_learned_from_calls_long_enough(small: Path) -> None:
    model = load_cross_encoder(str(small))
    model._engine = Reader()
    model.scores([("", "x" * 1_999)])
    assert model._pace == 0
    model.scores([("", "x" * 1_000)] * 10)
    assert model._pace >= 1e-6
    assert model._ahead == 0


def test_a_converted_model_is_kept(small: Path) -> None:
    load_cross_encoder(str(small)).load()
    kept = [json.loads(file.read_text()) for file in (cache_folder() / "openvino").glob("*/settings.json")]
    assert str(small.resolve()) in {one.get("model") for one in kept}


def test_marks_are_read_from_the_config(small: Path, tmp_path: Path) -> None:
    assert load_cross_encoder(str(small)).marks is None
    marked = made(tmp_path / "marked", passage_marks=["»", "«"])
    assert load_cross_encoder(str(marked)).marks == ("»", "«")


def test_a_classifier_is_refused(tmp_path: Path) -> None:
    model = load_cross_encoder(str(made(tmp_path / "three", labels=3)))
    with pytest.raises(ModelLoadError, match="gives 3 scores for a pair; a reranker gives one"):
        model.scores(PAIRS)


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelLoadError, match="holds no model"):
        load_cross_encoder(str(tmp_path))


def test_an_unknown_backend_is_refused(small: Path) -> None:
    with pytest.raises(ValueError, match="backend is 'gpu'"):
        load_cross_encoder(str(small), "gpu")
