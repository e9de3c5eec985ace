"""What a user puts right in a reading before it is added: speakers' names, the opening, title and date.

Renames take effect at once, so that two names can be swapped; a name that is there already makes two speakers
one. Refuses speakers who are not in the reading, and says who is.
"""

import difflib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from qa.errors import NotFoundError, QAError
from qa.readers.dates import read_date
from qa.readers.spacing import tidy
from qa.types import Reading, Remark, RemarkKind, Turn

_HOW = "Write it as OLD=NEW or OLD=NEW, ROLE, as in 'SPEAKER_00=Ana Lopez, Mayor'."
_MOST_LISTED = 12


@dataclass(frozen=True, slots=True)
class Rename:
    """A speaker's name as it is, and as it should be.

    Args:
        old: The name in the reading.
        name: The person's name; two that are renamed alike become one.
        role: The office; None keeps the one there is, "" takes it away.

    Raises:
        ValueError: If a name is blank.
    """

    old: str
    name: str
    role: str | None = None

    def __post_init__(self) -> None:
        if not tidy(self.old) or not tidy(self.name):
            raise ValueError(f"{self.old!r} cannot be renamed to {self.name!r}: a name is blank")


@dataclass(frozen=True, slots=True)
class Corrections:
    """What to put right in one reading.

    Args:
        renames: At most one for each speaker.
        opening: Whose the turns before the first labelled one are: a name, or a name and a role as in
            "Ana Lopez, Mayor"; None leaves them as they are.
        title: Of the transcript; None leaves it as it is.
        date: The day it took place, in any way that ``read_date`` understands; "" takes away the one there
            is, None leaves it.
    """

    renames: tuple[Rename, ...] = ()
    opening: str | None = None
    title: str | None = None
    date: str | None = None


def parse_rename(text: str) -> Rename:
    """Read "OLD=NEW" or "OLD=NEW, ROLE".

    Raises:
        ValueError: If it is written otherwise; the message says how to write it.
    """
    old, equals, new = text.partition("=")
    name, role = _name_and_role(new)
    if not equals or not tidy(old) or not name:
        raise ValueError(f"cannot read {text!r} as a new name. {_HOW}")
    return Rename(tidy(old), name, role)


def _name_and_role(text: str) -> tuple[str, str | None]:
    name, _, role = text.partition(",")
    return tidy(name), tidy(role) or None


def correct(reading: Reading, corrections: Corrections) -> Reading:
    """Put a reading right.

    Args:
        reading: From a reader, possibly put right before.
        corrections: Names as they stand in it.

    Returns:
        The reading with the names and roles wanted, the old names among the aliases, a remark on each thing
        done, and in ``read_as`` what it was before. Turns are neither joined nor moved.

    Raises:
        NotFoundError: If a speaker to be renamed is not there; the message says who is.
        QAError: If a speaker is renamed twice, there is no unlabelled opening to give to anybody, the title
            is blank, or the date is none.
    """
    wanted = _checked(reading, corrections.renames)
    corrected, remarks = renamed(reading, wanted), _rename_remarks(reading, wanted)
    if corrections.opening is not None:
        end = opening_end(corrected.turns)
        if not end:
            first = corrected.turns[0].speaker or corrected.turns[0].role if corrected.turns else None
            raise QAError(f"there is no unlabelled opening: the first turn is by {first or 'nobody'}.")
        corrected = _give_opening(corrected, end, *_opener(corrected, corrections.opening))
        given = f"The opening, {_count(end)}, was given to {corrected.turns[0].speaker}, as asked."
        remarks.append(Remark(RemarkKind.INFERRED, given))
    corrected, told = _told(corrected, corrections)
    return replace(corrected, remarks=(*corrected.remarks, *remarks, *told))


def _told(reading: Reading, corrections: Corrections) -> tuple[Reading, list[Remark]]:
    """Set title and date, and say so."""
    remarks = []
    if corrections.title is not None and (title := tidy(corrections.title)) != reading.title:
        if not title:
            raise QAError("the title is blank. Give one, as in 'Town hall, 15 April'.")
        reading = replace(reading, title=title)
        remarks.append(Remark(RemarkKind.ASSUMED, f"The title is {title!r}, as asked."))
    if corrections.date is not None:
        day = read_date(tidy(corrections.date)) if tidy(corrections.date) else None
        if day is None and tidy(corrections.date):
            raise QAError(f"{corrections.date!r} is no date. Write it as 2025-04-15, 2025-04 or 2025.")
        if day != reading.date:
            reading = replace(reading, date=day)
            remarks.append(Remark(RemarkKind.ASSUMED, f"The date is {day or 'not known'}, as asked."))
    return reading, remarks


def renamed(reading: Reading, wanted: Mapping[str, Rename]) -> Reading:
    """Rename speakers without a word about it; those who are not there are passed over.

    Args:
        reading: Where.
        wanted: By old name.
    """
    roles = _roles_of(reading.turns)
    turns = tuple(
        turn
        if turn.speaker is None or turn.speaker not in wanted
        else _called(turn, wanted[turn.speaker], roles)
        for turn in reading.turns
    )
    if turns == reading.turns:
        return reading
    named = {old: rename.name for old, rename in wanted.items() if old in roles}
    pairs = [(alias, named.get(name, name)) for alias, name in reading.aliases] + list(named.items())
    aliases = tuple(dict.fromkeys(pair for pair in pairs if pair[0] != pair[1]))
    return replace(reading, turns=turns, aliases=aliases, read_as=_read_as(reading))


def give_opening(reading: Reading, name: str, role: str | None) -> Reading:
    """Give the opening to somebody without a word about it, if there is one."""
    end = opening_end(reading.turns)
    return _give_opening(reading, end, name, role) if end else reading


def opening_end(turns: Sequence[Turn]) -> int:
    """Return how many turns at the beginning have nobody's name written beside them.

    These have neither name nor role. Where a reader gave such turns to somebody, they are inferred, and no
    turn after them is.
    """
    unnamed = next((i for i, turn in enumerate(turns) if turn.speaker or turn.role), len(turns))
    if unnamed:
        return unnamed
    given = next((i for i, turn in enumerate(turns) if not turn.inferred), 0)
    return 0 if any(turn.inferred for turn in turns[given:]) else given


def closest(wanted: str, names: Iterable[str]) -> str:
    """Return what to say to someone who named nobody there is: the nearest name, and who there is."""
    listed = list(names)
    if not listed:
        return "Nobody is named there."
    folded = {name.casefold(): name for name in reversed(listed)}
    near = difflib.get_close_matches(wanted.casefold(), folded, 1, 0.6)
    more = len(listed) - _MOST_LISTED
    shown = ", ".join(listed[:_MOST_LISTED]) + (f" and {more} more" if more > 0 else "")
    return (f"Did you mean {folded[near[0]]!r}? " if near else "") + f"The speakers are: {shown}."


def _checked(reading: Reading, renames: Sequence[Rename]) -> dict[str, Rename]:
    present = _roles_of(reading.turns)
    wanted: dict[str, Rename] = {}
    for rename in renames:
        if rename.old in wanted:
            raise QAError(f"{rename.old!r} is renamed twice. Give it one name.")
        if rename.old not in present:
            taken = next((name for alias, name in reading.aliases if alias == rename.old), None)
            if taken is not None:
                raise NotFoundError(
                    f"{rename.old!r} was taken for another way of writing {taken}. Rename {taken!r}."
                )
            raise NotFoundError(f"no speaker is called {rename.old!r}. {closest(rename.old, present)}")
        wanted[rename.old] = replace(rename, name=tidy(rename.name))
    return wanted


def _roles_of(turns: Iterable[Turn]) -> dict[str, dict[str, None]]:
    """Return the speakers in order, each with the roles written for them."""
    roles: dict[str, dict[str, None]] = {}
    for turn in turns:
        if turn.speaker is not None:
            held = roles.setdefault(turn.speaker, {})
            if turn.role is not None:
                held[turn.role] = None
    return roles


def _called(turn: Turn, rename: Rename, roles: Mapping[str, Mapping[str, None]]) -> Turn:
    role = turn.role if rename.role is None else tidy(rename.role) or None
    theirs = roles.get(rename.name, {})
    if role is None and rename.role is None and len(theirs) == 1:
        (role,) = theirs  # of the one whom the speaker turns out to be
    return replace(turn, speaker=rename.name, role=role)


def _opener(reading: Reading, wanted: str) -> tuple[str, str | None]:
    """Return name and role of whoever opens, the role being known from other turns if it is not given."""
    roles = _roles_of(reading.turns)
    name, role = (tidy(wanted), None) if tidy(wanted) in roles else _name_and_role(wanted)
    if not name:
        raise QAError(f"the opening cannot be given to {wanted!r}. Give a name, as in 'Ana Lopez, Mayor'.")
    known = roles.get(name, {})
    return name, role or (next(iter(known)) if len(known) == 1 else None)


def _give_opening(reading: Reading, end: int, name: str, role: str | None) -> Reading:
    given = tuple(replace(turn, speaker=name, role=role, inferred=True) for turn in reading.turns[:end])
    return replace(reading, turns=(*given, *reading.turns[end:]), read_as=_read_as(reading))


def _read_as(reading: Reading) -> tuple[tuple[str | None, str | None], ...]:
    return reading.read_as or tuple((turn.speaker, turn.role) for turn in reading.turns)


def _rename_remarks(reading: Reading, wanted: Mapping[str, Rename]) -> list[Remark]:
    staying = {turn.speaker for turn in reading.turns} - wanted.keys()
    counts = Counter(turn.speaker for turn in reading.turns)
    remarks = []
    for old, rename in wanted.items():
        alike = [other for other, one in wanted.items() if one.name == rename.name and other != old]
        if rename.name != old and (alike or rename.name in staying):
            message = f"{old!r} and {rename.name} were made one speaker, as asked: {_count(counts[old])}."
            remarks.append(Remark(RemarkKind.COLLAPSED, message))
        else:
            role = f", {tidy(rename.role)}" if rename.role and tidy(rename.role) else ""
            message = f"{old!r} was named {rename.name}{role}, as asked: {_count(counts[old])}."
            remarks.append(Remark(RemarkKind.ASSUMED, message))
    return remarks


def _count(turns: int) -> str:
    return f"{turns} turn{'' if turns == 1 else 's'}"
