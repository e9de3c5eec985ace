"""Words as they are matched in scripts beyond Latin: letter pairs without spaces, stems where a script tells.

- Chinese and Japanese: each Chinese character and each pair of letters side by side in one script, so that
  no dictionary decides what can be found. Thai, Lao, Khmer and Burmese: pairs of letters with their signs.
- Korean: pairs of syllables, because particles are written on to a word; a word of one syllable without
  them too.
- Cyrillic, Greek, Arabic, Devanagari, Tamil and Armenian: Snowball's stemmer of Russian, Greek, Arabic,
  Hindi, Tamil and Armenian. Other languages of the script share it: the same word has the same stem, so a
  stemmer that does not know a language finds more than it should, and never less. Words with letters that
  Russian lacks are left as they are.
- Hebrew: the letters that are prefixed to nouns are taken off. All other scripts: words as they stand.

Words that only ask, or only hold a sentence together, are left out.
"""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import pairwise

import Stemmer

from qa.retrieval.folding import fold
from qa.writing import HAN, SOUTH_EAST, SYLLABLE

_HIRAGANA = r"\u3040-\u309f"
_KATAKANA = r"\u3031-\u3035\u30a0-\u30ff\u31f0-\u31ff"
HANGUL = r"\uac00-\ud7a3"
_PIECED = rf"{HAN}{_HIRAGANA}{_KATAKANA}{SOUTH_EAST}{HANGUL}"
_BEYOND_LATIN = re.compile(
    r"[\u0370-\u1dff\u1f00-\u1fff\u2e80-\ua71f\ua800-\ufaff\ufb1d-\ufdff\U00010000-\U0003ffff]"
)
_IN_PIECES = re.compile(f"[{_PIECED}]")
_RUNS = re.compile(
    rf"(?P<han>[{HAN}]+)|(?P<hiragana>[{_HIRAGANA}]+)|(?P<katakana>[{_KATAKANA}]+)"
    rf"|(?P<syllables>(?:{SYLLABLE})+)|(?P<hangul>[{HANGUL}]+)|(?P<spaced>[^\s{_PIECED}]+)"
)
_HAN = re.compile(f"[{HAN}]")
_SYLLABLE = re.compile(SYLLABLE)
LETTER = re.compile(rf"(?:{SYLLABLE}|[{_PIECED}])[\u0300-\u036f\u3099\u309a]*|[^{_PIECED}]+")

# What asks is taken out before pairs are made, so that it makes none with its neighbours; longer ones first.
_ASKING = re.compile(
    "什么时候|什麼時候|为什么|為什麼|什么|什麼|怎么样|怎麼樣|怎么|怎麼|怎样|怎樣|如何|多少|哪里|哪裡|哪儿|哪个|哪些|谁|誰"
    "|何時|何人|いつ|どこ|だれ|なぜ|どうして|どうやって|いくら|いくつ|どの|どんな|でしょうか|ですか|ますか|ましたか"
    "|อะไร|เมื่อไหร่|เมื่อไร|เท่าไหร่|เท่าไร|ที่ไหน|ทำไม|อย่างไร|ยังไง|ใคร|หรือไม่|หรือเปล่า|ไหม|ครับ|ค่ะ|คะ"
)
# Between words that would make a pair without them: 新的桥, 新桥.
_PARTICLES_HAN = re.compile("[的了吗嗎呢吧啊]")
_EMPTY_HAN = frozenset("是在和也就都而及与與或这這那之为為把被让讓对對于於個个何說说")
_EMPTY_KANA = frozenset(
    "です ます した して てい いま って った ている ある いる する こと この その あの これ それ"
    " から まで ので のは には では とは にも でも など よう そう いう とい れる られ せん まし"
    " たい ない なる なり くだ ださ さい さん".split()
)
_EMPTY_HANGUL = frozenset(
    "니다 습니 입니 합니 했습 니까 습니까 있습 겠습 었습 았습 어요 아요 에요 예요 지요 까요 하는"
    " 하고 했다 한다".split()
)
_ASKING_HANGUL = re.compile(
    "(?:무엇|누구|언제|어디|얼마|어떻게|무슨|어떤|왜|몇|누)(?:을|를|이|가|은|는|에|에서|서|나|나요|인가요|입니까)?"
)
# Particles that are written on to a noun.
_PARTICLES = frozenset(
    "은 는 이 가 을 를 에 의 도 로 과 와 만 에서 으로 까지 부터 에게 처럼 보다 이나".split()
)

_EMPTY = frozenset(
    fold(
        # Russian and Ukrainian
        "а без бы был была были было в вам вас ваш во вот все вы где да для до его ее ей ему если"
        " есть еще же за и из или им их к как какая какие какое какой кем ко когда кого кому"
        " которая которые который кто куда ли мне мы на нам нас наш не него нее нет ни них но о об"
        " он она они от по под почему при про с сколько со так там то того тоже той том ты у уже"
        " чего чем что чтобы эта эти это этот я сказал сказала сказали говорит але був була було"
        " ви від він вона вони де його її й йому і із є з зі їм їх коли куди ми мені ні та також"
        " те ти той хто це цей ці ця чи чому що щоб ще як яка який які скільки сказав"
        # Greek
        " ο η το οι τα του της των τον την τους τις στο στη στην στον στα και κι σε με για από να"
        " θα δεν που πως ποιος ποια ποιο τι πότε πού γιατί πόσο πόσα πόσες πόσοι είναι ήταν έχει"
        " αυτό αυτή ένα ένας μια είπε"
        # Arabic
        " في من على عن إلى ما ماذا متى أين كيف كم لماذا هل هو هي هم هذا هذه ذلك التي الذي أن إن لا"
        " لم لن قد كان كانت و أو ثم مع قال قالت"
        # Hebrew
        " של את על עם אל מה מי מתי איפה היכן למה מדוע איך כמה האם הוא היא הם הן זה זאת זו אני"
        " אנחנו לא כן יש אין היה הייתה גם או כי אם אמר אמרה"
        # Hindi
        " का की के को में से पर ने है हैं था थी थे और या क्या कौन कब कहाँ कैसे क्यों कितना कितनी कितने यह वह ये वे"
        " हम आप मैं कि भी नहीं ही तो हो कहा गया गई किया"
    ).split()
)
_STEMMERS = tuple(
    (re.compile(f"[{letters}]+"), Stemmer.Stemmer(language))
    for letters, language in (
        (r"\u0370-\u03ff", "greek"),
        ("а-я", "russian"),
        (r"\u0621-\u064a", "arabic"),
        (r"\u0900-\u097f", "hindi"),
        (r"\u0b80-\u0bff", "tamil"),
        (r"\u0561-\u0587", "armenian"),
    )
)
_HEBREW = re.compile(r"[\u05d0-\u05ea]+")
_LEAST_HEBREW = 3  # letters of a word without its prefixes


def is_beyond_latin(word: str) -> bool:
    """Say whether a folded word has a letter of another script than Latin."""
    return not word.isascii() and _BEYOND_LATIN.search(word) is not None


def is_in_pieces(word: str) -> bool:
    """Say whether a word is matched by parts of it."""
    return _IN_PIECES.search(word) is not None


def is_half(term: str) -> bool:
    """Say whether a term is a Chinese character by itself."""
    return len(term) == 1 and not term.isascii() and _HAN.match(term) is not None


def runs(word: str) -> list[str]:
    """Cut a folded run of letters where its script changes; what only asks is left out."""
    found = (match.group().strip("'’") for match in _RUNS.finditer(_ASKING.sub(" ", word)))
    return [run for run in found if run]


def terms(run: str) -> list[str]:
    """Return what one of `runs` is matched by; repetitions count."""
    match = _RUNS.match(run)
    return _WAYS[match.lastgroup](run) if match and match.lastgroup else []


def _pairs(pieces: Sequence[str]) -> list[str]:
    return [one + other for one, other in pairwise(pieces)] if len(pieces) > 1 else list(pieces)


def _han(run: str) -> list[str]:
    run = _PARTICLES_HAN.sub("", run)
    alone = [letter for letter in run if letter not in _EMPTY_HAN]
    pairs = [pair for pair in _pairs(run) if len(pair) > 1 and not _EMPTY_HAN.issuperset(pair)]
    return alone + pairs


def _hiragana(run: str) -> list[str]:
    return [pair for pair in _pairs(run) if len(pair) > 1 and pair not in _EMPTY_KANA]


def _hangul(run: str) -> list[str]:
    if _ASKING_HANGUL.fullmatch(run):
        return []
    found = [pair for pair in _pairs(run) if pair not in _EMPTY_HANGUL]
    return [*found, run[0]] if run[1:] in _PARTICLES else found


def _syllables(run: str) -> list[str]:
    return _pairs(_SYLLABLE.findall(run))


def _spaced(word: str) -> list[str]:
    return [] if word in _EMPTY else [_stem(word)]


@lru_cache(maxsize=200_000)
def _stem(word: str) -> str:
    for letters, stemmer in _STEMMERS:
        if letters.fullmatch(word):
            return str(stemmer.stemWord(word)) or word
    return _without_prefixes(word) if _HEBREW.fullmatch(word) else word


def _without_prefixes(word: str) -> str:
    """Take off "and", "the", "in", "to", "from", "that", "as" as long as enough is left.

    All of them, so that a word that begins with one of these letters itself is the same with and without.
    """
    while len(word) > _LEAST_HEBREW and word[0] in "והבלמשכ":
        word = word[1:]
    return word


_WAYS: dict[str, Callable[[str], list[str]]] = {
    "han": _han,
    "hiragana": _hiragana,
    "katakana": _pairs,
    "syllables": _syllables,
    "hangul": _hangul,
    "spaced": _spaced,
}
