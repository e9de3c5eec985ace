"""What shows that somebody listens: "Yeah.", "Mm-hmm, right.". Part of the record, and no answer."""

import re

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_MOST_WORDS = 4
# Nothing here is an answer unless somebody asked; "yes" and "no" are left out because they may be one after a
# statement too ("They never paid." "No.").
_WORDS = frozenset(
    "ah aha alright awesome cool exactly fine gosh great hm hmm hmmm huh indeed interesting mhm mhmm mm mm-hm"
    " mm-hmm mmhm mmhmm mmm oh ok okay ooh really right sure uh uh-huh uhhuh uhm um umm well wow yeah yep yup"
    " yea i see got it of course so and but thanks thank you good"
    # Chinese, Japanese, Korean, Russian, Ukrainian, German, French, Spanish, Turkish, Greek, Arabic, Hebrew
    " 嗯 嗯嗯 哦 噢 啊 哎 明白 明白了 谢谢 謝謝 へえ ほう うん うんうん ふむ なるほど"
    " そうですね そうですか 음 아 아하 그렇군요 그렇구나 알겠습니다 угу ага ясно понятно спасибо"
    " зрозуміло дякую genau danke d'accord d’accord merci claro gracias tamam anladım"
    " teşekkürler ωραία μάλιστα ευχαριστώ طيب حسنا شكرا בסדר הבנתי תודה".split()
)


def is_backchannel(text: str) -> bool:
    """Say whether a turn only shows that somebody listens.

    Args:
        text: Of a whole turn; a turn without a word, such as "👍", counts too.
    """
    words = _WORD.findall(text.casefold())
    return len(words) <= _MOST_WORDS and all(word in _WORDS for word in words)
