"""TTML, DFXP and their profiles (IMSC, EBU-TT-D, SMPTE-TT): timed text in XML.

Accepts every version of the namespace and none; times as in ``ttml_times``; elements timed by ``begin``,
``end`` and ``dur`` at any level, counted from their parents, or from the start of the file where counting
from the parents would put words outside of what holds them, as in lyrics; ``timeContainer="seq"``. A speaker
is the ``ttm:agent`` of an element or of what it stands in; without agents, speakers are found in the words,
as in other captions. Elements with the role of music or sound become notes.

Refuses a file in which nothing is timed, times it cannot read, an element that ends before it begins, and
captions that are pictures. Colours, places on the screen and pronunciation marks (ruby) are left out.
"""

from pathlib import Path

from qa.errors import FormatError
from qa.readers.captions import spoken_captions
from qa.readers.markup import Element, local_name
from qa.readers.spacing import distinct, tidy
from qa.readers.ttml_captions import captions_of
from qa.readers.ttml_text import Document, words_of
from qa.readers.ttml_times import Clock, attribute
from qa.types import Reading, Remark, RemarkKind, TimeKind

FORMAT = "ttml"

_TOP_OF_HOUR = 3600.0  # seconds; broadcast time code seldom starts at 0
_NO_TIMES = "No words in it are timed. Export the captions with their times, or save the words as plain text."
_NO_WORDS = "No caption has words; they may be pictures. Export the captions as text."


def recognises(root: Element) -> str | None:
    """Say why a document is timed text."""
    return "the document is <tt>, timed text" if local_name(root) == "tt" else None


def parse(root: Element, source: Path) -> Reading:
    """Read the root of a TTML document.

    Args:
        root: As ``recognises`` accepts it.
        source: Named in errors, never opened.

    Raises:
        FormatError: If nothing is timed, a time cannot be read or runs backwards, or nobody says anything.
    """
    clock = Clock.of(root, source)
    agents = _agents(root)
    document, remarks = _document(root, clock, source)
    pieces = document.pieces
    if not any(piece.text.strip() for piece in pieces):
        raise FormatError(source, None, None, _NO_WORDS)
    if all(piece.begin is None for piece in pieces if piece.text.strip()):
        raise FormatError(source, None, None, _NO_TIMES)
    captions, guessed = captions_of(pieces, agents)
    said = spoken_captions(captions)
    if not said.turns:
        raise FormatError(source, None, None, _NO_WORDS)
    if clock.base == "smpte" and min(caption.start for caption in captions) >= _TOP_OF_HOUR:
        message = "The first caption comes after an hour, as in broadcasts; its time code was kept as it is."
        remarks.append(Remark(RemarkKind.ASSUMED, message))
    head = next((child for child in root if local_name(child) == "head"), None)
    return Reading(
        FORMAT,
        said.turns,
        TimeKind.CLOCK if clock.base == "clock" else TimeKind.MEDIA,
        title=_said_in_head(head, "title"),
        notes=distinct([*filter(None, [_said_in_head(head, "desc")]), *said.notes]),
        remarks=(*remarks, *guessed, *said.remarks),
    )


def _document(root: Element, clock: Clock, source: Path) -> tuple[Document, list[Remark]]:
    """The words, their times counted in the way that keeps them inside of what holds them."""
    document = words_of(root, clock, source, from_start=False)
    remarks: list[Remark] = []
    if astray := document.astray:
        absolute = words_of(root, clock, source, from_start=True)
        message = "Captions timed outside of the element that holds them, kept at their own times: {}."
        if not absolute.astray:
            document = absolute
            message = "Times were counted from the start of the file, because counted from the element that"
            message += " holds them, captions would stand outside of it: {}."
        remarks.append(Remark(RemarkKind.ASSUMED, message.format(len(astray)), astray))
    if document.ruby:
        message = f"Pronunciation marks (ruby) left out: {len(document.ruby)}."
        remarks.append(Remark(RemarkKind.DROPPED, message, tuple(document.ruby)))
    return document, remarks


def _agents(root: Element) -> dict[str, str]:
    """Names of the agents by their ids: the full name where several are given."""
    names: dict[str, str] = {}
    for agent in root.iter("{*}agent"):
        found = [
            (attribute(name, "type"), tidy("".join(map(str, name.itertext()))))
            for name in agent.iter("{*}name")
        ]
        found = sorted((pair for pair in found if pair[1]), key=lambda pair: pair[0] != "full")
        parts = dict(reversed(found))
        name = found[0][1] if found else None
        if "full" not in parts and "given" in parts and "family" in parts:
            name = f"{parts['given']} {parts['family']}"
        if (label := attribute(agent, "id")) and name:
            names.setdefault(label, name)
    return names


def _said_in_head(head: Element | None, name: str) -> str | None:
    """The words of the first element of a name that stands in the head but in none of its agents."""
    if head is None:
        return None
    found = (tidy("".join(map(str, element.itertext()))) for element in head.iter(f"{{*}}{name}"))
    return next(filter(None, found), None)
