from contextlib import suppress
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from qa.errors import FormatError
from qa.readers import read, read_bytes, subrip, webvtt
from qa.types import Reading, Turn

DATA = Path(__file__).parents[2] / "data"


def vtt(*cues: tuple[str, str]) -> Reading:
    body = "".join(f"{times.replace(' ', ' --> ')}\n{text}\n\n" for times, text in cues)
    return webvtt.parse(f"WEBVTT\n\n{body}", Path("talk.vtt"))


def test_cues_out_of_order_are_put_in_their_places() -> None:
    reading = read(DATA / "cues_out_of_order.vtt")
    assert [(turn.speaker, turn.start) for turn in reading.turns] == [
        ("Ben", 1.0),
        ("Ana", 5.0),
        ("Ana", 9.0),
    ]
    assert reading.warnings == (
        "Cues that stood after a later one, put in the order of their times: 1 (line 6).",
    )


def test_file_whose_times_start_again_keeps_its_order() -> None:
    cues = [
        (f"00:{s:02d}.000 00:{s:02d}.500", f"<v Ana>{part} {s}.")
        for part in ("One", "Two")
        for s in range(1, 12)
    ]
    reading = vtt(*cues)
    said = " ".join(turn.text for turn in reading.turns)
    assert said == " ".join(text.removeprefix("<v Ana>") for _, text in cues)
    assert reading.warnings == (
        "The times start again in the file; its order was kept. Cues earlier than one before them: 10"
        " (lines 36, 39, 42, 45, 48, 51, 54, 57, 60, 63).",
    )


def test_label_that_comes_once_inside_a_sentence_is_speech() -> None:
    reading = vtt(
        ("00:01.000 00:02.000", "Ana: Hello."),
        ("00:02.000 00:03.000", "Ben: We know"),
        ("00:03.000 00:04.000", "Monday: that is it."),
        ("00:04.000 00:05.000", "Ana: Yes."),
    )
    assert [(turn.speaker, turn.text) for turn in reading.turns] == [
        ("Ana", "Hello."),
        ("Ben", "We know Monday: that is it."),
        ("Ana", "Yes."),
    ]


def test_where_most_captions_name_somebody_telephones_and_devices_are_speakers() -> None:
    reading = read(DATA / "zoom_telephones_and_devices.vtt")
    assert [(turn.speaker, turn.text, turn.start) for turn in reading.turns] == [
        ("+1 415 *** 0123", "Can you hear me?", 1.0),
        ("Ana Lopez", "Yes. One thing first: the locks.", 5.0),
        ("iPhone (2)", "Which locks?", 8.0),
        ("zoom user 3", "The old ones.", 11.0),
        ("Ana Lopez", "Those. And so: well: we close them.", 13.0),
        ("+1 415 *** 0123", "When?", 19.0),
        ("Ana Lopez", "On Monday.", 22.0),
    ]


def test_where_few_captions_name_somebody_odd_labels_are_speech() -> None:
    reading = vtt(
        ("00:01.000 00:02.000", "Ana: Hello."),
        ("00:05.000 00:06.000", "iPhone (2): a good one."),
        ("00:09.000 00:10.000", "Not bad."),
        ("00:13.000 00:14.000", "Ana: Yes."),
    )
    assert [(turn.speaker, turn.text) for turn in reading.turns] == [
        ("Ana", "Hello."),
        ("Ana", "iPhone (2): a good one."),
        ("Ana", "Not bad."),
        ("Ana", "Yes."),
    ]


def test_id_that_names_nobody_ends_the_words_of_whoever_spoke_before() -> None:
    reading = read(DATA / "webex_speaker_without_name.vtt")
    assert reading.turns == (
        Turn("We close them.", "Ana Lopez", start=2.45, end=5.12),
        Turn("Who says so?", start=6.0, end=8.0),
        Turn("I do.", "Ana Lopez", start=8.5, end=10.0),
    )
    assert reading.warnings == ()


def test_label_without_letters_of_two_sizes_must_come_twice() -> None:
    reading = vtt(
        ("00:01.000 00:02.000", "李娜: 你好。"),
        ("00:05.000 00:06.000", "他说：好。"),
        ("00:09.000 00:10.000", "李娜: 是。"),
    )
    assert [(turn.speaker, turn.text) for turn in reading.turns] == [
        ("李娜", "你好。"),
        ("李娜", "他说：好。"),
        ("李娜", "是。"),
    ]


def test_name_on_a_line_of_its_own_names_the_line_below() -> None:
    reading = vtt(("00:01.000 00:03.000", "Ana:\nHello."), ("00:04.000 00:05.000", "Ben:\nHi."))
    assert [(turn.speaker, turn.text) for turn in reading.turns] == [("Ana", "Hello."), ("Ben", "Hi.")]


def test_sentence_in_brackets_is_speech() -> None:
    (turn,) = vtt(("00:01.000 00:02.000", "(We leave now.)")).turns
    assert turn.text == "(We leave now.)"


def test_two_dashes_on_one_line_are_two_people() -> None:
    # "Yes?" has 4 of 7 characters: 1 + 4 / 7 = 1.571 s.
    text = "1\n00:00:01,000 --> 00:00:02,000\n- Yes? - No.\n"
    assert subrip.parse(text, Path("talk.srt")).turns == (
        Turn("Yes?", start=1.0, end=1.571),
        Turn("No.", start=1.571, end=2.0),
    )


def test_note_among_words_goes_to_the_turn_or_the_file() -> None:
    reading = vtt(
        ("00:01.000 00:02.000", "<v Ana>Hi. (laughs)"), ("00:02.000 00:03.000", "<v Ana>[Applause]")
    )
    assert reading.turns == (Turn("Hi.", "Ana", start=1.0, end=2.0, notes=("(laughs)",)),)
    assert reading.notes == ("[Applause]",)


def test_name_with_an_office_and_question_with_an_outlet_need_not_come_twice() -> None:
    reading = vtt(
        ("00:01.000 00:02.000", "Tess Vale, Mayor of Port Sol: Thank you."),
        ("00:02.000 00:03.000", "Question (Harbour News): When?"),
        ("00:03.000 00:04.000", "Tess Vale: Soon."),
    )
    assert [(turn.speaker, turn.role, turn.text) for turn in reading.turns] == [
        ("Tess Vale, Mayor of Port Sol", None, "Thank you."),
        (None, "questioner", "When?"),
        ("Tess Vale", None, "Soon."),
    ]


@given(st.data())
def test_mutilated_file_is_read_or_refused(data: st.DataObject) -> None:
    files = sorted(DATA.glob("*.vtt")) + sorted(DATA.glob("*.srt"))
    content = bytearray(data.draw(st.sampled_from(files)).read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, max(0, len(content) - 1)))
        content[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    with suppress(FormatError):
        read_bytes(bytes(content), Path("talk.vtt"))
