"""Follow-up questions: what to search for when a question leans on the one before it."""

import re
from collections.abc import Sequence

from qa.retrieval.lexical import words

# Words that point back at somebody spoken of before, and words that may only seem to ("Is it safe to swim?").
_SOMEBODY = re.compile(r"\b(he|she|they|him|her|them|his|hers|their|theirs|former|latter)\b", re.IGNORECASE)
_SOMETHING = re.compile(r"\b(it|its|that|this|those|these|there|then|one|ones|same|else)\b", re.IGNORECASE)
_GOES_ON = re.compile(
    r"^\W*(and|but|so|or|also|then|why|how so|what about|how about|what else|who else|when|where)\b",
    re.IGNORECASE,
)
_FEW_WORDS = 3


def leans_on_history(question: str) -> bool:
    """Say whether a question needs the one before it to be understood.

    It does when it goes on ("And why?"), points back ("What did he say?"), or names next to nothing.
    """
    content = len(words(question))
    if content <= _FEW_WORDS and (_GOES_ON.match(question) or _SOMETHING.search(question)):
        return True
    return content == 0 or (content <= 2 * _FEW_WORDS and _SOMEBODY.search(question) is not None)


def wordings(question: str, previous: Sequence[str]) -> tuple[str, ...]:
    """Return what to search for: the question alone, and for a follow-up also with what it follows.

    Args:
        question: As asked.
        previous: The questions before it in the same conversation, oldest first.

    Returns:
        One or two wordings, the question itself first. The second puts before it the question it follows
        and, while that leans back too, the ones before.
    """
    if not previous or not leans_on_history(question):
        return (question,)
    chain = [question]
    for earlier in reversed(previous):
        chain.insert(0, earlier)
        if not leans_on_history(earlier):
            break
    return (question, " ".join(chain))
