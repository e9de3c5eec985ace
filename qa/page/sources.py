"""The sources of an answer as cards: each turn with its highlight, its neighbours and its actions."""

from qa.answering import Answer, Neighbour, Source
from qa.markup import button, clipped, element, escaped, facts
from qa.page.verdicts import Marks, passage_verdict
from qa.page.wording import (
    attribution,
    counted,
    day_text,
    excerpt,
    is_questioner,
    moment_text,
    role_text,
    speaker_text,
)
from qa.types import Turn

_NEIGHBOUR_CHARACTERS = 160


def sources_html(answer: Answer, number: int, marks: Marks = Marks()) -> str:  # noqa: B008  # frozen
    """Return the sources of an answer as cards, best first.

    Args:
        answer: Whose sources.
        number: Its place in the conversation, from 0.
        marks: What is judged of the question.
    """
    if answer.answered:
        head, hint = "Sources", f"{counted(len(answer.sources), 'passage')}, best first"
    elif answer.sources:
        head, hint = "Nearest passages", "None of them answers the question"
    else:
        head, hint = "No passages", "Nothing passes the filters"
    title = element("h2", head) + element("p", hint, class_="hint")
    question = element("p", escaped(f"“{excerpt(answer.question, 140)}”"), class_="asked", dir="auto")
    cards = "".join(_card(source, number, marks) for source in answer.sources)
    top = element("div", title, class_="panel-head")
    kind = "sources" if answer.answered else "sources unanswered"
    return element("section", top + question + cards, class_=kind, data_answer=number, aria_label=head)


def no_sources_html(empty: bool) -> str:
    """Return what stands in the place of the sources before a question is asked."""
    text = (
        "Add a transcript first. The passages that answer your questions will stand here."
        if empty
        else "The passages that answer your question will stand here, with who said it, when and where."
    )
    return element("section", element("p", text), class_="sources none", aria_label="Sources")


def inferred_mark(turn: Turn) -> str:
    """Return the small mark of a speaker who was worked out; nothing for one who was written down."""
    if not turn.inferred:
        return ""
    meaning = (
        "The transcript does not name the speaker of this turn. The name was worked out from the context."
    )
    return element(
        "span", "inferred", class_="inferred", title=meaning, tabindex="0", aria_label=f"Inferred. {meaning}"
    )


def _card(source: Source, number: int, marks: Marks) -> str:
    text, folded = clipped(source.turn.text, source.highlight)
    parts = [
        _head(source),
        _neighbour(source.before[-1:]),
        element("p", text, class_="turn-text", dir="auto"),
        button("Show all", "expand", class_="link expand", aria_expanded="false") if folded else "",
        _neighbour(source.after[:1]),
        _actions(source, number, passage_verdict(source.turn_id, number, marks, f"source {source.rank}")),
    ]
    return element("article", "".join(parts), class_="card", aria_label=f"Source {source.rank}")


def _head(source: Source) -> str:
    turn = source.turn
    name = element("strong", escaped(speaker_text(turn)), class_="anonymous" if is_questioner(turn) else None)
    role = role_text(turn)
    who = name + (element("span", escaped(role), class_="role") if role else "") + inferred_mark(turn)
    time, date = moment_text(source), day_text(source)
    where = facts(
        [
            time and element("span", escaped(time), class_="time"),
            escaped(source.transcript_title),
            date and escaped(date),
        ]
    )
    rank = element("span", str(source.rank), class_="rank", aria_hidden="true")
    lines = element("div", who, class_="who") + element("div", where, class_="where")
    return element("header", rank + element("div", lines, class_="lines"))


def _neighbour(neighbours: tuple[Neighbour, ...]) -> str:
    return "".join(
        element(
            "p",
            f"<b>{escaped(speaker_text(neighbour.turn))}:</b> "
            f"{escaped(excerpt(neighbour.turn.text, _NEIGHBOUR_CHARACTERS))}",
            class_="neighbour",
            dir="auto",
        )
        for neighbour in neighbours
    )


def _actions(source: Source, number: int, verdict: str) -> str:
    span = "" if source.highlight is None else "{}-{}".format(*source.highlight)
    here = f"source {source.rank}"
    actions = [
        button(
            "Open in transcript", "open", data_turn=source.turn_id, data_mark=span, data_answer=number,
            aria_label=f"Open {here} in transcript",
        ),
    ]  # fmt: skip
    player = ""
    if source.media and source.turn.start is not None:
        actions.append(button("Play", "play", data_at=f"{source.turn.start:.3f}", aria_label=f"Play {here}"))
        player = element(
            "audio",
            src=media_address(source.transcript_id),
            preload="none",
            controls=True,
            hidden=True,
            aria_label=f"Recording of {source.transcript_title}",
        )
    actions.append(
        button("Copy quote", "copy", data_copy=attribution(source), aria_label=f"Copy quote of {here}")
    )
    actions.append(button("Copy link", "copy", data_copy=source.link, aria_label=f"Copy link to {here}"))
    return player + element("footer", "".join(actions) + verdict)


def media_address(transcript_id: str) -> str:
    """Return where the page serves a transcript's recording."""
    return f"/media/{transcript_id}"
