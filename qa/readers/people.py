"""People and their offices: what is a name in "NATO Secretary General Mark Rutte", and who "Mr. Rutte" is.

Names are told from offices by a list of office words ("secretary", "minister", "spokesperson"). A short form
stands for a person only when exactly one known person fits it; otherwise it is kept as it is written. A
deputy never answers to the office above: "President" is nobody when only a Vice President is known.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from qa.readers.spacing import word_set

_ASIDE = re.compile(r"\([^()]{0,80}\)|\[[^\[\]]{0,80}\]|\|.*")  # "(she/her)", "[external]", "| Team"
_PARTICLES = word_set(
    "a al and bin da de del della den der di do dos du e el for het ibn la las le les of on the to van"
    " von y zu &"
)
_BEFORE_SURNAMES = word_set("van von bin ibn al")  # "de" may also begin "de Finances"
_OFFICE_WORDS = word_set(
    "adviser advisor admiral ambassador analyst assistant attorney ceo cfo chair chairman chairperson"
    " chairwoman chancellor chief clerk co-founder colonel commander commissioner congressman"
    " congresswoman coo coordinator correspondent counsel counsellor cto delegate deputy designer"
    " developer director editor engineer envoy executive founder general governor head host interpreter"
    " journalist judge justice lead leader lieutenant manager mayor member minister moderator officer"
    " owner premier president producer professor rapporteur reporter representative researcher scientist"
    " secretary secretary-general senator spokesman spokesperson spokeswoman student teacher treasurer"
    " undersecretary vice vice-president witness"
)
_TRAILING_BRACKET = re.compile(r"([^()]{1,100}\S)\s+\(([^()]{1,100})\)")
# "The Minister for Ports (Tom Arkley)", "The Chair (Hon. Ann Marsh (Westhaven, Lib.))"
_OFFICE_HOLDER = re.compile(
    r"(The [^()]{1,100}\S)\s+\((?:(?:Rt |Right )?Hon\. )?([^()]{3,60}?)(?:\s+\([^()]{1,60}\))?\)"
)
_MALE = word_set("mr mr. sir lord herr señor monsieur signor")
_FEMALE = word_set("mrs mrs. ms ms. miss madam madame lady frau señora mme mme. signora")
_HONORIFICS = _MALE | _FEMALE | word_set("dr dr. prof prof. professor")
# Words before an office that make another one of it, held by somebody else.
_BELOW = word_set("deputy vice assistant acting associate former ex interim shadow under sub junior co")


@dataclass(frozen=True, slots=True)
class Person:
    """A name, and the office it came with."""

    name: str
    role: str | None = None


def key(head: str) -> str:
    """Return the form in which two spellings of a label are the same."""
    return head.casefold().replace("-", " ")


def core(head: str) -> list[str]:
    """Return the words of a label without pronouns, teams and other asides."""
    return _ASIDE.sub(" ", head).split()


def is_name_like(words: list[str]) -> bool:
    """Say whether words are written as a name: none in lower case but particles such as "van" and "of"."""
    return bool(words) and all(not w[0].islower() or w.lower() in _PARTICLES for w in words)


def is_courtesy(word: str) -> bool:
    """Say whether a word is put before a name out of courtesy: "Mr.", "Dr", "Madam"."""
    return key(word) in _HONORIFICS


def courtesy_kind(word: str) -> str | None:
    """Return "he" for "Mr." and its like, "she" for "Ms." and its like; None for what both are called."""
    return "he" if key(word) in _MALE else "she" if key(word) in _FEMALE else None


def agree(one: str | None, other: str | None) -> bool:
    """Say whether two offices may be one: either is not known, or one is a shorter form of the other."""
    if one is None or other is None:
        return True
    return key(one) in _short_offices(other) or key(other) in _short_offices(one)


def has_office(text: str) -> bool:
    """Say whether a text holds a word for an office."""
    return any(word.strip(",.").casefold() in _OFFICE_WORDS for word in text.split())


def split_person(text: str, *, prefixed: bool) -> Person:
    """Tell the name from the office in a label.

    Args:
        text: Such as "Mark Rutte, NATO Secretary General", "NATO Spokesperson, Oana Lungescu", "The Minister
            for Ports (Tom Arkley)".
        prefixed: Whether an office may stand before the name without a comma: "President Zelenskyy".

    Returns:
        The whole text as the name when no office can be told apart.
    """
    left, comma, right = (part.strip() for part in text.partition(","))
    if comma and left and right and "(" not in left:
        if has_office(left) and not has_office(right):
            return Person(right, left)
        return Person(left, right) if has_office(right) or len(left.split()) >= 2 else Person(text)
    bracket = _TRAILING_BRACKET.fullmatch(text)
    if bracket is not None and has_office(bracket.group(2)):
        return Person(bracket.group(1), bracket.group(2))
    held = _OFFICE_HOLDER.fullmatch(text)
    if held is not None and has_office(held.group(1)) and _is_full_name(held.group(2)):
        return Person(held.group(2), held.group(1).removeprefix("The "))
    return _split_prefix(text) if prefixed else Person(text)


def _is_full_name(text: str) -> bool:
    words = text.split()
    return 2 <= len(words) <= 5 and is_name_like(words) and not has_office(text)


def _split_prefix(text: str) -> Person:
    words = text.split()
    last = max((i for i, word in enumerate(words) if has_office(word)), default=-1)
    name = words[last + 1 :]
    if last < 0 or not 1 <= len(name) <= 4 or not is_name_like(name):
        return Person(text)
    noble = name[0] in _BEFORE_SURNAMES and name[-1][0].isupper()
    if len(name[0]) < 2 or not (name[0][0].isupper() or noble):
        return Person(text)  # "Student 1", "Professor D", "President of Ukraine"
    return Person(" ".join(name), " ".join(words[: last + 1]))


def people_of(labels: Iterable[str], *, prefixed: bool) -> list[Person]:
    """Return the people whom labels name, leaving out bare offices and courtesy forms such as "Mr. Rutte"."""
    people = [split_person(label, prefixed=prefixed) for label in labels]
    return [
        person
        for person in people
        if person.role is not None or not (has_office(person.name) or is_courtesy(person.name.split()[0]))
    ]


class Roster:
    """The people a document names, found again by their short forms.

    Args:
        people: In order of appearance. The first office given for a name counts, and a lone surname is
            dropped when one full name ends in it.
    """

    def __init__(self, people: Iterable[Person]) -> None:
        known: dict[str, Person] = {}
        for person in people:
            earlier = known.setdefault(key(person.name), person)
            if earlier.role is None and person.role is not None:
                known[key(person.name)] = replace(earlier, role=person.role)
        surnames = Counter(_surname(p) for p in known.values() if " " in p.name)
        self._known = {k: p for k, p in known.items() if " " in k or surnames[k] != 1}
        self._by_surname: dict[str, list[Person]] = {}
        self._by_office: dict[str, list[Person]] = {}
        self._holders: dict[str, list[Person]] = {}
        for person in self._known.values():
            for surname in _surnames(person):
                self._by_surname.setdefault(surname, []).append(person)
            self._holders.setdefault(key(person.role or ""), []).append(person)
            for form in _short_offices(person.role or ""):
                self._by_office.setdefault(form, []).append(person)

    def find(self, text: str) -> Person | None:
        """Return the one known person whose name, surname or office the text gives; None when unsure."""
        words = text.split()
        while words and is_courtesy(words[0]):
            words = words[1:]
        return self._named(words) or self._in_office(key(" ".join(words))) or self._titled(words)

    def _named(self, words: list[str]) -> Person | None:
        wanted = key(" ".join(words))
        return self._known.get(wanted) or _only(self._by_surname.get(wanted, []))

    def _in_office(self, wanted: str) -> Person | None:
        if not has_office(wanted):
            return None
        office = wanted.removeprefix("the ")
        # Whoever holds just this office goes before those for whose office it is short.
        return _only(self._holders.get(office) or self._by_office.get(office, []))

    def _titled(self, words: list[str]) -> Person | None:
        person = split_person(" ".join(words), prefixed=True)
        known = None if person.role is None else self._named(person.name.split())
        return known if known is not None and agree(person.role, known.role) else None


def _surname(person: Person) -> str:
    return key(person.name.split()[-1])


def _surnames(person: Person) -> list[str]:
    """Return the last word of a name, and with it the particles before it: "von der Leyen"."""
    words = person.name.split()
    return [
        key(" ".join(words[i:]))
        for i in range(len(words))
        if i == len(words) - 1 or (i > 0 and words[i].casefold() in _PARTICLES)
    ]


def _short_offices(role: str) -> set[str]:
    """An office and what people make of it: "NATO Secretary General" is also "Secretary General".

    "Vice President" is not "President", nor "Vice" alone.
    """
    words = key(role).split()
    own = [words[i:] for i in range(len(words)) if _BELOW.isdisjoint(words[:i])]
    return {" ".join(part) for part in (*own, *(words[: i + 1] for i in range(len(words))))} - _BELOW


def _only(fits: list[Person]) -> Person | None:
    return fits[0] if len(fits) == 1 else None


def resolve(text: str, roster: Roster, *, prefixed: bool) -> Person:
    """Say who a label names: a known person when one fits, otherwise what the label itself says.

    Args:
        text: The words before the colon.
        roster: The people known so far.
        prefixed: As in ``split_person``.

    Returns:
        The known name with the office written in the label, or with the one known for the name when the label
        gives none or only part of it.
    """
    written = split_person(text, prefixed=prefixed)
    known = roster.find(written.name) or roster.find(text)
    if known is None:
        return written
    shortened = written.role is None or key(written.role) in _short_offices(known.role or "")
    return Person(known.name, known.role if shortened else written.role)
