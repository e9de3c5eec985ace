"""What a question was taken to say of who and when, as chips under it; each can be set right or ignored.

A click asks the same question again with other `Wishes`, and the answer is replaced.
"""

from dataclasses import dataclass, replace

from qa.markup import button, element, escaped
from qa.retrieval.mentions import Mention, Relation
from qa.retrieval.understanding import NOTHING_UNDERSTOOD, Understood, Wishes

ACT = "clue"
_WANTED = {
    Relation.BY: ("said by", "What they said"),
    Relation.ABOUT: ("about", "What others say about them"),
    Relation.ASKED_OF: ("asked of", "What they were asked"),
    Relation.NAMED: ("names", ""),  # nothing is wanted, so it is no choice
}
_IGNORE = "ignore"
_PERIOD, _EVENT = "period", "event"
_USE = "use"


@dataclass(frozen=True, slots=True)
class Reading:
    """How a question was read, and what the user made of it.

    Args:
        guessed: What it was taken to say when it was first asked.
        wishes: What the user wants instead.
    """

    guessed: Understood = NOTHING_UNDERSTOOD
    wishes: Wishes = Wishes()  # noqa: RUF009  # frozen

    def changed(self, what: str, wanted: str) -> "Reading | None":
        """Return the same with one thing set right; None for a choice that there is not.

        Args:
            what: A person by place in what was guessed, from 0; ``period`` or ``event``.
            wanted: A `Relation` for a person, ``use`` for a time; ``ignore`` for either.
        """
        if what in (_PERIOD, _EVENT) and wanted in (_USE, _IGNORE):
            use = wanted == _USE
            wishes = replace(self.wishes, period=use) if what == _PERIOD else replace(self.wishes, event=use)
            return replace(self, wishes=wishes)
        if not (what.isascii() and what.isdigit() and int(what) < len(self.guessed.people)):
            return None
        person = self.guessed.people[int(what)]
        given = tuple(one for one in self.wishes.given if _who(one) != _who(person))
        ignored = self.wishes.ignored - _who(person)
        if wanted == _IGNORE:
            return replace(self, wishes=replace(self.wishes, given=given, ignored=ignored | _who(person)))
        if wanted not in (Relation.BY, Relation.ABOUT, Relation.ASKED_OF):
            return None
        said = replace(person, relation=Relation(wanted), given=True)
        return replace(self, wishes=replace(self.wishes, given=(*given, said), ignored=ignored))


def understood_html(reading: Reading, number: int) -> str:
    """Return the chips of an answer; nothing where its question named nobody and no time.

    Args:
        reading: How the question was read.
        number: The answer's place in the conversation, from 0.
    """
    guessed, wishes = reading.guessed, reading.wishes
    chips = [_person(one, place, wishes, number) for place, one in enumerate(guessed.people)]
    if guessed.periods:
        chips.append(_time(" or ".join(map(str, guessed.periods)), _PERIOD, wishes.period, number))
    if guessed.event is not None:
        chips.append(_time(str(guessed.event), _EVENT, wishes.event, number))
    if not chips:
        return ""
    lead = element("span", "Looked first for what is", class_="ask")
    return element("div", lead + "".join(chips), class_="clues")


def _person(person: Mention, place: int, wishes: Wishes, number: int) -> str:
    given = next((one for one in wishes.given if _who(one) == _who(person)), None)
    ignored = bool(wishes.ignored & _who(person))
    relation = (given or person).relation
    choices = [
        (wanted.value, words, not ignored and wanted is relation)
        for wanted, (_, words) in _WANTED.items()
        if words
    ]
    choices.append((_IGNORE, "Ignore the name", ignored))
    label = f"{_WANTED[relation][0]} {person.who}"
    return _chip(label, ignored, str(place), choices, number)


def _time(label: str, what: str, used: bool, number: int) -> str:
    choices = [(_USE, "Look there first", used), (_IGNORE, "Ignore the time", not used)]
    return _chip(label, not used, what, choices, number)


def _chip(label: str, ignored: bool, what: str, choices: list[tuple[str, str, bool]], number: int) -> str:
    buttons = "".join(
        button(
            words, ACT, data_answer=number, data_what=what, data_wanted=wanted,
            aria_pressed="true" if chosen else "false",
        )
        for wanted, words, chosen in choices
    )  # fmt: skip
    shown = element("s", escaped(label)) + escaped(" (ignored)") if ignored else escaped(label)
    summary = element("summary", shown, title="Set right, or ignore")
    return element("details", summary + element("div", buttons, class_="choices"), class_="clue")


def _who(person: Mention) -> frozenset[str]:
    return frozenset(person.names or person.roles)
