from pathlib import Path
from typing import Any

import pytest

from qa.errors import FormatError
from qa.readers import deepgram, read, read_bytes
from qa.types import Turn

DATA = Path(__file__).parents[2] / "data"

DATED = "The date is the day on which Deepgram transcribed the recording."
CHANNELS = "Each channel of the recording was taken for speakers of its own."


def test_utterances_cut_at_pauses_join_into_turns() -> None:
    reading = read(DATA / "deepgram_utterances.json")
    assert (reading.format, reading.date) == ("deepgram", "2025-07-16")
    assert reading.recognised == "the JSON has 'results' with 'utterances'"
    assert reading.turns == (
        Turn("So we raised the barrier at noon.", "Speaker 0", start=0.5, end=4.0),
        Turn("Thank you.", "Speaker 1", start=4.2, end=5.0),
    )
    assert reading.warnings == (DATED,)


def test_paragraphs_are_turns() -> None:
    assert read(DATA / "deepgram_paragraphs.json").turns == (
        Turn("So we raised it. It held.", "Speaker 0", start=0.5, end=2.5),
        Turn("Thank you.", "Speaker 1", start=3.0, end=4.0),
    )


def test_words_are_read_as_punctuated() -> None:
    assert read(DATA / "deepgram_words.json").turns == (
        Turn("So it held.", "Speaker 0", start=0.5, end=1.2),
        Turn("Did it?", "Speaker 1", start=1.5, end=1.9),
    )


def test_channels_are_interleaved_by_time() -> None:
    reading = read(DATA / "deepgram_two_channels.json")
    assert reading.turns == (
        Turn("Harbour office.", "Channel 0", start=0.2, end=1.0),
        Turn("Good morning.", "Channel 1", start=1.5, end=2.2),
        Turn("Yes?", "Channel 0", start=3.0, end=3.4),
    )
    assert reading.warnings == (CHANNELS, DATED)


def test_utterances_of_channels_are_interleaved_and_keep_both_numbers() -> None:
    turns = read(DATA / "deepgram_utterances_two_channels.json").turns
    assert [(turn.speaker, turn.text) for turn in turns] == [
        ("Channel 0 Speaker 0", "Harbour office."),
        ("Channel 1 Speaker 0", "Good morning."),
        ("Channel 0 Speaker 1", "Yes?"),
    ]


def test_paragraphs_of_channels_are_interleaved() -> None:
    def channel(text: str, start: float) -> dict[str, Any]:
        sentences = [{"text": text, "start": start, "end": start + 1}]
        paragraph = {"sentences": sentences, "start": start, "end": start + 1}
        return {"alternatives": [{"paragraphs": {"paragraphs": [paragraph]}}]}

    value = {"results": {"channels": [channel("Second.", 5.0), channel("First.", 1.0)]}}
    turns = deepgram.parse(value, Path("a.json")).turns
    assert [(turn.speaker, turn.text) for turn in turns] == [
        ("Channel 1", "First."),
        ("Channel 0", "Second."),
    ]


def test_date_in_the_name_of_the_file_goes_before_that_of_the_transcription() -> None:
    data = (DATA / "deepgram_words.json").read_bytes()
    reading = read_bytes(data, Path("2025-07-01 harbour.json"))
    assert (reading.date, reading.warnings) == ("2025-07-01", ())


def test_transcript_without_words_is_refused() -> None:
    with pytest.raises(FormatError, match="The transcript holds no times"):
        read(DATA / "deepgram_without_words.json")


def test_silent_channel_is_passed_over() -> None:
    words = [{"word": "yes", "start": 1.0, "end": 1.4}]
    silent = {"alternatives": [{"transcript": "", "words": []}]}
    value = {"results": {"channels": [silent, {"alternatives": [{"transcript": "yes", "words": words}]}]}}
    assert deepgram.parse(value, Path("a.json")).turns == (Turn("yes", "Channel 1", start=1.0, end=1.4),)


def test_long_paragraph_is_cut_at_its_sentences() -> None:
    sentences = [{"text": f"This is number {i}.", "start": i * 10.0, "end": i * 10.0 + 9} for i in range(12)]
    paragraph = {"sentences": sentences, "start": 0.0, "end": 119.0, "speaker": 0}
    best = {"paragraphs": {"paragraphs": [paragraph]}}
    turns = deepgram.parse({"results": {"channels": [{"alternatives": [best]}]}}, Path("a.json")).turns
    # a named speaker's turn ends at the first sentence that ends 30 s or more after its start: 0-39, 40-79
    assert [(turn.start, turn.end) for turn in turns] == [(0.0, 39.0), (40.0, 79.0), (80.0, 119.0)]
