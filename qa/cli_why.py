"""The command ``why``: why a turn is a source of an answer, or why it is none."""

import argparse

from qa import cli_clues
from qa.cli_console import Command, json_option, open_given, print_json

_TEXT = "Say why turns are sources of the answer to a question, or why they are not."


def add_commands(command: Command, add_options: cli_clues.AddOptions) -> None:
    """Add ``why`` to the command line.

    Args:
        command: Adds a command.
        add_options: Adds the options of ``ask`` that choose what is searched.
    """
    made = command("why", _why, _TEXT)
    made.add_argument("question", metavar="QUESTION")
    made.add_argument(
        "turns", metavar="TURN", nargs="+", help="a turn's id, as --json prints it, or a link to it"
    )
    add_options(made)
    json_option(made)


def _why(given: argparse.Namespace) -> int:
    from qa.filters import make_filter
    from qa.json_forms import reason_json
    from qa.reason_text import Asked, reason_lines
    from qa.reasons import why
    from qa.terminal import headed_lines, who

    with open_given(given) as library:
        within = make_filter(library, given.transcript, given.speaker, given.since, given.until)
        wishes = cli_clues.wishes_of(library, given)
        reasons = why(library, given.question, given.turns, given.k, within, given.after, wishes)
    if given.json:
        print_json([reason_json(reason) for reason in reasons])
        return 0
    asked = Asked.of(" ".join([*given.after, given.question]))
    told = [
        headed_lines(f"{who(one.turn)} · {one.transcript_title}", one.turn.text, reason_lines(one, asked))
        for one in reasons
    ]
    print("\n\n".join(told))
    return 0
