import pytest

from qa.library import Library
from qa.page.session import Session, exchange, set_right
from qa.page.understood import Reading, understood_html
from qa.retrieval import Filter
from qa.retrieval.events import Event
from qa.retrieval.mentions import Mention, Relation
from qa.retrieval.periods import Period
from qa.retrieval.understanding import Understood
from tests.conftest import put

ANA = Mention("Ana", ("Ana Ruiz",), (), (("ana",),), Relation.BY)
BEN = Mention("<b>Ben", ("<b>Ben",), (), (("ben",),), Relation.NAMED)
GUESSED = Understood(
    (ANA, BEN), (Period("in March", "2026-03-01", "2026-03-31"),), Event(0, 5, True, "the vote")
)


def pressed(markup: str) -> list[str]:
    """Return the labels of the choices that hold."""
    return [part.split("<")[0].split(">")[-1] for part in markup.split('aria-pressed="true"')[1:]]


def test_every_clue_is_a_chip_with_what_holds_pressed() -> None:
    markup = understood_html(Reading(GUESSED), 2)
    assert markup.count("<details") == 4
    assert ">said by Ana Ruiz</summary>" in markup
    assert ">names &lt;b&gt;Ben</summary>" in markup
    assert ">before: the vote</summary>" in markup
    assert markup.count('data-answer="2"') == 4 + 4 + 2 + 2
    # Nothing is wanted of Ben, so none of his choices holds.
    assert markup.count('aria-pressed="true"') == 3


def test_question_that_names_nobody_and_no_time_has_no_chips() -> None:
    assert understood_html(Reading(), 0) == ""


def test_person_set_right_replaces_the_guess() -> None:
    about = Reading(GUESSED).changed("0", "about")
    assert about is not None
    (given,) = about.wishes.given
    assert (given.who, given.relation, given.given) == ("Ana Ruiz", Relation.ABOUT, True)
    assert ">about Ana Ruiz</summary>" in understood_html(about, 0)


def test_ignored_is_shown_and_can_be_taken_back() -> None:
    ignored = Reading(GUESSED).changed("0", "ignore")
    assert ignored is not None
    assert ignored.wishes.ignored == {"Ana Ruiz"}
    assert "<s>said by Ana Ruiz</s> (ignored)" in understood_html(ignored, 0)
    back = ignored.changed("0", "by")
    assert back is not None
    assert (back.wishes.ignored, [one.relation for one in back.wishes.given]) == (frozenset(), [Relation.BY])


@pytest.mark.parametrize(("what", "before"), [("period", (True, False)), ("event", (False, True))])
def test_times_are_switched_each_by_itself(what: str, before: tuple[bool, bool]) -> None:
    off = Reading(GUESSED).changed(what, "ignore")
    assert off is not None
    assert (off.wishes.event, off.wishes.period) == before
    on = off.changed(what, "use")
    assert on is not None
    assert (on.wishes.period, on.wishes.event) == (True, True)


@pytest.mark.parametrize(
    ("what", "wanted"),
    [("2", "by"), ("-1", "by"), ("", "ignore"), ("0", "named"), ("0", "use"), ("period", "by"), ("²", "by")],
)
def test_choices_that_there_are_not_change_nothing(what: str, wanted: str) -> None:
    assert Reading(GUESSED).changed(what, wanted) is None


def test_question_is_asked_again_with_what_was_set_right(library: Library) -> None:
    id_ = put(
        library,
        "Ana Ruiz: the harbour gate held all night",
        "Ben Oak: the harbour gate held all night, and Ana Ruiz slept",
        "Cy: the ferry runs every hour and the school opens at nine",
    )
    session = Session()
    first = exchange(
        library, session, "What did Ben Oak say about the harbour gate?", Filter(), "http://here"
    )
    assert first.answer is not None
    assert [str(one) for one in first.reading.guessed.people] == ["said by Ben Oak"]
    assert first.answer.sources[0].turn_id == f"{id_}:00001"
    session = session.answered(first)
    again = set_right(library, session, 0, "0", "ignore", "http://here")
    assert again is not None
    assert again.answer is not None
    assert not again.answer.understood
    assert again.reading.guessed == first.reading.guessed
    replaced = session.replaced(0, again)
    assert replaced.exchanges == (again,)
    assert set_right(library, replaced, 1, "0", "by", "http://here") is None
    assert set_right(library, replaced, 0, "7", "by", "http://here") is None
