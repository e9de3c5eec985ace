"""A sentence-transformers cross-encoder converted to OpenVINO, once, and kept.

Works as `embeddings.conversion` does for encoders: traced from the torch model, checked against it on short,
long, padded and foreign pairs, kept under a key that names everything it depends on.
"""

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from embeddings.conversion import PROBES, ConversionError, cache_key, load_kept, silence_telemetry, trace
from embeddings.cross_encoder import TorchPairs, load_cross_encoder_model
from embeddings.models import ModelFiles
from embeddings.openvino_pairs import OpenVinoPairs

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder as SentenceTransformersCrossEncoder

_CONVERSION = 1  # raise when the conversion below changes, so that old cache entries are left behind
# Logits span some 20 units; a tenth of one is the difference between 0.50 and 0.52.
_MOST_OFF = {"f32": 0.01, "bf16": 0.25}
_QUESTIONS = ("Who moved the tables?", "How much does the harbour cost, and for whom?")


def load_openvino_pairs(files: ModelFiles) -> OpenVinoPairs:
    """Run a cross-encoder in OpenVINO, converting it on first use (a few seconds, once).

    Raises:
        ConversionError: If OpenVINO is not installed, or the model cannot be converted faithfully.
        ModelLoadError: If it is no cross-encoder that ranks.
    """
    silence_telemetry()
    key = cache_key(files, "cross-encoder", _CONVERSION)
    return load_kept(key, lambda folder: _convert(files, folder), OpenVinoPairs)


def _convert(files: ModelFiles, folder: Path) -> None:
    if not (files.folder / "tokenizer.json").is_file():
        raise ConversionError("it has no tokenizer.json, which scoring without torch needs")
    model = load_cross_encoder_model(files).to("cpu").float().eval()
    if model.default_prompt_name or any(model.prompts.values()):
        raise ConversionError("it wants a prompt before its pairs, which only torch gives it here")
    example = model.tokenizer(
        ["A first question?", "And a second one?"],
        ["A text.", "And another, longer than it."],
        padding=True,
        return_tensors="pt",
    )
    inputs = trace(model, "scores", example, folder / "model.xml")
    shutil.copy(files.folder / "tokenizer.json", folder / "tokenizer.json")
    settings = {
        "model": files.name,
        "checksum": files.checksum,
        "inputs": inputs,
        "max_tokens": model.max_seq_length,
        "pad_id": int(model.tokenizer.pad_token_id or 0),
    }
    (folder / "settings.json").write_text(json.dumps(settings, indent=1), encoding="utf-8")
    _verify(OpenVinoPairs(folder), model)


def _verify(engine: OpenVinoPairs, model: "SentenceTransformersCrossEncoder") -> None:
    pairs = [(question, text) for question in _QUESTIONS for text in PROBES]
    wanted: Any = TorchPairs(model).logits(pairs, None)
    off = float(np.abs(wanted - engine.logits(pairs, None)).max())
    if not off <= _MOST_OFF[engine.precision]:  # NaN is refused, too
        raise ConversionError(f"converted, its scores differ from torch's by {off:.3f}")
