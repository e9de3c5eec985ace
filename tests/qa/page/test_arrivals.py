"""That the page's own asking counts what a question waited in Gradio's queue, as its endpoint does."""

import asyncio
import contextvars
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest

from app import build
from qa.answering import Answer, ask
from qa.library import Library
from qa.page.benchmark_view import View
from qa.page.session import Session, exchange
from qa.page.understood import ACT
from qa.reranking import asked_at
from qa.retrieval import Filter

URL = "http://127.0.0.1:7860"
REQUEST = SimpleNamespace(state=SimpleNamespace(came=12.5))


@pytest.fixture
def came(monkeypatch: pytest.MonkeyPatch) -> list[float | None]:
    """Return when the questions came that the page asks from now on."""
    noted: list[float | None] = []

    def noting(*args: Any, **kwargs: Any) -> Answer:
        noted.append(asked_at.get())
        return ask(*args, **kwargs)

    monkeypatch.setattr("qa.page.session.ask", noting)
    return noted


def called(library: Library, name: str, *given: Any) -> None:
    """Call a callback of the page as Gradio does, in a context of its own."""

    async def built() -> gr.Blocks:
        return build(library, URL)  # where a loop runs, so that Gradio makes none and leaves it open

    (found,) = {each.fn for each in asyncio.run(built()).fns.values() if each.name == name}
    assert found is not None
    contextvars.copy_context().run(found, REQUEST, *given)


def test_a_question_typed_on_the_page(filled: Library, came: list[float | None]) -> None:
    called(filled, "answer", Session(pending="What did Ana say?"), [], [], "", "")
    assert came == [12.5]


def test_a_clue_set_right(filled: Library, came: list[float | None]) -> None:
    session = Session().answered(exchange(filled, Session(), "What did Ana say?", Filter(), URL))
    click = {"act": ACT, "answer": "0", "what": "0", "wanted": "ignore"}
    called(filled, "click", session, None, View(), SimpleNamespace(_data=click))
    assert came == [None, 12.5]
