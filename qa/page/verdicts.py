"""What people say of an answer: whether it answers, whether a turn is the passage, whether nothing is.

A thumb on an answer judges the turn that it quotes, so it is pressed wherever that turn is shown for the
same question. A button that is pressed already takes its judgment back. What is judged is read from the
library whenever something is shown, so that it is the same on every page that is open.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from qa.answering import Answer
from qa.judgments import NOT_RELEVANT, RELEVANT, Asked
from qa.library import Library
from qa.markup import element, escaped

_KEPT = "Kept in this library, sent nowhere. Click again to take it back."
_UP = "M8 10.5 12.2 3c1.6.2 2.4 1.4 2.1 3l-.6 3.2h5.1c1.3 0 2.2 1.1 2 2.4l-1.2 7A2.4 2.4 0 0 1 17.3 21H8z"
_CUFF = "M4 10.5v10.5"


@dataclass(frozen=True, slots=True)
class Marks:
    """What is judged of the question that something is shown for.

    Args:
        gains: By turn id.
        unanswerable: Whether nothing in the library answers it; None when nobody said.
    """

    gains: Mapping[str, int] = field(default_factory=dict)
    unanswerable: bool | None = None


def marks_of(library: Library, asked: Asked | None) -> Marks:
    """Return what is judged of a question."""
    found = None if asked is None else library.judgments.of(asked)
    return Marks() if found is None else Marks(found.gains, found.unanswerable)


def answer_verdict(answer: Answer, number: int, marks: Marks) -> str:
    """Return the thumbs of an answer; for an abstention, whether it is right. Nothing without a source."""
    if not answer.sources:
        return ""
    if not answer.answered:
        said = marks.unanswerable
        right = _says("up", "Yes", "right", number, said is True, "Yes, nothing here answers it")
        wrong = _says("down", "No", "wrong", number, said is False, "No, something here does")
        return _group("Is that right?", right + wrong)
    turn = answer.sources[0].turn_id
    gain = marks.gains.get(turn)
    up = _judge(_thumb("up") + "Yes", turn, RELEVANT, number, gain, "Yes, this answered it")
    down = _judge(_thumb("down") + "No", turn, NOT_RELEVANT, number, gain, "No, this did not answer it")
    return _group("Did this answer it?", up + down)


def passage_verdict(turn: str, number: int, marks: Marks, what: str, more: str = "") -> str:
    """Return the two buttons of a turn that is shown for a question.

    Args:
        turn: Its id.
        number: Of the answer.
        marks: What is judged of the question.
        what: The turn in words, for those who hear the page.
        more: A button beside them.
    """
    gain = marks.gains.get(turn)
    yes = _judge("This is the passage", turn, RELEVANT, number, gain, f"This is the passage: {what}")
    no = _judge("Not it", turn, NOT_RELEVANT, number, gain, f"Not it: {what}")
    return element("span", yes + no + more, class_="verdict", title=_KEPT)


def _group(question: str, buttons: str) -> str:
    asked = element("span", escaped(question), class_="ask")
    return element("span", asked + buttons, class_="verdict", role="group", aria_label=question, title=_KEPT)


def _judge(label: str, turn: str, gain: int, number: int, now: int | None, spoken: str) -> str:
    pressed = now is not None and (now > 0) == (gain > 0)
    return element(
        "button", label, type="button", class_="judge", data_act="judge", data_turn=turn, data_gain=gain,
        data_answer=number, aria_pressed=str(pressed).lower(), aria_label=spoken,
    )  # fmt: skip


def _says(way: str, label: str, says: str, number: int, pressed: bool, spoken: str) -> str:
    return element(
        "button", _thumb(way) + label, type="button", class_="judge", data_act="abstain", data_says=says,
        data_answer=number, aria_pressed=str(pressed).lower(), aria_label=spoken,
    )  # fmt: skip


def _thumb(way: str) -> str:
    lines = f'<path d="{_UP}"/><path d="{_CUFF}"/>'
    return element("svg", lines, class_=f"thumb {way}", viewBox="0 0 24 24", aria_hidden="true")
