"""What must be said beside numbers: each a sentence for people."""

from collections.abc import Collection, Mapping, Sequence

from qa.evaluation.bench import Bench
from qa.evaluation.judged import JudgedQuestion, Pool
from qa.evaluation.judging import QuestionMeasure, Rule
from qa.evaluation.measures import aggregate
from qa.evaluation.runs import Run

# Published tables hold cells in which one slice is near zero while its siblings are normal: failed runs that
# were averaged in. Below this mean nDCG a slice is pointed out.
SUSPICIOUS = 0.08
_FEWEST = 5  # questions; of fewer a mean says nothing
_TIES_MATTER = 0.005  # half a point
_ENOUGH_POOLS = 20  # for a bootstrap that draws them whole


def cutoff_notes(measures: Sequence[QuestionMeasure], sizes: Sequence[int]) -> list[str]:
    """Say where a cutoff is not below the number of turns searched: there a measure has little to tell.

    Args:
        measures: Those evaluated.
        sizes: How many turns were searched for each question.
    """
    notes = []
    for k in sorted({one.k for one in measures if one.k is not None}):
        if few := sum(size <= k for size in sizes):
            labels = ", ".join(one.label for one in measures if one.k == k)
            notes.append(
                f"{few:,} of {len(sizes):,} questions are asked of at most {k} turns, of which any order is "
                f"within the cutoff of {labels}; the fewest are {min(sizes):,}."
            )
    return notes


def interval_notes(systems: int, pools: int) -> list[str]:
    """Say when there are too few pools for the intervals of differences."""
    if systems < 2 or pools >= _ENOUGH_POOLS:
        return []
    if pools == 1:
        return ["All questions are about one pool, so there is no interval, and p says nothing about others."]
    return [
        f"The questions are about {pools:,} pools. With fewer than {_ENOUGH_POOLS} intervals are too narrow; "
        "p is too small anyway, as questions about one pool are not independent."
    ]


def run_notes(run: Run, bench: Bench, asked: Sequence[tuple[JudgedQuestion, Pool | None]]) -> list[str]:
    """Say what of an outside run does not fit the data set."""
    known = {question.id for question in bench.dataset.questions}
    notes = _listed(
        "questions of the run are not in the data set and are passed over", run.rankings.keys() - known
    )
    every, unknown, elsewhere = set(bench.ids), set[str](), set[str]()
    for question, pool in asked:
        ranked = set(run.ranking(question.id))
        unknown |= ranked - every
        if pool is not None:
            elsewhere |= (ranked & every) - {bench.ids[row] for row in bench.rows(pool)}
    notes += _listed("turns of the run are not in the data set and count as not relevant", unknown)
    return notes + _listed(
        "turns of the run are outside the pool of their question and keep their places", elsewhere
    )


def _listed(what: str, ids: Collection[str]) -> list[str]:
    if not ids:
        return []
    shown = ", ".join(sorted(ids)[:3])
    return [f"{len(ids):,} {what}, such as {shown}."]


def result_notes(
    values: Mapping[str, Mapping[str, float]],
    slices: Mapping[str, Mapping[str, str]],
    by_ties: Mapping[str, float],
    first: QuestionMeasure,
    ties: Rule,
    empty: int,
) -> list[str]:
    """Say what is odd about the results of a system.

    Args:
        values: Value by question id for each measure.
        slices: Of each question.
        by_ties: Mean of the first measure under each rule for equal scores.
        first: That measure.
        ties: The rule that was used.
        empty: Questions without results.
    """
    notes = []
    if empty:
        notes.append(f"{empty:,} of {len(slices):,} questions have no results and count 0.")
    if by_ties and max(by_ties.values()) - min(by_ties.values()) > _TIES_MATTER:
        told = ", ".join(f"{rule} {100 * mean:.1f}" for rule, mean in by_ties.items())
        notes.append(
            f"Equal scores matter: {first.label} is {told}, by the rule for their order ({ties} was used)."
        )
    return notes + _suspicious(values, slices)


def _suspicious(
    values: Mapping[str, Mapping[str, float]], slices: Mapping[str, Mapping[str, str]]
) -> list[str]:
    name = next((name for name in values if name.startswith("ndcg@")), None)
    if name is None:
        return []
    kinds = dict.fromkeys(kind for one in slices.values() for kind in one)
    by_kind = {
        by: aggregate(values[name], {question: one.get(by, "(none)") for question, one in slices.items()})
        for by in kinds
    }
    return [
        f"Suspicious: the slice {by} = {group.group} has a mean {name} of {100 * group.mean:.1f} over "
        f"{group.questions:,} questions. Below {100 * SUSPICIOUS:.0f} it looks like a failed run; look at it "
        "before quoting the mean."
        for by, found in by_kind.items()
        for group in found.groups
        if group.mean < SUSPICIOUS and group.questions >= _FEWEST
    ]
