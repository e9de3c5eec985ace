from pathlib import Path

import pytest

from qa.errors import FormatError
from qa.readers import read, whisper_tsv
from qa.types import Turn

DATA = Path(__file__).parents[2] / "data"


def test_times_are_milliseconds_and_loops_are_kept_once() -> None:
    reading = read(DATA / "whisper.tsv")
    assert reading.format == "whisper-tsv"
    assert reading.recognised == "the first line is 'start', 'end', 'text' with tabs between"
    assert reading.turns == (
        Turn("The gate held until noon.", start=0.0, end=4.1),
        Turn("Thanks for watching!", start=4.1, end=7.0),
    )
    assert reading.warnings == (
        "'Thanks for watching!' stood 3 times in a row and is kept once; the model may have looped"
        " (lines 5, 6, 7).",
        "Segments without words left out: 1 (line 4).",
    )


def test_decimals_are_seconds() -> None:
    reading = read(DATA / "whisper_seconds.tsv")
    assert reading.turns == (Turn("The gate held until noon.", start=0.0, end=4.1),)
    assert reading.warnings == ("The times have decimals and were taken for seconds.",)


def test_whole_seconds_show_by_how_fast_people_would_speak() -> None:
    reading = read(DATA / "whisper_whole_seconds.tsv")
    assert [(turn.start, turn.end) for turn in reading.turns] == [(0.0, 3.0), (3.0, 6.0)]
    assert reading.warnings == (
        "The times were taken for seconds: nobody says so much in so many milliseconds.",
    )


def test_line_without_times_is_refused_by_number() -> None:
    with pytest.raises(FormatError, match=r"broken_line\.tsv:3: cannot read 'until noon\.'"):
        read(DATA / "whisper_broken_line.tsv")


def test_cue_that_ends_before_it_starts_is_told() -> None:
    reading = whisper_tsv.parse("start\tend\ttext\n2000\t1900\tLate.\n", Path("a.tsv"))
    assert reading.turns == (Turn("Late.", start=2.0, end=2.0),)
    assert reading.warnings == (
        "Segments that end before they start, taken to end where they start: 1 (line 2).",
    )


@pytest.mark.parametrize(
    "head",
    [
        "",
        "start\tend\ttext\tspeaker\n0\t1\ta\tAna\n",
        "start\tend\ttext\n00:01\t00:02\ta\n",
        "start,end,text\n0,1,a\n",
        "begin\tend\ttext\n0\t1\ta\n",
    ],
)
def test_other_tables_are_not_claimed(head: str) -> None:
    assert whisper_tsv.recognises(head) is None
