"""Texts to unit vectors, with a sentence-transformers model.

The model itself defines the result: its modules, prompts, pooling and width. Where OpenVINO is installed
the same modules run converted, at the best precision the processor has, after the conversion was checked
against torch; otherwise torch runs them. Nothing heavy is imported before the first text is encoded.
"""

import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from embeddings.models import ModelFiles, ModelLoadError, locate_model

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Vectors = npt.NDArray[np.float32]
Progress = Callable[[int], None]

INT8 = " (int8)"
_REMEMBERED = 1_000  # questions; 1.5 MB of vectors


class Encoder(Protocol):
    """Turns texts into unit vectors whose inner product is their cosine similarity."""

    @property
    def name(self) -> str:
        """The model's name, as manifests record it."""
        ...

    @property
    def checksum(self) -> str:
        """Digest of everything that shapes a vector; equal checksums mean comparable vectors."""
        ...

    @property
    def dim(self) -> int:
        """Width of a vector. Asking may load the model."""
        ...

    def encode_documents(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Encode texts to be found.

        Args:
            texts: May be empty; an empty text is encoded like any other.
            progress: Called with the number of texts finished since its last call.

        Returns:
            Unit-length rows, float32, shape (len(texts), dim), in the order of the texts.
        """
        ...

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Encode questions, with the model's query prompt if it has one; shaped as for documents."""
        ...


class Engine(Protocol):
    """One way of running a model: what `embeddings.openvino` and `TorchEngine` have in common."""

    @property
    def dim(self) -> int:
        """Width of a vector."""
        ...

    def encode(self, texts: Sequence[str], prompt: str, progress: Progress | None) -> Vectors:
        """Encode texts, each with the prompt ("query" or "document") before it."""
        ...


class ModelEncoder:
    """An `Encoder` over a sentence-transformers model folder, loaded when first needed.

    Args:
        files: From `locate_model`.
        backend: "auto", "openvino", "torch" or "int8". "auto" takes OpenVINO where it runs and agrees with
            torch. "int8" is half as fast again, with vectors of its own; see `embeddings.quantizing`.
    """

    def __init__(self, files: ModelFiles, backend: str = "auto") -> None:
        if backend not in {"auto", "openvino", "torch", "int8"}:
            raise ValueError(f"backend is {backend!r}; expected auto, openvino, torch or int8")
        self._files = files
        self._backend = backend
        self._engine: Engine | None = None
        self._lock = threading.Lock()
        self._questions: dict[str, Vectors] = {}

    @property
    def name(self) -> str:
        """The model's name, as manifests record it; with ``INT8`` at its end where that is how it runs."""
        return self._files.name + (INT8 if self._backend == "int8" else "")

    @property
    def checksum(self) -> str:
        """Digest of the model's weights and settings; another one for int8, whose vectors differ."""
        if self._backend == "int8":
            from embeddings.quantizing import int8_checksum

            return int8_checksum(self._files)
        return self._files.checksum

    @property
    def dim(self) -> int:
        """Width of a vector. Asking loads the model."""
        return self._loaded().dim

    @property
    def engine_name(self) -> str:
        """How the model runs, such as "OpenVINO bf16". Asking loads the model."""
        return str(self._loaded())

    def encode_documents(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Encode texts to be found; see `Encoder.encode_documents`."""
        return self._loaded().encode(texts, "document", progress)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Encode questions; see `Encoder.encode_queries`."""
        if len(texts) != 1:
            return self._loaded().encode(texts, "query", None)
        # Ranking, judging and highlighting for one question each ask for its vector.
        known = self._questions.get(texts[0])
        if known is None:
            known = self._loaded().encode(texts, "query", None)
            if len(self._questions) >= _REMEMBERED:
                self._questions.clear()
            self._questions[texts[0]] = known
        return known.copy()

    def _loaded(self) -> Engine:
        with self._lock:
            if self._engine is None:
                self._engine = _load_engine(self._files, self._backend)
            return self._engine


def load_encoder(name: str | None = None, backend: str = "auto") -> ModelEncoder:
    """Prepare an encoder; the model is loaded when the first text is encoded.

    Args:
        name: None for the embedded default, a model folder, or a name on the Hugging Face hub.
        backend: As for `ModelEncoder`.

    Raises:
        ModelLoadError: If there is no such model.
    """
    return ModelEncoder(locate_model(name), backend)


def _load_engine(files: ModelFiles, backend: str) -> Engine:
    if backend == "torch":
        return TorchEngine(load_sentence_transformer(files))
    from embeddings.conversion import ConversionError, load_openvino
    from embeddings.quantizing import load_int8

    try:
        return load_int8(files) if backend == "int8" else load_openvino(files)
    except ConversionError as error:
        if backend != "auto":
            mode = "int8" if backend == "int8" else "OpenVINO"
            raise ModelLoadError(f"{files.name} cannot run in {mode}: {error}") from error
        return TorchEngine(load_sentence_transformer(files))


def load_sentence_transformer(files: ModelFiles) -> "SentenceTransformer":
    """Load the model with sentence-transformers, in float32 on the best device torch finds.

    Raises:
        ModelLoadError: If sentence-transformers cannot load the folder.
    """
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    # A bar for 100 tensors read in a blink, and remarks on training, only hide what we have to say.
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    try:
        return SentenceTransformer(str(files.folder))
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise ModelLoadError(f"sentence-transformers cannot load {files.folder}: {error}") from error


class TorchEngine:
    """Runs a model in torch: in bfloat16 where the processor computes with it, else in float32."""

    BATCH = 32

    def __init__(self, model: "SentenceTransformer") -> None:
        import torch

        self._model = model.bfloat16() if _computes_in_bfloat16(torch.device(model.device)) else model
        self._lock = threading.Lock()
        width = model.get_embedding_dimension()
        if width is None:
            raise ModelLoadError("the model does not say how wide its vectors are")
        self.dim = int(width)

    def __str__(self) -> str:
        return f"torch {self._model.dtype}".replace("torch.", "")

    def encode(self, texts: Sequence[str], prompt: str, progress: Progress | None) -> Vectors:
        """Encode texts; see `Engine.encode`."""
        vectors = np.empty((len(texts), self.dim), dtype=np.float32)
        order = sorted(range(len(texts)), key=lambda row: len(texts[row]))
        for first in range(0, len(texts), self.BATCH * 8):
            rows = order[first : first + self.BATCH * 8]
            with self._lock:
                vectors[rows] = self._model.encode(
                    [texts[row] for row in rows],
                    prompt=self._model.prompts.get(prompt) or None,
                    batch_size=self.BATCH,
                    show_progress_bar=False,
                    convert_to_numpy=True,
                )
            if progress is not None:
                progress(len(rows))
        return unit_rows(vectors)


def _computes_in_bfloat16(device: object) -> bool:
    import torch

    if str(device) != "cpu":
        return False
    # Without the instructions torch emulates bfloat16, several times slower than float32. The question to ask
    # the processor is private to torch and missing from some of its builds.
    supported = getattr(torch.cpu, "_is_avx512_bf16_supported", None)
    return supported is not None and bool(supported())


def unit_rows(vectors: Vectors) -> Vectors:
    """Scale rows to length 1, so that inner products are cosines; rows of zeros stay as they are."""
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return (vectors / np.where(norms > 0, norms, 1)).astype(np.float32)
