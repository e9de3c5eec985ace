import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from qa.errors import FormatError
from qa.evaluation.judged import Dataset
from qa.evaluation.sets import locomo

FILE = Path(__file__).parents[3] / "data/evaluation/locomo/data/locomo10.json"


def changed(tmp_path: Path, change: Callable[[Any], None]) -> Dataset:
    """Load a changed copy of the small file; ``change`` gets its conversation."""
    samples = json.loads(FILE.read_text(encoding="utf-8"))
    change(samples[0])
    file = tmp_path / "locomo.json"
    file.write_text(json.dumps(samples), encoding="utf-8")
    return locomo.load(file)


def ids(dataset: Dataset) -> list[str]:
    return [id_ for transcript in dataset.transcripts() for id_ in transcript.turn_ids]


def test_sessions_are_dated_transcripts_in_the_order_of_their_numbers() -> None:
    (pool,) = locomo.load(FILE).pools
    assert [(one.id, one.reading.title, one.reading.date) for one in pool.transcripts] == [
        ("conv-26:D01", "conv-26 session 1", "2023-05-08"),
        ("conv-26:D10", "conv-26 session 10", "2023-09-13"),
    ]


def test_turn_ids_have_zeros_so_that_string_order_is_turn_order() -> None:
    assert ids(locomo.load(FILE)) == [
        "conv-26:D01:001",
        "conv-26:D01:002",
        "conv-26:D10:001",
        "conv-26:D10:002",
    ]


def test_longer_sessions_and_conversations_get_more_digits(tmp_path: Path) -> None:
    def lengthen(sample: Any) -> None:
        sample["conversation"]["session_100"] = [
            {"speaker": "Ana", "dia_id": f"D100:{number}", "text": "Hm."} for number in (1, 1000)
        ]

    found = ids(changed(tmp_path, lengthen))
    assert (found[0], found[-1]) == ("conv-26:D001:0001", "conv-26:D100:1000")
    assert found == sorted(found)


def test_malformed_evidence_is_read_as_meant_and_dangling_evidence_dropped() -> None:
    gold = {question.id: list(question.gains) for question in locomo.load(FILE).questions}
    assert gold == {
        "conv-26:q000": ["conv-26:D01:002"],
        "conv-26:q001": ["conv-26:D01:001", "conv-26:D01:002", "conv-26:D10:001", "conv-26:D10:002"],
        "conv-26:q002": ["conv-26:D01:001"],
        "conv-26:q005": ["conv-26:D10:001"],
    }


def test_remarks_count_every_repair() -> None:
    assert [str(remark) for remark in locomo.load(FILE).remarks] == [
        "Dates of sessions that were never held: 2.",
        "Turns without words, kept as “…”: 1.",
        "Pieces of evidence in another form than D3:11, read as meant: 2.",
        "Pieces of evidence that name no turn: 1.",
        "Pieces of evidence that name a turn which is not there: 1.",
        "Questions left out because no turn is given that answers them: 2.",
        "Questions asked again in the same words, kept apart by their ids: 1.",
    ]


def test_categories_have_names_and_answers_may_be_numbers() -> None:
    questions = locomo.load(FILE).questions
    assert [question.slices["type"] for question in questions] == [
        "temporal",
        "multi-hop",
        "adversarial",
        "single-hop",
    ]
    assert [question.answers for question in questions] == [("2021",), ("the fence",), (), ("the fence",)]


def test_captions_are_in_the_texts_only_where_asked_for() -> None:
    texts = [turn.text for one in locomo.load(FILE).transcripts() for turn in one.reading.turns]
    assert texts == ["Hello Ben!", "Look at my boat.", "We painted the fence.", "…"]
    with_captions = locomo.load_with_captions(FILE)
    assert with_captions.name == "locomo-captions"
    assert [turn.text for one in with_captions.transcripts() for turn in one.reading.turns] == [
        "Hello Ben!",
        "Look at my boat. [shares a photo: a photo of a red boat]",
        "We painted the fence.",
        "[shares a photo: a white fence]",
    ]


@pytest.mark.parametrize("wrong", ["D10:1", "D9:2", "two", 7, None])
def test_a_session_with_wrong_turn_ids_is_numbered_by_order(tmp_path: Path, wrong: object) -> None:
    dataset = changed(
        tmp_path, lambda sample: sample["conversation"]["session_10"][1].update({"dia_id": wrong})
    )
    assert ids(dataset)[2:] == ["conv-26:D10:001", "conv-26:D10:002"]
    assert any("numbered by order" in str(remark) for remark in dataset.remarks)


def test_numbers_of_turns_are_those_of_the_release_also_with_gaps(tmp_path: Path) -> None:
    dataset = changed(
        tmp_path, lambda sample: sample["conversation"]["session_10"][1].update({"dia_id": "D10:7"})
    )
    assert ids(dataset)[2:] == ["conv-26:D10:001", "conv-26:D10:007"]


@pytest.mark.parametrize(
    ("written", "date"),
    [("8:56 pm on 20 July, 2023", "2023-07-20"), ("31 February, 2023", None), ("soon", None), ("", None)],
)
def test_a_date_that_is_none_is_left_out(tmp_path: Path, written: str, date: str | None) -> None:
    dataset = changed(
        tmp_path, lambda sample: sample["conversation"].update({"session_1_date_time": written})
    )
    assert dataset.pools[0].transcripts[0].reading.date == date


def test_conversations_of_one_name_stay_two(tmp_path: Path) -> None:
    samples = json.loads(FILE.read_text(encoding="utf-8")) * 2
    (tmp_path / "locomo.json").write_text(json.dumps(samples), encoding="utf-8")
    dataset = locomo.load(tmp_path)
    assert [pool.id for pool in dataset.pools] == ["conv-26", "conv-26~2"]
    assert len(set(ids(dataset))) == 8


def test_a_conversation_that_is_missing_names_the_field(tmp_path: Path) -> None:
    with pytest.raises(
        FormatError, match=r"conversation 1: 'conversation' should be an object .* not nothing"
    ):
        changed(tmp_path, lambda sample: sample.pop("conversation"))
