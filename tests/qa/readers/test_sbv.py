from pathlib import Path

import pytest

from qa.errors import FormatError
from qa.readers import read, sbv
from qa.types import TimeKind, Turn

DATA = Path(__file__).parents[2] / "data"
SOURCE = Path("talk.sbv")


def test_times_with_a_comma_stand_above_the_words() -> None:
    reading = read(DATA / "youtube_studio.sbv")
    assert (reading.format, reading.time_kind) == ("sbv", TimeKind.MEDIA)
    assert reading.turns == (
        Turn("We open the lock at seven. - Who does?", "ANA", start=0.599, end=6.77, inferred=True),
        Turn("The keeper does.", start=9.0, end=10.88),
    )
    assert reading.notes == ("[Applause]",)
    assert reading.recognised == "a line holds two times with a comma between them"


def test_head_of_older_files_gives_the_title() -> None:
    head = "[INFORMATION]\n[TITLE]The locks\n[AUTHOR]\n[END INFORMATION]\n[SUBTITLE]\n"
    text = f"{head}00:00:01.00,00:00:02.50\nHello."
    assert sbv.parse(text, SOURCE).title == "The locks"
    assert sbv.parse(text, SOURCE).turns == (Turn("Hello.", start=1.0, end=2.5),)
    assert sbv.parse(text, SOURCE).warnings == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "0:00:02.000,0:00:01.000\nHello.",
            ":1: cannot read '0:00:02.000,0:00:01.000'. The cue ends before it starts; correct one of the two"
            " times.",
        ),
        (
            "0:00:02.000,0:99:01.000\nHello.",
            ":1: cannot read '0:00:02.000,0:99:01.000'. Write the times as '0:01:02.500,0:01:04.000'.",
        ),
        ("0:00:02.000,0:00:03.000\n", ": No cue has words. Export the captions again, with their text."),
    ],
)
def test_cue_that_cannot_be_placed_is_refused(text: str, message: str) -> None:
    with pytest.raises(FormatError) as caught:
        sbv.parse(text, SOURCE)
    assert str(caught.value) == f"{SOURCE}{message}"
