"""White space, lines and invisible characters, treated one way by every reader."""

import re

# Zero-width space, direction marks, word joiner, byte-order mark, control characters and lone surrogates:
# nobody said them, and the last cannot be stored as UTF-8. Joiners U+200C and U+200D carry meaning and stay.
_INVISIBLE = re.compile("[\u0000-\u0008\u000e-\u001b\u007f\u200b\u200e\u200f\u2060\ufeff\ud800-\udfff]")


def tidy(text: str) -> str:
    """Return the text on one line, single spaces between words, without invisible characters."""
    return " ".join(_INVISIBLE.sub("", text).split())


def tidy_lines(text: str) -> str:
    """Tidy each line by itself; blank lines go, the other line breaks stay."""
    return "\n".join(filter(None, map(tidy, text.split("\n"))))


def numbered_lines(text: str) -> list[tuple[int, str]]:
    """Return the lines that are not blank, tidied, each with its number counted from 1."""
    pairs = ((number, tidy(line)) for number, line in enumerate(text.split("\n"), start=1))
    return [(number, line) for number, line in pairs if line]


def distinct(items: list[str]) -> tuple[str, ...]:
    """Drop repeats and keep the order of first appearance."""
    return tuple(dict.fromkeys(items))


def word_set(words: str) -> frozenset[str]:
    """Split a vocabulary written as running text; one word a line would drown the module that holds it."""
    return frozenset(words.split())
