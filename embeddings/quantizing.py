"""The fast mode: a converted model with eight-bit integers in its matrix products, made once and kept.

NNCF measures on a text of ours (``calibration.txt``, lines like those of a transcript) what range every
product sees and smooths outliers from activations into weights. All ranges are fixed afterwards, so that a
text gets the same vector in any batch, as it would not with ranges taken from each batch.
Its vectors differ from the default's (cosine about 0.997), so its checksum does too: a library holds one
kind. On the development data nDCG@10 of the default retrieval is 66.0, 69.8 and 36.9 with it, against 65.5,
69.7 and 37.1 in float32 (LoCoMo sample, FriendsQA dev, QMSum val).
"""

import contextlib
import hashlib
import io
import json
import logging
import shutil
import warnings
from pathlib import Path
from typing import Any

from embeddings.conversion import (
    PROBES,
    ConversionError,
    cache_key,
    load_kept,
    load_openvino,
    silence_telemetry,
)
from embeddings.models import ModelFiles, ModelLoadError
from embeddings.openvino import OpenVinoEngine, shared_core

_VERSION = 1  # raise when other vectors come out
_CALIBRATION = Path(__file__).with_name("calibration.txt")
_LEAST_COSINE = 0.95  # 0.98 on the probes, for the default model; below this something is broken


def int8_checksum(files: ModelFiles) -> str:
    """Digest what shapes an int8 vector; never a checksum of the model at full precision."""
    return hashlib.sha256(f"{files.checksum}:int8-{_VERSION}".encode()).hexdigest()


def load_int8(files: ModelFiles) -> OpenVinoEngine:
    """Run a model in int8, quantising it on first use (about ten seconds, once).

    Raises:
        ConversionError: If the model does not run in OpenVINO, or not faithfully in int8.
        ModelLoadError: If it was not quantised before and NNCF is not installed.
    """
    silence_telemetry()
    key = cache_key(files, "int8", _VERSION)
    return load_kept(key, lambda folder: _quantise(files, folder), OpenVinoEngine)


def _quantise(files: ModelFiles, folder: Path) -> None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import nncf
    except ImportError as error:
        raise ModelLoadError(
            "the int8 mode needs NNCF to quantise the model once. "
            'Install it with: pip install "transcript-qa[fast]"'
        ) from error
    import openvino

    precise = load_openvino(files)
    lines = _CALIBRATION.read_text(encoding="utf-8").splitlines()
    samples: list[Any] = [precise.inputs(line, "document") for line in lines]
    nncf.set_log_level(logging.ERROR)
    # Its progress bars go to standard output, where answers belong.
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = nncf.quantize(
            shared_core().read_model(precise.folder / "model.xml"),
            nncf.Dataset(samples),
            model_type=nncf.ModelType.TRANSFORMER,
            subset_size=len(samples),
        )
    openvino.save_model(model, folder / "model.xml", compress_to_fp16=False)
    shutil.copy(precise.folder / "tokenizer.json", folder / "tokenizer.json")
    settings = json.loads((precise.folder / "settings.json").read_text(encoding="utf-8"))
    settings |= {"checksum": int8_checksum(files), "precision": "int8"}
    (folder / "settings.json").write_text(json.dumps(settings, indent=1), encoding="utf-8")
    _verify(OpenVinoEngine(folder), precise)


def _verify(quantised: OpenVinoEngine, precise: OpenVinoEngine) -> None:
    wanted, found = (engine.encode(PROBES, "document", None) for engine in (precise, quantised))
    cosine = float((wanted * found).sum(axis=1).min())
    if cosine < _LEAST_COSINE:
        raise ConversionError(f"in int8 its vectors differ from the precise ones (cosine {cosine:.4f})")
