from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.errors import FormatError
from qa.readers import jsonl, read
from qa.readers.spacing import tidy, tidy_lines
from qa.types import Reading, TimeKind, Turn

DATA = Path(__file__).parents[2] / "data"

LINES = st.text(max_size=30).map(tidy).filter(bool)
TEXTS = st.lists(LINES, min_size=1, max_size=3).map("\n".join).map(tidy_lines)
SECONDS = st.floats(0, 1e6, allow_nan=False)


@st.composite
def turns(draw: st.DrawFn, timed: bool) -> Turn:
    times = sorted(draw(st.lists(SECONDS, max_size=2))) if timed else []
    return Turn(
        draw(TEXTS),
        speaker=draw(st.none() | LINES),
        role=draw(st.none() | LINES),
        start=times[0] if times else None,
        end=times[1] if len(times) == 2 else None,
        inferred=draw(st.booleans()),
        notes=tuple(draw(st.lists(LINES, max_size=2))),
    )


@st.composite
def readings(draw: st.DrawFn) -> Reading:
    timed = draw(st.booleans())
    said = tuple(draw(st.lists(turns(timed), min_size=1, max_size=4)))
    has_times = any(turn.start is not None for turn in said)
    return Reading(
        "jsonl",
        said,
        draw(st.sampled_from([TimeKind.MEDIA, TimeKind.CLOCK])) if has_times else TimeKind.NONE,
        title=draw(st.none() | LINES),
        date=draw(st.none() | st.dates().map(str)),
        notes=tuple(draw(st.lists(LINES, max_size=2))),
    )


@given(readings())
def test_what_is_written_reads_back_the_same(reading: Reading) -> None:
    text = jsonl.write(reading)
    assert jsonl.recognises(text)
    assert jsonl.parse(text, Path("talk.jsonl")) == reading


def test_head_object_describes_the_transcript_and_unknown_keys_are_named() -> None:
    reading = read(DATA / "unknown_key.jsonl")
    assert (reading.title, reading.date, reading.turns) == ("Talk", "2026-03", (Turn("a"),))
    assert reading.warnings == ("Keys not known to this format ignored: room, mood.",)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "broken_line.jsonl",
            ":2: cannot read '{\"text\": }'. The line is not JSON."
            ' Write one object a line, as in {"speaker": "Ana", "text": "hello"}.',
        ),
        ("negative_time.jsonl", ":1: 'start' should be a number of seconds, at least 0, not -1."),
        ("reversed_times.jsonl", ":1: 'end' should be at least 'start', which is 3, not 2."),
        ("text_missing.jsonl", ":2: 'text' should be the words of the turn, not nothing."),
    ],
)
def test_bad_line_is_refused_with_place_finding_and_remedy(name: str, message: str) -> None:
    with pytest.raises(FormatError) as caught:
        read(DATA / name)
    assert str(caught.value) == f"{DATA / name}{message}"


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ('{"text": "a", "speaker": 7}', "'speaker' should be a text in quotes, not 7"),
        ('{"text": "a", "start": "1"}', "'start' should be a number of seconds, at least 0, not \"1\""),
        ('{"text": "a", "start": NaN}', "'start' should be a number of seconds, at least 0, not NaN"),
        ('{"text": "a", "start": true}', "'start' should be a number of seconds, at least 0, not true"),
        (
            '{"text": "a", "end": 1}',
            "'start' should be a number of seconds, because 'end' is given, not nothing",
        ),
        ('{"text": "a", "notes": "b"}', "'notes' should be a list of texts, not \"b\""),
        ('{"text": "a", "inferred": 1}', "'inferred' should be true or false, not 1"),
        ('{"text": " "}', "'text' should be the words of the turn, not \" \""),
        ('{"date": "May"}', "'date' should be a date such as 2025-04-15, 2025-04 or 2025, not \"May\""),
        ('{"time_kind": "wall"}', '\'time_kind\' should be "media", "clock" or "none", not "wall"'),
        ("[1]", "The line is not an object"),
    ],
)
def test_wrong_type_is_refused_with_what_was_expected(line: str, found: str) -> None:
    with pytest.raises(FormatError) as caught:
        jsonl.parse(line, Path("talk.jsonl"))
    assert str(caught.value).startswith("talk.jsonl:1: ")
    assert found in str(caught.value)


def test_times_are_refused_where_the_head_says_there_are_none() -> None:
    with pytest.raises(FormatError, match="'time_kind' is \"none\" but turns have times"):
        jsonl.parse('{"time_kind": "none"}\n{"text": "a", "start": 1}', Path("talk.jsonl"))
