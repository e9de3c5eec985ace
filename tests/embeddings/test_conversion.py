import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from embeddings import Encoder, ModelFiles, ModelLoadError, load_encoder, locate_model
from embeddings.conversion import ConversionError, load_openvino
from embeddings.encoder import ModelEncoder
from embeddings.models import cache_folder
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def converted(real_encoder: Encoder) -> Path:
    """Return the cache's folder of the converted default model."""
    real_encoder.encode_queries(["hello"])
    files = (cache_folder() / "openvino").glob("*/settings.json")
    (folder,) = (
        file.parent for file in files if json.loads(file.read_text()).get("model") == real_encoder.name
    )
    return folder


def in_a_process(code: str, cache: Path) -> str:
    """Run code in a fresh interpreter; return what it prints."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, "TRANSCRIPT_QA_CACHE": str(cache)},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_second_use_loads_neither_torch_nor_telemetry(converted: Path) -> None:
    code = (
        "import sys\nfrom embeddings import load_encoder\n"
        "print(load_encoder().encode_queries(['hello']).shape)\n"
        "print(sorted({'torch', 'sentence_transformers', 'transformers'} & set(sys.modules)))\n"
        "print(sys.modules['openvino_telemetry'])"
    )
    assert in_a_process(code, converted.parents[1]).splitlines() == ["(1, 384)", "[]", "None"]


def test_conversion_imports_no_telemetry_and_leaves_no_scratch(first_use: str, converted: Path) -> None:
    assert first_use == "(1, 384) None"
    names = {"model.xml", "model.bin", "settings.json", "tokenizer.json"}
    assert {file.name for file in converted.iterdir()} == names
    assert not list(converted.parent.glob("converting-*"))


@pytest.fixture
def broken_cache(converted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a copy of the converted model in a cache of its own, to be damaged."""
    monkeypatch.setenv("TRANSCRIPT_QA_CACHE", str(tmp_path))
    copy = tmp_path / "openvino" / converted.name
    shutil.copytree(converted, copy)
    return copy


def test_damaged_conversion_is_thrown_away_and_torch_takes_over(broken_cache: Path) -> None:
    (broken_cache / "model.xml").write_text("<nothing/>")
    encoder = load_encoder()
    assert encoder.engine_name.startswith("torch")
    assert not broken_cache.exists()


def test_refusal_is_remembered(broken_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (broken_cache / "refused.txt").write_text("its vectors differ")
    monkeypatch.setattr("embeddings.conversion._convert", lambda *_: pytest.fail("converted again"))
    with pytest.raises(ConversionError, match="its vectors differ"):
        load_openvino(locate_model())
    with pytest.raises(ModelLoadError, match="cannot run in OpenVINO: its vectors differ"):
        load_encoder(backend="openvino").encode_queries(["hello"])
    assert load_encoder().engine_name.startswith("torch")


def test_model_without_a_fast_tokenizer_is_refused_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRANSCRIPT_QA_CACHE", str(tmp_path / "cache"))
    files = ModelFiles("bare", tmp_path, "0" * 64)
    with pytest.raises(ConversionError, match=r"it has no tokenizer\.json"):
        load_openvino(files)
    (tmp_path / "tokenizer.json").write_text("{}")  # of no use: the refusal is remembered by checksum
    with pytest.raises(ConversionError, match=r"it has no tokenizer\.json"):
        load_openvino(files)


def test_conversion_that_disagrees_with_torch_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRANSCRIPT_QA_CACHE", str(tmp_path))
    monkeypatch.setattr("embeddings.conversion._LEAST_COSINE", {"f32": 1.1, "bf16": 1.1})
    encoder: ModelEncoder = load_encoder()
    assert encoder.engine_name.startswith("torch")
    (refused,) = (tmp_path / "openvino").glob("*/refused.txt")
    assert "its vectors differ from torch's (cosine " in refused.read_text()
