r"""SubStation Alpha captions (.ass, .ssa).

::

    Dialogue: 0,0:00:01.00,0:00:03.00,Default,Ana,0,0,0,,Hello.

The line ``Format:`` below ``[Events]`` says which field is which; the last holds the words, commas and all.
The field ``Name`` (``Actor``) is the speaker. ``{\i1}`` and other overrides go, ``\N`` is a new line.
Drawings and comments are left out. Lines may stand in any order: their times decide. Refuses a line whose
times cannot be read or run backwards, and a file without words.
"""

import re
from pathlib import Path

from qa.errors import FormatError
from qa.readers.caption import Caption
from qa.readers.captions import spoken_captions
from qa.readers.payloads import Line, plain
from qa.readers.spacing import tidy
from qa.readers.stamped import seconds
from qa.types import Reading, Remark, RemarkKind, TimeKind

FORMAT = "substation"

_EVENTS = re.compile(r"^\[Events\]\s*$", re.MULTILINE | re.IGNORECASE)
_DIALOGUE = re.compile(r"^Dialogue:", re.MULTILINE)
_TITLE = re.compile(r"^Title:[ \t]*(.*)$", re.MULTILINE)
_STAMP = re.compile(r"\d{1,3}:\d{1,2}:\d{2}[.,]\d{1,3}")
_OVERRIDE = re.compile(r"\{[^{}]{0,400}\}")
_DRAWING = re.compile(r"\{[^{}]{0,400}\\p[1-9]")
_BREAK = re.compile(r"\\[Nn]")
_USUAL = ("layer", "start", "end", "style", "name", "marginl", "marginr", "marginv", "effect", "text")
_UNNAMED = frozenset(
    {"", "default", "main dialogue", "<untitled>"}
)  # what editors write where nobody is named


def recognises(head: str) -> str | None:
    """Say why a text is SubStation Alpha: a part for events, or lines of dialogue with two times."""
    if _EVENTS.search(head) and _DIALOGUE.search(head):
        return "lines of dialogue stand below [Events]"
    return None


def parse(text: str, source: Path) -> Reading:
    """Read the text of a SubStation Alpha file.

    Args:
        text: The whole file; lines end in a line feed.
        source: Named in errors, never opened.

    Raises:
        FormatError: If a time cannot be read, a line ends before it starts, or nobody says anything.
    """
    fields: tuple[str, ...] = _USUAL
    captions: list[Caption] = []
    left_out: list[int] = []
    for number, line in enumerate(text.split("\n"), start=1):
        kind, _, rest = line.partition(":")
        if kind == "Format" and "text" in (named := [name.strip().casefold() for name in rest.split(",")]):
            fields = tuple(named)
        elif kind == "Dialogue":
            caption = _caption(rest, fields, number, line, source)
            if caption is None:
                left_out.append(number)
            else:
                captions.append(caption)
        elif kind == "Comment":
            left_out.append(number)
    said = spoken_captions(captions)
    if not said.turns:
        raise FormatError(source, None, None, "No line of dialogue has words. Export the captions again.")
    title = _TITLE.search(text)
    message = f"Comments and drawings left out: {len(left_out)}."
    dropped = [Remark(RemarkKind.DROPPED, message, tuple(left_out))] if left_out else []
    return Reading(
        FORMAT,
        said.turns,
        TimeKind.MEDIA,
        title=_given_title(tidy(title.group(1))) if title else None,
        notes=said.notes,
        remarks=(*dropped, *said.remarks),
    )


def _given_title(written: str) -> str | None:
    """A title that somebody gave; editors write one of their own."""
    return None if written.casefold() in {"", "untitled", "<untitled>", "default aegisub file"} else written


def _caption(rest: str, fields: tuple[str, ...], number: int, line: str, source: Path) -> Caption | None:
    """One line of dialogue; None for a drawing."""
    values = dict(zip(fields, rest.split(",", len(fields) - 1), strict=False))
    start, end = (_time(values.get(name, "")) for name in ("start", "end"))
    if start is None or end is None:
        remedy = "Write the times as '0:00:01.00,0:00:03.50', in the fields that the line Format names."
        raise FormatError(source, number, line, remedy)
    if end < start:
        raise FormatError(source, number, line, "The line ends before it starts; correct one of its times.")
    words = values.get("text", "")
    if _DRAWING.search(words):
        return None
    name = tidy(values.get("name", values.get("actor", "")))
    voice = None if name.casefold() in _UNNAMED else name
    shown = [plain(part) for part in _BREAK.split(_OVERRIDE.sub("", words).replace("\\h", " "))]
    return Caption(start, end, tuple(Line(part, voice) for part in shown if part), number)


def _time(stamp: str) -> float | None:
    bare = stamp.strip()
    return seconds(bare) if _STAMP.fullmatch(bare) else None
