"""chromadb: a collection kept in a folder, cosine distance, all else at its defaults; dense only."""

from pathlib import Path
from typing import Any

import chromadb
import numpy as np

from benchmarks.peers.systems import K, Rows, Vectors

_collection: Any = None


def _client(folder: Path) -> Any:
    return chromadb.PersistentClient(str(folder), chromadb.Settings(anonymized_telemetry=False))


def build(texts: list[str], vectors: Vectors, folder: Path) -> None:
    """See `System.build`."""
    client = _client(folder)
    collection = client.create_collection(
        "turns", configuration={"hnsw": {"space": "cosine"}}, embedding_function=None
    )
    most = client.get_max_batch_size()
    for first in range(0, len(texts), most):
        last = min(first + most, len(texts))
        collection.add(
            ids=[str(row) for row in range(first, last)],
            embeddings=np.asarray(vectors[first:last]),
            documents=texts[first:last],
        )


def open_index(folder: Path) -> None:
    """See `System.open_index`."""
    global _collection
    _collection = _client(folder).get_collection("turns", embedding_function=None)


def search(question: str, vector: Vectors) -> list[str]:
    """See `System.search`."""
    found: list[str] = _collection.query(query_embeddings=[vector], n_results=K)["documents"][0]
    return found


def nearest(vectors: Vectors) -> Rows:
    """See `System.nearest`."""
    rows = np.full((len(vectors), K), -1, dtype=np.int64)
    for place, vector in enumerate(vectors):
        ids = _collection.query(query_embeddings=[vector], n_results=K)["ids"][0]
        rows[place, : len(ids)] = [int(key) for key in ids]
    return rows
