import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.errors import FormatError, UnknownFormatError
from qa.readers import ReadOptions, jsonl, read, read_bytes, records
from qa.readers.directions import split_directions
from qa.readers.labels import outlet
from qa.readers.spacing import tidy, tidy_lines
from qa.types import TimeKind, Turn

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
        notes=tuple(draw(st.lists(LINES, max_size=2))),
    )


def as_record(turn: Turn) -> dict[str, Any]:
    return {
        "who": turn.speaker,
        "utterance": turn.text,
        "role": turn.role,
        "begin_s": turn.start,
        "stop_s": turn.end,
        "notes": list(turn.notes),
    }


@given(st.lists(turns(), min_size=2, max_size=5))
def test_what_is_written_reads_back_the_same(said: list[Turn]) -> None:
    written = [as_record(turn) for turn in said]
    lines = "".join(json.dumps(record) + "\n" for record in written)
    assert jsonl.recognises(lines) is None
    assert records.recognises_lines(lines)
    assert records.recognises({"turns": written})
    columns = {"text": "utterance", "speaker": "who", "role": "role", "start": "begin_s", "end": "stop_s"}
    columns["notes"] = "notes"
    assert records.parse_lines(lines, Path("a"), columns).turns == tuple(said)
    assert records.parse({"turns": written}, Path("a"), columns).turns == tuple(said)


def test_list_inside_an_object_is_found_and_paths_lead_into_its_records() -> None:
    reading = read(DATA / "records_in_object.json")
    assert (reading.format, reading.time_kind) == ("records", TimeKind.CLOCK)
    assert (reading.title, reading.date) == ("Quay meeting", "2031-05-06")
    assert reading.turns == (
        Turn("Tea?", "Ana", start=86_340.0, notes=("smiles",)),
        Turn("Yes.\nPlease.", "Ben", start=86_430.5),
    )
    assert reading.warnings == (
        "Columns chosen by their names: text from 'body', speaker from 'author.name', start from 'ts', notes"
        " from 'notes'.",
        "Rows without words left out: 1.",
        "Times are kept as written, with the offset +00:00 from universal time.",
        "Read from the list 'data.turns'; other lists not read: 'log'.",
    )


def test_lines_with_other_keys_are_read_and_named_by_line() -> None:
    reading = read(DATA / "other_keys.jsonl")
    assert reading.turns == (
        Turn("Hello.", "Ana", start=1.0, end=2.5),
        Turn("Hi.", "2", start=3.0),
    )
    assert reading.warnings[1:] == ("Rows without words left out: 1 (line 2).",)
    with pytest.raises(FormatError, match=r"text_as_number\.jsonl:2: 'utterance' should be a text"):
        read(DATA / "text_as_number.jsonl")


@pytest.mark.parametrize(
    ("line", "ours"),
    [
        ('{"text": "a", "speaker": "Ana", "mood": 1}', True),
        ('{"text": "a", "name": "Ana"}', False),
        ('{"text": "a", "start_time": 1}', False),
        ('{"text": "a", "start": "0:05"}', False),
        ('{"utterance": "a"}', False),
        ('{"title": "T"}', True),
        ("{}", False),
    ],
)
def test_our_own_lines_are_told_from_those_of_others(line: str, ours: bool) -> None:
    second = '{"text": "b"}' if ours else line
    assert (jsonl.recognises(f"{line}\n{second}\n") is not None) is ours


def test_mapping_reaches_lists_and_lines() -> None:
    options = ReadOptions(columns={"text": "a.b", "start": "t:ms"})
    for text in ('[{"a": {"b": "Hi."}, "t": 1500}]', '{"a": {"b": "Hi."}, "t": 1500}\n{"a": {"b": ""}}\n'):
        assert read_bytes(text.encode(), Path("a"), options).turns == (Turn("Hi.", start=1.5),)


@pytest.mark.parametrize(
    ("text", "kind", "message"),
    [
        (
            '[{"spk": "Ana", "msgtxt": "Hello there.", "at": "0:05"}]',
            UnknownFormatError,
            "No column is known to hold the words. The columns are 'spk', 'msgtxt', 'at'. Say which holds"
            " what, as in: --map text=msgtxt,speaker=spk,start=at",
        ),
        ('[{"message": "file not found", "code": 4}]', UnknownFormatError, "--map text=message"),
        ('[{"text": "a", "who": {"first": "Ana"}}]', None, ""),
        ('[{"text": "a"}, 7]', FormatError, "record 2: is not an object"),
        (
            '[{"text": "a", "speaker": ["Ana"]}]',
            FormatError,
            "record 1: 'speaker' should be a text in quotes",
        ),
        ('[{"text": "a", "start": NaN}]', FormatError, "record 1: 'start' should be a time"),
        ('[{"text": "a", "start": 1' + "0" * 400 + "}]", FormatError, "record 1: 'start' should be a time"),
        (
            '{"x": "a", "text": "b"}\n{"x": \n',
            FormatError,
            ":2: cannot read '{\"x\":'. The line is not JSON; it may have been cut short.",
        ),
    ],
)
def test_records_that_cannot_be_read_well_are_refused_with_the_fix(
    text: str, kind: type[FormatError] | None, message: str
) -> None:
    if kind is None:
        assert read_bytes(text.encode(), Path("a")).turns == (Turn("a"),)
        return
    with pytest.raises(FormatError) as caught:
        read_bytes(text.encode(), Path("a"))
    assert type(caught.value) is kind
    assert message in str(caught.value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6) | st.just("0:05"),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["text", "speaker", "who", "start", "end", "date", "notes", "role", "title", "a.b"]
            )
            | st.text(max_size=4),
            inner,
            max_size=5,
        )
    ),
    max_leaves=25,
)


@settings(max_examples=300, deadline=None)
@given(JSON)
def test_any_json_is_read_or_refused(value: Any) -> None:
    records.recognises(value)
    for columns in (None, {"text": "text", "start": "a.b"}):
        with suppress(FormatError):
            records.parse(value, Path("a"), columns)
    lines = json.dumps(value) + "\n" + json.dumps({"text": "a", "x": value}) + "\n"
    records.recognises_lines(lines)
    with suppress(FormatError):
        records.parse_lines(lines, Path("a"))
    with suppress(FormatError):
        records.parse_text(lines, Path("a"), {"text": "text"})
