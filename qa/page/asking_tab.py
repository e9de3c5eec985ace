"""What happens in the tab where questions are asked: the conversation and its filters.

Knows Gradio, like `qa.page.layout`.
"""

from collections.abc import Sequence
from typing import Any

import gradio as gr

from embeddings import ModelLoadError
from qa.errors import QAError
from qa.library import Library
from qa.page import answers, filtering, sources
from qa.page.arrivals import since_arrival
from qa.page.clicks import Click
from qa.page.failures import shown
from qa.page.layout import PLACEHOLDER, QUIET, Parts, Updates
from qa.page.session import Exchange, Session, exchange, exchange_html, set_right
from qa.page.verdicts import marks_of


def connect_asking(parts: Parts, library: Library, url: str) -> None:
    """Answer what is typed, and start anew when that is wanted."""

    @shown
    def take(question: str, session: Session) -> Updates:
        if not question.strip():
            return {parts.box: gr.update(value="", placeholder="Type a question first, in plain words")}
        asking = session.asking(question)
        emptied = gr.update(value="", placeholder=PLACEHOLDER)
        return {parts.session: asking, parts.chat: _messages(library, asking), parts.box: emptied}

    @shown
    @since_arrival
    def answer(session: Session, *chosen: Any) -> Updates:
        if session.pending is None:
            return {parts.session: session}
        return _answered(session, session.pending, chosen, library, url, parts)

    @shown
    def restart() -> Updates:
        nothing = sources.no_sources_html(not library.entries())
        return {parts.session: Session(), parts.chat: [], parts.panel: nothing, parts.box: ""}

    asked = [parts.session, parts.chat, parts.box]
    changed = [*asked, parts.panel]
    for event in (parts.box.submit, parts.send.click):
        # "multiple", or a question typed while the last one is being taken would be ignored.
        taken = event(take, [parts.box, parts.session], asked, queue=False, trigger_mode="multiple", **QUIET)
        taken.then(
            answer, [parts.session, *parts.chosen], changed, show_progress="minimal", api_visibility="private"
        )
    parts.restart.click(restart, None, changed, queue=False, **QUIET)


def _answered(
    session: Session, question: str, chosen: Sequence[Any], library: Library, url: str, parts: Parts
) -> Updates:
    """Ask what was typed; a message stands in for the answer when it cannot be asked."""
    number = len(session.exchanges)
    updates: Updates = {}
    try:
        said = exchange(library, session, question, filtering.chosen_filter(*chosen), url)
    except (QAError, ModelLoadError) as error:
        said = Exchange(question, answers.notice_html(str(error)))
        updates[parts.box] = question  # so that it can be mended
    if said.answer is not None:
        updates[parts.panel] = sources.sources_html(said.answer, number, marks_of(library, said.asked))
    session = session.answered(said)
    return {parts.session: session, parts.chat: _messages(library, session), **updates}


def clue_clicked(click: Click, session: Session, library: Library, url: str, parts: Parts) -> Updates:
    """Ask again with what was understood of a question set right; nothing happens where that cannot be."""
    said = set_right(
        library, session, click.answer, click.given.get("what", ""), click.given.get("wanted", ""), url
    )
    if said is None or said.answer is None or click.answer is None:
        return {parts.session: session}
    session = session.replaced(click.answer, said)
    panel = sources.sources_html(said.answer, click.answer, marks_of(library, said.asked))
    return {parts.session: session, parts.chat: _messages(library, session), parts.panel: panel}


def connect_filters(parts: Parts, library: Library) -> None:
    """Sum the filters up in their heading, and clear them."""

    @shown
    def summarise(transcripts: list[str], speakers: list[str], since: str, until: str) -> Any:
        return gr.update(label=filtering.summary(transcripts, speakers, since, until, library.entries()))

    for part in parts.chosen:
        part.change(summarise, parts.chosen, parts.filters, queue=False, **QUIET)
    parts.clear.click(lambda: ([], [], "", ""), None, parts.chosen, queue=False, **QUIET)


def _messages(library: Library, session: Session) -> list[dict[str, Any]]:
    """Return the conversation as the chat takes it."""
    messages = []
    for number, past in enumerate(session.exchanges):
        messages += [
            _message("user", answers.question_html(past.question)),
            _message("assistant", exchange_html(library, past, number)),
        ]
    if session.pending is not None:
        messages.append(_message("user", answers.question_html(session.pending)))
    return messages


def _message(role: str, markup: str) -> dict[str, Any]:
    # Never plain text: the chat would show it as HTML, whatever its render_markdown says.
    shown_in = gr.HTML(markup, js_on_load=None, apply_default_css=False, render=False)
    return {"role": role, "content": shown_in}
