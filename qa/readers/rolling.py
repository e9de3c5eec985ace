"""Captions that show a line more than once, although it is said once.

Automatic captions of YouTube build a line word by word, freeze it for 10 ms and carry it over as the top
line of the next cue; converters to SubRip drop the times of the words and keep the repeats. Segments of a
stream repeat the cue that crosses their border. Whisper can write a cue for each word, with the whole
sentence in it and the word underlined.

Only exact repeats of whole lines are dropped, and only where the file shows one of these habits: people do
say a thing twice.
"""

from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

from qa.readers.caption import Caption
from qa.types import Remark, RemarkKind

_FREEZE = 0.05  # seconds; nobody says a line in less
_SCREEN = 4  # lines that can stand on the screen together
# In a file whose words carry no times, repeats are a habit when there are this many or this large a share.
_ENOUGH = 3
_RARE = 1 / 6
_MOST = 0.6


def without_repeats(captions: list[Caption]) -> tuple[list[Caption], list[Remark]]:
    """Leave out what captions show again.

    Args:
        captions: In the order of the file.

    Returns:
        As many captions, some of them without lines, and what was left out.
    """
    captions, copies = _without_copies(captions)
    captions, underlined = _without_underlines(captions)
    captions, repeats = _without_carried(captions)
    remarks = [
        _remark("Cues that repeat a cue before them, times and words, left out: {}.", copies),
        _remark(
            "Cues that repeat the words of the cue before them with another one underlined: {}.", underlined
        ),
        _remark("Rolling captions: lines dropped because they repeat the line before: {}.", repeats),
    ]
    return captions, [remark for remark in remarks if remark]


class Dropped(NamedTuple):
    """How many repeats were left out, and where."""

    total: int
    lines: tuple[int, ...]


def _remark(message: str, dropped: Dropped) -> Remark | None:
    return (
        Remark(RemarkKind.COLLAPSED, message.format(dropped.total), dropped.lines) if dropped.total else None
    )


def _dropped(captions: list[Caption], counts: list[int]) -> Dropped:
    places = (c.line_number for c, count in zip(captions, counts, strict=True) if count and c.line_number)
    return Dropped(sum(counts), tuple(places))


def _without_copies(captions: list[Caption]) -> tuple[list[Caption], Dropped]:
    """Empty captions that equal one of the two before them, times included."""
    counts = [0] * len(captions)
    kept = list(captions)
    for i, caption in enumerate(captions):
        earlier = captions[max(0, i - 2) : i]
        if caption.lines and any(_same(caption, other) for other in earlier):
            kept[i] = caption.with_lines(())
            counts[i] = 1
    return kept, _dropped(captions, counts)


def _same(one: Caption, other: Caption) -> bool:
    return one.start == other.start and one.end == other.end and one.lines == other.lines


def _without_underlines(captions: list[Caption]) -> tuple[list[Caption], Dropped]:
    """Join captions that differ in the underlined word alone."""
    counts = [0] * len(captions)
    if not any(line.marked for caption in captions for line in caption.lines):
        return captions, Dropped(0, ())
    kept: list[Caption] = []
    first = -1
    for i, caption in enumerate(captions):
        before = kept[first] if first >= 0 else None
        marked = before is not None and (_is_marked(caption) or _is_marked(captions[i - 1]))
        if before is not None and marked and _texts(before) == _texts(caption) and caption.lines:
            kept[first] = replace(before, end=max(before.end, caption.end))
            kept.append(caption.with_lines(()))
            counts[i] = 1
        else:
            kept.append(caption)
            first = i
    return kept, _dropped(captions, counts)


def _is_marked(caption: Caption) -> bool:
    return any(line.marked for line in caption.lines)


def _texts(caption: Caption) -> list[str]:
    return [line.text for line in caption.lines]


def _is_rolling(captions: list[Caption], counts: list[int]) -> bool:
    """Judge by what each habit leaves behind: words with times, frozen cues, most top lines carried over."""
    if any(line.timed for caption in captions for line in caption.lines):
        return True
    worded = [(caption, n) for caption, n in zip(captions, counts, strict=True) if caption.lines]
    freezes = sum(
        n == len(caption.lines) and _is_freeze(caption) and caption.start - before.end <= _FREEZE
        for (before, _), (caption, n) in pairwise(worded)
    )
    if freezes and (freezes >= _ENOUGH or freezes >= _RARE * len(worded)):
        return True
    carried = [n > 0 for caption, n in worded if len(caption.lines) > 1]
    return sum(carried) >= _ENOUGH and sum(carried) >= _MOST * len(carried)


def _is_freeze(caption: Caption) -> bool:
    return caption.end - caption.start <= _FREEZE


def _without_carried(captions: list[Caption]) -> tuple[list[Caption], Dropped]:
    """Drop the lines at the top of each caption that are the last lines kept, if the file rolls."""
    counts = []
    shown: list[str] = []
    for caption in captions:
        counts.append(_carried(caption, shown) if caption.lines and caption.lines[0].text in shown else 0)
        shown = [*shown, *_texts(caption)[counts[-1] :]][-_SCREEN:]
    if not any(counts) or not _is_rolling(captions, counts):
        return captions, Dropped(0, ())
    kept = [
        caption.with_lines(caption.lines[count:]) if count else caption
        for caption, count in zip(captions, counts, strict=True)
    ]
    return kept, _dropped(captions, counts)


def _carried(caption: Caption, shown: list[str]) -> int:
    """How many lines of a caption stood on the screen before it."""
    texts = _texts(caption)
    fresh = next((i for i, line in enumerate(caption.lines) if line.timed), len(texts))
    if not _is_freeze(caption):
        # A line said twice stands under itself; a line that starts afresh has a blank one above it.
        twice = len(texts) > 1 and len(set(texts)) == 1
        fresh = 0 if caption.led else min(fresh, len(texts) - 1) if twice else fresh
    longest = min(fresh, len(shown))
    return next((n for n in range(longest, 0, -1) if shown[-n:] == texts[:n]), 0)
