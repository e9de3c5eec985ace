"""Follow-up questions: what to search for when a question leans on the one before it."""

import re
from collections.abc import Sequence

from qa.retrieval.lexical import words
from qa.writing import count_words

# Words that point back at somebody spoken of before, and words that may only seem to ("Is it safe to swim?").
_SOMEBODY = re.compile(r"\b(he|she|they|him|her|them|his|hers|their|theirs|former|latter)\b", re.IGNORECASE)
_SOMETHING = re.compile(r"\b(it|its|that|this|those|these|there|then|one|ones|same|else)\b", re.IGNORECASE)
_GOES_ON = re.compile(
    r"^\W*(and|but|so|or|also|then|why|how so|what about|how about|what else|who else|when|where)\b",
    re.IGNORECASE,
)
# The same in other languages: how a question goes on, and pronouns.
_GOES_ON_ELSEWHERE = re.compile(
    r"^\W*(?:(?:(?:und )?(?:warum|wieso|wann)|und (?:wer|wo|wie|was)|(?:et )?(?:pourquoi|quand)"
    r"|et (?:qui|où|comment)|(?:y )?(?:por qué|cuándo)|y (?:quién|dónde|cómo)|perché|neden|niye|peki|ne zaman"
    r"|а|и|но|почему|когда|зачем|де|коли|чому|και|γιατί|πότε|لماذا|متى|أين|למה|ולמה|מתי|איפה|और|क्यों|कब)\b"
    r"|那|为什么|為什麼|为何|然后|還有|还有|なぜ|どうして|それで|では|じゃあ|왜|그럼|그리고|ทำไม|แล้ว|ولماذا|ومتى)",
    re.IGNORECASE,
)
_SOMEBODY_ELSEWHERE = re.compile(
    r"(?<!其)[他她]|彼|उसने|उन्होंने|그가|그는|그녀|그들|\b(?:он|она|они|его|её|ее|ему|ей|их|него|неё|нее|них|він|вона|вони"
    r"|його|її|їх|هو|هي|هم|הוא|היא|הם)\b",
    re.IGNORECASE,
)
_FEW_WORDS = 3


def leans_on_history(question: str) -> bool:
    """Say whether a question needs the one before it to be understood.

    It does when it goes on ("And why?"), points back ("What did he say?"), or names next to nothing.
    """
    content = _content(question)
    goes_on = _GOES_ON.match(question) or _GOES_ON_ELSEWHERE.match(question)
    if content <= _FEW_WORDS and (goes_on or _SOMETHING.search(question)):
        return True
    somebody = _SOMEBODY.search(question) or _SOMEBODY_ELSEWHERE.search(question)
    return content == 0 or (content <= 2 * _FEW_WORDS and somebody is not None)


def _content(question: str) -> int:
    """Return how many words a question is about; letters and their pairs together for one word each."""
    matched = words(question)
    return len(matched) if count_words(question) == len(question.split()) else -(-len(matched) // 3)


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
