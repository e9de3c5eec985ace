"""The words of a TTML document, each with the time and the speaker of the elements it stands in."""

import html
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path

from lxml import etree

from qa.errors import FormatError
from qa.readers.markup import Element, local_name
from qa.readers.ttml_times import Clock, attribute, line_of

_NOT_SPOKEN = frozenset({"metadata", "set", "animate", "animation", "title", "desc", "copyright", "agent"})
_CONTAINERS = frozenset({"body", "div"})
_RUBY = frozenset({"text", "textContainer", "delimiter"})  # how to pronounce what stands below it
_SOUNDS = frozenset({"sound", "music"})


@dataclass(frozen=True, slots=True)
class Piece:
    r"""Words that one element holds by itself.

    Args:
        text: As they stand, white space included; ``\n`` is a line break.
        begin: Seconds; None when neither the element nor what it stands in is timed.
        end: Seconds; None when unknown.
        agents: Ids of who speaks, as in ``ttm:agent``; empty when nobody is named.
        paragraph: Pieces of one paragraph have the same number.
        sound: Whether the element is said to be music or a sound.
        astray: Whether it is shown only outside of the time of what holds it.
        line_number: Of the element.
    """

    text: str
    begin: float | None
    end: float | None
    agents: str
    paragraph: int
    sound: bool
    astray: bool
    line_number: int | None


@dataclass(frozen=True, slots=True)
class Document:
    """The words of a document.

    Args:
        pieces: In order.
        ruby: Lines of the pronunciation marks that were left out.
    """

    pieces: list[Piece] = field(default_factory=list)
    ruby: list[int] = field(default_factory=list)

    @property
    def astray(self) -> tuple[int, ...]:
        """Lines of words shown only outside of the time of what holds them."""
        return tuple(dict.fromkeys(p.line_number or 0 for p in self.pieces if p.astray and p.text.strip()))


@dataclass(frozen=True, slots=True)
class _Around:
    """What an element takes over from those it stands in, and in the end from itself."""

    begin: float | None = None
    end: float | None = None
    agents: str = ""
    sound: bool = False
    astray: bool = False
    preserve: bool = False
    line_number: int | None = None


def words_of(root: Element, clock: Clock, source: Path, *, from_start: bool) -> Document:
    """Read the words of a document in their order.

    Args:
        root: The <tt> element.
        clock: Of the document.
        source: Named in errors.
        from_start: Whether times inside a timed element count from the start of the file rather than from
            the beginning of that element.

    Raises:
        FormatError: If a time cannot be read, or an element ends before it begins.
    """
    walk = _Walk(clock, source, from_start)
    for body in root:
        if local_name(body) == "body":
            walk.visit(body, _Around(), None)
    return walk.document


class _Walk:
    def __init__(self, clock: Clock, source: Path, from_start: bool) -> None:
        self.document = Document()
        self._clock = clock
        self._source = source
        self._from_start = from_start
        self._paragraph = 0

    def visit(self, element: Element, around: _Around, after: float | None) -> float | None:
        """Read an element.

        Args:
            element: The body, or anything in it.
            around: What it stands in.
            after: The end of the element before it, in a sequence; None elsewhere.

        Returns:
            When it is over; None when unknown.
        """
        here = self._inherited(element, self._timed(element, around, after))
        in_sequence = attribute(element, "timeContainer") == "seq" and not self._from_start
        paragraph = local_name(element) == "p"
        self._paragraph += paragraph
        before = len(self.document.pieces)
        over: float | None = here.begin
        self._say(element.text, here)
        for child in element:
            ended = self._child(child, here, over if in_sequence else None)
            over = ended if in_sequence or over is None else max(over, ended or over)
            self._say(child.tail, here)
        if paragraph and here.begin is not None and len(self.document.pieces) == before:
            self._add("", here)  # timed, but without a word: to be reported
        self._paragraph += paragraph
        return here.end if here.end is not None else over

    def _child(self, child: Element, here: _Around, after: float | None) -> float | None:
        name = local_name(child)
        if child.tag is etree.Entity:
            self._say(html.unescape(child.text or ""), here)
        elif name == "br":
            self._add("\n", here)
        elif name and attribute(child, "ruby") in _RUBY:
            self.document.ruby.append(line_of(child) or 0)
        elif name and name not in _NOT_SPOKEN:
            return self.visit(child, here, after)
        return after

    def _say(self, text: str | None, here: _Around) -> None:
        if text and (text.strip() or self.document.pieces):
            self._add(text if here.preserve else text.replace("\n", " "), here)

    def _add(self, text: str, here: _Around) -> None:
        self.document.pieces.append(
            Piece(
                text,
                here.begin,
                here.end,
                here.agents,
                self._paragraph,
                here.sound,
                here.astray,
                here.line_number,
            )
        )

    def _inherited(self, element: Element, timed: _Around) -> _Around:
        space = attribute(element, "space")
        role = attribute(element, "role")
        return replace(
            timed,
            agents=attribute(element, "agent") or timed.agents,
            sound=timed.sound if role is None else not _SOUNDS.isdisjoint(role.split()),
            preserve=timed.preserve if space is None else space == "preserve",
            line_number=line_of(element),
        )

    def _timed(self, element: Element, around: _Around, after: float | None) -> _Around:
        """When an element is shown, given when what it stands in is."""
        begin, end, length = (self._seconds(element, name) for name in ("begin", "end", "dur"))
        if begin is None and end is None and length is None and after is None:
            return around
        zero = 0.0 if self._from_start else after if after is not None else around.begin or 0.0
        default = around.begin or 0.0 if self._from_start else zero
        start = round(default if begin is None else zero + begin, 3)
        stops = [zero + end] if end is not None else []
        stops += [start + length] if length is not None else []
        stop = round(min(stops), 3) if stops else None
        if stop is not None and stop < start:
            remedy = "The element ends before it begins; correct one of the two times."
            raise FormatError(self._source, line_of(element), _shown(element), remedy)
        early = self._from_start and around.begin is not None and start < around.begin
        late = around.end is not None and start >= around.end > (around.begin or 0.0)
        if not (early or late):  # what holds it does not outlast its own time
            known = [time for time in (stop, around.end) if time is not None]
            stop = max(start, min(known)) if known else None
        return replace(around, begin=start, end=stop, astray=around.astray or early or late)

    def _seconds(self, element: Element, name: str) -> float | None:
        text = attribute(element, name)
        return None if text is None else self._clock.seconds(text, element)


def _shown(element: Element) -> str:
    times = ((name, attribute(element, name)) for name in ("begin", "end", "dur"))
    return " ".join(f'{name}="{value}"' for name, value in times if value is not None)


def paragraphs(pieces: Iterable[Piece]) -> list[list[Piece]]:
    """Put the pieces of each paragraph together."""
    return [list(some) for _, some in groupby(pieces, key=lambda piece: piece.paragraph)]
