"""How languages are written, as far as it decides where a text is cut and whether it asks.

Chinese, Japanese, Thai, Lao, Khmer and Burmese put no spaces between words: their length is reckoned in
letters. A question ends in a mark of its script, or, as recognisers often leave marks out, in a word that
only ends questions.
"""

import re

# Letters of a regular expression's class. Korean has spaces and is in neither.
HAN = r"\u2e80-\u2fff\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
KANA = r"\u3031-\u3035\u3040-\u30ff\u31f0-\u31ff\uff66-\uff9f"
SOUTH_EAST = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Burmese, Khmer
UNSPACED = rf"{HAN}{KANA}{SOUTH_EAST}"
# A letter of Thai, Lao, Burmese or Khmer with the signs that cannot be torn from it, two letters where one
# stands before or below the other.
SYLLABLE = (
    r"[\u0e40-\u0e44\u0ec0-\u0ec4]?[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]"
    r"(?:[\u17d2\u1039][\u1000-\u109f\u1780-\u17ff]"
    r"|[\u0e30-\u0e3a\u0e45-\u0e4e\u0eb0-\u0ebd\u0ec6-\u0ece\u102b-\u103e\u1056-\u1059\u17b4-\u17d3])*"
)
_MARKS = r"\u3000-\u3004\u3008-\u3011\uff01-\uff0f\uff1a-\uff1f\uff61-\uff65"
# A word of Chinese or Japanese takes about two letters, of Thai about three of these syllables.
_WORD = re.compile(rf"[{HAN}{KANA}]{{1,2}}[{_MARKS}]*|(?:{SYLLABLE}){{1,3}}|[^\s{UNSPACED}]+")
_IS_UNSPACED = re.compile(f"[{UNSPACED}]")
_PAUSES = "，、；：､"

_AROUND = "\"'”’»)] 」』）】》〉］｣\u200e\u200f\u202c\u2069"
_QUESTION_MARKS = ("?", "？", "؟", "⁇", "⁈", "⸮", "፧", "\u037e", "︖")
# Words that end questions and nothing else; "か" alone may end any clause, "까" and "吗" may not.
_POLITE_DOUBT = "".join(
    chr(code) for code in range(0xAC00 + 17, 0xD7A4, 28)
)  # Korean syllables that end in ㅂ
_ASKING_END = re.compile(
    r"(?:"
    r"[\u0370-\u03ff\u1f00-\u1fff];"  # the Greek question mark, as keyboards type it
    r"|[吗嗎]"
    r"|(?:です|ます|でした|ました|ません|ましょう|でしょう|だろう)か[ねな]?"
    rf"|[{_POLITE_DOUBT}]니까|까요|[인는은던]가요"
    r"|(?:ไหม|มั้ย|หรือเปล่า|หรือไม่|หรือยัง|เหรอ)(?:ครับ|ค่ะ|คะ|จ๊ะ)?"
    r")[。．.｡]?$"
)


def word_spans(text: str) -> list[tuple[int, int]]:
    """Return where words begin and end: between spaces, or without any, every two or three letters."""
    if text.isascii() or _IS_UNSPACED.search(text) is None:
        return [match.span() for match in re.finditer(r"\S+", text)]
    return [match.span() for match in _WORD.finditer(text)]


def count_words(text: str) -> int:
    """Count words, reckoned from the letters where there are no spaces between them; see `word_spans`."""
    if text.isascii() or _IS_UNSPACED.search(text) is None:
        return len(text.split())
    return len(_WORD.findall(text))


def pauses_at(text: str, place: int) -> bool:
    """Say whether a text in a script without spaces pauses right before an offset, which is above 0."""
    if text[place - 1] in _PAUSES:
        return True
    return text[place : place + 1].isspace() and _IS_UNSPACED.match(text[place - 1]) is not None


def ends_in_question(text: str) -> bool:
    """Say whether a text ends in a question, told by its mark or, in some languages, by its last word."""
    bare = text.rstrip(_AROUND)
    return bare.endswith(_QUESTION_MARKS) or (
        not bare.isascii() and _ASKING_END.search(bare[-16:]) is not None
    )
