from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from qa.evaluation.plain_values import from_plain


@dataclass(frozen=True)
class Inner:
    number: float
    name: str | None = None


@dataclass(frozen=True)
class Outer:
    count: int
    sure: bool
    several: tuple[Inner, ...]
    by_name: Mapping[str, tuple[int | None, ...]]
    more: Mapping[str, Any] = field(default_factory=dict)


GOOD: dict[str, Any] = {
    "count": 2, "sure": True, "several": [{"number": 1}, {"number": 0.5, "name": "x"}],
    "by_name": {"a": [1, None]},
}  # fmt: skip


def test_plain_values_become_what_they_stand_for() -> None:
    inner = (Inner(1.0), Inner(0.5, "x"))
    assert from_plain(Outer, {**GOOD, "later": 1}, "file") == Outer(2, True, inner, {"a": (1, None)})
    assert type(from_plain(Inner, {"number": 1}, "file").number) is float
    assert from_plain(Outer, {**GOOD, "more": {"x": [1]}}, "file").more == {"x": [1]}


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"count": "2"}, "file.count is '2'; expected a whole number"),
        ({"count": True}, "file.count is True; expected a whole number"),
        ({"count": 2.0}, "file.count is 2.0; expected a whole number"),
        ({"sure": 1}, "file.sure is 1; expected true or false"),
        ({"several": {}}, "file.several is {}; expected a list"),
        ({"several": [{"number": 1}, 7]}, "file.several[1] is 7; expected an object"),
        ({"several": [{}]}, "file.several[0].number is None; expected a value"),
        ({"several": [{"number": float("nan")}]}, "file.several[0].number is nan; expected a number"),
        (
            {"several": [{"number": 10**400}]},
            f"file.several[0].number is {'1' + '0' * 38}…; expected a number",
        ),
        ({"several": [{"number": 1, "name": 3}]}, "file.several[0].name is 3; expected a text"),
        ({"by_name": [1]}, "file.by_name is [1]; expected an object"),
        ({"by_name": {"a": [1], "b": [2, "x"]}}, "file.by_name.b[1] is 'x'; expected a whole number"),
    ],
)
def test_what_does_not_fit_is_named_with_its_place(changed: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError) as refused:  # noqa: PT011  # the whole text is compared
        from_plain(Outer, {**GOOD, **changed}, "file")
    assert str(refused.value) == complaint


def test_a_file_that_is_no_object_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^file is \[\]; expected an object$"):
        from_plain(Outer, [], "file")
