"""Laws of the readers of all speech recognisers: what is written comes back, damage is read or refused."""

import copy
import json
import math
from collections.abc import Callable
from contextlib import suppress
from html import escape
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import html

from qa.errors import FormatError
from qa.readers import (
    JSON_READERS,
    assemblyai,
    aws_transcribe,
    deepgram,
    podcast_html,
    podcast_json,
    read_bytes,
    revai,
    whisper,
    whisper_cpp,
    whisper_tsv,
    whisperx,
)
from qa.types import Reading, Turn

DATA = Path(__file__).parents[2] / "data"
SOURCE = Path("talk.json")
READERS = (
    podcast_json,
    whisper_cpp,
    aws_transcribe,
    deepgram,
    assemblyai,
    revai,
    whisperx,
    whisper,
)
PREFIXES = ("whisper", "openai", "aws", "deepgram", "assemblyai", "revai", "podcast")
SAMPLES = sorted(file for file in DATA.glob("*.json") if file.name.startswith(PREFIXES))
WORD = st.text("abcdeåßж", min_size=1, max_size=8)
Words = list[tuple[str, float, float]]


@st.composite
def conversations(draw: st.DrawFn) -> list[tuple[str, Words]]:
    """Two people by turns, each saying one sentence of words timed to the millisecond."""
    clock = draw(st.integers(0, 5000))
    said: list[tuple[str, Words]] = []
    for number, texts in enumerate(
        draw(st.lists(st.lists(WORD, min_size=1, max_size=40), min_size=1, max_size=6))
    ):
        words: Words = []
        for position, text in enumerate(texts, start=1):
            start = clock + draw(st.integers(0, 900))
            clock = start + draw(st.integers(0, 900))
            mark = "!" if position == len(texts) else ""
            words.append((text + mark, start / 1000, clock / 1000))
        said.append((f"spk_{number % 2}", words))
    return said


def turns_of(said: list[tuple[str, Words]]) -> tuple[Turn, ...]:
    return tuple(
        Turn(" ".join(text for text, _, _ in words), speaker, start=words[0][1], end=words[-1][2])
        for speaker, words in said
    )


def text_of(words: Words) -> str:
    return " ".join(text for text, _, _ in words)


def milliseconds(seconds: float) -> int:
    return round(seconds * 1000)


def whisper_value(said: list[tuple[str, Words]]) -> object:
    segments = [
        {"start": words[0][1], "end": words[-1][2], "text": f" {text_of(words)}", "speaker": speaker}
        for speaker, words in said
    ]
    return {"text": "x", "language": "en", "segments": segments}


def whisperx_value(said: list[tuple[str, Words]]) -> object:
    """One segment for the whole conversation, so that only the words tell who speaks."""
    words = [
        {"word": text, "start": start, "end": end, "score": 0.9, "speaker": speaker}
        for speaker, own in said
        for text, start, end in own
    ]
    whole = {"start": words[0]["start"], "end": words[-1]["end"], "words": words}
    return {
        "segments": [{**whole, "text": " ".join(text_of(own) for _, own in said)}],
        "word_segments": words,
    }


def whisper_cpp_value(said: list[tuple[str, Words]]) -> object:
    def segment(words: Words, speaker: str) -> dict[str, object]:
        offsets = {"from": milliseconds(words[0][1]), "to": milliseconds(words[-1][2])}
        return {"offsets": offsets, "text": f" {text_of(words)}", "speaker": speaker}

    return {"transcription": [segment(words, speaker) for speaker, words in said]}


def aws_value(said: list[tuple[str, Words]]) -> object:
    items: list[dict[str, object]] = []
    for speaker, words in said:
        for text, start, end in words:
            spoken = {"type": "pronunciation", "start_time": f"{start:.3f}", "end_time": f"{end:.3f}"}
            items.append(
                {**spoken, "speaker_label": speaker, "alternatives": [{"content": text.rstrip("!")}]}
            )
        items.append({"type": "punctuation", "alternatives": [{"content": "!"}]})
    return {"jobName": "talk", "results": {"transcripts": [], "items": items}}


def deepgram_value(said: list[tuple[str, Words]]) -> object:
    words = [
        {"word": text.rstrip("!"), "punctuated_word": text, "start": start, "end": end, "speaker": speaker}
        for speaker, own in said
        for text, start, end in own
    ]
    return {"results": {"channels": [{"alternatives": [{"transcript": "x", "words": words}]}]}}


def assemblyai_value(said: list[tuple[str, Words]]) -> object:
    def timed(text: str, start: float, end: float) -> dict[str, object]:
        return {"text": text, "start": milliseconds(start), "end": milliseconds(end), "confidence": 0.9}

    utterances = [
        {**timed(text_of(words), words[0][1], words[-1][2]), "speaker": speaker} for speaker, words in said
    ]
    return {"status": "completed", "text": "x", "utterances": utterances}


def revai_value(said: list[tuple[str, Words]]) -> object:
    monologues = []
    for number, (speaker, words) in enumerate(said):
        elements: list[dict[str, object]] = []
        for text, start, end in words:
            elements.append({"type": "text", "value": text.rstrip("!"), "ts": start, "end_ts": end})
            elements.append({"type": "punct", "value": "!" if text.endswith("!") else " "})
        info = {"id": str(number), "display_name": speaker}
        monologues.append({"speaker": number, "speaker_info": info, "elements": elements})
    return {"monologues": monologues}


def podcast_value(said: list[tuple[str, Words]]) -> object:
    segments = [
        {"speaker": speaker, "startTime": start, "endTime": end, "body": text}
        for speaker, words in said
        for text, start, end in words
    ]
    return {"version": "1.0.0", "segments": segments}


WRITERS: list[tuple[Any, Callable[[list[tuple[str, Words]]], object]]] = [
    (whisper, whisper_value),
    (whisperx, whisperx_value),
    (whisper_cpp, whisper_cpp_value),
    (aws_transcribe, aws_value),
    (deepgram, deepgram_value),
    (assemblyai, assemblyai_value),
    (revai, revai_value),
    (podcast_json, podcast_value),
]


@pytest.mark.parametrize(("reader", "write"), WRITERS, ids=[reader.FORMAT for reader, _ in WRITERS])
@given(said=conversations())
@settings(max_examples=60, deadline=None)
def test_what_is_written_reads_back_the_same(
    reader: Any, write: Callable[[list[tuple[str, Words]]], object], said: list[tuple[str, Words]]
) -> None:
    value = json.loads(json.dumps(write(said)))
    assert next(other.FORMAT for other in JSON_READERS if other.recognises(value)) == reader.FORMAT
    reading = reader.parse(value, SOURCE)
    assert reading.turns == turns_of(said)
    assert reading.remarks == ()


@given(said=conversations())
@settings(max_examples=60, deadline=None)
def test_tsv_reads_back_the_same(said: list[tuple[str, Words]]) -> None:
    rows = [f"{milliseconds(own[0][1])}\t{milliseconds(own[-1][2])}\t{text_of(own)}\n" for _, own in said]
    text = "start\tend\ttext\n" + "".join(rows)
    assert whisper_tsv.recognises(text)
    reading = whisper_tsv.parse(text, SOURCE)
    if reading.remarks:  # drawn so fast, or alike, that they were taken for seconds or a loop
        return
    assert reading.turns == tuple(
        Turn(turn.text, None, None, turn.start, turn.end) for turn in turns_of(said)
    )


@given(said=conversations())
@settings(max_examples=60, deadline=None)
def test_page_reads_back_the_same(said: list[tuple[str, Words]]) -> None:
    seconds = [int(words[0][1]) for _, words in said]
    page = "".join(
        f"<cite>{speaker}:</cite>\n<time>{at // 60}:{at % 60:02}</time>\n<p>{escape(text_of(words))}</p>\n"
        for (speaker, words), at in zip(said, seconds, strict=True)
    )
    root = html.document_fromstring(page)
    assert podcast_html.recognises(root)
    assert podcast_html.parse(root, SOURCE).turns == tuple(
        Turn(text_of(words), speaker, start=float(at))
        for (speaker, words), at in zip(said, seconds, strict=True)
    )


@pytest.mark.parametrize("file", SAMPLES, ids=lambda file: file.name)
def test_sample_is_claimed_by_no_reader_before_its_own(file: Path) -> None:
    value = json.loads(file.read_text(encoding="utf-8"))
    own = "whisper_cpp" if file.name.startswith("whisper_cpp") else file.name.split("_")[0].split(".")[0]
    expected = {
        "aws": "aws-transcribe",
        "podcast": "podcast-json",
        "openai": "whisper",
        "whisper_cpp": "whisper.cpp",
    }
    claims = [reader.FORMAT for reader in READERS if reader.recognises(value)]
    assert claims[0] == expected.get(own, own)


SIMPLE = st.sampled_from(
    [
        None,
        True,
        -1,
        0,
        7,
        1.5,
        math.nan,
        math.inf,
        -math.inf,
        10**400,
        "",
        "x",
        "0",
        "-1",
        " ",
        "\ud800",
        "spk_0",
    ]
)
JUNK = SIMPLE | st.sampled_from(
    ["[]", "{}", "[null]", "[[]]", "[{}]", '{"text": 1}', '{"segments": [{}]}', '["a", 1]']
).map(json.loads)
KEYS = (
    "segments start end text speaker words word word_segments transcription offsets from to results items"
    " transcripts audio_segments channel_labels speaker_labels channels alternatives content utterances"
    " transcript paragraphs sentences monologues elements value type ts body startTime endTime"
).split()
TAGS = (
    "<cite> </cite> Kevin: <time> </time> 0:00 1:02:03 99:99 <p> </p> <br> <div> </div> <script> hello <!--"
    " --> <h1> </h1> [laughter] &nbsp; <title> </title> <footer>"
).split()


def places_in(value: Any) -> list[tuple[Any, Any]]:
    """Every container with each of its keys."""
    found: list[tuple[Any, Any]] = []
    keys = (
        list(value) if isinstance(value, dict) else list(range(len(value))) if isinstance(value, list) else []
    )
    for key in keys:
        found.append((value, key))
        found.extend(places_in(value[key]))
    return found


@pytest.fixture(scope="module")
def values() -> list[Any]:
    return [json.loads(file.read_text(encoding="utf-8")) for file in SAMPLES]


@given(data=st.data())
@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_damaged_samples_are_read_or_refused(values: list[Any], data: st.DataObject) -> None:
    value = copy.deepcopy(data.draw(st.sampled_from(values)))
    for _ in range(data.draw(st.integers(1, 4))):
        holder, key = data.draw(st.sampled_from(places_in(value) or [({"x": 1}, "x")]))
        if data.draw(st.booleans()):
            holder[key] = data.draw(JUNK)
        else:
            del holder[key]
    for reader in READERS:
        if reader.recognises(value):
            with suppress(FormatError):
                assert isinstance(reader.parse(value, SOURCE), Reading)


JSON = st.recursive(
    JUNK,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=25,
)


@given(JSON)
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_value_is_read_or_refused(value: Any) -> None:
    for reader in READERS:
        if reader.recognises(value):
            with suppress(FormatError):
                assert isinstance(reader.parse(value, SOURCE), Reading)


@given(
    st.lists(
        st.sampled_from(
            ["start\tend\ttext\n", "0\t1\ta\n", "9\t1\tb\n", "\t", "\n", "1.5\t2\tc\n", "1\t2\n", "²\t1\tx\n"]
        )
        | st.text(max_size=5),
        max_size=12,
    ).map("".join)
)
@settings(max_examples=300, deadline=None)
def test_any_table_is_read_or_refused(text: str) -> None:
    if whisper_tsv.recognises("start\tend\ttext\n" + text):
        with suppress(FormatError):
            assert isinstance(whisper_tsv.parse("start\tend\ttext\n" + text, SOURCE), Reading)


@given(st.lists(st.sampled_from(TAGS), max_size=30).map(" ".join))
@settings(max_examples=400, deadline=None)
def test_any_page_is_read_or_refused(page: str) -> None:
    with suppress(FormatError):
        read_bytes(f"<html>{page}".encode(), Path("a.html"))
    root = html.document_fromstring(f"<html><p>x</p>{page}")
    if podcast_html.recognises(root):
        with suppress(FormatError):
            assert isinstance(podcast_html.parse(root, SOURCE), Reading)
