from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.errors import FormatError
from qa.readers import otter, read, read_bytes
from qa.types import TimeKind, Turn

DATA = Path(__file__).parents[2] / "data"


def test_two_word_names_hours_paragraphs_and_unknown_speakers_are_read() -> None:
    reading = read(DATA / "otter_two_word_names.txt")
    assert (reading.format, reading.time_kind) == ("otter", TimeKind.MEDIA)
    assert reading.turns == (
        Turn("The quay is wet.\nMind the step.", "Jo van Dam", start=0.0),
        Turn("Where?", start=7.0),
        Turn("Behind you, at 10:30.", "Jo van Dam", start=3602.0),
    )
    assert reading.recognised == "it says that it was transcribed by otter.ai"
    assert reading.warnings == ("The line that names Otter left out (line 12).",)


def test_export_without_names_names_nobody() -> None:
    assert read(DATA / "otter_without_names.txt").turns == (
        Turn("The tide was low that day.", start=1.0),
        Turn("Nobody came.", start=15.0),
        Turn("Nobody at all.", start=3723.0),
    )


def test_title_date_and_keywords_on_top_are_no_speech_and_a_time_in_speech_opens_no_turn() -> None:
    reading = read(DATA / "otter_keywords_on_top.txt")
    assert reading.turns == (
        Turn("Shall we meet at 10:30", "Ilse Brandt", start=0.0),
        Turn("Yes, say 10:30", "Samuel Okoro", start=4.0),
        Turn("Fine.", "Ilse Brandt", start=9.0),
    )
    assert (reading.title, reading.date) == ("Harbour call", "2024-01-15")
    assert reading.notes[1:] == ("SUMMARY KEYWORDS", "quay, berths", "SPEAKERS", "Ilse Brandt, Samuel Okoro")
    assert reading.warnings == (
        "Lines above the first turn, kept as notes because nobody says them: 4 (lines 4, 5, 7, 8).",
    )


def test_two_recordings_in_one_file_are_refused_where_the_second_begins() -> None:
    with pytest.raises(FormatError, match=r"otter_two_recordings\.txt:7: The times start again here"):
        read(DATA / "otter_two_recordings.txt")


def test_speakers_a_little_out_of_order_are_kept_as_written_and_reported() -> None:
    reading = read_bytes(b"Ana  0:10  \nOne.\n\nBen  0:08  \nTwo.\n\nAna  0:12  \nThree.\n", Path("a.txt"))
    assert [turn.start for turn in reading.turns] == [10.0, 8.0, 12.0]
    assert reading.warnings == ("Times a little before the one above them, kept as written: 1 (line 4).",)


def test_single_space_before_the_time_counts_where_names_recur_and_times_rise() -> None:
    reading = read_bytes(
        b"Ana 0:01\nOne.\nBen 0:04\nTwo.\nAna 0:09\nThree.\nBen 0:11\nFour.\n", Path("a.txt")
    )
    assert [(turn.speaker, turn.start) for turn in reading.turns] == [
        ("Ana", 1.0),
        ("Ben", 4.0),
        ("Ana", 9.0),
        ("Ben", 11.0),
    ]


def test_name_without_words_is_reported() -> None:
    reading = read_bytes(b"Ana  0:01  \nOne.\n\nBen  0:04  \n\nAna  0:09  \nTwo.\n", Path("a.txt"))
    assert reading.warnings == ("Labels without words below them, left out: 1 (line 4).",)


@pytest.mark.parametrize(
    "text",
    [
        "See you at 10:30\nand bring cake\n",
        "00:00:05\nAna: hello\n00:01:00\nBen: bye\n",
        "1\n00:00:01,000 --> 00:00:02,000\nHi.\n",
        "Ana: hello\nBen: bye\n",
        "[00:12] Ana: hello\n[00:14] Ben: bye\n",
        "",
    ],
)
def test_other_text_is_not_claimed(text: str) -> None:
    assert otter.recognises(text) is None


NAMES = st.sampled_from(["Ana Lopez", "Jo van Dam", "Speaker 1", "Zoë", "李 明", "+1 555 010 0199"])
WORDS = st.lists(st.sampled_from("the quay is wet and 3:05 was late so we went".split()), min_size=1).map(
    lambda words: " ".join(words) + "."
)


def stamp(second: int) -> str:
    hours, rest = divmod(second, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"


@given(st.lists(st.tuples(NAMES, st.integers(0, 9000), st.lists(WORDS, min_size=1, max_size=3)), min_size=2))
def test_what_is_written_as_otter_is_read_back(blocks: list[tuple[str, int, list[str]]]) -> None:
    starts = sorted(second for _, second, _ in blocks)
    turns = tuple(
        Turn("\n".join(words), name, start=float(start))
        for (name, _, words), start in zip(blocks, starts, strict=True)
    )
    written = "\n\n".join(f"{t.speaker}  {stamp(int(t.start or 0))}  \n{t.text}" for t in turns)
    text = written + "\n\nTranscribed by https://otter.ai\n"
    assert otter.recognises(text)
    assert otter.parse(text, Path("a.txt")).turns == turns


PIECES = st.sampled_from(
    [
        "Ana  0:02  ",
        "0:15  ",
        "Ana\t0:04\tHi",
        "99:99",
        "  ",
        "\t",
        "Transcribed by https://otter.ai",
        "Hi.",
        "(x)",
    ]
)


@settings(max_examples=200)
@given(st.lists(PIECES | st.text(max_size=6)).map("\n".join))
def test_any_text_is_read_or_refused(text: str) -> None:
    otter.recognises(text)
    with suppress(FormatError):
        otter.parse(text, Path("a.txt"))
