"""The web page: what a click does, its endpoints and its server. What it shows is made in `qa.page`."""

import contextlib
import io
import os
import webbrowser
import zipfile
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from threading import Thread, Timer
from typing import Any, cast

# Gradio reads these when it is imported. Nothing is to be reported to, or fetched from, another machine.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"

import gradio as gr
import uvicorn
from fastapi import FastAPI, HTTPException
from fastapi.responses import Response
from gradio.blocks import Block
from gradio.events import api
from gradio.utils import get_upload_folder

from embeddings import ModelLoadError
from qa.errors import QAError
from qa.evaluation.sets import judgments
from qa.library import Library
from qa.page import clicks, judging, reader, server, sources, understood, verdicts, whying
from qa.page.arrivals import Arrivals, since_arrival
from qa.page.asking_tab import clue_clicked, connect_asking, connect_filters
from qa.page.benchmark_view import ACTS as BENCHMARK_ACTS
from qa.page.benchmark_view import View
from qa.page.benchmarks_tab import benchmark_clicked, connect_benchmarks
from qa.page.endpoints import Endpoints
from qa.page.failures import shown
from qa.page.layout import QUIET, Parts, Updates, lay_out
from qa.page.library_tab import (
    IMPORT_ACTS,
    PEOPLE_ACTS,
    connect_library,
    import_clicked,
    library_updates,
    people_clicked,
)
from qa.page.pending import Pending
from qa.page.plain_api import add_plain_api
from qa.page.session import Session

_FONTS = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "sans-serif"]
_STYLES = ("page.css", "library.css", "judging.css", "benchmarks.css")


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
    connect_asking(parts, library, url)
    connect_filters(parts, library)
    connect_library(parts, library)
    connect_benchmarks(parts, library)

    @shown
    @since_arrival  # setting a clue right asks again
    def click(session: Session, pending: Pending | None, looking: View, event: gr.EventData) -> Updates:
        asked = clicks.read_click(event._data or {})
        if asked.act in BENCHMARK_ACTS:
            return benchmark_clicked(asked, looking, library, parts)
        if asked.act == understood.ACT:
            return clue_clicked(asked, session, library, url, parts)
        return _clicked(asked, session, pending, library, parts)

    outputs = [
        parts.panel,
        parts.tabs,
        parts.pending,
        parts.outcome,
        parts.people,
        parts.noted,
        parts.reasons,
    ]
    outputs += [*parts.of_library, parts.looking, parts.benchmarks, parts.session, parts.chat]
    inputs = [parts.session, parts.pending, parts.looking]
    parts.masthead.click(click, inputs, outputs, trigger_mode="multiple", concurrency_limit=8, **QUIET)

    @shown
    def load(request: gr.Request) -> Updates:
        wanted = dict(request.query_params)
        updates = library_updates(library, parts)
        place = clicks.place_of(wanted.get("turn"))
        if place is None and wanted.get("transcript"):
            place = reader.Place(wanted["transcript"])
        if place is not None:
            updates[parts.panel] = reader.reader_html(library, place)
        elif wanted.get("turn"):
            updates[parts.panel] = reader.missing_html("The link does not name a turn of a transcript.", None)
        return updates

    page.load(load, None, [parts.panel, *parts.of_library], queue=False, **QUIET)


def _clicked(
    click: clicks.Click, session: Session, pending: Pending | None, library: Library, parts: Parts
) -> Updates:
    """Carry out a click on something that `qa.page` rendered."""
    if click.act in IMPORT_ACTS:
        return import_clicked(click, pending, parts)
    if click.act in PEOPLE_ACTS:
        return people_clicked(click, session, library, parts)
    if click.act in judging.JUDGING_ACTS:
        noted = judging.carried_out(library, click, session.asked(click.answer))
        return {parts.noted: noted, parts.judgments: judging.judgments_html(library)}
    if click.act == whying.ACT:
        return {parts.reasons: whying.explained(library, click, session.exchange(click.answer))}
    if click.act == "choose":
        answer = session.answer(click.answer)
        if answer is not None and click.answer is not None:
            marks = verdicts.marks_of(library, session.asked(click.answer))
            return {parts.panel: sources.sources_html(answer, click.answer, marks)}
        return {
            parts.panel: reader.missing_html(
                "This conversation is no longer held: the server was started anew. Ask again.", None
            )
        }
    if click.act == "close":
        return {parts.panel: sources.no_sources_html(not library.entries())}
    if click.act == "remove" and click.transcript is not None:
        library.remove(click.transcript)
        return library_updates(library, parts)
    if click.place is not None:
        return _opened(click, click.place, session, library, parts)
    return {parts.panel: reader.missing_html("There is nothing to open here.", click.answer)}


def _opened(
    click: clicks.Click, place: reader.Place, session: Session, library: Library, parts: Parts
) -> Updates:
    asked, cited = session.asked(place.answer), session.sources(place.answer)
    if click.act in {"earlier", "later"} and click.shown is not None:
        later = click.act == "later"
        moved = reader.moved_html(library, place, click.shown, later=later, asked=asked, sources=cited)
        return {parts.panel: moved}
    updates: Updates = {parts.panel: reader.reader_html(library, place, asked=asked, sources=cited)}
    if click.act == "transcript":
        updates[parts.tabs] = gr.update(selected="ask")
    return updates


# --- endpoints ---------------------------------------------------------------------------------------------


def _endpoints(library: Library, url: str) -> None:
    """Name the main actions, so that programs can call them."""
    calls = Endpoints(library, url)
    named: tuple[tuple[Callable[..., Any], str], ...] = (
        (since_arrival(calls.ask), "Answer a question; transcripts and speakers narrow the search."),
        (
            calls.why,
            "Say why turns are sources of the answer, or why not; turns by id or link, the rest as for ask.",
        ),
        (calls.list_transcripts, "List the transcripts in the library."),
        (calls.show_transcript, "Return a whole transcript, by id or words of its title."),
        (calls.remove, "Remove a transcript, by id or words of its title."),
        (
            calls.judge,
            "Say whether a turn answers a question; null takes it back. Filters and previous as for ask.",
        ),
        (calls.judgments, "Return what was judged, question by question."),
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
    site.add_middleware(Arrivals)
    site.add_api_route("/judgments.zip", lambda: _judgments(library))
    url = server.page_address(host, port)
    add_plain_api(site, Endpoints(library, url))
    # On the class, because Gradio makes new components for every visitor.
    setattr(Block, "async_move_resource_to_block_cache", _uploaded_only)  # noqa: B010  # mypy refuses assignment
    theme = gr.themes.Default(
        primary_hue="teal", neutral_hue="gray", text_size="lg", font=_FONTS, font_mono=["monospace"]
    )
    gr.mount_gradio_app(
        site,
        build(library, url),
        path="/",
        server_name=host,
        server_port=port,
        theme=theme,
        css="\n".join((files("qa.page") / name).read_text(encoding="utf-8") for name in _STYLES),
        footer_links=["api"],
        run_history=False,
        ssr_mode=False,
        pwa=False,
        mcp_server=False,
        enable_monitoring=False,
    )
    return site


def _judgments(library: Library) -> Response:
    """Return what is judged as an archive of the files that ``transcript-qa judgments --export`` writes.

    The transcripts are left out: they are in the library, which reads the files back.
    """
    try:
        texts = judgments.exported(library, transcripts=False)
    except QAError as error:
        raise HTTPException(404, str(error)) from error
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in texts.items():
            archive.writestr(f"judgments/{name}", text)
    named = {"content-disposition": 'attachment; filename="judgments.zip"', "cache-control": "no-store"}
    return Response(packed.getvalue(), media_type="application/zip", headers=named)


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
    Thread(target=_warm_up, args=(library,), daemon=True).start()
    if open_browser:
        Timer(1.0, webbrowser.open, [address]).start()
    with contextlib.suppress(KeyboardInterrupt):  # Ctrl-C is how one stops it
        uvicorn.run(application, host=host, port=free, log_level="warning", timeout_graceful_shutdown=2)


def _warm_up(library: Library) -> None:
    """Load the models while the user still types: a first question would wait for them."""
    # What cannot be loaded is told to whoever asks.
    with contextlib.suppress(ModelLoadError):
        library.encoder.encode_queries(["Are you there?"])
        if library.reranker is not None:
            library.reranker.warm_up()
