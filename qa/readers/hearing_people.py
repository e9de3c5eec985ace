"""Who is who in a congressional hearing: members listed at the front, witnesses in headings, who presides.

A label gives an office and a surname ("Senator Doak", "Mr. Smith of Ohio", "Dr. Vance") or an office alone
("The Chair"). The person behind it is the only one of that surname, and of that state where the label names
one, among those whom the document names in full; otherwise the label stands as it is written. Names printed
in capitals are given small letters again: "JOHN F. McDOAK" is John F. McDoak.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from qa.readers.people import Person, is_courtesy
from qa.readers.spacing import word_set

_MEMBER = re.compile(
    r"([A-Z][\w.'’-]{0,30}(?: [A-Z\"“][\w.'’\"”-]{0,30}){1,5}?)(?:, (?:[JS][Rr]\.|I{2,3}|IV))?,"
    r" ([A-Z][a-z]+(?: [A-Z][a-z]+){0,2})(?:, (.{1,60}))?"
)
_HEADED = re.compile(
    r"(?:OPENING |PREPARED )?(?:STATEMENTS?|TESTIMONY|REMARKS) (?:OF|BY) (?:THE )?(?:HON(?:ORABLE|\.) )?"
    r"(.{3,1000})",
    re.IGNORECASE,
)
_PRESIDES = re.compile(r"\bHon\. ([A-Z][^,(\[\]]{2,60}?)(?:,| ?[(\[]).{0,100}?\bpresiding\b")
_CHAIRS = re.compile(r"(?:The )?(?:Vice |Acting |Co-)?Chair(?:man|woman|person|lady)?", re.IGNORECASE)
_OF_STATE = re.compile(r" of ((?:the )?[A-Z]\w+(?: [A-Z]\w+){0,2})$")
_DEGREE = re.compile(
    r"(?:[A-Z][A-Za-z]{0,3}\.){1,3}[A-Z]?|PHD|MD|JD|MPH|MBA|RN|ESQ|US[AN]|USM?A?[CF]|[JS]R|I{2,3}|IV"
)
_SUFFIXES = word_set("jr jr. sr sr. ii iii iv")
_SMALL = word_set("a an and at by for from in of on or the to with")
_NUMERAL = re.compile(r"[IVX]{2,4}")
_SPLIT_NAME = re.compile(r"([A-Z][a-z]{1,2})([A-Z'’]{2,})")
_MOST_FRONT = 400  # lines of the front that are searched for members


@dataclass(frozen=True, slots=True)
class _Known:
    """Somebody whom the document names in full."""

    name: str
    role: str | None = None
    state: str | None = None


@dataclass(slots=True)
class Members:
    """The people of one hearing.

    Args:
        presides: The full name of whoever presides, where the first paragraph says so.
    """

    presides: str | None = None
    _by_surname: dict[str, list[_Known]] = field(default_factory=dict)

    def add(self, known: _Known) -> None:
        """Take somebody in; the same first and last name are the same person."""
        surname = _surname(known.name)
        same = self._by_surname.setdefault(surname, [])
        first = known.name.split()[0].casefold()
        for i, other in enumerate(same):
            if other.name.split()[0].casefold() == first:
                same[i] = _Known(other.name, other.role or known.role, other.state or known.state)
                return
        same.append(known)

    def find(self, label: str) -> Person:
        """Return the person whom a label names; the label itself when nobody or several fit."""
        if _CHAIRS.fullmatch(label):
            office = recased(label).removeprefix("The ")
            return Person(self.presides, office) if self.presides else Person(label)
        of_state = _OF_STATE.search(label)
        words = (label[: of_state.start()] if of_state else label).split()
        surnames = (" ".join(words[i:]).casefold() for i in range(1, len(words)))
        fits = next((found for name in surnames if (found := self._by_surname.get(name))), [])
        if of_state:
            fits = [one for one in fits if one.state and one.state.casefold() == of_state.group(1).casefold()]
        if len(fits) != 1:
            return Person(label)
        held = None if is_courtesy(words[0]) or words[0] == "Hon." else recased(words[0])
        return Person(fits[0].name, fits[0].role or held)


def members_of(front: Iterable[str], headings: Iterable[str], opening: str) -> Members:
    """Gather the people of a hearing.

    Args:
        front: The lines above the first words, as they stand in the file.
        headings: Headings between the words, each on one line.
        opening: The paragraph that says who presides, on one line.
    """
    members = Members()
    for _, line in zip(range(_MOST_FRONT), front, strict=False):
        for cell in re.split(r"\s{2,}", line[:300].strip()):
            if (member := _MEMBER.fullmatch(cell)) and member.group(1).split()[-1].upper() == _bare_last(
                member.group(1)
            ):
                members.add(_Known(recased(member.group(1)), None, member.group(2)))
    for heading in headings:
        for known in _headed(heading):
            members.add(known)
    if presiding := _PRESIDES.search(opening):
        members.presides = presiding.group(1).strip()
        members.add(_Known(members.presides))
    return members


def _bare_last(name: str) -> str:
    """The last word of a name, where it is in capitals but for a prefix such as "Mc"; "" otherwise."""
    last = name.split()[-1]
    capitals = sum(letter.isupper() for letter in last)
    return last.upper() if capitals >= 2 else ""


def _headed(heading: str) -> list[_Known]:
    """The people whom a heading names: "STATEMENTS OF ELLEN VANCE, DIRECTOR; AND TOM OAKES, ENGINEER"."""
    match = _HEADED.fullmatch(heading)
    found = []
    for entry in match.group(1).split(";") if match else ():
        parts = [part.strip() for part in re.sub(r"^\s*and ", "", entry, flags=re.IGNORECASE).split(",")]
        words = re.sub(r"^(?:the )?hon(?:orable|\.) ", "", parts[0], flags=re.IGNORECASE).split()
        if not 2 <= len(words) <= 6 or not words[0][0].isupper() or _is_titled(words[0]):
            continue
        office = [part for part in parts[1:] if part and not _DEGREE.fullmatch(part)]
        found.append(_Known(recased(" ".join(words)), recased(", ".join(office)) or None))
    return found


def _is_titled(word: str) -> bool:
    return is_courtesy(word) or word.casefold() in word_set("senator representative chairman chair ranking")


def _surname(name: str) -> str:
    words = [word for word in name.replace(",", " ").split() if word.casefold() not in _SUFFIXES]
    return words[-1].casefold() if words else ""


def recased(text: str) -> str:
    """Give small letters back to words printed in capitals: "O'BRIEN", "McDOAK", "DIRECTOR OF PORTS"."""
    words = text.split(" ")
    return " ".join(_recased_word(word, first=i == 0) for i, word in enumerate(words))


def _recased_word(word: str, *, first: bool) -> str:
    bare = word.strip('.,;"“”()')
    if split := _SPLIT_NAME.fullmatch(bare):
        return word.replace(bare, split.group(1) + _capitalised(split.group(2)))
    if len(bare) < 2 or not bare.isupper() or "." in bare or _NUMERAL.fullmatch(bare):
        return word
    if bare.casefold() in _SMALL and not first:
        return word.lower()
    return word.replace(bare, _capitalised(bare))


def _capitalised(word: str) -> str:
    return re.sub(r"[^\W\d_]+", lambda part: part.group().capitalize(), word)
