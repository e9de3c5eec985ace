"""One way to rank per module: `dense`, `lexical`, and `fusion`, which combines them."""

from qa.retrieval.dense import ClusteredView, DenseView, PassageVectors
from qa.retrieval.fusion import DEFAULT_WEIGHTS, HybridRetriever, Weights, merge_hits
from qa.retrieval.lexical import LexicalView, Lexicon
from qa.retrieval.views import Filter, Hit, PassageTable, Retriever

__all__ = [
    "DEFAULT_WEIGHTS",
    "ClusteredView",
    "DenseView",
    "Filter",
    "Hit",
    "HybridRetriever",
    "LexicalView",
    "Lexicon",
    "PassageTable",
    "PassageVectors",
    "Retriever",
    "Weights",
    "merge_hits",
]
