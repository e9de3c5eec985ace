from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.errors import FormatError
from qa.readers import descript, read, read_bytes
from qa.types import TimeKind, Turn

DATA = Path(__file__).parents[2] / "data"


def test_marks_inside_the_text_open_turns_where_sentences_begin() -> None:
    reading = read(DATA / "descript_marks_in_text.txt")
    assert (reading.format, reading.time_kind, reading.title) == ("descript", TimeKind.MEDIA, "Berth talk")
    assert reading.turns == (
        Turn("Nine berths.", "Ilse", start=0.0),
        Turn("Three are broken, and so on.", "Ilse", start=30.0),
        Turn("Nobody minds.", "Ilse", start=60.0),
        Turn("I do.", "Samuel", start=80.0),
        Turn("The crane is old", "Samuel", start=100.0, inferred=True),
        Turn("Noted.", "Ilse"),
    )
    assert reading.warnings == (
        "Paragraphs without a label, given to the speaker above them: 1 (line 7).",
        "Times in the middle of a sentence, given to the sentence after it: 1 (line 3).",
        "Times in the middle of a sentence that no other follows, left out: 1 (line 7).",
    )


def test_export_without_labels_names_nobody() -> None:
    reading = read(DATA / "descript_without_labels.md")
    assert reading.turns == (Turn("Nine berths.", start=11.0), Turn("Three are broken.", start=41.0))
    assert reading.title == "Berth talk"


@pytest.mark.parametrize(
    "line",
    [
        "[00:00:11] Ana: Hi.",
        "Ana: [00:00:11] Hi.",
        "**Ana:** [00:00:11] Hi.",
        "[00:00:11] **Ana:** Hi.",
        "Ana [00:11]: Hi.",
    ],
)
def test_mark_may_stand_before_or_after_the_label(line: str) -> None:
    text = f"{line}\n\nBen: So. [00:00:20] Yes.\n\nBen: [00:00:30] No.\n"
    assert descript.recognises(text)
    assert descript.parse(text, Path("a.txt")).turns == (
        Turn("Hi.", "Ana", start=11.0),
        Turn("So.", "Ben"),
        Turn("Yes.", "Ben", start=20.0),
        Turn("No.", "Ben", start=30.0),
    )


def test_label_on_a_line_of_its_own_takes_the_time_below_it() -> None:
    text = "Ana:\n[00:00:11] Hi.\n\nBen:\n[00:00:20] Yes.\n\nAna:\n[00:00:30] No.\n"
    assert [(t.speaker, t.start, t.text) for t in descript.parse(text, Path("a.txt")).turns] == [
        ("Ana", 11.0, "Hi."),
        ("Ben", 20.0, "Yes."),
        ("Ana", 30.0, "No."),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "[00:12] Ana: hi\n[00:14] Ben: yes\n",
        "Ana: hello\n",
        "Ana: so [inaudible 00:12] yes [inaudible 00:14]\n",
        "[00:12] once\n",
        "",
    ],
)
def test_other_text_is_not_claimed(text: str) -> None:
    assert descript.recognises(text) is None


def test_plain_transcript_with_times_before_labels_stays_plain() -> None:
    assert read_bytes(b"[00:12] Ana: hi\n[00:14] Ben: yes\n", Path("a.txt")).format == "plain"


@given(st.lists(st.integers(0, 3000), min_size=2).map(sorted), st.booleans())
def test_what_is_written_with_marks_is_read_back(starts: list[int], labels: bool) -> None:
    name = "Ana Lopez" if labels else None
    turns = tuple(Turn(f"Words {i}.", name, start=float(start)) for i, start in enumerate(starts))
    lines = [
        f"[00:{start // 60:02}:{start % 60:02}] {'Ana Lopez: ' if labels and i == 0 else ''}Words {i}."
        for i, start in enumerate(starts)
    ]
    read_back = descript.parse(" ".join(lines) if labels else "\n\n".join(lines), Path("a.txt")).turns
    assert read_back == turns


PIECES = st.sampled_from(
    ["[00:00:11]", "Ana: ", "Hi. ", "[99:99] ", "**Ana:** ", "\n", "\\[00:12\\]", "[", "Ana [0:12]:"]
)


@settings(max_examples=300)
@given(st.lists(PIECES | st.text(max_size=6)).map("".join))
def test_any_text_is_read_or_refused(text: str) -> None:
    descript.recognises(text)
    with suppress(FormatError):
        descript.parse(text, Path("a.txt"))


def test_names_that_recur_before_marks_need_no_colon() -> None:
    reading = read(DATA / "descript_names_without_colons.txt")
    assert reading.turns == (
        Turn("In Kiel.", "Hanne Voss", start=4.0),
        Turn("And then?", "Interviewer", start=9.0),
        Turn("Oslo. For years.", "Hanne Voss", start=64.0),
    )


def test_first_words_of_a_line_before_a_mark_inside_it_are_no_name() -> None:
    text = (
        "Ana: Kiel is far. [00:05] We went.\nKiel [00:20] is far. We went.\nBen: [00:30] Oslo. [00:40] Yes.\n"
    )
    speakers = [turn.speaker for turn in descript.parse(text, Path("talk.txt")).turns]
    assert "Kiel" not in speakers


def test_marks_inside_words_are_read_though_a_paragraph_has_no_label() -> None:
    text = (
        "**Mae:** [00:00] Hi.\n\n**Otto:** [00:07] Hm. [00:12] It rained.\n\nA lot.\n\n**Mae:** [00:18] So.\n"
    )
    reading = read_bytes(text.encode(), Path("talk.md"))
    assert reading.format == "descript"
    assert [(turn.start, turn.text) for turn in reading.turns] == [
        (0.0, "Hi."),
        (7.0, "Hm."),
        (12.0, "It rained.\nA lot."),
        (18.0, "So."),
    ]
