"""Files, folders and standard input into a library, with a report on each.

A folder is walked for everything a reader recognises; what is no transcript there is passed over and
counted. A file that was named and cannot be read is refused with the reason. One bad file never stops the
rest.
"""

import hashlib
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from embeddings.models import write_atomically
from qa import readers
from qa.errors import FormatError, LibraryError, UnknownFormatError
from qa.library import Library
from qa.types import Reading, TimeKind

MEDIA_SUFFIXES = frozenset(
    ".mp3 .m4a .aac .wav .ogg .oga .opus .flac .mp4 .m4v .webm .mov .mkv .weba".split()
)
_SAVED_EVERY = 10_000  # turns: a tenth of a second of writing for ten seconds of embedding
_MOST_BYTES = 500 * 2**20  # a day of speech is about 1 MB of text; beyond this it is no transcript
# Never transcripts, and common beside them; files of other kinds are told apart by their content.
_SKIPPED_SUFFIXES = MEDIA_SUFFIXES | frozenset(
    ".png .jpg .jpeg .gif .webp .svg .zip .gz .tar .7z .exe .dll .so .py .pyc .ini .yaml .sqlite".split()
)

Status = Literal["added", "unchanged", "replaced", "refused"]


@dataclass(frozen=True, slots=True)
class Report:
    """What became of one file.

    Args:
        path: As the user named it, or found in the folder they named; "-" for standard input.
        status: "refused" when it could not be read; the reason is the last of the warnings.
        format: None when refused.
        transcript_id: None when refused.
        title: None when refused.
        turns: How many were read.
        warnings: What was dropped or inferred, or why it was refused; each a sentence.
        unknown: True when it was refused because it is in no format that is read.
    """

    path: str
    status: Status
    format: str | None = None
    transcript_id: str | None = None
    title: str | None = None
    turns: int = 0
    warnings: tuple[str, ...] = ()
    unknown: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an import has come.

    Args:
        file: The file being read, from 1.
        files: In all.
        name: Of that file.
        passages: Vectors of it made so far.
        of_passages: In all; 0 until it has been read.
    """

    file: int
    files: int
    name: str
    passages: int = 0
    of_passages: int = 0


OnProgress = Callable[[Progress], None]


def content_id(data: bytes) -> str:
    """Return the id of a transcript with this content: the first 12 hexadecimal digits of its SHA-256."""
    return hashlib.sha256(data).hexdigest()[:12]


def collect(paths: Sequence[Path]) -> tuple[list[Path], list[Path]]:
    """Find the files to read.

    Args:
        paths: Files are taken as they are; folders are walked, hidden files and folders left out.

    Returns:
        Files named by the user, and files found in folders, each sorted and without repeats.
    """
    named: dict[Path, None] = {}
    found: dict[Path, None] = {}
    for path in paths:
        if not path.is_dir():
            named[path] = None
            continue
        for file in sorted(path.rglob("*")):
            hidden = any(part.startswith(".") for part in file.relative_to(path).parts)
            if file.is_file() and not hidden and file.suffix.lower() not in _SKIPPED_SUFFIXES:
                found[file] = None
    return list(named), [file for file in found if file not in named]


def add_paths(
    library: Library,
    paths: Sequence[Path | str],
    on_progress: OnProgress | None = None,
    *,
    title: str | None = None,
    date: str | None = None,
) -> Iterator[Report]:
    """Add files and folders to a library, one report a file as it is done.

    A recording beside a timed transcript, with the same name but for the suffix, is linked to it.

    Args:
        library: Where to add them.
        paths: Files or folders.
        on_progress: Called as the work goes on.
        title: For every file, instead of its own.
        date: Likewise; ISO.
    """
    named, found = collect([Path(path) for path in paths])
    total = len(named) + len(found)
    unsaved = 0
    for number, file in enumerate([*named, *found], 1):
        step = Progress(number, total, file.name)
        report = _add_file(library, file, step, on_progress, title, date)
        if report.status in {"added", "replaced"}:
            unsaved += report.turns
        if unsaved > _SAVED_EVERY:
            library.save_index()
            unsaved = 0
        if file in named or not report.unknown:  # a folder may hold anything; what was named is a transcript
            yield report
    if unsaved:
        library.save_index()


def _add_file(
    library: Library,
    file: Path,
    step: Progress,
    on_progress: OnProgress | None,
    title: str | None,
    date: str | None,
) -> Report:
    try:
        if file.stat().st_size > _MOST_BYTES:
            raise FormatError(
                file, None, None, f"It is larger than {_MOST_BYTES >> 20} MB. Split it, or name a text file."
            )
        data = file.read_bytes()
    except OSError as error:
        return Report(str(file), "refused", warnings=(f"{file}: {_reason(error)}",))
    media = next((other for other in _beside(file) if other.suffix.lower() in MEDIA_SUFFIXES), None)
    return add_bytes(
        library, data, file, step, on_progress, path=file.resolve(), media=media, title=title, date=date
    )


def _reason(error: OSError | FormatError) -> str:
    if isinstance(error, FileNotFoundError):
        return "There is no such file. Check the name."
    return str(error.strerror) if isinstance(error, OSError) else error.remedy


def _beside(file: Path) -> list[Path]:
    return sorted(other for other in file.resolve().parent.glob(f"{_escaped(file.stem)}.*") if other != file)


def _escaped(name: str) -> str:
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in name)


def add_bytes(
    library: Library,
    data: bytes,
    source: Path,
    step: Progress | None = None,
    on_progress: OnProgress | None = None,
    *,
    path: Path | None = None,
    media: Path | None = None,
    title: str | None = None,
    date: str | None = None,
) -> Report:
    """Add the content of one file.

    Args:
        library: Where to add it.
        data: The file's bytes.
        source: Its name, for messages and for a title.
        step: Which file of how many this is.
        on_progress: Called as the work goes on.
        path: The file on disk, when it stays there; see `Library.add`.
        media: The recording that goes with it.
        title: Takes the place of the one read.
        date: Likewise; ISO.
    """
    step = step or Progress(1, 1, source.name)
    notify = on_progress or (lambda _: None)
    notify(step)
    try:
        reading = readers.read_bytes(data, source)
        reading = replace(reading, title=title or reading.title, date=date or reading.date)
        timed = reading.time_kind is TimeKind.MEDIA
        added = library.add(
            reading,
            content_id(data),
            source.name,
            path=path,
            media=media.resolve() if media and timed else None,
            progress=lambda done, total: notify(Progress(step.file, step.files, step.name, done, total)),
        )
    except FormatError as error:
        unknown = isinstance(error, UnknownFormatError)
        return Report(str(source), "refused", warnings=(str(error),), unknown=unknown)
    return _report(str(source), added.status, added.transcript_id, reading)


def _report(path: str, status: Status, transcript_id: str, reading: Reading) -> Report:
    return Report(
        path, status, reading.format, transcript_id, reading.title, len(reading.turns), reading.warnings
    )


def add_uploads(
    library: Library, files: Sequence[tuple[str, Path]], on_progress: OnProgress | None = None
) -> Iterator[Report]:
    """Add uploaded files, which go away afterwards; recordings among them are copied into the library.

    Args:
        library: Where to add them.
        files: The name each had on the user's machine, and where it lies now.
        on_progress: Called as the work goes on.
    """
    recordings = {Path(name).stem: (name, lies) for name, lies in files if _is_media(name)}
    texts = [(name, lies) for name, lies in files if not _is_media(name)]
    for number, (name, lies) in enumerate(texts, 1):
        recording = recordings.pop(Path(name).stem, None)
        step = Progress(number, len(texts), name)
        yield _add_upload(library, name, lies.read_bytes(), recording, step, on_progress)
    library.save_index()
    for name, _ in recordings.values():
        remedy = f"{name} is a recording. Upload its transcript with it, named alike."
        yield Report(name, "refused", warnings=(remedy,))


def _is_media(name: str) -> bool:
    return Path(name).suffix.lower() in MEDIA_SUFFIXES


def _add_upload(
    library: Library,
    name: str,
    data: bytes,
    recording: tuple[str, Path] | None,
    step: Progress,
    on_progress: OnProgress | None,
) -> Report:
    """Add one upload; its recording is kept only when the transcript is linked to it in the end."""
    if recording is None:
        return add_bytes(library, data, Path(name), step, on_progress)
    kept = library.media_folder / f"{content_id(data)}{Path(recording[0]).suffix.lower()}"
    if not kept.exists():
        _copy_media(recording[1], kept)
    report = add_bytes(library, data, Path(name), step, on_progress, media=kept)
    linked = report.transcript_id and library.excerpt(report.transcript_id, 0, 0).media
    if linked != str(kept.resolve()):
        kept.unlink(missing_ok=True)
    return report


def _copy_media(recording: Path, media: Path) -> None:
    scratch = media.with_name(f"{media.name}.part")
    try:
        media.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(recording, scratch)
        scratch.replace(media)
    except OSError as error:
        scratch.unlink(missing_ok=True)
        raise LibraryError(f"cannot keep the recording in {media.parent}: {error.strerror}") from error


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
