import shutil
from pathlib import Path

import pytest

from qa.errors import FormatError, QAError
from qa.evaluation.sets import beir

DATA = Path(__file__).parents[3] / "data/evaluation"


def copied(tmp_path: Path, name: str = "beir") -> Path:
    return Path(shutil.copytree(DATA / name, tmp_path / name))


def test_each_document_is_a_turn_with_its_title_before_the_text() -> None:
    dataset = beir.load(DATA / "beir")
    assert [(one.turn_ids, one.reading.turns[0].text) for one in dataset.transcripts()] == [
        (("d1",), "Lids A lid keeps the dust out."),
        (("d2",), "Boats need paint."),
        (("d3",), "Basil wants sun."),
    ]
    assert [pool.id for pool in dataset.pools] == ["all"]


def test_gains_are_those_judged_and_unknown_documents_are_dropped() -> None:
    dataset = beir.load(DATA / "beir")
    assert [(one.id, one.text, dict(one.gains)) for one in dataset.questions] == [
        ("q1", "what keeps dust out", {"d1": 2, "d2": 0}),
        ("q2", "what wants sun", {"d3": 1}),
    ]
    assert [str(remark) for remark in dataset.remarks] == [
        "Judgments left out because their document is not searched: 1.",
        "Questions left out because nothing is judged for them: 1.",
    ]


@pytest.mark.parametrize("path", ["beir/dev", "beir/qrels/dev.tsv"])
def test_the_path_may_name_another_split(path: str) -> None:
    assert [question.id for question in beir.load(DATA / path).questions] == ["q3"]


def test_a_split_that_is_not_there_is_an_error_that_lists_those_there_are() -> None:
    with pytest.raises(QAError, match=r"train does not exist\. Name a split of .*beir: dev, test"):
        beir.load(DATA / "beir/train")


def test_candidates_make_a_pool_and_equal_ones_the_same() -> None:
    dataset = beir.load(DATA / "beir_candidates")
    assert [(pool.id, [one.id for one in pool.transcripts]) for pool in dataset.pools] == [
        ("candidates:q1", ["d1", "d2"]),
        ("candidates:q2", ["d2", "d1"]),
        ("candidates:q3", ["d3", "d4"]),
        ("all", ["d1", "d2", "d3", "d4", "d5"]),
    ]
    assert [(one.id, one.pool, dict(one.gains)) for one in dataset.questions] == [
        ("q1", "candidates:q1", {"d2": 1}),
        ("q2", "candidates:q2", {"d1": 1}),
        ("q3", "candidates:q3", {"d4": 1}),
    ]
    assert [str(remark) for remark in dataset.remarks] == [
        "Candidates that are no document: 1.",
        "Judgments left out because their document is not searched: 1.",
    ]


def test_questions_with_equal_candidates_share_a_pool(tmp_path: Path) -> None:
    folder = copied(tmp_path, "beir_candidates")
    (folder / "candidates.jsonl").write_text(
        "".join(f'{{"query-id": "q{n}", "corpus-ids": ["d4", "d1", "d2"]}}\n' for n in (1, 2, 3)),
        encoding="utf-8",
    )
    assert [pool.id for pool in beir.load(folder).pools] == ["candidates:q1", "all"]


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        ("corpus.jsonl", '{"_id": "a b", "text": "x"}\n', r"corpus\.jsonl:1: '_id' should be an id without"),
        ("corpus.jsonl", '{"text": "x"}\n', r"corpus\.jsonl:1: '_id' should be an id without"),
        (
            "corpus.jsonl",
            '{"_id": "a"}\n',
            r"corpus\.jsonl:1: 'text' should be a text in quotes, not nothing",
        ),
        ("corpus.jsonl", '{"_id": "a", "text": "x"}\n' * 2, r"corpus\.jsonl:2: the id 'a' was there before"),
        ("corpus.jsonl", "[]\n", r"corpus\.jsonl:1: cannot read '\[\]'\. Write one whole JSON object"),
        ("corpus.jsonl", "\n", "There is no document in it"),
        ("queries.jsonl", '{"_id": "q1"}\n', r"queries\.jsonl:1: cannot read"),
        ("qrels/test.tsv", "q1 d1 1\nq1 d1 1\n", r"test\.tsv:2: cannot read .*split by tabs"),
        ("qrels/test.tsv", "h\th\th\nq1\td1\tgood\n", r"test\.tsv:2: cannot read .*whole number"),
        ("qrels/test.tsv", "q1\td1\t1\nq1\td1\t0\n", r"test\.tsv:2: cannot read .*judged before"),
    ],
)
def test_a_broken_line_names_its_file_and_place(tmp_path: Path, file: str, text: str, message: str) -> None:
    folder = copied(tmp_path)
    (folder / file).write_text(text, encoding="utf-8")
    with pytest.raises(FormatError, match=message):
        beir.load(folder)


def test_judgments_need_no_line_of_heads_and_may_be_written_with_a_point(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    (folder / "qrels/test.tsv").write_text("q1\td1\t1.0\nq2\td3\t2\n", encoding="utf-8")
    assert [dict(question.gains) for question in beir.load(folder).questions] == [{"d1": 1}, {"d3": 2}]
