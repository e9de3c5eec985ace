from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.readers import otter, read, read_bytes
from qa.types import Reading, TimeKind, Turn

DATA = Path(__file__).parents[2] / "data"


def read_text(text: str) -> Reading:
    return read_bytes(text.encode(), Path("talk.txt"))


@pytest.mark.parametrize(
    "headers",
    [
        ("Ana Lopez (00:04.120)", "Ben (1:02:03)"),
        ("Ana Lopez [00:04.12]", "Ben [1:02:03]"),
        ("Ana Lopez - 00:04.12", "Ben - 1:02:03"),
        ("[00:00:04.12] - Ana Lopez", "[01:02:03.00] - Ben"),
    ],
)
def test_shapes_that_speech_does_not_have_need_no_second_turn_of_a_name(headers: tuple[str, str]) -> None:
    first, second = headers
    reading = read_text(f"{first}\nNine berths.\n\n{second}\nSix.\n")
    assert (reading.format, reading.time_kind) == ("otter", TimeKind.MEDIA)
    assert reading.turns == (
        Turn("Nine berths.", "Ana Lopez", start=4.12),
        Turn("Six.", "Ben", start=3723.0),
    )


def test_time_before_the_name_counts_where_names_recur() -> None:
    reading = read(DATA / "word_for_the_web.txt")
    assert reading.turns == (
        Turn("Nine berths.", "Speaker 1", start=3.0),
        Turn("Two of them at 0:30 Monday.", "Speaker 2", start=11.0),
        Turn("Six.", "Speaker 1", start=20.0),
    )
    assert reading.title == "Transcript"


def test_captions_saved_by_zoom_have_times_of_day() -> None:
    reading = read(DATA / "zoom_saved_captions.txt")
    assert (reading.format, reading.time_kind) == ("otter", TimeKind.CLOCK)
    assert reading.turns == (
        Turn("Nine berths.", "Ana Lopez", start=50592.0),  # 14 h 3 min 12 s
        Turn("Six.", "Ben", start=50600.0),
    )
    assert reading.warnings == (
        "Times were taken for times of day, as in captions saved by Zoom; --date says on which day.",
    )


@pytest.mark.parametrize(
    "text",
    [
        "00:04 we begin\nwith berths\n00:09 and cranes\nof steel\n",  # no names
        "0:04 Ana Lopez\nNine.\n0:09 Ben\nSix.\n",  # names that come once, in a shape that speech has too
        "Ana - 0:04\nBen - 0:09\nCy - 0:12\n",  # a table of contents: no words below
        "Ana (0:09)\nNine.\n\nBen (0:04)\nSix.\n",  # times that fall
    ],
)
def test_lines_that_may_be_speech_are_not_taken(text: str) -> None:
    assert otter.recognises(text) is None


@given(
    st.lists(
        st.tuples(st.sampled_from(["Ana Lopez", "Jo van Dam", "李 明"]), st.integers(0, 5000)), min_size=2
    )
)
def test_what_is_written_as_riverside_is_read_back(blocks: list[tuple[str, int]]) -> None:
    starts = sorted(second for _, second in blocks)
    pairs = [(name, start) for (name, _), start in zip(blocks, starts, strict=True)]
    text = "\n\n".join(
        f"{name} ({start // 60:02}:{start % 60:02}.000)\nWords {i}." for i, (name, start) in enumerate(pairs)
    )
    turns = tuple(Turn(f"Words {i}.", name, start=float(start)) for i, (name, start) in enumerate(pairs))
    assert otter.parse(text, Path("a.txt")).turns == turns
