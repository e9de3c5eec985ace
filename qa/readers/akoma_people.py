"""Who speaks in an Akoma Ntoso document: references, display names and offices brought together.

A speech says who speaks in up to three ways: ``by`` points to a person, ``as`` to an office, ``from`` is the
name as printed. "Mr. Brown" and "Prof. Brown" under one ``by`` are one person; forms under one ``by`` that
share no name are not, because records use one reference for everybody unknown.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from qa.readers.labels import outlet
from qa.readers.markup import Element
from qa.readers.people import has_office, split_person
from qa.readers.spacing import tidy, word_set
from qa.types import QUESTIONER

_COURTESY = word_set("mr mrs ms miss dr prof professor sir dame madam madame lord lady hon the of and de")


@dataclass(frozen=True, slots=True)
class Voice:
    """What a speech, or the group around it, says of who speaks: ids and a printed name, "" where nothing."""

    by: str = ""
    office: str = ""
    printed: str = ""


@dataclass(slots=True)
class People:
    """The people of a document, found by what its speeches say.

    Args:
        persons: The name for each id of a person.
        offices: The name for each id of an office.
        unnamed: Ids that stand for themselves, because the document gives them no name.
    """

    persons: Mapping[str, str]
    offices: Mapping[str, str]
    unnamed: dict[str, None] = field(default_factory=dict)
    _names: dict[str, str] = field(default_factory=dict)
    _aliases: dict[tuple[str, str], None] = field(default_factory=dict)

    def find(self, voice: Voice, *, asks: bool) -> tuple[str | None, str | None]:
        """Return the name and the role of who speaks; neither is known for nobody.

        Args:
            voice: What the speech says.
            asks: Whether it is a question, so that somebody unnamed is a questioner.
        """
        office = self._office(voice.office)
        shown = self.persons.get(voice.by, "")
        if voice.printed and outlet(voice.printed) is not None:
            return None, QUESTIONER
        if not voice.printed and not voice.by:
            return None, office or (QUESTIONER if asks else None)
        printed = split_person(voice.printed, prefixed=False) if voice.printed else None
        if printed is None or (shown and _is_office(printed.name, office, shown)):
            name = self._names.get(voice.by) or shown or self._unnamed(voice.by)
            return self._known(voice.by, name), office or (printed.name if printed else None)
        name = self._known(voice.by, printed.name)
        if shown and shown != name and _share_a_name(shown, name):
            self._aliases[shown, name] = None
        return name, office or printed.role

    def aliases(self, used: set[str | None]) -> tuple[tuple[str, str], ...]:
        """Return the other forms of the names that are used, each with the name."""
        return tuple((a, name) for a, name in self._aliases if name in used and a not in used)

    def _office(self, mark: str) -> str | None:
        if not mark or mark in self.persons:  # some records point "as" at a person by mistake
            return None
        return self.offices.get(mark) or mark

    def _unnamed(self, mark: str) -> str:
        self.unnamed[mark] = None
        return mark

    def _known(self, mark: str, form: str) -> str:
        """The name under which a reference first came, when this form of it names the same person."""
        if not mark:
            return form
        name = self._names.setdefault(mark, form)
        if name == form or not _share_a_name(name, form):
            return form
        self._aliases[form, name] = None
        return name


def people_of(root: Element) -> People:
    """Return the people and offices that the references of a document declare."""
    persons, offices = _declared(root, "TLCPerson"), _declared(root, "TLCRole")
    return People(persons, offices)


def _declared(root: Element, tag: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for element in root.iter(f"{{*}}{tag}"):
        shown = tidy(element.get("showAs") or element.get("shortForm") or "")
        for mark in filter(None, (element.get("eId"), element.get("id"), element.get("wId"))):
            if shown:
                found.setdefault(mark, shown)
    return found


def _is_office(printed: str, office: str | None, shown: str) -> bool:
    """Whether a printed name is only the office of the person shown."""
    if office is not None and printed.casefold() == office.casefold() != shown.casefold():
        return True
    return has_office(printed) and not has_office(shown) and not _share_a_name(printed, shown)


def _share_a_name(one: str, other: str) -> bool:
    return not _name_words(one).isdisjoint(_name_words(other))


def _name_words(name: str) -> set[str]:
    words = {word.strip(".,()[]").casefold() for word in name.split() if not has_office(word)}
    return {word for word in words if len(word) > 1} - _COURTESY
