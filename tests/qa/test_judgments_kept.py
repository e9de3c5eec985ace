import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.judgments_kept import same_turns

TALK = ["Good morning.", "The gate held.", "Yes.", "The wall did not.", "Yes.", "Thanks."]


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (TALK, {0: 0, 1: 1, 2: 2, 3: 3, 4: 4, 5: 5}),
        # Case and punctuation make no other words.
        (["good morning", "The gate: held!", *TALK[2:]], {n: n for n in range(6)}),
        # Turns that come once are found wherever they stand.
        (["Thanks.", "The gate held."], {1: 1, 5: 0}),
        # One "Yes." is gone: the other is the one with the same neighbours.
        ([*TALK[:2], *TALK[3:]], {0: 0, 1: 1, 3: 2, 4: 3, 5: 4}),
        # Which of the two is left cannot be told.
        (["Yes."], {}),
        # A word was corrected between the same neighbours.
        ([*TALK[:3], "The wall did nod.", *TALK[4:]], {n: n for n in range(6)}),
        (["Good evening.", *TALK[1:]], {n: n for n in range(6)}),
        ([*TALK[:5], "Thanks all."], {n: n for n in range(6)}),
        # Other words stand there now.
        ([*TALK[:3], "We had tea.", *TALK[4:]], {0: 0, 1: 1, 2: 2, 4: 4, 5: 5}),
    ],
)  # fmt: skip
def test_turns_are_found_again(after: list[str], expected: dict[int, int]) -> None:
    assert same_turns(TALK, after, range(6)) == expected


def test_turn_that_stood_elsewhere_is_no_correction_of_another() -> None:
    # "a b c" went, and "a b d" moved to its place.
    before = ["one", "a b c", "two", "a b d", "three"]
    assert same_turns(before, ["one", "a b d", "two", "three"], {1, 3}) == {3: 1}


WORDS = st.lists(st.sampled_from(["yes", "no", "the gate held", "the wall did not", "…"]), max_size=12)


@given(before=WORDS, after=WORDS)
def test_no_two_turns_become_one(before: list[str], after: list[str]) -> None:
    found = same_turns(before, after, range(len(before)))
    assert len(set(found.values())) == len(found)
    assert all(0 <= place < len(after) for place in found.values())


@given(before=WORDS, first=st.integers(0, 5))
def test_turns_put_before_move_every_turn(before: list[str], first: int) -> None:
    after = [f"new {n}" for n in range(first)] + before
    assert same_turns(before, after, range(len(before))) == {n: n + first for n in range(len(before))}
