"""YouTube captions in XML, as yt-dlp saves them: srv1, srv2 and srv3.

srv1 has times in seconds, the other two in milliseconds; in srv3 words may stand in ``<s>`` of their own::

    <transcript><text start="1.2" dur="3">hello all</text></transcript>
    <timedtext format="3"><body><p t="1200" d="3000"><s>hello</s><s t="400"> all</s></p></body></timedtext>

Everything else is as in ``youtube``: a caption ends where the next one begins, what is appended to a window
counts where it says something new, nobody is named unless the words do it. Refuses a caption without a start,
times it cannot read, and a document without words.
"""

import html
import math
from pathlib import Path

from qa.errors import FormatError
from qa.readers.caption import Caption
from qa.readers.captions import spoken_captions
from qa.readers.marked_speech import line_of
from qa.readers.markup import Element, local_name
from qa.readers.payloads import plain
from qa.readers.youtube import captions_in, repeats, without_overlaps
from qa.types import Reading, Remark, RemarkKind, TimeKind

FORMAT = "timedtext"

_ROOTS = frozenset({"transcript", "timedtext"})
_SHOWN = frozenset({"text", "p"})
_LONGEST = 1e7  # seconds, four months; a larger time is in another unit


def recognises(root: Element) -> str | None:
    """Say why a document is captions of YouTube."""
    name = local_name(root)
    shown = name in _ROOTS and any(_is_shown(element) for element in root.iter())
    return f"the document is <{name}> with timed captions, as YouTube has them" if shown else None


def parse(root: Element, source: Path) -> Reading:
    """Read the root of a document of captions.

    Args:
        root: As ``recognises`` accepts it.
        source: Named in errors, never opened.

    Raises:
        FormatError: If a time is missing or cannot be read, or no caption has words.
    """
    remarks: list[Remark] = []
    captions: list[Caption] = []
    repeated: list[int] = []
    for element in root.iter():
        if local_name(element) not in _SHOWN:
            continue
        segments = _segments(element, source)
        words = plain("".join(text for text, _ in segments))
        if not words:
            continue
        appended = "1" in (element.get("a"), element.get("append"))
        if appended and captions and repeats(words, captions[-1]):
            repeated.append(line_of(element))
        else:
            captions.extend(_captions(element, segments, source))
    if repeated:
        message = f"Appended captions that repeat the words before them: {len(repeated)}."
        remarks.append(Remark(RemarkKind.COLLAPSED, message, tuple(repeated)))
    said = spoken_captions(without_overlaps(captions, remarks))
    if not said.turns:
        remedy = "No caption has words. Download the captions again, with their text."
        raise FormatError(source, None, None, remedy)
    return Reading(FORMAT, said.turns, TimeKind.MEDIA, notes=said.notes, remarks=(*remarks, *said.remarks))


def _is_shown(element: Element) -> bool:
    return local_name(element) in _SHOWN and ("start" in element.attrib or "t" in element.attrib)


def _captions(element: Element, segments: list[tuple[str, float]], source: Path) -> list[Caption]:
    """The captions of one element: one, or more where somebody new begins inside it."""
    start, duration = _time(element, "start", "t", source), _time(element, "dur", "d", source)
    if start is None:
        raise FormatError(source, line_of(element) or None, None, "A caption has no time. Download it again.")
    return list(captions_in(segments, start, math.inf if duration is None else start + duration))


def _segments(element: Element, source: Path) -> list[tuple[str, float]]:
    """The words of a caption, each with its seconds after the start; entities were written twice over."""
    found = [(html.unescape(element.text or ""), 0.0)]
    for child in element:
        if not local_name(child):
            continue
        text = "\n" if local_name(child) == "br" else "".join(map(str, child.itertext()))
        found.append((html.unescape(text), _time(child, "", "t", source) or 0.0))
        found.append((html.unescape(child.tail or ""), 0.0))
    return found


def _time(element: Element, seconds: str, milliseconds: str, source: Path) -> float | None:
    """A time in seconds from whichever of two attributes is there; None when neither is."""
    written, unit = element.get(seconds) if seconds else None, 1
    if written is None:
        written, unit = element.get(milliseconds), 1000
    if written is None:
        return None
    try:
        value = float(written) / unit
    except ValueError:
        value = math.nan
    if not 0 <= value <= _LONGEST:
        remedy = f"The time {written!r} should be a number of at least 0. Download the captions again."
        raise FormatError(source, line_of(element) or None, None, remedy)
    return value
