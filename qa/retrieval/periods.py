"""When a question is about: the expressions of time in it, and the days they stand for.

Accepts ISO dates, "12 March 2025", "March 12", months, years, quarters and seasons after a preposition ("in
March", "since 2024"), weekdays ("last Tuesday"), what counts from today ("yesterday", "two weeks ago", "last
month", "the past ten days"), and ranges ("before", "after", "since", "until", "between X and Y"). Besides
English, a day with its month and year in 19 languages, 2025年3月 and 2025년 3월, and digits of any script.
`dateparser` works out the day; a small grammar of ours finds the words, because "may", "march" and "second"
are mostly no dates. Refuses 03/04/2025, which is two days, and years of two digits.

What leaves the year open is the latest such time that the transcripts have. What counts from today counts
from the newest transcript where none lies there.
"""

import calendar
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date as Date
from datetime import datetime, time, timedelta
from functools import lru_cache

from qa.retrieval.folding import plain_digits
from qa.retrieval.time_words import Expression, expressions
from qa.times import shown_date

Spans = Sequence[tuple[str, str]]  # first and last day of transcripts, ISO, possibly only a year or month


@dataclass(frozen=True, slots=True)
class Period:
    """A time that a question names.

    Args:
        text: As it stands in the question.
        since: First day, ISO; None when open.
        until: Last day; None when open.
        dated: Whether any transcript lies there.
        given: Whether the user said so, instead of the question.
    """

    text: str
    since: str | None
    until: str | None
    dated: bool = True
    given: bool = False

    def __str__(self) -> str:
        shown = _shown(self.since, self.until)
        return shown if self.dated else f"{shown} (no transcript is of then)"


@dataclass(frozen=True, slots=True)
class Found:
    """A period and where in the question it stands."""

    start: int
    end: int
    period: Period


_DAYS = tuple[Date, Date]
_QUARTERS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4}
# First month of three, as in the northern half of the world; the answer shows the months, so that nobody in
# the southern is misled. A winter begins in the December of its year.
_SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
# Besides English, by the letters of the month; every further language costs a tenth of a second when such a
# date is first asked about.
_LANGUAGES = (
    (re.compile("[a-z]"), ("de", "fr", "es", "it", "pt", "nl", "pl", "sv", "tr", "cs")),
    (re.compile("[а-яіїєґ]"), ("ru", "uk", "bg")),
    (re.compile("[\u0370-\u03ff]"), ("el",)),
    (re.compile("[\u0590-\u05ff]"), ("he",)),
    (re.compile("[\u0600-\u06ff]"), ("ar", "fa")),
    (re.compile("[\u0900-\u097f]"), ("hi",)),
    (re.compile("[\u0e00-\u0e7f]"), ("th",)),
)


def periods(question: str, spans: Iterable[tuple[str, str]], today: Date) -> list[Found]:
    """Return the times that a question names and can be placed, in its order.

    Args:
        question: As asked.
        spans: First and last day of each transcript, ISO, each possibly only a year or month; "" is unknown.
        today: What "yesterday" counts from.
    """
    written = expressions(plain_digits(question))
    if not written:
        return []
    reading = _Reading(sorted({span for span in spans if span[0]}), today)
    found = []
    for one in written:
        days = reading.days(one)
        if days is not None:
            since, until = (None if day is None else day.isoformat() for day in days)
            text = question[one.start : one.end]
            found.append(Found(one.start, one.end, Period(text, since, until, reading.dated(*days))))
    return found


class _Reading:
    """Places expressions on the calendar of some transcripts."""

    def __init__(self, spans: Spans, today: Date) -> None:
        self._spans = [(_full(first)[0], _full(last)[1]) for first, last in spans]
        self._today = today
        self._newest = max((_full(last)[0] for _, last in spans), default=today)
        years = {int(last[:4]) for _, last in spans} | {today.year, today.year - 1}
        self._years = sorted(years, reverse=True)

    def dated(self, since: Date | None, until: Date | None) -> bool:
        """Say whether any transcript has a day in a period."""
        return any(
            (since is None or last >= since) and (until is None or first <= until)
            for first, last in self._spans
        )

    def days(self, one: Expression) -> tuple[Date | None, Date | None] | None:
        """Return the first and last day meant; None when the words name no day of the calendar."""
        read = self._single(one.kind, one.text)
        if read is None:
            return None
        since, until = read
        if one.second is not None:
            return self._range(one, one.second)
        if one.direction == "before":
            return None, since - timedelta(1)
        if one.direction == "until":
            return None, until
        if one.direction == "after":
            return until + timedelta(1), None
        return (since, None) if one.direction == "since" else (since, until)

    def _range(self, first: Expression, second: Expression) -> _DAYS | None:
        """Return the days from one time to another; an open year is that of the other end, or next to it."""
        one, other = self._single(first.kind, first.text), self._single(second.kind, second.text)
        if one is None or other is None:
            return None
        if _leaves_year_open(first) and not _leaves_year_open(second):
            years = (other[1].year, other[1].year - 1)
            begins = [read[0] for year in years if (read := _in_year(first.kind, first.text.lower(), year))]
            fitting = [day for day in begins if day <= other[1]]
            return (fitting[0], other[1]) if fitting else None
        if _leaves_year_open(second):
            years = (one[0].year, one[0].year + 1)
            ends = [read[1] for year in years if (read := _in_year(second.kind, second.text.lower(), year))]
            following = [day for day in ends if day >= one[0]]
            return (one[0], following[0]) if following else None
        return (one[0], other[1]) if one[0] <= other[1] else None

    def _single(self, kind: str, text: str) -> _DAYS | None:
        text = " ".join(text.lower().split())
        if kind in {"iso", "cjk", "slashed", "year"}:
            return _numeric(kind, text)
        if kind == "foreign":
            return _foreign(text, self._today)
        if kind in {"relative", "past", "weekday"}:
            return self._counted(kind, text)
        year = re.search(r"\b(?:19|20)\d\d$", text)
        if year is not None:
            return _in_year(kind, text[: year.start()], int(year.group()))
        return self._latest(lambda year: _in_year(kind, text, year))

    def _latest(self, in_year: Callable[[int], _DAYS | None]) -> _DAYS | None:
        """Return the latest such time in which a transcript lies, else the latest that has begun."""
        read = [days for days in map(in_year, self._years) if days is not None]
        begun = [days for days in read if days[0] <= self._today]
        held = [days for days in read if self.dated(*days)]
        return next(iter(held or begun or read), None)

    def _counted(self, kind: str, text: str) -> _DAYS | None:
        """Count from today, or from the newest transcript when there is none where that leads."""
        read = _counted_from(self._today, kind, text)
        if read is None or self.dated(*read) or not self._spans:
            return read
        # Of the newest day itself people say "last Tuesday" too.
        base = self._newest + timedelta(kind == "weekday")
        other = _counted_from(base, kind, text)
        return other if other is not None and self.dated(*other) else read


def _leaves_year_open(one: Expression) -> bool:
    return one.kind in {"month", "dated", "quarter", "season"} and not re.search(r"\d{4}", one.text)


def _counted_from(base: Date, kind: str, text: str) -> _DAYS | None:
    if kind == "weekday":
        return _parsed(text.split()[-1], base)
    if kind == "past":
        # Not the whole week in which it began: "the past two weeks" are 14 days.
        read = _read(f"{text.split(maxsplit=1)[1]} ago", base)
        return None if read is None else (read[0], base)
    return _parsed(text.replace("this ", "0 ").replace("the day before yesterday", "2 days ago"), base)


def _numeric(kind: str, text: str) -> _DAYS | None:
    numbers = [int(number) for number in re.findall(r"\d+", text)]
    if kind == "slashed":
        first, second, year = numbers
        if first <= 12 and second <= 12 and first != second:
            return None  # the day and the month may stand either way round
        numbers = [year, min(first, second), max(first, second)]
    try:
        return _full("-".join(f"{number:02d}" for number in numbers))
    except ValueError:
        return None


def _in_year(kind: str, text: str, year: int) -> _DAYS | None:
    """Return a time of which everything but the year is written."""
    if kind in {"quarter", "season"}:
        word = re.sub(r"^(?:last|this|the) ", "", text).split()[0]
        if kind == "season":
            return _three_months(year, _SEASONS[word])
        number = int(word[1]) if word.startswith("q") else _QUARTERS[word]
        return _three_months(year, 3 * number - 2)
    text = re.sub(r"^(?:last|early|mid|late)[ -]", "", text).strip(" ,.")
    # dateparser reads "May" without a year by rules of its own
    return _parsed(f"{re.sub(' of$', '', text)} {year}", Date(year, 1, 1))


def _foreign(text: str, base: Date) -> _DAYS | None:
    """Return the day of a date in another language than English."""
    day = re.match(r"\d+", text)
    for letters, languages in _LANGUAGES:
        if letters.search(text):
            # Of all languages together dateparser may take one that knows only part of it: "12 Mart 2025".
            for some in (languages, *((language,) for language in languages)):
                read = _parsed(text, base, some)
                if read is not None and day is not None and read[0] == read[1] and read[0].day == int(day[0]):
                    return read
    return None


def _three_months(year: int, first: int) -> _DAYS:
    last_year, last = (year, first + 2) if first <= 10 else (year + 1, first - 10)
    return Date(year, first, 1), Date(last_year, last, calendar.monthrange(last_year, last)[1])


def _parsed(text: str, base: Date, languages: tuple[str, ...] = ("en",)) -> _DAYS | None:
    """Return the days of an expression: one, or the week, month or year around it."""
    read = _read(text, base, languages)
    if read is None:
        return None
    day, unit = read
    if unit == "week":
        monday = day - timedelta(day.weekday())
        return monday, monday + timedelta(6)
    iso = day.isoformat()
    return _full({"month": iso[:7], "year": iso[:4]}.get(unit, iso))


@lru_cache(maxsize=2_000)  # a month without a year is tried in every year that has transcripts
def _read(text: str, base: Date, languages: tuple[str, ...] = ("en",)) -> tuple[Date, str] | None:
    """Have dateparser read an expression: a day, and whether that stands for a week, month or year."""
    from dateparser.date import DateDataParser  # half a second, which most questions need not wait for

    settings = {
        "RELATIVE_BASE": datetime.combine(base, time(12)),
        "PREFER_DATES_FROM": "past",
        "PREFER_DAY_OF_MONTH": "first",
    }
    try:
        read = DateDataParser(languages=list(languages), settings=settings).get_date_data(text)
    except OverflowError:  # "999 years ago" is before the calendar begins
        return None
    return None if read.date_obj is None else (read.date_obj.date(), str(read.period))


def _full(day: str) -> _DAYS:
    """Return the first and last day of an ISO date, which may be a whole year or month.

    Raises:
        ValueError: If there is no such day.
    """
    year, month, *_ = (*map(int, day.split("-")), 0, 0)
    if len(day) == 4:
        return Date(year, 1, 1), Date(year, 12, 31)
    if len(day) == 7:
        return Date(year, month, 1), Date(year, month, calendar.monthrange(year, month)[1])
    return Date.fromisoformat(day), Date.fromisoformat(day)


def _shown(since: str | None, until: str | None) -> str:
    if since is None or until is None:
        return f"up to {shown_date(until)}" if until else f"from {shown_date(since)} on" if since else ""
    for length in (4, 7, 10):
        first, last = _full(since[:length])
        if (first.isoformat(), last.isoformat()) == (since, until):
            return shown_date(since[:length])
    return f"{shown_date(since)} to {shown_date(until)}"
