import re
import subprocess
import sys
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.sentences import Span, sentence_spans, split_at_sentences
from qa.writing import count_words
from tests.conftest import ROOT


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" \n ", []),
        ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
        ("no punctuation at all in this one", ["no punctuation at all in this one"]),
        ("  Spaces around.  And after.  ", ["Spaces around.", "And after."]),
        ("Mr. Rutte spoke. Dr. No did not.", ["Mr. Rutte spoke.", "Dr. No did not."]),
        ("It costs 3.5 million. Or 3. Or less.", ["It costs 3.5 million.", "Or 3.", "Or less."]),
        ("J. R. Doe came. K. Roe left.", ["J. R. Doe came.", "K. Roe left."]),
        ("So did I. You did not.", ["So did I.", "You did not."]),
        ("We met at 9 a.m. on Friday.", ["We met at 9 a.m. on Friday."]),
        ("We met at 9 a.m.", ["We met at 9 a.m."]),
        ("In the U.S. and the U.K. alike. Yes.", ["In the U.S. and the U.K. alike.", "Yes."]),
        ("Apples, pears, etc. are fruit.", ["Apples, pears, etc. are fruit."]),
        ('He said "Stop." Then he left.', ['He said "Stop."', "Then he left."]),
        ("He said “Stop!” Then he left.", ["He said “Stop!”", "Then he left."]),
        ('He asked "why?" twice. Nobody knew.', ['He asked "why?" twice.', "Nobody knew."]),
        ("(It rained.) We went.", ["(It rained.)", "We went."]),
        ("Well… maybe. Well… Maybe not.", ["Well… maybe.", "Well…", "Maybe not."]),
        ("Wait... what? No...", ["Wait... what?", "No..."]),
        ("What?! Really?? Yes!!!", ["What?!", "Really??", "Yes!!!"]),
        ("first line\nsecond line\n\nthird", ["first line", "second line", "third"]),
        ("Ended.\nNext.", ["Ended.", "Next."]),
        ("今日は晴れです。明日は雨！本当？はい", ["今日は晴れです。", "明日は雨！", "本当？", "はい"]),
        ("彼は「行く。」と言った。", ["彼は「行く。」", "と言った。"]),
        ("see www.example.org for more. Thanks.", ["see www.example.org for more.", "Thanks."]),
        ("...", ["..."]),
        ("?!", ["?!"]),
        (
            "要多少钱？三千万元。他说：「明年开工。」（笑）",
            ["要多少钱？", "三千万元。", "他说：「明年开工。」", "（笑）"],
        ),
        ("橋は３．５億円です｡来年？", ["橋は３．５億円です｡", "来年？"]),
        ("다리는 큽니다. 내년에 엽니까? 네.", ["다리는 큽니다.", "내년에 엽니까?", "네."]),
        ("Мост стоит 30 млн руб. из бюджета. Да.", ["Мост стоит 30 млн руб. из бюджета.", "Да."]),
        ("В 2025 г. открыли порт. Т. Шевченко был.", ["В 2025 г. открыли порт.", "Т. Шевченко был."]),
        ("Πόσο κοστίζει; Τριάντα, όχι σαράντα.", ["Πόσο κοστίζει;", "Τριάντα, όχι σαράντα."]),
        ("كم يكلف الجسر؟ ثلاثين مليونا.", ["كم يكلف الجسر؟", "ثلاثين مليونا."]),
        ("پل کب بنے گا؟ اگلے سال۔ شکریہ۔", ["پل کب بنے گا؟", "اگلے سال۔", "شکریہ۔"]),
        ("כמה עולה הגשר? שלושים מיליון.", ["כמה עולה הגשר?", "שלושים מיליון."]),
        ("तीस करोड़ रुपये। काम कब शुरू होगा?", ["तीस करोड़ रुपये।", "काम कब शुरू होगा?"]),
        ("Կամուրջը թանկ է։ Այո։", ["Կամուրջը թանկ է։", "Այո։"]),
        ("สะพานใหม่ใช้งบสามสิบล้านบาท เราเริ่มปีหน้า", ["สะพานใหม่ใช้งบสามสิบล้านบาท", "เราเริ่มปีหน้า"]),
        ("มี เรือ สอง ลำ", ["มี เรือ สอง ลำ"]),
        (
            "Es gibt z.B. Brot, Milch usw. zu kaufen. Gut.",
            ["Es gibt z.B. Brot, Milch usw. zu kaufen.", "Gut."],
        ),
    ],
)
def test_where_sentences_end(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


def test_spans_are_offsets_of_the_text_as_given() -> None:
    assert sentence_spans("  Yes.  No!") == [(2, 6), (8, 11)]


def uncovered(text: str, spans: list[Span]) -> str:
    covered = {place for start, end in spans for place in range(start, end)}
    return "".join(letter for place, letter in enumerate(text) if place not in covered)


# Letters that make trouble are frequent here; plain text alone would seldom hold two of them side by side.
TEXTS = st.text(st.sampled_from(" \n\t.!?…。」\"')\u00a0\u2028abI1Éü東") | st.characters(), max_size=80)


@given(TEXTS)
def test_sentences_are_in_order_stripped_and_cover_all_but_space(text: str) -> None:
    spans = sentence_spans(text)
    assert all(start < end for start, end in spans)
    assert all(one[1] <= other[0] for one, other in pairwise(spans))
    assert all(text[start:end] == text[start:end].strip() for start, end in spans)
    assert uncovered(text, spans).strip() == ""


@given(text=TEXTS, most=st.integers(1, 6))
def test_stretches_hold_at_most_so_many_words_and_cover_all_but_space(text: str, most: int) -> None:
    spans = split_at_sentences(text, most)
    assert all(
        0 < len(text[start:end].split()) <= count_words(text[start:end]) <= most for start, end in spans
    )
    assert all(one[1] <= other[0] for one, other in pairwise(spans))
    assert uncovered(text, spans).strip() == ""


@given(text=TEXTS, most=st.integers(1, 6))
def test_stretches_begin_and_end_with_sentences_unless_one_is_too_long(text: str, most: int) -> None:
    long = [span for span in sentence_spans(text) if count_words(text[slice(*span)]) > most]
    edges = {edge for span in sentence_spans(text) for edge in span}
    for span in split_at_sentences(text, most):
        inside_long = any(one[0] <= span[0] and span[1] <= one[1] for one in long)
        after_long = any(one[0] < span[0] < one[1] for one in long)  # goes on from the end of a long one
        before_long = any(one[0] < span[1] < one[1] for one in long)  # begins a long one
        assert inside_long or ((span[0] in edges or after_long) and (span[1] in edges or before_long))


def test_whole_sentences_are_gathered_up_to_the_limit() -> None:
    text = "One two. Three four. Five six seven. Eight."
    parts = [text[start:end] for start, end in split_at_sentences(text, 4)]
    assert parts == ["One two. Three four.", "Five six seven. Eight."]


def test_long_sentence_is_cut_between_words() -> None:
    text = "a b c d e f g. h i"
    # The long sentence is cut after 3 and 6 words; its last word then takes in the sentence that follows.
    assert [text[start:end] for start, end in split_at_sentences(text, 3)] == ["a b c", "d e f", "g. h i"]


@pytest.mark.parametrize(
    ("clause", "length"),
    [
        # 100 words of two letters, where the text pauses before the 101st; 34 letters and a comma a clause.
        ("市政府决定在港口修建一座新的桥需要三千万元其中一半由国家承担其余由市，", 175),
        ("港の新しい橋には三千万円が必要で半分は国が負担し残りは市が払います、", 170),
    ],
)
def test_long_sentence_without_spaces_is_cut_where_it_pauses(clause: str, length: int) -> None:
    text = clause * 12
    pieces = [text[start:end] for start, end in split_at_sentences(text, 100)]
    assert all(piece.endswith(clause[-1]) for piece in pieces)
    assert [len(piece) for piece in pieces] == [length, length, len(text) - 2 * length]


def test_long_text_without_spaces_or_pauses_is_cut_between_letters() -> None:
    assert [end - start for start, end in split_at_sentences("港" * 450, 100)] == [200, 200, 50]


def test_thai_is_never_cut_before_a_sign_or_behind_a_vowel_that_stands_first() -> None:
    text = "เราจะเริ่มก่อสร้างสะพานในปีหน้า" * 30
    pieces = [text[start:end] for start, end in split_at_sentences(text, 50)]
    assert "".join(pieces) == text
    assert max(map(len, pieces)) <= 300
    assert not [piece for piece in pieces if piece[0] in "ะัาิีึืุู่้๊๋็์" or piece[-1] in "เแโใไ"]


def test_text_within_the_limit_is_one_stretch() -> None:
    assert split_at_sentences(" One. Two. ", 2) == [(1, 10)]


@pytest.mark.parametrize("most", [0, -3])
def test_limit_below_one_word_is_refused(most: int) -> None:
    with pytest.raises(ValueError, match=f"max_words is {most}; expected at least 1"):
        split_at_sentences("a", most)


MEGABYTE = 1_000_000


@pytest.mark.parametrize(
    "text",
    [
        "word " * (MEGABYTE // 5),
        "x" * MEGABYTE,
        "e.g. " * (MEGABYTE // 5),
        "A." * (MEGABYTE // 2),
        "\n" * MEGABYTE + "x",
        " " * MEGABYTE + "x",
    ],
    ids=["words", "one-word", "abbreviations", "initials", "lines", "spaces"],
)
def test_a_megabyte_of_anything_is_split(text: str) -> None:
    spans = split_at_sentences(text, 100)
    assert sum(end - start for start, end in spans) >= len(re.sub(r"\s", "", text))


@pytest.mark.parametrize(
    ("text", "length"),
    [("'.' * 1_000_000 + 'x'", 1_000_001), ("'.!' * 500_000 + '\"' * 500_000 + 'x'", 1_500_001)],
    ids=["dots", "dots-and-quotes"],
)
def test_a_megabyte_of_dots_is_split(text: str, length: int) -> None:
    """In a process of its own: where the time grows with the square of the length, this would take hours."""
    code = f"from qa.sentences import sentence_spans; print(sentence_spans({text}))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=20, check=True
    )
    assert done.stdout == f"[(0, {length})]\n"
