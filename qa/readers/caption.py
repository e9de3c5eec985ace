"""A caption: some lines that stand on the screen together, before it is known who says them."""

from dataclasses import dataclass

from qa.readers.payloads import Line, lines_of
from qa.readers.timing import Block


@dataclass(frozen=True, slots=True)
class Caption:
    """What a caption format shows from one moment to another.

    Args:
        start: Seconds.
        end: Seconds; not before start.
        lines: In order; empty when the caption has no words.
        line_number: Where it stands in the file; None in formats without lines.
        led: Whether a blank line stands above the lines.
    """

    start: float
    end: float
    lines: tuple[Line, ...]
    line_number: int | None = None
    led: bool = False

    def with_lines(self, lines: tuple[Line, ...]) -> "Caption":
        """Return the same caption with other lines."""
        return Caption(self.start, self.end, lines, self.line_number, self.led)


def caption_of(block: Block) -> Caption:
    """Read the payload of a cue of WebVTT or SubRip; an id that names somebody is as good as a voice tag."""
    lines = lines_of(block.lines)
    if block.speaker == "" and lines:  # somebody unknown, who is not whoever spoke before
        lines[0] = lines[0]._replace(opens=True)
    elif block.speaker:
        prefix = f"{block.speaker}: "
        lines = [
            line._replace(text=line.text.removeprefix(prefix), voice=line.voice or block.speaker)
            for line in lines
        ]
    return Caption(block.start, block.end, tuple(lines), block.line_number, block.led)
