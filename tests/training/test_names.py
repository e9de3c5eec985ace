import random

from training.names import HE, SHE, exchange, renamed


def test_no_two_people_get_the_same_name_and_lists_are_kept() -> None:
    names = exchange(["Ross: Rachel and Monica met Joey", "Chandler: who?"], random.Random(3))
    assert sorted(names) == ["Chandler", "Joey", "Monica", "Rachel", "Ross"]
    assert len(set(names.values())) == 5
    assert {names["Rachel"], names["Monica"]} <= set(SHE)
    assert {names["Ross"], names["Joey"], names["Chandler"]} <= set(HE)


def test_names_are_exchanged_as_words_and_all_at_once() -> None:
    swapped = {"Ross": "Ben", "Ben": "Ross"}
    assert renamed("Ross: Ben, Ross's and Rossini", swapped) == "Ben: Ross, Ben's and Rossini"


def test_name_that_is_not_exchanged_stays() -> None:
    assert renamed("Ross met Ben", {"Ross": "Omar"}) == "Omar met Ben"


def test_lists_share_no_name() -> None:
    assert not set(SHE) & set(HE)
    assert (len(SHE), len(HE)) == (len(set(SHE)), len(set(HE)))
