import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.errors import FormatError
from qa.readers import read, read_bytes, youtube
from qa.types import TimeKind, Turn

DATA = Path(__file__).parents[2] / "data"
SOURCE = Path("video.json")


def events(*several: dict[str, Any]) -> dict[str, Any]:
    return {"wireMagic": "pb3", "events": list(several)}


def test_windows_line_feeds_and_appended_events_are_passed_over() -> None:
    # The event at 1 s lasts to 5 s on the screen, but ends where the next words begin, at 2.5 s; ">>" stands
    # 0.9 s into the event at 2.5 s.
    reading = read(DATA / "youtube_automatic.json")
    assert (reading.format, reading.time_kind) == ("youtube", TimeKind.MEDIA)
    assert reading.turns == (
        Turn("hello there my friend", start=1.0, end=3.4),
        Turn("What is it?", start=3.4, end=5.5),
        Turn("fine", "ANA", start=8.0, end=9.0),
    )
    assert reading.notes == ("[Music]",)
    assert reading.recognised == "its events have 'tStartMs', as in YouTube's json3"
    assert reading.warnings == (
        "Appended events that repeat the words before them: 1.",
        "Captions that stay on the screen into the next one, ended where it begins: 2.",
    )


def test_list_of_youtube_transcript_api_is_in_seconds() -> None:
    reading = read(DATA / "youtube_list.json")
    assert (reading.format, reading.time_kind) == ("youtube", TimeKind.MEDIA)
    assert reading.turns == (Turn("bread & salt, and then the ships come in", start=0.03, end=6.69),)
    assert reading.warnings == (
        "Captions that stay on the screen into the next one, ended where it begins: 1.",
        "Cues without words left out: 1.",
    )


def test_appended_words_that_say_something_new_are_kept() -> None:
    value = events(
        {"tStartMs": 0, "dDurationMs": 1000, "segs": [{"utf8": "we"}]},
        {"tStartMs": 1000, "dDurationMs": 1000, "aAppend": 1, "segs": [{"utf8": "\nopen"}]},
    )
    assert youtube.parse(value, SOURCE).turns == (Turn("we open", start=0.0, end=2.0),)


def test_caption_without_a_duration_ends_where_the_next_begins_and_the_last_at_once() -> None:
    value = events(
        {"tStartMs": 0, "segs": [{"utf8": "One."}]}, {"tStartMs": 1500, "segs": [{"utf8": "Two."}]}
    )
    assert youtube.parse(value, SOURCE).turns == (
        Turn("One.", start=0.0, end=1.5),
        Turn("Two.", start=1.5, end=1.5),
    )


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (
            events({"tStartMs": 0, "segs": []}),
            "No caption has words. Download the captions again, with their text.",
        ),
        (
            events({"tStartMs": "0", "segs": [{"utf8": "a"}]}),
            "event 1: 'tStartMs' should be a number of milliseconds, at least 0, not \"0\".",
        ),
        (
            events({"segs": [{"utf8": "a"}]}),
            "event 1: 'tStartMs' should be a number of milliseconds, at least 0, not nothing.",
        ),
        (events({"tStartMs": 0, "segs": [7]}), "a segment of event 1: It should be an object in braces."),
        (
            [{"text": "a", "start": float("nan"), "duration": 1}],
            "entry 1: 'start' should be a number of seconds, at least 0, not NaN.",
        ),
        ([{"text": 7, "start": 0, "duration": 1}], "entry 1: 'text' should be a text in quotes, not 7."),
    ],
)
def test_bad_entry_is_refused_by_number(value: Any, message: str) -> None:
    with pytest.raises(FormatError) as caught:
        youtube.parse(value, SOURCE)
    assert str(caught.value) == f"video.json: {message}"


@pytest.mark.parametrize(
    "value",
    [None, 7, [], {}, {"events": []}, {"events": [{"time": 0}]}, [{"text": "a", "start": 0}], [[]], ["a"]],
)
def test_other_json_is_not_recognised(value: Any) -> None:
    assert youtube.recognises(value) is None


WORDS = st.lists(
    st.sampled_from(["we", "open", "at", "nine", "&", "港", "مرحبا", "so."]), min_size=1, max_size=8
)


@given(st.lists(st.tuples(WORDS, st.integers(0, 5000)), min_size=1, max_size=12), st.booleans())
def test_written_captions_are_read_back(said: list[tuple[list[str], int]], as_list: bool) -> None:
    expected = [
        Turn(" ".join(words), start=i * 60.0, end=(i * 60_000 + ms) / 1000)
        for i, (words, ms) in enumerate(said)
    ]
    value: Any = events(
        *(
            {"tStartMs": i * 60_000, "dDurationMs": ms, "segs": [{"utf8": f"{word} "} for word in words]}
            for i, (words, ms) in enumerate(said)
        )
    )
    if as_list:
        value = [
            {"text": " ".join(words), "start": i * 60.0, "duration": ms / 1000}
            for i, (words, ms) in enumerate(said)
        ]
    assert read_bytes(json.dumps(value).encode(), SOURCE).turns == tuple(expected)


SCALARS = st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5)
ANY = st.recursive(
    SCALARS, lambda some: st.lists(some, max_size=3) | st.dictionaries(st.text(max_size=3), some)
)
SEGMENT = st.fixed_dictionaries({}, optional={"utf8": st.text(max_size=6) | ANY, "tOffsetMs": ANY}) | ANY
EVENT = st.fixed_dictionaries(
    {},
    optional={
        "tStartMs": st.integers(0) | ANY,
        "dDurationMs": ANY,
        "aAppend": ANY,
        "segs": st.lists(SEGMENT) | ANY,
    },
)
ENTRY = st.fixed_dictionaries(
    {"text": st.text(max_size=6) | ANY, "start": st.floats(0, 9) | ANY, "duration": st.floats(0, 9) | ANY}
)


@given(
    st.builds(lambda several: {"events": several}, st.lists(EVENT | ANY)) | st.lists(ENTRY, min_size=1) | ANY
)
def test_any_value_is_read_or_refused(value: Any) -> None:
    if youtube.recognises(value):
        with suppress(FormatError):
            youtube.parse(value, SOURCE)
