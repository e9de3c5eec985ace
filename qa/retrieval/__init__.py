"""One way to rank per module: `dense`, `lexical`, and `fusion`, which combines them."""

from qa.retrieval.dense import ClusteredView, DenseView, PassageVectors
from qa.retrieval.fusion import HybridRetriever, merge_hits
from qa.retrieval.lexical import LexicalView, Lexicon
from qa.retrieval.ranking import Ranking, default_ranking
from qa.retrieval.views import Filter, Hit, PassageTable, Retriever

__all__ = [
    "ClusteredView",
    "DenseView",
    "Filter",
    "Hit",
    "HybridRetriever",
    "LexicalView",
    "Lexicon",
    "PassageTable",
    "PassageVectors",
    "Ranking",
    "Retriever",
    "default_ranking",
    "merge_hits",
]
