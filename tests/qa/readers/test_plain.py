from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.errors import FormatError
from qa.readers import plain, read, read_bytes
from qa.types import QUESTIONER, Reading, TimeKind, Turn

DATA = Path(__file__).parents[2] / "data"


def plain_reading(text: str) -> Reading:
    reading = read_bytes(text.encode(), Path("standup.txt"))
    assert reading.format == "plain"
    return reading


def test_line_without_speaker_names_its_place_and_the_remedy() -> None:
    with pytest.raises(FormatError) as caught:
        plain.parse("Ana: hello\nand so on\n", Path("standup.txt"))
    assert str(caught.value) == (
        "standup.txt:2: cannot read 'and so on'."
        " Start the line with a speaker and a colon, as in 'Ana: hello'."
    )


def test_stray_line_among_labelled_ones_is_refused_rather_than_given_to_somebody() -> None:
    with pytest.raises(FormatError, match=r"line_without_speaker\.txt:2: cannot read 'and so on'"):
        read(DATA / "line_without_speaker.txt")


def test_byte_order_mark_and_blank_lines_are_no_words() -> None:
    assert read(DATA / "byte_order_mark.txt").turns == (Turn("hello", "Ana"), Turn("bye", "Ben"))


def test_title_and_date_may_stand_on_top() -> None:
    for top in (
        "Weekly sync\n12 March 2026\n",
        "Weekly sync: 12 March 2026\n\n",
        "# Weekly sync, 12 March 2026\n",
        "Title: Weekly sync\nDate: 2026-03-12\n",
    ):
        reading = plain_reading(top + "Ana: hi\n")
        assert (reading.title, reading.date, reading.turns) == (
            "Weekly sync",
            "2026-03-12",
            (Turn("hi", "Ana"),),
        )


@pytest.mark.parametrize(
    ("line", "start"),
    [
        ("[00:12] Ana: hi", 12.0),
        ("(1:02:03) Ana: hi", 3723.0),
        ("00:12 Ana: hi", 12.0),
        ("00:12 - Ana: hi", 12.0),
        ("[00:00:12.500] Ana: hi", 12.5),
        ("Ana (00:12): hi", 12.0),
        ("Ana [00:12]: hi", 12.0),
        ("**[00:12] Ana:** hi", 12.0),
        ("[00:12] **Ana:** hi", 12.0),
    ],
)
def test_time_beside_the_label_counts_from_the_start_of_the_recording(line: str, start: float) -> None:
    reading = plain_reading(line + "\n")
    assert reading.turns == (Turn("hi", "Ana", start=start),)
    assert reading.time_kind is TimeKind.MEDIA


@pytest.mark.parametrize(
    ("name", "warning"),
    [
        ("times_run_backwards.txt", "Times left out: they run backwards (line 2)."),
        (
            "first_turn_without_time.txt",
            "Times left out: the first turn has none, so it is unclear what they count from (line 1).",
        ),
    ],
)
def test_times_that_cannot_be_trusted_are_left_out(name: str, warning: str) -> None:
    reading = read(DATA / name)
    assert reading.turns == (Turn("one", "Ana"), Turn("two", "Ben"))
    assert (reading.time_kind, reading.warnings) == (TimeKind.NONE, (warning,))


@pytest.mark.parametrize(
    ("label", "speaker", "role"),
    [
        ("**Ana:**", "Ana", None),
        ("**Ana**:", "Ana", None),
        ("- **Ana**:", "Ana", None),
        ("Ana (she/her):", "Ana", None),
        ("Ana | Port Team:", "Ana", None),
        ("Ana Lopez, Finance Lead:", "Ana Lopez", "Finance Lead"),
        ("Lopez, Ana:", "Lopez, Ana", None),
        ("Speaker 1:", "Speaker 1", None),
        ("Project Manager:", "Project Manager", None),
        ("SPEAKER_00:", "SPEAKER_00", None),
        ("Question:", None, QUESTIONER),
        ("Q:", None, QUESTIONER),
    ],
)
def test_label_gives_speaker_and_role(label: str, speaker: str | None, role: str | None) -> None:
    assert plain_reading(f"{label} hi - there\n").turns == (Turn("hi - there", speaker, role),)


@pytest.mark.parametrize(
    "line", ["https://example.org/a", "at 10:30 we met", "Here is the thing: it works", "Well, one thing: no"]
)
def test_colon_inside_speech_makes_no_speaker(line: str) -> None:
    with pytest.raises(FormatError, match=r"standup\.txt:2: cannot read"):
        read_bytes(f"Ana: hello\n{line}\nBen: bye\n".encode(), Path("standup.txt"))


def test_speaker_without_words_is_refused() -> None:
    with pytest.raises(FormatError, match=r"standup.txt:2: cannot read 'Ben:'\. Write the words on the line"):
        read_bytes(b"Ana: hello\nBen:\nbye\n", Path("standup.txt"))


def test_turn_of_nothing_but_a_direction_becomes_a_note() -> None:
    reading = plain_reading("Ana: [laughter]\nBen: so (inaudible) there\n")
    assert reading.turns == (Turn("so there", "Ben", notes=("(inaudible)",)),)
    assert reading.notes == ("Ana: [laughter]",)


def test_turns_of_one_speaker_stay_apart() -> None:
    assert plain_reading("Ana: one\nAna: two\n").turns == (Turn("one", "Ana"), Turn("two", "Ana"))


def test_paragraphs_without_a_label_go_on_with_the_speaker_above_where_labels_are_certain() -> None:
    reading = read(DATA / "interview_with_paragraphs.txt")
    assert reading.turns == (
        Turn("I was born on the quay.\nMy father was a pilot.", "Ilse"),
        Turn("Really?", "Sam"),
        Turn("Yes.\nSmall detail: it rained.", "Ilse"),
        Turn("Ha!", "Sam", notes=("[door slams]",)),
    )
    assert reading.warnings == (
        "Paragraphs without a label, given to the speaker above them: 3 (lines 2, 4, 9).",
    )


def test_label_that_comes_once_among_paragraphs_without_labels_is_refused_by_line() -> None:
    with pytest.raises(FormatError, match=r"label_that_comes_once\.txt:9: cannot read 'Waiter: tea came\.'"):
        read(DATA / "label_that_comes_once.txt")


def test_label_that_comes_once_is_read_when_nothing_else_it_could_be() -> None:
    text = "Ana: hi\nand so\nBen: yes\nAna: no\nBen: ok\n"
    for label, name in (("MODERATOR", "MODERATOR"), ("Cy Young, Clerk", "Cy Young")):
        assert plain.parse(f"{text}{label}: stop\n", Path("a.txt")).turns[-1].speaker == name
    listed = plain.parse(f"Participants: Ana, Ben, Waiter\n{text}Waiter: tea\n", Path("a.txt"))
    assert listed.turns[-1].speaker == "Waiter"


def test_labels_on_lines_of_their_own_stand_above_their_words() -> None:
    text = "Ana:\nHello there.\n\nBen:\nReally?\nAna:\nYes.\n\nNow.\nBen:\nOk.\n"
    reading = plain_reading(text)
    assert reading.turns == (
        Turn("Hello there.", "Ana"),
        Turn("Really?", "Ben"),
        Turn("Yes.\nNow.", "Ana"),
        Turn("Ok.", "Ben"),
    )
    assert reading.warnings == ("Paragraphs without a label, given to the speaker above them: 1 (line 9).",)


def test_label_without_words_is_refused_even_where_labels_are_certain() -> None:
    with pytest.raises(FormatError, match=r"standup\.txt:3: cannot read 'Ana:'"):
        plain_reading("Ana: one\nBen: two\nAna:\nBen: three\n")


def test_paragraph_with_a_time_of_its_own_is_a_turn_marked_as_inferred() -> None:
    text = "00:01 Ana: one\n00:04 and two\n00:09 Ben: three\n00:11 Ana: four\n00:12 Ben: five\n"
    assert plain_reading(text).turns[:3] == (
        Turn("one", "Ana", start=1.0),
        Turn("and two", "Ana", start=4.0, inferred=True),
        Turn("three", "Ben", start=9.0),
    )


def test_time_of_day_that_starts_a_paragraph_is_speech() -> None:
    text = "Ana: one\n\n10:30 was late.\n\nBen: two\nAna: three\nBen: four\n"
    assert plain_reading(text).turns[0] == Turn("one\n10:30 was late.", "Ana")


def test_stage_direction_on_a_line_of_its_own_needs_no_label() -> None:
    assert plain_reading("Ana: hello\n(she leaves)\nBen: bye\n").turns == (
        Turn("hello", "Ana", notes=("(she leaves)",)),
        Turn("bye", "Ben"),
    )


def test_full_width_colons_end_labels_and_long_sentences_are_none() -> None:
    assert read(DATA / "full_width_colons.txt").turns == (
        Turn("こんにちは。\n今日は晴れです。", "田中太郎"),
        Turn("はい。", "鈴木"),
        Turn("では。", "田中太郎"),
        Turn("今日の長い長い議題は次の通りになっております：予算。", "鈴木"),
    )
    with pytest.raises(FormatError, match="2: cannot read"):
        plain.parse("鈴木：はい。\n今日の長い長い議題は次の通りになっております：予算。\n", Path("a.txt"))


def test_labels_in_wide_brackets_are_the_names_in_them() -> None:
    assert read(DATA / "wide_brackets.txt").turns == (
        Turn("大家好，我们今天谈新桥。", "市长"),
        Turn("新桥要花多少钱？", role=QUESTIONER),
        Turn("新桥要花三千万元。其中一半由国家承担。", "市长"),
    )


def test_right_to_left_names_are_read_without_their_marks() -> None:
    assert read(DATA / "right_to_left.txt").turns == (
        Turn("مرحبا", "سارة"),
        Turn("أهلا\nكيف الحال؟", "أحمد"),
        Turn("بخير", "سارة"),
        Turn("جيد", "أحمد"),
    )
    assert plain_reading("דוד: שלום\nרות: להתראות\n").turns == (Turn("שלום", "דוד"), Turn("להתראות", "רות"))


def test_questions_and_answers_by_letter_are_roles() -> None:
    for text in ("Q: Why?\nA: So.\n", "Q. Why?\nA. So.\n"):
        assert plain_reading(text).turns == (Turn("Why?", role=QUESTIONER), Turn("So.", role="respondent"))
    assert plain_reading("A: one\nB: two\n").turns == (Turn("one", "A"), Turn("two", "B"))


def test_one_person_under_three_labels_is_one() -> None:
    text = "Mark Rutte, NATO Secretary General: One.\nMark Rutte: Two.\nSecretary General Rutte: Three.\n"
    assert [(t.speaker, t.role) for t in plain_reading(text + "Ana: Four.\n").turns[:3]] == [
        ("Mark Rutte", "NATO Secretary General")
    ] * 3


NAMES = st.sampled_from(["Ana", "Ben Okoro", "田中", "سارة", "Speaker 1"])


@given(st.lists(NAMES, min_size=2, max_size=12).filter(lambda names: all(names.count(n) >= 2 for n in names)))
def test_labelled_paragraphs_are_read_back(names: list[str]) -> None:
    turns = tuple(Turn(f"words {i}.\nMore {i}.", name) for i, name in enumerate(names))
    text = "\n\n".join(f"{turn.speaker}: {turn.text}" for turn in turns)
    assert plain.parse(text, Path("a.txt")).turns == turns


def test_time_right_after_the_label_is_a_time_and_no_words() -> None:
    reading = plain.parse("Ana: [00:12] Hello.\nBen: Hi.\n", Path("talk.txt"))
    assert reading.turns == (Turn("Hello.", "Ana", start=12.0), Turn("Hi.", "Ben"))
