"""The options of ``transcript-qa ask`` that say whose words are wanted, and whether to guess."""

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qa.library import Library
    from qa.retrieval.understanding import Wishes

AddOptions = Callable[[argparse.ArgumentParser], None]


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    _person(parser, "--by", "rather what this person, or whoever holds this role, said; may be repeated")
    _person(parser, "--about", "rather what others said of this person; may be repeated")
    _person(parser, "--asked-of", "rather what this person was asked, and the answers; may be repeated")
    parser.add_argument(
        "--no-clues",
        action="store_true",
        help="read no people and no times out of the question; its words alone decide",
    )


def _person(parser: argparse.ArgumentParser, name: str, text: str) -> None:
    parser.add_argument(name, action="append", default=[], metavar="NAME", help=text)


def wishes_of(library: "Library", given: argparse.Namespace) -> "Wishes":
    """Return what the options ask for.

    Raises:
        NotFoundError: If somebody named fits nobody.
    """
    from qa.wishes import make_wishes

    return make_wishes(library, given.by, given.about, given.asked_of, guess=not given.no_clues)
