"""What a person typed to narrow a search, to the `Filter` that does it.

Accepts transcripts by id or words of the title, speakers by any words of their name or role, or of a name
they had before, and dates as 2025-04-15, 2025-04 or 2025. Refuses what fits nothing, and says what there is
instead.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from qa.errors import NotFoundError, QAError
from qa.library import Entry, Library
from qa.retrieval import Filter
from qa.retrieval.lexical import fold
from qa.retrieval.views import in_period
from qa.types import TimeKind, check_date

_MOST_LISTED = 30


@dataclass(frozen=True, slots=True, order=True)
class Speaker:
    """Someone who speaks in the library: a name with a role, or a role alone for those who are not named."""

    name: str = ""
    role: str = ""

    def __str__(self) -> str:
        if not self.name:
            return f"{self.role} (not named)"
        return f"{self.name} ({self.role})" if self.role else self.name


def speakers_of(library: Library) -> list[Speaker]:
    """List who speaks in a library, each name with each of its roles, in alphabetical order."""
    table = library.indexes().table
    # One number for each pair: comparing pairs takes seconds for a million passages, and a page asks often.
    roles = len(table.roles) + 1
    codes = np.unique((table.speaker.astype(np.int64) + 1) * roles + table.role + 1)
    found = [
        Speaker(table.speakers[s - 1] if s else "", table.roles[r - 1] if r else "")
        for s, r in (divmod(code, roles) for code in codes.tolist())
        if s or r
    ]
    return sorted(found, key=lambda one: (not one.name, fold(one.name), fold(one.role)))


def make_filter(
    library: Library,
    transcripts: Sequence[str] = (),
    speakers: Sequence[str] = (),
    since: str | None = None,
    until: str | None = None,
) -> Filter:
    """Build a filter from what a person typed.

    Args:
        library: Whose transcripts and speakers are meant.
        transcripts: Ids, beginnings of ids, or words of titles; none for all.
        speakers: Each fits everyone in whose name or role all its words occur, whatever the case and
            accents: "Rutte" fits Mark Rutte, "Secretary General" whoever holds that office. What fits nobody
            so, or nobody in the transcripts chosen, may be another name of somebody there: "SPEAKER_00"
            fits whoever was called that before.
        since: First day; None or blank for no limit.
        until: Last day, inclusive; likewise.

    Raises:
        NotFoundError: If a transcript or speaker fits nothing; the message lists what there is.
        QAError: If a date is none, or the first day comes after the last.
    """
    first, last = check_period(since, until)
    ids = frozenset(library.find(wanted).id for wanted in transcripts)
    names, roles = _speakers(library, speakers, ids) if speakers else (frozenset[str](), frozenset[str]())
    return Filter(
        transcripts=ids or None, speakers=names or None, roles=roles or None, since=first, until=last
    )


def check_period(since: str | None, until: str | None) -> tuple[str | None, str | None]:
    """Return both days as they are stored, None for a blank.

    Raises:
        QAError: If a date is none, or the first day comes after the last.
    """
    first, last = _date("since", since), _date("until", until)
    if first and last and first > last and not last.startswith(first) and not first.startswith(last):
        raise QAError(f"the first date, {first}, comes after the last, {last}. Swap them, or drop one.")
    return first, last


def _date(name: str, given: str | None) -> str | None:
    if given is None or not given.strip():
        return None
    try:
        return check_date(given.strip())
    except ValueError as error:
        raise QAError(f"{name}: {error}.") from error


def _speakers(
    library: Library, speakers: Sequence[str], ids: Collection[str]
) -> tuple[frozenset[str], frozenset[str]]:
    everyone = speakers_of(library)
    here = {entry.id: entry.speakers for entry in library.entries()} if ids else {}
    heard = {name for id_ in ids for name in here.get(id_, ())}
    names: set[str] = set()
    roles: set[str] = set()
    for wanted in speakers:
        asked = _words(wanted)
        fitting = [person for person in everyone if asked and asked <= _words(f"{person.name} {person.role}")]
        called: set[str] = set()
        if all(ids and person.name and person.name not in heard for person in fitting):
            called = _called(library, asked, ids or None) or (set() if fitting else _called(library, asked))
        if called:
            names |= called
            continue
        if not fitting:
            raise NotFoundError(f"no speaker is called {wanted!r}. {_listed(everyone)}")
        for person in fitting:
            # By the role alone: whoever holds it. Otherwise the person, in whatever role.
            if asked <= _words(person.role):
                roles.add(person.role)
            else:
                names.add(person.name)
    return frozenset(names), frozenset(roles)


def _called(library: Library, asked: set[str], ids: Collection[str] | None = None) -> set[str]:
    """Return the names of those who go by another name in which all these words occur."""
    others = library.other_names(ids).items() if asked else ()
    return {name for name, aliases in others if any(asked <= _words(alias) for alias in aliases)}


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", fold(text)))


def _listed(everyone: Sequence[Speaker]) -> str:
    if not everyone:
        return "Nobody is named in this library."
    shown = ", ".join(map(str, everyone[:_MOST_LISTED]))
    more = len(everyone) - _MOST_LISTED
    return f"The speakers are: {shown}{f' and {more} more' if more > 0 else ''}."


def _may_reach(entry: Entry, within: Filter) -> bool:
    """Say whether something in a transcript may have been said in the period; a chat may go on for years."""
    since = None if entry.time_kind is TimeKind.CLOCK else within.since
    return in_period(entry.date or "", since, within.until)


def searchable(entries: Sequence[Entry], within: Filter) -> list[Entry]:
    """Return the transcripts that a filter leaves open to a search, whoever speaks in them."""
    dated = within.since is not None or within.until is not None
    return [
        entry
        for entry in entries
        if (within.transcripts is None or entry.id in within.transcripts)
        and (not dated or _may_reach(entry, within))
    ]
