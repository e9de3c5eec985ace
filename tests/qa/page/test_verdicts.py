import re
from dataclasses import replace

from qa.answering import Answer
from qa.judgments import Asked
from qa.library import Library
from qa.page.answers import answer_html
from qa.page.reader import Place, Window, moved_html, reader_html
from qa.page.sources import sources_html
from qa.page.verdicts import Marks, answer_verdict, marks_of, passage_verdict
from tests.conftest import COUNCIL, id_of
from tests.qa.page.test_answers_and_sources import ANSWER as ONE_SOURCE

SECOND = "aaaaaaaaaaaa:00007"
ANSWER = replace(
    ONE_SOURCE, sources=(*ONE_SOURCE.sources, replace(ONE_SOURCE.sources[0], rank=2, turn_id=SECOND))
)
FIRST = ANSWER.sources[0].turn_id
UNANSWERED = replace(ANSWER, answer=None)


def pressed(markup: str) -> list[str]:
    """Return what the buttons that are pressed are called, in order."""
    buttons = re.findall(r"<button[^>]*>", markup)
    return [
        named[1]
        for button in buttons
        if 'aria-pressed="true"' in button and (named := re.search(r'aria-label="([^"]*)"', button))
    ]


def test_a_thumb_judges_the_turn_that_is_quoted() -> None:
    markup = answer_verdict(ANSWER, 2, Marks())
    assert re.findall(
        r'data-act="(\w+)" data-turn="([^"]+)" data-gain="(\d)" data-answer="(\d)"', markup
    ) == [
        ("judge", FIRST, "1", "2"),
        ("judge", FIRST, "0", "2"),
    ]
    assert markup.count('aria-pressed="false"') == 2
    assert 'role="group" aria-label="Did this answer it?"' in markup
    assert "</svg>Yes</button>" in markup


def test_what_is_judged_is_pressed_wherever_the_turn_is_shown() -> None:
    for gain, thumb, passage in (
        (1, "Yes, this answered it", "This is the passage: source 1"),
        (3, "Yes, this answered it", "This is the passage: source 1"),
        (0, "No, this did not answer it", "Not it: source 1"),
    ):
        marks = Marks({FIRST: gain})
        assert pressed(answer_html(ANSWER, 0, 1, filtered=False, marks=marks)) == [thumb]
        assert pressed(sources_html(ANSWER, 0, marks)) == [passage]
    assert pressed(answer_html(ANSWER, 0, 1, filtered=False, marks=Marks({SECOND: 1}))) == []
    assert pressed(sources_html(ANSWER, 0, Marks({SECOND: 1}))) == ["This is the passage: source 2"]


def test_an_abstention_is_confirmed_or_contradicted() -> None:
    for said, names in (
        (None, []),
        (True, ["Yes, nothing here answers it"]),
        (False, ["No, something here does"]),
    ):
        markup = answer_html(UNANSWERED, 0, 3, filtered=False, marks=Marks(unanswerable=said))
        assert pressed(markup) == names
        assert "Is that right?" in markup
        assert 'data-act="judge"' not in markup


def test_without_a_passage_there_is_nothing_to_judge() -> None:
    assert answer_verdict(replace(UNANSWERED, sources=()), 0, Marks()) == ""


def test_every_turn_in_the_reader_can_be_judged_for_the_question_that_opened_it(filled: Library) -> None:
    asked, council = Asked("Who ordered it?"), id_of(*COUNCIL)
    filled.judgments.judge(asked, f"{council}:00001", 0)
    opened = reader_html(filled, Place(council, 2, answer=0), asked=asked)
    assert re.findall(r'class="judge"[^>]*data-turn="[^"]*:(\d+)" data-gain="1" data-answer="0"', opened) == [
        "00000", "00001", "00002",
    ]  # fmt: skip
    assert pressed(opened) == ["Not it: Questioner, “and the zeppelin?”"]
    assert opened.count("Does another turn answer it?") == 1
    moved = moved_html(filled, Place(council, 2, answer=0), Window(0, 2), later=True, asked=asked)
    assert pressed(moved) == pressed(opened)
    # Read from the library, or after the conversation is gone, there is no question to judge it for.
    for markup in (
        reader_html(filled, Place(council, 2)),
        reader_html(filled, Place(council, 2), asked=asked),
        reader_html(filled, Place(council, 2, answer=0)),
    ):
        assert "judge" not in markup


def test_marks_are_those_of_the_question(filled: Library) -> None:
    turn = f"{id_of(*COUNCIL)}:00002"
    filled.judgments.judge(Asked("Who?"), turn, 1)
    assert marks_of(filled, Asked("Who?")) == Marks({turn: 1})
    assert marks_of(filled, Asked("Why?")) == marks_of(filled, None) == Marks()


def test_hostile_words_are_shown_as_text() -> None:
    hostile = '"><script>alert(1)</script>${1}'
    source = replace(ANSWER.sources[0], turn_id=f"{hostile}:00000")
    answer: Answer = replace(ANSWER, sources=(source,))
    for markup in (answer_verdict(answer, 0, Marks()), passage_verdict("a:00000", 0, Marks(), hostile)):
        assert "<script" not in markup
        assert "${" not in markup
