import pytest

from qa.retrieval.events import event_in


@pytest.mark.parametrize(
    ("question", "shown"),
    [
        ("What did Ana say before the vote?", "before: the vote"),
        ("What did they do after the road trip to relax?", "after: the road trip"),
        ("After the earthquake, who came?", "after: the earthquake"),
        ("What changed since the strike?", "after: the strike"),
        ("Who objected until the final reading?", "before: the final reading"),
        ("What happened after Rutte's speech?", "after: Rutte's speech"),
        ("What happened before Brexit?", "before: Brexit"),
        ("Who was named after the mayor, before the storm?", "before: the storm"),
    ],
)
def test_the_event_is_found_with_its_side(question: str, shown: str) -> None:
    assert str(event_in(question)) == shown


@pytest.mark.parametrize(
    "question",
    [
        "Who looks after the children?",
        "Who was it named after?",
        "Who testified before the committee?",
        "What happened after all?",
        "And after that?",
        "What came after the first?",
        "What was before?",
        "",
    ],
)
def test_what_only_looks_like_an_event_is_none(question: str) -> None:
    assert event_in(question) is None
