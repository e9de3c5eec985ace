import shutil
from pathlib import Path

import pytest

from qa.errors import FormatError, QAError
from qa.evaluation.sets import own
from qa.library import Library
from tests.conftest import COUNCIL, HARBOUR, id_of, put

FOLDER = Path(__file__).parents[3] / "data/evaluation/own"
KEY = "3f2a9c0b7d14:00000"


def copied(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FOLDER, tmp_path / "own"))


def test_each_transcript_of_the_export_is_a_pool_and_all_are_one_more() -> None:
    dataset = own.load(FOLDER)
    assert [(pool.id, [one.id for one in pool.transcripts]) for pool in dataset.pools] == [
        ("3f2a9c0b7d14", ["3f2a9c0b7d14"]),
        ("77aa00bb11cc", ["77aa00bb11cc"]),
        ("whole library", ["3f2a9c0b7d14", "77aa00bb11cc"]),
    ]
    assert [(one.reading.title, one.reading.date, len(one.turn_ids)) for one in dataset.transcripts()] == [
        ("Standup", "2026-03-12", 2),
        ("Harbour", None, 2),
    ]


def test_gold_is_the_turns_named_or_those_that_hold_the_answer() -> None:
    assert [(one.id, one.pool, dict(one.gains)) for one in own.load(FOLDER).questions] == [
        ("q0001", "3f2a9c0b7d14", {KEY: 1}),
        ("q0002", "whole library", {"3f2a9c0b7d14:00001": 1, "77aa00bb11cc:00000": 1}),
        ("gate", "77aa00bb11cc", {"77aa00bb11cc:00000": 1}),
        ("graded", "3f2a9c0b7d14", {KEY: 2, "3f2a9c0b7d14:00001": 0}),
    ]


def test_an_answer_is_looked_for_as_whole_words() -> None:
    # "now" is in "knows", which is another word.
    assert [str(remark) for remark in own.load(FOLDER).remarks] == [
        "Judged turns left out because they are not in the transcripts searched: 1.",
        "Questions left out because no turn is given that answers them: 1.",
    ]


def test_questions_are_asked_of_a_library(tmp_path: Path, library: Library) -> None:
    put(library, *COUNCIL)
    put(library, *HARBOUR)
    questions = tmp_path / "questions.jsonl"
    questions.write_text('{"question": "What held?", "answer": "the gate"}\n', encoding="utf-8")
    dataset = own.load(questions, library)
    assert [(one.pool, list(one.gains)) for one in dataset.questions] == [
        (id_of(*HARBOUR), [f"{id_of(*HARBOUR)}:00000"])
    ]
    assert {pool.id for pool in dataset.pools} == {id_of(*COUNCIL), id_of(*HARBOUR)}


def test_the_checksum_changes_with_the_library(tmp_path: Path, library: Library) -> None:
    put(library, *HARBOUR)
    questions = tmp_path / "questions.jsonl"
    questions.write_text('{"question": "What held?", "answer": "the gate"}\n', encoding="utf-8")
    before = own.load(questions, library).checksum
    assert own.load(questions, library).checksum == before
    put(library, *COUNCIL)
    assert own.load(questions, library).checksum != before


def test_thumbs_are_judgments_of_topics(tmp_path: Path) -> None:
    (tmp_path / "topics.tsv").write_text("a\tWho keeps the key?\nb\tWhen?\n", encoding="utf-8")
    (tmp_path / "qrels.txt").write_text(
        f"a 0 {KEY} 1\na 0 77aa00bb11cc:00001 -1\nb 0 {KEY} -1\n", encoding="utf-8"
    )
    shutil.copy(FOLDER / "library.jsonl", tmp_path)
    dataset = own.load(tmp_path)
    assert [(one.id, one.pool, dict(one.gains)) for one in dataset.questions] == [
        ("a", "3f2a9c0b7d14", {KEY: 1, "77aa00bb11cc:00001": -1})
    ]
    assert [str(remark) for remark in dataset.remarks] == [
        "Questions left out because no turn is given that answers them: 1."
    ]


def test_judgments_beside_the_questions_count_before_their_turns(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    (folder / "qrels.txt").write_text(f"graded 0 {KEY} 3\n", encoding="utf-8")
    graded = own.load(folder).questions[-1]
    assert graded.gains == {KEY: 3, "3f2a9c0b7d14:00001": 0}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", r"jsonl:1: cannot read '\{'"),
        ("{}", r"jsonl:1: 'question' should be a text in quotes, not nothing"),
        ('{"question": "Q", "turns": 5}', "jsonl:1: 'turns' should be a list, not 5"),
        ('{"question": "Q", "turns": {"a": "b"}}', "jsonl:1: 'turns' should be a list of turn ids, or"),
        ('{"question": "Q", "answer": {}}', "jsonl:1: 'answer' should be a text or a number"),
        (
            '{"question": "Q", "id": "a b", "answer": "x"}',
            "jsonl:1: 'id' should be an id without white space",
        ),
        (
            '{"question": "Q", "id": "a", "answer": "x"}\n{"question": "Q", "id": "a", "answer": "x"}',
            "jsonl:2: 'id' should be",
        ),
    ],
)
def test_a_broken_question_names_its_line(tmp_path: Path, line: str, message: str) -> None:
    folder = copied(tmp_path)
    (folder / "questions.jsonl").write_text(line + "\n", encoding="utf-8")
    with pytest.raises(FormatError, match=message):
        own.load(folder)


def test_a_transcript_that_is_not_there_names_the_question(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    (folder / "questions.jsonl").write_text(
        '{"question": "Q", "answer": "x", "transcript": "Retro"}\n', encoding="utf-8"
    )
    with pytest.raises(QAError, match="q0001 names the transcript 'Retro', of which there is none"):
        own.load(folder)


@pytest.mark.parametrize(
    ("export", "message"),
    [
        ('{"id": "a"', r"library\.jsonl:1: It is broken JSON"),
        ('{"id": "a", "turns": []}\n\n{', r"library\.jsonl:3: It is broken JSON"),
        ('{"turns": []}', "transcript 1: 'id' should be a text in quotes, not nothing"),
        ('{"id": "a", "turns": [{"text": " "}]}', "a turn needs words"),
        ('{"id": "a", "turns": [], "time_kind": "noon"}', "'noon' is not a valid TimeKind"),
        ('{"id": "a", "turns": []}{"id": "a", "turns": []}', "transcript 2: 'id' should be an id"),
    ],
)
def test_a_broken_export_is_named(tmp_path: Path, export: str, message: str) -> None:
    folder = copied(tmp_path)
    (folder / "library.jsonl").write_text(export, encoding="utf-8")
    with pytest.raises(FormatError, match=message):
        own.load(folder)


def test_without_a_library_the_error_says_how_to_give_one(tmp_path: Path) -> None:
    shutil.copy(FOLDER / "questions.jsonl", tmp_path)
    with pytest.raises(QAError, match=r"Pass --library FOLDER, or put beside it, as library\.jsonl"):
        own.load(tmp_path / "questions.jsonl")


def test_an_empty_library_is_an_error(library: Library) -> None:
    with pytest.raises(QAError, match="There is no transcript to ask"):
        own.load(FOLDER, library)
