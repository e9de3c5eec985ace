"""What one speech holds in XML: paragraphs, stage directions, and speeches inside it.

Spaces between tokens (``<w>``, ``<pc>``) are rebuilt from ``@join`` where a document uses it, because the
line breaks between tokens are then only layout. Comments and processing instructions are no words; an entity
that a file defines itself is kept as it is written, unexpanded.
"""

from dataclasses import dataclass, field, replace

from lxml import etree

from qa.readers.directions import split_directions
from qa.readers.markup import Element, local_name
from qa.readers.spacing import tidy

_STRING = etree.XPath("string()")
_TOKENS = frozenset({"w", "pc"})
_CLOSING = frozenset(".,;:?!…)]}”’»%")
_CELLS = frozenset({"td", "th", "cell"})
_SAID = ("sic", "orig", "abbr")  # of what an editor offers, the form that was said or written first


@dataclass(frozen=True, slots=True)
class Rules:
    """What the elements of a format mean inside a speech.

    Args:
        blocks: Paragraphs of their own.
        notes: Stage directions and remarks of the editor.
        skipped: Neither words nor notes.
        speeches: Somebody else's words inside a speech.
        joined: Whether spaces between tokens come from ``@join`` rather than from the white space.
        minified: Whether neither gives them, so that they stand between all tokens but before punctuation.
    """

    blocks: frozenset[str]
    notes: frozenset[str]
    skipped: frozenset[str]
    speeches: frozenset[str]
    joined: bool = False
    minified: bool = False


@dataclass(slots=True)
class Speech:
    """What a speech holds.

    Args:
        paragraphs: Its words, tidied, in order; none is blank.
        notes: Stage directions in order.
        inner: Elements of speeches inside it, whose words are not in its paragraphs.
        marks: Points of the timeline named inside it.
    """

    paragraphs: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    inner: list[Element] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)


def text_of(element: Element) -> str:
    """Return all words inside an element on one line."""
    return tidy(str(_STRING(element)))


def line_of(element: Element) -> int:
    """Return the line that an element starts in; 0 when it is not known."""
    line = element.sourceline
    return line if isinstance(line, int) else 0


def note_of(element: Element) -> str:
    """Return a stage direction as written, or what the attributes of an empty one say; "" when nothing."""
    name, words = local_name(element), text_of(element)
    if words and name != "gap":
        return words
    told = words or tidy(element.get("reason") or element.get("type") or element.get("n") or "")
    return f"({name}: {told})" if told else f"({name})"


def with_spacing(rules: Rules, root: Element) -> Rules:
    """Return the rules with what a document says of the spaces between its tokens."""
    tokens = spaced = 0
    for token in root.iter("{*}w", "{*}pc"):
        if token.get("join") is not None:
            return replace(rules, joined=True)
        tokens += 1
        spaced += any(c.isspace() for c in (token.tail or "") + (token.text or ""))
    minified = tokens > 1 and not spaced
    return replace(rules, joined=minified, minified=minified)


def gather(element: Element, rules: Rules) -> Speech:
    """Collect what a speech holds.

    Args:
        element: The speech.
        rules: Of the format.
    """
    collector = _Collector(rules)
    collector.add(element, inline=False)
    collector.end_paragraph(last=True)
    return collector.speech


class _Collector:
    """Walks one speech and keeps the paragraph that is being read."""

    def __init__(self, rules: Rules) -> None:
        self.speech = Speech()
        self._rules = rules
        self._pieces: list[str] = []
        self._after_token = self._glued = self._held = False

    def add(self, parent: Element, *, inline: bool) -> None:
        """Add what stands inside an element; ``inline`` when its blocks must not break a paragraph."""
        mixed = bool((parent.text or "").strip()) or any((child.tail or "").strip() for child in parent)
        self._add_text(parent.text)
        for child in parent:
            self._add_child(child, inline=inline, mixed=mixed)
            self._add_text(child.tail)

    def end_paragraph(self, *, last: bool = False) -> None:
        """Close the paragraph; a number at its start ("(a)") keeps it open for the block that follows."""
        if self._held and not last:
            self._held = False
            return
        self._held = False
        words, notes = split_directions(tidy("".join(self._pieces)), trailing=False)
        self._pieces = []
        self._after_token = self._glued = False
        self.speech.notes.extend(notes)
        if words:
            self.speech.paragraphs.append(words)

    def _add_text(self, text: str | None) -> None:
        if text and not (self._rules.joined and self._after_token and text.isspace()):
            self._pieces.append(text)
            self._after_token = False
            self._held = self._held and text.isspace()

    def _add_child(self, child: Element, *, inline: bool, mixed: bool) -> None:
        name, rules = local_name(child), self._rules
        if not name:
            self._add_text(child.text if isinstance(child, etree._Entity) else None)
        elif name in rules.notes:
            self.speech.notes.append(note_of(child))
        elif name in rules.speeches:
            self.speech.inner.append(child)
        elif name in _TOKENS:
            self._add_token(child, name)
        elif name == "choice":
            self._add_choice(child, inline=inline)
        elif name not in rules.skipped:
            self._add_element(child, name, inline=inline, mixed=mixed)

    def _add_element(self, child: Element, name: str, *, inline: bool, mixed: bool) -> None:
        if name == "anchor":
            self.speech.marks.append(child.get("synch") or "")
        elif name in {"lb", "pb", "cb", "br", "eol", "eop"}:
            self._add_text(" " if child.get("break") != "no" else None)
        elif name in _CELLS:
            self._add_text(" | " if tidy("".join(self._pieces[-3:])) else None)
            self.add(child, inline=True)
        elif name in self._rules.blocks and not inline and not (mixed and name == "seg"):
            self.end_paragraph()
            self.add(child, inline=False)
            self.end_paragraph(last=True)
        else:
            apart = name == "s" or name in self._rules.blocks
            self._add_text(" " if apart else None)
            self.add(child, inline=inline or mixed)
            self._add_text(" " if apart or name == "num" else None)
            self._held = name == "num"

    def _add_token(self, token: Element, name: str) -> None:
        self.speech.marks.extend(mark for anchor in token.iter("{*}anchor") if (mark := anchor.get("synch")))
        word, join = tidy(str(_STRING(token))), token.get("join") or ""
        if not word:
            return
        if not self._rules.joined:
            if name == "pc" and word[0] in _CLOSING:
                while self._pieces and self._pieces[-1].isspace():
                    self._pieces.pop()
            self._pieces.append(str(_STRING(token)))
            return
        closes = self._rules.minified and name == "pc" and word[0] in _CLOSING
        apart = not (self._glued or join in {"left", "both"} or closes)
        self._pieces.append(f" {word}" if apart else word)
        self._after_token, self._glued = True, join in {"right", "both"}

    def _add_choice(self, choice: Element, *, inline: bool) -> None:
        """Add one of the forms that an editor offers: the one that was said, otherwise the first."""
        forms = [child for child in choice if local_name(child)]
        said = [child for child in forms if local_name(child) in _SAID] or forms
        if said:
            self.add(said[0], inline=inline)
