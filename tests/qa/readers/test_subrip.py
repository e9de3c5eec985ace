from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.errors import FormatError
from qa.readers import read, subrip
from qa.types import Turn

DATA = Path(__file__).parents[2] / "data"


@pytest.mark.parametrize(
    ("name", "turn"),
    [
        ("byte_order_mark.srt", Turn("Hello there.", start=1.0, end=2.0)),
        ("dot_decimals.srt", Turn("Hello.", start=1.25, end=2.5)),
        ("number_as_last_line.srt", Turn("The answer is 42", start=1.0, end=2.0)),
        ("missing_blank_lines.srt", Turn("One, two.", start=1.0, end=3.0)),
        ("windows_1252.srt", Turn("Café.", "Sarah", start=1.0, end=2.0)),
    ],
)
def test_malformed_file_loses_no_words(name: str, turn: Turn) -> None:
    reading = read(DATA / name)
    assert (reading.format, reading.turns) == ("srt", (turn,))


def test_guessed_encoding_is_reported() -> None:
    assert read(DATA / "windows_1252.srt").warnings == (
        "The file is not UTF-8; it was read as Windows-1252, so accented letters may be wrong.",
    )


def test_dashes_are_two_people_without_names() -> None:
    # "Yes." has 4 of 9 characters: the second starts 4/9 s into the cue.
    assert read(DATA / "dashes_for_two_speakers.srt").turns == (
        Turn("Yes.", start=1.0, end=1.444),
        Turn("Nope.", start=1.444, end=2.0),
    )


def test_names_on_change_are_carried_over_and_markup_goes() -> None:
    reading = read(DATA / "names_on_change.srt")
    assert reading.turns == (
        Turn("We begin now.", "SPEAKER_01", start=1.0, end=3.0, inferred=True),
        Turn("Good.", "Sarah", start=3.0, end=4.0),
    )
    assert reading.warnings == ("Cues without a speaker, given to the speaker before them: 1 (line 6).",)


def test_text_above_the_first_cue_is_reported() -> None:
    reading = subrip.parse("made by hand\n1\n00:00:01,000 --> 00:00:02,000\nHi.\n", Path("talk.srt"))
    assert reading.warnings == ("Text before the first cue left out (line 1).",)


def test_cue_that_ends_before_it_starts_is_refused_by_line() -> None:
    with pytest.raises(FormatError, match=r"talk.srt:2: cannot read .* The cue ends before it starts"):
        subrip.parse("1\n00:00:03,000 --> 00:00:02,000\nHi.\n", Path("talk.srt"))


def test_captions_without_words_are_refused() -> None:
    with pytest.raises(FormatError, match=r"talk.srt: No cue has words"):
        subrip.parse("1\n00:00:01,000 --> 00:00:02,000\n\n", Path("talk.srt"))


def test_well_formed_cues_agree_with_the_srt_library() -> None:
    library = pytest.importorskip("srt", reason="srt is not installed")
    text = "".join(
        f"{i}\n00:{i:02d}:00,000 --> 00:{i:02d}:02,500\nWord {i}\nand on.\n\n" for i in range(1, 40)
    )
    theirs = [
        (cue.start.total_seconds(), cue.end.total_seconds(), cue.content.replace("\n", " "))
        for cue in library.parse(text)
    ]
    ours = subrip.parse(text, Path("talk.srt")).turns
    assert [(turn.start, turn.end, turn.text) for turn in ours] == theirs


def test_words_behind_the_times_are_kept_and_settings_are_not() -> None:
    assert [turn.text for turn in read(DATA / "words_on_the_timing_line.srt").turns] == [
        "Hello.",
        "Goodbye, all.",
    ]


def test_blank_line_inside_a_cue_loses_nothing() -> None:
    assert read(DATA / "blank_line_inside_cue.srt").turns == (Turn("One, two, three.", start=1.0, end=3.0),)


def test_number_above_the_times_is_speech_where_cues_have_no_numbers() -> None:
    assert read(DATA / "no_cue_numbers.srt").turns == (
        Turn("The answer is 42 and no more.", start=1.0, end=3.0),
    )


def test_markup_around_names_and_dashes_goes() -> None:
    # "Yes." has 4 of 7 characters: 2 + 4 / 7 = 2.571 s.
    assert read(DATA / "styled_labels.srt").turns == (
        Turn("Hello. All well?", "ANA", start=1.0, end=2.0),
        Turn("Yes.", start=2.0, end=2.571),
        Turn("No.", start=2.571, end=3.0),
        Turn("Oh.", "ANA", start=3.0, end=4.0),
    )


def test_utf_16_is_read() -> None:
    reading = read(DATA / "utf_16.srt")
    assert (reading.turns, reading.encoding) == ((Turn("Hé.", "Ana", start=1.0, end=2.0),), "UTF-16")


def test_right_to_left_names_and_questions_are_understood() -> None:
    assert read(DATA / "right_to_left.srt").turns == (
        Turn("مرحبا بكم كيف حالكم؟ بخير", "سارة", start=1.0, end=4.0, inferred=True),
    )


def test_chinese_and_japanese_sentences_end_and_join_without_spaces() -> None:
    assert read(DATA / "chinese_and_japanese.srt").turns == (
        Turn("今日は港を開けます。", start=1.0, end=3.0),
        Turn("是的！」", start=3.0, end=4.0),
        Turn("今天 OK 好", start=4.0, end=5.0),
    )


ALPHABET = st.sampled_from(["we", "open", "at", "nine", "3", "100%", "港", "so."])


@given(
    st.lists(
        st.tuples(st.lists(ALPHABET, min_size=1, max_size=9), st.integers(0, 5000)), min_size=1, max_size=12
    )
)
def test_written_cues_are_read_back(said: list[tuple[list[str], int]]) -> None:
    text = ""
    expected = []
    for i, (words, length) in enumerate(said):
        start, end = i * 60_000, i * 60_000 + length
        arrow = " --> ".join(
            f"00:{t // 60_000:02d}:{t // 1000 % 60:02d},{t % 1000:03d}" for t in (start, end)
        )
        text += f"{i + 1}\n{arrow}\n{' '.join(words)}\n\n"
        expected.append(Turn(" ".join(words), start=start / 1000, end=end / 1000))
    assert subrip.parse(text, Path("talk.srt")).turns == tuple(expected)


def test_cue_that_a_machine_left_without_a_label_is_nobodys() -> None:
    reading = read(DATA / "machine_labels_with_a_gap.srt")
    assert reading.turns == (
        Turn("Glad to be here.", "SPEAKER_00", start=0.5, end=3.0),
        Turn("Who is that?", start=9.0, end=10.0),
    )
    assert reading.warnings == ()
