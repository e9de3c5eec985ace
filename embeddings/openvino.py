"""A sentence-transformers model converted to OpenVINO, run on the processor.

The whole chain of modules (transformer, pooling, dense, normalise) is traced from the torch model, checked
against it on short, long, padded and foreign texts, and kept in the cache folder under a key that names
everything it depends on. Afterwards neither torch nor sentence-transformers is imported.
Refuses (`ConversionError`) models that cannot be traced, have no fast tokenizer, or disagree with torch.
"""

import hashlib
import json
import os
import shutil
import sys
import tempfile
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from embeddings.models import ModelFiles, cache_folder

if TYPE_CHECKING:
    from openvino import AsyncInferQueue, CompiledModel

    from embeddings.encoder import Progress, Vectors

_CONVERSION = 1  # raise when the conversion below changes, so that old cache entries are left behind
# Padded tokens in one inference. Larger budgets waste time on padding, smaller ones on starting up:
# 590-674 turns a second at 1,024 tokens on two cores against 387-417 with fixed batches of 32.
_TOKEN_BUDGET = 1024
_WORTH_STREAMS = 8  # batches from which a second, streaming copy of the model pays for its compiling
# bfloat16 keeps 8 bits of mantissa: over six layers the cosine to float32 stays above 0.9999.
_LEAST_COSINE = {"f32": 0.99999, "bf16": 0.999}
_PROBES = (
    "Yes.",
    "Ana Ruiz: We moved forty percent of the tables last week, and I expect to finish by the fifteenth.",
    "Questioner: how much, exactly — 20 billion euros? Türkiye, Łódź, naïve café, 東京, Москва, 😀",
    " ".join(["The committee heard from the harbour master about the flood and what it cost."] * 60),
    "",
)


class ConversionError(Exception):
    """This model or machine cannot use OpenVINO; torch still can."""


class OpenVinoEngine:
    """Runs a converted model; see `embeddings.encoder.Engine`.

    Args:
        folder: Holds model.xml, model.bin, tokenizer.json and settings.json, as `load_openvino` writes them.
    """

    def __init__(self, folder: Path) -> None:
        from tokenizers import Tokenizer

        settings = json.loads((folder / "settings.json").read_text(encoding="utf-8"))
        self.dim: int = settings["dim"]
        self._prompts: dict[str, str] = settings["prompts"]
        self._inputs: list[str] = settings["inputs"]
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(settings["max_tokens"])
        self._lower_case: bool = settings["lower_case"]
        self._pad_id: int = settings["pad_id"]
        self._model_file = folder / "model.xml"
        self._compiled, self.precision = _compile(self._model_file, "LATENCY")
        self._requests = threading.local()  # one inference request a thread: they must not be shared
        self._queue: AsyncInferQueue | None = None
        self._queue_lock = threading.Lock()

    def __str__(self) -> str:
        return f"OpenVINO {self.precision}"

    def encode(self, texts: Sequence[str], prompt: str, progress: "Progress | None") -> "Vectors":
        """Encode texts; see `embeddings.encoder.Engine.encode`."""
        prefix = self._prompts.get(prompt, "")
        prepared = [prefix + (text.strip().lower() if self._lower_case else text.strip()) for text in texts]
        places: dict[str, list[int]] = {}  # a text said twice, as "Yes." is in any meeting, is encoded once
        for place, text in enumerate(prepared):
            places.setdefault(text, []).append(place)
        tokens = [encoding.ids for encoding in self._tokenizer.encode_batch_fast(list(places))]
        batches = list(token_budget_batches([len(ids) for ids in tokens], _TOKEN_BUDGET))
        distinct = np.empty((len(tokens), self.dim), dtype=np.float32)
        counts = [len(same) for same in places.values()]

        def keep(rows: list[int], found: "Vectors") -> None:
            distinct[rows] = found
            if progress is not None:
                progress(sum(counts[row] for row in rows))

        if len(batches) < _WORTH_STREAMS:
            for rows in batches:
                keep(rows, self._infer(self._padded([tokens[row] for row in rows])))
        else:
            self._stream(tokens, batches, keep)
        vectors = np.empty((len(texts), self.dim), dtype=np.float32)
        for row, same in enumerate(places.values()):
            vectors[same] = distinct[row]
        # bfloat16 leaves norms 0.4 % off; searching by inner product needs 1.
        unit: Vectors = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
        return unit

    def _padded(self, batch: list[list[int]]) -> "list[Any]":
        """Return a batch as the model's inputs, int64, shape (rows, longest row)."""
        width = max(len(ids) for ids in batch)
        ids = np.full((len(batch), width), self._pad_id, dtype=np.int64)
        mask = np.zeros((len(batch), width), dtype=np.int64)
        for row, tokens in enumerate(batch):
            ids[row, : len(tokens)] = tokens
            mask[row, : len(tokens)] = 1
        given = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        return [given[name] for name in self._inputs]

    def _infer(self, inputs: "list[Any]") -> "Vectors":
        """Run one batch on all cores: the least time for one question."""
        if not hasattr(self._requests, "request"):
            self._requests.request = self._compiled.create_infer_request()
        result = self._requests.request.infer(inputs, share_inputs=True)
        vectors: Vectors = np.asarray(result[0], dtype=np.float32)
        return vectors

    def _stream(
        self, tokens: list[list[int]], batches: list[list[int]], keep: "Callable[[list[int], Vectors], None]"
    ) -> None:
        """Run many batches side by side, each on few cores: the most texts a second.

        Batches on cores of their own never wait for each other: 16 % faster than one after another on all.
        """
        with self._queue_lock:
            if self._queue is None:
                from openvino import AsyncInferQueue

                streams, _ = _compile(self._model_file, "THROUGHPUT")
                self._queue = AsyncInferQueue(streams)
            kept = threading.Lock()  # results come back in threads of OpenVINO's

            def finished(request: Any, rows: list[int]) -> None:
                found = np.array(request.get_output_tensor(0).data, dtype=np.float32)
                with kept:
                    keep(rows, found)

            self._queue.set_callback(finished)
            # The longest first: a long batch begun last would leave the other cores idle at the end.
            for rows in reversed(batches):
                self._queue.start_async(self._padded([tokens[row] for row in rows]), rows)
            self._queue.wait_all()


def token_budget_batches(lengths: Sequence[int], budget: int) -> Iterator[list[int]]:
    """Group rows of similar length so that each padded batch stays within a budget of tokens.

    Args:
        lengths: Tokens per row.
        budget: Most tokens in a batch, padding included; a longer row makes a batch of its own.

    Yields:
        Row numbers, each row in exactly one batch, shortest rows first.
    """
    batch: list[int] = []
    for row in sorted(range(len(lengths)), key=lengths.__getitem__):
        if batch and (len(batch) + 1) * lengths[row] > budget:
            yield batch
            batch = []
        batch.append(row)
    if batch:
        yield batch


def load_openvino(files: ModelFiles) -> OpenVinoEngine:
    """Run a model in OpenVINO, converting it on first use (a few seconds, once).

    Raises:
        ConversionError: If OpenVINO is not installed, or the model cannot be converted faithfully.
    """
    _silence_telemetry()
    folder = cache_folder() / "openvino" / _cache_key(files)
    if not (folder / "settings.json").is_file():
        _convert_into(files, folder)
    elif (folder / "refused.txt").is_file():
        raise ConversionError((folder / "refused.txt").read_text(encoding="utf-8"))
    try:
        return OpenVinoEngine(folder)
    except (RuntimeError, OSError, ValueError, KeyError) as error:
        shutil.rmtree(folder, ignore_errors=True)  # damaged: it will be made again at the next start
        raise ConversionError(f"the converted model in {folder} does not load: {error}") from error


def _silence_telemetry() -> None:
    """Keep OpenVINO's converter from reporting conversions to its makers; it asks nobody first."""
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]  # None makes import fail


def _cache_key(files: ModelFiles) -> str:
    try:
        made_by = [version(package) for package in ("openvino", "sentence-transformers", "transformers")]
    except PackageNotFoundError as error:
        raise ConversionError(f"{error.name} is not installed") from error
    return hashlib.sha256(json.dumps([_CONVERSION, files.checksum, *made_by]).encode()).hexdigest()[:32]


def _compile(model: Path, hint: str) -> "tuple[CompiledModel, str]":
    import openvino

    core = openvino.Core()
    capable = "BF16" in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    precision = "bf16" if capable else "f32"
    compiled = core.compile_model(
        model,
        "CPU",
        {
            "INFERENCE_PRECISION_HINT": precision,
            "PERFORMANCE_HINT": hint,
            "INFERENCE_NUM_THREADS": usable_cores(),
        },
    )
    return compiled, precision


def usable_cores() -> int:
    """Return how many processor cores this process may use, which can be fewer than the machine has."""
    if hasattr(os, "sched_getaffinity"):  # not on macOS and Windows
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _convert_into(files: ModelFiles, folder: Path) -> None:
    """Convert beside the final place and move there in one step; a refusal is remembered."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix="converting-", dir=folder.parent))
    try:
        try:
            _convert(files, scratch)
        except ConversionError as error:
            (scratch / "refused.txt").write_text(str(error), encoding="utf-8")
            (scratch / "settings.json").write_text("{}", encoding="utf-8")
            _move(scratch, folder)
            raise
        _move(scratch, folder)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _move(scratch: Path, folder: Path) -> None:
    try:
        scratch.rename(folder)
    except OSError:
        if not folder.is_dir():  # else another process finished the same conversion first
            raise


def _convert(files: ModelFiles, folder: Path) -> None:
    from embeddings.encoder import load_sentence_transformer, unit_rows

    if not (files.folder / "tokenizer.json").is_file():
        raise ConversionError("it has no tokenizer.json, which encoding without torch needs")
    model = load_sentence_transformer(files).to("cpu").float().eval()
    inputs = _trace(model, folder / "model.xml")
    shutil.copy(files.folder / "tokenizer.json", folder / "tokenizer.json")
    dim = model.get_embedding_dimension()
    settings = {
        "model": files.name,
        "checksum": files.checksum,
        "dim": dim,
        "inputs": inputs,
        "max_tokens": model.max_seq_length or 512,
        "prompts": {key: value for key, value in model.prompts.items() if value},
        "lower_case": bool(getattr(model[0], "do_lower_case", False)),
        "pad_id": int(model.tokenizer.pad_token_id or 0),
    }
    (folder / "settings.json").write_text(json.dumps(settings, indent=1), encoding="utf-8")
    _verify(OpenVinoEngine(folder), model, unit_rows)


def _trace(model: Any, target: Path) -> list[str]:
    import openvino
    import torch

    class Chain(torch.nn.Module):
        """All modules in one graph, from token ids to the sentence embedding."""

        def __init__(self) -> None:
            super().__init__()
            self.chain = model

        def forward(self, *tensors: torch.Tensor) -> Any:
            features: dict[str, Any] = dict(zip(names, tensors, strict=True))
            for module in self.chain:
                features = module(features)
            return features["sentence_embedding"]

    example = model.tokenizer(
        ["A first text.", "And a second one, longer than it."], padding=True, return_tensors="pt"
    )
    names = [name for name in ("input_ids", "attention_mask", "token_type_ids") if name in example]
    try:
        # The tracer warns of Python branches in the model's code; `_verify` says whether they mattered.
        with torch.inference_mode(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            converted = openvino.convert_model(Chain(), example_input=tuple(example[name] for name in names))
        converted.reshape({port: [-1, -1] for port in converted.inputs})
        openvino.save_model(converted, target, compress_to_fp16=False)
    except Exception as error:  # the tracer raises whatever the model's own code raises
        raise ConversionError(f"tracing failed: {type(error).__name__}: {error}") from error
    return names


def _verify(engine: OpenVinoEngine, model: Any, unit_rows: Any) -> None:
    for prompt in ("document", "query"):
        wanted = unit_rows(
            model.encode(list(_PROBES), prompt=model.prompts.get(prompt) or None, show_progress_bar=False)
        )
        found = engine.encode(_PROBES, prompt, None)
        cosine = float((wanted * found).sum(axis=1).min())
        if cosine < _LEAST_COSINE[engine.precision]:
            raise ConversionError(f"converted, its vectors differ from torch's (cosine {cosine:.4f})")
