"""The real default model, in the engine the application picks and in torch."""

import os
from pathlib import Path

import numpy as np
import pytest

from embeddings import Encoder, ModelLoadError, Vectors, load_encoder, locate_model
from embeddings.encoder import ModelEncoder

TEXTS = (
    "Yes.",
    "Mark Rutte: just in the first three months of 2025, Allies have pledged more than 20 billion euros.",
    "Who pays for the harbour wall? Türkiye, Łódź, 東京, Москва",
    "The committee heard from the harbour master about the flood and what it cost. " * 40,
    "",
    "  Yes.\n",
)


@pytest.fixture(scope="session")
def torch_encoder() -> Encoder:
    return load_encoder(backend="torch")


@pytest.fixture(scope="session")
def openvino_encoder(first_use: str) -> ModelEncoder:
    return load_encoder(backend="openvino")


@pytest.fixture(scope="session", params=["openvino", "torch"])
def either(request: pytest.FixtureRequest) -> Encoder:
    encoder: Encoder = request.getfixturevalue(f"{request.param}_encoder")
    return encoder


def cosines(one: Vectors, other: Vectors) -> Vectors:
    product: Vectors = (one * other).sum(axis=1)
    return product


def test_engines_agree(openvino_encoder: Encoder, torch_encoder: Encoder) -> None:
    assert openvino_encoder.dim == torch_encoder.dim == 384
    assert openvino_encoder.checksum == torch_encoder.checksum == locate_model().checksum
    for encode in ("encode_documents", "encode_queries"):
        one, other = (getattr(encoder, encode)(TEXTS) for encoder in (openvino_encoder, torch_encoder))
        assert cosines(one, other).min() >= 0.999


def test_automatic_choice_is_openvino_where_it_is_installed(
    openvino_encoder: ModelEncoder, real_encoder: ModelEncoder
) -> None:
    assert real_encoder.engine_name == openvino_encoder.engine_name
    assert openvino_encoder.engine_name in {"OpenVINO bf16", "OpenVINO f32"}


def test_rows_have_length_one(either: Encoder) -> None:
    vectors = either.encode_documents(TEXTS)
    assert vectors.shape == (6, 384)
    assert vectors.dtype == np.dtype(np.float32)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(6), abs=1e-5)


def test_text_comes_out_the_same_alone_and_in_a_batch(either: Encoder) -> None:
    together = either.encode_documents(TEXTS)
    alone = np.concatenate([either.encode_documents([text]) for text in TEXTS])
    assert cosines(together, alone).min() >= 0.999


def test_rows_keep_the_order_of_the_texts(either: Encoder) -> None:
    forwards, backwards = either.encode_documents(TEXTS), either.encode_documents(TEXTS[::-1])
    assert cosines(forwards, backwards[::-1]).min() >= 0.999


def test_surrounding_space_does_not_count(either: Encoder) -> None:
    vectors = either.encode_documents(TEXTS)
    assert float(vectors[0] @ vectors[5]) >= 0.999


def test_no_texts_give_no_rows(either: Encoder) -> None:
    for vectors in (either.encode_documents([]), either.encode_queries([])):
        assert vectors.shape == (0, 384)
        assert vectors.dtype == np.dtype(np.float32)


def test_progress_adds_up_to_the_texts(either: Encoder) -> None:
    steps: list[int] = []
    either.encode_documents([f"text {i} " * (1 + i % 20) for i in range(280)], steps.append)
    assert sum(steps) == 280
    assert len(steps) > 1


def test_meaning_counts_more_than_words(either: Encoder) -> None:
    question, answer, other = either.encode_documents(
        ["How much money was promised?", "They pledged twenty billion euros.", "How much rain was promised?"]
    )
    assert float(question @ answer) > 0.3
    unrelated = either.encode_documents(["The cat sleeps on the warm stones."])[0]
    assert float(question @ answer) > float(question @ unrelated) + 0.2
    assert float(question @ other) < 0.9


def test_model_folder_gives_the_vectors_of_the_model_in_it(either: Encoder) -> None:
    folder = load_encoder(str(locate_model().folder), backend="torch")
    assert folder.name == str(locate_model().folder.resolve())
    assert cosines(folder.encode_documents(TEXTS), either.encode_documents(TEXTS)).min() >= 0.999


def test_unknown_backend_is_refused() -> None:
    with pytest.raises(ValueError, match="backend is 'gpu'; expected auto, openvino, torch or int8"):
        load_encoder(backend="gpu")


def test_folder_that_sentence_transformers_cannot_load_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRANSCRIPT_QA_CACHE", str(tmp_path / "cache"))
    (tmp_path / "modules.json").write_text('[{"idx": 0, "name": "0", "path": "", "type": "nothing.Here"}]')
    encoder = load_encoder(str(tmp_path))
    with pytest.raises(ModelLoadError, match=str(tmp_path)):
        encoder.encode_queries(["hello"])


def test_checksum_is_known_before_the_model_is_loaded() -> None:
    encoder = load_encoder()
    assert len(encoder.checksum) == 64
    assert encoder._engine is None


def test_cache_is_the_tests_own() -> None:
    assert Path(os.environ["TRANSCRIPT_QA_CACHE"]).name.startswith("cache")
