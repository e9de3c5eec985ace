from dataclasses import replace

import pytest

from qa.errors import QAError
from qa.evaluation.pairing import Pair, Side, changes, compared, pair
from qa.evaluation.plan import OutsideRun
from qa.evaluation.results import Evaluation
from qa.evaluation.runs import Run
from tests.qa.evaluation.small_evaluation import evaluation_of

# Gold first for q2; q1 has none. BM25 has q1's gold first and q2's second.
THEIRS = OutsideRun(Run("theirs", {"q2": (("harbour:D2:001", 1.0),)}), "theirs.trec", "c" * 64)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Evaluation:
    return evaluation_of(tmp_path_factory.mktemp("cache"), "bm25", outside=(THEIRS,))


def side(evaluation: Evaluation, name: str) -> Side:
    return Side(evaluation, evaluation.system(name))


def couple(found: Evaluation) -> Pair:
    return pair(side(found, "bm25"), side(found, "theirs"))


def test_every_question_has_its_change(found: Evaluation) -> None:
    both = couple(found)
    assert both.measures == ("mrr@10", "ap")
    first, second = changes(both, "mrr@10")
    assert (first.question.id, first.baseline, first.system, first.difference) == ("q1", 1.0, 0.0, -1.0)
    assert (second.question.id, second.difference) == ("q2", 0.5)
    assert (first.kind, second.kind) == ("lost", "gained")
    itself = pair(side(found, "bm25"), side(found, "bm25"))
    assert {one.kind for one in changes(itself, "ap")} == {"same"}


def test_statistics_are_those_of_the_questions_of_both(found: Evaluation) -> None:
    statistics = compared(couple(found), "mrr@10")
    assert statistics is not None
    assert (statistics.baseline, statistics.system, statistics.difference) == (0.75, 0.5, -0.25)
    assert (statistics.wins, statistics.ties, statistics.losses, statistics.clusters) == (1, 0, 1, 2)
    assert compared(couple(found), "p@3") is None


def test_two_evaluations_are_compared_on_what_both_were_asked(found: Evaluation) -> None:
    fewer = replace(found, questions=found.questions[1:], ties="asc", depth=5)
    both = pair(side(found, "bm25"), side(fewer, "theirs"))
    assert [question.id for question in both.questions] == ["q2"]
    assert both.notes == (
        "Compared are the 1 questions that both were asked, of 2.",
        "Equal scores were ordered by different rules: trec and asc.",
        "Ranked were 1,000 and 5 turns a question.",
    )
    assert [one.question.id for one in changes(both, "ap")] == ["q2"]


def test_question_of_other_words_or_judgments_is_another_question(found: Evaluation) -> None:
    first, second = found.questions
    other = replace(found, questions=(replace(first, text="Who?"), second))
    assert [one.id for one in pair(side(found, "bm25"), side(other, "bm25")).questions] == ["q2"]
    judged = replace(found, questions=(first, replace(second, gains={})))
    assert [one.id for one in pair(side(found, "bm25"), side(judged, "bm25")).questions] == ["q1"]


def test_what_does_not_compare_is_refused(found: Evaluation) -> None:
    dataset = found.dataset
    others = {
        "One was measured on small, the other on qmsum": replace(
            found, dataset=replace(dataset, name="qmsum")
        ),
        "different files of small (release 1; release 2)": replace(
            found, dataset=replace(dataset, checksum="6" * 64, release="release 2")
        ),
        "--pool transcript, the other with --pool library": replace(found, pool="library"),
        "have no question in common": replace(found, questions=(replace(found.questions[0], id="q7"),)),
        "have no measure in common": replace(found, measures=()),
    }
    for words, other in others.items():
        with pytest.raises(QAError) as refused:
            pair(side(found, "bm25"), side(other, "bm25"))
        assert words in str(refused.value)
