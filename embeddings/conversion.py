"""A sentence-transformers model converted to OpenVINO, once, and kept.

The whole chain of modules (transformer, pooling, dense, normalise) is traced from the torch model, checked
against it on short, long, padded and foreign texts, and kept in the cache folder under a key that names
everything it depends on. Afterwards neither torch nor sentence-transformers is imported.
Refuses (`ConversionError`) models that cannot be traced, have no fast tokenizer, or disagree with torch.
"""

import hashlib
import json
import shutil
import sys
import tempfile
import warnings
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, TypeVar

from embeddings.models import ModelFiles, cache_folder
from embeddings.openvino import OpenVinoEngine

T = TypeVar("T")
_CONVERSION = 1  # raise when the conversion below changes, so that old cache entries are left behind
# bfloat16 keeps 8 bits of mantissa: over six layers the cosine to float32 stays above 0.9999.
_LEAST_COSINE = {"f32": 0.99999, "bf16": 0.999}
PROBES = (
    "Yes.",
    "Ana Ruiz: We moved forty percent of the tables last week, and I expect to finish by the fifteenth.",
    "Questioner: how much, exactly — 20 billion euros? Türkiye, Łódź, naïve café, 東京, Москва, 😀",
    " ".join(["The committee heard from the harbour master about the flood and what it cost."] * 60),
    "",
)


class ConversionError(Exception):
    """This model or machine cannot use OpenVINO; torch still can."""


def load_openvino(files: ModelFiles) -> OpenVinoEngine:
    """Run a model in OpenVINO, converting it on first use (a few seconds, once).

    Raises:
        ConversionError: If OpenVINO is not installed, or the model cannot be converted faithfully.
    """
    silence_telemetry()
    return load_kept(cache_key(files, _CONVERSION), lambda folder: _convert(files, folder), OpenVinoEngine)


def load_kept(key: str, make: Callable[[Path], None], load: Callable[[Path], T]) -> T:
    """Load what was made under a key, making it first where it is missing.

    Args:
        key: From `cache_key`.
        make: Fills an empty folder, or raises `ConversionError`, which is remembered.
        load: Loads what was made.

    Raises:
        ConversionError: If it cannot be made, now or earlier, or does not load.
    """
    folder = cache_folder() / "openvino" / key
    if not (folder / "settings.json").is_file():
        _make_into(folder, make)
    elif (folder / "refused.txt").is_file():
        raise ConversionError((folder / "refused.txt").read_text(encoding="utf-8"))
    try:
        return load(folder)
    except (RuntimeError, OSError, ValueError, KeyError) as error:
        shutil.rmtree(folder, ignore_errors=True)  # damaged: it will be made again at the next start
        raise ConversionError(f"the converted model in {folder} does not load: {error}") from error


def silence_telemetry() -> None:
    """Keep OpenVINO's converter from reporting conversions to its makers; it asks nobody first."""
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]  # None makes import fail


def cache_key(files: ModelFiles, *made_how: object) -> str:
    """Name a conversion by the model, the packages that matter and whatever else went into it.

    Raises:
        ConversionError: If one of the packages is not installed.
    """
    try:
        made_by = [version(package) for package in ("openvino", "sentence-transformers", "transformers")]
    except PackageNotFoundError as error:
        raise ConversionError(f"{error.name} is not installed") from error
    return hashlib.sha256(json.dumps([*made_how, files.checksum, *made_by]).encode()).hexdigest()[:32]


def _make_into(folder: Path, make: Callable[[Path], None]) -> None:
    """Make beside the final place and move there in one step; a refusal is remembered."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix="converting-", dir=folder.parent))
    try:
        try:
            make(scratch)
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
    example = model.tokenizer(
        ["A first text.", "And a second one, longer than it."], padding=True, return_tensors="pt"
    )
    inputs = trace(model, "sentence_embedding", example, folder / "model.xml")
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


def trace(model: Any, output: str, example: Any, target: Path) -> list[str]:
    """Write a model's chain of modules as one OpenVINO graph.

    Args:
        model: A sentence-transformers model of any kind.
        output: The name of what is wanted of its last module.
        example: What its tokenizer makes of two texts, or pairs, of different length.
        target: Where the graph goes; the weights lie beside it.

    Returns:
        The names of the graph's inputs, in their order.

    Raises:
        ConversionError: If the model's code cannot be traced.
    """
    import openvino
    import torch

    class Chain(torch.nn.Module):
        """All modules in one graph, from token ids to what is wanted."""

        def __init__(self) -> None:
            super().__init__()
            self.chain = model

        def forward(self, *tensors: torch.Tensor) -> Any:
            features: dict[str, Any] = dict(zip(names, tensors, strict=True))
            for module in self.chain:
                features = module(features)
            return features[output]

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
            model.encode(list(PROBES), prompt=model.prompts.get(prompt) or None, show_progress_bar=False)
        )
        found = engine.encode(PROBES, prompt, None)
        cosine = float((wanted * found).sum(axis=1).min())
        if cosine < _LEAST_COSINE[engine.precision]:
            raise ConversionError(f"converted, its vectors differ from torch's (cosine {cosine:.4f})")
