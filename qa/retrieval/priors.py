"""What is known of a passage before its words are compared with the question.

In an interview or a press conference the turn most like a question is the one in which it was asked; what
people want is the answer after it. And "Yes." between two good passages shares their context without saying
anything. A question about questions ("what did the journalist ask?") turns the first rule round.
"""

import re

import numpy as np

from qa.retrieval.views import PassageTable, Rows, Scores
from qa.types import QUESTIONER

# Not learned: no question of the training data is about what was asked.
WANTED = 0.1
FULL_LENGTH = 12  # words from which a passage counts as saying something
_LONG = 100  # words of the longest passages

_ABOUT_ASKING = re.compile(
    r"\b(ask|asks|asked|asking|question|questions|questioned|journalists?|reporters?|questioners?)\b",
    re.IGNORECASE,
)
# The same in other languages, without words that mean "problem" or "request" too, as 问题 and "demande" do.
_ABOUT_ASKING_ELSEWHERE = re.compile(
    r"记者|記者|提问|提問|質問|尋ね|기자|질문|журналист|журналіст|спросил|спрашивал|запитав|запитал"
    r"|δημοσιογράφ|ρώτησ|صحفي|صحافي|سأل|עיתונאי|שאל|पत्रकार|पूछा|นักข่าว|journalist(?:e|en|in)\b|gefragt|periodista"
    r"|gazeteci",
    re.IGNORECASE,
)


def about_asking(question: str) -> bool:
    """Say whether a question wants to know what somebody asked."""
    return bool(_ABOUT_ASKING.search(question) or _ABOUT_ASKING_ELSEWHERE.search(question))


def asking(question: str, table: PassageTable, rows: Rows) -> Scores:
    """Return 1 for a passage that asks something, unless the question is about what was asked."""
    if about_asking(question):
        return np.zeros(len(rows), dtype=np.float32)
    return table.asks[rows].astype(np.float32)


def wanted_question(question: str, table: PassageTable, rows: Rows) -> Scores:
    """Return what passages that ask have added to their score when a question is about what was asked."""
    if not about_asking(question):
        return np.zeros(len(rows), dtype=np.float32)
    questioner = table.roles.index(QUESTIONER) if QUESTIONER in table.roles else -2
    asks = table.asks[rows].astype(np.float32)
    wanted: Scores = (WANTED * (asks + (table.role[rows] == questioner))).astype(np.float32)
    return wanted


def brevity(table: PassageTable, rows: Rows) -> Scores:
    """Return how much a passage lacks of saying something: 0 from twelve words on, 1 for none."""
    lacking: Scores = np.clip(1 - table.length[rows] / FULL_LENGTH, 0, 1).astype(np.float32)
    return lacking


def length(table: PassageTable, rows: Rows) -> Scores:
    """Return the logarithm of a passage's words, 1 for a hundred."""
    words: Scores = np.clip(np.log1p(table.length[rows]) / np.log1p(_LONG), 0, 1).astype(np.float32)
    return words
