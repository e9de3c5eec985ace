from pathlib import Path
from typing import Any

import pytest

from qa.errors import FormatError
from qa.readers import phrases, read
from qa.types import TimeKind, Turn

DATA = Path(__file__).parents[2] / "data"
SOURCE = Path("talk.json")


def test_missing_ends_of_a_pipeline_are_the_starts_of_what_follows() -> None:
    reading = read(DATA / "hugging_face_chunks.json")
    assert (reading.format, reading.time_kind) == ("phrases", TimeKind.MEDIA)
    assert reading.turns == (
        Turn("The lock opens at four.", start=0.0, end=9.0),
        Turn("It closes at six.", start=9.0, end=9.0),
    )
    assert reading.recognised == "the JSON has 'chunks', as a pipeline of Hugging Face writes them"


def test_phrases_with_speakers_go_before_those_without() -> None:
    assert read(DATA / "insanely_fast_speakers.json").turns == (
        Turn("At four?", "SPEAKER_00", start=0.0, end=1.5),
        Turn("At four.", "SPEAKER_01", start=1.5, end=2.5),
    )


def test_call_analytics_names_parts_and_the_job() -> None:
    reading = read(DATA / "call_analytics.json")
    assert reading.title == "lock-call"
    assert reading.turns == (
        Turn("Port of Lenz, good morning.", "AGENT", start=1.05, end=3.2),
        Turn("When does the lock open?", "CUSTOMER", start=3.5, end=5.2),
    )


def test_azure_counts_in_ticks_and_its_phrases_are_put_in_order() -> None:
    assert read(DATA / "azure_batch.json").turns == (
        Turn("At four.", "Speaker 1", start=0.5, end=1.7),
        Turn("Why?", "Speaker 2", start=2.0, end=3.0),
    )


def test_last_result_of_google_repeats_the_words_with_their_speakers() -> None:
    assert read(DATA / "google_speech_speakers.json").turns == (
        Turn("at four", "Speaker 1", start=0.0, end=0.9),
        Turn("why", "Speaker 2", start=2.0, end=2.5),
    )


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (
            {"chunks": [{"timestamp": [], "text": "a"}]},
            "segment 1: 'start' should be a number of seconds, at least 0, not null.",
        ),
        (
            {"Transcript": [{"BeginOffsetMillis": "soon", "EndOffsetMillis": 2, "Content": "a"}]},
            "segment 1: 'start' should be a number of seconds, at least 0, not \"soon\".",
        ),
        (
            {"results": [{"alternatives": [{"transcript": "a", "words": []}]}]},
            "The words have no times. Ask the recogniser for the times of words, and add what it returns"
            " then.",
        ),
    ],
)
def test_phrases_that_cannot_be_placed_are_refused(value: Any, message: str) -> None:
    assert phrases.recognises(value)
    with pytest.raises(FormatError) as caught:
        phrases.parse(value, SOURCE)
    assert str(caught.value) == f"{SOURCE}: {message}"


@pytest.mark.parametrize(
    "value", [[], {}, {"chunks": []}, {"speakers": ["Ana"]}, {"results": {"items": []}}, {"Transcript": "a"}]
)
def test_other_json_is_not_claimed(value: Any) -> None:
    assert phrases.recognises(value) is None
