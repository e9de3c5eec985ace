from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.errors import FormatError
from qa.readers import read, read_bytes, teams_docx
from qa.types import TimeKind, Turn

DATA = Path(__file__).parents[2] / "data"


def test_headers_titles_dates_and_notices_of_new_exports_are_read() -> None:
    reading = read(DATA / "teams_headers.txt")
    assert (reading.format, reading.time_kind) == ("teams", TimeKind.MEDIA)
    assert [(t.text, t.start, t.end) for t in reading.turns] == [
        ("We have nine berths, and two are broken.", 4.0, None),
        ("Three.\nI counted.", 4.0, None),
        ("Then three.", 3634.0, None),
    ]
    assert [turn.speaker for turn in reading.turns] == ["Ilse Brandt", "Samuel Okoro", "Ilse Brandt"]
    assert (reading.title, reading.date) == ("Berth plan", "2024-01-05")
    assert reading.notes == (
        "January 5, 2024, 3:00PM",
        "27m 42s",
        "Samuel Okoro started transcription",
        "Samuel Okoro stopped transcription",
    )


def test_title_gives_the_date_where_no_line_does() -> None:
    text = "Meeting-20240105_150312-Meeting Transcript\nAna   0:04\nHi.\n"
    reading = teams_docx.parse(text, Path("a.docx"))
    assert (reading.title, reading.date) == ("Meeting", "2024-01-05")


@pytest.mark.parametrize(
    ("title", "notice"),
    [
        ("Besprechungstranskript", "Ana Lopez hat die Transkription beendet"),
        ("Transcription de la réunion", "Ana Lopez a arrêté la transcription"),
        ("Transcripción de la reunión", "Ana Lopez detuvo la transcripción"),
        ("Transcrição da Reunião", "Ana Lopez interrompeu a transcrição"),
    ],
)
def test_titles_and_notices_in_other_languages_are_no_speech(title: str, notice: str) -> None:
    text = f"Kran-20240105_150312-{title}\nAna Lopez   0:04\nHi.\nBen   0:09\nYes.\n{notice}\n"
    reading = teams_docx.parse(text, Path("a.docx"))
    assert (reading.title, reading.date, reading.notes) == ("Kran", "2024-01-05", (notice,))
    assert [turn.text for turn in reading.turns] == ["Hi.", "Yes."]


def test_old_export_names_speakers_below_the_times_and_joins_cut_sentences() -> None:
    reading = read(DATA / "teams_old_export.txt")
    assert reading.format == "teams"
    assert reading.turns == (
        Turn("We have nine berths.", "Ilse Brandt", start=0.0, end=4.0),
        Turn("Three broken.", "Samuel Okoro", start=5.1, end=6.0),
    )
    assert reading.warnings == ("Pairs of times without words left out: 1 (line 11).",)


def test_rows_of_a_table_hold_name_time_and_words() -> None:
    for text in (
        "Ana Lopez\t0:04\tNine berths.\nBen\t0:10\tSix,\nI think.\n",
        "0:04\tAna Lopez\tNine berths.\n0:10\tBen\tSix,\nI think.\n",
    ):
        assert teams_docx.recognises(text) == "each row of a table holds a name, a time and words"
        assert teams_docx.parse(text, Path("a.docx")).turns == (
            Turn("Nine berths.", "Ana Lopez", start=4.0),
            Turn("Six, I think.", "Ben", start=10.0),
        )


def test_header_may_hold_both_times() -> None:
    text = "Ana   0:00:04.500 --> 0:00:09.000\nHi.\nAna started transcription\n"
    assert teams_docx.parse(text, Path("a.docx")).turns == (Turn("Hi.", "Ana", start=4.5, end=9.0),)


@pytest.mark.parametrize(
    "text",
    [
        "00:00:01,000 --> 00:00:02,000\nHi there.\n\n00:00:03,000 --> 00:00:04,000\nYes, you.\n",
        "1\n00:00:01,000 --> 00:00:02,000\nAna Lopez\nHi there.\n",
        "WEBVTT\n\n00:01.000 --> 00:02.000\nAna Lopez\nHi.\n",
        "00:00:01,000 --> 00:00:02,000\nNo more of\nthat.\n\n00:00:03,000 --> 00:00:04,000\nHe said\nso.\n",
        "time\tspeaker\ttext\n0:04\tAna\tHi\n0:06\tBen\tYes\n",
        "00:12:03\tAna Lopez:\tHi\n00:12:09\tBen:\tYes\n",
        "Ana  0:02  \nHi.\n",
        "Ana: hello\n",
        "",
    ],
)
def test_other_text_is_not_claimed(text: str) -> None:
    assert teams_docx.recognises(text) is None


def test_sentence_that_ends_like_a_notice_is_speech_when_it_is_longer_than_one() -> None:
    said = "and " * 60 + "then he started transcription"
    reading = read_bytes(f"Ana   0:04\n{said}\nBen   0:09\nYes.\n".encode(), Path("a.txt"))
    assert reading.turns[0].text == said


@given(
    st.lists(
        st.tuples(st.sampled_from(["Ana Lopez", "Jo van Dam", "李 明"]), st.integers(0, 5000)), min_size=2
    )
)
def test_what_is_written_as_teams_is_read_back(blocks: list[tuple[str, int]]) -> None:
    starts = sorted(second for _, second in blocks)
    turns = tuple(
        Turn(f"Words {i}.\nMore.", name, start=float(start))
        for i, ((name, _), start) in enumerate(zip(blocks, starts, strict=True))
    )
    text = "Ana Lopez started transcription\n" + "\n".join(
        f"{t.speaker}   {int(t.start or 0) // 60}:{int(t.start or 0) % 60:02}\n{t.text}" for t in turns
    )
    assert teams_docx.recognises(text)
    assert teams_docx.parse(text, Path("a.docx")).turns == turns


PIECES = st.sampled_from(
    [
        "Ana   0:04",
        "0:0:0.0 --> 0:0:2.1",
        "0:0:9.0 --> 0:0:2.1",
        "-->",
        "Ana Lopez",
        "Ana\t0:04\tHi",
        "Ana started transcription",
    ]
)


@settings(max_examples=200)
@given(st.lists(PIECES | st.text(max_size=6)).map("\n".join))
def test_any_text_is_read_or_refused(text: str) -> None:
    teams_docx.recognises(text)
    with suppress(FormatError):
        teams_docx.parse(text, Path("a.docx"))
