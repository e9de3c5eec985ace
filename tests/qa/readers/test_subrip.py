from pathlib import Path

import pytest

from qa.errors import FormatError
from qa.readers import read, subrip
from qa.types import Turn

DATA = Path(__file__).parents[2] / "data"


@pytest.mark.parametrize(
    ("name", "turn"),
    [
        ("byte_order_mark.srt", Turn("Hello there.", start=1.0, end=2.0)),
        ("dot_decimals.srt", Turn("Hello.", start=1.25, end=2.5)),
        ("number_as_last_line.srt", Turn("The answer is 42", start=1.0, end=2.0)),
        ("missing_blank_lines.srt", Turn("One, two.", start=1.0, end=3.0)),
        ("windows_1252.srt", Turn("Café.", "Sarah", start=1.0, end=2.0)),
    ],
)
def test_malformed_file_loses_no_words(name: str, turn: Turn) -> None:
    reading = read(DATA / name)
    assert (reading.format, reading.turns) == ("srt", (turn,))


def test_guessed_encoding_is_reported() -> None:
    assert read(DATA / "windows_1252.srt").warnings == (
        "The file is not UTF-8; it was read as Windows-1252, so accented letters may be wrong.",
    )


def test_dashes_are_two_people_without_names() -> None:
    # "Yes." has 4 of 9 characters: the second starts 4/9 s into the cue.
    assert read(DATA / "dashes_for_two_speakers.srt").turns == (
        Turn("Yes.", start=1.0, end=1.444),
        Turn("Nope.", start=1.444, end=2.0),
    )


def test_names_on_change_are_carried_over_and_markup_goes() -> None:
    reading = read(DATA / "names_on_change.srt")
    assert reading.turns == (
        Turn("We begin now.", "SPEAKER_01", start=1.0, end=3.0, inferred=True),
        Turn("Good.", "Sarah", start=3.0, end=4.0),
    )
    assert reading.warnings == ("Cues without a speaker, given to the speaker before them: 1.",)


def test_text_above_the_first_cue_is_reported() -> None:
    reading = subrip.parse("made by hand\n1\n00:00:01,000 --> 00:00:02,000\nHi.\n", Path("talk.srt"))
    assert reading.warnings == ("Text before the first cue left out (line 1).",)


def test_cue_that_ends_before_it_starts_is_refused_by_line() -> None:
    with pytest.raises(FormatError, match=r"talk.srt:2: cannot read .* The cue ends before it starts"):
        subrip.parse("1\n00:00:03,000 --> 00:00:02,000\nHi.\n", Path("talk.srt"))


def test_captions_without_words_are_refused() -> None:
    with pytest.raises(FormatError, match=r"talk.srt: No cue has words"):
        subrip.parse("1\n00:00:01,000 --> 00:00:02,000\n\n", Path("talk.srt"))


def test_well_formed_cues_agree_with_the_srt_library() -> None:
    library = pytest.importorskip("srt", reason="srt is not installed")
    text = "".join(
        f"{i}\n00:{i:02d}:00,000 --> 00:{i:02d}:02,500\nWord {i}\nand on.\n\n" for i in range(1, 40)
    )
    theirs = [
        (cue.start.total_seconds(), cue.end.total_seconds(), cue.content.replace("\n", " "))
        for cue in library.parse(text)
    ]
    ours = subrip.parse(text, Path("talk.srt")).turns
    assert [(turn.start, turn.end, turn.text) for turn in ours] == theirs
