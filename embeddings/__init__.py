"""Texts to vectors, vectors to neighbours. Has never heard of a transcript."""

from embeddings.clusters import ClusteredIndex, Float16, widen
from embeddings.cross_encoder import CrossEncoder, load_cross_encoder
from embeddings.encoder import INT8, Encoder, Vectors, load_encoder, unit_rows
from embeddings.index import VectorIndex
from embeddings.models import (
    DEFAULT_CROSS_ENCODER,
    DEFAULT_MODEL,
    PACKAGED,
    PUBLISHED_MODEL,
    TRANSCRIPTS_MODEL,
    ModelFiles,
    ModelLoadError,
    locate_model,
)

__all__ = [
    "DEFAULT_CROSS_ENCODER",
    "DEFAULT_MODEL",
    "INT8",
    "PACKAGED",
    "PUBLISHED_MODEL",
    "TRANSCRIPTS_MODEL",
    "ClusteredIndex",
    "CrossEncoder",
    "Encoder",
    "Float16",
    "ModelFiles",
    "ModelLoadError",
    "VectorIndex",
    "Vectors",
    "load_cross_encoder",
    "load_encoder",
    "locate_model",
    "unit_rows",
    "widen",
]
