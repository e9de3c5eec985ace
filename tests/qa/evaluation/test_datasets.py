"""The three layouts, from small files written here with every trap of the released ones."""

import json
from pathlib import Path
from typing import Any

import pytest

from qa.errors import QAError
from qa.evaluation.datasets import load_friendsqa, load_locomo, load_qmsum

SHARED = Path(__file__).parents[3].parent / "shared" / "benchmarks"


def write(file: Path, value: Any) -> Path:
    file.write_text(json.dumps(value), encoding="utf-8")
    return file


def test_qmsum_spans_are_strings_and_include_both_ends(tmp_path: Path) -> None:
    meeting = {
        "meeting_transcripts": [
            {"speaker": "PM", "content": "{vocalsound} Well , we start ."},
            {"speaker": "ID", "content": ""},
            {"speaker": "ME", "content": "Yes ."},
        ],
        "general_query_list": [{"query": "Summarise", "answer": "all"}],
        "specific_query_list": [
            {"query": "Who starts?", "answer": "PM", "relevant_text_span": [["0", "1"], ["2", "2"]]}
        ],
    }
    write(tmp_path / "M1.json", meeting)
    (judged,) = load_qmsum(tmp_path)
    assert judged.id == "M1"
    assert [turn.text for turn in judged.readings[0].turns] == ["Well, we start.", "…", "Yes."]
    (question,) = judged.questions
    assert question.gold == {(0, 0), (0, 1), (0, 2)}


def test_an_empty_qmsum_folder_says_what_to_name(tmp_path: Path) -> None:
    with pytest.raises(QAError, match="holds no QMSum meetings"):
        load_qmsum(tmp_path)


@pytest.mark.parametrize("key", ["utterances:", "utterances"])
def test_friendsqa_key_with_and_without_colon(tmp_path: Path, key: str) -> None:
    utterances = [
        {"uid": 0, "speakers": ["#NOTE#"], "utterance": "[ Scene ]"},
        {"uid": 1, "speakers": ["Ross", "Joey"], "utterance": "Hi !"},
    ]
    answers = [
        {"utterance_id": 1, "answer_text": "Hi", "is_speaker": False},
        {"utterance_id": 1, "answer_text": "Ross", "is_speaker": True},
    ]
    scene = {
        "title": "s01_e23_c01",
        "paragraphs": [{key: utterances, "qas": [{"question": "What?", "answers": answers}]}],
    }
    (judged,) = load_friendsqa(write(tmp_path / "f.json", {"data": [scene]}))
    assert [turn.speaker for turn in judged.readings[0].turns] == [None, "Ross, Joey"]
    assert judged.questions[0].gold == {(0, 1)}
    assert judged.questions[0].answers == (((0, 1), "Hi"),)


def test_locomo_evidence_is_repaired_and_questions_without_any_are_left_out(tmp_path: Path) -> None:
    sample = {
        "sample_id": "conv-1",
        "conversation": {
            "session_1": [
                {"speaker": "A", "dia_id": "D1:1", "text": "one"},
                {"speaker": "B", "dia_id": "D1:2", "text": "two"},
            ],
            "session_1_date_time": "1:56 pm on 8 May, 2023",
            "session_2": [{"speaker": "A", "dia_id": "D2:5", "text": "three"}],
            "session_2_date_time": "9:00 am on 1 June, 2023",
            "session_3_date_time": "a session that was never held",
        },
        "qa": [
            {"question": "q1", "evidence": ["D1:2; D:2:05"]},
            {"question": "q2", "evidence": ["D", "D9:9"]},
            {"question": "q3", "evidence": []},
        ],
    }
    (judged,) = load_locomo(write(tmp_path / "l.json", [sample]))
    assert [reading.date for reading in judged.readings] == ["2023-05-08", "2023-06-01"]
    assert [(question.text, question.gold) for question in judged.questions] == [
        ("q1", frozenset({(0, 1), (1, 0)}))
    ]


@pytest.mark.skipif(not SHARED.is_dir(), reason="the released data sets are not on this machine")
def test_counts_of_the_released_files() -> None:
    qmsum = load_qmsum(SHARED / "qmsum/val")
    friends = load_friendsqa(SHARED / "friendsqa/friendsqa_dev.json")
    assert (len(qmsum), sum(len(entry.questions) for entry in qmsum)) == (35, 237)
    assert (len(friends), sum(len(entry.questions) for entry in friends)) == (136, 1182)
