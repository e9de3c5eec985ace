"""The lines of a cue's payload: voices split, markup gone, entities decoded, changes of speaker marked.

Of a cue's markup only the voice tag says anything about the words. Of the plain text, a dash or ``>>`` before
a line marks somebody new, also in the middle of a line where automatic captions have run two speakers
together.
"""

import html
import re
from collections.abc import Iterator
from typing import NamedTuple

from qa.readers.spacing import tidy

_VOICE = re.compile(r"<v(?:\.[^\s<>]{0,200})?(?:\s{1,20}([^<>]{0,200}))?>|</v>", re.IGNORECASE)
_MARKUP = re.compile(
    r"</?(?:c|i|b|u|s|em|strong|span|p|div|center|ruby|rt|rp|lang|font)(?:[.\s][^<>]{0,200})?/?>"
    r"|<\d[\d:.,]{1,20}>|\{\\[^{}]{0,100}\}",
    re.IGNORECASE,
)
_BREAK = re.compile(r"<br\s{0,9}/?>", re.IGNORECASE)
_INLINE_TIME = re.compile(r"<\d[\d:.]{4,20}>")
_UNDERLINED = re.compile(r"<u\b", re.IGNORECASE)
# Embeddings and isolates of right-to-left text stand before the dash and the name that open a line.
_DIRECTION_MARKS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_SOMEBODY_NEW = re.compile(r"(?:-\s?|–\s|>>+\s?)(?=[^\W\d_]|[\"“'‘¿¡\[(♪«])|>>+\s{0,3}(?=\S)")
_MARKS = ("-", "–", ">", "[")
_CHANGE_INSIDE = re.compile(r"\s(?=>>+\s{0,3}\S)")
_DASH_INSIDE = re.compile(r"(?<=[.?!…\"”])\s(?=[-–]\s[^\W\d_])")
_WHO = re.compile(r"\[(speaker[ _]?\d{1,4})\]\s", re.IGNORECASE)


class Line(NamedTuple):
    """One line of a cue.

    Args:
        text: Tidied, never blank when it comes from a file.
        voice: Who speaks, where the line says so.
        opens: Whether the line marks a change of speaker without having to name anybody.
        notes: Stage directions taken out of it.
        inferred: Whether the voice was carried over from an earlier line.
        role: Part of somebody whom the line does not name.
        timed: Whether the words carry times of their own, so that they are being said in this cue.
        marked: Whether one word is underlined, as the one being said.
    """

    text: str
    voice: str | None = None
    opens: bool = False
    notes: tuple[str, ...] = ()
    inferred: bool = False
    role: str | None = None
    timed: bool = False
    marked: bool = False


def lines_of(payload: tuple[str, ...]) -> list[Line]:
    """Read the payload of one cue.

    Args:
        payload: Lines as they stand in the file.

    Returns:
        One line or more for each that has words, changes of speaker still standing in the text.
    """
    text = "\n".join(payload)
    if "<" not in text:
        return list(_plain_lines(text, None))
    found: list[Line] = []
    voice = None
    position = 0
    for match in _VOICE.finditer(text):
        found.extend(_plain_lines(text[position : match.start()], voice))
        voice = tidy(html.unescape(match.group(1) or "")) or None
        position = match.end()
    found.extend(_plain_lines(text[position:], voice))
    return found


def _plain_lines(text: str, voice: str | None) -> Iterator[Line]:
    if "<" in text or "{" in text:
        for raw in _BREAK.sub("\n", text).split("\n"):
            line = plain(html.unescape(_MARKUP.sub("", raw)))
            if line:
                timed = _INLINE_TIME.search(raw) is not None
                yield Line(line, voice, timed=timed, marked=_UNDERLINED.search(raw) is not None)
        return
    for raw in text.split("\n"):
        if line := plain(html.unescape(raw)):
            yield Line(line, voice)


def plain(text: str) -> str:
    """Tidy a line, and take out the marks that only say which way it runs."""
    return tidy(text if text.isascii() else _DIRECTION_MARKS.sub("", text))


def marks_change(lines: tuple[Line, ...]) -> bool:
    """Say whether a line may mark a new speaker."""
    return any(line.text.startswith(_MARKS) or ">>" in line.text for line in lines)


def split_changes(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """Take the marks of a new speaker out of lines and cut lines where one stands inside."""
    parted: list[Line] = []
    for line in lines:
        if line.voice is not None or not marks_change((line,)):
            parted.append(line)
            continue
        texts = _CHANGE_INSIDE.split(line.text)
        if line.text[0] in "-–":
            texts = [piece for text in texts for piece in _DASH_INSIDE.split(text)]
        parted.extend(_opened(line._replace(text=text)) for text in texts)
    return tuple(parted)


def _opened(line: Line) -> Line:
    if who := _WHO.match(line.text):
        return line._replace(text=line.text[who.end() :], voice=who.group(1))
    mark = _SOMEBODY_NEW.match(line.text)
    return line._replace(text=line.text[mark.end() :], opens=True) if mark else line
