import gzip
import sqlite3
from datetime import datetime
from pathlib import Path

import pytest

from qa.errors import NotFoundError
from qa.judgments import Asked, filter_from, filter_json
from qa.library import Library
from qa.retrieval import Filter
from tests.conftest import COUNCIL, HARBOUR, ROOT, WordEncoder, id_of, put
from tests.qa.test_crashes import traces

WHO = Asked("Who ordered the zeppelin?")
WHY = Asked("And why?", ("And why?", "Who ordered the zeppelin? And why?"))
COUNCIL_ID, HARBOUR_ID = id_of(*COUNCIL), id_of(*HARBOUR)
ANSWER = f"{COUNCIL_ID}:00002"


def named(*speakers: str) -> Filter:
    return Filter(speakers=frozenset(speakers))


def test_judgments_are_kept_by_question_and_turn(filled: Library) -> None:
    judgments = filled.judgments
    judgments.judge(WHO, ANSWER, 1)
    judgments.judge(WHO, f"{HARBOUR_ID}:00000", 0)
    judgments.judge(WHY, ANSWER, 0)
    who, why = judgments.all()
    assert (who.asked, who.gains, who.unanswerable) == (WHO, {ANSWER: 1, f"{HARBOUR_ID}:00000": 0}, None)
    assert (why.asked, why.gains, why.asked.resolved) == (
        WHY, {ANSWER: 0}, "Who ordered the zeppelin? And why?",
    )  # fmt: skip
    assert datetime.fromisoformat(who.judged) <= datetime.fromisoformat(why.judged)
    assert judgments.of(WHY) == why
    assert judgments.of(Asked("And why?")) is None  # without what it follows it is another question


def test_last_judgment_counts_and_can_be_taken_back(filled: Library) -> None:
    judgments = filled.judgments
    for gain in (1, 0, 3):
        judgments.judge(WHO, ANSWER, gain)
    (who,) = judgments.all()
    assert who.gains == {ANSWER: 3}
    judgments.judge(WHO, f"{HARBOUR_ID}:00000", 0)
    assert [one.id for one in judgments.all()] == [who.id]
    judgments.judge(WHO, ANSWER, None)
    judgments.judge(WHO, ANSWER, None)
    assert [one.gains for one in judgments.all()] == [{f"{HARBOUR_ID}:00000": 0}]
    judgments.judge(WHO, f"{HARBOUR_ID}:00000", None)
    assert judgments.all() == []


def test_within_another_filter_it_is_another_question(filled: Library) -> None:
    judgments = filled.judgments
    within = Asked(WHO.question, within=Filter(transcripts=frozenset({COUNCIL_ID}), since="2025"))
    judgments.judge(WHO, ANSWER, 1)
    judgments.judge(within, ANSWER, 0)
    assert [one.gains[ANSWER] for one in judgments.all()] == [1, 0]
    found = judgments.of(within)
    assert found is not None
    assert found.asked == within


def test_nothing_answers_and_this_is_the_passage_exclude_each_other(filled: Library) -> None:
    judgments = filled.judgments
    judgments.confirm(WHO, True)
    (who,) = judgments.all()
    assert (who.unanswerable, who.gains) == (True, {})
    judgments.judge(WHO, f"{HARBOUR_ID}:00000", 0)  # which does not contradict it
    assert [one.unanswerable for one in judgments.all()] == [True]
    judgments.judge(WHO, ANSWER, 1)
    assert [one.unanswerable for one in judgments.all()] == [None]
    judgments.confirm(WHO, True)
    assert [(one.unanswerable, one.gains) for one in judgments.all()] == [(True, {f"{HARBOUR_ID}:00000": 0})]
    judgments.confirm(WHO, False)
    judgments.judge(WHO, ANSWER, 1)
    assert [one.unanswerable for one in judgments.all()] == [False]
    judgments.judge(WHO, ANSWER, None)
    judgments.judge(WHO, f"{HARBOUR_ID}:00000", None)
    judgments.confirm(WHO, None)
    judgments.confirm(WHY, None)
    assert judgments.all() == []


@pytest.mark.parametrize(
    "turn", [f"{COUNCIL_ID}:00003", "0123456789ab:00000", "nothing", f"{COUNCIL_ID}:9223372036854775808"]
)
def test_turn_that_is_not_there_is_refused_and_nothing_is_noted(filled: Library, turn: str) -> None:
    with pytest.raises(NotFoundError, match=turn):
        filled.judgments.judge(WHO, turn, 1)
    assert filled.judgments.all() == []


def test_caller_s_mistakes_are_value_errors(filled: Library) -> None:
    with pytest.raises(ValueError, match="the gain is -1"):
        filled.judgments.judge(WHO, ANSWER, -1)
    with pytest.raises(ValueError, match="needs words"):
        Asked(" ")


def test_what_no_file_can_hold_is_replaced(filled: Library) -> None:
    asked = Asked("Who\ud800 \0\n  asked?", ("Who?", "a\ud83d\nb"))
    assert (asked.question, asked.searched) == ("Who? \ufffd asked?", ("Who?", "a? b"))
    filled.judgments.judge(asked, ANSWER, 1)
    assert filled.judgments.of(asked) is not None


def test_filter_is_read_back_and_a_strange_one_refused() -> None:
    whole = Filter(frozenset("ba"), frozenset("x"), frozenset("y"), "2025", "2026-01-01")
    assert filter_json(whole) == {
        "transcripts": ["a", "b"], "speakers": ["x"], "roles": ["y"], "since": "2025", "until": "2026-01-01",
    }  # fmt: skip
    assert filter_from(filter_json(whole)) == whole
    assert filter_from(filter_json(Filter())) == Filter()
    with pytest.raises(ValueError, match="roles, since, speaker cannot be read"):
        filter_from({"speaker": ["x"], "roles": "y", "since": 2025})


def test_clear_leaves_nothing_in_any_file(filled: Library) -> None:
    filled.judgments.judge(Asked("Who ordered the rare000001x?"), ANSWER, 1)
    filled.judgments.confirm(WHY, True)
    assert filled.judgments.clear() == 2
    assert filled.judgments.all() == []
    assert traces(filled.folder, {1}) == []
    assert filled.judgments.clear() == 0


# --- when the library changes ----------------------------------------------------------------------------


def test_removed_transcript_takes_its_judgments_and_questions_along(filled: Library) -> None:
    judgments = filled.judgments
    judgments.judge(Asked("Where is rare000002x?"), ANSWER, 1)
    judgments.judge(WHO, ANSWER, 1)
    judgments.judge(WHO, f"{HARBOUR_ID}:00000", 0)
    judgments.confirm(WHY, True)
    judgments.confirm(Asked("In rare000003x?", within=Filter(transcripts=frozenset({COUNCIL_ID}))), True)
    both = Asked("In both?", within=Filter(transcripts=frozenset({COUNCIL_ID, HARBOUR_ID})))
    judgments.confirm(both, True)
    filled.remove(COUNCIL_ID)
    assert [(one.asked.question, one.gains) for one in judgments.all()] == [
        ("Who ordered the zeppelin?", {f"{HARBOUR_ID}:00000": 0}),
        ("And why?", {}),
        ("In both?", {}),
    ]
    assert judgments.all()[2].asked.within == Filter(transcripts=frozenset({HARBOUR_ID}))
    assert traces(filled.folder, {2, 3}) == []


def test_filter_by_people_who_are_gone_goes_with_the_last_of_them(filled: Library) -> None:
    judgments = filled.judgments
    judgments.confirm(Asked("Ana?", within=named("Ana")), True)
    judgments.confirm(Asked("Ana or Cy?", within=named("Ana", "Cy")), True)
    judgments.confirm(Asked("Asked?", within=Filter(roles=frozenset({"questioner", "Mayor"}))), True)
    judgments.confirm(
        Asked("Any?", within=Filter(speakers=frozenset({"Cy"}), roles=frozenset({"Mayor"}))), True
    )
    filled.remove(COUNCIL_ID)
    assert [(one.asked.question, one.asked.within) for one in judgments.all()] == [
        ("Ana or Cy?", named("Cy")),
        ("Any?", named("Cy")),
    ]


def test_judgments_outlive_a_renaming_also_in_their_filters(filled: Library) -> None:
    judgments = filled.judgments
    judgments.judge(Asked("What held?", within=named("Cy")), f"{HARBOUR_ID}:00000", 1)
    filled.rename_speaker("Cy", "Cyrus Vane")
    found = judgments.of(Asked("What held?", within=named("Cyrus Vane")))
    assert found is not None
    assert found.gains == {f"{HARBOUR_ID}:00000": 1}


def test_questions_that_become_one_by_a_merge_are_one(filled: Library) -> None:
    judgments = filled.judgments
    judgments.judge(Asked("What held?", within=named("Cy")), f"{HARBOUR_ID}:00000", 1)
    judgments.judge(Asked("What held?", within=named("Dee")), f"{HARBOUR_ID}:00000", 0)
    judgments.judge(Asked("What held?", within=named("Dee")), f"{HARBOUR_ID}:00001", 0)
    filled.rename_speaker("Cy", "Dee", merge=True)
    (one,) = judgments.all()
    assert one.asked.within == named("Dee")
    assert one.gains == {f"{HARBOUR_ID}:00000": 0, f"{HARBOUR_ID}:00001": 0}
    # The id of the one that went can be given again, and is drawn anew when it is taken.
    judgments.judge(Asked("What held?", within=named("Cy")), f"{HARBOUR_ID}:00001", 1)
    assert len({one.id for one in judgments.all()}) == 2


def test_question_asked_within_a_name_that_somebody_has_again_gets_an_id_of_its_own(filled: Library) -> None:
    judgments = filled.judgments
    judgments.judge(Asked("What held?", within=named("Cy")), f"{HARBOUR_ID}:00000", 1)
    filled.rename_speaker("Cy", "Cyrus")
    filled.rename_speaker("Dee", "Cy")
    judgments.judge(Asked("What held?", within=named("Cy")), f"{HARBOUR_ID}:00001", 1)
    assert [sorted(one.asked.within.speakers or ()) for one in judgments.all()] == [["Cyrus"], ["Cy"]]
    assert len({one.id for one in judgments.all()}) == 2


def test_new_version_of_a_file_keeps_what_was_judged_of_the_same_words(library: Library) -> None:
    path = Path("/talks/standup.txt")
    old = put(library, *COUNCIL, path=path)
    for position, gain in ((0, 1), (2, 1)):
        library.judgments.judge(WHO, f"{old}:{position:05d}", gain)
    library.judgments.judge(Asked("Here?", within=Filter(transcripts=frozenset({old}))), f"{old}:00001", 0)
    new = put(library, "Eve: good morning", *COUNCIL[:2], "Ben: the fog lifted", path=path)
    assert [(one.asked.question, one.gains) for one in library.judgments.all()] == [
        ("Who ordered the zeppelin?", {f"{new}:00001": 1}),  # what Ben said is gone
        ("Here?", {f"{new}:00002": 0}),
    ]
    assert library.judgments.all()[1].asked.within == Filter(transcripts=frozenset({new}))


def test_old_version_that_another_file_still_holds_keeps_its_judgments(library: Library) -> None:
    old = put(library, *COUNCIL, path=Path("/talks/a.txt"))
    put(library, *COUNCIL, path=Path("/talks/b.txt"))
    library.judgments.judge(WHO, f"{old}:00002", 1)
    put(library, "Eve: good morning", *COUNCIL, path=Path("/talks/a.txt"))
    assert [one.gains for one in library.judgments.all()] == [{f"{old}:00002": 1}]


def test_what_is_judged_in_the_new_version_already_stays(library: Library) -> None:
    new = put(library, "Eve: good morning", *COUNCIL, path=Path("/talks/b.txt"))
    old = put(library, *COUNCIL, path=Path("/talks/a.txt"))
    library.judgments.judge(WHO, f"{new}:00003", 0)
    library.judgments.judge(WHO, f"{old}:00002", 1)
    assert put(library, "Eve: good morning", *COUNCIL, path=Path("/talks/a.txt")) == new
    assert [one.gains for one in library.judgments.all()] == [{f"{new}:00003": 0}]


# --- libraries of other versions -------------------------------------------------------------------------


def test_library_made_before_there_were_judgments_opens_with_all_it_had(tmp_path: Path) -> None:
    """The file was made by the last version without judgments: two transcripts, Cy renamed to Cyrus Vane."""
    packed = ROOT / "tests/data/library/before_judgments.sqlite.gz"
    (tmp_path / "library.sqlite").write_bytes(gzip.decompress(packed.read_bytes()))
    with Library(tmp_path, WordEncoder(width=64)) as library:
        assert {entry.id: entry.turns for entry in library.entries()} == {COUNCIL_ID: 3, HARBOUR_ID: 2}
        assert [turn.speaker for turn in library.transcript(HARBOUR_ID).turns] == ["Cyrus Vane", "Dee"]
        assert library.transcript(COUNCIL_ID).date == "2025-04-15"
        assert library.retrieve("nobody ordered one", 1)[0].turn_id == ANSWER
        assert library.judgments.all() == []
        library.judgments.judge(WHO, ANSWER, 1)
    with Library(tmp_path, WordEncoder(width=64)) as library:
        assert [one.gains for one in library.judgments.all()] == [{ANSWER: 1}]


def test_older_version_that_removes_or_renames_leaves_nothing_behind(filled: Library) -> None:
    """It knows the tables of its time only, and turns foreign keys on as this one does."""
    filled.judgments.judge(WHO, ANSWER, 1)
    filled.judgments.judge(Asked("What held?", within=named("Cy")), f"{HARBOUR_ID}:00000", 1)
    filled.close()
    older = sqlite3.connect(filled.folder / "library.sqlite")
    older.execute("pragma foreign_keys = on")
    older.execute("delete from transcripts where id = ?", (COUNCIL_ID,))
    older.execute("update speakers set name = 'Cyrus', aliases = '[\"Cy\"]' where name = 'Cy'")
    older.commit()
    older.close()
    with Library(filled.folder, WordEncoder()) as library:
        assert [(one.asked.question, one.asked.within) for one in library.judgments.all()] == [
            ("What held?", named("Cyrus"))
        ]
