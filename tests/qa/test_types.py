import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.errors import FormatError, LibraryError, NotFoundError, QAError, shorten
from qa.types import Reading, TimeKind, Turn, check_date, split_turn_id, turn_id


@pytest.mark.parametrize("text", ["", " \n\t"])
def test_turn_without_words_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="a turn needs words"):
        Turn(text)


def test_blank_speaker_is_refused() -> None:
    with pytest.raises(ValueError, match="pass None when nobody is named"):
        Turn("hello", " ")


@pytest.mark.parametrize("start", [-0.1, math.inf, math.nan])
def test_start_must_be_a_time(start: float) -> None:
    with pytest.raises(ValueError, match="expected a number of at least 0"):
        Turn("hello", start=start)


@pytest.mark.parametrize("end", [1.9, math.inf, math.nan])
def test_end_must_not_come_before_the_start(end: float) -> None:
    with pytest.raises(ValueError, match=r"turn runs from 2\.0 s to .* s; expected start <= end"):
        Turn("hello", start=2.0, end=end)


def test_end_needs_a_start_and_may_equal_it() -> None:
    with pytest.raises(ValueError, match=r"turn ends at 2\.0 s but has no start"):
        Turn("hello", end=2.0)
    assert Turn("hello", start=2.0, end=2.0).end == 2.0


def test_times_and_their_kind_must_agree() -> None:
    with pytest.raises(ValueError, match="time_kind is none, but turns have times"):
        Reading("plain", (Turn("hello", start=1.0),))
    with pytest.raises(ValueError, match="time_kind is media, but turns have no times"):
        Reading("plain", (Turn("hello"),), TimeKind.MEDIA)


@pytest.mark.parametrize("date", ["2025", "2025-04", "2025-04-15", "2024-02-29", "0001"])
def test_years_months_and_days_are_dates(date: str) -> None:
    assert check_date(date) == date


@pytest.mark.parametrize("date", ["", "25", "2025-4", "15.4.2025", "2025-04-15T10:00", "2025-04-", "today"])
def test_other_forms_are_no_dates(date: str) -> None:
    with pytest.raises(ValueError, match="write it as 2025-04-15, 2025-04 or 2025"):
        check_date(date)


@pytest.mark.parametrize("date", ["2025-13", "2025-02-29", "2025-00", "2025-04-31", "0000"])
def test_days_that_do_not_exist_are_no_dates(date: str) -> None:
    with pytest.raises(ValueError, match="is not a date in the calendar"):
        check_date(date)


def test_turn_ids_name_transcript_and_position() -> None:
    assert turn_id("3f2a9c0b7d14", 12) == "3f2a9c0b7d14:00012"
    assert split_turn_id("3f2a9c0b7d14:00012") == ("3f2a9c0b7d14", 12)


@given(one=st.integers(0, 99_999), other=st.integers(0, 99_999))
def test_turn_ids_sort_as_turns_and_come_apart_again(one: int, other: int) -> None:
    assert (turn_id("a", one) < turn_id("a", other)) == (one < other)
    assert split_turn_id(turn_id("a", one)) == ("a", one)


@pytest.mark.parametrize("text", ["", "3f2a", ":5", "3f2a:", "3f2a:x", "3f2a:-1", "3f2a:²", "3f2a:٣"])
def test_other_text_is_no_turn_id(text: str) -> None:
    with pytest.raises(ValueError, match="is not a turn id"):
        split_turn_id(text)


def test_errors_form_the_tree_in_their_docstring() -> None:
    assert issubclass(FormatError, QAError)
    assert issubclass(LibraryError, QAError)
    assert issubclass(NotFoundError, LibraryError)
    assert not issubclass(QAError, ValueError)


def test_quoted_text_is_cut_to_one_line() -> None:
    assert shorten("a\n  b") == "a b"
    assert shorten("x" * 80) == "x" * 80
    assert shorten("x" * 81) == "x" * 79 + "…"
