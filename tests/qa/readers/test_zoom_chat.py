from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.errors import FormatError
from qa.readers import ReadOptions, read, zoom_chat
from qa.types import Reading, TimeKind, Turn

DATA = Path(__file__).parents[2] / "data"
SAVED = Path("2024-01-05 15.00.12 Weekly sync 81234567890/meeting_saved_chat.txt")


def parsed(name: str, source: Path = SAVED, *, private: bool = False) -> Reading:
    return zoom_chat.parse((DATA / name).read_text(encoding="utf-8"), source, private)


def at(hours: int, minutes: int, seconds: int) -> float:
    return float(hours * 3600 + minutes * 60 + seconds)


def test_messages_are_turns_replies_keep_their_words_and_reactions_go() -> None:
    reading = parsed("zoom_chat.txt")
    maren, idris = "Maren Holt", "Idris Bello (he/him)"
    to_maren = f"(in reply to {maren}: “When does the ferry timetable change? The old one hangs at …”)"
    assert reading.turns == (
        Turn(
            "When does the ferry timetable change?\nThe old one hangs at the pier.",
            maren,
            start=at(15, 1, 39),
        ),
        Turn('On 1 April: "summer starts early"', idris, start=at(15, 1, 52), notes=(to_maren,)),
        Turn("👍", maren, start=at(15, 2, 40)),
        Turn(
            "Who said that?",
            idris,
            start=at(15, 3, 0),
            notes=("(in reply to “Something nobody wrote”)",),
        ),
    )
    assert (reading.format, reading.time_kind) == ("zoom-chat", TimeKind.CLOCK)
    assert reading.warnings == (
        "Reactions left out: 1 (line 8).",
        "Removed reactions left out: 1 (line 10).",
        f"The date was taken from the name of the folder, {SAVED.parent.name!r}.",
    )


def test_date_and_title_come_from_the_folder_that_zoom_names() -> None:
    reading = parsed("zoom_chat.txt")
    assert (reading.title, reading.date) == ("Weekly sync", "2024-01-05")
    reading = parsed("zoom_chat.txt", Path("2024-02-09 chat.txt"))
    assert (reading.title, reading.date) == (None, "2024-02-09")


def test_chat_without_a_date_keeps_its_times_and_says_so() -> None:
    reading = read(DATA / "zoom_chat.txt")
    assert (reading.date, reading.time_kind, reading.turns[0].start) == (None, TimeKind.CLOCK, at(15, 1, 39))
    assert reading.recognised == "lines start with a time and 'From', as in a chat saved by Zoom"
    assert (
        "The chat gives times of day but no date; pass --date to say on which day it began."
        in reading.warnings
    )


def test_older_shapes_on_one_line_are_read_and_names_with_to_stay_whole() -> None:
    reading = parsed("zoom_chat_old_shape.txt")
    assert reading.turns == (
        Turn("Agenda: ferries first\nand then the pier", "Maren Holt", start=at(9, 1, 2)),
        Turn("see the plan :)", "Idris Bello", start=at(9, 2, 0)),
        Turn("we are late", "Road to Nowhere", start=at(9, 2, 30)),
        Turn("doors at 10:30", "Idris Bello", start=at(9, 3, 30)),
    )
    assert "Messages to one person left out (pass --private to keep them): 1 (line 5)." in reading.warnings


def test_message_that_ends_in_a_colon_above_an_indented_line_is_no_header() -> None:
    text = "09:01:02\t From  Ana : The plan:\n - ferries\n"
    assert zoom_chat.parse(text, SAVED).turns == (Turn("The plan:\n- ferries", "Ana", start=at(9, 1, 2)),)


def test_private_messages_are_kept_only_when_asked_for() -> None:
    reading = parsed("zoom_chat_old_shape.txt", private=True)
    assert reading.turns[3] == Turn(
        "bring the keys", "Idris Bello", start=at(9, 3, 0), notes=("(private, to Maren Holt)",)
    )
    options = ReadOptions(private=True)
    assert len(read(DATA / "zoom_chat_private.txt", options).turns) == 2
    with pytest.raises(FormatError, match="without the 2 messages to one person"):
        read(DATA / "zoom_chat_private.txt")


@pytest.mark.parametrize(
    "header",
    [
        "10:00:00 From Ana to Ben (Direct Message):",
        "10:00:00 From Ana to Ben(Privately):",
        "10:00:00 From Ana to Ben:",  # unmarked, yet not to everyone
        "10:00:00\t From  Ana  to  Ben : ",
    ],
)
def test_nothing_meant_for_one_person_slips_through(header: str) -> None:
    text = f"{header}\n\tsecret\n10:00:05 From Ana to Everyone:\n\tpublic\n"
    assert [turn.text for turn in zoom_chat.parse(text, SAVED).turns] == ["public"]


def test_message_to_panelists_is_public_and_says_to_whom() -> None:
    text = "10:00:00 From Ana to Hosts and panelists:\n\tready?\n"
    assert zoom_chat.parse(text, SAVED).turns == (
        Turn("ready?", "Ana", start=at(10, 0, 0), notes=("(to Hosts and panelists)",)),
    )


def test_chat_past_midnight_goes_on_the_next_day_and_a_late_message_does_not() -> None:
    reading = parsed("zoom_chat_past_midnight.txt")
    assert [turn.start for turn in reading.turns] == [86280.0, 86350.0, 86345.0, 86430.0]
    assert "Times that fall back were taken as the next day (line 7)." in reading.warnings


def test_chat_of_a_cloud_recording_counts_from_its_start() -> None:
    reading = parsed("zoom_chat_of_recording.txt", Path("GMT20240105-150012_Recording.txt"))
    assert reading.turns == (
        Turn("Welcome to the pier", "Maren Holt", start=62.0),
        Turn("Hello\nand good morning", "Idris Bello", start=150.0),
    )
    assert (reading.time_kind, reading.date) == (TimeKind.MEDIA, "2024-01-05")
    assert reading.warnings == (
        "Zoom saves such a file with a recording; times were taken to count from its start.",
    )
    assert read(DATA / "zoom_chat_of_recording.txt").format == "zoom-chat"


def test_time_beyond_a_recording_is_a_clock_whatever_the_file_is_called() -> None:
    assert parsed("zoom_chat.txt", Path("chat.txt")).time_kind is TimeKind.CLOCK


def test_words_before_the_first_message_and_empty_messages_are_counted() -> None:
    text = "Saved chat\n10:00:00 From Ana to Everyone:\n10:00:05 From Ana to Everyone:\n\thi\n"
    reading = zoom_chat.parse(text, Path("chat.txt"))
    assert [turn.text for turn in reading.turns] == ["hi"]
    assert reading.warnings[:2] == (
        "Lines before the first message left out: 1 (line 1).",
        "Messages without words left out: 1 (line 2).",
    )


def test_words_about_a_reaction_stay() -> None:
    text = '10:00:00 From Ana to Everyone:\n\tReacted to "the news" with horror\n'
    assert zoom_chat.parse(text, SAVED).turns[0].text == 'Reacted to "the news" with horror'


@pytest.mark.parametrize(
    "text", ["From Ana to Everyone:", "10:00 Ana: hi", "Ana: 15:01:39 From here to there: hi", ""]
)
def test_other_texts_are_not_taken_for_a_chat(text: str) -> None:
    assert zoom_chat.recognises(text) is None


WORDS = st.text("abcdé ,.!?👍", min_size=1, max_size=30).map(lambda s: " ".join(s.split())).filter(bool)
NAMES = st.sampled_from(["Ana", "Ben Ray", "Road to Nowhere", "李 雷"])
MESSAGES = st.lists(
    st.tuples(st.integers(0, 7000), NAMES, st.lists(WORDS, min_size=1, max_size=3)), min_size=1, max_size=12
)


@given(MESSAGES, st.integers(3600, 79_000))
def test_written_chat_reads_back(messages: list[tuple[int, str, list[str]]], begin: int) -> None:
    clock, lines, turns = float(begin), [], []
    for gap, name, words in messages:
        clock += gap
        second = int(clock) % 86_400
        lines.append(
            f"{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d} From {name} to Everyone:"
        )
        lines += [f"\t{line}" for line in words]
        turns.append(Turn("\n".join(words), name, start=clock))
    assert zoom_chat.parse("\n".join(lines), SAVED).turns == tuple(turns)


PIECES = st.sampled_from(
    ["15:01:39", "99:99:99", " From ", "\t From  ", "Ana", " to ", "  to  ", "Everyone", ":", " : ", "\t",
     "\n",     'Replying to "', 'Reacted to "', '..."', '" with 😂', "(Privately)", "(Direct Message)",
     "hello", "\u200e", "\x00"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=40).map("".join), st.booleans())
def test_any_text_reads_or_is_refused(text: str, private: bool) -> None:
    zoom_chat.recognises(text)
    try:
        reading = zoom_chat.parse(text, SAVED, private)
    except FormatError:
        return
    assert reading.turns


def test_chat_copied_from_the_window_of_zoom() -> None:
    reading = read(DATA / "zoom_chat_copied_from_window.txt")
    assert (reading.format, reading.time_kind) == ("zoom-chat", TimeKind.CLOCK)
    assert reading.turns == (
        Turn("I think we should wait for the others.", "Micah Rowe", start=44_400.0),
        Turn("They are on the train,\nit is late.", "Adele", start=44_520.0),
        Turn("OK then.", "Me", start=47_100.0),
    )
    assert "Messages to one person left out (pass --private to keep them): 1 (line 7)." in reading.warnings


@pytest.mark.parametrize(
    "line", ["From Kiel to Oslo: 600 km", "From 9 to 5", "From: Ana", "From A to B: (30:20)"]
)
def test_other_lines_that_begin_with_from_open_no_message(line: str) -> None:
    assert zoom_chat.recognises(line) is None
