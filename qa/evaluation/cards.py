"""Run cards: everything that shaped a run, as plain values for JSON, so that somebody else can repeat it."""

import re
from typing import Any

from qa.evaluation.bench import System
from qa.evaluation.judged import Dataset
from qa.evaluation.judging import RULE_TEXTS, Rule
from qa.evaluation.machine import machine_facts, package_versions
from qa.evaluation.results import DatasetFacts
from qa.evaluation.systems import PRIORS

POOLS = {
    "transcript": "each question is asked of its own pool, such as its transcript",
    "library": "each question is asked of the whole data set",
}


def dataset_facts(dataset: Dataset) -> DatasetFacts:
    """Return what is told of a data set beside every number."""
    card = dataset.card
    return DatasetFacts(
        name=dataset.name,
        release=dataset.release,
        checksum=dataset.checksum,
        title=card.title,
        source=card.source,
        licence=card.licence,
        gold=card.gold,
        known_errors=card.known_errors,
        tuned_on=card.tuned_on,
        remarks=tuple(map(str, dataset.remarks)),
        pools=len(dataset.pools),
        transcripts=sum(1 for _ in dataset.transcripts()),
        turns=dataset.turns,
        questions=len(dataset.questions),
    )


def system_card(name: str, system: System) -> dict[str, Any]:
    """Return what shapes a system of ours."""
    settings = dict(system.settings)
    if "weights" in settings:
        settings["priors"] = PRIORS
    return {"system": name, "settings": settings, "model": system.model.facts if system.model else None}


def outside_card(name: str, source: str, checksum: str) -> dict[str, Any]:
    """Return what is known of a run that another tool made."""
    return {"system": name, "run": source, "checksum": checksum}


def surroundings(ties: Rule, pool: str, depth: int, command: str, made: str) -> dict[str, Any]:
    """Return how an evaluation was made, the same for all its systems."""
    return {
        "command": command,
        "made": made,
        "pool": f"{pool}: {POOLS[pool]}",
        "ties": f"{ties}: {RULE_TEXTS[ties]}",
        "depth": depth,
        "versions": package_versions(),
        "machine": machine_facts(),
    }


def tag(name: str) -> str:
    """Return a system's name as runs and folders bear it: without white space or slashes."""
    return re.sub(r"[^\w.@+:-]+", "-", name).strip("-.") or "run"
