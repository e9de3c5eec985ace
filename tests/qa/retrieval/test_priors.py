from dataclasses import replace

import numpy as np
import pytest

from qa.retrieval.priors import WANTED, about_asking, asking, brevity, length, wanted_question
from qa.types import QUESTIONER
from tests.qa.retrieval.test_views import table_of

TABLE = replace(
    table_of(
        (0, None, QUESTIONER),  # row 0: asks, and is there to ask
        (0, "Ana", None),  # row 1: asks back
        (0, "Ana", None),  # row 2: says something
        (0, "Ben", None),  # row 3: six words, half of what counts as saying something
        dates=("2025",),
    ),
    asks=np.array([True, True, False, False]),
    length=np.array([20, 12, 30, 6]),
)
ROWS = np.arange(4)


@pytest.mark.parametrize(
    "question",
    [
        "What did a journalist ask about the Black Sea?",
        "Did a reporter ask whether the mayor would step down?",
        "Which questions were about money?",
        "Who asked about Abel's cottage?",
        "记者问了什么？",
        "記者は何を質問しましたか。",
        "기자는 무엇을 물었습니까?",
        "О чём спросил журналист?",
        "Що запитала журналістка?",
        "Τι ρώτησε ο δημοσιογράφος;",
        "ماذا سأل الصحفي؟",
        "מה שאל העיתונאי?",
        "पत्रकार ने क्या पूछा?",
        "Was hat die Journalistin gefragt?",
    ],
)
def test_question_about_what_was_asked(question: str) -> None:
    assert about_asking(question)


@pytest.mark.parametrize(
    "question", ["What is NSATU?", "Who started the war?", "How large is the task?", "最大的问题是什么？", ""]
)
def test_question_about_anything_else(question: str) -> None:
    assert not about_asking(question)


def test_what_asks_and_what_is_brief_are_told() -> None:
    assert asking("What is NSATU?", TABLE, ROWS).tolist() == [1, 1, 0, 0]
    assert brevity(TABLE, ROWS).tolist() == [0, 0, 0, 0.5]
    assert length(TABLE, ROWS) == pytest.approx(np.log1p([20, 12, 30, 6]) / np.log(101))
    assert wanted_question("What is NSATU?", TABLE, ROWS).tolist() == [0, 0, 0, 0]


def test_question_about_asking_moves_askers_up_and_those_there_to_ask_furthest() -> None:
    assert asking("What did they ask?", TABLE, ROWS).tolist() == [0, 0, 0, 0]
    assert wanted_question("What did they ask?", TABLE, ROWS) == pytest.approx([2 * WANTED, WANTED, 0, 0])


def test_without_anyone_there_to_ask_only_the_form_counts() -> None:
    table = replace(TABLE, role=np.full(4, -1), roles=())
    assert wanted_question("What did they ask?", table, ROWS) == pytest.approx([WANTED, WANTED, 0, 0])


def test_rows_come_in_the_order_asked_for() -> None:
    assert brevity(TABLE, np.array([3, 0])).tolist() == [0.5, 0]
    assert asking("What is NSATU?", TABLE, np.array([3, 0])).tolist() == [0, 1]
