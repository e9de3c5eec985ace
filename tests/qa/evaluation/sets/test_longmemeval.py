import json
from pathlib import Path
from typing import Any

import pytest

from qa.errors import FormatError
from qa.evaluation.sets import files, longmemeval

FILE = Path(__file__).parents[3] / "data/evaluation/longmemeval/longmemeval_s_cleaned.json"


def test_each_question_has_the_sessions_of_its_history() -> None:
    dataset = longmemeval.load(FILE)
    assert [(pool.id, [one.id for one in pool.transcripts]) for pool in dataset.pools] == [
        ("e47b", ["share_1", "answer_bike"]),
        ("gpt4_1", ["share_1", "share_cards"]),
    ]


def test_a_session_of_several_histories_is_in_the_whole_library_once() -> None:
    dataset = longmemeval.load(FILE)
    assert [one.id for one in dataset.transcripts()] == ["share_1", "answer_bike", "share_cards"]
    assert dataset.turns == 6


def test_marked_turns_of_the_evidence_are_gold_whoever_speaks() -> None:
    bike, cards = longmemeval.load(FILE).questions
    assert (bike.id, dict(bike.gains), bike.answers) == ("e47b", {"answer_bike:00000": 1}, ("green",))
    # The same chat came before as share_cards, without marks; the assistant's turn is the evidence.
    assert (cards.id, dict(cards.gains), cards.answers) == ("gpt4_1", {"share_cards:00001": 1}, ("4",))
    assert [question.slices["type"] for question in (bike, cards)] == [
        "single-session-user",
        "single-session-assistant",
    ]


def test_a_session_keeps_its_date_as_evidence_else_the_first() -> None:
    dates = {one.id: one.reading.date for one in longmemeval.load(FILE).transcripts()}
    assert dates == {"share_1": "2023-05-20", "answer_bike": "2023-05-22", "share_cards": "2023-01-03"}


def test_questions_to_abstain_from_and_without_marks_are_left_out_with_their_histories() -> None:
    assert [str(remark) for remark in longmemeval.load(FILE).remarks] == [
        "Questions to abstain from (_abs), which have no gold, left out: 1.",
        "Turns without words, kept as “…”: 1.",
        "Questions left out because no turn is given that answers them: 1.",
        "Sessions met again in this or another history, kept once: 2.",
    ]


def test_the_last_part_of_a_path_says_which_size_is_meant() -> None:
    assert longmemeval.load(FILE.parent / "s").checksum == longmemeval.load(FILE).checksum


@pytest.mark.parametrize("chunk", [7, 64, 1000])
def test_a_file_is_read_in_pieces_of_any_size(chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = longmemeval.load(FILE)
    monkeypatch.setattr(files, "_CHUNK", chunk)
    assert longmemeval.load(FILE) == whole


def changed(tmp_path: Path, **fields: Any) -> Path:
    value = json.loads(FILE.read_text(encoding="utf-8"))
    value[0].update(fields)
    (tmp_path / "one.json").write_text(json.dumps(value), encoding="utf-8")
    return tmp_path / "one.json"


def test_fewer_sessions_than_ids_name_the_question(tmp_path: Path) -> None:
    expected = "question 1: 'haystack_sessions' should be a list of 2, as many as haystack_session_ids"
    with pytest.raises(FormatError, match=expected):
        longmemeval.load(changed(tmp_path, haystack_sessions=[[]]))


def test_histories_without_dates_are_counted(tmp_path: Path) -> None:
    dataset = longmemeval.load(changed(tmp_path, haystack_dates=[]))
    assert dataset.pools[0].transcripts[0].reading.date is None
    assert "Histories whose dates are not as many as their sessions: 1." in map(str, dataset.remarks)


def test_a_file_that_ends_early_says_so(tmp_path: Path) -> None:
    (tmp_path / "one.json").write_text(FILE.read_text(encoding="utf-8")[:-20], encoding="utf-8")
    with pytest.raises(FormatError, match=r"one\.json: It is not whole JSON"):
        longmemeval.load(tmp_path / "one.json")
