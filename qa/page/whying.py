"""What happens when somebody wants to know why a turn is a source, or why it is none.

It is worked out then and not with the answer: ranking every turn in each view takes as long as answering.
"""

import time

from qa.errors import QAError
from qa.library import Library
from qa.markup import element
from qa.page.clicks import Click
from qa.page.reasons import reason_html
from qa.page.session import Exchange
from qa.reason_text import Asked
from qa.reasons import reasons_of
from qa.types import turn_id

ACT = "why"


def explained(library: Library, click: Click, past: Exchange | None) -> str:
    """Return the reason of a turn, with whose it is, for the page's script to put where it was asked for.

    Args:
        library: Where it was looked.
        click: On what is above.
        past: The question that it belongs to; None when it is no longer held.

    Raises:
        QAError: If it is not held, or the turn is no longer in the library.
    """
    if past is None or past.answer is None:
        raise QAError("This conversation is no longer held: the server was started anew. Ask again.")
    if click.place is None or click.place.position is None:
        raise QAError("There is no turn to explain here.")
    id_ = turn_id(click.place.transcript_id, click.place.position)
    (reason,) = reasons_of(library, past.answer, [id_], past.within)
    return element(
        "div", reason_html(reason, Asked.of(past.answer.searched[-1])), class_="reason", role="status",
        data_turn=id_, data_answer=click.answer,
        data_at=time.monotonic_ns(),  # the script is told of what is new only
    )  # fmt: skip
