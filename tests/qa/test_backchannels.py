import pytest

from qa.answering import ask
from qa.backchannels import is_backchannel
from qa.library import Library
from tests.conftest import put


@pytest.mark.parametrize("text", ["Yeah.", "Mm-hmm, right.", "Uh-huh.", "Okay, thank you.", "👍", "I see."])
def test_listening_noises_are_backchannels(text: str) -> None:
    assert is_backchannel(text)


@pytest.mark.parametrize("text", ["Yes.", "No.", "Thursday.", "I see a boat.", "Right of the road.", "好"])
def test_words_that_say_something_are_none(text: str) -> None:
    assert not is_backchannel(text)


@pytest.mark.parametrize(
    "text",
    [
        "嗯，明白了。",
        "なるほど。",
        "그렇군요.",
        "Угу, понятно.",
        "Genau.",
        "D’accord, merci.",
        "הבנתי, תודה",
        "حسنا، شكرا.",
    ],
)
def test_what_shows_that_somebody_listens_in_other_languages(text: str) -> None:
    assert is_backchannel(text)


@pytest.mark.parametrize("text", ["是", "はい。", "네.", "Да.", "Nein.", "三千万元。", "Понятно, тридцать."])
def test_what_may_be_an_answer_in_other_languages(text: str) -> None:
    assert not is_backchannel(text)


def test_backchannel_is_no_source_unless_it_answers_a_question(library: Library) -> None:
    lines = ("Ana: The ferry sank.", "Ben: Okay.", "Ana: Was it the ferry? Right?", "Cy: Right.")
    said = put(library, *lines, title="Ferry")
    sources = ask(library, "Was the ferry okay? Right?", k=9).sources
    found = {turn for source in sources for turn in (source.turn_id, *source.beside)}
    assert found == {f"{said}:00000", f"{said}:00002", f"{said}:00003"}
