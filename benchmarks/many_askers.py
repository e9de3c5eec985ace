"""Many people asking the page at once: latency of its `ask` endpoint, one by one and all together.

    python -m benchmarks.many_askers [--turns 10000] [--askers 50] [--reranker NAME]

A library of synthetic turns is served by a process of its own; every asker is a thread with a question of its
own, in a session that has asked before, as people with the page open have. Nothing is read closely unless a
reranker is named ("default" for the one that comes with the package): a second for each is no matter of load.
Times are what a client sees, the page's own work included; by Gradio's endpoint, as its clients ask, and in
one plain request (`qa.page.plain_api`). In the last rows the page is adding a file of 3,000 other turns,
uploaded just before, while the questions come.
"""

import argparse
import inspect
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import httpx
from gradio_client import Client, handle_file
from gradio_client.client import Job

from benchmarks.speed import questions_about, synthetic_turns
from qa import Library, Reading, Turn, open_library
from qa.page.endpoints import Endpoints


def fill(library: Library, turns: list[str]) -> None:
    """Add the turns as meetings of 500."""
    for first in range(0, len(turns), 500):
        spoken = tuple(
            Turn(text, f"Speaker {place % 7}") for place, text in enumerate(turns[first : first + 500])
        )
        library.add(Reading("jsonl", spoken, title=f"Meeting {first}"), f"{first:012d}", "synthetic")
    library.save_index()


# What the endpoint takes beside the question: these calls want it whole.
DEFAULTS = [one.default for one in list(inspect.signature(Endpoints.ask).parameters.values())[2:]]
# One for all: making a client reads the system's certificates, 20 ms of work that is not the page's.
CLIENT = httpx.Client(timeout=120, limits=httpx.Limits(max_connections=None))


def ask(address: str, question: str, session: str) -> tuple[float, bool]:
    """Ask the page; return the milliseconds it took and whether an answer came."""
    begun = time.perf_counter()
    call = f"{address}/gradio_api/call/ask"
    asked = {"data": [question, *DEFAULTS], "session_hash": session}
    event = CLIENT.post(call, json=asked).json()["event_id"]
    came = "event: complete" in CLIENT.get(f"{call}/{event}").text
    return 1000 * (time.perf_counter() - begun), came


def ask_plainly(address: str, question: str, session: str) -> tuple[float, bool]:
    """Ask in one plain request; return the milliseconds it took and whether an answer came."""
    begun = time.perf_counter()
    answer = CLIENT.post(f"{address}/api/ask", json={"question": question})
    came = answer.status_code == 200 and "sources" in answer.json()
    return 1000 * (time.perf_counter() - begun), came


Way = Callable[[str, str, str], tuple[float, bool]]
WAYS: tuple[tuple[str, Way], ...] = (("by Gradio's endpoint", ask), ("in one plain request", ask_plainly))


def all_at_once(way: Way, address: str, questions: Sequence[str]) -> list[tuple[float, bool]]:
    """Ask every question in a thread of its own, all started together."""
    results: list[tuple[float, bool]] = []
    askers = [
        threading.Thread(target=lambda q=q, who=who: results.append(way(address, q, f"asker{who}")))
        for who, q in enumerate(questions)
    ]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    return results


def upload(address: str, turns: list[str], folder: Path) -> Job:
    """Upload turns as a file and begin to add them."""
    file = folder / "uploaded.jsonl"
    lines = (
        json.dumps({"speaker": f"Speaker {place % 5}", "text": text}) for place, text in enumerate(turns)
    )
    file.write_text("\n".join(lines), encoding="utf-8")
    return Client(address, verbose=False).submit([handle_file(str(file))], api_name="/add")


def show(name: str, results: list[tuple[float, bool]]) -> None:
    """Print one row."""
    times = [milliseconds for milliseconds, _ in results]
    p95 = statistics.quantiles(times, n=20)[-1]
    failed = sum(not came for _, came in results)
    print(f"{name:36} {len(times):9} {statistics.median(times):8.0f} {p95:8.0f} {failed:7}")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Many people asking the page at once.")
    parser.add_argument("--turns", type=int, default=10_000)
    parser.add_argument("--askers", type=int, default=50)
    parser.add_argument("--reranker", default="none")
    given = parser.parse_args()
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    turns = synthetic_turns(given.turns + 3_000)
    turns, extra = turns[: given.turns], turns[given.turns :]
    every = questions_about(turns, 6 * given.askers)
    asked = iter([every[first : first + given.askers] for first in range(0, len(every), given.askers)])
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as uploads:
        with open_library(Path(folder)) as library:
            fill(library, turns)
        command = [sys.executable, "-m", "qa", "serve", "--library", folder, "--port", "7960"]
        if given.reranker != "default":
            command += ["--reranker", given.reranker]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as page:
            assert page.stdout is not None  # noqa: S101  # for the type checker: we asked for a pipe
            address = page.stdout.readline().split()[-1]
            httpx.Client(transport=httpx.HTTPTransport(retries=50)).get(address)
            if not ask(address, "What was said first?", "nobody")[1]:
                raise SystemExit("The page does not answer: the endpoint takes other values than these.")
            print(f"{given.turns:,} turns, {os.cpu_count()} cores, five sources a question")
            print(f"{'':36} {'questions':>9} {'p50 ms':>8} {'p95 ms':>8} {'failed':>7}")
            for name, way in WAYS:
                one_by_one = [way(address, q, f"asker{who}") for who, q in enumerate(next(asked))]
                show(f"one by one, {name}", one_by_one)
            for name, way in WAYS:
                show(f"{given.askers} at once, {name}", all_at_once(way, address, next(asked)))
            job = upload(address, extra, Path(uploads))
            time.sleep(1)
            for name, way in WAYS:
                show(f"while indexing, {name}", all_at_once(way, address, next(asked)))
            print("it was still indexing" if not job.done() else "it had finished indexing before")
            print(f"added: {job.result()[0]['turns']:,} turns")
            page.terminate()


if __name__ == "__main__":
    main()
