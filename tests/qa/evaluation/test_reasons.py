from math import log, log1p
from pathlib import Path

import pytest

from qa.evaluation.bench import Bench
from qa.evaluation.evaluating import evaluate
from qa.evaluation.judged import Card, Dataset, JudgedQuestion, JudgedTranscript, Pool
from qa.evaluation.plan import Plan
from qa.evaluation.product import Product
from qa.evaluation.results import Missed, Why
from qa.retrieval import default_ranking
from tests.conftest import WordEncoder, reading_of
from tests.qa.evaluation.small_evaluation import evaluation_of
from tests.qa.evaluation.small_set import small_set

# The transcripts are short, so the weights for short ones count alone.
SHORT = {name: pair[0] for name, pair in default_ranking().as_dict().items()}
FULL = max(
    sum(max(pair[place], 0) for pair in default_ranking().as_dict().values()) for place in (0, 1)
)  # the highest sum there can be


@pytest.fixture
def reasons(tmp_path: Path) -> dict[str, Why]:
    found = evaluation_of(tmp_path, "instant").system("instant")
    return {one.turn_id: one.why for one in found.best["q1"] if one.why}


def test_every_view_ranks_all_turns_that_were_searched(reasons: dict[str, Why]) -> None:
    # Of the question's words, turn 1 shares the and zeppelin (2 of its 3), turn 2 ordered and zeppelin (2 of
    # its 4), turn 0 the (1 of 4), turn 3 none. What is matched are order and zeppelin: turn 2 has both.
    assert [reasons[f"council:{turn:05d}"].ranks[0] for turn in range(4)] == [3, 1, 2, 4]
    assert [reasons[f"council:{turn:05d}"].ranks[2] for turn in range(4)] == [None, 2, 1, None]


def test_words_stand_in_the_turn_or_around_it(reasons: dict[str, Why]) -> None:
    assert {id_: (why.words, why.near) for id_, why in reasons.items()} == {
        "council:00000": ((), ("order", "zeppelin")),
        "council:00001": (("zeppelin",), ("order",)),
        "council:00002": (("order", "zeppelin"), ()),
        "council:00003": ((), ("order", "zeppelin")),
    }


def test_pieces_add_up_to_the_score(tmp_path: Path) -> None:
    found = evaluation_of(tmp_path, "instant", "dense-context")
    for result in found.systems:
        for placed in (one for best in result.best.values() for one in best):
            assert placed.why is not None
            total = sum(placed.why.shares) + placed.why.prior + placed.why.credit
            assert total == pytest.approx(placed.score, abs=1e-6)
            if result.name == "instant":
                own = (SHORT["dense own"] * placed.parts[0], SHORT["lexical own"] * placed.parts[2])
                assert (placed.why.shares[0] * FULL, placed.why.shares[2] * FULL) == pytest.approx(
                    own, abs=1e-6
                )


def test_question_pays_and_the_answer_after_it_earns(reasons: dict[str, Why]) -> None:
    asked, answer = reasons["council:00001"], reasons["council:00002"]
    # Three and four of twelve words; the logarithm of the words is 1 for a hundred.
    short = {
        words: SHORT["brief"] * (1 - words / 12) + SHORT["length"] * log1p(words) / log(101)
        for words in (3, 4)
    }
    assert asked.prior * FULL == pytest.approx(SHORT["asks"] + short[3])
    assert answer.prior * FULL == pytest.approx(SHORT["answers"] + short[4])
    earned = SHORT["dense asked"] * 1 + SHORT["lexical asked"] * 0.5328
    assert answer.credit * FULL == pytest.approx(earned, abs=1e-4)
    assert asked.credit == 0


def test_systems_without_views_give_no_reasons(tmp_path: Path) -> None:
    found = evaluation_of(tmp_path, "bm25", "dense", "hybrid")
    assert {one.why for result in found.systems for best in result.best.values() for one in best} == {None}


def test_turn_that_is_unknown_or_not_searched_has_no_reason(tmp_path: Path) -> None:
    bench = Bench(small_set(), tmp_path, lambda name: WordEncoder(name or "words"))
    system, pools = Product(bench, bench.model(None)), {pool.id: pool for pool in bench.dataset.pools}
    turns = ["council:00002", "harbour:D1:001", "nowhere:1"]
    assert list(system.explain("Who?", pools["council"], turns)) == ["council:00002"]
    assert list(system.explain("Who?", None, turns)) == turns[:2]
    assert system.explain("Who?", pools["council"], turns[1:]) == {}


def test_relevant_turns_after_the_tenth_are_kept_with_their_rank_and_reasons(tmp_path: Path) -> None:
    # Twelve turns of more and more words, so that a turn shares less of its meaning the later it comes.
    lines = [f"Ana: zeppelin{' filler' * number}" for number in range(12)]
    ids = tuple(f"t:{number:05d}" for number in range(12))
    transcript = JudgedTranscript("t", reading_of(*lines), ids)
    gains = {"t:00011": 1, "t:00000": 2, "t:00010": 1, "t:00003": 0}
    question = JudgedQuestion("q", "zeppelin", "t", gains)
    dataset = Dataset("d", "r", "0" * 64, Card("t", "s", "l", "g"), (Pool("t", (transcript,)),), (question,))
    bench = Bench(dataset, tmp_path, lambda name: WordEncoder(name or "words"))
    found = evaluate(bench, Plan(("dense", "instant"), measures=("ap",))).evaluation
    assert found.system("dense").missed == {
        "q": (Missed("t:00010", 1, 11, None), Missed("t:00011", 1, 12, None))
    }
    missed = found.system("instant").missed["q"]
    assert {(one.turn_id, one.rank) for one in missed} == {("t:00010", 11), ("t:00011", 12)}
    assert [one.why.ranks[0] for one in missed if one.why] == [11, 12]
    assert found.turns["t:00011"].text.startswith("zeppelin filler")
    shallow = evaluate(bench, Plan(("dense",), measures=("ap",), depth=11)).evaluation
    assert [(one.turn_id, one.rank) for one in shallow.system("dense").missed["q"]] == [
        ("t:00010", 11), ("t:00011", None),
    ]  # fmt: skip
