from dataclasses import replace

import numpy as np
import pytest

from qa.retrieval.priors import ASKING, BREVITY, about_asking, prior
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
    ],
)
def test_question_about_what_was_asked(question: str) -> None:
    assert about_asking(question)


@pytest.mark.parametrize("question", ["What is NSATU?", "Who started the war?", "How large is the task?", ""])
def test_question_about_anything_else(question: str) -> None:
    assert not about_asking(question)


def test_asking_and_brevity_are_moved_down() -> None:
    assert prior("What is NSATU?", TABLE, ROWS) == pytest.approx([-ASKING, -ASKING, 0, -BREVITY / 2])


def test_question_about_asking_moves_askers_up_and_those_there_to_ask_furthest() -> None:
    assert prior("What did they ask?", TABLE, ROWS) == pytest.approx([2 * ASKING, ASKING, 0, -BREVITY / 2])


def test_without_anyone_there_to_ask_only_the_form_counts() -> None:
    table = replace(TABLE, role=np.full(4, -1), roles=())
    assert prior("What did they ask?", table, ROWS) == pytest.approx([ASKING, ASKING, 0, -BREVITY / 2])


def test_rows_come_in_the_order_asked_for() -> None:
    assert prior("What is NSATU?", TABLE, np.array([3, 0])) == pytest.approx([-BREVITY / 2, -ASKING])
