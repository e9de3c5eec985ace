"""What a tutorial would write: all vectors in a FAISS flat index, all texts in a list."""

from pathlib import Path
from typing import Any

import faiss

from benchmarks.peers.measuring import read_lines, write_lines
from benchmarks.peers.systems import K, Rows, Vectors

_index: Any = None
_texts: list[str] = []


def build(texts: list[str], vectors: Vectors, folder: Path) -> None:
    """See `System.build`."""
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
    faiss.write_index(index, str(folder / "flat.faiss"))
    write_lines(folder / "texts.txt", texts)


def open_index(folder: Path) -> None:
    """See `System.open_index`."""
    global _index, _texts
    _index = faiss.read_index(str(folder / "flat.faiss"))
    _texts = read_lines(folder / "texts.txt")


def search(question: str, vector: Vectors) -> list[str]:
    """See `System.search`."""
    _, rows = _index.search(vector[None], K)
    return [_texts[row] for row in rows[0]]


def nearest(vectors: Vectors) -> Rows:
    """See `System.nearest`."""
    rows: Rows = _index.search(vectors, K)[1]
    return rows
