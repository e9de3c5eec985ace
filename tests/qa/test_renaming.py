"""Renaming and merging speakers: who says what afterwards, what is embedded again, what others see of it."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embeddings import Vectors
from qa.corrections import Corrections, Rename, correct
from qa.errors import LibraryError, NotFoundError, QAError
from qa.filters import make_filter
from qa.indexes import pack
from qa.library import Library
from qa.passages import Passage, own_texts
from qa.rebuilding import rebuild
from qa.renaming import Renamed
from qa.retrieval import ClusteredView, Filter
from qa.speakers import SpeakerEntry
from qa.types import QUESTIONER, Reading, Turn
from tests.conftest import WordEncoder, id_of, put, reading_of
from tests.qa.test_index_files import named as named_segments
from tests.qa.test_index_files import saved_ids
from tests.qa.test_index_keeping import NARROW, STEPS, check_answers, work
from tests.qa.test_indexes import shrink, talk
from tests.qa.test_library import files_holding, generation_of, rows_of

TALK = (
    "SPEAKER_00: the zeppelin came",
    "Question: whose was it?",
    "Ana, Mayor: nobody knows",
    "SPEAKER_00: so it was ours",
    "SPEAKER_01: indeed",
)
OTHER = ("SPEAKER_00: another zeppelin altogether", "Ben: maybe")

Who = tuple[str | None, str | None]


def who(library: Library, transcript_id: str) -> list[Who]:
    return [(turn.speaker, turn.role) for turn in library.transcript(transcript_id).turns]


def check_vectors(library: Library) -> None:
    """Check that every passage is embedded and indexed under the name that its turn has now."""
    encoder = WordEncoder(library.encoder.name, library.encoder.dim)
    transcripts = {entry.id: library.transcript(entry.id) for entry in library.entries()}
    for id_, position, start, end, vector in rows_of(
        library, "passages", "transcript_id, position, start, end, vector"
    ):
        transcript = transcripts[id_]
        (text,) = own_texts([transcript.turns[position]], [Passage(0, start, end)], transcript.date)
        assert vector == pack(encoder.encode_queries([text])[0]), text
    check_answers(library)


@pytest.fixture
def other(library: Library) -> Iterator[Library]:
    """The same folder as another process sees it."""
    with Library(library.folder, WordEncoder()) as opened:
        yield opened


# --- renaming --------------------------------------------------------------------------------------------


def test_renamed_speaker_is_found_by_the_new_name_under_the_same_links(library: Library) -> None:
    first, second = put(library, *TALK), put(library, *OTHER)
    before = library.transcript(first)
    done = library.rename_speaker("SPEAKER_00", "Cy Young", role="Pilot", transcript_id=first)
    assert done == Renamed(2, 1, "SPEAKER_00", "Cy Young", "Pilot")
    young = ("Cy Young", "Pilot")
    assert who(library, first) == [young, (None, QUESTIONER), ("Ana", "Mayor"), young, ("SPEAKER_01", None)]
    assert who(library, second) == [("SPEAKER_00", None), ("Ben", None)]
    after = library.transcript(first)
    assert [turn.text for turn in after.turns] == [turn.text for turn in before.turns]
    links = {f"{first}:00000", f"{first}:00003"}
    assert {hit.turn_id for hit in library.retrieve("cy young", 2)} == links
    assert library.entries()[0].speakers in {("Cy Young", "Ana", "SPEAKER_01"), ("SPEAKER_00", "Ben")}
    check_vectors(library)


def test_only_turns_under_the_name_are_embedded_again(library: Library, encoder: WordEncoder) -> None:
    put(library, *TALK)
    put(library, *OTHER)
    before = encoder.encoded
    library.rename_speaker("SPEAKER_00", "Cy Young")
    assert encoder.encoded == before + 3
    library.rename_speaker("Cy Young", "Cy Young", role="Pilot")
    assert encoder.encoded == before + 3  # the role is not among the words
    assert {hit.turn_id for hit in library.retrieve("zeppelin", 9, Filter(roles=frozenset({"Pilot"})))} == {
        f"{id_of(*TALK)}:00000", f"{id_of(*TALK)}:00003", f"{id_of(*OTHER)}:00000",
    }  # fmt: skip
    check_vectors(library)


def test_same_words_are_embedded_once_and_progress_is_told(library: Library, encoder: WordEncoder) -> None:
    put(library, *["Ana: yes"] * 4, "Ana: no")
    steps: list[tuple[int, int]] = []
    before = encoder.encoded
    done = library.rename_speaker("Ana", "Bea", progress=lambda *step: steps.append(step))
    assert (done.turns, encoder.encoded - before, steps) == (5, 2, [(2, 2)])
    check_vectors(library)


def test_long_turns_keep_their_passages(library: Library) -> None:
    put(library, "Ana: " + "word " * 99 + "end. " + "more " * 120 + "stop.", "Ben: hello")
    before = rows_of(library, "passages", "position, start, end")
    library.rename_speaker("Ana", "Bea")
    assert rows_of(library, "passages", "position, start, end") == before
    check_vectors(library)


def test_many_texts_are_embedded_in_parts(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.renaming._AT_ONCE", 3)
    for number in range(5):
        put(library, *[f"Ana: {number} and {turn}" for turn in range(2)])
    steps: list[tuple[int, int]] = []
    assert library.rename_speaker("Ana", "Bea", progress=lambda *step: steps.append(step)).turns == 10
    assert steps == [(4, 10), (8, 10), (10, 10)]
    check_vectors(library)


def test_renaming_everywhere_reaches_every_transcript(library: Library) -> None:
    ids = [put(library, *TALK), put(library, *OTHER)]
    assert library.rename_speaker("SPEAKER_00", "Cy") == Renamed(3, 2, "SPEAKER_00", "Cy", None)
    assert [who(library, id_)[0] for id_ in ids] == [("Cy", None)] * 2


def test_old_name_still_finds_the_person(library: Library) -> None:
    first, second = put(library, *TALK), put(library, *OTHER)
    library.rename_speaker("SPEAKER_00", "Cy", transcript_id=first)
    # Somebody has the name in another transcript, and is who is meant, unless the first is asked for.
    assert make_filter(library, [], ["speaker_00"]).speakers == frozenset({"SPEAKER_00"})
    assert make_filter(library, [first], ["SPEAKER_00"]).speakers == frozenset({"Cy"})
    assert make_filter(library, [second], ["SPEAKER_00"]).speakers == frozenset({"SPEAKER_00"})
    library.rename_speaker("SPEAKER_00", "Dee", transcript_id=second)
    assert make_filter(library, [], ["SPEAKER_00"]).speakers == frozenset({"Cy", "Dee"})
    with pytest.raises(NotFoundError, match="no speaker is called 'SPEAKER_02'"):
        make_filter(library, [], ["SPEAKER_00", "SPEAKER_02"])


def test_renaming_by_an_old_name_means_whoever_had_it(library: Library) -> None:
    id_ = put(library, *OTHER)
    library.rename_speaker("SPEAKER_00", "Cy")
    assert library.rename_speaker("SPEAKER_00", "Dee").turns == 1
    assert who(library, id_)[0] == ("Dee", None)
    assert library.rename_speaker("SPEAKER_00", "Dee") == Renamed(0, 0, "Dee", "Dee", None)
    (dee,) = (one for one in library.speakers() if one.name == "Dee")
    assert dee.aliases == ("SPEAKER_00", "Cy")


def test_case_and_accents_do_not_matter_when_one_person_fits(library: Library) -> None:
    put(library, "Zoë: hello", "ANA: hi")
    assert library.rename_speaker(" zoe ", "Zoe").turns == 1
    assert library.rename_speaker("ana", "Ana").turns == 1


def test_renaming_back_leaves_everything_as_it_was(library: Library) -> None:
    id_ = put(library, *TALK)
    people, speakers = rows_of(library, "speakers"), library.speakers()
    vectors = rows_of(library, "passages", "transcript_id, position, vector")
    library.rename_speaker("SPEAKER_00", "Cy", role="Pilot")
    library.rename_speaker("Cy", "Cy Young")
    assert library.rename_speaker("Cy Young", "SPEAKER_00").turns == 2
    assert rows_of(library, "speakers") == people
    assert library.speakers() == speakers
    assert sorted(rows_of(library, "passages", "transcript_id, position, vector")) == sorted(vectors)
    assert who(library, id_)[0] == ("SPEAKER_00", None)
    with pytest.raises(NotFoundError):
        make_filter(library, [], ["Young"])


@pytest.mark.parametrize(("role", "expected"), [(None, "Mayor"), ("", None), (" Chair\u200b ", "Chair")])
def test_role_is_kept_taken_away_or_changed(library: Library, role: str | None, expected: str | None) -> None:
    id_ = put(library, *TALK)
    library.rename_speaker("Ana", " Bea  Lopez ", role=role)
    assert who(library, id_)[2] == ("Bea Lopez", expected)
    library.rename_speaker("Bea Lopez", "Ana")
    assert who(library, id_)[2] == ("Ana", "Mayor")


@pytest.mark.parametrize("name", ["", "  ", "\u200b"])
def test_blank_name_is_refused(library: Library, name: str) -> None:
    put(library, *TALK)
    with pytest.raises(QAError, match="Give a name"):
        library.rename_speaker("Ana", name)


def test_unknown_speaker_is_refused_with_the_nearest_and_all_there_are(library: Library) -> None:
    put(library, *TALK)
    before = generation_of(library)
    with pytest.raises(NotFoundError) as caught:
        library.rename_speaker("SPEAKER_10", "Cy")
    assert "Did you mean 'SPEAKER_0" in str(caught.value)
    assert str(caught.value).endswith("The speakers are: Ana, SPEAKER_00, SPEAKER_01.")
    with pytest.raises(NotFoundError, match="there is no transcript 0123456789ab"):
        library.rename_speaker("Ana", "Cy", transcript_id="0123456789ab")
    with pytest.raises(NotFoundError, match="no speaker is called 'questioner'"):
        library.rename_speaker(QUESTIONER, "Cy")  # a role, not a person
    assert generation_of(library) == before


def test_old_name_of_two_people_is_refused(library: Library) -> None:
    first, second = put(library, *TALK), put(library, *OTHER)
    library.rename_speaker("SPEAKER_00", "Cy", transcript_id=first)
    library.rename_speaker("SPEAKER_00", "Dee", transcript_id=second)
    with pytest.raises(NotFoundError, match="'SPEAKER_00' may be Cy or Dee"):
        library.rename_speaker("SPEAKER_00", "Eve")
    assert library.rename_speaker("SPEAKER_00", "Eve", transcript_id=second).turns == 1


# --- merging ---------------------------------------------------------------------------------------------


def test_name_of_somebody_else_is_refused_unless_a_merge_is_asked_for(library: Library) -> None:
    id_ = put(library, *TALK)
    before = generation_of(library)
    with pytest.raises(QAError) as caught:
        library.rename_speaker("SPEAKER_01", "Ana")
    assert str(caught.value) == (
        "Ana is a speaker already. If SPEAKER_01 is the same person, say so:"
        " transcript-qa merge 'SPEAKER_01' 'Ana'"
    )
    with pytest.raises(QAError, match=f"merge --transcript {id_} 'SPEAKER_01' 'Ana'"):
        library.rename_speaker("SPEAKER_01", "Ana", transcript_id=id_)
    assert generation_of(library) == before
    done = library.rename_speaker("SPEAKER_01", "Ana", merge=True)
    assert done == Renamed(1, 1, "SPEAKER_01", "Ana", "Mayor")
    assert who(library, id_)[4] == ("Ana", "Mayor")  # with the office, which was written beside the name
    assert library.entries()[0].speakers == ("SPEAKER_00", "Ana")
    check_vectors(library)


def test_name_of_somebody_in_another_transcript_can_be_given_in_this_one(library: Library) -> None:
    first, second = put(library, *TALK), put(library, *OTHER)
    assert library.rename_speaker("SPEAKER_00", "Ana", transcript_id=second).turns == 1
    (ana,) = (one for one in library.speakers() if one.name == "Ana")
    assert ana == SpeakerEntry("Ana", ("Mayor",), ("SPEAKER_00",), 2, 2)
    assert who(library, first)[0] == ("SPEAKER_00", None)
    with pytest.raises(QAError, match="Ben is a speaker already"):
        library.rename_speaker("SPEAKER_00", "Ben")


def test_merge_takes_the_only_office_from_another_transcript(library: Library) -> None:
    put(library, *TALK)
    second = put(library, *OTHER)
    library.rename_speaker("Ben", "ana", transcript_id=second, merge=True)
    assert who(library, second)[1] == ("Ana", "Mayor")


def test_merge_into_nobody_is_refused(library: Library) -> None:
    put(library, *TALK)
    with pytest.raises(NotFoundError, match=r"no speaker is called 'Anna'\. Did you mean 'Ana'"):
        library.rename_speaker("SPEAKER_01", "Anna", merge=True)
    assert library.rename_speaker("Ana", "Ana", merge=True).turns == 0


def test_merge_is_undone_for_those_who_were_merged(library: Library) -> None:
    id_ = put(library, *TALK)
    before = rows_of(library, "speakers")
    library.rename_speaker("SPEAKER_01", "Ana", merge=True)
    assert library.rename_speaker("SPEAKER_01", "SPEAKER_01").turns == 1
    assert rows_of(library, "speakers") == before
    assert who(library, id_)[2] == ("Ana", "Mayor")
    check_vectors(library)


# --- listing ---------------------------------------------------------------------------------------------


def test_speakers_are_listed_with_roles_other_names_and_counts(library: Library) -> None:
    reading = Reading(
        "any",
        (
            Turn("a", "Ana", "Mayor"),
            Turn("b", "Ana", "Chair"),
            Turn("c", "Ana", "Chair"),
            Turn("d", role=QUESTIONER),
        ),
        aliases=(("Ms. Lopez", "Ana"), ("A. Lopez", "Ana")),
    )
    library.add(reading, "0123456789ab", "a.txt")
    second = put(library, "Ana: again", "Ben: hello")
    assert library.speakers() == [
        SpeakerEntry("Ana", ("Chair", "Mayor"), ("Ms. Lopez", "A. Lopez"), 4, 2),
        SpeakerEntry("Ben", (), (), 1, 1),
    ]
    assert [one.role for one in library.speakers()] == ["Chair", None]
    assert library.speakers(second) == [SpeakerEntry("Ana", (), (), 1, 1), SpeakerEntry("Ben", (), (), 1, 1)]
    assert make_filter(library, [], ["Ms. Lopez"]).speakers == frozenset({"Ana"})
    with pytest.raises(NotFoundError, match="there is no transcript"):
        library.speakers("ffffffffffff")


def test_speaker_is_renamed_by_another_way_of_writing_the_name(library: Library) -> None:
    library.add(Reading("any", (Turn("a", "Ana"),), aliases=(("Ms. Lopez", "Ana"),)), "0123456789ab", "a.txt")
    library.rename_speaker("ms. lopez", "Ana Lopez")
    assert library.speakers() == [SpeakerEntry("Ana Lopez", (), ("Ms. Lopez", "Ana"), 1, 1)]
    library.rename_speaker("Ana Lopez", "Ana")
    assert library.speakers() == [SpeakerEntry("Ana", (), ("Ms. Lopez",), 1, 1)]


# --- files that come again -------------------------------------------------------------------------------

PATH = Path("/talks/talk.txt")


def test_file_added_again_keeps_its_names(library: Library) -> None:
    id_ = put(library, *TALK, path=PATH)
    library.rename_speaker("SPEAKER_00", "Cy")
    put(library, *TALK, path=PATH)
    assert who(library, id_)[0] == ("Cy", None)


def test_new_version_of_a_file_is_given_the_names_of_the_old(library: Library) -> None:
    put(library, *TALK, path=PATH)
    library.rename_speaker("SPEAKER_00", "Cy", role="Pilot")
    library.rename_speaker("SPEAKER_01", "Ana", merge=True)
    library.rename_speaker("Ana", "Ana Lopez")
    put(library, "SPEAKER_00: not this file")
    lines = ("SPEAKER_01: hello", "SPEAKER_02: who?", "Ana, Mayor: I", "SPEAKER_00: and I")
    id_ = put(library, *lines, path=PATH)
    assert who(library, id_) == [
        ("Ana Lopez", "Mayor"), ("SPEAKER_02", None), ("Ana Lopez", "Mayor"), ("Cy", "Pilot"),
    ]  # fmt: skip
    assert library.transcript(id_).warnings == (
        "Names given to an earlier version of this file were kept: SPEAKER_01 is Ana Lopez, Ana is Ana Lopez,"
        " SPEAKER_00 is Cy.",
    )
    check_vectors(library)
    # Two versions later they can still be told apart.
    third = put(library, "new: words", *lines, path=PATH)
    assert library.rename_speaker("SPEAKER_01", "SPEAKER_01").turns == 1
    assert [name for name, _ in who(library, third)] == ["new", "SPEAKER_01", "SPEAKER_02", "Ana Lopez", "Cy"]
    assert library.rename_speaker("Cy", "SPEAKER_00", transcript_id=third).turns == 1
    assert who(library, third)[4] == ("SPEAKER_00", None)


def test_names_and_opening_given_before_adding_outlive_the_version(library: Library) -> None:
    def version(*lines: str) -> str:
        return library.add(reading_of(*lines), id_of(*lines), "talk.txt", path=PATH).transcript_id

    lines = ("good morning", "SPEAKER_00: hello", "Ana, Mayor: hi", "Bea: and I")
    asked = Corrections((Rename("SPEAKER_00", "Ana"), Rename("Bea", "Bea Moss", "Clerk")), "Ana")
    corrected = correct(reading_of(*lines), asked)
    first = library.add(corrected, id_of(*lines), "talk.txt", path=PATH).transcript_id
    assert who(library, first) == [("Ana", "Mayor")] * 3 + [("Bea Moss", "Clerk")]
    assert library.rename_speaker("SPEAKER_00", "Cy").turns == 1  # whoever the file calls so, not Ana
    second = version("good evening", "SPEAKER_00: so", "Bea: yes", "Ana, Mayor: no")
    assert who(library, second) == [
        ("Ana", "Mayor"),
        ("Cy", "Mayor"),
        ("Bea Moss", "Clerk"),
        ("Ana", "Mayor"),
    ]
    assert library.transcript(second).turns[0].inferred
    third = version("Dee: the opening is labelled now", "SPEAKER_00: so")
    assert [name for name, _ in who(library, third)] == ["Dee", "Cy"]
    check_vectors(library)


def test_renames_made_while_a_new_version_is_embedded_are_not_lost(
    library: Library, other: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(library, *OTHER, path=PATH)
    encode = WordEncoder.encode_documents
    renamed: list[Renamed] = []

    def slow(
        self: WordEncoder, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> Vectors:
        if self is library.encoder and not renamed:
            renamed.append(Renamed(0, 0))
            renamed.append(other.rename_speaker("SPEAKER_00", "Cy"))
        return encode(self, texts, progress)

    monkeypatch.setattr(WordEncoder, "encode_documents", slow)
    id_ = put(library, *OTHER, "Ben: more", path=PATH)
    assert renamed[1].turns == 1
    assert who(library, id_)[0] == ("Cy", None)
    check_vectors(library)


# --- rebuilding ------------------------------------------------------------------------------------------


def test_rebuild_keeps_the_names(library: Library) -> None:
    id_ = put(library, *TALK)
    library.rename_speaker("SPEAKER_00", "Cy")
    library.close()
    rebuild(library.folder, NARROW)
    with Library(library.folder, NARROW) as rebuilt:
        assert who(rebuilt, id_)[0] == ("Cy", None)
        check_vectors(rebuilt)


@pytest.mark.parametrize("moment", [0, 1, 2])
def test_speaker_renamed_during_a_rebuild_is_embedded_under_the_new_name(
    library: Library, moment: int
) -> None:
    for number in range(3):
        put(library, f"SPEAKER_00: zeppelin {number}", f"Ben: gate {number}")
    calls: list[int] = []

    class Watched(WordEncoder):
        def encode_documents(
            self, texts: Sequence[str], progress: Callable[[int], None] | None = None
        ) -> Vectors:
            calls.append(len(texts))
            if len(calls) == moment + 1:
                library.rename_speaker("SPEAKER_00", "Cy")
            return super().encode_documents(texts, progress)

    assert rebuild(library.folder, Watched("other")) == 3
    # Those embedded before, and the one in work, once more.
    assert calls == [2] * (3 + moment + 1)
    with Library(library.folder, WordEncoder("other")) as rebuilt:
        check_vectors(rebuilt)


# --- what is on disk, and other processes ----------------------------------------------------------------


def test_vectors_under_the_old_name_are_gone_from_the_saved_index(library: Library) -> None:
    kept = put(library, "Ana: hello")
    put(library, *OTHER)
    library.save_index()
    old = np.load(named_segments(library.folder)[0] / "own.npy")[1].tobytes()
    library.rename_speaker("SPEAKER_00", "Cy", transcript_id=id_of(*OTHER))
    assert not any(old in file.read_bytes() for file in (library.folder / "index").rglob("*.npy"))
    assert files_holding(library.folder / "index", "SPEAKER_00") == []
    assert saved_ids(library.folder) == [1, 4, 5]
    assert library.retrieve("hello", 1)[0].transcript_id == kept


def test_renaming_that_changes_nothing_touches_nothing(library: Library) -> None:
    put(library, *TALK)
    before = (generation_of(library), rows_of(library, "passages"))
    assert library.rename_speaker("Ana", "Ana", role="Mayor") == Renamed(0, 0, "Ana", "Ana", None)
    assert (generation_of(library), rows_of(library, "passages")) == before


def test_library_opened_again_answers_by_the_new_name(library: Library, other: Library) -> None:
    id_ = put(library, *TALK)
    assert other.retrieve("cy young", 1, Filter(speakers=frozenset({"Cy Young"}))) == []
    library.rename_speaker("SPEAKER_00", "Cy Young")
    for seen in (library, other):
        hits = seen.retrieve("cy young", 9, Filter(speakers=frozenset({"Cy Young"})))
        assert {hit.turn_id for hit in hits} == {f"{id_}:00000", f"{id_}:00003"}
        check_vectors(seen)
    library.close()
    with Library(library.folder, WordEncoder()) as again:
        check_vectors(again)
        assert again.encoder.encoded == 0  # type: ignore[attr-defined]  # nothing is embedded by opening


def interrupt(other: Library, how: str) -> None:
    match how:
        case "add":
            put(other, "SPEAKER_00: yet another", "Cy: hm")
        case "remove":
            other.remove(id_of(*OTHER))
        case "rename":
            other.rename_speaker("SPEAKER_00", "Dee", transcript_id=id_of(*OTHER))
        case _:
            put(other, "Ana: nothing to do with it")


@pytest.mark.parametrize("interruption", ["add", "remove", "rename", "elsewhere"])
def test_change_by_another_process_meanwhile_is_taken_in(
    library: Library, other: Library, monkeypatch: pytest.MonkeyPatch, interruption: str
) -> None:
    """Another process changes the library while the turns under the new name are being embedded."""
    first = put(library, *TALK)
    put(library, *OTHER)
    encode = WordEncoder.encode_documents
    seen: list[int] = []

    def slow(
        self: WordEncoder, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> Vectors:
        if self is library.encoder:
            seen.append(len(texts))
            if len(seen) == 1:
                interrupt(other, interruption)
        return encode(self, texts, progress)

    monkeypatch.setattr(WordEncoder, "encode_documents", slow)
    done = library.rename_speaker("SPEAKER_00", "Eve")
    turns, texts = {"add": (4, [3, 1]), "remove": (2, [3]), "rename": (2, [3]), "elsewhere": (3, [3])}[
        interruption
    ]
    assert (done.turns, seen) == (turns, texts)
    assert who(library, first)[0] == ("Eve", None)
    check_vectors(library)
    check_vectors(other)


def test_name_that_somebody_is_given_meanwhile_is_refused(
    library: Library, other: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(library, *TALK)
    encode = WordEncoder.encode_documents

    def slow(
        self: WordEncoder, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> Vectors:
        if self is library.encoder:
            other.rename_speaker("SPEAKER_01", "Cy")
        return encode(self, texts, progress)

    monkeypatch.setattr(WordEncoder, "encode_documents", slow)
    with pytest.raises(QAError, match="Cy is a speaker already"):
        library.rename_speaker("SPEAKER_00", "Cy")
    check_vectors(other)


def test_library_changed_over_to_another_model_is_refused(library: Library) -> None:
    put(library, *TALK)
    rebuild(library.folder, WordEncoder("other"))
    with pytest.raises(LibraryError, match="was changed over to other by another process"):
        library.rename_speaker("SPEAKER_00", "Cy")


# --- libraries of earlier versions -----------------------------------------------------------------------


def downgrade(folder: Path) -> None:
    """Take away what earlier versions did not have."""
    connection = sqlite3.connect(folder / "library.sqlite")
    with connection:
        connection.execute("alter table speakers drop column aliases")
        connection.execute("alter table speakers drop column read_as")
    connection.close()


def test_library_of_an_earlier_version_is_upgraded_when_opened(library: Library) -> None:
    id_ = put(library, *TALK)
    library.save_index()
    library.close()
    downgrade(library.folder)
    encoder = WordEncoder()
    with Library(library.folder, encoder) as opened:
        assert opened.speakers()[0] == SpeakerEntry("SPEAKER_00", (), (), 2, 1)
        assert (saved_ids(library.folder), encoder.encoded) == ([1, 2, 3, 4, 5], 0)  # the index stays good
        opened.rename_speaker("SPEAKER_00", "Cy")
        assert who(opened, id_)[0] == ("Cy", None)
        check_vectors(opened)


def test_upgrade_that_is_cut_off_leaves_the_library_as_it_was(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(library, *TALK)
    library.close()
    downgrade(library.folder)
    with monkeypatch.context() as patch:

        def cut_off(*_: object) -> None:
            raise LibraryError("as if killed before the transaction was over")

        patch.setattr("qa.index_keeping.KeptIndexes.tidy", cut_off)
        with pytest.raises(LibraryError, match="as if killed"):
            Library(library.folder, WordEncoder())
    assert "aliases" not in {row[1] for row in rows_of(library, "pragma_table_info('speakers')")}
    with Library(library.folder, WordEncoder()) as opened:
        assert opened.speakers()[0].turns == 2


def test_earlier_version_adds_to_an_upgraded_library(library: Library) -> None:
    """Its speakers have nothing in the columns it does not know."""
    id_ = put(library, *TALK)
    connection = sqlite3.connect(library.folder / "library.sqlite")
    with connection:
        connection.execute("insert into speakers (transcript_id, name, role) values (?, 'Zed', null)", (id_,))
    connection.close()
    assert SpeakerEntry("Zed", (), (), 0, 1) in library.speakers()
    library.rename_speaker("Zed", "Zoe")
    assert SpeakerEntry("Zoe", (), ("Zed",), 0, 1) in library.speakers()


def test_rebuild_needs_no_upgrade(library: Library) -> None:
    put(library, *TALK)
    library.close()
    downgrade(library.folder)
    assert rebuild(library.folder, WordEncoder("other")) == 1
    with Library(library.folder, WordEncoder("other")) as opened:
        check_vectors(opened)


# --- a large library in small ----------------------------------------------------------------------------


@pytest.fixture
def large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Library]:
    """Put 150 passages in a library where 128 are many."""
    monkeypatch.setattr("embeddings.clusters._ROWS", 0)
    shrink(monkeypatch)
    with Library(tmp_path / "library", NARROW) as library:
        for number, size in enumerate((66, 33, 24, 27)):
            put(library, *talk(number, size))
        library.save_index()
        yield library


@pytest.mark.parametrize("scope", ["everywhere", "one transcript"])
def test_renaming_in_a_large_library(large: Library, scope: str) -> None:
    assert isinstance(large.indexes().own, ClusteredView)
    speaker = large.speakers()[0]
    id_ = None if scope == "everywhere" else id_of(*talk(1, 33))
    turns = {
        f"{entry.id}:{position:05d}"
        for entry in large.entries()
        for position, turn in enumerate(large.transcript(entry.id).turns)
        if turn.speaker == speaker.name and id_ in (None, entry.id)
    }
    assert large.rename_speaker(speaker.name, "Xaver Unheard", transcript_id=id_).turns == len(turns)
    assert isinstance(large.indexes().own, ClusteredView)
    within = Filter(speakers=frozenset({"Xaver Unheard"}))
    assert {hit.turn_id for hit in large.retrieve("xaver unheard", 999, within)} == turns
    assert {hit.turn_id for hit in large.retrieve("xaver unheard", len(turns))} == turns
    check_vectors(large)
    with Library(large.folder, NARROW) as again:
        check_vectors(again)
        named_segments(large.folder)
        assert saved_ids(large.folder) == again.indexes().table.ids.tolist()


NAMES = ("Ana", "Ben", "Cy", "Dee")
RENAMES = st.tuples(st.just("rename"), st.integers(0, 3), st.integers(0, 3))


def step_of(libraries: list[Library], place: int, action: str, number: int, size: int) -> None:
    """Do one thing in one of two processes, as `work` does, or make a speaker another, whoever they are."""
    if action == "rename":
        people = [one.name for one in libraries[place].speakers()]
        if NAMES[number] in people:
            libraries[place].rename_speaker(NAMES[number], NAMES[size], merge=NAMES[size] in people)
    else:
        work(libraries, place, action, number, size)


@given(first=st.integers(60, 140), steps=st.lists(st.one_of(RENAMES, STEPS), max_size=12))
@settings(max_examples=12)
def test_two_processes_agree_on_who_said_what_whatever_they_do(
    first: int, steps: list[tuple[str, int, int]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("library")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("embeddings.clusters._ROWS", 0)
        shrink(patch)
        libraries = [Library(folder, NARROW), Library(folder, NARROW)]
        put(libraries[0], *talk(99, first))
        for turn, step in enumerate(steps):
            step_of(libraries, turn % 2, *step)
        for library in libraries:
            check_vectors(library)
            library.close()
        with Library(folder, NARROW) as library:
            library.save_index()
            check_vectors(library)
            assert saved_ids(folder) == library.indexes().table.ids.tolist()
    shutil.rmtree(folder)
