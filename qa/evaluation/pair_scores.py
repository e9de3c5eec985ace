"""Scores of a cross-encoder, kept on disk under a key that names everything that shaped them.

A pair's score does not depend on the other pairs, so each is kept by itself, as a digest of its two texts and
a float32. A file that is damaged or made otherwise is not used: its pairs are scored anew.
"""

import hashlib
import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from embeddings.cross_encoder import CrossEncoder, ModelCrossEncoder, Pair, Scores
from embeddings.models import write_atomically
from qa.evaluation.machine import package_versions

_FORMAT = 1  # raise when a file is written in another way
_PACKAGES = ("openvino", "sentence-transformers", "tokenizers", "torch", "transformers")
_DIGEST = 16  # bytes
_ROW = np.dtype([("pair", f"V{_DIGEST}"), ("score", "<f4")])
_SAVED_EVERY = 4_096  # new pairs; a minute or two of work


def cross_encoder_facts(model: CrossEncoder) -> dict[str, Any]:
    """Return what shapes a model's scores, as plain values; asking loads the model."""
    facts: dict[str, Any] = {"model": model.name, "checksum": model.checksum}
    if isinstance(model, ModelCrossEncoder):
        facts |= {"engine": model.engine_name, "packages": package_versions(_PACKAGES)}
    return facts


@dataclass(eq=False)
class KeptPairs:
    """A `CrossEncoder` that remembers.

    Args:
        real: Scores what is not known.
        folder: Of the evaluation's cache.
    """

    real: CrossEncoder
    folder: Path
    facts: dict[str, Any] = field(init=False)
    _known: dict[bytes, float] = field(init=False)
    _new: int = field(init=False, default=0)
    _clock: list[float] | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.facts = cross_encoder_facts(self.real)
        self._known = self._load()

    @property
    def name(self) -> str:
        """The model's name."""
        return self.real.name

    @property
    def checksum(self) -> str:
        """The model's checksum."""
        return self.real.checksum

    @property
    def marks(self) -> tuple[str, str] | None:
        """See `CrossEncoder.marks`."""
        return self.real.marks

    def scores(self, pairs: Sequence[Pair], seconds: float | None = None) -> Scores | None:
        """Return the scores of pairs, known ones at once; see `CrossEncoder.scores`."""
        if self._clock is not None:
            begun = time.perf_counter()
            scores = self.real.scores(pairs, seconds)
            self._clock.append(time.perf_counter() - begun)
            return scores
        keys = [_digest(pair) for pair in pairs]
        missing = {
            key: pair for key, pair in zip(keys, pairs, strict=True) if key not in self._known
        }  # fmt: skip
        if missing:
            found = self.real.scores(list(missing.values()), seconds)
            if found is None:
                return None
            self._known |= dict(zip(missing, found.tolist(), strict=True))
            self._new += len(missing)
            if self._new >= _SAVED_EVERY:
                self.save()
        return np.array([self._known[key] for key in keys], dtype=np.float32)

    @contextmanager
    def timed(self) -> Iterator[list[float]]:
        """Score everything anew for a while; yield the seconds that each call took."""
        self._clock = []
        try:
            yield self._clock
        finally:
            self._clock = None

    def save(self) -> None:
        """Keep what is new, in one step."""
        if not self._new:
            return
        rows = np.array(
            [(key, score) for key, score in sorted(self._known.items())], dtype=_ROW
        )  # fmt: skip
        body = rows.tobytes()
        head = {"key": self._key(), "sha256": hashlib.sha256(body).hexdigest()}
        write_atomically(self._file(), json.dumps(head).encode() + b"\n" + body)
        self._new = 0

    def _load(self) -> dict[bytes, float]:
        try:
            head, _, body = self._file().read_bytes().partition(b"\n")
            noted = json.loads(head)
            if noted["key"] != self._key() or noted["sha256"] != hashlib.sha256(body).hexdigest():
                return {}
            rows = np.frombuffer(body, dtype=_ROW)
        except (OSError, ValueError, KeyError, TypeError):
            return {}  # not there, or damaged: scored anew
        return dict(zip([bytes(key) for key in rows["pair"]], rows["score"].tolist(), strict=True))

    def _key(self) -> dict[str, Any]:
        return {"format": _FORMAT, **self.facts}

    def _file(self) -> Path:
        name = hashlib.sha256(json.dumps(self._key(), sort_keys=True).encode()).hexdigest()[:32]
        return self.folder / "pairs" / f"{name}.scores"


def _digest(pair: Pair) -> bytes:
    digest = hashlib.sha256()
    for text in pair:
        digest.update(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest())
    return digest.digest()[:_DIGEST]
