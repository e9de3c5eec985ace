"""Why turns are sources and why they are not, with an encoder whose rankings can be foreseen."""

import pytest

from qa.answering import ask
from qa.errors import NotFoundError, QAError
from qa.explaining import SHARES, Searched
from qa.json_forms import reason_json
from qa.library import Library
from qa.reason_text import Asked, ahead_text, ordinal, reason_lines, rows, standing_text
from qa.reasons import Reason, Standing, reasons_of, why
from qa.retrieval import Filter
from qa.terminal import answer_text
from qa.wishes import make_wishes
from tests.conftest import put

GATE = "Who held the gate?"
ALIKE = "Cy held the gate of the harbour all through the second night."
LINES = (
    f"Ana: {ALIKE}",
    "Ben: The school meals are cooked in the new kitchen.",
    "Ana: Nothing was decided about the library.",
    "Ben: Yeah.",
    "Ana: The gate was painted green in the spring.",
    "Ben: The budget for roads goes up by a tenth.",
    f"Dee: {ALIKE}",
    "Ben: The swimming pool opens at nine, the market at ten, and the museum does not open at all.",
)


def of(library: Library, *positions: int, k: int = 1, within: Filter = Filter()) -> list[Reason]:  # noqa: B008
    id_ = put(library, *LINES)
    return list(why(library, GATE, [f"{id_}:{position:05d}" for position in positions], k, within))


def test_every_turn_is_told_what_became_of_it(library: Library) -> None:
    reasons = of(library, *range(8))
    told = [(reason.standing, reason.source) for reason in reasons]
    assert told == [
        (Standing.SOURCE, 1),
        (Standing.BESIDE, 1),
        (Standing.LOWER, None),
        (Standing.BACKCHANNEL, None),
        (Standing.LOWER, None),
        (Standing.LOWER, None),
        (Standing.REPEAT, 1),
        (Standing.LOWER, None),
    ]
    assert sorted(reason.rank or 0 for reason in reasons) == [1, 2, 3, 4, 5, 6, 7, 8]
    assert {reason.searched for reason in reasons} == {8}


def test_ranks_are_those_of_the_answer_and_go_on_below_its_end(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    id_ = put(library, *LINES)
    every = [f"{id_}:{position:05d}" for position in range(8)]
    answer = ask(library, GATE, 1)
    full = {reason.turn_id: reason.rank for reason in reasons_of(library, answer, every)}
    # Ranked no deeper than two turns, the places further down come from the scores of all.
    monkeypatch.setattr("qa.reasons.DEEPER", 2)
    assert {reason.turn_id: reason.rank for reason in reasons_of(library, answer, every)} == full
    assert full[answer.sources[0].turn_id] == 1


def test_shares_add_up_to_the_score_of_the_source(library: Library) -> None:
    id_ = put(library, *LINES, date="2025-03-11")
    put(library, "Eve: The gate is shut.", "Flo: The lamps are lit.", date="2024-01-01")
    answer = ask(library, "What did Ana say about the gate in March 2025?", 3)
    cited = [source.turn_id for source in answer.sources]
    reasons = reasons_of(library, answer, cited)
    for source, reason in zip(answer.sources, reasons, strict=True):
        assert reason.reasons is not None
        assert tuple(reason.reasons.shares) == SHARES
        assert sum(reason.reasons.shares.values()) == pytest.approx(source.score, abs=1e-5)
    shares = {reason.turn_id: reason.reasons.shares for reason in reasons if reason.reasons}
    ana = shares[f"{id_}:00000"]
    assert ana["speaker"] > 0
    assert ana["time"] > 0
    (ben,) = (one.reasons for one in reasons_of(library, answer, [f"{id_}:00005"]) if one.reasons)
    assert ben.shares["speaker"] == 0
    assert ben.shares["time"] == pytest.approx(ana["time"])


def test_shares_of_who_go_when_nothing_is_read_out_of_the_question(library: Library) -> None:
    id_ = put(library, *LINES)
    wishes = make_wishes(library, guess=False)
    (reason,) = why(library, "What did Ana say about the gate?", [f"{id_}:00000"], wishes=wishes)
    assert reason.reasons is not None
    assert reason.reasons.shares["speaker"] == 0


def test_matched_words_by_itself_and_around_are_named_as_the_question_writes_them(library: Library) -> None:
    source, beside = of(library, 0, 1)
    assert source.reasons is not None
    assert beside.reasons is not None
    asked = Asked.of("Who held the gates?")
    assert asked.named(source.reasons.words) == "held, gates"
    assert (beside.reasons.words, asked.named(beside.reasons.near)) == ((), "held, gates")
    told = {row.name: row.known for row in rows(beside, asked)}
    assert told["words"] == "no word of the question"
    assert told["words_near"].endswith("of 8: held, gates")


def test_lower_turn_is_told_the_source_ahead_and_what_made_the_difference(library: Library) -> None:
    (lower,) = of(library, 4)
    assert lower.ahead is not None
    assert lower.reasons is not None
    assert (lower.ahead.source, lower.ahead.turn_id[-5:]) == (1, "00000")
    for name, value in lower.ahead.differences:
        assert value == pytest.approx(lower.ahead.reasons.shares[name] - lower.reasons.shares[name])
    sizes = [abs(value) for _, value in lower.ahead.differences]
    assert sizes == sorted(sizes, reverse=True)
    text = ahead_text(lower, Asked.of(GATE))
    assert text.startswith("Source 1 comes before it: ")
    assert "it is nearer to the question in meaning (1st against 3rd)" in text
    assert "among them held" in text


def test_second_source_is_compared_with_the_first(library: Library) -> None:
    first, second = of(library, 0, 4, k=5)
    assert (first.standing, first.ahead) == (Standing.SOURCE, None)
    assert second.standing is Standing.SOURCE
    assert second.ahead is not None
    assert second.ahead.source == (second.source or 0) - 1


def test_filter_that_leaves_a_turn_out_is_named(library: Library) -> None:
    (reason,) = of(library, 0, within=Filter(speakers=frozenset({"Ben"})))
    assert (reason.standing, reason.rank, reason.filters) == (Standing.FILTERED, None, ("speaker",))
    assert standing_text(reason) == "It was not searched: the speaker filter leaves it out."
    (reason,) = of(library, 0, within=Filter(transcripts=frozenset({"x"}), since="2025"))
    assert reason.filters == ("transcript", "date")
    assert standing_text(reason) == ("It was not searched: the transcript and the date filters leave it out.")
    assert reason_json(reason)["shares"] is None


def test_answer_moved_in_front_of_its_question_says_so(library: Library) -> None:
    lines = ("Question: who held the gate?", "Ben: nobody that night", "Cy: the wall did not stand")
    id_ = put(library, *lines)
    first, asked = why(library, GATE, [f"{id_}:00001", f"{id_}:00000"])
    assert (first.standing, first.rank, first.moved) == (Standing.SOURCE, 1, True)
    assert standing_text(first).endswith(
        "It was moved to the front: it answers the question that came first."
    )
    assert (asked.standing, asked.rank, asked.moved) == (Standing.BESIDE, 2, False)


def test_follow_up_is_explained_by_the_mean_of_its_wordings(library: Library) -> None:
    put(library, *LINES)
    answer = ask(library, "And who painted it?", 2, previous=[GATE])
    assert len(answer.searched) == 2
    (reason, *_) = reasons_of(library, answer, [answer.sources[0].turn_id])
    assert reason.reasons is not None
    assert sum(reason.reasons.shares.values()) == pytest.approx(answer.sources[0].score, abs=1e-5)


def test_link_names_a_turn_as_its_id_does(library: Library) -> None:
    id_ = put(library, *LINES)
    by_link, by_id = why(library, GATE, [f"http://here/?turn={id_}:00004", f" {id_}:00004 "])
    assert by_link == by_id


def test_what_names_no_turn_says_what_to_do(library: Library) -> None:
    id_ = put(library, *LINES)
    with pytest.raises(QAError, match=r"'the gate' names no turn\. Give its id, as in 3f2a"):
        why(library, GATE, ["the gate"])
    with pytest.raises(
        NotFoundError, match=rf"“Standup” has 8 turns, the last of which is {id_}:00007\. See"
    ):
        why(library, GATE, [f"{id_}:00008"])
    with pytest.raises(NotFoundError, match=r"no transcript has the id abc\. List them with: transcript-qa"):
        why(library, GATE, ["abc:00000"])


def test_terminal_tells_reasons_in_a_few_lines_under_each_source(library: Library) -> None:
    put(library, *LINES)
    answer = ask(library, GATE, 2)
    reasons = reasons_of(library, answer, [source.turn_id for source in answer.sources])
    plain, told = (answer_text(answer, 1, some, bold=False) for some in ((), reasons))
    added = [line for line in told.splitlines() if line not in plain.splitlines()]
    assert sum(line.startswith("    · ") for line in added) == sum(
        len(reason_lines(reason, Asked.of(GATE))) for reason in reasons
    )
    assert added[0] == "    · Source 1: 1st of 8 turns for this question."
    assert added[1].startswith("    · Meaning: 1st of 8 (")
    assert "· Words: 1st of 8: held, gate (" in told
    assert max(map(len, added)) <= 96


def test_no_word_of_the_machinery_is_shown(library: Library) -> None:
    text = " ".join(
        line for reason in of(library, *range(8)) for line in reason_lines(reason, Asked.of(GATE))
    )
    for jargon in ("dense", "lexical", "vector", "prior", "credit", "meaning_near", "None"):
        assert jargon not in text


def test_turns_searched_are_counted_once_however_many_passages_they_have(library: Library) -> None:
    put(library, "Ana: " + " ".join(f"Sentence number {number} speaks of the gate." for number in range(200)))
    table = library.indexes().table
    assert len(table) > 1
    assert len(Searched(table, Filter())) == 1


@pytest.mark.parametrize(("rank", "text"), [(1, "1st"), (12, "12th"), (23, "23rd"), (1002, "1,002nd")])
def test_ordinals(rank: int, text: str) -> None:
    assert ordinal(rank) == text
