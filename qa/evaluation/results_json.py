"""What an evaluation found, as JSON: everything, to be read back, or a summary without the single questions.

`as_json` and `from_json` are each other's inverse, so that a report can be made later from the file alone.
"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from qa.evaluation.cards import POOLS
from qa.evaluation.judging import RULES
from qa.evaluation.plain_values import from_plain
from qa.evaluation.results import (
    POOL,
    Evaluation,
    SystemResult,
)

FORMAT = 2  # raise when an older reader would misread it
READ = (1, 2)  # 1 had no reasons and no missed turns


def summary(evaluation: Evaluation) -> dict[str, Any]:
    """Return means, costs, cards and comparisons as plain values: all but the single questions."""
    return _listed(
        {
            "format": FORMAT,
            "command": evaluation.command,
            "made": evaluation.made,
            "dataset": asdict(evaluation.dataset),
            "pool": evaluation.pool,
            "ties": evaluation.ties,
            "depth": evaluation.depth,
            "asked": len(evaluation.questions),
            "notes": list(evaluation.notes),
            "labels": dict(evaluation.labels),
            "systems": [_summary(evaluation, result) for result in evaluation.systems],
            "contrasts": [asdict(contrast) for contrast in evaluation.contrasts],
        }
    )


def _summary(evaluation: Evaluation, result: SystemResult) -> dict[str, Any]:
    return {
        "name": result.name,
        "measures": means(evaluation, result.name),
        "slices": {
            by: _slices(evaluation, result.name, by) for by in evaluation.groupings() if by != POOL
        },
        "by_ties": dict(result.by_ties),
        "notes": list(result.notes),
        "costs": asdict(result.costs) if result.costs else None,
        "card": dict(result.card),
    }  # fmt: skip


def means(evaluation: Evaluation, system: str) -> dict[str, dict[str, float]]:
    """Return for each measure its mean over questions ("micro"), over pools ("macro"), and how many."""
    found = {name: evaluation.mean(system, name) for name in evaluation.measures}
    return {
        name: {"micro": one.micro, "macro": one.macro, "questions": one.questions}
        for name, one in found.items()
        if one is not None
    }


def _slices(evaluation: Evaluation, system: str, by: str) -> dict[str, dict[str, dict[str, float]]]:
    slices: dict[str, dict[str, dict[str, float]]] = {}
    for name in evaluation.measures:
        found = evaluation.mean(system, name, by)
        for group in found.groups if found else ():
            slices.setdefault(group.group, {})[name] = {"mean": group.mean, "questions": group.questions}
    return slices


def as_json(evaluation: Evaluation) -> dict[str, Any]:
    """Return everything as plain values; `from_json` reads them back."""
    return _listed({"format": FORMAT, **asdict(evaluation)})


def _listed(given: dict[str, Any]) -> dict[str, Any]:
    """Turn tuples into lists, at any depth, as JSON has them."""

    def plain(value: Any) -> Any:
        if isinstance(value, Mapping):
            return {key: plain(inner) for key, inner in value.items()}
        return [plain(inner) for inner in value] if isinstance(value, list | tuple) else value

    return {key: plain(value) for key, value in given.items()}


def from_json(given: Mapping[str, Any]) -> Evaluation:
    """Read what `as_json` returned, also after it was written to a file.

    Raises:
        ValueError: If it is of a format that is not read, or is no evaluation; it says where and why.
    """
    if not isinstance(given, Mapping) or "format" not in given or "systems" not in given:
        raise ValueError("it is not an evaluation as transcript-qa evaluate writes it")
    if given["format"] not in READ:
        raise ValueError(f"it is in format {given['format']!r}; this version reads format 1 to {FORMAT}")
    evaluation = from_plain(Evaluation, given, "evaluation")
    _check(evaluation)
    return evaluation


def _check(evaluation: Evaluation) -> None:
    """Raise a ValueError when parts do not fit together."""
    names = [result.name for result in evaluation.systems]
    asked = {question.id for question in evaluation.questions}
    if not names or not evaluation.measures or not asked:
        raise ValueError("it has no system, no measure or no question")
    if len(set(names)) < len(names) or len(asked) < len(evaluation.questions):
        raise ValueError("a system or a question is there twice")
    if missing := [name for name in evaluation.measures if name not in evaluation.labels]:
        raise ValueError(f"the measure {missing[0]!r} has no label")
    if evaluation.pool not in POOLS or evaluation.ties not in RULES:
        raise ValueError(f"its pool is {evaluation.pool!r} and its ties are {evaluation.ties!r}")
    for result in evaluation.systems:
        answered = [*result.best, *result.missed, *(id_ for of in result.values.values() for id_ in of)]
        if unknown := [id_ for id_ in answered if id_ not in asked]:
            raise ValueError(f"{result.name} has a question that was not asked: {unknown[0]!r}")
    if any({one.baseline, one.system} - {*names} for one in evaluation.contrasts):
        raise ValueError("it compares a system that it does not have")
