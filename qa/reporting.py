"""What became of the files of an import, and how far it has come: values without a library behind them."""

from dataclasses import dataclass, field
from typing import Literal

from qa.inspection import Inspection

Status = Literal["added", "unchanged", "replaced", "refused"]


@dataclass(frozen=True, slots=True)
class Report:
    """What became of one file.

    Args:
        path: As the user named it, or found in the folder or archive they named; "-" for standard input.
        status: "refused" when it could not be read; the reason is the last of the warnings.
        format: None when refused.
        transcript_id: None when refused.
        title: None when refused.
        turns: How many were read.
        warnings: What was dropped or inferred, or why it was refused; each a sentence.
        unknown: True when it was refused because it is in no format that is read.
        inspection: What was understood of it; None when refused.
    """

    path: str
    status: Status
    format: str | None = None
    transcript_id: str | None = None
    title: str | None = None
    turns: int = 0
    warnings: tuple[str, ...] = ()
    unknown: bool = False
    inspection: Inspection | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an import has come.

    Args:
        file: The file being read, from 1; an archive counts as one.
        files: In all.
        name: Of that file, or of the member of that archive.
        passages: Vectors of it made so far.
        of_passages: In all; 0 until it has been read.
        share: How much of the whole is done, 0 to 1, every file counted by its bytes.
        turns: Embedded so far, in all files.
        seconds: Since the start.
    """

    file: int
    files: int
    name: str
    passages: int = 0
    of_passages: int = 0
    share: float = 0.0
    turns: int = 0
    seconds: float = field(default=0.0, compare=False)

    @property
    def turns_per_second(self) -> float:
        """How fast it goes; 0 until the first turn is embedded."""
        return self.turns / self.seconds if self.seconds else 0.0

    @property
    def seconds_left(self) -> float | None:
        """How long the rest will take at this pace; None until that can be said."""
        return self.seconds * (1 - self.share) / self.share if self.share else None


@dataclass(frozen=True, slots=True)
class Summary:
    """What became of all files.

    Args:
        added: How many files were.
        unchanged: Likewise; their content was there already.
        replaced: Likewise.
        refused: Likewise.
        passed_over: Files in folders and archives that are no transcripts.
        turns: Of the files added and replaced.
        seconds: That all of it took.
        stopped: Whether the user stopped it before the last file.
    """

    added: int = 0
    unchanged: int = 0
    replaced: int = 0
    refused: int = 0
    passed_over: int = 0
    turns: int = 0
    seconds: float = 0.0
    stopped: bool = False

    @property
    def turns_per_second(self) -> float:
        """How fast it went."""
        return self.turns / self.seconds if self.seconds else 0.0
