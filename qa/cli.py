"""The command line: parses arguments, calls the library, prints.

Results go to standard output, progress and complaints to standard error. Exit status 0 for success, 1 when
something the user can mend went wrong, 2 for misuse. Heavy imports stand in the command that needs them.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qa.importing import Progress, Report
    from qa.library import Library

_EXAMPLES = """\
examples:
  transcript-qa add interview.vtt meetings/         add a file and a folder
  transcript-qa ask "What did they decide about the budget?"
  transcript-qa ask --speaker Ruiz --since 2025 "When will it open?"
  transcript-qa list
  transcript-qa serve                               ask in the browser
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit status."""
    given = _parser().parse_args(arguments)
    run: Callable[[argparse.Namespace], int] = given.run
    from embeddings.models import ModelLoadError
    from qa.errors import QAError

    try:
        return run(given)
    except (QAError, ModelLoadError) as error:
        print(f"transcript-qa: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. What was reported as added is in the library.", file=sys.stderr)
        return 130
    except BrokenPipeError:  # as in: transcript-qa list | head
        sys.stderr.close()
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="transcript-qa",
        description="Ask your transcripts a question and get the passages that answer it, with their source.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"transcript-qa {version('transcript-qa')}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    common = _common_options()

    def command(name: str, run: Callable[[argparse.Namespace], int], text: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, parents=[common], help=text, description=text)
        made.set_defaults(run=run)
        return made

    add = command("add", _add, "Add transcripts: files, folders, or - for standard input.")
    add.add_argument("paths", metavar="PATH", nargs="+", help="a file, a folder, or -")
    add.add_argument("--title", help="title, when one transcript is added")
    add.add_argument("--date", help="date, when one transcript is added: 2025-04-15, 2025-04 or 2025")
    _json_option(add)

    ask = command("ask", _ask, "Ask a question.")
    ask.add_argument("question", metavar="QUESTION")
    ask.add_argument("-k", type=_at_least_one, default=5, metavar="N", help="how many sources (default 5)")
    _several(ask, "--speaker", "only turns by this speaker, or in this role; may be given several times")
    _several(ask, "--transcript", "only in this transcript: an id or words of its title; may be repeated")
    ask.add_argument("--since", metavar="DATE", help="only transcripts from this date on")
    ask.add_argument("--until", metavar="DATE", help="only transcripts up to and including this date")
    _several(ask, "--after", "an earlier question that this one follows; may be repeated, oldest first")
    _json_option(ask)

    _json_option(command("list", _list, "List the transcripts."))

    show = command("show", _show, "Show one transcript.")
    show.add_argument(
        "transcript", metavar="TRANSCRIPT", help="an id, the beginning of one, or words of a title"
    )
    _json_option(show)

    remove = command("remove", _remove, "Remove a transcript and every trace of it.")
    remove.add_argument("transcript", metavar="TRANSCRIPT", help="as for show")
    _json_option(remove)

    command("rebuild", _rebuild, "Embed everything anew, for another model or newer settings.")

    command(
        "compact", _compact, "Put the index of a large library in order; answers stay the same, only faster."
    )

    serve = command("serve", _serve, "Open the web page.")
    serve.add_argument(
        "--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1: only this machine)"
    )
    serve.add_argument(
        "--port", type=int, default=7860, help="port (default 7860; the next free one if taken)"
    )
    serve.add_argument("--samples", action="store_true", help="add the sample transcripts to a new library")
    serve.add_argument("--open", action="store_true", help="open the page in the browser")
    return parser


def _common_options() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--library",
        metavar="DIR",
        help="the library's folder (default: $TRANSCRIPT_QA_LIBRARY, else your data folder)",
    )
    common.add_argument(
        "--model",
        metavar="NAME",
        help="embedding model: a name or a folder (default: all-MiniLM-L6-v2, embedded)",
    )
    common.add_argument(
        "--int8",
        action="store_true",
        help="run the model in 8-bit integers, half as fast again; needs the extra transcript-qa[fast] once",
    )
    return common


def _json_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON, for machines")


def _several(parser: argparse.ArgumentParser, name: str, text: str) -> None:
    parser.add_argument(name, action="append", default=[], metavar=name[2:].upper(), help=text)


def _at_least_one(text: str) -> int:
    number = int(text) if text.isdecimal() else 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of at least 1")
    return number


def _open(given: argparse.Namespace) -> "Library":
    from qa.opening import open_library

    return open_library(given.library, given.model, int8=given.int8)


def _print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2))


# --- commands --------------------------------------------------------------------------------------------


def _add(given: argparse.Namespace) -> int:
    from qa.errors import QAError
    from qa.json_forms import report_json
    from qa.types import check_date

    if (given.title or given.date) and (len(given.paths) > 1 or Path(given.paths[0]).is_dir()):
        raise QAError("--title and --date go with one transcript; name one file, or -.")
    try:
        date = check_date(given.date) if given.date else None
    except ValueError as error:
        raise QAError(f"--date: {error}") from error
    reports = []
    with _open(given) as library, _Bar() as bar:
        for report in _added(library, given.paths, bar, given.title, date):
            reports.append(report)
            if not given.json:
                bar.write(_report_lines(report))
        _compact_or_advise(library, sum(report.turns for report in reports))
    if given.json:
        _print_json([report_json(report) for report in reports])
    elif not reports:
        print("Nothing there could be read as a transcript.", file=sys.stderr)
    return 0 if reports and all(report.status != "refused" for report in reports) else 1


def _added(
    library: "Library", paths: Sequence[str], bar: "_Bar", title: str | None, date: str | None
) -> "Iterator[Report]":
    from qa.importing import add_bytes, add_paths

    files = [path for path in paths if path != "-"]
    yield from add_paths(library, files, bar.show, title=title, date=date)
    if "-" in paths:
        data = sys.stdin.buffer.read()
        report = add_bytes(
            library, data, Path("standard input"), on_progress=bar.show, title=title, date=date
        )
        library.save_index()
        yield replace(report, path="-")


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


def _report_lines(report: "Report") -> str:
    if report.status == "refused":
        return f"refused    {report.warnings[-1]}"
    size = f"{report.format}, {report.turns} turns, id {report.transcript_id}"
    head = f"{report.status:10} {report.path}: {report.title} ({size})"
    return "\n".join([head, *(f"           {warning}" for warning in report.warnings)])


def _ask(given: argparse.Namespace) -> int:
    from qa.answering import DEFAULT_URL, ask
    from qa.filters import make_filter
    from qa.json_forms import answer_json

    with _open(given) as library:
        within = make_filter(library, given.transcript, given.speaker, given.since, given.until)
        answer = ask(
            library,
            given.question,
            given.k,
            within,
            given.after,
            os.environ.get("TRANSCRIPT_QA_URL", DEFAULT_URL),
        )
        held = len(library.entries())
    if given.json:
        _print_json(answer_json(answer))
    else:
        from qa.terminal import answer_text

        print(answer_text(answer, held, bold=sys.stdout.isatty()))
    return 0


def _list(given: argparse.Namespace) -> int:
    from qa.json_forms import entry_json
    from qa.terminal import entries_text

    with _open(given) as library:
        entries = library.entries()
    if given.json:
        _print_json([entry_json(entry) for entry in entries])
    elif entries:
        print(entries_text(entries))
    else:
        print("The library is empty. Add transcripts with: transcript-qa add PATH", file=sys.stderr)
    return 0


def _show(given: argparse.Namespace) -> int:
    from qa.json_forms import transcript_json
    from qa.terminal import transcript_text

    with _open(given) as library:
        transcript = library.transcript(library.find(given.transcript).id)
    if given.json:
        _print_json(transcript_json(transcript))
    else:
        print(transcript_text(transcript))
    return 0


def _remove(given: argparse.Namespace) -> int:
    from qa.json_forms import entry_json

    with _open(given) as library:
        entry = library.find(given.transcript)
        library.remove(entry.id)
    if given.json:
        _print_json({**entry_json(entry), "status": "removed"})
    else:
        print(f"removed    {entry.title} ({entry.turns} turns, id {entry.id})")
    return 0


def _rebuild(given: argparse.Namespace) -> int:
    from embeddings import load_encoder
    from qa.opening import library_folder
    from qa.rebuilding import rebuild

    encoder = load_encoder(given.model, "int8" if given.int8 else "auto")
    with _Bar() as bar:
        number = rebuild(library_folder(given.library), encoder, bar.show_count)
    print(f"rebuilt    {number} transcripts with {encoder.name}")
    return 0


def _compact(given: argparse.Namespace) -> int:
    with _open(given) as library:
        print("compacted" if library.compact() else "nothing to do")
    return 0


def _serve(given: argparse.Namespace) -> int:
    from qa.importing import add_samples

    with _open(given) as library:
        if given.samples:
            with _Bar() as bar:
                add_samples(library, bar.show)
        print("Opening the page…", file=sys.stderr)
        from app import serve

        serve(library, host=given.host, port=given.port, open_browser=given.open)
    return 0


class _Bar:
    """A progress bar on standard error, made when there is something to show."""

    def __init__(self) -> None:
        self._bar: Any = None

    def __enter__(self) -> "_Bar":
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()

    def show(self, step: "Progress") -> None:
        """Show how far an import has come; a file counts 1, the one in work its share."""
        share = step.passages / step.of_passages if step.of_passages else 0.0
        self._draw(step.file - 1 + share, step.files, step.name)

    def show_count(self, done: int, total: int) -> None:
        """Show how many of how many are done."""
        self._draw(done, total, "")

    def write(self, text: str) -> None:
        """Print to standard output without tearing the bar."""
        if self._bar is not None:
            self._bar.clear()
        print(text, flush=True)

    def _draw(self, done: float, total: int, name: str) -> None:
        if self._bar is None:
            from tqdm import tqdm

            form = "{percentage:3.0f}%|{bar:30}| {remaining} left  {desc}"
            self._bar = tqdm(total=total, disable=None, leave=False, bar_format=form, file=sys.stderr)
        self._bar.set_description_str(f"adding {name}" if name else "embedding", refresh=False)
        self._bar.n = done
        self._bar.refresh()
