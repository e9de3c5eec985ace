"""The web page: its callbacks and its server. What it shows is made in `qa.page`; what it answers, in `qa`.

Only here are errors meant for people caught and shown; anything else is logged and said to be a fault.
"""

import contextlib
import functools
import logging
import os
import webbrowser
from collections.abc import Callable, Sequence
from importlib.resources import files
from pathlib import Path
from threading import Timer
from typing import Any, ParamSpec, TypeVar, cast

# Gradio reads these when it is imported. Nothing is to be reported to, or fetched from, another machine.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"

import gradio as gr
import uvicorn
from fastapi import FastAPI
from gradio.blocks import Block
from gradio.events import api
from gradio.utils import get_upload_folder

from embeddings import ModelLoadError
from qa.errors import QAError
from qa.importing import Progress
from qa.library import Library
from qa.page import answers, clicks, filtering, reader, server, shelf, sources
from qa.page.endpoints import Endpoints, add_uploaded
from qa.page.layout import PLACEHOLDER, Parts, lay_out
from qa.page.session import Exchange, Session, exchange

logger = logging.getLogger(__name__)

_FONTS = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "sans-serif"]

P = ParamSpec("P")
R = TypeVar("R")
Updates = dict[Any, Any]  # component to its new value


def shown(callback: Callable[P, R]) -> Callable[P, R]:
    """Show an error meant for people as it is; log any other and say that it is a fault."""

    @functools.wraps(callback)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return callback(*args, **kwargs)
        except (QAError, ModelLoadError) as error:
            raise gr.Error(str(error), duration=None, title="Not possible", print_exception=False) from error
        except Exception as error:
            logger.exception("%s failed", getattr(callback, "__name__", "a callback"))
            raise gr.Error(
                f"This is a fault of the program ({type(error).__name__}). The terminal it was started in "
                "shows the details.",
                duration=None,
                title="Something went wrong",
                print_exception=False,
            ) from error

    return guarded


def build(library: Library, url: str) -> gr.Blocks:
    """Lay out the page and connect it to a library.

    Args:
        library: What is asked, added to and removed from.
        url: Address of the page, the beginning of every link.
    """
    with gr.Blocks(title="Transcript Q&A", fill_width=True, analytics_enabled=False) as page:
        parts = lay_out(library)
        _connect(parts, page, library, url)
        _endpoints(library, url)
    page.queue(default_concurrency_limit=4)
    return cast(gr.Blocks, page)


# --- callbacks ---------------------------------------------------------------------------------------------


def _connect(parts: Parts, page: gr.Blocks, library: Library, url: str) -> None:
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    _connect_asking(parts, library, url, quiet)
    _connect_filters(parts, library, quiet)
    _connect_library(parts, page, library, quiet)

    @shown
    def click(session: Session, event: gr.EventData) -> Updates:
        return _clicked(clicks.read_click(event._data or {}), session, library, parts)

    outputs = [parts.panel, parts.tabs, parts.outcome, *parts.of_library]
    parts.masthead.click(click, parts.session, outputs, trigger_mode="multiple", **quiet)


def _connect_asking(parts: Parts, library: Library, url: str, quiet: dict[str, Any]) -> None:
    @shown
    def take(question: str, session: Session) -> Updates:
        if not question.strip():
            return {parts.box: gr.update(value="", placeholder="Type a question first, in plain words")}
        asking = session.asking(question)
        emptied = gr.update(value="", placeholder=PLACEHOLDER)
        return {parts.session: asking, parts.chat: _messages(asking), parts.box: emptied}

    @shown
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
        taken = event(take, [parts.box, parts.session], asked, queue=False, trigger_mode="multiple", **quiet)
        taken.then(
            answer, [parts.session, *parts.chosen], changed, show_progress="minimal", api_visibility="private"
        )
    parts.restart.click(restart, None, changed, queue=False, **quiet)


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
        updates[parts.panel] = sources.sources_html(said.answer, number)
    session = session.answered(said)
    return {parts.session: session, parts.chat: _messages(session), **updates}


def _connect_filters(parts: Parts, library: Library, quiet: dict[str, Any]) -> None:
    @shown
    def summarise(transcripts: list[str], speakers: list[str], since: str, until: str) -> Any:
        return gr.update(label=filtering.summary(transcripts, speakers, since, until, library.entries()))

    for part in parts.chosen:
        part.change(summarise, parts.chosen, parts.filters, queue=False, **quiet)
    parts.clear.click(lambda: ([], [], "", ""), None, parts.chosen, queue=False, **quiet)


def _messages(session: Session) -> list[dict[str, Any]]:
    """Return the conversation as the chat takes it."""
    messages = []
    for past in session.exchanges:
        messages += [
            _message("user", answers.question_html(past.question)),
            _message("assistant", past.markup),
        ]
    if session.pending is not None:
        messages.append(_message("user", answers.question_html(session.pending)))
    return messages


def _message(role: str, markup: str) -> dict[str, Any]:
    # Never plain text: the chat would show it as HTML, whatever its render_markdown says.
    shown_in = gr.HTML(markup, js_on_load=None, apply_default_css=False, render=False)
    return {"role": role, "content": shown_in}


def _clicked(click: clicks.Click, session: Session, library: Library, parts: Parts) -> Updates:
    """Carry out a click on something that `qa.page` rendered."""
    if click.act == "choose":
        answer = session.answer(click.answer)
        if answer is not None and click.answer is not None:
            return {parts.panel: sources.sources_html(answer, click.answer)}
        return {
            parts.panel: reader.missing_html(
                "This conversation is no longer held: the server was started anew. Ask again.", None
            )
        }
    if click.act == "close":
        return {parts.panel: sources.no_sources_html(not library.entries())}
    if click.act == "remove" and click.transcript is not None:
        library.remove(click.transcript)
        return {parts.outcome: "", **_library_updates(library, parts)}
    if click.place is not None:
        return _opened(click, click.place, library, parts)
    return {parts.panel: reader.missing_html("There is nothing to open here.", click.answer)}


def _opened(click: clicks.Click, place: reader.Place, library: Library, parts: Parts) -> Updates:
    if click.act in {"earlier", "later"} and click.shown is not None:
        return {parts.panel: reader.moved_html(library, place, click.shown, later=click.act == "later")}
    updates: Updates = {parts.panel: reader.reader_html(library, place)}
    if click.act == "transcript":
        updates[parts.tabs] = gr.update(selected="ask")
    return updates


def _connect_library(parts: Parts, page: gr.Blocks, library: Library, quiet: dict[str, Any]) -> None:
    @shown
    def upload(paths: list[str] | None, progress: gr.Progress = gr.Progress()) -> Updates:  # noqa: B008  # Gradio's way
        reports = add_uploaded(library, paths or [], lambda step: progress(_done(step), desc=_doing(step)))
        return {
            parts.outcome: shelf.reports_html(reports, library.entries()),
            parts.upload: None,
            **_library_updates(library, parts),
        }

    outputs = [parts.outcome, parts.upload, *parts.of_library]
    parts.upload.upload(
        upload, parts.upload, outputs, show_progress="full", show_progress_on=parts.outcome,
        concurrency_limit=1, api_visibility="private",
    )  # fmt: skip

    @shown
    def load(request: gr.Request) -> Updates:
        wanted = dict(request.query_params)
        updates = _library_updates(library, parts)
        place = clicks.place_of(wanted.get("turn"))
        if place is None and wanted.get("transcript"):
            place = reader.Place(wanted["transcript"])
        if place is not None:
            updates[parts.panel] = reader.reader_html(library, place)
        elif wanted.get("turn"):
            updates[parts.panel] = reader.missing_html("The link does not name a turn of a transcript.", None)
        return updates

    page.load(load, None, [parts.panel, *parts.of_library], queue=False, **quiet)
    refresh = shown(lambda: _library_updates(library, parts))
    parts.library_tab.select(refresh, None, parts.of_library, queue=False, **quiet)


def _library_updates(library: Library, parts: Parts) -> Updates:
    entries = library.entries()
    offered = filtering.choices(library, entries)
    return {
        parts.masthead: shelf.header_html(entries),
        parts.welcome: shelf.welcome_html(entries),
        parts.shelf: shelf.shelf_html(entries),
        parts.transcripts: gr.update(choices=offered.transcripts),
        parts.speakers: gr.update(choices=offered.speakers),
    }


def _done(step: Progress) -> float:
    within = step.passages / step.of_passages if step.of_passages else 0.0
    return (step.file - 1 + within) / step.files


def _doing(step: Progress) -> str:
    return f"{step.name} (file {step.file} of {step.files})"


# --- endpoints ---------------------------------------------------------------------------------------------


def _endpoints(library: Library, url: str) -> None:
    """Name the main actions, so that programs can call them."""
    calls = Endpoints(library, url)
    named: tuple[tuple[Callable[..., Any], str], ...] = (
        (calls.ask, "Answer a question; transcripts and speakers narrow the search."),
        (calls.list_transcripts, "List the transcripts in the library."),
        (calls.show_transcript, "Return a whole transcript, by id or words of its title."),
        (calls.remove, "Remove a transcript, by id or words of its title."),
    )
    for call, description in named:
        api(shown(call), api_name=call.__name__, api_description=description)
    # A file arrives as an upload, never as a path on this machine: only a component sees to that.
    with gr.Group(visible=False):
        uploaded, reports, trigger = gr.File(file_count="multiple"), gr.JSON(), gr.Button()
    trigger.click(
        shown(calls.add), uploaded, reports, api_name="add", concurrency_limit=1,
        api_description="Add uploaded transcripts, and recordings of the same names; one report a file.",
    )  # fmt: skip


async def _uploaded_only(self: Block, url_or_file_path: str | Path | None) -> str | None:
    """Stand in for Gradio's method that fetches whatever file a call names; return the path of an upload.

    Gradio checks paths only in pages that it launches itself; in one that is mounted, as here, a call could
    name any file on this machine, or an address to be fetched. No call of ours needs either.

    Raises:
        Error: If the path is not that of an upload.
    """
    if url_or_file_path is None:
        return None
    lies = Path(url_or_file_path).resolve()
    if not lies.is_relative_to(Path(get_upload_folder()).resolve()):
        raise gr.Error("Upload the file. A path or an address is not read.", print_exception=False)
    return str(lies)


# --- serving -----------------------------------------------------------------------------------------------


def make_app(library: Library, *, host: str = "127.0.0.1", port: int = 7860) -> FastAPI:
    """Return the whole web application: the page, its endpoints and the recordings.

    Args:
        library: What it serves.
        host: The address it will be served on.
        port: Likewise; both are part of every link.
    """
    site = server.make_site(library, host)
    # On the class, because Gradio makes new components for every visitor.
    setattr(Block, "async_move_resource_to_block_cache", _uploaded_only)  # noqa: B010  # mypy refuses assignment
    theme = gr.themes.Default(
        primary_hue="teal", neutral_hue="gray", text_size="lg", font=_FONTS, font_mono=["monospace"]
    )
    gr.mount_gradio_app(
        site,
        build(library, server.page_address(host, port)),
        path="/",
        server_name=host,
        server_port=port,
        theme=theme,
        css=(files("qa.page") / "page.css").read_text(encoding="utf-8"),
        footer_links=["api"],
        run_history=False,
        ssr_mode=False,
        pwa=False,
        mcp_server=False,
        enable_monitoring=False,
    )
    return site


def serve(library: Library, *, host: str = "127.0.0.1", port: int = 7860, open_browser: bool = False) -> None:
    """Serve the page until Ctrl-C.

    Args:
        library: What to serve; the caller closes it.
        host: An address of this machine; ``0.0.0.0`` for all, which lets others on the network in.
        port: The next free one is used when it is taken.
        open_browser: Whether to open the page.

    Raises:
        QAError: If the host is no address of this machine, or no port is free.
    """
    free = server.free_port(host, port)
    address = server.page_address(host, free)
    application = make_app(library, host=host, port=free)
    if free == port:
        print(f"The page is at {address}", flush=True)
    else:
        print(f"Port {port} is taken; the page is at {address}", flush=True)
    if open_browser:
        Timer(1.0, webbrowser.open, [address]).start()
    with contextlib.suppress(KeyboardInterrupt):  # Ctrl-C is how one stops it
        uvicorn.run(application, host=host, port=free, log_level="warning", timeout_graceful_shutdown=2)
