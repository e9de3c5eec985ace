"""How long it takes to start: the command line, a first answer, the page; beside importing what others use.

    python -m benchmarks.starting [--peers FOLDER] [--times 5]

Every time is that of a fresh process, from its start to its end, or to the page's first answer over HTTP;
the library is made of the samples. One run of each comes before, so that files are in the system's cache. The
imports are for scale: no program built on these libraries starts faster than that.
"""

import argparse
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from functools import partial
from pathlib import Path

from benchmarks.peers.environments import python_of

_PATIENCE = 120  # seconds


def run(*command: str) -> float:
    """Run a command to its end, with nothing looked up on the network; return the seconds."""
    begun = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env=environment())
    return time.perf_counter() - begun


def environment() -> dict[str, str]:
    """Return the variables a fresh process gets."""
    return {**os.environ, "HF_HUB_OFFLINE": "1"}


def until_served(library: Path) -> float:
    """Start the page, wait for it to answer and return the seconds; then end it.

    Raises:
        RuntimeError: If it ends, or has not answered in time.
    """
    port = free_port()
    command = [sys.executable, "-m", "qa", "serve", "--library", str(library), "--port", str(port)]
    begun = time.perf_counter()
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment()
    ) as page:
        try:
            while not answers(f"http://127.0.0.1:{port}/"):
                if page.poll() is not None or time.perf_counter() > begun + _PATIENCE:
                    raise RuntimeError("the page has not come up")
                time.sleep(0.01)
            return time.perf_counter() - begun
        finally:
            page.send_signal(signal.SIGKILL)


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as unbound:
        unbound.bind(("127.0.0.1", 0))
        return int(unbound.getsockname()[1])


def answers(address: str) -> bool:
    """Say whether something answers with status 200."""
    try:
        with urllib.request.urlopen(address, timeout=_PATIENCE) as response:  # noqa: S310  # our own page
            return bool(response.status == 200)
    except (urllib.error.URLError, ConnectionError):
        return False


def starts(library: Path, peers: Path | None) -> dict[str, Callable[[], float]]:
    """Return what is timed, by name."""
    ours = (sys.executable, "-m", "qa")
    commands: dict[str, Callable[[], float]] = {
        "python -c pass": partial(run, sys.executable, "-c", "pass"),
        "transcript-qa --help": partial(run, *ours, "--help"),
        "transcript-qa list": partial(run, *ours, "list", "--library", str(library)),
        "transcript-qa ask": partial(run, *ours, "ask", "When will it open?", "--library", str(library)),
        "transcript-qa serve, page ready": partial(until_served, library),
        "import sentence_transformers": partial(run, sys.executable, "-c", "import sentence_transformers"),
    }
    if peers is not None:
        for name in ("txtai", "chromadb"):
            commands[f"import {name}"] = partial(run, python_of(peers, name), "-c", f"import {name}")
    return commands


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="How long it takes to start.")
    parser.add_argument("--peers", type=Path, help="where environments for the peers are made")
    parser.add_argument("--times", type=int, default=5)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        samples = Path(__file__).resolve().parents[1] / "qa" / "samples"
        run(sys.executable, "-m", "qa", "add", str(samples), "--library", folder)
        print(f"{f'seconds, of {given.times} starts':34} {'median':>7} {'least':>7} {'most':>7}")
        for name, start in starts(Path(folder), given.peers).items():
            start()
            times = [start() for _ in range(given.times)]
            row = " ".join(f"{value:7.2f}" for value in (statistics.median(times), min(times), max(times)))
            print(f"{name:34} {row}", flush=True)


if __name__ == "__main__":
    main()
