from pathlib import Path

from qa.readers import read, whisperx
from qa.types import Turn

DATA = Path(__file__).parents[2] / "data"


def test_segment_with_two_people_is_cut_by_the_speakers_of_its_words() -> None:
    reading = read(DATA / "whisperx_two_people_in_segment.json")
    assert reading.format == "whisperx"
    assert reading.recognised == "the JSON has lists named 'segments' and 'word_segments'"
    assert reading.turns == (
        Turn("Did it hold?", "SPEAKER_00", start=10.0, end=11.0),
        Turn("It held, yes.", "SPEAKER_01", start=11.5, end=13.6),
    )
    assert reading.warnings == ()


def test_words_without_times_or_speaker_go_with_their_neighbours() -> None:
    reading = read(DATA / "whisperx_words_without_times.json")
    assert reading.turns == (
        # "241" has no speaker and none before it, "Mommy," has none and stands after SPEAKER_00
        Turn("241 houses, not 214. Mommy,", "SPEAKER_00", start=1.0, end=3.5),
        Turn("I know.", "SPEAKER_01", start=4.0, end=4.6),
        Turn("Nobody's words.", start=6.0, end=7.0),
    )
    assert reading.warnings == (
        "Segments with words without a speaker, given to a speaker beside them: 1 (segment 1).",
    )


def test_chinese_segment_is_cut_without_spaces() -> None:
    reading = read(DATA / "whisperx_chinese.json")
    assert reading.recognised == "the segments have words with a score or a speaker"
    assert reading.turns == (
        Turn("开了吗？", "SPEAKER_00", start=0.0, end=1.5),
        Turn("开了。", "SPEAKER_01", start=1.6, end=2.7),
    )


def test_cut_segment_keeps_the_spacing_of_its_text() -> None:
    turns = read(DATA / "whisperx_letters_as_words.json").turns
    assert [(turn.speaker, turn.text) for turn in turns] == [
        ("SPEAKER_00", "用Go写的。"),
        ("SPEAKER_01", "好。"),
    ]


def test_stretch_without_any_time_lies_between_its_neighbours() -> None:
    words = [
        {"word": "No.", "start": 1.0, "end": 1.5, "speaker": "A"},
        {"word": "5?", "speaker": "B"},
        {"word": "Yes.", "start": 3.0, "end": 3.5, "speaker": "A"},
    ]
    segment = {"start": 1.0, "end": 4.0, "text": "No. 5? Yes.", "words": words}
    assert whisperx.parse({"segments": [segment]}, Path("a.json")).turns == (
        Turn("No.", "A", start=1.0, end=1.5),
        Turn("5?", "B", start=1.5, end=3.0),
        Turn("Yes.", "A", start=3.0, end=3.5),
    )


def test_words_that_differ_from_the_text_are_joined_by_themselves() -> None:
    words = [
        {"word": "It", "start": 0.0, "end": 0.2, "speaker": "A"},
        {"word": "held", "start": 0.2, "end": 0.5, "speaker": "A"},
        {"word": ".", "start": 0.5, "end": 0.5, "speaker": "A"},
        {"word": "Good", "start": 1.0, "end": 1.4, "speaker": "B"},
    ]
    segment = {"start": 0.0, "end": 2.0, "text": "Quite another text", "words": words}
    reading = whisperx.parse({"segments": [segment]}, Path("a.json"))
    assert [(turn.speaker, turn.text) for turn in reading.turns] == [("A", "It held."), ("B", "Good")]
    assert reading.warnings == (
        "Segments whose words are not those of their text, read from the words: 1 (segment 1).",
    )


def test_segment_whose_words_are_blank_keeps_its_text() -> None:
    words = [{"word": "", "start": 0.0, "speaker": "A"}, {"word": " ", "start": 1.0, "speaker": "B"}]
    segment = {"start": 0.0, "end": 2.0, "text": "It held.", "speaker": "A", "words": words}
    turns = whisperx.parse({"segments": [segment]}, Path("a.json")).turns
    assert turns == (Turn("It held.", "A", start=0.0, end=2.0),)


def test_segment_without_speakers_keeps_its_text() -> None:
    words = [{"word": "held", "start": 0.2, "end": 0.5, "score": 0.9}]
    segment = {"start": 0.0, "end": 2.0, "text": "It held, it held.", "words": words}
    turns = whisperx.parse({"segments": [segment]}, Path("a.json")).turns
    assert turns == (Turn("It held, it held.", start=0.0, end=2.0),)


def test_times_that_are_no_numbers_are_left_out_and_told() -> None:
    words = [
        {"word": "It", "start": float("nan"), "end": float("nan"), "speaker": "A"},
        {"word": "held.", "start": 0.2, "end": 0.5, "speaker": "A"},
        {"word": "Good.", "start": 1.0, "end": 0.9, "speaker": "B"},
    ]
    segment = {"start": 0.0, "end": 2.0, "text": "It held. Good.", "words": words}
    reading = whisperx.parse({"segments": [segment]}, Path("a.json"))
    assert reading.turns == (
        Turn("It held.", "A", start=0.2, end=0.5),
        Turn("Good.", "B", start=1.0, end=1.0),
    )
    assert reading.warnings == (
        "Times of words left out because they are no times: 1 (segment 1).",
        "Words that end before they start, taken to end where they start: 1 (segment 1).",
    )


def test_word_segments_alone_are_read_as_words() -> None:
    words = [{"word": "It", "start": 0.0, "end": 0.2}, {"word": "held.", "start": 0.2, "end": 0.5}]
    value = {"segments": [], "word_segments": words}
    assert whisperx.recognises(value) == "the JSON has a list named 'word_segments'"
    assert whisperx.parse(value, Path("a.json")).turns == (Turn("It held.", start=0.0, end=0.5),)


def test_plain_whisper_is_not_claimed() -> None:
    words = [{"word": " It", "start": 0.0, "end": 0.2, "probability": 0.9}]
    assert whisperx.recognises({"segments": [{"start": 0, "end": 1, "text": " It", "words": words}]}) is None
    assert whisperx.recognises({"segments": []}) is None
