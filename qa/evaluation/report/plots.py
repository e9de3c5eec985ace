"""The plots of a report, made with Plotly: differences with intervals, slices, and quality against cost.

They are plain values for the script of the report, which gives them the colours of the page they stand on.
Names come from data sets and runs. Plotly reads a little markup in texts, so all of them are escaped.
"""

import html
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from qa.errors import shorten
from qa.evaluation.report.parts import colour, symbol
from qa.evaluation.results import Contrast, Costs, Evaluation
from qa.evaluation.tables import p_text, slicings

Figure = dict[str, Any]

MOST_SLICES = 30  # shown in a plot, the largest; the table has all
_LONGEST = 26  # characters of a name beside an axis; the rest shows when one points at it
_GREY = "#7d8590"  # seen on light and on dark paper
_FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
# A finger that moves over a plot scrolls the page.
_AXIS = {"fixedrange": True, "automargin": True}
_SHARED = {
    "template": "none", "showlegend": False, "dragmode": False, "hovermode": "closest",
    "font": {"family": _FONT, "size": 12}, "paper_bgcolor": "rgba(0,0,0,0)", "plot_bgcolor": "rgba(0,0,0,0)",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Cost:
    """A cost that quality is plotted against.

    Args:
        unit: What it is counted in.
        title: Of its axis.
        of: Returns it, and where a line from it ends; None where there is none.
        logarithmic: Whether its axis is. There only costs above 0 have a place.
    """

    unit: str
    title: str
    of: Callable[[Costs], tuple[float | None, float | None]]
    logarithmic: bool = True


_COSTS = {
    "latency": _Cost("ms", "latency, ms: p50, line to p95", lambda one: (one.total.p50, one.total.p95)),
    "index": _Cost("bytes a turn", "index, bytes a turn", lambda one: (one.bytes_per_turn, None)),
    "memory": _Cost("MiB", "peak memory, MiB", lambda one: (one.peak_mib, None), logarithmic=False),
}


def figures(evaluation: Evaluation) -> dict[str, dict[str, Figure]]:
    """Return the plots by the name of their place, and by measure; one with nothing in it is left out."""
    made: dict[str, dict[str, Figure]] = {}
    for measure in evaluation.measures:
        for name, figure in _of_measure(evaluation, measure).items():
            made.setdefault(name, {})[measure] = figure
    return made


def _of_measure(evaluation: Evaluation, measure: str) -> dict[str, Figure]:
    found: dict[str, Figure] = {}
    if contrasts := [one for one in evaluation.contrasts if one.measure == measure]:
        found["comparison"] = _differences(evaluation, contrasts)
    for place, by in enumerate(slicings(evaluation)):
        found[f"slices-{place}"] = _slices(evaluation, measure, by)
    for name, cost in _COSTS.items():
        if any(system.costs and cost.of(system.costs)[0] is not None for system in evaluation.systems):
            found[name] = _against(evaluation, measure, cost)
    return found


# --- differences -----------------------------------------------------------------------------------------


def _differences(evaluation: Evaluation, contrasts: Sequence[Contrast]) -> Figure:
    """Return a forest plot: a row a system, its difference with the interval."""
    places = {system.name: place for place, system in enumerate(evaluation.systems)}
    traces = [_difference(one, row, places[one.system]) for row, one in enumerate(contrasts)]
    told = [
        {
            "x": 1, "xref": "paper", "y": row, "text": _escaped(f"p {p_text(one.holm_randomisation)}"),
            "showarrow": False, "xanchor": "left", "xshift": 8,
        }
        for row, one in enumerate(contrasts)
    ]  # fmt: skip
    low, high = _extent(contrasts)
    label = evaluation.labels[contrasts[0].measure]
    layout = _rows([one.system for one in contrasts], 46)
    layout["margin"] |= {"r": 78, "t": 24}
    layout["annotations"] = told
    layout["xaxis"] = {
        "title": _title(f"{label}, points over {evaluation.systems[0].name}"),
        "zeroline": True, "zerolinewidth": 2,
        "range": [low - 0.1 * (high - low), high + 0.1 * (high - low)],
    }  # fmt: skip
    return _plain(traces, layout)


def _difference(one: Contrast, row: int, place: int) -> dict[str, Any]:
    point, interval = 100 * one.comparison.difference, one.comparison.interval
    trace: dict[str, Any] = {
        "x": [point], "y": [row], "mode": "markers+text", "marker": _marker(place, 11), "cliponaxis": False,
        "text": [f"{point:+.1f}".replace("-", "−")], "textposition": "top center",
        "hoverinfo": "text", "hovertext": [_told(one)],
    }  # fmt: skip
    if interval:
        ends = {"array": [100 * interval.high - point], "arrayminus": [point - 100 * interval.low]}
        trace["error_x"] = _line(place) | ends
    return trace


def _extent(contrasts: Sequence[Contrast]) -> tuple[float, float]:
    """Return the least and the greatest of all differences and intervals, and 0; never the same."""
    ends = [0.0]
    for one in contrasts:
        interval = one.comparison.interval
        ends.append(one.comparison.difference)
        ends += [interval.low, interval.high] if interval else []
    return 100 * min(ends), 100 * max(*ends, min(ends) + 0.01)


def _told(one: Contrast) -> str:
    found = one.comparison
    lines = [f"<b>{_escaped(one.system)}</b>: {100 * found.difference:+.2f} points"]
    if found.interval:
        low, high = 100 * found.interval.low, 100 * found.interval.high
        lines.append(f"{100 * found.interval.level:g} % interval {low:+.2f} to {high:+.2f}")
    lines.append(f"p {_escaped(p_text(one.holm_randomisation))}, corrected")
    if found.effect_size is not None:
        lines.append(f"effect size {found.effect_size:+.2f}")
    lines.append(f"{found.wins:,} won, {found.ties:,} tied, {found.losses:,} lost")
    return "<br>".join(lines)


# --- slices ----------------------------------------------------------------------------------------------


def _slices(evaluation: Evaluation, measure: str, by: str) -> Figure:
    """Return a dot plot: a row a slice, a mark a system, a line from the worst to the best."""
    means: dict[str, dict[str, float]] = {}
    counts: dict[str, int] = {}
    for system in evaluation.systems:
        found = evaluation.mean(system.name, measure, by)
        for group in found.groups if found else ():
            means.setdefault(group.group, {})[system.name] = 100 * group.mean
            counts[group.group] = group.questions
    groups = sorted(sorted(means, key=lambda group: (-counts[group], group))[:MOST_SLICES])
    traces: list[dict[str, Any]] = [
        {
            "x": [min(means[group].values()), max(means[group].values())], "y": [row, row], "mode": "lines",
            "line": {"color": _GREY, "width": 1}, "hoverinfo": "skip",
        }
        for row, group in enumerate(groups)
    ]  # fmt: skip
    for place, system in enumerate(evaluation.systems):
        reached = {
            row: means[group][system.name] for row, group in enumerate(groups) if system.name in means[group]
        }
        texts = [
            f"<b>{_escaped(system.name)}</b>: {mean:.1f}<br>{_escaped(groups[row])}, "
            f"{counts[groups[row]]:,} questions"
            for row, mean in reached.items()
        ]
        traces.append(
            {
                "x": list(reached.values()), "y": list(reached), "mode": "markers",
                "marker": _marker(place, 10), "hoverinfo": "text", "hovertext": texts,
            }
        )  # fmt: skip
    layout = _rows([f"{group} ({counts[group]:,})" for group in groups], 34)
    title = _title(f"{evaluation.labels[measure]} by {by}")
    return _plain(traces, layout | {"xaxis": {"title": title, "zeroline": False}})


# --- costs -----------------------------------------------------------------------------------------------


def _against(evaluation: Evaluation, measure: str, cost: _Cost) -> Figure:
    """Return quality against a cost, a mark a system, and a line through those that no other beats."""
    traces: list[dict[str, Any]] = []
    points: list[tuple[float, float]] = []
    ends: list[float] = []
    for place, system in enumerate(evaluation.systems):
        mean = evaluation.mean(system.name, measure)
        spent, end = cost.of(system.costs) if system.costs else (None, None)
        if mean is None or spent is None or (cost.logarithmic and spent <= 0):
            continue
        points.append((spent, 100 * mean.micro))
        ends += [spent, end or spent]
        trace = {
            "x": [spent], "y": [100 * mean.micro], "mode": "markers", "marker": _marker(place, 12),
            "cliponaxis": False, "hoverinfo": "text",
            "hovertext": [
                f"<b>{_escaped(system.name)}</b>: {100 * mean.micro:.1f}<br>{spent:,.4g} {cost.unit}"
            ],
        }  # fmt: skip
        if end is not None:
            trace["error_x"] = _line(place) | {"array": [end - spent], "arrayminus": [0]}
        traces.append(trace)
    best = frontier(points)
    if len(best) > 1:
        line = {"color": _GREY, "width": 1.5, "dash": "dot", "shape": "hv"}
        x, y = zip(*best, strict=True)
        traces.append({"x": list(x), "y": list(y), "mode": "lines", "line": line, "hoverinfo": "skip"})
    layout = {
        "height": 320, "margin": {"l": 48, "r": 16, "t": 16, "b": 48},
        "xaxis": {"title": _title(cost.title), **_scale(ends, cost.logarithmic)},
        "yaxis": {"title": _title(f"{evaluation.labels[measure]}, times 100")},
    }  # fmt: skip
    return _plain(traces, layout)


def frontier(points: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return the (cost, quality) pairs that no other beats in one and equals in the other, cheapest first."""
    found: list[tuple[float, float]] = []
    for spent, reached in sorted(points, key=lambda point: (point[0], -point[1])):
        if not found or reached > found[-1][1]:
            found.append((spent, reached))
    return found


def _scale(values: Sequence[float], logarithmic: bool) -> dict[str, Any]:
    """Return an axis that shows the values, with ticks at 1, 2 and 5 where it is logarithmic."""
    if not values:
        return {}
    if not logarithmic:
        return {"range": [0, 1.12 * max(values)], "tickformat": ","}
    low, high = min(values) / 1.6, max(values) * 1.6
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    ticks = [
        step * 10.0**power for power in powers for step in (1, 2, 5) if low <= step * 10.0**power <= high
    ]
    if len(ticks) > 5:  # a narrow plot has no room for more
        ticks = [10.0**power for power in powers if low <= 10.0**power <= high]
    return {
        "type": "log", "range": [math.log10(low), math.log10(high)],
        "tickvals": ticks, "ticktext": [f"{tick:,.6g}" for tick in ticks],
    }  # fmt: skip


# --- what they share -------------------------------------------------------------------------------------


def _rows(names: Sequence[str], height: int) -> dict[str, Any]:
    """Return a layout whose vertical axis is rows with names, the first on top."""
    texts = [_escaped(shorten(name, _LONGEST)) + "  " for name in names]
    axis = {"range": [len(names) - 0.4, -0.6], "tickvals": list(range(len(names))), "ticktext": texts}
    return {
        "height": height * len(names) + 74, "margin": {"l": 8, "r": 16, "t": 12, "b": 48},
        "yaxis": axis | {"zeroline": False},
    }  # fmt: skip


def _marker(place: int, size: int) -> dict[str, Any]:
    shape = symbol(place)[0]
    pointed = shape.startswith("triangle") or shape == "star"  # has less area than its size says
    return {"color": colour(place), "symbol": shape, "size": size + 3 * pointed}


def _line(place: int) -> dict[str, Any]:
    return {"type": "data", "symmetric": False, "color": colour(place), "thickness": 2, "width": 5}


def _plain(traces: Sequence[dict[str, Any]], layout: dict[str, Any]) -> Figure:
    """Return a figure as plain values, once Plotly has checked it."""
    axes = {name: _AXIS | layout.get(name, {}) for name in ("xaxis", "yaxis")}
    figure = go.Figure([go.Scatter(trace) for trace in traces], layout | axes | _SHARED)
    made: Figure = figure.to_dict()
    del made["layout"]["template"]  # what "none" stands for, once more in each plot
    return made


def _title(text: str) -> dict[str, Any]:
    return {"text": _escaped(shorten(text, 60)), "standoff": 8, "font": {"size": 12}}


def _escaped(text: str) -> str:
    return html.escape(text, quote=False)
