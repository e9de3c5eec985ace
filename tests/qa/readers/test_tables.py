import csv
import io
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.errors import FormatError, UnknownFormatError
from qa.readers import ReadOptions, read, read_bytes, tables
from qa.readers.directions import split_directions
from qa.readers.labels import outlet
from qa.readers.spacing import tidy, tidy_lines
from qa.types import QUESTIONER, TimeKind, Turn

DATA = Path(__file__).parents[2] / "data"

LINES = (
    st.text(max_size=20).map(tidy).filter(lambda t: bool(t) and not split_directions(t, trailing=False)[1])
)
NAMES = LINES.filter(lambda name: outlet(name) is None)
TEXTS = st.lists(LINES, min_size=1, max_size=3).map("\n".join).map(tidy_lines)
MILLISECONDS = st.integers(0, 10**8)


@st.composite
def turns(draw: st.DrawFn) -> Turn:
    times = sorted(draw(st.lists(MILLISECONDS, max_size=2)))
    return Turn(
        draw(TEXTS),
        speaker=draw(st.none() | NAMES),
        role=draw(st.none() | LINES),
        start=times[0] / 1000 if times else None,
        end=times[1] / 1000 if len(times) == 2 else None,
    )


def written(said: list[Turn], delimiter: str) -> str:
    table = io.StringIO(newline="")
    rows = csv.writer(table, delimiter=delimiter, lineterminator="\n")
    rows.writerow(["start_ms", "text", "speaker", "role", "end_ms"])
    for turn in said:
        times = ["" if t is None else round(t * 1000) for t in (turn.start, turn.end)]
        rows.writerow([times[0], turn.text, turn.speaker or "", turn.role or "", times[1]])
    return table.getvalue()


@given(st.lists(turns(), min_size=1, max_size=5), st.sampled_from([",", ";", "\t"]))
def test_what_is_written_reads_back_the_same(said: list[Turn], delimiter: str) -> None:
    text = written(said, delimiter)
    assert tables.recognises(text)
    assert tables.parse(text, Path("talk.csv")).turns == tuple(said)


def test_quoted_cells_hold_delimiters_quotes_and_lines() -> None:
    reading = read(DATA / "semicolons_and_quotes.csv")
    assert (reading.format, reading.time_kind) == ("table", TimeKind.MEDIA)
    assert reading.recognised == "the first line names columns cut by semicolons"
    assert reading.turns == (
        Turn("Hello; all\nthere", "Ana", start=5.0, end=7.5),
        Turn('He said "yes" (about noon).', "Ben", start=60.0),
        Turn("Why?", role=QUESTIONER, start=61.0, end=62.0, notes=("(Dawn Post)",)),
    )
    assert reading.notes == ("Ben: [laughter]",)
    assert reading.warnings == (
        "Columns chosen by their names: text from 'Said', speaker from 'Who', start from 'Start',"
        " end from 'End'.",
        "Rows without words left out: 1 (line 4).",
    )


def test_column_whose_name_ends_in_ms_holds_milliseconds() -> None:
    reading = read(DATA / "byte_order_mark.csv")
    assert reading.turns == (
        Turn("Hello, all.", "Ana", start=0.5, end=2.0),
        Turn("Hi.", "Ben", start=2.5),
    )
    assert reading.warnings == (
        "Columns chosen by their names: text from 'Utterance', speaker from 'Speaker Name', start from"
        " 'Start Time (ms)' in milliseconds, duration from 'Duration (ms)' in milliseconds.",
        "Columns not read: 'Confidence'.",
    )


def test_quotes_that_do_not_balance_are_words_where_tabs_cut_the_cells() -> None:
    assert read(DATA / "stray_quotes.tsv").turns == (
        Turn('"Hello" is what she said', "Ana"),
        Turn('an inch is 1"', "Ben"),
    )


def test_clock_times_in_rows_of_several_days_count_from_the_first_midnight() -> None:
    reading = read(DATA / "several_days.csv")
    assert (reading.time_kind, reading.date) == (TimeKind.CLOCK, "2031-05-06")
    assert reading.turns == (  # 23:59:00, and 00:01:30 a day later
        Turn("Tea?", "Ana", start=86_340.0),
        Turn("Yes.", "Ben", start=86_490.0),
    )


def test_dated_times_are_wall_clock_of_the_first_day() -> None:
    text = "who,text,time\nAna,Hi.,2031-05-07 00:00:02\nBen,Tea?,2031-05-06 23:59:59\n"
    reading = tables.parse(text, Path("talk.csv"))
    assert (reading.time_kind, reading.date) == (TimeKind.CLOCK, "2031-05-06")
    assert [turn.start for turn in reading.turns] == [86_402.0, 86_399.0]


@pytest.mark.parametrize(
    ("name", "kind", "message"),
    [
        (
            "unquoted_comma.csv",
            FormatError,
            ":3: cannot read 'Ben,Yes, of course,4'. The row has 4 cells, the header names 3. Put double"
            " quotes around each cell that holds a comma.",
        ),
        (
            "open_quote.csv",
            FormatError,
            ":2: The row that starts here cannot be cut into cells (unexpected end of data). Close its double"
            " quotes, and double those inside a cell.",
        ),
        (
            "unknown_columns.csv",
            UnknownFormatError,
            ": No column is known to hold the words. The columns are 'who', 'utt', 't0'. Say which holds"
            " what, as in: --map text=utt,speaker=who,start=t0",
        ),
        (
            "unit_unclear.csv",
            FormatError,
            ": The times in column 'start' reach 9000, which can hardly be seconds. For milliseconds pass"
            " --map text=text,speaker=speaker,start=start:ms, for seconds"
            " --map text=text,speaker=speaker,start=start:s, or map no start at all.",
        ),
    ],
)
def test_table_that_cannot_be_read_well_is_refused_with_the_fix(
    name: str, kind: type[FormatError], message: str
) -> None:
    with pytest.raises(FormatError) as caught:
        read(DATA / name)
    assert (type(caught.value), str(caught.value)) == (kind, f"{DATA / name}{message}")


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("Ana,Hi.,soon,", "a:2: 'start' should be a time such as 12.5 (seconds)"),
        ("Ana,Hi.,-1,", "a:2: 'start' should be a time"),
        ("Ana,Hi.,5,4", "a:2: The turn ends before it starts"),
        ("Ana,Hi.,200000,", "a: The times in column 'start' reach 200000, which can hardly be seconds"),
        ("Ana,Hi.,5,2031-05-06T10:00:00", "a:2: Some times have a date and others have none"),
    ],
)
def test_time_that_makes_no_sense_is_refused_with_its_place(row: str, message: str) -> None:
    with pytest.raises(FormatError) as caught:
        tables.parse(f"speaker,text,start,end\n{row}\n", Path("a"))
    assert str(caught.value).startswith(message)


def test_mapping_says_what_the_columns_hold_and_in_which_unit() -> None:
    options = ReadOptions(columns={"text": "UTT", "speaker": "who", "start": "t0:ms"})
    reading = read(DATA / "unknown_columns.csv", options)
    assert reading.turns == (
        Turn("Hello there everyone.", "Ana", start=0.5),
        Turn("Good morning to you.", "Ben", start=4.2),
    )
    assert (reading.recognised, reading.warnings) == ("its columns were named by --map", ())


def test_seconds_are_believed_when_the_user_says_so() -> None:
    options = ReadOptions(columns={"text": "text", "start": "start:s"})
    assert [turn.start for turn in read(DATA / "unit_unclear.csv", options).turns] == [0.0, 4200.0, 9000.0]


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"text": "words"}, "There is no column 'words'. The columns are 'who', 'utt', 't0'."),
        ({"text": "utt", "start": "t0:h"}, "There is no column 't0:h'."),
        ({"speaker": "who"}, "The mapping must say which column holds the text."),
        ({"text": "utt", "spk": "who"}, "'spk' is no field of a turn"),
    ],
)
def test_mapping_to_a_column_that_is_not_there_is_refused(columns: dict[str, str], message: str) -> None:
    with pytest.raises(FormatError) as caught:
        read(DATA / "unknown_columns.csv", ReadOptions(columns=columns))
    assert message in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "Ana: hello, world\nBen: yes, sure\nAna: ok, fine\n",
        "Dear all, welcome\nto the town, friends\nand enjoy, please\n",
        "Message, from the chair\nhello, all\nbye, all\n",
        "text\nhello\nbye\n",
        "One line without any comma\n",
        "",
        '"',
        "a\tb\n",
        ",,,,\n;;;\n",
        "id;n\n1;2\n",
    ],
)
def test_prose_with_commas_is_no_table(text: str) -> None:
    assert tables.recognises(text) is None


def test_table_without_rows_is_refused() -> None:
    with pytest.raises(FormatError, match="looks like table, but nobody says anything"):
        read_bytes(b"speaker,text\n", Path("talk.csv"))


def test_end_without_start_and_unreadable_date_are_left_out_with_their_lines() -> None:
    text = "text,start,end,date\nHi.,,4,2031-05-06\nBye.,5,6,soon\n"
    reading = tables.parse(text, Path("a"))
    assert reading.turns == (Turn("Hi."), Turn("Bye.", start=5.0, end=6.0))
    assert (reading.date, reading.warnings[1:]) == (
        "2031-05-06",
        ("Dates that cannot be read left out: 1 (line 3).", "Ends without a start left out: 1 (line 2)."),
    )


CELLS = st.sampled_from(
    [
        *",;\t\n\"'",
        '""',
        "text",
        "speaker",
        "start",
        "end",
        "duration",
        "date",
        "notes",
        "role",
        "start_ms",
        "1",
        "-1",
        "1e9",
        "999999999999",
        "0:05",
        "2031-05-06",
        "2031-05-06T10:00:00Z",
        "hello",
        "Q",
        "(laughs)",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(CELLS | st.text(max_size=4), max_size=40).map("".join))
def test_any_table_is_read_or_refused(text: str) -> None:
    tables.recognises(text)
    for columns in (None, {"text": "text", "start": "start:ms"}):
        with suppress(FormatError):
            tables.parse(text, Path("a"), columns)
    with suppress(FormatError):
        tables.parse("speaker,text,start,end,duration,date,notes\n" + text, Path("a"))


def test_columns_named_in_german_are_known() -> None:
    reading = read(DATA / "german_columns.csv")
    assert reading.turns == (
        Turn("Ist das Dach fertig?", "Gil", start=5.5, end=8.0),
        Turn("Fast.", "Rosa", start=9.0, end=10.0),
    )
    assert reading.warnings[-1] == "Columns not read: 'Ort'."


def test_unread_columns_come_with_advice_where_speaker_or_time_is_missing() -> None:
    reading = tables.parse("text;qui\nHello.;Ana\nHi.;Ben\n", Path("a.csv"))
    assert reading.warnings[-1] == (
        "Columns not read: 'qui'; if one of them holds the speaker or the time, say so with --map."
    )
