"""What happens when somebody judges an answer, and how much is judged, in the library's tab."""

import json
import time

from qa.errors import QAError
from qa.judgments import NOT_RELEVANT, RELEVANT, Asked
from qa.library import Library
from qa.markup import element, escaped
from qa.page.clicks import Click
from qa.page.verdicts import Marks, marks_of
from qa.page.wording import counted
from qa.types import turn_id

JUDGING_ACTS = frozenset({"judge", "abstain"})
# Two, because True is the same key as 1.
_SAID_OF_TURN = {
    RELEVANT: "Noted: this is the passage.",
    NOT_RELEVANT: "Noted: this is not it.",
    None: "Taken back.",
}
_SAID_OF_ANSWER = {
    True: "Noted: nothing here answers it.",
    False: "Noted: something here answers it.",
    None: "Taken back.",
}


def carried_out(library: Library, click: Click, asked: Asked | None) -> str:
    """Note what was clicked; return what tells the page's script which buttons are pressed now.

    Args:
        library: Where it is noted.
        click: On one of the buttons above.
        asked: The question that the answer in the click belongs to; None when it is no longer held.

    Raises:
        QAError: If it is not, or the turn is no longer in the library.
    """
    if asked is None or click.answer is None:
        raise QAError("This conversation is no longer held: the server was started anew. Ask again.")
    undone = click.given.get("pressed") == "true"
    if click.act == "abstain":
        unanswerable = None if undone else click.given.get("says") == "right"
        library.judgments.confirm(asked, unanswerable)
        return _noted_html(click.answer, marks_of(library, asked), _SAID_OF_ANSWER[unanswerable])
    if click.place is None or click.place.position is None:
        raise QAError("There is no turn to judge here.")
    gain = None if undone else RELEVANT if click.given.get("gain") == str(RELEVANT) else NOT_RELEVANT
    library.judgments.judge(asked, turn_id(click.place.transcript_id, click.place.position), gain)
    return _noted_html(click.answer, marks_of(library, asked), _SAID_OF_TURN[gain])


def _noted_html(number: int, marks: Marks, said: str) -> str:
    says = {None: "", True: "right", False: "wrong"}[marks.unanswerable]
    return element(
        "p", escaped(said), class_="noted", role="status", data_answer=number, data_says=says,
        data_gains=json.dumps(dict(marks.gains)),
        data_at=time.monotonic_ns(),  # the script is told of what is new only
    )  # fmt: skip


# --- all of them -----------------------------------------------------------------------------------------


def judgments_html(library: Library) -> str:
    """Return how much is judged in a library, and where to have it; nothing for an empty library."""
    judged = library.judgments.all()
    turns = sum(len(one.judgments) for one in judged)
    none = sum(one.unanswerable is True for one in judged)
    if not judged:
        hint = (
            "None yet. Say under an answer whether it answered, or on a source whether it is the passage: "
            "what you say becomes a test of how well your questions are answered."
        )
        return element("section", element("h2", "Judgments") + element("p", hint, class_="hint"))
    told = f"{counted(turns, 'turn')} judged for {counted(len(judged), 'question')}"
    if none:
        told += f", {none:,} of which nothing here answers"
    hint = (
        f"{told}. Kept in this library and sent nowhere. To measure how well answers are found: "
        "<code>transcript-qa evaluate --judgments</code>"
    )
    link = element(
        "a", "Download judgments", class_="act", href="judgments.zip", download=True,
    )  # fmt: skip
    return element("section", element("h2", "Judgments") + element("p", hint, class_="hint") + link)
