from pathlib import Path

import pytest
from lxml import html

from qa.errors import FormatError
from qa.readers import podcast_html, read
from qa.types import TimeKind, Turn

DATA = Path(__file__).parents[2] / "data"


def test_name_time_and_paragraphs_are_a_turn() -> None:
    reading = read(DATA / "podcast.html")
    assert reading.format == "podcast-html"
    assert reading.recognised == "a paragraph follows a clock time in <time>"
    assert reading.turns == (
        Turn("The gate is shut.\nIt's been so since noon.", "Nell", start=0.0),
        # 1:02:03 = 3600 + 120 + 3 s; the colon and the space before it are no part of the name
        Turn("Since noon?", "Alban", start=3723.0, notes=("[laughter]",)),
    )
    assert reading.warnings == ()


def test_page_around_the_transcript_is_left_out_and_told() -> None:
    reading = read(DATA / "podcast_page.html")
    assert reading.title == "Tide Talk 12"
    assert reading.turns == (
        Turn("Welcome.", "Nell", start=0.0),
        Turn("The gate is shut.", "Nell", start=9.0, inferred=True),
        Turn("Since when?", "Alban"),
    )
    assert reading.warnings == (
        "Text outside the transcript left out: 2 (lines 4, 8).",
        "Times without a name, given to the speaker before them: 1 (line 6).",
    )


def test_page_without_times_has_none() -> None:
    reading = read(DATA / "podcast_without_times.html")
    assert reading.time_kind is TimeKind.NONE
    assert reading.turns == (Turn("Welcome.", "Nell"), Turn("Hello.", "Alban"))


def test_page_none_of_whose_times_can_be_read_is_refused() -> None:
    with pytest.raises(FormatError, match=r"\.html:2: cannot read 'at noon'\. None of its times can be read"):
        read(DATA / "podcast_unreadable_times.html")


def test_time_may_stand_before_the_name() -> None:
    page = "<time>0:01</time><cite>Nell:</cite><p>One.</p><time>0:05</time><cite>Abel:</cite><p>Two.</p>"
    reading = podcast_html.parse(html.document_fromstring(page), Path("a.html"))
    assert reading.turns == (Turn("One.", "Nell", start=1.0), Turn("Two.", "Abel", start=5.0))
    assert reading.warnings == ()


def test_words_outside_paragraphs_are_kept() -> None:
    page = "<cite>Nell:</cite><time>0:01</time><div>One <i>and</i> two<br>three</div>four"
    reading = podcast_html.parse(html.document_fromstring(page), Path("a.html"))
    assert reading.turns == (Turn("One and two\nthree\nfour", "Nell", start=1.0),)


@pytest.mark.parametrize(
    "page",
    [
        "<p>Hello</p>",
        "<cite>A book</cite><p>Hello</p>",
        "<time>yesterday</time><p>Hello</p>",
        "<cite>Bob</cite><time>12 May 2026</time><p>Nice post</p>",
    ],
)
def test_other_pages_are_not_claimed(page: str) -> None:
    assert podcast_html.recognises(html.document_fromstring(page)) is None
