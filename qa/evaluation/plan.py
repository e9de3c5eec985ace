"""What to evaluate, and how."""

from dataclasses import dataclass
from typing import Literal

from qa.evaluation.judging import Rule, find_measure
from qa.evaluation.runs import Run
from qa.evaluation.systems import DEFAULT_SYSTEM, check_name

PoolKind = Literal["transcript", "library"]


@dataclass(frozen=True, slots=True)
class OutsideRun:
    """A run that another tool made.

    Args:
        run: Its rankings.
        source: The file, as the user named it.
        checksum: SHA-256 of the file.
    """

    run: Run
    source: str
    checksum: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What to evaluate, and how.

    Args:
        systems: Names; see `qa.evaluation.systems`. The first is what the others are compared with.
        outside: Runs of other tools, judged after the systems.
        model: Embedding model of systems that name none; None for the default.
        pool: "transcript" asks each question of its own pool, "library" of the whole data set.
        ties: Which of equal scores comes first.
        depth: Most turns ranked for a question.
        measures: Names; None for `DEFAULT_MEASURES`, as far as they are defined.
        limit: Only the first so many questions. What is searched stays the same.
        command: What asked for it, for the run cards.
    """

    systems: tuple[str, ...] = (DEFAULT_SYSTEM,)
    outside: tuple[OutsideRun, ...] = ()
    model: str | None = None
    pool: PoolKind = "transcript"
    ties: Rule = "trec"
    depth: int = 1000
    measures: tuple[str, ...] | None = None
    limit: int | None = None
    command: str = ""

    def __post_init__(self) -> None:
        if self.depth < 1 or (self.limit is not None and self.limit < 1):
            raise ValueError(f"depth is {self.depth} and limit {self.limit}; expected at least 1")
        if not self.systems and not self.outside:
            raise ValueError("there is neither a system nor a run to evaluate")
        for name in self.systems:
            check_name(name)
        for name in self.measures or ():
            find_measure(name)
