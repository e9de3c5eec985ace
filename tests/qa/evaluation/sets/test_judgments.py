import json
from pathlib import Path

import pytest

from qa.errors import FormatError, QAError
from qa.evaluation.bench import Bench
from qa.evaluation.evaluating import evaluate
from qa.evaluation.plan import Plan
from qa.evaluation.runs import read_qrels, read_topics
from qa.evaluation.sets import judgments, own
from qa.judgments import Asked
from qa.library import Library
from qa.retrieval import Filter
from tests.conftest import COUNCIL, HARBOUR, WordEncoder, id_of, reading_of

COUNCIL_ID, HARBOUR_ID = id_of(*COUNCIL), id_of(*HARBOUR)
ANSWER, GATE = f"{COUNCIL_ID}:00002", f"{HARBOUR_ID}:00000"


@pytest.fixture
def judged(filled: Library) -> Library:
    """Judge four questions that can be replayed, one that nothing answers, and one with no answer marked."""
    said = filled.judgments
    said.judge(Asked("Who ordered the zeppelin?"), ANSWER, 1)
    said.judge(Asked("Who ordered the zeppelin?"), GATE, 0)
    follow_up = Asked("And why?", ("And why?", "Who ordered the zeppelin? And why?"))
    said.judge(follow_up, ANSWER, 1)
    said.judge(Asked("What held?", within=Filter(transcripts=frozenset({HARBOUR_ID}))), GATE, 1)
    by_mayor = Asked("What is settled?", within=Filter(roles=frozenset({"Mayor"})))
    said.judge(by_mayor, f"{COUNCIL_ID}:00000", 1)
    said.judge(by_mayor, ANSWER, 0)  # in the reader, which shows what the filter does not let through
    said.confirm(Asked("Where is Australia?"), True)
    said.judge(Asked("Who is Dee?"), GATE, 0)
    return filled


def test_what_was_judged_is_asked_again_of_what_was_searched(judged: Library) -> None:
    dataset = judgments.load(judged)
    assert sorted((one.text, one.pool, dict(one.gains)) for one in dataset.questions) == [
        ("What held?", HARBOUR_ID, {GATE: 1}),
        ("What is settled?", "filter 1", {f"{COUNCIL_ID}:00000": 1}),
        ("Who ordered the zeppelin?", "whole library", {ANSWER: 1, GATE: 0}),
        ("Who ordered the zeppelin? And why?", "whole library", {ANSWER: 1}),
    ]
    assert {pool.id: sorted(pool.turn_ids()) for pool in dataset.pools} == {
        HARBOUR_ID: [GATE, f"{HARBOUR_ID}:00001"],
        "whole library": sorted([*(f"{COUNCIL_ID}:0000{n}" for n in range(3)), GATE, f"{HARBOUR_ID}:00001"]),
        "filter 1": [f"{COUNCIL_ID}:00000"],
    }
    assert sorted(map(str, dataset.remarks)) == [
        "Follow-ups asked together with what they follow: 1.",
        "Judged turns left out because they are not in the transcripts searched: 1.",
        "Questions asked within the filter that was in force: 2.",
        "Questions left out because no turn is given that answers them: 1.",
        "Questions left out because somebody said that nothing answers them: 1.",
    ]


def test_export_reads_back_as_the_same_questions(judged: Library, tmp_path: Path) -> None:
    files = judgments.write(judged, tmp_path / "out", transcripts=True)
    assert [file.name for file in files] == ["questions.jsonl", "qrels.trec", "topics.tsv", "library.jsonl"]
    straight, read = judgments.load(judged), own.load(tmp_path / "out")
    assert read.questions == straight.questions
    assert read.remarks == straight.remarks
    assert [(one.id, [list(one.turn_ids())]) for one in read.pools] == [
        (one.id, [list(one.turn_ids())]) for one in straight.pools
    ]
    asked_of_library = own.load(tmp_path / "out", judged)
    assert asked_of_library.questions == straight.questions


def test_other_tools_get_judgments_and_questions_in_their_forms(judged: Library, tmp_path: Path) -> None:
    judgments.write(judged, tmp_path, transcripts=False)
    assert sorted(file.name for file in tmp_path.iterdir() if file.is_file()) == [
        "qrels.trec", "questions.jsonl", "topics.tsv",
    ]  # fmt: skip
    ids = {one.asked.resolved: one.id for one in judged.judgments.all()}
    qrels = read_qrels(tmp_path / "qrels.trec")
    assert qrels[ids["Who ordered the zeppelin?"]] == {ANSWER: 1, GATE: 0}
    assert ids["Where is Australia?"] not in qrels
    assert read_topics(tmp_path / "topics.tsv") == {id_: text for text, id_ in ids.items()}
    lines = [json.loads(line) for line in (tmp_path / "questions.jsonl").read_text("utf-8").splitlines()]
    assert [line["unanswerable"] for line in lines if "unanswerable" in line] == [True]
    assert [line["asked"] for line in lines if "asked" in line] == ["And why?"]


def test_later_export_leaves_nothing_of_an_earlier_one(judged: Library, tmp_path: Path) -> None:
    judgments.write(judged, tmp_path / "out", transcripts=True)
    judged.judgments.clear()
    judged.judgments.confirm(Asked("Where is Australia?"), True)
    judgments.write(judged, tmp_path / "out", transcripts=False)
    assert sorted(file.name for file in (tmp_path / "out").iterdir()) == ["questions.jsonl", "topics.tsv"]


def test_path_that_a_transcript_came_from_is_not_exported(judged: Library, tmp_path: Path) -> None:
    judged.add(reading_of("Eve: hello"), "ffffffffffff", "/home/ana/secret/a.txt")
    judgments.write(judged, tmp_path / "out", transcripts=True)
    written = (tmp_path / "out/library.jsonl").read_text("utf-8")
    assert '"source": "a.txt"' in written
    assert "secret" not in written


def test_nothing_judged_and_nothing_answered_say_what_to_do(filled: Library, tmp_path: Path) -> None:
    with pytest.raises(QAError, match=r"Nothing is judged in .*transcript-qa serve"):
        judgments.load(filled)
    with pytest.raises(QAError, match="Nothing is judged"):
        judgments.write(filled, tmp_path / "out", transcripts=True)
    filled.judgments.judge(Asked("Who is Dee?"), GATE, 0)
    with pytest.raises(QAError, match=r"no question whose answering turns are known\. Questions left out"):
        judgments.load(filled)
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(QAError, match=r"cannot write to .*Name another folder"):
        judgments.write(filled, tmp_path / "file", transcripts=True)


def test_filter_that_is_none_names_the_line(tmp_path: Path) -> None:
    line = {"question": "Q", "turns": [GATE], "within": {"speaker": ["Ana"]}}
    (tmp_path / "questions.jsonl").write_text(json.dumps(line), encoding="utf-8")
    (tmp_path / "library.jsonl").write_text('{"id": "a", "turns": [{"text": "b"}]}', encoding="utf-8")
    with pytest.raises(FormatError, match=r"jsonl:1: 'within' should be a filter.*speaker cannot be read"):
        own.load(tmp_path)


def test_every_system_ranks_only_what_the_filter_lets_through(
    judged: Library, tmp_path: Path, encoder: WordEncoder
) -> None:
    dataset = judgments.load(judged)
    bench = Bench(dataset, tmp_path / "cache", lambda _: encoder)
    systems = ("bm25", "dense", "dense-context", "hybrid", "instant", "default")
    outcome = evaluate(bench, Plan(systems=systems, measures=("ndcg@10", "judged@10")))
    allowed = {pool.id: set(pool.turn_ids()) for pool in dataset.pools}
    for system in systems:
        for question in dataset.questions:
            ranked = set(outcome.runs[system].ranking(question.id))
            assert ranked <= allowed[question.pool], (system, question)
            assert ranked or system not in {"bm25", "dense", "hybrid"}
    settled = next(one.id for one in dataset.questions if one.text == "What is settled?")
    assert outcome.runs["default"].ranking(settled) == [f"{COUNCIL_ID}:00000"]


def test_replay_finds_as_the_library_does(judged: Library, tmp_path: Path, encoder: WordEncoder) -> None:
    dataset = judgments.load(judged)
    outcome = evaluate(Bench(dataset, tmp_path / "cache", lambda _: encoder), Plan(systems=("instant",)))
    for one in judged.judgments.all():
        if one.id in outcome.runs["instant"].rankings:
            hits = judged.retrieve(one.asked.resolved, 10, one.asked.within)
            scored = {hit.turn_id: pytest.approx(hit.score, abs=1e-5) for hit in hits}
            assert dict(outcome.runs["instant"].rankings[one.id]) == scored
