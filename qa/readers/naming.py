"""Speakers' labels to people: which labels of a file name the same person, and what is name, what is office.

Accepts what any reader gives. A person is known by a full name, or by a name with an office. "Mr. Rutte",
"Secretary General Rutte", "Secretary General" and "Rutte, Mark" stand for one when exactly one person fits.
Pronouns, teams and guests' marks go out of the name: "(she/her)", "| Design", "(Guest)"; a seat or party
behind it, "Ann Marsh (Westhaven) (Lab)", is the role of the "Ann Marsh" who speaks without it. Whoever asks
under a label such as "Question" has a role and no name.
Refuses to guess: two full names are never one person, nor is a first name or a bare surname anybody but
itself, and what is no name stays as it is: handles ("ana_r"), labels of machines ("SPEAKER_00").
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from qa.readers.additions import Bare, bare, is_name
from qa.readers.labels import outlet
from qa.readers.people import (
    Person,
    Roster,
    agree,
    courtesy_kind,
    has_office,
    is_courtesy,
    is_name_like,
    key,
    split_person,
)
from qa.readers.spacing import distinct, tidy, word_set
from qa.types import QUESTIONER, Reading, Remark, RemarkKind, Turn

Label = tuple[str, str | None]  # speaker and role, as a turn has them

_SEAT = re.compile(r"([^()]{3,80}\S)((?: \([^()]{1,60}\)){1,3})")
_BRACKET = re.compile(r"\(([^()]{1,60})\)")
_MOST_NAMED = 12  # pairs that one remark spells out
# Offices that many hold at once: a label of nothing else names nobody in particular.
_SHARED = word_set(
    "analyst assistant attorney correspondent counsel delegate designer developer engineer interpreter"
    " journalist member officer producer professor reporter representative researcher scientist senator"
    " student teacher witness"
)


def unify(reading: Reading) -> Reading:
    """Resolve the speakers' labels of a reading to people.

    Args:
        reading: From any reader; the same comes back when there is nothing to resolve.

    Returns:
        Turns of one person under one name, with the office wherever it was written once; the other ways of
        writing the name among the aliases; and remarks on what was taken for what. Doing it again changes
        nothing.
    """
    labels = dict.fromkeys((turn.speaker, turn.role) for turn in reading.turns if turn.speaker is not None)
    if not labels:
        return reading
    asking = {label for label in labels if _asks(label)}
    people = _people([label for label in labels if label not in asking])
    moved = {label: person for label, person in people.items() if label != person}
    if not moved and not asking:
        return reading
    turns = tuple(_turn(turn, moved, asking) for turn in reading.turns)
    named = {written: name for (written, _), (name, _) in moved.items() if written != name}
    earlier = [(alias, named.get(name, name)) for alias, name in reading.aliases]
    return replace(
        reading,
        turns=turns,
        aliases=tuple(dict.fromkeys(pair for pair in (*earlier, *named.items()) if pair[0] != pair[1])),
        remarks=(*reading.remarks, *_remarks(labels, named, asking, reading.turns)),
    )


def _turn(turn: Turn, moved: Mapping[Label, Label], asking: set[Label]) -> Turn:
    label = (turn.speaker, turn.role) if turn.speaker is not None else None
    if label is None:
        return turn
    if label in asking:
        asked_by = outlet(label[0])
        notes = (asked_by, *turn.notes) if asked_by else turn.notes
        return replace(turn, speaker=None, role=QUESTIONER, notes=notes)
    if label not in moved:
        return turn
    name, role = moved[label]
    return replace(turn, speaker=name, role=role)


def _asks(label: Label) -> bool:
    """Whether it is of whoever asks: "Question", "Reporter (AP)"; "Q" and "Reporter 2" may be somebody."""
    name, role = label
    numbered = any(letter.isdigit() for letter in name)
    return role in (None, QUESTIONER) and len(name) > 1 and not numbered and outlet(name) is not None


# --- who is who ------------------------------------------------------------------------------------------


def _people(labels: Sequence[Label]) -> dict[Label, Label]:
    """Return the person whom each label names; labels that are no names stand for themselves."""
    found = {label: label for label in labels}
    for _ in range(4):  # a name found may settle another; one round does nearly always
        step = _step(list(dict.fromkeys(found.values())))
        if all(label == person for label, person in step.items()):
            break
        found = {label: step[person] for label, person in found.items()}
    return found


def _step(labels: Sequence[Label]) -> dict[Label, Label]:
    names = {label for label in labels if is_name(label[0])}
    people = {label: Person(*label) for label in labels}
    people.update(_split({label: bare(label[0]) for label in labels if label in names}))
    spelled = _spellings([person.name for label, person in people.items() if label in names])
    people.update(
        (label, replace(people[label], name=spelled.get(people[label].name, people[label].name)))
        for label in names
    )
    known = [people[label] for label in labels if label in names and _is_known(people[label])]
    roster, clashing = Roster(known), _clashing(people.values())
    for label in labels:
        if label in names:
            people[label] = _resolved(people[label], roster, clashing)
    roles = _roles(people.values())
    return {
        label: (person.name, roles.get((person.name, person.role), person.role))
        for label, person in people.items()
    }


def _split(found: Mapping[Label, Bare]) -> dict[Label, Person]:
    """Tell names from offices; keep what was added where two people might go by one name without it."""
    teams: dict[str, set[str]] = {}
    written: dict[str, set[str]] = {}
    for (speaker, _), one in found.items():
        written.setdefault(key(one.name), set()).add(speaker)
        if one.team:
            teams.setdefault(key(one.name), set()).add(key(one.team))
    people: dict[Label, Person] = {}
    for label, one in found.items():
        same = key(one.name)
        shared = len(teams.get(same, ())) > 1 or (" " not in one.name and len(written[same]) > 1)
        name = label[0] if (shared and one.added) or outlet(one.name) is not None else one.name
        people[label] = Person(name, label[1]) if label[1] is not None else _with_office(name)
    return people | _seated([label for label in found if label[1] is None]) | _prefixed(found)


def _seated(labels: Sequence[Label]) -> dict[Label, Person]:
    """Take the brackets behind a full name for a role, where the name stands alone too, and in no others."""
    alone = {name for name, _ in labels}
    forms: dict[str, list[tuple[Label, str]]] = {}
    for label in labels:
        seat = _SEAT.fullmatch(label[0])
        if seat is not None and seat.group(1) in alone and len(seat.group(1).split()) >= 2:
            inside = ", ".join(_BRACKET.findall(seat.group(2)))
            forms.setdefault(seat.group(1), []).append((label, inside))
    return {some[0][0]: Person(name, some[0][1]) for name, some in forms.items() if len(some) == 1}


def _prefixed(labels: Iterable[Label]) -> dict[Label, Person]:
    """Split "Secretary of State Anna Quill" where "Secretary Quill" or the like speaks too."""
    labels = list(labels)
    ends = Counter(key(name.split()[-1]) for name, _ in labels)
    people = {}
    for label in labels:
        if label[1] is not None or not has_office(label[0]) or ends[key(label[0].split()[-1])] < 2:
            continue
        person = split_person(label[0], prefixed=True)
        words = person.name.split()
        if (
            words[0].casefold() in {"of", "for"} and len(words) >= 4
        ):  # where the office ends, only order tells
            person = Person(" ".join(words[-2:]), f"{person.role} {' '.join(words[:-2])}")
        whole = len(words) >= 2 and words[0][0].isupper() and not has_office(person.name)
        if person.role is not None and whole:
            people[label] = person
    return people


def _with_office(name: str) -> Person:
    """Split "Ana Lopez, Mayor", where one part is an office; "García López, Ana" is a name turned round."""
    found = split_person(name, prefixed=False)
    if found.role is None or not has_office(found.role) or has_office(found.name):
        return Person(name)
    if outlet(found.name) is not None:
        return Person(name)
    return found if is_name_like(found.name.split()) else Person(name)


def _spellings(names: Iterable[str]) -> dict[str, str]:
    """Return one spelling for full names that differ in case, hyphens, or which part comes first."""
    full = [
        name for name in distinct(list(names)) if len(name.split()) >= 2 and not is_courtesy(name.split()[0])
    ]
    chosen: dict[str, str] = {}
    for name in sorted(full, key=str.isupper):  # those in capitals last; else the first one counts
        if "," not in name:
            chosen.setdefault(key(name), name)
    return {name: chosen.get(key(_turned(name)), name) for name in full}


def _turned(name: str) -> str:
    """Return "Mark Rutte" for "Rutte, Mark", and any other name as it is."""
    last, comma, first = name.partition(",")
    return tidy(f"{first} {last}") if comma and "," not in first else name


def _is_known(person: Person) -> bool:
    words = person.name.split()
    if is_courtesy(words[0]) or "," in person.name:
        return False
    return person.role is not None or (len(words) >= 2 and not has_office(person.name))


def _clashing(people: Iterable[Person]) -> set[str]:
    """Return surnames that come with both "Mr." and "Ms.": two people, so neither is known by it."""
    kinds: dict[str, set[str]] = {}
    for person in people:
        words = person.name.split()
        kind = courtesy_kind(words[0])
        if kind is not None:
            kinds.setdefault(key(" ".join(words[1:])), set()).add(kind)
    return {surname for surname, found in kinds.items() if len(found) > 1}


def _resolved(person: Person, roster: Roster, clashing: set[str]) -> Person:
    """Return the known person whom a short form stands for, or the person as given."""
    words = person.name.split()
    polite = is_courtesy(words[0])
    if polite and (len(words) == 1 or key(" ".join(words[1:])) in clashing):
        return person
    if person.role is None:
        if all(word in _SHARED for word in key(person.name).split()):
            return person
        known = roster.find(person.name) if polite or has_office(person.name) else None
        role = split_person(" ".join(words[polite:]), prefixed=True).role
    else:  # "Rutte" with the office beside it
        known = roster.find(person.name) if len(words) == 1 else None
        role = person.role
    if known is None or key(known.name) == key(person.name) or not agree(role, known.role):
        return person
    return Person(known.name, known.role or role)


def _roles(people: Iterable[Person]) -> dict[tuple[str, str | None], str]:
    """Return by name and role as written the office to show: the fullest, if the others are short for it."""
    offices: dict[str, dict[str, None]] = {}
    for person in people:
        if person.role is not None and person.role != QUESTIONER:
            offices.setdefault(person.name, {})[person.role] = None
    found: dict[tuple[str, str | None], str] = {}
    for name, written in offices.items():
        fullest = max(written, key=lambda role: len(role.split()))
        if all(agree(role, fullest) for role in written):
            found.update({(name, role): fullest for role in (None, *written)})
    return found


# --- what is said about it -------------------------------------------------------------------------------


def _remarks(
    labels: Iterable[Label], named: Mapping[str, str], asking: set[Label], turns: Sequence[Turn]
) -> list[Remark]:
    written: dict[str, list[str]] = {}
    for label, _ in labels:
        written.setdefault(named.get(label, label), []).append(label)
    joined = [
        f"{label!r} is {name}"
        for name, several in written.items()
        if len(set(several)) > 1
        for label in distinct(several)
        if label != name
    ]
    remarks = []
    if joined:
        taken = (
            f"{len(joined)} labels were taken for people"
            if len(joined) > 1
            else "A label was taken for somebody"
        )
        message = f"{taken} whom the file names otherwise: {_listed(joined)}."
        remarks.append(Remark(RemarkKind.INFERRED, message))
    added = Counter(part for label in named for part in bare(label).added if part not in named[label])
    if added:
        left = _listed([f"{part!r}" for part in added])
        remarks.append(Remark(RemarkKind.DROPPED, f"Left out of speakers' names: {left}."))
    counts = Counter(turn.speaker for turn in turns if (turn.speaker, turn.role) in asking)
    for asked_as, count in counts.items():
        said = f"{asked_as!r} was taken for whoever asks, not for a name"
        remarks.append(Remark(RemarkKind.INFERRED, f"{said}: {count} turn{'' if count == 1 else 's'}."))
    return remarks


def _listed(items: Sequence[str]) -> str:
    more = len(items) - _MOST_NAMED
    return ", ".join(items[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
