"""HTML made of escaped pieces.

`escaped` is the only way in for text that others wrote. Beyond what HTML needs it escapes the characters with
which Gradio's templates begin (dollar, braces, backtick, backslash), so that no layer of the page can take
text for code.
"""

import html
from collections.abc import Iterable, Mapping

_TEMPLATE_CHARACTERS = {ord(character): f"&#{ord(character)};" for character in "${}`\\"}
_AROUND = 320  # characters of a long turn shown on either side of its highlight
_LONG = 900  # characters from which a turn counts as long

Span = tuple[int, int]


def escaped(text: str) -> str:
    """Return text that any HTML element or quoted attribute shows as it is."""
    # A stray surrogate cannot be sent as UTF-8.
    safe = text.encode("utf-8", "replace").decode("utf-8").replace("\0", "\ufffd")
    return html.escape(safe, quote=True).translate(_TEMPLATE_CHARACTERS)


def element(tag: str, content: str = "", **attributes: str | int | float | bool | None) -> str:
    """Return an element around markup that is safe already.

    Args:
        tag: Its name.
        content: Markup, not text.
        attributes: Escaped here; ``class_`` stands for class and ``data_turn`` for data-turn. None and
            False leave an attribute out, True writes it without a value.
    """
    return f"<{tag}{_written(attributes)}>{content}</{tag}>"


def box(**attributes: str | int | float | bool | None) -> str:
    """Return a box to type a line into; attributes as for `element`."""
    return f'<input type="text" dir="auto" autocomplete="off"{_written(attributes)}>'


def _written(attributes: Mapping[str, str | int | float | bool | None]) -> str:
    return "".join(
        f" {_attribute_name(name)}" if value is True else f' {_attribute_name(name)}="{escaped(str(value))}"'
        for name, value in attributes.items()
        if value is not None and value is not False
    )


def _attribute_name(name: str) -> str:
    return name.rstrip("_").replace("_", "-")


def button(label: str, act: str, class_: str = "act", **attributes: str | int | float | bool | None) -> str:
    """Return a button; the page's script carries out ``act`` with the other data attributes."""
    return element("button", escaped(label), type="button", class_=class_, data_act=act, **attributes)


def submit(label: str, act: str, class_: str = "act", **attributes: str | int | float | bool | None) -> str:
    """Return the button that Enter presses in its form; what the form holds goes with the click."""
    return element("button", escaped(label), type="submit", class_=class_, data_act=act, **attributes)


def chooser(name: str, label: str, options: Iterable[tuple[str, str]], chosen: str = "") -> str:
    """Return a labelled select element of (value, text) pairs."""
    items = "".join(
        element("option", escaped(text), value=value, selected=value == chosen) for value, text in options
    )
    return element("label", element("span", escaped(label)) + element("select", items, name=name))


def facts(pieces: Iterable[str | None]) -> str:
    """Return pieces of markup with middle dots between them, the missing ones left out."""
    dot = '<span class="dot" aria-hidden="true"> · </span>'
    # Each by itself: after a title in Arabic or Hebrew the day of a date would be set on its other side.
    return dot.join(f"<bdi>{piece}</bdi>" for piece in pieces if piece)


def marked(text: str, highlight: Span | None) -> str:
    """Return a turn's text with its highlighted sentence in a mark element."""
    if highlight is None:
        return escaped(text)
    start, end = highlight
    return f"{escaped(text[:start])}<mark>{escaped(text[start:end])}</mark>{escaped(text[end:])}"


def clipped(text: str, highlight: Span | None) -> tuple[str, bool]:
    """Return a turn's text with what is far from the highlight folded away, and whether anything is.

    What is folded away is in the markup, in elements of the class "cut".
    """
    if len(text) <= _LONG:
        return marked(text, highlight), False
    start, end = highlight or (0, 0)
    first = _word_start(text, start - _AROUND)
    last = _word_end(text, max(end + _AROUND, first + _LONG // 2))
    if first == 0 and last == len(text):
        return marked(text, highlight), False
    inner = None if highlight is None else (start - first, end - first)
    return _folded(text[:first], "… ", "") + marked(text[first:last], inner) + _folded(
        text[last:], "", " …"
    ), True


def _word_start(text: str, place: int) -> int:
    if place <= 0:
        return 0
    space = text.find(" ", place, place + 40)
    return place if space < 0 else space + 1


def _word_end(text: str, place: int) -> int:
    if place >= len(text):
        return len(text)
    space = text.rfind(" ", place - 40, place)
    return place if space < 0 else space


def _folded(text: str, before: str, after: str) -> str:
    if not text:
        return ""
    return f'<span class="cut">{escaped(text)}</span><span class="ellipsis">{before}{after}</span>'
