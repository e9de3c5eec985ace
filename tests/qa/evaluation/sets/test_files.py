import hashlib
from pathlib import Path

import pytest

from qa.errors import FormatError, QAError
from qa.evaluation.sets import files


def test_the_checksum_of_one_file_is_that_of_its_content(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    assert files.checksum([tmp_path / "a"]) == hashlib.sha256(b"abc").hexdigest()


def test_the_checksum_of_several_is_that_of_their_sorted_names_and_contents(tmp_path: Path) -> None:
    for name, content in (("b", b"2"), ("a", b"1")):
        (tmp_path / name).write_bytes(content)
    one, two = hashlib.sha256(b"1").digest(), hashlib.sha256(b"2").digest()
    expected = hashlib.sha256(b"a\0" + one + b"b\0" + two).hexdigest()
    assert files.checksum([tmp_path / "b", tmp_path / "a"]) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[]", []),
        (' [ {"a": 1} , {"b": [2]} ] \n', [{"a": 1}, {"b": [2]}]),
        ('["x",["y"]]', ["x", ["y"]]),
    ],
)
@pytest.mark.parametrize("chunk", [1, 3, 100])
def test_a_list_is_read_piece_by_piece(
    tmp_path: Path, text: str, expected: list[object], chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "_CHUNK", chunk)
    (tmp_path / "list.json").write_text(text, encoding="utf-8-sig")
    assert list(files.json_array(tmp_path / "list.json")) == expected


@pytest.mark.parametrize("text", ["", "{}", "[", '[{"a": 1}', '[{"a": 1},', '[{"a": }]', '{"a": []}'])
def test_what_is_no_whole_list_is_an_error(tmp_path: Path, text: str) -> None:
    (tmp_path / "list.json").write_text(text, encoding="utf-8")
    with pytest.raises(FormatError, match=r"list\.json: It (is not whole JSON|should be a JSON list)"):
        list(files.json_array(tmp_path / "list.json"))


def test_a_file_in_another_encoding_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(b'["\xff"]')
    for read in (files.read_json, lambda path: list(files.json_array(path))):
        with pytest.raises(FormatError, match="It is not UTF-8"):
            read(tmp_path / "a.json")
    with pytest.raises(FormatError, match="It is not UTF-8"):
        list(files.json_lines(tmp_path / "a.json"))


def test_a_missing_file_is_an_error_with_its_reason(tmp_path: Path) -> None:
    for read in (
        files.read_json,
        lambda path: list(files.json_array(path)),
        lambda path: files.checksum([path]),
    ):
        with pytest.raises(FormatError, match="It cannot be opened: No such file"):
            read(tmp_path / "a.json")


def found(path: Path) -> list[str]:
    names = files.find(path, ("data/set_*.json", "*.json"), lambda one: one.is_file() and "set" in one.name)
    return [one.name for one in names]


def test_a_path_means_a_file_a_folder_or_a_split_of_one(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    for name in ("set_dev.json", "set_tst.json", "other.json"):
        (tmp_path / "data" / name).touch()
    assert found(tmp_path / "data/set_dev.json") == ["set_dev.json"]
    assert found(tmp_path) == found(tmp_path / "data") == ["set_dev.json", "set_tst.json"]
    assert found(tmp_path / "TST") == found(tmp_path / "data/tst") == ["set_tst.json"]
    assert (
        found(tmp_path / "train") == found(tmp_path / "data/other.json") == found(tmp_path / "no/way") == []
    )


def test_an_error_says_what_to_name(tmp_path: Path) -> None:
    with pytest.raises(QAError, match=r"train does not exist\. Name a file\."):
        files.the_one(tmp_path / "train", [], "a file")
    with pytest.raises(QAError, match=r"holds nothing in that layout\. Name a file\."):
        files.the_one(tmp_path, [], "a file")
    with pytest.raises(QAError, match=r"holds 2: a, b\. Name one of them\."):
        files.the_one(tmp_path, [tmp_path / "a", tmp_path / "b"], "a file")
