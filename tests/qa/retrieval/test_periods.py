import subprocess
import sys
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.retrieval.periods import periods

SPANS = (("2023-05-08", "2023-05-08"), ("2023-10-22", "2023-10-22"), ("2025-03-11", "2025-03-11"),
         ("2024-11", "2024-11"), ("", ""))  # fmt: skip
TODAY = date(2026, 11, 27)  # a Friday


def read(question: str, spans: tuple[tuple[str, str], ...] = SPANS) -> list[tuple[str | None, str | None]]:
    return [(one.period.since, one.period.until) for one in periods(question, spans, TODAY)]


@pytest.mark.parametrize(
    ("words", "since", "until"),
    [
        ("on 2025-03-11", "2025-03-11", "2025-03-11"),
        ("in 2025-03", "2025-03-01", "2025-03-31"),
        ("on 12 March 2025", "2025-03-12", "2025-03-12"),
        ("on the 5th of May, 2023", "2023-05-05", "2023-05-05"),
        ("on May 8", "2023-05-08", "2023-05-08"),  # the latest that has a transcript
        ("on may 5", "2026-05-05", "2026-05-05"),  # none has: the latest
        ("in March", "2025-03-01", "2025-03-31"),
        ("in may", "2023-05-01", "2023-05-31"),
        ("in May 2022", "2022-05-01", "2022-05-31"),
        ("in 2024", "2024-01-01", "2024-12-31"),
        ("last year", "2025-01-01", "2025-12-31"),
        ("two weeks ago", "2026-11-09", "2026-11-15"),  # Monday to Sunday
        ("yesterday", "2026-11-26", "2026-11-26"),
        ("last Tuesday", "2025-03-11", "2025-03-11"),  # counted from the newest transcript
        ("this week", "2025-03-10", "2025-03-16"),  # likewise
        ("the past two weeks", "2025-02-25", "2025-03-11"),
        ("since March", "2025-03-01", None),
        ("before March 2025", None, "2025-02-28"),
        ("until 12 March 2025", None, "2025-03-12"),
        ("after 2023", "2024-01-01", None),
        ("between March and May 2023", "2023-03-01", "2023-05-31"),
        ("between November and May 2023", "2022-11-01", "2023-05-31"),
        ("from November to February", "2024-11-01", "2025-02-28"),
        ("from 2023 to 2024", "2023-01-01", "2024-12-31"),
        ("in Q4", "2024-10-01", "2024-12-31"),
        ("in the third quarter of 2023", "2023-07-01", "2023-09-30"),
        ("in the winter of 2024", "2024-12-01", "2025-02-28"),
        ("am 12. März 2025", "2025-03-12", "2025-03-12"),
        ("le 12 mars 2025", "2025-03-12", "2025-03-12"),
        ("12 марта 2025", "2025-03-12", "2025-03-12"),
        ("2025年3月11日", "2025-03-11", "2025-03-11"),
        ("２０２５年３月", "2025-03-01", "2025-03-31"),
        ("2025년 3월 11일", "2025-03-11", "2025-03-11"),
        ("12 березня 2025", "2025-03-12", "2025-03-12"),
        ("12 Mart 2025", "2025-03-12", "2025-03-12"),
        ("12 Μαρτίου 2025", "2025-03-12", "2025-03-12"),
        ("١٢ مارس ٢٠٢٥", "2025-03-12", "2025-03-12"),
        ("12 במרץ 2025", "2025-03-12", "2025-03-12"),
        ("12 मार्च 2025", "2025-03-12", "2025-03-12"),
        ("12 มีนาคม 2025", "2025-03-12", "2025-03-12"),
        ("on 25/12/2024", "2024-12-25", "2024-12-25"),
        ("on 05.05.2023", "2023-05-05", "2023-05-05"),
    ],
)
def test_a_time_is_read_as_its_days(words: str, since: str | None, until: str | None) -> None:
    assert read(f"What was said {words}?") == [(since, until)]


@pytest.mark.parametrize(
    "question",
    [
        "May 5 people attend?",
        "Who may 5 times speak, and may they march on?",
        "Did they march in time?",
        "What was said on 03/04/2025?",  # two days
        "What was said on 30 February 2025?",
        "Who ate 12 kitty 2025?",
        "Who took the second quarter pounder?",
        "Is it 1,200 people in room 2023-99?",
        "What of version 3.12.2025?",
        "How large is the 2024 budget?",
        "In '24?",
        "",
    ],
)
def test_what_only_looks_like_a_time_is_none(question: str) -> None:
    assert read(question) == []


def test_a_time_without_transcripts_says_so() -> None:
    (found,) = periods("What was said on 12 March 2025?", SPANS, TODAY)
    assert str(found.period) == "12 March 2025 (no transcript is of then)"
    assert not found.period.dated


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("in March 2025", "March 2025"),
        ("in 2024", "2024"),
        ("since 2025-03-11", "from 11 March 2025 on"),
        ("until 2024", "up to 31 December 2024"),
        ("between 2023 and 2024", "1 January 2023 to 31 December 2024"),
    ],
)
def test_a_time_is_shown_in_words(words: str, shown: str) -> None:
    (found,) = periods(f"What was said {words}?", SPANS, TODAY)
    assert str(found.period) == shown


def test_without_any_date_a_time_counts_from_today() -> None:
    assert read("What was said yesterday?", ()) == [("2026-11-26", "2026-11-26")]
    assert read("What was said in March?", (("", ""),)) == [("2026-03-01", "2026-03-31")]


def test_a_question_without_a_time_does_not_load_the_reader_of_dates() -> None:
    code = (
        "import sys; from datetime import date; from qa.retrieval.periods import periods; "
        "assert periods('Who may march second?', [('2025', '2025')], date(2026, 1, 1)) == []; "
        "assert 'dateparser' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@given(
    st.lists(
        st.sampled_from(
            "in last 31 0 999 may May 2024 week ago and between to 2025-13 Q2 of , 12 days".split()
        )
    )
)
def test_odd_mixtures_give_periods_in_order_or_nothing(some: list[str]) -> None:
    for since, until in read(" ".join(some)):
        assert since is None or until is None or since <= until
