import pytest

from qa.retrieval.mentions import Mention, Relation, mentions
from qa.retrieval.names import Names

NAMES = Names(["Mark Rutte", "Ana Ruiz", "Ben Cole"], ["Mayor"])


def told(question: str) -> list[str]:
    return [str(one) for one in mentions(question, NAMES)]


@pytest.mark.parametrize(
    ("question", "understood"),
    [
        ("What did Rutte say about Ruiz?", ["said by Mark Rutte", "about Ana Ruiz"]),
        ("What is the budget according to Ana?", ["said by Ana Ruiz"]),
        ("What was proposed by Ana Ruiz?", ["said by Ana Ruiz"]),
        ("What is Rutte's view of Ana?", ["said by Mark Rutte", "about Ana Ruiz"]),
        ("What does Ana never mention?", ["said by Ana Ruiz"]),
        ("Why didn't Ana agree?", ["said by Ana Ruiz"]),
        ("Did Ana and Ben say so?", ["said by Ana Ruiz", "said by Ben Cole"]),
        ("Who criticised Rutte?", ["about Mark Rutte"]),
        ("Who is Rutte?", ["about Mark Rutte"]),
        ("What do people think of Ana and Ben?", ["about Ana Ruiz", "about Ben Cole"]),
        ("What was Rutte asked?", ["asked of Mark Rutte"]),
        ("What was the mayor asked?", ["asked of Mayor"]),
        ("What questions were put to Rutte?", ["asked of Mark Rutte"]),
        ("What was asked of Rutte?", ["asked of Mark Rutte"]),
        ("Who asked Ana about Ben?", ["asked of Ana Ruiz", "about Ben Cole"]),
        ("What did Ben ask Ana?", ["said by Ben Cole", "asked of Ana Ruiz"]),
        ("What did Ana ask?", ["said by Ana Ruiz"]),
        ("Where does Ana live?", ["names Ana Ruiz"]),
        ("Where does Ana live? And what did Ana say?", ["said by Ana Ruiz"]),
        ("Where does nobody live?", []),
        ("\ue000 said by Ana", ["said by Ana Ruiz"]),
    ],
)
def test_the_words_around_a_name_say_what_is_wanted(question: str, understood: list[str]) -> None:
    assert told(question) == understood


def test_several_people_of_one_name_are_listed() -> None:
    one = Mention("Ruiz", ("A R", "B R", "C R", "D R", "E R"), (), (), Relation.BY)
    assert str(one) == "said by A R or B R or C R and 2 more"


def test_somebody_who_speaks_nowhere_is_shown_as_typed() -> None:
    assert str(Mention("Putin", (), (), (("putin",),), Relation.ABOUT, given=True)) == "about Putin"
