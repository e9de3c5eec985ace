from pathlib import Path

import pytest

from qa.errors import FormatError
from qa.readers import read, read_bytes
from qa.types import TimeKind, Turn

DATA = Path(__file__).parents[2] / "data"
SOURCE = Path("video.srv3")


def test_words_with_times_of_their_own_make_turns() -> None:
    # ">>" stands 0.9 s into the caption at 2.49 s; what is appended at 2.48 s is empty and at 4.9 s a repeat.
    reading = read(DATA / "timedtext_words.srv3")
    assert (reading.format, reading.time_kind) == ("timedtext", TimeKind.MEDIA)
    assert reading.turns == (
        Turn("the barges leave at four.", start=1.0, end=3.39),
        Turn("Who says?", start=3.39, end=6.49),
        Turn("Tom & I, both of us.", "ANA", start=9.0, end=10.5),
    )
    assert reading.notes == ("[Music]",)
    assert reading.recognised == "the document is <timedtext> with timed captions, as YouTube has them"
    assert reading.warnings == (
        "Appended captions that repeat the words before them: 1 (line 13).",
        "Captions that stay on the screen into the next one, ended where it begins: 1.",
    )


def test_first_version_is_in_seconds_and_writes_entities_twice_over() -> None:
    reading = read(DATA / "timedtext_seconds.srv1")
    assert reading.turns == (
        Turn("It's the tide that decides.", start=0.5, end=4.5),
        Turn("Nobody else.", start=9.0, end=9.0),
    )


def test_second_version_appends_word_by_word() -> None:
    document = (
        b'<timedtext><window t="0" id="1" op="define"/><text w="1" t="160" d="900">we</text>'
        b'<text w="1" t="400" d="660" append="1"> sail</text></timedtext>'
    )
    assert read_bytes(document, SOURCE).turns == (Turn("we sail", start=0.16, end=1.06),)


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (
            b'<transcript>\n<text start="x">a</text></transcript>',
            ":2: The time 'x' should be a number of at least 0. Download the captions again.",
        ),
        (
            b'<timedtext><body><p t="-1">a</p></body></timedtext>',
            ":1: The time '-1' should be a number of at least 0. Download the captions again.",
        ),
        (
            b'<timedtext><body><p t="1">a</p><p d="1">b</p></body></timedtext>',
            ":1: A caption has no time. Download it again.",
        ),
        (
            b'<timedtext><body><p t="1"> </p></body></timedtext>',
            ": No caption has words. Download the captions again, with their text.",
        ),
    ],
)
def test_captions_that_cannot_be_placed_are_refused(document: bytes, message: str) -> None:
    with pytest.raises(FormatError) as caught:
        read_bytes(document, SOURCE)
    assert str(caught.value) == f"{SOURCE}{message}"


def test_other_documents_of_that_name_are_not_claimed() -> None:
    with pytest.raises(FormatError, match="an XML document of <transcript> that holds no transcript we know"):
        read_bytes(b"<transcript><course>Physics</course></transcript>", SOURCE)
