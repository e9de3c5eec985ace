"""The page's filters: what can be chosen, the `Filter` that it makes, and a line that sums it up."""

from collections.abc import Sequence
from dataclasses import dataclass

from qa.filters import check_period, speakers_of
from qa.library import Entry, Library
from qa.page.wording import counted, date_text, excerpt, listed, role_name
from qa.retrieval import Filter

_ROLE = "role:"  # begins the value of a choice that stands for those without a name in some role
_NAME = "name:"

Choice = tuple[str, str]  # label, value


@dataclass(frozen=True, slots=True)
class Choices:
    """What the filters offer: labels in the order shown, with the values they stand for."""

    transcripts: list[Choice]
    speakers: list[Choice]


def choices(library: Library, entries: Sequence[Entry]) -> Choices:
    """Return what the filters offer for a library as it is now."""
    titles = [entry.title for entry in entries]
    transcripts = [(_label(entry, titles.count(entry.title) > 1), entry.id) for entry in entries]
    everyone = speakers_of(library) if entries else []
    names = list(dict.fromkeys(one.name for one in everyone if one.name))
    roles = list(dict.fromkeys(one.role for one in everyone if not one.name))
    unnamed = [(f"{role_name(role)} (unnamed)", _ROLE + role) for role in roles]
    return Choices(transcripts, [(name, _NAME + name) for name in names] + unnamed)


def _label(entry: Entry, ambiguous: bool) -> str:
    date = date_text(entry.date)
    label = f"{entry.title} ({date})" if date else entry.title
    return f"{label} [{entry.id}]" if ambiguous else label


def chosen_filter(
    transcripts: Sequence[str], speakers: Sequence[str], since: str | None, until: str | None
) -> Filter:
    """Build the filter from the values of choices and two typed dates.

    Raises:
        QAError: If a date is none, or the first comes after the last.
    """
    first, last = check_period(since, until)
    names = frozenset(one.removeprefix(_NAME) for one in speakers if one.startswith(_NAME))
    roles = frozenset(one.removeprefix(_ROLE) for one in speakers if one.startswith(_ROLE))
    return Filter(
        transcripts=frozenset(transcripts) or None,
        speakers=names or None,
        roles=roles or None,
        since=first,
        until=last,
    )


def summary(
    transcripts: Sequence[str],
    speakers: Sequence[str],
    since: str | None,
    until: str | None,
    entries: Sequence[Entry],
) -> str:
    """Return the heading of the filters: what is set, in one line."""
    titles = {entry.id: entry.title for entry in entries}
    said = []
    if len(transcripts) == 1:
        said.append(excerpt(titles.get(transcripts[0], transcripts[0]), 40))
    elif transcripts:
        said.append(counted(len(transcripts), "transcript"))
    if speakers:
        names = [one.removeprefix(_NAME) for one in speakers if one.startswith(_NAME)]
        names += [role_name(one.removeprefix(_ROLE)) for one in speakers if one.startswith(_ROLE)]
        said.append(listed(names, 2))
    if since and since.strip():
        said.append(f"from {since.strip()}")
    if until and until.strip():
        said.append(f"to {until.strip()}")
    return f"Filters: {' · '.join(said)}" if said else "Filters: none"
