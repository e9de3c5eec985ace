"""What an evaluation found, as JSON: everything, to be read back, or a summary without the single questions.

`as_json` and `from_json` are each other's inverse, so that a report can be made later from the file alone.
"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from qa.evaluation.results import (
    POOL,
    AskedQuestion,
    Contrast,
    Costs,
    DatasetFacts,
    Evaluation,
    Percentiles,
    Placed,
    SpokenTurn,
    SystemResult,
)
from qa.evaluation.significance import Comparison, Interval, Randomisation, TTest

FORMAT = 1  # raise when an older reader would misread it


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
        ValueError: If it is of another format.
        KeyError: If something is missing.
    """
    if given.get("format") != FORMAT:
        raise ValueError(f"the evaluation is in format {given.get('format')!r}; expected {FORMAT}")
    dataset = given["dataset"]
    lists = {name: tuple(dataset[name]) for name in ("known_errors", "remarks")}
    return Evaluation(
        dataset=DatasetFacts(**{**dataset, **lists}),
        measures=tuple(given["measures"]),
        questions=tuple(AskedQuestion(**one) for one in given["questions"]),
        systems=tuple(map(_system, given["systems"])),
        contrasts=tuple(map(_contrast, given["contrasts"])),
        notes=tuple(given["notes"]),
        turns={id_: SpokenTurn(**turn) for id_, turn in given["turns"].items()},
        **{name: given[name] for name in ("pool", "ties", "depth", "labels", "command", "made")},
    )


def _system(given: Mapping[str, Any]) -> SystemResult:
    best = {
        question: tuple(Placed(**{**one, "parts": tuple(one["parts"])}) for one in placed)
        for question, placed in given["best"].items()
    }
    costs = None if given["costs"] is None else _costs(given["costs"])
    return SystemResult(**{**given, "best": best, "notes": tuple(given["notes"]), "costs": costs})


def _costs(given: Mapping[str, Any]) -> Costs:
    latencies = {name: Percentiles(**one) for name, one in given.items() if isinstance(one, dict)}
    fields: dict[str, Any] = {**given, **latencies}
    return Costs(**fields)


def _contrast(given: Mapping[str, Any]) -> Contrast:
    found = given["comparison"]
    comparison = Comparison(
        **{
            **found,
            "t_test": found["t_test"] and TTest(**found["t_test"]),
            "randomisation": Randomisation(**found["randomisation"]),
            "interval": found["interval"] and Interval(**found["interval"]),
        }
    )
    return Contrast(**{**given, "comparison": comparison})
