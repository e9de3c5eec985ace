import html
import re

import pytest

from qa.answering import ask
from qa.errors import NotFoundError, QAError
from qa.library import Library
from qa.page.clicks import read_click
from qa.page.endpoints import MOST_EXPLAINED, Endpoints
from qa.page.reader import Place, reader_html
from qa.page.reasons import reason_html, why_button
from qa.page.session import Exchange, Session
from qa.page.sources import sources_html
from qa.page.whying import explained
from qa.reason_text import Asked
from qa.reasons import reasons_of
from qa.retrieval import Filter
from tests.conftest import COUNCIL, HARBOUR, id_of, put

GATE = "Did the gate hold?"
HELD, WALL = (f"{id_of(*HARBOUR)}:{position:05d}" for position in range(2))
BUDGET = f"{id_of(*COUNCIL)}:00000"


def exchange_of(library: Library, within: Filter = Filter()) -> Exchange:  # noqa: B008
    return Exchange(GATE, answer=ask(library, GATE, 1, within), within=within)


def clicked(library: Library, turn: str, past: Exchange | None) -> str:
    return explained(library, read_click({"act": "why", "turn": turn, "answer": "3"}), past)


def test_click_is_answered_with_the_turn_and_the_answer_it_belongs_to(filled: Library) -> None:
    markup = clicked(filled, HELD, exchange_of(filled))
    assert re.findall(r'data-(turn|answer)="([^"]*)"', markup) == [("turn", HELD), ("answer", "3")]
    assert 'role="status"' in markup
    assert "Source 1: 1st of 5 turns for this question." in markup
    beside = clicked(filled, WALL, exchange_of(filled))
    assert "It is shown already: it stands beside source 1." in beside
    assert "Source 1 comes before it" in clicked(filled, BUDGET, exchange_of(filled))


def test_same_reason_told_twice_is_told_as_new(filled: Library) -> None:
    past = exchange_of(filled)
    assert clicked(filled, HELD, past) != clicked(filled, HELD, past)


def test_filters_of_the_question_count_and_not_those_of_now(filled: Library) -> None:
    past = exchange_of(filled, Filter(speakers=frozenset({"Cy"})))
    assert "the speaker filter leaves it out" in clicked(filled, BUDGET, past)


def test_what_is_gone_is_said(filled: Library) -> None:
    past = exchange_of(filled)
    with pytest.raises(QAError, match="no longer held"):
        clicked(filled, HELD, None)
    with pytest.raises(QAError, match="no turn to explain"):
        clicked(filled, "nonsense", past)
    filled.remove(id_of(*HARBOUR))
    with pytest.raises(NotFoundError, match="There is no turn"):
        clicked(filled, HELD, past)


def test_source_removed_since_the_answer_does_not_break_another_reason(filled: Library) -> None:
    past = exchange_of(filled)
    filled.remove(id_of(*HARBOUR))
    markup = clicked(filled, BUDGET, past)
    assert "of 3 turns for this question" in markup


def test_every_source_has_a_fold_and_every_turn_of_its_reader_a_button(filled: Library) -> None:
    past = exchange_of(filled)
    assert past.answer is not None
    cards = sources_html(past.answer, 2)
    assert cards.count("Why this passage?</summary>") == 1
    assert f'data-why="{HELD}"' in cards
    read = reader_html(filled, Place(id_of(*HARBOUR), 0, answer=2), asked=past.asked)
    assert re.findall(r'class="judge why"[^>]* data-why="([^"]*)"', read) == [HELD, WALL]
    assert [html.unescape(label) for label in re.findall(r'aria-label="(Why[^"]*)"', read)] == [
        "Why this passage? Cy, “the gate held”",
        "Why not this one? Dee, “the wall did not”",
    ]
    # Opened at another turn, what is cited is a source all the same.
    cited = Session((past,)).sources(0)
    assert cited == {HELD}
    assert not Session((past,)).sources(1)
    read = reader_html(filled, Place(id_of(*HARBOUR), 1, answer=2), asked=past.asked, sources=cited)
    assert read.count('aria-label="Why this passage?') == 2
    # Read without a question, nothing asks why.
    assert "data-why" not in reader_html(filled, Place(id_of(*HARBOUR), 0))


def test_words_of_users_are_shown_as_they_are(library: Library) -> None:
    hostile = "<img src=x onerror=alert(1)>"
    id_ = put(library, f"Ana: the gate {hostile}", "Ben: nothing")
    answer = ask(library, f"gate {hostile}?", 1)
    (reason,) = reasons_of(library, answer, [f"{id_}:00000"])
    asked = Asked({"gate": hostile, "img": hostile})
    for markup in (reason_html(reason, asked), why_button(f"{id_}:00000", 0, hostile, cited=False)):
        assert hostile not in markup
        assert html.escape(hostile) in markup


def test_endpoint_gives_plain_values_and_takes_what_ask_takes(filled: Library) -> None:
    calls = Endpoints(filled, "http://here")
    held, budget = calls.why(GATE, [HELD, f"http://here/?turn={BUDGET}"], k=1)
    assert (held["standing"], held["source"], held["rank"], held["searched"]) == ("source", 1, 1, 5)
    assert (budget["turn_id"], budget["standing"], budget["ahead"]["turn_id"]) == (BUDGET, "lower", HELD)
    (left_out,) = calls.why(GATE, [BUDGET], speakers=["Cy"])
    assert (left_out["rank"], left_out["filters"], left_out["ranks"]) == (None, ["speaker"], None)
    (given,) = calls.why(GATE, [HELD], by=["Cy"])
    assert given["shares"]["speaker"] > 0
    with pytest.raises(QAError, match="ask for 1 to 50"):
        calls.why(GATE, [HELD], k=0)
    with pytest.raises(QAError, match="101 turns are named; ask about 100 at most"):
        calls.why(GATE, [HELD] * (MOST_EXPLAINED + 1))
