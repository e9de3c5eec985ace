import html
import math
import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from embeddings.cross_encoder import Pair, Scores
from qa.answering import ask
from qa.json_forms import answer_json
from qa.library import Library
from qa.page.answers import answer_html
from qa.reason_text import Asked, ahead_text
from qa.reasons import reasons_of
from qa.reranking import (
    CANDIDATES,
    TOOK_TOO_LONG,
    Reranked,
    Reranker,
    Rereading,
    among_neighbours,
    asked_at,
    earned,
)
from qa.retrieval import Hit
from qa.terminal import answer_text
from qa.types import QUESTIONER, Turn
from tests.conftest import put

MARKS = ("»", "«")


class WordJudge:
    """Thinks that a passage answers when a word stands in it, between the marks if it has any."""

    name = "judge"
    checksum = "judge"

    def __init__(self, word: str, marks: tuple[str, str] | None = MARKS, late: bool = False) -> None:
        self.word = word
        self.marks = marks
        self.late = late
        self.pairs: list[Pair] = []

    def scores(self, pairs: Sequence[Pair], seconds: float | None = None) -> Scores | None:
        self.pairs += pairs
        if self.late:
            return None
        texts = [text.partition("»")[2].partition("«")[0] if self.marks else text for _, text in pairs]
        return np.array([float(self.word in text) for text in texts], dtype=np.float32)


TURNS = tuple(Turn(f"word{place}", "Ana" if place % 2 else "Ben") for place in range(40))


def read(places: Sequence[tuple[str, int, int]]) -> list[Sequence[Turn]]:
    return [TURNS[max(0, first) : last + 1] if name == "t" else () for name, first, last in places]


def hits_at(*positions: int, transcript: str = "t") -> list[Hit]:
    return [
        Hit(transcript, position, 0, len(f"word{position}"), 0.7 - 0.01 * rank)
        for rank, position in enumerate(positions)
    ]


def test_what_is_read_well_moves_up_and_nothing_is_lost() -> None:
    hits = hits_at(*range(30))
    reread = Rereading(Reranker(WordJudge("word7")), "which?", read)
    found = reread(hits)
    assert reread.state is Reranked.DONE
    assert [hit.position for hit in found] == [7, *(place for place in range(30) if place != 7)]
    assert [hit.closely for hit in found[:3]] == [1.0, 0.0, 0.0]
    assert {hit.closely for hit in found[CANDIDATES:]} == {None}
    assert [hit.score for hit in found] == sorted((hit.score for hit in found), reverse=True)


def test_reading_does_not_replace_the_first_ranking() -> None:
    reranker = Reranker(WordJudge("word1"))
    far_ahead = [replace(hit, score=0.1 + 2 * reranker.weight * (hit.position == 0)) for hit in hits_at(0, 1)]
    assert [hit.position for hit in Rereading(reranker, "which?", read)(far_ahead)] == [0, 1]


def test_when_it_takes_too_long_the_first_order_stands() -> None:
    hits = hits_at(3, 1, 2)
    reread = Rereading(Reranker(WordJudge("word2", late=True)), "which?", read)
    assert reread(hits) == hits
    assert reread.state is Reranked.LATE


def test_in_a_long_transcript_what_stands_beside_a_good_passage_moves_up_too() -> None:
    # The retriever found 20, 8, 2 and, as well as that, 30; of all only 8 holds the word.
    hits = [replace(hit, score=0.5) for hit in hits_at(20, 8, 2, 30, 9)]

    def order(length: int) -> list[int]:
        long = [replace(hit, length=length) for hit in hits]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("qa.reranking.CANDIDATES", 3)
            return [hit.position for hit in Rereading(Reranker(WordJudge("word8")), "which?", read)(long)]

    assert order(16) == [8, 20, 2, 30, 9]
    assert order(1_024)[:2] == [8, 9]


def test_what_a_passage_earns_is_a_mix_of_its_own_and_of_what_is_around_it() -> None:
    def hit(position: int, closely: float | None, length: int, transcript: str = "t") -> Hit:
        return Hit(transcript, position, 0, 5, 0.5, length=length, closely=closely)

    short = [hit(0, 0.8, 16), hit(1, 0.2, 16), hit(2, None, 16)]
    assert earned(short) == pytest.approx([0.8, 0.2, 0])
    # In a transcript of 1,024 passages: .33 of its own, and 2.67 times the mean by exp(-turns / 4), of which
    # .5 is taken for what was not read.
    long = [hit(0, 0.8, 1_024), hit(4, 0.2, 1_024), hit(8, None, 1_024), hit(4, 0.9, 1_024, "other")]
    one, two = math.exp(-1), math.exp(-2)
    around = [
        (0.8 + one * 0.2) / (1 + one + 0.5),
        (one * 0.8 + 0.2) / (1 + one + 0.5),
        (two * 0.8 + one * 0.2) / (two + one + 0.5),
        0.9 / 1.5,
    ]
    expected = [0.33 * own + 2.67 * beside for own, beside in zip((0.8, 0.2, 0, 0.9), around, strict=True)]
    assert earned(long) == pytest.approx(expected)
    # With 128 passages, half of each.
    half = [replace(one, length=128) for one in long[:1]]
    assert earned(half) == pytest.approx([0.5 * 0.8 + 0.5 * (0.33 * 0.8 + 2.67 * 0.8 / 1.5)])


def test_reading_another_s_words_earns_less_where_somebody_s_are_wanted_but_in_long_meetings() -> None:
    def of_another(length: int, position: int = 0) -> Hit:
        return Hit("t", position, 0, 5, 0.5, length=length, closely=0.8, others=True)

    assert earned([of_another(16)]) == pytest.approx([0.4])
    # Between, of half its own by the length and half by what stands beside it.
    for length, counted in ((128, 0.5), (1_024, 1.0)):
        known = replace(of_another(length), others=False)
        assert earned([of_another(length)]) == pytest.approx(counted * earned([known]))
    # A person's own words beside another's earn what they did.
    own = replace(of_another(16, 1), others=False)
    assert earned([of_another(16), own]) == pytest.approx([0.4, 0.8])


def test_an_answer_in_another_s_words_says_so(library: Library) -> None:
    put(library, "Ana: Good morning.", "Ben: The budget of the harbour is nine million.", "Ana: It rains.")
    answer = ask(library, "What did Ana say about the budget of the harbour?")
    assert answer.answered
    assert answer.sources[0].turn.speaker == "Ben"
    assert answer.instead_of == "Ana"
    said = "Not said by Ana: somebody else's words fit the question better."
    assert said in " ".join(answer_text(answer, 1, bold=False).split())
    assert said in html.unescape(answer_html(answer, 0, 1, False))
    assert answer_json(answer)["instead_of"] == "Ana"
    answer = ask(library, "What did Ben say about the budget of the harbour?")
    assert answer.sources[0].turn.speaker == "Ben"
    assert answer.instead_of is None
    assert "Not said by" not in answer_text(answer, 1, bold=False)


def test_an_answer_that_hardly_speaks_of_what_was_asked_says_so(library: Library) -> None:
    put(library, "Ana: The budget of the harbour is nine million.", "Ben: It rains.", "Ben: And it rains.")
    answer = replace(ask(library, "What did Ana say about the budget of the harbour?"), said=0.29)
    assert answer.answered
    assert answer.off_topic == "Ana"
    said = "Said by Ana, but hardly in the words of your question: it may be about something else."
    assert said in " ".join(answer_text(answer, 1, bold=False).split())
    assert said in html.unescape(answer_html(answer, 0, 1, False))
    assert "Clear match" in answer_html(replace(answer, confidence=0.9, said=1.0), 0, 1, False)
    assert "Likely match" in answer_html(replace(answer, confidence=0.9), 0, 1, False)
    assert answer_json(answer)["off_topic"] == "Ana"
    for other in (
        replace(answer, said=0.3),
        replace(answer, answer=None),
        replace(answer, sources=(replace(answer.sources[0], others=True),)),
        replace(ask(library, "How large is the budget of the harbour?"), said=0.0),
    ):
        assert other.off_topic is None
        assert said not in " ".join(answer_text(other, 1, bold=False).split())
    # What is asked for and not said counts by rarity, the name not at all.
    assert ask(library, "What did Ana say about the budget of the harbour?").said == 1.0
    lexicon = library.indexes().lexicon
    budget, zebra = (lexicon.rarity(word) for word in ("budget", "zebra"))
    found = ask(library, "What did Ana say about the budget of the zebra?")
    assert found.sources[0].turn.speaker == "Ana"
    assert found.said == pytest.approx(budget / (budget + zebra))


def test_without_a_reranker_or_anything_found_nothing_is_read() -> None:
    judge = WordJudge("x")
    for reread in (Rereading(None, "which?", read), Rereading(Reranker(judge), "which?", read)):
        hits = hits_at(1, 2) if reread.reranker is None else []
        assert reread(hits) == hits
        assert reread.state is Reranked.NONE
    assert judge.pairs == []


def test_a_transcript_removed_meanwhile_is_passed_over() -> None:
    hits = [*hits_at(1), *hits_at(2, transcript="gone"), *hits_at(3)]
    found = Rereading(Reranker(WordJudge("word3")), "which?", read)(hits)
    assert [(hit.transcript_id, hit.position) for hit in found] == [("t", 3), ("t", 1)]


def test_a_model_of_our_own_reads_the_passage_between_marks_once() -> None:
    judge = WordJudge("x")
    Rereading(Reranker(judge), "which?", read)(hits_at(0, 5))
    assert judge.pairs == [
        ("which?", "» Ben: word0 « Ana: word1 Ben: word2"),
        ("which?", "Ana: word3 Ben: word4 » Ana: word5 « Ben: word6 Ana: word7"),
    ]


def test_any_other_model_reads_it_alone_and_among_its_neighbours() -> None:
    judge = WordJudge("word6", marks=None)
    found = Rereading(Reranker(judge), "which?", read)(hits_at(5, 6))
    assert judge.pairs[:2] == [
        ("which?", "Ana: word5"),
        ("which?", "Ana: word3 Ben: word4 Ana: word5 Ben: word6 Ana: word7"),
    ]
    # Among its neighbours, 5 has the word as well: half a point for it, a whole one for 6.
    assert [(hit.position, hit.closely) for hit in found] == [(6, 1.0), (5, 0.5)]


def test_a_passage_that_only_asks_earns_nothing_unless_questions_are_wanted() -> None:
    turns = (
        Turn("What did word say? Did word go?", "Ana"),
        Turn("No word. Why?", "Ben"),
        Turn("I have a word for you.", role=QUESTIONER),
    )
    hits = [Hit("t", place, 0, len(turn.text), 0.5) for place, turn in enumerate(turns)]

    def closely(question: str) -> list[float | None]:
        reread = Rereading(
            Reranker(WordJudge("word")), question, lambda places: [turns[: p[2] + 1] for p in places]
        )
        return [hit.closely for hit in sorted(reread(hits), key=lambda hit: hit.position)]

    assert closely("which word?") == [0.0, 1.0, 0.0]
    assert closely("what did she ask?") == [1.0, 1.0, 1.0]


def test_neighbours_are_cut_and_the_rest_of_a_long_turn_is_one() -> None:
    long = Turn(" ".join(f"w{place}" for place in range(100)), "Cy")
    start = long.text.index("w50")
    span = (start, long.text.index("w53") - 1)
    text = among_neighbours([Turn("before", "Ana"), long, Turn("after", "Ben")], 1, span, MARKS)
    words = text.split()
    assert words[:3] == ["w20", "w21", "w22"]
    assert " ".join(words[30:36]) == "» Cy: w50 w51 w52 «"
    assert words[36] == "w53"
    assert words[-1] == "w82"


def test_a_model_of_our_own_reads_less_of_what_comes_after() -> None:
    long = [" ".join(f"{name}{place}" for place in range(100)) for name in "abc"]
    told = [Turn(text, None) for text in long]

    def read_by(marks: tuple[str, str] | None) -> str:
        judge = WordJudge("x", marks)
        hit = Hit("t", 1, 0, len(long[1]), 0.5)
        Rereading(Reranker(judge), "which?", lambda _: [told])([hit])
        return judge.pairs[-1][1]

    begins = " ".join(long[0].split()[70:])
    assert read_by(MARKS) == f"{begins} » {long[1]} « {' '.join(long[2].split()[:10])}"
    assert read_by(None) == f"{begins} {long[1]} {' '.join(long[2].split()[:30])}"


def test_what_a_question_waited_before_counts_to_the_time_of_reading() -> None:
    class Clock(WordJudge):
        given: float | None = None

        def scores(self, pairs: Sequence[Pair], seconds: float | None = None) -> Scores | None:
            self.given = seconds
            return super().scores(pairs, seconds)

    def given(ago: float | None, seconds: float | None) -> float | None:
        judge = Clock("x")
        token = asked_at.set(None if ago is None else time.monotonic() - ago)
        try:
            Reranker(judge, seconds).scores([("which?", "» x «")])
        finally:
            asked_at.reset(token)
        return judge.given if judge.pairs else -1.0

    assert given(None, 1.0) == 1.0
    assert given(0.25, 1.0) == pytest.approx(0.75, abs=0.1)
    assert given(3.0, 1.0) == -1.0  # it is not even begun
    assert given(3.0, None) is None


@pytest.fixture
def ferry(library: Library) -> Library:
    put(library, "Ana: the ferry sails in March", "Ben: rain", "Cy: wind", "Dee: the ferry sails again")
    return library


def test_an_answer_says_what_was_read(ferry: Library) -> None:
    ferry.reranker = Reranker(WordJudge("March"))
    answer = ask(ferry, "What of the ferry and its sails?", k=2)
    assert next(source.turn.speaker for source in answer.sources) == "Ana"
    assert answer.reranked is Reranked.DONE
    stored = answer_json(answer)
    assert stored["reranked"] == "done"
    assert [source["closely"] for source in stored["sources"]] == [1.0, 0.0]


def test_an_answer_says_that_reading_took_too_long(ferry: Library) -> None:
    ferry.reranker = Reranker(WordJudge("March", late=True))
    answer = ask(ferry, "What of the ferry and its sails?")
    assert answer.sources[0].turn.speaker == "Dee"
    assert answer.reranked is Reranked.LATE
    assert TOOK_TOO_LONG in answer_text(answer, 1, bold=False)
    assert TOOK_TOO_LONG in answer_html(answer, 0, 1, filtered=False)


def test_without_a_reranker_nothing_is_said_of_it(ferry: Library) -> None:
    answer = ask(ferry, "What of the ferry and its sails?")
    assert answer.reranked is Reranked.NONE
    assert TOOK_TOO_LONG not in answer_text(answer, 1, bold=False)
    assert TOOK_TOO_LONG not in answer_html(answer, 0, 1, filtered=False)


def test_why_says_what_reading_added(ferry: Library) -> None:
    ferry.reranker = Reranker(WordJudge("March"))
    question = "What of the ferry and its sails?"
    answer = ask(ferry, question, k=2)
    reasons = reasons_of(ferry, answer, [source.turn_id for source in answer.sources])
    assert [reason.rank for reason in reasons] == [1, 2]
    for source, reason in zip(answer.sources, reasons, strict=True):
        assert reason.reasons is not None
        assert reason.reasons.shares["closely"] == ferry.reranker.weight * (source.closely or 0)
        assert sum(reason.reasons.shares.values()) == pytest.approx(source.score, abs=1e-5)
    told = ahead_text(reasons[1], Asked.of(question))
    assert "read together with the question, it answers better" in told


def test_why_does_not_count_what_was_not_read_in_time(ferry: Library) -> None:
    ferry.reranker = Reranker(WordJudge("March", late=True))
    answer = ask(ferry, "What of the ferry and its sails?", k=2)
    for reason in reasons_of(ferry, answer, [source.turn_id for source in answer.sources]):
        assert reason.reasons is not None
        assert reason.reasons.shares["closely"] == 0
