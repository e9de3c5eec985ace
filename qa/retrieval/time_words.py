"""The expressions of time in a question, found by a small grammar that knows what is none.

Nobody means the month when asking who may speak: "May" and "march" are times only where a day, a year or a
preposition says so.
"""

import re
from dataclasses import dataclass

from qa.retrieval.folding import SIGNS

_MONTHS = (
    "january february march april may june july august september october november december"
    " jan feb mar apr jun jul aug sept sep oct nov dec"
).split()
_MONTH = rf"(?:{'|'.join(_MONTHS)})\b\.?"
_YEAR = r"(?:19|20)\d\d\b"
_DAY = r"(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?\b"
_WEEKDAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day\b"
_COUNT = r"(?:\d{1,3}|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
_UNIT = r"(?:day|week|month|year)"
_SEASON = r"(?:spring|summer|autumn|fall|winter)\b"
_QUARTER = r"(?:q[1-4]\b|(?:first|second|third|fourth|1st|2nd|3rd|4th)\s+quarter\b)"
# Each kind of expression with how it is written; of two at one place the longer counts.
_PLAIN: tuple[tuple[str, str], ...] = (
    ("iso", rf"{_YEAR}-\d\d(?:-\d\d)?\b"),
    ("cjk", r"(?:19|20)\d\d\s*[年년](?:\s*\d{1,2}\s*[月월](?:\s*\d{1,2}\s*[日일])?)?"),
    ("slashed", r"\d{1,2}([./])\d{1,2}\1(?:19|20)\d\d\b"),
    ("dated", rf"{_DAY}(?:\s+of)?\s+{_MONTH}(?:,?\s+{_YEAR})?"),
    ("dated", rf"{_MONTH}\s+{_DAY}(?![:.]\d)(?:,?\s+{_YEAR})?"),
    ("dated", rf"{_MONTH}(?:\s+of|,)?\s+{_YEAR}"),
    ("foreign", rf"{_DAY}\.?\s+(?:de\s+)?(?:[^\W\d_]|[{SIGNS}]){{3,16}}\.?\s+(?:de\s+)?{_YEAR}"),
    ("quarter", rf"{_QUARTER}(?:\s+of)?\s+{_YEAR}"),
    ("season", rf"{_SEASON}(?:\s+of)?\s+{_YEAR}"),
    ("relative", rf"{_COUNT}\s+{_UNIT}s?\s+ago\b"),
    ("past", rf"(?:last|past|previous)\s+{_COUNT}\s+{_UNIT}s?\b"),
    ("relative", rf"(?:last|this)\s+{_UNIT}\b"),
    ("season", rf"(?:last|this)\s+{_SEASON}"),
    ("month", rf"last\s+{_MONTH}"),
    ("weekday", rf"(?:last|on|this)\s+{_WEEKDAY}"),
    ("relative", r"(?:the\s+day\s+before\s+yesterday|yesterday|today)\b"),
)
# What is a time only after a word that says so.
_LOOSE: tuple[tuple[str, str], ...] = (
    ("quarter", _QUARTER),
    ("season", _SEASON),
    ("month", rf"(?:(?:early|mid|late)[\s-]+)?{_MONTH}(?!\s+(?:on|the|against)\b)"),
    ("weekday", _WEEKDAY),
    ("year", rf"(?:early\s+|late\s+|(?:the\s+)?year\s+)?{_YEAR}(?!\s*%|-\w)"),
)
_PREPOSITION = r"(?:in|during|throughout|since|before|after|until|till|from|between)\s+(?:the\s+)?"
_EVERYWHERE = [(kind, re.compile(rf"(?<![\w-]){text}", re.IGNORECASE)) for kind, text in _PLAIN]
_BEHIND_PREPOSITION = [
    (kind, re.compile(rf"\b{_PREPOSITION}(?P<time>{text})", re.IGNORECASE)) for kind, text in _LOOSE
]
_SECOND = [(kind, re.compile(text, re.IGNORECASE)) for kind, text in (*_PLAIN, *_LOOSE)]
_DIRECTION = re.compile(
    r"\b(before|prior to|until|till|up to|after|since|from|between)\s+(?:the\s+)?$", re.IGNORECASE
)
_TO = re.compile(r"\s*(?:and|to|until|till|through|[-–—])\s*(?:the\s+)?", re.IGNORECASE)
_CHEAP = re.compile(
    rf"\d|\b(?:{'|'.join(_MONTHS)}|(?:to|yester)day|last|past|this|previous|ago|{_WEEKDAY}|{_SEASON}|quarter)\b",
    re.IGNORECASE,
)
_WORD_MONTH = re.compile(r"(?:may|march|mar|sun)\b", re.IGNORECASE)
_SAYS_DATE = re.compile(
    r"\b(?:on|in|since|before|after|until|till|from|between|and|to|by|of)\s+$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Expression:
    """A time as it is written.

    Args:
        kind: How to read it.
        start: Offset in the question.
        end: Offset of its end.
        text: The words.
        direction: Which side of it is meant: "before", "until", "since", "after" or "" for itself.
        second: The other end of a range; None when there is none.
    """

    kind: str
    start: int
    end: int
    text: str
    direction: str = ""
    second: "Expression | None" = None


_DIRECTIONS = {"prior to": "before", "till": "until", "up to": "until", "from": "since", "between": ""}


def expressions(question: str) -> list[Expression]:
    """Return the times that a question names, in its order, none within another."""
    if _CHEAP.search(question) is None:
        return []
    found = [
        (match.start(), match.end(), kind)
        for kind, pattern in _EVERYWHERE
        for match in pattern.finditer(question)
        if not _is_word(question, match.start(), match.group())
    ]
    found += [
        (*match.span("time"), kind)
        for kind, pattern in _BEHIND_PREPOSITION
        for match in pattern.finditer(question)
    ]
    found.sort(key=lambda one: (one[0], -one[1]))
    kept: list[tuple[int, int, str]] = []
    for one in found:
        if not kept or one[0] >= kept[-1][1]:
            kept.append(one)
    made = [Expression(kind, start, end, question[start:end]) for start, end, kind in kept]
    return _directed(made, question)


def _is_word(question: str, start: int, text: str) -> bool:
    """Say whether "may 5" begins with a verb: in lower case, or first of all, without anything before."""
    if _WORD_MONTH.match(text) is None or re.search(_YEAR, text):
        return False
    first = question[:start].strip() == ""
    return first or (text[0].islower() and _SAYS_DATE.search(question[:start]) is None)


def _directed(made: list[Expression], question: str) -> list[Expression]:
    """Add to each expression what the words around it say, and join the two ends of a range."""
    directed: list[Expression] = []
    done = 0
    for one in made:
        if one.start < done:
            continue
        before = _DIRECTION.search(question[: one.start])
        word = before.group(1).lower() if before else ""
        second = _second(question, one, word)
        start = before.start() if before else one.start
        done = second.end if second else one.end
        direction = "" if second else _DIRECTIONS.get(word, word)
        directed.append(Expression(one.kind, start, done, one.text, direction, second))
    return directed


def _second(question: str, first: Expression, word: str) -> Expression | None:
    """Return the other end of "between March and May", "from 2023 to 2024"."""
    to = _TO.match(question, first.end)
    if word not in {"from", "between"} or to is None:
        return None
    ends = [
        (match.end(), kind)
        for kind, pattern in _SECOND
        if (match := pattern.match(question, to.end())) is not None
    ]
    if not ends:
        return None
    end, kind = max(ends)
    return Expression(kind, to.end(), end, question[to.end() : end])
