import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.highlights import Highlighter
from qa.retrieval import Lexicon
from qa.sentences import Span, sentence_spans
from qa.types import Turn
from tests.conftest import WordEncoder


def highlighted(question: str, text: str, speaker: str | None = None, passage: Span | None = None) -> str:
    """Return the sentence chosen in one turn, where the library holds nothing but that turn."""
    turn = Turn(text, speaker)
    highlighter = Highlighter(WordEncoder(), Lexicon.of([text]), question)
    ((start, end),) = highlighter.best_sentences([(turn, passage or (0, len(text)))])
    return text[start:end]


def test_sentence_with_the_words_of_the_question_is_chosen() -> None:
    text = "It rained. The gate held all night. Then we slept."
    assert highlighted("Did the gate hold?", text) == "The gate held all night."


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        ("How many boats?", "The boats went down. Seventeen boats went down.", "Seventeen boats went down."),
        ("How much was it?", "A good deal. It came to 3.42 million.", "It came to 3.42 million."),
        ("When did they meet?", "They met indoors. They met on Tuesday.", "They met on Tuesday."),
        ("Why did they leave?", "They left by car. They left because of rain.", "They left because of rain."),
        ("Who paid?", "He paid in the end. Then Hilda Krum had paid.", "Then Hilda Krum had paid."),
    ],
)
def test_sentence_that_holds_the_kind_of_thing_asked_for_is_chosen(
    question: str, text: str, expected: str
) -> None:
    assert highlighted(question, text) == expected


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        ("桥要多少钱？", "桥很贵。桥三千万元。", "桥三千万元。"),
        ("橋はいくらですか", "橋は高い。橋は三千万円です。", "橋は三千万円です。"),
        ("다리는 얼마입니까?", "다리는 비쌉니다. 다리는 삼천만 원입니다.", "다리는 삼천만 원입니다."),
        ("Сколько стоит мост?", "Мост стоит дорого. Мост стоит тысячу.", "Мост стоит тысячу."),
        ("Πόσο κοστίζει;", "Κοστίζει πολύ. Κοστίζει σαράντα.", "Κοστίζει σαράντα."),
        ("كم يكلف الجسر؟", "يكلف الجسر كثيرا. يكلف الجسر مليون دينار.", "يكلف الجسر مليون دينار."),
        ("כמה עולה הגשר?", "הגשר עולה הרבה. הגשר עולה מיליון שקל.", "הגשר עולה מיליון שקל."),
        ("Wie viel kostet sie?", "Sie kostet viel. Sie kostet tausend Euro.", "Sie kostet tausend Euro."),
        ("桥什么时候开？", "桥会开。桥明天开。", "桥明天开。"),
        ("橋はいつ開きますか", "橋は開きます。橋は来年の春に開きます。", "橋は来年の春に開きます。"),
        ("Когда откроют мост?", "Мост откроют. Мост откроют в марте.", "Мост откроют в марте."),
        ("¿Cuándo abre?", "Abre otra vez. Abre el lunes.", "Abre el lunes."),
        (
            "Wann öffnet sie?",
            "Sie öffnet wieder. Sie öffnet im nächsten Monat.",
            "Sie öffnet im nächsten Monat.",
        ),
    ],
)
def test_kind_of_thing_asked_for_is_known_in_other_languages(question: str, text: str, expected: str) -> None:
    assert highlighted(question, text) == expected


def test_speakers_own_name_is_no_answer_to_who() -> None:
    """Sentences are compared with the speaker's name in front, which must not pass for the one asked for."""
    text = "Nobody knew for days. In the end it was Hilda Krum."
    assert highlighted("Who?", text, speaker="Ana Ruiz") == "In the end it was Hilda Krum."


def test_sentence_that_answers_goes_before_one_that_asks() -> None:
    assert highlighted("Will the gate hold?", "Will the gate hold? The gate will hold.") == (
        "The gate will hold."
    )


def test_first_sentence_wins_a_tie() -> None:
    assert highlighted("zebra", "Alpha beta. Gamma delta.") == "Alpha beta."


def test_sentence_of_the_passage_found_wins_over_an_equal_one_outside() -> None:
    text = "The gate held. Much else. The gate held."
    assert highlighted("gate", text, passage=(26, 40)) == text[26:40]
    turn = Turn(text)
    highlighter = Highlighter(WordEncoder(), Lexicon.of([text]), "gate")
    assert highlighter.best_sentences([(turn, (26, 40))]) == [(26, 40)]


def test_in_a_long_turn_only_the_passage_found_is_looked_at() -> None:
    text = "The gate held. " + "Much else. " * 13 + "So it went."
    assert highlighted("gate", text, passage=(len(text) - 11, len(text))) == "So it went."


def words(first: int, last: int) -> str:
    return " ".join(f"w{number}" for number in range(first, last))


def test_of_a_long_turn_without_marks_a_stretch_is_chosen() -> None:
    text = f"{words(0, 30)} the gate held {words(33, 100)}"
    # Stretches of 40 words begin at 0, 20, 40 and 60. The first two hold the gate; the earlier wins.
    assert highlighted("gate", text) == " ".join(text.split()[:40])
    text = f"{words(0, 62)} the gate held {words(65, 70)}"  # at 0, 20 and 30
    assert highlighted("gate", text) == " ".join(text.split()[30:])


def test_stretches_of_one_turn_reach_from_its_first_word_to_its_last() -> None:
    text = words(0, 101)
    assert highlighted("w0", text).split()[0] == "w0"
    assert highlighted("w100", text).split()[-1] == "w100"
    assert len(highlighted("w50", text).split()) == 40


@pytest.mark.parametrize(
    "text",
    [
        f"The gate held {words(3, 60)}",  # short enough to be read whole
        f"The gate held {words(3, 20)}, {words(20, 40)}, and {words(41, 61)}, {words(61, 80)}",  # a sentence
    ],
)
def test_a_sentence_with_marks_or_of_sixty_words_is_shown_whole(text: str) -> None:
    assert highlighted("gate", text) == text


def test_in_a_very_long_turn_without_marks_only_the_passage_found_is_looked_at() -> None:
    text = f"the gate held {words(3, 400)}"
    begin = text.index("w300")
    shown = highlighted("gate", text, passage=(begin, begin + 200))
    assert "gate" not in shown
    assert "w300" in shown or "w320" in shown


def test_each_turn_gets_its_own_sentence() -> None:
    turns = [Turn("The gate held. We slept."), Turn("We slept. The gate held.")]
    highlighter = Highlighter(WordEncoder(), Lexicon.of([turn.text for turn in turns]), "gate")
    assert highlighter.best_sentences([(turn, (0, 24)) for turn in turns]) == [(0, 14), (10, 24)]
    assert highlighter.best_sentences([]) == []


WORDS = st.lists(st.sampled_from("the gate held. why? harbour 3.5 Dr. No! …\n 東。".split(" ")), min_size=1)


@given(
    words=WORDS.filter(lambda chosen: bool("".join(chosen).strip())),
    question=st.text(max_size=30),
    seed=st.data(),
)
def test_highlight_is_a_whole_sentence_of_the_turn(
    words: list[str], question: str, seed: st.DataObject
) -> None:
    text = " ".join(words)
    spans = sentence_spans(text)
    passage = seed.draw(st.sampled_from(spans))
    highlighter = Highlighter(WordEncoder(), Lexicon.of([text]), question)
    (span,) = highlighter.best_sentences([(Turn(text), passage)])
    assert span in spans
