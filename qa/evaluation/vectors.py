"""Embeddings of a data set, kept on disk under a key that names everything that shaped them.

A file holds a JSON line (the key, and when, where and how fast the vectors were made) and the vectors behind
it, float32, little-endian. What is cut short, changed or made otherwise is not used: it is embedded anew.
Documents and questions are kept apart. Documents are embedded in parts, so that a stopped run loses one part
at most; questions one by one, as a user's are, so that no question depends on the others.
"""

import hashlib
import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import numpy as np

from embeddings import INT8, Encoder, Vectors, locate_model
from embeddings.encoder import ModelEncoder
from embeddings.models import cache_folder, write_atomically
from qa.evaluation.machine import package_versions, processor

_FORMAT = 1  # raise when a file is written in another way, or the same key would stand for other vectors
_PART = 16_384  # texts; a minute of work at 250 texts a second
_PACKAGES = ("openvino", "sentence-transformers", "tokenizers", "torch", "transformers")
_WARM_UP = "How long does it take to warm up?"

Kind = Literal["documents", "queries"]
Progress = Callable[[int, int], None]


def evaluation_cache(given: Path | None = None) -> Path:
    """Return the folder for what evaluation keeps: the one given, else one in the user's cache."""
    return cache_folder() / "evaluation" if given is None else given.expanduser()


def model_facts(encoder: Encoder) -> dict[str, Any]:
    """Return what shapes a model's vectors, as plain values; asking loads the model.

    Its checksum covers its weights and all its settings; those people ask for are written out beside it.
    """
    facts: dict[str, Any] = {"model": encoder.name, "checksum": encoder.checksum, "dim": encoder.dim}
    if isinstance(encoder, ModelEncoder):
        folder = locate_model(encoder.name.removesuffix(INT8)).folder
        facts |= {"engine": encoder.engine_name, "packages": package_versions(_PACKAGES)}
        facts |= _written_settings(folder)
    return facts | {"normalised": True}


def _written_settings(folder: Path) -> dict[str, Any]:
    """Read length limit, prompts and pooling of a sentence-transformers folder."""
    modules = [
        {"type": str(one.get("type", "")).rpartition(".")[2], **_settings(folder / str(one.get("path", "")))}
        for one in _json(folder / "modules.json", [])
    ]
    prompts = _json(folder / "config_sentence_transformers.json", {}).get("prompts", {})
    return {**_json(folder / "sentence_bert_config.json", {}), "prompts": prompts, "modules": modules}


def _settings(folder: Path) -> dict[str, Any]:
    """Read the settings of a module after the first, such as what a pooling takes the mean of."""
    if (folder / "modules.json").exists():  # the folder of the whole model: its first module lies there
        return {}
    return {key: value for key, value in _json(folder / "config.json", {}).items() if value is not False}


def _json(file: Path, missing: Any) -> Any:
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return missing


@dataclass(frozen=True, slots=True, eq=False)
class Embedded:
    """Vectors by text.

    Args:
        rows: Which row of ``vectors`` a text has.
        vectors: Unit length, float32, shape (distinct texts, dim).
        seconds: What embedding them took, when it was done.
        made: When and on which processor, for each part; a text for people.
    """

    rows: Mapping[str, int]
    vectors: Vectors
    seconds: float
    made: str

    def of(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of texts, in their order.

        Raises:
            KeyError: If one was not embedded.
        """
        return self.vectors[[self.rows[text] for text in texts]]


@dataclass(frozen=True, slots=True)
class VectorStore:
    """Keeps embeddings in a folder.

    Args:
        folder: Made when first needed; may be deleted at any time.
    """

    folder: Path

    def load(self, key: Mapping[str, Any]) -> tuple[Vectors, dict[str, Any]] | None:
        """Return the vectors kept under a key and what was noted with them; None when there are none."""
        try:
            head, _, body = self._file(key).read_bytes().partition(b"\n")
            noted: dict[str, Any] = json.loads(head)
            rows, dim = noted["shape"]
            whole = noted["key"] == key and noted["sha256"] == hashlib.sha256(body).hexdigest()
            return (np.frombuffer(body, dtype="<f4").reshape(rows, dim), noted) if whole else None
        except (OSError, ValueError, KeyError, TypeError):
            return None  # not there, or damaged: the same to the caller, who embeds anew

    def keep(self, key: Mapping[str, Any], vectors: Vectors, seconds: float) -> dict[str, Any]:
        """Keep vectors under a key, in one step; return what was noted with them."""
        body = np.ascontiguousarray(vectors, dtype="<f4").tobytes()
        noted = {
            "key": dict(key),
            "shape": list(vectors.shape),
            "sha256": hashlib.sha256(body).hexdigest(),
            "seconds": seconds,
            "made": datetime.now(UTC).isoformat(timespec="seconds"),
            "processor": processor(),
        }
        write_atomically(self._file(key), json.dumps(noted).encode() + b"\n" + body)
        return noted

    def _file(self, key: Mapping[str, Any]) -> Path:
        name = hashlib.sha256(json.dumps(key, sort_keys=True).encode()).hexdigest()[:32]
        return self.folder / "vectors" / f"{name}.vectors"


@dataclass(eq=False)
class Model:
    """One embedding model, its facts, and the vectors it made of a data set.

    Args:
        encoder: Embeds what is not kept.
        store: Keeps vectors.
        progress: Called with the number of texts embedded so far and in all.
    """

    encoder: Encoder
    store: VectorStore
    progress: Progress | None = None
    facts: dict[str, Any] = field(init=False)
    _seconds: dict[str, float] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.facts = model_facts(self.encoder)

    def documents(self, texts: Iterable[str], rule: str) -> Embedded:
        """Embed texts to be found.

        Args:
            texts: May repeat.
            rule: How they were made of turns; the part of the key that a text alone does not tell.
        """
        return self._embedded("documents", list(dict.fromkeys(texts)), rule, self._encode_documents)

    def questions(self, texts: Iterable[str]) -> Embedded:
        """Embed questions."""
        return self._embedded("queries", list(dict.fromkeys(texts)), "as asked", self._encode_questions)

    def question_seconds(self, text: str) -> float:
        """Return how long embedding a question took, which is done now unless it was in this process."""
        if text not in self._seconds:
            self._encode_questions([text], lambda _: None)
        return self._seconds[text]

    def _embedded(
        self,
        kind: Kind,
        texts: list[str],
        rule: str,
        encode: Callable[[Sequence[str], Callable[[int], None]], Vectors],
    ) -> Embedded:
        parts: list[Vectors] = []
        seconds, done, made = 0.0, 0, dict[str, None]()
        for some in _parts(texts):
            key = self._key(kind, some, rule)
            found = self.store.load(key)
            if found is None:
                begun = time.perf_counter()
                vectors = encode(some, self._counting(done, len(texts)))
                found = vectors, self.store.keep(key, vectors, time.perf_counter() - begun)
            parts.append(found[0])
            seconds += float(found[1].get("seconds", 0))
            made[f"{str(found[1].get('made', ''))[:10]} on {found[1].get('processor', '')}"] = None
            done += len(some)
        together = np.concatenate([*parts, np.empty((0, self.facts["dim"]), dtype=np.float32)])
        return Embedded({text: row for row, text in enumerate(texts)}, together, seconds, "; ".join(made))

    def _key(self, kind: Kind, texts: Sequence[str], rule: str) -> dict[str, Any]:
        digest = hashlib.sha256()
        for text in texts:
            digest.update(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest())
        return {
            "format": _FORMAT, **self.facts, "kind": kind, "rule": rule, "texts": digest.hexdigest()
        }  # fmt: skip

    def _counting(self, before: int, total: int) -> Callable[[int], None]:
        done = before

        def count(number: int) -> None:
            nonlocal done
            done += number
            if self.progress is not None:
                self.progress(done, total)

        return count

    def _encode_documents(self, texts: Sequence[str], finished: Callable[[int], None]) -> Vectors:
        return self.encoder.encode_documents(texts, finished)

    def _encode_questions(self, texts: Sequence[str], finished: Callable[[int], None]) -> Vectors:
        if not self._seconds:
            self.encoder.encode_queries([_WARM_UP])  # the first one waits for the model to load
        rows = []
        for text in texts:
            begun = time.perf_counter()
            rows.append(self.encoder.encode_queries([text])[0])
            self._seconds[text] = time.perf_counter() - begun
            finished(1)
        return np.stack(rows)


class PreparedEncoder:
    """An `Encoder` that knows the vectors of a data set; what it does not know it embeds.

    Args:
        model: Embeds, and tells the model's name and checksum.
        documents: Vectors of texts to be found.
        questions: Vectors of questions.
    """

    def __init__(self, model: Model, documents: Embedded, questions: Embedded) -> None:
        self._real = model.encoder
        self._documents = documents
        self._questions = questions

    @property
    def name(self) -> str:
        """The model's name."""
        return self._real.name

    @property
    def checksum(self) -> str:
        """The model's checksum."""
        return self._real.checksum

    @property
    def dim(self) -> int:
        """Width of a vector."""
        return self._real.dim

    def encode_documents(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> Vectors:
        """Return the vectors of texts to be found; see `Encoder.encode_documents`."""
        if all(text in self._documents.rows for text in texts):
            return self._documents.of(texts)
        return self._real.encode_documents(texts, progress)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of questions; see `Encoder.encode_queries`."""
        if all(text in self._questions.rows for text in texts):
            return self._questions.of(texts)
        return self._real.encode_queries(texts)


def _parts(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    for first in range(0, len(texts), _PART):
        yield texts[first : first + _PART]
