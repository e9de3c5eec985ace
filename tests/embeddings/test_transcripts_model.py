"""The encoder of our own, as it is shipped."""

import numpy as np
import pytest
import torch
from safetensors import safe_open

from embeddings import TRANSCRIPTS_MODEL, Encoder, load_encoder, locate_model
from embeddings.encoder import load_sentence_transformer

FOLDER = locate_model(TRANSCRIPTS_MODEL).folder
TEXTS = (
    "Yes.",
    "15 April 2025, Mark Rutte: Allies have pledged more than 20 billion euros.",
    "The committee heard from the harbour master about the flood and what it cost. " * 40,
    "",
)


def test_folder_is_at_most_50_megabytes_and_has_a_card() -> None:
    assert sum(file.stat().st_size for file in FOLDER.rglob("*") if file.is_file()) <= 50_000_000
    card = (FOLDER / "README.md").read_text(encoding="utf-8")
    for said in ("all-MiniLM-L6-v2", "QMSum", "FriendsQA", "MIT", "Apache-2.0"):
        assert said in card


def test_weights_are_kept_in_half_precision_and_run_in_single() -> None:
    with safe_open(FOLDER / "model.safetensors", "pt") as weights:
        kept = {weights.get_tensor(name).dtype for name in weights.keys()}  # noqa: SIM118  # no mapping
    assert kept == {torch.float16, torch.int64}  # the integers are positions
    assert load_sentence_transformer(locate_model(TRANSCRIPTS_MODEL)).dtype == torch.float32


@pytest.fixture(scope="module")
def ours() -> Encoder:
    return load_encoder(TRANSCRIPTS_MODEL)


def test_runs_converted_and_agrees_with_torch(ours: Encoder) -> None:
    assert (ours.name, ours.dim) == ("transcripts-minilm-l6", 384)
    vectors = ours.encode_documents(TEXTS)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(4), abs=1e-5)
    beside = load_encoder(TRANSCRIPTS_MODEL, "torch").encode_documents(TEXTS)
    assert (vectors * beside).sum(axis=1).min() >= 0.999


def test_vectors_are_not_those_of_the_published_model(ours: Encoder, real_encoder: Encoder) -> None:
    published = load_encoder("all-MiniLM-L6-v2").encode_documents(TEXTS)
    assert (ours.encode_documents(TEXTS) * published).sum(axis=1).max() < 0.99
