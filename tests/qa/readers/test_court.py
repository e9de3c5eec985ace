from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.readers import court, read
from qa.types import QUESTIONER, TimeKind, Turn

DATA = Path(__file__).parents[2] / "data"
ILA = 'ILSE "ILA" BRANDT'


def test_numbered_pages_with_examination_come_out_turn_by_turn() -> None:
    reading = read(DATA / "court_numbered_pages.txt")
    assert (reading.format, reading.time_kind, reading.date) == ("court", TimeKind.NONE, "2030-06-03")
    assert reading.turns == (
        Turn("Be seated. Counsel, go ahead.", "THE COURT"),
        Turn("Thank you, Your Honor.", "MR. HADDEN"),
        Turn("Where were you?", "MR. HADDEN", QUESTIONER, inferred=True),
        Turn("At home. A Ford truck was outside.", ILA, "witness", inferred=True),
        Turn("Objection.", "MS. LEE"),
        Turn("Overruled.", "THE COURT"),
        Turn("All night?", "MS. LEE", QUESTIONER, inferred=True),
        Turn("Sure?", "MR. HADDEN", QUESTIONER, inferred=True),
        Turn("Yes.", ILA, "witness", inferred=True),
    )
    assert reading.notes == (
        "IN THE DISTRICT COURT OF PORT LENZ",
        "JUNE 3, 2030",
        "(Jury in.)",
        'ILSE "ILA" BRANDT, PLAINTIFF\'S WITNESS, SWORN',
        "DIRECT EXAMINATION",
        "CROSS-EXAMINATION",
        'ILSE "ILA" BRANDT: (No response.)',
    )
    assert reading.warnings == (
        "Lines of page headers, footers and page numbers left out: 3 (lines 1, 14, 15).",
        "Lines above the first words, kept as notes: 2.",
        "Questions given to the lawyer whom the line above them names: 3 (lines 11, 22, 23).",
        "Answers given to the witness sworn in above them: 3 (lines 12, 19, 24).",
    )


def test_reporters_clock_is_left_out_because_it_has_neither_day_nor_half_of_the_day() -> None:
    reading = read(DATA / "court_reporters_clock.txt")
    assert reading.turns == (
        Turn("Sir, is it so?", "MR. HADDEN", QUESTIONER, inferred=True),
        Turn("It is, yes.", role="witness"),
    )
    assert reading.warnings[0] == (
        "Times of day left out, since no line says which half of the day: 5 (lines 1, 2, 3, 4, 5)."
    )


def test_deposition_without_line_numbers_is_read() -> None:
    reading = read(DATA / "deposition_without_numbers.txt")
    assert reading.turns == (
        Turn("Where did you work?", "MR. LEE", QUESTIONER, inferred=True),
        Turn("At the quay. (Witness nods.)", "KAI LIND", "witness", inferred=True),
        Turn("Objection.", "MS. ROE"),
        Turn("And then?", "MR. LEE", QUESTIONER, inferred=True),
    )
    assert reading.notes[-1] == "(Whereupon, a short recess was taken.)"
    assert reading.warnings[0] == "Lines of page headers, footers and page numbers left out: 2 (lines 4, 17)."


def test_letters_without_examiner_or_witness_are_roles() -> None:
    assert [(t.speaker, t.role, t.inferred) for t in read(DATA / "court_hearing.txt").turns] == [
        ("THE COURT", None, False),
        (None, QUESTIONER, False),
        (None, "witness", False),
        (None, QUESTIONER, False),
        (None, "witness", False),
        ("THE COURT", None, False),
    ]


def test_new_examination_heading_forgets_the_examiner_until_a_line_names_one() -> None:
    text = "BY MR. LEE:\nQ. One?\nA. Yes.\nCROSS-EXAMINATION\nQ. Two?\n"
    asked = [turn.speaker for turn in court.parse(text, Path("a.txt")).turns if turn.role == QUESTIONER]
    assert asked == ["MR. LEE", None]


def test_witness_changes_with_the_oath() -> None:
    text = (
        "JANE DOE,\nhaving been first duly sworn, testified:\nQ. One?\nA. Yes.\n"
        "BO LIND, M.D., WITNESS, AFFIRMED\nQ. Two?\nA. No.\n"
    )
    answered = [turn.speaker for turn in court.parse(text, Path("a.txt")).turns if turn.role == "witness"]
    assert answered == ["JANE DOE", "BO LIND"]


def test_letters_without_points_are_read_where_none_has_one() -> None:
    text = "EXAMINATION\nBY MS. ROE:\nQ Good morning.\nA Good morning.\n"
    assert court.recognises(text)
    assert [turn.text for turn in court.parse(text, Path("a.txt")).turns] == [
        "Good morning.",
        "Good morning.",
    ]


@pytest.mark.parametrize(
    "text",
    ["Ana: hello\nBen: bye\n", "Q: Why?\nA: So.\n", "THE COURT: Order.\n", "1 apple\n2 pears\n3 plums\n", ""],
)
def test_other_text_is_not_claimed(text: str) -> None:
    assert court.recognises(text) is None


SPEAKERS = st.sampled_from(["THE COURT", "MR. HADDEN", "MS. O'NEILL", "THE CLERK"])


@given(
    st.lists(st.tuples(SPEAKERS, st.integers(1, 3)), min_size=3, max_size=30).filter(
        lambda blocks: (
            len({name for name, _ in blocks}) >= 2 and any(name == "THE COURT" for name, _ in blocks)
        )
    ),
    st.booleans(),
)
def test_what_is_written_as_a_hearing_is_read_back(blocks: list[tuple[str, int]], numbered: bool) -> None:
    said = [
        (name, [f"words {i} of line {j}" for j in range(count)]) for i, (name, count) in enumerate(blocks)
    ]
    lines = [
        f"{name}:  {words[0]}" if j == 0 else words[j] for name, words in said for j in range(len(words))
    ]
    if numbered:
        lines = [f"{i % 25 + 1:>3}  {line}" for i, line in enumerate(lines)]
    text = "\n".join(lines)
    assert court.recognises(text)
    assert court.parse(text, Path("a.txt")).turns == tuple(
        Turn(" ".join(words), name) for name, words in said
    )


PIECES = st.sampled_from(
    [
        "Q. x",
        "A. y",
        "BY MR. LEE:",
        "(x",
        "y)",
        "THE COURT: z",
        "  1  Q. x",
        "JANE DOE, SWORN",
        "EXAMINATION",
        "12",
        "\f",
        "(",
    ]
)


@settings(max_examples=300)
@given(st.lists(PIECES | st.text(max_size=6)).map("\n".join))
def test_any_text_is_read(text: str) -> None:
    court.recognises(text)
    court.parse(text, Path("a.txt"))
