from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from qa.errors import FormatError
from qa.readers import JSON_READERS, MARKUP_READERS, TEXT_READERS, read, read_bytes
from qa.types import Turn

DATA = Path(__file__).parents[2] / "data"

FRAGMENTS = st.sampled_from(
    [
        *(
            "WEBVTT",
            "WEBVTT - T",
            "NOTE",
            "NOTE Date: 2026",
            "STYLE",
            "1",
            "2",
            "\n",
            "\n\n",
            "\r",
            " ",
            ":",
            "-->",
            "- ",
        ),
        *(
            "00:01.000 --> 00:02.000\n",
            "00:00:01,000 --> 00:00:03,000\n",
            "<v Ana>",
            "<v",
            "</v>",
            "<00:00:01.000>",
        ),
        *(
            "Ana: ",
            "Ana Lopez, Chair: ",
            "Question: ",
            "Q (x): ",
            "by Mark Stone",
            "© x",
            "(As delivered)",
            "[00:12] ",
        ),
        *(
            "Participants: ",
            "15 April 2025",
            "(inaudible)",
            "[laughter]",
            "hello.",
            "**",
            ">> ",
            "&amp;",
            "{\\an8}",
            "\u200b",
        ),
        *(
            '{"text": "a"}\n',
            '{"text": ',
            '{"segments": [',
            '{"start": 0, "end": 1, "text": "a"}',
            "]}",
            "}",
            "1e999",
            "\udcff",
        ),
    ]
)


def reads_or_refuses(data: bytes) -> None:
    with suppress(FormatError):
        assert read_bytes(data, Path("2026-03-12 talk.txt")).turns


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200))
@example(b"\xff\xfea")
@example(b"\xff\xfe\x00\x00a\x00\x00\x00")
@example(b"{" * 100_000)
@example(b'{"text": "a", "start": ' + b"9" * 5000 + b"}")
@example(b'{"text": "\\ud800"}')
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    reads_or_refuses(data)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(FRAGMENTS | st.text(max_size=8), max_size=25).map("".join))
def test_any_mixture_of_formats_is_read_or_refused(text: str) -> None:
    reads_or_refuses(text.encode("utf-8", "surrogatepass"))


FILES = sorted(file for file in DATA.iterdir() if file.is_file())
CHANGES = st.tuples(
    st.sampled_from(["cut", "drop", "double", "put", "flip"]),
    st.integers(0, 2**20),
    st.integers(1, 60),
    FRAGMENTS
    | st.text(max_size=4)
    | st.sampled_from(["null", "-1", "NaN", '"', "[", "{", "<", "\t", "1e400", "00:00"]),
)


def changed(data: bytes, changes: Sequence[tuple[str, int, int, str]]) -> bytes:
    """Damage a file here and there, as a broken export or a careless editor would."""
    for kind, where, length, text in changes:
        at = where % (len(data) + 1)
        stretch, rest = data[at : at + length], data[at + length :]
        put = text.encode("utf-8", "surrogatepass")
        data = {
            "cut": data[:at],
            "drop": data[:at] + rest,
            "double": data[:at] + stretch + stretch + rest,
            "put": data[:at] + put + data[at:],
            "flip": data[:at] + bytes(byte ^ 1 << length % 8 for byte in stretch) + rest,
        }[kind]
    return data


@given(st.sampled_from(FILES), st.lists(CHANGES, max_size=4))
@example(DATA / "podcast.html", [("drop", 75, 2, "")])  # leaves <it's>, which is no name in XML
@example(DATA / "podcast_page.html", [("cut", 21, 1, "")])  # a page without a single element
@example(DATA / "several_days.csv", [("cut", 5, 1, "")])  # leaves "sep=;" alone
def test_damaged_files_of_every_format_are_read_or_refused(
    file: Path, changes: list[tuple[str, int, int, str]]
) -> None:
    reads_or_refuses(changed(file.read_bytes(), changes))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("empty.txt", ": The file is empty. Export the transcript again."),
        (
            "nul_bytes.txt",
            ": The file holds binary data, not text. Save the transcript as UTF-8 text and try again.",
        ),
        (
            "prose_without_speakers.txt",
            ":1: cannot read 'A walk by the sea.'. The file is in no format that is read. What is read:"
            " captions (WebVTT, SRT, TTML, YouTube), what speech recognisers write (Whisper, AWS,"
            " Deepgram and others), exports of Otter, Teams, Meet, Rev and Descript, chats (Zoom, Slack,"
            " Discord, WhatsApp), parliaments' XML, CHAT, court and press text, tables (--map names their"
            " columns), and plain text with a speaker and a colon before each turn, as in 'Ana: hello'.",
        ),
        (
            "missing.txt",
            ": The file cannot be opened (No such file or directory). Check the path and its permissions.",
        ),
    ],
)
def test_file_that_is_no_transcript_is_refused_with_a_remedy(name: str, message: str) -> None:
    with pytest.raises(FormatError) as caught:
        read(DATA / name)
    assert str(caught.value) == f"{DATA / name}{message}"


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"%PDF-1.7\n", "PDF"),
        (b"PK\x03\x04", "zip archive"),
        (b"{\\rtf1 a}", "rich-text"),
    ],
)
def test_document_of_another_program_is_refused_by_name(data: bytes, what: str) -> None:
    with pytest.raises(FormatError, match=f"This is a .*{what}"):
        read_bytes(data, Path("talk.txt"))


def test_format_with_nothing_said_is_refused() -> None:
    with pytest.raises(FormatError, match="looks like whisper, but nobody says anything"):
        read_bytes(b'{"segments": []}', Path("talk.json"))


def test_utf_16_is_read_without_a_warning() -> None:
    reading = read(DATA / "utf_16.txt")
    assert (reading.turns, reading.warnings) == ((Turn("café", "Zoë"),), ())


@pytest.mark.parametrize(
    ("name", "title", "date"),
    [
        ("2026-03-12_budget-meeting.txt", "Budget meeting", "2026-03-12"),
        ("budget meeting 2026-03-12.txt", "Budget meeting", "2026-03-12"),
        ("20260312 budget.txt", "Budget", "2026-03-12"),
        ("2026-03-12.txt", None, "2026-03-12"),
        ("call 20269912.txt", "Call 20269912", None),
        ("call 18000101.txt", "Call 18000101", None),
        ("standup.txt", "Standup", None),
    ],
)
def test_file_name_gives_title_and_date_where_the_file_does_not(
    name: str, title: str | None, date: str | None
) -> None:
    reading = read_bytes(b"Ana: hello\n", Path(name))
    assert (reading.title, reading.date) == (title, date)


def test_extension_does_not_decide_the_format() -> None:
    assert read_bytes(b"WEBVTT\n\n00:01.000 --> 00:02.000\nHi.\n", Path("talk.srt")).format == "webvtt"


class _Named(Protocol):
    FORMAT: str


def test_formats_have_distinct_names() -> None:
    families: tuple[Sequence[_Named], ...] = (TEXT_READERS, JSON_READERS, MARKUP_READERS)
    formats = [reader.FORMAT for family in families for reader in family]
    assert len(formats) == len(set(formats))
