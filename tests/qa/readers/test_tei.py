from contextlib import suppress
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.errors import FormatError
from qa.readers import read, read_bytes, tei
from qa.readers.directions import split_directions
from qa.readers.labels import outlet
from qa.readers.markup import root_of
from qa.readers.spacing import tidy
from qa.types import QUESTIONER, Reading, TimeKind, Turn

DATA = Path(__file__).parents[2] / "data"


def parsed(body: str, header: str = "", head: str = "") -> Reading:
    text = f"<TEI><teiHeader>{header}</teiHeader><text>{head}<body>{body}</body></text></TEI>"
    return tei.parse(root_of(text.encode(), Path("a.xml")), Path("a.xml"))


def test_parliament_keeps_segments_as_paragraphs_and_notes_apart() -> None:
    reading = read(DATA / "parlamint_debate.xml")
    assert (reading.format, reading.time_kind) == ("tei", TimeKind.NONE)
    assert reading.recognised == "it is a document of <TEI> with speeches"
    assert (reading.title, reading.date) == ("Coastland corpus, sitting of 6 May 2031", "2031-05-06")
    assert reading.turns == (
        Turn(
            "The ferry fund is open from today\nQuestions are welcome.",
            "IdaMoen",
            "chair",
            notes=("The Speaker:", "murmuring", "(Applause.)"),
        ),
        Turn("Who pays?", "OlavTang"),
    )
    assert reading.notes == ("Ferries", "(gap: SAMPLING)", "RutBerg: nods")
    assert reading.warnings == (
        "The names stand in a separate file, so speakers are shown by their ids (3, such as 'IdaMoen'); give"
        " them names with rename.",
    )


def test_spaces_between_tokens_come_from_join_where_it_is_used() -> None:
    reading = read(DATA / "parlamint_tokens.ana.xml")
    assert reading.turns == (Turn("Ida Moen, you'll pay 80 %.” Right?", "OlavTang"),)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("<w>so</w> <w>what</w><pc>?</pc>", "so what?"),
        ("<w>so</w>\n<w>what</w>\n<pc>,</pc>\n<w>you</w>", "so what, you"),
        ("<w>so</w><w>what</w><pc>?</pc>", "so what?"),
        ("<w>so </w><w>what</w><pc>?</pc>", "so what?"),
        ("<w>so</w> <unclear><w>wh<lb/>at</w></unclear>", "so what"),
    ],
)
def test_spaces_between_tokens_without_join_come_from_the_text(body: str, text: str) -> None:
    assert parsed(f"<u who='#A'>{body}</u>").turns == (Turn(text, "A"),)


def test_utterance_that_a_note_interrupts_is_one_turn_unless_somebody_else_speaks() -> None:
    reading = read(DATA / "parlamint_split_utterance.xml")
    assert reading.turns == (
        Turn("The vote\nis closed.", "IdaMoen", notes=("(10.05)",)),
        Turn("I object", "OlavTang"),
        Turn("Order!", "IdaMoen"),
        Turn("to that.", "OlavTang"),
    )


def test_times_come_from_the_timeline_where_its_points_can_be_placed() -> None:
    text = (DATA / "tei_timeline.xml").read_bytes()
    reading = tei.parse(root_of(text, Path("a")), Path("a"))
    assert reading.time_kind is TimeKind.MEDIA
    assert reading.turns == (
        Turn("so what?", "Mila van der Tann", start=0.0, end=1.25),
        Turn("it really works", "Jon Ek", start=1.25, end=3.75),  # 1.25 + 2.5, by its anchors
        Turn("mhm", "Mila van der Tann"),  # its start has no place, so its end cannot stand
        Turn("back", "Jon Ek", start=3.75),
        Turn("round", "Mila van der Tann"),  # each of its points hangs on the other
    )
    assert reading.warnings == ("Ends that come before their start left out: 1 (line 20).",)
    assert reading.aliases == (("Mila T.", "Mila van der Tann"),)


def test_points_of_two_timelines_are_not_mixed() -> None:
    timeline = (
        "<timeline unit='ms'><when xml:id='T0'/><when xml:id='T1' interval='1500' since='#T0'/></timeline>"
    )
    said = "<u who='A' start='#T1'>hi</u>"
    assert parsed(said, head=timeline).turns == (Turn("hi", "A", start=1.5),)
    assert parsed(said, head=timeline * 2).turns == (Turn("hi", "A"),)


def test_play_names_its_cast_and_keeps_verse_lines() -> None:
    reading = read(DATA / "tei_play.xml")
    assert reading.turns == (
        Turn("The tide is late,\nand so am I.", "Mira of the Mill", notes=("(aside)", "(turning)")),
        Turn("Who goes there?", "Harbour master"),
        Turn("And then?", role=QUESTIONER),
    )
    assert reading.notes == ("Scene 1", "A quay at night.", "A bell rings.")
    assert reading.warnings == ("Paragraphs that nobody is said to speak are kept as notes: 1 (line 7).",)


@pytest.mark.parametrize(
    ("body", "turn"),
    [
        ("<u>Nobody.</u>", Turn("Nobody.")),
        ("<u who=''>Nobody.</u>", Turn("Nobody.")),
        ("<u who='list.xml#A'>Hi.</u>", Turn("Hi.", "A")),
        ("<u who='#A #B'>Hi.</u>", Turn("Hi.", "A, B")),
        ("<sp who='#A #B'><speaker>Both</speaker><p>Hi.</p></sp>", Turn("Hi.", "Both")),
        ("<u who='#A' ana='#x #Chair'>Hi.</u>", Turn("Hi.", "A", "chair")),
        ("<u>to <choice><sic>teh</sic><corr>the</corr></choice> sea</u>", Turn("to teh sea")),
        ("<u><s>One.</s><s>Two.</s></u>", Turn("One. Two.")),
        ("<u>in<lb break='no'/>side<lb/>out<!-- no --><?no pi?></u>", Turn("inside out")),
        ("<u>well <gap reason='inaudible'/> yes [laughter]</u>", None),
        ("<u><seg>I <seg>really</seg> do</seg></u>", Turn("I really do")),
        ("<div><opener>x</opener></div><u>Hi.</u>", Turn("Hi.")),
    ],
)
def test_words_are_read_as_they_were_said(body: str, turn: Turn | None) -> None:
    expected = turn or Turn("well yes", notes=("(gap: inaudible)", "[laughter]"))
    assert parsed(body).turns == (expected,)


def test_words_of_somebody_inside_a_speech_are_a_turn_of_their_own() -> None:
    reading = parsed("<u who='#A'>I say <u who='#B'>no</u> yes</u>")
    assert reading.turns == (Turn("I say yes", "A"), Turn("no", "B"))


@pytest.mark.parametrize(
    "text",
    [
        "<TEI><teiHeader/><text><body><p>Only prose.</p></body></text></TEI>",
        "<listPerson><person/></listPerson>",
        "<a><u>x</u></a>",
        "<teiCorpus><teiHeader/></teiCorpus>",
    ],
)
def test_document_without_speech_is_not_recognised(text: str) -> None:
    assert tei.recognises(root_of(text.encode(), Path("a"))) is None


def test_entities_of_the_file_are_not_expanded() -> None:
    text = '<!DOCTYPE TEI [<!ENTITY x "boo">]><TEI><text><body><u who="#A">a &x; b</u></body></text></TEI>'
    assert read_bytes(text.encode(), Path("a.xml")).turns == (Turn("a &x; b", "A"),)


LINES = (
    st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]), max_size=20)
    .map(tidy)
    .filter(lambda t: bool(t) and not split_directions(t, trailing=False)[1])
)
IDS = st.text("abcXYZ", min_size=1, max_size=4)
NAMES = LINES.filter(lambda name: outlet(name) is None)


@given(
    st.dictionaries(IDS, NAMES, min_size=1, max_size=4),
    st.lists(
        st.tuples(
            st.integers(0, 9), st.lists(LINES, min_size=1, max_size=3), st.booleans(), st.integers(0, 10**6)
        ),
        min_size=1,
        max_size=5,
    ),
)
def test_what_is_written_reads_back_the_same(
    people: dict[str, str], said: list[tuple[int, list[str], bool, int]]
) -> None:
    persons = "".join(
        f"<person xml:id={quoteattr(i)}><persName>{escape(name)}</persName></person>"
        for i, name in people.items()
    )
    points = utterances = ""
    turns = []
    for i, (who, lines, chairs, milliseconds) in enumerate(said):
        mark, name = list(people.items())[who % len(people)]
        segments = "\n".join(f"<seg>{escape(line)}</seg>" for line in lines)
        role = ' ana="#chair"' if chairs else ""
        utterances += f'<u who="#{mark}" start="#T{i}"{role}>\n{segments}\n</u>\n'
        points += f'<when xml:id="T{i}" interval="{milliseconds / 1000}" since="#T"/>'
        turns.append(Turn("\n".join(lines), name, "chair" if chairs else None, milliseconds / 1000))
    timeline = f'<timeline unit="s" origin="#T"><when xml:id="T"/>{points}</timeline>'
    header = f"<profileDesc><particDesc><listPerson>{persons}</listPerson></particDesc></profileDesc>"
    assert parsed(utterances, header, timeline).turns == tuple(turns)


TAGS = st.sampled_from(
    [
        f"<{tag}>"
        for tag in "u seg sp speaker p note gap w pc s head div choice sic timeline annotationBlock".split()
    ]
    + [
        "<u who='#A' next='#b'>",
        "<u xml:id='b' prev='#b' start='#T1' end='#T0'>",
        "<anchor synch='#T1'/>",
        "<lb/>",
    ]
    + [
        "<when xml:id='T0'/>",
        "<when xml:id='T1' since='#T1' interval='1e9'/>",
        "<when xml:id='T1' interval='2'/>",
    ]
    + [
        "<person xml:id='A'>",
        "<persName>",
        "<surname>",
        "<date when='2031-99-99'/>",
        "<title>",
        "<w join='right'>",
    ]
)


@st.composite
def trees(draw: st.DrawFn) -> str:
    """Well-formed markup of elements in any order."""
    text = ""
    open_tags: list[str] = []
    for _ in range(draw(st.integers(0, 25))):
        move = draw(st.integers(0, 3))
        if move == 0 and open_tags:
            text += f"</{open_tags.pop()}>"
        elif move == 1:
            text += escape(draw(st.sampled_from(["hi", " ", "Q", "(x)", "5", "2031-05-06"])))
        else:
            tag = draw(TAGS)
            text += tag
            if not tag.endswith("/>"):
                open_tags.append(tag[1:-1].split()[0])
    return text + "".join(f"</{tag}>" for tag in reversed(open_tags))


@settings(max_examples=300, deadline=None)
@given(trees(), trees())
def test_any_document_is_read_or_refused(header: str, body: str) -> None:
    text = f"<TEI><teiHeader>{header}</teiHeader><text>{body}<u>end</u></text></TEI>"
    with suppress(FormatError):
        root = root_of(text.encode(), Path("a"))
        assert tei.recognises(root)
        tei.parse(root, Path("a"))
