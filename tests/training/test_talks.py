import json
from pathlib import Path

import pytest

from training.talks import Asked, Row, exchanges, friendsqa_talks, qmsum_talks

LONG = "we should put the buttons on the left side of the case, I think"


def row(speaker: str, words: str, position: int = 0) -> Row:
    return Row(f"{speaker}: ", words, position)


@pytest.fixture
def meetings(tmp_path: Path) -> Path:
    """Write a meeting of four turns, asked one question about the middle two."""
    (tmp_path / "ES2000a.json").write_text(
        json.dumps(
            {
                "topic_list": [
                    {"topic": "Where the buttons go", "relevant_text_span": [["1", "2"]]},
                    {"topic": "Opening", "relevant_text_span": [["0", "0"]]},
                ],
                "general_query_list": [],
                "specific_query_list": [
                    {
                        "query": "What did they say about buttons?",
                        "answer": "They agreed to put the buttons on the left. Fine.",
                        "relevant_text_span": [["1", "2"]],
                    }
                ],
                "meeting_transcripts": [
                    {"speaker": "Ana", "content": "Good morning ."},
                    {"speaker": "Ana", "content": "Where should we put the buttons then ?"},
                    {"speaker": "Ben", "content": LONG},
                    {"speaker": "Ana", "content": "Okay ."},
                ],
            }
        ),
        encoding="utf-8",
    )
    return tmp_path


def test_meeting_gives_questions_topics_summaries_and_exchanges(meetings: Path) -> None:
    (talk,) = qmsum_talks(meetings)
    assert (talk.id, talk.part) == ("ES2000a", "product")
    assert [one.label for one in talk.rows] == ["Ana: ", "Ana: ", "Ben: ", "Ana: "]
    assert talk.rows[1].words == "Where should we put the buttons then?"
    both = frozenset([1, 2])
    assert list(talk.asked) == [
        Asked("What did they say about buttons?", both, frozenset(), "question"),
        Asked("Where the buttons go", both, frozenset(), "topic"),  # "Opening" is one word
        Asked(
            "They agreed to put the buttons on the left.", both, frozenset(), "summary"
        ),  # "Fine." is short
        Asked(talk.rows[1].words, frozenset([2]), frozenset([0, 1, 3]), "exchange"),
    ]


def test_long_turn_is_cut_into_rows_that_share_its_gold(meetings: Path) -> None:
    file = meetings / "ES2000a.json"
    data = json.loads(file.read_text(encoding="utf-8"))
    data["meeting_transcripts"][2]["content"] = "This is one sentence of seven words. " * 20
    file.write_text(json.dumps(data), encoding="utf-8")
    (talk,) = qmsum_talks(meetings)
    assert [one.position for one in talk.rows] == [0, 1, 2, 2, 3]
    assert talk.asked[0].gold == {1, 2, 3}


@pytest.mark.parametrize(
    ("asks", "answers", "found"),
    [
        (row("Ana", "Where should we put the buttons?"), row("Ben", LONG), 1),
        (row("Ana", "Where should we put the buttons?"), row("Ana", LONG), 0),  # goes on herself
        (row("Ana", "Where should we put the buttons."), row("Ben", LONG), 0),
        (row("Ana", "Really? Where?"), row("Ben", LONG), 0),  # too short to be understood alone
        (row("Ana", "So a green one with some yellow buttons?"), row("Ben", LONG), 0),  # no word that asks
        (row("Ana", "Where should we put the buttons?"), row("Ben", "On the left side, I think."), 0),
        (row("Ana", "Well, " * 30 + "where should we put them?"), row("Ben", LONG), 0),
    ],
)
def test_exchange_is_a_question_that_somebody_else_answers_at_length(
    asks: Row, answers: Row, found: int
) -> None:
    assert len(list(exchanges([asks, answers]))) == found


def scene(title: str) -> dict[str, object]:
    said = [("Ross Geller", "I took the train ."), ("#NOTE#", "A door shuts .")]
    return {
        "title": title,
        "paragraphs": [
            {
                "utterances:": [
                    {"uid": uid, "speakers": [speaker], "utterance": text}
                    for uid, (speaker, text) in enumerate(said)
                ],
                "qas": [
                    {
                        "id": f"{title}_How",
                        "question": "How did Ross come ?",
                        "answers": [{"utterance_id": 0, "answer_text": "the train", "is_speaker": False}],
                    }
                ],
            }
        ],
    }


def test_scenes_are_split_by_episode(tmp_path: Path) -> None:
    file = tmp_path / "friendsqa_dev.json"
    titles = ["s01_e23_c01", "s01_e24_c01", "s03_e25_c02", "s03_e24_c02"]
    file.write_text(json.dumps({"data": [scene(title) for title in titles]}), encoding="utf-8")
    assert [talk.id for talk in friendsqa_talks(file, held_out=False)] == ["s01_e23_c01", "s03_e24_c02"]
    assert [talk.id for talk in friendsqa_talks(file, held_out=True)] == ["s01_e24_c01", "s03_e25_c02"]
    every = friendsqa_talks(file, held_out=None)
    assert [talk.id for talk in every] == titles
    assert [row.label for row in every[0].rows] == ["Ross Geller: ", ""]
    assert every[0].asked == (Asked("How did Ross come ?", frozenset([0]), frozenset(), "question"),)
