import re
from contextlib import suppress
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.errors import FormatError
from qa.readers import read, read_bytes
from qa.types import Reading, TimeKind, Turn

DATA = Path(__file__).parents[2] / "data"
SPACES = (
    'xmlns="http://www.w3.org/ns/ttml" xmlns:ttp="http://www.w3.org/ns/ttml#parameter"'
    ' xmlns:ttm="http://www.w3.org/ns/ttml#metadata" xmlns:tts="http://www.w3.org/ns/ttml#styling"'
)


def tt(body: str, root: str = SPACES) -> Reading:
    return read_bytes(f"<tt {root}><body>{body}</body></tt>".encode(), Path("talk.ttml"))


def spoken(reading: Reading) -> list[tuple[str, float | None, float | None]]:
    return [(turn.text, turn.start, turn.end) for turn in reading.turns]


def test_ticks_count_from_timed_parents_and_agents_are_speakers() -> None:
    # The body begins at 10 s: 1 s in it is 11 s, and 40,000,000 ticks of 1/10,000,000 s are 14 s. "Good," has
    # 5 of 8 characters of two seconds: Ben stops at 14 + 2 * 5 / 8 = 15.25 s.
    reading = read(DATA / "ticks_in_timed_body.ttml")
    assert (reading.format, reading.time_kind, reading.title) == ("ttml", TimeKind.MEDIA, "Harbour talk")
    assert reading.recognised == "the document is <tt>, timed text"
    assert reading.turns == (
        Turn("We open on Monday.", "Ana Lopez", start=11.0, end=13.0),
        Turn("Good,", "Ben Okoro", start=14.0, end=15.25),
        Turn("yes", "Ana Lopez", start=15.25, end=16.0),
        Turn("Nobody says so.", start=18.0, end=22.0),
    )
    assert reading.notes == ("Recorded at the quay", "la la")
    assert reading.warnings == (
        "Cues without words left out: 1 (line 21).",
        "Cues that several share, the time split by the length of the words: 1 (line 17).",
    )


@pytest.mark.parametrize(
    "namespace", ["", 'xmlns="http://www.w3.org/2006/10/ttaf1"', 'xmlns="http://www.w3.org/2006/04/ttaf1"']
)
def test_every_namespace_is_read(namespace: str) -> None:
    assert spoken(tt('<div begin="5s"><p begin="1s" end="2s">One.</p></div>', namespace)) == [
        ("One.", 6.0, 7.0)
    ]


def test_sequence_puts_one_after_another() -> None:
    body = '<div timeContainer="seq"><p dur="2s">One.</p><p begin="1s" dur="2s">Two.</p></div>'
    assert spoken(tt(body)) == [("One.", 0.0, 2.0), ("Two.", 3.0, 5.0)]


def test_child_ends_with_its_parent() -> None:
    assert spoken(tt('<div begin="1s" end="3s"><p begin="1s" dur="9s">One.</p></div>')) == [
        ("One.", 2.0, 3.0)
    ]


def test_timed_spans_are_read_in_their_order() -> None:
    body = '<p begin="10s" end="20s">We open <span begin="5s">the harbour</span> on Monday.</p>'
    assert spoken(tt(body)) == [("We open the harbour on Monday.", 10.0, 20.0)]


def test_spans_that_are_sentences_keep_their_times() -> None:
    body = '<p><span begin="1s" end="2s">One.</span> <span begin="5s" end="6s">Two.</span></p>'
    assert spoken(tt(body)) == [("One.", 1.0, 2.0), ("Two.", 5.0, 6.0)]


def test_lyrics_that_count_from_the_start_of_the_file_are_understood() -> None:
    # Counted from its parents, the second paragraph would begin 17 + 50 s, after its div has ended at 60 s.
    reading = read(DATA / "lyrics_from_the_start.ttml")
    assert spoken(reading) == [("Hello there.", 17.292, 20.0), ("Good bye.", 50.0, 60.0)]
    message = (
        "Times were counted from the start of the file, because counted from the element that holds them,"
    )
    assert reading.warnings == (f"{message} captions would stand outside of it: 3 (lines 4, 5, 7).",)


def test_child_without_a_beginning_takes_that_of_its_parent_either_way() -> None:
    relative = '<div begin="10s" end="20s"><p end="5s">One.</p></div>'
    assert spoken(tt(relative)) == [("One.", 10.0, 15.0)]
    absolute = (
        f'{relative.replace("5s", "12s")}<div begin="30s" end="40s"><p begin="30s" end="40s">Two.</p></div>'
    )
    assert spoken(tt(absolute)) == [("One.", 10.0, 12.0), ("Two.", 30.0, 40.0)]


def test_caption_outside_of_its_parent_is_kept_and_reported() -> None:
    body = (
        '<div begin="10s" end="12s">\n<p begin="1s" end="2s">One.</p>\n<p begin="5s" end="6s">Two.</p></div>'
    )
    reading = tt(body)
    assert spoken(reading) == [("One.", 11.0, 12.0), ("Two.", 15.0, 16.0)]
    assert reading.warnings == (
        "Captions timed outside of the element that holds them, kept at their own times: 1 (line 3).",
    )


def test_caption_without_an_end_ends_where_the_next_begins() -> None:
    reading = tt('<p begin="1s">One.</p><p begin="3s" end="4s">Two.</p>')
    assert spoken(reading) == [("One.", 1.0, 3.0), ("Two.", 3.0, 4.0)]
    assert reading.warnings == ("Captions without an end, ended where the next one begins: 1 (line 1).",)


def test_caption_without_a_time_among_timed_ones_follows_the_one_before() -> None:
    reading = tt('<p begin="1s" end="2s">One.</p><p>Two.</p>')
    assert spoken(reading) == [("One.", 1.0, 2.0), ("Two.", 2.0, 2.0)]
    assert reading.warnings == ("Captions without a time, placed after the one before them: 1 (line 1).",)


def test_labels_in_the_words_name_speakers_where_no_agent_does() -> None:
    body = '<p begin="1s" end="2s">ANA: One.<br/>BEN: Two.</p><p begin="5s" end="6s">ANA: Three.</p>'
    assert [turn.speaker for turn in tt(body).turns] == ["ANA", "BEN", "ANA"]


def test_agent_of_a_div_speaks_until_another_is_named_and_two_may_speak() -> None:
    body = (
        '<div ttm:agent="a"><p begin="1s" end="2s">One.</p>'
        '<p begin="5s" end="6s" ttm:agent="b">Two.</p></div>'
        '<p begin="9s" end="10s" ttm:agent="a b">All.</p><p begin="10s" end="11s">who?</p>'
    )
    assert [(turn.speaker, turn.text) for turn in tt(body).turns] == [
        ("a", "One."),
        ("b", "Two."),
        ("a and b", "All."),
        (None, "who?"),
    ]


def test_space_is_kept_only_where_the_file_says_so() -> None:
    body = (
        '<p begin="1s" end="2s">We\n  open</p><p begin="5s" end="6s" xml:space="preserve">- One.\n- Two.</p>'
    )
    assert [turn.text for turn in tt(body).turns] == ["We open", "One.", "Two."]


def test_words_are_not_parted_by_spans_comments_or_pronunciation() -> None:
    body = (
        '<p begin="1s" end="2s">har<span tts:color="red">bo</span>ur<!-- x --> <span tts:ruby="container">'
        '<span tts:ruby="base">港</span><span tts:ruby="text">みなと</span></span></p>'
    )
    reading = tt(body)
    assert spoken(reading) == [("harbour 港", 1.0, 2.0)]
    assert reading.warnings == ("Pronunciation marks (ruby) left out: 1 (line 1).",)


def test_wall_clock_times_are_of_the_clock() -> None:
    reading = tt('<p begin="09:00:00" end="09:00:01">One.</p>', f'{SPACES} ttp:timeBase="clock"')
    assert (reading.time_kind, spoken(reading)) == (TimeKind.CLOCK, [("One.", 32_400.0, 32_401.0)])


@pytest.mark.parametrize(
    ("body", "root", "message"),
    [
        ("<p>One.</p>", "", "No words in it are timed."),
        ('<p begin="1s" end="2s"/>', "", "No caption has words; they may be pictures."),
        (
            '<p begin="3s" end="2s">One.</p>',
            "",
            'cannot read \'begin="3s" end="2s"\'. The element ends before',
        ),
        ('<p begin="soon">One.</p>', "", "cannot read 'soon'. Write times as '00:01:02.500', '62.5s' or"),
        ('<p begin="00:75:00">One.</p>', "", "cannot read '00:75:00'. Write times as"),
        (
            '<p begin="1s">One.</p>',
            'tickRate="0"',
            "cannot read 'tickRate=0'. Make tickRate a number above 0.",
        ),
        (
            '<p begin="1s">One.</p>',
            'frameRateMultiplier="1 0"',
            "cannot read 'frameRateMultiplier=1 0'. Make",
        ),
    ],
)
def test_file_that_cannot_be_aligned_is_refused(body: str, root: str, message: str) -> None:
    with pytest.raises(FormatError, match=re.escape(message)):
        tt(body, root)


NAMES = st.sampled_from(["Ana Lopez", "Ben", "李娜", "سارة", None])
WORDS = st.lists(
    st.sampled_from(["we", "open", "nine", "&", "1 < 2", "港", "مرحبا", "so."]), min_size=1, max_size=8
)


@given(
    st.lists(st.tuples(NAMES, WORDS, st.integers(0, 5000)), min_size=1, max_size=12), st.integers(0, 99_999)
)
def test_written_turns_are_read_back(said: list[tuple[str | None, list[str], int]], shift: int) -> None:
    names = sorted({name for name, _, _ in said if name})
    agents = "".join(
        f'<ttm:agent xml:id="a{i}"><ttm:name type="full">{n}</ttm:name></ttm:agent>'
        for i, n in enumerate(names)
    )
    body = ""
    expected = []
    for i, (name, words, length) in enumerate(said):
        agent = f' ttm:agent="a{names.index(name)}"' if name else ""
        body += f'<p begin="{i * 60_000}ms" dur="{length}t"{agent}>{escape(" ".join(words))}</p>\n'
        start = shift + i * 60_000
        expected.append(Turn(" ".join(words), name, start=start / 1000, end=(start + length) / 1000))
    text = (
        f'<tt {SPACES} ttp:tickRate="1000"><head><metadata>{agents}</metadata></head>'
        f'<body begin="{shift}ms"><div>{body}</div></body></tt>'
    )
    assert read_bytes(text.encode(), Path("talk.ttml")).turns == tuple(expected)


TIMES = st.sampled_from(
    ["1s", "0", "5t", "00:00:01:02", "99:59:59.9", "-1s", "", "x", "1e9s", "9" * 15 + "s"]
)
ATTRIBUTES = st.dictionaries(
    st.sampled_from(
        ["begin", "end", "dur", "timeContainer", "ttm:agent", "tts:ruby", "xml:space", "ttm:role"]
    ),
    TIMES | st.sampled_from(["seq", "text", "preserve", "music", "a b"]),
    max_size=4,
)
LEAVES = st.sampled_from(
    ["One.", " ", "\n", "<br/>", "<!-- c -->", "Ana: hi", ">> x", "<?pi?>", "&amp;", "港。"]
)


def element(name: str, attributes: dict[str, str], children: list[str]) -> str:
    written = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return f"<{name}{written}>{''.join(children)}</{name}>"


NODES = st.recursive(
    LEAVES,
    lambda inner: st.builds(
        element,
        st.sampled_from(["div", "p", "span", "p", "span", "metadata", "b"]),
        ATTRIBUTES,
        st.lists(inner, max_size=4),
    ),
    max_leaves=12,
)


@given(
    st.lists(NODES, max_size=4),
    st.sampled_from(["", ' ttp:frameRate="25"', ' ttp:tickRate="x"', ' ttp:timeBase="smpte"']),
)
def test_any_document_is_read_or_refused(nodes: list[str], parameter: str) -> None:
    with suppress(FormatError):
        tt("".join(nodes), SPACES + parameter)
