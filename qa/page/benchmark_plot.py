"""Quality against latency, one point a system, as an image that takes the page's colours."""

import math
from dataclasses import dataclass

from qa.evaluation.results import Evaluation
from qa.markup import element, escaped
from qa.page.benchmark_words import points

_WIDE, _HIGH = 640, 320
_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 130, 16, 44
_TICKS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000)  # milliseconds
_LINE = 15  # height of a label


@dataclass(frozen=True, slots=True)
class Dot:
    """A system: milliseconds a question, and its mean."""

    name: str
    ms: float
    mean: float


def dots(evaluation: Evaluation, measure: str) -> list[Dot]:
    """Return the systems whose latency was measured."""
    found = []
    for result in evaluation.systems:
        mean = evaluation.mean(result.name, measure)
        if result.costs is not None and mean is not None and result.costs.total.p50 > 0:
            found.append(Dot(result.name, result.costs.total.p50, mean.micro))
    return found


def plot_html(evaluation: Evaluation, measure: str) -> str:
    """Return the plot; "" with fewer than two systems to plot."""
    found = dots(evaluation, measure)
    if len(found) < 2:
        return ""
    label = evaluation.labels[measure]
    across, up = _scales(found)
    said = "; ".join(f"{dot.name} {points(dot.mean)} at {dot.ms:.1f} ms" for dot in found)
    parts = [*_grid(across, up, label), *_labelled(found, across, up)]
    return element(
        "svg", "".join(parts), class_="plot", viewBox=f"0 0 {_WIDE} {_HIGH}", role="img",
        aria_label=f"{label} against milliseconds a question: {said}",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Scale:
    """From values to places: value ``low`` lies at ``begin``, value ``high`` at ``end``."""

    low: float
    high: float
    begin: float
    end: float

    def at(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return round(self.begin + share * (self.end - self.begin), 1)


def _scales(found: list[Dot]) -> tuple[_Scale, _Scale]:
    logs = [math.log10(dot.ms) for dot in found]
    means = [dot.mean for dot in found]
    margin = 0.12
    across = _Scale(min(logs) - margin, max(logs) + margin, _LEFT, _WIDE - _RIGHT)
    low, high = math.floor(10 * min(means) - 0.2) / 10, math.ceil(10 * max(means) + 0.2) / 10
    return across, _Scale(max(0.0, low), min(1.0, high), _HIGH - _BOTTOM, _TOP)


def _grid(across: _Scale, up: _Scale, label: str) -> list[str]:
    left, right, bottom = _LEFT, _WIDE - _RIGHT, _HIGH - _BOTTOM
    parts = []
    for tenth in range(round(10 * up.low), round(10 * up.high) + 1):
        y = up.at(tenth / 10)
        parts.append(element("line", class_="rule", x1=left, x2=right, y1=y, y2=y))
        parts.append(element("text", str(10 * tenth), x=left - 8, y=y + 4, text_anchor="end"))
    for tick in _TICKS:
        if across.low <= math.log10(tick) <= across.high:
            x = across.at(math.log10(tick))
            parts.append(element("line", class_="rule", x1=x, x2=x, y1=_TOP, y2=bottom))
            parts.append(element("text", f"{tick:,}", x=x, y=bottom + 18, text_anchor="middle"))
    middle = (left + right) / 2
    parts.append(
        element(
            "text", "milliseconds a question (median, log scale)", x=middle, y=_HIGH - 6, text_anchor="middle"
        )
    )
    parts.append(element("title", escaped(f"{label}, times 100, against latency")))
    return parts


def _labelled(found: list[Dot], across: _Scale, up: _Scale) -> list[str]:
    """Place each name right of its point, lower than the one before where they would touch."""
    parts = []
    floor = 0.0
    for dot in sorted(found, key=lambda one: -one.mean):
        x, y = across.at(math.log10(dot.ms)), up.at(dot.mean)
        line = max(y + 4, floor + _LINE)
        floor = line
        parts.append(element("circle", class_="dot-mark", cx=x, cy=y, r=5.5))
        parts.append(element("text", escaped(dot.name), class_="name", x=x + 11, y=line))
    return parts
