from pathlib import Path

import pytest

from qa.errors import FormatError
from qa.readers import read
from qa.types import TimeKind, Turn

DATA = Path(__file__).parents[2] / "data"


def test_looping_segments_are_kept_once_and_blank_ones_dropped() -> None:
    reading = read(DATA / "looping.json")
    assert (reading.format, reading.time_kind) == ("whisper", TimeKind.MEDIA)
    assert reading.turns == (
        Turn("Hello.", start=0.0, end=1.0),
        Turn("Thanks for watching!", start=1.5, end=7.5),
    )
    assert reading.warnings == (
        "'Thanks for watching!' stood 3 times in a row and is kept once; the model may have looped.",
    )


def test_speaker_labels_are_names_and_segments_join_into_turns() -> None:
    reading = read(DATA / "speakers_on_some_segments.json")
    assert (reading.title, reading.date) == ("Port call", "2026-03-12")
    assert reading.turns == (
        Turn("We open on Monday.", "SPEAKER_00", start=0.0, end=2.0),
        Turn("Good.", start=2.0, end=3.0),
    )


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("missing_end.json", ": segment 2: 'end' should be a number of seconds, at least 0, not nothing."),
        ("text_as_number.json", ": segment 1: 'text' should be a text in quotes, not 7."),
        (
            "segments_missing.json",
            ": The JSON is an object with 'words', which is no format that is read. The formats read are"
            " WebVTT and SubRip captions, Whisper JSON, JSON lines, press-conference text and plain text with a"
            " speaker and a colon before each turn, as in 'Ana: hello'.",
        ),
    ],
)
def test_bad_segment_is_refused_by_number_with_what_was_expected(name: str, message: str) -> None:
    with pytest.raises(FormatError) as caught:
        read(DATA / name)
    assert str(caught.value) == f"{DATA / name}{message}"


def test_broken_json_is_refused_by_line() -> None:
    with pytest.raises(FormatError, match=r"broken\.json:2: The file is not valid JSON"):
        read(DATA / "broken.json")
