"""Commands that read transcripts: ``add`` puts them into a library, ``doctor`` says what is in them."""

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from qa.cli_console import STOPPED, Bar, Command, json_option, open_given, print_json, stopping

if TYPE_CHECKING:
    from qa.gathering import Found
    from qa.importing import Import
    from qa.inspection import Inspection
    from qa.library import Library
    from qa.previewing import Instructions, Previewed
    from qa.reporting import Report, Summary

T = TypeVar("T")

_STANDARD_INPUT = "standard input"
_MOST_PASSED_OVER = 100  # files that are named


def add_commands(command: Command) -> None:
    """Add ``add`` and ``doctor`` to the command line."""
    add = command("add", _add, "Add transcripts: files, folders, archives, or - for standard input.")
    add.add_argument("paths", metavar="PATH", nargs="+", help="a file, a folder, an archive, or -")
    add.add_argument("--dry-run", action="store_true", help="say what would be added, and add nothing")
    _reading_options(add)
    doctor = command(
        "doctor", _doctor, "Say what is understood of transcripts, and what to mend. Needs no library.",
        library=False,
    )  # fmt: skip
    doctor.add_argument("paths", metavar="FILE", nargs="+", help="a file, a folder, an archive, or -")
    _reading_options(doctor)


def _reading_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--title", help="title, when one transcript is read")
    parser.add_argument("--date", help="date, when one transcript is read: 2025-04-15, 2025-04 or 2025")
    parser.add_argument(
        "--rename", action="append", default=[], metavar="OLD=NEW[, ROLE]",
        help="name someone who is called OLD in the file; two who get one name become one; may be repeated",
    )  # fmt: skip
    parser.add_argument("--opening", metavar="NAME", help="give the opening of the transcript to this person")
    parser.add_argument(
        "--date-order", choices=["day-first", "month-first"], help="how to read dates such as 1/4/23 in chats"
    )
    parser.add_argument(
        "--private", action="store_true", help="keep messages that only one person was meant to see"
    )
    parser.add_argument(
        "--map", metavar="FIELD=COLUMN,…",
        help="for tables and JSON of your own: what holds each field, as in speaker=who,text=said,start=t0",
    )  # fmt: skip
    json_option(parser)


def _instructions(given: argparse.Namespace) -> "Instructions":
    """Take in what the user says about the files.

    Raises:
        QAError: If it makes no sense.
    """
    from qa.corrections import Corrections, parse_rename
    from qa.errors import QAError
    from qa.previewing import Instructions
    from qa.readers.options import ReadOptions, parse_columns
    from qa.types import check_date

    several = len(given.paths) > 1 or Path(given.paths[0]).is_dir()
    if (given.title or given.date) and several:
        raise QAError("--title and --date go with one transcript; name one file, or -.")
    return Instructions(
        given.title,
        _told("--date", check_date, given.date) if given.date else None,
        ReadOptions(
            given.date_order, given.private, _told("--map", parse_columns, given.map) if given.map else None
        ),
        Corrections(tuple(_told("--rename", parse_rename, text) for text in given.rename), given.opening),
        lenient=several or _is_archive(given.paths[0]),
    )


def _told(option: str, parse: Callable[[str], T], text: str) -> T:
    """Read the value of an option.

    Raises:
        QAError: If it cannot be read.
    """
    from qa.errors import QAError

    try:
        return parse(text)
    except ValueError as error:
        raise QAError(f"{option}: {error}") from error


def _is_archive(path: str) -> bool:
    from qa.archive_entries import kind_of

    try:
        with Path(path).open("rb") as stream:
            return stream.seekable() and kind_of(stream) is not None
    except OSError:
        return False  # reading it will say why


def _unused(instructions: "Instructions", inspections: "Iterable[Inspection | None]") -> list[str]:
    """Return the names to be changed that no file holds."""
    held = {
        name
        for inspection in inspections
        if inspection is not None
        for speaker in inspection.speakers
        for name in (speaker.name, *speaker.aliases)
    }
    return [rename.old for rename in instructions.corrections.renames if rename.old not in held]


def _complain(unused: Sequence[str]) -> None:
    for name in unused:
        print(f"transcript-qa: --rename: no speaker is called {name!r} in any of the files.", file=sys.stderr)


def _standard_input(paths: Sequence[str]) -> bytes | None:
    return sys.stdin.buffer.read() if "-" in paths else None


def _add(given: argparse.Namespace) -> int:
    instructions = _instructions(given)
    if given.dry_run:
        return _preview(given, instructions)
    from qa.importing import Import
    from qa.json_forms import report_json
    from qa.report_text import report_text, summary_text

    piped = _standard_input(given.paths)
    reports = []
    with open_given(given) as library, Bar() as bar, stopping() as stopped:
        run = Import(library, bar.show, stopped)
        for report in _added(run, given.paths, piped, instructions):
            reports.append(report)
            if not given.json:
                bar.write(report_text(report))
        summary = run.summary()
        if not summary.stopped:
            _compact_or_advise(library, sum(report.turns for report in reports))
    if given.json:
        print_json([report_json(report) for report in reports])
    if summary.stopped or len(reports) + summary.passed_over != 1:
        print(summary_text(summary), file=sys.stderr if given.json else sys.stdout)
    unused = _unused(instructions, (report.inspection for report in reports)) if instructions.lenient else []
    _complain(unused)
    return _status(summary) or (1 if unused else 0)


def _added(
    run: "Import", paths: Sequence[str], piped: bytes | None, instructions: "Instructions"
) -> "Iterator[Report]":
    from qa.gathering import collect, found_in_data

    yield from run.add(collect([Path(path) for path in paths if path != "-"]), instructions)
    if piped is not None:
        found = found_in_data(piped, _STANDARD_INPUT)
        for report in run.add_found(found, 1, len(piped), instructions):
            yield replace(report, path="-") if report.path == _STANDARD_INPUT else report


def _status(summary: "Summary") -> int:
    if summary.stopped:
        print("Stopped. What was reported as added is in the library.", file=sys.stderr)
        return STOPPED
    if summary.added + summary.unchanged + summary.replaced + summary.refused == 0:
        print("Nothing there could be read as a transcript.", file=sys.stderr)
        return 1
    return 1 if summary.refused else 0


def _compact_or_advise(library: "Library", added: int) -> None:
    """Put the index in order when much was added; when little was, nobody wants to wait for it."""
    if added and library.compaction_due():
        if 4 * added >= len(library.indexes().table):
            library.compact()
        else:
            print(
                f"Questions will be answered faster after: transcript-qa compact --library {library.folder}",
                file=sys.stderr,
            )


# --- without a library -----------------------------------------------------------------------------------


def _doctor(given: argparse.Namespace) -> int:
    return _preview(given, _instructions(given))


def _preview(given: argparse.Namespace, instructions: "Instructions") -> int:
    """Say what is understood of every file, opening no library and loading no model."""
    from qa.previewing import preview

    shown: list[Any] = []
    inspections: list[Inspection | None] = []
    refused = 0
    unreadable: list[Previewed] = []
    for found in _found(given.paths):
        previewed = preview(found, instructions)
        if previewed.passed_over:
            unreadable.append(previewed)
            continue
        refused += previewed.refusal is not None
        inspections.append(previewed.inspection)
        if given.json:
            shown.append(_previewed_json(previewed))
        else:
            print(("\n" if len(inspections) > 1 else "") + _previewed_text(previewed), flush=True)
    if given.json:
        print_json([*shown, *map(_previewed_json, unreadable)])
    elif unreadable:
        print("\n" + "\n".join(_passed_over_lines(unreadable)))
    read = len(inspections)
    if read + len(unreadable) != 1:
        counts = f"{read - refused} readable, {refused} refused, {len(unreadable)} passed over"
        print(counts if given.json else f"\n{counts}", file=sys.stderr if given.json else sys.stdout)
    unused = _unused(instructions, inspections) if instructions.lenient else []
    _complain(unused)
    return 0 if read and not refused and not unused else 1


def _passed_over_lines(unreadable: "Sequence[Previewed]") -> Iterator[str]:
    """Name the files in folders and archives that are no transcripts, each with the reason."""
    yield "Passed over, because nobody named them and they are in no format that is read:"
    for one in unreadable[:_MOST_PASSED_OVER]:
        yield f"  {_shown(one.name)}: {_reason(one)}"
    if len(unreadable) > _MOST_PASSED_OVER:
        yield f"  and {len(unreadable) - _MOST_PASSED_OVER:,} more; --json names all of them"


def _reason(previewed: "Previewed") -> str:
    """The first sentence of a refusal, without the name of the file and the list of what is read."""
    told = (previewed.refusal or "").removeprefix(previewed.name).partition(" What is read:")[0]
    line, colon, rest = told.removeprefix(":").partition(":")
    return f"line {line}:{rest}" if colon and line.isdigit() else told.lstrip(": ")


def _found(paths: Sequence[str]) -> "Iterator[Found]":
    from qa.gathering import collect, found_in, found_in_data

    yield from found_in(collect([Path(path) for path in paths if path != "-"]))
    piped = _standard_input(paths)
    if piped is not None:
        yield from found_in_data(piped, _STANDARD_INPUT)


def _previewed_text(previewed: "Previewed") -> str:
    from qa.report_text import inspection_text

    if previewed.inspection is None:
        return f"refused    {previewed.refusal}"
    return inspection_text(_shown(previewed.name), previewed.inspection, _shown(previewed.file))


def _previewed_json(previewed: "Previewed") -> dict[str, Any]:
    from qa.inspection import inspection_json

    reading, inspection = previewed.reading, previewed.inspection
    return {
        "path": _shown(previewed.name),
        "format": reading.format if reading else None,
        "transcript_id": previewed.transcript_id,
        "status": "readable" if reading else "passed over" if previewed.passed_over else "refused",
        "turns": len(reading.turns) if reading else 0,
        "title": reading.title if reading else None,
        "warnings": list(reading.warnings) if reading else [previewed.refusal],
        "inspection": inspection_json(inspection) if inspection else None,
    }


def _shown(name: str) -> str:
    return "-" if name == _STANDARD_INPUT else name
