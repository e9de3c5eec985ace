from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.retrieval import Filter, Hit, PassageTable
from qa.retrieval.views import in_period, join_tables
from qa.types import QUESTIONER


def table_of(*rows: tuple[int, str | None, str | None], dates: tuple[str, ...]) -> PassageTable:
    """Build a table from (transcript, speaker, role), one row a turn."""
    speakers = tuple(dict.fromkeys(speaker for _, speaker, _ in rows if speaker))
    roles = tuple(dict.fromkeys(role for _, _, role in rows if role))
    count = np.arange(len(rows), dtype=np.int64)
    return PassageTable(
        ids=count + 1,
        transcript=np.array([row[0] for row in rows], dtype=np.int64),
        position=count,
        start=count * 0,
        end=count * 0 + 5,
        speaker=np.array([speakers.index(row[1]) if row[1] else -1 for row in rows], dtype=np.int64),
        role=np.array([roles.index(row[2]) if row[2] else -1 for row in rows], dtype=np.int64),
        length=count * 0 + 20,
        days=count * 0,
        asks=np.zeros(len(rows), dtype=np.bool_),
        answers=count * 0 - 1,
        transcript_ids=tuple(f"t{i}" for i in range(len(dates))),
        dates=dates,
        speakers=speakers,
        roles=roles,
    )


TABLE = table_of(
    (0, "Ana", "Mayor"),  # row 0
    (0, None, QUESTIONER),  # row 1
    (1, "Ben", None),  # row 2
    (1, None, None),  # row 3
    (2, "Ana", None),  # row 4
    (3, "Cy", QUESTIONER),  # row 5
    dates=("2025-04-15", "2025", "2024-12", ""),
)


@pytest.mark.parametrize(
    ("within", "rows"),
    [
        (Filter(transcripts=frozenset({"t0", "t3"})), [0, 1, 5]),
        (Filter(transcripts=frozenset({"other"})), []),
        (Filter(transcripts=frozenset()), []),
        (Filter(speakers=frozenset({"Ana"})), [0, 4]),
        (Filter(speakers=frozenset({"Ana", "Ben"})), [0, 2, 4]),
        (Filter(speakers=frozenset()), []),
        (Filter(roles=frozenset({QUESTIONER})), [1, 5]),
        (Filter(speakers=frozenset({"Ana"}), roles=frozenset({QUESTIONER})), [0, 1, 4, 5]),
        (Filter(transcripts=frozenset({"t0"}), speakers=frozenset({"Ana"})), [0]),
        (Filter(since="2025"), [0, 1, 2, 3]),
        (Filter(since="2025-04-16"), [2, 3]),  # some day of 2025 is later
        (Filter(until="2025-04-14"), [2, 3, 4]),  # some day of 2025 is earlier
        (Filter(until="2024"), [4]),
        (Filter(since="2024-12-31", until="2025-03"), [2, 3, 4]),
        (Filter(since="2025-04", until="2025-04"), [0, 1, 2, 3]),
        (Filter(since="2026"), []),
        (Filter(since="0001", until="9999"), [0, 1, 2, 3, 4]),  # never the undated
    ],
)
def test_filter_allows(within: Filter, rows: list[int]) -> None:
    mask = TABLE.allowed(within)
    assert mask is not None
    assert np.flatnonzero(mask).tolist() == rows


def test_messages_of_later_days_are_filtered_by_their_own_day() -> None:
    table = table_of(
        (0, None, None), (0, None, None), (0, None, None), (1, None, None), dates=("2025-12-30", "2026")
    )
    table = replace(
        table, days=np.array([0, 2, 400, 3])
    )  # 2025-12-30, 2026-01-01, 2027-02-03; some day of 2026
    for since, until, rows in (
        ("2026", None, [1, 2, 3]),
        ("2026-01-02", "2027-02-03", [2, 3]),
        (None, "2025", [0]),
        ("2027-02-04", None, []),
    ):
        mask = table.allowed(Filter(since=since, until=until))
        assert mask is not None
        assert np.flatnonzero(mask).tolist() == rows


def test_empty_filter_allows_all() -> None:
    assert TABLE.allowed(Filter()) is None


def test_table_without_rows_can_be_filtered() -> None:
    mask = table_of(dates=()).allowed(Filter(frozenset({"t"}), frozenset({"a"}), frozenset({"b"}), "2025"))
    assert mask is not None
    assert mask.shape == (0,)


def named(table: PassageTable) -> list[tuple[object, ...]]:
    """Return what a table says of each row, its codes replaced by what they stand for."""
    return [
        (
            int(table.ids[row]),
            table.transcript_ids[table.transcript[row]],
            table.dates[table.transcript[row]],
            int(table.position[row]),
            int(table.start[row]),
            int(table.end[row]),
            table.speakers[table.speaker[row]] if table.speaker[row] >= 0 else None,
            table.roles[table.role[row]] if table.role[row] >= 0 else None,
            int(table.length[row]),
            int(table.days[row]),
            bool(table.asks[row]),
            int(table.ids[table.answers[row]]) if table.answers[row] >= 0 else None,
        )
        for row in range(len(table))
    ]


def renamed(table: PassageTable, number: int) -> PassageTable:
    """Return a table with other passages and transcripts and the same people."""
    return replace(
        table,
        ids=table.ids + 1000 * number,
        transcript_ids=tuple(f"{name} of {number}" for name in table.transcript_ids),
    )


def test_joined_table_numbers_transcripts_people_and_answers_anew() -> None:
    first = table_of((0, "Ana", "Mayor"), (0, None, QUESTIONER), dates=("2025",))
    second = renamed(
        table_of((0, "Ben", None), (1, "Ana", "Chair"), (1, None, "Mayor"), dates=("", "2024")), 1
    )
    second = replace(second, answers=np.array([-1, -1, 1]), asks=np.array([False, True, False]))
    joined = join_tables([first, second])
    assert joined.ids.tolist() == [1, 2, 1001, 1002, 1003]
    assert joined.transcript.tolist() == [0, 0, 1, 2, 2]
    assert joined.transcript_ids == ("t0", "t0 of 1", "t1 of 1")
    assert joined.dates == ("2025", "", "2024")
    assert (joined.speakers, joined.speaker.tolist()) == (("Ana", "Ben"), [0, -1, 1, 0, -1])
    assert (joined.roles, joined.role.tolist()) == (("Mayor", QUESTIONER, "Chair"), [0, 1, -1, 2, 0])
    assert joined.answers.tolist() == [-1, -1, -1, -1, 3]
    assert joined.asks.tolist() == [False, False, False, True, False]


PEOPLE = st.sampled_from(["Ana", "Ben", None])


@st.composite
def tables(draw: st.DrawFn) -> PassageTable:
    rows = draw(st.lists(st.tuples(st.integers(0, 2), PEOPLE, PEOPLE), max_size=6))
    rows.sort(key=lambda row: row[0])
    table = table_of(*rows, dates=("2025", "", "2024-12"))
    answers = [draw(st.integers(-1, row - 1)) for row in range(len(rows))]
    asks = draw(st.lists(st.booleans(), min_size=len(rows), max_size=len(rows)))
    return replace(table, answers=np.array(answers, dtype=np.int64), asks=np.array(asks, dtype=np.bool_))


@given(parts=st.lists(tables(), max_size=4), cut=st.integers(0, 4))
def test_joined_table_says_of_each_row_what_its_part_says(parts: list[PassageTable], cut: int) -> None:
    parts = [renamed(table, number) for number, table in enumerate(parts)]
    joined = join_tables(parts)
    assert named(joined) == [row for table in parts for row in named(table)]
    assert joined.ids.dtype == np.int64
    assert joined.asks.dtype == np.bool_
    # Joined in two steps it is the same.
    stepwise = join_tables([join_tables(parts[:cut]), join_tables(parts[cut:])])
    for name in PassageTable.__dataclass_fields__:
        one, other = getattr(joined, name), getattr(stepwise, name)
        assert (one if isinstance(one, tuple) else one.tolist()) == (
            other if isinstance(other, tuple) else other.tolist()
        )


def test_no_tables_make_an_empty_one() -> None:
    empty = join_tables([])
    assert (len(empty), empty.transcript_ids, empty.speakers) == (0, (), ())
    assert empty.allowed(Filter(speakers=frozenset({"Ana"}))) is not None


@pytest.mark.parametrize(
    ("date", "since", "until", "inside"),
    [
        ("2025-04-15", "2025-04-15", "2025-04-15", True),
        ("2025-04-15", "2025-04-16", None, False),
        ("2025-04-15", None, "2025-04-14", False),
        ("2025-04-15", "2025-04", "2025-04", True),
        ("2025-04-15", "2025-05", None, False),
        ("2025-04-15", None, "2025", True),
        ("2025-04", "2025-04-30", None, True),
        ("2025-04", None, "2025-04-01", True),
        ("2025-04", "2025-05-01", None, False),
        ("2025", "2025-12-31", "2026", True),
        ("2025", "2026-01", None, False),
        ("", "2025", None, False),
        ("", None, None, False),
    ],
)
def test_any_day_of_a_date_may_lie_in_the_period(
    date: str, since: str | None, until: str | None, inside: bool
) -> None:
    assert in_period(date, since, until) is inside


DAYS = st.dates().map(str)


@given(date=DAYS, since=DAYS, until=DAYS)
def test_whole_days_compare_as_dates(date: str, since: str, until: str) -> None:
    assert in_period(date, since, until) == (since <= date <= until)


@given(date=DAYS, since=DAYS, length=st.sampled_from([4, 7]))
def test_a_year_or_month_is_in_a_period_that_one_of_its_days_is_in(
    date: str, since: str, length: int
) -> None:
    if in_period(date, since, None):
        assert in_period(date[:length], since, None)
        assert in_period(date, since[:length], None)


def test_hit_names_its_turn() -> None:
    assert Hit("3f2a9c0b7d14", 7, 0, 5, 1.0).turn_id == "3f2a9c0b7d14:00007"
