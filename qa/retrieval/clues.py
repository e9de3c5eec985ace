"""What a question says about who and when, as numbers for each passage: soft boosts, never filters.

Every clue is 0 to 1 and muted by how much of what is searched it fits: in a talk of two, being said by one of
them says half; a period in which everything was said says nothing.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np

from qa.retrieval.features import highest, stretches, transcript_bounds
from qa.retrieval.lexical import LexicalView
from qa.retrieval.mentions import Mention, Relation
from qa.retrieval.ranking import how_long
from qa.retrieval.understanding import Understood
from qa.retrieval.views import Mask, PassageTable, Query, Rows, Scores, View, in_period
from qa.times import day_after

# The columns of `Clues.values`, in their order.
COLUMNS = (
    "by",  # spoken by a person whose words are wanted
    "about",  # names a person of whom others are to speak, in the words of another
    "asked",  # a question that such a person answered
    "answered",  # the answer of such a person to it
    "named_by",  # spoken by a person of whom the question does not say what is wanted
    "named_about",  # names such a person, in the words of another
    "period",  # said in a time named
    "event",  # said on the right side of the event named, or where it is spoken of
)
_WHEN = ("period", "event")
# From 0 to 0.3 tried on the development data. On FriendsQA's 242 questions that ask what somebody said,
# 0.15 for "by" lifts nDCG@10 from 71.7 to 75.5 and pooled recall@5 from 58.5 to 61.2; 0.1 for the period
# lifts LoCoMo's 8 dated questions from 57.4 to 62.3. A name without a relation pays nowhere for certain
# (0.05: LoCoMo +0.9 nDCG@10 and -1.4 pooled recall@5, FriendsQA 0 and -0.9), so it stands for the reader to
# switch. All questions, nDCG@10 and pooled recall@5: LoCoMo 65.5 to 65.8 and 75.0 to 75.5, FriendsQA 69.6
# to 70.4 and 52.5 to 53.1.
WEIGHTS = (0.15, 0.05, 0.05, 0.0, 0.0, 0.0, 0.1, 0.05)
# Where a whole stretch of a long meeting answers, others speak in it, too: there only this share of "by" is
# kept for the person in a transcript of 1,024 passages, and the rest goes to all who speak beside; the whole
# up to 128 passages, in between in proportion (see `how_long`). Of QMSum val's 63 questions of what somebody
# said, all have that person's words first with 0.3, and 96 % of the first five (with 1 all and 98 %, with 0.1
# 97 and 91 %). All questions, P@10 and AP: 40.4 and 45.2 with 0.3, 40.0 and 43.8 with 1, 41.4 and 46.6
# without clues.
BY_IN_LONG = 0.3
_BESIDE = 8  # passages on each side
# How much more counts what the user gave than what was guessed.
GIVEN = 4.0
_SAMPLED = 1_024  # rows from which it is estimated how much of what is searched a clue fits

_Fits = Callable[[Rows], Scores]


class Clues:
    """The clues of one question.

    Args:
        table: What is searched.
        words: The lexical view of the passages by themselves; without one, nobody is found mentioned.
        understood: What the question says.
        allowed: What may be found.
    """

    def __init__(
        self, table: PassageTable, words: View, understood: Understood, allowed: Mask | None
    ) -> None:
        self._table = table
        self._lexicon = words.lexicon if isinstance(words, LexicalView) else None
        self._words = words
        guessed = [one for one in understood.people if not one.given]
        given = [one for one in understood.people if one.given]
        self._by = [one for one in understood.people if one.relation is Relation.BY]
        self._sample = _sampled(len(table), allowed) if understood else np.empty(0, dtype=np.int64)
        self._guessed = self._muted({**self._of_people(guessed), **self._of_time(understood, allowed)})
        self._given = self._of_people(given)

    @property
    def most(self) -> float:
        """The highest boost there can be."""
        weights = dict(zip(COLUMNS, WEIGHTS, strict=True))
        return sum(weights[name] for name in self._guessed) + GIVEN * sum(
            _given_weight(name) for name in self._given
        )

    def who(self, rows: Rows) -> Scores:
        """Return what to add to the score of each row for its speaker and whom it names, at least 0."""
        return self._boost(rows, [name for name in COLUMNS if name not in _WHEN])

    def when(self, rows: Rows) -> Scores:
        """Return what to add to the score of each row for when it was said, at least 0."""
        return self._boost(rows, _WHEN)

    def _boost(self, rows: Rows, names: Sequence[str]) -> Scores:
        added = np.zeros(len(rows), dtype=np.float32)
        weights = dict(zip(COLUMNS, WEIGHTS, strict=True))
        for name in names:
            if name in self._guessed and weights[name]:
                added += np.float32(weights[name]) * self._guessed[name](rows)
            if name in self._given:
                added += np.float32(GIVEN * _given_weight(name)) * self._given[name](rows)
        return added

    def values(self, rows: Rows) -> Scores:
        """Return every clue of each row, 0 to 1: shape (rows, len(COLUMNS)), in the order of `COLUMNS`.

        What the user gave stands in the same columns as what was guessed, and is not muted.
        """
        found = np.zeros((len(rows), len(COLUMNS)), dtype=np.float32)
        for fits in (self._guessed, self._given):
            for name, fit in fits.items():
                column = COLUMNS.index(name)
                found[:, column] = np.maximum(found[:, column], fit(rows))
        return found

    def others(self, rows: Rows) -> Mask:
        """Say which rows are another's words, where somebody's are wanted; none where nobody's are."""
        if not self._by:
            return np.zeros(len(rows), dtype=np.bool_)
        theirs: Mask = _best(self._spoken, self._by)(rows) > 0
        return ~theirs

    def wanted(self, allowed: Mask | None) -> Mask | None:
        """Return the allowed rows that fit what the user gave, to look among them too; None for no wish."""
        if not self._given:
            return None
        every = np.arange(len(self._table), dtype=np.int64)
        fitting = np.zeros(len(every), dtype=np.bool_)
        for fits in self._given.values():
            fitting |= fits(every) > 0
        return fitting if allowed is None else fitting & allowed

    def _muted(self, fits: dict[str, _Fits]) -> dict[str, _Fits]:
        """Multiply each clue by the share of what is searched that it does not fit."""
        muted: dict[str, _Fits] = {}
        for name, fit in fits.items():
            left = 1 - float((fit(self._sample) > 0).mean()) if len(self._sample) else 0.0
            if left > 0:
                muted[name] = _times(fit, left)
        if "by" in muted:
            muted["by"] = self._weaker_in_long(muted["by"])
        return muted

    def _weaker_in_long(self, fits: _Fits) -> _Fits:
        def weakened(rows: Rows) -> Scores:
            begins, ends = transcript_bounds(self._table, rows)
            long = np.maximum(2 * how_long(ends - begins) - 1, 0)  # only beyond 128 passages
            others = long * np.float32(1 - BY_IN_LONG)
            every, first, last = stretches(self._table, rows, _BESIDE, _BESIDE)
            beside = highest(fits(every), first, last)
            weaker: Scores = (1 - others) * fits(rows) + others * beside
            return weaker

        return weakened

    # --- who ---------------------------------------------------------------------------------------------

    def _of_people(self, people: Sequence[Mention]) -> dict[str, _Fits]:
        fits: dict[str, _Fits] = {}
        wanted = {relation: [one for one in people if one.relation is relation] for relation in Relation}
        if by := wanted[Relation.BY]:
            fits["by"] = _best(self._spoken, by)
        if about := wanted[Relation.ABOUT]:
            fits["about"] = _best(self._mentioned, about)
        if asked := wanted[Relation.ASKED_OF]:
            fits["asked"] = _best(self._asked, asked)
            fits["answered"] = _best(self._answered, asked)
        if named := wanted[Relation.NAMED]:
            fits["named_by"] = _best(self._spoken, named)
            fits["named_about"] = _best(self._mentioned, named)
        return fits

    def _spoken(self, one: Mention, rows: Rows) -> Scores:
        table = self._table
        speakers, roles = _codes(table.speakers), _codes(table.roles)
        in_role = np.isin(table.role[rows], [roles[role] for role in one.roles if role in roles])
        if not one.names:
            return in_role.astype(np.float32)
        spoken = np.isin(
            table.speaker[rows], [speakers[name] for name in one.names if name in speakers]
        ).astype(np.float32)
        if len(one.names) > 1 and one.roles:  # "Councillor Ruiz" where two are called Ruiz
            spoken *= np.where(in_role, np.float32(1), np.float32(0.5))
        return spoken.astype(np.float32, copy=False)

    def _mentioned(self, one: Mention, rows: Rows) -> Scores:
        named = np.zeros(len(rows), dtype=np.bool_)
        if self._lexicon is not None:
            for wording in one.wordings:
                stands = [self._lexicon.stands_in(word, rows) for word in wording]
                named |= np.logical_and.reduce(stands)
        # A passage is indexed with its speaker's name.
        spoken: Mask = self._spoken(one, rows) > 0
        return (named & ~spoken).astype(np.float32)

    def _asked(self, one: Mention, rows: Rows) -> Scores:
        after = np.minimum(rows + 1, len(self._table) - 1)
        answered = self._table.answers[after] == rows
        return np.where(answered, self._spoken(one, after), 0).astype(np.float32)

    def _answered(self, one: Mention, rows: Rows) -> Scores:
        answers = self._table.answers[rows] >= 0
        return np.where(answers, self._spoken(one, rows), 0).astype(np.float32)

    # --- when --------------------------------------------------------------------------------------------

    def _of_time(self, understood: Understood, allowed: Mask | None) -> dict[str, _Fits]:
        fits: dict[str, _Fits] = {}
        if any(period.dated for period in understood.periods):
            ends = [(period.since, period.until) for period in understood.periods]
            fits["period"] = lambda rows: self._by_day(
                rows, lambda day: any(in_period(day, since, until) for since, until in ends)
            )
        event = understood.event
        if event is not None and self._lexicon is not None:
            vector = np.empty(0, dtype=np.float32)  # words need none
            best = self._words.best(Query(event.what, vector), 1, allowed)
            if len(best):
                fits["event"] = lambda rows: self._beside(int(best[0]), event.before, rows)
        return fits

    def _by_day(self, rows: Rows, fits: Callable[[str], bool]) -> Scores:
        """Say for each row whether the day on which it was said fits; a row without a date does not."""
        table = self._table
        keys = table.transcript[rows].astype(np.int64) * 1_000_000 + table.days[rows]
        which, back = np.unique(keys, return_inverse=True)
        said = [_day(table, *divmod(key, 1_000_000)) for key in which.tolist()]
        known = {day: bool(day) and fits(day) for day in set(said)}
        fitting: Scores = np.array([known[day] for day in said], dtype=np.float32)[back]
        return fitting

    def _beside(self, place: int, before: bool, rows: Rows) -> Scores:
        """Say for each row whether it was said before (after) a passage, or in it."""
        table = self._table
        code, position = int(table.transcript[place]), int(table.position[place])
        day = _day(table, code, int(table.days[place]))
        here = table.transcript[rows] == code
        places = table.position[rows]
        same: Mask = here & ((places <= position) if before else (places >= position))
        if not day:
            return same.astype(np.float32)
        length = len(day)
        other = self._by_day(
            rows,
            lambda said: said[:length] < day[: len(said)] if before else said[:length] > day[: len(said)],
        )
        sides: Scores = np.where(here, same, other).astype(np.float32)
        return sides


def _given_weight(name: str) -> float:
    """Return the weight of what a user gave; a guess of no use is one as a wish."""
    return max(0.1, WEIGHTS[COLUMNS.index(name)])


def _day(table: PassageTable, code: int, days: int) -> str:
    return (day_after(table.dates[code], days) if days else None) or table.dates[code]


def _best(fits: Callable[[Mention, Rows], Scores], people: Sequence[Mention]) -> _Fits:
    return lambda rows: np.maximum.reduce([fits(one, rows) for one in people])


def _times(fits: _Fits, left: float) -> _Fits:
    return lambda rows: np.float32(left) * fits(rows)


def _sampled(size: int, allowed: Mask | None) -> Rows:
    """Draw rows of what is searched, the same ones each time.

    Taking every second row would meet only one of two who take turns.
    """
    number = size if allowed is None else int(np.count_nonzero(allowed))
    places = np.arange(number, dtype=np.int64)
    if number > _SAMPLED:
        places = np.sort(np.random.default_rng(0).integers(0, number, _SAMPLED))
    return places if allowed is None else np.flatnonzero(allowed)[places]


@lru_cache(maxsize=16)
def _codes(values: tuple[str, ...]) -> dict[str, int]:
    return {value: code for code, value in enumerate(values)}
