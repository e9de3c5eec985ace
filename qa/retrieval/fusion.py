"""Several views of the same passages combined into one ranking.

Each view's scores are min-max normalised over everything the filter allows and combined convexly. Measured
against reciprocal rank fusion on the same views, this ranks better in and out of domain (Bruch, Gai and
Ingber, "An Analysis of Fusion Functions for Hybrid Retrieval", doi:10.1145/3596512).
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date as Date

import numpy as np

from embeddings import Encoder
from qa.retrieval.clues import Clues
from qa.retrieval.priors import CREDIT, about_asking, prior
from qa.retrieval.understanding import Understood, understand
from qa.retrieval.views import Filter, Hit, Mask, PassageTable, Query, Rows, Scores, View

# Candidates taken from each view. nDCG@10 does not change from 100 upwards on the development data; of the
# ten best that 2,000 candidates give among a million passages, 200 give 98.5 %, and 100 give 95 %.
DEPTH = 200
# Passages from which words are looked up beside the vectors, on another core: below, starting costs more.
_SIDE_BY_SIDE = 50_000
_beside = ThreadPoolExecutor(max_workers=2, thread_name_prefix="views")


@dataclass(frozen=True, slots=True)
class Weights:
    """Share of each view in the score; at least 0, adding up to 1.

    The defaults are tuned on the development data with `benchmarks/quality.py`.
    """

    dense_own: float = 0.15
    dense_context: float = 0.35
    lexical_own: float = 0.2
    lexical_context: float = 0.3

    def __post_init__(self) -> None:
        if min(self.as_tuple()) < 0 or abs(sum(self.as_tuple()) - 1) > 1e-6:
            raise ValueError(
                f"weights are {self.as_tuple()}; expected numbers of at least 0 that add up to 1"
            )

    def as_tuple(self) -> tuple[float, float, float, float]:
        """Return the weights in the order of `HybridRetriever`'s views."""
        return self.dense_own, self.dense_context, self.lexical_own, self.lexical_context


DEFAULT_WEIGHTS = Weights()


@dataclass(frozen=True, slots=True)
class Pieces:
    """What the scores of some rows are made of; a row's pieces add up to its score, if that is above 0.

    Args:
        views: What each view adds, in the retriever's order, shape (4, n).
        prior: What is known of the passage before its words are compared (see `qa.retrieval.priors`), and
            who and when the question is about (`qa.retrieval.clues`).
        credit: What it earns by answering a question that is like the one asked.
    """

    views: Scores
    prior: Scores
    credit: Scores


class HybridRetriever:
    """Ranks turns by four views: dense and lexical, each of the passage alone and among its neighbours.

    Args:
        encoder: Encodes the questions; the same that made the vectors.
        table: The passages; row i of every view is row i here.
        own: Dense and lexical view of the passages by themselves.
        context: The same among their neighbours.
        weights: How much each counts.
        today: What "yesterday" in a question counts from; None for the day it is.
    """

    def __init__(
        self,
        encoder: Encoder,
        table: PassageTable,
        own: tuple[View, View],
        context: tuple[View, View],
        weights: Weights = DEFAULT_WEIGHTS,
        today: Date | None = None,
    ) -> None:
        self._encoder = encoder
        self._table = table
        self._weights = weights
        self._today = today
        self._full = 1 + CREDIT * (weights.dense_own + weights.lexical_own)  # the highest score there can be
        self._own: tuple[View, ...] = own
        self._views: tuple[View, ...] = (own[0], context[0], own[1], context[1])

    def retrieve(
        self,
        question: str,
        k: int,
        within: Filter = Filter(),  # noqa: B008  # frozen
        understood: Understood | None = None,
    ) -> list[Hit]:
        """Rank turns for a question; see `Retriever.retrieve`.

        Args:
            question: As asked.
            k: Turns wanted, at least 1.
            within: What may be found.
            understood: What the question says of who and when; None to read it out of the question.
        """
        if k < 1:
            raise ValueError(f"k is {k}; expected at least 1")
        allowed = self._table.allowed(within)
        if len(self._table) == 0 or (allowed is not None and not allowed.any()):
            return []
        clues = self._clues(question, understood, allowed)
        wanted = clues.wanted(allowed)
        depth = max(DEPTH, 2 * k)
        query = Query(question, self._encoder.encode_queries([question])[0])
        while True:
            words = self._begun(self._views[2:], query, depth, allowed)
            among = self._begun(self._views[1:2], query, depth, allowed)
            found = [self._views[0].best(query, depth, allowed), *among(), *words()]
            if wanted is not None and wanted.any():
                found += [view.best(query, DEPTH, wanted) for view in self._views]
            rows = self._candidates(np.concatenate(found), allowed)
            parts, before, credit = self._weighed(query, rows, allowed)
            scores = np.asarray(self._weights.as_tuple(), dtype=np.float32) @ parts
            known = before + credit + clues.boost(rows)
            scores = np.maximum((scores + known) / (self._full + clues.most), 0)
            hits = self._best_turns(rows, scores, parts, k)
            # Passages of one long turn can fill the candidates: look deeper while other turns may follow.
            if len(hits) == k or depth >= len(self._table):
                return hits
            depth *= 4

    def pieces(self, question: str, rows: Rows, within: Filter = Filter()) -> Pieces:  # noqa: B008  # frozen
        """Return what the scores of some rows are made of; the filter allows at least one passage."""
        allowed = self._table.allowed(within)
        query = Query(question, self._encoder.encode_queries([question])[0])
        parts, before, credit = self._weighed(query, rows, allowed)
        weights = np.asarray(self._weights.as_tuple(), dtype=np.float32)[:, None]
        clues = self._clues(question, None, allowed)
        full = self._full + clues.most
        return Pieces(weights * parts / full, (before + clues.boost(rows)) / full, credit / full)

    def _weighed(self, query: Query, rows: Rows, allowed: Mask | None) -> tuple[Scores, Scores, Scores]:
        """Return what each view gives some rows, their prior and their credit."""
        parts = np.stack([_normalised(view, query, rows, allowed) for view in self._views])
        return parts, prior(query.text, self._table, rows), self._credit(query, rows, allowed)

    def _clues(self, question: str, understood: Understood | None, allowed: Mask | None) -> Clues:
        if understood is None:
            understood = understand(question, self._table, today=self._today)
        return Clues(self._table, self._own[1], understood, allowed)

    def _begun(
        self, views: Sequence[View], query: Query, depth: int, allowed: Mask | None
    ) -> Callable[[], list[Rows]]:
        """Begin to look for the best rows of some views, in a thread of its own where that pays."""

        def found() -> list[Rows]:
            return [view.best(query, depth, allowed) for view in views]

        return found if len(self._table) < _SIDE_BY_SIDE else _beside.submit(found).result

    def _candidates(self, best: Rows, allowed: Mask | None) -> Rows:
        """Return the best rows of all views, and the passage after each when it answers it."""
        after = np.minimum(best + 1, len(self._table) - 1)
        rows = np.unique(np.concatenate([best, after[self._table.answers[after] >= 0]]))
        return rows if allowed is None else rows[allowed[rows]]

    def _credit(self, query: Query, rows: Rows, allowed: Mask | None) -> Scores:
        """Return what each row earns by answering a question that is like the one asked."""
        credit = np.zeros(len(rows), dtype=np.float32)
        if about_asking(query.text):
            return credit
        asked = self._table.answers[rows]
        answers = asked >= 0
        for view, weight in zip(self._views, self._weights.as_tuple(), strict=True):
            if view in self._own and answers.any():
                credit[answers] += CREDIT * weight * _normalised(view, query, asked[answers], allowed)
        return credit

    def _best_turns(self, rows: Rows, scores: Scores, parts: Scores, k: int) -> list[Hit]:
        """Keep the best passage of each turn; ties fall to the earlier passage, so runs repeat exactly."""
        table = self._table
        hits: list[Hit] = []
        seen: set[tuple[int, int]] = set()
        for place in np.lexsort((rows, -scores)):
            row = int(rows[place])
            turn = (int(table.transcript[row]), int(table.position[row]))
            if turn in seen:
                continue
            seen.add(turn)
            hits.append(
                Hit(
                    transcript_id=table.transcript_ids[turn[0]],
                    position=turn[1],
                    start=int(table.start[row]),
                    end=int(table.end[row]),
                    score=float(scores[place]),
                    parts=tuple(float(part) for part in parts[:, place]),
                )
            )
            if len(hits) == k:
                break
        return hits


def _normalised(view: View, query: Query, rows: Rows, allowed: Mask | None) -> Scores:
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


def merge_hits(rankings: Sequence[Sequence[Hit]], k: int) -> list[Hit]:
    """Combine the rankings of several wordings of one question, each counting the same.

    Returns:
        At most k turns, best first. A turn's score is the mean over the rankings, 0 where it is missing.
    """
    if len(rankings) == 1:
        return list(rankings[0][:k])
    total: dict[tuple[str, int], float] = {}
    best: dict[tuple[str, int], Hit] = {}
    for ranking in rankings:
        for hit in ranking:
            turn = (hit.transcript_id, hit.position)
            total[turn] = total.get(turn, 0.0) + hit.score / len(rankings)
            if turn not in best or hit.score > best[turn].score:
                best[turn] = hit
    order = sorted(total, key=lambda turn: (-total[turn], turn))
    return [replace(best[turn], score=total[turn]) for turn in order[:k]]
