"""An evaluation as CSV, for spreadsheets and statistics: means, slices, costs, comparisons, single questions.

RFC 4180 with line feeds, UTF-8. Numbers are in full and between 0 and 1, where tables for people have them
times 100; an empty cell is a value that is not defined. A text that a spreadsheet would take for a formula
has an apostrophe before it: one that begins with = + - @, or with white space that hides one.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

from qa.evaluation.results import POOL, Costs, Evaluation, Percentiles

Cell = str | int | float | None

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def csv_files(evaluation: Evaluation) -> dict[str, str]:
    """Return the texts of all CSV files by name; one without rows is left out."""
    tables: dict[str, tuple[Sequence[str], Iterable[Sequence[Cell]]]] = {
        "measures.csv": (_MEASURES, _measures(evaluation)),
        "slices.csv": (_SLICES, _slices(evaluation)),
        "comparison.csv": (_COMPARISON, _comparison(evaluation)),
        "costs.csv": (_COSTS, _costs(evaluation)),
        "questions.csv": (_question_heads(evaluation), _questions(evaluation)),
    }
    made = {name: (heads, [*rows]) for name, (heads, rows) in tables.items()}
    return {name: _written([heads, *rows]) for name, (heads, rows) in made.items() if rows}


def safe(cell: Cell) -> Cell:
    """Return a cell that no spreadsheet computes; numbers stay as they are."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def _written(rows: Iterable[Sequence[Cell]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([safe(cell) for cell in row] for row in rows)
    return text.getvalue()


_MEASURES = ("system", "measure", "label", "micro", "macro", "questions", "pools")


def _measures(evaluation: Evaluation) -> Iterable[Sequence[Cell]]:
    for system in evaluation.systems:
        for name in evaluation.measures:
            if found := evaluation.mean(system.name, name):
                means = (found.micro, found.macro, found.questions, len(found.groups))
                yield (system.name, name, evaluation.labels[name], *means)


_SLICES = ("system", "measure", "by", "slice", "mean", "questions")


def _slices(evaluation: Evaluation) -> Iterable[Sequence[Cell]]:
    for system in evaluation.systems:
        for name in evaluation.measures:
            for by in evaluation.groupings():
                found = evaluation.mean(system.name, name, by) if by != POOL else None
                for group in found.groups if found else ():
                    yield (system.name, name, by, group.group, group.mean, group.questions)


_COMPARISON = (
    "measure", "baseline", "system", "questions", "clusters", "baseline_mean", "system_mean", "difference",
    "low", "high", "level", "effect_size", "t", "p_t_test", "p_t_test_holm", "p_randomisation",
    "p_randomisation_holm", "wins", "ties", "losses",
)  # fmt: skip


def _comparison(evaluation: Evaluation) -> Iterable[Sequence[Cell]]:
    for contrast in evaluation.contrasts:
        one = contrast.comparison
        interval, t_test = one.interval, one.t_test
        tested = (t_test.t, t_test.p) if t_test else (None, None)
        ends = (interval.low, interval.high, interval.level) if interval else (None, None, None)
        yield (
            contrast.measure, contrast.baseline, contrast.system, one.questions, one.clusters, one.baseline,
            one.system, one.difference, *ends, one.effect_size, *tested,
            contrast.holm_t_test, one.randomisation.p, contrast.holm_randomisation, one.wins, one.ties,
            one.losses,
        )  # fmt: skip


_PARTS = ("total", "encode", "search", "rerank")
_COSTS = (
    "system", "turns_per_second", "embedded", "build_seconds", "bytes_per_turn", "peak_mib",
    "peak_since_start", "questions", "depth",
    *(f"{part}_ms_{at}" for part in _PARTS for at in ("p50", "p95", "p99")),
)  # fmt: skip


def _costs(evaluation: Evaluation) -> Iterable[Sequence[Cell]]:
    for system in evaluation.systems:
        if system.costs:
            yield (system.name, *_cost(system.costs))


def _cost(one: Costs) -> Iterable[Cell]:
    yield from (one.turns_per_second, one.embedded, one.build_seconds, one.bytes_per_turn, one.peak_mib)
    yield from (str(one.peak_since_start).lower(), one.questions, one.depth)
    parts: Mapping[str, Percentiles] = {
        "total": one.total, "encode": one.encode, "search": one.search, "rerank": one.rerank,
    }  # fmt: skip
    for part in _PARTS:
        yield from (parts[part].p50, parts[part].p95, parts[part].p99)


def _question_heads(evaluation: Evaluation) -> Sequence[str]:
    by = [name for name in evaluation.groupings() if name != POOL]
    return ("question", "text", "pool", *by, "relevant", "system", *evaluation.measures)


def _questions(evaluation: Evaluation) -> Iterable[Sequence[Cell]]:
    by = [name for name in evaluation.groupings() if name != POOL]
    for question in evaluation.questions:
        relevant = sum(gain > 0 for gain in question.gains.values())
        sliced = [question.slices.get(name, "") for name in by]
        for system in evaluation.systems:
            values = [system.values.get(name, {}).get(question.id) for name in evaluation.measures]
            yield (question.id, question.text, question.pool, *sliced, relevant, system.name, *values)
