from hypothesis import given
from hypothesis import strategies as st

from qa.readers.cues import Cue, merge
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
def test_merging_keeps_every_word_in_order(cues: list[Cue]) -> None:
    said = [word for turn in merge(cues) for word in turn.text.split()]
    assert said == [word for cue in cues for word in cue.text.split()]


@given(cue_lists())
def test_turn_covers_its_cues_and_no_speaker_gets_the_words_of_another(cues: list[Cue]) -> None:
    left = list(cues)
    for turn in merge(cues):
        words = len(turn.text.split())
        while words:
            cue = left.pop(0)
            words -= len(cue.text.split())
            assert cue.speaker == turn.speaker
            assert turn.start is not None
            assert turn.end is not None
            assert turn.start <= cue.start <= cue.end <= turn.end
    assert not left


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
