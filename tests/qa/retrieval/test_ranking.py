import numpy as np
import pytest

from qa.retrieval.ranking import FEATURES, LONG, SHORT, Ranking, default_ranking, how_long

NONE = (0.0,) * len(FEATURES)


def weights(**some: float) -> tuple[float, ...]:
    return tuple(some.get(name.replace(" ", "_"), 0.0) for name in FEATURES)


def test_length_runs_from_0_to_1_with_every_doubling() -> None:
    assert how_long(np.array([1, 16, 128, 1_024, 9_999])) == pytest.approx([0, 0, 0.5, 1, 1])
    assert (SHORT, LONG) == (16, 1_024)


def test_weights_lie_between_those_of_short_and_long_transcripts() -> None:
    ranking = Ranking(weights(dense_own=0.8, asks=-0.4), weights(dense_own=0.2, dense_section=0.8))
    features = np.zeros((len(FEATURES), 3), dtype=np.float32)
    features[FEATURES.index("dense own")] = 0.5
    features[FEATURES.index("asks")] = 1
    pieces = ranking.pieces(features, np.array([16, 128, 1_024]))
    # The highest sum is .2 + .8 = 1, in a long transcript. Halfway, dense own counts .5 and asking -.2.
    assert pieces[FEATURES.index("dense own")] == pytest.approx([0.4, 0.25, 0.1])
    assert pieces[FEATURES.index("asks")] == pytest.approx([-0.4, -0.2, 0])
    assert pieces.sum() == pytest.approx(0.75 - 0.6)


def test_highest_score_is_1() -> None:
    ranking = Ranking(weights(dense_own=3, asks=-1), weights(dense_own=2, length=2))
    features = np.ones((len(FEATURES), 2), dtype=np.float32)
    features[FEATURES.index("asks")] = 0
    # Of a sum of at most 4, a short transcript reaches 3.
    assert ranking.pieces(features, np.array([16, 1_024])).sum(axis=0) == pytest.approx([0.75, 1])


def test_only_keeps_the_features_named() -> None:
    some = Ranking(weights(dense_own=0.8, lexical_own=0.2), weights(dense_own=0.5, lexical_own=0.5))
    assert some.only({"lexical own"}) == Ranking(weights(lexical_own=0.2), weights(lexical_own=0.5))


@pytest.mark.parametrize(
    ("short", "long", "complaint"),
    [
        ((0.5,), NONE, "there are 1 weights for short transcripts and 13 for long ones; expected 13 of each"),
        (NONE, NONE, "no weight is above 0, so nothing can be ranked"),
        (NONE, weights(asks=-1), "no weight is above 0, so nothing can be ranked"),
    ],
)
def test_weights_that_rank_nothing_are_refused(
    short: tuple[float, ...], long: tuple[float, ...], complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint):
        Ranking(short, long)


def test_shipped_weights_say_what_made_them_and_never_count_a_likeness_against_a_turn() -> None:
    ranking = default_ranking()
    assert ranking.made is not None
    assert set(ranking.made) >= {"data", "model", "held out", "by"}
    likenesses = FEATURES[:9]
    assert all(min(ranking.as_dict()[name]) >= 0 for name in likenesses)
