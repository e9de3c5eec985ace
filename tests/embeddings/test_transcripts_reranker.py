"""The cross-encoder of our own, as it is shipped."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors import safe_open

from embeddings import DEFAULT_CROSS_ENCODER, ModelLoadError, load_cross_encoder
from embeddings.cross_encoder import load_cross_encoder_model
from embeddings.models import locate_cross_encoder

FOLDER = locate_cross_encoder().folder
QUESTION = "How much did the Allies pledge?"
PAIRS = [
    (QUESTION, "Thank you all. » Mark Rutte: Allies have pledged more than 20 billion euros. « And why?"),
    (QUESTION, "» Mark Rutte: Thank you all. « Mark Rutte: Allies have pledged more than 20 billion euros."),
    (QUESTION, "» Ana: The cat sleeps on the warm stones of the harbour wall. «"),
]


def test_folder_is_at_most_50_megabytes_and_has_a_card() -> None:
    assert sum(file.stat().st_size for file in FOLDER.rglob("*") if file.is_file()) <= 50_000_000
    card = (FOLDER / "README.md").read_text(encoding="utf-8")
    for said in ("ms-marco-MiniLM-L-12-v2", "QMSum", "FriendsQA", "MIT", "Apache-2.0"):
        assert said in card


def test_weights_are_kept_in_half_precision_and_run_in_single() -> None:
    with safe_open(FOLDER / "model.safetensors", "pt") as weights:
        kept = {weights.get_tensor(name).dtype for name in weights.keys()}  # noqa: SIM118  # no mapping
    assert kept == {torch.float16}
    assert load_cross_encoder_model(locate_cross_encoder()).dtype == torch.float32


def test_runs_converted_and_agrees_with_torch() -> None:
    ours = load_cross_encoder()
    assert (ours.name, ours.marks) == (DEFAULT_CROSS_ENCODER, ("»", "«"))
    assert ours.engine_name.startswith("OpenVINO")
    found, beside = ours.scores(PAIRS), load_cross_encoder(backend="torch").scores(PAIRS)
    assert found is not None
    assert beside is not None
    assert np.abs(found - beside).max() < 0.05


def test_the_passage_between_the_marks_is_judged() -> None:
    scores = load_cross_encoder().scores(PAIRS)
    assert scores is not None
    answer, before_it, elsewhere = scores.tolist()
    assert answer > 0.5 > elsewhere
    assert answer > before_it + 0.1


def test_other_weights_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(FOLDER, tmp_path / "transcripts_reranker")
    (tmp_path / "transcripts_reranker/model.safetensors").write_bytes(b"other weights")
    monkeypatch.setattr("embeddings.models._packaged_folder", lambda _: tmp_path / "transcripts_reranker")
    with pytest.raises(ModelLoadError, match="is not the published transcripts-reranker-l6"):
        load_cross_encoder()
