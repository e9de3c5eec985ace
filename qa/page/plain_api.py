"""What programs may ask the page in one plain HTTP request: JSON in, JSON out, no client library.

    curl -H "content-type: application/json" -d '{"question": "Who pays?"}' http://127.0.0.1:7860/api/ask

Gradio answers the same calls in two requests, the second a stream of events. Only what reads the library is
here: what changes it goes through Gradio, which knows uploads.
"""

import inspect
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from anyio import CapacityLimiter, to_thread
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, create_model
from starlette.responses import JSONResponse

from embeddings import ModelLoadError
from embeddings.openvino import usable_cores
from qa.errors import NotFoundError, QAError
from qa.page.endpoints import Endpoints
from qa.page.failures import fault_text
from qa.reranking import asked_at

logger = logging.getLogger(__name__)

PATH = "/api"
# Calls that are worked on at once, the others wait: more only take Python's lock from each other. Of 50 who
# ask together on two cores, 95 % have their answer after 1.0 s with two, 1.1 with four, 1.6 with forty and
# 1.3 with one.
AT_ONCE = max(2, usable_cores())


def add_plain_api(site: FastAPI, calls: Endpoints) -> None:
    """Answer ``POST /api/ask`` and the like; the values are those of the method of the same name.

    Args:
        site: Where to add them; what it is sent with a wrong body is told in ``error``, too.
        calls: What is called.
    """
    limiter = CapacityLimiter(AT_ONCE)
    for call in (calls.ask, calls.why, calls.list_transcripts, calls.show_transcript):
        site.add_api_route(f"{PATH}/{call.__name__}", _answering(call, limiter), methods=["POST"])
    site.add_exception_handler(RequestValidationError, _malformed)


def _answering(call: Callable[..., Any], limiter: CapacityLimiter) -> Callable[..., Awaitable[JSONResponse]]:
    """Return what answers a request for a call: with its result, or with an error that says what to do."""
    name = getattr(call, "__name__", "call")
    values: dict[str, Any] = {
        value.name: (value.annotation, ... if value.default is value.empty else value.default)
        for value in inspect.signature(call).parameters.values()
    }
    # A filter with a misspelt name must not be passed over in silence.
    body = create_model(name, __config__=ConfigDict(extra="forbid", strict=True), **values)
    needed = any(default is ... for _, default in values.values())

    async def answer(given: BaseModel | None) -> JSONResponse:
        asked_at.set(time.monotonic())  # of this request alone: each is handled in a context of its own
        return await to_thread.run_sync(result, given, limiter=limiter)

    def result(given: BaseModel | None) -> JSONResponse:
        try:
            return JSONResponse(call(**dict(given or ())))
        except NotFoundError as error:
            return _refused(404, str(error))
        except (QAError, ModelLoadError) as error:
            return _refused(400, str(error))
        except Exception as error:
            logger.exception("%s failed", name)
            return _refused(500, fault_text(error))

    # FastAPI reads the body by the signature.
    where = inspect.Parameter("given", inspect.Parameter.KEYWORD_ONLY, annotation=body)
    if not needed:
        where = where.replace(annotation=body | None, default=None)
    answer.__signature__ = inspect.Signature([where])  # type: ignore[attr-defined]
    return answer


def _malformed(_: Request, error: Exception) -> JSONResponse:
    """Say what is wrong with a body, and where."""
    assert isinstance(error, RequestValidationError)  # noqa: S101  # registered for no other
    told = "; ".join(map(_told, error.errors()))
    return _refused(422, f"The request cannot be read. {told}.")


def _told(one: Mapping[str, Any]) -> str:
    where = ".".join(map(str, one["loc"][1:]))
    if one["type"] == "json_invalid":
        return f"Its body is no JSON: {one['ctx']['error']} at character {where}"
    if not where:
        return "Send a JSON object, with the header content-type: application/json"
    return f"{where}: {one['msg']}"


def _refused(status: int, error: str) -> JSONResponse:
    return JSONResponse({"error": error}, status)
