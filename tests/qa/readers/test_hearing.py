from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.readers import hearing, read
from qa.readers.hearing_people import recased
from qa.types import TimeKind, Turn

DATA = Path(__file__).parents[2] / "data"
SOURCE = Path("hearing.txt")
CHAIR = ("Irma O'Dell", "Chair")
ENGINEER = ("Uta Lind", "Engineer, Port of Lenz, Salem, Oregon")


def test_pages_of_the_printing_office_come_out_turn_by_turn_under_full_names() -> None:
    reading = read(DATA / "hearing_of_the_printing_office.txt")
    assert (reading.format, reading.time_kind) == ("hearing", TimeKind.NONE)
    assert (reading.title, reading.date) == ("The Locks at Port Lenz", "2031-06-03")
    assert reading.turns == (
        Turn(
            "The Committee will come to order. We begin with Mr. McDoak.\nHe has a bill: it is short.", *CHAIR
        ),
        Turn(
            "Thank you, Madam Chair. I yield.",
            "John F. McDoak",
            "Senator",
            notes=("[The prepared statement of Senator McDoak follows:]",),
        ),
        Turn(
            "The locks were built in 1931. They leak.",
            "John F. McDoak",
            "Senator",
            inferred=True,
            notes=("(prepared statement)",),
        ),
        Turn("They do leak.", *ENGINEER, notes=("[Laughter.]",)),
        Turn("Since when?", "Kai Smith"),
        Turn("And how much?", "Lea Smith"),
        Turn("A barrel a day, Mr. Smith. Mr. Orr measured it.", *ENGINEER),
        Turn("I did.", "Mr. Orr", notes=("[Whereupon, at 11:15 a.m., the hearing was adjourned.]",)),
    )
    assert reading.aliases == (
        ("The Chair", "Irma O'Dell"),
        ("Senator McDoak", "John F. McDoak"),
        ("Dr. Lind", "Uta Lind"),
        ("Mr. Smith of Ohio", "Kai Smith"),
        ("Ms. Smith of Utah", "Lea Smith"),
    )
    assert reading.warnings == (
        "Lines above the first words, kept as notes: 18.",
        "Labels taken for people whom the front or a heading names in full: 'The Chair' is Irma O'Dell,"
        " 'Senator McDoak' is John F. McDoak, 'Dr. Lind' is Uta Lind, 'Mr. Smith of Ohio' is Kai Smith,"
        " 'Ms. Smith of Utah' is Lea Smith.",
        "Statements printed but not read out, given to whoever submitted them: 1 (line 47).",
        "Lines submitted for the record, below the end of the hearing, left out: 1 (line 67).",
    )


def test_surnames_in_capitals_are_labels_and_names_inside_speech_are_not() -> None:
    reading = read(DATA / "hearing_surnames_in_capitals.txt")
    assert reading.turns == (
        Turn("The committee will come to order.", "The CHAIRMAN"),
        Turn("I yield. The gentleman from Texas, Mr. Orr.\nHe knows the locks.", "Mr. DAHL of Ohio"),
        Turn("Mr. Dahl of Texas.", "The CHAIRMAN"),
        Turn("I have one question: who pays?", "Mr. DAHL of Texas"),
        Turn("We do.", "Ms. OYELARAN"),
    )


@pytest.mark.parametrize(
    "text",
    [
        "Mr. Orr came late. He spoke.\n\nMr. Orr left. We stayed.\n\nMs. Lee stayed.",
        "Ana: Mr. Orr. He is late.\nBen: Who?\nAna: Mr. Orr. I said so.",
        "The Chair. Thank you.\n\nThe Chair. Welcome.\n\nThe Chair. Goodbye.",
        "Senator Orr: Thank you.\n\nThe Chair: Welcome.\n\nSenator Orr: Goodbye.",
    ],
)
def test_other_text_is_not_claimed(text: str) -> None:
    assert hearing.recognises(text) is None


@pytest.mark.parametrize(
    ("printed", "written"),
    [
        ("JOHN F. McDOAK", "John F. McDoak"),
        ("IRMA O'DELL-ROY III", "Irma O'Dell-Roy III"),
        ("DIRECTOR OF PORTS", "Director of Ports"),
        ("Ana Lopez, U.S. SENATOR", "Ana Lopez, U.S. Senator"),
    ],
)
def test_capitals_get_their_small_letters_back(printed: str, written: str) -> None:
    assert recased(printed) == written


HEADS = st.sampled_from(["The Chair", "Senator Orr", "Mr. Dahl of Ohio", "Dr. Lind"])
WORDS = st.from_regex(r"[A-Z][a-z]{0,6}( [a-z]{1,6}){0,5}\.", fullmatch=True)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(HEADS, WORDS), min_size=4, max_size=12))
def test_what_is_printed_as_a_hearing_is_read_back(said: list[tuple[str, str]]) -> None:
    text = "\n".join(f"    {head}. {words}" for head, words in said)
    turns = hearing.parse(f"OPENING\n\n{text}\n\nend\n", SOURCE).turns
    assert [(turn.speaker, turn.text.split("\n")[0]) for turn in turns] == said
