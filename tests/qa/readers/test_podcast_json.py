from pathlib import Path

import pytest

from qa.errors import FormatError
from qa.readers import podcast_json, read
from qa.types import Turn

DATA = Path(__file__).parents[2] / "data"


def test_words_join_by_speaker() -> None:
    reading = read(DATA / "podcast_one_word_a_segment.json")
    assert reading.format == "podcast-json"
    assert reading.recognised == "the JSON has a list named 'segments' with a 'body' each"
    assert reading.turns == (
        Turn("The gate is shut.", "Nell Abery", start=0.5, end=2.0),
        Turn("Nooo!", "Abel", start=2.75, end=3.0),
    )
    assert reading.warnings == ()


def test_speaker_named_on_change_is_carried_over_and_marked() -> None:
    reading = read(DATA / "podcast_speaker_on_change.json")
    assert reading.turns == (
        Turn("Music first.", start=0.0, end=1.0),
        Turn("The gate is shut.", "Nell Abery", start=1.5, end=3.0, inferred=True),
        Turn("Since when?", "Abel", start=3.5, end=4.0),
    )
    assert reading.warnings == (
        "Segments without a speaker, given to the speaker before them: 1 (segment 3).",
    )


def test_segment_without_an_end_lasts_until_the_next_and_the_last_has_none() -> None:
    reading = read(DATA / "podcast_without_ends.json")
    assert reading.turns == (
        Turn("The gate is shut.", "Nell Abery", start=0.5, end=3.0),
        Turn("Since when?", "Abel", start=3.0),
    )
    assert reading.warnings == ("Segments without an end, taken to last until the next one: 1 (segment 1).",)


def test_bodies_that_carry_their_own_spaces_are_joined_by_them() -> None:
    assert read(DATA / "podcast_own_spaces.json").turns == (Turn("The breakwater held.", start=0.0, end=0.8),)


def test_file_without_times_is_refused() -> None:
    with pytest.raises(FormatError, match="No segment has a 'startTime' in seconds"):
        read(DATA / "podcast_without_times.json")


def test_whisper_is_not_claimed() -> None:
    assert podcast_json.recognises({"segments": [{"start": 0, "end": 1, "text": "a"}]}) is None
    assert podcast_json.recognises({"segments": []}) is None
