"""What becomes of judgments when the library changes: a file is added anew, removed, or a speaker renamed.

Turns keep their ids when a speaker is renamed, and their judgments with them. A file that is added anew is
another transcript with other ids; what was judged in the old version is carried over to the same turn of the
new one: the turn with the same words, or with most of them between the same neighbours. What cannot be found
again is dropped, because nobody judged the words that stand there now.

The filters of judged questions follow: names that people have now, transcripts that are there. A question
whose filter lets nothing through any more goes, so that nothing of a removed transcript stays in it.
"""

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import cached_property

from sqlalchemy import Connection, Text, cast, delete, select, update
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from qa import schema
from qa.judgments import drop_empty, filter_from, filter_json
from qa.retrieval import Filter

_MOST = 0.5  # of the words, counted in the longer of two turns
_NO_FILTER = "{}"  # as it is stored


def carry_over(connection: Connection, before: str, after: str) -> None:
    """Carry judgments over from a version of a transcript to the one that takes its place.

    Args:
        connection: In the transaction that replaces it.
        before: Id of the version that is about to be deleted.
        after: Of the new one. What is judged in it already stays.
    """
    table = schema.judgments
    rows = connection.execute(select(table).where(table.c.transcript_id == before)).all()
    if rows:
        judged = {row.position for row in rows}
        places = same_turns(_texts(connection, before), _texts(connection, after), judged)
        moved = [
            {**row._asdict(), "transcript_id": after, "position": places[row.position]}
            for row in rows
            if row.position in places
        ]
        if moved:
            connection.execute(sqlite_insert(table).on_conflict_do_nothing(), moved)
    for id_, within in _filters(connection).items():
        if within.transcripts is not None and before in within.transcripts:
            now = within.transcripts - {before} | {after}
            _put_within(connection, id_, replace(within, transcripts=now))


def keep_to_what_is_there(connection: Connection) -> None:
    """Rewrite the filters of judged questions to what is in the library, and drop what is left of none."""
    there = _There(connection)
    for id_, within in _filters(connection).items():
        now = there.kept(within)
        if now is None:
            connection.execute(delete(schema.judged_questions).filter_by(id=id_))
        elif now != within:
            _put_within(connection, id_, now)
    drop_empty(connection)


def same_turns(before: Sequence[str], after: Sequence[str], wanted: Collection[int]) -> dict[int, int]:
    """Find turns of one version of a transcript in another.

    Args:
        before: Texts of the turns of the one.
        after: Of the other.
        wanted: Positions in ``before``.

    Returns:
        Positions in ``after`` by those in ``before``; turns that are not there again are missing, and no two
        have the same.
    """
    return _Versions(list(map(_folded, before)), list(map(_folded, after))).found(wanted)


class _Versions:
    """Two versions of a transcript, as the words of their turns."""

    def __init__(self, before: list[str], after: list[str]) -> None:
        self._before, self._after = before, after
        self._in_before, self._in_after = _places(before), _places(after)

    def found(self, wanted: Collection[int]) -> dict[int, int]:
        places = {at: self._same(at) for at in wanted}
        places |= {at: self._corrected(at) for at, place in places.items() if place is None}
        return {at: place for at, place in sorted(places.items()) if place is not None}

    def _same(self, at: int) -> int | None:
        """Return where the same words stand; of several, in the same order or between the same neighbours."""
        if at in (-1, len(self._before)):
            return -1 if at < 0 else len(self._after)
        olds = self._in_before[self._before[at]]
        news = self._in_after.get(self._before[at], [])
        if len(olds) == len(news):
            return news[olds.index(at)]
        around = _around(self._before, at)
        alike = [one for one in news if _around(self._after, one) == around]
        alone = sum(_around(self._before, one) == around for one in olds) == 1
        return alike[0] if alone and len(alike) == 1 else None

    def _corrected(self, at: int) -> int | None:
        """Return the turn between the same neighbours, when most of its words are the same."""
        previous, following = self._same(at - 1), self._same(at + 1)
        if previous is None or following != previous + 2:
            return None
        place = previous + 1
        if self._after[place] in self._in_before:
            return None  # it is another turn of the old version
        old, new = self._before[at].split(), self._after[place].split()
        shared = (Counter(old) & Counter(new)).total()
        return place if shared >= _MOST * max(len(old), len(new)) else None


def _folded(text: str) -> str:
    """Return the words of a turn, whatever their case and punctuation."""
    return " ".join(re.findall(r"\w+", text.casefold()))


def _places(texts: Sequence[str]) -> dict[str, list[int]]:
    places: dict[str, list[int]] = {}
    for at, text in enumerate(texts):
        places.setdefault(text, []).append(at)
    return places


def _around(texts: Sequence[str], at: int) -> tuple[str | None, str | None]:
    return texts[at - 1] if at else None, texts[at + 1] if at + 1 < len(texts) else None


def _texts(connection: Connection, transcript_id: str) -> list[str]:
    columns = schema.turns.c
    texts = select(columns.text).where(columns.transcript_id == transcript_id).order_by(columns.position)
    return list(connection.scalars(texts))


# --- filters ---------------------------------------------------------------------------------------------


def _filters(connection: Connection) -> dict[str, Filter]:
    """Return the filters of the questions that have one, by question id."""
    columns = schema.judged_questions.c
    rows = connection.execute(
        select(columns.id, columns.within).where(cast(columns.within, Text) != _NO_FILTER)
    )
    return {row.id: filter_from(row.within) for row in rows}


class _There:
    """What is in the library, as far as filters name it; read when it is first needed."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def kept(self, within: Filter) -> Filter | None:
        """Return a filter in the names of today; None when it names only what is gone."""
        now = within
        if within.transcripts is not None:
            now = replace(now, transcripts=within.transcripts & self._transcripts)
            if not now.transcripts:
                return None
        if within.speakers is None and within.roles is None:
            return now
        names = None if within.speakers is None else self._named(within.speakers) or None
        roles = None if within.roles is None else within.roles & self._roles or None
        return replace(now, speakers=names, roles=roles) if names or roles else None

    def _named(self, wanted: frozenset[str]) -> frozenset[str]:
        """Return the names of today of people who are called so, or were."""
        held = wanted & self._people.keys()
        gone = wanted - held
        return held | {name for name, others in self._people.items() if others & gone}

    @cached_property
    def _transcripts(self) -> frozenset[str]:
        return frozenset(self._connection.scalars(select(schema.transcripts.c.id)))

    @cached_property
    def _people(self) -> dict[str, set[str]]:
        """Everyone's other names, by name."""
        columns = schema.speakers.c
        known: dict[str, set[str]] = {}
        for row in self._connection.execute(select(columns.name, columns.aliases)):
            known.setdefault(row.name, set()).update(row.aliases or ())
        return known

    @cached_property
    def _roles(self) -> frozenset[str]:
        people, turns = schema.speakers.c.role, schema.turns.c.role
        found = select(people).where(people.is_not(None)).union(select(turns).where(turns.is_not(None)))
        return frozenset(self._connection.scalars(found))


def _put_within(connection: Connection, id_: str, within: Filter) -> None:
    """Give a question another filter; when that makes it a question that is there, the two become one."""
    questions, given = schema.judged_questions, schema.judgments
    row = connection.execute(select(questions).where(questions.c.id == id_)).one()
    same = select(questions).where(questions.c.question == row.question, questions.c.id != id_)
    other = next(
        (
            one
            for one in connection.execute(same)
            if one.searched == row.searched and filter_from(one.within) == within
        ),
        None,
    )
    if other is None:
        changed = update(questions).where(questions.c.id == id_)
        connection.execute(changed.values(within=filter_json(within)))
        return
    rows = connection.execute(select(given).where(given.c.question_id == id_)).all()
    if rows:  # where both judged a turn, the question that stays has the word
        moved = [{**one._asdict(), "question_id": other.id} for one in rows]
        connection.execute(sqlite_insert(given).on_conflict_do_nothing(), moved)
    connection.execute(delete(questions).where(questions.c.id == id_))
