"""What an evaluation works on: judged questions, the turns they are asked of, and where both came from.

A data set is a number of pools. A pool is what a question is asked of when its own transcript is searched: a
meeting, a scene, a conversation of many sessions. Every turn has an id of its own, written so that string
order is turn order ("ES2004a:00012"), because run files break ties by id.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from qa.retrieval import Filter
from qa.retrieval.views import in_period
from qa.times import day_after, days_on
from qa.types import Reading, Remark, Turn

UNKNOWN_RELEASE = "unknown release"
_SIZES = ((1, "01"), (5, "02-05"), (20, "06-20"), (50, "21-50"))  # relevant turns; written to sort as numbers


def gold_size(gains: Mapping[str, int]) -> str:
    """Return the slice of a question by its number of relevant turns: 01, 02-05, 06-20, 21-50 or 51+."""
    relevant = sum(gain > 0 for gain in gains.values())
    return next((name for most, name in _SIZES if relevant <= most), "51+")


@dataclass(frozen=True, slots=True)
class JudgedTranscript:
    """One transcript of a data set.

    Args:
        id: Unique in the data set, such as "ES2004a".
        reading: Its turns; an empty turn of the source is kept as "…", so that positions agree with the gold.
        turn_ids: Id of each turn in runs and qrels; as long as ``reading.turns``, ascending.
    """

    id: str
    reading: Reading
    turn_ids: tuple[str, ...]

    def __post_init__(self) -> None:
        if len(self.turn_ids) != len(self.reading.turns):
            raise ValueError(
                f"{self.id} has {len(self.reading.turns)} turns and {len(self.turn_ids)} turn ids"
            )


@dataclass(frozen=True, slots=True)
class Pool:
    """Transcripts that a question of theirs is asked of, unless the whole data set is searched.

    Args:
        id: Unique in the data set.
        transcripts: Those searched.
        within: Which of their turns can be found; its own choice of transcripts is not looked at.
    """

    id: str
    transcripts: tuple[JudgedTranscript, ...]
    within: Filter = Filter()  # noqa: RUF009  # frozen

    def allows(self, turn: Turn, date: str | None) -> bool:
        """Say whether a turn of a transcript of this date can be found, as a library's search has it."""
        names, roles = self.within.speakers, self.within.roles
        if names is not None or roles is not None:
            by_name = turn.speaker is not None and turn.speaker in (names or ())
            if not (by_name or (turn.role is not None and turn.role in (roles or ()))):
                return False
        if self.within.since is None and self.within.until is None:
            return True
        day = day_after(date, days_on(turn.start)) or date or ""
        return in_period(day, self.within.since, self.within.until)

    def turn_ids(self) -> Iterator[str]:
        """Return the ids of the turns that can be found, in order."""
        for one in self.transcripts:
            for id_, turn in zip(one.turn_ids, one.reading.turns, strict=True):
                if self.allows(turn, one.reading.date):
                    yield id_


@dataclass(frozen=True, slots=True)
class JudgedQuestion:
    """A question whose answering turns are known.

    Args:
        id: Unique in the data set, without white space.
        text: As asked.
        pool: Id of the pool it belongs to.
        gains: Turn ids judged, with their gain; above 0 is relevant. At least one is.
        spans: Where the set's gold is stretches of turns: each as the ids in it.
        answers: Texts that answer, where the set has them.
        slices: What to break results down by, such as {"type": "multi-hop", "part": "academic"}.
        answer_turns: The answer texts that stand in a turn, by its id, where the set says which turn.
    """

    id: str
    text: str
    pool: str
    gains: Mapping[str, int]
    spans: tuple[frozenset[str], ...] = ()
    answers: tuple[str, ...] = ()
    slices: Mapping[str, str] = field(default_factory=dict)
    answer_turns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not any(gain > 0 for gain in self.gains.values()):
            raise ValueError(f"question {self.id} has no relevant turn")


@dataclass(frozen=True, slots=True)
class Card:
    """What one must know of a data set before quoting a number on it.

    Args:
        title: With the authors and the year.
        source: Where the release can be had.
        licence: Of the release, and what it does not cover.
        gold: The rule by which turns count as relevant.
        known_errors: What is wrong in the release, and what is done about it.
        tuned_on: What of it our own settings were tuned on; "" when nothing was.
    """

    title: str
    source: str
    licence: str
    gold: str
    known_errors: tuple[str, ...] = ()
    tuned_on: str = ""


@dataclass(frozen=True, slots=True)
class Dataset:
    """Judged questions and the transcripts they are asked of.

    Args:
        name: Of the format it was read in, such as "qmsum".
        release: Which release it is, by checksum, such as "QMSum val"; `UNKNOWN_RELEASE` for other content.
        checksum: SHA-256 over the files read, in hexadecimal.
        card: For the report.
        pools: In the order of the source.
        questions: Likewise.
        remarks: What was repaired, dropped or left out while reading.
    """

    name: str
    release: str
    checksum: str
    card: Card
    pools: tuple[Pool, ...]
    questions: tuple[JudgedQuestion, ...]
    remarks: tuple[Remark, ...] = ()

    def __post_init__(self) -> None:
        _check_distinct("pool", [pool.id for pool in self.pools])
        _check_distinct("question", [question.id for question in self.questions])
        pools = {pool.id for pool in self.pools}
        for question in self.questions:
            if question.pool not in pools:
                raise ValueError(f"question {question.id} belongs to {question.pool}, which is no pool")

    def transcripts(self) -> Iterator[JudgedTranscript]:
        """Return the transcripts of all pools, in order; one that is in several pools comes once."""
        seen: set[str] = set()
        for pool in self.pools:
            for transcript in pool.transcripts:
                if transcript.id not in seen:
                    seen.add(transcript.id)
                    yield transcript

    def asked(self) -> Iterator[tuple[Pool, tuple[JudgedQuestion, ...]]]:
        """Return each pool with its questions, both in order."""
        asked: dict[str, list[JudgedQuestion]] = {pool.id: [] for pool in self.pools}
        for question in self.questions:
            asked[question.pool].append(question)
        for pool in self.pools:
            yield pool, tuple(asked[pool.id])

    @property
    def turns(self) -> int:
        """How many turns there are in all."""
        return sum(len(transcript.turn_ids) for transcript in self.transcripts())


def _check_distinct(what: str, ids: list[str]) -> None:
    if len(set(ids)) < len(ids):
        twice = next(id_ for id_ in ids if ids.count(id_) > 1)
        raise ValueError(f"{what} {twice} is in the data set twice")
