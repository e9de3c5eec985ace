import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.widths import padded, width, wrapped


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("", 0),
        ("bridge", 6),
        ("мост", 4),
        ("新的桥", 6),
        ("ｂ", 2),
        ("다리", 4),
        ("e\u0301", 1),
        ("पुल", 2),
        ("ที่", 1),
    ],
)
def test_width_is_in_columns_of_a_terminal(text: str, columns: int) -> None:
    assert width(text) == columns


def test_padding_counts_columns() -> None:
    assert padded("桥", 5) == "桥   "
    assert padded("bridge", 5) == "bridge"


@given(
    st.text(st.characters(max_codepoint=0x24F, exclude_categories=["Cf"]), max_size=80), st.integers(8, 30)
)
def test_lines_of_one_column_letters_are_broken_as_ever(text: str, columns: int) -> None:
    line = " ".join(text.split())
    expected = textwrap.wrap(line, columns, initial_indent="  ", subsequent_indent="    ")
    assert wrapped(line, columns, "  ", "    ") == expected


def test_line_without_spaces_is_broken_between_letters_at_the_width_it_is_shown_in() -> None:
    # Twenty columns less two before the text: nine letters, but never a mark at the beginning of a line.
    assert wrapped("市政府决定在港口修建一座新的桥，预计明年开工。", 20, "  ", "  ") == [
        "  市政府决定在港口",
        "  修建一座新的桥，",
        "  预计明年开工。",
    ]


@given(st.text("新桥ab 。हिสะ", max_size=60), st.integers(10, 30))
def test_lines_keep_every_letter_and_the_width(text: str, columns: int) -> None:
    line = " ".join(text.split())
    lines = wrapped(line, columns, "- ", "  ")
    assert "".join(lines).removeprefix("- ").replace(" ", "") == line.replace(" ", "")
    assert all(width(one) <= columns or " " not in one.strip("- ") for one in lines)
