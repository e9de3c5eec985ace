"""Names put right before a transcript is added."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.corrections import Corrections, Rename, closest, correct, opening_end, parse_rename
from qa.errors import NotFoundError, QAError
from qa.types import QUESTIONER, Reading, Remark, RemarkKind, TimeKind, Turn

CALL = Reading(
    "webvtt",
    (
        Turn("Good morning.", start=0.0),
        Turn("Two remarks.", start=2.0),
        Turn("We saw a zeppelin.", "SPEAKER_00", start=4.0, end=6.0, notes=("(laughs)",)),
        Turn("Whose?", role=QUESTIONER, start=7.0),
        Turn("Nobody knows.", "Ana Lopez", "Mayor", start=8.0),
        Turn("So it is.", "SPEAKER_01", start=9.0),
        Turn("Indeed.", "SPEAKER_00", start=10.0),
    ),
    TimeKind.MEDIA,
    aliases=(("spk zero", "SPEAKER_00"), ("Ms. Lopez", "Ana Lopez")),
    remarks=(Remark(RemarkKind.DROPPED, "Two words."),),
)


def who(reading: Reading) -> list[tuple[str | None, str | None]]:
    return [(turn.speaker, turn.role) for turn in reading.turns]


def corrected(*renames: Rename, opening: str | None = None, reading: Reading = CALL) -> Reading:
    return correct(reading, Corrections(renames, opening))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SPEAKER_00=Ana Lopez", Rename("SPEAKER_00", "Ana Lopez")),
        ("SPEAKER_00=Ana Lopez, Mayor", Rename("SPEAKER_00", "Ana Lopez", "Mayor")),
        (" A = Ana ,  Mayor of Nordmark, acting ", Rename("A", "Ana", "Mayor of Nordmark, acting")),
        ("A=B=C", Rename("A", "B=C")),
        ("A=Ana,", Rename("A", "Ana")),
    ],
)
def test_rename_is_read(text: str, expected: Rename) -> None:
    assert parse_rename(text) == expected


@pytest.mark.parametrize("text", ["", "Ana", "=Ana", "A=", "A= ,Mayor", " = ", "\u200b=Ana"])
def test_what_is_no_rename_is_refused_with_the_way_to_write_it(text: str) -> None:
    with pytest.raises(ValueError, match="Write it as OLD=NEW or OLD=NEW, ROLE, as in 'SPEAKER_00=Ana"):
        parse_rename(text)


def test_blank_name_is_refused() -> None:
    with pytest.raises(ValueError, match="a name is blank"):
        Rename("A", " ")


def test_speaker_is_renamed_and_nothing_else_changes() -> None:
    found = corrected(Rename("SPEAKER_00", "Ben Okoro", "Treasurer"))
    okoro = ("Ben Okoro", "Treasurer")
    assert who(found) == [(None, None)] * 2 + [
        okoro, (None, QUESTIONER), ("Ana Lopez", "Mayor"), ("SPEAKER_01", None), okoro,
    ]  # fmt: skip
    assert found.turns[2] == Turn(
        "We saw a zeppelin.", "Ben Okoro", "Treasurer", start=4.0, end=6.0, notes=("(laughs)",)
    )
    assert found.aliases == (
        ("spk zero", "Ben Okoro"),
        ("Ms. Lopez", "Ana Lopez"),
        ("SPEAKER_00", "Ben Okoro"),
    )
    assert found.warnings == (
        "Two words.",
        "'SPEAKER_00' was named Ben Okoro, Treasurer, as asked: 2 turns.",
    )
    assert found.remarks[1].kind is RemarkKind.ASSUMED
    assert found.read_as == tuple(who(CALL))


def test_rename_onto_a_name_that_is_there_makes_one_speaker_with_the_office() -> None:
    found = corrected(Rename("SPEAKER_01", "Ana Lopez"))
    assert who(found)[4:6] == [("Ana Lopez", "Mayor")] * 2
    assert found.remarks[1] == Remark(
        RemarkKind.COLLAPSED, "'SPEAKER_01' and Ana Lopez were made one speaker, as asked: 1 turn."
    )


def test_two_renamed_alike_become_one() -> None:
    found = corrected(Rename("SPEAKER_00", "Cy Young"), Rename("SPEAKER_01", "Cy Young"))
    assert [name for name, _ in who(found)] == [
        None,
        None,
        "Cy Young",
        None,
        "Ana Lopez",
        "Cy Young",
        "Cy Young",
    ]
    assert [remark.kind for remark in found.remarks[1:]] == [RemarkKind.COLLAPSED] * 2


def test_two_names_can_be_swapped() -> None:
    found = corrected(Rename("SPEAKER_00", "SPEAKER_01"), Rename("SPEAKER_01", "SPEAKER_00"))
    assert [name for name, _ in who(found)][2:] == [
        "SPEAKER_01",
        None,
        "Ana Lopez",
        "SPEAKER_00",
        "SPEAKER_01",
    ]


@pytest.mark.parametrize(("role", "expected"), [(None, "Mayor"), ("", None), ("Chair", "Chair")])
def test_office_is_kept_taken_away_or_changed(role: str | None, expected: str | None) -> None:
    assert who(corrected(Rename("Ana Lopez", "Ana Ruiz", role)))[4] == ("Ana Ruiz", expected)


def test_office_alone_can_be_given() -> None:
    found = corrected(Rename("SPEAKER_00", "SPEAKER_00", "Treasurer"))
    assert who(found)[2] == ("SPEAKER_00", "Treasurer")
    assert found.aliases == CALL.aliases


def test_opening_is_given_to_a_person_whose_office_is_known() -> None:
    found = corrected(opening="Ana Lopez")
    assert found.turns[:2] == (
        Turn("Good morning.", "Ana Lopez", "Mayor", start=0.0, inferred=True),
        Turn("Two remarks.", "Ana Lopez", "Mayor", start=2.0, inferred=True),
    )
    assert found.turns[2:] == CALL.turns[2:]
    assert found.remarks[1] == Remark(
        RemarkKind.INFERRED, "The opening, 2 turns, was given to Ana Lopez, as asked."
    )
    assert found.read_as == tuple(who(CALL))


def test_opening_is_given_to_somebody_new_and_after_the_renames() -> None:
    assert who(corrected(opening="Dee Moss, Host"))[0] == ("Dee Moss", "Host")
    found = corrected(Rename("SPEAKER_00", "Ben Okoro", "Treasurer"), opening="Ben Okoro")
    assert who(found)[:3] == [("Ben Okoro", "Treasurer")] * 3


def test_name_with_a_comma_that_is_there_is_no_name_and_role() -> None:
    reading = Reading("any", (Turn("hello"), Turn("hi", "Lopez, Ana")))
    assert who(corrected(opening="Lopez, Ana", reading=reading))[0] == ("Lopez, Ana", None)


def test_opening_that_a_reader_gave_away_can_be_given_to_another() -> None:
    reading = Reading(
        "press", (Turn("hello", "Ana", inferred=True), Turn("why?", role=QUESTIONER), Turn("so", "Ben"))
    )
    assert who(corrected(opening="Ben", reading=reading)) == [
        ("Ben", None),
        (None, QUESTIONER),
        ("Ben", None),
    ]


def test_speakers_that_are_inferred_throughout_leave_no_opening() -> None:
    zoom = (Turn("hello", "Ana", inferred=True), Turn("hi", "Ben", inferred=True))
    assert opening_end(zoom) == 0
    assert opening_end((Turn("hello"), *zoom)) == 1
    assert opening_end((Turn("hello"), Turn("so"))) == 2  # a file in which nobody is named
    assert opening_end(()) == 0


def test_file_without_an_unlabelled_opening_says_who_comes_first() -> None:
    reading = Reading("any", (Turn("hello", "Ana"), Turn("so")))
    with pytest.raises(QAError, match="no unlabelled opening: the first turn is by Ana"):
        corrected(opening="Ben", reading=reading)
    with pytest.raises(QAError, match="cannot be given to ' , Mayor'"):
        corrected(opening=" , Mayor")


def test_unknown_speaker_is_refused_with_the_nearest_and_all_there_are() -> None:
    with pytest.raises(NotFoundError) as caught:
        corrected(Rename("ana lopes", "Ana"))
    assert str(caught.value) == (
        "no speaker is called 'ana lopes'. Did you mean 'Ana Lopez'? The speakers are: SPEAKER_00, Ana Lopez,"
        " SPEAKER_01."
    )


def test_other_way_of_writing_a_name_is_refused_with_the_name() -> None:
    with pytest.raises(
        NotFoundError, match=r"'Ms. Lopez' was taken .* writing Ana Lopez. Rename 'Ana Lopez'"
    ):
        corrected(Rename("Ms. Lopez", "Bea Lopez"))


def test_speaker_renamed_twice_is_refused() -> None:
    with pytest.raises(QAError, match="'SPEAKER_00' is renamed twice"):
        corrected(Rename("SPEAKER_00", "Ana"), Rename("SPEAKER_00", "Ben"))


def test_many_speakers_are_not_all_listed_and_nobody_is_nobody() -> None:
    said = closest("zebra", [f"S{i:02}" for i in range(14)])
    assert said == f"The speakers are: {', '.join(f'S{i:02}' for i in range(12))} and 2 more."
    assert closest("Ana", []) == "Nobody is named there."


def test_nothing_to_correct_changes_nothing() -> None:
    assert correct(CALL, Corrections()) == CALL


NAMES = st.sampled_from(["A", "B", "C", "D"])


@given(
    names=st.lists(st.none() | NAMES, min_size=1, max_size=8),
    renames=st.dictionaries(NAMES, NAMES, max_size=4),
)
def test_turns_keep_their_words_and_what_they_were_read_as(
    names: list[str | None], renames: dict[str, str]
) -> None:
    reading = Reading("any", tuple(Turn(str(i), name) for i, name in enumerate(names)))
    present = tuple(Rename(old, new) for old, new in renames.items() if old in names)
    once = corrected(*present, reading=reading)
    assert [turn.text for turn in once.turns] == [str(i) for i in range(len(names))]
    assert [turn.speaker for turn in once.turns] == [
        renames.get(name, name) if name is not None else None for name in names
    ]
    assert once.read_as in ((), tuple((name, None) for name in names))


def test_title_and_date_are_set_and_said() -> None:
    changed = correct(CALL, Corrections(title="The  zeppelin", date="2025-04"))
    assert (changed.title, changed.date) == ("The zeppelin", "2025-04")
    assert [str(remark) for remark in changed.remarks[1:]] == [
        "The title is 'The zeppelin', as asked.",
        "The date is 2025-04, as asked.",
    ]
    assert correct(changed, Corrections(title="The zeppelin", date="2025-04")) == changed
    assert correct(changed, Corrections(date="")).date is None


@pytest.mark.parametrize(
    ("corrections", "message"),
    [
        (Corrections(title=" "), "the title is blank"),
        (Corrections(date="soon"), "'soon' is no date. Write it as 2025-04-15, 2025-04 or 2025."),
    ],
)
def test_title_or_date_that_is_none_is_refused(corrections: Corrections, message: str) -> None:
    with pytest.raises(QAError, match=message):
        correct(CALL, corrections)
