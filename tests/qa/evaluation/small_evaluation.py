"""Evaluations of the small set, for what reads or shows them."""

from pathlib import Path

from qa.evaluation.bench import Bench
from qa.evaluation.evaluating import evaluate
from qa.evaluation.plan import OutsideRun, Plan
from qa.evaluation.results import Evaluation
from tests.conftest import WordEncoder
from tests.qa.evaluation.small_set import small_set


def evaluation_of(cache: Path, *systems: str, outside: tuple[OutsideRun, ...] = ()) -> Evaluation:
    """Evaluate systems, by MRR@10 and AP, and then runs of other tools."""
    bench = Bench(small_set(), cache, lambda name: WordEncoder(name or "words"))
    plan = Plan(systems, outside, measures=("mrr@10", "ap"), command="transcript-qa evaluate --data small")
    return evaluate(bench, plan).evaluation
