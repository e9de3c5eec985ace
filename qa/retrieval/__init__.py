"""One way to rank per module: `dense`, `lexical`, and `fusion`, which combines them."""

from qa.retrieval.dense import DenseView
from qa.retrieval.fusion import DEFAULT_WEIGHTS, HybridRetriever, Weights, merge_hits
from qa.retrieval.lexical import LexicalView
from qa.retrieval.views import Filter, Hit, PassageTable, Retriever

__all__ = [
    "DEFAULT_WEIGHTS",
    "DenseView",
    "Filter",
    "Hit",
    "HybridRetriever",
    "LexicalView",
    "PassageTable",
    "Retriever",
    "Weights",
    "merge_hits",
]
