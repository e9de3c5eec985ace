"""WebVTT files that were cut from a stream, or joined from its segments.

Each segment opens with ``WEBVTT`` and may say with ``X-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:900000`` where
its times stand on the clock of the stream, which runs at 90 kHz and starts anywhere. A recording starts with
its first segment, so only the difference between segments counts.
"""

import re
from dataclasses import replace

from qa.readers.timing import Block
from qa.types import Remark, RemarkKind

Numbered = list[tuple[int, str]]

_MAP = re.compile(r"X-TIMESTAMP-MAP\s*=\s*(.{1,200})", re.IGNORECASE)
_LOCAL = re.compile(r"LOCAL:(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2}(?:\.\d{1,6})?)", re.IGNORECASE)
_STREAM = re.compile(r"MPEGTS:(\d{1,11})", re.IGNORECASE)
_HERTZ = 90_000
_FIRST_HEADER = 20  # lines among which the map of the first segment stands
_WRAP = 2**33  # the clock of the stream starts again after 26.5 hours


def without_headers(lines: Numbered) -> tuple[Numbered, Numbered]:
    """Take the headers of all segments but the first out of a file.

    Args:
        lines: Every line of the file, numbered.

    Returns:
        The lines that are left, and those that open later headers or hold an ``X-TIMESTAMP-MAP``.
    """
    kept: Numbered = []
    headers: Numbered = []
    inside = False
    after_blank = False
    for number, line in lines:
        bare = line.strip("\ufeff \t")
        if number > 1 and after_blank and re.match(r"WEBVTT(?:\s|$)", bare):
            inside = True
            headers.append((number, bare))
        elif _MAP.match(bare) and (inside or len(kept) < _FIRST_HEADER):
            headers.append((number, bare))
        elif not (inside and bare and "-->" not in bare):
            inside = False
            kept.append((number, line))
        after_blank = not bare
    return kept, headers


def on_one_clock(blocks: list[Block], headers: Numbered) -> tuple[list[Block], list[Remark]]:
    """Move the cues of later segments to where they stand in the stream.

    Args:
        blocks: In the order of the file.
        headers: As ``without_headers`` returns them.

    Returns:
        The cues, and what was assumed of their times.
    """
    remarks = []
    maps = [(number, _offset(line)) for number, line in headers if _MAP.match(line)]
    places = tuple(number for number, _ in maps)
    joined = tuple(number for number, line in headers if not _MAP.match(line))
    if joined:
        message = f"The file is joined from segments of a stream; later headers left out: {len(joined)}."
        remarks.append(Remark(RemarkKind.DROPPED, message, joined))
    offsets = [offset for _, offset in maps]
    if len(set(offsets)) > 1 and joined:
        message = (
            "Times of later segments were moved by the difference between their X-TIMESTAMP-MAP headers."
        )
        remarks.append(Remark(RemarkKind.ASSUMED, message, places))
        return _moved(blocks, maps), remarks
    if any(offsets):
        message = "X-TIMESTAMP-MAP left aside: times count from the start of the file, not of the stream."
        remarks.append(Remark(RemarkKind.ASSUMED, message, places))
    return blocks, remarks


def _offset(line: str) -> int:
    """What the map adds to the times of its segment, in ticks of the stream's clock."""
    local, stream = _LOCAL.search(line), _STREAM.search(line)
    if stream is None:
        return 0
    hours, minutes, seconds = local.groups() if local is not None else ("0", "0", "0")
    here = int(hours or 0) * 3600 + int(minutes) * 60 + float(seconds)
    return int(stream.group(1)) - round(here * _HERTZ)


def _moved(blocks: list[Block], maps: list[tuple[int, int]]) -> list[Block]:
    moved: list[Block] = []
    coming = iter([*maps[1:], (None, 0)])
    until, following = next(coming)
    first = maps[0][1]
    shift = 0.0
    for block in blocks:
        while until is not None and block.line_number > until:
            ticks = (following - first) % _WRAP
            shift = (ticks if ticks < _WRAP // 2 else ticks - _WRAP) / _HERTZ
            until, following = next(coming)
        start, end = (max(0.0, round(time + shift, 3)) for time in (block.start, block.end))
        moved.append(replace(block, start=start, end=end))
    return moved
