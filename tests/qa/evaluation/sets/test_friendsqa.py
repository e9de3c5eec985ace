import json
from pathlib import Path
from typing import Any

import pytest

from qa.errors import FormatError, QAError
from qa.evaluation.sets import friendsqa

DAT = Path(__file__).parents[3] / "data/evaluation/friendsqa/dat"


def changed(tmp_path: Path, name: str = "friendsqa_dev.json") -> tuple[Path, Any]:
    """Return where to write a changed copy, and what to change."""
    return tmp_path / name, json.loads((DAT / "friendsqa_dev.json").read_text(encoding="utf-8"))


def test_the_key_of_utterances_is_read_with_and_without_its_colon() -> None:
    dataset = friendsqa.load(DAT / "friendsqa_dev.json")
    assert [pool.id for pool in dataset.pools] == ["s01_e23_c06", "s02_e24_c01"]
    assert dataset.turns == 5


def test_several_speakers_are_one_label_and_stage_directions_have_none() -> None:
    (scene,) = friendsqa.load(DAT / "friendsqa_dev.json").pools[0].transcripts
    assert [(turn.speaker, turn.text) for turn in scene.reading.turns] == [
        (None, "[ The kitchen . Cy is cooking . ]"),
        ("Cy Vale", "The soup needs salt ."),
        ("Dee Moor, Eve Lane", "It needs an hour !"),
        ("#ALL#", "…"),
    ]
    assert scene.turn_ids[2] == "s01_e23_c06:00002"


def test_gold_is_every_utterance_with_an_answer_or_spoken_by_it() -> None:
    what, who, paraphrased = friendsqa.load(DAT / "friendsqa_dev.json").questions
    assert what.gains == {"s01_e23_c06:00001": 1, "s01_e23_c06:00002": 1}
    assert what.answers == ("salt", "an hour")
    assert what.answer_turns == {"s01_e23_c06:00001": ("salt",), "s01_e23_c06:00002": ("an hour",)}
    assert (dict(who.gains), who.answers) == ({"s01_e23_c06:00001": 1}, ())
    assert paraphrased.gains == {"s01_e23_c06:00001": 1}


def test_slices_tell_kind_wording_and_where_the_answer_is() -> None:
    assert [dict(question.slices) for question in friendsqa.load(DAT / "friendsqa_dev.json").questions] == [
        {"type": "what", "wording": "original", "answer": "in the words", "gold": "02-05"},
        {"type": "who", "wording": "original", "answer": "the speaker", "gold": "01"},
        {"type": "what", "wording": "paraphrased", "answer": "in the words", "gold": "01"},
    ]


def test_remarks_name_the_swapped_split_by_its_episodes() -> None:
    dev = friendsqa.load(DAT / "friendsqa_dev.json")
    assert [str(remark) for remark in dev.remarks] == [
        "Speakers #NOTE#, who are stage directions: 1.",
        "Turns without words, kept as “…”: 1.",
        "Answers left out because no such utterance is in the scene: 1.",
        "Questions left out because no turn is given that answers them: 1.",
        "Episodes 23 to 24: the authors call this split TST, though the file is named dev.",
    ]
    tst = friendsqa.load(DAT / "friendsqa_tst.json")
    assert [str(remark) for remark in tst.remarks] == [
        "Episodes 21 to 21: the authors call this split DEV, though the file is named tst."
    ]


def test_a_file_named_as_the_authors_call_it_is_not_warned_of(tmp_path: Path) -> None:
    file, data = changed(tmp_path, "friendsqa_tst.json")
    file.write_text(json.dumps(data), encoding="utf-8")
    assert not any("Episodes" in str(remark) for remark in friendsqa.load(file).remarks)


def test_the_release_and_a_split_name_the_file() -> None:
    assert friendsqa.load(DAT.parent / "tst").questions[0].id == "s01_e21_c02_How"
    with pytest.raises(QAError, match=r"holds 2: friendsqa_dev\.json, friendsqa_tst\.json\. Name one"):
        friendsqa.load(DAT.parent)


def test_answers_point_to_uids_even_where_those_are_not_places(tmp_path: Path) -> None:
    file, data = changed(tmp_path)
    for utterance in data["data"][0]["paragraphs"][0]["utterances:"]:
        utterance["uid"] += 10
    for answer in data["data"][0]["paragraphs"][0]["qas"][0]["answers"]:
        answer["utterance_id"] += 10
    file.write_text(json.dumps(data), encoding="utf-8")
    assert list(friendsqa.load(file).questions[0].gains) == ["s01_e23_c06:00001", "s01_e23_c06:00002"]


def test_scenes_and_questions_of_one_name_are_told_apart(tmp_path: Path) -> None:
    file, data = changed(tmp_path)
    data["data"].append(data["data"][0])
    file.write_text(json.dumps(data), encoding="utf-8")
    dataset = friendsqa.load(file)
    assert [pool.id for pool in dataset.pools] == ["s01_e23_c06", "s02_e24_c01", "s01_e23_c06~2"]
    assert dataset.questions[3].id == "s01_e23_c06_What~2"
    assert list(dataset.questions[3].gains) == ["s01_e23_c06~2:00001", "s01_e23_c06~2:00002"]


def test_a_scene_without_utterances_key_is_an_error_that_names_it(tmp_path: Path) -> None:
    file, data = changed(tmp_path)
    del data["data"][1]["paragraphs"][0]["utterances"]
    file.write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(
        FormatError, match=r"data 2, paragraphs 1: 'utterances:' should be a list, not nothing"
    ):
        friendsqa.load(file)
