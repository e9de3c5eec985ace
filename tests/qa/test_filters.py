import pytest

from qa.errors import NotFoundError, QAError
from qa.filters import Speaker, check_period, make_filter, searchable, speakers_of
from qa.library import Library
from qa.retrieval import Filter
from qa.types import QUESTIONER, Reading, Turn

HEARING = Reading(
    "press",
    (
        Turn("We saw two ships.", "Mark Rütte", "NATO Secretary General"),
        Turn("Where did you see them?", role=QUESTIONER),
        Turn("Off the coast.", "Oana Lungescu", "Spokesperson"),
    ),
    title="Ships",
    date="2025-04-15",
)
BUDGET = Reading("plain", (Turn("It is four million.", "Ana"),), title="Budget", date="2026")
UNDATED = Reading("plain", (Turn("No idea when.", "Ben"),), title="Undated")


@pytest.fixture
def filled(library: Library) -> Library:
    library.add(HEARING, "aaaaaaaaaaaa", "ships.txt")
    library.add(BUDGET, "bbbbbbbbbbbb", "budget.txt")
    library.add(UNDATED, "cccccccccccc", "undated.txt")
    return library


def test_speakers_are_listed_by_name_and_the_unnamed_last(filled: Library) -> None:
    assert speakers_of(filled) == [
        Speaker("Ana"),
        Speaker("Ben"),
        Speaker("Mark Rütte", "NATO Secretary General"),
        Speaker("Oana Lungescu", "Spokesperson"),
        Speaker("", QUESTIONER),
    ]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ("rutte", Filter(speakers=frozenset({"Mark Rütte"}))),
        ("RÜTTE mark", Filter(speakers=frozenset({"Mark Rütte"}))),
        ("Secretary General", Filter(roles=frozenset({"NATO Secretary General"}))),
        ("spokesperson lungescu", Filter(speakers=frozenset({"Oana Lungescu"}))),
        ("questioner", Filter(roles=frozenset({QUESTIONER}))),
        ("ana", Filter(speakers=frozenset({"Ana"}))),  # a whole word: Oana Lungescu is somebody else
    ],
)
def test_speaker_is_found_by_any_words_of_name_or_role(
    filled: Library, wanted: str, expected: Filter
) -> None:
    assert make_filter(filled, speakers=[wanted]) == expected


def test_speaker_is_found_by_another_name_that_nobody_has_now(filled: Library) -> None:
    filled.rename_speaker("Ana", "Bea Moss")
    filled.rename_speaker("Ben", "Ana", transcript_id="cccccccccccc")
    assert make_filter(filled, speakers=["bea"]).speakers == frozenset({"Bea Moss"})
    assert make_filter(filled, speakers=["ben"]).speakers == frozenset({"Ana"})
    # Who is called so now goes before who was, except in transcripts where only the latter speaks.
    assert make_filter(filled, speakers=["ana"]).speakers == frozenset({"Ana"})
    assert make_filter(filled, ["bbbbbbbbbbbb"], ["ana"]).speakers == frozenset({"Bea Moss"})
    assert make_filter(filled, ["cccccccccccc"], ["ana"]).speakers == frozenset({"Ana"})
    assert make_filter(filled, ["aaaaaaaaaaaa"], ["ana", "rutte"]).speakers == frozenset(
        {"Ana", "Mark Rütte"}
    )


@pytest.mark.parametrize("wanted", ["Stoltenberg", "", "  "])
def test_unknown_speaker_is_refused_with_those_there_are(filled: Library, wanted: str) -> None:
    with pytest.raises(
        NotFoundError, match=r"Mark Rütte \(NATO Secretary General\).*questioner \(not named\)"
    ):
        make_filter(filled, speakers=[wanted])


def test_transcripts_are_found_by_title_and_nothing_typed_is_no_filter(filled: Library) -> None:
    assert make_filter(filled, ["budget"]) == Filter(transcripts=frozenset({"bbbbbbbbbbbb"}))
    assert make_filter(filled, [], [], "", " ") == Filter()


def test_unknown_speaker_in_an_empty_library_is_said_so(library: Library) -> None:
    with pytest.raises(NotFoundError, match="Nobody is named"):
        make_filter(library, speakers=["Ana"])


@pytest.mark.parametrize("date", ["15 April", "2025-13", "2025-4-1", "2025-02-30"])
def test_what_is_no_date_is_refused(date: str) -> None:
    with pytest.raises(QAError, match=f"since: '{date}' is not a date"):
        check_period(date, None)


def test_period_must_not_run_backwards_but_may_be_one_year_and_a_day_in_it() -> None:
    with pytest.raises(QAError, match="2026-01, comes after the last, 2025"):
        check_period("2026-01", "2025")
    assert check_period("2025-04-15", "2025") == ("2025-04-15", "2025")
    assert check_period("2025", "2025-04") == ("2025", "2025-04")


@pytest.mark.parametrize(
    ("within", "titles"),
    [
        (Filter(), ["Budget", "Ships", "Undated"]),
        (Filter(since="2025-05"), ["Budget"]),
        (Filter(until="2025-04-15"), ["Ships"]),
        (Filter(transcripts=frozenset({"cccccccccccc"})), ["Undated"]),
        (Filter(transcripts=frozenset({"cccccccccccc"}), since="2025"), []),
        (Filter(speakers=frozenset({"Ana"})), ["Budget", "Ships", "Undated"]),
    ],
)
def test_searchable_transcripts_follow_the_filter(filled: Library, within: Filter, titles: list[str]) -> None:
    assert [entry.title for entry in searchable(filled.entries(), within)] == titles
