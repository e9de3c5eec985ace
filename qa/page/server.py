"""The web server around the page: recordings, a guard against other websites, and a port that is free.

The page and everything it loads come from this server; the headers forbid the browser any other address.
"""

import errno
import socket
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

from fastapi import FastAPI, HTTPException
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import FileResponse, PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa.errors import NotFoundError, QAError
from qa.library import Library

LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
ANY_ADDRESS = frozenset({"0.0.0.0", "::"})  # noqa: S104  # compared with, not bound to
_TAKEN = frozenset({errno.EADDRINUSE, errno.EACCES})
_PORTS_TRIED = 100

# Gradio compiles its templates ('unsafe-eval') and starts from a script in the page ('unsafe-inline').
# Handlers in attributes, the way of most injected scripts, it does not need: they stay forbidden.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
        "script-src-attr 'none'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "media-src 'self' blob:",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
_HEADERS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
}


class Guard:
    """Refuses requests that another website made in the user's browser, and keeps the page to itself.

    A name that an attacker's DNS points at this machine arrives as the Host header; a request from another
    site's page carries that site as its Origin.

    Args:
        app: What is guarded.
        host: The address served on. With ``0.0.0.0`` or ``::`` any name is a name of this machine.
    """

    def __init__(self, app: ASGIApp, host: str) -> None:
        self._app = app
        self._names = None if host in ANY_ADDRESS else LOCAL_NAMES | {host.lower()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it with a refusal."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        host, origin = headers.get("host", ""), headers.get("origin")
        known = self._names is None or _name(f"//{host}") in self._names
        own = origin is None or urlsplit(origin).netloc.lower() == host.lower()
        if not (known and own):
            await PlainTextResponse("This page answers only requests made to this machine by name.\n", 403)(
                scope, receive, send
            )
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(_HEADERS)
            await send(message)

        await self._app(scope, receive, send_with_headers)


def _name(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").lower()
    except ValueError:  # an unclosed bracket: no name of ours
        return ""


def make_site(library: Library, host: str) -> FastAPI:
    """Return the web application without its page: recordings at ``/media/TRANSCRIPT``, behind the guard.

    Args:
        library: Whose recordings are served, and no other file.
        host: The address served on; see `Guard`.
    """
    site = FastAPI(title="transcript-qa", docs_url=None, redoc_url=None, openapi_url=None)
    site.add_middleware(Guard, host=host)

    @site.get("/media/{transcript_id}", response_class=FileResponse)
    def recording(transcript_id: str) -> FileResponse:
        try:
            media = library.excerpt(transcript_id, 0, 0).media
        except NotFoundError as error:
            raise HTTPException(404, "There is no such transcript.") from error
        if media is None or not Path(media).is_file():
            raise HTTPException(404, "There is no recording of this transcript, or it was moved.")
        return FileResponse(media, content_disposition_type="inline")  # answers Range requests

    return site


def free_port(host: str, wanted: int) -> int:
    """Return the wanted port, or the next one that is free.

    Raises:
        QAError: If the host is no address of this machine, or no port is free.
    """
    for port in candidates(wanted):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with closing(socket.socket(family, socket.SOCK_STREAM)) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except PermissionError:
                continue
            except OSError as error:
                if error.errno in _TAKEN:
                    continue
                raise QAError(
                    f"cannot serve on {host}: {error.strerror}. Use --host 127.0.0.1, or another address of "
                    "this machine."
                ) from error
            return port
    raise QAError(f"no port from {wanted} to {wanted + _PORTS_TRIED - 1} is free. Name another with --port.")


def candidates(wanted: int) -> Iterable[int]:
    """Return the ports to try, in order."""
    return range(wanted, min(wanted + _PORTS_TRIED, 65_536))


def page_address(host: str, port: int) -> str:
    """Return the address a person on this machine opens."""
    name = "127.0.0.1" if host in ANY_ADDRESS else host
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"
