"""What a search reads: the table of passages, segments in step with the database, clusters over many."""

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings import unit_rows, widen
from qa import indexes
from qa.clusters import train_clusters
from qa.indexes import (
    Holding,
    Indexes,
    Make,
    catch_up,
    cover_all,
    join_small,
    joinable,
    make_indexes,
    pack,
    waiting,
    with_clusters,
)
from qa.library import Library
from qa.passages import PassageSettings
from qa.retrieval import ClusteredView, DenseView, Hit
from qa.retrieval.postings import Postings
from qa.retrieval.views import join_tables
from qa.segments import Segment
from qa.types import QUESTIONER
from tests.conftest import COUNCIL, id_of, put

EXACT, SEGMENT, SMALL, IN_MEMORY = 128, 200, 60, 100


def shrink(patch: pytest.MonkeyPatch) -> None:
    """Let a library of a few hundred passages be a large one, all of whose clusters are searched."""
    patch.setattr("qa.indexes.EXACT", EXACT)
    patch.setattr("qa.indexes.SEGMENT", SEGMENT)
    defaults = [SMALL if value == indexes._SMALL else value for value in join_small.__defaults__ or ()]
    patch.setattr(join_small, "__defaults__", tuple(defaults))
    patch.setattr("qa.indexes._SMALL", SMALL)
    patch.setattr("qa.index_keeping._MOST_IN_MEMORY", IN_MEMORY)
    patch.setattr("qa.clusters._GROWN", 2)
    patch.setattr("embeddings.clusters._SHARES", (1.0,))


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    shrink(monkeypatch)


def make_of(library: Library) -> Make:
    with library._engine.connect() as connection:
        return library._current_make(connection)


def caught_up(library: Library, holding: Holding | None = None, most: int | None = None) -> Holding:
    with library._engine.connect() as connection:
        return catch_up(connection, holding or Holding(), make_of(library), most)


def test_vectors_lose_next_to_nothing_in_the_database() -> None:
    random = np.random.default_rng(1)
    vectors = random.normal(size=(20, 384)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    packed = b"".join(pack(vector) for vector in vectors)
    back = unit_rows(widen(np.frombuffer(packed, dtype=np.float16).reshape(20, 384)))
    assert len(pack(vectors[0])) == 768
    assert (vectors * back).sum(axis=1).min() > 0.999
    assert np.linalg.norm(back, axis=1) == pytest.approx(np.ones(20), abs=1e-6)


def texts_of(library: Library, found: Indexes) -> list[str]:
    turns = {entry.id: library.transcript(entry.id).turns for entry in library.entries()}
    table = found.table
    return [
        turns[table.transcript_ids[table.transcript[row]]][table.position[row]].text
        for row in range(len(table))
    ]


def test_table_says_who_asks_who_answers_and_at_what_length(library: Library) -> None:
    put(
        library,
        "Ana: shall we begin?",
        "Question: tell me about the gate.",
        "Ben, Mayor: It failed. It was old!",
        "Ben, Mayor: and so on",
        'Cy: why, he said (loudly) "why?"',
        "Cy: nobody knows",
        "nobody is named?",
        "nor here",
    )
    put(library, "Dee: first turn after a question in another transcript")
    table = library.indexes().table
    assert table.asks.tolist() == [True, True, False, False, True, False, True, False, False]
    # Each row that follows a question somebody else asked; -1 elsewhere. Row 5 is Cy answering himself.
    assert table.answers.tolist() == [-1, 0, 1, -1, -1, -1, -1, 6, -1]
    assert table.length.tolist() == [3, 5, 5, 3, 5, 2, 3, 2, 8]
    assert [table.speakers[code] if code >= 0 else None for code in table.speaker.tolist()] == [
        "Ana", None, "Ben", "Ben", "Cy", "Cy", None, None, "Dee",
    ]  # fmt: skip
    assert [table.roles[code] if code >= 0 else None for code in table.role.tolist()] == [
        None, QUESTIONER, "Mayor", "Mayor", None, None, None, None, None,
    ]  # fmt: skip


def test_parts_of_a_long_answer_all_answer_the_last_part_of_the_question(library: Library) -> None:
    long = "word " * 99 + "end. "
    put(library, f"Ana: {long * 2}shall we?", f"Ben: {long * 2}")
    table = library.indexes().table
    assert table.position.tolist() == [0, 0, 0, 1, 1]
    assert table.asks.tolist() == [False, False, True, False, False]
    assert table.answers.tolist() == [-1, -1, -1, 2, 2]


def test_row_of_a_hit_and_of_one_that_is_gone(filled: Library) -> None:
    found = filled.indexes()
    hit = filled.retrieve("gate wall", 1)[0]
    row = found.row_of(hit)
    assert row is not None
    assert texts_of(filled, found)[row] in {"the gate held", "the wall did not"}
    assert found.row_of(Hit("0" * 12, 0, 0, 1, 1.0)) is None
    assert found.row_of(Hit(hit.transcript_id, hit.position, 1, 5, 1.0)) is None


def test_answers_are_told_from_other_turns(library: Library) -> None:
    id_ = put(library, *COUNCIL)
    found = library.indexes()

    def hit(position: int) -> Hit:
        return Hit(id_, position, 0, 5, 1.0)

    assert [found.asks(hit(position)) for position in range(4)] == [False, True, False, False]
    assert [found.answers(hit(position)) for position in range(4)] == [False, False, True, False]


# --- in step with the database ---------------------------------------------------------------------------


def talk(number: int, size: int) -> list[str]:
    return [f"Ana: talk {number} turn {turn}" for turn in range(size)]


@pytest.fixture
def four(library: Library) -> Library:
    """Put transcripts of 3, 2, 4 and 1 passages in the library."""
    for number, size in enumerate((3, 2, 4, 1)):
        put(library, *talk(number, size))
    return library


def shape(holding: Holding) -> list[list[int]]:
    return [segment.table.ids.tolist() for segment in holding.segments]


def test_everything_new_becomes_one_segment(four: Library) -> None:
    holding = caught_up(four)
    assert shape(holding) == [[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]]
    assert (holding.generation, holding.last_id, holding.complete, len(holding)) == (4, 10, True, 10)
    put(four, *talk(4, 2))
    holding = caught_up(four, holding)
    assert shape(holding) == [[1, 2, 3, 4, 5, 6, 7, 8, 9, 10], [11, 12]]
    assert (holding.generation, holding.last_id) == (5, 12)


def test_what_has_not_changed_is_taken_over(four: Library) -> None:
    holding = caught_up(four)
    again = caught_up(four, holding)
    assert again == holding
    put(four, *talk(4, 2))
    assert caught_up(four, holding).segments[0] is holding.segments[0]


@pytest.mark.parametrize(
    ("most", "steps"),
    [
        (1, [3, 5, 9, 10]),
        (3, [3, 9, 10]),  # 3; then 2 and 4, the transcript with the third passage being taken whole
        (4, [5, 9, 10]),  # 3 and 2; then 4
        (5, [5, 10]),
        (9, [9, 10]),
        (10, [10]),
        (99, [10]),
    ],
)
def test_catching_up_stops_after_so_many_passages_and_goes_on(
    four: Library, most: int, steps: list[int]
) -> None:
    holding, seen = Holding(), list[int]()
    while not seen or not holding.complete:
        with four._engine.connect() as connection:
            assert waiting(connection, holding) == 10 - (seen[-1] if seen else 0)
        holding = caught_up(four, holding, most)
        seen.append(holding.last_id)
        assert holding.generation == 4
    assert seen == steps
    assert shape(holding) == [list(range(begin + 1, end + 1)) for begin, end in pairwise([0, *seen])]
    assert caught_up(four, holding, most) == holding


def test_transcripts_that_went_leave_their_segment(four: Library) -> None:
    holding = caught_up(four, most=5)
    holding = caught_up(four, holding)
    four.remove(id_of(*talk(1, 2)))
    assert shape(caught_up(four, holding)) == [[1, 2, 3], [6, 7, 8, 9, 10]]
    four.remove(id_of(*talk(0, 3)))
    assert shape(caught_up(four, holding)) == [[6, 7, 8, 9, 10]]


def test_transcript_that_went_and_came_again_has_only_its_new_passages(four: Library) -> None:
    holding = caught_up(four)
    four.remove(id_of(*talk(1, 2)))
    put(four, *talk(1, 2))
    assert shape(caught_up(four, holding)) == [[1, 2, 3, 6, 7, 8, 9, 10], [11, 12]]


def test_transcript_removed_before_it_was_reached_is_never_read(four: Library) -> None:
    holding = caught_up(four, most=1)
    four.remove(id_of(*talk(2, 4)))
    assert shape(caught_up(four, holding)) == [[1, 2, 3], [4, 5, 10]]


def test_empty_library_holds_nothing(library: Library) -> None:
    holding = caught_up(library)
    assert (holding.segments, holding.generation, holding.last_id, holding.complete) == ((), 0, 0, True)


# --- joining segments ------------------------------------------------------------------------------------


def segment_of(ids: range) -> Segment:
    """Build a segment of passages that say nothing, one transcript each."""
    count = np.arange(len(ids), dtype=np.int32)
    table = replace(
        join_tables([]), ids=np.array(ids, dtype=np.int64), transcript=count,
        **dict.fromkeys(("position", "start", "end", "speaker", "role", "length"), count * 0),
        asks=count > len(ids), answers=count * 0 - 1,
        transcript_ids=tuple(map(str, ids)), dates=("",) * len(ids), speakers=("Ana",), roles=("Mayor",),
    )  # fmt: skip
    own = np.zeros((len(ids), 2), dtype=np.float16)
    return Segment(table, own, np.ones(len(ids), dtype=np.float32), Postings.of([[]] * len(ids)))


def holding_of(sizes: list[int]) -> Holding:
    return Holding(
        segments=tuple(segment_of(range(a, b)) for a, b in pairwise(np.cumsum([1, *sizes]).tolist()))
    )


def sizes_of(holding: Holding) -> list[int]:
    return [len(segment) for segment in holding.segments]


@pytest.mark.parametrize(
    ("sizes", "most", "joined"),
    [
        ([], 100, []),
        ([5], 100, [5]),
        ([2, 1], 100, [3]),  # a segment joins the one after it while it is at most twice as large
        ([3, 1], 100, [3, 1]),
        ([3, 1, 1], 100, [5]),  # 1 + 1, and 3 is at most twice 2
        ([50, 9, 4, 1, 1], 100, [50, 15]),
        ([1, 50], 100, [51]),
        ([60, 60], 100, [60, 60]),  # together too many
        ([60, 60], 120, [120]),
        ([40, 40, 40], 100, [40, 80]),
        ([300, 200], 100, [300, 200]),  # a long transcript may be more than a segment by itself
    ],
)
def test_segments_are_joined_with_those_after_them(sizes: list[int], most: int, joined: list[int]) -> None:
    assert sizes_of(join_small(holding_of(sizes), most)) == joined


@given(
    sizes=st.lists(st.integers(1, 60), max_size=15),
    most=st.integers(1, 200),
    at_most=st.none() | st.integers(0, 3),
)
def test_joining_keeps_every_passage_in_its_order(sizes: list[int], most: int, at_most: int | None) -> None:
    holding = holding_of(sizes)
    joined = join_small(holding, most, at_most)
    assert [id_ for ids in shape(joined) for id_ in ids] == list(range(1, sum(sizes) + 1))
    fresh = [segment for segment in joined.segments if segment not in holding.segments]
    assert all(len(segment) <= most for segment in fresh)
    if at_most is not None:
        assert len(fresh) <= at_most
    if at_most is None:
        # Each is more than twice as large as all that could be joined with it.
        left = sizes_of(joined)
        assert all(one > 2 * other or one + other > most for one, other in pairwise(left))


@given(added=st.lists(st.integers(1, 30), min_size=1, max_size=80))
def test_each_passage_is_copied_a_few_times_however_many_come(added: list[int]) -> None:
    holding, copies, last = Holding(), dict[int, int](), 1
    for size in added:
        fresh = segment_of(range(last, last + size))
        last += size
        before = replace(holding, segments=(*holding.segments, fresh))
        holding = join_small(before, 10**9)
        for segment in set(holding.segments) - set(before.segments):
            for id_ in segment.table.ids.tolist():
                copies[id_] = copies.get(id_, 0) + 1
    # Whoever is copied with those after it finds itself among half as many again, at least; once, when it
    # is new, it may be joined with a few before it.
    assert max(copies.values(), default=0) <= 2 + math.log(last, 1.5)
    # Each segment is more than twice as large as all after it together: three times as many each time.
    assert len(holding.segments) <= 1 + math.log(last, 3)


def test_what_can_be_joined_on_request_is_more_than_what_is_joined_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("qa.indexes.SEGMENT", 120)
    holding = holding_of([60, 60])
    assert sizes_of(join_small(holding, 100)) == [60, 60]
    assert joinable(holding)
    assert not joinable(join_small(holding, 120))
    assert not joinable(Holding())


# --- what is searched ------------------------------------------------------------------------------------


def test_unchanged_library_keeps_its_indexes_in_memory(filled: Library) -> None:
    assert filled.indexes() is filled.indexes()


def test_exact_vectors_are_taken_over_and_added_to(four: Library) -> None:
    make = make_of(four)
    before = make_indexes(caught_up(four), make)
    assert before.exact is not None
    assert make_indexes(before.holding, make, before).exact is before.exact
    put(four, *talk(4, 2))
    after = make_indexes(caught_up(four, before.holding), make, before)
    fresh = make_indexes(caught_up(four), make)
    assert after.exact is not None
    assert fresh.exact is not None
    for old, new, plain in zip(before.exact, after.exact, fresh.exact, strict=True):
        assert (len(old), len(new)) == (10, 12)  # the old ones may be in use by a search
        assert np.array_equal(new.vectors(np.arange(12)), plain.vectors(np.arange(12)))
    four.remove(id_of(*talk(0, 3)))
    less = make_indexes(caught_up(four, after.holding), make, after)
    assert less.exact is not None
    assert np.array_equal(less.exact[1].vectors(np.arange(9)), after.exact[1].vectors(np.arange(3, 12)))


@pytest.fixture
def many(library: Library, small: None, monkeypatch: pytest.MonkeyPatch) -> Library:
    """Put 24 transcripts of 6 passages in a library in which 128 are many; it saves nothing."""
    monkeypatch.setattr(Library, "_forget_removed", lambda _: None)
    for number in range(24):
        put(library, *talk(number, 6))
    return library


def kinds(found: Indexes) -> tuple[type, type]:
    return type(found.own), type(found.context)


def covered(holding: Holding) -> int:
    return 0 if holding.clusters is None else len(holding.clusters.own)


def test_many_passages_are_searched_by_clusters_and_few_one_by_one(many: Library) -> None:
    holding = caught_up(many)
    assert covered(holding) == 144
    assert kinds(make_indexes(holding, make_of(many))) == (ClusteredView, ClusteredView)
    few = caught_up(many, most=127)
    assert (len(few), covered(few)) == (132, 132)
    few = caught_up(many, most=126)
    assert (len(few), few.clusters) == (126, None)
    assert kinds(make_indexes(few, make_of(many))) == (DenseView, DenseView)


def test_clusters_follow_the_segments(many: Library) -> None:
    holding = caught_up(many)
    first = holding.clusters
    assert caught_up(many, holding).clusters is first
    put(many, *talk(24, 6))
    holding = caught_up(many, holding)
    assert covered(holding) == 150
    many.remove(id_of(*talk(3, 6)))
    holding = caught_up(many, holding)
    assert covered(holding) == 144
    assert first is not None
    assert (len(first.own), len(first.context)) == (144, 144)  # it may be in use by a search
    assert holding.clusters is not None
    assert holding.clusters.trained == 144


def test_clusters_go_when_half_of_what_makes_them_is_left(many: Library) -> None:
    holding = caught_up(many)
    for number in range(13):  # 78 of 144 passages go, 66 are left
        many.remove(id_of(*talk(number, 6)))
    assert covered(holding := caught_up(many, holding)) == 66
    many.remove(id_of(*talk(13, 6)))
    assert caught_up(many, holding).clusters is None  # 60 are less than 64
    assert covered(holding) == 66


def test_stored_clusters_are_brought_up_to_date(many: Library) -> None:
    holding = caught_up(many)
    assert holding.clusters is not None
    stored = replace(holding.clusters, saved="clusters-1", covered=144)
    assert cover_all(stored, holding.segments, make_of(many)) is stored
    put(many, *talk(24, 6))
    later = cover_all(stored, caught_up(many, holding).segments, make_of(many))
    assert (len(later.own), len(later.context), later.saved, later.covered) == (150, 150, "clusters-1", 144)


def test_clusters_trained_while_the_library_changed_are_brought_up_to_date(many: Library) -> None:
    holding, make = caught_up(many), make_of(many)
    now = make_indexes(holding, make)
    trained = train_clusters(now.table.ids.astype(np.int64), now.vectors)
    many.remove(id_of(*talk(3, 6)))
    put(many, *talk(24, 6))
    put(many, *talk(25, 6))
    holding = with_clusters(caught_up(many, holding), trained, now.table.ids.astype(np.int64), make)
    assert holding.clusters is not None
    wanted = [id_ for ids in shape(holding) for id_ in ids]
    assert len(wanted) == 150
    for index in (holding.clusters.own, holding.clusters.context):
        assert sorted(index.search(np.ones(1024, dtype=np.float32), 999).tolist()) == wanted
    assert (len(trained.own), holding.clusters.trained) == (144, 144)


def test_clusters_trained_while_the_library_was_emptied_are_not_taken(many: Library) -> None:
    holding, make = caught_up(many), make_of(many)
    now = make_indexes(holding, make)
    trained = train_clusters(now.table.ids.astype(np.int64), now.vectors)
    for number in range(20):
        many.remove(id_of(*talk(number, 6)))
    holding = with_clusters(caught_up(many, holding), trained, now.table.ids.astype(np.int64), make)
    assert (len(holding), holding.clusters) == (24, None)


def test_make_says_all_that_shapes_a_vector() -> None:
    make = Make(1, "words", "0123", 1024, PassageSettings())
    assert make.as_dict() == {
        "format": 1,
        "model": "words",
        "checksum": "0123",
        "width": 1024,
        "passages": PassageSettings().as_dict(),
    }
