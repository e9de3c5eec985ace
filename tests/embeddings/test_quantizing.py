"""The int8 mode of the default model, quantised once for these tests in a cache of their own."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from embeddings import ModelLoadError, load_encoder, locate_model
from embeddings.encoder import ModelEncoder
from embeddings.models import cache_folder
from embeddings.quantizing import int8_checksum

TEXTS = [f"Ana: the harbour wall cost {i * 7} pounds" + " and some more" * (i % 13) + "." for i in range(200)]


@pytest.fixture(scope="module")
def own_cache(first_use: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Make a cache that holds the converted model only."""
    cache = tmp_path_factory.mktemp("int8")
    shutil.copytree(cache_folder() / "openvino", cache / "openvino")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRANSCRIPT_QA_CACHE", str(cache))
        yield cache


@pytest.fixture
def without_nncf(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "nncf", None)  # makes its import fail


def test_without_nncf_the_error_names_what_to_install(own_cache: Path, without_nncf: None) -> None:
    before = set((own_cache / "openvino").rglob("*"))
    with pytest.raises(ModelLoadError, match=r'pip install "transcript-qa\[fast\]"'):
        load_encoder(backend="int8").encode_queries(["hello"])
    assert (
        set((own_cache / "openvino").rglob("*")) == before
    )  # nothing is remembered: NNCF may be there the next time


def test_checksum_is_known_before_loading_and_not_the_precise_models() -> None:
    encoder = load_encoder(backend="int8")
    files = locate_model()
    assert encoder.checksum == int8_checksum(files)
    assert len(encoder.checksum) == 64
    assert encoder.checksum != files.checksum == load_encoder(backend="torch").checksum
    assert encoder._engine is None


@pytest.fixture(scope="module")
def int8(own_cache: Path) -> ModelEncoder:
    pytest.importorskip("nncf", reason="the fast extra is not installed")
    encoder = load_encoder(backend="int8")
    assert encoder.engine_name == "OpenVINO int8"
    return encoder


def test_int8_is_close_to_the_precise_model(int8: ModelEncoder) -> None:
    precise = load_encoder(backend="openvino")
    cosines = (int8.encode_documents(TEXTS) * precise.encode_documents(TEXTS)).sum(axis=1)
    assert cosines.min() >= 0.98


def test_int8_gives_a_text_the_same_vector_alone_and_in_a_batch(int8: ModelEncoder) -> None:
    alone = np.concatenate([int8.encode_documents([text]) for text in TEXTS[::20]])
    assert (int8.encode_documents(TEXTS)[::20] * alone).sum(axis=1).min() >= 0.9999


def test_what_was_quantised_once_loads_without_nncf(
    int8: ModelEncoder, without_nncf: None, capfd: pytest.CaptureFixture[str]
) -> None:
    again = load_encoder(backend="int8")
    assert np.array_equal(again.encode_queries(["hello"]), int8.encode_queries(["hello"]))
    assert capfd.readouterr().out == ""


def test_int8_that_disagrees_is_refused(
    int8: ModelEncoder, own_cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRANSCRIPT_QA_CACHE", str(tmp_path))
    shutil.copytree(own_cache / "openvino", tmp_path / "openvino")
    for settings in (tmp_path / "openvino").glob("*/settings.json"):
        if "int8" in settings.read_text():
            shutil.rmtree(settings.parent)
    monkeypatch.setattr("embeddings.quantizing._LEAST_COSINE", 1.1)
    with pytest.raises(ModelLoadError, match=r"cannot run in int8: in int8 its vectors differ .*cosine 0\.9"):
        load_encoder(backend="int8").encode_queries(["hello"])
