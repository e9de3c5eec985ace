"""What a retriever of turns is measured against: words alone, vectors alone, and the usual sum of both.

Each turn is one document, whole, without date or neighbours. Word statistics are those of what is searched:
of the pool, or of the whole data set.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from embeddings import Vectors
from qa.evaluation.bench import Bench, Found, Rows, Scores
from qa.evaluation.judged import Pool
from qa.evaluation.pair_scores import KeptPairs
from qa.evaluation.vectors import Embedded, Model
from qa.passages import label
from qa.retrieval.lexical import K1, B, Lexicon, words
from qa.retrieval.postings import Postings
from qa.retrieval.views import Query
from qa.types import Turn

OWN_TEXT = "the turn's own text"
SPOKEN_TEXT = "speaker and text of the turn"
_NO_VECTOR = np.empty(0, dtype=np.float32)


def own_text(turn: Turn) -> str:
    """Return what was said, without who said it."""
    return turn.text


def spoken_text(turn: Turn) -> str:
    """Return what was said with the speaker before it, as in "Ana: hello"."""
    return label(turn) + turn.text


class Words:
    """BM25 over turns, an index for each pool.

    Args:
        bench: The data set.
        texts: Of each turn.
    """

    def __init__(self, bench: Bench, texts: Sequence[str]) -> None:
        self._bench = bench
        self._words = [words(text) for text in texts]
        self._indexes: dict[str | None, tuple[Rows, Lexicon]] = {}
        self._bytes = 0
        self._rows = 0

    def scores(self, question: str, pool: Pool | None) -> tuple[Rows, Scores]:
        """Return the rows searched and their scores; 0 for those that share no word with the question."""
        rows, lexicon = self._index(pool)
        return rows, lexicon.scores(Query(question, _NO_VECTOR))[0]

    def _index(self, pool: Pool | None) -> tuple[Rows, Lexicon]:
        key = None if pool is None else pool.id
        if key not in self._indexes:
            rows = self._bench.rows(pool)
            postings = Postings.of([self._words[row] for row in rows])
            self._bytes += array_bytes(postings)
            self._rows += len(rows)
            self._indexes[key] = rows, Lexicon([postings], np.zeros(len(rows), dtype=np.int32))
        return self._indexes[key]

    def bytes_per_turn(self) -> float:
        """Return the size of the indexes made so far, by turn."""
        return self._bytes / max(1, self._rows)


def array_bytes(value: Any) -> int:
    """Return the size of the arrays that are fields of a dataclass."""
    fields = (getattr(value, name) for name in value.__dataclass_fields__)
    return sum(field.nbytes for field in fields if isinstance(field, np.ndarray))


class Bm25:
    """BM25 over the turns' own text.

    Every turn is ranked: those that share no word with the question come last, all with the score 0, and the
    rule for ties decides between them. Published figures of BM25 on small pools are made so (bm25s, MTEB).
    """

    model: Model | None = None
    embedded: Embedded | None = None
    pairs: KeptPairs | None = None

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._words = Words(bench, list(map(own_text, bench.turns)))
        self.settings: dict[str, Any] = {
            "text": OWN_TEXT,
            "words": "BM25 as Lucene has it, statistics of what is searched",
            "k1": K1,
            "b": B,
        }

    def rank(self, question: str, pool: Pool | None, depth: int) -> list[Found]:
        """See `System.rank`."""
        return self._bench.best(*self._words.scores(question, pool), depth)

    def index_bytes(self) -> int:
        """See `System.index_bytes`."""
        return round(self._words.bytes_per_turn() * len(self._bench.ids))


class Dense:
    """The cosine of question and turn. Every turn is ranked.

    Args:
        bench: The data set.
        model: Embeds both.
        texts: Of each turn.
        rule: How they were made.
    """

    pairs: KeptPairs | None = None

    def __init__(self, bench: Bench, model: Model, texts: Sequence[str], rule: str = OWN_TEXT) -> None:
        self._bench = bench
        self.model = model
        self.embedded = bench.documents(model, texts, rule)
        self._questions = bench.questions(model)
        self._vectors: Vectors = self.embedded.of(texts)
        self.settings: dict[str, Any] = {"text": rule, "search": "exact, cosine"}

    def scores(self, question: str, rows: Rows) -> Scores:
        """Return the cosines of a question and some rows."""
        if question in self._questions.rows:
            vector = self._questions.of([question])[0]
        else:
            vector = self.model.encoder.encode_queries([question])[0]
        # One row at a time, so that a score does not depend on the others or on the number of threads.
        every = self._vectors if len(rows) == len(self._vectors) else self._vectors[rows]
        scores: Scores = np.vecdot(every, vector)
        return scores

    def rank(self, question: str, pool: Pool | None, depth: int) -> list[Found]:
        """See `System.rank`."""
        rows = self._bench.rows(pool)
        return self._bench.best(rows, self.scores(question, rows), depth)

    def index_bytes(self) -> int:
        """See `System.index_bytes`."""
        return self._vectors.nbytes


class Hybrid:
    """Half the cosine, half BM25, both of the turn with its speaker, scaled to 0 to 1 over what is searched.

    What a general search engine with both kinds of index does. Every turn is ranked.
    """

    pairs: KeptPairs | None = None

    def __init__(self, bench: Bench, model: Model) -> None:
        texts = list(map(spoken_text, bench.turns))
        self._bench = bench
        self._words = Words(bench, texts)
        self._dense = Dense(bench, model, texts, SPOKEN_TEXT)
        self.model: Model = model
        self.embedded: Embedded = self._dense.embedded
        self.settings: dict[str, Any] = {
            "text": SPOKEN_TEXT,
            "search": "exact, cosine",
            "words": "BM25 as Lucene has it, statistics of what is searched",
            "k1": K1,
            "b": B,
            "combined": "0.5 cosine + 0.5 BM25, each min-max scaled over what is searched",
        }

    def rank(self, question: str, pool: Pool | None, depth: int) -> list[Found]:
        """See `System.rank`."""
        rows, by_words = self._words.scores(question, pool)
        by_meaning = self._dense.scores(question, rows)
        return self._bench.best(rows, (_scaled(by_words) + _scaled(by_meaning)) / 2, depth)

    def index_bytes(self) -> int:
        """See `System.index_bytes`."""
        return self._dense.index_bytes() + round(self._words.bytes_per_turn() * len(self._bench.ids))


def _scaled(scores: Scores) -> Scores:
    """Scale to 0 to 1; all 0 when there is nothing to tell apart."""
    low, high = scores.min(initial=np.inf), scores.max(initial=-np.inf)
    return (scores - low) / (high - low) if high > low else np.zeros_like(scores)
