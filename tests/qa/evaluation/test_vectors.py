"""Embeddings kept on disk: used again when everything that shaped them is the same, and only then."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from embeddings import Vectors
from embeddings.models import cache_folder
from qa.evaluation.vectors import Model, PreparedEncoder, VectorStore, evaluation_cache, model_facts
from tests.conftest import WordEncoder

TEXTS = ["the gate held", "the wall did not", "the gate held"]


def model(folder: Path, encoder: WordEncoder | None = None) -> Model:
    return Model(encoder or WordEncoder(), VectorStore(folder))


def files(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.vectors"))


def test_what_is_kept_is_not_embedded_again(tmp_path: Path) -> None:
    first, again = WordEncoder(), WordEncoder()
    wanted = first.encode_documents(TEXTS)
    made = model(tmp_path, first).documents(TEXTS, "own text").of(TEXTS)
    kept = model(tmp_path, again).documents(TEXTS, "own text").of(TEXTS)
    np.testing.assert_array_equal(made, wanted)
    np.testing.assert_array_equal(kept, wanted)
    assert (first.encoded, again.encoded) == (3 + 2, 0)  # a text that comes twice is embedded once


@pytest.mark.parametrize(
    ("encoder", "rule", "texts"),
    [
        (WordEncoder("other"), "own text", TEXTS),
        (WordEncoder(width=512), "own text", TEXTS),
        (WordEncoder(), "with the speaker", TEXTS),
        (WordEncoder(), "own text", TEXTS[:1]),
        (WordEncoder(), "own text", [TEXTS[1], TEXTS[0]]),
    ],
    ids=["another model", "another width", "another rule", "fewer texts", "another order"],
)
def test_anything_else_is_embedded_anew(
    tmp_path: Path, encoder: WordEncoder, rule: str, texts: list[str]
) -> None:
    model(tmp_path).documents(TEXTS, "own text")
    found = model(tmp_path, encoder).documents(texts, rule)
    assert encoder.encoded == len(set(texts))
    assert len(files(tmp_path)) == 2
    np.testing.assert_array_equal(found.of(texts), encoder.encode_documents(texts))


def test_a_question_is_kept_apart_from_a_document_of_the_same_words(tmp_path: Path) -> None:
    encoder = WordEncoder()
    model(tmp_path, encoder).documents(["why?"], "own text")
    model(tmp_path, encoder).questions(["why?"])
    assert len(files(tmp_path)) == 2


def _cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-4])


def _changed(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)


def _no_json(file: Path) -> None:
    file.write_bytes(b"no json\n")


def _empty(file: Path) -> None:
    file.write_bytes(b"")


def _other_key(file: Path) -> None:
    file.write_bytes(file.read_bytes().replace(b'"model": "words"', b'"model": "wordz"'))


def _other_shape(file: Path) -> None:
    file.write_bytes(file.read_bytes().replace(b'"shape": [2, 1024]', b'"shape": [2, 1023]'))


@pytest.mark.parametrize("damage", [_cut, _changed, _no_json, _empty, _other_key, _other_shape])
def test_a_damaged_file_is_made_again(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    wanted = model(tmp_path).documents(TEXTS, "own text").of(TEXTS)
    (file,) = files(tmp_path)
    damage(file)
    encoder = WordEncoder()
    found = model(tmp_path, encoder).documents(TEXTS, "own text").of(TEXTS)
    assert encoder.encoded == 2
    np.testing.assert_array_equal(found, wanted)
    fresh = WordEncoder()
    model(tmp_path, fresh).documents(TEXTS, "own text")
    assert fresh.encoded == 0  # and the whole file is there again


class Stopped(WordEncoder):
    """Breaks off after so many texts."""

    def __init__(self, after: int) -> None:
        super().__init__()
        self.after = after

    def encode_documents(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> Vectors:
        if self.encoded >= self.after:
            raise KeyboardInterrupt
        return super().encode_documents(texts, progress)


def test_a_stopped_run_goes_on_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.evaluation.vectors._PART", 2)
    texts = [f"turn {number}" for number in range(5)]
    with pytest.raises(KeyboardInterrupt):
        model(tmp_path, Stopped(after=2)).documents(texts, "own text")
    encoder = WordEncoder()
    found = model(tmp_path, encoder).documents(texts, "own text")
    assert encoder.encoded == 3
    np.testing.assert_array_equal(found.of(texts), encoder.encode_documents(texts))
    assert not list(tmp_path.rglob("*.part"))


def test_progress_counts_over_all_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.evaluation.vectors._PART", 2)
    told: list[tuple[int, int]] = []
    texts = ["a", "b", "c"]
    Model(WordEncoder(), VectorStore(tmp_path), lambda *step: told.append(step)).documents(texts, "own text")
    assert told == [(2, 3), (3, 3)]


def test_no_texts_are_no_vectors(tmp_path: Path) -> None:
    assert model(tmp_path).documents([], "own text").of([]).shape == (0, 1024)


def test_prepared_encoder_embeds_only_what_it_does_not_know(tmp_path: Path) -> None:
    encoder = WordEncoder()
    made = model(tmp_path, encoder)
    prepared = PreparedEncoder(made, made.documents(TEXTS, "own text"), made.questions(["why?"]))
    known = encoder.encoded
    prepared.encode_documents(TEXTS)
    np.testing.assert_array_equal(prepared.encode_queries(["why?"]), encoder.encode_queries(["why?"]))
    assert encoder.encoded == known
    np.testing.assert_array_equal(
        prepared.encode_documents([*TEXTS, "new"]), encoder.encode_documents([*TEXTS, "new"])
    )
    np.testing.assert_array_equal(prepared.encode_queries(["how?"]), encoder.encode_queries(["how?"]))
    assert (prepared.name, prepared.checksum, prepared.dim) == (encoder.name, encoder.checksum, encoder.dim)


def test_the_cache_is_in_the_user_s_cache_folder_unless_another_is_named(tmp_path: Path) -> None:
    assert evaluation_cache() == cache_folder() / "evaluation"
    assert evaluation_cache(tmp_path / "mine") == tmp_path / "mine"


def test_facts_of_the_default_model_name_what_shapes_its_vectors(real_encoder: Any) -> None:
    facts = model_facts(real_encoder)
    assert facts["model"] == "transcripts-minilm-l6"
    assert facts["checksum"] == real_encoder.checksum
    assert facts["engine"] == real_encoder.engine_name
    assert facts["dim"] == 384
    assert facts["max_seq_length"] == 256
    assert facts["normalised"] is True
    assert [module["type"] for module in facts["modules"]] == ["Transformer", "Pooling", "Normalize"]
    assert "mean" in str(facts["modules"][1])
    assert {"openvino", "sentence-transformers", "transformers"} <= facts["packages"].keys()
