"""Why a system of ours placed a turn where it did, as an evaluation records it; see `qa.explaining`."""

from collections.abc import Mapping

from embeddings import Encoder
from qa.evaluation.results import Why
from qa.explaining import VIEWS, Place, Reasons
from qa.explaining import explain as explain_turns
from qa.indexes import Indexes
from qa.retrieval import Filter, HybridRetriever


def explain(
    indexes: Indexes,
    encoder: Encoder,
    retriever: HybridRetriever,
    question: str,
    within: Filter,
    turns: Mapping[str, Place],
) -> dict[str, Why]:
    """Explain some turns of what a filter allows; arguments and result as for `qa.explaining.explain`."""
    found = explain_turns(indexes, encoder, retriever, question, within, turns)
    return {id_: _recorded(reasons) for id_, reasons in found.items()}


def _recorded(reasons: Reasons) -> Why:
    """Who and when count to what is known before the words are compared, so that all adds up to the score."""
    shares = reasons.shares
    prior = shares["kind"] + shares["speaker"] + shares["time"]
    views = tuple(shares[view] for view in VIEWS)
    return Why(reasons.ranks, views, prior, shares["answers"], reasons.words, reasons.near)
