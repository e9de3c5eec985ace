"""When a question reached the page: what it waits in Gradio's queue counts, too.

Knows Gradio, like `qa.page.layout`.
"""

import functools
import inspect
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, ParamSpec, TypeVar

import gradio as gr

from qa.reranking import asked_at

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

P = ParamSpec("P")
R = TypeVar("R")


class Arrivals:
    """Notes in each request's state when it came, by `time.monotonic`.

    Args:
        app: What answers the requests.
    """

    def __init__(self, app: "ASGIApp") -> None:
        self._app = app

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """See ASGI."""
        if scope["type"] == "http":
            scope.setdefault("state", {})["came"] = time.monotonic()
        await self._app(scope, receive, send)


def since_arrival(callback: Callable[P, R]) -> Callable[..., R]:
    """Let a callback read closely only what can be read in time since its request came.

    Gradio works on a few questions at once and lets the others wait. Counted from when each is begun, 50
    asked together were all read closely, and the last of them was answered after 6 s.

    Returns:
        A callback with one more parameter in front, which Gradio fills.
    """

    @functools.wraps(callback)
    def timed(request: gr.Request, /, *args: P.args, **kwargs: P.kwargs) -> R:
        asked_at.set(request.state.came)  # of this call alone: Gradio runs each in a context of its own
        return callback(*args, **kwargs)

    first = inspect.Parameter("request", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=gr.Request)
    signature = inspect.signature(callback)
    timed.__signature__ = signature.replace(  # type: ignore[attr-defined]
        parameters=[first, *signature.parameters.values()]
    )
    timed.__annotations__ = {**callback.__annotations__, "request": gr.Request}
    return timed
