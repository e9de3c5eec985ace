from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.errors import FormatError
from qa.readers import cues
from qa.readers.cues import Cue
from qa.readers.scripts import spaces_tell, writes_on
from qa.readers.words import Word, aligned, cues_of, join, record_turns
from qa.types import Turn

UNTIMED = FormatError(Path("a.json"), None, None, "No times.")


def cut(*words: Word) -> list[Cue]:
    return list(cues_of(words, UNTIMED, []))


def timed(text: str, start: float = 0.0) -> list[Word]:
    """Words of half a second each, without pauses."""
    return [Word(word, start + i / 2, start + i / 2 + 0.5) for i, word in enumerate(text.split())]


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("so , it held .", "so, it held."),
        ("( almost ) held", "(almost) held"),
        ("¿ qué tal ?", "¿qué tal?"),
        ("港 は 開き ました 。", "港は開きました。"),
        ("我们 用 Python 开发", "我们用 Python 开发"),
        ("우리는 항구를 열었다 .", "우리는 항구를 열었다."),
        ("เรา เปิด ท่าเรือ", "เราเปิดท่าเรือ"),
        ("5 % of - it", "5% of - it"),
    ],
)
def test_spaces_stand_where_the_script_has_them(words: str, text: str) -> None:
    assert join(Word(word) for word in words.split()) == text


def test_glued_word_has_no_space_before_it() -> None:
    assert join([Word("Amer"), Word("icans", glued=True), Word("ask")]) == "Americans ask"


def test_cue_ends_with_a_sentence_but_not_with_an_abbreviation() -> None:
    assert [cue.text for cue in cut(*timed("Mr. Pryke left. It held."))] == ["Mr. Pryke left.", "It held."]


def test_full_stop_of_its_own_ends_a_sentence() -> None:
    words = [Word("It", 0.0, 0.5), Word("held", 0.5, 1.0), Word(".", glued=True), Word("Good", 1.0, 1.5)]
    assert [(cue.text, cue.start, cue.end) for cue in cut(*words)] == [
        ("It held.", 0.0, 1.0),
        ("Good", 1.0, 1.5),
    ]


def test_full_stop_of_its_own_after_an_abbreviation_ends_nothing() -> None:
    words = [Word("Mr", 0.0, 0.5), Word(".", glued=True), Word("Pryke", 0.5, 1.0)]
    assert [cue.text for cue in cut(*words)] == ["Mr. Pryke"]


def test_cue_ends_before_more_than_two_seconds_of_silence() -> None:
    assert len(cut(Word("So", 0.0, 1.0), Word("it", 3.0, 3.5))) == 1
    assert len(cut(Word("So", 0.0, 1.0), Word("it", 3.1, 3.5))) == 2


def test_cue_without_punctuation_ends_after_thirty_words() -> None:
    assert [len(cue.text.split()) for cue in cut(*timed("and " * 70))] == [30, 30, 10]


def test_cue_ends_where_the_speaker_changes_even_inside_a_word() -> None:
    words = [Word("So", 0.0, 0.5, "A"), Word("it", 0.5, 1.0, "B", glued=True)]
    assert [(cue.speaker, cue.text) for cue in cut(*words)] == [("A", "So"), ("B", "it")]


def test_words_before_the_first_time_start_with_it_and_later_ones_where_the_last_ended() -> None:
    words = [Word("One.", speaker="A"), Word("two", 4.0, 4.5, "B"), Word("three", speaker="C")]
    assert [(cue.text, cue.start, cue.end) for cue in cut(*words)] == [
        ("One.", 4.0, 4.0),
        ("two", 4.0, 4.5),
        ("three", 4.5, 4.5),
    ]


def test_words_without_any_time_are_refused_and_no_words_are_not() -> None:
    with pytest.raises(FormatError, match="No times"):
        cut(Word("One"))
    assert cut() == []


def test_stage_direction_alone_is_a_note_and_leaves_its_mark_to_what_follows() -> None:
    notes: list[str] = []
    words = [Word("So", 0.0, 1.0), Word("[Music]", 1.0, 2.0, opens=True), Word("it", 5.0, 6.0)]
    found = list(cues_of(words, UNTIMED, notes))
    assert [(cue.text, cue.opens) for cue in found] == [("So", False), ("it", True)]
    assert notes == ["[Music]"]


def test_carried_speaker_marks_its_cue() -> None:
    (cue,) = cut(Word("So", 0.0, 1.0, "A"), Word("it", 1.0, 2.0, "A", inferred=True))
    assert cue.inferred


def test_aligned_words_bring_their_punctuation() -> None:
    assert aligned("“No,” he said—then left.", ["No", "he", "said", "then", "left"]) == [
        ("“No,”", False),
        ("he", False),
        ("said—", False),
        ("then", True),
        ("left.", False),
    ]


@pytest.mark.parametrize("words", [["No", "nobody"], [], ["he", "No"], ["No", ""]])
def test_words_that_are_not_those_of_the_text_are_not_aligned(words: list[str]) -> None:
    assert aligned("No, he said, then left " + "the harbour " * 10, words) is None


def test_record_is_one_turn_up_to_ninety_seconds() -> None:
    record = Turn("It held. It did. (laughter)", "A", start=0.0, end=90.0)
    kept = list(record_turns(record, timed("It held. It did."), UNTIMED, []))
    assert kept == [Turn("It held. It did.", "A", start=0.0, end=90.0, notes=("(laughter)",))]


def test_long_record_whose_words_are_not_its_text_stays_whole() -> None:
    record = Turn("It held. It did.", "A", start=0.0, end=91.0)
    assert list(record_turns(record, timed("Something else."), UNTIMED, [])) == [record]
    assert list(record_turns(record, [Word("It held."), Word("It did.")], UNTIMED, [])) == [record]


def test_pieces_carry_their_own_spaces_when_half_of_them_begin_with_one() -> None:
    assert spaces_tell([" The", " break", "water", "", "."])
    assert not spaces_tell(["The", " gate", "held"])
    assert not spaces_tell([])


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (" break", "water", True),
        (" held", ".", True),
        (" it", "'s", True),
        (" held.", "Then", False),
        (" held", " then", False),
        (" held ", "then", False),
        ("", "then", False),
    ],
)
def test_piece_goes_on_with_a_word(left: str, right: str, expected: bool) -> None:
    assert writes_on(left, right) is expected


WORDS = st.builds(
    lambda text, start, lasting, speaker, glued: Word(
        text, start, None if start is None else start + lasting, speaker, glued
    ),
    st.sampled_from(["so", "It", "held.", ".", "“no”", "好", "。", "Mr.", "(", "?!"]),
    st.none() | st.integers(0, 400).map(float),
    st.integers(0, 3),
    st.sampled_from([None, "A", "B"]),
    st.booleans(),
)


@given(st.lists(WORDS, max_size=80))
def test_every_word_is_in_its_speakers_turns_in_order(words: list[Word]) -> None:
    if words and all(word.start is None for word in words):
        return
    said = cut(*words)
    for speaker in (None, "A", "B"):
        given_words = "".join(word.text for word in words if word.speaker == speaker)
        for pieces in (said, cues.merge(said)):
            kept = "".join(piece.text for piece in pieces if piece.speaker == speaker)
            assert "".join(kept.split()) == given_words
