"""The tables of a report, and the places of its plots: quality, comparison, slices, costs, equal scores."""

from collections.abc import Sequence

from qa.evaluation.report.parts import (
    definitions,
    folded,
    legend,
    paragraph,
    section,
    system_marks,
    table_markup,
)
from qa.evaluation.results import Evaluation
from qa.evaluation.tables import by_slice, comparison, costs, quality, slicings, ties
from qa.markup import chooser, element, escaped

LIKELY = 0.05  # p below which a difference is marked in the table of means
_MEANINGS = {
    "ndcg": "gains of the first k turns, each divided by log2(rank + 1), over the same of the best order of "
    "all judged turns; trec_eval's ndcg_cut, with linear gains",
    "recall": "share of all relevant turns that stand among the first k",
    "all": "share of questions with every relevant turn among the first k",
    "success": "share of questions with at least one relevant turn among the first k",
    "mrr": "1 / rank of the first relevant turn; 0 when it stands beyond k",
    "p": "share of the first k places that hold a relevant turn",
    "judged": "share of the first k turns that are judged at all, relevant or not",
    "ap": "mean, over all relevant turns, of the precision at their rank; 0 for those not ranked; "
    "trec_eval's map",
    "rprec": "precision at the number of relevant turns",
    "span-hit": "share of the gold stretches with at least one turn among the first k",
    "span-iou": "intersection over union of the first k turns and the gold stretches together",
    "answer": "share of questions for which a sentence marked in one of the first k turns holds an answer",
}


def quality_section(evaluation: Evaluation) -> str:
    """Return the means of every measure, the best in bold."""
    marks, contrasts = system_marks(evaluation), evaluation.contrasts
    best = [
        column
        for column, name in enumerate(evaluation.measures, 1)
        if _kind(name) != "judged" and len(evaluation.systems) > 1
    ]
    rows = [system.name for system in evaluation.systems]
    signs = {
        (rows.index(one.system), evaluation.measures.index(one.measure) + 1): "†"
        for one in contrasts
        if one.holm_randomisation < LIKELY
    }
    tables = [
        table_markup(quality(evaluation), names=marks, best=best, signs=signs, foot=_counts(evaluation))
    ]
    if evaluation.dataset.pools > 1:
        tables.append(table_markup(quality(evaluation, macro=True), names=marks, best=best))
    said = ["Best in bold."] if best else []
    if signs:
        said.append(
            f"† differs from {evaluation.systems[0].name}: p < {LIKELY} in the randomisation test, corrected "
            "after Holm for the number of systems."
        )
    meanings = [(evaluation.labels[name], escaped(_MEANINGS[_kind(name)])) for name in evaluation.measures]
    told = folded("How each measure is defined", definitions(meanings), class_="aside")
    return section("quality", "Quality", *tables, paragraph(" ".join(said), "note") if said else "", told)


def _kind(measure: str) -> str:
    return measure.partition("@")[0]


def _counts(evaluation: Evaluation) -> tuple[str, ...]:
    """Return a row that says over how many questions each mean is; nothing when it is all of them for all."""
    counts = [
        {len(system.values.get(name, {})) for system in evaluation.systems} - {0}
        for name in evaluation.measures
    ]
    if all(count == {len(evaluation.questions)} for count in counts):
        return ()
    told = (f"{min(count):,}–{max(count):,}" if len(count) > 1 else f"{max(count):,}" for count in counts)
    return ("questions", *told)


def comparison_section(evaluation: Evaluation) -> str:
    """Return every system against the first: plot, and a table for each measure."""
    if not evaluation.contrasts:
        return ""
    first, marks = evaluation.systems[0].name, system_marks(evaluation)
    one = evaluation.contrasts[0].comparison
    said = (
        f"Each system minus {first}, question by question, in points (times 100). "
        + (
            f"Lines are {100 * one.interval.level:g} % intervals from a bootstrap that draws whole pools "
            f"({one.clusters:,} of them, {one.interval.resamples:,} resamples). "
            if one.interval
            else "There is no interval: all questions are about one pool. "
        )
        + "p is that of Fisher's randomisation test and of the paired t-test, corrected after Holm for the "
        "number of systems in each measure; both take questions as independent. The effect size is Cohen's "
        "d_z. Win, tie and loss count questions."
    )
    compared = dict.fromkeys(contrast.measure for contrast in evaluation.contrasts)
    tables = {name: table_markup(comparison(evaluation, name), names=marks) for name in compared}
    return section(
        "comparison", f"Compared with {first}", paragraph(said), _measure_chooser(evaluation),
        plot("comparison", f"Differences to {first}"), _each(evaluation, tables),
    )  # fmt: skip


def slices_section(evaluation: Evaluation) -> str:
    """Return the means within each slice: plots, and a table for each measure."""
    every = slicings(evaluation)
    if not every:
        return ""
    marks = system_marks(evaluation)
    plots = "".join(plot(f"slices-{place}", f"Means by {by}") for place, by in enumerate(every))
    tables = {
        name: "".join(table_markup(by_slice(evaluation, by, name), heads=marks) for by in every)
        for name in evaluation.measures
    }
    said = (
        "Means over the questions of a slice, in points (times 100); how many there are stands in brackets. "
        "“gold” is the number of relevant turns."
    )
    return section(
        "slices", "Slices", paragraph(said), _measure_chooser(evaluation), legend(marks),
        element("div", plots, class_="plots"), _each(evaluation, tables),
    )  # fmt: skip


def costs_section(evaluation: Evaluation) -> str:
    """Return what the systems cost, beside what they reach."""
    priced = [system for system in evaluation.systems if system.costs]
    if not priced:
        return ""
    marks = system_marks(evaluation)
    plots = "".join(
        plot(name, f"Quality against {what}")
        for name, what in (
            ("latency", "latency"), ("index", "size of the index"), ("memory", "peak memory"),
        )
        if name != "memory" or any(system.costs and system.costs.peak_mib for system in priced)
    )  # fmt: skip
    return section(
        "costs", "Quality and cost", _measure_chooser(evaluation), legend(marks),
        element("div", plots, class_="plots three"),
        paragraph("The dotted line joins the systems that no other beats in both.", "note script"),
        table_markup(costs(evaluation), names=marks), _costs_told(evaluation),
    )  # fmt: skip


def _costs_told(evaluation: Evaluation) -> str:
    told = [system.costs for system in evaluation.systems if system.costs]
    asked = sorted({(one.questions, one.depth) for one in told})
    said = [
        f"Latency is of {questions:,} questions, one after another, {depth:,} turns ranked for each, after a "
        "first pass over all. Embedding the question is timed apart from the search."
        for questions, depth in asked
    ]
    embedded = sorted({one.embedded for one in told if one.embedded})
    if embedded:
        said.append(f"Turns were embedded {'; '.join(embedded)}.")
    said.append("Peak memory is of the whole process while a system was built and asked.")
    if any(one.peak_since_start for one in told):
        said.append("* of the process since it began, as this system tells no more.")
    if absent := [system.name for system in evaluation.systems if system.costs is None]:
        said.append(f"Outside runs have no costs: {', '.join(absent)}.")
    return paragraph(" ".join(said), "note")


def ties_section(evaluation: Evaluation) -> str:
    """Return what the order of equal scores is worth."""
    said = (
        "trec: the last id first, as trec_eval has it. asc: the first id first. average: the mean over all "
        "orders. pessimistic: the worst order."
    )
    table = table_markup(ties(evaluation), names=system_marks(evaluation))
    return section("ties", "Equal scores", table, paragraph(said, "note"))


def plot(name: str, label: str) -> str:
    """Return the place of a plot, which the report's script fills."""
    return element("div", class_="plot", data_figure=name, role="img", aria_label=label)


def _measure_chooser(evaluation: Evaluation) -> str:
    """Return a choice of the measure that plots and tables show, for when there is a script."""
    options = [(name, evaluation.labels[name]) for name in evaluation.measures]
    return element("div", chooser("measure", "Measure", options), class_="tools script")


def _each(evaluation: Evaluation, tables: dict[str, str]) -> str:
    """Return the tables of each measure, all but the first folded."""
    shown: Sequence[str] = tuple(tables)[:1]
    return "".join(
        folded(escaped(evaluation.labels[name]), markup, shown=name in shown, data_measure=name, class_="of")
        for name, markup in tables.items()
    )
