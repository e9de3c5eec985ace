"""What a question wants with the people it names: what they said, what was said of them, or asked of them.

Told by the words around a name, in English: "by", "according to", "did X say" against "about", "think of"
against "questions to", "was X asked". What no rule tells is left open, for a user to say.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from qa.retrieval.names import Named, Names


class Relation(StrEnum):
    """What a person named has to do with what is looked for."""

    BY = "by"
    ABOUT = "about"
    ASKED_OF = "asked of"
    NAMED = "named"


_SAID = {
    Relation.BY: "said by",
    Relation.ABOUT: "about",
    Relation.ASKED_OF: "asked of",
    Relation.NAMED: "names",
}


@dataclass(frozen=True, slots=True)
class Mention:
    """A person whom a question names, and why.

    Args:
        text: As it stands in the question.
        names: Everyone it may be, as stored.
        roles: Offices it may be, or those of the title in front of a name.
        wordings: As in `qa.retrieval.names.Named`.
        relation: What is wanted.
        given: Whether the user said so, instead of the question.
    """

    text: str
    names: tuple[str, ...]
    roles: tuple[str, ...]
    wordings: tuple[tuple[str, ...], ...]
    relation: Relation
    given: bool = False

    @property
    def who(self) -> str:
        """The person, or the people it may be."""
        known = self.names or self.roles or (self.text,)
        more = f" and {len(known) - 3} more" if len(known) > 3 else ""
        return " or ".join(known[:3]) + more

    def __str__(self) -> str:
        return f"{_SAID[self.relation]} {self.who}"


def mention_of(named: Named, text: str, relation: Relation, given: bool = False) -> Mention:
    """Return a person named, with what is wanted."""
    return Mention(text, named.names, named.roles, named.wordings, relation, given)


# --- the words around a name -----------------------------------------------------------------------------

_NAME = "[\ue000-\uf8ff]"  # stands for one name; nobody types these
_PEOPLE = rf"(?P<who>{_NAME}(?:\s*(?:,|&|\band\b|\bor\b|,\s*and\b)\s*{_NAME})*)"
_BE = r"(?:was|were|is|are|been|being|be|get|gets|got)"
_AUX = r"(?:did|does|do|has|have|had|would|will|can|could|should|might|may|is|was|were|are)(?:n['’]?t| not)?"
_ASK = r"(?:asked|questioned|interviewed|pressed|challenged|quizzed|grilled)"
_BETWEEN = r"(?:\w+ly\s+|(?:also|ever|never|just|first|then|not|even|really|himself|herself|always)\s+)?"
_SPEAK = (
    r"(?:say|says|said|saying|think|thinks|thought|tell|tells|told|mention|mentions|mentioned|claim|claims|claimed|"
    r"argue|argues|argued|explain|explains|explained|suggest|suggests|suggested|propose|proposes|proposed|believe|"
    r"believes|believed|describe|describes|described|answer|answers|answered|respond|responds|responded|reply|"
    r"replies|replied|announce|announces|announced|recommend|recommends|recommended|report|reports|reported|state|"
    r"states|stated|remark|remarks|remarked|comment|comments|commented|discuss|discussed|talk|talks|talked|speak|"
    r"speaks|spoke|warn|warns|warned|promise|promises|promised|admit|admits|admitted|insist|insists|insisted|deny|"
    r"denies|denied|agree|agrees|agreed|disagree|disagrees|disagreed|conclude|concludes|concluded|stress|stressed|"
    r"emphasi[sz]e|emphasi[sz]es|emphasi[sz]ed|predict|predicts|predicted|express|expresses|expressed|ask|asks|"
    r"asked|complain|complains|complained|object|objected|confirm|confirms|confirmed)"
)
_VIEW = (
    r"(?:views?|opinions?|position|stance|answers?|response|reply|statements?|remarks?|comments?|argument|arguments|"
    r"take|thoughts?|perspective|speech|testimony|words|explanation|suggestions?|proposals?|recommendations?|"
    r"questions?|presentation|ideas?|attitude|reaction|description|account|assessment)"
)
_ABOUT = (
    r"(?:about|regarding|concerning|mention(?:s|ed|ing)?(?:\s+of)?|refer(?:s|red|ring)?\s+to|criticis\w+|criticiz\w+|"
    r"praise[sd]?|describ(?:e|es|ed|ing)|(?:think|thinks|thought|spoke|speak|speaks|opinions?|views?)\s+(?:of|on))"
)
_RULES: tuple[tuple[Relation, str], ...] = (
    (
        Relation.ASKED_OF,
        rf"\b(?:questions?|quer(?:y|ies))\s+(?:{_BE}\s+)?(?:(?:put|posed|asked|addressed|directed)\s+)?"
        rf"(?:to|for|of|at)\s+{_PEOPLE}",
    ),
    (Relation.ASKED_OF, rf"\b(?:asked|put|posed|addressed|directed)\s+(?:of|to|at)\s+{_PEOPLE}"),
    (Relation.ASKED_OF, rf"\b{_BE}\s+{_PEOPLE}\s+{_BETWEEN}(?:being\s+)?{_ASK}\b"),
    (Relation.ASKED_OF, rf"{_PEOPLE}\s+(?:(?:has|have|had)\s+)?{_BETWEEN}{_BE}\s+{_BETWEEN}{_ASK}\b"),
    (Relation.ASKED_OF, rf"\b(?:ask|asks|asking|{_ASK})\s+{_PEOPLE}"),
    (Relation.ABOUT, rf"\b{_ABOUT}\s+{_PEOPLE}"),
    (Relation.ABOUT, rf"^\W*who(?:\s+is|\s+was|\s*['’]s)\s+{_PEOPLE}\W*$"),
    (Relation.BY, rf"\b(?:according\s+to|by|hear(?:d)?\s+from)\s+{_PEOPLE}"),
    (Relation.BY, rf"\b{_VIEW}\s+(?:of|from|by)\s+{_PEOPLE}"),
    (Relation.BY, rf"{_PEOPLE}\s*['’]s?\s+(?:\w+\s+){{0,2}}?{_VIEW}\b"),
    (Relation.BY, rf"\b{_AUX}\s+{_PEOPLE}\s+{_BETWEEN}{_SPEAK}\b"),
    (Relation.BY, rf"{_PEOPLE}\s+{_BETWEEN}{_SPEAK}\b"),
)
_PATTERNS = tuple((relation, re.compile(pattern)) for relation, pattern in _RULES)


def mentions(question: str, names: Names) -> tuple[Mention, ...]:
    """Return the people whom a question names, each once, in its order.

    Args:
        question: As asked.
        names: Who is known.
    """
    found = names.find(question)
    relations = relations_of(question, found)
    told: dict[tuple[tuple[str, ...], tuple[str, ...]], Mention] = {}
    for named, relation in zip(found, relations, strict=True):
        who = (named.names, () if named.names else named.roles)
        # The first place with a clear relation counts: "What did Ana say? Did Ana go?"
        if who not in told or told[who].relation is Relation.NAMED:
            text = question[named.start : named.end]
            earlier = told.get(who)
            if earlier is None or relation is not Relation.NAMED:
                told[who] = mention_of(named, text, relation)
    return tuple(told.values())


def relations_of(question: str, found: Sequence[Named]) -> list[Relation]:
    """Return what a question wants with each of the people found in it, in their order."""
    if not found:
        return []
    text = _with_signs(question, found)
    relations: dict[str, Relation] = {}
    for relation, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            for sign in re.findall(_NAME, match["who"]):
                relations.setdefault(sign, relation)
    return [relations.get(_sign(place), Relation.NAMED) for place in range(len(found))]


def _sign(place: int) -> str:
    return chr(0xE000 + place % 6_000)


def _with_signs(question: str, found: Sequence[Named]) -> str:
    """Write a sign for each name, without an article before it; the rest in lower case."""
    parts: list[str] = []
    done = 0
    for place, named in enumerate(found):
        between = re.sub(_NAME, " ", question[done : named.start]).casefold()
        parts += [re.sub(r"\b(?:the|our|your|their)\s+$", "", between), _sign(place)]
        done = named.end
    return "".join([*parts, re.sub(_NAME, " ", question[done:]).casefold()])
