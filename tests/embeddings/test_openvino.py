"""The engine on the converted default model: jobs of every size, and of several threads at once."""

import subprocess
import sys
import threading
from typing import Any

import numpy as np
import pytest

from embeddings import Vectors
from embeddings.encoder import ModelEncoder
from embeddings.openvino import OpenVinoEngine
from tests.conftest import ROOT

TEXTS = [
    f"Speaker {i % 5}: item {i} is about {'the harbour wall ' * (i % 23)}and {i * 7} pounds."
    for i in range(300)
]


@pytest.fixture(scope="module")
def alone(real_encoder: ModelEncoder) -> Vectors:
    """Return the vectors of the texts, each encoded by itself."""
    return np.concatenate([real_encoder.encode_documents([text]) for text in TEXTS])


def least_cosine(one: Vectors, other: Vectors) -> float:
    return float((one * other).sum(axis=1).min())


def test_long_job_gives_each_text_the_vector_it_has_alone(
    real_encoder: ModelEncoder, alone: Vectors, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert least_cosine(real_encoder.encode_documents(TEXTS), alone) >= 0.9999
    monkeypatch.setattr("embeddings.openvino._CHUNK", 64)  # 4 chunks of 64 texts and one of 44
    steps: list[int] = []
    assert least_cosine(real_encoder.encode_documents(TEXTS, steps.append), alone) >= 0.9999
    assert sum(steps) == 300


def test_repeated_text_counts_towards_progress_each_time(real_encoder: ModelEncoder) -> None:
    steps: list[int] = []
    vectors = real_encoder.encode_documents(["Yes.", "No.", " Yes.", "Yes."], steps.append)
    assert steps == [4]
    assert np.array_equal(vectors[0], vectors[2])
    assert np.array_equal(vectors[0], vectors[3])


def test_threads_get_their_own_vectors(real_encoder: ModelEncoder, alone: Vectors) -> None:
    """Small jobs are gathered while two long ones run; all rows are their callers' own."""
    found: dict[int, Vectors] = {}
    jobs = [slice(first, first + 1 + first % 7) for first in range(0, 280, 6)] + [
        slice(0, 300),
        slice(50, 300),
    ]

    def encode(number: int) -> None:
        found[number] = real_encoder.encode_documents(TEXTS[jobs[number]])

    threads = [threading.Thread(target=encode, args=(number,)) for number in range(len(jobs))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == list(range(len(jobs)))
    assert min(least_cosine(vectors, alone[jobs[number]]) for number, vectors in found.items()) >= 0.9999


@pytest.mark.parametrize("alone_now", [True, False])
def test_vectors_are_the_same_alone_and_among_others(
    real_encoder: ModelEncoder, alone: Vectors, monkeypatch: pytest.MonkeyPatch, alone_now: bool
) -> None:
    monkeypatch.setattr("embeddings.gathering.Gatherer.alone", alone_now)
    for some in (slice(0, 1), slice(3, 5), slice(7, 19)):
        assert least_cosine(real_encoder.encode_documents(TEXTS[some]), alone[some]) >= 0.9999


def test_cores_work_together_for_one_who_is_alone_and_apart_for_many(
    real_encoder: ModelEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = real_encoder._engine
    if not isinstance(engine, OpenVinoEngine):
        pytest.skip("the model runs in torch here")
    used: list[int] = []
    requests = OpenVinoEngine._requests

    def noted(self: OpenVinoEngine, streams: int) -> Any:
        used.append(streams)
        return requests(self, streams)

    monkeypatch.setattr(OpenVinoEngine, "_requests", noted)
    monkeypatch.setattr(engine, "_cores", 2)
    for is_alone, texts in ((True, TEXTS[:2]), (False, TEXTS[2:4]), (True, TEXTS[4:24])):
        monkeypatch.setattr("embeddings.gathering.Gatherer.alone", is_alone)
        real_encoder.encode_documents(texts)
    assert used == [1, 2, 2]  # the last has too many tokens


def test_error_in_progress_ends_the_job_and_not_the_engine(
    real_encoder: ModelEncoder, alone: Vectors
) -> None:
    def stop(_: int) -> None:
        raise InterruptedError("enough")

    with pytest.raises(InterruptedError, match="enough"):
        real_encoder.encode_documents(TEXTS, stop)
    assert least_cosine(real_encoder.encode_documents(TEXTS), alone) >= 0.9999


def test_text_of_the_wrong_type_reaches_only_its_caller(real_encoder: ModelEncoder) -> None:
    with pytest.raises((TypeError, AttributeError)):
        real_encoder.encode_documents([3])  # type: ignore[list-item]
    assert real_encoder.encode_documents(["Yes."]).shape == (1, 384)


def test_ctrl_c_after_engines_that_end_in_the_order_of_their_making_is_handled(first_use: str) -> None:
    """With a core for each engine this ended with a segmentation fault; see `openvino.shared_core`."""
    code = (
        "import gc, signal\nfrom embeddings import load_encoder\n"
        "first, second = load_encoder(), load_encoder()\n"
        "for encoder in (first, second): encoder.encode_queries(['hello'])\n"
        "del encoder, first\ngc.collect()\ndel second\ngc.collect()\n"
        "signal.signal(signal.SIGINT, lambda *_: print('handled'))\n"
        "signal.raise_signal(signal.SIGINT)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "handled\n")
