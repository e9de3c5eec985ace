from pathlib import Path

import pytest

from qa.errors import FormatError
from qa.readers import assemblyai, read
from qa.types import TimeKind, Turn

DATA = Path(__file__).parents[2] / "data"


def test_utterances_are_turns_and_times_are_milliseconds() -> None:
    reading = read(DATA / "assemblyai_utterances.json")
    assert reading.format == "assemblyai"
    assert reading.recognised == "the JSON has 'utterances' with a text and times in whole milliseconds"
    assert reading.turns == (
        Turn("Is it shut?", "A", start=0.25, end=1.4),
        Turn("I mean the gate.", "A", start=1.5, end=2.4),
        Turn("Since noon.", "B", start=2.65, end=3.405),
    )
    assert reading.warnings == ()


def test_words_are_read_when_utterances_are_null() -> None:
    assert read(DATA / "assemblyai_utterances_null.json").turns == (
        Turn("Is it shut?", start=0.25, end=1.4),
        Turn("Since noon.", start=2.65, end=3.405),
    )


def test_text_alone_has_no_times_and_says_so() -> None:
    reading = read(DATA / "assemblyai_text_alone.json")
    assert (reading.turns, reading.time_kind) == ((Turn("Is it shut? Since noon."),), TimeKind.NONE)
    assert reading.warnings == ("The file holds its text without words, so nothing has a time or a speaker.",)


def test_long_utterance_is_cut_by_its_words_so_that_each_part_has_its_time() -> None:
    turns = read(DATA / "assemblyai_long_utterance.json").turns
    # a sentence takes 10 s; a named speaker's turn ends with the first that ends 30 s or more after its start
    assert [(turn.speaker, turn.start, turn.end) for turn in turns] == [
        ("A", 0.0, 39.9),
        ("A", 40.0, 79.9),
        ("A", 80.0, 99.9),
    ]
    assert turns[1].text.split()[0] == "word40"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "assemblyai_failed.json",
            "could not transcribe the recording (Download error, unable to access file). Transcribe it",
        ),
        (
            "assemblyai_unfinished.json",
            "is not finished (status 'processing'). Download it again when it is.",
        ),
    ],
)
def test_transcription_that_is_none_is_refused(name: str, message: str) -> None:
    with pytest.raises(FormatError) as caught:
        read(DATA / name)
    assert message in str(caught.value)


def test_utterance_without_times_is_refused_by_number() -> None:
    value = {"utterances": [{"speaker": "A", "text": "Is it shut?", "start": 0, "end": None}]}
    with pytest.raises(FormatError, match="utterance 1: 'end' should be a number of milliseconds"):
        assemblyai.parse(value, Path("a.json"))


def test_records_of_ones_own_are_not_claimed() -> None:
    seconds = {"speaker": "A", "text": "Is it shut?", "start": 0.5, "end": 1.5, "confidence": 1}
    assert assemblyai.recognises({"utterances": [seconds]}) is None
    assert assemblyai.recognises({"utterances": [{"text": "a", "start": 0, "end": 1}]}) is None
    assert assemblyai.recognises({"words": []}) is None
    assert assemblyai.recognises({"text": "a", "status": "fine"}) is None
