from pathlib import Path

import pytest

from embeddings import DEFAULT_CROSS_ENCODER, DEFAULT_MODEL, PUBLISHED_MODEL, ModelLoadError
from qa.errors import LibraryError
from qa.library import Library
from qa.opening import NO_RERANKER, library_folder, make_reranker, open_library
from qa.reranking import SECONDS
from tests.conftest import WordEncoder, put


def test_folder_given_goes_before_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRANSCRIPT_QA_LIBRARY", str(tmp_path / "environment"))
    assert library_folder(tmp_path / "given") == tmp_path / "given"
    assert library_folder(str(tmp_path / "given")) == tmp_path / "given"
    assert library_folder() == tmp_path / "environment"


@pytest.mark.parametrize("unset", [True, False])
def test_without_either_it_is_the_platforms(unset: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if unset:
        monkeypatch.delenv("TRANSCRIPT_QA_LIBRARY")
    else:
        monkeypatch.setenv("TRANSCRIPT_QA_LIBRARY", "")
    monkeypatch.setenv("XDG_DATA_HOME", "/data")
    assert library_folder().parts[-2:] == ("transcript-qa", "library")


def test_home_and_relative_folders_become_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert library_folder("~/talks") == library_folder("talks") == tmp_path / "talks"


def test_opening_makes_the_library_and_loads_no_weights(tmp_path: Path) -> None:
    with open_library(tmp_path / "new" / "library") as library:
        assert library.entries() == []
        assert library.encoder.name == DEFAULT_MODEL
        assert vars(library.encoder)["_engine"] is None
    assert (tmp_path / "new" / "library" / "library.sqlite").is_file()


def test_unknown_model_makes_no_library(tmp_path: Path) -> None:
    with pytest.raises(ModelLoadError, match="neither a folder nor a model name"):
        open_library(tmp_path / "library", "no such model")
    assert not (tmp_path / "library").exists()


def test_library_made_with_the_former_default_opens_with_it(tmp_path: Path) -> None:
    with open_library(tmp_path, PUBLISHED_MODEL) as library:
        put(library, "Ana: the harbour wall is open again")
    with open_library(tmp_path) as library:
        assert library.encoder.name == PUBLISHED_MODEL
        assert library.retrieve("Is the wall open?", 1)[0].position == 0


def test_library_without_vectors_takes_the_default(tmp_path: Path) -> None:
    open_library(tmp_path, PUBLISHED_MODEL).close()
    with open_library(tmp_path) as library:
        assert library.encoder.name == DEFAULT_MODEL


def test_library_of_a_model_from_elsewhere_does_not_choose_what_is_loaded(
    tmp_path: Path, encoder: WordEncoder
) -> None:
    with Library(tmp_path, encoder) as library:
        put(library, "Ana: the harbour wall is open again")
    with pytest.raises(LibraryError, match="was built with words, not transcripts-minilm-l6"):
        open_library(tmp_path)


@pytest.mark.parametrize("model", [DEFAULT_MODEL, PUBLISHED_MODEL, f"{DEFAULT_MODEL} (int8)"])
def test_the_default_reranker_goes_with_the_models_of_the_package(model: str) -> None:
    reranker = make_reranker(None, model)
    assert reranker is not None
    assert (reranker.model.name, reranker.seconds) == (DEFAULT_CROSS_ENCODER, SECONDS)
    assert make_reranker(NO_RERANKER, model) is None


def test_beside_another_model_a_reranker_has_to_be_named() -> None:
    assert make_reranker(None, "intfloat/multilingual-e5-small") is None
    named = make_reranker(DEFAULT_CROSS_ENCODER, "intfloat/multilingual-e5-small", seconds=None)
    assert named is not None
    assert named.seconds is None


def test_a_reranker_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelLoadError, match="neither a folder nor a model name"):
        open_library(tmp_path / "library", reranker="no/such/model")
    with open_library(tmp_path / "library") as library:
        assert library.reranker is not None
    with open_library(tmp_path / "library", reranker="none") as library:
        assert library.reranker is None
