"""Adding what was previewed, in a thread of its own, so that the page can show how far it is and stop it."""

import time
from collections.abc import Iterator
from dataclasses import replace
from threading import Thread

from qa.importing import Import
from qa.library import Library
from qa.page.import_report import adding_progress_html
from qa.page.outcome import outcome_html
from qa.page.pending import Pending, discard
from qa.reporting import Progress, Report

_EVERY = 0.25  # seconds between two looks at how far it is


class Adding:
    """One import that was confirmed.

    It goes on when nobody looks any more: someone who closes the page wants what they added.

    Args:
        library: Where to add.
        pending: What to add; its files are deleted when it is done.
    """

    def __init__(self, library: Library, pending: Pending) -> None:
        self._library = library
        self._pending = pending
        self._step: Progress | None = None
        self._error: Exception | None = None
        self._reports: list[Report] = []
        self._import = Import(library, self._advance, pending.stop.is_set)
        self._thread = Thread(target=self._run, name="adding", daemon=True)

    def watch(self) -> Iterator[str]:
        """Start, and yield what to show from time to time; last what became of it.

        Raises:
            QAError: Or whatever else stopped it.
        """
        self._thread.start()
        while self._thread.is_alive():
            yield adding_progress_html(self._step, self._pending.stop.is_set())
            ends = time.monotonic() + _EVERY
            while self._thread.is_alive() and time.monotonic() < ends:
                self._thread.join(0.05)
        yield self._outcome()
        if self._error is not None:
            raise self._error

    def _outcome(self) -> str:
        summary = replace(self._import.summary(), passed_over=len(self._pending.passed_over))
        return outcome_html(self._reports, summary, self._named_in_vain())

    def _advance(self, step: Progress) -> None:
        self._step = step

    def _run(self) -> None:
        try:
            for report in self._import.add_previewed(self._pending.handed_over, {}):
                self._reports.append(report)
            self._library.compact_soon()
        except Exception as error:
            self._error = error
        finally:
            discard(self._pending)

    def _named_in_vain(self) -> int:
        unchanged = {report.transcript_id for report in self._reports if report.status == "unchanged"}
        return sum(
            one.wanted and bool(one.steps) and one.now.transcript_id in unchanged
            for one in self._pending.candidates
        )
