"""How a callback fails: an error meant for people is shown, any other is logged and said to be a fault.

Knows Gradio, like `qa.page.layout`.
"""

import functools
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import ParamSpec, TypeVar

import gradio as gr

from embeddings import ModelLoadError
from qa.errors import QAError

logger = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")


def fault_text(error: Exception) -> str:
    """Tell people of an error that is not meant for them, and was logged."""
    kind = type(error).__name__
    return f"This is a fault of the program ({kind}). The terminal it was started in shows the details."


@contextmanager
def _showing(name: str) -> Iterator[None]:
    try:
        yield
    except (QAError, ModelLoadError) as error:
        raise gr.Error(str(error), duration=None, title="Not possible", print_exception=False) from error
    except Exception as error:
        logger.exception("%s failed", name)
        raise gr.Error(
            fault_text(error),
            duration=None,
            title="Something went wrong",
            print_exception=False,
        ) from error


def shown(callback: Callable[P, R]) -> Callable[P, R]:
    """Show an error meant for people as it is; log any other and say that it is a fault."""

    @functools.wraps(callback)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        with _showing(getattr(callback, "__name__", "a callback")):
            return callback(*args, **kwargs)

    return guarded


def shown_stepwise(callback: Callable[P, Iterator[R]]) -> Callable[P, Iterator[R]]:
    """Do the same for a callback that yields one state of the page after another."""

    @functools.wraps(callback)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> Iterator[R]:
        with _showing(getattr(callback, "__name__", "a callback")):
            yield from callback(*args, **kwargs)

    return guarded
