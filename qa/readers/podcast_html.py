"""Podcasting 2.0 HTML: ``<cite>Kevin:</cite><time>0:00</time><p>…</p>`` again and again.

What follows a name and a time is one turn, paragraph by paragraph, until the next name or time; it has no
end. A time without a name belongs to the speaker before it, marked as inferred; a name without a time is a
turn without one. The title is that of the page, or its first heading. Menus, scripts and what stands before
the first name or time are left out. Refuses a page none of whose times can be read.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from qa.errors import FormatError
from qa.readers.markup import Element, local_name
from qa.readers.recogniser import Notices, out_of_order, speech
from qa.readers.spacing import distinct, tidy
from qa.types import Reading, RemarkKind, TimeKind, Turn

FORMAT = "podcast-html"

_CLOCK = re.compile(r"[(\[]?(?:(\d{1,3}):)?(\d{1,4}):([0-5]\d)(?:[.,](\d{1,3})\d{0,6})?[)\]]?")
_UNSPOKEN = frozenset({"script", "style", "nav", "header", "footer", "aside", "form", "button", "template"})
_HEADINGS = frozenset({"title", "h1", "h2", "h3", "h4", "h5", "h6"})
_BLOCKS = frozenset({"p", "div", "li", "blockquote", "section", "article", "br", "ul", "ol", "tr", "td"})
_SILENT = frozenset({"script", "style", "template"})
_SPECIAL = _UNSPOKEN | _HEADINGS | {"cite", "time"}
_BESIDE = "Text outside the transcript left out"
_UNTIMED = "None of its times can be read. Write them as '0:53' or '1:02:03'."


def recognises(root: Element) -> str | None:
    """Say why a page is in this format: a name in <cite> or a clock time in <time> leads a paragraph."""
    before: list[str] = []
    for element in root.iter("cite", "time", "p"):
        name = local_name(element)
        if name == "cite":
            before = ["cite:" if _words(element).endswith(":") else "cite"]
        elif name == "time":
            before = [*before[-1:], "time"] if _CLOCK.fullmatch(_words(element)) else []
        elif before[-1:] == ["time"]:
            return "a paragraph follows a clock time in <time>"
        elif before == ["cite:"]:
            return "a paragraph follows a name and a colon in <cite>"
        else:
            before = []
    return None


def parse(root: Element, source: Path) -> Reading:
    """Read the page.

    Args:
        root: As ``recognises`` accepts it.
        source: Named in errors, never opened.

    Raises:
        FormatError: If it has times and none can be read.
    """
    page = _Page()
    for kind, text, line in _parts(root):
        page.take(kind, text, line)
    turns = tuple(page.turns())
    timed = any(turn.start is not None for turn in turns)
    if turns and not timed and page.unread:
        raise FormatError(source, *page.unread, _UNTIMED)
    return Reading(
        FORMAT,
        turns,
        TimeKind.MEDIA if timed else TimeKind.NONE,
        title=page.title,
        notes=distinct(page.notes),
        remarks=(*page.notices.remarks(), *out_of_order(turns)),
    )


class _Page:
    """What has been read of a page so far."""

    def __init__(self) -> None:
        self.title: str | None = None
        self.notes: list[str] = []
        self.notices = Notices("line")
        self.unread: tuple[int, str] | None = None
        self._begun = False
        self._speaker: str | None = None
        self._start: float | None = None
        self._carried_at: int | None = None  # the line of a time without a name, after somebody else's
        self._named = False  # a name stands before the next time
        self._paragraphs: list[str] = []
        self._open: list[str] = []  # pieces of the paragraph being read
        self._turns: list[Turn] = []

    def take(self, kind: str, text: str, line: int) -> None:
        """Take the next part of the page."""
        if kind == "cite":
            self._take_name(text)
        elif kind == "time":
            self._take_time(text, line)
        elif kind == "break":
            self._close_paragraph()
        elif kind == "text" and self._begun:
            self._open.append(text)
        elif kind == "heading" and self.title is None:
            self.title = text
        elif tidy(text) and text != self.title:
            self.notices.add(RemarkKind.DROPPED, _BESIDE, line)

    def turns(self) -> list[Turn]:
        """Return the turns of the whole page."""
        self._begin()
        return self._turns

    def _take_name(self, text: str) -> None:
        if self._has_words():
            self._begin()
        self._speaker = text.rstrip(":： ").strip() or None
        self._begun, self._named, self._carried_at = True, True, None

    def _take_time(self, text: str, line: int) -> None:
        match = _CLOCK.fullmatch(text)
        if match is None:
            self.notices.add(RemarkKind.DROPPED, "Times that cannot be read left out", line)
            self.unread = self.unread or (line, text)
        if not self._named:
            self._begin()
            self._carried_at = None if self._speaker is None else line
        self._begun, self._named = True, False
        self._start = None if match is None else _seconds(match)

    def _has_words(self) -> bool:
        return bool(self._paragraphs) or any(map(tidy, self._open))

    def _close_paragraph(self) -> None:
        if words := tidy("".join(self._open)):
            self._paragraphs.append(words)
            self._named = False
        self._open.clear()

    def _begin(self) -> None:
        """Close the turn being read."""
        self._close_paragraph()
        kept: list[str] = []
        found: list[str] = []
        for paragraph in self._paragraphs:
            words, notes = speech(paragraph)
            found.extend(notes)
            kept.extend([words] if words else [])
        if kept:
            text = "\n".join(kept)
            inferred = self._carried_at is not None
            self._turns.append(Turn(text, self._speaker, None, self._start, None, inferred, tuple(found)))
            if self._carried_at is not None:
                what = "Times without a name, given to the speaker before them"
                self.notices.add(RemarkKind.INFERRED, what, self._carried_at)
        else:
            self.notes.extend(found)
        self._paragraphs.clear()
        self._start = self._carried_at = None


def _parts(root: Element) -> Iterator[tuple[str, str, int]]:
    """The page in order: names, times, headings, pieces of text, and the breaks between paragraphs."""
    passed: Element | None = None  # the element whose inside is already taken
    for event, element in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        name, line = local_name(element), element.sourceline or 0
        if event == "start":
            if passed is None and name in _SPECIAL:
                passed = element
                yield _special(name), _words(element), line
            elif passed is None:
                yield from _pieces(name, element.text, line, before=True)
            continue
        if element is passed:
            passed = None
        if passed is None:
            yield from _pieces(name, element.tail, line, before=False)


def _pieces(name: str, text: str | None, line: int, *, before: bool) -> Iterator[tuple[str, str, int]]:
    """What a tag brings: a break where it is that of a block, and the text after it."""
    if name in _BLOCKS and (name != "br" or before):
        yield "break", "", line
    if text:
        yield "text", text, line


def _special(name: str) -> str:
    if name in _HEADINGS:
        return "heading"
    return name if name in ("cite", "time") else "unspoken"


def _words(element: Element) -> str:
    """The words inside an element; none inside a script."""
    if local_name(element) in _SILENT:
        return ""
    return tidy("".join(map(str, element.itertext())))


def _seconds(match: re.Match[str]) -> float:
    hours, minutes, seconds, fraction = match.groups()
    whole = int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)
    return whole + int((fraction or "0").ljust(3, "0")) / 1000
