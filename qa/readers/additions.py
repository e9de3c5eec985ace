"""What stands in a speaker's label besides the name: pronouns, teams, guests' marks; and labels of no name.

``bare`` takes "(she/her)", "| Design" and "(Guest)" off; ``is_name`` refuses handles ("ana_r"), labels of
machines ("SPEAKER_00", "Speaker 1", "A") and whatever is written in lower case.
"""

import re
from dataclasses import dataclass

from qa.readers.people import has_office, is_name_like

_LONGEST = 160  # characters; whoever wrote more wrote no name
_MACHINE = re.compile(
    r"\W*(?:(?:speaker|spk|spkr|sprecher(?:in)?|locuteur|hablante|participant|channel|ch|voice|caller|agent"
    r"|user|guest|unknown|unidentified)(?: (?:speaker|person|caller|participant))?"
    r"[\s_#.:-]*(?:[0-9]{1,6}|[A-Z])?|[A-Z]|[0-9]{1,6})\W*",
    re.IGNORECASE,
)
_PRONOUN = (
    r"(?:she|hers?|he|him|his|they|them|theirs?|ze|zir|hir|xe|xem|any|ella|el|él|elle|il|lui|sie|ihr|er|ihn)"
)
_ASIDE = (
    rf"(?:{_PRONOUN}(?:\s?[/,|]\s?{_PRONOUN}){{0,3}}(?: pronouns)?"
    r"|guest|external|extern|externe|unverified|gast|invitado|invitada|invité|invitée|me|you)"
)
_ADDITION = re.compile(
    rf"\s*(?:\({_ASIDE}\)|\[{_ASIDE}\]|\s[-–—,]?\s?{_PRONOUN}/{_PRONOUN}(?:/{_PRONOUN})?)$", re.IGNORECASE
)
_TEAM = re.compile(r"\s*\|\s*([^|]{1,80})$")


@dataclass(frozen=True, slots=True)
class Bare:
    """A label without what was added to the name.

    Args:
        name: What is left; never blank.
        team: What stood behind a bar, as in "Ana Lopez | Design".
        added: The additions as they were written, the team among them.
    """

    name: str
    team: str = ""
    added: tuple[str, ...] = ()


def bare(written: str) -> Bare:
    """Take pronouns, a team and guests' marks off the end of a label."""
    name, team = written, ""
    added: list[str] = []
    for _ in range(8):  # nobody adds more
        found = _ADDITION.search(name, max(0, len(name) - _LONGEST)) or (None if team else _TEAM.search(name))
        left = name[: found.start()].strip() if found else ""
        if found is None or not any(letter.isalpha() for letter in left):
            break
        team = found.group(1) if found.re is _TEAM else team
        added.insert(0, found.group().strip())
        name = left
    return Bare(name, team, tuple(added))


def is_name(label: str) -> bool:
    """Say whether a label is written as people's names and offices are."""
    if len(label) > _LONGEST or _MACHINE.fullmatch(label):
        return False
    name = bare(label).name
    if _MACHINE.fullmatch(name) or not any(letter.isalpha() for letter in name):
        return False
    if any(letter in "@#_/\\" or letter.isdigit() for letter in name):
        return False
    return is_name_like([word for word in name.partition(",")[0].split() if not has_office(word)] or ["A"])
