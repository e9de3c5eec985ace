r"""The codes inside an utterance of CHAT, and the plain words under them.

What was said stays, with false starts and repetitions ("<the> [//] a boat" is "the a boat"); what was done
becomes a note ("&=laughs"); the analyst's marks go:

- ``(be)cause`` is because, ``&-uh`` uh, ``&+fr`` fr- (a word broken off), ``&~gaga`` gaga, ``word@s:deu``
  word, ``how_about`` how about, ``black+bird`` blackbird; ``xxx`` (unintelligible) stays xxx;
- ``0word`` (left out by the speaker), pauses such as ``(.)`` and ``(1.5)``, ``[//]``, ``[* m]``, ``[+ IMP]``
  and the overlap marks of conversation analysis go;
- ``gonna [: going to]`` keeps gonna; the other form, and ``[= explained]``, ``[=! whispers]``, ``[% noted]``
  and every bracket not named here, become notes;
- ``+...`` is an ellipsis, ``+/.`` and ``+//.`` a dash; other marks of linking go.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from qa.readers.spacing import tidy

_BRACKET = re.compile(r"\[([^\[\]]{0,400})\]")
_MARK = (
    re.compile(  # brackets that say nothing to a reader: retracings, overlaps, errors, postcodes, languages
        r"/{1,3}[?-]?|//\?|[<>]\d{0,3}|!{1,2}|\?|\*.*|\+.*|-\s.*|e|x\s?\d{1,4}|#.{0,12}|\^c"
    )
)
_PAUSE = re.compile(r"\((?:\.{1,3}|\d{0,4}:?\d{0,4}\.?\d{0,4})\)|#+[\d_.:]{0,10}")
_TERMINATORS = {
    "+...": "...", "+..?": "...?", "+!?": "!?", "+/.": " —", "+//.": " —", "+/?": " —?", "+//?": " —?",
    '+".': ".", '+"/.': ":", "+.": ".",
}  # fmt: skip
_LINKER = re.compile(r'\+(?:["^<,+≋≈]+|\+)?')
_COMMAS = {"„": ",", "‡": ","}  # tag and vocative marks
_ANALYSIS = str.maketrans("", "", "⌈⌉⌊⌋↑↓⇗↗→↘⇘∞≈≋≡∙◉▁▔☺♋⁇∬Ἡ∆∇°⁎↫ˈˌ‹›∾⁑Ϋ∲§↻⤆⤇")
_LENGTHENED = re.compile(r"(?<=[^\W\d_]):+|:+(?=[^\W\d_])|(?<=\w)\^(?=\w)")
_PUNCTUATION = re.compile(r"[.,!?;:…]+")


class Utterance(NamedTuple):
    """The words of an utterance, possibly none, and its notes in order."""

    text: str
    notes: tuple[str, ...]


def read_utterance(coded: str) -> Utterance:
    """Turn a coded utterance into reading text.

    Args:
        coded: The main line after the speaker, on one line, without the times.
    """
    notes: list[str] = []
    words: list[str] = []
    position = 0
    for match in _BRACKET.finditer(coded):
        words.extend(_words(coded[position : match.start()], notes))
        if note := _note(tidy(match.group(1))):
            notes.append(note)
        position = match.end()
    words.extend(_words(coded[position:], notes))
    text = tidy("".join(_spaced(words)))
    return Utterance(text if any(c.isalnum() for c in text) else "", tuple(notes))


def _note(code: str) -> str:
    """What a bracket tells a reader; nothing when it is a mark of the analyst."""
    if not code or _MARK.fullmatch(code):
        return ""
    bare = re.sub(r"^(?:=[!?]?|%|:{1,2})\s*", "", code)
    if code.startswith(":"):
        return f"(for: {bare})" if bare else ""
    if code.startswith("=?"):
        return f"(or: {bare})" if bare else ""
    return f"({bare})" if bare else ""


def _words(coded: str, notes: list[str]) -> Iterator[str]:
    for token in coded.replace("<", " ").replace(">", " ").split():
        if token in _TERMINATORS:
            yield _TERMINATORS[token]
        elif token[:2] in {"&=", "&*"} or token[:2] in {"&{", "&}"}:
            event = tidy(
                token[2:].replace("_", " ").replace(":", ": ").removeprefix("l= ").removeprefix("n= ")
            )
            notes.extend([f"({event})"] if event else [])
        elif not _PAUSE.fullmatch(token):
            yield _word(token)


def _word(token: str) -> str:
    """One word as it was said; empty when it was not."""
    if token in _COMMAS:
        return _COMMAS[token]
    if token.startswith("+"):
        token = token[len(_LINKER.match(token).group()) :]  # type: ignore[union-attr]  # it matches any plus
    broken = token.startswith("&+")
    if token.startswith("&"):
        token = token[2:] if token[1:2] in {"-", "+", "~"} else token[1:]
    if token.startswith("0") and not token[1:2].isdigit():
        return token[1:] if _PUNCTUATION.fullmatch(token[1:]) else ""
    word, at, suffix = token.partition("@")
    if at and word:
        token = word + (found.group() if (found := re.search(r"[.,!?]+$", suffix)) else "")
    token = token.translate(_ANALYSIS).replace("_", " ")
    token = _LENGTHENED.sub("", re.sub(r"[()]", "", token))
    token = re.sub(r"(?<=[^\W\d_])\+(?=[^\W\d_])", "", token)
    return f"{token}-" if broken and token else token


def _spaced(words: list[str]) -> Iterator[str]:
    """Put spaces between words, none before punctuation."""
    for word in words:
        if word:
            yield word if _PUNCTUATION.match(word) else f" {word}"
