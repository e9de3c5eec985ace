"""Labels to people: what is taken for one person, and above all what is not."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.readers import read_bytes
from qa.readers.additions import Bare, bare, is_name
from qa.readers.naming import unify
from qa.types import QUESTIONER, Reading, Remark, RemarkKind, TimeKind, Turn

Who = tuple[str | None, str | None]


def reading_of(*labels: str | Who) -> Reading:
    """Make a reading of one turn for each label, "Ana" or ("Ana", "Mayor")."""
    pairs = [label if isinstance(label, tuple) else (label, None) for label in labels]
    return Reading("any", tuple(Turn(f"words {i}", *pair) for i, pair in enumerate(pairs)))


def who(*labels: str | Who) -> list[Who]:
    return [(turn.speaker, turn.role) for turn in unify(reading_of(*labels)).turns]


RUTTE = ("Mark Rutte", "NATO Secretary General")


def test_four_ways_of_writing_one_person_are_one() -> None:
    written = ("Mark Rutte, NATO Secretary General", "Mark Rutte", "Secretary General Rutte", "Mr. Rutte")
    reading = unify(reading_of(*written))
    assert [(turn.speaker, turn.role) for turn in reading.turns] == [RUTTE] * 4
    assert [turn.text for turn in reading.turns] == ["words 0", "words 1", "words 2", "words 3"]
    assert reading.aliases == (
        ("Mark Rutte, NATO Secretary General", "Mark Rutte"),
        ("Secretary General Rutte", "Mark Rutte"),
        ("Mr. Rutte", "Mark Rutte"),
    )
    assert reading.remarks == (
        Remark(
            RemarkKind.INFERRED,
            "3 labels were taken for people whom the file names otherwise: 'Mark Rutte, NATO"
            " Secretary General' is Mark Rutte, 'Secretary General Rutte' is Mark Rutte, 'Mr. Rutte' is Mark"
            " Rutte.",
        ),
    )


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        # an office alone, when one person holds it
        (("Ana Lopez, Mayor", "Mayor"), [("Ana Lopez", "Mayor")] * 2),
        (("Ana Lopez, Mayor", "Madam Mayor"), [("Ana Lopez", "Mayor")] * 2),
        (("Mark Rutte, NATO Secretary General", "Secretary General"), [RUTTE] * 2),
        # the office is written only in the short form
        (("Mark Rutte", "Secretary General Rutte"), [("Mark Rutte", "Secretary General")] * 2),
        # the fullest of offices that are short for one another
        (("Mark Rutte, Secretary General", "Mark Rutte, NATO Secretary General"), [RUTTE] * 2),
        ((("Mark Rutte", None), ("Mark Rutte", "NATO Secretary General")), [RUTTE] * 2),
        ((("Rutte", "Secretary General"), ("Mark Rutte", "NATO Secretary General")), [RUTTE] * 2),
        # spelling
        (("MARK RUTTE", "Mark Rutte"), [("Mark Rutte", None)] * 2),
        (("Anne-Marie Gall", "Anne Marie Gall"), [("Anne-Marie Gall", None)] * 2),
        (("Lopez, Ana", "Ana Lopez"), [("Ana Lopez", None)] * 2),
        (("García López, Ana", "Ana García López"), [("Ana García López", None)] * 2),
        (("Dr. Ana Lopez", "Ana Lopez", "Dr. Lopez"), [("Ana Lopez", None)] * 3),
        (("Ursula von der Leyen", "President von der Leyen"), [("Ursula von der Leyen", "President")] * 2),
        (
            ("SECRETARY OF STATE ANNA QUILL", "SECRETARY QUILL"),
            [("ANNA QUILL", "SECRETARY OF STATE")] * 2,
        ),
        (("Senator Anna Quill", "Senator Quill"), [("Anna Quill", "Senator")] * 2),
        (("Senator Anna Quill", "Senator Doak"), [("Senator Anna Quill", None), ("Senator Doak", None)]),
        # the holder of an office in brackets, a seat and a party in brackets
        (
            ("The Minister for Ports (Tom Arkley)", "Tom Arkley"),
            [("Tom Arkley", "Minister for Ports")] * 2,
        ),
        (
            ("The Chair (Hon. Ann Marsh (Westhaven, Lib.))", "The Chair"),
            [("Ann Marsh", "Chair")] * 2,
        ),
        (("Ann Marsh (Westhaven) (Lab)", "Ann Marsh"), [("Ann Marsh", "Westhaven, Lab")] * 2),
        (
            ("Ann Marsh (Westhaven)", "Ann Marsh (Eastport)", "Ann Marsh"),
            [("Ann Marsh (Westhaven)", None), ("Ann Marsh (Eastport)", None), ("Ann Marsh", None)],
        ),
        # what is added to a name
        (("Ana Lopez (she/her)", "Ana Lopez | Design", "Ana Lopez [external]"), [("Ana Lopez", None)] * 3),
        (("Ana Lopez (Guest)", "Ben Okoro (Unverified)"), [("Ana Lopez", None), ("Ben Okoro", None)]),
        (("Lopez, Ana (Guest)", "Ana Lopez"), [("Ana Lopez", None)] * 2),
        (("Ana Lopez she/her/hers",), [("Ana Lopez", None)]),
        (("Ana Lopez (she/her) | Design",), [("Ana Lopez", None)]),
        # who asks is a role
        (("Question", "Ana"), [(None, QUESTIONER), ("Ana", None)]),
    ],
)
def test_labels_of_one_person_come_out_as_one(labels: tuple[str | Who, ...], expected: list[Who]) -> None:
    assert who(*labels) == expected


@pytest.mark.parametrize(
    "labels",
    [
        ("Ana", "Ana Lopez"),  # a first name may be another's
        ("Lopez", "Ana Lopez"),  # so may a surname without an office
        ("Maria", "Ana Maria"),
        ("Maria Lopez", "Ana Maria Lopez"),  # two full names
        ("Mark Rutte", "Anna Rutte", "Mr. Rutte"),  # two have the surname
        ("Chris Rutte", "Mr. Rutte", "Ms. Rutte"),  # two are called by it
        (("Ana Lopez", "Mayor"), ("Ben Okoro", "Mayor"), "Mayor"),  # two hold the office
        (("Mircea Geo", "Deputy Secretary General"), "Secretary General"),
        (("Kamala Harris", "Vice President"), "President"),
        (("Kamala Harris", "Vice President"), "President Harris"),
        (("Karl Schmidt", "Commissioner"), "Minister Schmidt"),
        (("Ana Lopez", "Student"), "Student"),  # one of many
        ("President Zelenskyy", "Mark Rutte"),  # nobody else of that name
        ("Mr. Rutte", "Secretary General Rutte"),  # no full name to settle it
        ("Ana (Guest)", "Ana"),  # a guest of the same first name
        ("Maria Garcia | Sales", "Maria Garcia | Legal"),  # two teams, maybe two people
        ("General Motors", "Motors Ltd"),
        ("Smith Jones, Robert", "Ben"),  # a surname of two words is no office
        ("King, Jr.", "Ben"),
        (("Ana", "Mayor"), ("Ana", "Treasurer"), "Ana"),  # two offices: the bare turn may be in either
        ("Reporter 1", "Reporter 2"),  # numbered by a machine, to be named later
        ("Q", "A"),
        (None,),
        ((None, QUESTIONER),),
        ((None, "Chair"), ("Ana Lopez", "Chair")),
    ],
)
def test_labels_that_may_be_two_people_stay_as_they_are(labels: tuple[str | Who, ...]) -> None:
    reading = reading_of(*[(None, None) if label is None else label for label in labels])
    assert unify(reading) is reading


@pytest.mark.parametrize(
    "label",
    [
        "SPEAKER_00", "[SPEAKER_01]", "spk_0", "Speaker 1", "Speaker A", "Unknown Speaker", "A", "7", "Guest",
        "ana_r", "ana", "ana lopez", "@ana", "ana#1234", "Ana99", "ana.lopez", "U012AB3CD", "ana_r (she/her)",
        "participant 12", "x" * 5_000, "Ana " * 1_000, "-", "…",
    ],
)  # fmt: skip
def test_handles_and_labels_of_machines_are_no_names(label: str) -> None:
    assert not is_name(label)
    reading = reading_of(label, "Ana Lopez", "Rita Speaker")
    assert unify(reading) is reading


def test_two_holders_are_told_apart_by_the_whole_office() -> None:
    labels = (("Ana Lopez", "President"), ("Ben Okoro", "Vice President"), "President", "Vice President")
    assert who(*labels)[2:] == [("Ana Lopez", "President"), ("Ben Okoro", "Vice President")]


def test_additions_are_kept_as_aliases_and_remarked_on() -> None:
    reading = unify(reading_of("Ana Lopez (she/her) | Design", "Ben Okoro (Guest)", "Cy Young (Guest)"))
    assert reading.aliases == (
        ("Ana Lopez (she/her) | Design", "Ana Lopez"),
        ("Ben Okoro (Guest)", "Ben Okoro"),
        ("Cy Young (Guest)", "Cy Young"),
    )
    assert reading.warnings == ("Left out of speakers' names: '(she/her)', '| Design', '(Guest)'.",)


def test_outlet_of_a_questioner_becomes_a_note() -> None:
    reading = unify(reading_of("Reporter (Reuters)", "Reporter (Reuters)", "Ana Lopez"))
    assert reading.turns[0] == Turn("words 0", role=QUESTIONER, notes=("(Reuters)",))
    assert reading.warnings == ("'Reporter (Reuters)' was taken for whoever asks, not for a name: 2 turns.",)
    assert reading.aliases == ()


def test_everything_else_of_a_turn_stays() -> None:
    turn = Turn("hello", "MARK RUTTE", None, 1.0, 2.0, inferred=True, notes=("(laughs)",))
    reading = Reading(
        "any", (turn, Turn("hi", "Mark Rutte", start=3.0)), TimeKind.MEDIA, aliases=(("M", "MARK RUTTE"),)
    )
    found = unify(reading)
    assert found.turns[0] == Turn("hello", "Mark Rutte", None, 1.0, 2.0, inferred=True, notes=("(laughs)",))
    assert found.aliases == (("M", "Mark Rutte"), ("MARK RUTTE", "Mark Rutte"))


def test_files_of_every_format_have_their_people_resolved() -> None:
    vtt = (
        "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Mark Rutte, NATO Secretary General>Welcome.\n\n"
        "00:03.000 --> 00:04.000\n<v Ana Lopez (she/her)>Thank you.\n\n"
        "00:05.000 --> 00:06.000\n<v Secretary General Rutte>You are welcome.\n"
    )
    reading = read_bytes(vtt.encode(), Path("talk.vtt"))
    assert [(turn.speaker, turn.role) for turn in reading.turns] == [RUTTE, ("Ana Lopez", None), RUTTE]


def test_what_was_added_to_a_name_is_taken_off() -> None:
    assert bare("Ana Lopez (she/her) | Design") == Bare("Ana Lopez", "Design", ("(she/her)", "| Design"))
    assert bare("(she/her)") == Bare("(she/her)")
    assert bare("| Design") == Bare("| Design")
    assert bare("Ana Lopez (ACME)") == Bare("Ana Lopez (ACME)")


PARTS = st.sampled_from(
    "Ana Ben Mark Rutte Lopez von MARK RUTTE mark Mr. Ms. Dr. Secretary General President Vice NATO Mayor ,"
    " (she/her) (Guest) | Design Question Reporter SPEAKER_00 (Reuters) - & ü 東".split()
)
LABELS = st.one_of(
    st.lists(PARTS, min_size=1, max_size=5).map(lambda parts: " ".join(parts).replace(" ,", ",")),
    st.text(min_size=1, max_size=12),
).filter(lambda label: bool(label.strip()))
ROLES = st.none() | st.sampled_from(
    ["Mayor", "President", "Vice President", "NATO Secretary General", QUESTIONER]
)


@given(labels=st.lists(st.tuples(st.none() | LABELS, ROLES), min_size=1, max_size=8))
def test_resolving_twice_is_resolving_once_and_loses_nobody(labels: list[Who]) -> None:
    reading = reading_of(*labels)
    once = unify(reading)
    assert unify(once) is once
    assert [turn.text for turn in once.turns] == [turn.text for turn in reading.turns]
    for before, after in zip(reading.turns, once.turns, strict=True):
        if before.speaker is None:
            assert after == before
        elif after.speaker is None:
            assert after.role == QUESTIONER
        elif after.speaker != before.speaker:
            assert (before.speaker, after.speaker) in once.aliases
        assert before.role is None or after.role is not None
