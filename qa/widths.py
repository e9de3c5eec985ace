"""Text on a terminal, where letters of Chinese, Japanese and Korean take two columns, signs none."""

import textwrap
import unicodedata

from qa.writing import word_spans


def width(text: str) -> int:
    """Return how many columns a line takes."""
    if text.isascii():
        return len(text)
    return sum(map(_columns, text))


def _columns(letter: str) -> int:
    if unicodedata.category(letter) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1


def padded(text: str, columns: int) -> str:
    """Return a text with spaces after it, so that it takes at least so many columns."""
    return text + " " * (columns - width(text))


def wrapped(text: str, columns: int, first: str = "", rest: str = "") -> list[str]:
    """Break a text into lines; a script without spaces breaks between letters.

    Args:
        text: On one line.
        columns: Most columns of a line. A longer word has a line of its own.
        first: Put before the first line, and counted.
        rest: Put before the others.
    """
    if width(text) == len(text):  # every letter takes one column
        return textwrap.wrap(text, columns, initial_indent=first, subsequent_indent=rest)
    lines: list[str] = []
    line, done = first, 0
    for start, end in word_spans(text):
        piece, gap = text[start:end], " " if text[done:start] else ""
        begun = line != (rest if lines else first)
        if begun and width(line + gap + piece) > columns:
            lines.append(line)
            line, begun = rest, False
        line += (gap if begun else "") + piece
        done = end
    return [*lines, line] if line != (rest if lines else first) else lines
