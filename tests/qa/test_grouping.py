import pytest

from qa.grouping import says_the_same, side_by_side
from qa.retrieval import Hit

SAID = "The gate will open again on the first Monday of May, at nine."


def hit(position: int, transcript: str = "t") -> Hit:
    return Hit(transcript, position, 0, 5, 0.5)


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        (hit(3), hit(4), True),
        (hit(4), hit(3), True),
        (hit(3), hit(5), False),
        (hit(3), hit(3), False),  # another passage of the same turn is no neighbour
        (hit(3), hit(4, "u"), False),
    ],
)
def test_side_by_side(one: Hit, other: Hit, together: bool) -> None:
    assert side_by_side(one, other) is together


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (SAID, SAID.upper().replace(",", ""), True),
        # The first has 11 runs of three words; a word more at the end adds one: 11 of 12 in common.
        (SAID, SAID + " Sharp.", True),
        # Another month is in three runs of each: 8 in common of 14.
        (SAID, SAID.replace("May", "June"), False),
        ("Yes, of course it will.", "Yes, of course it will.", False),  # five words are alike by chance
        ("桥在明年春天开工，大约两年。", "桥在明年春天开工，大约两年！", True),
        ("桥在明年春天开工，大约两年。", "桥在明年秋天完工，大约两年。", False),
        ("謝謝。", "謝謝。", False),
        ("", "", False),
    ],
)
def test_says_the_same(one: str, other: str, same: bool) -> None:
    assert says_the_same(one, other) is same
