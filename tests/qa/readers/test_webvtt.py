from pathlib import Path

import pytest

from qa.errors import FormatError
from qa.readers import read, webvtt
from qa.types import Reading, TimeKind, Turn

DATA = Path(__file__).parents[2] / "data"


def vtt(body: str) -> Reading:
    return webvtt.parse(f"WEBVTT\n\n{body}", Path("talk.vtt"))


def test_two_voices_in_one_cue_share_its_time_by_length() -> None:
    # "Yes." has 4 characters, "Of course" 9: of six seconds the first takes 6 * 4 / 13 = 1.846.
    assert read(DATA / "two_voices_in_one_cue.vtt").turns == (
        Turn("Yes.", "Ana Lopez", start=10.0, end=11.846),
        Turn("Of course", "Ben", start=11.846, end=16.0),
    )


def test_missing_voice_end_tag_and_wrapped_line_lose_nothing() -> None:
    reading = read(DATA / "missing_voice_end_tag.vtt")
    assert reading.turns == (Turn("Fish & chips, please.", "Ana Lopez", start=1.0, end=2.0),)
    assert (reading.time_kind, reading.warnings) == (TimeKind.MEDIA, ())


def test_decimal_commas_are_read_and_reported() -> None:
    reading = read(DATA / "comma_decimals.vtt")
    assert reading.turns == (
        Turn("One.", "Ana", start=1.5, end=2.0),
        Turn("Two.", "Ben", start=2.0, end=3.25),
    )
    assert reading.warnings == ("Timing lines whose decimal comma was read as a point: 1 (line 3).",)


def test_untagged_cue_inherits_the_voice_before_it_and_says_so() -> None:
    reading = read(DATA / "untagged_after_voice.vtt")
    assert reading.turns == (
        Turn("Before.", start=0.0, end=1.0),
        Turn("Hello.", "Ana", start=1.0, end=2.0),
        Turn("Still me.", "Ana", start=5.0, end=6.0, inferred=True),
    )
    assert reading.warnings == ("Cues without a speaker, given to the speaker before them: 1.",)


def test_words_after_a_blank_line_inside_a_cue_are_kept() -> None:
    (turn,) = read(DATA / "blank_line_inside_cue.vtt").turns
    assert turn == Turn("First part second part. Third.", "Ana", start=1.0, end=4.0)


def test_cue_without_words_is_reported_by_line() -> None:
    reading = read(DATA / "cue_without_words.vtt")
    assert reading.turns == (Turn("Hi.", "Ana", start=3.0, end=4.0),)
    assert reading.warnings == ("Cues without words left out: 1 (line 3).",)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("no_words.vtt", ": No cue has words. Export the captions again, with their text."),
        (
            "end_before_start.vtt",
            ":6: cannot read '00:05.000 --> 00:04.000'."
            " The cue ends before it starts; correct one of the two times.",
        ),
        (
            "unreadable_time.vtt",
            ":3: cannot read '00:01.000 --> 00:75.000'. Write the times as '00:01:02.500 --> 00:01:04.000'.",
        ),
    ],
)
def test_file_that_cannot_be_aligned_is_refused_with_place_and_remedy(name: str, message: str) -> None:
    with pytest.raises(FormatError) as caught:
        read(DATA / name)
    assert str(caught.value) == f"{DATA / name}{message}"


def test_rolling_captions_lose_their_repeats_and_keep_what_is_said_twice() -> None:
    reading = read(DATA / "rolling_captions.vtt")
    assert reading.turns == (Turn("hello world no no", start=0.0, end=4.0),)
    assert reading.warnings == ("Rolling captions: lines dropped because they repeat the line before: 3.",)
    assert reading.notes == ()


def test_repeats_in_ordinary_captions_are_speech() -> None:
    (turn,) = vtt("00:01.000 --> 00:02.000\n<v Ana>No.\n\n00:02.000 --> 00:03.000\n<v Ana>No.\n").turns
    assert turn.text == "No. No."


def test_zoom_names_are_prefixes_and_other_colons_are_speech() -> None:
    assert read(DATA / "zoom_names.vtt").turns == (
        Turn("Here is the thing: it works.", "Ana Lopez (she/her)", start=1.0, end=3.0, inferred=True),
        Turn("Good. Question: does it?", "Ben | Port Team", start=3.0, end=5.0, inferred=True),
    )


def test_lone_prefix_below_the_first_cue_is_speech() -> None:
    (turn,) = vtt("00:01.000 --> 00:02.000\nWe know\n\n00:02.000 --> 00:03.000\nMicrosoft: a firm.\n").turns
    assert (turn.text, turn.speaker) == ("We know Microsoft: a firm.", None)


def test_header_and_notes_give_title_date_and_notes() -> None:
    reading = read(DATA / "notes_and_styles.vtt")
    assert (reading.title, reading.date) == ("Old title", "2026-03-12")
    assert reading.turns == (Turn("Hi there.", "Ana", start=1.0, end=2.0, notes=("[Music]",)),)
    assert reading.notes == ("Checked by hand.", "(applause)")


def test_double_arrows_mark_speakers_whom_nobody_names() -> None:
    assert read(DATA / "marked_speaker_changes.vtt").turns == (
        Turn("One thing", start=1.0, end=2.0),
        Turn("another thing.", start=2.0, end=3.0),
    )


def test_arrow_inside_speech_is_speech() -> None:
    (turn,) = vtt("00:01.000 --> 00:02.000\n<v Ana>From A --> B.\n").turns
    assert turn.text == "From A --> B."


def test_well_formed_cues_agree_with_the_webvtt_library() -> None:
    library = pytest.importorskip("webvtt", reason="webvtt-py is not installed")
    body = "".join(
        f"guid/{i}-0\n00:{i:02d}:00.000 --> 00:{i:02d}:02.500 align:start\n<v Ana {i}>word {i}\n</v>\n\n"
        for i in range(40)
    )
    theirs = [
        (cue.start_time.in_seconds() + cue.start_time.milliseconds / 1000, cue.voice, cue.text.strip())
        for cue in library.from_string(f"WEBVTT\n\n{body}")
    ]
    assert [(turn.start, turn.speaker, turn.text) for turn in vtt(body).turns] == theirs
