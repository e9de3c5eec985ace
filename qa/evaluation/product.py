"""The product over a data set: its own passages, indexes, retriever and order of answers, searched exactly.

The transcripts go through a library's tables in memory and come out as the segments that a library has, all
of the data set in one. A pool is searched as users do it who choose transcripts: by a filter, with the word
statistics of the whole library. A library of more than 32,768 passages looks for candidates in clusters;
here every vector is looked at, whatever the size, so that a number measures ranking and not luck.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date as Date
from typing import Any

import numpy as np
from sqlalchemy import Connection, StaticPool, create_engine

from qa import schema
from qa.answering import DEEPER, ranked
from qa.evaluation.baselines import array_bytes
from qa.evaluation.bench import Bench, Found
from qa.evaluation.judged import Dataset, JudgedTranscript, Pool
from qa.evaluation.pair_scores import KeptPairs
from qa.evaluation.reasons import explain
from qa.evaluation.results import Why
from qa.evaluation.vectors import Embedded, Model, PreparedEncoder
from qa.highlights import Highlighter
from qa.indexes import SEGMENT, Holding, Indexes, Make, make_indexes
from qa.passages import Passage, PassageSettings, cut_turns, own_texts
from qa.records import embedded_passages, insert_transcript
from qa.reranking import CANDIDATES, Rereading
from qa.resemblance import FIRST, REORDERED, by_resemblance
from qa.retrieval import Filter, Hit, HybridRetriever, Ranking, default_ranking
from qa.retrieval.understanding import understand
from qa.segments import read_segment

_Cut = tuple[JudgedTranscript, list[Passage]]


class Product:
    """Our whole ranking, nothing read closely.

    Args:
        bench: The data set.
        model: Embeds passages and questions.
        ranking: How much each feature counts; None for the weights that come with the package.
    """

    pairs: KeptPairs | None = None

    def __init__(self, bench: Bench, model: Model, ranking: Ranking | None = None) -> None:
        self._bench = bench
        self.model: Model = model
        cut = bench.once("passages", lambda: _cut(bench.dataset))
        self._encoder, self.embedded = bench.once(("passages", model), lambda: _prepared(bench, model, cut))
        self.indexes = bench.once(("indexes", model), lambda: _indexes(cut, self._encoder))
        self._ranking = default_ranking() if ranking is None else ranking
        # What "yesterday" counts from must not change from one evaluation to the next.
        self.today = _newest(self.indexes.table.dates)
        self.settings: dict[str, Any] = {
            "passages": self.indexes.make.passages.as_dict(),
            "weights": self._ranking.as_dict(),
            "first": FIRST,
            "reordered": REORDERED,
            "search": "exact",
            "words": "BM25 with the statistics of all transcripts",
        }

    def rank(self, question: str, pool: Pool | None, depth: int) -> list[Found]:
        """See `System.rank`; the score of two turns can be the same."""
        return [self._found(hit) for hit in self.hits(" ".join(question.split()), within_pool(pool), depth)]

    def hits(self, question: str, within: Filter, depth: int) -> list[Hit]:
        """Return the best hits of a question; how many are wanted does not change which come first."""
        hits = self.retriever().retrieve(question, max(depth, REORDERED), within)
        return by_resemblance(hits, self.indexes.near)[:depth]

    def retriever(self) -> HybridRetriever:
        """Return what ranks, over all transcripts of the data set."""
        indexes = self.indexes
        own, context = (indexes.own, indexes.own_words), (indexes.context, indexes.context_words)
        return HybridRetriever(self._encoder, indexes.table, own, context, self._ranking, self.today)

    def explain(self, question: str, pool: Pool | None, turn_ids: Sequence[str]) -> dict[str, Why]:
        """Return why turns are placed where they are; see `qa.evaluation.reasons.explain`."""
        turns = {id_: place for id_ in turn_ids if (place := self._bench.place(id_)) is not None}
        searched = " ".join(question.split())
        return explain(self.indexes, self._encoder, self.retriever(), searched, within_pool(pool), turns)

    def sentences(self, question: str, best: Sequence[Found]) -> list[str]:
        """Return the sentence that is marked as the answer in each of the best turns, best first."""
        highlighter = Highlighter(self._encoder, self.indexes.lexicon, " ".join(question.split()))
        shown = [(turn, one.span) for one in best if (turn := self._bench.turn(one.turn_id)) and one.span]
        spans = highlighter.best_sentences(shown)
        return [turn.text[slice(*span)] for (turn, _), span in zip(shown, spans, strict=True)]

    def index_bytes(self) -> int:
        """See `System.index_bytes`: what a library stores, vectors as float16."""
        return sum(
            array_bytes(segment) + array_bytes(segment.table) + array_bytes(segment.postings)
            for segment in self.indexes.holding.segments
        )

    def _found(self, hit: Hit) -> Found:
        id_ = self._bench.turn_id(hit.transcript_id, hit.position)
        return Found(id_, hit.score, (hit.start, hit.end), hit.parts, hit.read, hit.alike)


class Answers(Product):
    """What a user gets: the order of an answer's sources.

    A run has every turn by itself, also those that a reader sees with another or, as "Yeah.", not as a
    source: how they are shown does not change the ranking. The best are read closely, in their own time: a
    ranking must not depend on how busy the machine is.
    """

    def __init__(self, bench: Bench, model: Model, ranking: Ranking | None = None) -> None:
        super().__init__(bench, model, ranking)
        self._reranker = bench.reranker(model)
        if self._reranker is None:
            self.settings["reranker"] = None
            return
        assert isinstance(self._reranker.model, KeptPairs)  # noqa: S101  # the bench makes it one
        self.pairs = self._reranker.model
        self.settings["reranker"] = {
            **self.pairs.facts,
            "candidates": CANDIDATES,
            "weight": self._reranker.weight,
        }

    def hits(self, question: str, within: Filter, depth: int) -> list[Hit]:
        """Return the hits in the order in which an answer lists them."""
        understood = understand(question, self.indexes.table, today=self.today)
        reread = Rereading(self._reranker, question, self._bench.stretches)
        deep = max(depth, DEEPER)
        return ranked(self._encoder, self.indexes, question, [question], deep, within, understood, reread)[
            :depth
        ]

    def rank(self, question: str, pool: Pool | None, depth: int) -> list[Found]:
        """See `System.rank`."""
        found = super().rank(question, pool, depth)
        if len(found) > 1 and found[0].score <= found[1].score:
            # An answer put before its question has the question's score. In a run the order must be told by
            # the scores, in 32 bits as well.
            above = float(np.nextafter(np.float32(found[1].score), np.float32(np.inf)))
            found[0] = replace(found[0], score=above)
        return found


def _newest(dates: Sequence[str]) -> Date:
    """Return the newest day that transcripts name in full; any fixed day where none does."""
    days = [Date.fromisoformat(date) for date in dates if len(date) == len("2025-03-12")]
    return max(days, default=Date(2000, 1, 1))


def within_pool(pool: Pool | None) -> Filter:
    """Return the filter that searches a pool; None for the whole data set."""
    if pool is None:
        return Filter()
    return replace(pool.within, transcripts=frozenset(transcript.id for transcript in pool.transcripts))


def _cut(dataset: Dataset) -> list[_Cut]:
    settings = PassageSettings()
    return [(one, cut_turns(one.reading.turns, settings)) for one in dataset.transcripts()]


def _prepared(bench: Bench, model: Model, cut: Sequence[_Cut]) -> tuple[PreparedEncoder, Embedded]:
    """Embed all passages and questions of a data set, as a library would."""
    texts: list[str] = []
    for transcript, passages in cut:
        texts += own_texts(transcript.reading.turns, passages, transcript.reading.date)
    embedded = bench.documents(model, texts, f"passages {PassageSettings().as_dict()}")
    return PreparedEncoder(model, embedded, bench.questions(model)), embedded


def _indexes(cut: Sequence[_Cut], encoder: PreparedEncoder) -> Indexes:
    """Make the indexes of a library that holds some transcripts, without clusters."""
    make = Make(schema.FORMAT_VERSION, encoder.name, encoder.checksum, encoder.dim, PassageSettings())
    engine = create_engine("sqlite://", poolclass=StaticPool)
    try:
        with engine.begin() as connection:
            schema.create_all(connection)
            segments = tuple(
                read_segment(connection, names, make.passages, encoder.dim)
                for names in _inserted(connection, cut, encoder)
            )
    finally:
        engine.dispose()
    return make_indexes(Holding(segments=segments), make)


def _inserted(connection: Connection, cut: Sequence[_Cut], encoder: PreparedEncoder) -> Iterator[list[str]]:
    """Put transcripts into the tables; yield the ids of so many as make a segment."""
    names: list[str] = []
    size = 0
    for transcript, passages in cut:
        reading = transcript.reading
        rows = embedded_passages(encoder, reading.turns, reading.date, passages, transcript.id)
        insert_transcript(connection, reading, transcript.id, transcript.id, None, rows)
        names.append(transcript.id)
        size += len(rows)
        if size >= SEGMENT:
            yield names
            names, size = [], 0
    if names:
        yield names
