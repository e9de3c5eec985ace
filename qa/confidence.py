"""How sure we may be that the library answers a question at all.

A logistic model over a few plain observations of the best passages. Its weights were fitted on questions
asked of the transcripts they belong to and of transcripts they do not; `training/fit_confidence.py` makes
them again.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

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
        closely: Highest score that our cross-encoder gave one of them; None when it read none.
        said: As ``covered``, of the first of them. Not weighed: for the reader, see `Answer.off_topic`.
    """

    own: float
    context: float
    covered: float
    known: float
    closely: float | None = None
    said: float = 1.0


# Weights of (own, context, covered, known) and the constant, and of the same with the root of what reading
# closely gave, from training/fit_confidence.py.
WEIGHTS, CONSTANT = (3.06, 3.09, 2.62, 1.61), -4.18
WEIGHTS_READ, CONSTANT_READ = (2.38, 2.18, 1.72, 1.40, 2.77), -4.49
# From here upwards the best sentence is an answer: on libraries the weights were not fitted to, 9.9 % of
# their own questions fall below, and 79.7 % of foreign ones (AUROC 0.915, calibration error 0.055, where a
# model that is right would have 0.043 by chance); where nothing was read closely 14.3 % and 80.7 % (0.903,
# 0.054). What follows was tried when thirty words after a passage were read, not ten. Counting the names of
# those whose words are wanted gave 0.907 there, but let ten of sixteen foreign questions of what somebody
# said pass for answered, not six. Comparing and reading those questions without the name tells fewer of
# them rightly: AUROC 0.837 instead of 0.871 on 64 of them. Of FriendsQA these are two episodes alone, whose
# scenes are much alike.
BAR = 0.4
# Below this share somebody's words hardly speak of what was asked. Of the questions of what somebody said
# that `training.fit_confidence` asks and that are answered in that person's words, it is so for 11 of 13
# foreign ones and 25 % of 92 others; with 0.25 for 11 and 20 %, with 0.2 for 10 and 15 %.
HARDLY = 0.3


def evidence(
    encoder: Encoder,
    indexes: Indexes,
    question: str,
    hits: Sequence[Hit],
    searched: str | None = None,
    *,
    whose: Sequence[str] = (),
    closely: bool = False,
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
        whose: Names in the question of those whose words are wanted. Everything they said is found by
            them, so that they are no sign of an answer, unless nothing else is asked for.
        closely: Whether to count what reading the passages closely gave: the weights are for our own
            cross-encoder, and scores of another mean something else.
    """
    searched = searched or question
    there = [(row, hit) for hit in hits[:_LOOKED_AT] if (row := indexes.row_of(hit)) is not None]
    rows = np.asarray([row for row, _ in there], dtype=np.int64)
    read = [hit.closely for _, hit in there if closely and hit.closely is not None]
    if len(rows) == 0:
        return Evidence(0.0, 0.0, 0.0, 0.0, said=0.0)
    query = Query(searched, encoder.encode_queries([searched])[0])
    lexicon = indexes.lexicon
    worded = question if words(question) else searched
    names = {word for name in whose for word in words(name)}
    every = set(words(worded))
    counted = every - names or every
    asked = {word: lexicon.rarity(word) for word in counted if not _about_form(word, worded, lexicon)}
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
        closely=max(read, default=None),
        said=float(covered[0]) / total if total else 1.0,
    )


def _about_form(word: str, question: str, lexicon: Lexicon) -> bool:
    """Say whether a word only tells what kind of turn is wanted: nobody says "journalist" when asking."""
    return about_asking(question) and word in _FORM_WORDS and not lexicon.knows(word)


def confidence_of(found: Evidence) -> float:
    """Return the probability, 0 to 1, that the library answers the question."""
    weights, constant = (WEIGHTS, CONSTANT) if found.closely is None else (WEIGHTS_READ, CONSTANT_READ)
    weighted = sum(weight * value for weight, value in zip(weights, observed(found), strict=True))
    return 1 / (1 + math.exp(-(weighted + constant)))


def observed(found: Evidence) -> tuple[float, ...]:
    """Return the numbers that are weighed: four, or five where passages were read closely.

    Scores of the cross-encoder crowd near 0; their roots are spread more evenly.
    """
    plain = (found.own, found.context, found.covered, found.known)
    return plain if found.closely is None else (*plain, math.sqrt(found.closely))
