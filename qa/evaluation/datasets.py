"""Judged questions on transcripts: QMSum, FriendsQA and LoCoMo, from folders the user already has.

Each set becomes a list of `Judged`: transcripts that belong together and their questions, with the turns that
answer them. Nothing is fetched; the files are those of the released data sets, in their own layout.

- QMSum (Zhong et al. 2021): one meeting a file; specific queries, whose gold is every turn in the annotated
  spans, which are written as strings and include both ends. General queries have no span and are left out.
- FriendsQA (Yang and Choi 2019): one scene a transcript; gold is the utterances that hold an answer.
- LoCoMo (Maharana et al. 2024): one conversation of many dated sessions, each a transcript; gold is the
  evidence, whose ids are malformed in places and repaired here. Questions without evidence are left out.
"""

import json
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from qa.errors import QAError
from qa.types import Reading, Turn

_MARKUP = re.compile(r"\{[a-z]+\}|<[a-z]+>")  # QMSum's {vocalsound}, {disfmarker}, <...>
_SPACE_BEFORE = re.compile(r"\s+([,.?!;:'’])")
_EVIDENCE = re.compile(r"D:?(\d+)\s*:\s*(\d+)")
Place = tuple[int, int]

_BLANK = "…"  # stands for an empty turn, so that positions agree with the gold


@dataclass(frozen=True, slots=True)
class Question:
    """A judged question.

    Args:
        text: As asked.
        gold: Turns that answer it, at least one: index into the readings, position of the turn.
        answers: Gold answer texts with their turn, where the set has them.
    """

    text: str
    gold: frozenset[Place]
    answers: tuple[tuple[Place, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Judged:
    """Transcripts that are searched together by default, with their judged questions."""

    id: str
    readings: tuple[Reading, ...]
    questions: tuple[Question, ...]


def load_qmsum(folder: Path) -> list[Judged]:
    """Load the meetings of one split, such as ``qmsum/val``; ids are file names.

    Raises:
        QAError: If the folder holds no meetings.
    """
    files = sorted(folder.glob("*.json"))
    if not files:
        raise QAError(
            f"{folder} holds no QMSum meetings (*.json). Name the folder of one split, such as val."
        )
    return [_meeting(file.stem, json.loads(file.read_text(encoding="utf-8"))) for file in files]


def _meeting(name: str, data: dict[str, Any]) -> Judged:
    turns = [
        Turn(_tidy(turn["content"]) or _BLANK, turn["speaker"].strip() or None)
        for turn in data["meeting_transcripts"]
    ]
    questions = []
    for query in data["specific_query_list"]:
        spans = [(int(first), int(last)) for first, last in query["relevant_text_span"]]
        gold = frozenset((0, place) for first, last in spans for place in range(first, last + 1))
        questions.append(Question(query["query"], gold))
    return Judged(name, (Reading("qmsum", tuple(turns), title=name),), tuple(questions))


def _tidy(text: str) -> str:
    return " ".join(_SPACE_BEFORE.sub(r"\1", _MARKUP.sub("", text)).split())


def load_friendsqa(file: Path) -> list[Judged]:
    """Load the scenes of one file, such as ``friendsqa_dev.json``; ids are scene titles."""
    return [_scene(scene) for scene in json.loads(file.read_text(encoding="utf-8"))["data"]]


def _scene(scene: dict[str, Any]) -> Judged:
    (paragraph,) = scene["paragraphs"]
    utterances = paragraph.get("utterances:") or paragraph["utterances"]  # the released key ends in a colon
    turns = []
    for utterance in utterances:
        speakers = [name for name in utterance["speakers"] if name != "#NOTE#"]
        turns.append(Turn(utterance["utterance"].strip() or _BLANK, ", ".join(speakers) or None))
    questions = tuple(
        Question(
            qa["question"],
            frozenset((0, answer["utterance_id"]) for answer in qa["answers"]),
            tuple(
                ((0, answer["utterance_id"]), answer["answer_text"])
                for answer in qa["answers"]
                if not answer.get("is_speaker")
            ),
        )
        for qa in paragraph["qas"]
    )
    return Judged(scene["title"], (Reading("friendsqa", tuple(turns), title=scene["title"]),), questions)


def load_locomo(file: Path) -> list[Judged]:
    """Load the conversations of a file in the layout of ``locomo10.json``; ids are those of the samples."""
    data = json.loads(file.read_text(encoding="utf-8"))
    return [_conversation(sample) for sample in (data if isinstance(data, list) else [data])]


def _conversation(sample: dict[str, Any]) -> Judged:
    name, conversation = str(sample["sample_id"]), sample["conversation"]
    readings: list[Reading] = []
    place: dict[str, Place] = {}
    number = 1
    while f"session_{number}" in conversation:  # there are dates for more sessions than were held
        session = conversation[f"session_{number}"]
        for position, turn in enumerate(session):
            place[turn["dia_id"]] = (len(readings), position)
        turns = tuple(Turn(turn["text"].strip() or _BLANK, turn["speaker"]) for turn in session)
        date = _date(conversation[f"session_{number}_date_time"])
        readings.append(Reading("locomo", turns, title=f"{name} session {number}", date=date))
        number += 1
    questions = []
    for qa in sample["qa"]:
        found = [f"D{int(s)}:{int(t)}" for text in qa["evidence"] for s, t in _EVIDENCE.findall(text)]
        gold = frozenset(place[turn] for turn in found if turn in place)
        if gold:
            questions.append(Question(qa["question"], gold))
    return Judged(name, tuple(readings), tuple(questions))


def _date(written: str) -> str:
    """Read a date such as "1:56 pm on 8 May, 2023" as ISO."""
    return datetime.strptime(written.rpartition(" on ")[2], "%d %B, %Y").date().isoformat()
