"""Words of scripts beyond Latin, as `qa.retrieval.lexical.words` makes them."""

import re
import unicodedata

import pytest

from qa.retrieval import lexical
from qa.retrieval.lexical import STOP_WORDS, words
from qa.retrieval.places import places
from tests.conftest import ROOT


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("新的桥", ["新", "桥", "新桥"]),  # 的 is left out
        ("港口在哪里？", ["港", "口", "港口", "口在"]),
        ("为什么", []),
        ("橋はいくらですか", ["橋"]),  # は alone is a particle
        ("りんご", ["りん", "んご"]),
        ("カ", ["カ"]),
        ("ﾀﾜｰ", ["タワ", "ワー"]),
        ("서울에서", ["서울", "울에", "에서"]),
        ("물은 물을", ["물은", "물", "물을", "물"]),
        ("언제 어디서 무엇을", []),
        ("\u1112\u1161\u11ab\u1100\u116e\u11a8", ["한국"]),  # decomposed
        ("เรือ", ["เรือ"]),
        ("สะพาน", ["สะพา", "พาน"]),
        ("порт порта портом", ["порт"] * 3),
        ("библиотека библиотеку", ["библиотек"] * 2),
        ("що це", []),
        ("місто", ["місто"]),  # Russian has no і
        ("βιβλιοθήκη ΒΙΒΛΙΟΘΗΚΕΣ", ["βιβλιοθηκ"] * 2),
        ("الميناء ميناء", ["ميناء"] * 2),
        ("הנמל נמל בנמל ושבנמל", ["נמל"] * 4),
        ("מלון המלון", ["לון"] * 2),
        ("पुल पुलों", ["पुल"] * 2),
        ("पुस्तकालय", ["पुस्तकालय"]),  # vowel signs do not end a word
        ("կամուրջ կամուրջի կամուրջներ", ["կամուրջ"] * 3),
    ],
)
def test_words_of_other_scripts(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    ("text", "asked", "marked"),
    [
        ("市长说新的桥很贵", "桥", ["桥"]),
        ("東京タワーは高い", "タワー", ["タワー"]),
        ("서울에서 만나요", "서울", ["서울"]),
        ("물을 주세요", "물은", ["물"]),
        ("ข้ามสะพานใหม่", "สะพาน", ["สะพาน"]),
        ("нового моста нет", "новый мост", ["нового", "моста"]),
        ("एक पुल", "पुलों", ["पुल"]),
    ],
)
def test_places_are_those_of_the_letters_that_match(text: str, asked: str, marked: list[str]) -> None:
    assert [text[start:end] for start, end in places(text, set(words(asked)))] == marked


def english_words(text: str) -> list[str]:
    """Work out the words of English text as they were before other scripts were known."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = unicodedata.normalize("NFC", re.sub(r"[\u0300-\u036f]", "", plain))
    found = map(lexical._without_ending, re.findall(r"\w+(?:['’]\w+)*", plain))
    return [lexical._stem(bare) for bare in found if bare not in STOP_WORDS]


def test_words_of_english_are_what_they_were_before_other_scripts_were_known() -> None:
    samples = sorted((ROOT / "qa" / "samples").glob("*.[vjt]*"))
    files = [ROOT / "embeddings" / "calibration.txt", *samples]
    texts = [file.read_text(encoding="utf-8") for file in files]
    lines = [line for text in texts for line in text.splitlines()]
    expected = [english_words(line) for line in lines]
    assert sum(map(len, expected)) > 8_000
    assert [words(line) for line in lines] == expected
