"""txtai: its hybrid of FAISS and BM25 with texts in SQLite, all at its defaults.

The vectors come through its hook for encoders of one's own, a function it calls with the texts: while it
builds, they are those given, in the order of the texts; afterwards, that of the question being asked.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from txtai import Embeddings

from benchmarks.peers.systems import K, Rows, Vectors

_coming: Iterator[Vectors] = iter(())
_embeddings: Any = None


def transform(texts: list[str]) -> Vectors:
    """Return the vectors of the next texts."""
    return np.stack([next(_coming) for _ in texts])


def build(texts: list[str], vectors: Vectors, folder: Path) -> None:
    """See `System.build`."""
    global _coming
    _coming = iter(vectors)
    embeddings = Embeddings(method="external", transform=f"{__name__}.transform", hybrid=True, content=True)
    embeddings.index((row, text, None) for row, text in enumerate(texts))
    embeddings.save(str(folder))
    if next(_coming, None) is not None:
        raise RuntimeError("txtai has not asked for every vector")


def open_index(folder: Path) -> None:
    """See `System.open_index`."""
    global _embeddings
    _embeddings = Embeddings()
    _embeddings.load(str(folder))


def search(question: str, vector: Vectors) -> list[str]:
    """See `System.search`."""
    global _coming
    _coming = iter([vector])
    return [hit["text"] for hit in _embeddings.search(question, K)]


def nearest(vectors: Vectors) -> Rows:
    """See `System.nearest`."""
    found = _embeddings.ann.search(vectors, K)
    # A row of the index is the place of its text, because nothing was removed.
    return np.array([[row for row, _ in hits] for hits in found], dtype=np.int64)
