import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.library import Library
from qa.page.clicks import place_of, read_click
from qa.page.pending import Typed
from qa.page.reader import (
    MOST,
    Place,
    Window,
    earlier_window,
    later_window,
    moved_html,
    reader_html,
    window_around,
)
from qa.types import QUESTIONER, Reading, TimeKind, Turn

LONG = "cccccccccccc"


@pytest.fixture
def long(library: Library) -> Library:
    turns = tuple(Turn(f"Word {i}.", "Ana" if i % 2 else "Ben", start=float(i)) for i in range(1200))
    library.add(Reading("srt", turns, TimeKind.MEDIA, title="Long"), LONG, "long.srt")
    return library


def positions(markup: str) -> list[int]:
    return [int(found) for found in re.findall(rf'data-turn="{LONG}:(\d+)"', markup)]


def test_a_few_hundred_turns_around_the_cited_one_are_shown(long: Library) -> None:
    markup = reader_html(long, Place(LONG, 700, (0, 4), answer=3))
    assert positions(markup) == list(range(600, 901))
    assert f'data-scroll="{LONG}:00700"' in markup
    assert markup.count(' cited"') == 1
    assert "<mark>Word</mark> 700." in markup
    assert "Earlier turns" in markup
    assert "Later turns" in markup
    assert "Back to sources" in markup


def test_more_turns_keep_the_place_that_was_read(long: Library) -> None:
    markup = moved_html(long, Place(LONG, 700), Window(600, 900), later=True)
    assert positions(markup) == list(range(600, 1051))
    assert f'data-scroll="{LONG}:00900"' in markup
    markup = moved_html(long, Place(LONG, 700), Window(600, 900), later=False)
    assert positions(markup) == list(range(450, 901))


@given(st.integers(0, 2999), st.integers(1, 3000), st.lists(st.booleans(), max_size=40))
def test_windows_stay_inside_the_transcript_and_move_all_the_way(
    position: int, turns: int, moves: list[bool]
) -> None:
    window = window_around(min(position, turns - 1), turns)
    for later in moves:
        before = window
        window = later_window(window, turns) if later else earlier_window(window)
        assert 0 <= window.first <= window.last < turns
        assert window.last - window.first < MOST
        at_end = before.last == turns - 1 if later else before.first == 0
        assert at_end == (window == before)


def test_missing_transcript_and_missing_turn_are_said(long: Library) -> None:
    assert "no longer in the library" in reader_html(long, Place("dddddddddddd", 3))
    assert "has 1,200 turns" in reader_html(long, Place(LONG, 1200))


def test_reader_shows_notes_roles_and_directions_without_false_times(library: Library) -> None:
    turns = (
        Turn("Good day.", "Ana", "Mayor", inferred=True),
        Turn("And now?", role=QUESTIONER, notes=("(continues in Ukrainian)",)),
    )
    library.add(
        Reading("press", turns, title="Day", date="2025-04", notes=("(As delivered)",)),
        "aaaaaaaaaaaa",
        "x/day.txt",
    )
    markup = reader_html(library, Place("aaaaaaaaaaaa"))
    for piece in (
        "(As delivered)",
        "April 2025",
        "day.txt",
        "Mayor",
        "inferred",
        "Questioner",
        "(continues in Ukrainian)",
    ):
        assert piece in markup
    assert "0:00" not in markup
    assert "<audio" not in markup
    assert "cited" not in markup


def test_chat_shows_clock_times_and_the_date_of_later_days(library: Library) -> None:
    turns = (
        Turn("Anyone there?", "Ana", start=86_340.0),
        Turn("Yes.", "Ben", start=86_400.0 + 600),
        Turn("Good.", "Ana"),
    )
    library.add(
        Reading("whatsapp", turns, TimeKind.CLOCK, title="Chat", date="2026-03-12"),
        "bbbbbbbbbbbb",
        "chat.txt",
    )
    markup = reader_html(library, Place("bbbbbbbbbbbb"))
    times = re.findall(r'<span class="time">([^<]*)</span>', markup)
    assert times == ["23:59", "13 March 2026, 00:10"]
    assert "0:00" not in markup


def test_each_speaker_has_one_colour(long: Library) -> None:
    markup = reader_html(long, Place(LONG, 0))
    assert set(re.findall(r"voice-\w+", markup)) == {"voice-0", "voice-1"}


def test_click_is_read_with_what_is_wrong_in_it_left_out() -> None:
    click = read_click({"act": "open", "turn": f"{LONG}:00007", "mark": "3-9", "answer": "2"})
    assert click.place == Place(LONG, 7, (3, 9), 2)
    assert read_click({"act": "open", "turn": "nonsense", "mark": "9-3", "answer": "-1"}).place is None
    assert read_click({"act": "transcript", "transcript": LONG}).place == Place(LONG)
    moved = read_click({"act": "later", "transcript": LONG, "first": "10", "last": "20"})
    assert (moved.place, moved.shown) == (Place(LONG), Window(10, 20))
    assert read_click({"act": 3, "first": "20", "last": "10"}).shown is None
    assert place_of(None) is None


def test_typed_names_and_fields_of_a_form_come_with_a_click_and_wrong_ones_are_dropped() -> None:
    click = read_click(
        {
            "act": "merge",
            "item": "3",
            "who": "Ana",
            "name": "Ben",
            "first": 7,
            "typed": [
                {"item": "0", "who": "A", "name": "B"},
                {"item": 1, "name": "Opener"},
                {"item": "2", "field": "date", "name": ""},
                {"item": "-1", "who": "A", "name": "B"},
                {"who": "A", "name": "B"},
                "nonsense",
            ],
            "reader": {"transcript": LONG, "cited": f"{LONG}:00007", "mark": "3-9"},
        }
    )
    assert (click.item, click.given) == (3, {"act": "merge", "item": "3", "who": "Ana", "name": "Ben"})
    assert click.typed == (
        Typed(0, "A", "B"),
        Typed(1, None, "Opener"),
        Typed(2, None, "", "date"),
    )
    assert click.reader == Place(LONG, 7, (3, 9))
    wrong = read_click({"item": "x", "typed": {"item": 1}, "reader": "x"})
    assert (wrong.item, wrong.typed, wrong.reader) == (None, (), None)
    assert read_click({"reader": {"transcript": LONG}}).reader == Place(LONG)


def test_reader_offers_the_speakers_of_its_transcript(long: Library) -> None:
    assert 'data-act="people" aria-label="Speakers of Long"' in reader_html(long, Place(LONG))
