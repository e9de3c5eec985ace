"""Files of a data set: which one a path means, what is in it, and its checksum.

A path names a file, a folder that holds it, or a place that does not exist and ends in the name of a split:
``FriendsQA/dev`` is ``FriendsQA/dat/friendsqa_dev.json``. Read errors are FormatErrors that name the file.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from qa.errors import FormatError, QAError
from qa.readers.fields import load

_HEAD = 1 << 20  # bytes; the keys that tell formats apart come within a few questions of the beginning
_CHUNK = 1 << 23  # characters
_BROKEN = "It is not whole JSON ({}). Get the file again from where it was released."


def checksum(files: Sequence[Path]) -> str:
    """Return the SHA-256 of one file, or of several by their sorted names and contents, in hexadecimal.

    Several files are hashed as ``name``, NUL and the 32 bytes of the content's SHA-256, one after another.
    """
    if len(files) == 1:
        return _digest(files[0]).hex()
    whole = hashlib.sha256()
    for file in sorted(files, key=lambda file: file.name):
        whole.update(file.name.encode("utf-8", "surrogateescape") + b"\0" + _digest(file))
    return whole.hexdigest()


def _digest(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").digest()
    except OSError as error:
        raise _unopened(file, error) from error


def head(path: Path) -> str:
    """Return the beginning of a file, to tell its format by; "" when it is no file or cannot be read."""
    try:
        with path.open("rb") as opened:
            return opened.read(_HEAD).decode("utf-8-sig", "replace")
    except OSError:
        return ""


def find(path: Path, patterns: Iterable[str], is_ours: Callable[[Path], bool]) -> list[Path]:
    """Return the files or folders that a path may mean, sorted; empty when there is none.

    Args:
        path: As the user gave it.
        patterns: Where in a release they lie, as globs; the first that finds any decides.
        is_ours: Whether one has the content looked for.
    """
    if path.exists() and is_ours(path):
        return [path]
    if path.is_dir():
        for pattern in patterns:
            if found := sorted(inner for inner in path.glob(pattern) if is_ours(inner)):
                return found
        return []
    if path.exists() or not path.parent.is_dir():
        return []
    wanted = path.name.lower()
    return [
        one for one in find(path.parent, patterns, is_ours) if wanted in re.split("[-_.]", one.stem.lower())
    ]


def the_one(path: Path, found: Sequence[Path], what: str) -> Path:
    """Return the only file or folder found.

    Raises:
        QAError: If there is none or more than one; the message says what to name instead.
    """
    if not path.exists() and not found:
        raise QAError(f"{path} does not exist. Name {what}.")
    if not found:
        raise QAError(f"{path} holds nothing in that layout. Name {what}.")
    if len(found) > 1:
        raise QAError(f"{path} holds {len(found)}: {', '.join(one.name for one in found)}. Name one of them.")
    return found[0]


def read_text(path: Path) -> str:
    """Read a file of UTF-8, with or without a byte-order mark.

    Raises:
        FormatError: If it cannot be opened or is in another encoding.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise FormatError(path, None, None, f"It is not UTF-8 ({error.reason}). Save it as UTF-8.") from error
    except OSError as error:
        raise _unopened(path, error) from error


def read_json(path: Path) -> Any:
    """Read a file that is one JSON value.

    Raises:
        FormatError: If it cannot be read.
    """
    try:
        return load(read_text(path))
    except ValueError as error:
        raise FormatError(path, None, None, _BROKEN.format(error)) from error


def json_lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the objects of a file with one JSON object a line, each with its line number; blank lines go.

    Raises:
        FormatError: If the file cannot be read or a line is no object.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="\n") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield number, _object(path, number, line)
    except UnicodeDecodeError as error:
        raise FormatError(path, None, None, f"It is not UTF-8 ({error.reason}). Save it as UTF-8.") from error
    except OSError as error:
        raise _unopened(path, error) from error


def _object(path: Path, number: int, line: str) -> dict[str, Any]:
    try:
        value = load(line)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise FormatError(path, number, line, "Write one whole JSON object on the line.")
    return value


def json_array(path: Path) -> Iterator[Any]:
    """Yield the values of a file that is one JSON list, without holding more than a few of them.

    For files of gigabytes. The values must be objects, lists or texts: a number could be cut in two unseen.

    Raises:
        FormatError: If the file cannot be read, is no list or ends early.
    """
    try:
        with path.open(encoding="utf-8-sig") as opened:
            yield from _values(path, opened.read)
    except UnicodeDecodeError as error:
        raise FormatError(path, None, None, f"It is not UTF-8 ({error.reason}). Save it as UTF-8.") from error
    except OSError as error:
        raise _unopened(path, error) from error


def _values(path: Path, read: Callable[[int], str]) -> Iterator[Any]:
    decode = json.JSONDecoder().raw_decode
    text, at = read(_CHUNK), 0
    while text.isspace():
        text = read(_CHUNK)
    opening = re.compile(r"\s*\[").match(text)
    if opening is None:
        raise FormatError(path, None, None, "It should be a JSON list. Name the file as it was released.")
    at = opening.end()
    between = re.compile(r"[\s,]*")
    while True:
        at = between.match(text, at).end()  # type: ignore[union-attr]  # matches nothing, too
        if text.startswith("]", at):
            return
        try:
            value, at = decode(text, at)
        except (ValueError, RecursionError) as error:
            more = read(max(_CHUNK, len(text) - at))
            if not more:
                raise FormatError(path, None, None, _BROKEN.format(error)) from error
            text, at = text[at:] + more, 0
        else:
            yield value


def _unopened(path: Path, error: OSError) -> FormatError:
    return FormatError(path, None, None, f"It cannot be opened: {error.strerror}.")
