"""Turns by what people call them: an id, or a link to the page opened there."""

from collections.abc import Sequence
from urllib.parse import parse_qs, urlsplit

from qa.errors import NotFoundError, QAError
from qa.library import Library
from qa.types import Turn, split_turn_id, turn_id


def turn_named(text: str) -> str:
    """Return the id of the turn that a text names: the id itself, or a link to the turn.

    Raises:
        QAError: If it is neither.
    """
    wanted = text.strip()
    linked = parse_qs(urlsplit(wanted).query).get("turn", [wanted]) if "?" in wanted else [wanted]
    try:
        return turn_id(*split_turn_id(linked[0]))
    except ValueError:
        raise QAError(
            f"{text!r} names no turn. Give its id, as in 3f2a9c0b7d14:00012 (ask --json and show --json "
            "print ids), or the link that Copy link on the page gives."
        ) from None


def turns_called(library: Library, turns: Sequence[str]) -> dict[str, tuple[Turn, str]]:
    """Return turns with the titles of their transcripts.

    Raises:
        NotFoundError: If one of them is not in the library.
    """
    ids = list(dict.fromkeys(turns))
    places = [(transcript, at, at) for transcript, at in map(split_turn_id, ids)]
    found: dict[str, tuple[Turn, str]] = {}
    for id_, transcript in zip(ids, library.excerpts(places), strict=True):
        if transcript is None or not transcript.turns:
            raise NotFoundError(_missing(library, id_))
        found[id_] = (transcript.turns[0], transcript.title)
    return found


def _missing(library: Library, id_: str) -> str:
    transcript, _ = split_turn_id(id_)
    entry = next((entry for entry in library.entries() if entry.id == transcript), None)
    if entry is None:
        what = f"There is no turn {id_}: no transcript has the id {transcript}."
        return f"{what} List them with: transcript-qa list"
    last = turn_id(transcript, entry.turns - 1)
    return (
        f"There is no turn {id_}: “{entry.title}” has {entry.turns:,} turns, the last of which is {last}. "
        f"See them with: transcript-qa show {transcript} --json"
    )
