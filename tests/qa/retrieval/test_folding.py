import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.retrieval.folding import fold

SAME = """
STRASSE|straße
İSTANBUL|istanbul|İstanbul
KIRMIZI|kırmızı
Łódź|LODZ
København|kobenhavn
Cœur|coeur
ｆｕｌｌ　ｗｉｄｔｈ　２０２６|full width 2026
ｶﾞｲﾄﾞ|ガイド
٢٠٢٦|۲۰۲۶|२०२६|๒๐๒๖|2026
ёлка|ЕЛКА
λιμάνι|ΛΙΜΑΝΙ
λόγος|ΛΟΓΟΣ
مِينَاء|ميناء|مينـــاء
أحمد|احمد
کتابی|كتابي
שָׁלוֹם|שלום
मुफ़्त|मुफ्त
पाँच|पांच
क्‍ष|क्ष
м’ята|мʼята
"""


@pytest.mark.parametrize("forms", SAME.strip().split("\n"))
def test_what_writers_do_in_several_ways_is_folded_into_one(forms: str) -> None:
    assert len({fold(form) for form in forms.split("|")}) == 1


@pytest.mark.parametrize("forms", ["мои|мой", "віє|вїє", "ガ|カ", "한국|한곡", "कि|की"])
def test_what_makes_another_word_stays(forms: str) -> None:
    one, other = forms.split("|")
    assert fold(one) != fold(other)


@given(st.text(st.characters(codec="utf-8"), max_size=20))
def test_composed_and_decomposed_text_fold_to_the_same(text: str) -> None:
    forms = {fold(unicodedata.normalize(form, text)) for form in ("NFC", "NFD")}
    assert len(forms) == 1
    assert {fold(form) for form in forms} == forms
