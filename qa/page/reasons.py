"""Why a passage is a source, and why another turn is none, as it stands on the page when it is opened."""

from qa.markup import element, escaped
from qa.reason_text import Asked, ahead_text, rows, standing_text
from qa.reasons import Reason


def why_fold(turn: str, number: int, what: str) -> str:
    """Return what opens to show why a turn is a source.

    Args:
        turn: Its id.
        number: Of the answer.
        what: The turn in words, for those who hear the page.
    """
    summary = element("summary", "Why this passage?", aria_label=f"Why this passage? {what}")
    return element("details", summary, class_="why", data_why=turn, data_answer=number)


def why_button(turn: str, number: int, what: str, *, cited: bool) -> str:
    """Return what shows in the reader why a turn is a source, or none; arguments as above."""
    label = "Why this passage?" if cited else "Why not this one?"
    # Where the buttons lie over the line of who speaks, the short form leaves the name free.
    shown = label if cited else f"Why not{element('span', ' this one', class_='long')}?"
    return element(
        "button", shown, type="button", class_="judge why", data_act="why", data_why=turn,
        data_answer=number, aria_expanded="false", aria_label=f"{label} {what}",
    )  # fmt: skip


def reason_html(reason: Reason, asked: Asked) -> str:
    """Return a reason: what became of the turn, what came before it, and what its place comes from."""
    parts = [element("p", escaped(standing_text(reason)), class_="standing")]
    if before := ahead_text(reason, asked):
        parts.append(element("p", escaped(before)))
    told = rows(reason, asked)
    if told:
        caption = element("caption", "What its place comes from, with shares of its score", class_="unseen")
        head = "".join(
            element("th", text, scope="col") for text in ("What counts", "For this passage", "Share")
        )
        body = "".join(
            element(
                "tr",
                element("th", escaped(row.label), scope="row")
                + element("td", escaped(row.known), dir="auto")
                + element("td", escaped(row.share)),
            )
            for row in told
        )
        parts.append(
            element("table", caption + element("thead", element("tr", head)) + element("tbody", body))
        )
    return "".join(parts)
