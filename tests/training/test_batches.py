import random

import pytest

from training.batches import LONGEST, STRETCH, Chooser, Shares, Stretch, make_batch, scene
from training.talks import Asked, Row, Talk

PLAIN = Shares(renamed=0, dated=0, asked_dated=0, nameless=0, closed=0)
SAY = "words that go on for more than six"


def asked(text: str, *gold: int, kind: str = "question", unjudged: tuple[int, ...] = ()) -> Asked:
    return Asked(text, frozenset(gold), frozenset(unjudged), kind)


def talk(name: str, rows: int, *questions: Asked, part: str = "product", words: str = SAY) -> Talk:
    return Talk(name, part, tuple(Row("Ana: ", f"{words} {row}", row) for row in range(rows)), questions)


def test_row_has_its_neighbours_unless_the_stretch_cuts_them_off() -> None:
    stretch = Stretch(talk("a", 10), 0, 8)
    assert [stretch.inner(row) for row in range(8)] == [True] * 6 + [False] * 2
    assert [Stretch(talk("a", 10), 4, 10).inner(row) for row in range(4, 10)] == [False] * 2 + [True] * 4


def test_gold_is_right_the_rest_of_its_talk_wrong_and_the_unjudged_neither() -> None:
    one = talk("a", 4, asked("who?", 1, unjudged=(0,)))
    batch = make_batch([Stretch(one, 0, 4)], random.Random(0), PLAIN)
    assert batch.questions == ["who?"]
    assert batch.rows[1] == f"Ana: {SAY} 1"
    assert batch.own_right.tolist() == [[False, True, False, False]]
    assert batch.own_wrong.tolist() == [[False, False, True, True]]
    assert batch.among_right.tolist() == batch.own_right.tolist()
    assert batch.among_wrong.tolist() == batch.own_wrong.tolist()


def test_rows_of_another_meeting_about_the_same_are_not_held_against_an_answer() -> None:
    one, same = talk("a", 2, asked("who?", 0)), talk("b", 2)
    other, scenes = talk("c", 2, part="academic"), talk("d", 2, part="friendsqa")
    batch = make_batch([Stretch(each, 0, 2) for each in (one, same, other, scenes)], random.Random(0), PLAIN)
    assert batch.bounds == [0, 2, 4, 6, 8]
    assert batch.own_wrong.tolist() == [[False, True, False, False, True, True, True, True]]


def test_scenes_are_compared_with_each_other() -> None:
    scenes = [talk(name, 1, asked(f"{name}?", 0), part="friendsqa") for name in "ab"]
    batch = make_batch([Stretch(each, 0, 1) for each in scenes], random.Random(0), PLAIN)
    assert batch.own_right.tolist() == [[True, False], [False, True]]
    assert batch.own_wrong.tolist() == [[False, True], [True, False]]


def test_only_what_the_rows_answer_is_asked() -> None:
    one = talk("a", 30, asked("first?", 2), asked("last?", 29), asked("Of the first", 1, 2, kind="topic"))
    batch = make_batch([Stretch(one, 0, 10)], random.Random(0), PLAIN)
    assert batch.questions == ["first?", "Of the first"]
    assert batch.weights == [1.0, 0.5]


def test_short_row_in_long_gold_counts_only_among_its_neighbours() -> None:
    rows = (*talk("a", 6).rows, Row("Ana: ", "Okay.", 6))
    one = Talk("a", "product", rows, (asked("what?", *range(7)),))
    batch = make_batch([Stretch(one, 0, 7)], random.Random(0), PLAIN)
    assert batch.own_right[0].tolist() == [True] * 6 + [False]
    assert batch.among_right[0].tolist() == [True] * 7
    assert not batch.own_wrong.any()


def test_short_row_that_is_the_whole_answer_counts() -> None:
    one = Talk("a", "friendsqa", (Row("Ana: ", "Okay.", 0), Row("Ben: ", "No.", 1)), (asked("what?", 0),))
    batch = make_batch([Stretch(one, 0, 2)], random.Random(0), PLAIN)
    assert batch.own_right.tolist() == [[True, False]]


def test_date_stands_before_every_row_as_in_the_product_and_in_some_questions() -> None:
    one = talk("a", 2, asked("Who came?", 0))
    batch = make_batch([Stretch(one, 0, 2)], random.Random(5), Shares(0, 1, 1, 1, 0))
    day, _, words = batch.rows[0].partition(", ")
    assert words == f"{SAY} 0"  # without a speaker
    assert batch.rows[1].startswith(f"{day}, ")
    number, month, year = day.split()
    assert 1 <= int(number) <= 31
    assert 1995 <= int(year) <= 2026
    assert batch.questions[0] in {f"Who came on {day}?", f"Who came in {month} {year}?"}


def test_people_of_a_scene_get_other_names_in_rows_and_questions_alike() -> None:
    rows = (Row("Ross Geller: ", "Hi , Monica !", 0), Row("Monica Geller: ", "Hi !", 1))
    one = Talk("a", "friendsqa", rows, (asked("Whom does Ross greet ?", 0),))
    batch = make_batch([Stretch(one, 0, 2)], random.Random(1), Shares(1, 0, 0, 0, 0))
    ross, monica = batch.questions[0].split()[2], batch.rows[1].split()[0]
    assert {ross, monica} & {"Ross", "Monica"} == set()
    assert batch.rows[0] == f"{ross} Geller: Hi , {monica} !"


@pytest.mark.parametrize(
    ("released", "closed"),
    [
        ("I 'm here . It 's me !", "I'm here. It's me!"),
        ("Do n't you , Ross ?", "Don't you, Ross?"),
        ("the ' 90s", "the ' 90s"),
    ],
)
def test_scene_can_be_written_as_people_write(released: str, closed: str) -> None:
    one = Talk("a", "friendsqa", (Row("", released, 0),), (asked("who ?", 0),))
    batch = make_batch([Stretch(one, 0, 1)], random.Random(0), Shares(0, 0, 0, 0, 1))
    assert batch.rows == [closed]
    assert batch.questions == ["who?"]


def test_chosen_stretches_answer_questions_and_do_not_overlap() -> None:
    one = talk("a", 200, asked("who?", *range(50, 60)), asked("why?", *range(150, 170)))
    for seed in range(20):
        stretches = Chooser(one).stretches(random.Random(seed), right=2, wrong=1)
        covered = [row for each in stretches for row in range(each.first, each.last)]
        assert len(covered) == len(set(covered)) == STRETCH * len(stretches)
        assert set(covered) & set(range(50, 60))
        assert set(covered) & set(range(150, 170))


def test_wrong_stretch_lies_where_the_words_of_the_question_are() -> None:
    rows = [Row("Ana: ", f"{SAY} {place}", place) for place in range(400)]
    rows[300] = Row("Ana: ", "a zebra is an animal with many stripes", 300)
    one = Talk("a", "product", tuple(rows), (asked("What about the zebra?", 10),))
    chosen = [Chooser(one).stretches(random.Random(seed), 1, 1)[-1] for seed in range(30)]
    # By chance alone one in 30 stretches would hold it; half are chosen among the 8 that fit best.
    assert sum(each.first <= 300 < each.last for each in chosen) >= 2


def test_meeting_shorter_than_a_stretch_is_taken_whole() -> None:
    one = talk("a", 5, asked("who?", 1))
    assert Chooser(one).stretches(random.Random(0), 1, 1) == [Stretch(one, 0, 5)]


def test_long_scene_is_cut_around_an_answer() -> None:
    one = talk("a", 107, asked("who?", 100), part="friendsqa")
    for seed in range(20):
        cut = scene(one, random.Random(seed))
        assert cut.last - cut.first == LONGEST
        assert cut.first <= 100 < cut.last
    assert scene(talk("b", LONGEST), random.Random(0)) == Stretch(talk("b", LONGEST), 0, LONGEST)


def test_same_seed_makes_the_same_batch() -> None:
    one = talk("a", 60, *(asked(f"question {row}?", row) for row in range(60)))
    made = [make_batch(Chooser(one).stretches(dice, 2, 1), dice) for dice in map(random.Random, (4, 4, 5))]
    assert (made[0].rows, made[0].questions) == (made[1].rows, made[1].questions)
    assert made[0].questions != made[2].questions
