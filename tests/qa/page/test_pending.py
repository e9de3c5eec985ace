import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from qa.corrections import Corrections, Rename
from qa.page import pending
from qa.page.pending import Pending, Typed
from qa.types import Reading
from tests.conftest import ROOT

DATA = ROOT / "tests" / "data"
PANEL = (
    "1\n00:00:00,000 --> 00:00:02,000\nGood morning.\n\n"
    "2\n00:00:03,000 --> 00:00:05,000\n[SPEAKER_00]: The gate is open.\n\n"
    "3\n00:00:06,000 --> 00:00:08,000\n[Anna Holloway]: Since when is it open?\n\n"
    "4\n00:00:09,000 --> 00:00:11,000\n[Anne Holloway]: Since nine.\n"
)
TALK = "Ana: the budget is settled\nBen: nobody ordered a zeppelin\n"


Drop = Callable[..., Pending]


@pytest.fixture
def drop(tmp_path: Path) -> Iterator[Drop]:
    """Lay files where uploads lie, and read them as the page does: drop(talk__txt="Ana: hello")."""
    taken: list[Pending] = []

    def dropped(**files: str | bytes) -> Pending:
        paths = []
        for name, content in files.items():
            path = tmp_path / f"upload-{name}" / name.replace("__", ".")
            path.parent.mkdir()
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
            paths.append(path)
        taken.append(pending.take(paths))
        *_, last = pending.read(taken[-1], lambda _: False)
        return last

    yield dropped
    for one in taken:
        pending.discard(one)


def sample(name: str) -> bytes:
    return (DATA / name).read_bytes()


def names(held: Pending) -> list[str]:
    return held.candidates[0].names


def now(held: Pending) -> Reading:
    reading = held.candidates[0].now.reading
    assert reading is not None
    return reading


def test_uploads_are_moved_read_and_deleted_when_they_are_given_up(tmp_path: Path) -> None:
    upload = tmp_path / "talk.txt"
    upload.write_text(TALK)
    taken = pending.take([upload])
    ((name, lies),) = taken.uploads
    assert (name, lies.read_text(), upload.exists()) == ("talk.txt", TALK, False)
    (held,) = pending.read(taken, lambda _: True)
    assert (names(held), held.wanted, set(held.open)) == (["Ana", "Ben"], 0, {0})
    assert held.candidates[0].there  # so there is nothing to add
    pending.give_up(replace(held, adding=True))
    assert lies.exists()  # adding goes on without its visitor
    pending.give_up(held)
    assert not lies.exists()
    pending.discard(held)  # twice does no harm
    pending.give_up(None)


def test_reading_stops_when_it_is_told_to(tmp_path: Path) -> None:
    paths = [tmp_path / "a.txt", tmp_path / "b.txt"]
    for path in paths:
        path.write_text(TALK)
    taken = pending.take(paths)
    steps = pending.read(taken, lambda _: False)
    assert len(next(steps).candidates) == 1
    taken.stop.set()
    assert list(steps) == []
    pending.discard(taken)


def test_archive_is_unpacked_and_what_is_no_transcript_there_is_named(drop: Drop, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "old.zip", "w") as archive:
        for number in range(4):
            archive.writestr(f"{number}.txt", TALK + f"Ana: this is number {number}\n")
        archive.writestr("notes.md", "Shopping\n\nmilk and a long loaf of nothing in particular\n")
    held = drop(old__zip=(tmp_path / "old.zip").read_bytes())
    assert [one.read.name for one in held.candidates] == [f"old.zip/{number}.txt" for number in range(4)]
    assert held.passed_over == ("old.zip/notes.md",)
    assert held.open == frozenset()  # of more than three, a list comes first


def test_typed_names_are_taken_together_so_that_two_can_be_swapped(drop: Drop) -> None:
    held = drop(talk__txt=TALK)
    held = pending.with_typed(held, [Typed(0, "Ana", "Ben"), Typed(0, "Ben", " Ana "), Typed(7, "Ana", "X")])
    assert [turn.speaker for turn in now(held).turns] == ["Ben", "Ana"]
    read = held.candidates[0].read.reading
    assert read is not None
    assert [turn.speaker for turn in read.turns] == ["Ana", "Ben"]
    assert pending.with_typed(held, [Typed(0, "Ana", "\u200b "), Typed(0, "Ana", "Ana")]) == held


def test_title_and_date_can_be_put_right_and_taken_back(drop: Drop) -> None:
    held = drop(talk__txt=TALK)
    assert (now(held).title, now(held).date) == ("Talk", None)
    told = pending.with_typed(
        held, [Typed(0, None, " The budget ", "title"), Typed(0, None, "15 April 2025", "date")]
    )
    assert (now(told).title, now(told).date) == ("The budget", "2025-04-15")
    assert now(told).warnings == ("The title is 'The budget', as asked.", "The date is 2025-04-15, as asked.")
    assert now(pending.with_typed(told, [Typed(0, None, "", "date")])).date is None
    assert now(pending.undone(pending.undone(told, 0), 0)) == now(held)
    wrong = pending.with_typed(
        told, [Typed(0, None, "last week", "date"), Typed(0, None, "Gates", "title"), Typed(0, "Ana", "Zoe")]
    )
    assert (now(wrong).title, names(wrong)) == ("Gates", ["Zoe", "Ben"])  # whatever else fits is kept
    assert (now(wrong).date, wrong.candidates[0].problem) == (
        "2025-04-15",
        "talk.txt: 'last week' is no date. Write it as 2025-04-15, 2025-04 or 2025.",
    )


def test_name_that_does_not_fit_is_a_problem_and_changes_nothing(drop: Drop) -> None:
    held = drop(talk__txt=TALK)
    wrong = pending.with_typed(held, [Typed(0, "Zoe", "Ana")])
    assert names(wrong) == ["Ana", "Ben"]
    assert wrong.candidates[0].problem == (
        "talk.txt: no speaker is called 'Zoe'. The speakers are: Ana, Ben."
    )
    long = pending.with_typed(held, [Typed(0, "Ana", "x" * 301)])
    assert long.candidates[0].problem == "A name or title has at most 300 letters."
    mended = pending.with_typed(wrong, [Typed(0, "Ana", "Ana Lopez")])
    assert (names(mended), mended.candidates[0].problem) == (["Ana Lopez", "Ben"], None)


def test_changes_follow_one_another_and_the_last_can_be_taken_back(drop: Drop) -> None:
    held = drop(panel__srt=PANEL)
    assert [one.kind for one in held.candidates[0].suggestions] == ["opening", "name", "merge"]
    held = pending.with_typed(held, [Typed(0, "SPEAKER_00", "Zoe Wills"), Typed(0, None, "Zoe Wills")])
    held = pending.changed(held, 0, Corrections((Rename("Anne Holloway", "Anna Holloway"),)))
    assert names(held) == ["Zoe Wills", "Anna Holloway"]
    assert now(held).turns[0].speaker == "Zoe Wills"
    assert held.candidates[0].suggestions == ()  # nor is the user asked again about the opening they gave
    held = pending.undone(held, 0)
    assert names(held) == ["Zoe Wills", "Anna Holloway", "Anne Holloway"]
    held = pending.undone(held, 0)
    assert held.candidates[0].now == held.candidates[0].read
    assert pending.undone(held, 0) == held


def test_ambiguous_dates_are_read_as_the_user_says_and_changes_are_made_again(drop: Drop) -> None:
    held = drop(chat__txt=sample("whatsapp_ambiguous_dates.txt"))
    assert held.wanted == 0
    options = held.candidates[0].options
    held = pending.reread(held, 0, pending.with_date_order(options, "day-first"))
    assert now(held).date == "2023-04-01"
    held = pending.with_typed(held, [Typed(0, "Maren", "Maren Holt")])
    held = pending.reread(held, 0, pending.with_date_order(options, "month-first"))
    assert now(held).date == "2023-01-04"
    assert names(held) == ["Maren Holt", "Idris"]
    assert pending.with_date_order(options, "sideways") == options


def test_columns_of_a_table_are_offered_and_read_as_chosen(drop: Drop) -> None:
    held = drop(turns__csv=sample("unknown_columns.csv"), other__txt=TALK)
    one = held.candidates[0]
    assert one.now.reading is None
    assert one.columns == (("who", "speaker"), ("utt", "text"), ("t0", "start"))
    given = {"text": "utt", "speaker": "who", "start": "t0", "unit": "ms", "act": "columns"}
    options = pending.with_columns(one.options, given)
    assert options.columns == {"text": "utt", "speaker": "who", "start": "t0:ms"}
    held = pending.reread(held, 0, options)
    assert [turn.start for turn in now(held).turns] == [0.5, 4.2]
    wrong = pending.reread(held, 0, pending.with_columns(one.options, {"text": "gone"}))
    assert wrong.candidates[0].columns == one.columns  # to choose again
    none = pending.reread(held, 0, pending.with_columns(one.options, {"text": ""}))
    assert none.candidates[0].now.reading is None
    assert none.candidates[0].columns == one.columns


def test_times_of_an_unclear_unit_come_with_their_columns(drop: Drop) -> None:
    held = drop(unit__csv=sample("unit_unclear.csv"))
    assert held.candidates[0].columns == (
        ("text", "text"), ("speaker", "speaker"), ("start", "start"),
    )  # fmt: skip


def test_recording_stays_with_its_transcript_when_that_is_read_again(drop: Drop) -> None:
    held = drop(turns__csv=sample("unknown_columns.csv"), turns__mp3=b"sound")
    given = {"text": "utt", "speaker": "who", "start": "t0", "unit": "ms"}
    held = pending.reread(held, 0, pending.with_columns(held.candidates[0].options, given))
    recording = held.candidates[0].now.recording
    assert recording is not None
    assert recording.name == "turns.mp3"


def test_what_is_there_already_is_wanted_only_for_its_recording(tmp_path: Path) -> None:
    talk, sound = tmp_path / "talk.vtt", tmp_path / "talk.mp3"
    talk.write_text("WEBVTT\n\n00:00.000 --> 00:02.000\n<v SPEAKER_00>hello there\n")
    sound.write_bytes(b"sound")
    taken = pending.take([talk, sound])
    (held,) = pending.read(taken, lambda _: True)
    assert (held.wanted, held.candidates[0].suggestions) == (1, ())
    assert pending.reread(held, 0, held.candidates[0].options).candidates[0].there
    pending.discard(taken)


def test_file_that_went_away_cannot_be_read_again(drop: Drop) -> None:
    held = drop(chat__txt=sample("whatsapp_ambiguous_dates.txt"))
    pending.discard(held)
    held = pending.reread(held, 0, pending.with_date_order(held.candidates[0].options, "day-first"))
    assert held.candidates[0].now.refusal == "chat.txt: There is no such file. Check the name."


def test_file_can_be_left_out_and_taken_in_again(drop: Drop) -> None:
    held = drop(talk__txt=TALK, broken__txt="Ana: hello\nand so on\n")
    assert (held.wanted, len(held.handed_over)) == (1, 2)
    without = pending.left_out(held, 0)
    assert (without.wanted, [one.name for one in without.handed_over]) == (0, ["broken.txt"])
    assert pending.left_out(without, 0) == held
    assert pending.looked_at(held, 1).open == {0}
