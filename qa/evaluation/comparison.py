"""Systems side by side: every system against the first, in every measure, and where it lost most.

The statistics are those of `qa.evaluation.significance`; transcripts are drawn whole for the intervals. With
several systems p is corrected after Holm, in each measure apart: the measures are ways of looking at one
question, not so many experiments.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from qa.evaluation.results import AskedQuestion, Contrast, Evaluation, Placed, SystemResult
from qa.evaluation.significance import compare, holm


@dataclass(frozen=True, slots=True)
class Regression:
    """A question on which a system is worse than the baseline.

    Args:
        question: With its judgments.
        baseline: Value of the baseline.
        system: Value of the system.
        baseline_best: What the baseline ranked first.
        system_best: What the system ranked first.
    """

    question: AskedQuestion
    baseline: float
    system: float
    baseline_best: tuple[Placed, ...]
    system_best: tuple[Placed, ...]


def contrasts(
    systems: Sequence[SystemResult], measures: Sequence[str], clusters: Mapping[str, str]
) -> tuple[Contrast, ...]:
    """Compare every system with the first, by measure and then by system.

    A measure that is not defined for one of the two on the same questions is left out for that pair.

    Args:
        systems: At least one; the first is the baseline.
        measures: Names.
        clusters: Transcript, or other pool, of each question.
    """
    baseline, *others = systems
    found: list[Contrast] = []
    for measure in measures:
        before = baseline.values.get(measure, {})
        made = {
            one.name: compare(before, one.values[measure], clusters)
            for one in others
            if before and one.values.get(measure, {}).keys() == before.keys()
        }
        drawn = holm({name: one.randomisation.p for name, one in made.items()})
        by_t = holm({name: one.t_test.p if one.t_test else None for name, one in made.items()})
        for name, one in made.items():
            corrected = drawn[name]
            found.append(
                Contrast(
                    measure, baseline.name, name, one, 1.0 if corrected is None else corrected, by_t[name]
                )
            )
    return tuple(found)


def regressions(
    evaluation: Evaluation, system: str, measure: str | None = None, most: int = 5
) -> list[Regression]:
    """Return the questions on which a system is worse than the first one, the greatest loss first.

    Args:
        evaluation: With at least two systems.
        system: Name of the one that lost.
        measure: None for the first.
        most: Questions wanted.
    """
    name = evaluation.measures[0] if measure is None else measure
    first, other = evaluation.systems[0], evaluation.system(system)
    before, after = first.values.get(name, {}), other.values.get(name, {})
    lost = [
        Regression(
            question,
            before[question.id],
            after[question.id],
            first.best.get(question.id, ()),
            other.best.get(question.id, ()),
        )
        for question in evaluation.questions
        if question.id in before and question.id in after and after[question.id] < before[question.id]
    ]
    return sorted(lost, key=lambda one: (one.system - one.baseline, one.question.id))[:most]
