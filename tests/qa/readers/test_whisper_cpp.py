from pathlib import Path

import pytest

from qa.errors import FormatError
from qa.readers import read, whisper_cpp
from qa.types import Turn

DATA = Path(__file__).parents[2] / "data"


def test_offsets_are_milliseconds_and_segments_join() -> None:
    reading = read(DATA / "whisper_cpp.json")
    assert reading.format == "whisper.cpp"
    assert reading.recognised == "the JSON has a list named 'transcription' with offsets"
    assert reading.turns == (Turn("Is the ferry running?", start=0.0, end=4.1),)
    assert reading.notes == ("[BLANK_AUDIO]",)
    assert reading.warnings == ("Segments without words left out: 1 (segment 3).",)


def test_marked_change_of_speaker_ends_a_turn() -> None:
    assert read(DATA / "whisper_cpp_speaker_turns.json").turns == (
        Turn("Is the ferry running?", start=0.0, end=2.38),
        Turn("Not today", start=2.38, end=3.5),
        Turn("Pity.", start=3.5, end=4.0),
    )


def test_mark_on_a_stage_direction_passes_to_what_follows() -> None:
    segments = [
        {"offsets": {"from": 0, "to": 900}, "text": " So in the end we", "speaker_turn_next": True},
        {"offsets": {"from": 900, "to": 1000}, "text": " [Music]"},
        {"offsets": {"from": 1000, "to": 2000}, "text": " stopped", "speaker_turn_next": False},
    ]
    reading = whisper_cpp.parse({"transcription": segments}, Path("a.json"))
    assert [turn.text for turn in reading.turns] == ["So in the end we", "stopped"]


def test_speakers_of_two_channels_are_numbered_and_a_question_mark_is_nobody() -> None:
    assert read(DATA / "whisper_cpp_stereo.json").turns == (
        Turn("Hello?", "Speaker 0", start=0.0, end=1.0),
        Turn("Harbour office.", "Speaker 1", start=1.0, end=2.0),
        Turn("Yes.", start=2.0, end=3.0),
    )


def test_pieces_of_words_join_by_their_own_spaces_and_are_no_loop() -> None:
    assert read(DATA / "whisper_cpp_word_pieces.json").turns == (
        Turn("No, no, no, no, the breakwater held.", start=0.0, end=3.9),
        Turn("Then Pryke left.", start=3.9, end=5.4),
    )


def test_segment_cut_inside_a_word_is_mended() -> None:
    assert read(DATA / "whisper_cpp_cut_inside_word.json").turns == (
        Turn("The breakwater held all night.", start=0.0, end=4.0),
        Turn("Good.", start=4.0, end=5.0),
    )


def test_time_stamps_stand_in_for_offsets() -> None:
    # 1 h 0 min 2.5 s = 3602.5 s
    turns = read(DATA / "whisper_cpp_timestamps_only.json").turns
    assert turns == (Turn("Late.", start=3602.5, end=3604.0),)


def test_segments_without_times_are_refused() -> None:
    with pytest.raises(FormatError, match="segment 1: 'offsets' should be milliseconds such as"):
        read(DATA / "whisper_cpp_no_times.json")


def test_loops_are_kept_once() -> None:
    segments = [{"offsets": {"from": i * 1000, "to": i * 1000 + 900}, "text": " Bye now."} for i in range(4)]
    reading = whisper_cpp.parse({"transcription": segments}, Path("a.json"))
    assert reading.turns == (Turn("Bye now.", start=0.0, end=3.9),)
    assert reading.warnings == (
        "'Bye now.' stood 4 times in a row (segments 1 to 4) and is kept once; the model may have looped.",
    )
