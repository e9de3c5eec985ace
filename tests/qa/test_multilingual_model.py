"""A model of XLM-RoBERTa's design named by the user: converted, prompted, and asked in any language.

Its weights are drawn at random, so this says nothing about how well a real model ranks.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from embeddings import Encoder, Vectors, load_encoder
from embeddings.models import cache_folder
from qa.answering import Source, ask
from qa.library import Library
from tests.conftest import put, turn_of
from tests.languages import MEETINGS, Meeting
from tests.tiny_multilingual import PROMPTS, make_multilingual_model

QUESTIONS = [question for meeting in MEETINGS for question, _ in meeting.asked]
TURNS = [line for meeting in MEETINGS for line in meeting.lines]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_multilingual_model(tmp_path_factory.mktemp("multilingual"))


@pytest.fixture(scope="module")
def converted(folder: Path) -> Encoder:
    return load_encoder(str(folder), backend="openvino")


@pytest.fixture(scope="module")
def in_torch(folder: Path) -> Encoder:
    return load_encoder(str(folder), backend="torch")


@pytest.fixture(scope="module")
def meetings(converted: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with Library(tmp_path_factory.mktemp("meetings"), converted) as library:
        for meeting in MEETINGS:
            put(library, *meeting.lines, title=meeting.language)
        yield library


def least_cosine(one: Vectors, other: Vectors) -> float:
    return float((one * other).sum(axis=1).min())


def test_converted_model_gives_the_vectors_of_torch_in_every_language(
    converted: Encoder, in_torch: Encoder
) -> None:
    assert least_cosine(converted.encode_documents(TURNS), in_torch.encode_documents(TURNS)) >= 0.999
    assert least_cosine(converted.encode_queries(QUESTIONS), in_torch.encode_queries(QUESTIONS)) >= 0.999


def test_prompts_of_the_model_are_put_before_questions_and_passages(
    converted: Encoder, in_torch: Encoder
) -> None:
    (settings,) = (
        told
        for file in (cache_folder() / "openvino").glob("*/settings.json")
        if (told := json.loads(file.read_text())).get("checksum") == converted.checksum
    )
    assert (settings["prompts"], settings["pad_id"]) == (PROMPTS, 1)
    for encoder in (converted, in_torch):
        as_question, as_passage = encoder.encode_queries(QUESTIONS), encoder.encode_documents(QUESTIONS)
        assert least_cosine(as_question, as_passage) < 0.999


def test_model_that_lowers_case_lowers_it_in_every_script(tmp_path: Path) -> None:
    folder = make_multilingual_model(tmp_path, lower_case=True)
    texts = ["ΛΙΜΑΝΙ Новый ÖFFNET", "λιμανι новый öffnet"]
    for backend in ("openvino", "torch"):
        upper, lower = load_encoder(str(folder), backend=backend).encode_documents(texts)
        assert float(upper @ lower) == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize("meeting", MEETINGS, ids=lambda meeting: str(meeting.language))
def test_questions_are_answered_from_the_meeting_in_their_language(
    meetings: Library, meeting: Meeting
) -> None:
    for question, place in meeting.asked:
        assert turn_of(meeting.lines[place]).text in shown(ask(meetings, question).sources), question


def shown(sources: tuple[Source, ...]) -> list[str]:
    """Return what is shown as a source or beside one because it was found, too."""
    beside = [
        one.turn.text
        for source in sources
        for one in (*source.before, *source.after)
        if one.turn_id in source.beside
    ]
    return [source.turn.text for source in sources] + beside
