"""Stage directions: "(inaudible)", "[laughter]", "(continues in Ukrainian)".

A bracket is a direction when its words come from a known vocabulary, when it fills a line, or when it stands
after the last full stop of a line. An ordinary parenthesis inside a sentence, such as "(about 40 percent)",
is speech and stays.
"""

import re

_NOISE = (
    r"inaudible|unintelligible|indistinct|indiscernible|laugh(?:s|ter|ing)?|applause|clapping|cheer(?:s|ing)?"
    r"|cross-?\s?talk|overlapping (?:speech|voices|talk)|overtalk|(?:long |short )?pause|silence|music|sighs?"
    r"|cough(?:s|ing)?|off[- ]mic(?:rophone)?|no audio|audio (?:gap|break|lost)|interruption"
    r"|recording (?:starts|stops|ends)"
)
_MANNER = (
    r"as (?:delivered|prepared|interpreted|translated|recorded)"
    r"|(?:speaking |spoken )?(?:through|via) (?:an? |the )?(?:interpreter|translator|interpretation)"
    r"|(?:continues?|continued|continuing|speaks?|speaking|spoke|responds?|responding|replies|reply|answers?"
    r"|response|question|statement|remarks|translated|interpreted)(?: (?:in|into|through|via|with|from)"
    r" [^.!?]{1,80}| [^\W\d_]{1,20})?"
)
_VOCABULARY = re.compile(rf"(?:{_NOISE}|{_MANNER})(?:\s+[\d:.]{{1,12}})?[.!]?", re.IGNORECASE)
_BRACKET = re.compile(r"\(([^()\[\]]{1,120})\)|\[([^()\[\]]{1,120})\]")
_DELIVERED = re.compile(
    r"[(\[]\W?(?:as (?:delivered|prepared|interpreted|translated|recorded|given|spoken)"
    r"|check against delivery|(?:unofficial |edited |verbatim )?(?:transcript|translation|transcription))"
    r"\b.{0,80}[)\]]",
    re.IGNORECASE,
)
_MAX_DELIVERED = 120
_MAX_TRAILING_WORDS = 6


def is_direction(line: str) -> bool:
    """Say whether a line is one bracket and nothing else."""
    return _BRACKET.fullmatch(line.strip()) is not None


def says_delivered(line: str) -> bool:
    """Say whether a line tells how the words below came about: "(As delivered)", "[Transcript]"."""
    return len(line) <= _MAX_DELIVERED and _DELIVERED.fullmatch(line.strip()) is not None


def split_directions(text: str, *, trailing: bool) -> tuple[str, tuple[str, ...]]:
    """Take the stage directions out of one line of speech.

    Args:
        text: One tidied line.
        trailing: Whether a short bracket after the last full stop counts whatever its words are.

    Returns:
        The speech that is left, possibly empty, and the directions as written, in order.
    """
    kept: list[str] = []
    notes: list[str] = []
    position = 0
    for match in _BRACKET.finditer(text):
        words = (match.group(1) or match.group(2)).strip()
        if _VOCABULARY.fullmatch(words) or (trailing and _trails(text, match, words)):
            kept.append(text[position : match.start()])
            notes.append(match.group())
            position = match.end()
    return _joined([*kept, text[position:]]), tuple(notes)


def _trails(text: str, match: re.Match[str], words: str) -> bool:
    """Whether the bracket closes the line after a finished sentence, and reads like a direction."""
    ends_line = match.end() == len(text.rstrip())
    after_sentence = text[max(0, match.start() - 3) : match.start()].rstrip().endswith((".", "?", "!", "…"))
    short = len(words.split()) <= _MAX_TRAILING_WORDS and not any(c.isdigit() for c in words)
    return ends_line and after_sentence and short


def _joined(pieces: list[str]) -> str:
    """Join what stood around the directions, without a space before punctuation."""
    joined: list[str] = []
    for piece in map(str.strip, pieces):
        if piece:
            joined.append(piece if not joined or piece[0] in ",.;:?!" else f" {piece}")
    return "".join(joined)
