"""Commands about the people of a library: ``speakers`` lists them, ``rename`` and ``merge`` change them."""

import argparse
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from qa.cli_console import Bar, Command, json_option, open_given, print_json
from qa.widths import padded, width

if TYPE_CHECKING:
    from qa.renaming import Renamed
    from qa.speakers import SpeakerEntry

_MOST_SUGGESTED = 10  # pairs of names


def add_commands(command: Command) -> None:
    """Add ``speakers``, ``rename`` and ``merge`` to the command line."""
    speakers = command("speakers", _speakers, "List the speakers, with their roles and other names.")
    speakers.add_argument(
        "transcript", metavar="TRANSCRIPT", nargs="?",
        help="only of this one: an id, the beginning of one, or words of a title",
    )  # fmt: skip
    json_option(speakers)

    rename = command(
        "rename", _rename, "Give a speaker another name; links go on working. Renaming back undoes it."
    )
    rename.add_argument("old", metavar="OLD", help="who is meant: the name now, or one they had before")
    rename.add_argument("new", metavar="NEW", help="the new name; nobody else's")
    rename.add_argument("--role", help='the office, such as "Mayor"; "" takes it away')
    _where(rename)

    merge = command(
        "merge", _merge, "Make two speakers one. To undo it, rename NAME by that name: rename NAME NAME."
    )
    merge.add_argument("name", metavar="NAME", help="who turns out to be somebody else")
    merge.add_argument("into", metavar="INTO", help="the name to keep, which somebody has")
    _where(merge)


def _where(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--transcript", metavar="TRANSCRIPT",
        help="only in this one: an id, the beginning of one, or words of a title (default: everywhere)",
    )  # fmt: skip
    json_option(parser)


def _speakers(given: argparse.Namespace) -> int:
    from qa.json_forms import speaker_json

    with open_given(given) as library:
        wanted = library.find(given.transcript).id if given.transcript is not None else None
        people = library.speakers(wanted)
        pairs = [] if given.json else library.alike_speakers(wanted)
    if given.json:
        print_json([speaker_json(person) for person in people])
    else:
        print(_listed(people) if people else "Nobody is named there.")
        print("".join(_suggested(pairs)), end="")
    return 0


def _suggested(pairs: Sequence[tuple[str, str, str]]) -> Iterator[str]:
    """Say which names may be one person's, and how to make them one."""
    from qa.suggestions import quoted

    for transcript, given_up, kept in pairs[:_MOST_SUGGESTED]:
        command = f"transcript-qa merge {quoted(given_up)} {quoted(kept)} --transcript {transcript}"
        yield f"\n{given_up} and {kept} may be one person. If so:\n    {command}\n"
    if len(pairs) > _MOST_SUGGESTED:
        yield f"\nand {len(pairs) - _MOST_SUGGESTED:,} more pairs; name one transcript to see its own.\n"


def _listed(people: "Sequence[SpeakerEntry]") -> str:
    named = [f"{one.name} ({', '.join(one.roles)})" if one.roles else one.name for one in people]
    columns = min(60, max(map(width, named)))
    return "\n".join(
        f"{padded(name, columns)}  {_turns(one.turns, one.transcripts)}"
        + (f"; also {', '.join(one.aliases)}" if one.aliases else "")
        for name, one in zip(named, people, strict=True)
    )


def _turns(turns: int, transcripts: int) -> str:
    several = f"{transcripts} transcript{'' if transcripts == 1 else 's'}"
    return f"{turns} turn{'' if turns == 1 else 's'} in {several}"


def _rename(given: argparse.Namespace) -> int:
    return _change(given, given.old, given.new, given.role, merge=False)


def _merge(given: argparse.Namespace) -> int:
    return _change(given, given.name, given.into, None, merge=True)


def _change(given: argparse.Namespace, old: str, name: str, role: str | None, *, merge: bool) -> int:
    from qa.json_forms import renamed_json

    with open_given(given) as library, Bar() as bar:
        where = library.find(given.transcript).id if given.transcript is not None else None
        done = library.rename_speaker(
            old, name, role=role, transcript_id=where, merge=merge, progress=bar.show_count
        )
    if given.json:
        print_json(renamed_json(done))
    else:
        print(_said(done, merge=merge))
    return 0


def _said(done: "Renamed", *, merge: bool) -> str:
    if not done.turns:
        return f"unchanged  {done.name}"
    held = f", {done.role}" if done.role else ""
    where = _turns(done.turns, done.transcripts)
    return f"{'merged ' if merge else 'renamed'}    {done.old} is now {done.name}{held} ({where})"
