import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest

from qa.evaluation.bench import Bench
from qa.evaluation.csv_tables import csv_files, safe
from qa.evaluation.evaluating import evaluate
from qa.evaluation.plan import OutsideRun, Plan
from qa.evaluation.results import Evaluation
from qa.evaluation.runs import Run
from tests.conftest import WordEncoder
from tests.qa.evaluation.small_set import small_set

THEIRS = Run("theirs", {"q1": (("council:00001", 2.0), ("council:00002", 1.0))})


@pytest.fixture
def evaluation(tmp_path: Path) -> Evaluation:
    bench = Bench(small_set(), tmp_path, lambda name: WordEncoder(name or "words"))
    outside = OutsideRun(THEIRS, "theirs.trec", "c" * 64)
    return evaluate(bench, Plan(("bm25",), (outside,), measures=("mrr@10", "span-hit@1"))).evaluation


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def test_means_over_questions_and_pools(evaluation: Evaluation) -> None:
    # The span of q1 is the two turns that either system ranks first; q2 has none.
    assert csv_files(evaluation)["measures.csv"] == (
        "system,measure,label,micro,macro,questions,pools\n"
        "bm25,mrr@10,MRR@10,0.75,0.75,2,2\n"
        "bm25,span-hit@1,span hit@1,1.0,1.0,1,1\n"
        "theirs,mrr@10,MRR@10,0.25,0.25,2,2\n"
        "theirs,span-hit@1,span hit@1,1.0,1.0,1,1\n"
    )


def test_a_row_a_question_and_system_with_all_measures(evaluation: Evaluation) -> None:
    assert csv_files(evaluation)["questions.csv"] == (
        "question,text,pool,type,gold,relevant,system,mrr@10,span-hit@1\n"
        "q1,Who ordered the zeppelin?,council,person,01,1,bm25,1.0,1.0\n"
        "q1,Who ordered the zeppelin?,council,person,01,1,theirs,0.5,1.0\n"
        "q2,When did the wall break?,harbour,time,01,1,bm25,0.5,\n"
        "q2,When did the wall break?,harbour,time,01,1,theirs,0.0,\n"
    )


def test_a_comparison_in_full(evaluation: Evaluation) -> None:
    first, second = rows(csv_files(evaluation)["comparison.csv"])[:2]
    assert dict(zip(first, second, strict=True)) == {
        "measure": "mrr@10", "baseline": "bm25", "system": "theirs", "questions": "2", "clusters": "2",
        "baseline_mean": "0.75", "system_mean": "0.25", "difference": "-0.5", "low": "-0.5", "high": "-0.5",
        "level": "0.95", "effect_size": "", "t": "", "p_t_test": "", "p_t_test_holm": "",
        "p_randomisation": "0.5", "p_randomisation_holm": "0.5", "wins": "0", "ties": "0", "losses": "2",
    }  # fmt: skip


def test_slices_and_costs(evaluation: Evaluation) -> None:
    made = csv_files(evaluation)
    assert rows(made["slices.csv"])[1:3] == [
        ["bm25", "mrr@10", "type", "person", "1.0", "1"], ["bm25", "mrr@10", "type", "time", "0.5", "1"],
    ]  # fmt: skip
    heads, bm25 = rows(made["costs.csv"])  # an outside run has none
    assert len(heads) == len(bm25) == 21
    told = dict(zip(heads, bm25, strict=True))
    costs = evaluation.systems[0].costs
    assert costs is not None
    assert (told["system"], told["turns_per_second"], told["depth"]) == ("bm25", "", "30")
    assert float(told["search_ms_p95"]) == costs.search.p95
    assert float(told["total_ms_p50"]) == costs.total.p50


def test_a_table_without_rows_is_left_out(evaluation: Evaluation) -> None:
    alone = replace(evaluation, systems=evaluation.systems[1:], contrasts=())
    assert list(csv_files(alone)) == ["measures.csv", "slices.csv", "questions.csv"]


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "－1", "=HYPERLINK('x')"]
)
def test_no_text_is_a_formula(text: str) -> None:
    assert safe(text) == f"'{text}"


@pytest.mark.parametrize("cell", ["a=1", "", "Who?", -0.5, 3, None])
def test_other_cells_stay_as_they_are(cell: str | float | None) -> None:
    assert safe(cell) is cell


def test_texts_of_a_data_set_are_made_safe_and_numbers_stay_numbers(evaluation: Evaluation) -> None:
    questions = tuple(replace(one, text='=cmd|"/c calc"!A1,\n"x"') for one in evaluation.questions)
    made = csv_files(replace(evaluation, questions=questions))
    assert rows(made["questions.csv"])[1][1] == '\'=cmd|"/c calc"!A1,\n"x"'
    assert ",-0.5,-0.5,-0.5,0.95," in made["comparison.csv"]
