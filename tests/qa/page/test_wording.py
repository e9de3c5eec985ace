import pytest

from qa.confidence import BAR
from qa.page.wording import (
    band,
    counted,
    date_text,
    excerpt,
    listed,
    reason_text,
    role_text,
    speaker_text,
)
from qa.types import QUESTIONER, Turn


@pytest.mark.parametrize(
    ("date", "expected"),
    [("2025-04-05", "5 April 2025"), ("2025-12", "December 2025"), ("2025", "2025"), (None, None)],
)
def test_date_is_as_exact_as_it_is_known(date: str | None, expected: str | None) -> None:
    assert date_text(date) == expected


def test_who_speaks_falls_back_to_the_role_and_then_says_that_nobody_is_named() -> None:
    assert speaker_text(Turn("a", "Ana", "Mayor")) == "Ana"
    assert role_text(Turn("a", "Ana", "Mayor")) == "Mayor"
    assert speaker_text(Turn("a", role=QUESTIONER)) == "Questioner"
    assert role_text(Turn("a", role=QUESTIONER)) is None
    assert speaker_text(Turn("a")) == "Speaker not named"


def test_counts_agree_with_their_noun() -> None:
    assert [counted(n, "turn") for n in (0, 1, 1204)] == ["0 turns", "1 turn", "1,204 turns"]
    assert listed(["Ana", "Ben"]) == "Ana, Ben"
    assert listed(["Ana", "Ben", "Cleo", "Dan"], 2) == "Ana, Ben and 2 more"


def test_excerpt_ends_at_a_word() -> None:
    assert excerpt("one two", 7) == "one two"
    assert excerpt("one, two three", 10) == "one, two…"
    assert excerpt("upright, with", 10) == "upright…"
    assert excerpt("x" * 20, 10) == "x" * 9 + "…"


@pytest.mark.parametrize(
    ("confidence", "word"),
    [
        (1.0, "Clear match"), (0.75, "Clear match"), (0.74, "Likely match"), (0.5, "Likely match"),
        (0.49, "Possible match"), (BAR, "Possible match"), (BAR - 0.01, "Weak match"),
    ],
)  # fmt: skip
def test_confidence_is_a_word(confidence: float, word: str) -> None:
    assert band(confidence)[0] == word


def test_the_word_says_how_often_it_is_right() -> None:
    assert "about 8 have their answer among the first five passages" in band(0.83)[1]
    assert "about 4 have" in band(0.41)[1]
    assert "have their answer" not in band(BAR - 0.01)[1]


def test_what_is_doubted_is_never_clear() -> None:
    assert [band(confidence, doubted=True)[0] for confidence in (0.9, 0.6)] == ["Likely match"] * 2


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("a.srt:12: cannot read 'x'. Export it again.", "Line 12: cannot read 'x'. Export it again."),
        ("a.srt: the file is empty.", "The file is empty."),
        ("b.srt: the file is empty.", "b.srt: the file is empty."),
        ("a.srt:1: It may be May. Pass --date-order day-first or --date-order month-first.",
         "Line 1: It may be May."),
        ("a.srt: The columns are 'a'. Say which, as in: --map text=a", "The columns are 'a'."),
        ("Messages left out (pass --private to keep them): 1 (line 3).", "Messages left out: 1 (line 3)."),
        ("There is no date; pass --date to say on which day it began.", "There is no date."),
        ("It was there. Change names with: transcript-qa rename", "It was there."),
        ("Pass --date.", "Pass --date."),  # better than nothing
        ("Numbers ran from 5--7 in it.", "Numbers ran from 5--7 in it."),
    ],
)  # fmt: skip
def test_message_leaves_out_the_file_beside_it_and_what_only_a_terminal_can_do(
    message: str, expected: str
) -> None:
    assert reason_text(message, "a.srt") == expected
