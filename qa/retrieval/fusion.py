"""Several views of the same passages combined into one ranking.

Each view names candidates; what is known of a candidate is scaled to features between 0 and 1 over everything
the filter allows (`qa.retrieval.features`) and summed with weights (`qa.retrieval.ranking`). Measured against
reciprocal rank fusion on the same views, a convex combination of min-max normalised scores ranks better in
and out of domain (Bruch, Gai and Ingber, "An Analysis of Fusion Functions for Hybrid Retrieval",
doi:10.1145/3596512).
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date as Date

import numpy as np

from embeddings import Encoder
from qa.retrieval.clues import Clues
from qa.retrieval.features import first_features, transcript_bounds, with_sections
from qa.retrieval.priors import wanted_question
from qa.retrieval.ranking import FEATURES, VIEWS, Ranking, default_ranking
from qa.retrieval.understanding import Understood, understand
from qa.retrieval.views import Filter, Hit, Mask, PassageTable, Query, Rows, Scores, View

# Candidates taken from each view. nDCG@10 does not change from 100 upwards on the development data; of the
# ten best that 2,000 candidates give among a million passages, 200 give 98.5 %, and 100 give 95 %.
DEPTH = 200
# Passages from which words are looked up beside the vectors, on another core: below, starting costs more.
_SIDE_BY_SIDE = 50_000
# In a library of more passages than this, the stretches around the best candidates alone are looked at: so
# many for a depth of 200. Among a million, of the ten (twenty) best that 256 give, 128 give 99.8 % (98.8 %).
_ALL_SECTIONS = 32_768
_SECTIONS = 128
_beside = ThreadPoolExecutor(max_workers=2, thread_name_prefix="views")


@dataclass(frozen=True, slots=True)
class Pieces:
    """What the scores of some rows are made of; a row's pieces add up to its score.

    Args:
        views: What each view adds, in the retriever's order, the stretch of the transcript around a passage
            counting as its neighbours; shape (4, n).
        prior: What is known of the passage before its words are compared (see `qa.retrieval.priors`).
        credit: What it earns by answering a question that is like the one asked.
        who: What it earns by its speaker, or by whom it names (see `qa.retrieval.clues`).
        when: What it earns by when it was said.
    """

    views: Scores
    prior: Scores
    credit: Scores
    who: Scores
    when: Scores

    @property
    def total(self) -> Scores:
        """The scores."""
        total: Scores = self.views.sum(axis=0) + self.prior + self.credit + self.who + self.when
        return total


@dataclass(frozen=True, slots=True)
class Examined:
    """Rows that are ranked for a question, and what they are ranked by.

    Args:
        rows: Of passages, ascending, shape (n,).
        features: In the order of `qa.retrieval.ranking.FEATURES`, shape (features, n).
        lengths: Passages in the transcript of each, shape (n,).
    """

    rows: Rows
    features: Scores
    lengths: Rows


class HybridRetriever:
    """Ranks turns by four views: dense and lexical, each of the passage alone and among its neighbours.

    Args:
        encoder: Encodes the questions; the same that made the vectors.
        table: The passages; row i of every view is row i here.
        own: Dense and lexical view of the passages by themselves.
        context: The same among their neighbours.
        ranking: How much each feature counts; None for the weights that come with the package.
        today: What "yesterday" in a question counts from; None for the day it is.
    """

    def __init__(
        self,
        encoder: Encoder,
        table: PassageTable,
        own: tuple[View, View],
        context: tuple[View, View],
        ranking: Ranking | None = None,
        today: Date | None = None,
    ) -> None:
        self._encoder = encoder
        self._table = table
        self._ranking = default_ranking() if ranking is None else ranking
        self._today = today
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
        searched = len(self._table) if allowed is None else int(np.count_nonzero(allowed))
        query = Query(question, self._encoder.encode_queries([question])[0])
        while True:
            words = self._begun(self._views[2:], query, depth, allowed)
            among = self._begun(self._views[1:2], query, depth, allowed)
            found = [self._views[0].best(query, depth, allowed), *among(), *words()]
            if wanted is not None and wanted.any():
                found += [view.best(query, DEPTH, wanted) for view in self._views]
            rows = self._candidates(np.concatenate(found), allowed)
            most = depth * _SECTIONS // DEPTH
            rows, scores, parts = self._scored(query, rows, most, allowed, clues)
            hits = self._best_turns(rows, scores, parts, k, clues)
            # Passages of one long turn can fill the candidates: look deeper while other turns may follow.
            if len(hits) == k or depth >= searched:
                return hits
            depth *= 4

    def pieces(
        self,
        question: str,
        rows: Rows,
        within: Filter = Filter(),  # noqa: B008  # frozen
        understood: Understood | None = None,
    ) -> Pieces:
        """Return what the scores of some rows are made of; the filter allows at least one passage."""
        query, allowed, clues = self._asked(question, within, understood)
        return self._pieces(query, rows, self._features(query, rows, allowed), clues)

    def scores(
        self,
        question: str,
        rows: Rows,
        within: Filter = Filter(),  # noqa: B008  # frozen
        understood: Understood | None = None,
    ) -> Scores:
        """Score any number of rows, a part at a time; the filter allows at least one passage."""
        query, allowed, clues = self._asked(question, within, understood)
        scored = [np.empty(0, dtype=np.float32)]
        for first in range(0, len(rows), _ALL_SECTIONS):
            some = rows[first : first + _ALL_SECTIONS]
            scored.append(self._pieces(query, some, self._features(query, some, allowed), clues).total)
        return np.concatenate(scored)

    def examined(self, question: str, depth: int, within: Filter = Filter()) -> Examined:  # noqa: B008  # frozen
        """Return what is looked at when a question is asked; the filter allows at least one passage.

        Args:
            question: As asked.
            depth: Rows taken from each view.
            within: What may be searched.
        """
        allowed = self._table.allowed(within)
        query = Query(question, self._encoder.encode_queries([question])[0])
        rows = self._candidates(
            np.concatenate([view.best(query, depth, allowed) for view in self._views]), allowed
        )
        begins, ends = transcript_bounds(self._table, rows)
        return Examined(rows, self._features(query, rows, allowed), ends - begins)

    def _features(self, query: Query, rows: Rows, allowed: Mask | None) -> Scores:
        features = first_features(self._table, self._views, query, rows, allowed)
        return with_sections(features, self._table, self._views, query, rows, allowed)

    def _scored(
        self, query: Query, rows: Rows, most: int, allowed: Mask | None, clues: Clues
    ) -> tuple[Rows, Scores, Scores]:
        """Score rows, in a large library only the best of them; return them, their scores, their views."""
        features = first_features(self._table, self._views, query, rows, allowed)
        if len(self._table) > _ALL_SECTIONS and len(rows) > most:
            first = self._pieces(query, rows, features, clues).total
            kept = np.sort(np.lexsort((rows, -first))[:most])
            rows, features = rows[kept], features[:, kept]
        features = with_sections(features, self._table, self._views, query, rows, allowed)
        return rows, self._pieces(query, rows, features, clues).total, features[list(VIEWS.values())]

    def _pieces(self, query: Query, rows: Rows, features: Scores, clues: Clues) -> Pieces:
        begins, ends = transcript_bounds(self._table, rows)
        by_feature = dict(zip(FEATURES, self._ranking.pieces(features, ends - begins), strict=True))
        views = [
            by_feature["dense own"],
            by_feature["dense near"] + by_feature["dense section"] + by_feature["dense peak"],
            by_feature["lexical own"],
            by_feature["lexical near"] + by_feature["lexical peak"],
        ]
        prior: Scores = wanted_question(query.text, self._table, rows)
        for name in ("asks", "answers", "brief", "length"):
            prior = prior + by_feature[name]
        credit = by_feature["dense asked"] + by_feature["lexical asked"]
        full = np.float32(1 + clues.most)
        return Pieces(
            (np.stack(views) / full).astype(np.float32),
            prior / full,
            credit / full,
            clues.who(rows) / full,
            clues.when(rows) / full,
        )

    def _asked(
        self, question: str, within: Filter, understood: Understood | None
    ) -> tuple[Query, Mask | None, Clues]:
        """Return a question ready to be compared, what may be found, and who and when it is about."""
        allowed = self._table.allowed(within)
        query = Query(question, self._encoder.encode_queries([question])[0])
        return query, allowed, self._clues(question, understood, allowed)

    def _clues(self, question: str, understood: Understood | None, allowed: Mask | None) -> Clues:
        if understood is None:
            understood = understand(question, self._table, today=self._today)
        return Clues(self._table, self._views[2], understood, allowed)

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

    def _best_turns(self, rows: Rows, scores: Scores, parts: Scores, k: int, clues: Clues) -> list[Hit]:
        """Keep the best passage of each turn; ties fall to the earlier passage, so runs repeat exactly."""
        table = self._table
        order = np.lexsort((rows, -scores))
        turns = np.stack([table.transcript[rows[order]], table.position[rows[order]]])
        _, firsts = np.unique(turns, axis=1, return_index=True)
        kept = order[np.sort(firsts)[:k]]
        best = rows[kept]
        columns = (table.transcript[best], table.position[best], table.start[best], table.end[best])
        numbers = zip(*(column.tolist() for column in columns), strict=True)
        begins, ends = transcript_bounds(table, best)
        values = zip(
            scores[kept].tolist(),
            parts[:, kept].T.tolist(),
            (ends - begins).tolist(),
            clues.others(best).tolist(),
            strict=True,
        )
        return [
            Hit(table.transcript_ids[code], at, start, end, score, tuple(given), length, others=others)
            for (code, at, start, end), (score, given, length, others) in zip(numbers, values, strict=True)
        ]


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
