"""Pairs of a question and a passage to how well one answers the other, with a cross-encoder.

A cross-encoder reads both texts together: slower than comparing vectors made apart, and better at telling
which of a few passages answers. Like an encoder it is a sentence-transformers model, which runs converted in
OpenVINO where that agrees with torch, and in torch elsewhere.
"""

import json
import threading
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from embeddings.models import ModelFiles, ModelLoadError, locate_cross_encoder

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder as SentenceTransformersCrossEncoder

Scores = npt.NDArray[np.float32]
Pair = tuple[str, str]

# Characters of a call from which its time tells how long others take: below, what every call costs counts.
_TELLING = 2_000
MAX_TOKENS = 256  # of a pair; attention over more would cost time for words far from the passage


class CrossEncoder(Protocol):
    """Says how well passages answer questions."""

    @property
    def name(self) -> str:
        """The model's name."""
        ...

    @property
    def checksum(self) -> str:
        """Digest of everything that shapes a score."""
        ...

    @property
    def marks(self) -> tuple[str, str] | None:
        """What stood before and after the passage to judge when it was trained; None when nothing did."""
        ...

    def scores(self, pairs: Sequence[Pair], seconds: float | None = None) -> Scores | None:
        """Score pairs of a question and a passage.

        Args:
            pairs: May be empty.
            seconds: What it may take once the model is loaded, waiting for other callers included; None for
                as long as it takes.

        Returns:
            The sigmoid of the model's one output, 0 to 1, float32, shape (len(pairs),); None if it was not
            done in time.
        """
        ...


class PairEngine(Protocol):
    """One way of running a cross-encoder."""

    def logits(self, pairs: Sequence[Pair], until: float | None) -> Scores | None:
        """Return the model's output for each pair; None once ``time.monotonic()`` is past ``until``."""
        ...


class ModelCrossEncoder:
    """A `CrossEncoder` over a sentence-transformers model folder, loaded when first needed.

    Args:
        files: From `locate_cross_encoder`.
        backend: "auto", "openvino" or "torch". "auto" takes OpenVINO where it runs and agrees with torch.
    """

    def __init__(self, files: ModelFiles, backend: str = "auto") -> None:
        if backend not in {"auto", "openvino", "torch"}:
            raise ValueError(f"backend is {backend!r}; expected auto, openvino or torch")
        self._files = files
        self._backend = backend
        self._engine: PairEngine | None = None
        self._marks: tuple[str, ...] | None = None
        self._loading = threading.Lock()
        # One caller at a time has all cores: two side by side would both be late.
        self._running = threading.Lock()
        self._counting = threading.Lock()
        self._ahead = 0  # characters that are being read, or wait for it
        self._pace = 0.0  # seconds that a character took last; 0 until that is known

    @property
    def name(self) -> str:
        """The model's name."""
        return self._files.name

    @property
    def checksum(self) -> str:
        """Digest of the model's weights and settings."""
        return self._files.checksum

    @property
    def marks(self) -> tuple[str, str] | None:
        """What stood around passages in training: ``passage_marks`` in the folder's config.json."""
        if self._marks is None:
            config = json.loads((self._files.folder / "config.json").read_text(encoding="utf-8"))
            self._marks = tuple(config.get("passage_marks") or ())
        return (self._marks[0], self._marks[1]) if self._marks else None

    @property
    def engine_name(self) -> str:
        """How the model runs, such as "OpenVINO bf16". Asking loads the model."""
        return str(self.load())

    def scores(self, pairs: Sequence[Pair], seconds: float | None = None) -> Scores | None:
        """Score pairs of a question and a passage; see `CrossEncoder.scores`.

        Where so much is ahead that the time would run out, it is not waited for: with many askers, all would
        wait for what few of them get.
        """
        engine = self.load()
        until = None if seconds is None else time.monotonic() + seconds
        size = sum(len(question) + len(text) for question, text in pairs)
        with self._counting:
            if seconds is not None and self._ahead and (self._ahead + size) * self._pace > seconds:
                return None
            self._ahead += size
        try:
            if not self._running.acquire(timeout=-1 if seconds is None else seconds):
                return None
            try:
                begun = time.monotonic()
                logits = engine.logits(pairs, until)
                if logits is not None and size >= _TELLING:
                    self._pace = (time.monotonic() - begun) / size
            finally:
                self._running.release()
        finally:
            with self._counting:
                self._ahead -= size
        return None if logits is None else (1 / (1 + np.exp(-logits))).astype(np.float32)

    def load(self) -> PairEngine:
        """Load the model if it is not yet; return what runs it."""
        with self._loading:
            if self._engine is None:
                self._engine = _load_engine(self._files, self._backend)
            return self._engine


def load_cross_encoder(name: str | None = None, backend: str = "auto") -> ModelCrossEncoder:
    """Prepare a cross-encoder; the model is loaded when the first pair is scored.

    Args:
        name: None for the embedded default, a model folder, or a name on the Hugging Face hub.
        backend: As for `ModelCrossEncoder`.

    Raises:
        ModelLoadError: If there is no such model.
    """
    return ModelCrossEncoder(locate_cross_encoder(name), backend)


def _load_engine(files: ModelFiles, backend: str) -> PairEngine:
    if backend == "torch":
        return TorchPairs(load_cross_encoder_model(files))
    from embeddings.conversion import ConversionError
    from embeddings.pair_conversion import load_openvino_pairs

    try:
        return load_openvino_pairs(files)
    except ConversionError as error:
        if backend == "openvino":
            raise ModelLoadError(f"{files.name} cannot run in OpenVINO: {error}") from error
        return TorchPairs(load_cross_encoder_model(files))


def load_cross_encoder_model(files: ModelFiles) -> "SentenceTransformersCrossEncoder":
    """Load the model with sentence-transformers, in float32 on the best device torch finds.

    Raises:
        ModelLoadError: If sentence-transformers cannot load the folder, or it is no reranker.
    """
    from sentence_transformers import CrossEncoder as SentenceTransformersCrossEncoder
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    try:
        model = SentenceTransformersCrossEncoder(str(files.folder))
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise ModelLoadError(
            f"sentence-transformers cannot load {files.folder} as a cross-encoder: {error}"
        ) from error
    if model.num_labels != 1:
        raise ModelLoadError(
            f"{files.name} gives {model.num_labels} scores for a pair; a reranker gives one. Name a "
            "cross-encoder made for ranking, such as cross-encoder/ms-marco-MiniLM-L6-v2."
        )
    model.max_seq_length = min(model.max_seq_length or MAX_TOKENS, MAX_TOKENS)
    loaded: SentenceTransformersCrossEncoder = model
    return loaded


class TorchPairs:
    """Runs a cross-encoder in torch."""

    BATCH = 8  # a deadline is looked at between batches

    def __init__(self, model: "SentenceTransformersCrossEncoder") -> None:
        self._model = model

    def __str__(self) -> str:
        return f"torch {self._model.dtype}".replace("torch.", "")

    def logits(self, pairs: Sequence[Pair], until: float | None) -> Scores | None:
        """Return the model's output for each pair; see `PairEngine.logits`."""
        import torch

        logits = np.empty(len(pairs), dtype=np.float32)
        order = sorted(range(len(pairs)), key=lambda row: -len(pairs[row][1]))
        for first in range(0, len(pairs), self.BATCH):
            if until is not None and time.monotonic() > until:
                return None
            rows = order[first : first + self.BATCH]
            logits[rows] = self._model.predict(
                [pairs[row] for row in rows],
                batch_size=self.BATCH,
                show_progress_bar=False,
                activation_fn=torch.nn.Identity(),
            )
        return logits
