"""A converted model run by OpenVINO on the processor.

Accepts a folder as `embeddings.conversion` writes it: the whole chain from token ids to the sentence vector.
Small jobs of several threads are gathered and run together; a long one takes streams of its own, so that a
question asked meanwhile waits for no batch of it. Neither torch nor sentence-transformers is imported.
"""

import json
import os
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from embeddings.batching import Batch, padded, shaped_batches
from embeddings.gathering import Gatherer

if TYPE_CHECKING:
    from openvino import CompiledModel, Core, InferRequest

    from embeddings.encoder import Progress, Vectors

# Padded tokens in one inference. Larger budgets fall out of the caches, smaller ones wait for weights:
# 953, 994, 1,045, 1,024 and 994 turns a second with 256, 512, 1,024, 2,048 and 4,096 tokens on two cores.
_TOKEN_BUDGET = 1024
# A job of so many tokens is small, 50 ms on two cores, and is run together with those of other threads.
_SMALL = 2048
# Most tokens in one such round. Fifty threads, each with a question and then fifteen sentences, are done in
# 630 ms with 2,048, 590 ms with 4,096 and 580 ms with 8,192; the longest wait for a round doubles each time.
_ROUND = 4096
_SMALL_STREAMS = 4  # cores for the small jobs: more would spend the time on handing out work
# So few tokens of one who is alone are computed by all these cores together, layer by layer; else each core
# computes rows of its own. Without AVX-512 a question takes 6.5 ms instead of 10.3 on two cores, two
# sentences of 24 tokens 15 instead of 24, eight of 26 tokens 72 instead of 92, and on a busy machine neither
# more nor less. Where many ask, every core has rows of its own, which takes a fifth less in sum.
_TOGETHER = 256
_STREAMS = 16  # cores for the long ones: each stream keeps activations of 20 MB
_CORE_LOCK = threading.Lock()
_CHUNK = 2048  # texts tokenised, sorted and batched together while those before them are computed


class OpenVinoEngine:
    """Runs a converted model; see `embeddings.encoder.Engine`.

    Args:
        folder: Holds model.xml, model.bin, tokenizer.json and settings.json.
    """

    def __init__(self, folder: Path) -> None:
        from tokenizers import Tokenizer

        settings = json.loads((folder / "settings.json").read_text(encoding="utf-8"))
        self.dim: int = settings["dim"]
        self._prompts: dict[str, str] = settings["prompts"]
        self._inputs: list[str] = settings["inputs"]
        self._max_tokens: int = settings["max_tokens"]
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(self._max_tokens)
        self._lower_case: bool = settings["lower_case"]
        self._pad_id: int = settings["pad_id"]
        self.folder = folder
        self.precision: str = settings.get("precision", best_precision())
        self._cores = min(usable_cores(), _SMALL_STREAMS)
        self._small: dict[int, list[InferRequest]] = {}  # one for each stream, by how many there are
        self._requests(1)  # now, so that a damaged model is found out here
        self._gatherer = Gatherer(self._encode_small, _ROUND)
        self._long: CompiledModel | None = None
        self._long_lock = threading.Lock()

    def __str__(self) -> str:
        return f"OpenVINO {self.precision}"

    def inputs(self, text: str, prompt: str) -> "list[Any]":
        """Return what the model is given for one text: arrays of shape (1, tokens), int64."""
        tokens = self._tokens(self._prepared([text], prompt))
        return next(self._with_inputs([Batch([0], 1, len(tokens[0]))], tokens))[1]

    def encode(self, texts: Sequence[str], prompt: str, progress: "Progress | None") -> "Vectors":
        """Encode texts; see `embeddings.encoder.Engine.encode`."""
        places: dict[str, list[int]] = {}  # a text said twice, as "Yes." is in any meeting, is encoded once
        for place, text in enumerate(self._prepared(texts, prompt)):
            places.setdefault(text, []).append(place)
        vectors = np.empty((len(texts), self.dim), dtype=np.float32)
        same = list(places.values())
        for rows, found in self._encode_distinct(list(places)):
            # bfloat16 leaves norms 0.4 % off; searching by inner product needs 1.
            unit = found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-12)
            for row, vector in zip(rows, unit, strict=True):
                vectors[same[row]] = vector
            if progress is not None:
                progress(sum(len(same[row]) for row in rows))
        return vectors

    def _encode_distinct(self, texts: list[str]) -> "Iterator[tuple[Sequence[int], Vectors]]":
        """Yield vectors with the numbers of the texts they belong to, as they are finished."""
        if len(texts) > _CHUNK:
            yield from self._encode_long(self._tokenised(texts))
        elif texts:
            tokens = self._tokens(texts)
            if sum(map(len, tokens)) <= _SMALL:
                yield range(len(texts)), self._gatherer.run(tokens)
            else:
                yield from self._encode_long([(0, tokens)])

    def _prepared(self, texts: Sequence[str], prompt: str) -> list[str]:
        prefix = self._prompts.get(prompt, "")
        return [prefix + (text.strip().lower() if self._lower_case else text.strip()) for text in texts]

    def _tokens(self, texts: list[str]) -> list[list[int]]:
        return [encoding.ids for encoding in self._tokenizer.encode_batch_fast(texts)]

    def _tokenised(self, texts: list[str]) -> Iterator[tuple[int, list[list[int]]]]:
        """Yield the tokens of each chunk with the number of its first text; the next is already under way."""
        with ThreadPoolExecutor(1, "tokeniser") as ahead:
            coming = ahead.submit(self._tokens, texts[:_CHUNK])
            for first in range(0, len(texts), _CHUNK):
                tokens = coming.result()
                coming = ahead.submit(self._tokens, texts[first + _CHUNK : first + 2 * _CHUNK])
                yield first, tokens

    def _encode_small(self, tokens: list[list[int]]) -> "Vectors":
        """Encode the rows of one or many callers on a few cores; never called by two threads at once."""
        total = sum(map(len, tokens))
        together = total <= _TOGETHER and self._gatherer.alone
        budget = _TOKEN_BUDGET // 4 if total / self._cores <= _TOKEN_BUDGET // 4 else _TOKEN_BUDGET // 2
        batches = shaped_batches(list(map(len, tokens)), budget, self._max_tokens)
        vectors = np.empty((len(tokens), self.dim), dtype=np.float32)
        requests = self._requests(1 if together else self._cores)
        for rows, found in in_flight(requests, self._with_inputs(batches, tokens)):
            vectors[rows] = found
        return vectors

    def _requests(self, streams: int) -> "list[InferRequest]":
        """Return a request for each of so many streams, which share the cores for small jobs."""
        if streams not in self._small:
            compiled = compile_model(self.folder / "model.xml", streams, self._cores)
            self._small[streams] = [compiled.create_infer_request() for _ in range(streams_of(compiled))]
        return self._small[streams]

    def _encode_long(
        self, chunks: Iterable[tuple[int, list[list[int]]]]
    ) -> "Iterator[tuple[list[int], Vectors]]":
        """Encode on all cores, each computing batches of its own: none waits for another at every layer."""
        with self._long_lock:
            if self._long is None:
                cores = usable_cores()
                self._long = compile_model(self.folder / "model.xml", min(cores, _STREAMS), cores)
        # Two batches a stream: one computed, one waiting, so that no core waits for Python.
        requests = [self._long.create_infer_request() for _ in range(2 * streams_of(self._long))]

        def work() -> "Iterator[tuple[list[int], list[Any]]]":
            for first, tokens in chunks:
                lengths = list(map(len, tokens))
                batches = shaped_batches(lengths, _TOKEN_BUDGET, self._max_tokens)
                for rows, inputs in self._with_inputs(batches, tokens):
                    yield [first + row for row in rows], inputs

        yield from in_flight(requests, work())

    def _with_inputs(
        self, batches: Iterable[Batch], tokens: list[list[int]]
    ) -> "Iterator[tuple[list[int], list[Any]]]":
        for batch in batches:
            ids, mask = padded(batch, tokens, self._pad_id)
            given = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
            yield batch.rows, [given[name] for name in self._inputs]


def in_flight(
    requests: "Sequence[InferRequest]", work: "Iterable[tuple[list[int], list[Any]]]"
) -> "Iterator[tuple[list[int], Vectors]]":
    """Keep all requests busy with the work; yield its row numbers and their vectors in the order begun."""
    free = deque(requests)
    busy: deque[tuple[InferRequest, list[int], list[Any]]] = deque()  # the inputs must outlive their request

    def finished() -> "tuple[list[int], Vectors]":
        request, rows, _ = busy[0]
        request.wait()
        busy.popleft()
        free.append(request)
        return rows, np.array(request.get_output_tensor(0).data[: len(rows)], dtype=np.float32)

    try:
        for rows, inputs in work:
            if not free:
                yield finished()
            request = free.popleft()
            request.start_async(inputs, share_inputs=True)
            busy.append((request, rows, inputs))
        while busy:
            yield finished()
    finally:
        for request, _, _ in busy:
            request.wait()


def streams_of(compiled: "CompiledModel") -> int:
    """Return how many inferences a compiled model runs side by side."""
    return int(compiled.get_property("NUM_STREAMS"))


def best_precision() -> str:
    """Return the precision at which this processor computes fastest without losing the ranking."""
    capable = "BF16" in shared_core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    return "bf16" if capable else "f32"


def compile_model(model: Path, streams: int, cores: int) -> "CompiledModel":
    """Load a model at the best precision of this processor.

    Args:
        model: Of `embeddings.conversion`.
        streams: Inferences side by side.
        cores: What they share.
    """
    settings: dict[str, Any] = {
        "INFERENCE_PRECISION_HINT": best_precision(),
        "NUM_STREAMS": streams,
        "INFERENCE_NUM_THREADS": cores,
    }
    if streams == 1 < cores:  # cores that wait for each other must not wait for one that another process has
        settings["ENABLE_CPU_PINNING"] = False
    return shared_core().compile_model(model, "CPU", settings)


def shared_core() -> "Core":
    """Return the one core of this process, which lives as long as the process does.

    A core gives the thread that first uses it another stack for signals, and on its end gives back the one
    that was there before (OpenVINO 2026.4). Two cores that do not end in the reverse order of their making
    leave the thread with a stack that is no memory any more: the next Ctrl-C, which Python takes on that
    stack, ends the process with a segmentation fault that no handler can report.
    """
    with _CORE_LOCK:
        return _core()


@cache
def _core() -> "Core":
    import openvino

    return openvino.Core()


def usable_cores() -> int:
    """Return how many processor cores this process may use, which can be fewer than the machine has."""
    if hasattr(os, "sched_getaffinity"):  # not on macOS and Windows
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
