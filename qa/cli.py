"""The command line: parses arguments, calls the library, prints.

Results go to standard output, progress and complaints to standard error. Exit status 0 for success, 1 when
something the user can mend went wrong, 2 for misuse. Heavy imports stand in the command that needs them.
"""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from importlib.metadata import version

from qa import cli_adding, cli_clues, cli_evaluating, cli_judgments, cli_people, cli_why
from qa.cli_console import STOPPED, Bar, json_option, open_given, print_json

_EXAMPLES = """\
examples:
  transcript-qa add interview.vtt meetings/ chat.zip
  transcript-qa doctor interview.vtt                what is understood of it, and what to mend
  transcript-qa ask "What did they decide about the budget?"
  transcript-qa ask --speaker Ruiz --since 2025 "When will it open?"
  transcript-qa why "When will it open?" 3f2a9c0b7d14:00012   why this turn is a source, or none
  transcript-qa list
  transcript-qa serve                               ask in the browser
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit status."""
    given = _parser().parse_args(arguments)
    run: Callable[[argparse.Namespace], int] = given.run
    from qa.errors import QAError

    try:
        return run(given)
    except QAError as error:
        return _complain(error)
    except KeyboardInterrupt:
        print("\nStopped. What was reported as added is in the library.", file=sys.stderr)
        return STOPPED
    except BrokenPipeError:  # as in: transcript-qa list | head
        sys.stderr.close()
        return 0
    except Exception as error:
        from embeddings import ModelLoadError  # loads faiss and numpy, which not every command needs

        if not isinstance(error, ModelLoadError):
            raise
        return _complain(error)


def _complain(error: Exception) -> int:
    print(f"transcript-qa: {error}", file=sys.stderr)
    return 1


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

    def command(
        name: str, run: Callable[[argparse.Namespace], int], text: str, *, library: bool = True
    ) -> argparse.ArgumentParser:
        parents = [common] if library else []
        made = commands.add_parser(name, parents=parents, help=text, description=text)
        made.set_defaults(run=run)
        return made

    cli_adding.add_commands(command)

    ask = command("ask", _ask, "Ask a question.")
    ask.add_argument("question", metavar="QUESTION")
    _searching(ask)
    ask.add_argument("--why", action="store_true", help="say under each source why it is one")
    json_option(ask)
    cli_why.add_commands(command, _searching)

    json_option(command("list", _list, "List the transcripts."))

    show = command("show", _show, "Show one transcript.")
    show.add_argument(
        "transcript", metavar="TRANSCRIPT", help="an id, the beginning of one, or words of a title"
    )
    json_option(show)

    remove = command("remove", _remove, "Remove a transcript and every trace of it.")
    remove.add_argument("transcript", metavar="TRANSCRIPT", help="as for show")
    json_option(remove)

    cli_people.add_commands(command)
    cli_judgments.add_commands(command)
    cli_evaluating.add_commands(command)

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
        help="embedding model: a name or a folder (default: the library's, else transcripts-minilm-l6)",
    )
    common.add_argument(
        "--int8",
        action="store_true",
        help="run the model in 8-bit integers, half as fast again; needs the extra transcript-qa[fast] once",
    )
    common.add_argument(
        "--reranker",
        metavar="NAME",
        help="cross-encoder that reads the best passages closely: a name or a folder, or 'none' to answer at "
        "once (default: transcripts-reranker-l6; with an embedding model of your own, none)",
    )
    return common


def _searching(parser: argparse.ArgumentParser) -> None:
    """Add the options that say what is searched, and for what besides the question."""
    parser.add_argument("-k", type=_at_least_one, default=5, metavar="N", help="how many sources (default 5)")
    _several(parser, "--speaker", "only turns by this speaker, or in this role; may be given several times")
    _several(parser, "--transcript", "only in this transcript: an id or words of its title; may be repeated")
    parser.add_argument("--since", metavar="DATE", help="only transcripts from this date on")
    parser.add_argument("--until", metavar="DATE", help="only transcripts up to and including this date")
    _several(parser, "--after", "an earlier question that this one follows; may be repeated, oldest first")
    cli_clues.add_options(parser)


def _several(parser: argparse.ArgumentParser, name: str, text: str) -> None:
    parser.add_argument(name, action="append", default=[], metavar=name[2:].upper(), help=text)


def _at_least_one(text: str) -> int:
    number = int(text) if text.isdecimal() else 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of at least 1")
    return number


# --- commands --------------------------------------------------------------------------------------------


def _ask(given: argparse.Namespace) -> int:
    from qa.answering import DEFAULT_URL, ask
    from qa.filters import make_filter
    from qa.json_forms import answer_json, reason_json
    from qa.reasons import reasons_of

    with open_given(given) as library:
        within = make_filter(library, given.transcript, given.speaker, given.since, given.until)
        answer = ask(
            library,
            given.question,
            given.k,
            within,
            given.after,
            os.environ.get("TRANSCRIPT_QA_URL", DEFAULT_URL),
            cli_clues.wishes_of(library, given),
        )
        cited = [source.turn_id for source in answer.sources] if given.why else []
        reasons = reasons_of(library, answer, cited, within)
        held = len(library.entries())
    if given.json:
        found = answer_json(answer)
        for source, reason in zip(found["sources"], reasons, strict=False):
            source["why"] = reason_json(reason)
        print_json(found)
    else:
        from qa.terminal import answer_text

        print(answer_text(answer, held, reasons, bold=sys.stdout.isatty()))
    return 0


def _list(given: argparse.Namespace) -> int:
    from qa.json_forms import entry_json
    from qa.terminal import entries_text

    with open_given(given) as library:
        entries = library.entries()
    if given.json:
        print_json([entry_json(entry) for entry in entries])
    elif entries:
        print(entries_text(entries))
    else:
        print("The library is empty. Add transcripts with: transcript-qa add PATH", file=sys.stderr)
    return 0


def _show(given: argparse.Namespace) -> int:
    from qa.json_forms import transcript_json
    from qa.terminal import transcript_text

    with open_given(given) as library:
        transcript = library.transcript(library.find(given.transcript).id)
    if given.json:
        print_json(transcript_json(transcript))
    else:
        print(transcript_text(transcript))
    return 0


def _remove(given: argparse.Namespace) -> int:
    from qa.json_forms import entry_json

    with open_given(given) as library:
        entry = library.find(given.transcript)
        library.remove(entry.id)
    if given.json:
        print_json({**entry_json(entry), "status": "removed"})
    else:
        print(f"removed    {entry.title} ({entry.turns} turns, id {entry.id})")
    return 0


def _rebuild(given: argparse.Namespace) -> int:
    from embeddings import load_encoder
    from qa.opening import library_folder
    from qa.rebuilding import rebuild

    encoder = load_encoder(given.model, "int8" if given.int8 else "auto")
    with Bar() as bar:
        number = rebuild(library_folder(given.library), encoder, bar.show_count)
    print(f"rebuilt    {number} transcripts with {encoder.name}")
    return 0


def _compact(given: argparse.Namespace) -> int:
    with open_given(given) as library:
        print("compacted" if library.compact() else "nothing to do")
    return 0


def _serve(given: argparse.Namespace) -> int:
    from qa.importing import add_samples

    with open_given(given) as library:
        if given.samples:
            with Bar() as bar:
                add_samples(library, bar.show)
        print("Opening the page…", file=sys.stderr)
        from app import serve

        serve(library, host=given.host, port=given.port, open_browser=given.open)
    return 0
