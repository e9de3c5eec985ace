"""Whether a space stands between two words, when a recogniser writes them one by one.

Two kinds of files: those whose words are bare, where the script and the punctuation decide, and those whose
pieces carry their own spaces, as in " Amer", "icans".
"""

from collections.abc import Iterable

from qa.readers.cues import join

_CLOSING = ",.;:?!…%)]}»”،؛؟।॥、。，．！？：；）」』】"
_OPENING = "([{¿¡“（「『【"


def is_closing(piece: str) -> bool:
    """Say whether a piece is nothing but punctuation that belongs to the word before it."""
    return not piece.strip(_CLOSING)


def space_between(left: str, right: str) -> str:
    """Return the space between two bare words, or a word and a punctuation mark: one, or none."""
    if is_closing(right) or left[-1] in _OPENING:
        return ""
    before, after = left[-1], right[0]
    return " " if before.isascii() and after.isascii() else join([before, after])[1:-1]


def spaces_tell(texts: Iterable[str]) -> bool:
    """Say whether pieces carry their own spaces: at least half of them begin with one."""
    pieces = spaced = 0
    for text in texts:
        if text.strip():
            pieces += 1
            spaced += text[0].isspace()
    return spaced * 2 >= pieces > 0


def writes_on(left: str, right: str) -> bool:
    """Say whether a piece goes on with the word before it, where pieces carry their own spaces.

    Args:
        left: What stands before, as written.
        right: The piece, as written; not blank.
    """
    if not left or left[-1].isspace() or right[0].isspace():
        return False
    return is_closing(right) or (left[-1].isalnum() and (right[0].isalnum() or right[0] in "'’-"))


def join_pieces(pieces: Iterable[str]) -> str:
    """Join stretches of speech in the way of their script; empty ones leave no space."""
    return join([piece for piece in pieces if piece])
