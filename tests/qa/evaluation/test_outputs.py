import json
from pathlib import Path

import pytest

from qa.errors import QAError
from qa.evaluation.bench import Bench
from qa.evaluation.cards import tag
from qa.evaluation.evaluating import Outcome, evaluate
from qa.evaluation.outputs import read_evaluation, write_file, write_outcome
from qa.evaluation.plan import OutsideRun, Plan
from qa.evaluation.runs import Run, read_qrels, read_run, read_topics
from qa.evaluation.tables import Table, comparison, head_lines, markdown, quality, slices, terminal_text
from tests.conftest import WordEncoder
from tests.qa.evaluation.small_set import WALL, ZEPPELIN, small_set

THEIRS = Run("theirs", {"q1": (("council:00001", 2.0), ("council:00002", 1.0))})


@pytest.fixture
def outcome(tmp_path: Path) -> Outcome:
    """Compare BM25 with an outside run that has the gold second and misses a question."""
    bench = Bench(small_set(), tmp_path / "cache", lambda name: WordEncoder(name or "words"))
    plan = Plan(
        ("bm25",),
        (OutsideRun(THEIRS, "theirs.trec", "c" * 64),),
        measures=("mrr@10", "ap"),
        command="transcript-qa …",
    )
    return evaluate(bench, plan)


def test_files_can_be_scored_again(outcome: Outcome, tmp_path: Path) -> None:
    files = write_outcome(outcome, tmp_path / "out")
    assert sorted(str(file.relative_to(tmp_path / "out")) for file in files) == [
        "bm25/card.json", "bm25/questions.jsonl", "bm25/run.trec", "comparison.csv", "comparison.md",
        "costs.csv", "evaluation.json", "measures.csv", "qrels.trec", "questions.csv", "report.html",
        "slices.csv", "summary.json", "theirs/card.json", "theirs/questions.jsonl", "theirs/run.trec",
        "topics.jsonl",
    ]  # fmt: skip
    run = read_run(tmp_path / "out/bm25/run.trec")
    assert {question: run.ranking(question) for question in ("q1", "q2")} == {
        "q1": ["council:00002", "council:00001", "council:00003", "council:00000"],
        "q2": ["harbour:D1:002", "harbour:D2:001", "harbour:D2:002", "harbour:D1:001"],
    }
    assert read_qrels(tmp_path / "out/qrels.trec") == {"q1": dict(ZEPPELIN.gains), "q2": dict(WALL.gains)}
    assert read_topics(tmp_path / "out/topics.jsonl") == {"q1": ZEPPELIN.text, "q2": WALL.text}
    assert read_evaluation(tmp_path / "out/evaluation.json") == outcome.evaluation
    assert read_evaluation(tmp_path / "out") == outcome.evaluation


def test_each_question_is_a_line_with_its_values_and_what_was_ranked(
    outcome: Outcome, tmp_path: Path
) -> None:
    write_outcome(outcome, tmp_path)
    lines = (tmp_path / "theirs/questions.jsonl").read_text(encoding="utf-8").splitlines()
    first, second = map(json.loads, lines)
    assert first["values"] == {"mrr@10": 0.5, "ap": 0.5}
    assert first["best"][1] == {
        "rank": 2, "turn_id": "council:00002", "score": 1.0, "gain": 1, "parts": [], "sentence": None,
        "speaker": "Ana", "text": "Nobody ordered a zeppelin.",
    }  # fmt: skip
    assert (second["id"], second["values"], second["best"]) == ("q2", {"mrr@10": 0.0, "ap": 0.0}, [])


def test_the_card_has_the_numbers_beside_what_shaped_them(outcome: Outcome, tmp_path: Path) -> None:
    write_outcome(outcome, tmp_path)
    card = json.loads((tmp_path / "theirs/card.json").read_text(encoding="utf-8"))
    assert (card["run"], card["checksum"]) == ("theirs.trec", "c" * 64)
    assert card["measures"]["mrr@10"] == {"micro": 0.25, "macro": 0.25, "questions": 2}
    assert card["dataset"]["gold"] == "the turns named, with gain 1"
    assert card["command"] == "transcript-qa …"
    assert card["notes"][-1] == "1 of 2 questions have no results and count 0."


def test_systems_whose_folders_would_share_a_name_are_told_apart(tmp_path: Path) -> None:
    bench = Bench(small_set(), tmp_path / "cache", lambda name: WordEncoder(name or "words"))
    outcome = evaluate(bench, Plan(("dense@a/b", "dense@a-b"), measures=("ap",)))
    write_outcome(outcome, tmp_path / "out")
    assert read_run(tmp_path / "out/dense@a-b/run.trec").name == "dense@a-b"
    assert (tmp_path / "out/dense@a-b~1/run.trec").is_file()


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(QAError, match=r"cannot be written: .* Name another place\."):
        write_file("text", tmp_path / "file" / "run.trec")


NOT_OURS = "is no evaluation that can be read: it is not an evaluation as transcript-qa evaluate writes it"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "is no evaluation that can be read: Expecting value: line 1 column 1"),
        ("[]", NOT_OURS),
        ('{"format": 0}', NOT_OURS),
        ('{"format": 1}', NOT_OURS),
        ('{"format": 1, "dataset": {"known_errors": [], "remarks": []}}', NOT_OURS),
    ],
)
def test_what_is_no_evaluation_is_told_with_a_remedy(text: str, complaint: str, tmp_path: Path) -> None:
    file = tmp_path / "evaluation.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(QAError) as refused:
        read_evaluation(file)
    assert complaint in str(refused.value)
    assert "Name the evaluation.json that transcript-qa evaluate --out wrote" in str(refused.value)


def test_an_evaluation_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(QAError, match=r"evaluation\.json cannot be read: No such file"):
        read_evaluation(tmp_path)


def test_names_fit_runs_and_folders() -> None:
    assert [tag(name) for name in ("bm25", "dense@a/b c", "../..", "model:x")] == [
        "bm25", "dense@a-b-c", "run", "model:x",
    ]  # fmt: skip


def test_a_row_a_system_a_column_a_measure(outcome: Outcome) -> None:
    # BM25 has the gold first and second; theirs second and not at all.
    assert quality(outcome.evaluation).text() == (
        "Means over questions (micro), times 100\n"
        "system  MRR@10    AP\n"
        "bm25      75.0  75.0\n"
        "theirs    25.0  25.0"
    )


def test_columns_are_as_wide_as_they_must_be_and_heads_stand_on_several_lines() -> None:
    table = Table("Title", ("name", "a head"), (("x", "1,000"), ("longer", "–")))
    assert table.text() == "Title\n            a\nname     head\nx       1,000\nlonger      –"
    assert table.markdown() == "Title\n\n| name | a head |\n| --- | --: |\n| x | 1,000 |\n| longer | – |"
    assert Table("T", ("a|b",), ()).markdown().splitlines()[2] == "| a\\|b |"


def test_slices_with_more_than_one_group_have_a_table(outcome: Outcome) -> None:
    (by_type,) = slices(outcome.evaluation)
    assert by_type.heads == ("type", "questions", "bm25", "theirs")
    assert by_type.rows == (("person", "1", "100.0", "50.0"), ("time", "1", "50.0", "0.0"))


def test_what_must_stand_beside_a_number_stands_above_it(outcome: Outcome) -> None:
    assert head_lines(outcome.evaluation) == [
        "small: release 1; Small set (us, 2026)",
        "size: 3 transcripts in 2 pools, 8 turns, 2 questions",
        f"checksum: SHA-256 {'5' * 64}",
        "gold: the turns named, with gain 1",
        "pool: transcript, each question is asked of its own pool, such as its transcript",
        "ties: trec, equal scores by id, last first, as trec_eval does",
        "depth: 1,000 turns a question; a question without results counts 0",
        "our settings were tuned on: nothing of it",
        "read: Questions left out: 1.",
    ]


def test_a_comparison_has_every_statistic(outcome: Outcome) -> None:
    table = comparison(outcome.evaluation, "mrr@10")
    assert table.title == "MRR@10 against bm25, times 100"
    ((name, difference, _, _, _, size, *counts),) = table.rows
    # Both differences are one half: no spread, so no effect size, and no t-test.
    assert (name, difference, size, counts) == ("theirs", "-50.0", "–", ["0", "0", "2"])


def test_text_for_a_terminal_has_tables_warnings_and_the_worst_losses(outcome: Outcome) -> None:
    text = terminal_text(outcome.evaluation)
    for part in (
        "Means over questions (micro)",
        "Means of the means of 2 pools (macro)",
        "What it costs",
        "- theirs: 1 of 2 questions have no results and count 0.",
        "Where theirs lost most against bm25 (MRR@10)\n  100.0 to 50.0  q1  Who ordered the zeppelin?\n"
        "      bm25: [relevant] council:00002 Ana: Nobody ordered a zeppelin.\n"
        "      theirs: [not judged] council:00001 Ben: And the zeppelin?",
        "      theirs: nothing",
    ):
        assert part in text


def test_markdown_shows_losses_side_by_side(outcome: Outcome) -> None:
    text = markdown(outcome.evaluation)
    assert (
        "MRR@10 by the order of equal scores, times 100\n\n"
        "| system | trec | asc | average | pessimistic | spread |\n| --- | --: | --: | --: | --: | --: |\n"
        "| bm25 | 75.0 | 75.0 | 75.0 | 75.0 | 0.0 |"
    ) in text
    assert text.startswith("# small: release 1\n\n    transcript-qa …\n\n- small: release 1;")
    assert (
        "## q1: Who ordered the zeppelin?\n\nMRR@10 100.0 with bm25, 50.0 with theirs\n\n"
        "| rank | bm25 | theirs |\n| --- | --: | --: |\n"
        "| 1 | [relevant] council:00002 Ana: Nobody ordered a zeppelin. | [not judged] council:00001 Ben: "
        "And the zeppelin? |"
    ) in text
