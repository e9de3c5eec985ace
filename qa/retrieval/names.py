"""Who is named in a question: full names, parts of names, offices, of those who speak in a library.

Accepts any case where nothing else in the question is written with a capital, accents or none, any script, a
title before the name ("Councillor Ruiz") and other names a person goes by. A part of a name that several
people share stands for all of them. A name that is also a word ("Will", "Mark") counts only when written as a
name, and never as the first word alone, where every word has a capital.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from qa.readers.people import agree, core, has_office, is_courtesy
from qa.retrieval.folding import SIGNS, fold
from qa.retrieval.lexical import STOP_WORDS, words
from qa.retrieval.terms import HANGUL
from qa.types import QUESTIONER
from qa.writing import UNSPACED

_TOKEN = re.compile(rf"[\w\u0300-\u036f{SIGNS}]+")
# Korean has spaces, but particles are written on to a name.
_UNSPACED = re.compile(f"[{UNSPACED}{HANGUL}]")
_HANGUL = re.compile(f"[{HANGUL}]")
_LONGEST = 8  # words of a name or an office that are looked up
_MOST = 20  # people that one part of a name may stand for; more say nothing
# Given names and surnames that are also words: in lower case they are the word.
_WORD_NAMES = frozenset(
    "amber angel april art august austin autumn bill bishop black bob brook brown buck bush carol chance"
    " chase"
    " chip christian chuck cliff constance cook crystal daisy dale dawn dean dick drew earnest eve faith fox"
    " frank gene glen grace grant gray green guy hall harmony harry heath heather hope hunter iris ivy jack"
    " jade jasmine jay jean jewel joy june king lance lane lily long major mark marsh martin mason may melody"
    " mercy miles mill moore nick nova olive page park parker patience penny piper pierce poppy price"
    " prudence"
    " ray read reed rich river rob robin rock rose ruby rusty sage sandy skip sky sterling stone storm sue"
    " summer sunny swift taylor trinity van victor violet wade walker ward west white will wolf wood woods"
    " young".split()
)
# Words of labels by themselves nobody's name: "Speaker 1", "PhD A", "Kirsty Williams AM".
_NO_NAMES = frozenset(
    "all am and anonymous caller everyone group guest hon honourable interviewee interviewer jr male"
    " female man"
    " md ms mp narrator of participant person phd right speaker sr student team the unidentified unknown user"
    " voice woman al bin da de del den der di dos du ibn la le van von".split()
)
_TITLES = frozenset(
    "alderman captain cllr councillor councilor colonel dame father general hon honourable king lord"
    " major pope"
    " prince princess queen rabbi rep representative sen sergeant sheikh sir sister".split()
)


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody named in a question.

    Args:
        start: Offset in the question, of the title before the name too.
        end: Offset of its end.
        names: Everyone it may be, as stored.
        roles: Offices it may be, as stored; beside names, those of the title in front.
        wordings: Ways in which speech may name them, as `qa.retrieval.lexical.words` gives them; all words
            of one must occur.
    """

    start: int
    end: int
    names: tuple[str, ...]
    roles: tuple[str, ...] = ()
    wordings: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class _Token:
    start: int
    end: int
    raw: str
    folded: str
    first: bool  # of a sentence

    @property
    def capital(self) -> bool:
        return not self.raw[0].islower()


class Names:
    """The people of a library, found again in questions.

    Args:
        speakers: Names as stored.
        roles: Offices as stored.
        others: Other names of some speakers: (other name, name as stored).
    """

    def __init__(
        self, speakers: Sequence[str], roles: Sequence[str], others: Iterable[tuple[str, str]] = ()
    ) -> None:
        self._people: dict[tuple[str, ...], dict[str, None]] = defaultdict(dict)
        self._offices: dict[tuple[str, ...], dict[str, None]] = defaultdict(dict)
        self._unspaced: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for written, name in (*((name, name) for name in speakers), *others):
            for form in _forms_of_name(written):
                self._people[form][name] = None
            if _UNSPACED.search(written):
                self._unspaced[fold(written)[0]].append((fold(written), name))
        for role in roles:
            for form in _forms_of_office(role) if role != QUESTIONER else ():
                self._offices[form][role] = None

    def find(self, question: str) -> list[Named]:
        """Return who is named, in the order of the question; of two readings of a place the longer."""
        tokens = _tokens(question)
        lazy = not any(token.capital and not token.first for token in tokens) or question.isupper()
        found: list[Named] = []
        at = 0
        while at < len(tokens):
            step, named = self._at(tokens, at, lazy, question)
            if named is not None:
                found.append(named)
            at += step
        return _with_titles(found, tokens, question)

    def _at(self, tokens: Sequence[_Token], at: int, lazy: bool, question: str) -> tuple[int, Named | None]:
        """Return how many tokens to go on, and who is named at a place."""
        for size in range(min(_LONGEST, len(tokens) - at), 0, -1):
            some = tokens[at : at + size]
            form = tuple(token.folded for token in some)
            people = self._people.get(form)
            following = tokens[at + size] if at + size < len(tokens) else None
            if people and _is_name(some, lazy) and not _goes_on(form, people, some[-1], following, question):
                if len(people) > _MOST:
                    return size, None
                return size, _named(some, tuple(people))
            offices = self._offices.get(form)
            before = tokens[at - 1] if at else None
            if offices and len(offices) <= _MOST and _is_office(some, before):
                return size, Named(some[0].start, some[-1].end, (), tuple(offices), _wordings([form]))
        return 1, self._in_unspaced(tokens[at])

    def _in_unspaced(self, token: _Token) -> Named | None:
        """Find a name inside a run of characters that is written without spaces."""
        for place, character in enumerate(token.folded):
            if place and _HANGUL.match(character):
                break  # a name is not found in the middle of a Korean word
            for name, stored in self._unspaced.get(character, ()):
                if token.folded.startswith(name, place):
                    whole = len(token.folded) != len(token.raw)  # folding moved the characters
                    start = token.start + (0 if whole else place)
                    end = token.end if whole else start + len(name)
                    return Named(start, end, (stored,), (), _wordings([(name,)]))
        return None


@lru_cache(maxsize=8)
def names_of(speakers: tuple[str, ...], roles: tuple[str, ...]) -> Names:
    """Return the people of a table, made once for it."""
    return Names(speakers, roles)


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    for match in _TOKEN.finditer(text):
        before = text[: match.start()].rstrip(" \t\n\"'“‘«(")
        found.append(
            _Token(match.start(), match.end(), match.group(), fold(match.group()), before[-1:] in "¿¡.?!:")
        )
    return [token for token in found if token.folded]


def _forms_of_name(name: str) -> set[tuple[str, ...]]:
    """Return a name and the parts of it that people use: "Ursula", "von der Leyen", "Leyen"."""
    whole = tuple(token.folded for token in _tokens(name))
    parts = [token.folded for token in _tokens(" ".join(core(name)))]
    while parts and (parts[0] in _NO_NAMES or is_courtesy(parts[0])):
        parts = parts[1:]
    while parts and parts[-1] in _NO_NAMES:
        parts = parts[:-1]
    forms = {whole, tuple(parts)} - {()}
    if not has_office(name):
        ends = range(1, len(parts))
        forms |= {tuple(parts[:end]) for end in ends} | {tuple(parts[end:]) for end in ends}
    return {form for form in forms if len(form) > 1 or form == whole or _stands_alone(form[0])}


def _stands_alone(word: str) -> bool:
    unfit = word.isdigit() or word in _NO_NAMES or word in STOP_WORDS or has_office(word) or is_courtesy(word)
    return not unfit and (len(word) > 1 or _UNSPACED.search(word) is not None)


def _forms_of_office(role: str) -> set[tuple[str, ...]]:
    """Return an office and what people make of it: "NATO Secretary General", "Secretary General"."""
    parts = [token.folded for token in _tokens(role)]
    shorter = {tuple(parts[i:]) for i in range(len(parts))} | {tuple(parts[:i]) for i in range(1, len(parts))}
    # "President" is nobody when only a Vice President is known.
    fitting = {form for form in shorter if has_office(" ".join(form)) and agree(" ".join(form), role)}
    return (fitting | {tuple(parts)}) - {()}


def _is_name(some: Sequence[_Token], lazy: bool) -> bool:
    """Say whether words that could be a name are written as one."""
    if len(some) > 1:
        return lazy or any(token.capital for token in some) or not _all_common(some)
    (token,) = some
    common = token.folded in _WORD_NAMES or token.folded in STOP_WORDS or len(token.folded) == 1
    if lazy:  # capitals tell nothing, or there are none but the first
        return not common
    return token.capital and not (common and token.first)


def _all_common(some: Sequence[_Token]) -> bool:
    return all(token.folded in _WORD_NAMES or token.folded in STOP_WORDS for token in some)


def _is_office(some: Sequence[_Token], before: _Token | None) -> bool:
    if before is not None and before.folded in {"the", "our", "their", "your", "mr", "mister", "madam"}:
        return True
    return some[0].capital and not some[0].first


def _goes_on(
    form: tuple[str, ...],
    people: Iterable[str],
    last: _Token,
    following: _Token | None,
    question: str,
) -> bool:
    """Say whether a first name is that of somebody else: "Mark Zuckerberg" where Mark Rutte speaks."""
    if following is None or not following.raw[0].isupper() or question.isupper():
        return False
    if question[last.end : following.start] != " " or following.folded in STOP_WORDS:
        return False
    longer = [[token.folded for token in _tokens(name)] for name in people]
    return all(len(name) > len(form) and tuple(name[: len(form)]) == form for name in longer)


def _named(some: Sequence[_Token], names: tuple[str, ...]) -> Named:
    matched = tuple(token.folded for token in some)
    alternatives = [matched]
    if len(names) == 1:
        parts = [token.folded for token in _tokens(" ".join(core(names[0])))]
        alternatives += [(word,) for word in parts if _stands_alone(word) and word not in _WORD_NAMES]
    return Named(some[0].start, some[-1].end, names, (), _wordings(alternatives))


def _wordings(forms: Iterable[tuple[str, ...]]) -> tuple[tuple[str, ...], ...]:
    told = (tuple(words(" ".join(form))) for form in forms)
    return tuple(dict.fromkeys(form for form in told if form))


def _with_titles(found: Sequence[Named], tokens: Sequence[_Token], question: str) -> list[Named]:
    """Put offices and titles in front of a name together with it: "the Secretary General Rutte"."""
    joined: list[Named] = []
    for named in found:
        before = joined[-1] if joined else None
        if (
            before is not None
            and named.names
            and not before.names
            and question[before.end : named.start].strip(" .") == ""
        ):
            joined[-1] = replace(named, start=before.start, roles=before.roles)
        else:
            joined.append(_with_title(named, tokens) if named.names else named)
    return joined


def _with_title(named: Named, tokens: Sequence[_Token]) -> Named:
    start = named.start
    for token in reversed([token for token in tokens if token.end <= named.start]):
        if start - token.end > 2 or not (
            token.folded in _TITLES or is_courtesy(token.folded) or has_office(token.folded)
        ):
            break
        start = token.start
    return replace(named, start=start)


def name_called(words_: str) -> Named:
    """Return somebody who is named by a user, and speaks nowhere: only speech can name them."""
    form = tuple(token.folded for token in _tokens(words_))
    return Named(0, len(words_), (), (), _wordings([form]))
