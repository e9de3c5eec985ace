"""The components of the page and where they stand; what happens with them is in ``app.py``.

Knows Gradio, as do `qa.page.failures`, `qa.page.asking_tab` and `qa.page.library_tab`. ``app.py`` imports
them, after setting what Gradio reads from the environment.
"""

from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import gradio as gr

from qa.library import Library
from qa.page import filtering, judging, shelf, sources
from qa.page.benchmark_view import View
from qa.page.pending import give_up
from qa.page.session import Session

PLACEHOLDER = "Ask a question"
_PENDING_KEPT = 7_200  # seconds that files wait for their visitor to come back and add them
QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}  # for every event
Updates = dict[Any, Any]  # component to its new value


@dataclass(frozen=True, slots=True)
class Parts:
    """The components that callbacks read and write."""

    masthead: gr.HTML
    tabs: gr.Tabs
    session: gr.State
    welcome: gr.HTML
    chat: gr.Chatbot
    box: gr.Textbox
    send: gr.Button
    restart: gr.Button
    filters: gr.Accordion
    transcripts: gr.Dropdown
    speakers: gr.Dropdown
    since: gr.Textbox
    until: gr.Textbox
    clear: gr.Button
    panel: gr.HTML
    library_tab: gr.Tab
    upload: gr.File
    pending: gr.State
    outcome: gr.HTML
    shelf: gr.HTML
    people: gr.HTML
    benchmarks_tab: gr.Tab
    benchmarks: gr.HTML
    looking: gr.State
    taken: gr.File
    noted: gr.HTML
    reasons: gr.HTML
    judgments: gr.HTML

    @property
    def chosen(self) -> list[Any]:
        """The filters' own components."""
        return [self.transcripts, self.speakers, self.since, self.until]

    @property
    def of_library(self) -> list[Any]:
        """What shows the state of the library."""
        return [self.masthead, self.welcome, self.shelf, self.transcripts, self.speakers, self.judgments]


def lay_out(library: Library) -> Parts:
    """Make the components, inside a `gr.Blocks`, with what the library holds now."""
    entries = library.entries()
    script = (files("qa.page") / "page.js").read_text(encoding="utf-8")
    masthead = gr.HTML(
        shelf.header_html(entries), elem_id="masthead", js_on_load=script, apply_default_css=False
    )
    session = gr.State(Session())
    pending = gr.State(None, time_to_live=_PENDING_KEPT, delete_callback=give_up)
    with gr.Tabs(elem_id="tabs", selected="ask") as tabs:
        with gr.Tab("Ask", id="ask"), gr.Row(elem_id="workspace"):
            asking = _asking(library)
            with gr.Column(elem_id="evidence", scale=1, min_width=280):
                panel = _html(sources.no_sources_html(not entries), "panel", tells=True)
        with gr.Tab("Library", id="library") as library_tab, gr.Column(elem_id="keeping"):
            _html(shelf.adding_html(), "adding")
            upload = gr.File(
                label="Add transcripts, archives and recordings",
                file_count="multiple",
                elem_id="upload",
                height=150,
            )
            outcome = _html("", "outcome", tells=True)
            listing = _html(shelf.shelf_html(entries), "shelf")
            judgments = _html(judging.judgments_html(library), "judgments")
        with gr.Tab("Benchmarks", id="benchmarks") as benchmarks_tab, gr.Column(elem_id="judging"):
            benchmarks = _html("", "benchmarks", tells=True)
            taken = gr.File(
                label="Add an evaluation.json",
                file_count="single",
                file_types=[".json"],
                elem_id="taken",
                height=150,
            )
    people = _html("", "people", tells=True)
    noted = _html("", "noted", tells=True)
    reasons = _html("", "reasons", tells=True)
    return Parts(
        masthead=masthead,
        tabs=tabs,
        session=session,
        panel=panel,
        library_tab=library_tab,
        upload=upload,
        pending=pending,
        outcome=outcome,
        shelf=listing,
        people=people,
        benchmarks_tab=benchmarks_tab,
        benchmarks=benchmarks,
        looking=gr.State(View()),
        taken=taken,
        noted=noted,
        reasons=reasons,
        judgments=judgments,
        **asking,
    )


def _asking(library: Library) -> dict[str, Any]:
    """Lay out the left side: the chat, the question box under it, and the filters."""
    entries = library.entries()
    offered = filtering.choices(library, entries)
    with gr.Column(elem_id="conversation", scale=1, min_width=280):
        parts: dict[str, Any] = {"welcome": _html(shelf.welcome_html(entries), "welcome")}
        parts["chat"] = gr.Chatbot(
            elem_id="chat",
            show_label=False,
            label="Conversation",
            container=False,
            height=None,
            buttons=[],
            feedback_options=None,
            latex_delimiters=[],
            group_consecutive_messages=False,
        )
        with gr.Row(elem_id="composer"):
            parts["box"] = gr.Textbox(
                elem_id="question",
                label="Your question",
                show_label=False,
                container=False,
                placeholder=PLACEHOLDER,
                lines=1,
                max_lines=6,
                scale=1,
                min_width=120,
                autofocus=True,
            )
            parts["send"] = gr.Button("Ask", elem_id="send", variant="primary", scale=0, min_width=84)
        with gr.Row(elem_id="narrowing"):
            with gr.Accordion("Filters: none", open=False, elem_id="filters") as parts["filters"]:
                with gr.Row():
                    parts["transcripts"] = gr.Dropdown(
                        offered.transcripts, label="Transcripts", multiselect=True, value=[], min_width=200
                    )
                    parts["speakers"] = gr.Dropdown(
                        offered.speakers, label="Speakers", multiselect=True, value=[], min_width=200
                    )
                with gr.Row():
                    parts["since"] = gr.Textbox(label="From", placeholder="2025-04-15 or 2025", min_width=120)
                    parts["until"] = gr.Textbox(label="To", placeholder="2025-04-30 or 2025", min_width=120)
                    parts["clear"] = gr.Button("Clear", elem_id="clear", scale=0, min_width=84, size="md")
            parts["restart"] = gr.Button(
                "New conversation", elem_id="restart", variant="secondary", size="sm", scale=0, min_width=140
            )
    return parts


def _html(value: str, name: str, *, tells: bool = False) -> gr.HTML:
    """Make a place for markup; one that tells lets the script know when it shows something new."""
    script = f"watch('value', () => document.dispatchEvent(new Event('{name}shown')))" if tells else None
    return gr.HTML(value, elem_id=name, js_on_load=script, apply_default_css=False)
