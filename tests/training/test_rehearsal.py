from pathlib import Path

import pytest

from tests.conftest import WordEncoder
from training.rehearsal import anchors, general_texts


def test_each_step_keeps_some_texts_with_the_vectors_they_had() -> None:
    encode = WordEncoder().encode_queries
    made = list(anchors(["one text", "another", "a third"], encode, steps=3, seed=1))
    assert [len(one.texts) for one in made] == [20, 20, 20]
    for one in made:
        assert one.vectors == pytest.approx(encode(one.texts))
    again = list(anchors(["one text", "another", "a third"], encode, steps=3, seed=1))
    assert [one.texts for one in again] == [one.texts for one in made]


def test_texts_are_docstrings_of_packages_that_are_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "a_package_of_ours"
    package.mkdir()
    (package / "__init__.py").write_text(f'"""A summary of this package.\n\n{"word " * 60}\n"""\n')
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr("training.rehearsal._PACKAGES", ("a_package_of_ours", "no_such_package_here"))
    assert general_texts() == ["A summary of this package.", " ".join(["word"] * 45)]
