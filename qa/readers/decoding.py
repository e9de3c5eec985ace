"""Bytes to text: which encoding a file has, and which files are not text at all.

Accepts UTF-8 with or without a byte-order mark, UTF-16 with one, and Windows-1252 as the last resort.
Refuses binary files, and documents of other programs that merely look like text.
"""

import codecs
from pathlib import Path
from typing import NamedTuple

from qa.errors import FormatError
from qa.types import Remark, RemarkKind

_FOREIGN = {
    b"%PDF": "This is a PDF",
    b"PK\x03\x04": "This is a Word document or another zip archive",
    b"{\\rtf": "This is a rich-text document",
}
_GUESSED = Remark(
    RemarkKind.ASSUMED,
    "The file is not UTF-8; it was read as Windows-1252, so accented letters may be wrong.",
)


class Decoded(NamedTuple):
    """The text of a file, and how it was had from the bytes.

    Args:
        text: Lines end in a line feed alone; no byte-order mark.
        encoding: As people call it, such as "UTF-16".
        remarks: What was assumed.
    """

    text: str
    encoding: str
    remarks: tuple[Remark, ...] = ()


def decode(data: bytes, source: Path) -> Decoded:
    r"""Turn the bytes of a file into text whose lines end in ``\n`` alone.

    Args:
        data: The whole file.
        source: Named in errors, never opened.

    Raises:
        FormatError: If the bytes are not text, or belong to a document that must be exported first.
    """
    start = data[:64].removeprefix(codecs.BOM_UTF8).lstrip().lower()
    for signature, what in _FOREIGN.items():
        if start.startswith(signature.lower()):
            raise FormatError(source, None, None, f"{what}. Export it as plain text, or use a caption file.")
    decoded = _decode(data, source)
    if "\0" in decoded.text:
        raise _not_text(source)
    text = decoded.text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return decoded._replace(text=text)


def _decode(data: bytes, source: Path) -> Decoded:
    try:
        if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return Decoded(data.decode("utf-16"), "UTF-16")
        return Decoded(data.decode("utf-8-sig"), "UTF-8")
    except UnicodeDecodeError as error:
        if error.encoding.startswith("utf-16"):
            raise _not_text(source) from error
    try:
        return Decoded(data.decode("cp1252"), "Windows-1252", (_GUESSED,))
    except UnicodeDecodeError as error:
        raise _not_text(source) from error


def _not_text(source: Path) -> FormatError:
    remedy = "The file holds binary data, not text. Save the transcript as UTF-8 text and try again."
    return FormatError(source, None, None, remedy)
