"""Text as it is compared: without what writers of a language may leave out or write in two ways.

Case, accents of Latin, Greek and Cyrillic letters, points of Arabic and Hebrew, joiners of Indic scripts;
forms for compatibility, such as wide digits, become plain ones, digits of any script 0 to 9. й, ї and ў are
letters of their own and stay.
"""

import re
import unicodedata

# Signs that belong to the letter before them in scripts beyond Latin: vowels, tones, points.
SIGNS = "".join(
    chr(code)
    for code in (*range(0x0483, 0x1CFF), 0x3099, 0x309A)
    if unicodedata.category(chr(code))[0] == "M"
)
# U+0300–U+036F are accents on Latin, Greek and Cyrillic letters; the short sign of й and ў and the two dots
# of ї make other letters.
_ACCENTS = re.compile(r"(?<![иу])\u0306|(?<!і)\u0308|[\u0300-\u0305\u0307\u0309-\u036f]")
_LATIN = str.maketrans({
    "ı": "i", "ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe",
    "\u02bc": "’",  # the apostrophe of Ukrainian
})  # fmt: skip
_BEYOND = re.compile(r"[\u0590-\u1cff]")
_LEFT_OUT = re.compile(
    r"[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"  # points of Hebrew
    r"\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed"  # of Arabic, and what stretches its lines
    r"\u093c]"  # the dot of Devanagari, which few type
    r"|(?<=[\u0900-\u0dff])[\u200c\u200d]"
)
_TWO_WAYS = str.maketrans({"ک": "ك", "ی": "ي", "ہ": "ه", "ँ": "ं"})  # keyboards of Persian, Urdu and Hindi
_DIGIT = re.compile(r"[^\x00-\x7f\D]")


def fold(text: str) -> str:
    """Lower case, compatibility forms unified, accents dropped; a folded text folds to itself."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    folded = _ACCENTS.sub("", decomposed).translate(_LATIN)
    if _BEYOND.search(folded):
        folded = _LEFT_OUT.sub("", folded).translate(_TWO_WAYS)
    return unicodedata.normalize("NFC", plain_digits(folded))


def plain_digits(text: str) -> str:
    """Write the digits of any script as 0 to 9, each in its place."""
    return text if text.isascii() else _DIGIT.sub(lambda digit: str(unicodedata.digit(digit[0])), text)
