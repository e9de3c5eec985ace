"""What a ranking is worth for one question: the measures of a ranking, and those that need more than ids.

- ``span-hit@k`` and ``span-iou@k``: where the gold is stretches of turns; see `qa.evaluation.measures`.
- ``answer@k``: whether one of the first k turns shows an answer: the sentence that is marked in it holds an
  answer text that stands in that same turn, as whole words. Defined for systems that mark a sentence, and for
  questions that have an answer standing word for word in a relevant turn.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from qa.evaluation import ties as tie_rules
from qa.evaluation.judged import JudgedQuestion
from qa.evaluation.measures import (
    MEASURE_NAMES,
    Measure,
    answer_contained,
    measure,
    span_hit_at_k,
    span_iou_at_k,
)

Rule = Literal["trec", "asc", "average", "pessimistic"]
RULES: tuple[Rule, ...] = ("trec", "asc", "average", "pessimistic")
RULE_TEXTS: Mapping[Rule, str] = {
    "trec": "equal scores by id, last first, as trec_eval does",
    "asc": "equal scores by id, first first",
    "average": "the mean over all orders of equal scores; spans and answers as trec_eval does",
    "pessimistic": "of equal scores the worst order for each measure",
}
DEFAULT_MEASURES = (
    "ndcg@10", "recall@10", "all@10", "success@5", "mrr@10", "p@10", "ap", "rprec", "judged@10",
    "span-hit@10", "span-iou@50", "answer@1", "answer@5",
)  # fmt: skip
SHOWN = "answer"  # the kind of measure that needs marked sentences

Texts = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Ranking:
    """What a system ranked for a question.

    Args:
        scored: Score by turn id.
        sentences: The sentence marked in each of the first turns of the ranking, by turn id; None for a
            system that marks none.
    """

    scored: Mapping[str, float]
    sentences: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """A ranking beside the judgments of its question.

    Args:
        question: With its judgments.
        ranking: What the system has for it; empty counts 0.
        ties: Which of equal scores comes first.
        texts: From `answer_texts`; only ``answer@k`` needs them.
    """

    question: JudgedQuestion
    ranking: Ranking
    ties: Rule = "trec"
    texts: Texts = field(default_factory=dict)
    ids: Sequence[str] = field(init=False)

    def __post_init__(self) -> None:
        rule = "trec" if self.ties == "average" else self.ties
        ids = tie_rules.ordered(self.ranking.scored, rule, self.question.gains)
        object.__setattr__(self, "ids", ids)


@dataclass(frozen=True, slots=True)
class QuestionMeasure:
    """A measure of what a system ranked for a question; called with it, None where it is not defined.

    Args:
        name: As it is written on the command line, such as "ndcg@10".
        label: In full, for people.
        k: The cutoff; None for those without one.
    """

    name: str
    label: str
    k: int | None
    _value: Callable[[Judged], float | None] = field(repr=False, compare=False)

    def __call__(self, judged: Judged) -> float | None:
        """Return the measure of one question; None where it is not defined."""
        return self._value(judged)


def find_measure(name: str) -> QuestionMeasure:
    """Return the measure of a name such as "ndcg@10", "ap" or "span-hit@10".

    Raises:
        ValueError: If there is no such measure; the message lists those there are.
    """
    kind, _, k = name.strip().lower().partition("@")
    if kind in _MORE and re.fullmatch("0*[1-9][0-9]{0,8}", k):
        number = int(k)
        label, value = _MORE[kind]
        return QuestionMeasure(
            f"{kind}@{number}", f"{label}@{number}", number, lambda judged: value(judged, number)
        )
    try:
        plain = measure(name)
    except ValueError as error:
        names = ", ".join([*MEASURE_NAMES, *(f"{kind}@k" for kind in _MORE)])
        raise ValueError(
            f"{name!r} is no measure; expected one of {names}, where k is a number, as in ndcg@10"
        ) from error
    return QuestionMeasure(plain.name, plain.label, plain.k, lambda judged: _plain(plain, judged))


def answer_texts(question: JudgedQuestion, text_of: Callable[[str], str | None]) -> Texts:
    """Return the answer texts that stand in relevant turns, by turn id.

    Args:
        question: With its answers.
        text_of: Returns the text of a turn, None for an unknown one.
    """
    if question.answer_turns:
        return question.answer_turns
    wanted = [answer for answer in question.answers if answer.strip()]
    relevant = [id_ for id_, gain in question.gains.items() if gain > 0] if wanted else []
    return {id_: wanted for id_ in relevant if answer_contained([text_of(id_) or ""], wanted)}


def _plain(plain: Measure, judged: Judged) -> float:
    if judged.ties == "average":
        return tie_rules.expected(plain, judged.ranking.scored, judged.question.gains)
    return plain(judged.ids, judged.question.gains)


def _span_hit(judged: Judged, k: int) -> float | None:
    spans = judged.question.spans
    return span_hit_at_k(judged.ids, spans, k) if spans else None


def _span_iou(judged: Judged, k: int) -> float | None:
    spans = judged.question.spans
    return span_iou_at_k(judged.ids, frozenset().union(*spans), k) if spans else None


def _answer(judged: Judged, k: int) -> float | None:
    if judged.ranking.sentences is None or not judged.texts:
        return None
    # The turns that are marked are the system's first, whatever the rule for ties makes of the rest.
    for id_, sentence in list(judged.ranking.sentences.items())[:k]:
        texts = judged.texts.get(id_, ())
        if any(text.strip() for text in texts) and answer_contained([sentence], texts):
            return 1.0
    return 0.0


_MORE: dict[str, tuple[str, Callable[[Judged, int], float | None]]] = {
    "span-hit": ("span hit", _span_hit),
    "span-iou": ("span IoU", _span_iou),
    SHOWN: ("answer shown", _answer),
}
