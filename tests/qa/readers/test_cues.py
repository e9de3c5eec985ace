import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.readers.cues import Cue, count_words, ends_sentence, join, merge
from qa.types import Turn

WORDS = st.lists(st.sampled_from(["yes", "no.", "well", "“quite.”", "so?", "and"]), min_size=1, max_size=60)


@st.composite
def cue_lists(draw: st.DrawFn) -> list[Cue]:
    cues = []
    start = 0.0
    for words in draw(st.lists(WORDS, max_size=12)):
        start = max(0.0, start + draw(st.floats(-5, 40)))
        speaker = draw(st.sampled_from([None, "Ana", "Ben"]))
        cues.append(Cue(" ".join(words), start, start + draw(st.floats(0, 20)), speaker))
    return cues


@given(cue_lists())
def test_merging_keeps_every_word_of_each_speaker_in_order(cues: list[Cue]) -> None:
    turns = merge(cues)
    for speaker in (None, "Ana", "Ben"):
        said = [word for turn in turns if turn.speaker == speaker for word in turn.text.split()]
        assert said == [word for cue in cues if cue.speaker == speaker for word in cue.text.split()]


@given(cue_lists())
def test_turns_of_a_speaker_cover_the_time_of_the_cues(cues: list[Cue]) -> None:
    turns = merge(cues)
    for speaker in (None, "Ana", "Ben"):
        theirs = [turn for turn in turns if turn.speaker == speaker]
        for cue in cues:
            if cue.speaker == speaker:
                assert any(turn.start is not None and turn.start <= cue.start for turn in theirs)
                assert any(turn.end is not None and cue.end <= turn.end for turn in theirs)


@given(cue_lists())
def test_merging_keeps_the_order_of_starts(cues: list[Cue]) -> None:
    starts = [turn.start for turn in merge(sorted(cues, key=lambda cue: cue.start)) if turn.start is not None]
    assert starts == sorted(starts)


def test_unfinished_sentence_goes_on_in_the_next_cue() -> None:
    cues = [Cue("We open", 0.0, 1.0), Cue("on Monday.", 3.0, 4.0), Cue("Good.", 4.0, 5.0)]
    assert merge(cues) == (Turn("We open on Monday.", start=0.0, end=4.0), Turn("Good.", start=4.0, end=5.0))


def test_more_than_two_seconds_of_silence_end_a_turn() -> None:
    assert len(merge([Cue("We open", 0.0, 1.0), Cue("on Monday.", 3.1, 4.0)])) == 2


def test_named_speaker_keeps_the_turn_for_thirty_seconds() -> None:
    cues = [Cue("Yes.", float(start), start + 10.0, "Ana") for start in (0, 10, 20, 30)]
    assert [(turn.start, turn.end) for turn in merge(cues)] == [(0.0, 30.0), (30.0, 40.0)]


def test_closing_quote_after_a_full_stop_ends_a_sentence() -> None:
    assert len(merge([Cue("He said “no.”", 0.0, 1.0), Cue("Then left.", 1.0, 2.0)])) == 2


def test_speech_without_punctuation_is_cut_at_ninety_seconds() -> None:
    cues = [Cue("and", start * 10.0, start * 10.0 + 10.0) for start in range(12)]
    assert [(turn.start, turn.end) for turn in merge(cues)] == [(0.0, 90.0), (90.0, 120.0)]


def test_speech_without_punctuation_is_cut_at_two_hundred_words() -> None:
    cues = [Cue("and " * 99 + "and", float(start), start + 1.0) for start in range(3)]
    assert [len(turn.text.split()) for turn in merge(cues)] == [200, 100]


def test_turn_ends_with_its_latest_cue_when_cues_overlap() -> None:
    assert merge([Cue("We", 0.0, 5.0), Cue("open.", 1.0, 2.0)]) == (Turn("We open.", start=0.0, end=5.0),)


def test_cue_that_opens_never_continues_a_turn() -> None:
    assert len(merge([Cue("We", 0.0, 1.0), Cue("open", 1.0, 2.0, opens=True)])) == 2


def test_word_thrown_in_leaves_the_sentence_whole_and_keeps_its_own_time() -> None:
    cues = [
        Cue("We open", 0.0, 2.0, "Ana"),
        Cue("Yeah.", 1.5, 2.0, "Ben"),
        Cue("on Monday.", 2.5, 4.0, "Ana"),
    ]
    assert merge([*cues, Cue("At nine.", 4.0, 5.0, "Ana")]) == (
        Turn("We open on Monday.", "Ana", start=0.0, end=4.0),
        Turn("Yeah.", "Ben", start=1.5, end=2.0),
        Turn("At nine.", "Ana", start=4.0, end=5.0),
    )


def test_word_after_a_finished_sentence_stands_between_two_turns() -> None:
    cues = [
        Cue("We open.", 0.0, 2.0, "Ana"),
        Cue("Yeah.", 1.5, 2.0, "Ben"),
        Cue("On Monday.", 2.5, 4.0, "Ana"),
    ]
    assert [turn.speaker for turn in merge(cues)] == ["Ana", "Ben", "Ana"]


def test_objection_of_more_than_three_words_ends_the_turn() -> None:
    cues = [
        Cue("We open", 0.0, 2.0, "Ana"),
        Cue("No, we do not.", 2.0, 3.0, "Ben"),
        Cue("on", 3.0, 4.0, "Ana"),
    ]
    assert [turn.text for turn in merge(cues)] == ["We open", "No, we do not.", "on"]


def test_long_turn_is_cut_at_its_last_finished_sentence() -> None:
    # Ten cues of 10 s; the ninth reaches 90 s. "We go. And" has 10 characters, 6 of them before the cut, so
    # that the sentence ends 80 + 10 * 6 / 10 = 86 s into the recording.
    texts = ["so"] * 8 + ["We go. And", "then."]
    cues = [Cue(text, i * 10.0, i * 10.0 + 10.0, "Ana") for i, text in enumerate(texts)]
    assert merge(cues) == (
        Turn("so so so so so so so so We go.", "Ana", start=0.0, end=86.0),
        Turn("And then.", "Ana", start=86.0, end=100.0),
    )


@pytest.mark.parametrize(
    "text",
    [
        "Yes.",
        "Is it?",
        "Oh!”",
        "Well…",
        "Well...",
        "No.",
        "“No.”",
        "はい。",
        "「是的！」",
        "好？",
        "كيف؟",
        "ہاں۔",
        "हाँ।",
    ],
)
def test_sentence_is_finished(text: str) -> None:
    assert ends_sentence(text)


@pytest.mark.parametrize(
    "text", ["Yes", "and,", "ask Dr.", "J.", "at 10:", "今日は", "مرحبا", "", "港、", ")"]
)
def test_sentence_is_unfinished(text: str) -> None:
    assert not ends_sentence(text)


@pytest.mark.parametrize(
    ("texts", "joined"),
    [
        (["we", "open"], "we open"),
        (["今日は", "港を", "開けます。", "はい"], "今日は港を開けます。はい"),
        (["使用", "Python", "吧"], "使用 Python 吧"),
        (["好。", "OK"], "好。OK"),
        (["우리는", "엽니다"], "우리는 엽니다"),
        (["مرحبا", "بكم"], "مرحبا بكم"),
        (["ครับ", "ผม"], "ครับผม"),
    ],
)
def test_texts_are_joined_as_their_script_has_it(texts: list[str], joined: str) -> None:
    assert join(texts) == joined


def test_two_letters_without_spaces_count_as_a_word() -> None:
    assert (count_words("we open"), count_words("今日は港を開けます")) == (2, 5)  # one run and 9 // 2 more


def test_speech_in_chinese_is_cut_by_its_length_too() -> None:
    cues = [Cue("港" * 100, float(start), start + 1.0) for start in range(8)]  # 51 words each; 4 pass 200
    assert [len(turn.text) for turn in merge(cues)] == [400, 400]
