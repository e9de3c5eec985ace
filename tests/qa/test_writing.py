import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.writing import count_words, ends_in_question, word_spans


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        ("The bridge costs thirty million.", 5),
        ("Это стоит тридцать миллионов", 4),
        ("다리는 삼천만 원입니다", 3),
        ("新しい橋", 2),
        ("明年开工。", 2),  # the mark belongs to the word before it
        ("用iPhone打电话", 4),
        ("ปีหน้า", 1),
        ("दो पुल", 2),
    ],
)
def test_words_are_counted_in_every_script(text: str, words: int) -> None:
    assert count_words(text) == words == len(word_spans(text))


@given(st.text(st.characters(max_codepoint=0x2FF), max_size=60))
def test_words_between_spaces_are_counted_as_ever(text: str) -> None:
    assert count_words(text) == len(text.split())


@given(st.text(st.sampled_from(" 東京あア、。aé1เมือง่ក្រព ") | st.characters(), max_size=60))
def test_words_cover_all_but_space_in_order(text: str) -> None:
    spans = word_spans(text)
    assert "".join(text[start:end] for start, end in spans) == "".join(text.split())
    assert len(spans) == count_words(text)


ASKING = """
Who pays?
He asked "why?"
谁付钱？
谁付钱吗
他说：「谁付钱？」
会付钱嗎。
誰が払いますか。
高いですか
誰が払うのでしょうかね
누가 냅니까
누가 냅니까.
얼마일까요
언제인가요?
Кто платит?
Ποιος πληρώνει;
Ποιος πληρώνει\u037e
من يدفع؟
מי משלם?
कौन देगा?
ใครจ่ายไหมครับ
จ่ายหรือเปล่า
Wer zahlt?
¿Quién paga?
"""
TELLING = """
Nobody pays.
I wrote this;
我们付钱。
どこかで払います。
なるほど、そうですか、と言いました。
비싸니까
우리가 냅니다.
Платит город.
Πληρώνει ο δήμος.
ندفع نحن.
אנחנו נשלם.
हम देंगे।
เราจ่ายเองครับ
"""


@pytest.mark.parametrize("text", ASKING.strip().split("\n"))
def test_questions_are_told_by_mark_or_last_word(text: str) -> None:
    assert ends_in_question(text)


@pytest.mark.parametrize("text", ["", *TELLING.strip().split("\n")])
def test_statements_are_no_questions(text: str) -> None:
    assert not ends_in_question(text)
