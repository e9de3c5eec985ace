"""Files, folders, archives and standard input into a library, with a report on each.

A folder or an archive is walked for everything a reader recognises; what is no transcript there is passed
over and counted. A file that was named and cannot be read is refused with the reason. One bad file never
stops the rest, and what is finished stays when the user stops halfway.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from embeddings.models import write_atomically
from qa.corrections import Corrections
from qa.gathering import Found, Input, collect, found_in, found_in_data
from qa.library import Library
from qa.previewing import (
    NO_INSTRUCTIONS,
    NOTHING_TO_CORRECT,
    Instructions,
    Previewed,
    corrected,
    lone_recording,
    preview,
    upload_inputs,
)
from qa.recordings import recording_of
from qa.reporting import Progress, Report, Status, Summary
from qa.types import Reading

__all__ = [
    "Cancelled", "Import", "OnProgress", "Progress", "Report", "Summary", "add_bytes", "add_paths",
    "add_previewed", "add_samples", "add_uploads",
]  # fmt: skip

_SAVED_EVERY = 10_000  # turns: a tenth of a second of writing for ten seconds of embedding

OnProgress = Callable[[Progress], None]
Cancelled = Callable[[], bool]


class _StoppedError(Exception):
    """The user stopped the import while a file was being embedded; nothing of it is in the library."""


class Import:
    """One import: hand it what to add, take a report for each file, and ask for the summary at any time.

    Args:
        library: Where to add.
        on_progress: Called as the work goes on.
        cancelled: Asked between files and while one is embedded; once it says True, the import ends, and the
            file in work is left out.
    """

    def __init__(
        self, library: Library, on_progress: OnProgress | None = None, cancelled: Cancelled | None = None
    ) -> None:
        self._library = library
        self._notify = on_progress or (lambda _: None)
        self._cancelled = cancelled or (lambda: False)
        self._started = time.monotonic()
        self._counts: Counter[str] = Counter()
        self._turns = 0
        self._unsaved = 0
        self._stopped = False

    def summary(self) -> Summary:
        """Return what became of the files so far."""
        counts = {
            name: self._counts[name] for name in ("added", "unchanged", "replaced", "refused", "passed_over")
        }
        return Summary(
            **counts, turns=self._turns, seconds=time.monotonic() - self._started, stopped=self._stopped
        )

    def add(self, inputs: Sequence[Input], instructions: Instructions = NO_INSTRUCTIONS) -> Iterator[Report]:
        """Add files, folders of Slack exports and archives, as `qa.gathering.collect` finds them."""
        size = sum(one.size for one in inputs)
        yield from self.add_found(found_in(inputs), len(inputs), size, instructions)

    def add_found(
        self,
        found: Iterable[Found],
        files: int,
        size: int,
        instructions: Instructions = NO_INSTRUCTIONS,
    ) -> Iterator[Report]:
        """Add what was found in files and archives, one at a time.

        Args:
            found: Taken one by one, and let go of before the next.
            files: How many inputs there are.
            size: Their bytes in all.
            instructions: What the user says about them.
        """

        def steps() -> Iterator[tuple[Previewed, Progress, float]]:
            done = 0
            for one in found:
                step = self._step(one.number, files, one.kept_as or one.name, done / (size or 1))
                self._notify(step)
                done = max(done, one.done)
                yield preview(one, instructions), step, min(1.0, done / (size or 1))

        yield from self._run(steps(), mended=instructions.corrections != NOTHING_TO_CORRECT)

    def add_previewed(
        self, previews: Sequence[Previewed], corrections: Mapping[str, Corrections]
    ) -> Iterator[Report]:
        """Add what was read before.

        Args:
            previews: As `qa.previewing.preview_uploads` gives them.
            corrections: What the user changed, by the name of the preview.
        """
        sizes = [1 + len(one.reading.turns) if one.reading else 0 for one in previews]
        whole = sum(sizes) or 1

        def steps() -> Iterator[tuple[Previewed, Progress, float]]:
            done = 0
            for number, (one, size) in enumerate(zip(previews, sizes, strict=True), 1):
                step = self._step(number, len(previews), one.name, done / whole)
                self._notify(step)
                done += size
                yield corrected(one, corrections.get(one.name, NOTHING_TO_CORRECT)), step, done / whole

        yield from self._run(steps(), mended=any(one != NOTHING_TO_CORRECT for one in corrections.values()))

    def _run(self, steps: Iterator[tuple[Previewed, Progress, float]], *, mended: bool) -> Iterator[Report]:
        while not self._stopped:
            if self._cancelled():
                self._stopped = True
                break
            following = next(steps, None)
            if following is None:
                break
            previewed, step, share = following
            if previewed.passed_over:
                self._counts["passed_over"] += 1
                continue
            try:
                report = self._add(previewed, step, share, mended)
            except _StoppedError:
                self._stopped = True
                break
            self._count(report)
            yield report
        if self._unsaved:
            self._library.save_index()

    def _count(self, report: Report) -> None:
        self._counts[report.status] += 1
        if report.status in {"added", "replaced"}:
            self._turns += report.turns
            self._unsaved += report.turns
        if self._unsaved > _SAVED_EVERY:
            self._library.save_index()
            self._unsaved = 0

    def _step(self, file: int, files: int, name: str, share: float) -> Progress:
        elapsed = time.monotonic() - self._started
        return Progress(file, files, name, share=share, turns=self._turns, seconds=elapsed)

    def _add(self, previewed: Previewed, step: Progress, share: float, mended: bool) -> Report:
        """Add one file; ``share`` of the whole is done once it is."""
        reading, transcript_id = previewed.reading, previewed.transcript_id
        if reading is None or transcript_id is None:
            return _refusal(previewed)

        def advance(done: int, total: int) -> None:
            if self._cancelled():
                raise _StoppedError
            part = done / total if total else 1.0
            self._notify(
                Progress(
                    step.file, step.files, step.name, done, total,
                    step.share + (share - step.share) * part,
                    self._turns + round(len(reading.turns) * part),
                    time.monotonic() - self._started,
                )
            )  # fmt: skip

        with recording_of(self._library, transcript_id, previewed.recording) as media:
            added = self._library.add(
                reading, transcript_id, previewed.kept_as or previewed.name,
                path=previewed.path, media=media, progress=advance,
            )  # fmt: skip
        return _report(previewed, reading, added.status, left_alone=mended and added.status == "unchanged")


def _refusal(previewed: Previewed) -> Report:
    return Report(previewed.name, "refused", warnings=(previewed.refusal or "",), unknown=previewed.unknown)


def _report(previewed: Previewed, reading: Reading, status: Status, *, left_alone: bool) -> Report:
    warnings = reading.warnings
    if left_alone:
        warnings += (
            "It was in the library already; names were left as they are there. "
            "Change them with: transcript-qa rename",
        )
    return Report(
        previewed.name, status, reading.format, previewed.transcript_id, reading.title, len(reading.turns),
        warnings, inspection=previewed.inspection,
    )  # fmt: skip


# --- the ways to hand in files ---------------------------------------------------------------------------


def add_paths(
    library: Library,
    paths: Sequence[Path | str],
    on_progress: OnProgress | None = None,
    *,
    title: str | None = None,
    date: str | None = None,
    cancelled: Cancelled | None = None,
) -> Iterator[Report]:
    """Add files, folders and archives to a library, one report a file as it is done.

    A recording beside a timed transcript, with the same name but for the suffix, is linked to it.

    Args:
        library: Where to add them.
        paths: Files or folders.
        on_progress: Called as the work goes on.
        title: For every file, instead of its own.
        date: Likewise; ISO.
        cancelled: As for `Import`.
    """
    inputs = collect([Path(path) for path in paths])
    yield from Import(library, on_progress, cancelled).add(inputs, Instructions(title, date))


def add_bytes(
    library: Library, data: bytes, name: str, on_progress: OnProgress | None = None
) -> Iterator[Report]:
    """Add the content of one file, or of an archive, that lies nowhere.

    Args:
        library: Where to add it.
        data: The file's bytes.
        name: For messages and for a title.
        on_progress: Called as the work goes on.
    """
    yield from Import(library, on_progress).add_found(found_in_data(data, name), 1, len(data))


def add_uploads(
    library: Library,
    files: Sequence[tuple[str, Path]],
    on_progress: OnProgress | None = None,
    *,
    cancelled: Cancelled | None = None,
) -> Iterator[Report]:
    """Add uploaded files, which go away afterwards; recordings among them are copied into the library.

    Args:
        library: Where to add them.
        files: The name each had on the user's machine, and where it lies now; archives are unpacked.
        on_progress: Called as the work goes on.
        cancelled: As for `Import`.
    """
    inputs, lone = upload_inputs(files)
    yield from Import(library, on_progress, cancelled).add(inputs)
    yield from (_refusal(lone_recording(name)) for name in lone)


def add_previewed(
    library: Library,
    previewed: Sequence[Previewed],
    corrections_by_name: Mapping[str, Corrections],
    on_progress: OnProgress | None = None,
    cancelled: Cancelled | None = None,
) -> Iterator[Report]:
    """Add uploaded files that were previewed, with what the user changed in them.

    Args:
        library: Where to add them.
        previewed: As `qa.previewing.preview_uploads` gives them; what was refused is reported again.
        corrections_by_name: By the name of the preview; a name that is missing changes nothing.
        on_progress: Called as the work goes on.
        cancelled: As for `Import`.
    """
    yield from Import(library, on_progress, cancelled).add_previewed(previewed, corrections_by_name)


def add_samples(library: Library, on_progress: OnProgress | None = None) -> list[Report]:
    """Add the sample transcripts, once in a library's life: samples that were removed stay removed."""
    from importlib.resources import files

    marker = library.folder / "samples-added"
    if marker.exists():
        return []
    folder = Path(str(files("qa") / "samples"))
    reports = list(add_paths(library, [folder], on_progress))
    write_atomically(marker, b"")
    return reports
