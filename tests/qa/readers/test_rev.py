from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.errors import FormatError
from qa.readers import read, read_bytes, rev
from qa.types import TimeKind, Turn

DATA = Path(__file__).parents[2] / "data"


def test_names_with_times_stand_above_any_number_of_paragraphs() -> None:
    reading = read(DATA / "rev_headers.txt")
    assert (reading.format, reading.time_kind, reading.date) == ("rev", TimeKind.MEDIA, None)
    assert reading.turns == (
        Turn(
            "Nine berths here.\nThree are broken.", "Ilse Brandt", start=11.0, notes=("[inaudible 00:00:13]",)
        ),
        Turn("Six, then.", "Speaker 2", start=20.0),
        Turn("And the crane.", "Speaker 2", start=45.0, inferred=True),
        Turn("Noted.", "Ilse Brandt", start=1510.0),
    )
    assert reading.warnings == (
        "Lines that Rev adds left out (lines 1, 12).",
        "Paragraphs with a time and no name, given to the speaker before them: 1 (line 10).",
    )


@pytest.mark.parametrize("head", ["Ana: (00:11)", "Ana (00:11):", "Ana [00:00:11]:", "**Ana (00:11):**"])
def test_header_may_be_written_in_several_ways(head: str) -> None:
    text = f"{head}\nHi.\n{head} Yes.\nAnd more.\n"
    assert rev.recognises(text)
    turns = (Turn("Hi.", "Ana", start=11.0), Turn("Yes.\nAnd more.", "Ana", start=11.0))
    assert rev.parse(text, Path("a.txt")).turns == turns


def test_known_name_without_a_time_opens_a_turn() -> None:
    text = "Ana Lopez:\t[00:00]\tSix. Note: old.\n\nBen:\t[00:11]\tNine.\n\nAna Lopez:\tNo.\n\nNote: sic.\n"
    assert rev.recognises(text)
    assert rev.parse(text, Path("a.txt")).turns == (
        Turn("Six. Note: old.", "Ana Lopez", start=0.0),
        Turn("Nine.", "Ben", start=11.0),
        Turn("No.\nNote: sic.", "Ana Lopez"),
    )


def test_one_labelled_line_a_turn_stays_plain() -> None:
    assert read_bytes(b"Ana (00:11): Hi.\nBen (00:12): Yes.\n", Path("a.txt")).format == "plain"


def test_second_recording_is_refused() -> None:
    with pytest.raises(FormatError, match=r"a\.txt:3: The times start again"):
        rev.parse("Ana (10:11):\nHi.\nAna (00:02):\nHi.\n", Path("a.txt"))


@pytest.mark.parametrize("text", ["Ana: hello\n", "He left (10:30): late\n", "(00:11) hm\n", ""])
def test_other_text_is_not_claimed(text: str) -> None:
    assert rev.recognises(text) is None


@given(
    st.lists(
        st.tuples(st.sampled_from(["Ana Lopez", "Speaker 1", "Dr. Young"]), st.integers(0, 90)), min_size=1
    )
)
def test_what_is_written_as_rev_is_read_back(blocks: list[tuple[str, int]]) -> None:
    turns = tuple(
        Turn(f"Words {i}.\nMore.", name, start=float(second))
        for i, ((name, _), second) in enumerate(zip(blocks, sorted(s for _, s in blocks), strict=True))
    )
    text = "".join(
        f"{t.speaker} ({int(t.start or 0) // 60:02}:{int(t.start or 0) % 60:02}):\n"
        + t.text.replace("\n", "\n\n")
        + "\n\n"
        for t in turns
    )
    assert rev.recognises(text)
    assert rev.parse(text, Path("a.txt")).turns == turns


PIECES = st.sampled_from(
    ["Ana (00:11):", "(00:45):", "[00:45]", "(99:99):", "Hi.", "PART 1 OF 2 ENDS", ":", "**Ana"]
)


@settings(max_examples=200)
@given(st.lists(PIECES | st.text(max_size=6)).map("\n".join))
def test_any_text_is_read_or_refused(text: str) -> None:
    rev.recognises(text)
    with suppress(FormatError):
        rev.parse(text, Path("a.txt"))
