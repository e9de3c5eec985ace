from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
    assert reading.warnings == ("Cues without a speaker, given to the speaker before them: 1 (line 9).",)


def test_words_after_a_blank_line_inside_a_cue_are_kept() -> None:
    (turn,) = read(DATA / "blank_line_inside_cue.vtt").turns
    assert turn == Turn("First part second part. Third.", "Ana", start=1.0, end=4.0)


def test_cue_without_words_is_reported_by_line() -> None:
    reading = read(DATA / "cue_without_words.vtt")
    assert reading.turns == (Turn("Hi.", "Ana", start=3.0, end=4.0),)
    assert reading.warnings == (
        "Cues without words left out: 1 (line 3).",
        "Timing lines in the file: 2; cues with words: 1 (line 3).",
    )


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
    assert reading.warnings == (
        "Rolling captions: lines dropped because they repeat the line before: 3 (lines 9, 13, 17).",
        "Timing lines in the file: 4; cues with words: 2 (lines 9, 17).",
    )
    assert reading.notes == ()


def test_repeats_in_ordinary_captions_are_speech() -> None:
    (turn,) = vtt("00:01.000 --> 00:02.000\n<v Ana>No.\n\n00:02.000 --> 00:03.000\n<v Ana>No.\n").turns
    assert turn.text == "No. No."


def test_zoom_names_are_prefixes_and_other_colons_are_speech() -> None:
    assert read(DATA / "zoom_names.vtt").turns == (
        Turn("Here is the thing: it works.", "Ana Lopez", start=1.0, end=3.0, inferred=True),
        Turn("Good. Question: does it?", "Ben", start=3.0, end=5.0, inferred=True),
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


def test_names_with_commas_pronouns_and_teams_recur_and_stop_words_are_speech() -> None:
    turns = webvtt.parse((DATA / "zoom_names_with_commas.vtt").read_text("utf-8"), Path("talk.vtt")).turns
    assert turns == (
        Turn("Morning, everyone.", "Lopez, Ana (she/her)", start=1.0, end=3.0),
        Turn("Honestly: yes.", "Ben Okoro | Port Team", start=3.0, end=5.0),
        Turn(
            "Good. We know Monday: that is the day.",
            "Lopez, Ana (she/her)",
            start=5.0,
            end=8.0,
            inferred=True,
        ),
    )


def test_overlapping_voices_share_a_cue_and_a_yes_does_not_cut_the_sentence() -> None:
    # "on Monday." has 10 of 22 characters: 7 + 10 / 22 = 7.455 s.
    reading = read(DATA / "teams_overlapping_voices.vtt")
    assert reading.turns == (
        Turn("We will open the harbour on Monday.", "Ana Lopez", start=1.0, end=7.455),
        Turn("Yeah.", "Ben Okoro", start=4.0, end=5.0),
        Turn("Good & fine. Bye.", "Ben Okoro", start=7.455, end=11.0),
    )
    assert reading.warnings == (
        "Cues that several share, the time split by the length of the words: 1 (line 13).",
    )


def test_names_in_brackets_speak_and_sounds_in_brackets_do_not() -> None:
    # "Are you there?" and "I am here too." have 14 characters each, "Who was that?" 13 of 20.
    reading = read(DATA / "broadcast_names_and_sounds.vtt")
    assert reading.turns == (
        Turn("Are you there?", "Ana", start=1.0, end=2.0),
        Turn("I am here too.", "Ben", start=2.0, end=3.0),
        Turn("Who was that?", start=6.0, end=7.3),
        Turn("Nobody.", start=7.3, end=8.0),
    )
    assert reading.notes == ("(Door slams)", "♪ ♪")


def test_arrows_with_names_name_people_and_reporters_are_questioners() -> None:
    reading = read(DATA / "marked_changes_with_names.vtt")
    assert reading.turns == (
        Turn("Order.", "MAYOR STONE", start=1.0, end=2.0),
        Turn("When is it?", role="questioner", start=2.0, end=4.0, inferred=True),
        Turn("Now.", start=4.0, end=5.0),
        Turn("Why?", start=5.0, end=6.0),
    )


def test_labels_of_whisperx_are_speakers() -> None:
    assert read(DATA / "whisperx_labels.vtt").turns == (
        Turn("Hello.", "SPEAKER_00", start=1.0, end=3.0),
        Turn("Hi", "SPEAKER_01", start=3.0, end=5.0),
    )


def test_times_may_be_seconds_alone() -> None:
    assert read(DATA / "seconds_alone.vtt").turns == (Turn("Hello.", "Ana", start=5.0, end=7.5),)


def test_times_may_have_more_than_an_hour_of_minutes() -> None:
    (turn,) = vtt("90:00.000 --> 90:01.000\nHi.\n").turns
    assert (turn.start, turn.end) == (5400.0, 5401.0)


def test_arrow_between_digits_in_speech_is_counted_and_reported() -> None:
    reading = read(DATA / "arrow_with_digits_in_speech.vtt")
    assert [turn.text for turn in reading.turns] == ["From 3 --> 4.", "Good."]
    assert reading.warnings == ("Timing lines in the file: 3; cues with words: 2 (line 4).",)


def test_words_above_the_times_that_read_like_speech_are_kept() -> None:
    (turn,) = read(DATA / "identifier_that_is_speech.vtt").turns
    assert turn.text == "We open on Monday morning. Good."


def test_segments_of_a_stream_stand_on_one_clock() -> None:
    # 1,440,000 - 900,000 ticks of 1/90,000 s are 6 s.
    reading = read(DATA / "joined_stream_segments.vtt")
    assert [(turn.text, turn.start, turn.end) for turn in reading.turns] == [
        ("One.", 1.0, 2.0),
        ("Two.", 7.0, 8.0),
    ]
    assert reading.warnings == (
        "The file is joined from segments of a stream; later headers left out: 1 (line 7).",
        "Times of later segments were moved by the difference between their X-TIMESTAMP-MAP headers"
        " (lines 2, 8).",
    )


def test_single_stream_map_is_left_aside_and_said_so() -> None:
    text = "WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:900000,LOCAL:00:00:00.000\n\n00:01.000 --> 00:02.000\nHi.\n"
    reading = webvtt.parse(text, Path("talk.vtt"))
    assert (reading.title, reading.notes) == (None, ())
    assert reading.warnings == (
        "X-TIMESTAMP-MAP left aside: times count from the start of the file, not of the stream (line 2).",
    )
    assert reading.turns == (Turn("Hi.", start=1.0, end=2.0),)


def test_cue_repeated_at_the_border_of_segments_is_said_once() -> None:
    cue = "00:01.000 --> 00:02.000\n<v Ana>Hi.\n\n"
    reading = vtt(f"{cue}WEBVTT\n\n{cue}00:02.000 --> 00:03.000\n<v Ana>Hi.\n")
    assert [(turn.text, turn.start, turn.end) for turn in reading.turns] == [("Hi. Hi.", 1.0, 3.0)]
    assert "Cues that repeat a cue before them, times and words, left out: 1 (line 8)." in reading.warnings


def test_text_above_the_first_cue_is_a_note() -> None:
    text = "WEBVTT FILE\nKind: captions\nmade by hand\n\n00:01.000 --> 00:02.000\nHi.\n"
    reading = webvtt.parse(text, Path("talk.vtt"))
    assert (reading.title, reading.notes) == (None, ("made by hand",))
    assert reading.warnings == ("Text above the first cue kept as a note (line 3).",)


def test_notes_of_a_machine_are_left_out_by_line() -> None:
    reading = vtt("NOTE Confidence: 0.91\n\n00:01.000 --> 00:02.000\nHi.\n")
    message = "Notes of a machine about its confidence, the language or the length left out: 1 (line 3)."
    assert (reading.notes, reading.warnings) == ((), (message,))


NAMES = st.sampled_from(["Ana Lopez", "Ben", "李娜", "سارة", "O'Neil, Tess (she/her)"])
WORDS = st.lists(
    st.sampled_from(["we", "open", "at", "nine", "&", "1 < 2", "港", "مرحبا", "so."]), min_size=1, max_size=8
)


@given(st.lists(st.tuples(NAMES, WORDS, st.integers(0, 5000)), min_size=1, max_size=12), st.booleans())
def test_written_turns_are_read_back(said: list[tuple[str, list[str], int]], hours: bool) -> None:
    body = []
    expected = []
    for i, (name, words, length) in enumerate(said):
        start, end = i * 60_000, i * 60_000 + length
        stamps = [f"{ms // 60_000:02d}:{ms // 1000 % 60:02d}.{ms % 1000:03d}" for ms in (start, end)]
        arrow = " --> ".join(f"00:{stamp}" if hours else stamp for stamp in stamps)
        escaped = " ".join(words).replace("&", "&amp;").replace("<", "&lt;")
        body.append(f"{i}\n{arrow}\n<v {name}>{escaped}</v>\n")
        expected.append(Turn(" ".join(words), name, start=start / 1000, end=end / 1000))
    assert vtt("\n".join(body)).turns == tuple(expected)


def test_ids_that_zoom_writes_with_names_are_speakers() -> None:
    assert read(DATA / "zoom_ids_with_names.vtt").turns == (
        Turn("Hello: all.", "Ana Maria de la Cruz", start=1.0, end=3.0),
        Turn("Hi.", "Ben", start=4.0, end=5.0),
    )


def test_file_cut_inside_a_timing_line_is_read_up_to_it_and_says_so() -> None:
    reading = read(DATA / "cut_inside_timing_line.vtt")
    assert reading.turns == (Turn("Hello.", "Ana", start=1.0, end=2.0),)
    assert reading.warnings == (
        "The file ends inside a timing line, which is left out; it may have been cut short (line 8).",
        "Timing lines in the file: 2; cues with words: 1 (line 8).",
    )


@pytest.mark.parametrize(
    "rest", ["00:00", "00:00:02", "00:00:02.500", "00:00:02.500 --", "00:00:02.500 --> "]
)
def test_no_beginning_of_a_timing_line_is_taken_for_words(rest: str) -> None:
    text = f"WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nHello.\n\n2\n{rest}"
    assert webvtt.parse(text, Path("a.vtt")).turns == (Turn("Hello.", start=1.0, end=2.0),)


def test_time_of_day_as_last_words_is_said() -> None:
    text = "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nWe meet at\n10:30"
    assert webvtt.parse(text, Path("a.vtt")).turns[0].text == "We meet at 10:30"


def test_music_is_not_given_to_the_speaker_before_it() -> None:
    assert read(DATA / "music_below_a_name.vtt").turns == (
        Turn("I did not.", "Ruth", start=1.0, end=3.0),
        Turn("♪ tense music from afar ♪", start=3.5, end=5.0),
        Turn("Not at all.", "Ruth", start=5.5, end=6.0, inferred=True),
    )
