import html
import json
import re

import pytest

from qa.errors import NotFoundError, QAError
from qa.judgments import Asked
from qa.library import Library
from qa.page.clicks import read_click
from qa.page.judging import carried_out, judgments_html
from tests.conftest import COUNCIL, HARBOUR, id_of

WHO = Asked("Who ordered it?")
TURN = f"{id_of(*COUNCIL)}:00002"


def clicked(library: Library, asked: Asked | None = WHO, **data: str) -> dict[str, str]:
    """Click, and return what the script is told."""
    markup = carried_out(library, read_click({"answer": "0", **data}), asked)
    return {name: html.unescape(value) for name, value in re.findall(r'data-(\w+)="([^"]*)"', markup)}


def test_click_is_kept_told_and_taken_back_by_another(filled: Library) -> None:
    told = clicked(filled, act="judge", turn=TURN, gain="1", pressed="false")
    assert (told["answer"], json.loads(told["gains"]), told["says"]) == ("0", {TURN: 1}, "")
    assert [one.gains for one in filled.judgments.all()] == [{TURN: 1}]
    told = clicked(filled, act="judge", turn=TURN, gain="0", pressed="false")
    assert json.loads(told["gains"]) == {TURN: 0}
    told = clicked(filled, act="judge", turn=TURN, gain="0", pressed="true")
    assert json.loads(told["gains"]) == {}
    assert filled.judgments.all() == []


def test_abstention_is_confirmed_contradicted_and_taken_back(filled: Library) -> None:
    assert clicked(filled, act="abstain", says="right", pressed="false")["says"] == "right"
    assert clicked(filled, act="abstain", says="wrong", pressed="false")["says"] == "wrong"
    assert [one.unanswerable for one in filled.judgments.all()] == [False]
    assert clicked(filled, act="abstain", says="wrong", pressed="true")["says"] == ""
    assert filled.judgments.all() == []


def test_what_was_noted_is_said_aloud(filled: Library) -> None:
    for data, said in (
        ({"act": "judge", "turn": TURN, "gain": "1"}, "Noted: this is the passage."),
        ({"act": "judge", "turn": TURN, "gain": "0"}, "Noted: this is not it."),
        ({"act": "judge", "turn": TURN, "gain": "0", "pressed": "true"}, "Taken back."),
        ({"act": "abstain", "says": "right"}, "Noted: nothing here answers it."),
        ({"act": "abstain", "says": "wrong"}, "Noted: something here answers it."),
    ):
        markup = carried_out(filled, read_click({"answer": "0", **data}), WHO)
        assert f">{said}</p>" in markup
        assert 'role="status"' in markup


def test_the_same_state_told_twice_is_told_as_new(filled: Library) -> None:
    click = read_click({"answer": "0", "act": "judge", "turn": TURN, "gain": "1"})
    assert carried_out(filled, click, WHO) != carried_out(filled, click, WHO)


def test_what_cannot_be_judged_is_said(filled: Library) -> None:
    with pytest.raises(QAError, match="This conversation is no longer held"):
        clicked(filled, None, act="judge", turn=TURN, gain="1")
    with pytest.raises(QAError, match="There is no turn to judge here"):
        clicked(filled, act="judge", turn="none", gain="1")
    with pytest.raises(NotFoundError, match="there is no turn"):
        clicked(filled, act="judge", turn=f"{id_of(*COUNCIL)}:00099", gain="1")
    assert filled.judgments.all() == []


def test_library_s_tab_counts_what_is_judged(filled: Library) -> None:
    assert "None yet." in judgments_html(filled)
    assert "judgments.zip" not in judgments_html(filled)
    filled.judgments.judge(WHO, TURN, 1)
    assert "1 turn judged for 1 question. Kept in this library" in judgments_html(filled)
    filled.judgments.judge(WHO, f"{id_of(*HARBOUR)}:00000", 0)
    filled.judgments.confirm(Asked("Where?"), True)
    markup = judgments_html(filled)
    assert "2 turns judged for 2 questions, 1 of which nothing here answers." in markup
    assert '<a class="act" href="judgments.zip" download>' in markup
