from qa.inspection import SpeakerCount, Stretch, inspect, inspection_json
from qa.suggestions import Suggestion, is_generic
from qa.types import QUESTIONER, Reading, Remark, RemarkKind, TimeKind, Turn

LEFT_OUT = Remark(RemarkKind.DROPPED, "Reactions left out: 2.", (4, 9))
MEETING = Reading(
    "webvtt",
    (
        Turn("Welcome to all of you who came here today.", start=1.0, end=4.0),
        Turn("Good morning.", "Ana Lopez", "Mayor", 4.0, 6.5),
        Turn("Why?", role=QUESTIONER, start=7.0),
        Turn("Because.", "Ana Lopez", start=8.0, end=9.25),
        Turn("One two three four five six seven eight.", "Ben Marsh"),
        Turn("Yes.", "Ben Marsh", inferred=True),
        Turn("And so on.", start=10.0),
    ),
    TimeKind.MEDIA,
    "Council",
    "2025-03-04",
    remarks=(LEFT_OUT,),
    recognised="the first line is WEBVTT",
    encoding="UTF-8",
    aliases=(("Mayor Lopez", "Ana Lopez"), ("A. Lopez", "Ana Lopez")),
)


def test_everything_is_counted() -> None:
    found = inspect(MEETING)
    assert (found.format, found.recognised, found.encoding) == ("webvtt", "the first line is WEBVTT", "UTF-8")
    assert (found.title, found.date, found.time_kind) == ("Council", "2025-03-04", TimeKind.MEDIA)
    assert found.turns == 7
    assert found.words == 9 + 2 + 1 + 1 + 8 + 1 + 3
    assert found.duration == 9.0  # from 1.0 to 10.0
    assert found.inferred == 1
    assert found.remarks == (LEFT_OUT,)


def test_speakers_come_with_roles_aliases_and_counts_the_most_turns_first() -> None:
    assert inspect(MEETING).speakers == (
        SpeakerCount("Ana Lopez", ("Mayor",), ("Mayor Lopez", "A. Lopez"), 2, 3),
        SpeakerCount("Ben Marsh", (), (), 2, 9),
        SpeakerCount(None, (QUESTIONER,), (), 1, 1),
    )


def test_runs_of_turns_without_time_or_name_start_with_their_words() -> None:
    found = inspect(MEETING)
    assert found.untimed == (Stretch(5, 6, "One two three four five six seven eight."),)
    assert found.unlabelled == (
        Stretch(1, 1, "Welcome to all of you who came here…"),
        Stretch(7, 7, "And so on."),
    )


def test_transcript_without_times_has_no_duration_and_is_untimed_throughout() -> None:
    found = inspect(Reading("plain", (Turn("Hello.", "Ana"), Turn("Yes.", "Ben"))))
    assert (found.duration, found.untimed, found.unlabelled) == (None, (Stretch(1, 2, "Hello."),), ())


def test_transcript_in_which_nobody_speaks_is_inspected_too() -> None:
    found = inspect(Reading("plain", ()))
    assert (found.turns, found.words, found.speakers, found.suggestions) == (0, 0, (), ())


def test_json_form_has_plain_values() -> None:
    form = inspection_json(inspect(MEETING))
    speakers, remarks, suggestions = form.pop("speakers"), form.pop("remarks"), form.pop("suggestions")
    assert form == {
        "format": "webvtt",
        "recognised": "the first line is WEBVTT",
        "encoding": "UTF-8",
        "title": "Council",
        "date": "2025-03-04",
        "time_kind": "media",
        "turns": 7,
        "words": 25,
        "duration": 9.0,
        "untimed": [{"first": 5, "last": 6, "words": "One two three four five six seven eight."}],
        "unlabelled": [
            {"first": 1, "last": 1, "words": "Welcome to all of you who came here…"},
            {"first": 7, "last": 7, "words": "And so on."},
        ],
        "inferred": 1,
    }
    assert speakers[0] == {
        "name": "Ana Lopez",
        "roles": ["Mayor"],
        "aliases": ["Mayor Lopez", "A. Lopez"],
        "turns": 2,
        "words": 3,
    }
    assert remarks == [{"kind": "dropped", "message": "Reactions left out: 2.", "lines": [4, 9]}]
    assert suggestions == [
        {
            "kind": "opening",
            "message": "Nobody is named for the opening.",
            "speakers": [],
            "option": "--opening 'Ana Lopez'",
        }
    ]


# --- suggestions -----------------------------------------------------------------------------------------


def suggested(*names: str) -> list[tuple[str, tuple[str, ...], str]]:
    """Return kind, speakers and option for a meeting of these speakers, the first of whom speaks most."""
    turns = [Turn("Yes.", name) for place, name in enumerate(names) for _ in range(len(names) - place)]
    found = inspect(Reading("plain", tuple(turns))).suggestions
    return [(one.kind, one.speakers, one.option) for one in found]


def test_labels_are_told_from_names() -> None:
    for label in (
        "SPEAKER_00", "Speaker 1", "speaker", "spk_0", "Spkr-2", "Unknown", "Unknown Speaker", "unidentified",
        "Participant B", "Guest 12", "A", "Channel 0", "User #3",
    ):  # fmt: skip
        assert is_generic(label), label
    for name in (
        "Ana Lopez",
        "Speaker Johnson",
        "A. Lopez",
        "Al",
        "Ann",
        "Guest House",
        "Person of Interest",
    ):
        assert not is_generic(name), name


def test_labels_are_to_be_named() -> None:
    assert suggested("SPEAKER_00", "Ana Lopez", "SPEAKER_01") == [
        ("name", ("SPEAKER_00",), "--rename 'SPEAKER_00=Ana Lopez'"),
        ("name", ("SPEAKER_01",), "--rename 'SPEAKER_01=Ana Lopez'"),
    ]


def test_two_spellings_of_a_name_are_to_be_one_the_more_frequent_stays() -> None:
    def merge(kept: str, given_up: str) -> list[tuple[str, tuple[str, ...], str]]:
        return [("merge", (given_up, kept), f"--rename '{given_up}={kept}'")]

    assert suggested("Ana Lopez", "Ana Lopz") == merge("Ana Lopez", "Ana Lopz")  # a letter short
    assert suggested("Ana Lopes", "Ana Lopez") == merge("Ana Lopes", "Ana Lopez")  # another letter
    assert suggested("Ana López", "ANA LOPEZ") == merge("Ana López", "ANA LOPEZ")  # accents and capitals
    assert suggested("Ana Lopez", "Ana Lopez (she/her)") == merge("Ana Lopez", "Ana Lopez (she/her)")
    assert suggested("Rutte", "Mark Rutte") == merge("Mark Rutte", "Rutte")  # the full name stays
    assert suggested("Mark", "Mark Rutte") == merge("Mark Rutte", "Mark")


def test_different_people_are_left_alone() -> None:
    assert suggested("Ana Lopez", "Ben Marsh", "Eva", "Ava") == []  # short names differ by a letter for good
    assert suggested("Room 101 A", "Room 102 A") == []  # a digit is no slip
    assert suggested("Rutte", "Mark Rutte", "Joan Rutte") == []  # whose surname is it?


def test_quotation_marks_in_a_name_are_safe_in_a_shell() -> None:
    assert suggested("Ana O'Neil", "Ana O'Neill")[0][2] == r"--rename 'Ana O'\''Neill=Ana O'\''Neil'"


def test_opening_that_was_given_to_someone_can_be_given_to_another() -> None:
    turns = (Turn("Thank you.", "Ana Lopez", inferred=True), Turn("Why?", "Ben Marsh"))
    (found,) = inspect(Reading("press", turns)).suggestions
    assert found == Suggestion(
        "opening",
        "The opening was given to Ana Lopez; the file does not say who speaks there.",
        ("Ana Lopez",),
        "--opening 'Ana Lopez'",
    )


def test_transcript_without_any_names_wants_no_opening() -> None:
    assert inspect(Reading("srt", (Turn("One.", start=1.0), Turn("Two.")), TimeKind.MEDIA)).suggestions == ()


def test_suggestions_for_ten_thousand_speakers_take_no_time() -> None:
    turns = tuple(Turn("Yes.", f"Person Number{chr(97 + n % 26)} {n}") for n in range(10_000))
    assert inspect(Reading("plain", turns)).turns == 10_000  # quadratic work would take minutes
