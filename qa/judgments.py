"""What people judged: which turns answer a question, and which do not.

A judgment is of a question as it was asked: its words, the wordings searched for (a follow-up is searched
together with what it follows), and the filter in force, since each of them changes what can be found. The
same words asked within another filter are another question.

The last judgment of a turn takes the place of the one before; no history is kept. Somebody may also say that
nothing in the library answers a question, or that something does which was not found. To say that nothing
does takes back every "this is the passage" of the question, and the other way round: the last word counts.

Judgments go when their transcript goes, and a question with the last thing that was judged of it. What
becomes of them when a file is added anew is decided in `qa.judgments_kept`.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from typing import Any

from sqlalchemy import Connection, Engine, Row, delete, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from qa import schema
from qa.errors import NotFoundError
from qa.retrieval import Filter
from qa.types import split_turn_id, turn_id

RELEVANT = 1
NOT_RELEVANT = 0
_SETS = ("transcripts", "speakers", "roles")
_DAYS = ("since", "until")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it was asked. What cannot be written as UTF-8 in it is replaced.

    Args:
        question: As typed, without surrounding space. Never blank.
        searched: The wordings that were searched for, the question itself first; `()` for it alone.
        within: What could be found.
    """

    question: str
    searched: tuple[str, ...] = ()
    within: Filter = Filter()  # noqa: RUF009  # frozen

    def __post_init__(self) -> None:
        if not self.question.strip():
            raise ValueError("a judged question needs words; it is blank")
        object.__setattr__(self, "question", _writable(self.question))
        searched = tuple(_writable(wording) for wording in self.searched) or (self.question,)
        object.__setattr__(self, "searched", searched)

    @property
    def resolved(self) -> str:
        """The wording that can be understood alone, on one line."""
        return self.searched[-1]


@dataclass(frozen=True, slots=True)
class Judgment:
    """What somebody said of a turn.

    Args:
        turn_id: Which turn, named as in links.
        gain: Above 0 when it answers the question, 0 when it does not.
        judged: When: UTC, ISO 8601.
    """

    turn_id: str
    gain: int
    judged: str


@dataclass(frozen=True, slots=True)
class JudgedQuestion:
    """All that is judged of one question.

    Args:
        id: Stays the same for as long as something of the question is judged; without white space.
        asked: The question.
        judgments: By turn id, in order.
        unanswerable: Whether nothing in the library answers it; None when nobody said.
        judged: When something was last judged: UTC, ISO 8601.
    """

    id: str
    asked: Asked
    judgments: tuple[Judgment, ...]
    unanswerable: bool | None
    judged: str

    @property
    def gains(self) -> dict[str, int]:
        """Gains by turn id."""
        return {one.turn_id: one.gain for one in self.judgments}


class Judgments:
    """The judgments of a library. Every change is one transaction; when it returns, it is on disk.

    Args:
        engine: Of the library's database.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writing = engine.execution_options(writes=True)

    def judge(self, asked: Asked, turn: str, gain: int | None) -> None:
        """Judge a turn; the last judgment counts.

        Args:
            asked: The question.
            turn: The turn's id.
            gain: At least 0; above 0 when the turn answers the question. None takes the judgment back.

        Raises:
            NotFoundError: If there is no such turn.
        """
        if gain is not None and gain < 0:
            raise ValueError(f"the gain is {gain}; expected at least 0")
        with self._writing.begin() as connection:
            transcript_id, position = _place(connection, turn)
            where = {"transcript_id": transcript_id, "position": position}
            if gain is None:
                _take_back(connection, asked, where)
                return
            id_, now = _noted(connection, asked), _now()
            row = sqlite_insert(schema.judgments).values(question_id=id_, gain=gain, judged=now, **where)
            key = ["question_id", "transcript_id", "position"]
            connection.execute(
                row.on_conflict_do_update(index_elements=key, set_={"gain": gain, "judged": now})
            )
            if gain > 0:
                questions = schema.judged_questions
                said = (questions.c.id == id_) & questions.c.unanswerable.is_(True)
                connection.execute(update(questions).where(said).values(unanswerable=None))

    def confirm(self, asked: Asked, unanswerable: bool | None) -> None:
        """Say whether nothing in the library answers a question.

        Args:
            asked: The question.
            unanswerable: True takes back every turn judged relevant; None takes back what was said.
        """
        with self._writing.begin() as connection:
            id_ = _found(connection, asked) if unanswerable is None else _noted(connection, asked)
            if id_ is None:
                return
            ours = update(schema.judged_questions).where(schema.judged_questions.c.id == id_)
            connection.execute(ours.values(unanswerable=unanswerable))
            if unanswerable:
                columns = schema.judgments.c
                relevant = (columns.question_id == id_) & (columns.gain > 0)
                connection.execute(delete(schema.judgments).where(relevant))
            drop_empty(connection)

    def of(self, asked: Asked) -> JudgedQuestion | None:
        """Return what is judged of a question; None when nothing is."""
        with self._engine.connect() as connection:
            id_ = _found(connection, asked)
            return None if id_ is None else _read(connection, id_)[0]

    def all(self) -> list[JudgedQuestion]:
        """Return what is judged of every question, in the order in which they were first judged."""
        with self._engine.connect() as connection:
            return _read(connection)

    def clear(self) -> int:
        """Delete every judgment, also from the write-ahead log; return of how many questions."""
        with self._writing.begin() as connection:
            gone = connection.execute(delete(schema.judged_questions)).rowcount
        schema.empty_log(self._engine)
        return gone


# --- filters as JSON -------------------------------------------------------------------------------------


def filter_json(within: Filter) -> dict[str, Any]:
    """Write a filter as plain values; an empty object when it allows everything."""
    sets = {name: sorted(getattr(within, name)) for name in _SETS if getattr(within, name) is not None}
    days = {name: getattr(within, name) for name in _DAYS if getattr(within, name) is not None}
    return {**sets, **days}


def filter_from(stored: Mapping[str, Any]) -> Filter:
    """Read what `filter_json` wrote; lists may come in any order.

    Raises:
        ValueError: If it is something else.
    """
    unknown = stored.keys() - {*_SETS, *_DAYS}
    for name in _SETS:
        value = stored.get(name, [])
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            unknown.add(name)
    unknown |= {name for name in _DAYS if not isinstance(stored.get(name, ""), str)}
    if unknown:
        raise ValueError(f"{', '.join(sorted(unknown))} cannot be read as a filter")
    transcripts, speakers, roles = (frozenset(stored[name]) if name in stored else None for name in _SETS)
    return Filter(transcripts, speakers, roles, stored.get("since"), stored.get("until"))


# --- rows ------------------------------------------------------------------------------------------------


def drop_empty(connection: Connection) -> None:
    """Delete the questions of which nothing is judged any more."""
    columns = schema.judged_questions.c
    judged = select(schema.judgments.c.question_id)
    connection.execute(
        delete(schema.judged_questions).where(columns.unanswerable.is_(None), columns.id.not_in(judged))
    )


def _found(connection: Connection, asked: Asked) -> str | None:
    """Return the id of a question; None when nothing of it is judged."""
    columns = schema.judged_questions.c
    rows = connection.execute(select(schema.judged_questions).where(columns.question == asked.question))
    return next((row.id for row in rows if _asked(row) == asked), None)


def _noted(connection: Connection, asked: Asked) -> str:
    """Return the id of a question, which is written down when it is new; note that it is judged now."""
    columns = schema.judged_questions.c
    if (id_ := _found(connection, asked)) is not None:
        connection.execute(update(schema.judged_questions).where(columns.id == id_).values(judged=_now()))
        return id_
    values = {
        "question": asked.question,
        "searched": list(asked.searched),
        "within": filter_json(asked.within),
    }
    whole = json.dumps(values, sort_keys=True)
    # Drawn from the content, so that two libraries give a question the same id. It may be taken, by a
    # question that was asked within a transcript or speaker which has another id or name now.
    ids = (f"q{hashlib.sha256(f'{whole}{again}'.encode()).hexdigest()[:12]}" for again in count())
    id_ = next(one for one in ids if not connection.scalar(select(columns.id).where(columns.id == one)))
    now = _now()
    connection.execute(insert(schema.judged_questions).values(id=id_, added=now, judged=now, **values))
    return id_


def _take_back(connection: Connection, asked: Asked, where: Mapping[str, Any]) -> None:
    if (id_ := _found(connection, asked)) is not None:
        connection.execute(delete(schema.judgments).filter_by(question_id=id_, **where))
        drop_empty(connection)


def _place(connection: Connection, turn: str) -> tuple[str, int]:
    """Take a turn id apart.

    Raises:
        NotFoundError: If it names no turn of the library.
    """
    try:
        transcript_id, position = split_turn_id(turn)
    except ValueError as error:
        raise NotFoundError(f"{error}.") from error
    columns = schema.turns.c
    there = (columns.transcript_id == transcript_id) & (columns.position == position)
    if position >= 1 << 62 or not connection.scalar(select(func.count()).where(there)):
        raise NotFoundError(f"there is no turn {turn} in this library")
    return transcript_id, position


def _read(connection: Connection, id_: str | None = None) -> list[JudgedQuestion]:
    """Read one question, or all."""
    questions, given = select(schema.judged_questions), select(schema.judgments)
    if id_ is not None:
        questions = questions.where(schema.judged_questions.c.id == id_)
        given = given.where(schema.judgments.c.question_id == id_)
    columns = schema.judgments.c
    turns: dict[str, list[Judgment]] = {}
    for row in connection.execute(given.order_by(columns.transcript_id, columns.position)):
        one = Judgment(turn_id(row.transcript_id, row.position), row.gain, row.judged)
        turns.setdefault(row.question_id, []).append(one)
    order = schema.judged_questions.c.added, schema.judged_questions.c.id
    return [
        JudgedQuestion(row.id, _asked(row), tuple(turns.get(row.id, ())), row.unanswerable, row.judged)
        for row in connection.execute(questions.order_by(*order))
    ]


def _asked(row: Row[Any]) -> Asked:
    return Asked(row.question, tuple(row.searched), filter_from(row.within))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _writable(text: str) -> str:
    """Return text on one line that UTF-8 can hold."""
    return " ".join(text.encode("utf-8", "replace").decode("utf-8").replace("\0", "\ufffd").split())
