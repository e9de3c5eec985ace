"""What zip, tar and gzip archives hold, read one entry at a time into memory and within limits.

Accepts zips (stored or deflated), tars, gzipped tars, single gzipped files, and any of these within another,
to a depth. An exported Slack workspace gives its channels, one member each. Word files and other documents
that are zips inside are not archives: they are members as they stand.

An entry is refused, and the rest read, when its name leads out of the archive, when it is a link, a device,
encrypted, damaged, larger than the limits or packed beyond all reason. Sizes are counted while unpacking, so
a header that lies about them gains nothing. Nothing is ever written under a name from an archive.
"""

import gzip
import io
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import IO

from qa.archive_entries import DAMAGE, DAMAGED, Entry, Kind, entries_of, is_hidden, kind_of, printable
from qa.errors import FormatError
from qa.readers import slack
from qa.slack_exports import Export, apart

_CHUNK = 2**20
_IN_MEMORY = 64 * 2**20  # an unpacked tar beyond this lies in a temporary file


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is unpacked of one archive with all that is in it.

    Args:
        entries: How many it may have. A Slack export has one for each channel and day: tens of thousands.
        total: Bytes unpacked in all.
        file: Bytes of one entry.
        ratio: Bytes unpacked for each packed one; transcripts shrink to a tenth, seldom to a thirtieth.
        ratio_from: Bytes below which the ratio does not matter.
        depth: Archives within archives; 1 is the archive itself.
    """

    entries: int = 100_000
    total: int = 2 * 2**30
    file: int = 500 * 2**20
    ratio: int = 100
    ratio_from: int = 10 * 2**20
    depth: int = 3


LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive.

    Args:
        name: With the archives and folders it lies in, as in "export.zip/june/talk.vtt".
        data: Its content; None when it was refused or passed over.
        refusal: Why it was refused, a sentence that says what to do; None when it was not.
        recording: The recording of the same name beside it, which is left out; None when there is none.
        share: How much of the archive, 0 to 1, is done once this member is.
    """

    name: str
    data: bytes | None = None
    refusal: str | None = None
    recording: str | None = None
    share: float = 1.0


class _RefusedError(Exception):
    """Something that is not read; the message is for the user."""


class _ExhaustedError(_RefusedError):
    """Nothing more of the outermost archive is read."""


def walk(stream: IO[bytes], name: str, limits: Limits = LIMITS) -> Iterator[Member]:
    """Read an archive, one member at a time.

    Args:
        stream: The archive, seekable, at its beginning.
        name: As it is shown to people; members are named after it.
        limits: How much to unpack.

    Yields:
        Every file that may be a transcript, everything refused, and, without data, everything passed over.
        Folders, hidden files and what macOS adds are left out silently.

    Raises:
        ValueError: If it is no archive; ask `kind_of` first.
    """
    kind = kind_of(stream)
    if kind is None:
        raise ValueError(f"{name} is not an archive")
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    try:
        yield from _Walk(limits).archive(stream, kind, name, size, 1)
    except _ExhaustedError as error:
        yield Member(name, refusal=str(error))


class _Walk:
    """One walk through an archive: what may still be unpacked."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._entries_left = limits.entries
        self._bytes_left = limits.total
        self._unzipped_left = limits.total  # gzip files are unpacked whole, before their tar is read

    def archive(self, stream: IO[bytes], kind: Kind, name: str, size: int, depth: int) -> Iterator[Member]:
        """Read an archive whose kind is known; ``size`` is its own, ``depth`` 1 for the outermost."""
        unzipped: IO[bytes] | None = None
        try:
            if depth > self._limits.depth:
                raise _RefusedError(
                    f"Archives are opened {self._limits.depth} deep, and this one lies deeper. "
                    "Unpack it, and add the folder."
                )
            if kind == "gzip":
                stream = unzipped = self._unzip(stream, size)
            entries = self._listed(stream, kind, name, size)
        except _ExhaustedError:
            raise
        except _RefusedError as error:
            yield Member(name, refusal=str(error))
        except DAMAGE:
            yield Member(name, refusal=DAMAGED)
        else:
            yield from self._members(entries, name, depth)
        finally:
            if unzipped is not None:
                unzipped.close()

    def _unzip(self, stream: IO[bytes], packed: int) -> IO[bytes]:
        """Unpack a gzip file into a temporary one, because its tar is read out of order."""
        spool = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115  # closed by the caller
        size = 0
        try:
            with gzip.GzipFile(fileobj=stream, mode="rb") as unzipped:
                while chunk := unzipped.read(_CHUNK):
                    size += len(chunk)
                    self._check_ratio(size, packed)
                    if size > self._unzipped_left:
                        raise _ExhaustedError(self._too_much())
                    spool.write(chunk)
        except BaseException:
            spool.close()
            raise
        self._unzipped_left -= size
        spool.seek(0)
        return spool

    def _listed(self, stream: IO[bytes], kind: Kind, name: str, size: int) -> list[Entry]:
        """Read the directory of an archive, without hidden files."""
        if kind == "gzip" and kind_of(stream) != "tar":
            whole = stream.seek(0, io.SEEK_END)
            stream.seek(0)
            inner = PurePosixPath(name).name.removesuffix(".gz")
            return [Entry(inner, whole, size, lambda: stream)]
        listed = entries_of(stream, "zip" if kind == "zip" else "tar", size)
        entries = list(islice(listed, self._entries_left + 1))
        self._entries_left -= len(entries)
        if self._entries_left < 0:
            raise _ExhaustedError(
                f"It has more than {self._limits.entries:,} entries. Unpack it, and add the folder."
            )
        return [entry for entry in entries if entry.refusal or not is_hidden(entry.name)]

    def _members(self, entries: Sequence[Entry], name: str, depth: int) -> Iterator[Member]:
        plain, exports = apart(entries)
        whole = sum(entry.packed for entry in entries) or 1
        done = 0
        for export in exports:
            for member in self._channels(export, name):
                yield replace(member, share=(done + member.share * export.packed) / whole)
            done += export.packed
        recordings = {
            entry.stem: printable(PurePosixPath(entry.name).name) for entry in plain if entry.is_media
        }
        seen: Counter[str] = Counter()
        for entry in plain:
            seen[entry.name] += 1
            # The same name twice: both are read, and neither may pass for a newer version of the other.
            again = f"#{seen[entry.name]}" if seen[entry.name] > 1 else ""
            for member in self._entry(entry, f"{name}/{printable(entry.name)}{again}", depth):
                share = (done + member.share * entry.packed) / whole
                recording = member.recording or recordings.get(entry.stem)
                yield replace(member, share=share, recording=recording)
            done += entry.packed

    def _entry(self, entry: Entry, shown: str, depth: int) -> Iterator[Member]:
        if entry.is_skipped and not entry.refusal:
            yield Member(shown)
            return
        try:
            data = self._read(entry)
        except _ExhaustedError as error:
            raise _ExhaustedError(f"{error} Not read: {shown} and what follows it.") from error
        except _RefusedError as error:
            yield Member(shown, refusal=str(error))
            return
        kind = kind_of(io.BytesIO(data))
        if kind is None:
            yield Member(shown, data)
        else:
            yield from self.archive(io.BytesIO(data), kind, shown, len(data), depth + 1)

    def _read(self, entry: Entry) -> bytes:
        """Unpack one entry.

        Raises:
            _RefusedError: If it cannot be, or should not.
        """
        if entry.refusal:
            raise _RefusedError(entry.refusal)
        self._check(entry.size, entry.packed)
        read = io.BytesIO()
        try:
            with entry.open() as stream:
                while chunk := stream.read(_CHUNK):
                    read.write(chunk)
                    self._check(read.tell(), entry.packed)  # the directory may have lied
        except DAMAGE as error:
            raise _RefusedError(DAMAGED) from error
        self._bytes_left -= read.tell()
        return read.getvalue()

    def _check(self, size: int, packed: int) -> None:
        if size > self._limits.file:
            raise _RefusedError(
                f"It is larger than {self._limits.file >> 20} MB. Split it, or add a text file."
            )
        self._check_ratio(size, packed)
        if size > self._bytes_left:
            raise _ExhaustedError(self._too_much())

    def _check_ratio(self, size: int, packed: int) -> None:
        if size > self._limits.ratio_from and size > self._limits.ratio * packed:
            raise _RefusedError(
                f"It unpacks to more than {self._limits.ratio} times its size, which no transcript does. "
                "If you trust it, unpack it, and add the folder."
            )

    def _too_much(self) -> str:
        most = f"{self._limits.total >> 20:,} MB"
        return f"The archive unpacks to more than {most}. Unpack it, and add the folder."

    def _channels(self, export: Export, name: str) -> Iterator[Member]:
        """Read the channels of a Slack export, one member each."""
        shown = f"{name}/{printable(export.root)}".rstrip("/")

        def read(file: str) -> bytes:
            try:
                return self._read(export.files[file])
            except _ExhaustedError:
                raise
            except _RefusedError as error:
                raise ValueError(str(error)) from error  # the channel is refused, and the others are read

        try:
            channels = slack.channels(list(export.files), read, Path(shown))
            for number, (channel, data) in enumerate(channels, 1):
                yield Member(f"{shown}/{printable(channel)}", data, share=number / (number + 1))
        except FormatError as error:
            yield Member(shown, refusal=error.remedy)
