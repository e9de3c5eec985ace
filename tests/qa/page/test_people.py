import re

import pytest

from qa.library import Library
from qa.page.people import Wish, carried_out, people_html
from qa.types import Reading, Turn

FIRST, SECOND = "aaaaaaaaaaaa", "bbbbbbbbbbbb"


@pytest.fixture
def held(library: Library) -> Library:
    """Add two transcripts in which one label and one name are shared."""
    turns = (
        Turn("One.", "SPEAKER_00"), Turn("Two.", "Ana Lopez", "Mayor"), Turn("Three.", "SPEAKER_00"),
        Turn("Four.", "SPEAKER_00"),
    )  # fmt: skip
    library.add(Reading("plain", turns, title="Day <b>one"), FIRST, "one.txt")
    library.add(Reading("plain", turns[:2], title="Day two"), SECOND, "two.txt")
    return library


def names(library: Library, transcript: str) -> list[str]:
    return [one.name for one in library.speakers(transcript)]


def said(markup: str) -> str:
    found = re.search(r'<p class="(?:done|problem)"[^>]*>(.*?)</p>', markup)
    assert found, markup
    return re.sub(r"<[^>]*>", "", found[1]).strip()


def test_dialog_lists_speakers_with_roles_other_names_and_turns(held: Library) -> None:
    held.rename_speaker("SPEAKER_00", "Zoe <i>", transcript_id=FIRST)
    markup = people_html(held, FIRST)
    assert re.findall(r'<strong dir="auto">([^<]*)</strong>', markup) == ["Zoe &lt;i&gt;", "Ana Lopez"]
    assert "3 turns" in markup
    assert "also SPEAKER_00" in markup
    assert "Mayor" in markup
    assert 'aria-label="Speakers Day &lt;b&gt;one"' in markup
    assert "<i>" not in markup
    # Only who speaks elsewhere too is asked about everywhere.
    assert re.findall(r"In all [^<]*", markup) == ["In all 2 transcripts with this name"]


def test_dialog_of_a_transcript_that_is_gone_or_names_nobody_says_so(library: Library) -> None:
    assert "no longer in the library" in people_html(library, FIRST)
    library.add(Reading("plain", (Turn("One."),), title="Day"), FIRST, "one.txt")
    assert "Nobody is named in this transcript." in people_html(library, FIRST)


def test_speaker_is_renamed_here_or_everywhere_and_the_undo_works(held: Library) -> None:
    markup, changed = carried_out(held, Wish(FIRST, "SPEAKER_00", " Zoe  Wills "))
    assert (said(markup), changed) == ("SPEAKER_00 is now Zoe Wills: 3 turns. Undo", True)
    assert (names(held, FIRST), names(held, SECOND)) == (
        ["Zoe Wills", "Ana Lopez"], ["Ana Lopez", "SPEAKER_00"],
    )  # fmt: skip
    assert 'data-who="SPEAKER_00" data-name="SPEAKER_00" data-where="here"' in markup
    markup, changed = carried_out(held, Wish(FIRST, "SPEAKER_00", "SPEAKER_00"))
    assert (said(markup), changed) == ("Zoe Wills is now SPEAKER_00: 3 turns.", True)
    assert names(held, FIRST) == ["SPEAKER_00", "Ana Lopez"]
    markup, _ = carried_out(held, Wish(FIRST, "SPEAKER_00", "Zoe Wills", everywhere=True))
    assert said(markup) == "SPEAKER_00 is now Zoe Wills: 4 turns in 2 transcripts. Undo"


def test_role_is_given_and_taken_away(held: Library) -> None:
    markup, changed = carried_out(held, Wish(FIRST, "Ana Lopez", "Ana Lopez", role="Minister"))
    assert (said(markup), changed) == ("Ana Lopez is now Ana Lopez, Minister.", True)
    markup, changed = carried_out(held, Wish(FIRST, "Ana Lopez", "Ana Lopez", role=""))
    assert (said(markup), changed) == ("Ana Lopez has no role now.", True)
    markup, changed = carried_out(held, Wish(FIRST, "Ana Lopez", "Ana Lopez"))
    assert (said(markup), changed) == ("Nothing to change: that is the name.", False)


def test_merge_is_asked_about_and_can_be_undone(held: Library) -> None:
    wish = Wish(FIRST, "SPEAKER_00", "Ana Lopez")
    markup, changed = carried_out(held, wish)
    assert not changed
    assert "Are SPEAKER_00 and Ana Lopez one person?" in markup
    assert "Ana Lopez speaks in this transcript already (1 turn). 3 turns of SPEAKER_00 would" in markup
    assert 'data-sure="yes"' in markup
    assert names(held, FIRST) == ["SPEAKER_00", "Ana Lopez"]
    markup, changed = carried_out(held, Wish(FIRST, "SPEAKER_00", "Ana Lopez", sure=True))
    assert (said(markup), changed) == ("SPEAKER_00 is now Ana Lopez, Mayor: 3 turns. Undo", True)
    assert names(held, FIRST) == ["Ana Lopez"]
    carried_out(held, Wish(FIRST, "SPEAKER_00", "SPEAKER_00"))
    assert names(held, FIRST) == ["SPEAKER_00", "Ana Lopez"]


def test_what_cannot_be_done_is_said_in_the_dialog(held: Library) -> None:
    markup, changed = carried_out(held, Wish(FIRST, "Nobody", "Ana Maria"))
    assert (said(markup), changed) == (
        "no speaker is called &#x27;Nobody&#x27;. The speakers are: Ana Lopez, SPEAKER_00.", False,
    )  # fmt: skip
    markup, changed = carried_out(held, Wish(FIRST, "Ana Lopez", " "))
    assert "Give a name." in said(markup)
    assert not changed
