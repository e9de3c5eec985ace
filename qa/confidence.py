"""How sure we may be that what is shown for a question holds its answer.

A logistic model over a few plain observations of the best passages, and a beta calibration of what it says
(Kull, Silva Filho and Flach, "Beta calibration", AISTATS 2017): nothing that is observed makes it certain,
and the curve must be flatter where it ends. Both were fitted on questions asked of the transcripts they
belong to and of transcripts they do not; `training/fit_confidence.py` makes them again.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

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
# closely gave; then the three numbers of `calibrated`; from training/fit_confidence.py.
WEIGHTS, CONSTANT = (3.16, 2.48, 2.37, 1.13), -4.38
CALIBRATION = (2.07, 0.27, 1.58)
WEIGHTS_READ, CONSTANT_READ = (2.44, 1.72, 1.67, 1.12, 2.30), -4.65
CALIBRATION_READ = (1.89, 0.36, 1.37)
# From here upwards the best sentence is an answer: of a library's own questions 7.3 % fall below, of foreign
# ones 77.9 %, where nothing was read closely 9.4 % and 76.8 % (docs/confidence.md). What follows was tried
# when thirty words after a passage were read and every own question counted as answered: counting the names
# of those whose words are wanted let ten of sixteen foreign questions of what somebody said pass, not six;
# comparing and reading those without the name told fewer rightly (AUROC 0.837 instead of 0.871 on 64).
BAR = 0.2
# Below this share somebody's words hardly speak of what was asked. Of the questions of what somebody said
# that `training.fit_confidence` asks and that are answered in that person's words, it is so for 11 of 13
# foreign ones and 25 % of 92 others; with 0.25 for 11 and 20 %, with 0.2 for 10 and 15 %. Counted with thirty
# words read after a passage, and the bar of that time.
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
    """Return the probability, 0 to 1, that one of the first five passages holds the answer."""
    weights, constant, shape = (
        (WEIGHTS, CONSTANT, CALIBRATION)
        if found.closely is None
        else (WEIGHTS_READ, CONSTANT_READ, CALIBRATION_READ)
    )
    return float(calibrated(np.dot(weights, observed(found)) + constant, shape))


def calibrated(margin: npt.ArrayLike, shape: tuple[float, float, float]) -> npt.NDArray[np.float64]:
    """Return the probabilities that a logistic model's margins stand for.

    With s the logistic function of a margin and (a, b, c) the shape, a ln s - b ln(1 - s) + c is the logit of
    what is returned: s itself for (1, 1, 0).

    Args:
        margin: Before the logistic function, any shape.
        shape: a and b at least 0, so that more is never less.
    """
    low, high, constant = shape
    logit = constant - low * np.logaddexp(0, np.negative(margin)) + high * np.logaddexp(0, margin)
    found: npt.NDArray[np.float64] = np.exp(-np.logaddexp(0, -logit))
    return found


def observed(found: Evidence) -> tuple[float, ...]:
    """Return the numbers that are weighed: four, or five where passages were read closely.

    Scores of the cross-encoder crowd near 0; their roots are spread more evenly.
    """
    plain = (found.own, found.context, found.covered, found.known)
    return plain if found.closely is None else (*plain, found.closely**0.5)
