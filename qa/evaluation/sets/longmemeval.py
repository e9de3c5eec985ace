"""LongMemEval (Wu et al. 2025, arXiv:2410.10813): questions, each with a history of chats to search.

Accepts ``longmemeval_oracle.json``, ``…_s.json`` and ``…_m.json``, as first released and as cleaned in
September 2025, or a folder with one of them; the last part of a path may say which, as in ``data/s``. A
session is one transcript, the history of a question one pool. A session in the histories of several questions
is one transcript in all of them, so that the whole data set holds it once. Files of gigabytes are read piece
by piece.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from qa.evaluation.judged import Card, Dataset, JudgedTranscript, Pool
from qa.evaluation.sets import files
from qa.evaluation.sets.draft import Draft, ones
from qa.evaluation.sets.items import Item, item_of
from qa.evaluation.sets.naming import turn_ids
from qa.types import Reading, RemarkKind, check_date

NAME = "longmemeval"
CARD = Card(
    title="LongMemEval (Wu et al., ICLR 2025)",
    source="https://github.com/xiaowu0162/LongMemEval",
    licence="MIT",
    gold=(
        "Turns marked has_answer in the sessions named as evidence, with gain 1. Turns of the user and of "
        "the assistant are both searched and judged; the authors' own index holds the user's alone."
    ),
    known_errors=(
        "The 30 questions to abstain from, whose ids end in _abs, have no gold and are left out.",
        "Questions whose evidence marks no turn are left out: the authors leave them out of one of their two "
        "averages.",
        "The first release has sessions that contradict an answer; say whether the file is the cleaned one.",
        "The same session has other dates in other histories. It keeps the date it has as evidence, else the "
        "first.",
        "The authors' nDCG does not discount rank 2; ours is trec_eval's, and not to be compared with it.",
    ),
)
_FILES = ("data/longmemeval*.json", "longmemeval*.json", "*.json")
_DATE = re.compile(r"(\d{4})/(\d{2})/(\d{2})")  # in "2023/05/20 (Sat) 02:21"


def recognises(path: Path) -> str | None:
    """Say why a path is taken for this set; None when it is not."""
    return 'it holds "haystack_session_ids"' if files.find(path, _FILES, _is_ours) else None


def _is_ours(path: Path) -> bool:
    beginning = files.head(path)
    return '"haystack_session' in beginning or '"answer_session_ids"' in beginning


def load(path: Path) -> Dataset:
    """Load the questions of a file, in its order.

    Raises:
        QAError: If the path holds no such file, or several.
        FormatError: If the file is not in the layout.
    """
    what = "a file such as longmemeval_s_cleaned.json"
    file = files.the_one(path, files.find(path, _FILES, _is_ours), what)
    draft = Draft(NAME, CARD)
    histories = _Histories(draft)
    for number, value in enumerate(files.json_array(file), 1):
        _question(draft, histories, item_of(value, file, f"question {number}"))
    draft.pools = histories.pools()
    draft.count_repeats()
    return draft.finish(file, [file])


def _question(draft: Draft, histories: "_Histories", question: Item) -> None:
    name = question.string("question_id")
    if name.endswith("_abs"):
        draft.count(RemarkKind.DROPPED, "Questions to abstain from (_abs), which have no gold, left out")
        return
    evidence = set(question.strings("answer_session_ids"))
    pool = draft.new_id(name)
    gold: list[str] = []
    for session, turns, date in _history(draft, question):
        if turns:
            ids = histories.add(pool, session, turns, date, session in evidence)
            marked = [id_ for id_, turn in zip(ids, turns, strict=True) if turn.flag("has_answer")]
            gold += marked if session in evidence else []
    asked = draft.ask(
        pool,
        question.string("question"),
        pool,
        ones(gold),
        answers=[question.scalar("answer")],
        slices={"type": question.string("question_type", default="") or "other"},
    )
    if not asked:
        histories.forget(pool)


def _history(draft: Draft, question: Item) -> Iterator[tuple[str, list[Item], str | None]]:
    """Yield id, turns and date of the sessions of a question's history."""
    names = question.strings("haystack_session_ids")
    sessions = question.list_of("haystack_sessions")
    dates = question.strings("haystack_dates", optional=True)
    if len(sessions) != len(names):
        raise question.wrong("haystack_sessions", f"a list of {len(names)}, as many as haystack_session_ids")
    if len(dates) != len(names):
        draft.count(RemarkKind.DROPPED, "Histories whose dates are not as many as their sessions")
        dates = [""] * len(names)
    for name, turns, date in zip(names, sessions, dates, strict=True):
        yield name, question.within(turns, f"session {name}, turn"), _day(date)


def _day(written: str) -> str | None:
    """Read the day of "2023/05/20 (Sat) 02:21" as ISO; None when it is none."""
    found = _DATE.match(written)
    try:
        return None if found is None else check_date("-".join(found.groups()))
    except ValueError:
        return None


class _Histories:
    """The histories read so far. What is said in a session tells it apart: ids differ for the same chat."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._made: dict[bytes, JudgedTranscript] = {}
        self._dates: dict[bytes, str | None] = {}
        self._evidence: set[bytes] = set()
        self._held: dict[str, list[bytes]] = {}  # by pool, in order

    def add(
        self, pool: str, name: str, turns: list[Item], date: str | None, evidence: bool
    ) -> tuple[str, ...]:
        """Put a session into a history; return the ids of its turns."""
        said = [(turn.string("role", default=""), turn.string("content", default="")) for turn in turns]
        key = hashlib.sha256(repr(said).encode()).digest()
        if key not in self._made:
            self._made[key] = self._transcript(name, said)
            self._dates[key] = date
        if evidence and key not in self._evidence:
            self._evidence.add(key)
            self._dates[key] = date
        self._held.setdefault(pool, []).append(key)
        return self._made[key].turn_ids

    def _transcript(self, name: str, said: list[tuple[str, str]]) -> JudgedTranscript:
        id_ = self._draft.new_id(name)
        spoken = tuple(self._draft.turn(text.strip(), role.strip() or None) for role, text in said)
        return JudgedTranscript(id_, Reading(NAME, spoken, title=name), turn_ids(id_, len(spoken)))

    def forget(self, pool: str) -> None:
        """Leave out the history of a question that is not asked."""
        self._held.pop(pool, None)

    def pools(self) -> list[Pool]:
        """Return the histories of the questions that are asked."""
        held = [key for keys in self._held.values() for key in keys]
        shared = len(held) - len(set(held))
        self._draft.count(
            RemarkKind.COLLAPSED, "Sessions met again in this or another history, kept once", shared
        )
        dated = {
            key: replace(made, reading=replace(made.reading, date=self._dates[key]))
            for key, made in self._made.items()
        }
        return [
            Pool(pool, tuple(dated[key] for key in dict.fromkeys(keys))) for pool, keys in self._held.items()
        ]
