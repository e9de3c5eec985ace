"""What a file would become in a library, found out without opening one: read, mended and inspected."""

import hashlib
import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from qa import readers
from qa.archive_entries import printable
from qa.corrections import Corrections, correct, opening_end
from qa.errors import FormatError, QAError, UnknownFormatError
from qa.gathering import Found, Input, Recording, found_in, is_media, size_of
from qa.inspection import Inspection, inspect
from qa.readers import ReadOptions
from qa.readers.options import NOTHING_SAID
from qa.types import Reading, Remark, RemarkKind, TimeKind

NOTHING_TO_CORRECT = Corrections()


@dataclass(frozen=True, slots=True)
class Instructions:
    """What the user says about the files to be read.

    Args:
        title: For every file, instead of its own.
        date: Likewise; ISO.
        options: What the files do not say themselves.
        corrections: Names to be changed.
        lenient: Whether a correction may fit only some of the files; otherwise a file that it does not fit is
            refused.
    """

    title: str | None = None
    date: str | None = None
    options: ReadOptions = NOTHING_SAID
    corrections: Corrections = NOTHING_TO_CORRECT
    lenient: bool = False


NO_INSTRUCTIONS = Instructions()


@dataclass(frozen=True, slots=True)
class Previewed:
    """One file, read but not added; or the reason why it was refused.

    Args:
        name: The file, or the member with its archive.
        transcript_id: The id it will have; None when it was refused.
        reading: None when it was refused.
        inspection: Of the reading.
        refusal: The reason, as a sentence with the place; None when there is a reading.
        unknown: Whether it was refused because it is in no format that is read.
        columns: Of a table that was refused because nobody said what they hold; see `FormatError`.
        named: Whether the user named the file itself.
        file: The file or archive that holds it.
        kept_as: What the library calls it.
        path: Where it lies, when it stays there.
        recording: The one that goes with it.
    """

    name: str
    transcript_id: str | None = None
    reading: Reading | None = None
    inspection: Inspection | None = None
    refusal: str | None = None
    unknown: bool = False
    columns: tuple[tuple[str, str], ...] = ()
    named: bool = True
    file: str = ""
    kept_as: str = ""
    path: Path | None = None
    recording: Recording | None = None

    @property
    def passed_over(self) -> bool:
        """Whether it is no transcript, and nobody said that it was one."""
        return self.unknown and not self.named


def content_id(data: bytes) -> str:
    """Return the id of a transcript with this content: the first 12 hexadecimal digits of its SHA-256."""
    return hashlib.sha256(data).hexdigest()[:12]


def preview(found: Found, instructions: Instructions = NO_INSTRUCTIONS) -> Previewed:
    """Read one file, and say what was understood of it."""
    try:
        data = found.read()
        reading = readers.read_bytes(data, Path(found.name), instructions.options)
    except FormatError as error:
        refused = _refused(found, str(error), isinstance(error, UnknownFormatError))
        return replace(refused, columns=tuple(error.columns.items()))
    except OSError as error:
        return _refused(found, f"{found.name}: {_reason(error)}")
    try:
        reading = _mended(reading, found, instructions)
    except QAError as error:
        return _refused(found, f"{found.name}: {error}")
    recording = found.recording if reading.time_kind is TimeKind.MEDIA else None
    return Previewed(
        found.name, content_id(data), reading, inspect(reading),
        named=found.named, file=found.file, kept_as=found.kept_as, path=found.path, recording=recording,
    )  # fmt: skip


def corrected(previewed: Previewed, corrections: Corrections) -> Previewed:
    """Change names in what was read; one that was refused, or that a correction does not fit, is refused."""
    if previewed.reading is None or corrections == NOTHING_TO_CORRECT:
        return previewed
    try:
        reading = correct(previewed.reading, corrections)
    except QAError as error:
        refusal = f"{previewed.name}: {error}"
        return replace(previewed, transcript_id=None, reading=None, inspection=None, refusal=refusal)
    return replace(previewed, reading=reading, inspection=inspect(reading))


def _mended(reading: Reading, found: Found, instructions: Instructions) -> Reading:
    remarks = reading.remarks
    if found.left_out is not None and reading.time_kind is TimeKind.MEDIA:
        message = (
            f"The recording {found.left_out} beside it in the archive is not kept; to play passages, "
            "unpack the archive and add the folder."
        )
        remarks = (*remarks, Remark(RemarkKind.DROPPED, message))
    title, date = instructions.title or reading.title, instructions.date or reading.date
    reading = replace(reading, title=title, date=date, remarks=remarks)
    corrections = instructions.corrections
    if instructions.lenient:
        corrections = _fitting(reading, corrections)
    return reading if corrections == NOTHING_TO_CORRECT else correct(reading, corrections)


def _fitting(reading: Reading, corrections: Corrections) -> Corrections:
    """Keep the corrections that a reading has a use for."""
    there = {turn.speaker for turn in reading.turns}
    return Corrections(
        tuple(rename for rename in corrections.renames if rename.old in there),
        corrections.opening if opening_end(reading.turns) else None,
    )


def _refused(found: Found, refusal: str, unknown: bool = False) -> Previewed:
    return Previewed(found.name, refusal=refusal, unknown=unknown, named=found.named, file=found.file)


def _reason(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "There is no such file. Check the name."
    return str(error.strerror or error)


def upload_inputs(files: Sequence[tuple[str, Path]]) -> tuple[list[Input], list[str]]:
    """Sort out uploaded files.

    Args:
        files: The name each had on the user's machine, and where it lies now.

    Returns:
        The files to be read, each with the recording named alike; and the names of other recordings.
    """
    recordings = {
        Path(name).stem: Recording(name, lies, stays=False) for name, lies in files if is_media(name)
    }
    inputs = []
    for name, lies in files:
        if not is_media(name):
            recording = recordings.pop(Path(name).stem, None)
            inputs.append(Input(printable(name), lies, size_of(lies), stays=False, recording=recording))
    return inputs, [recording.name for recording in recordings.values()]


def lone_recording(name: str) -> Previewed:
    """Refuse a recording that came without its transcript."""
    return Previewed(name, refusal=f"{name} is a recording. Upload its transcript with it, named alike.")


def preview_uploads(
    files: Sequence[tuple[str, Path]], options: ReadOptions = NOTHING_SAID
) -> list[Previewed]:
    """Read uploaded files, so that the user can see what was understood before anything is added.

    Args:
        files: The name each had on the user's machine, and where it lies now, until it has been added.
        options: What the user says about them.

    Returns:
        One for each transcript and each refusal, archives unpacked; two of one name are told apart by a
        number. What is no transcript in an archive is left out.
    """
    return [one for one in read_uploads(files, options) if not one.passed_over]


def read_uploads(
    files: Sequence[tuple[str, Path]], options: ReadOptions = NOTHING_SAID
) -> Iterator[Previewed]:
    """Read uploaded files likewise, one at a time, with what is no transcript in an archive."""
    inputs, lone = upload_inputs(files)
    found = (preview(one, Instructions(options=options)) for one in found_in(inputs))
    yield from _told_apart(itertools.chain(found, map(lone_recording, lone)))


def _told_apart(previews: Iterable[Previewed]) -> Iterator[Previewed]:
    taken: set[str] = set()
    for one in previews:
        name, number = one.name, 1
        while name in taken:
            number += 1
            name = f"{one.name} ({number})"
        taken.add(name)
        yield replace(one, name=name)
