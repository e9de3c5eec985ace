from pathlib import Path

import pytest

from qa.errors import FormatError
from qa.readers import read, substation
from qa.types import TimeKind, Turn

DATA = Path(__file__).parents[2] / "data"
SOURCE = Path("talk.ass")
EVENTS = "[Events]\nFormat: Start, End, Name, Text\n"


def test_actors_are_speakers_and_times_decide_the_order() -> None:
    reading = read(DATA / "dialogue_with_actors.ass")
    assert (reading.format, reading.time_kind, reading.title) == ("substation", TimeKind.MEDIA, "The lock")
    assert reading.turns == (
        Turn("When does it open, and why?", "Ana Lopez", start=1.0, end=3.25),
        Turn("Four, I think.", "Ben", start=4.0, end=5.5),
    )
    assert reading.warnings == (
        "Comments and drawings left out: 2 (lines 14, 15).",
        "Cues that stood after a later one, put in the order of their times: 1 (line 13).",
    )


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            "Dialogue: soon,0:00:01.00,Ana,Hi",
            ":3: cannot read 'Dialogue: soon,0:00:01.00,Ana,Hi'. Write the times as '0:00:01.00,0:00:03.50',"
            " in the fields that the line Format names.",
        ),
        (
            "Dialogue: 0:00:02.00,0:00:01.00,Ana,Hi",
            ":3: cannot read 'Dialogue: 0:00:02.00,0:00:01.00,Ana,Hi'. The line ends before it starts;"
            " correct one of its times.",
        ),
        (
            "Dialogue: 0:00:01.00,0:00:02.00,Ana,",
            ": No line of dialogue has words. Export the captions again.",
        ),
    ],
)
def test_line_that_cannot_be_placed_is_refused(line: str, message: str) -> None:
    with pytest.raises(FormatError) as caught:
        substation.parse(EVENTS + line, SOURCE)
    assert str(caught.value) == f"{SOURCE}{message}"


def test_other_text_is_not_claimed() -> None:
    assert substation.recognises("Dialogue: we talk.\nAna: Yes.\n") is None
