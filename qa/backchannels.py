"""What shows that somebody listens: "Yeah.", "Mm-hmm, right.". Part of the record, and no answer."""

import re

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_MOST_WORDS = 4
# Nothing here is an answer unless somebody asked; "yes" and "no" are left out because they may be one after a
# statement too ("They never paid." "No.").
_WORDS = frozenset(
    "ah aha alright awesome cool exactly fine gosh great hm hmm hmmm huh indeed interesting mhm mhmm mm mm-hm"
    " mm-hmm mmhm mmhmm mmm oh ok okay ooh really right sure uh uh-huh uhhuh uhm um umm well wow yeah yep yup"
    " yea i see got it of course so and but thanks thank you good".split()
)


def is_backchannel(text: str) -> bool:
    """Say whether a turn only shows that somebody listens.

    Args:
        text: Of a whole turn, in English; a turn without a word, such as "👍", counts too.
    """
    words = _WORD.findall(text.casefold())
    return len(words) <= _MOST_WORDS and all(word in _WORDS for word in words)
