"""How sure we may be that the library answers a question at all.

A logistic model over a few plain observations of the best passages. Its weights were fitted on questions
asked of the transcripts they belong to and of transcripts they do not; `training/fit_confidence.py` makes
them again.
"""

import math
from collections.abc import Sequence
from dataclasses import astuple, dataclass

import numpy as np

from embeddings import Encoder
from qa.indexes import Indexes
from qa.retrieval import Hit
from qa.retrieval.lexical import Lexicon, words
from qa.retrieval.priors import about_asking
from qa.retrieval.views import Query

_LOOKED_AT = 3  # best turns
_FORM_WORDS = frozenset(words("asked journalist reporter question questioner"))


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is observed of the best turns found for a question.

    Args:
        own: Highest cosine between the question and a passage by itself.
        context: The same for a passage among its neighbours.
        covered: Highest share of the question's words, by rarity, in one passage and its neighbours.
        known: Share of the question's words, by rarity, that occur anywhere in the library.
    """

    own: float
    context: float
    covered: float
    known: float


# Weights of (own, context, covered, known) and the constant, from training/fit_confidence.py.
WEIGHTS = (3.19, 2.9, 2.55, 1.82)
CONSTANT = -4.29
# From here upwards the best sentence is an answer: on libraries the weights were not fitted to, 12.8 % of
# their own questions fall below, and 74.8 % of foreign ones (AUROC 0.905, calibration error 0.044; of
# FriendsQA two episodes alone, whose scenes are much alike).
BAR = 0.35


def evidence(
    encoder: Encoder, indexes: Indexes, question: str, hits: Sequence[Hit], searched: str | None = None
) -> Evidence:
    """Observe the best turns.

    Args:
        encoder: Encodes the question.
        indexes: What was searched.
        question: As asked; its words must be found.
        hits: What was found, best first, at least one.
        searched: For a follow-up the wording that was searched, with the question before it. It says what is
            meant; its words count only when the question has none of its own ("And why?"), because those
            of the question before were found already.
    """
    searched = searched or question
    rows = np.asarray(
        [row for row in map(indexes.row_of, hits[:_LOOKED_AT]) if row is not None], dtype=np.int64
    )
    if len(rows) == 0:
        return Evidence(0.0, 0.0, 0.0, 0.0)
    query = Query(searched, encoder.encode_queries([searched])[0])
    lexicon = indexes.lexicon
    worded = question if words(question) else searched
    asked = {
        word: lexicon.rarity(word) for word in set(words(worded)) if not _about_form(word, worded, lexicon)
    }
    total = sum(asked.values())
    covered, known = np.zeros(len(rows)), 0.0
    for word, weight in asked.items():
        covered += weight * lexicon.around(word, rows)
        known += weight * lexicon.knows(word)
    return Evidence(
        own=float(indexes.vectors.own_scores(query, rows).max()),
        context=float(indexes.vectors.context_scores(query, rows).max()),
        covered=float(covered.max()) / total if total else 0.0,
        known=known / total if total else 0.0,
    )


def _about_form(word: str, question: str, lexicon: Lexicon) -> bool:
    """Say whether a word only tells what kind of turn is wanted: nobody says "journalist" when asking."""
    return about_asking(question) and word in _FORM_WORDS and not lexicon.knows(word)


def confidence_of(found: Evidence) -> float:
    """Return the probability, 0 to 1, that the library answers the question."""
    weighted = sum(weight * value for weight, value in zip(WEIGHTS, astuple(found), strict=True))
    return 1 / (1 + math.exp(-(weighted + CONSTANT)))
