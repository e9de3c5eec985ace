"""A data set laid out for ranking: its turns in rows, what is searched for a question, models and caches."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from embeddings import Encoder, load_encoder
from qa.evaluation.judged import Dataset, JudgedTranscript, Pool
from qa.evaluation.pair_scores import KeptPairs
from qa.evaluation.vectors import Embedded, Model, Progress, VectorStore
from qa.reranking import Reranker
from qa.retrieval import Filter
from qa.types import Turn

T = TypeVar("T")
Rows = npt.NDArray[np.int64]
Scores = npt.NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True)
class Found:
    """A turn that a system ranked.

    Args:
        turn_id: As in runs.
        score: Higher is better.
        span: Offsets in the turn's text of the passage that matched; None for the whole turn.
        parts: What each view of ours gave it, as `qa.retrieval.views.Hit` has them; empty for other systems.
        closely: What reading it closely added to its score.
        alike: What its likeness to the first turns added or took.
    """

    turn_id: str
    score: float
    span: tuple[int, int] | None = None
    parts: tuple[float, ...] = ()
    closely: float = 0.0
    alike: float = 0.0


class System(Protocol):
    """Ranks turns for a question; made for one data set, and ready when it is made."""

    @property
    def settings(self) -> dict[str, Any]:
        """What shapes its rankings, as plain values."""
        ...

    @property
    def model(self) -> Model | None:
        """The model that embeds for it; None when it needs none."""
        ...

    @property
    def embedded(self) -> Embedded | None:
        """The vectors of the turns; None when it needs none."""
        ...

    @property
    def pairs(self) -> KeptPairs | None:
        """What reads the best passages closely for it; None when nothing does."""
        ...

    def rank(self, question: str, pool: Pool | None, depth: int) -> list[Found]:
        """Return at most ``depth`` turns, best first; a turn that it cannot score is left out.

        Args:
            question: As asked.
            pool: What is searched; None for the whole data set.
            depth: At least 1.
        """
        ...

    def index_bytes(self) -> int:
        """Return the size of what is searched, for all turns together."""
        ...


class Bench:
    """What systems are built of.

    Args:
        dataset: The transcripts and the questions.
        cache: Folder for embeddings; see `qa.evaluation.vectors.evaluation_cache`.
        encoder: Loads a model by name; None names the default.
        progress: Called with texts embedded so far and in all.
        reranker: Prepares what reads the best passages closely beside an embedding model, by its name, with
            no time limit, as `qa.opening.make_reranker` does; nothing does unless it is given.
    """

    def __init__(
        self,
        dataset: Dataset,
        cache: Path,
        encoder: Callable[[str | None], Encoder] = load_encoder,
        progress: Progress | None = None,
        reranker: Callable[[str], Reranker | None] = lambda _: None,
    ) -> None:
        self.dataset = dataset
        self.ids: list[str] = []
        self.turns: list[Turn] = []
        self._places: dict[str, tuple[int, int]] = {}
        for transcript in dataset.transcripts():
            first = len(self.ids)
            self.ids += transcript.turn_ids
            self.turns += transcript.reading.turns
            self._places[transcript.id] = (first, len(self.ids))
        order = sorted(range(len(self.ids)), key=self.ids.__getitem__)
        self._rank = np.empty(len(order), dtype=np.int64)
        self._rank[order] = np.arange(len(order))
        self._load = encoder
        self._store = VectorStore(cache)
        self._progress = progress
        self._cache = cache
        self._make_reranker = reranker
        self._shared: dict[Any, Any] = {}

    def rows(self, pool: Pool | None) -> Rows:
        """Return the rows of the turns of a pool, or all, in the order of the source."""
        if pool is None:
            return np.arange(len(self.ids))
        held = [self._allowed(pool, transcript) for transcript in pool.transcripts]
        return np.concatenate([*held, np.empty(0, dtype=np.int64)]).astype(np.int64)

    def _allowed(self, pool: Pool, transcript: JudgedTranscript) -> Rows:
        first, last = self._places[transcript.id]
        if pool.within == Filter():
            return np.arange(first, last)
        date = transcript.reading.date
        return np.array([row for row in range(first, last) if pool.allows(self.turns[row], date)], np.int64)

    def best(self, rows: Rows, scores: Scores, depth: int) -> list[Found]:
        """Return the best of some scored rows; equal scores rank by id, last first, as trec_eval has it."""
        order = np.lexsort((-self._rank[rows], -scores))[:depth]
        return [Found(self.ids[rows[place]], float(scores[place])) for place in order]

    def turn_id(self, transcript_id: str, position: int) -> str:
        """Return the id in runs of a turn of a transcript."""
        return self.ids[self._places[transcript_id][0] + position]

    def turn(self, id_: str) -> Turn | None:
        """Return a turn by its id in runs; None when there is none."""
        rows: dict[str, int] = self.once("rows", lambda: {one: row for row, one in enumerate(self.ids)})
        return self.turns[rows[id_]] if id_ in rows else None

    def place(self, id_: str) -> tuple[str, int] | None:
        """Return the transcript of a turn and its place in it, by its id in runs; None when there is none."""
        places: dict[str, tuple[str, int]] = self.once(
            "places",
            lambda: {
                one: (transcript.id, position)
                for transcript in self.dataset.transcripts()
                for position, one in enumerate(transcript.turn_ids)
            },
        )
        return places.get(id_)

    def model(self, name: str | None) -> Model:
        """Return a model by name, the same one each time."""
        return self.once(("model", name), lambda: Model(self._load(name), self._store, self._progress))

    def reranker(self, model: Model) -> Reranker | None:
        """Return what reads closely beside an embedding model, its scores kept; the same one each time."""
        name: str = model.facts["model"]
        return self.once(("reranker", name), lambda: self._kept_reranker(name))

    def _kept_reranker(self, model: str) -> Reranker | None:
        reranker = self._make_reranker(model)
        return reranker and replace(reranker, model=KeptPairs(reranker.model, self._cache))

    def stretches(self, wanted: Sequence[tuple[str, int, int]]) -> list[Sequence[Turn]]:
        """Return turns of transcripts, from a first position to a last, as far as there are any."""
        found: list[Sequence[Turn]] = []
        for transcript_id, first, last in wanted:
            begin, end = self._places[transcript_id]
            found.append(self.turns[begin + max(0, first) : min(end, begin + last + 1)])
        return found

    def questions(self, model: Model) -> Embedded:
        """Return the vectors of all questions."""
        texts = [question.text for question in self.dataset.questions]
        return self.once(("questions", model), lambda: model.questions(texts))

    def documents(self, model: Model, texts: Sequence[str], rule: str) -> Embedded:
        """Return the vectors of texts made of the turns by a rule."""
        return self.once(("documents", model, rule), lambda: model.documents(texts, rule))

    def once(self, key: Any, make: Callable[[], T]) -> T:
        """Return what was made under a key, making it the first time, so that systems can share it."""
        if key not in self._shared:
            self._shared[key] = make()
        found: T = self._shared[key]
        return found
