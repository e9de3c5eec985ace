import json
from pathlib import Path

from qa.evaluation.sets import spoken_squad

FOLDER = Path(__file__).parents[3] / "data/evaluation/spoken_squad"
CLEAN = FOLDER / "spoken_test-v1.1.json"


def test_sentences_are_turns_of_paragraphs_and_articles_are_pools() -> None:
    dataset = spoken_squad.load(CLEAN)
    (pool,) = dataset.pools
    assert pool.id == "The_River_Thames"
    assert [
        (one.id, [turn.text for turn in one.reading.turns], one.turn_ids[1]) for one in pool.transcripts
    ] == [
        (
            "The_River_Thames_p000",
            ["the thames rises .", "in the hills.", "it runs east to the sea."],
            "The_River_Thames_p000:00001",
        ),
        (
            "The_River_Thames_p001",
            ["boats go up.", "boats go down."],
            "The_River_Thames_p001:00001",
        ),
    ]


def test_gold_is_every_sentence_that_an_answer_touches() -> None:
    rise, end = spoken_squad.load(CLEAN).questions
    assert list(rise.gains) == ["The_River_Thames_p000:00001", "The_River_Thames_p000:00002"]
    assert list(end.gains) == ["The_River_Thames_p000:00002"]
    assert rise.answers == ("in the hills", "the hills. it runs")


def test_offsets_of_another_text_make_paragraphs_the_turns() -> None:
    noisy = spoken_squad.load(FOLDER / "WER44")
    assert [one.turn_ids for one in noisy.transcripts()] == [
        ("The_River_Thames_p000:00000",),
        ("The_River_Thames_p001:00000",),
    ]
    assert [dict(question.gains) for question in noisy.questions] == [{"The_River_Thames_p000:00000": 1}] * 2
    assert [str(remark) for remark in noisy.remarks] == [
        "Only 0 of 3 answers stand where the file says, so paragraphs are the turns."
    ]
    assert noisy.card.gold.startswith("The paragraph in which the question stands")


def test_paragraphs_can_be_asked_for_so_that_files_of_more_noise_compare() -> None:
    clean = spoken_squad.load_paragraphs(CLEAN)
    noisy = spoken_squad.load_paragraphs(FOLDER / "WER44")
    assert clean.name == noisy.name == "spoken-squad-paragraphs"
    assert [(one.id, one.gains) for one in clean.questions] == [
        (one.id, one.gains) for one in noisy.questions
    ]
    assert noisy.remarks == ()


def test_single_wrong_offsets_in_a_good_file_are_dropped(tmp_path: Path) -> None:
    data = json.loads(CLEAN.read_text(encoding="utf-8"))
    (rise, end) = data["data"][0]["paragraphs"][0]["qas"]
    end["answers"] = [{"text": "the sea", "answer_start": 49}] * 19
    rise["answers"] = [{"text": "the moon", "answer_start": 3}]
    (tmp_path / "spoken.json").write_text(json.dumps(data), encoding="utf-8")
    dataset = spoken_squad.load(tmp_path)
    assert [question.id for question in dataset.questions] == ["q2"]  # 19 of 20 are 95 %: still trusted
    assert [str(remark) for remark in dataset.remarks] == [
        "Answers left out because they do not stand where the file says: 1.",
        "Questions left out because no turn is given that answers them: 1.",
    ]
