"""The command ``judgments``: what people judged on the page, listed, exported or deleted."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from qa.cli_console import Command, json_option, open_given, print_json

if TYPE_CHECKING:
    from qa.judgments import JudgedQuestion
    from qa.library import Library

_WIDTH = 80  # characters of a turn's words that are shown
_AT_ONCE = 200  # turns read in one query


def add_commands(command: Command) -> None:
    """Add ``judgments`` to the command line."""
    made = command("judgments", _judgments, "List what was judged on the page, or export or delete it.")
    doing = made.add_mutually_exclusive_group()
    doing.add_argument(
        "--export", metavar="DIR", type=Path,
        help="write questions.jsonl, qrels.trec, topics.tsv and library.jsonl, for evaluate --data DIR",
    )  # fmt: skip
    doing.add_argument("--clear", action="store_true", help="delete all judgments")
    made.add_argument(
        "--no-transcripts", action="store_true",
        help="with --export: leave out library.jsonl, which holds every word of the library",
    )  # fmt: skip
    made.add_argument("--yes", action="store_true", help="with --clear: do not ask")
    json_option(made)


def _judgments(given: argparse.Namespace) -> int:
    from qa.json_forms import judged_json

    with open_given(given) as library:
        if given.clear:
            return _clear(given, library)
        if given.export is not None:
            return _export(given, library)
        judged = library.judgments.all()
        if given.json:
            print_json([judged_json(one) for one in judged])
        elif judged:
            print(_listed(library, judged))
        else:
            told = "Nothing is judged yet. Ask on the page, and say whether it answered: transcript-qa serve"
            print(told, file=sys.stderr)
    return 0


def _export(given: argparse.Namespace, library: "Library") -> int:
    from qa.evaluation.sets.judgments import write

    files = write(library, given.export, transcripts=not given.no_transcripts)
    if given.json:
        print_json([str(file) for file in files])
    else:
        print("\n".join(f"written    {file}" for file in files))
    return 0


def _clear(given: argparse.Namespace, library: "Library") -> int:
    from qa.errors import QAError

    number = len(library.judgments.all())
    if number and not given.yes:
        if not sys.stdin.isatty():
            raise QAError(f"The judgments of {number} questions would be deleted. To do that, add --yes.")
        print(f"Delete the judgments of {number} questions, for good? [y/N] ", end="", flush=True)
        if sys.stdin.readline().strip().casefold() not in {"y", "yes"}:
            print("kept       nothing was deleted")
            return 0
    gone = library.judgments.clear()
    if given.json:
        print_json({"questions": gone, "status": "deleted"})
    else:
        print(f"deleted    the judgments of {gone} questions")
    return 0


def _listed(library: "Library", judged: "Sequence[JudgedQuestion]") -> str:
    from qa.judgments import filter_json

    words = _words(library, [one.turn_id for each in judged for one in each.judgments])
    lines: list[str] = []
    for each in judged:
        lines.append(f"{each.id}  {each.asked.resolved}")
        if within := filter_json(each.asked.within):
            lines.append(f"  within        {_filter_text(within)}")
        if each.unanswerable is not None:
            lines.append(f"  {'nothing answers it' if each.unanswerable else 'something else answers it'}")
        lines += [
            f"  {'relevant    ' if one.gain else 'not relevant'}  {one.turn_id}  {words.get(one.turn_id, '')}"
            for one in each.judgments
        ]
    return "\n".join(lines)


def _words(library: "Library", turns: "Sequence[str]") -> dict[str, str]:
    """Return who says what in some turns, cut to a line."""
    from qa.types import split_turn_id

    words: dict[str, str] = {}
    for first in range(0, len(turns), _AT_ONCE):
        some = turns[first : first + _AT_ONCE]
        places = [(id_, position, position) for id_, position in map(split_turn_id, some)]
        for turn, found in zip(some, library.excerpts(places), strict=True):
            if found is not None:
                (said,) = found.turns
                words[turn] = _cut(f"{said.speaker or said.role or found.title}: {said.text}")
    return words


def _filter_text(within: "dict[str, list[str] | str]") -> str:
    return "; ".join(
        f"{name}: {', '.join(value) if isinstance(value, list) else value}" for name, value in within.items()
    )


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _WIDTH else f"{line[: _WIDTH - 1].rstrip()}…"
