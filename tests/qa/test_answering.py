import re
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.answering import MOST_CHARACTERS, Answer, ask, check_question, ranked, turn_link
from qa.errors import QAError
from qa.library import Library
from qa.reranking import Rereading
from qa.retrieval import Filter, Hit, merge_hits
from qa.sentences import sentence_spans
from qa.types import TimeKind, Turn
from tests.conftest import WordEncoder, put

COUNCIL = (
    "Ana Ruiz, Mayor: Good evening. The budget of the council is settled at last.",
    "Question: And the zeppelin hangar?",
    "Ben: Nobody ordered one.",
    "Cy: The harbour gate held all night. We slept.",
    "Dee: The ferry runs every hour.",
    "Eve: Good night.",
)


@pytest.fixture
def council(library: Library) -> str:
    return put(library, *COUNCIL, title="Council", date="2025-04-15")


def test_best_sentence_is_quoted_word_for_word(library: Library, council: str) -> None:
    answer = ask(library, "harbour gate held all night")
    assert answer.answered
    assert answer.answer == "The harbour gate held all night."
    best = answer.sources[0]
    assert best.turn_id == f"{council}:00003"
    assert best.highlight == (0, 32)
    assert best.turn == Turn("The harbour gate held all night. We slept.", "Cy")
    assert 0.5 < answer.confidence <= 1


def test_source_carries_all_that_is_needed_to_cite_it(library: Library, council: str) -> None:
    best = ask(library, "The budget of the council is settled").sources[0]
    assert (best.rank, best.turn_id, best.transcript_id) == (1, f"{council}:00000", council)
    assert (best.turn.speaker, best.turn.role) == ("Ana Ruiz", "Mayor")
    assert (best.transcript_title, best.date, best.time_kind) == ("Council", "2025-04-15", TimeKind.NONE)
    assert (best.turn.start, best.turn.end, best.media) == (None, None, None)
    assert best.link == f"http://127.0.0.1:7860/?turn={council}:00000"
    assert len(best.parts) == 4


def test_sources_are_ranked_from_one_best_first(library: Library, council: str) -> None:
    sources = ask(library, "harbour gate", k=3).sources
    assert [source.rank for source in sources] == [1, 2, 3]
    scores = [source.score for source in sources]
    assert scores == sorted(scores, reverse=True)
    assert len({source.turn_id for source in sources}) == 3


# Turn 3 is best, and 2 and 4 stand beside it; of 0, 1 and 5 the first two stand side by side.
@pytest.mark.parametrize(("k", "count"), [(1, 1), (2, 2), (3, 3), (50, 3)])
def test_k_sources_come_back_when_there_are_k(library: Library, council: str, k: int, count: int) -> None:
    assert len(ask(library, "harbour gate", k=k).sources) == count


def test_turns_beside_a_source_are_shown_with_it(library: Library, council: str) -> None:
    best = ask(library, "harbour gate").sources[0]
    assert best.turn_id == f"{council}:00003"
    assert sorted(best.beside) == [f"{council}:00002", f"{council}:00004"]
    assert set(best.beside) <= {one.turn_id for one in best.before + best.after}


def test_same_words_in_two_transcripts_are_one_source(library: Library) -> None:
    said = "The harbour gate will open again on the first Monday of May"
    first = put(library, f"Ana: {said}.", "Ben: Good.", title="Morning")
    second = put(library, "Cy: So we asked.", f"Ana: {said}!", title="Evening")
    sources = ask(library, "When will the harbour gate open again?").sources
    best, (repeat,) = sources[0], sources[0].repeats
    assert {best.turn_id, repeat.turn_id} == {f"{first}:00000", f"{second}:00001"}
    assert {best.transcript_title, repeat.transcript_title} == {"Morning", "Evening"}
    assert repeat.link == f"http://127.0.0.1:7860/?turn={repeat.turn_id}"
    assert {best.turn_id, repeat.turn_id}.isdisjoint(source.turn_id for source in sources[1:])


@pytest.mark.parametrize("k", [0, -1])
def test_k_below_one_is_refused(library: Library, council: str, k: int) -> None:
    with pytest.raises(ValueError, match=f"k is {k}; expected at least 1"):
        ask(library, "harbour gate", k=k)


@pytest.mark.parametrize(
    ("question", "position", "before", "after"),
    [
        ("harbour gate held", 3, [1, 2], [4, 5]),
        ("The budget of the council is settled", 0, [], [1, 2]),
        ("Good night.", 5, [3, 4], []),
    ],
)
def test_neighbouring_turns_are_the_context(
    library: Library, council: str, question: str, position: int, before: list[int], after: list[int]
) -> None:
    best = ask(library, question).sources[0]
    turns = library.transcript(council).turns
    assert best.turn_id == f"{council}:0000{position}"
    assert [neighbour.turn_id for neighbour in best.before] == [f"{council}:0000{i}" for i in before]
    assert [neighbour.turn_id for neighbour in best.after] == [f"{council}:0000{i}" for i in after]
    assert [neighbour.turn for neighbour in best.before + best.after] == [turns[i] for i in before + after]


def test_question_that_nothing_answers_gets_the_nearest_passages_as_such(
    library: Library, council: str
) -> None:
    answer = ask(library, "Wombats burrow underground?")
    assert (answer.answered, answer.answer) == (False, None)
    assert answer.confidence < 0.1
    assert answer.searched == ("Wombats burrow underground?",)
    assert len(answer.sources) == 3
    assert all(source.highlight for source in answer.sources)


def test_empty_library_answers_nothing_and_says_what_was_searched(library: Library) -> None:
    answer = ask(library, "harbour gate")
    assert (answer.answered, answer.sources, answer.confidence) == (False, (), 0.0)
    assert (answer.question, answer.searched) == ("harbour gate", ("harbour gate",))


def test_filter_that_leaves_nothing_answers_nothing(library: Library, council: str) -> None:
    answer = ask(library, "harbour gate", within=Filter(since="2026"))
    assert (answer.answered, answer.sources) == (False, ())


def test_filter_applies_to_every_source(library: Library, council: str) -> None:
    other = put(library, "Cy: The harbour gate held. It held again.", "Ana Ruiz: It held.")
    answer = ask(library, "harbour gate held", within=Filter(speakers=frozenset({"Ana Ruiz"})))
    assert {source.turn_id for source in answer.sources} == {f"{council}:00000", f"{other}:00001"}


def test_follow_up_is_searched_alone_and_with_the_question_before_it(library: Library, council: str) -> None:
    alone = ask(library, "Why?")
    assert alone.searched == ("Why?",)
    answer = ask(library, "Why?", previous=["What of the harbour gate?"])
    assert answer.searched == ("Why?", "What of the harbour gate? Why?")
    assert answer.question == "Why?"
    assert answer.sources[0].turn_id == f"{council}:00003"


def test_question_that_stands_alone_ignores_what_went_before(library: Library, council: str) -> None:
    question = "Which ferry runs every hour?"
    plain, later = ask(library, question), ask(library, question, previous=["What of the harbour gate?"])
    assert later.searched == (question,)
    assert (later.answer, later.sources) == (plain.answer, plain.sources)


@pytest.mark.parametrize("question", ["", "  \n\t", "\u00a0"])
def test_blank_question_is_refused_with_an_example(library: Library, question: str) -> None:
    with pytest.raises(QAError, match=r"The question is empty\. Ask in plain words, as in"):
        ask(library, question)


def test_very_long_question_is_refused_with_its_length(library: Library, council: str) -> None:
    with pytest.raises(QAError, match=re.escape("has 2,001 characters; at most 2,000 are searched")):
        ask(library, "x" * (MOST_CHARACTERS + 1))
    assert ask(library, "gate " * 400).sources[0].turn_id == f"{council}:00003"  # 1,999 characters


def test_question_is_tidied() -> None:
    assert check_question("  who\n paid\t? ") == "who paid ?"


@pytest.mark.parametrize(
    "question", ["?", "!!!", "\x00", "'; drop table turns; --", "<script>", "東京", "😀" * 50]
)
def test_any_question_gets_an_answer(library: Library, council: str, question: str) -> None:
    assert len(ask(library, question).sources) == 3  # six turns, side by side
    assert len(library.transcript(council).turns) == 6


def test_transcript_removed_by_another_process_meanwhile_is_left_out(
    library: Library, council: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = put(library, "Fay: The harbour gate was painted.")

    def removed_meanwhile(rankings: Sequence[Sequence[Hit]], k: int) -> list[Hit]:
        with Library(library.folder, WordEncoder()) as other:
            other.remove(council)
        return merge_hits(rankings, k)

    monkeypatch.setattr("qa.answering.merge_hits", removed_meanwhile)
    answer = ask(library, "harbour gate")
    assert [source.transcript_id for source in answer.sources] == [kept]
    assert [source.rank for source in answer.sources] == [1]


def test_link_leads_to_the_turn_and_is_a_valid_address() -> None:
    assert turn_link("3f2a:00012") == "http://127.0.0.1:7860/?turn=3f2a:00012"
    assert turn_link("a b&c:00001", "http://host:80/") == "http://host:80/?turn=a%20b%26c:00001"


def test_time_taken_is_told_in_milliseconds(library: Library, council: str) -> None:
    assert 0 < ask(library, "gate").elapsed_ms < 60_000


def test_same_question_gets_the_same_answer(library: Library, council: str) -> None:
    def told(answer: Answer) -> tuple[object, ...]:
        return answer.answer, answer.confidence, answer.sources, answer.searched

    first = told(ask(library, "harbour gate held"))
    assert all(told(ask(library, "harbour gate held")) == first for _ in range(3))


WORDS = "the gate held. Why? harbour 3.5 Dr. No! …\n 東。 budget because Tuesday".split(" ")
TEXTS = (
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=40)
    .map(" ".join)
    .filter(lambda text: bool(text.strip()))
)


@settings(max_examples=30)
@given(texts=st.lists(TEXTS, min_size=1, max_size=5), question=st.lists(st.sampled_from(WORDS), min_size=1))
def test_answer_is_a_whole_sentence_of_its_first_source(
    texts: list[str], question: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    with Library(tmp_path_factory.mktemp("library"), WordEncoder(width=64)) as library:
        put(library, *[f"Ana: {text}" for text in texts])
        answer = ask(library, "x " + " ".join(question))
    for source in answer.sources:
        assert source.highlight in sentence_spans(source.turn.text)
    if answer.answer is not None:
        start, end = answer.sources[0].highlight or (0, 0)
        assert answer.answer == answer.sources[0].turn.text[start:end]
    assert answer.answered == (answer.answer is not None)


def test_follow_up_about_something_nobody_mentioned_is_not_answered_by_the_question_before(
    library: Library, council: str
) -> None:
    put(library, "Fay: I played chess over the radio with Magnus.")
    first = ask(library, "Who played chess over the radio?")
    assert first.answered
    follow_up = ask(library, "And what was his dog called?", previous=[first.question])
    assert len(follow_up.searched) == 2
    assert not follow_up.answered


def first_two(library: Library, *lines: str, question: str) -> list[int]:
    """Return the places of the best two turns of a transcript."""
    put(library, *lines)
    indexes = library.indexes()
    reread = Rereading(None, question, library.stretches)
    hits = ranked(library.encoder, indexes, question, [question], 9, reread=reread)
    return [hit.position for hit in hits[:2]]


FILLER = ("Ana: the market opens", "Ben: rain again", "Cy: who knows")


def test_what_a_questioner_asked_never_stands_before_its_answer(library: Library) -> None:
    lines = ("Question: when does the ferry to the island sail?", "Ana: on Monday", *FILLER)
    assert first_two(library, *lines, question="when does the ferry to the island sail")[0] == 1


def test_what_tells_something_and_then_asks_stays_before_an_answer_far_behind(library: Library) -> None:
    told = "Ben: The ferry to the island sails again. When do you sail?"
    assert first_two(library, told, "Ana: on Monday", *FILLER, question="when does the ferry sail") == [0, 1]


def test_what_only_asks_never_stands_before_its_answer(library: Library) -> None:
    put(library, "Ben: When does the ferry to the island sail?", "Ana: on Monday", *FILLER)
    best = ask(library, "When does the ferry to the island sail?").sources[0]
    assert best.turn.speaker == "Ana"


def test_among_friends_an_answer_found_nearly_as_well_moves_in_front(library: Library) -> None:
    lines = ("Ben: The ferry sails. Does it sail to the island today?", "Ana: the ferry sails", *FILLER)
    question = "does the ferry to the island sail today"
    assert first_two(library, *lines, question=question) == [1, 0]
    assert [hit.position for hit in library.retrieve(question, 2)] == [0, 1]
