from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.errors import FormatError
from qa.readers import google_meet, read
from qa.types import TimeKind, Turn

DATA = Path(__file__).parents[2] / "data"


def test_only_the_transcript_of_a_document_with_notes_is_kept() -> None:
    reading = read(DATA / "google_meet_document.txt")
    assert (reading.format, reading.time_kind) == ("google-meet", TimeKind.MEDIA)
    assert reading.turns == (
        Turn("How many berths do", "Ilse Brandt", start=0.0),
        Turn("Nine.", "Samuel Okoro"),
        Turn("we have?\nThree are broken.", "Ilse Brandt"),
        Turn("Then six.", "Samuel Okoro", start=94.0),
    )
    assert (reading.title, reading.date) == ("Berth meeting", "2031-02-19")
    assert reading.warnings == (
        "Lines above the transcript, such as Gemini's notes, left out: 6 (lines 3, 4, 7, 8, 10, 11).",
        "Notices of Google Meet and lines that nobody says left out: 5 (lines 1, 5, 13, 27, 29).",
        "A time stands only every few minutes and is the start of the turn below it. Turns without one: 2.",
    )


def test_markdown_headings_bold_names_and_escapes_are_read() -> None:
    reading = read(DATA / "google_meet_markdown.md")
    assert reading.turns == (
        Turn("Pier 24.", "Ilse Brandt", start=82.0),
        Turn("Yes,", "Samuel Okoro"),
        Turn("that one.", "Samuel Okoro", start=155.0),
    )
    assert (reading.title, reading.date) == ("Brandt / Okoro - Weekly", "2031-06-22")
    assert (
        reading.warnings[0]
        == "Notices of Google Meet and lines that nobody says left out: 3 (lines 14, 16, 18)."
    )


def test_older_document_without_times_has_none_and_its_attendees_are_a_note() -> None:
    reading = read(DATA / "google_meet_without_times.txt")
    assert reading.turns == (Turn("Nine berths.", "Ilse Brandt"), Turn("Six.", "Samuel Okoro"))
    assert (reading.time_kind, reading.date) == (TimeKind.NONE, "2031-02-19")
    assert reading.notes == ("Attendees: Ilse Brandt, Samuel Okoro",)


def test_summary_alone_is_refused_with_the_way_to_the_transcript() -> None:
    with pytest.raises(FormatError, match=r"only the notes that Gemini wrote.*Open its Transcript tab"):
        read(DATA / "gemini_summary_only.txt")


def test_turns_before_the_first_time_have_none() -> None:
    text = "Sync - Transcript\nAna: One.\n00:05:00\nBen: Two.\nTranscription ended after 00:06:00\n"
    assert google_meet.parse(text, Path("a.txt")).turns == (
        Turn("One.", "Ana"),
        Turn("Two.", "Ben", start=300.0),
    )


def test_clock_that_starts_again_is_refused() -> None:
    with pytest.raises(FormatError, match=r"a\.txt:3: The times start again"):
        google_meet.parse("00:05:00\nAna: One.\n00:00:00\nBen: Two.\n", Path("a.txt"))


@pytest.mark.parametrize(
    "text",
    ["0:15\nNobody came.\n\n0:20\nNobody.\n", "Ana: hello\n", "[00:00:05] Ana: hi\n", "Ana  0:02\nHi.\n", ""],
)
def test_other_text_is_not_claimed(text: str) -> None:
    assert google_meet.recognises(text) is None


@given(
    st.lists(
        st.tuples(st.sampled_from(["Ana Lopez", "Jo van Dam", "田中"]), st.booleans()),
        min_size=1,
        max_size=20,
    ),
    st.booleans(),
)
def test_what_is_written_as_meet_is_read_back(blocks: list[tuple[str, bool]], markdown: bool) -> None:
    lines = []
    turns = []
    for i, (name, stamped) in enumerate(blocks):
        if stamped or i == 0:
            lines.append(f"{'### ' if markdown else ''}00:{i:02}:30")
        turns.append(Turn(f"Words {i}.", name, start=60.0 * i + 30 if stamped or i == 0 else None))
        lines.append(f"**{name}:** Words {i}." if markdown else f"{name}: Words {i}.")
    text = "\n\n".join([*lines, "Transcription ended after 00:40:00"])
    assert google_meet.recognises(text)
    assert google_meet.parse(text, Path("a.txt")).turns == tuple(turns)


PIECES = st.sampled_from(
    [
        *("00:01:22", "### 00:02:00 {#x}", "**Ana:** hi", "Ana: hi", "📖 Transcript", "x - Transcript"),
        *(
            "📝 Notes",
            "Transcription ended after 00:03:00",
            "Attendees",
            "Summary",
            "99:99:99",
            "**",
            "\\",
            "#",
        ),
    ]
)


@settings(max_examples=200)
@given(st.lists(PIECES | st.text(max_size=6)).map("\n".join))
def test_any_text_is_read_or_refused(text: str) -> None:
    google_meet.recognises(text)
    with suppress(FormatError):
        google_meet.parse(text, Path("a.txt"))


def test_notice_above_the_first_turn_is_called_a_notice() -> None:
    assert read(DATA / "google_meet_without_times.txt").warnings == (
        "Notices of Google Meet and lines that nobody says left out: 1 (line 5).",
    )
