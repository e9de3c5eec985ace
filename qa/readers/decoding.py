"""Bytes to text: which encoding a file has, and which files are not text at all.

Accepts UTF-8 with or without a byte-order mark, UTF-16 with one, and Windows-1252 as the last resort.
Refuses binary files, and documents of other programs that merely look like text.
"""

import codecs
from pathlib import Path

from qa.errors import FormatError

_FOREIGN = {
    b"%PDF": "This is a PDF",
    b"PK\x03\x04": "This is a Word document or another zip archive",
    b"{\\rtf": "This is a rich-text document",
    b"<!doctype": "This is a web page",
    b"<html": "This is a web page",
    b"<?xml": "This is an XML document",
}
_GUESSED = "The file is not UTF-8; it was read as Windows-1252, so accented letters may be wrong."


def decode(data: bytes, source: Path) -> tuple[str, tuple[str, ...]]:
    r"""Turn the bytes of a file into text whose lines end in ``\n`` alone.

    Args:
        data: The whole file.
        source: Named in errors, never opened.

    Returns:
        The text without a byte-order mark, and a warning when the encoding was a guess.

    Raises:
        FormatError: If the bytes are not text, or belong to a document that must be exported first.
    """
    start = data[:64].removeprefix(codecs.BOM_UTF8).lstrip().lower()
    for signature, what in _FOREIGN.items():
        if start.startswith(signature.lower()):
            raise FormatError(source, None, None, f"{what}. Export it as plain text, or use a caption file.")
    text, warnings = _decode(data, source)
    if "\0" in text:
        raise _not_text(source)
    return text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n"), warnings


def _decode(data: bytes, source: Path) -> tuple[str, tuple[str, ...]]:
    try:
        if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return data.decode("utf-16"), ()
        return data.decode("utf-8-sig"), ()
    except UnicodeDecodeError as error:
        if error.encoding.startswith("utf-16"):
            raise _not_text(source) from error
    try:
        return data.decode("cp1252"), (_GUESSED,)
    except UnicodeDecodeError as error:
        raise _not_text(source) from error


def _not_text(source: Path) -> FormatError:
    remedy = "The file holds binary data, not text. Save the transcript as UTF-8 text and try again."
    return FormatError(source, None, None, remedy)
