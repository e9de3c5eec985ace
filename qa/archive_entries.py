"""The directory of a zip or a tar: which files it lists, and which of them must not be opened.

Names are taken apart here, before anything is unpacked: one that leads out of the archive, a link, a device,
an encrypted file or an unusual packing is marked as refused. Folders, hidden files and what macOS adds beside
real files are left out.
"""

import re
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import PurePosixPath
from typing import IO, Literal, cast

MEDIA_SUFFIXES = frozenset(
    ".mp3 .m4a .aac .wav .ogg .oga .opus .flac .mp4 .m4v .webm .mov .mkv .weba".split()
)
# Never transcripts, and common beside them; files of other kinds are told apart by their content.
SKIPPED_SUFFIXES = MEDIA_SUFFIXES | frozenset(
    ".png .jpg .jpeg .gif .webp .heic .bmp .svg .ico .css .js .7z .rar .bz2 .xz .jar .whl .apk .exe .dll"
    " .so .py .pyc .ini .yaml .toml .sqlite .db .pptx".split()
)
# Whatever the standard library raises at damaged archives.
DAMAGE = (
    zipfile.BadZipFile, tarfile.TarError, zlib.error, struct.error, EOFError, OSError, ValueError,
    IndexError, OverflowError, NotImplementedError, RuntimeError,
)  # fmt: skip
DAMAGED = "It is damaged and cannot be unpacked. Download or export it again."

_PACKINGS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}  # others can ask for gigabytes before a byte is read
_MOST_READ = 32 * 2**20  # 100,000 entries of a zip with names of 270 letters; a larger directory is a trap
_LONGEST_NAME = 1_000
_DEEPEST = 50  # folders
_ABSOLUTE = re.compile(r"/|[A-Za-z]:")
_BLOCK = 512  # of a tar

Kind = Literal["zip", "tar", "gzip"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One file that an archive lists.

    Args:
        name: With its folders, parted by "/".
        size: Bytes, as the directory has it.
        packed: Bytes it takes up in the archive, at most those of the whole archive.
        open: Gives its content, to be closed by the caller.
        refusal: Why it is not to be opened, a sentence for the user; None when it may be.
    """

    name: str
    size: int
    packed: int
    open: Callable[[], IO[bytes]]
    refusal: str | None = None

    @property
    def is_media(self) -> bool:
        """Whether it is a recording, going by its name."""
        return _suffix(self.name) in MEDIA_SUFFIXES

    @property
    def is_skipped(self) -> bool:
        """Whether it is never a transcript, going by its name."""
        return _suffix(self.name) in SKIPPED_SUFFIXES

    @property
    def stem(self) -> str:
        """Its name without the suffix: what a transcript shares with its recording."""
        return str(PurePosixPath(self.name).with_suffix(""))


def kind_of(stream: IO[bytes]) -> Kind | None:
    """Say what kind of archive a file is by its first bytes; None when it is none, or a document.

    Args:
        stream: Seekable, at its beginning, where it is left.
    """
    head = stream.read(_BLOCK)
    stream.seek(0)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return None if _is_document(stream) else "zip"
    if head.startswith(b"\x1f\x8b"):
        return "gzip"
    return "tar" if head[257:262] == b"ustar" else None


def entries_of(stream: IO[bytes], kind: Kind, size: int) -> Iterator[Entry]:
    """Read the directory of a zip or a tar.

    Args:
        stream: Seekable; kept as long as entries are opened.
        kind: Which of the two.
        size: Bytes of the archive as it was packed.

    Raises:
        DAMAGE: If the archive is damaged.
    """
    yield from (_zip_entries if kind == "zip" else _tar_entries)(stream, size)


def is_hidden(name: str) -> bool:
    """Say whether a name is of a hidden file, or of what macOS adds beside real ones."""
    return any(part == "__MACOSX" or part.startswith(".") for part in name.split("/"))


def printable(name: str) -> str:
    """Return a file name that can be printed and stored: no control characters, no undecodable bytes."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in name)


class _Cautious:
    """A stream that refuses to read very much at once: only traps have directories and headers so large."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.seek, self.tell, self.seekable = stream.seek, stream.tell, stream.seekable
        self.mode = "rb"

    def read(self, size: int = -1) -> bytes:
        if size > _MOST_READ:
            raise ValueError("a part of the archive's directory is too large")
        return self._stream.read(size if size >= 0 else _MOST_READ)


def _cautious(stream: IO[bytes]) -> IO[bytes]:
    return cast(IO[bytes], _Cautious(stream))


def _is_document(stream: IO[bytes]) -> bool:
    """Say whether a zip is a Word file, a spreadsheet, a book: something that is no archive to people."""
    try:
        names = zipfile.ZipFile(_cautious(stream)).namelist()
    except DAMAGE:
        return False
    finally:
        stream.seek(0)
    return "[Content_Types].xml" in names or "word/document.xml" in names or names[:1] == ["mimetype"]


def _zip_entries(stream: IO[bytes], size: int) -> Iterator[Entry]:
    archive = zipfile.ZipFile(_cautious(stream))
    for info in archive.infolist():
        if info.is_dir():
            continue
        name, refusal = _checked_name(info.filename)
        kind = stat.S_IFMT(info.external_attr >> 16)
        if kind not in {0, stat.S_IFREG}:
            refusal = refusal or _no_file(stat.S_ISLNK(kind))
        elif not refusal and _suffix(name) not in SKIPPED_SUFFIXES:
            refusal = _locked(info)
        packed = min(info.compress_size, size)
        yield Entry(name, info.file_size, packed, partial(archive.open, info), refusal)


def _locked(info: zipfile.ZipInfo) -> str | None:
    if info.flag_bits & 0x1:
        return "It is encrypted. Unpack the archive with its password, and add the folder."
    if info.compress_type not in _PACKINGS:
        return "It is packed in a way that is not read. Unpack the archive, and add the folder."
    return None


def _tar_entries(stream: IO[bytes], size: int) -> Iterator[Entry]:
    archive = tarfile.open(fileobj=_cautious(stream), mode="r:")  # noqa: SIM115  # entries are opened later
    for info in archive:
        if info.isdir():
            continue
        name, refusal = _checked_name(info.name)
        if not info.isreg():
            refusal = refusal or _no_file(info.issym() or info.islnk())
        # A sparse file may claim any size; it takes up no more than the archive does.
        yield Entry(name, info.size, min(info.size, size), partial(_tar_file, archive, info), refusal)
    stream.seek(archive.offset)
    if stream.read(_BLOCK).strip(b"\0"):  # tarfile takes a header it cannot read for the end
        raise tarfile.ReadError("a header cannot be read")


def _tar_file(archive: tarfile.TarFile, info: tarfile.TarInfo) -> IO[bytes]:
    file = archive.extractfile(info)
    if file is None:
        raise tarfile.ReadError("not a file")
    return file


def _checked_name(name: str) -> tuple[str, str | None]:
    """Return a name with "/" between folders, and why it must not be used, if so."""
    slashed = name.replace("\\", "/")
    if len(name) > _LONGEST_NAME or slashed.count("/") > _DEEPEST:
        return slashed[:_LONGEST_NAME], "Its name is longer than any folder needs. Unpack the archive first."
    if _ABSOLUTE.match(slashed) or ".." in slashed.split("/"):
        return slashed, "Its name leads out of the archive; such archives are made to overwrite other files."
    return str(PurePosixPath(slashed)), None


def _no_file(link: bool) -> str:
    what = "a link to another file" if link else "a device or a pipe"
    return f"It is {what}, not a file. Put the file itself into the archive."


def _suffix(name: str) -> str:
    return PurePosixPath(name).suffix.lower()
