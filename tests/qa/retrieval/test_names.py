from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.retrieval.names import Names

SPEAKERS = (
    "Mark Rutte", "Volodymyr Zelenskyy", "Ana Ruiz", "Ben Ruiz", "Will Smith", "May", "王小明",
    "Project Manager",
    "Ursula von der Leyen", "Иван Петров", "Kirsty Williams AM", "José Núñez",
)  # fmt: skip
NAMES = Names(SPEAKERS, ["NATO Secretary General", "Mayor", "Vice President"], [("Boss", "Mark Rutte")])


def found(question: str) -> list[tuple[str, ...]]:
    return [one.names or one.roles for one in NAMES.find(question)]


@pytest.mark.parametrize(
    ("question", "people"),
    [
        ("What did Mark Rutte say?", [("Mark Rutte",)]),
        ("What did Rutte say to Mark?", [("Mark Rutte",), ("Mark Rutte",)]),
        ("what did rutte say", [("Mark Rutte",)]),
        ("WHAT DID RUTTE SAY", [("Mark Rutte",)]),
        ("Is this Rutte's view?", [("Mark Rutte",)]),
        ("What did the Boss say?", [("Mark Rutte",)]),
        ("What did Ruiz say?", [("Ana Ruiz", "Ben Ruiz")]),
        ("What did von der Leyen say?", [("Ursula von der Leyen",)]),
        ("What did jose nunez say?", [("José Núñez",)]),
        ("What did Jose\u0301 say?", [("José Núñez",)]),
        ("What did Williams say?", [("Kirsty Williams AM",)]),
        ("What did the Project Manager say about the project?", [("Project Manager",)]),
        ("王小明说了什么？", [("王小明",)]),
        ("Что сказал Петров?", [("Иван Петров",)]),
        ("What was the mayor asked?", [("Mayor",)]),
        ("What did the Secretary General say?", [("NATO Secretary General",)]),
    ],
)
def test_people_are_found_by_what_they_are_called(question: str, people: list[tuple[str, ...]]) -> None:
    assert found(question) == people


@pytest.mark.parametrize(
    "question",
    [
        "will it open in spring?",
        "Will it open?",
        "May we see the plan?",
        "Mark my words: who pays?",
        "MAY WE MARK IT",
        "What did he mark?",
        "What did Mark Zuckerberg say?",  # somebody else of that first name
        "What did the president say?",  # nobody: only a vice president is known
        "Is there a mayor?",
        "I am at 7",
        "",
        "???",
        "'s",
    ],
)
def test_words_that_only_look_like_names_are_none(question: str) -> None:
    assert found(question) == []


@pytest.mark.parametrize(
    ("question", "people"),
    [
        ("김민수는 무엇을 말했습니까?", ["김민수"]),
        ("이김민수는 누구입니까?", []),  # in the middle of a word it is another
        ("मीरा ने क्या कहा?", ["मीरा शर्मा"]),
        ("ماذا قال سامي؟", ["سامي حداد"]),
        ("מה אמר דוד לוי?", ["דוד לוי"]),
        ("สมศรีพูดว่าอะไร", ["สมศรี"]),
        ("田中さんは何と言いましたか", ["田中"]),
        ("ΤΙ ΕΙΠΕ Η ΕΛΕΝΗ;", ["Ελένη"]),
    ],
)
def test_people_are_found_in_any_script(question: str, people: list[str]) -> None:
    names = Names(["김민수", "मीरा शर्मा", "سامي حداد", "דוד לוי", "สมศรี", "田中", "Ελένη"], [])
    assert [name for one in names.find(question) for name in one.names] == people


def test_a_title_belongs_to_the_name_after_it() -> None:
    question = "What did Councillor Ruiz ask Secretary General Rutte?"
    ruiz, rutte = NAMES.find(question)
    assert question[ruiz.start : ruiz.end] == "Councillor Ruiz"
    assert question[rutte.start : rutte.end] == "Secretary General Rutte"
    assert (rutte.names, rutte.roles) == (("Mark Rutte",), ("NATO Secretary General",))


def test_speech_may_use_any_part_of_a_name_that_is_no_word() -> None:
    (leyen,) = NAMES.find("What about Leyen?")
    assert leyen.wordings == (("leyen",), ("ursula",))
    (ruiz,) = NAMES.find("What about Ruiz?")
    assert ruiz.wordings == (("ruiz",),)  # of two people no other part may be used


def test_a_part_that_too_many_share_stands_for_nobody() -> None:
    many = Names([f"Ana {chr(ord('A') + n)}bc" for n in range(21)], [])
    assert many.find("What did Ana say?") == []


@given(st.text(max_size=60))
def test_places_found_lie_in_the_question_and_never_overlap(question: str) -> None:
    places = [(one.start, one.end) for one in NAMES.find(question)]
    assert all(0 <= start < end <= len(question) for start, end in places)
    assert all(before[1] <= after[0] for before, after in pairwise(places))
