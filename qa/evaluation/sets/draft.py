"""A data set while it is read: collects pools and questions, counts what was repaired or dropped."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from qa.errors import QAError
from qa.evaluation.judged import (
    Card,
    Dataset,
    JudgedQuestion,
    JudgedTranscript,
    Pool,
    gold_size,
)
from qa.evaluation.sets.files import checksum
from qa.evaluation.sets.naming import Names, identifier, turn_ids
from qa.evaluation.sets.releases import release_of, size_of
from qa.types import Reading, Remark, RemarkKind, Turn

BLANK = "…"  # stands for an empty turn, so that positions agree with the gold


class Draft:
    """What a loader has read so far.

    Args:
        name: Of the format.
        card: Of the data set.
    """

    def __init__(self, name: str, card: Card) -> None:
        self.name = name
        self.card = card
        self.pools: list[Pool] = []
        self._questions: list[JudgedQuestion] = []
        self._names = Names()
        self._asked = Names()
        self._counts: Counter[tuple[RemarkKind, str]] = Counter()
        self._remarks: list[Remark] = []

    def count(self, kind: RemarkKind, what: str, number: int = 1) -> None:
        """Count something that was repaired or dropped, for a remark such as "Queries left out: 7."."""
        if number:
            self._counts[kind, what] += number

    def say(self, kind: RemarkKind, sentence: str) -> None:
        """Make a remark of its own."""
        self._remarks.append(Remark(kind, sentence))

    def turn(self, text: str, speaker: str | None = None) -> Turn:
        """Make a turn; one without words is kept as "…" and counted."""
        if not text:
            self.count(RemarkKind.ASSUMED, f"Turns without words, kept as “{BLANK}”")
        return Turn(text or BLANK, speaker)

    def new_id(self, name: str) -> str:
        """Return the name of a transcript or pool as an id that no other has; repeated ones are counted."""
        given = self._names.new(name)
        if given != identifier(name):
            self.count(RemarkKind.ASSUMED, "Transcripts that shared a name, told apart by ~2, ~3, …")
        return given

    def transcript(self, name: str, turns: Sequence[Turn], date: str | None = None) -> JudgedTranscript:
        """Make a transcript whose turns are named by position."""
        id_ = self.new_id(name)
        reading = Reading(self.name, tuple(turns), title=name, date=date)
        return JudgedTranscript(id_, reading, turn_ids(id_, len(turns)))

    def ask(
        self,
        name: str,
        text: str,
        pool: str,
        gains: Mapping[str, int],
        *,
        spans: Sequence[frozenset[str]] = (),
        answers: Sequence[str] = (),
        answer_turns: Mapping[str, tuple[str, ...]] | None = None,
        slices: Mapping[str, str] | None = None,
    ) -> bool:
        """Add a question and return True; one without a text or gold is counted and left out."""
        if not text.strip():
            self.count(RemarkKind.DROPPED, "Questions left out because they have no text")
            return False
        if not any(gain > 0 for gain in gains.values()):
            self.count(RemarkKind.DROPPED, "Questions left out because no turn is given that answers them")
            return False
        self._questions.append(
            JudgedQuestion(
                self._asked.new(name),
                text,
                pool,
                dict(gains),
                tuple(spans),
                tuple(dict.fromkeys(answer for answer in answers if answer.strip())),
                {**(slices or {}), "gold": gold_size(gains)},
                answer_turns or {},
            )
        )
        return True

    def count_repeats(self) -> None:
        """Count questions that are asked of the same pool in the same words as another."""
        asked = Counter((question.pool, question.text) for question in self._questions)
        repeats = sum(times - 1 for times in asked.values())
        self.count(
            RemarkKind.ASSUMED, "Questions asked again in the same words, kept apart by their ids", repeats
        )

    def finish(self, source: Path, files: Sequence[Path], whole: str | None = None) -> Dataset:
        """Return the data set.

        Args:
            source: Named in the error.
            files: That were read.
            whole: Checksum, where it is not that of the files alone.

        Raises:
            QAError: If no question is left.
        """
        found = whole or checksum(files)
        made = self._made(str(source), release_of(found), found)
        if size := size_of(made):
            self.say(RemarkKind.ASSUMED, f"No checksum of it is known here; it has the size of {size}.")
        return replace(made, remarks=self.remarks())

    def finish_from(self, dataset: Dataset) -> Dataset:
        """Return the data set that was made of another, whose remarks come first.

        Raises:
            QAError: If no question is left.
        """
        made = self._made(self.name, dataset.release, dataset.checksum)
        return replace(made, remarks=(*dataset.remarks, *self.remarks()))

    def _made(self, source: str, release: str, found: str) -> Dataset:
        if not self._questions:
            told = " ".join(map(str, self.remarks()))
            raise QAError(f"{source} has no question whose answering turns are known. {told}".rstrip())
        pools, questions = tuple(self.pools), tuple(self._questions)
        return Dataset(self.name, release, found, self.card, pools, questions)

    def remarks(self) -> tuple[Remark, ...]:
        """Return what was counted and said so far."""
        counted = (Remark(kind, f"{what}: {number:,}.") for (kind, what), number in self._counts.items())
        return (*counted, *self._remarks)


def ones(ids: Collection[str]) -> dict[str, int]:
    """Return a gain of 1 for each id, in the order of the ids."""
    return dict.fromkeys(sorted(ids), 1)
