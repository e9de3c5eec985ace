"""What an evaluation found: a value that holds everything, for tables and reports.

Measures are between 0 and 1 throughout; only tables for people multiply them by 100.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from qa.evaluation.measures import Aggregate, aggregate
from qa.evaluation.significance import Comparison

POOL = "pool"  # the grouping by what a question is asked of; others are the slices of the data set
_NO_SLICE = "(none)"


@dataclass(frozen=True, slots=True)
class DatasetFacts:
    """Which data set it was.

    Args:
        name: Of the format it was read in.
        release: Which release, by checksum.
        checksum: SHA-256 over the files.
        title: With authors and year.
        source: Where it can be had.
        licence: Of the release.
        gold: The rule by which turns count as relevant.
        known_errors: What is wrong in the release.
        tuned_on: What of it our own settings were tuned on; "" when nothing was.
        remarks: What was repaired or left out while reading.
        pools: How many there are.
        transcripts: Likewise.
        turns: Likewise.
        questions: In the set; the evaluation may have asked fewer.
    """

    name: str
    release: str
    checksum: str
    title: str
    source: str
    licence: str
    gold: str
    known_errors: tuple[str, ...]
    tuned_on: str
    remarks: tuple[str, ...]
    pools: int
    transcripts: int
    turns: int
    questions: int


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question of the evaluation; fields as in `qa.evaluation.judged.JudgedQuestion`."""

    id: str
    text: str
    pool: str
    gains: Mapping[str, int]
    slices: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Why:
    """Why a system of ours placed a turn where it did.

    The views are, in order: dense own, dense context, lexical own, lexical context.

    Args:
        ranks: Of the turn in each view alone, among the turns searched; equal ones share the better rank.
            None where it shares no word with the question.
        shares: What each view adds to its score.
        prior: What its kind adds: a question, or a turn of few words, loses a little.
        credit: What it earns by answering a question that is like the one asked.
        words: Words of the question, as they are matched, that stand in its passage.
        near: Those that stand only in the neighbours that are read with it.
        closely: What reading it closely added; 0 where it was not read.
        alike: What its likeness to the first turns added or took; 0 where nothing was moved by it.
    """

    ranks: tuple[int | None, ...]
    shares: tuple[float, ...]
    prior: float
    credit: float
    words: tuple[str, ...]
    near: tuple[str, ...]
    closely: float = 0.0
    alike: float = 0.0


@dataclass(frozen=True, slots=True)
class Placed:
    """A turn among the best of a question.

    Args:
        turn_id: Its text is in `Evaluation.turns`.
        score: The system's.
        gain: As judged; None when it is not.
        parts: What each view of ours gave it: dense own, dense context, lexical own, lexical context.
        sentence: Marked in the turn as the answer; None where the system marks none.
        why: None for a system that is not ours, or does not look at a turn in several ways.
    """

    turn_id: str
    score: float
    gain: int | None
    parts: tuple[float, ...] = ()
    sentence: str | None = None
    why: Why | None = None


@dataclass(frozen=True, slots=True)
class Missed:
    """A relevant turn that is not among the best of a question.

    Args:
        turn_id: Its text is in `Evaluation.turns`.
        gain: As judged.
        rank: From 1; None when it was not ranked, or too far down to be kept.
        why: As in `Placed`.
    """

    turn_id: str
    gain: int
    rank: int | None
    why: Why | None = None


@dataclass(frozen=True, slots=True)
class SpokenTurn:
    """A turn as a report shows it."""

    speaker: str
    text: str


@dataclass(frozen=True, slots=True)
class Percentiles:
    """Milliseconds at three percentiles."""

    p50: float
    p95: float
    p99: float


@dataclass(frozen=True, slots=True)
class Costs:
    """What a system costs. One question after another, one process.

    Args:
        turns_per_second: Turns of the data set embedded in a second; None when nothing is embedded.
        embedded: When and on which processor that was, as the vectors may come from the cache.
        build_seconds: Until the system was ready, embedding included where it was not kept.
        bytes_per_turn: Size of what is searched.
        peak_mib: Most memory of the process while it was built and asked; None where the system cannot tell.
        peak_since_start: Whether that is of the whole process so far instead.
        questions: How many were timed, after a first pass over all.
        depth: Turns ranked for each of them.
        total: Latency of a question until it is ranked.
        encode: Its part for embedding the question.
        search: Its part for finding and ordering turns.
        rerank: Its part for a reranker; 0 for a system without one.
    """

    turns_per_second: float | None
    embedded: str
    build_seconds: float
    bytes_per_turn: float
    peak_mib: float | None
    peak_since_start: bool
    questions: int
    depth: int
    total: Percentiles
    encode: Percentiles
    search: Percentiles
    rerank: Percentiles


@dataclass(frozen=True, slots=True)
class SystemResult:
    """What one system did.

    Args:
        name: As asked for; the name of an outside run.
        values: Value by question id for each measure; a question for which it is not defined is missing.
        best: The first turns of each question, best first.
        by_ties: Mean of the first measure under each rule for equal scores.
        notes: What one must know before quoting a number of it; each a sentence.
        card: Everything that shaped it, as plain values.
        costs: None for an outside run.
        missed: The first relevant turns of each question that are not among the best, by rank; a question
            without any is missing.
    """

    name: str
    values: Mapping[str, Mapping[str, float]]
    best: Mapping[str, tuple[Placed, ...]]
    by_ties: Mapping[str, float]
    notes: tuple[str, ...]
    card: Mapping[str, Any]
    costs: Costs | None
    missed: Mapping[str, tuple[Missed, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Contrast:
    """A system against the baseline, in one measure.

    Args:
        measure: Its name.
        baseline: Name of the system compared with.
        system: Name of the system.
        comparison: Differences are system minus baseline.
        holm_randomisation: p of the randomisation test, corrected for the number of systems compared.
        holm_t_test: p of the t-test, likewise; None where it is not defined.
    """

    measure: str
    baseline: str
    system: str
    comparison: Comparison
    holm_randomisation: float
    holm_t_test: float | None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Everything that an evaluation found.

    Args:
        dataset: Which data set.
        pool: "transcript" when questions were asked of their own pool, "library" of the whole set.
        ties: Which of equal scores comes first; one of `qa.evaluation.judging.RULES`.
        depth: Most turns ranked for a question.
        measures: Names, in the order asked for; the first is what `by_ties` is about.
        labels: The measures' names in full.
        questions: Those asked.
        systems: In the order asked for; the first is the baseline of the contrasts.
        contrasts: By measure, then by system; empty with one system.
        notes: What one must know of the evaluation as a whole; each a sentence.
        turns: Every turn that is among the best or the missed of a system, and the first relevant ones of
            each question.
        command: What made it.
        made: When, UTC, ISO 8601.
    """

    dataset: DatasetFacts
    pool: str
    ties: str
    depth: int
    measures: tuple[str, ...]
    labels: Mapping[str, str]
    questions: tuple[AskedQuestion, ...]
    systems: tuple[SystemResult, ...]
    contrasts: tuple[Contrast, ...]
    notes: tuple[str, ...]
    turns: Mapping[str, SpokenTurn]
    command: str
    made: str

    def system(self, name: str) -> SystemResult:
        """Return the result of a system.

        Raises:
            KeyError: If it was not evaluated.
        """
        for result in self.systems:
            if result.name == name:
                return result
        raise KeyError(name)

    def groups(self, by: str) -> dict[str, str]:
        """Return the group of each question: its pool, or what it has for a slice."""
        if by == POOL:
            return {question.id: question.pool for question in self.questions}
        return {question.id: question.slices.get(by, _NO_SLICE) for question in self.questions}

    def groupings(self) -> tuple[str, ...]:
        """Return what results can be broken down by: `POOL`, and the slices of the data set."""
        return (POOL, *dict.fromkeys(name for question in self.questions for name in question.slices))

    def mean(self, system: str, measure: str, by: str = POOL) -> Aggregate | None:
        """Return means of a measure over questions, over groups and within each; None where undefined."""
        values = self.system(system).values.get(measure)
        return aggregate(values, self.groups(by)) if values else None
