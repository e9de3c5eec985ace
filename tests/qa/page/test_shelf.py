from dataclasses import replace

from qa.library import Entry, Library
from qa.page.filtering import choices, chosen_filter, summary
from qa.page.shelf import adding_html, header_html, shelf_html, starters, welcome_html
from qa.retrieval import Filter
from qa.types import QUESTIONER, Reading, TimeKind, Turn

FLOOD = Entry(
    "1239d5a6e5c8", "Flood <b>", "2026-02-17", TimeKind.NONE, "press",
    "/home/ana/2026-02-17_harbour_flood_press_conference.txt", None, 97, ("Ana", "Ben"),
)  # fmt: skip


def test_header_counts_what_the_library_holds() -> None:
    assert "1 transcript · 97 turns" in header_html([FLOOD])
    assert "The library is empty" in header_html([])


def test_starters_are_offered_only_for_samples_that_are_there() -> None:
    assert starters([FLOOD]) == [
        "How many fishing boats went down?",
        "When will it be safe to swim in the harbour again?",
    ]
    assert starters([]) == []
    assert 'data-act="library"' in welcome_html([])
    assert 'data-act="starter"' not in welcome_html([])


def test_list_names_the_file_without_its_folder_and_escapes_titles() -> None:
    markup = shelf_html([FLOOD])
    assert "Flood &lt;b&gt;" in markup
    assert "/home/ana" not in markup
    assert "17 February 2026" in markup
    assert "Press conference" in markup
    assert 'data-act="remove"' in markup
    assert "Nothing here yet" in shelf_html([])


def test_every_named_transcript_offers_its_speakers() -> None:
    assert 'data-act="people" data-transcript="1239d5a6e5c8" aria-label="Speakers of Flood &lt;b&gt;"' in (
        shelf_html([FLOOD])
    )
    assert 'data-act="people"' not in shelf_html([replace(FLOOD, speakers=())])


def test_page_says_in_plain_words_what_can_be_read() -> None:
    for markup in (adding_html(), welcome_html([])):
        for known in ("Captions", "Zoom", "WhatsApp", "Whisper", "court", "tables", "“Speaker: words”"):
            assert known in markup


def test_filters_offer_names_and_the_unnamed_and_give_back_a_filter(library: Library) -> None:
    turns = (Turn("One.", "Ana", "Mayor"), Turn("Two?", role=QUESTIONER), Turn("Three.", "Ana"))
    library.add(Reading("plain", turns, title="Day", date="2025"), "aaaaaaaaaaaa", "day.txt")
    library.add(Reading("plain", turns[:1], title="Day"), "bbbbbbbbbbbb", "day2.txt")
    offered = choices(library, library.entries())
    assert offered.transcripts == [
        ("Day (2025) [aaaaaaaaaaaa]", "aaaaaaaaaaaa"),
        ("Day [bbbbbbbbbbbb]", "bbbbbbbbbbbb"),
    ]
    assert offered.speakers == [("Ana", "name:Ana"), ("Questioner (unnamed)", "role:questioner")]
    assert chosen_filter(["aaaaaaaaaaaa"], ["name:Ana", "role:questioner"], "", "2025") == Filter(
        frozenset({"aaaaaaaaaaaa"}), frozenset({"Ana"}), frozenset({QUESTIONER}), None, "2025"
    )
    assert chosen_filter([], [], "", "") == Filter()
    assert summary([], [], "", "", []) == "Filters: none"
    assert (
        summary(["aaaaaaaaaaaa"], ["name:Ana", "role:questioner"], "2025", " ", library.entries())
        == "Filters: Day · Ana, Questioner · from 2025"
    )
