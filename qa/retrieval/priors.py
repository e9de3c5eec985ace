"""What is known of a passage before its words are compared with the question.

In an interview or a press conference the turn most like a question is the one in which it was asked; what
people want is the answer after it. And "Yes." between two good passages shares their context without saying
anything. Both are moved down a little; a question about questions ("what did the journalist ask?") turns the
first rule round.
"""

import re

import numpy as np

from qa.retrieval.views import PassageTable, Rows, Scores
from qa.types import QUESTIONER

# Best of those tried on the development data with `benchmarks/quality.py`: 0 to 0.15 and 0 to 0.2.
ASKING = 0.1
BREVITY = 0.1
# Share of what a question's own words earn that goes to the answer after it: nDCG@10 on LoCoMo's sample
# 61.4 -> 65.4, on FriendsQA 70.3 -> 70.7, on QMSum val 38.1 -> 37.7.
CREDIT = 0.5
FULL_LENGTH = 12  # words from which a passage counts as saying something

_ABOUT_ASKING = re.compile(
    r"\b(ask|asks|asked|asking|question|questions|questioned|journalists?|reporters?|questioners?)\b",
    re.IGNORECASE,
)


def about_asking(question: str) -> bool:
    """Say whether a question wants to know what somebody asked."""
    return _ABOUT_ASKING.search(question) is not None


def prior(question: str, table: PassageTable, rows: Rows) -> Scores:
    """Return what to add to the score of each row; 0 for an ordinary passage."""
    asks = table.asks[rows].astype(np.float32)
    if not about_asking(question):
        added = -ASKING * asks
    else:
        questioner = table.roles.index(QUESTIONER) if QUESTIONER in table.roles else -2
        added = ASKING * (asks + (table.role[rows] == questioner))
    short = np.clip(1 - table.length[rows] / FULL_LENGTH, 0, 1)
    return (added - BREVITY * short).astype(np.float32)
