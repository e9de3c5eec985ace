from tests.conftest import WordEncoder
from training.mining import confused
from training.talks import Asked, Row, Talk


def scene(name: str, words: str, question: str | None) -> Talk:
    asked = (Asked(question, frozenset([0]), frozenset(), "question"),) if question else ()
    return Talk(name, "friendsqa", (Row("", "hello", 0), Row("", words, 1)), asked)


def test_scenes_whose_rows_look_like_the_answer_come_first() -> None:
    scenes = [
        scene("a", "the cat sat on the mat", "where did the cat sit"),
        scene("b", "rain again", "where did the cat go"),
        scene("c", "the cat went out", None),
    ]
    encode = WordEncoder().encode_queries
    # "the cat" stands in the first and the third; of the last nothing is asked, so that any will do.
    assert confused(encode, scenes) == [[2, 1], [0, 2], [0, 1]]
