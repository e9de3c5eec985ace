import pytest

from qa.evaluation.judged import Card, Dataset, JudgedQuestion, JudgedTranscript, Pool, gold_size
from qa.retrieval import Filter
from qa.types import Reading, TimeKind, Turn

CARD = Card("t", "s", "l", "g")


def transcript(id_: str) -> JudgedTranscript:
    return JudgedTranscript(id_, Reading("plain", (Turn("hello"),)), (f"{id_}:00000",))


def question(id_: str, pool: str) -> JudgedQuestion:
    return JudgedQuestion(id_, "who?", pool, {"a:00000": 1})


def dataset(pools: tuple[Pool, ...], questions: tuple[JudgedQuestion, ...]) -> Dataset:
    return Dataset("x", "unknown release", "0", CARD, pools, questions)


@pytest.mark.parametrize(
    ("relevant", "name"),
    [
        (1, "01"),
        (2, "02-05"),
        (5, "02-05"),
        (6, "06-20"),
        (20, "06-20"),
        (21, "21-50"),
        (50, "21-50"),
        (51, "51+"),
    ],
)
def test_questions_are_sliced_by_their_number_of_relevant_turns(relevant: int, name: str) -> None:
    gains = {f"r{n}": 1 for n in range(relevant)} | {"n": 0, "m": -1}
    assert gold_size(gains) == name


def test_a_transcript_in_several_pools_comes_once() -> None:
    a, b = transcript("a"), transcript("b")
    made = dataset(
        (Pool("p", (a, b)), Pool("q", (b,))), (question("1", "q"), question("2", "p"), question("3", "q"))
    )
    assert [one.id for one in made.transcripts()] == ["a", "b"]
    assert made.turns == 2
    assert [(pool.id, [one.id for one in asked]) for pool, asked in made.asked()] == [
        ("p", ["2"]),
        ("q", ["1", "3"]),
    ]


def test_ids_that_repeat_and_pools_that_are_not_there_are_refused() -> None:
    pool = Pool("p", (transcript("a"),))
    with pytest.raises(ValueError, match="pool p is in the data set twice"):
        dataset((pool, pool), ())
    with pytest.raises(ValueError, match="question 1 is in the data set twice"):
        dataset((pool,), (question("1", "p"), question("1", "p")))
    with pytest.raises(ValueError, match="question 1 belongs to q, which is no pool"):
        dataset((pool,), (question("1", "q"),))


CHAT = JudgedTranscript(
    "c",
    Reading(
        "chat",
        (
            Turn("a", "Ana", "Mayor", start=0),
            Turn("b", None, "questioner", start=90_000),  # a day and an hour later
            Turn("c", "Ben", start=200_000),  # two days later
        ),
        TimeKind.CLOCK,
        date="2025-12-30",
    ),
    ("c:0", "c:1", "c:2"),
)


@pytest.mark.parametrize(
    ("within", "ids"),
    [
        (Filter(), ["c:0", "c:1", "c:2"]),
        (Filter(speakers=frozenset({"Ana", "Ben"})), ["c:0", "c:2"]),
        (Filter(roles=frozenset({"questioner"})), ["c:1"]),
        (Filter(speakers=frozenset({"Ben"}), roles=frozenset({"Mayor"})), ["c:0", "c:2"]),
        (Filter(since="2025-12-31"), ["c:1", "c:2"]),
        (Filter(until="2025"), ["c:0", "c:1"]),
        (Filter(speakers=frozenset({"Ana"}), since="2026"), []),
    ],
)
def test_a_pool_has_the_turns_that_its_filter_lets_through(within: Filter, ids: list[str]) -> None:
    assert list(Pool("p", (CHAT,), within).turn_ids()) == ids
