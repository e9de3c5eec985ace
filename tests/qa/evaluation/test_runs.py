from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.errors import FormatError
from qa.evaluation.runs import (
    Run,
    format_qrels,
    format_run,
    format_topics,
    format_topics_tsv,
    parse_qrels,
    parse_run,
    parse_topics,
    read_qrels,
    read_run,
    read_topics,
    write,
)
from qa.evaluation.ties import ordered

HERE = Path("some.txt")

RUN = """\
# ir_metadata: a comment, as trec_eval 10 accepts
q2 Q0 t1 1 0.5 bm25

q1\tQ0\tt1\t1\t0.25\tbm25
q1  Q0  t2  2  0.25  bm25
q1 Q0 t3 3 7e-1 bm25\r
"""


def test_a_run_is_ordered_by_score_and_then_by_id_last_first_whatever_its_ranks() -> None:
    run = parse_run(RUN, HERE)
    assert run.name == "bm25"
    assert run.rankings == {"q2": (("t1", 0.5),), "q1": (("t3", 0.7), ("t2", 0.25), ("t1", 0.25))}
    assert run.ranking("q1") == ["t3", "t2", "t1"]


def test_a_question_the_system_has_nothing_for_has_an_empty_ranking() -> None:
    assert Run("bm25", {"q1": ()}).ranking("q1") == Run("bm25", {}).ranking("q1") == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("q1 Q0 t1 1 0.5", "some.txt:1: cannot read 'q1 Q0 t1 1 0.5'. It has 5 columns. Write 6"),
        ("# c\nq1 Q0 t 1 1 0.5 bm25", "some.txt:2: cannot read 'q1 Q0 t 1 1 0.5 bm25'. It has 7 columns."),
        ("q1 Q0 t1 1 high bm25", "the score, the fifth column, as a finite number"),
        ("q1 Q0 t1 1 nan bm25", "the score, the fifth column, as a finite number"),
        ("q1 Q0 t1 1 -inf bm25", "the score, the fifth column, as a finite number"),
        ("q1 Q0 t1 1 1_0 bm25", "the score, the fifth column, as a finite number"),
        ("q1 Q0 t1 1 2 bm25\nq1 Q0 t1 2 1 bm25", "some.txt:2: .*'t1' was there before. Keep one"),
        ("q1 Q0 t1 1 2 bm25\nq1 Q0 t2 2 1 dense", "belong to run 'bm25'. Put each run in a file of its own"),
        (" #q Q0 t1 1 2 bm25", "begins with #, which marks a comment"),
        ("q1 Q0 t\0 1 2 bm25", "another unreadable character"),
        ("", "some.txt: There is no result in it. Check that the system ran."),
        ("# only\n\n", "There is no result in it"),
    ],
)
def test_a_line_that_is_no_result_names_its_place_and_the_remedy(text: str, message: str) -> None:
    with pytest.raises(FormatError, match=message):
        parse_run(text, HERE)


@pytest.mark.parametrize(
    ("name", "rankings", "message"),
    [
        ("my run", {}, "run name 'my run'"),
        ("r", {"q 1": ()}, "question id 'q 1'"),
        ("r", {"": ()}, "question id ''"),
        ("r", {"#1": ()}, "begins with #"),
        ("r", {"q": (("t\u00a01", 1.0),)}, "holds whitespace"),
        ("r", {"q": (("t", float("nan")),)}, "score of 't' for question 'q' is nan"),
        ("r", {"q": (("t", 2.0), ("t", 1.0))}, "ranking of question 'q' repeats an id"),
    ],
)
def test_a_run_that_could_not_be_read_back_cannot_be_made(
    name: str, rankings: dict[str, tuple[tuple[str, float], ...]], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        Run(name, rankings)


def test_scores_are_written_in_full_when_they_give_the_order() -> None:
    run = Run("dense", {"q": (("t1", 0.1 + 0.2), ("t3", 0.25), ("t2", 0.25))})
    assert format_run(run) == (
        "q Q0 t1 1 0.30000000000000004 dense\nq Q0 t3 2 0.25 dense\nq Q0 t2 3 0.25 dense\n"
    )


@pytest.mark.parametrize(
    "ranking",
    [
        (("t2", 0.25), ("t3", 0.25)),  # equal, and the system did not put the last id first
        (("t2", 0.25), ("t3", 0.5)),  # the order disagrees with the scores
        (("t2", 0.7 + 1e-8), ("t3", 0.7)),  # equal in 32 bits
        (("t2", 2e300), ("t3", 1e300)),  # both infinite in 32 bits
    ],
)
def test_scores_that_would_give_another_order_are_replaced_by_ranks(
    ranking: tuple[tuple[str, float], ...],
) -> None:
    run = Run("r", {"q": ranking, "other": (("t", 0.5),)})
    assert format_run(run) == "q Q0 t2 1 2.0 r\nq Q0 t3 2 1.0 r\nother Q0 t 1 0.5 r\n"
    assert parse_run(format_run(run), HERE).ranking("q") == ["t2", "t3"]


def test_scores_are_replaced_also_when_only_a_tool_with_64_bits_would_turn_them_round() -> None:
    run = Run("r", {"q": (("t3", 0.7), ("t2", 0.7 + 1e-8))})  # in 32 bits equal, so that t3 comes first
    assert format_run(run) == "q Q0 t3 1 2.0 r\nq Q0 t2 2 1.0 r\n"


def test_scores_of_numpy_are_written_as_plain_numbers() -> None:
    assert format_run(Run("r", {"q": (("t", np.float64(0.5)),)})) == "q Q0 t 1 0.5 r\n"


QRELS = "q1 0 t2 1\nq1\t0\tt1\t-1\n# c\nq2 Q0 t1 +3\n"


def test_qrels_map_questions_to_gains() -> None:
    assert parse_qrels(QRELS, HERE) == {"q1": {"t2": 1, "t1": -1}, "q2": {"t1": 3}}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("query-id\tcorpus-id\tscore", "some.txt:1: .*It has 3 columns. Write 4: question 0 id gain"),
        ("q1 0 t1 0.5", "the gain, the fourth column, as a whole number"),
        ("q1 0 t1 1\nq1 0 t1 1", "some.txt:2: .*'t1' was there before"),
        ("\n", "There is no judgment in it"),
    ],
)
def test_a_line_that_is_no_judgment_names_its_place_and_the_remedy(text: str, message: str) -> None:
    with pytest.raises(FormatError, match=message):
        parse_qrels(text, HERE)


def test_qrels_that_could_not_be_read_back_are_not_written() -> None:
    with pytest.raises(ValueError, match="begins with #"):
        format_qrels({"#1": {}})
    with pytest.raises(ValueError, match="the id 't 1' is empty or holds whitespace"):
        format_qrels({"q": {"t 1": 1}})


def test_topics_are_tab_separated_or_json_lines() -> None:
    text = '# c\nq1\tWho decided\ton Odesa?\r\n{"_id": "q2", "text": " Why? "}\n{"id": 3, "text": "When?"}\n'
    text += '{"qid": "4", "text": "Where?", "more": [1]}\n'
    assert parse_topics(text, HERE) == {
        "q1": "Who decided\ton Odesa?",
        "q2": "Why?",
        "3": "When?",
        "4": "Where?",
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("q1 Who decided?", "some.txt:1: cannot read 'q1 Who decided.'. Put a tab between"),
        ("q 1\tWho?", "question id 'q 1' is empty or holds whitespace"),
        ("q1\t ", "Give the question a text"),
        ("q1\tWho?\nq1\tWhy?", "some.txt:2: .*'q1' was there before"),
        ('{"_id": "q1", "text": "Who?"', "one whole JSON object"),
        ("{" * 100_000, "one whole JSON object"),
        ('{"_id": "q1", "question": "Who?"}', 'Write it as {"_id": "q1", "text": "who asked.".'),
        ('{"_id": true, "text": "Who?"}', 'Write it as {"_id": "q1"'),
        ('{"text": "Who?"}', 'Write it as {"_id": "q1"'),
        ('{"_id": "q1", "text": "\\ud83d"}', 'Write it as {"_id": "q1"'),
        ("", "There is no question in it"),
    ],
)
def test_a_line_that_is_no_question_names_its_place_and_the_remedy(text: str, message: str) -> None:
    with pytest.raises(FormatError, match=message):
        parse_topics(text, HERE)


def test_a_text_that_fits_no_line_of_tsv_is_refused_there() -> None:
    assert format_topics_tsv({"q1": " a\tb "}) == "q1\ta\tb\n"
    with pytest.raises(ValueError, match="question 'q1' does not fit a line of TSV; write JSON lines"):
        format_topics_tsv({"q1": "a\nb"})
    with pytest.raises(ValueError, match="question 'q1' has no text"):
        format_topics({"q1": " "})


def test_files_are_read_as_they_were_written(tmp_path: Path) -> None:
    file = tmp_path / "file"
    write(RUN, file)
    assert read_run(file) == parse_run(RUN, file)
    write("\ufeff" + QRELS, file)  # some editors put a byte-order mark
    assert read_qrels(file) == parse_qrels(QRELS, file)
    write("q1\tWho?", file)
    assert read_topics(file) == {"q1": "Who?"}


def test_a_file_that_cannot_be_read_is_named_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "latin").write_bytes(b"q1\tCaf\xe9?\n")
    with pytest.raises(FormatError, match=r"latin: It is not UTF-8 .*Save it as UTF-8"):
        read_topics(tmp_path / "latin")
    with pytest.raises(FormatError, match=r"nowhere: It cannot be opened: No such file"):
        read_run(tmp_path / "nowhere")


IDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=6).filter(
    lambda id_: id_.split() == [id_] and not {"\0", "\ufeff"} & set(id_)
)
QUESTIONS = IDS.filter(lambda id_: id_[0] not in "#{")
FINITE = st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from([0.5, 0.5 + 1e-12, 0.25])
RANKINGS = st.lists(st.tuples(IDS, FINITE), min_size=1, max_size=6, unique_by=lambda row: row[0]).map(tuple)
RUNS = st.builds(Run, IDS, st.dictionaries(QUESTIONS, RANKINGS, min_size=1, max_size=3))


@given(run=RUNS)
def test_a_run_written_and_read_has_the_same_order(run: Run) -> None:
    back = parse_run(format_run(run), HERE)
    assert back.name == run.name
    assert {q: back.ranking(q) for q in back.rankings} == {q: run.ranking(q) for q in run.rankings}
    # and stays as it is from then on, scores and all
    assert parse_run(format_run(back), HERE) == back


@given(run=RUNS)
def test_the_order_survives_tools_that_keep_32_bits_of_a_score(run: Run) -> None:
    for question, ranking in parse_run(format_run(run), HERE).rankings.items():
        with np.errstate(over="ignore"):
            short = {id_: float(np.float32(score)) for id_, score in ranking}
        assert ordered(short) == run.ranking(question)


@given(qrels=st.dictionaries(QUESTIONS, st.dictionaries(IDS, st.integers(-9, 9), min_size=1), min_size=1))
def test_qrels_written_and_read_are_the_same(qrels: dict[str, dict[str, int]]) -> None:
    assert parse_qrels(format_qrels(qrels), HERE) == qrels


TEXTS = st.text(st.characters(exclude_categories=["Cs"])).map(str.strip).filter(bool)


@given(topics=st.dictionaries(QUESTIONS, TEXTS, min_size=1))
def test_topics_written_and_read_are_the_same(topics: dict[str, str]) -> None:
    assert parse_topics(format_topics(topics), HERE) == topics
    flat = {question: text.replace("\n", " ") for question, text in topics.items()}
    assert parse_topics(format_topics_tsv(flat), HERE) == flat
