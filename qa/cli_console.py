"""What the commands share at the console: the library that was asked for, JSON, a progress bar, Ctrl-C."""

import argparse
import json
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from qa.library import Library
    from qa.reporting import Progress

STOPPED = 130  # exit status of what Ctrl-C ended, as shells have it


class Command(Protocol):
    """Adds a command to the command line."""

    def __call__(
        self, name: str, run: Callable[[argparse.Namespace], int], text: str, *, library: bool = True
    ) -> argparse.ArgumentParser:
        """Return the parser of a new command, for its arguments.

        Args:
            name: As it is typed.
            run: Does it; returns the exit status.
            text: What it is for, a sentence.
            library: Whether it takes the options that choose a library and a model.
        """


def json_option(parser: argparse.ArgumentParser) -> None:
    """Let a command print JSON."""
    parser.add_argument("--json", action="store_true", help="print JSON, for machines")


def open_given(given: argparse.Namespace) -> "Library":
    """Open the library that the options choose."""
    from qa.opening import open_library

    return open_library(given.library, given.model, int8=given.int8, reranker=given.reranker)


def print_json(value: Any) -> None:
    """Print a value for machines."""
    print(json.dumps(value, ensure_ascii=False, indent=2))


@contextmanager
def stopping() -> Iterator[Callable[[], bool]]:
    """Let the first Ctrl-C end the work at the next good moment, and only the second break it off.

    Yields:
        A function that says whether Ctrl-C was pressed.
    """
    pressed = False

    def press(*_: object) -> None:
        nonlocal pressed
        if pressed:
            raise KeyboardInterrupt
        pressed = True
        print("\nStopping…", file=sys.stderr)

    try:
        before = signal.signal(signal.SIGINT, press)
    except ValueError:  # only the main thread may; elsewhere nobody presses keys
        yield lambda: False
        return
    try:
        yield lambda: pressed
    finally:
        signal.signal(signal.SIGINT, before)


class Bar:
    """A progress bar on standard error, made when there is something to show."""

    def __init__(self) -> None:
        self._bar: Any = None

    def __enter__(self) -> "Bar":
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()

    def show(self, step: "Progress") -> None:
        """Show how far an import has come, how fast it goes and how long the rest will take."""
        told = [f"file {step.file} of {step.files}"] if step.files > 1 else []
        if step.turns and step.seconds >= 1:
            told.append(f"{step.turns_per_second:,.0f} turns/s")
            left = round(step.seconds_left or 0)
            told.append(f"{left // 60}:{left % 60:02d} left")
        self._draw(step.share, 1, " · ".join([*told, step.name]), "{desc}")

    def show_count(self, done: int, total: int) -> None:
        """Show how many of how many are done."""
        self._draw(done, total, "embedding", "{remaining} left  {desc}")

    def write(self, text: str) -> None:
        """Print to standard output without tearing the bar."""
        if self._bar is not None:
            self._bar.clear()
        print(text, flush=True)

    def _draw(self, done: float, total: int, text: str, form: str) -> None:
        if self._bar is None:
            from tqdm import tqdm

            form = "{percentage:3.0f}%|{bar:30}| " + form
            self._bar = tqdm(total=total, disable=None, leave=False, bar_format=form, file=sys.stderr)
        self._bar.set_description_str(text, refresh=False)
        self._bar.n = done
        self._bar.refresh()
