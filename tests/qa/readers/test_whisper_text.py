from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.readers import read, whisper_text
from qa.types import Reading, TimeKind, Turn

DATA = Path(__file__).parents[2] / "data"
SOURCE = Path("printed.txt")

WORDS = st.lists(st.sampled_from(["berth", "rain", "nine", "it", "so"]), min_size=1, max_size=6).map(" ".join)


def stamp(milliseconds: int) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{rest:03d}"


def test_printed_segments_become_sentences_and_loops_are_kept_once() -> None:
    reading = read(DATA / "whisper_printed.txt")
    assert (reading.format, reading.time_kind) == ("whisper-text", TimeKind.MEDIA)
    assert reading.turns == (
        Turn("So we begin.", start=0.0, end=2.4),
        Turn("It rained all night.", start=2.4, end=6.0),
        Turn("Thanks for watching!", start=3630.0, end=3636.0),
    )
    assert reading.notes[:2] == (
        "Detecting language using up to the first 30 seconds.",
        "Detected language: English",
    )
    assert reading.warnings == (
        "'Thanks for watching!' stood 3 times in a row and is kept once; the model may have looped"
        " (lines 7, 8, 9).",
        "Lines above the first segment, kept as notes: 2 (lines 1, 2).",
    )


def test_labels_that_recur_or_stand_in_brackets_are_speakers() -> None:
    text = (
        "[00:00:00,000 --> 00:00:02,000] SPEAKER_00: When?\n"
        "[00:00:02,000 --> 00:00:04,000] [SPEAKER_01]: In May.\n"
        "[00:00:04,000 --> 00:00:05,000] SPEAKER_00: Why?\n"
    )
    assert whisper_text.parse(text, SOURCE).turns == (
        Turn("When?", "SPEAKER_00", start=0.0, end=2.0),
        Turn("In May.", "SPEAKER_01", start=2.0, end=4.0),
        Turn("Why?", "SPEAKER_00", start=4.0, end=5.0),
    )


def test_lines_below_a_segment_go_on_with_it() -> None:
    text = "[00:00.000 --> 00:02.000] It rained\nall night.\n[00:02.000 --> 00:03.000] Yes.\n"
    assert [turn.text for turn in whisper_text.parse(text, SOURCE).turns] == ["It rained all night.", "Yes."]


def test_last_line_cut_inside_its_times_is_left_out_and_said() -> None:
    reading = whisper_text.parse("[00:00.000 --> 00:02.000] It rained.\n[00:02.000 --> 00:0", SOURCE)
    assert [turn.text for turn in reading.turns] == ["It rained."]
    assert reading.warnings == ("Lines cut short inside their times, left out: 1 (line 2).",)


def test_segment_that_ends_before_it_starts_is_said() -> None:
    reading = whisper_text.parse("[00:05.000 --> 00:02.000] It rained.\n", SOURCE)
    assert (reading.turns[0].start, reading.turns[0].end) == (5.0, 5.0)
    assert reading.warnings == (
        "Segments that end before they start, taken to end where they start: 1 (line 1).",
    )


@pytest.mark.parametrize(
    "text",
    ["[00:00:11] Ana: hello", "1\n00:00:01,000 --> 00:00:02,000\nhello", "An arrow --> here", "", "[00:00"],
)
def test_other_text_is_not_claimed(text: str) -> None:
    assert whisper_text.recognises(text) is None


@given(st.lists(st.tuples(st.integers(0, 5_000), st.integers(1, 5_000), WORDS), min_size=1, max_size=8))
def test_what_is_printed_is_read_back(spoken: list[tuple[int, int, str]]) -> None:
    now = 0
    lines, expected = [], []
    for i, (pause, lasting, words) in enumerate(spoken):
        start = now + pause + 2_001
        now = start + lasting
        lines.append(f"[{stamp(start)} --> {stamp(now)}]  {words} {i}.")
        expected.append(Turn(f"{words} {i}.", start=start / 1000, end=now / 1000))
    text = "\n".join(lines)
    assert whisper_text.recognises(text)
    assert whisper_text.parse(text, SOURCE).turns == tuple(expected)


@given(st.text(alphabet="[]0159:.,-> \nabA\u00e9", max_size=200))
def test_any_text_is_read(text: str) -> None:
    whisper_text.recognises(text)
    assert isinstance(whisper_text.parse("[00:00.000 --> 00:01.000] a\n" + text, SOURCE), Reading)


def test_mark_of_whisper_cpp_begins_a_turn_of_somebody_new() -> None:
    text = (
        "[00:00:00.000 --> 00:00:02.000]   Is it [SPEAKER_TURN]\n[00:00:02.000 --> 00:00:03.000]   Yes.\n"
        "[00:00:03.000 --> 00:00:04.000]   And [SPEAKER_TURN]\n"
        "[00:00:04.000 --> 00:00:05.000]   [SPEAKER_TURN]\n"
        "[00:00:05.000 --> 00:00:06.000]   so what?\n"
    )
    assert whisper_text.parse(text, Path("a.txt")).turns == (
        Turn("Is it", start=0.0, end=2.0),
        Turn("Yes.", start=2.0, end=3.0),
        Turn("And", start=3.0, end=4.0),
        Turn("so what?", start=5.0, end=6.0),
    )
