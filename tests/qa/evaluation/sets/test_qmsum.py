import json
import shutil
from pathlib import Path

import pytest

from qa.errors import FormatError, QAError
from qa.evaluation.judged import JudgedQuestion
from qa.evaluation.sets import qmsum

DATA = Path(__file__).parents[3] / "data/evaluation/qmsum"
VAL = DATA / "data/ALL/val"


def questions() -> dict[str, JudgedQuestion]:
    return {question.id: question for question in qmsum.load(VAL).questions}


def test_spans_are_strings_and_include_both_ends() -> None:
    lid = questions()["ES2004a:s0"]
    assert lid.gains == {"ES2004a:00001": 1, "ES2004a:00002": 1, "ES2004a:00004": 1}
    assert lid.spans == (frozenset({"ES2004a:00001", "ES2004a:00002"}), frozenset({"ES2004a:00004"}))


def test_meetings_come_by_name_each_a_pool_of_its_own() -> None:
    pools = qmsum.load(VAL).pools
    assert [pool.id for pool in pools] == ["Bmr023", "ES2004a", "covid_3"]
    assert [len(pool.transcripts) for pool in pools] == [1, 1, 1]


def test_empty_turns_are_kept_and_marks_and_spaced_points_are_not() -> None:
    (transcript,) = qmsum.load(VAL).pools[1].transcripts
    assert [turn.text for turn in transcript.reading.turns] == [
        "Well, shall we start?",
        "The lid should be blue, I'd say.",
        "…",
        "Hmm.",
        "Blue lids sell best everywhere.",
        "Yeah.",
    ]
    assert transcript.turn_ids[5] == "ES2004a:00005"


def test_a_query_asked_twice_of_a_meeting_stays_two_questions() -> None:
    asked = questions()
    assert asked["Bmr023:s0"].text == asked["Bmr023:s1"].text == "What of the microphones?"
    assert (list(asked["Bmr023:s0"].gains), list(asked["Bmr023:s1"].gains)) == (
        ["Bmr023:00000"],
        ["Bmr023:00001"],
    )


def test_slices_tell_the_part_and_the_size_of_the_gold() -> None:
    assert {id_: dict(question.slices) for id_, question in questions().items()} == {
        "Bmr023:s0": {"part": "academic", "gold": "01"},
        "Bmr023:s1": {"part": "academic", "gold": "01"},
        "ES2004a:s0": {"part": "product", "gold": "02-05"},
        "ES2004a:s1": {"part": "product", "gold": "01"},
        "covid_3:s0": {"part": "parliament", "gold": "01"},
    }


def test_what_was_left_out_is_counted() -> None:
    assert [str(remark) for remark in qmsum.load(VAL).remarks] == [
        "General queries, which have no span, left out: 3.",
        "Spans left out because no such turns are in the meeting: 1.",
        "Questions left out because no turn is given that answers them: 1.",
        "Marks such as {vocalsound} taken out: 2.",
        "Turns without words, kept as “…”: 1.",
        "Questions asked again in the same words, kept apart by their ids: 1.",
    ]


def test_the_last_part_of_a_path_may_name_the_split_of_a_release() -> None:
    assert qmsum.load(DATA / "test").questions[0].id == "IS1000a:s0"


def test_a_release_without_a_split_says_which_there_are() -> None:
    with pytest.raises(QAError, match=r"holds 2: test, val\. Name one of them"):
        qmsum.load(DATA)


def test_an_empty_folder_says_what_to_name(tmp_path: Path) -> None:
    with pytest.raises(QAError, match="Name the folder of one QMSum split"):
        qmsum.load(tmp_path)


def test_the_blobs_of_nameless_meetings_are_refused(tmp_path: Path) -> None:
    (tmp_path / "val.jsonl").write_text("{}\n", encoding="utf-8")
    with pytest.raises(QAError, match="names no meetings"):
        qmsum.load(tmp_path / "val.jsonl")


@pytest.mark.parametrize("span", [["1"], "1-2", ["a", "b"], [None, None], [1.5, 2], ["-1", "2"]])
def test_a_span_that_is_no_pair_of_numbers_names_its_query(tmp_path: Path, span: object) -> None:
    meeting = json.loads((VAL / "covid_3.json").read_text(encoding="utf-8"))
    meeting["specific_query_list"][0]["relevant_text_span"] = [span]
    (tmp_path / "covid_3.json").write_text(json.dumps(meeting), encoding="utf-8")
    with pytest.raises(FormatError, match=r"specific_query_list 1: 'relevant_text_span' should be a list of"):
        qmsum.load(tmp_path)


def test_a_missing_field_names_file_place_and_field(tmp_path: Path) -> None:
    meeting = json.loads((VAL / "covid_3.json").read_text(encoding="utf-8"))
    del meeting["meeting_transcripts"][0]["content"]
    (tmp_path / "covid_3.json").write_text(json.dumps(meeting), encoding="utf-8")
    expected = (
        r"covid_3\.json: the file, meeting_transcripts 1: 'content' should be a text in quotes, not nothing"
    )
    with pytest.raises(FormatError, match=expected):
        qmsum.load(tmp_path)


def test_content_turns_leave_short_ones_out_of_candidates_and_gold() -> None:
    content = qmsum.content_turns(qmsum.load(VAL))
    meeting = content.pools[1].transcripts[0]
    assert meeting.turn_ids == ("ES2004a:00000", "ES2004a:00001", "ES2004a:00004")
    lid = content.questions[2]
    assert (lid.id, dict(lid.gains)) == ("ES2004a:s0", {"ES2004a:00001": 1, "ES2004a:00004": 1})
    assert lid.spans == (frozenset({"ES2004a:00001"}), frozenset({"ES2004a:00004"}))
    assert [question.id for question in content.questions] == [
        "Bmr023:s0",
        "Bmr023:s1",
        "ES2004a:s0",
        "covid_3:s0",
    ]
    assert [str(remark) for remark in content.remarks[-2:]] == [
        "Turns of fewer than 4 words left out: 3.",
        "Questions left out because no turn is given that answers them: 1.",
    ]


def test_the_checksum_depends_on_names_and_contents_not_on_the_place(tmp_path: Path) -> None:
    shutil.copytree(VAL, tmp_path / "copy")
    assert qmsum.load(tmp_path / "copy").checksum == qmsum.load(VAL).checksum
    (tmp_path / "copy/covid_3.json").rename(tmp_path / "copy/covid_4.json")
    assert qmsum.load(tmp_path / "copy").checksum != qmsum.load(VAL).checksum
