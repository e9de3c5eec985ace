"""An evaluation as text: for a terminal, or in Markdown."""

from collections.abc import Sequence
from dataclasses import dataclass

from qa.errors import shorten
from qa.evaluation.cards import POOLS
from qa.evaluation.comparison import Regression, regressions
from qa.evaluation.judging import RULE_TEXTS, RULES
from qa.evaluation.results import POOL, Contrast, Costs, DatasetFacts, Evaluation, Placed

_NONE = "–"  # not defined, or not measured
_WORST = 3  # regressions in a terminal; Markdown has more


@dataclass(frozen=True, slots=True)
class Table:
    """Cells under heads; the first column is names, the others are numbers."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def text(self) -> str:
        """Write it in columns of equal width; heads of several words stand on several lines."""
        words = [head.split(" ") for head in self.heads]
        tall = max(map(len, words))
        stacked = [tuple([""] * (tall - len(head)) + head) for head in words]
        lines = [*zip(*stacked, strict=True), *self.rows]
        widths = [max(len(line[column]) for line in lines) for column in range(len(self.heads))]
        return "\n".join([self.title, *("  ".join(_aligned(line, widths)).rstrip() for line in lines)])

    def markdown(self) -> str:
        """Write it in Markdown."""
        lines = [self.heads, ("---", *["--:"] * (len(self.heads) - 1)), *self.rows]
        return "\n".join([f"{self.title}\n", *(f"| {' | '.join(map(_escaped, line))} |" for line in lines)])


def _aligned(cells: Sequence[str], widths: Sequence[int]) -> list[str]:
    pairs = list(zip(cells, widths, strict=True))
    return [pairs[0][0].ljust(pairs[0][1]), *(cell.rjust(width) for cell, width in pairs[1:])]


def _escaped(cell: str) -> str:
    return cell.replace("|", "\\|").replace("\n", " ")


def head_lines(evaluation: Evaluation) -> list[str]:
    """Say what was evaluated and how: what must stand beside every number."""
    dataset = evaluation.dataset
    lines = [
        f"{dataset.name}: {dataset.release}; {dataset.title}",
        f"size: {sizes(dataset)}, {asked(evaluation)}",
        f"checksum: SHA-256 {dataset.checksum}",
        f"gold: {dataset.gold}",
        f"pool: {evaluation.pool}, {POOLS[evaluation.pool]}",
        f"ties: {evaluation.ties}, {RULE_TEXTS[evaluation.ties]}",  # type: ignore[index]  # it is one of them
        f"depth: {evaluation.depth:,} turns a question; a question without results counts 0",
    ]
    if dataset.tuned_on:
        lines.append(f"our settings were tuned on: {dataset.tuned_on}")
    lines += [f"read: {remark}" for remark in dataset.remarks]
    return lines


def sizes(dataset: DatasetFacts) -> str:
    """Say how large a data set is."""
    counts = ((dataset.transcripts, "transcript"), (dataset.pools, "pool"), (dataset.turns, "turn"))
    transcripts, pools, turns = (f"{number:,} {what}{'s' * (number != 1)}" for number, what in counts)
    return f"{transcripts} in {pools}, {turns}"


def asked(evaluation: Evaluation) -> str:
    """Say how many questions were asked, and of how many."""
    number, every = len(evaluation.questions), evaluation.dataset.questions
    return f"{number:,} questions" if number == every else f"{number:,} of {every:,} questions"


def notes(evaluation: Evaluation) -> list[str]:
    """Return what one must know before quoting a number."""
    return [
        *evaluation.notes,
        *(f"{system.name}: {note}" for system in evaluation.systems for note in system.notes),
    ]


def quality(evaluation: Evaluation, *, macro: bool = False) -> Table:
    """Return one row a system, a column a measure.

    Args:
        evaluation: What was found.
        macro: Take the mean of the pools' means instead of the mean over questions.
    """
    groups = (
        f"of the means of {evaluation.dataset.pools:,} pools (macro)" if macro else "over questions (micro)"
    )
    rows = []
    for system in evaluation.systems:
        found = [evaluation.mean(system.name, name) for name in evaluation.measures]
        cells = [_NONE if one is None else _points(one.macro if macro else one.micro) for one in found]
        rows.append((system.name, *cells))
    labels = (evaluation.labels[name] for name in evaluation.measures)
    return Table(f"Means {groups}, times 100", ("system", *labels), tuple(rows))


def _points(value: float | None) -> str:
    return _NONE if value is None else f"{100 * value:.1f}"


def by_slice(evaluation: Evaluation, by: str, measure: str | None = None) -> Table:
    """Return a measure of every system, a row a slice; None for the first measure."""
    measure = evaluation.measures[0] if measure is None else measure
    found = {system.name: evaluation.mean(system.name, measure, by) for system in evaluation.systems}
    cells: dict[str, dict[str, str]] = {}
    counts: dict[str, int] = {}
    for name, one in found.items():
        for group in one.groups if one else ():
            cells.setdefault(group.group, {})[name] = _points(group.mean)
            counts[group.group] = group.questions
    rows = [
        (group, f"{counts[group]:,}", *(cells[group].get(name, _NONE) for name in found))
        for group in sorted(cells)
    ]
    return Table(f"{evaluation.labels[measure]} by {by}, times 100", (by, "questions", *found), tuple(rows))


def slicings(evaluation: Evaluation) -> list[str]:
    """Return the ways of slicing that make more than one slice."""
    every = [by for by in evaluation.groupings() if by != POOL]
    return [by for by in every if len(set(evaluation.groups(by).values())) > 1]


def slices(evaluation: Evaluation) -> list[Table]:
    """Return a table of the first measure for each way of slicing that makes more than one slice."""
    return [by_slice(evaluation, by) for by in slicings(evaluation)]


def ties(evaluation: Evaluation) -> Table:
    """Return the first measure of every system under each rule for equal scores, and how far they spread."""
    rows = []
    for system in evaluation.systems:
        means = [system.by_ties.get(rule) for rule in RULES]
        known = [mean for mean in means if mean is not None]
        spread = _points(max(known) - min(known) if known else None)
        rows.append((system.name, *map(_points, means), spread))
    label = evaluation.labels[evaluation.measures[0]]
    return Table(
        f"{label} by the order of equal scores, times 100", ("system", *RULES, "spread"), tuple(rows)
    )


def costs(evaluation: Evaluation) -> Table:
    """Return what each system costs."""
    heads = (
        "system", "turns/s embedded", "index bytes/turn", "ms p50", "ms p95", "ms p99", "encode ms p50",
        "search ms p50", "rerank ms p50", "peak MiB",
    )  # fmt: skip
    rows = [(one.name, *(_costs(one.costs) if one.costs else [_NONE] * 9)) for one in evaluation.systems]
    return Table("What it costs, one question after another", heads, tuple(rows))


def _costs(one: Costs) -> list[str]:
    total = one.total
    return [
        _NONE if one.turns_per_second is None else f"{one.turns_per_second:,.0f}",
        f"{one.bytes_per_turn:,.0f}",
        *(f"{value:.1f}" for value in (total.p50, total.p95, total.p99)),
        *(f"{part.p50:.1f}" for part in (one.encode, one.search, one.rerank)),
        _NONE if one.peak_mib is None else f"{one.peak_mib:,.0f}" + ("*" if one.peak_since_start else ""),
    ]


def comparison(evaluation: Evaluation, measure: str) -> Table:
    """Return every system against the first, in one measure."""
    heads = (
        "system", "difference", "95\u00a0% interval", "p t-test", "p random.", "effect size", "wins", "ties",
        "losses",
    )  # fmt: skip
    found = [one for one in evaluation.contrasts if one.measure == measure]
    corrected = ", p after Holm" if len(found) > 1 else ""
    title = f"{evaluation.labels[measure]} against {evaluation.systems[0].name}, times 100{corrected}"
    return Table(title, heads, tuple((one.system, *_compared(one)) for one in found))


def _compared(contrast: Contrast) -> list[str]:
    one = contrast.comparison
    interval = one.interval
    return [
        f"{100 * one.difference:+.1f}",
        _NONE if interval is None else f"{100 * interval.low:+.1f} to {100 * interval.high:+.1f}",
        p_text(contrast.holm_t_test),
        p_text(contrast.holm_randomisation),
        _NONE if one.effect_size is None else f"{one.effect_size:+.2f}",
        *(f"{count:,}" for count in (one.wins, one.ties, one.losses)),
    ]


def p_text(value: float | None) -> str:
    """Return a p-value as tables have it."""
    if value is None:
        return _NONE
    return "<0.0005" if value < 0.0005 else f"{value:.3f}"


def terminal_text(evaluation: Evaluation) -> str:
    """Write an evaluation for a terminal."""
    tables = [quality(evaluation)]
    if evaluation.dataset.pools > 1:
        tables.append(quality(evaluation, macro=True))
    tables += [*slices(evaluation), costs(evaluation)]
    if evaluation.contrasts:
        tables.append(comparison(evaluation, evaluation.measures[0]))
    parts = ["\n".join(head_lines(evaluation)), *(table.text() for table in tables)]
    if said := notes(evaluation):
        parts.append("\n".join(["Beware", *(f"- {note}" for note in said)]))
    for system in evaluation.systems[1:]:
        worst = regressions(evaluation, system.name, most=_WORST)
        parts += ["\n".join(_lost(evaluation, system.name, worst))] if worst else []
    return "\n\n".join(parts)


def _lost(evaluation: Evaluation, system: str, worst: Sequence[Regression]) -> list[str]:
    first = evaluation.systems[0].name
    lines = [f"Where {system} lost most against {first} ({evaluation.labels[evaluation.measures[0]]})"]
    for one in worst:
        lines.append(
            f"  {_points(one.baseline)} to {_points(one.system)}  {one.question.id}  {one.question.text}"
        )
        for name, best in ((first, one.baseline_best), (system, one.system_best)):
            lines.append(
                f"      {name}: {shorten(_shown(evaluation, best[0]), 110)}"
                if best
                else f"      {name}: nothing"
            )
    return lines


def _shown(evaluation: Evaluation, placed: Placed) -> str:
    turn = evaluation.turns.get(placed.turn_id)
    spoken = (
        f"{turn.speaker}: {turn.text}" if turn and turn.speaker else turn.text if turn else "(unknown turn)"
    )
    mark = (
        "relevant" if (placed.gain or 0) > 0 else "not relevant" if placed.gain is not None else "not judged"
    )
    return f"[{mark}] {placed.turn_id} {spoken}"


def markdown(evaluation: Evaluation, most: int = 5) -> str:
    """Write an evaluation in Markdown, with the worst regressions side by side.

    Args:
        evaluation: What was found.
        most: Regressions of each system.
    """
    parts = [f"# {evaluation.dataset.name}: {evaluation.dataset.release}", f"    {evaluation.command}"]
    parts.append("\n".join(f"- {line}" for line in head_lines(evaluation)))
    tables = [quality(evaluation), quality(evaluation, macro=True), *slices(evaluation), costs(evaluation)]
    tables += [comparison(evaluation, name) for name in evaluation.measures if evaluation.contrasts]
    tables.append(ties(evaluation))
    parts += [table.markdown() for table in tables if table.rows]
    if said := notes(evaluation):
        parts.append("\n".join(["## Beware\n", *(f"- {note}" for note in said)]))
    for system in evaluation.systems[1:]:
        for one in regressions(evaluation, system.name, most=most):
            parts.append(_side_by_side(evaluation, system.name, one))
    return "\n\n".join(parts) + "\n"


def _side_by_side(evaluation: Evaluation, system: str, one: Regression) -> str:
    first = evaluation.systems[0].name
    label = evaluation.labels[evaluation.measures[0]]
    title = (
        f"## {one.question.id}: {_escaped(one.question.text)}\n\n"
        f"{label} {_points(one.baseline)} with {first}, {_points(one.system)} with {system}"
    )
    pairs = [
        (
            str(rank + 1),
            *(
                shorten(_shown(evaluation, best[rank]), 200) if rank < len(best) else ""
                for best in (one.baseline_best, one.system_best)
            ),
        )
        for rank in range(min(5, max(len(one.baseline_best), len(one.system_best))))
    ]
    return Table(title, ("rank", first, system), tuple(pairs)).markdown()
