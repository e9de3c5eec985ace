from pathlib import Path

import pytest

from qa.errors import FormatError
from qa.readers import read, whisper
from qa.types import RemarkKind, TimeKind, Turn

DATA = Path(__file__).parents[2] / "data"


def test_looping_segments_are_kept_once_and_blank_ones_dropped() -> None:
    reading = read(DATA / "looping.json")
    assert (reading.format, reading.time_kind) == ("whisper", TimeKind.MEDIA)
    assert reading.turns == (
        Turn("Hello.", start=0.0, end=1.0),
        Turn("Thanks for watching!", start=1.5, end=7.5),
    )
    assert reading.warnings == (
        "'Thanks for watching!' stood 3 times in a row (segments 2 to 4) and is kept once; the model may have"
        " looped.",
        "Segments without words left out: 1 (segment 5).",
    )


def test_loop_joins_nothing_beside_it_and_what_is_said_twice_stays() -> None:
    reading = read(DATA / "whisper_silence_credits.json")
    assert reading.turns == (
        Turn("So we raised the", start=0.0, end=2.0),
        Turn("Transcribed by https://otter.ai", start=2.0, end=5.0),
        Turn("barrier.", start=5.0, end=6.0),
        Turn("Right.", start=6.0, end=7.0),
        Turn("Right.", start=7.0, end=8.0),
        Turn("Transcribed by https://otter.ai", start=8.0, end=12.0),
    )
    assert [remark.kind for remark in reading.remarks] == [RemarkKind.COLLAPSED]
    assert reading.warnings == (
        "'Transcribed by https://otter.ai' stood 3 times or more in a row at 2 places (segments 2 to 4, 8 to"
        " 11) and is kept once at each; the model may have looped.",
    )


def test_speaker_labels_are_names_and_segments_join_into_turns() -> None:
    reading = read(DATA / "speakers_on_some_segments.json")
    assert (reading.title, reading.date) == ("Port call", "2026-03-12")
    assert reading.turns == (
        Turn("We open on Monday.", "SPEAKER_00", start=0.0, end=2.0),
        Turn("Good.", start=2.0, end=3.0),
    )


def test_segments_the_model_doubts_are_kept_and_named() -> None:
    reading = read(DATA / "whisper_doubtful_segments.json")
    assert len(reading.turns) == 5
    assert reading.warnings == (
        "Segments that may be repetitions (compression ratio above 2.4), kept: 1 (segment 2).",
        # segment 4 is likely enough, segment 5 stands at the border and not above it
        "Segments that may be silence (probability of no speech above 0.6), kept: 1 (segment 3).",
    )


def test_words_alone_take_their_punctuation_from_the_text() -> None:
    reading = read(DATA / "whisper_words_alone.json")
    assert reading.turns == (
        Turn("“Ready?” asked Mr. Pryke.", start=0.0, end=1.4),
        Turn("Not yet, said Nell.", start=3.0, end=4.2),
    )


def test_words_alone_that_are_not_those_of_the_text_stay_bare() -> None:
    words = [{"word": "Ready", "start": 0.0, "end": 0.4}, {"word": "now", "start": 0.4, "end": 0.8}]
    reading = whisper.parse({"text": "Something else entirely.", "words": words}, Path("a.json"))
    assert reading.turns == (Turn("Ready now", start=0.0, end=0.8),)


def test_chinese_segments_join_without_spaces() -> None:
    assert read(DATA / "whisper_chinese.json").turns == (
        Turn("港口今天重新开放。", start=0.0, end=4.0),
        Turn("谢谢 Nell 来电", start=4.0, end=8.0),
    )


def test_stage_directions_leave_the_words() -> None:
    reading = read(DATA / "whisper_stage_directions.json")
    assert reading.turns == (Turn("Good evening.", start=1.0, end=3.0, notes=("(laughter)",)),)
    assert reading.notes == ("[Music]", "(speaking in Dutch)")


def test_times_that_run_backwards_are_told() -> None:
    reading = read(DATA / "whisper_ends_before_start.json")
    assert [(turn.text, turn.start, turn.end) for turn in reading.turns] == [
        ("The tide turned.", 0.0, 2.0),
        ("Late.", 2.5, 2.5),
        ("Earlier.", 1.0, 1.5),
    ]
    assert reading.warnings == (
        "Segments that end before they start, taken to end where they start: 1 (segment 2).",
        "Turns that start before the one before them, kept in the order of the file: 1 (turn 3).",
    )


def test_diarized_answer_of_the_api_keeps_its_letters() -> None:
    assert read(DATA / "openai_diarized.json").turns == (
        Turn("Is it up?", "A", start=0.0, end=1.5),
        Turn("It is.", "B", start=1.6, end=2.5),
    )


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("missing_end.json", ": segment 2: 'end' should be a number of seconds, at least 0, not nothing."),
        ("text_as_number.json", ": segment 1: 'text' should be a text in quotes, not 7."),
        (
            "whisper_not_a_number.json",
            ": segment 2: 'start' should be a number of seconds, at least 0, not NaN.",
        ),
        (
            "whisper_null_start.json",
            ": segment 1: 'start' should be a number of seconds, at least 0, not null.",
        ),
    ],
)
def test_bad_segment_is_refused_by_number_with_what_was_expected(name: str, message: str) -> None:
    with pytest.raises(FormatError) as caught:
        read(DATA / name)
    assert str(caught.value) == f"{DATA / name}{message}"


def test_words_without_any_time_are_refused() -> None:
    words = [{"word": "Ready", "start": None, "end": None}]
    with pytest.raises(FormatError, match="No word has a time"):
        whisper.parse({"text": "Ready.", "words": words}, Path("a.json"))


def test_json_that_is_no_transcript_is_not_recognised() -> None:
    values: list[object] = [{"words": []}, {"segments": "none"}, {"segments": [{"body": "a"}]}, [], None, 7]
    for value in values:
        assert whisper.recognises(value) is None


def test_broken_json_is_refused_by_line() -> None:
    with pytest.raises(FormatError, match=r"broken\.json:2: The file is not valid JSON"):
        read(DATA / "broken.json")
