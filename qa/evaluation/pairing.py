"""Two systems side by side, from one evaluation or from two of the same data set.

Compared is what both were asked. Refused with a `QAError`: systems of two data sets, of two releases of one,
of different pools, and evaluations that have no question in common.
"""

from dataclasses import dataclass
from functools import lru_cache

from qa.errors import QAError
from qa.evaluation.results import POOL, AskedQuestion, Evaluation, SystemResult
from qa.evaluation.significance import Comparison, compare

_SAME = 1e-9  # differences up to this size are none, as in `qa.evaluation.significance.compare`


@dataclass(frozen=True, slots=True)
class Side:
    """A system, and the evaluation in which it was measured."""

    evaluation: Evaluation
    result: SystemResult


@dataclass(frozen=True, slots=True)
class Pair:
    """Two systems over the same questions; every difference is system minus baseline.

    Args:
        baseline: What is compared with.
        system: What is compared.
        questions: Asked of both, in the order of the system's evaluation.
        measures: Defined for both, in the same order.
        notes: What one must know before quoting a difference; each a sentence.
    """

    baseline: Side
    system: Side
    questions: tuple[AskedQuestion, ...]
    measures: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """A question, and the value of a measure in both systems."""

    question: AskedQuestion
    baseline: float
    system: float

    @property
    def difference(self) -> float:
        """What the system gains; below 0 what it loses."""
        return self.system - self.baseline

    @property
    def kind(self) -> str:
        """Which it is: "gained", "lost" or "same"."""
        if abs(self.difference) <= _SAME:
            return "same"
        return "gained" if self.difference > 0 else "lost"


def pair(baseline: Side, system: Side) -> Pair:
    """Put two systems side by side.

    Raises:
        QAError: If they cannot be compared.
    """
    before, after = baseline.evaluation, system.evaluation
    _check(before, after)
    known = {question.id: question for question in before.questions}
    questions = tuple(one for one in after.questions if _asks_the_same(known.get(one.id), one))
    if not questions:
        raise QAError("The two evaluations have no question in common, so there is nothing to compare.")
    measures = tuple(
        name for name in after.measures if name in baseline.result.values and name in system.result.values
    )
    if not measures:
        raise QAError("The two systems have no measure in common. Evaluate both with the same --measures.")
    return Pair(baseline, system, questions, measures, tuple(_notes(before, after, len(questions))))


def _check(before: Evaluation, after: Evaluation) -> None:
    one, other = before.dataset, after.dataset
    if one.name != other.name:
        raise QAError(
            f"One was measured on {one.name}, the other on {other.name}. Numbers of two data sets do not "
            "compare."
        )
    if one.checksum != other.checksum:
        raise QAError(
            f"The two were measured on different files of {one.name} ({one.release}; {other.release}): the "
            "checksums differ, so the numbers do not compare."
        )
    if before.pool != after.pool:
        raise QAError(
            f"One was measured with --pool {before.pool}, the other with --pool {after.pool}. That is "
            "another task, so the numbers do not compare."
        )


def _asks_the_same(one: AskedQuestion | None, other: AskedQuestion) -> bool:
    return one is not None and (one.text, one.gains) == (other.text, other.gains)


def _notes(before: Evaluation, after: Evaluation, common: int) -> list[str]:
    notes = []
    most = max(len(before.questions), len(after.questions))
    if common < most:
        notes.append(f"Compared are the {common:,} questions that both were asked, of {most:,}.")
    if before.ties != after.ties:
        notes.append(f"Equal scores were ordered by different rules: {before.ties} and {after.ties}.")
    if before.depth != after.depth:
        notes.append(f"Ranked were {before.depth:,} and {after.depth:,} turns a question.")
    return notes


def changes(couple: Pair, measure: str) -> list[Change]:
    """Return every question for which a measure is defined in both, in the order of the pair."""
    before = couple.baseline.result.values.get(measure, {})
    after = couple.system.result.values.get(measure, {})
    return [
        Change(question, before[question.id], after[question.id])
        for question in couple.questions
        if question.id in before and question.id in after
    ]


def compared(couple: Pair, measure: str) -> Comparison | None:
    """Return the statistics of a measure; None when it is defined for no question in both."""
    found = changes(couple, measure)
    if not found:
        return None
    groups = couple.system.evaluation.groups(POOL)
    return _compared(
        tuple((one.question.id, one.baseline, one.system, groups[one.question.id]) for one in found)
    )


@lru_cache(maxsize=256)
def _compared(values: tuple[tuple[str, float, float, str], ...]) -> Comparison:
    """Compare questions' values; kept, since drawing at random takes a quarter of a second for 2,000."""
    return compare(
        {id_: before for id_, before, _, _ in values},
        {id_: after for id_, _, after, _ in values},
        {id_: group for id_, _, _, group in values},
    )
