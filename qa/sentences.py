"""Where sentences begin and end, as character offsets, so that a quotation can be shown in its place.

A sentence ends at . ! ? … or the marks of other scripts, with closing quotes and brackets after them, before
white space where a script has it; a line break always ends one. Abbreviations, initials and decimals do
not. Thai, Lao and Khmer end sentences with a space, which may stand between clauses too: one after twenty
letters counts. Text without any punctuation, as some recognisers write it, is one sentence.
"""

import re
from typing import Literal

from qa.writing import count_words, pauses_at, word_spans

Span = tuple[int, int]

_END = re.compile(
    r"""
    # Western: must be followed by white space. Never given back and never begun in the middle, because a long
    # run of dots without a space after it would otherwise be tried from each of them.
    (?: (?<![.!?…]) [.!?…]++ ["'”’»)\]]*+ (?= \s | $ ) )
    # Chinese, Japanese, Burmese, Khmer, Arabic, Urdu, Hindi, Armenian, Ethiopic: no space need follow.
    | (?: [。！？｡။។؟۔।॥։።፧⁇⁈⁉] | ．(?!\d) )++ ["'”’»)\]」』）】》〉］｣]*+
    | (?<= [\u0370-\u03ff\u1f00-\u1fff] ) [;\u037e] ["'”’»)\]]*+ (?= \s | $ )  # the Greek question mark
    | (?<= [\u0e00-\u0eff\u1780-\u17ff]{20} ) [ ] (?= [\u0e00-\u0eff\u1780-\u17ff] )
    | \n++
    """,
    re.VERBOSE,
)
# Not a complete list, and need not be: a wrong split only makes a highlight shorter.
_ABBREVIATIONS = frozenset(
    "mr mrs ms dr prof st jr sr gen col sgt lt capt cmdr adm gov sen rep rev hon pres vs etc inc ltd "
    "co corp no nos fig vol approx dept est jan feb mar apr jun jul aug sep sept oct nov dec e.g i.e "
    "a.m p.m u.s u.k u.n ph.d "
    # German, Spanish, Russian and Ukrainian; none is a word of English
    "bzw usw z.b d.h u.a mrd sra srta uds núm pág "
    "г гг т.е т.д т.п т.к им ул тыс млн млрд руб коп стр др пр грн".split()
)
_LAST_WORD = re.compile(r"([\w.]+)\.$")


def sentence_spans(text: str) -> list[Span]:
    """Split text into sentences.

    Returns:
        (start, end) offsets in order, without surrounding white space, never empty ones. Every character
        that is not white space lies in exactly one span.
    """
    spans: list[Span] = []
    begin = 0
    for match in _END.finditer(text):
        if _goes_on(text, begin, match):
            continue
        _append_stripped(spans, text, begin, match.end())
        begin = match.end()
    _append_stripped(spans, text, begin, len(text))
    return spans


def _goes_on(text: str, begin: int, match: re.Match[str]) -> bool:
    ending = match.group()
    if ending != ".":
        # 'He asked "why?" twice': what ends inside quotes or trails off may go on.
        trails = ending[-1] in "\"'”’»)]…" or ending.endswith("..")
        return trails and text[match.end() : match.end() + 2].lstrip(" ")[:1].islower()
    # 24 characters hold any abbreviation; looking further back would make long unpunctuated text quadratic.
    kind = _abbreviated(text[max(begin, match.end() - 24) : match.end()])
    # At the very end an abbreviation does close the sentence.
    return kind == "initial" or (kind == "word" and bool(text[match.end() : match.end() + 2].strip()))


def _abbreviated(text: str) -> Literal["word", "initial"] | None:
    """Say whether a text that ends in a full stop ends in an abbreviation, or an initial as in "J. Doe"."""
    before = _LAST_WORD.search(text)
    if before is None:
        return None
    word = before.group(1)
    if word.lower() in _ABBREVIATIONS:
        return "word"
    return "initial" if len(word) == 1 and word.isupper() and word != "I" else None


def is_abbreviated(text: str) -> bool:
    """Say whether the full stop that a text ends in belongs to an abbreviation or an initial.

    Args:
        text: The last 24 characters are enough.
    """
    return _abbreviated(text) is not None


def _append_stripped(spans: list[Span], text: str, begin: int, end: int) -> None:
    piece = text[begin:end]
    stripped = piece.strip()
    if stripped:
        start = begin + piece.index(stripped[0])
        spans.append((start, start + len(stripped)))


def split_at_sentences(text: str, max_words: int) -> list[Span]:
    """Split text into stretches of whole sentences.

    Args:
        text: Any text.
        max_words: Most words in a stretch, at least 1. A single longer sentence is cut between words, or, in
            a script without spaces, where it pauses.

    Returns:
        (start, end) offsets in order; together they cover every character that is not white space.
    """
    if max_words < 1:
        raise ValueError(f"max_words is {max_words}; expected at least 1")
    stretches: list[Span] = []
    held: Span | None = None
    held_words = 0
    for start, end in (part for span in sentence_spans(text) for part in _cut_long(text, span, max_words)):
        words = count_words(text[start:end])
        if held is not None and held_words + words <= max_words:
            held, held_words = (held[0], end), held_words + words
            continue
        if held is not None:
            stretches.append(held)
        held, held_words = (start, end), words
    if held is not None:
        stretches.append(held)
    return stretches


def _cut_long(text: str, span: Span, max_words: int) -> list[Span]:
    words = [(span[0] + start, span[0] + end) for start, end in word_spans(text[span[0] : span[1]])]
    if len(words) <= max_words:
        return [span]
    pieces: list[Span] = []
    first = 0
    while first < len(words):
        last = min(first + max_words, len(words))
        if last < len(words):
            # Without spaces a word is only a guess, so that a pause in the latter half is the better place.
            half = first + max(1, max_words // 2)
            last = next((at for at in range(last, half - 1, -1) if pauses_at(text, words[at - 1][1])), last)
        pieces.append((words[first][0], words[last - 1][1]))
        first = last
    return pieces
