import shutil
from pathlib import Path

import pytest

from qa.errors import FormatError, QAError
from qa.evaluation.sets import trec

FOLDER = Path(__file__).parents[3] / "data/evaluation/trec"


def test_corpus_topics_and_judgments_come_together() -> None:
    dataset = trec.load(FOLDER)
    assert [(one.id, one.reading.turns[0].speaker) for one in dataset.transcripts()] == [
        ("t1", "Cy"),
        ("t2", None),
    ]
    assert [(one.id, one.text, dict(one.gains)) for one in dataset.questions] == [
        ("301", "what held", {"t1": 1, "t2": -1}),
        ("302", "what fell", {"t2": 2}),
    ]
    assert [str(remark) for remark in dataset.remarks] == [
        "Questions left out because nothing is judged for them: 1."
    ]


def test_topics_may_be_json_lines(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(FOLDER, tmp_path / "trec"))
    (folder / "topics.tsv").unlink()
    (folder / "topics.jsonl").write_text('{"qid": 301, "text": "what held"}\n', encoding="utf-8")
    dataset = trec.load(folder)
    assert [question.id for question in dataset.questions] == ["301"]
    assert "Judged questions left out because they have no text: 1." in map(str, dataset.remarks)


def test_a_folder_with_two_files_of_judgments_says_so(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(FOLDER, tmp_path / "trec"))
    shutil.copy(folder / "qrels.txt", folder / "qrels.dev.txt")
    with pytest.raises(QAError, match=r"holds 2: qrels\.dev\.txt, qrels\.txt\. Name one of them"):
        trec.load(folder)


def test_topics_in_the_old_markup_are_refused_with_the_remedy(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(FOLDER, tmp_path / "trec"))
    (folder / "topics.tsv").write_text("<top>\n<num> Number: 301\n</top>\n", encoding="utf-8")
    with pytest.raises(FormatError, match="Write a topic a line"):
        trec.load(folder)


def test_a_file_alone_is_no_collection() -> None:
    with pytest.raises(QAError, match=r"Name one with corpus\.jsonl, topics\.tsv and qrels\.txt"):
        trec.load(FOLDER / "corpus.jsonl")
