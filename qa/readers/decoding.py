"""Bytes to text: which encoding a file has, and which files are not text at all.

Accepts UTF-8 with or without a byte-order mark, UTF-16 with one or of Latin script without, and Windows-1252
as the last resort. A few bytes that are not UTF-8 in a file that otherwise is do not change its encoding.
Refuses binary files, documents of other programs, and texts that no encoding we know makes sense of.
"""

import codecs
import re
import string
from pathlib import Path
from typing import NamedTuple

from qa.errors import FormatError
from qa.types import Remark, RemarkKind

_DOCUMENTS = {
    b"%PDF": "This is a PDF. Export the transcript as .docx or .txt where it was made, or copy its text into"
    " a text file.",
    b"{\\rtf": "This is a rich-text document. Open it in a word processor and save it as .docx or .txt.",
    b"\xd0\xcf\x11\xe0": "This is an old Word document (.doc), or one protected by a password. Open it in"
    " Word and save it as .docx, without a password.",
    b"ID3": "This is a recording, not a transcript. Transcribe it first, and add what comes out.",
    b"OggS": "This is a recording, not a transcript. Transcribe it first, and add what comes out.",
    b"fLaC": "This is a recording, not a transcript. Transcribe it first, and add what comes out.",
}
_DAMAGED_WORD = "This Word document is damaged or cut short. Download or export it again."
_ARCHIVES = (
    (b"opendocument.text", "This is an OpenDocument text. Open it in a word processor and save it as .docx."),
    (b"opendocument.spreadsheet", "This is a spreadsheet. Save the sheet with the transcript as .csv."),
    (b"xl/workbook", "This is a spreadsheet. Save the sheet with the transcript as .csv."),
    (b"word/", _DAMAGED_WORD),  # a whole one is read before its bytes come here
    (b"ppt/presentation", "This is a presentation. Save the transcript in it as .docx or .txt."),
)
_ZIP = "This is a zip archive. Give it to `transcript-qa add`, which reads the transcripts in it."
_WINDOW = 65_536  # bytes at either end of an archive in which its members are named
_GUESSED = Remark(
    RemarkKind.ASSUMED,
    "The file is not UTF-8; it was read as Windows-1252, so accented letters may be wrong.",
)
_UNMARKED = Remark(
    RemarkKind.ASSUMED,
    "The file has no byte-order mark; it was read as UTF-16 because every other byte is zero.",
)
_CUT = Remark(
    RemarkKind.DROPPED,
    "The file ends in the middle of a letter, which is left out; it may have been cut short.",
)
_ESCAPED = re.compile("[\udc80-\udcff]")  # bytes that Python could not decode
_UNCLEAR = "The file is in an encoding that cannot be told for sure. Save it as UTF-8 and add it again."
_MOST_FOREIGN = 0.3  # share of letters beyond ASCII that no language written in Windows-1252 comes near
_LEAST_LETTERS = 24
_BEYOND_ASCII = bytes(range(128, 256))
_CONTROLS = bytes({*range(9), *range(14, 27), 28, 29, 30, 31})  # which no text holds
_VALID_FOR_ONE_BAD = 4  # letters in proper UTF-8 that outweigh one byte which is not


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
    if foreign := _foreign(data):
        raise FormatError(source, None, None, foreign)
    decoded = _decode(data, source)
    if "\0" in decoded.text:
        raise _not_text(source)
    text = decoded.text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return decoded._replace(text=text)


def _foreign(data: bytes) -> str | None:
    """What to do with a file of another kind; None for what may be text."""
    start = data[:64].removeprefix(codecs.BOM_UTF8).lstrip()
    for signature, remedy in _DOCUMENTS.items():
        if start.lower().startswith(signature.lower()) and (
            signature.isascii() or data.startswith(signature)
        ):
            return remedy
    if start.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        named = data[:_WINDOW] + data[-_WINDOW:]
        return next((remedy for member, remedy in _ARCHIVES if member in named), _ZIP)
    if data[4:8] == b"ftyp" or (data.startswith(b"RIFF") and data[8:12] in (b"WAVE", b"AVI ")):
        return _DOCUMENTS[b"ID3"]
    return None


def _decode(data: bytes, source: Path) -> Decoded:
    try:
        if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            cut = len(data) % 2
            return Decoded(data[: len(data) - cut].decode("utf-16"), "UTF-16", (_CUT,) if cut else ())
        if (unmarked := _unmarked_utf_16(data)) is not None:
            return Decoded(data.decode(unmarked), "UTF-16", (_UNMARKED,))
        return Decoded(data.decode("utf-8-sig"), "UTF-8")
    except UnicodeDecodeError as error:
        if error.encoding.startswith("utf-16"):
            raise _not_text(source) from error
    return _mostly_utf_8(data) or _windows_1252(data, source)


def _unmarked_utf_16(data: bytes) -> str | None:
    """The byte order of UTF-16 without a mark: nearly every other byte of Latin script is zero."""
    sample = data[: 2 * (min(len(data), 4000) // 2)]
    half = len(sample) // 2
    if half < 8 or len(data) % 2:
        return None
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if odd > 0.9 * half and even == 0:
        return "utf-16-le"
    return "utf-16-be" if even > 0.9 * half and odd == 0 else None


def _mostly_utf_8(data: bytes) -> Decoded | None:
    """UTF-8 in which a few bytes were damaged or the last letter was cut off."""
    text = data.decode("utf-8-sig", "surrogateescape")
    beyond_ascii = len(text) - len(text.encode("ascii", "ignore"))
    shown, bad = _ESCAPED.subn("\ufffd", text)
    if beyond_ascii - bad < _VALID_FOR_ONE_BAD * bad:
        return None
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    numbers = tuple(number for number, line in enumerate(lines, start=1) if _ESCAPED.search(line))
    message = f"Bytes that are not UTF-8, shown as \ufffd: {bad}."
    return Decoded(shown, "UTF-8", (Remark(RemarkKind.DROPPED, message, numbers),))


def _windows_1252(data: bytes, source: Path) -> Decoded:
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError as error:
        if len(data.translate(None, _CONTROLS)) < len(data):
            raise _not_text(source) from error
        raise FormatError(source, None, None, _UNCLEAR) from error
    foreign = len(data) - len(data.translate(None, _BEYOND_ASCII))
    letters = foreign + len(data) - len(data.translate(None, string.ascii_letters.encode()))
    if (
        letters >= _LEAST_LETTERS and foreign > _MOST_FOREIGN * letters
    ):  # of letters: captions are half digits
        raise FormatError(source, None, None, _UNCLEAR)
    return Decoded(text, "Windows-1252", (_GUESSED,))


def _not_text(source: Path) -> FormatError:
    remedy = "The file holds binary data, not text. Save the transcript as UTF-8 text and try again."
    return FormatError(source, None, None, remedy)
