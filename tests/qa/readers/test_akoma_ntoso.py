from contextlib import suppress
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.errors import FormatError
from qa.readers import akoma_ntoso, read
from qa.readers.akoma_people import People, Voice
from qa.readers.directions import split_directions
from qa.readers.markup import root_of
from qa.readers.spacing import tidy
from qa.types import QUESTIONER, Reading, TimeKind, Turn

DATA = Path(__file__).parents[2] / "data"
PERSONS = {"lind": "Ms Lind", "oye": "Per Oye"}


def parsed(body: str) -> Reading:
    text = (
        "<akomaNtoso><debate><meta><references>"
        + "".join(f"<TLCPerson id='{mark}' showAs='{name}'/>" for mark, name in PERSONS.items())
        + f"</references></meta><debateBody>{body}</debateBody></debate></akomaNtoso>"
    )
    return akoma_ntoso.parse(root_of(text.encode(), Path("a")), Path("a"))


def test_speakers_are_named_by_what_is_there() -> None:
    reading = read(DATA / "akoma_blank_speakers.xml")
    assert (reading.format, reading.time_kind) == ("akoma-ntoso", TimeKind.NONE)
    assert reading.recognised == "it is a document of <akomaNtoso> with speeches"
    assert reading.turns == (
        Turn("Nobody is named here."),
        Turn("Only a reference.", "Vera Lind"),
        Turn("Only a name.", "Vera Lind"),
        Turn("Both.", "Vera Lind"),
        Turn("No such person.", "nord"),
        Turn("Who asks?", role=QUESTIONER),
    )
    assert reading.warnings == (
        "The file names some speakers by references alone, so they are shown by their ids (1, such as"
        " 'nord'); give them names with rename.",
    )


def test_debate_keeps_lists_tables_offices_and_wall_clock_across_midnight() -> None:
    reading = read(DATA / "akoma_debate.xml")
    assert (reading.title, reading.date) == ("Official Report", "2031-05-06")
    assert reading.time_kind is TimeKind.CLOCK
    assert reading.turns == (
        Turn("asked the Minister\nwhether the quay is safe;\nwho checked it.", "Mr. Brandt", start=86_310.0),
        Turn(  # 00:01:00 of the second day is 86,400 + 60
            "Two points:\n(a) it is;\n(b) we did.\nYear | Checks\n2030 | 4",
            "Mr. Oye",
            "Minister of Ports",
            86_460.0,
            86_520.0,
        ),
        Turn("Prof. notes it.", "Mr. Brandt"),
        Turn("One more. Done.", "Mr. Brandt", notes=("[Laughter.]",)),
        Turn("Order!", "Ms Lind", "Madam Chair", 86_700.0),
    )
    assert reading.notes == (
        *("Official Report", "Monday, 6 May", "[Madam Chair takes her seat]", "1. QUESTIONS", "THE QUAY"),
        *("(Question closed)", "(Members stood up)", "The House rose at ten past."),
    )
    assert reading.warnings == (
        "Paragraphs that nobody is said to speak are kept as notes: 1 (line 24).",
        "Times that cannot be read left out: 1 (line 19).",
        "Ends that come before their start left out: 1 (line 21).",
    )
    assert reading.aliases == (("Prof. Brandt", "Mr. Brandt"),)


@pytest.mark.parametrize(
    ("voice", "asks", "found"),
    [
        (Voice(), False, (None, None)),
        (Voice(), True, (None, QUESTIONER)),
        (Voice(printed="Question (Dawn Post)"), False, (None, QUESTIONER)),
        (Voice(office="chair"), False, (None, "Madam Chair")),
        (Voice("lind"), False, ("Ms Lind", None)),
        (Voice("lind", printed="Vera Lind"), False, ("Vera Lind", None)),
        (Voice("lind", printed="Vera Lind, Minister of Ports"), False, ("Vera Lind", "Minister of Ports")),
        (Voice("lind", "chair", "Madam Chair"), False, ("Ms Lind", "Madam Chair")),
        (Voice("lind", printed="The Prime Minister"), False, ("Ms Lind", "The Prime Minister")),
        (Voice("lind", "lind", "Vera Lind"), False, ("Vera Lind", None)),
        (Voice("lind", "nobody"), False, ("Ms Lind", "nobody")),
        (Voice("x"), False, ("x", None)),
    ],
)
def test_display_name_reference_and_office_agree_on_one_person(
    voice: Voice, asks: bool, found: tuple[str | None, str | None]
) -> None:
    people = People({"lind": "Ms Lind"}, {"chair": "Madam Chair"})
    assert people.find(voice, asks=asks) == found


def test_one_reference_for_everybody_unknown_does_not_make_them_one() -> None:
    people = People({}, {})
    assert people.find(Voice("unknown", printed="Ada Berg"), asks=False) == ("Ada Berg", None)
    assert people.find(Voice("unknown", printed="Tor Dahl"), asks=False) == ("Tor Dahl", None)
    assert people.find(Voice("unknown", printed="Mrs Berg"), asks=False) == ("Ada Berg", None)


def test_name_in_the_references_is_an_alias_of_the_display_name() -> None:
    reading = parsed("<speech by='#lind'><from>Vera Lind</from><p>Hi.</p></speech>")
    assert reading.aliases == (("Ms Lind", "Vera Lind"),)


@pytest.mark.parametrize(
    ("start", "seconds", "date"),
    [
        ("2031-05-06T14:03:05.5", 50_585.5, "2031-05-06"),
        ("2031-05-06T14:03:00Z", 50_580.0, "2031-05-06"),
        ("14:03:00", 50_580.0, None),
        ("14:03", 50_580.0, None),
        ("2031-02-30T14:03:00", None, None),
        ("25:00:00", None, None),
        ("", None, None),
    ],
)
def test_times_are_wall_clock(start: str, seconds: float | None, date: str | None) -> None:
    reading = parsed(f"<speech by='#oye' startTime='{start}'><p>Hi.</p></speech>")
    assert (reading.turns, reading.date) == ((Turn("Hi.", "Per Oye", start=seconds),), date)


@pytest.mark.parametrize(
    ("text", "recognised"),
    [
        ("<akomaNtoso xmlns='urn:x'><debate><speech/></debate></akomaNtoso>", True),
        ("<a:akomaNtoso xmlns:a='urn:x'><a:debate><a:answer/></a:debate></a:akomaNtoso>", True),
        ("<akomaNtoso><act><p>An act.</p></act></akomaNtoso>", False),
        ("<debate><speech/></debate>", False),
    ],
)
def test_any_version_is_recognised_by_its_root(text: str, recognised: bool) -> None:
    assert (akoma_ntoso.recognises(root_of(text.encode(), Path("a"))) is not None) is recognised


def test_speech_inside_a_speech_is_a_turn_of_its_own() -> None:
    reading = parsed(
        "<speech by='#oye'><p>I say</p><speech by='#lind'><p>No!</p></speech><p>yes.</p></speech>"
    )
    assert reading.turns == (Turn("I say\nyes.", "Per Oye"), Turn("No!", "Ms Lind"))


LINES = (
    st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]), max_size=20)
    .map(tidy)
    .filter(lambda t: bool(t) and not split_directions(t, trailing=False)[1])
)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(list(PERSONS)), st.lists(LINES, min_size=1, max_size=3), st.integers(0, 86_399)
        ),
        min_size=1,
        max_size=5,
    )
)
def test_what_is_written_reads_back_the_same(said: list[tuple[str, list[str], int]]) -> None:
    body = ""
    turns = []
    for mark, lines, second in said:
        clock = f"{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}"
        paragraphs = "".join(f"<p>{escape(line)}</p>\n" for line in lines)
        body += f"<speech by='#{mark}' startTime='2031-05-06T{clock}'>\n{paragraphs}</speech>\n"
        turns.append(Turn("\n".join(lines), PERSONS[mark], start=float(second)))
    assert parsed(body).turns == tuple(turns)


TAGS = st.sampled_from(
    [
        f"<{tag}>"
        for tag in "speech question speechGroup from p num heading item table tr td scene ul li".split()
    ]
    + [
        "<speech by='#lind' startTime='2031-05-07T10:00:00' endTime='09:00:00'>",
        "<speech startTime='9'>",
        "<a/>",
    ]
    + ["<speech by='#x' as='#y' startTime='23:59:60'>", "<docDate date='9'>", "<FRBRdate date='2031-05-06'/>"]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(TAGS, st.sampled_from(["", "hi", "Q", "(laughter)"]), st.booleans()), max_size=25))
def test_any_document_is_read_or_refused(moves: list[tuple[str, str, bool]]) -> None:
    text = ""
    open_tags: list[str] = []
    for tag, words, closes in moves:
        text += tag + words
        if not tag.endswith("/>"):
            open_tags.append(tag[1:-1].split()[0])
        if closes and open_tags:
            text += f"</{open_tags.pop()}>"
    text += "".join(f"</{tag}>" for tag in reversed(open_tags))
    with suppress(FormatError):
        parsed(text)
