"""What there is to read in files, folders and archives, found without opening a library.

A folder is walked, hidden files and links to other folders left out; an exported Slack workspace in it gives
its channels. An archive is walked as `qa.archives` says. A folder that cannot be listed, a file that is gone
and a refused member come out like any other file: reading them fails with the reason.
"""

import io
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path, PurePath
from typing import IO, NoReturn

from qa import archives
from qa.archive_entries import MEDIA_SUFFIXES, SKIPPED_SUFFIXES, kind_of, printable
from qa.errors import FormatError, UnknownFormatError
from qa.readers import slack
from qa.slack_exports import export_names

MOST_BYTES = 500 * 2**20  # a day of speech is about 1 MB of text; beyond this it is no transcript


@dataclass(frozen=True, slots=True)
class Recording:
    """The recording of a transcript.

    Args:
        name: The name its user knows it by.
        path: Where it lies.
        stays: False for an upload, which must be copied to be kept.
    """

    name: str
    path: Path
    stays: bool = True


@dataclass(frozen=True, slots=True)
class Input:
    """One file or Slack folder to be read.

    Args:
        name: As the user named it, or found in the folder they named.
        path: Where it lies.
        size: Bytes; 0 when unknown.
        named: Whether the user named it; a folder may hold anything, what was named is a transcript.
        stays: False for an upload.
        export: Whether it is the folder of an exported Slack workspace.
        recording: The one that goes with it.
        problem: Why it cannot be read, where that is known; the folder that could not be listed.
    """

    name: str
    path: Path
    size: int = 0
    named: bool = True
    stays: bool = True
    export: bool = False
    recording: Recording | None = None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """One transcript to be, in a file of its own or in an archive.

    Args:
        name: With the archives it lies in, as in "talks/export.zip/june/talk.vtt".
        read: Gives the whole content. Raises OSError when it cannot be read, FormatError when it was refused,
            UnknownFormatError when it is of a kind that is never a transcript.
        named: As for Input; never for the member of an archive.
        kept_as: What the library calls it: the name without the folders before file or archive.
        path: Where it lies, when it stays there; a member's is within its archive.
        recording: The one that goes with it.
        left_out: The name of the recording beside it in the archive, which is not kept.
        file: The file or archive on disk that holds it, as the user named it or found in their folder.
        number: Which input that is, from 1.
        done: Bytes of all inputs that are done once this is.
    """

    name: str
    read: Callable[[], bytes] = field(repr=False)
    named: bool = True
    kept_as: str = ""
    path: Path | None = None
    recording: Recording | None = None
    left_out: str | None = None
    file: str = ""
    number: int = 1
    done: int = 0


def is_media(name: str) -> bool:
    """Say whether a file is a recording, going by its name."""
    return PurePath(name).suffix.lower() in MEDIA_SUFFIXES


def collect(paths: Sequence[Path]) -> list[Input]:
    """Find the files to read.

    Args:
        paths: Files are taken as they are; folders are walked.

    Returns:
        What the user named, in that order, then what was found in folders, sorted; without repeats.
    """
    named: dict[Path, Input] = {}
    found: dict[Path, Input] = {}
    beside = _Recordings()
    for path in paths:
        if path.is_dir():
            found |= {one.path: one for one in sorted(_in_folder(path, beside), key=lambda one: one.path)}
        else:
            named[path] = Input(printable(str(path)), path, size_of(path), recording=beside.of(path))
    return [*named.values(), *(one for one in found.values() if one.path not in named)]


def _in_folder(folder: Path, beside: "_Recordings") -> Iterator[Input]:
    problems: list[OSError] = []
    for where, folders, files in os.walk(folder, onerror=problems.append):
        here = Path(where)
        if days := export_names(here, files):
            folders.clear()
            size = sum(size_of(here / name) for name in days)
            yield Input(printable(where), here, size, named=False, export=True)
            continue
        ours = {"index", "media"} if "library.sqlite" in files else set()  # a library's own folders
        folders[:] = [name for name in folders if not name.startswith(".") and name not in ours]
        for name in files:
            file = here / name
            # A recording is taken with its transcript, if at all: nothing to count as passed over.
            if not name.startswith(".") and not is_media(name) and os.path.isfile(file):  # noqa: PTH113  # never raises
                yield Input(printable(str(file)), file, size_of(file), named=False, recording=beside.of(file))
    for problem in problems:
        where = str(problem.filename or folder)
        reason = f"The folder cannot be read ({problem.strerror}). Check its permissions."
        yield Input(printable(where), Path(where), named=True, problem=reason)


def size_of(path: Path) -> int:
    """Return the bytes of a file; 0 when they cannot be known."""
    try:
        return path.stat().st_size
    except OSError:
        return 0  # reading it will say why


class _Recordings:
    """The recordings beside transcripts; each folder is listed once, however many files it holds."""

    def __init__(self) -> None:
        self._listed: dict[Path, dict[str, Path]] = {}

    def of(self, file: Path) -> Recording | None:
        """Find the recording of the same name but for the suffix."""
        try:
            resolved = file.resolve()
            folder = resolved.parent
            if folder not in self._listed:
                recordings = sorted((path for path in folder.iterdir() if is_media(path.name)), reverse=True)
                self._listed[folder] = {recording.stem: recording for recording in recordings}
        except (OSError, RuntimeError):  # a folder that cannot be listed; a link that leads to itself
            return None
        path = self._listed[folder].get(resolved.stem)
        return None if path is None else Recording(path.name, path)


def found_in(inputs: Sequence[Input]) -> Iterator[Found]:
    """Go through files, Slack folders and the members of archives; one that is not read costs nothing.

    Args:
        inputs: As `collect` gives them.
    """
    done = 0
    for number, one in enumerate(inputs, 1):
        found = Found(
            one.name, partial(_content, one), one.named, PurePath(one.name).name, file=one.name, number=number
        )
        done += one.size
        if one.problem is not None or _is_skipped(one):
            yield replace(found, done=done)
        elif one.export:
            yield from _of_export(one, replace(found, named=False, done=done))
        else:
            yield from _of_file(one, replace(found, done=done))


def found_in_data(data: bytes, name: str) -> Iterator[Found]:
    """Do the same for what came through standard input: one file, or an archive."""
    found = Found(name, lambda: data, kept_as=name, file=name, done=len(data))
    stream = io.BytesIO(data)
    if kind_of(stream) is None:
        yield found
    else:
        yield from _of_archive(stream, found, len(data))


def _is_skipped(one: Input) -> bool:
    return not one.named and PurePath(one.name).suffix.lower() in SKIPPED_SUFFIXES


def _of_file(one: Input, found: Found) -> Iterator[Found]:
    where = _claimed(one)
    try:
        stream = one.path.open("rb") if one.path.is_file() else None  # a pipe can be read only once
    except OSError:
        stream = None
    if stream is None:
        yield replace(found, recording=one.recording, path=where)
        return
    with stream:
        if kind_of(stream) is not None:
            yield from _of_archive(stream, replace(found, path=where), one.size)
            return
    yield replace(found, recording=one.recording, path=where)


def _claimed(one: Input) -> Path | None:
    """Return where a file stays, so that what is there later takes the place of what is there now."""
    try:
        return Path(printable(str(one.path.resolve()))) if one.stays else None
    except (OSError, RuntimeError):
        return None


def _of_archive(stream: IO[bytes], found: Found, size: int) -> Iterator[Found]:
    before = found.done - size
    for member in archives.walk(stream, found.kept_as):
        inside = member.name.removeprefix(found.kept_as).lstrip("/")
        name = f"{found.name}/{inside}" if inside else found.name
        yield Found(
            name,
            partial(_member_content, member, name),
            # The archive itself was refused: that is about what the user named.
            named=found.named and not inside,
            kept_as=member.name,
            path=found.path / inside if found.path else None,
            left_out=member.recording,
            file=found.file,
            number=found.number,
            done=before + round(member.share * size),
        )


def _member_content(member: archives.Member, name: str) -> bytes:
    if member.refusal is not None:
        raise FormatError(Path(name), None, None, member.refusal)
    if member.data is None:
        _pass_over(name)
    return member.data


def _pass_over(name: str) -> NoReturn:
    raise UnknownFormatError(Path(name), None, None, "Files of this kind are never transcripts.")


def _content(one: Input) -> bytes:
    if one.problem is not None:
        raise FormatError(Path(one.name), None, None, one.problem)
    if _is_skipped(one):
        _pass_over(one.name)
    with one.path.open("rb") as stream:
        data = stream.read(MOST_BYTES + 1)  # of a pipe, nobody knows the size
    if len(data) > MOST_BYTES:
        remedy = f"It is larger than {MOST_BYTES >> 20} MB. Split it, or name a text file."
        raise FormatError(Path(one.name), None, None, remedy)
    return data


def _of_export(one: Input, found: Found) -> Iterator[Found]:
    """Read the channels of a Slack export that was unpacked into a folder."""
    where = _claimed(one)

    def read(name: str) -> bytes:
        try:
            return (one.path / name).read_bytes()
        except OSError as error:  # the channel is refused, and the others are read
            raise ValueError(error.strerror or str(error)) from error

    try:
        channels = slack.channels(export_names(one.path), read, Path(one.name))
        for channel, data in channels:
            inside = printable(channel)
            yield replace(
                found,
                name=f"{one.name}/{inside}",
                read=partial(bytes, data),
                kept_as=f"{found.kept_as}/{inside}",
                path=where / inside if where else None,
            )
    except FormatError as error:
        yield replace(found, read=partial(_fail, error), named=True)


def _fail(error: Exception) -> NoReturn:
    raise error
