"""Runs systems over a data set and judges what they rank, together with runs that other tools made.

A question without results counts 0 in every measure. Said beside the numbers: a cutoff that is not below the
size of what is searched, questions or turns of an outside run that the data set does not have, a slice so low
that it looks like a failed run, and what the order of equal scores is worth.
"""

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol, runtime_checkable

from qa.errors import QAError
from qa.evaluation.bench import Bench, Found, System
from qa.evaluation.cards import dataset_facts, outside_card, surroundings, system_card, tag
from qa.evaluation.comparison import contrasts
from qa.evaluation.costs import measure_costs
from qa.evaluation.judged import JudgedQuestion, Pool, gold_size
from qa.evaluation.judging import (
    DEFAULT_MEASURES,
    RULES,
    SHOWN,
    Judged,
    QuestionMeasure,
    Ranking,
    Rule,
    Texts,
    answer_texts,
    find_measure,
)
from qa.evaluation.machine import PeakMemory
from qa.evaluation.placing import Shown, keep, relevant
from qa.evaluation.plan import OutsideRun, Plan
from qa.evaluation.remarks import cutoff_notes, interval_notes, result_notes, run_notes
from qa.evaluation.results import AskedQuestion, Costs, Evaluation, SpokenTurn, SystemResult
from qa.evaluation.runs import Run
from qa.evaluation.systems import build
from qa.evaluation.ties import ordered

_GOLD = 3  # relevant turns whose text is kept

Asked = tuple[JudgedQuestion, Pool | None]  # a question and what is searched for it; None for everything


@dataclass(frozen=True, slots=True)
class Outcome:
    """An evaluation, the runs behind it in full, and the judgments.

    Args:
        evaluation: What was found.
        runs: By the name of the system; ordered as trec_eval orders them.
        qrels: Gains by question, of the questions asked.
        topics: Their texts.
    """

    evaluation: Evaluation
    runs: Mapping[str, Run]
    qrels: Mapping[str, Mapping[str, int]]
    topics: Mapping[str, str]


@runtime_checkable
class _Shows(Protocol):
    """A system that marks a sentence in each turn it shows."""

    def sentences(self, question: str, best: Sequence[Found]) -> list[str]:
        """Return the sentence marked in each of the best turns."""


def evaluate(bench: Bench, plan: Plan) -> Outcome:
    """Run and judge everything that a plan names.

    Raises:
        QAError: If an outside run has no question of the data set, or no measure is defined for any question.
        ModelLoadError: If there is no such model.
    """
    return _Evaluator(bench, plan).outcome()


class _Evaluator:
    def __init__(self, bench: Bench, plan: Plan) -> None:
        self._bench = bench
        self._plan = plan
        pools = {pool.id: pool for pool in bench.dataset.pools}
        self._asked: list[Asked] = [
            (question, pools[question.pool] if plan.pool == "transcript" else None)
            for question in bench.dataset.questions[: plan.limit]
        ]
        self._measures = [find_measure(name) for name in dict.fromkeys(plan.measures or DEFAULT_MEASURES)]
        self._texts: dict[str, Texts] = {
            question.id: answer_texts(question, self._text) for question, _ in self._asked
        }
        made = datetime.now(UTC).isoformat(timespec="seconds")
        self._around = surroundings(plan.ties, plan.pool, plan.depth, plan.command, made)
        self._runs: dict[str, Run] = {}

    def outcome(self) -> Outcome:
        plan, dataset = self._plan, self._bench.dataset
        results = [self._system(name) for name in dict.fromkeys(plan.systems)]
        results += [self._outside(outside) for outside in plan.outside]
        measures = [one for one in self._measures if any(one.name in result.values for result in results)]
        if not measures:
            labels = ", ".join(one.label for one in self._measures)
            raise QAError(
                f"{labels}: not defined for any question here. Name other measures, such as ndcg@10."
            )
        names = tuple(one.name for one in measures)
        questions = tuple(_told(question) for question, _ in self._asked)
        clusters = {question.id: question.pool for question in questions}
        notes = cutoff_notes(measures, [len(self._bench.rows(pool)) for _, pool in self._asked])
        notes += interval_notes(len(results), len(set(clusters.values())))
        if plan.measures:
            undefined = [one.label for one in self._measures if one not in measures]
            notes += [f"{label} is not defined for any question here." for label in undefined]
        evaluation = Evaluation(
            dataset_facts(dataset), plan.pool, plan.ties, plan.depth, names,
            {one.name: one.label for one in measures}, questions, tuple(results),
            contrasts(results, names, clusters), tuple(notes), self._spoken(results),
            plan.command, self._around["made"],
        )  # fmt: skip
        qrels = {question.id: question.gains for question, _ in self._asked}
        return Outcome(evaluation, self._runs, qrels, {one.id: one.text for one in questions})

    # --- ranking ---------------------------------------------------------------------------------------

    def _system(self, name: str) -> SystemResult:
        memory = PeakMemory()
        begun = time.perf_counter()
        system = build(name, self._bench, self._plan.model)
        build_seconds = time.perf_counter() - begun
        rankings: dict[str, Ranking] = {}
        parts: dict[str, Mapping[str, Found]] = {}
        for question, pool in self._asked:
            found = {one.turn_id: one for one in system.rank(question.text, pool, self._plan.depth)}
            scored = {id_: one.score for id_, one in found.items()}
            first = [found[id_] for id_ in ordered(scored)[: self._marked()]]
            sentences = self._sentences(system, question, first)
            rankings[question.id] = Ranking(scored, sentences)
            parts[question.id] = {id_: one for id_, one in found.items() if one.parts}
        if system.pairs is not None:
            system.pairs.save()
        costs = measure_costs(system, self._bench, self._asked, build_seconds, memory)
        self._runs[name] = _run(tag(name), rankings)
        card = {**system_card(name, system), **self._around}
        return self._judged(name, system, rankings, parts, [], card, costs)

    def _sentences(
        self, system: System, question: JudgedQuestion, first: Sequence[Found]
    ) -> dict[str, str] | None:
        if not isinstance(system, _Shows) or not self._texts[question.id]:
            return None
        shown = system.sentences(question.text, first)
        return dict(zip([one.turn_id for one in first], shown, strict=True))

    def _marked(self) -> int:
        """Return how many turns must have their sentence marked."""
        return max((one.k or 0 for one in self._measures if one.name.startswith(SHOWN)), default=0)

    def _outside(self, outside: OutsideRun) -> SystemResult:
        run = outside.run
        if not any(run.ranking(question.id) for question in self._bench.dataset.questions):
            raise QAError(
                f"{outside.source} has no question of this data set; one is called "
                f"{self._bench.dataset.questions[0].id!r}. Name the run that belongs to it."
            )
        notes = run_notes(run, self._bench, self._asked)
        name = next(
            name for name in (run.name, *(f"{run.name}~{n}" for n in range(2, 99))) if name not in self._runs
        )
        rankings = {
            question.id: Ranking(dict(run.rankings.get(question.id, ()))) for question, _ in self._asked
        }
        self._runs[name] = _run(tag(name), rankings)
        card = {**outside_card(name, outside.source, outside.checksum), **self._around}
        return self._judged(name, None, rankings, {}, notes, card, None)

    # --- judging ---------------------------------------------------------------------------------------

    def _judged(
        self,
        name: str,
        system: System | None,
        rankings: Mapping[str, Ranking],
        parts: Mapping[str, Mapping[str, Found]],
        notes: list[str],
        card: dict[str, object],
        costs: Costs | None,
    ) -> SystemResult:
        values: dict[str, dict[str, float]] = {}
        kept: dict[str, Shown] = {}
        for question, pool in self._asked:
            ranking = rankings[question.id]
            judged = Judged(question, ranking, self._plan.ties, self._texts[question.id])
            for measure in self._measures:
                if (value := measure(judged)) is not None:
                    values.setdefault(measure.name, {})[question.id] = value
            kept[question.id] = keep(judged, parts.get(question.id, {}), system, pool)
        by_ties = self._by_ties(self._measures[0], rankings)
        slices = {question.id: _slices(question) for question, _ in self._asked}
        empty = sum(not ranking.scored for ranking in rankings.values())
        notes = notes + result_notes(values, slices, by_ties, self._measures[0], self._plan.ties, empty)
        best = {id_: one.best for id_, one in kept.items()}
        missed = {id_: one.missed for id_, one in kept.items() if one.missed}
        return SystemResult(name, values, best, by_ties, tuple(notes), card, costs, missed)

    def _by_ties(self, measure: QuestionMeasure, rankings: Mapping[str, Ranking]) -> dict[str, float]:
        """Return the mean of a measure under each rule for equal scores."""
        values: dict[Rule, list[float]] = {rule: [] for rule in RULES}
        for question, _ in self._asked:
            ranking, texts = rankings[question.id], self._texts[question.id]
            tied = len(set(ranking.scored.values())) < len(ranking.scored)
            worth = {
                rule: measure(Judged(question, ranking, rule, texts))
                for rule in (RULES if tied else RULES[:1])
            }
            for rule in RULES:
                if (value := worth.get(rule, worth[RULES[0]])) is not None:
                    values[rule].append(value)
        return {rule: math.fsum(some) / len(some) for rule, some in values.items() if some}

    def _spoken(self, results: Sequence[SystemResult]) -> dict[str, SpokenTurn]:
        """Return the turns that a report shows."""
        wanted = {one.turn_id for result in results for placed in result.best.values() for one in placed}
        wanted |= {one.turn_id for result in results for some in result.missed.values() for one in some}
        for question, _ in self._asked:
            wanted.update(relevant(question)[:_GOLD])
        found = {id_: self._bench.turn(id_) for id_ in sorted(wanted)}
        return {
            id_: SpokenTurn(turn.speaker or turn.role or "", turn.text) for id_, turn in found.items() if turn
        }

    def _text(self, id_: str) -> str | None:
        turn = self._bench.turn(id_)
        return turn.text if turn else None


def _told(question: JudgedQuestion) -> AskedQuestion:
    return AskedQuestion(question.id, question.text, question.pool, dict(question.gains), _slices(question))


def _slices(question: JudgedQuestion) -> dict[str, str]:
    return {**question.slices, "gold": gold_size(question.gains)}


def _run(name: str, rankings: Mapping[str, Ranking]) -> Run:
    return Run(
        name,
        {
            question: tuple((id_, ranking.scored[id_]) for id_ in ordered(ranking.scored))
            for question, ranking in rankings.items()
        },
    )
