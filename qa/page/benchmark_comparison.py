"""One evaluation on the page: its numbers, and two systems compared, also one of another evaluation."""

from collections.abc import Sequence
from dataclasses import dataclass

from qa.errors import QAError
from qa.evaluation import tables
from qa.evaluation.keeping import Evaluations, Kept
from qa.evaluation.pairing import Pair, Side, compared, pair
from qa.evaluation.results import Evaluation
from qa.evaluation.significance import Comparison
from qa.evaluation.tables import Table
from qa.markup import button, element, escaped, facts, submit
from qa.page.benchmark_plot import plot_html
from qa.page.benchmark_questions import alone, questions_html
from qa.page.benchmark_view import NOBODY, View, side_key, side_names
from qa.page.benchmark_words import (
    NONE,
    chance,
    fold,
    made_text,
    note_list,
    points,
    pool_text,
    side_text,
    signed,
    table_html,
    title_text,
)
from qa.page.wording import counted


@dataclass(frozen=True, slots=True)
class Looked:
    """What a view of an evaluation comes to.

    Args:
        evaluation: The one that is open.
        name: What it is kept as.
        pair: The two systems; a system beside itself when it is looked at alone. None when they do not
            compare.
        measure: By which questions are ordered.
        problem: Why they do not compare; "" when they do.
    """

    evaluation: Evaluation
    name: str
    pair: Pair | None
    measure: str
    problem: str = ""


def look(evaluations: Evaluations, view: View) -> Looked:
    """Find what a view looks at; where it names nothing, the evaluation's first and last system.

    Raises:
        QAError: If the evaluation cannot be opened.
    """
    evaluation = evaluations.open(view.evaluation)
    first, last = evaluation.systems[0].name, evaluation.systems[-1].name
    try:
        system = _side(evaluations, evaluation, view, view.system or side_key(view.evaluation, last))
        baseline = view.baseline or (side_key(view.evaluation, first) if first != last else NOBODY)
        before = system if baseline == NOBODY else _side(evaluations, evaluation, view, baseline)
        both = pair(before, system)
    except QAError as error:
        measure = view.measure if view.measure in evaluation.measures else evaluation.measures[0]
        return Looked(evaluation, view.evaluation, None, measure, str(error))
    measure = view.measure if view.measure in both.measures else both.measures[0]
    return Looked(evaluation, view.evaluation, both, measure)


def _side(evaluations: Evaluations, opened: Evaluation, view: View, key: str) -> Side:
    name, system = side_names(key)
    evaluation = opened if name == view.evaluation else evaluations.open(name)
    found = next((one for one in evaluation.systems if one.name == system), None)
    if found is None:
        raise QAError(f"The evaluation {name} has no system {system!r}. Choose another.")
    return Side(evaluation, found)


# --- the page --------------------------------------------------------------------------------------------


def comparison_html(looked: Looked, kept: Sequence[Kept], view: View) -> str:
    """Return an evaluation with its tables, the comparison and the questions.

    Args:
        looked: What is looked at.
        kept: All evaluations, of which others of the same data set are offered.
        view: What was chosen.
    """
    evaluation = looked.evaluation
    parts = [
        button("All evaluations", "bench-list", class_="link back"),
        element("h2", escaped(title_text(evaluation)), tabindex=-1, dir="auto"),
        element("p", _line(evaluation), class_="hint", dir="auto"),
        _beware(tables.notes(evaluation)),
        table_html(tables.quality(evaluation), best=True),
        _folds(looked),
        element("h3", "Compare"),
        _chooser(looked, kept, view),
        _result(looked),
        "" if looked.pair is None else questions_html(looked.pair, view, looked.measure),
    ]
    return element("section", "".join(parts), class_="bench opened", data_at=f"evaluation {looked.name}")


def _line(evaluation: Evaluation) -> str:
    asked, held = len(evaluation.questions), evaluation.dataset.questions
    return facts(
        [
            escaped(evaluation.dataset.title),
            escaped(made_text(evaluation.made)),
            counted(asked, "question") if asked == held else f"{asked:,} of {held:,} questions",
            pool_text(evaluation.pool),
            counted(evaluation.dataset.turns, "turn"),
        ]
    )


def _beware(notes: Sequence[str]) -> str:
    if not notes:
        return ""
    return fold(
        f"Before you quote a number: {counted(len(notes), 'remark')}", note_list(notes), "folded beware"
    )


def _folds(looked: Looked) -> str:
    """Return what can be opened under the table: means of pools, slices, costs, and what was evaluated."""
    evaluation = looked.evaluation
    inner = []
    if evaluation.dataset.pools > 1:
        macro = table_html(tables.quality(evaluation, macro=True), best=True)
        inner.append(fold("Every transcript counting the same", macro))
    if slices := tables.slices(evaluation):
        inner.append(fold("By slice", "".join(table_html(one) for one in slices)))
    plot = plot_html(
        evaluation, looked.measure if looked.measure in evaluation.labels else evaluation.measures[0]
    )
    inner.append(fold("Cost beside quality", plot + table_html(tables.costs(evaluation))))
    lines = "".join(element("li", escaped(line), dir="auto") for line in tables.head_lines(evaluation))
    errors = "".join(element("li", escaped(one), dir="auto") for one in evaluation.dataset.known_errors)
    known = (
        element("p", "Known errors of the release") + element("ul", errors, class_="warnings")
        if errors
        else ""
    )
    command = element(
        "div",
        element("code", escaped(evaluation.command))
        + button("Copy", "copy", data_copy=evaluation.command, aria_label="Copy the command"),
        class_="command",
    )
    inner.append(
        fold("What was evaluated, and how", element("ul", lines, class_="warnings") + known + command)
    )
    return element("div", "".join(inner), class_="folds")


# --- choosing --------------------------------------------------------------------------------------------


def _chooser(looked: Looked, kept: Sequence[Kept], view: View) -> str:
    first, last = looked.evaluation.systems[0].name, looked.evaluation.systems[-1].name
    system = view.system or side_key(looked.name, last)
    baseline = view.baseline or (side_key(looked.name, first) if first != last else NOBODY)
    nobody = element("option", "nothing: look at one system", value=NOBODY, selected=baseline == NOBODY)
    measures = looked.pair.measures if looked.pair else looked.evaluation.measures
    labels = looked.pair.system.evaluation.labels if looked.pair else looked.evaluation.labels
    offered = "".join(
        element("option", escaped(labels[name]), value=name, selected=name == looked.measure)
        for name in measures
    )
    parts = (
        _select("baseline", "Baseline", nobody + _options(looked, kept, baseline)),
        _select("system", "System", _options(looked, kept, system)),
        _select("measure", "Measure", offered),
        submit("Compare", "bench-compare", class_="act unseen", tabindex=-1),
    )
    return element("form", "".join(parts), class_="narrow compare", data_act="bench-compare")


def _select(name: str, label: str, options: str) -> str:
    return element("label", element("span", label) + element("select", options, name=name, aria_label=label))


def _options(looked: Looked, kept: Sequence[Kept], chosen: str) -> str:
    """Return the systems of this evaluation, and in groups those of others of the same data set."""
    own = [one.name for one in looked.evaluation.systems]
    groups = _group("This evaluation", looked.name, own, chosen)
    for one in kept:
        if (
            one.summary
            and one.name != looked.name
            and one.summary.dataset.name == looked.evaluation.dataset.name
        ):
            names = [system.name for system in one.summary.systems]
            groups += _group(made_text(one.summary.made), one.name, names, chosen)
    return groups


def _group(label: str, evaluation: str, systems: Sequence[str], chosen: str) -> str:
    keys = [(side_key(evaluation, name), name) for name in systems]
    options = "".join(
        element("option", escaped(name), value=key, selected=key == chosen) for key, name in keys
    )
    return element("optgroup", options, label=label)


# --- what came of it -------------------------------------------------------------------------------------


def _result(looked: Looked) -> str:
    if looked.pair is None:
        return element("p", escaped(looked.problem), class_="problem", role="alert", dir="auto")
    if alone(looked.pair):
        return ""
    statistics = compared(looked.pair, looked.measure)
    if statistics is None:
        return element("p", "This measure is not defined for any question of both.", class_="problem")
    table = fold("All measures", table_html(_all_measures(looked.pair)))
    return _card(looked.pair, looked.measure, statistics) + table


def _card(both: Pair, measure: str, one: Comparison) -> str:
    names = _names(both)
    label = both.system.evaluation.labels[measure]
    lead = f"{points(one.baseline)} → {points(one.system)}"
    said = element("span", escaped(f"{label}, {names[0]} → {names[1]}"), class_="hint", dir="auto")
    numbers = element(
        "p",
        element("b", signed(one.difference), class_=_direction(one.difference)) + element("span", lead),
        class_="difference",
    )
    notes = note_list(both.notes) if both.notes else ""
    return element(
        "div",
        element("p", said) + numbers + _bar(one) + element("p", _certainty(one), class_="hint") + notes,
        class_="result",
    )


def _names(both: Pair) -> tuple[str, str]:
    return side_text(both.baseline, both.system), side_text(both.system, both.baseline)


def _direction(difference: float) -> str:
    return "gained" if difference > 0 else "lost" if difference < 0 else "same"


def _bar(one: Comparison) -> str:
    """Return wins, ties and losses as a bar with its numbers."""
    pieces = ((one.wins, "gained", "better"), (one.ties, "same", "the same"), (one.losses, "lost", "worse"))
    bar = "".join(
        element("span", class_=kind, style=f"flex-grow:{count}") for count, kind, _ in pieces if count
    )
    words = facts(f"{count:,} {word}" for count, _, word in pieces)
    return element("div", bar, class_="wtl", aria_hidden="true") + element(
        "p", f"{counted(one.questions, 'question')}: {words}"
    )


def _certainty(one: Comparison) -> str:
    """Say how sure the difference is: its interval, the two tests, and the size of the effect."""
    interval = (
        f"95 % interval {signed(one.interval.low)} to {signed(one.interval.high)}, transcripts drawn whole"
        if one.interval
        else "no interval: all questions are about one transcript"
    )
    effect = None if one.effect_size is None else f"effect size {one.effect_size:+.2f}".replace("-", "−")
    t_test = chance(one.t_test.p) and f"t-test {chance(one.t_test.p)}" if one.t_test else None
    drawn = f"randomisation {chance(one.randomisation.p)}"
    return facts([interval, drawn.replace("<", "&lt;"), t_test and t_test.replace("<", "&lt;"), effect,
                  "not corrected for other comparisons"])  # fmt: skip


def _all_measures(both: Pair) -> Table:
    names = _names(both)
    heads = ("measure", *names, "difference", "95\u00a0% interval", "p random.", "better", "same", "worse")
    rows = []
    for measure in both.measures:
        one = compared(both, measure)
        if one is None:
            continue
        interval = f"{signed(one.interval.low)} to {signed(one.interval.high)}" if one.interval else NONE
        p = chance(one.randomisation.p).removeprefix("p ").removeprefix("= ")
        counts = (f"{count:,}" for count in (one.wins, one.ties, one.losses))
        rows.append((both.system.evaluation.labels[measure], points(one.baseline), points(one.system),
                     signed(one.difference), interval, p, *counts))  # fmt: skip
    return Table("The two in every measure, times 100; p is not corrected", heads, tuple(rows))
