"""The page served by a process of its own, as tests use it: Gradio leaves event loops open in its own."""

import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from tests.conftest import ROOT

_SERVE = """
import pathlib, sys
import app
from qa.importing import add_samples
from qa.library import Library
from qa.opening import open_library
from tests.conftest import WordEncoder

folder, kind, samples, port = sys.argv[1:]
library = open_library(folder) if kind == "default" else Library(pathlib.Path(folder), WordEncoder())
if samples == "samples":
    add_samples(library)
app.serve(library, port=int(port))
"""
FIRST_PORT = 17_860  # far from the default, where a page of the user's may be served


@contextmanager
def start(
    folder: Path, *, model: str = "words", samples: bool = True, port: int = FIRST_PORT, before: str = ""
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Serve a library until the block ends.

    Args:
        folder: The library's.
        model: "words" for the tests' own encoder, "default" for the embedded model.
        samples: Whether to add the sample transcripts first.
        port: Where to look for a free one first.
        before: Python to run first.

    Yields:
        The process, and the line it printed when it was about to serve.
    """
    arguments = [str(folder), model, "samples" if samples else "empty", str(port)]
    process = subprocess.Popen(
        [sys.executable, "-c", before + _SERVE, *arguments],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        yield process, process.stdout.readline()
    finally:
        if process.poll() is None:
            process.terminate()
        process.communicate(timeout=20)


@contextmanager
def page(folder: Path, *, model: str = "words", samples: bool = True) -> Iterator[str]:
    """Serve a library likewise, and yield the page's address once it answers."""
    with start(folder, model=model, samples=samples) as (process, line):
        found = re.search(r"http://\S+", line)
        assert found, process.communicate(timeout=20)[1]
        wait_until_answered(found[0])
        yield found[0]


def wait_until_answered(address: str) -> None:
    """Wait until a server listens at an address; at most half a minute."""
    parts = urlsplit(address)
    for _ in range(600):
        with socket.socket() as probe:
            if probe.connect_ex((str(parts.hostname), int(parts.port or 80))) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError(f"nothing answers at {address}")
