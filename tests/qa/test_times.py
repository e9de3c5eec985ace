import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.times import shown_date, shown_time, states_day
from qa.types import TimeKind

DAY = 86_400
AT_15_01 = 15 * 3600 + 60 + 39


@pytest.mark.parametrize(
    ("seconds", "expected"), [(0.0, "0:00"), (65.9, "1:05"), (3723.0, "1:02:03"), (90_000.0, "25:00:00")]
)
def test_time_into_a_recording_counts_on_past_a_day_whatever_the_date(seconds: float, expected: str) -> None:
    assert shown_time(seconds, TimeKind.MEDIA) == expected
    assert shown_time(seconds, TimeKind.MEDIA, "2026-03-12", day_beside=True) == expected


@pytest.mark.parametrize(
    ("seconds", "date", "expected"),
    [
        (AT_15_01, "2026-03-12", "12 March 2026, 15:01"),
        (0.0, "2026-03-12", "12 March 2026, 00:00"),
        (DAY + 600.0, "2026-12-31", "1 January 2027, 00:10"),
        (45 * DAY + AT_15_01, "2024-01-31", "16 March 2024, 15:01"),  # 2024 has a 29 February
        (AT_15_01, None, "15:01"),
        (DAY + 600.0, None, "day 2, 00:10"),
        (AT_15_01, "2026-03", "15:01"),
        (2 * DAY + 600.0, "2026", "day 3, 00:10"),
    ],
)
def test_clock_time_carries_its_own_day(seconds: float, date: str | None, expected: str) -> None:
    assert shown_time(seconds, TimeKind.CLOCK, date) == expected


def test_clock_time_beside_the_date_repeats_no_day_but_tells_later_ones() -> None:
    beside = [
        shown_time(seconds, TimeKind.CLOCK, "2026-03-12", day_beside=True)
        for seconds in (AT_15_01, DAY - 1, DAY, 2 * DAY + 600)
    ]
    assert beside == ["15:01", "23:59", "13 March 2026, 00:00", "14 March 2026, 00:10"]
    assert shown_time(DAY + 600, TimeKind.CLOCK, None, day_beside=True) == "day 2, 00:10"


def test_no_time_is_shown_where_there_is_none() -> None:
    assert shown_time(None, TimeKind.CLOCK, "2026-03-12") == ""
    assert shown_time(12.0, TimeKind.NONE, "2026-03-12") == ""


def test_day_is_stated_only_by_a_clock_time_with_a_full_date() -> None:
    assert states_day(AT_15_01, TimeKind.CLOCK, "2026-03-12")
    assert not states_day(AT_15_01, TimeKind.CLOCK, "2026-03")
    assert not states_day(AT_15_01, TimeKind.CLOCK, None)
    assert not states_day(None, TimeKind.CLOCK, "2026-03-12")
    assert not states_day(AT_15_01, TimeKind.MEDIA, "2026-03-12")


def test_time_past_the_end_of_the_calendar_is_counted_in_days() -> None:
    assert shown_time(DAY, TimeKind.CLOCK, "9999-12-31") == "day 2, 00:00"
    assert shown_time(1e18, TimeKind.CLOCK, "2026-03-12").startswith("day ")


@pytest.mark.parametrize(
    ("date", "expected"), [("2025-04-05", "5 April 2025"), ("2025-12", "December 2025"), ("2025", "2025")]
)
def test_date_is_as_exact_as_it_is_known(date: str, expected: str) -> None:
    assert shown_date(date) == expected


@given(st.floats(0, 1e12), st.sampled_from([None, "2026", "2026-03", "2026-03-12"]), st.booleans())
def test_clock_time_always_ends_in_hours_and_minutes(seconds: float, date: str | None, beside: bool) -> None:
    shown = shown_time(seconds, TimeKind.CLOCK, date, day_beside=beside)
    hours, minutes = shown.split(", ")[-1].split(":")
    assert int(hours) * 60 + int(minutes) == int(seconds) // 60 % 1440
