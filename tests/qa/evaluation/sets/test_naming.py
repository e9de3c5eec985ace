import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.evaluation.runs import Run
from qa.evaluation.sets.naming import Names, identifier, turn_ids


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("ES2004a", "ES2004a"),
        ("Super Bowl  50", "Super_Bowl_50"),
        ("#note", "_note"),
        ("", "_"),
        ("a\0b\ud800", "a_b_"),
    ],
)
def test_a_name_becomes_an_id(name: str, expected: str) -> None:
    assert identifier(name) == expected


@given(st.text())
def test_every_id_can_be_written_in_a_run(name: str) -> None:
    id_ = identifier(name)
    assert Run("r", {id_: ((id_, 1.0),)}).ranking(id_) == [id_]
    assert identifier(id_) == id_


@given(st.integers(0, 300), st.sampled_from([0, 99_900]))
def test_turn_ids_ascend(more: int, count: int) -> None:
    ids = turn_ids("m", count + more)[count and count - 10 :]
    assert list(ids) == sorted(ids)


def test_turn_ids_have_five_digits_or_as_many_as_needed() -> None:
    assert turn_ids("ES2004a", 2) == ("ES2004a:00000", "ES2004a:00001")
    assert turn_ids("m", 100_001)[-1] == "m:100000"
    assert turn_ids("m", 100_001)[1] == "m:000001"


def test_a_name_given_before_gets_a_number() -> None:
    names = Names()
    assert [names.new(name) for name in ("a", "a", "a~2", "a", "b")] == ["a", "a~2", "a~2~2", "a~3", "b"]
