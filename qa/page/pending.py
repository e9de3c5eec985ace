"""Files that were dropped on the page and wait to be added: what was understood of each, and what was mended.

Nothing here touches a library. The files lie in a folder of their own until they are added or given up; what
the user changes in one is a list of steps, so that the last can be taken back, and all of them are made again
when the file is read in another way.
"""

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Lock

from qa.corrections import Corrections, Rename
from qa.gathering import is_media
from qa.previewing import Previewed, corrected, read_uploads
from qa.readers import ReadOptions
from qa.readers.options import NOTHING_SAID, DateOrder
from qa.readers.spacing import tidy
from qa.suggestions import Suggestion

OPEN_AT_ONCE = 3  # files whose details stand open; of more, a list comes first
SHOWN_AT_FIRST = 200  # files in that list
LONGEST_NAME = 300  # characters; whatever is longer is no name

Upload = tuple[str, Path]  # the name it had, and where it lies


@dataclass(frozen=True, slots=True)
class Candidate:
    """One file that may be added.

    Args:
        read: As it was read.
        options: What the user said about how to read it.
        steps: What the user changed since, in order; each fits what the ones before it made.
        now: What that comes to.
        columns: Of a table, once it was refused for want of them; see `Previewed`.
        there: Whether the library holds it already; what is changed here would change nothing there.
        left_out: Whether the user does not want it.
        problem: Why the last change could not be made, a sentence.
    """

    read: Previewed
    options: ReadOptions = NOTHING_SAID
    steps: tuple[Corrections, ...] = ()
    now: Previewed = field(kw_only=True)
    columns: tuple[tuple[str, str], ...] = ()
    there: bool = False
    left_out: bool = False
    problem: str | None = None

    @property
    def wanted(self) -> bool:
        """Whether it will be added; of what is there already, only a recording can be."""
        new = not self.there or self.now.recording is not None
        return self.now.reading is not None and not self.left_out and new

    @property
    def suggestions(self) -> tuple[Suggestion, ...]:
        """What the user could mend; whoever gave the opening away need not be asked about it again."""
        if self.there:
            return ()
        given = any(step.opening is not None for step in self.steps)
        suggestions = self.now.inspection.suggestions if self.now.inspection else ()
        return tuple(one for one in suggestions if not (given and one.kind == "opening"))

    @property
    def names(self) -> list[str]:
        """Whoever is named in it, the most turns first."""
        inspection = self.now.inspection
        return [one.name for one in inspection.speakers if one.name] if inspection else []


@dataclass(frozen=True, slots=True)
class Pending:
    """Everything that one visitor dropped and has not added yet.

    Args:
        folder: Where the files lie.
        uploads: Those files.
        candidates: One for each transcript and each refusal.
        passed_over: What archives hold that is no transcript, by name.
        open: The candidates whose details are shown.
        shown: How many candidates the list shows.
        stop: Set when the user wants the work under way to end.
        adding: Whether that work is adding; otherwise it is reading, or there is none.
        begun: Held once the adding has begun, so that it begins once.
    """

    folder: TemporaryDirectory[str]
    uploads: tuple[Upload, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    passed_over: tuple[str, ...] = ()
    open: frozenset[int] = frozenset()
    shown: int = SHOWN_AT_FIRST
    stop: Event = field(default_factory=Event)
    adding: bool = False
    begun: Lock = field(default_factory=Lock)

    @property
    def wanted(self) -> int:
        """How many transcripts will be added."""
        return sum(one.wanted for one in self.candidates)

    @property
    def handed_over(self) -> list[Previewed]:
        """Everything that was not left out, as it is now; what cannot be read is reported once more."""
        return [one.now for one in self.candidates if not one.left_out]


def take(paths: Sequence[Path]) -> Pending:
    """Move uploaded files to a folder of their own; nothing is read yet."""
    folder = TemporaryDirectory(prefix="transcript-qa-", ignore_cleanup_errors=True)
    uploads = []
    for number, path in enumerate(paths):
        lies = Path(folder.name) / str(number) / path.name
        lies.parent.mkdir()
        shutil.move(path, lies)
        uploads.append((path.name, lies))
    return Pending(folder, tuple(uploads))


def read(pending: Pending, holds: Callable[[str], bool]) -> Iterator[Pending]:
    """Read what was taken, file by file, until it is done or told to stop.

    Args:
        pending: As `take` gives it.
        holds: Whether the library has a transcript with this id.
    """
    candidates: list[Candidate] = []
    passed_over: list[str] = []
    for one in read_uploads(pending.uploads):
        if pending.stop.is_set():
            break
        if one.passed_over:
            passed_over.append(one.name)
        else:
            there = one.transcript_id is not None and holds(one.transcript_id)
            candidates.append(Candidate(one, now=one, columns=one.columns, there=there))
        opened = range(len(candidates)) if len(candidates) <= OPEN_AT_ONCE else ()
        yield replace(
            pending,
            candidates=tuple(candidates),
            passed_over=tuple(passed_over),
            open=frozenset(opened),
        )


def discard(pending: Pending | None) -> None:
    """Delete the files; they may be gone already."""
    if pending is not None:
        pending.folder.cleanup()


def give_up(pending: Pending | None) -> None:
    """Delete the files, unless they are being added: that goes on without its visitor, and deletes them."""
    if pending is not None and not pending.adding:
        discard(pending)


# --- what the user changes -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed into a box of the report.

    Args:
        item: Of which candidate.
        who: Whose name it is to be; None for the opening.
        name: As typed.
        field: "title" or "date", where it is that of the transcript rather than somebody's name.
    """

    item: int
    who: str | None
    name: str
    field: str | None = None


def with_typed(pending: Pending, typed: Sequence[Typed]) -> Pending:
    """Take in everything that was typed; what cannot be taken leaves a problem with its file."""
    for item in dict.fromkeys(one.item for one in typed):
        if not 0 <= item < len(pending.candidates):
            continue
        told = {one.field: one.name for one in typed if one.item == item and one.field is not None}
        given = [one for one in typed if one.item == item and one.field is None]
        theirs = [replace(one, name=tidy(one.name)) for one in given if tidy(one.name)]
        renames = tuple(Rename(one.who, one.name) for one in theirs if one.who and one.who != one.name)
        opening = next((one.name for one in theirs if one.who is None), None)
        steps = [
            Corrections(renames, opening) if renames or opening else None,
            Corrections(title=told["title"]) if told.get("title") else None,
            Corrections(date=told["date"]) if "date" in told else None,
        ]
        pending = _all_changed(pending, item, [step for step in steps if step is not None])
    return pending


def _all_changed(pending: Pending, item: int, steps: Sequence[Corrections]) -> Pending:
    """Make several changes in a candidate; one that cannot be made keeps no other from being made."""
    problems: list[str] = []
    for step in steps:
        pending = changed(pending, item, step)
        problems += filter(None, [pending.candidates[item].problem])
    if not problems:
        return pending
    return _put(pending, item, replace(pending.candidates[item], problem=problems[0]))


def changed(pending: Pending, item: int, step: Corrections) -> Pending:
    """Make one change in a candidate."""
    one = pending.candidates[item]
    names = [rename.name for rename in step.renames]
    names += filter(None, [step.opening, step.title, step.date])
    if any(len(name) > LONGEST_NAME for name in names):
        return _put(
            pending, item, replace(one, problem=f"A name or title has at most {LONGEST_NAME} letters.")
        )
    return _put(pending, item, _stepped(replace(one, problem=None), step))


def _stepped(one: Candidate, step: Corrections) -> Candidate:
    now = corrected(one.now, step)
    if now.reading is None:
        return replace(one, problem=now.refusal)
    return replace(one, steps=(*one.steps, step), now=now)


def undone(pending: Pending, item: int) -> Pending:
    """Take back the last change in a candidate."""
    one = pending.candidates[item]
    return _put(pending, item, _again(one, one.read, one.options, one.steps[:-1]))


def _again(one: Candidate, read: Previewed, options: ReadOptions, steps: Sequence[Corrections]) -> Candidate:
    """Start from what was read, and make those changes that still fit."""
    columns = read.columns or one.columns
    fresh = replace(one, read=read, options=options, steps=(), now=read, columns=columns, problem=None)
    for step in steps:
        fresh = replace(_stepped(fresh, step), problem=None)
    return fresh


def reread(pending: Pending, item: int, options: ReadOptions) -> Pending:
    """Read the file of a candidate in another way."""
    one = pending.candidates[item]
    # With every recording, or the one that goes with it would be lost.
    uploads = [each for each in pending.uploads if each[0] == one.read.file or is_media(each[0])]
    found = next((each for each in read_uploads(uploads, options) if each.name == one.read.name), None)
    if found is None:
        return _put(pending, item, replace(one, problem="The file cannot be read again. Drop it once more."))
    return _put(pending, item, _again(one, found, options, one.steps))


def with_date_order(options: ReadOptions, order: str) -> ReadOptions:
    """Return options that say which number of a date is the day."""
    orders: dict[str, DateOrder] = {"day-first": "day-first", "month-first": "month-first"}
    return replace(options, date_order=orders.get(order))


def with_columns(options: ReadOptions, given: Mapping[str, str]) -> ReadOptions:
    """Return options that say what the columns of a table hold.

    Args:
        options: What was said before.
        given: The column of each field, "" for none; and the unit of numbers, "s", "ms" or "".
    """
    columns = {name: given[name] for name in ("text", "speaker", "start") if given.get(name)}
    unit = given.get("unit")
    if "start" in columns and unit in {"s", "ms"}:
        columns["start"] += f":{unit}"
    return replace(options, columns=columns)


def left_out(pending: Pending, item: int) -> Pending:
    """Leave a candidate out, or take it in again."""
    one = pending.candidates[item]
    return _put(pending, item, replace(one, left_out=not one.left_out))


def looked_at(pending: Pending, item: int) -> Pending:
    """Show the details of a candidate, or hide them."""
    return replace(pending, open=pending.open ^ {item})


def _put(pending: Pending, item: int, one: Candidate) -> Pending:
    candidates = list(pending.candidates)
    candidates[item] = one
    return replace(pending, candidates=tuple(candidates))
