from dataclasses import replace

import pytest

from qa.answering import Answer, Neighbour, Repeat, Source
from qa.page.answers import answer_html, empty_library_html, notice_html
from qa.page.sources import no_sources_html, sources_html
from qa.page.wording import attribution
from qa.types import QUESTIONER, TimeKind, Turn

HOSTILE = "<img src=x onerror=alert(1)> ${alert(1)} {{constructor}} [a](javascript:alert(1)) `x` </script>"
SOURCE = Source(
    rank=1,
    score=0.9,
    turn_id="0f0f0f0f0f0f:00004",
    turn=Turn("Well. Seven boats.", "Ana Lopez", "Mayor", 65.0, 70.0),
    transcript_id="0f0f0f0f0f0f",
    transcript_title="Hearing",
    date="2026-02-17",
    time_kind=TimeKind.MEDIA,
    highlight=(6, 18),
    link="http://127.0.0.1:7860/?turn=0f0f0f0f0f0f:00004",
    media="/somewhere/hearing.mp3",
    before=(Neighbour("0f0f0f0f0f0f:00003", Turn("How many?", role=QUESTIONER)),),
    after=(Neighbour("0f0f0f0f0f0f:00005", Turn("That is a lot.", "Ben")),),
    parts=(),
)
ANSWER = Answer("How many boats?", "Seven boats.", 0.9, (SOURCE,), ("How many boats?",), 5.0)


def test_answer_quotes_the_sentence_with_speaker_role_time_title_and_date() -> None:
    markup = answer_html(ANSWER, 2, 3, filtered=False)
    assert "“Seven boats.” <" not in markup  # the citation keeps the last word company
    for piece in (
        "“Seven",
        "boats.”",
        "Ana Lopez",
        ", Mayor",
        "1:05",
        "Hearing",
        "17 February 2026",
        "Clear match",
    ):
        assert piece in markup
    assert 'data-turn="0f0f0f0f0f0f:00004" data-mark="6-18" data-answer="2"' in markup
    assert "0.9" not in markup


def test_transcript_without_times_shows_none() -> None:
    bare = replace(
        SOURCE, turn=Turn("Seven boats.", "Ana"), time_kind=TimeKind.NONE, highlight=None, media=None
    )
    for markup in (
        answer_html(replace(ANSWER, sources=(bare,)), 0, 1, filtered=False),
        sources_html(replace(ANSWER, sources=(bare,)), 0),
    ):
        assert "0:00" not in markup
        assert 'class="time"' not in markup
        assert "<audio" not in markup


def on_the_clock(start: float, date: str | None) -> Source:
    turn = Turn("Seven boats.", "Ana", start=start)
    return replace(SOURCE, turn=turn, time_kind=TimeKind.CLOCK, date=date, highlight=None, media=None)


def test_clock_times_are_shown_with_the_day_of_the_message() -> None:
    late = on_the_clock(86_400.0 + 600, "2026-02-17")
    for markup in (
        answer_html(replace(ANSWER, sources=(late,)), 0, 1, filtered=False),
        sources_html(replace(ANSWER, sources=(late,)), 0),
    ):
        assert '<span class="time">18 February 2026, 00:10</span>' in markup
        assert "17 February" not in markup  # the day the chat began is not the day of the message


def test_clock_time_without_a_date_stands_alone() -> None:
    undated = on_the_clock(54_060.0, None)
    assert '<span class="time">15:01</span>' in sources_html(replace(ANSWER, sources=(undated,)), 0)
    assert attribution(undated) == f"“Seven boats.” — Ana, Hearing, 15:01\n{SOURCE.link}"


def test_quote_from_a_chat_is_copied_with_its_own_day_and_time() -> None:
    assert attribution(on_the_clock(86_400.0 + 600, "2026-02-17")) == (
        f"“Seven boats.” — Ana, Hearing, 18 February 2026, 00:10\n{SOURCE.link}"
    )


def test_follow_up_shows_both_wordings_and_a_plain_question_none() -> None:
    both = replace(ANSWER, searched=("And why?", "How many boats? And why?"))
    assert "Searched for: “And why?” and “How many boats? And why?”" in answer_html(
        both, 0, 1, filtered=False
    )
    assert "Searched for" not in answer_html(ANSWER, 0, 1, filtered=False)


@pytest.mark.parametrize(
    ("searched_in", "filtered", "lead"),
    [
        (3, False, "Nothing in the library answers this."),
        (2, True, "Nothing in the 2 transcripts within the filters answers this."),
        (1, True, "Nothing within the filters answers this."),
        (0, True, "No passage passes the filters."),
    ],
)
def test_unanswered_question_says_where_it_looked(searched_in: int, filtered: bool, lead: str) -> None:
    unanswered = replace(ANSWER, answer=None, confidence=0.1, sources=() if searched_in == 0 else (SOURCE,))
    markup = answer_html(unanswered, 0, searched_in, filtered)
    assert lead in markup
    assert "match" not in markup
    if searched_in:
        assert "The nearest passages, which may not help" in markup
        assert "None of them answers the question" in sources_html(unanswered, 0)


def test_hostile_text_is_shown_as_text_everywhere() -> None:
    turn = Turn(HOSTILE, HOSTILE, HOSTILE, inferred=True)
    source = replace(
        SOURCE, turn=turn, transcript_title=HOSTILE, highlight=(0, len(HOSTILE)), time_kind=TimeKind.NONE,
        before=(Neighbour("0f0f0f0f0f0f:00003", turn),),
    )  # fmt: skip
    answer = Answer(HOSTILE, HOSTILE, 0.6, (source,), (HOSTILE, HOSTILE), 1.0)
    for markup in (answer_html(answer, 0, 1, filtered=False), sources_html(answer, 0), notice_html(HOSTILE)):
        assert "<img" not in markup
        assert "</script" not in markup
        assert "${" not in markup
        assert "{{" not in markup
        assert "`" not in markup


def test_card_shows_neighbours_and_actions() -> None:
    markup = sources_html(ANSWER, 1)
    assert "<b>Questioner:</b> How many?" in markup
    assert "<b>Ben:</b> That is a lot." in markup
    assert "Well. <mark>Seven boats.</mark>" in markup
    assert 'src="/media/0f0f0f0f0f0f"' in markup
    assert 'data-at="65.000"' in markup
    assert "/somewhere/" not in markup
    for action in ("Open in transcript", "Play", "Copy quote", "Copy link"):
        assert f">{action}</button>" in markup


def test_card_shows_what_was_found_beside_it_and_where_else_it_was_said() -> None:
    long = Neighbour("0f0f0f0f0f0f:00005", Turn("A lot " * 60, "Ben"))
    repeat = Repeat(
        "1f1f1f1f1f1f:00009", Turn("Seven.", HOSTILE), "Evening", None, TimeKind.NONE, "http://there"
    )
    source = replace(SOURCE, after=(long,), beside=("0f0f0f0f0f0f:00005",), repeats=(repeat,))
    markup = sources_html(replace(ANSWER, sources=(source,)), 1)
    assert markup.count('class="neighbour found"') == 1
    assert markup.count("A lot ") == 59  # all of it but the space at the end
    assert 'data-turn="1f1f1f1f1f1f:00009"' in markup
    assert "Also said by" in markup
    assert "<img src=x" not in markup
    alone = sources_html(replace(ANSWER, sources=(replace(SOURCE, after=(long,)),)), 1)
    assert ("found" in alone, "Also said by" in alone, alone.count("A lot ") < 30) == (False, False, True)


def test_only_an_inferred_speaker_is_marked_so() -> None:
    inferred = replace(SOURCE, turn=replace(SOURCE.turn, inferred=True))
    assert "inferred" in sources_html(replace(ANSWER, sources=(inferred,)), 0)
    assert "inferred" not in sources_html(ANSWER, 0)


def test_quote_is_copied_with_who_where_when_and_link() -> None:
    assert attribution(SOURCE) == (
        "“Seven boats.” — Ana Lopez, Mayor, Hearing, 17 February 2026, 1:05\n"
        "http://127.0.0.1:7860/?turn=0f0f0f0f0f0f:00004"
    )


def test_empty_library_says_what_to_do() -> None:
    assert "library is empty" in empty_library_html()
    assert 'data-act="library"' in empty_library_html()
    assert "Add a transcript first" in no_sources_html(empty=True)
