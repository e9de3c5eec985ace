"""What happens in the library's tab: files are read, mended and added; speakers are renamed.

Knows Gradio, like `qa.page.layout`.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event

import gradio as gr

from qa.corrections import Corrections, Rename
from qa.library import Library
from qa.page import filtering, judging, pending, people, reader, shelf
from qa.page.adding import Adding
from qa.page.clicks import Click, read_click
from qa.page.failures import shown, shown_stepwise
from qa.page.import_report import adding_progress_html, reading_html, report_html
from qa.page.layout import QUIET, Parts, Updates
from qa.page.pending import Pending
from qa.page.session import Session

_EVERY = 0.3  # seconds between two looks at how much has been read


def library_updates(library: Library, parts: Parts) -> Updates:
    """Return the page with the library as it is now."""
    entries = library.entries()
    offered = filtering.choices(library, entries)
    return {
        parts.masthead: shelf.header_html(entries),
        parts.welcome: shelf.welcome_html(entries),
        parts.shelf: shelf.shelf_html(entries),
        parts.transcripts: gr.update(choices=offered.transcripts),
        parts.speakers: gr.update(choices=offered.speakers),
        parts.judgments: judging.judgments_html(library),
    }


def connect_library(parts: Parts, library: Library) -> None:
    """Read what is dropped, and add it when that is confirmed."""

    @shown_stepwise
    def upload(paths: list[str] | None, earlier: Pending | None) -> Iterator[Updates]:
        pending.give_up(earlier)
        taken = pending.take([Path(path) for path in paths or []])
        waiting = reading_html(0, len(taken.uploads))
        yield {parts.upload: None, parts.pending: taken, parts.outcome: waiting}
        yield from _read(taken, library, parts)

    outputs = [parts.upload, parts.pending, parts.outcome]
    parts.upload.upload(upload, [parts.upload, parts.pending], outputs, concurrency_limit=2, **QUIET)

    @shown
    def begin(held: Pending | None, event: gr.EventData) -> Updates:
        return _begun(held, read_click(event._data or {}), parts)

    @shown_stepwise
    def store(held: Pending | None) -> Iterator[Updates]:  # not `add`: Gradio would name it as the endpoint
        if held is None or not held.adding or not held.begun.acquire(blocking=False):
            return
        try:
            for markup in Adding(library, held).watch():
                yield {parts.outcome: markup}
        except Exception:
            yield {parts.pending: None, **library_updates(library, parts)}
            raise
        yield {parts.pending: None, **library_updates(library, parts)}

    # Confirming is an event of its own, because only it is followed by long work.
    confirmed = parts.masthead.submit(begin, parts.pending, [parts.pending, parts.outcome], **QUIET)
    confirmed.then(
        store, parts.pending, [parts.pending, parts.outcome, *parts.of_library], concurrency_limit=1, **QUIET
    )
    refresh = shown(lambda: library_updates(library, parts))
    parts.library_tab.select(refresh, None, parts.of_library, queue=False, **QUIET)


def _read(taken: Pending, library: Library, parts: Parts) -> Iterator[Updates]:
    """Read what was taken, showing how much there is so far, and then the report."""
    latest, looked = taken, time.monotonic()
    try:
        for latest in pending.read(taken, library.holds):
            if time.monotonic() - looked > _EVERY:
                yield {parts.outcome: reading_html(len(latest.candidates), len(taken.uploads))}
                looked = time.monotonic()
    except Exception:
        pending.discard(taken)
        yield {parts.pending: None, parts.outcome: ""}
        raise
    if taken.stop.is_set():
        pending.discard(taken)
        yield {parts.pending: None, parts.outcome: ""}
    else:
        yield {parts.pending: latest, parts.outcome: report_html(latest)}


def _begun(held: Pending | None, click: Click, parts: Parts) -> Updates:
    """Take in the names that were typed, and make ready to add; a name that cannot be taken comes first."""
    if held is None:
        return {parts.outcome: _GONE}
    if held.adding:
        return {parts.outcome: gr.skip()}
    held = pending.with_typed(held, click.typed)
    wrong = [item for item, one in enumerate(held.candidates) if one.problem and one.wanted]
    if wrong:
        held = replace(held, open=held.open | set(wrong))
    if wrong or not held.wanted:
        return {parts.pending: held, parts.outcome: report_html(held)}
    held = replace(held, adding=True, stop=Event())
    return {parts.pending: held, parts.outcome: adding_progress_html(None, stopping=False)}


_GONE = '<p class="hint" role="status">The files are no longer held. Drop them once more.</p>'


# --- clicks ----------------------------------------------------------------------------------------------


def _names(held: Pending, item: int, click: Click) -> Pending:
    return held  # what was typed has been taken in already


def _merge(held: Pending, item: int, click: Click) -> Pending:
    who, name = click.given.get("who", ""), click.given.get("name", "")
    if not who or not name or who == name:
        return held
    return pending.changed(held, item, Corrections((Rename(who, name),)))


def _dates(held: Pending, item: int, click: Click) -> Pending:
    options = pending.with_date_order(held.candidates[item].options, click.given.get("order", ""))
    return pending.reread(held, item, options)


def _private(held: Pending, item: int, click: Click) -> Pending:
    options = held.candidates[item].options
    return pending.reread(held, item, replace(options, private=not options.private))


def _columns(held: Pending, item: int, click: Click) -> Pending:
    return pending.reread(held, item, pending.with_columns(held.candidates[item].options, click.given))


def _afresh(held: Pending, item: int, click: Click) -> Pending:
    return pending.reread(held, item, replace(held.candidates[item].options, columns=None))


_ON_A_FILE: dict[str, Callable[[Pending, int, Click], Pending]] = {
    "names": _names,
    "merge": _merge,
    "dates": _dates,
    "private": _private,
    "columns": _columns,
    "afresh": _afresh,
    "undo": lambda held, item, _: pending.undone(held, item),
    "leave": lambda held, item, _: pending.left_out(held, item),
    "look": lambda held, item, _: pending.looked_at(held, item),
}
IMPORT_ACTS = frozenset(_ON_A_FILE) | {"more-files", "cancel", "stop"}
PEOPLE_ACTS = frozenset({"people", "call", "put-away"})


def import_clicked(click: Click, held: Pending | None, parts: Parts) -> Updates:
    """Carry out a click in the report on what waits to be added."""
    if click.act == "stop":
        if held is not None:
            held.stop.set()
        return {parts.outcome: gr.skip()}
    if held is not None and held.adding:
        return {parts.outcome: gr.skip()}
    if click.act == "cancel":
        pending.discard(held)
        return {parts.pending: None, parts.outcome: ""}
    if held is None:
        return {parts.outcome: _GONE}
    held = pending.with_typed(held, click.typed)
    if click.act == "more-files":
        held = replace(held, shown=len(held.candidates))
    elif click.item is not None and click.item < len(held.candidates):
        held = _ON_A_FILE[click.act](held, click.item, click)
    return {parts.pending: held, parts.outcome: report_html(held)}


def people_clicked(click: Click, session: Session, library: Library, parts: Parts) -> Updates:
    """Carry out a click in the dialog of the speakers, or on what opens it."""
    if click.act == "put-away" or click.transcript is None:
        return {parts.people: ""}
    if click.act == "people":
        return {parts.people: people.people_html(library, click.transcript)}
    given = click.given
    role = given.get("role")
    wish = people.Wish(
        click.transcript,
        given.get("who", ""),
        given.get("same") or given.get("name", ""),
        None if role == given.get("held", "") else role,
        given.get("where") == "everywhere",
        given.get("sure") == "yes",
    )
    markup, changed = people.carried_out(library, wish)
    updates: Updates = {parts.people: markup}
    if changed:
        updates |= library_updates(library, parts)
        if click.reader is not None:
            answer = click.reader.answer
            updates[parts.panel] = reader.reader_html(
                library, click.reader, asked=session.asked(answer), sources=session.sources(answer)
            )
    return updates
