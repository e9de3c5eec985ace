import pytest

from qa.conversation import leans_on_history, wordings

BUDGET = "What did the committee decide about the budget?"


@pytest.mark.parametrize(
    "question",
    [
        "Why?",
        "And why did he say that?",
        "Who else?",
        "What about the library?",
        "How about Tuesday?",
        "And the harbour wall?",
        "But when?",
        "What did she answer?",
        "How much of it has been recovered?",
        "Did they agree?",
        "",
        "为什么？",
        "那图书馆呢？",
        "他说了什么？",
        "なぜですか。",
        "では、いつ？",
        "왜요?",
        "А почему?",
        "Что он сказал?",
        "Коли?",
        "Γιατί;",
        "لماذا؟",
        "ולמה?",
        "Und warum?",
        "Et quand ?",
        "¿Y por qué?",
        "Ne zaman?",
        "क्यों?",
        "उसने क्या कहा?",
    ],
)
def test_question_that_leans_on_the_one_before(question: str) -> None:
    assert leans_on_history(question)


@pytest.mark.parametrize(
    "question",
    [
        BUDGET,
        "Who started the war?",
        "How many fishing boats went down?",
        "What is NSATU?",
        "新的桥要花多少钱？",
        "其他港口什么时候开放？",
        "図書館はいつ開きますか。",
        "도서관은 언제 문을 엽니까?",
        "Сколько стоит новый мост?",
        "Πόσο κοστίζει η νέα γέφυρα;",
        "كم يكلف الجسر الجديد؟",
        "כמה עולה הגשר החדש?",
        "Wann öffnet die Bücherei in der Hafenstraße?",
        "Which amendment did the housing committee reject in March after it heard of the price of meals?",
    ],
)
def test_question_that_stands_on_its_own(question: str) -> None:
    assert not leans_on_history(question)


def test_first_question_is_searched_alone_however_it_is_put() -> None:
    assert wordings("And why did he say that?", []) == ("And why did he say that?",)


def test_question_that_stands_on_its_own_is_searched_alone() -> None:
    assert wordings("How many fishing boats went down?", [BUDGET]) == ("How many fishing boats went down?",)


def test_follow_up_is_searched_alone_and_after_the_question_before_it() -> None:
    assert wordings("And why?", ["How many boats went down?", BUDGET]) == ("And why?", f"{BUDGET} And why?")


def test_follow_up_to_a_follow_up_reaches_back_to_where_the_subject_was_named() -> None:
    previous = ["How many boats went down?", BUDGET, "And who spoke?"]
    assert wordings("Why did she?", previous) == ("Why did she?", f"{BUDGET} And who spoke? Why did she?")


def test_chain_of_follow_ups_without_a_subject_is_searched_whole() -> None:
    assert wordings("Why?", ["And then?", "Who else?"]) == ("Why?", "And then? Who else? Why?")
