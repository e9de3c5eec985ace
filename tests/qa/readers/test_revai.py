from pathlib import Path
from typing import Any

import pytest

from qa.errors import FormatError
from qa.readers import read, revai
from qa.types import Turn

DATA = Path(__file__).parents[2] / "data"


def test_elements_join_as_they_are_and_sounds_are_notes() -> None:
    reading = read(DATA / "revai.json")
    assert reading.format == "revai"
    assert reading.recognised == "the JSON has a list named 'monologues'"
    assert reading.turns == (
        Turn("Is it half-shut?", "Dora Vale", start=0.5, end=1.4),
        Turn("Since noon, I think.", "Speaker 1", start=2.0, end=3.5),
        Turn("Yes.", "Speaker 1", start=5.0, end=5.4, notes=("<laugh>", "inaudible")),
        Turn("Right.", "Speaker 0"),
    )
    assert reading.warnings == (
        "Sounds and unknown words, kept as notes: 2 (monologue 3).",
        "Monologues whose words have no times, kept without any: 1 (monologue 4).",
        "Monologues without words left out: 1 (monologue 5).",
    )


def test_file_without_any_time_is_refused() -> None:
    with pytest.raises(FormatError, match=r"No word has a time \('ts'\)"):
        read(DATA / "revai_without_times.json")


def test_long_monologue_is_cut_by_its_words() -> None:
    elements: list[dict[str, Any]] = []
    for i in range(10):
        elements.append({"type": "text", "value": f"Gate {i} held", "ts": i * 10.0, "end_ts": i * 10.0 + 9})
        elements.append({"type": "punct", "value": ". "})
    turns = revai.parse({"monologues": [{"speaker": 0, "elements": elements}]}, Path("a.json")).turns
    assert [(turn.start, turn.end) for turn in turns] == [(0.0, 39.0), (40.0, 79.0), (80.0, 99.0)]
    assert turns[2].text == "Gate 8 held. Gate 9 held."


def test_monologue_of_sounds_alone_is_a_note() -> None:
    sounds = {"speaker": 0, "elements": [{"type": "unknown", "value": "<crosstalk>"}]}
    said = {"speaker": 0, "elements": [{"type": "text", "value": "Yes", "ts": 1.0, "end_ts": 1.2}]}
    reading = revai.parse({"monologues": [sounds, said]}, Path("a.json"))
    assert (reading.turns, reading.notes) == (
        (Turn("Yes", "Speaker 0", start=1.0, end=1.2),),
        ("<crosstalk>",),
    )


def test_bad_element_is_named() -> None:
    value = {"monologues": [{"speaker": 0, "elements": [{"type": "text", "value": 7}]}]}
    with pytest.raises(
        FormatError, match="monologue 1: element 1: 'value' should be a text in quotes, not 7"
    ):
        revai.parse(value, Path("a.json"))
