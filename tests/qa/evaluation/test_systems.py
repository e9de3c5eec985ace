"""What each system ranks, worked out by hand on a data set of eight turns."""

import math
from dataclasses import replace
from pathlib import Path

import pytest

from qa.answering import ask
from qa.errors import QAError
from qa.evaluation.bench import Bench, Found, System
from qa.evaluation.judged import JudgedTranscript, Pool
from qa.evaluation.product import Product
from qa.evaluation.systems import SYSTEMS, build, check_name
from qa.evaluation.ties import ordered
from qa.library import Library
from qa.retrieval import Filter, default_ranking
from tests.conftest import WordEncoder, reading_of
from tests.qa.evaluation.small_set import WALL, ZEPPELIN, small_set


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(small_set(), tmp_path, lambda name: WordEncoder(name or "words"))


def pool_of(bench: Bench, id_: str) -> Pool:
    return next(pool for pool in bench.dataset.pools if pool.id == id_)


def ranked(system: System, bench: Bench, question: str, pool: str | None = None) -> list[tuple[str, float]]:
    searched = None if pool is None else pool_of(bench, pool)
    return [(one.turn_id, one.score) for one in system.rank(question, searched, 1000)]


def test_bm25_of_the_turns_own_words(bench: Bench) -> None:
    # Words: budget settl | zeppelin | nobodi order zeppelin | yes, 7 in 4 turns, so 1.75 on average.
    # zeppelin is in 2 turns, log(1 + 2.5/2.5); order in 1, log(1 + 3.5/1.5). 1.5 (0.25 + 0.75 n/1.75) damps
    # a turn of n words.
    zeppelin, order = math.log(2), math.log(1 + 3.5 / 1.5)
    assert ranked(build("bm25", bench), bench, ZEPPELIN.text, "council") == [
        ("council:00002", pytest.approx((zeppelin + order) / (1 + 1.5 * (0.25 + 0.75 * 3 / 1.75)), rel=1e-6)),
        ("council:00001", pytest.approx(zeppelin / (1 + 1.5 * (0.25 + 0.75 * 1 / 1.75)), rel=1e-6)),
        ("council:00003", 0.0),  # shares no word; of equal scores the last id comes first
        ("council:00000", 0.0),
    ]


def test_bm25_does_not_see_the_speaker(bench: Bench) -> None:
    assert {score for _, score in ranked(build("bm25", bench), bench, "Ana Ben Cy Dee")} == {0.0}


def test_statistics_of_words_are_those_of_what_is_searched(bench: Bench) -> None:
    # Of all eight turns two have the zeppelin and six do not; 14 words are 1.75 on average.
    scores = dict(ranked(build("bm25", bench), bench, "zeppelin"))
    assert len(scores) == 8
    rarity = math.log(1 + 6.5 / 2.5)
    assert scores["council:00001"] == pytest.approx(rarity / (1 + 1.5 * (0.25 + 0.75 / 1.75)), rel=1e-6)


def test_dense_is_the_cosine_of_the_turns_own_text(bench: Bench) -> None:
    # who ordered the zeppelin, against: and the zeppelin | nobody ordered a zeppelin | the budget is settled
    assert ranked(build("dense", bench), bench, ZEPPELIN.text, "council") == [
        ("council:00001", pytest.approx(2 / (2 * math.sqrt(3)))),
        ("council:00002", pytest.approx(2 / 4)),
        ("council:00000", pytest.approx(1 / 4)),
        ("council:00003", 0.0),
    ]


def test_hybrid_is_half_of_each_with_the_speaker_before_the_text(bench: Bench) -> None:
    # Words with the speaker: ana budget settl | ben zeppelin | ana nobodi order zeppelin | ben yes; 11 in 4.
    # Only Ben's two turns have "Ben", the second of them the zeppelin as well.
    zeppelin = math.log(1 + 2.5 / 2.5)
    damped = [1 + 1.5 * (0.25 + 0.75 * words / 2.75) for words in (3, 2, 4, 2)]
    words = [0, 2 * zeppelin / damped[1], zeppelin / damped[2], zeppelin / damped[3]]
    # Cosines of {ben, zeppelin} with {ana the budget is settled}, {ben and the zeppelin}, …
    cosines = [0, 2 / math.sqrt(2 * 4), 1 / math.sqrt(2 * 5), 1 / math.sqrt(2 * 2)]
    sums = [w / max(words) / 2 + c / max(cosines) / 2 for w, c in zip(words, cosines, strict=True)]
    found = ranked(build("hybrid", bench), bench, "Ben zeppelin", "council")
    assert [id_[-1] for id_, _ in found] == ["1", "3", "2", "0"]
    assert [score for _, score in found] == pytest.approx([1.0, sums[3], sums[2], 0.0], rel=1e-5)


@pytest.mark.parametrize("question", [ZEPPELIN.text, WALL.text, "the zeppelin?", "What of the budget, Ana?"])
@pytest.mark.parametrize("pool", ["council", "harbour", None])
def test_default_ranks_as_an_answer_lists_its_sources(
    bench: Bench, question: str, pool: str | None, tmp_path: Path
) -> None:
    transcripts = {one.id: one for one in bench.dataset.transcripts()}
    searched = pool_of(bench, pool).transcripts if pool else tuple(transcripts.values())
    with Library(tmp_path / "library", WordEncoder()) as library:
        for transcript in transcripts.values():
            library.add(transcript.reading, transcript.id, transcript.id)
        answer = ask(library, question, 8, Filter(frozenset(one.id for one in searched)))

    def named(turn: str) -> str:
        transcript, _, position = turn.rpartition(":")
        return transcripts[transcript].turn_ids[int(position)]

    ranking = [id_ for id_, _ in ranked(build("default", bench), bench, question, pool)]
    sources = [named(source.turn_id) for source in answer.sources]
    # Turns side by side are one source, and "Good." answers nobody; a run has them all, turn by turn.
    assert [id_ for id_ in ranking if id_ in sources] == sources
    beside = {named(turn) for source in answer.sources for turn in source.beside}
    assert set(ranking) - {*sources, *beside} <= {"harbour:D2:002"}
    assert len(ranking) == sum(len(one.turn_ids) for one in searched)


def test_default_puts_the_answer_before_its_question_and_scores_tell_so(bench: Bench) -> None:
    asked = "Nobody and the zeppelin"
    instant = ranked(build("instant", bench), bench, asked, "council")
    default = ranked(build("default", bench), bench, asked, "council")
    assert [id_ for id_, _ in instant[:2]] == ["council:00001", "council:00002"]
    assert [id_ for id_, _ in default[:2]] == ["council:00002", "council:00001"]
    for ties in ("trec", "asc"):
        assert ordered(dict(default), ties)[:2] == ["council:00002", "council:00001"]


def test_instant_is_the_library_s_own_ranking(bench: Bench, tmp_path: Path) -> None:
    with Library(tmp_path / "library", WordEncoder()) as library:
        for transcript in bench.dataset.transcripts():
            library.add(transcript.reading, transcript.id, transcript.id)
        hits = library.retrieve(WALL.text, 8)
    found = build("instant", bench).rank(WALL.text, None, 8)
    assert [(one.score, one.span, one.parts) for one in found] == [
        (hit.score, (hit.start, hit.end), hit.parts) for hit in hits
    ]


def test_dense_context_looks_at_no_words(bench: Bench) -> None:
    system = build("dense-context", bench)
    weights = system.settings["weights"]
    assert {name for name, pair in weights.items() if any(pair)} == {
        "dense own",
        "dense near",
        "dense section",
        "dense peak",
    }
    assert all(pair == default_ranking().as_dict()[name] for name, pair in weights.items() if any(pair))


def test_every_vector_is_looked_at_whatever_the_size(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.clusters.EXACT", 2)
    monkeypatch.setattr("qa.indexes.EXACT", 2)
    system = build("instant", bench)
    assert isinstance(system, Product)
    assert system.indexes.exact is not None
    assert len(system.indexes.table) == 8


def test_segments_are_filled_one_after_another(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = build("instant", bench).rank(WALL.text, None, 8)
    monkeypatch.setattr("qa.evaluation.product.SEGMENT", 3)
    again = Bench(bench.dataset, Path("unused"), lambda _: WordEncoder())
    again.once(("passages", again.model(None)), lambda: bench.once(("passages", bench.model(None)), tuple))
    system = build("instant", again)
    assert isinstance(system, Product)
    assert [len(segment) for segment in system.indexes.holding.segments] == [4, 4]
    assert system.rank(WALL.text, None, 8) == whole


@pytest.mark.parametrize("name", SYSTEMS)
def test_every_system_obeys_the_depth_and_the_pool(bench: Bench, name: str) -> None:
    system = build(name, bench)
    assert len(system.rank("the wall", pool_of(bench, "harbour"), 2)) == 2
    assert {one.turn_id[:7] for one in system.rank("the zeppelin", pool_of(bench, "harbour"), 9)} == {
        "harbour"
    }
    assert system.rank("the wall", None, 2) == system.rank("the wall", None, 7)[:2]
    assert system.index_bytes() > 0


@pytest.mark.parametrize("name", SYSTEMS)
def test_every_system_ranks_the_same_when_it_is_built_again(tmp_path: Path, name: str) -> None:
    def ranking() -> list[Found]:
        bench = Bench(small_set(), tmp_path, lambda _: WordEncoder())
        return build(name, bench).rank(WALL.text, None, 8)

    assert ranking() == ranking()


@pytest.mark.parametrize("name", ["dense@other", "model:other"])
def test_a_system_can_name_its_model(bench: Bench, name: str) -> None:
    system = build(name, bench, "a default")
    assert system.model is not None
    assert system.model.facts["model"] == "other"


def test_systems_without_a_model_of_their_own_take_the_one_given(bench: Bench) -> None:
    default, given = build("dense", bench), build("instant", bench, "given")
    assert default.model is not None
    assert given.model is not None
    assert (default.model.facts["model"], given.model.facts["model"]) == ("words", "given")


def test_systems_of_one_model_share_its_vectors(tmp_path: Path) -> None:
    encoder = WordEncoder()
    bench = Bench(small_set(), tmp_path, lambda _: encoder)
    build("instant", bench)
    embedded = encoder.encoded
    assert embedded == 8
    build("default", bench)
    build("dense-context", bench)
    assert encoder.encoded == embedded


@pytest.mark.parametrize("name", ["bm26", "", "dense@", "model:"])
def test_an_unknown_system_is_refused_with_those_there_are(name: str) -> None:
    with pytest.raises(
        QAError, match=r"is no system\. Name one of bm25, dense, dense-context, hybrid, instant"
    ):
        check_name(name)


def test_a_transcript_in_two_pools_is_searched_in_both(tmp_path: Path) -> None:
    shared = JudgedTranscript("shared", reading_of("a zeppelin"), ("shared:00000",))
    small = small_set()
    pools = tuple(Pool(pool.id, (*pool.transcripts, shared)) for pool in small.pools)
    bench = Bench(replace(small, pools=pools), tmp_path, lambda _: WordEncoder())
    assert len(bench.ids) == 9
    for pool in pools:
        assert build("bm25", bench).rank("zeppelin", pool, 1)[0].turn_id == "shared:00000"


def test_sentences_marked_are_the_product_s(bench: Bench) -> None:
    system = build("default", bench)
    assert isinstance(system, Product)
    best = system.rank(WALL.text, pool_of(bench, "harbour"), 2)
    turns = [bench.turn(one.turn_id) for one in best]
    assert system.sentences(WALL.text, best) == [turn.text for turn in turns if turn]  # of one sentence each


def test_what_yesterday_counts_from_is_a_day_of_the_data_set(tmp_path: Path) -> None:
    bench = Bench(small_set(), tmp_path, lambda name: WordEncoder(name or "words"))
    system = Product(bench, bench.model(None))
    days = [date for date in system.indexes.table.dates if date]
    assert system.today.isoformat() == max(days, default="2000-01-01")


@pytest.mark.parametrize("name", ["instant", "default"])
def test_how_many_turns_are_wanted_does_not_change_which_come_first(tmp_path: Path, name: str) -> None:
    lamps = (
        "Ana: The lamps burn oil.",
        "Ben: Oil lamps, of brass.",
        "Cy: A lamp went out.",
        "Dee: The oil froze.",
    )
    lines = [f"Eve: Item {place} was put off." for place in range(400)]
    lines[50:50] = [line for line in lamps for _ in range(3)]
    ids = tuple(f"long:{place:05d}" for place in range(len(lines)))
    pool = Pool("long", (JudgedTranscript("long", reading_of(*lines), ids),))
    question = replace(WALL, pool="long", text="What oil do the lamps burn?", gains={ids[51]: 1})
    bench = Bench(
        replace(small_set(), pools=(pool,), questions=(question,)), tmp_path, lambda _: WordEncoder()
    )
    system = build(name, bench)
    many = system.rank(question.text, pool, 60)
    assert any(found.alike for found in many)
    for depth in (1, 7, 20):
        few = system.rank(question.text, pool, depth)
        assert [found.turn_id for found in few] == [found.turn_id for found in many[:depth]]
