from pathlib import Path

import pytest

from qa.errors import FormatError
from qa.readers.cues import Cue
from qa.readers.fields import Checker
from qa.readers.loops import Loops
from qa.readers.recogniser import Notices, day_of_work, places, speaker_of, time_of
from qa.types import Remark, RemarkKind

SOURCE = Path("a.json")


@pytest.mark.parametrize(
    ("value", "per_second", "seconds"),
    [
        (1.25, 1, 1.25),
        ("12.282", 1, 12.282),
        (" 3 ", 1, 3.0),
        (2380, 1000, 2.38),
        (True, 1, None),
        (None, 1, None),
        (-0.1, 1, None),
        (float("nan"), 1, None),
        (float("inf"), 1, None),
        (10**400, 1, None),
        ("nan", 1, None),
        ("1e5", 1, None),
        ("1_000", 1, None),
        ("", 1, None),
        ([], 1, None),
    ],
)
def test_times_are_numbers_or_digits_in_quotes(value: object, per_second: int, seconds: float | None) -> None:
    assert time_of(value, per_second) == seconds


@pytest.mark.parametrize(
    ("value", "label"),
    [
        ("spk_0", "spk_0"),
        ("A", "A"),
        (0, "Speaker 0"),
        (2.0, "Speaker 2"),
        ("7", "Speaker 7"),
        (" ", None),
        (None, None),
    ],
)
def test_label_is_kept_as_written_and_a_number_becomes_a_speaker(value: object, label: str | None) -> None:
    assert speaker_of(Checker({"speaker": value}, SOURCE, "segment 1")) == label


@pytest.mark.parametrize("value", [[], {}, True, -1, 1.5, float("nan"), float("inf"), 10**400])
def test_label_of_another_type_is_refused(value: object) -> None:
    with pytest.raises(FormatError, match="segment 1: 'speaker' should be a name or a number"):
        speaker_of(Checker({"speaker": value}, SOURCE, "segment 1"))


def test_places_are_ranges_and_no_more_than_ten() -> None:
    assert places("segment", [4]) == "segment 4"
    assert places("segment", [2, 3, 4, 9, 9]) == "segments 2 to 4, 9"
    assert places("word", range(1, 31, 2)) == "words 1, 3, 5, 7, 9, 11, 13, 15, 17, 19 and 5 more"


def test_notices_are_one_remark_a_kind_with_lines_where_there_are_lines() -> None:
    notices = Notices("line")
    for number in (3, 5):
        notices.add(RemarkKind.DROPPED, "Blank ones left out", number)
    assert notices.remarks() == (Remark(RemarkKind.DROPPED, "Blank ones left out: 2.", (3, 5)),)


def test_day_of_work_is_a_day_or_nothing() -> None:
    assert day_of_work("2025-07-16T10:15:34.833Z", SOURCE, "Anybody")[0] == "2025-07-16"
    for value in ("yesterday", "2025-13-40T00:00", 7, None, ""):
        assert day_of_work(value, SOURCE, "Anybody") == (None, ())


def test_many_loops_are_told_in_few_remarks() -> None:
    loops = Loops("segment")
    numbered = (
        (3 * i + j + 1, Cue(f"loop {i}", 3.0 * i + j, 3.0 * i + j + 1)) for i in range(25) for j in range(3)
    )
    assert len(list(loops.collapse(numbered))) == 25
    remarks = loops.remarks()
    assert len(remarks) == 21
    assert str(remarks[-1]) == "Other repeats of three or more in a row, kept once at each place: 5."


def test_loop_of_one_speaker_is_not_that_of_another() -> None:
    loops = Loops("segment")
    numbered = [(i, Cue("Yes.", float(i), i + 1.0, "AB"[i % 2])) for i in range(1, 7)]
    assert len(list(loops.collapse(numbered))) == 6
