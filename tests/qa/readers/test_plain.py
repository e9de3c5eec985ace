from pathlib import Path

import pytest

from qa.errors import FormatError
from qa.readers import plain, read, read_bytes
from qa.types import QUESTIONER, Reading, TimeKind, Turn

DATA = Path(__file__).parents[2] / "data"


def plain_reading(text: str) -> Reading:
    reading = read_bytes(text.encode(), Path("standup.txt"))
    assert reading.format == "plain"
    return reading


def test_line_without_speaker_names_its_place_and_the_remedy() -> None:
    with pytest.raises(FormatError) as caught:
        plain.parse("Ana: hello\nand so on\n", Path("standup.txt"))
    assert str(caught.value) == (
        "standup.txt:2: cannot read 'and so on'."
        " Start the line with a speaker and a colon, as in 'Ana: hello'."
    )


def test_stray_line_among_labelled_ones_is_refused_rather_than_given_to_somebody() -> None:
    with pytest.raises(FormatError, match=r"line_without_speaker\.txt:2: cannot read 'and so on'"):
        read(DATA / "line_without_speaker.txt")


def test_byte_order_mark_and_blank_lines_are_no_words() -> None:
    assert read(DATA / "byte_order_mark.txt").turns == (Turn("hello", "Ana"), Turn("bye", "Ben"))


def test_title_and_date_may_stand_on_top() -> None:
    for top in (
        "Weekly sync\n12 March 2026\n",
        "Weekly sync: 12 March 2026\n\n",
        "# Weekly sync, 12 March 2026\n",
        "Title: Weekly sync\nDate: 2026-03-12\n",
    ):
        reading = plain_reading(top + "Ana: hi\n")
        assert (reading.title, reading.date, reading.turns) == (
            "Weekly sync",
            "2026-03-12",
            (Turn("hi", "Ana"),),
        )


@pytest.mark.parametrize(
    ("line", "start"),
    [
        ("[00:12] Ana: hi", 12.0),
        ("(1:02:03) Ana: hi", 3723.0),
        ("00:12 Ana: hi", 12.0),
        ("00:12 - Ana: hi", 12.0),
        ("[00:00:12.500] Ana: hi", 12.5),
        ("Ana (00:12): hi", 12.0),
        ("Ana [00:12]: hi", 12.0),
        ("**[00:12] Ana:** hi", 12.0),
        ("[00:12] **Ana:** hi", 12.0),
    ],
)
def test_time_beside_the_label_counts_from_the_start_of_the_recording(line: str, start: float) -> None:
    reading = plain_reading(line + "\n")
    assert reading.turns == (Turn("hi", "Ana", start=start),)
    assert reading.time_kind is TimeKind.MEDIA


@pytest.mark.parametrize(
    ("name", "warning"),
    [
        ("times_run_backwards.txt", "Times left out: they run backwards (line 2)."),
        (
            "first_turn_without_time.txt",
            "Times left out: the first turn has none, so it is unclear what they count from (line 1).",
        ),
    ],
)
def test_times_that_cannot_be_trusted_are_left_out(name: str, warning: str) -> None:
    reading = read(DATA / name)
    assert reading.turns == (Turn("one", "Ana"), Turn("two", "Ben"))
    assert (reading.time_kind, reading.warnings) == (TimeKind.NONE, (warning,))


@pytest.mark.parametrize(
    ("label", "speaker", "role"),
    [
        ("**Ana:**", "Ana", None),
        ("**Ana**:", "Ana", None),
        ("- **Ana**:", "Ana", None),
        ("Ana (she/her):", "Ana (she/her)", None),
        ("Ana | Port Team:", "Ana | Port Team", None),
        ("Ana Lopez, Finance Lead:", "Ana Lopez", "Finance Lead"),
        ("Lopez, Ana:", "Lopez, Ana", None),
        ("Speaker 1:", "Speaker 1", None),
        ("Project Manager:", "Project Manager", None),
        ("SPEAKER_00:", "SPEAKER_00", None),
        ("Question:", None, QUESTIONER),
        ("Q:", None, QUESTIONER),
    ],
)
def test_label_gives_speaker_and_role(label: str, speaker: str | None, role: str | None) -> None:
    assert plain_reading(f"{label} hi - there\n").turns == (Turn("hi - there", speaker, role),)


@pytest.mark.parametrize(
    "line", ["https://example.org/a", "at 10:30 we met", "Here is the thing: it works", "Well, one thing: no"]
)
def test_colon_inside_speech_makes_no_speaker(line: str) -> None:
    with pytest.raises(FormatError, match=r"standup\.txt:2: cannot read"):
        read_bytes(f"Ana: hello\n{line}\nBen: bye\n".encode(), Path("standup.txt"))


def test_speaker_without_words_is_refused() -> None:
    with pytest.raises(FormatError, match=r"standup.txt:2: cannot read 'Ben:'\. Write the words on the line"):
        read_bytes(b"Ana: hello\nBen:\nbye\n", Path("standup.txt"))


def test_turn_of_nothing_but_a_direction_becomes_a_note() -> None:
    reading = plain_reading("Ana: [laughter]\nBen: so (inaudible) there\n")
    assert reading.turns == (Turn("so there", "Ben", notes=("(inaudible)",)),)
    assert reading.notes == ("Ana: [laughter]",)


def test_turns_of_one_speaker_stay_apart() -> None:
    assert plain_reading("Ana: one\nAna: two\n").turns == (Turn("one", "Ana"), Turn("two", "Ana"))
