from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.readers.moments import Moment, read_moment

DAY = date(2025, 4, 15).toordinal()


@pytest.mark.parametrize(
    ("value", "per_second", "moment"),
    [
        ("12.5", None, Moment(12.5)),
        ("12,5", None, Moment(12.5)),
        ("12", None, Moment(12.0, whole=True)),
        (12, None, Moment(12.0, whole=True)),
        (12.25, None, Moment(12.25)),
        ("1500", 1000, Moment(1.5)),
        ("1500 ms", None, Moment(1.5)),
        ("2.5s", 1000, Moment(2.5)),
        ("1e-1", None, Moment(0.1)),
        ("0:05", None, Moment(5.0, clock=True)),
        ("75:30", None, Moment(4530.0, clock=True)),
        ("1:02:03.5", None, Moment(3723.5, clock=True)),
        ("00:00:01,250", None, Moment(1.25, clock=True)),
        ("2025-04-15T10:01:02", None, Moment(36062.0, DAY)),
        ("2025-04-15 10:01:02.500", None, Moment(36062.5, DAY)),
        ("2025-04-15T10:01:02Z", None, Moment(36062.0, DAY, offset="+00:00")),
        ("2025-04-15T00:00:00-03:30", None, Moment(0.0, DAY, offset="-03:30")),
        (" ", None, None),
        (None, None, None),
    ],
)
def test_times_are_read_as_tables_write_them(
    value: Any, per_second: int | None, moment: Moment | None
) -> None:
    assert read_moment(value, per_second) == moment


@pytest.mark.parametrize(
    "value",
    [
        "-1",
        -1,
        "soon",
        "1:2:3:4",
        "0:75",
        "1:75:00",
        True,
        [],
        float("nan"),
        float("inf"),
        10**400,
        2e9,
        "2025-02-30T10:00:00",
        "2025-04-15",
        "4/15/2025 10:01",
        "10:01 PM",
        "1.2.3",
    ],
)
def test_anything_else_is_no_time(value: Any) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_moment(value, None)


@given(st.text(max_size=30) | st.from_regex(r"[\d:.,TZ +-]{1,30}", fullmatch=True))
def test_any_text_is_a_time_of_at_least_0_or_refused(text: str) -> None:
    try:
        moment = read_moment(text, None)
    except ValueError:
        return
    assert moment is None or 0 <= moment.seconds <= 1e9
