"""What is kept of a ranking for people to look at: its first turns, the relevant ones it missed, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, runtime_checkable

from qa.evaluation.bench import Found
from qa.evaluation.judged import JudgedQuestion, Pool
from qa.evaluation.judging import Judged
from qa.evaluation.results import Missed, Placed, Why

BEST = 10  # turns kept of each question
MISSED = 5  # relevant turns kept that are not among them


@runtime_checkable
class Explains(Protocol):
    """A system that can say why it placed a turn where it did."""

    def explain(self, question: str, pool: Pool | None, turn_ids: Sequence[str]) -> Mapping[str, Why]:
        """Return the reasons by turn id; a turn that was not searched is missing."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What is kept of the ranking of one question."""

    best: tuple[Placed, ...]
    missed: tuple[Missed, ...]


def keep(judged: Judged, found: Mapping[str, Found], system: object, pool: Pool | None) -> Shown:
    """Keep the first turns of a ranking and the first relevant ones after them.

    Args:
        judged: The ranking.
        found: What the system said of turns with parts.
        system: What ranked; asked for reasons if it knows any.
        pool: What was searched; None for everything.
    """
    best, missed = judged.ids[:BEST], _missed(judged)
    gains, sentences = judged.question.gains, judged.ranking.sentences or {}
    why: Mapping[str, Why] = {}
    if isinstance(system, Explains):
        why = system.explain(judged.question.text, pool, [*best, *missed])
        why = {id_: _added(one, found[id_]) if id_ in found else one for id_, one in why.items()}
    return Shown(
        tuple(
            Placed(
                id_,
                judged.ranking.scored[id_],
                gains.get(id_),
                found[id_].parts if id_ in found else (),
                sentences.get(id_),
                why.get(id_),
            )
            for id_ in best
        ),
        tuple(Missed(id_, gains[id_], rank, why.get(id_)) for id_, rank in missed.items()),
    )


def _added(why: Why, found: Found) -> Why:
    """Return the reasons with what was added to the score after the first ranking."""
    return replace(why, closely=found.closely, alike=found.alike)


def _missed(judged: Judged) -> dict[str, int | None]:
    """Return the rank of relevant turns that are not among the best; those that were not ranked come last."""
    ranks: dict[str, int | None] = dict.fromkeys(relevant(judged.question))
    ranks |= {id_: rank for rank, id_ in enumerate(judged.ids, 1) if id_ in ranks}
    after = [(id_, rank) for id_, rank in ranks.items() if rank is None or rank > BEST]
    return dict(sorted(after, key=lambda one: (one[1] is None, one[1] or 0))[:MISSED])


def relevant(question: JudgedQuestion) -> list[str]:
    """Return the relevant turns of a question, in the order of its judgments."""
    return [id_ for id_, gain in question.gains.items() if gain > 0]
