"""What a question says about who spoke and when: people with what is wanted of them, times, an event.

Part of the answer, so that nobody is misled by a guess: each can be set right or ignored. See `Wishes`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date as Date

import numpy as np

from qa.retrieval.events import Event, event_in
from qa.retrieval.mentions import Mention, mentions
from qa.retrieval.names import Names, names_of
from qa.retrieval.periods import Period, periods
from qa.retrieval.views import PassageTable
from qa.times import day_after


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a user wants instead of what the question is taken to say.

    Args:
        given: People with what is wanted of them. Each replaces what was guessed of the same person.
        ignored: People not to be looked for, by the names they are stored under.
        period: Whether times count.
        event: Whether an event counts.
        guess: Whether anything counts that the user did not give.
    """

    given: tuple[Mention, ...] = ()
    ignored: frozenset[str] = frozenset()
    period: bool = True
    event: bool = True
    guess: bool = True


@dataclass(frozen=True, slots=True)
class Understood:
    """What a question says about who and when.

    Args:
        people: Those named, each once.
        periods: Times named.
        event: What time is counted from.
    """

    people: tuple[Mention, ...] = ()
    periods: tuple[Period, ...] = ()
    event: Event | None = None

    def __bool__(self) -> bool:
        return bool(self.people or self.periods or self.event)

    def __str__(self) -> str:
        return " · ".join(map(str, [*self.people, *self.periods, *([self.event] if self.event else [])]))


NOTHING_UNDERSTOOD = Understood()


def understand(
    question: str,
    table: PassageTable,
    names: Names | None = None,
    wishes: Wishes = Wishes(),  # frozen
    today: Date | None = None,
) -> Understood:
    """Read who and when out of a question.

    Args:
        question: As searched.
        table: What is searched: its people and its dates.
        names: The people, with all the names they go by; None for those of the table.
        wishes: What the user wants instead.
        today: What "yesterday" counts from; None for the day it is.
    """
    if not wishes.guess:
        return Understood(wishes.given)
    known = names or names_of(table.speakers, table.roles)
    dated = periods(question, _spans(table), today or Date.today())
    people = _outside(mentions(question, known), [question[one.start : one.end] for one in dated])
    event = event_in(question)
    if event is not None and any(one.start < event.end and event.start < one.end for one in dated):
        event = None
    if event is not None and any(event.what.endswith(one.text) for one in people):
        event = None  # "to appear before the mayor"
    return Understood(
        (*wishes.given, *(one for one in people if not _settled(one, wishes))),
        tuple(dict.fromkeys(one.period for one in dated)) if wishes.period else (),
        event if wishes.event else None,
    )


def _outside(people: Iterable[Mention], times: list[str]) -> list[Mention]:
    """Leave out whoever is named by the words of a time: "in May" where somebody is called May."""
    return [one for one in people if not any(one.text in time for time in times)]


def _settled(one: Mention, wishes: Wishes) -> bool:
    who = set(one.names or one.roles)
    return bool(who & wishes.ignored) or any(who & set(other.names or other.roles) for other in wishes.given)


def _spans(table: PassageTable) -> Iterable[tuple[str, str]]:
    """Yield the first and last day of each transcript, once somebody asks for them."""
    if not len(table):
        return
    ends = np.searchsorted(table.transcript, np.arange(len(table.dates)), side="right")
    days = table.days[np.maximum(ends - 1, 0)]
    if not days.any():
        yield from ((date, date) for date in set(table.dates))
        return
    for date, last in zip(table.dates, days.tolist(), strict=True):
        yield date, day_after(date, last) or date
