"""What a passage is ranked by: features between 0 and 1, one row of `qa.retrieval.ranking.FEATURES` each.

- *own*, *near*: what a view gives the passage by itself, and among its neighbours, scaled from the lowest to
  the highest of everything that is searched.
- *section*: the mean of *own* by meaning over the stretch of the transcript around it. Where a whole
  discussion answers, as in a meeting, its turns lift each other. That of words was worth nothing beside it.
- *peak*: the highest *near* from some passages before up to it. Talk about something has a place where it is
  said most clearly, and what follows belongs to it: whoever begins names the thing, the others say "it".
- *asked*: what the turn before earns by itself, where that turn asks and somebody else answers: the words
  that make an answer findable often stand in its question.
- *asks*, *answers*, *brief*, *length*: what is known before any word is compared.

A question about what was asked ("what did the journalist ask?") turns the rules about answers off.
"""

from collections.abc import Sequence

import numpy as np

from qa.retrieval.priors import about_asking, asking, brevity, length
from qa.retrieval.ranking import FEATURES
from qa.retrieval.views import Mask, PassageTable, Query, Rows, Scores, View

SECTION = 16  # passages on each side
# Passages before, none after. With 32 on each side P@10 on QMSum is 3.6 lower, see docs/ablation.md.
PEAK = 24
# A transcript of no more passages, such as a scene, is one stretch: LoCoMo loses 0.7 of nDCG@10 otherwise.
_WHOLE = 64


def normalised(view: View, query: Query, rows: Rows, allowed: Mask | None) -> Scores:
    """Return what a view gives some rows, scaled to 0 to 1 over everything allowed, shape (len(rows),)."""
    noted = query.noted.get((view, "bounds"))
    if noted is None or noted[0] is not allowed:
        noted = (allowed, *view.bounds(query, allowed))
        query.noted[view, "bounds"] = noted
    _, low, high = noted
    if high <= low:
        # Nothing to tell apart: as when the filter leaves one passage, or no word of the question occurs.
        return np.full(len(rows), 1.0 if high > 0 else 0.0, dtype=np.float32)
    # float32 sums differ in the last digit with the number of rows at once; clipping keeps 0 to 1.
    scaled: Scores = np.clip((view.scores(query, rows) - low) / (high - low), 0, 1).astype(np.float32)
    return scaled


def first_features(
    table: PassageTable, views: Sequence[View], query: Query, rows: Rows, allowed: Mask | None
) -> Scores:
    """Return the features of some rows, the stretch they stand in taken for no more than their neighbours.

    Args:
        table: Of all passages.
        views: Dense own, dense near, lexical own, lexical near.
        query: What is asked.
        rows: Of the passages.
        allowed: What is searched; None for everything.

    Returns:
        Shape (features, len(rows)).
    """
    dense_own, dense_near, lexical_own, lexical_near = (
        normalised(view, query, rows, allowed) for view in views
    )
    answers = ((table.answers[rows] >= 0) & (not about_asking(query.text))).astype(np.float32)
    return np.stack(
        [
            dense_own, dense_near, dense_near, dense_near,
            lexical_own, lexical_near, lexical_near,
            *(_asked(table, view, query, rows, allowed) for view in (views[0], views[2])),
            asking(query.text, table, rows),
            answers,
            brevity(table, rows),
            length(table, rows),
        ]
    )  # fmt: skip


def with_sections(
    features: Scores,
    table: PassageTable,
    views: Sequence[View],
    query: Query,
    rows: Rows,
    allowed: Mask | None,
) -> Scores:
    """Return the same features with the stretches around the rows looked at; arguments as there."""
    full = features.copy()
    every, first, last = stretches(table, rows, SECTION, SECTION)
    sums = np.concatenate([[0.0], np.cumsum(normalised(views[0], query, every, allowed), dtype=np.float64)])
    full[FEATURES.index("dense section")] = (sums[last] - sums[first]) / (last - first)
    every, first, last = stretches(table, rows, PEAK, 0, _WHOLE)
    for name, near in (("dense peak", views[1]), ("lexical peak", views[3])):
        full[FEATURES.index(name)] = highest(normalised(near, query, every, allowed), first, last)
    return full


def highest(values: Scores, first: Rows, last: Rows) -> Scores:
    """Return the highest value between places, one past the last, none of them empty."""
    # A pair of places for each; what lies between two pairs is not looked at.
    found: Scores = np.maximum.reduceat(
        np.append(values, np.float32(0)), np.stack([first, last], axis=1).ravel()
    )
    return found[::2]


def stretches(
    table: PassageTable, rows: Rows, before: int, after: int, whole: int = 0
) -> tuple[Rows, Rows, Rows]:
    """Return all rows near some rows, and where among them the stretch of each begins and ends.

    Args:
        table: Of all passages.
        rows: Of the passages, at least one.
        before: Rows before each, as far as the transcript goes.
        after: Rows after each.
        whole: A transcript of no more rows is one stretch.
    """
    begins, ends = transcript_bounds(table, rows)
    short = ends - begins <= whole
    first = np.where(short, begins, np.maximum(begins, rows - before))
    last = np.where(short, ends, np.minimum(ends, rows + after + 1))
    # Stretches in order begin and end in order, so each adds what lies beyond the one before.
    ending = np.sort(last)
    beginning = np.maximum(np.sort(first), np.concatenate([[0], ending[:-1]]))
    new = ending - beginning
    every = np.repeat(ending - np.cumsum(new), new) + np.arange(new.sum())
    return every, np.searchsorted(every, first), np.searchsorted(every, last)


def transcript_bounds(table: PassageTable, rows: Rows) -> tuple[Rows, Rows]:
    """Return where the transcript of each row begins and where it ends, one past its last row."""
    codes, which = np.unique(table.transcript[rows], return_inverse=True)
    begins = np.searchsorted(table.transcript, codes, side="left")
    ends = np.searchsorted(table.transcript, codes, side="right")
    return begins[which], ends[which]


def _asked(table: PassageTable, view: View, query: Query, rows: Rows, allowed: Mask | None) -> Scores:
    """Return what the question that each row answers earns by itself; 0 where it answers none."""
    earned = np.zeros(len(rows), dtype=np.float32)
    before = table.answers[rows]
    answers = before >= 0
    if answers.any() and not about_asking(query.text):
        earned[answers] = normalised(view, query, before[answers], allowed)
    return earned
