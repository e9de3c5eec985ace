import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings import unit_rows
from qa.passages import (
    Passage,
    PassageSettings,
    context_texts,
    cut_turns,
    label,
    own_texts,
    pool_neighbours,
)
from qa.types import QUESTIONER, Turn

TURNS = (
    Turn("When does the kitchen open again?", role=QUESTIONER),
    Turn("On the 20th of April. Not before.", "Bashir Locke", "Caterer"),
    Turn("Thank you.", role="chair"),
    Turn("(laughter aside)   two\nlines"),
)
SETTINGS = PassageSettings(max_words=100, window=1, neighbour_words=3)


def test_default_settings() -> None:
    assert PassageSettings().as_dict() == {
        "version": 2,
        "max_words": 100,
        "window": 2,
        "neighbour_words": 25,
        "pooled": 4,
        "decay": 0.7,
    }


@pytest.mark.parametrize(
    ("turn", "expected"),
    [
        (Turn("x", "Ana Ruiz", "Mayor"), "Ana Ruiz: "),
        (Turn("x", "Ana Ruiz", QUESTIONER), "Ana Ruiz: "),
        (Turn("x", role=QUESTIONER), "Question: "),
        (Turn("x", role="chair"), "chair: "),
        (Turn("x"), ""),
    ],
)
def test_words_are_labelled_with_the_speaker_else_the_role(turn: Turn, expected: str) -> None:
    assert label(turn) == expected


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("2025", "2025"),
        ("2025-04", "April 2025"),
        ("2025-04-05", "5 April 2025"),
        ("0987-12", "December 0987"),
    ],
)
def test_dates_as_people_say_them(date: str, expected: str) -> None:
    assert own_texts((Turn("Hello."),), [Passage(0, 0, 6)], date) == [f"{expected}, Hello."]


def test_message_of_a_later_day_is_indexed_under_that_day() -> None:
    # 30 hours after midnight of the first day is the morning of the second.
    turns = (Turn("Ready.", "Ana", start=3_600.0), Turn("Sent.", "Ben", start=30 * 3_600.0))
    passages = cut_turns(turns, SETTINGS)
    assert own_texts(turns, passages, "2026-12-31") == [
        "31 December 2026, Ana: Ready.",
        "1 January 2027, Ben: Sent.",
    ]
    assert own_texts(turns, passages, "2026-12")[1] == "December 2026, Ben: Sent."


def test_short_turns_are_one_passage_each() -> None:
    assert cut_turns(TURNS, SETTINGS) == [
        Passage(0, 0, 33),
        Passage(1, 0, 33),
        Passage(2, 0, 10),
        Passage(3, 0, 28),
    ]


def test_long_turn_is_cut_at_its_sentences() -> None:
    turns = (Turn("One two three. Four five. Six."), Turn("Seven."))
    settings = PassageSettings(max_words=3)
    # "One two three." | "Four five. Six." | "Seven."
    assert cut_turns(turns, settings) == [Passage(0, 0, 14), Passage(0, 15, 30), Passage(1, 0, 6)]


def test_own_text_is_date_speaker_words() -> None:
    passages = cut_turns(TURNS, SETTINGS)
    assert own_texts(TURNS, passages, "2026-03-12") == [
        "12 March 2026, Question: When does the kitchen open again?",
        "12 March 2026, Bashir Locke: On the 20th of April. Not before.",
        "12 March 2026, chair: Thank you.",
        "12 March 2026, (laughter aside) two lines",
    ]
    assert own_texts(TURNS, passages, None)[0] == "Question: When does the kitchen open again?"


def test_context_text_has_the_nearest_words_of_its_neighbours() -> None:
    passages = cut_turns(TURNS, SETTINGS)
    # Of the neighbour before, its last three words; of the one after, its first three.
    assert context_texts(TURNS, passages, "2026-03", SETTINGS) == [
        "March 2026, Question: When does the kitchen open again? Bashir Locke: On the 20th",
        "March 2026, Question: kitchen open again? Bashir Locke: On the 20th of April. Not before."
        " chair: Thank you.",
        "March 2026, Bashir Locke: April. Not before. chair: Thank you. (laughter aside) two",
        "March 2026, chair: Thank you. (laughter aside) two lines",
    ]


def test_window_of_two_reaches_two_on_each_side() -> None:
    turns = tuple(Turn(f"w{i} x{i}", "A") for i in range(5))
    settings = PassageSettings(window=2, neighbour_words=1)
    texts = context_texts(turns, cut_turns(turns, settings), None, settings)
    assert texts[2] == "A: x0 A: x1 A: w2 x2 A: w3 A: w4"
    assert texts[0] == "A: w0 x0 A: w1 A: w2"


def test_parts_of_one_turn_are_neighbours_too() -> None:
    turns = (Turn("One two three. Four five six.", "Ana"),)
    settings = PassageSettings(max_words=3, window=1, neighbour_words=2)
    assert context_texts(turns, cut_turns(turns, settings), None, settings) == [
        "Ana: One two three. Ana: Four five",
        "Ana: two three. Ana: Four five six.",
    ]


def test_no_neighbours_leave_the_passage_alone() -> None:
    passages = cut_turns(TURNS, SETTINGS)
    alone = PassageSettings(window=0)
    assert context_texts(TURNS, passages, "2026", alone) == own_texts(TURNS, passages, "2026")


def test_vectors_are_pooled_with_those_of_their_neighbours() -> None:
    # Three passages that share nothing, each counting half as much a step away:
    # first (1, .5, .25), length sqrt(21)/4; middle (.5, 1, .5), length sqrt(1.5); last as the first.
    pooled = pool_neighbours(np.eye(3, dtype=np.float32), PassageSettings(pooled=2, decay=0.5))
    edge, middle = np.sqrt(21) / 4, np.sqrt(1.5)
    assert pooled == pytest.approx(
        np.array(
            [
                [1 / edge, 0.5 / edge, 0.25 / edge],
                [0.5 / middle, 1 / middle, 0.5 / middle],
                [0.25 / edge, 0.5 / edge, 1 / edge],
            ]
        )
    )


def test_pooling_reaches_no_further_than_it_is_told() -> None:
    one = pool_neighbours(np.eye(3, dtype=np.float32), PassageSettings(pooled=1, decay=1))
    assert one[0] == pytest.approx([1 / np.sqrt(2), 1 / np.sqrt(2), 0])
    alone = pool_neighbours(np.eye(3, dtype=np.float32), PassageSettings(pooled=0))
    assert alone == pytest.approx(np.eye(3))


@given(rows=st.integers(1, 7), pooled=st.integers(0, 9), seed=st.integers(0, 99))
def test_pooled_vectors_have_length_one_and_turn_round_with_the_transcript(
    rows: int, pooled: int, seed: int
) -> None:
    given_rows = unit_rows(np.random.default_rng(seed).random((rows, 4)).astype(np.float32))
    settings = PassageSettings(pooled=pooled)
    result = pool_neighbours(given_rows, settings)
    assert np.linalg.norm(result, axis=1) == pytest.approx(np.ones(rows), abs=1e-5)
    assert pool_neighbours(given_rows[::-1].copy(), settings) == pytest.approx(result[::-1], abs=1e-5)


SPOKEN = st.builds(
    Turn,
    st.text(st.sampled_from("ab .\n?é東。"), min_size=1, max_size=60).filter(lambda text: bool(text.strip())),
    st.sampled_from([None, "Ana"]),
)


@given(turns=st.lists(SPOKEN, max_size=6), most=st.integers(1, 5), window=st.integers(0, 3))
def test_every_word_of_every_turn_is_in_its_passages(turns: list[Turn], most: int, window: int) -> None:
    settings = PassageSettings(max_words=most, window=window, neighbour_words=2)
    passages = cut_turns(turns, settings)
    assert sorted({passage.position for passage in passages}) == list(range(len(turns)))
    for position, turn in enumerate(turns):
        mine = [passage for passage in passages if passage.position == position]
        said = "".join(turn.text[passage.start : passage.end] for passage in mine)
        assert "".join(said.split()) == "".join(turn.text.split())
    own = own_texts(turns, passages, None)
    context = context_texts(turns, passages, None, settings)
    assert len(own) == len(context) == len(passages)
    assert all(alone in among for alone, among in zip(own, context, strict=True))
