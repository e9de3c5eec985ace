from pathlib import Path

from qa.readers import read, subrip, webvtt
from qa.types import Turn

DATA = Path(__file__).parents[2] / "data"


def test_line_said_twice_in_rolling_captions_is_kept_twice() -> None:
    reading = read(DATA / "rolling_captions_said_twice.vtt")
    assert reading.turns == (Turn("no no no no stop stop", start=0.0, end=6.0),)
    assert reading.notes == ("[Music]",)
    assert reading.warnings == (
        "Rolling captions: lines dropped because they repeat the line before: 7"
        " (lines 9, 13, 17, 21, 25, 29, 33).",
        "Timing lines in the file: 8; cues with words: 5 (lines 9, 17, 25).",
    )


def test_rolling_captions_are_known_without_times_of_words() -> None:
    reading = read(DATA / "rolling_captions.srt")
    words = "good evening my name is Ana and this evening i am going to read"
    assert reading.turns == (Turn(words, start=17.84, end=22.23),)
    assert reading.notes == ("[Music]",)


def test_three_lines_that_roll_up_are_said_once() -> None:
    reading = read(DATA / "roll_up_captions.srt")
    assert reading.turns == (Turn("we open the harbour on monday at nine", start=1.0, end=5.0),)
    assert reading.warnings == (
        "Rolling captions: lines dropped because they repeat the line before: 5 (lines 6, 11, 17).",
    )


def test_answer_that_repeats_the_line_before_is_speech() -> None:
    text = "1\n00:00:01,000 --> 00:00:02,000\nNo.\n\n2\n00:00:02,000 --> 00:00:03,000\nNo.\nNever.\n"
    assert [turn.text for turn in subrip.parse(text, Path("talk.srt")).turns] == ["No.", "No. Never."]


def test_sentence_repeated_for_each_underlined_word_is_said_once() -> None:
    reading = read(DATA / "underlined_words.vtt")
    assert [(turn.text, turn.start, turn.end) for turn in reading.turns] == [
        ("Hello there.", 1.0, 2.0),
        ("No.", 3.0, 3.5),
        ("Yes.", 4.0, 4.5),
        ("Yes.", 4.5, 5.0),
    ]
    assert reading.warnings[0] == (
        "Cues that repeat the words of the cue before them with another one underlined: 1 (line 6)."
    )


def test_line_after_a_cleared_screen_is_new_though_it_equals_the_last() -> None:
    text = (
        "WEBVTT\n\n00:00.000 --> 00:01.000\n \nstop<00:00:00.500><c> now</c>\n\n"
        "00:01.000 --> 00:01.010\nstop now\n \n\n00:05.000 --> 00:06.000\n \nstop now\n"
    )
    turns = webvtt.parse(text, Path("talk.vtt")).turns
    assert [(turn.text, turn.start, turn.end) for turn in turns] == [
        ("stop now", 0.0, 1.0),
        ("stop now", 5.0, 6.0),
    ]


def test_line_said_three_times_and_a_line_being_built_are_kept() -> None:
    cues = [
        "go<00:00:00.500><c> on</c>",
        "go on\nstop",
        "stop\nstop",
        "stop\nstop",
        "stop<00:00:04.500><c></c>",
    ]
    text = "WEBVTT\n\n" + "".join(f"00:0{i}.000 --> 00:0{i + 1}.000\n{cue}\n\n" for i, cue in enumerate(cues))
    assert [turn.text for turn in webvtt.parse(text, Path("talk.vtt")).turns] == ["go on stop stop stop stop"]
