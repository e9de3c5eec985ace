"""The sources of an answer as cards: each turn with its highlight, its neighbours and its actions."""

from collections.abc import Sequence

from qa.answering import Answer, Neighbour, Source
from qa.markup import button, clipped, element, escaped, facts
from qa.page.reasons import why_fold
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
_FOUND_CHARACTERS = 600


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
        _neighbours(source, _near(source.before[::-1], source)[::-1]),
        element("p", text, class_="turn-text", dir="auto"),
        button("Show all", "expand", class_="link expand", aria_expanded="false") if folded else "",
        _neighbours(source, _near(source.after, source)),
        _repeats(source, number),
        why_fold(source.turn_id, number, f"Source {source.rank}"),
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


def _near(neighbours: Sequence[Neighbour], source: Source) -> Sequence[Neighbour]:
    """Return the first of some neighbours, which is the nearest, and all up to one that was found."""
    found = [place for place, one in enumerate(neighbours) if one.turn_id in source.beside]
    return neighbours[: max([0, *found]) + 1]


def _neighbours(source: Source, neighbours: Sequence[Neighbour]) -> str:
    return "".join(
        element(
            "p",
            f"<b>{escaped(speaker_text(one.turn))}:</b> "
            f"{escaped(excerpt(one.turn.text, _shown(one, source)))}",
            class_="neighbour found" if one.turn_id in source.beside else "neighbour",
            dir="auto",
        )
        for one in neighbours
    )


def _shown(neighbour: Neighbour, source: Source) -> int:
    """Return how many characters of a neighbour are shown: more of one that was found."""
    return _FOUND_CHARACTERS if neighbour.turn_id in source.beside else _NEIGHBOUR_CHARACTERS


def _repeats(source: Source, number: int) -> str:
    """Name the other places in which the same was said."""
    links = [
        button(
            f"{speaker_text(one.turn)}, {one.transcript_title}", "open", class_="link",
            data_turn=one.turn_id, data_answer=number,
        )
        for one in source.repeats
    ]  # fmt: skip
    return element("p", f"Also said by {', '.join(links)}", class_="repeats") if links else ""


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
