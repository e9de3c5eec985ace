"""The times of TTML: what "00:00:01:12", "12.5s" and "40000000t" mean in one document.

Clock times may end in a fraction (also after a comma) or in frames; offsets are counted in hours (h), minutes
(m), seconds (s), milliseconds (ms), frames (f) or ticks (t). A bare number is taken for seconds. Frames and
ticks are what the root element says: 30 frames a second without a word from it, one tick a second or, where a
frame rate is given, one a frame. Time code (``timeBase="smpte"``) counts frames, dropped ones included.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from qa.errors import FormatError
from qa.readers.markup import Element

_CLOCK = re.compile(r"(\d{1,5}):(\d{1,2}):(\d{1,2})(?:[.,](\d{1,9})|[:;](\d{1,3})(?:\.(\d{1,3}))?)?")
_MINUTES = re.compile(r"(\d{1,5}):(\d{1,2}(?:[.,]\d{1,9})?)")
_OFFSET = re.compile(r"(\d{1,15}(?:[.,]\d{1,15})?)\s?(h|ms|m|s|f|t)?")
_NUMBER = re.compile(r"\d{1,9}(?:\.\d{1,9})?")
_LONGEST = 1e7  # seconds, a hundred days: beyond it a time is a mistake
_REMEDY = "Write times as '00:01:02.500', '62.5s' or, with a tick rate on the root element, '625000000t'."


def attribute(element: Element, name: str) -> str | None:
    """Return an attribute by its name in whatever namespace; None when it is absent or blank."""
    values = (str(v).strip() for k, v in element.attrib.items() if str(k).rpartition("}")[2] == name)
    return next(filter(None, values), None)


def line_of(element: Element) -> int | None:
    """Return where an element stands in its file, counted from 1; None when the parser does not know."""
    number: object = element.sourceline
    return number if isinstance(number, int) else None


@dataclass(frozen=True, slots=True)
class Clock:
    """How a document counts time.

    Args:
        base: "media", "smpte" or "clock".
        frames: A second, as time code counts them: a whole number or thereabouts.
        multiplier: What a frame rate is multiplied by, 1000/1001 in NTSC.
        sub_frames: A frame.
        ticks: A second.
        drop: Which frames time code leaves out: "dropNTSC", "dropPAL" or "nonDrop".
        source: Named in errors.
    """

    base: str
    frames: float
    multiplier: float
    sub_frames: float
    ticks: float
    drop: str
    source: Path

    @classmethod
    def of(cls, root: Element, source: Path) -> "Clock":
        """Read the parameters of a document from its root element.

        Raises:
            FormatError: If one of them is no number above 0.
        """

        def number(name: str, absent: float) -> float:
            text = attribute(root, name)
            if text is None:
                return absent
            value = float(text) if _NUMBER.fullmatch(text) else 0.0
            if value <= 0:
                raise FormatError(source, line_of(root), f"{name}={text}", f"Make {name} a number above 0.")
            return value

        frames, sub_frames = number("frameRate", 30.0), number("subFrameRate", 1.0)
        multiplier = _multiplier(root, source)
        given = attribute(root, "frameRate") is not None
        ticks = number("tickRate", frames * multiplier * sub_frames if given else 1.0)
        base = (attribute(root, "timeBase") or "media").lower()
        drop = attribute(root, "dropMode") or "nonDrop"
        return cls(base, frames, multiplier, sub_frames, ticks, drop, source)

    def seconds(self, text: str, element: Element) -> float:
        """Return what a time means, in seconds.

        Args:
            text: The value of begin, end or dur.
            element: Its place is named in errors.

        Raises:
            FormatError: If it is no time.
        """
        found = self._of_clock(text)
        if found is None:
            found = self._of_offset(text)
        if found is None or found > _LONGEST:
            raise FormatError(self.source, line_of(element), text, _REMEDY)
        return found

    def _of_clock(self, text: str) -> float | None:
        if short := _MINUTES.fullmatch(text):
            return int(short.group(1)) * 60 + float(short.group(2).replace(",", "."))
        match = _CLOCK.fullmatch(text)
        if match is None or int(match.group(2)) > 59 or int(match.group(3)) > 60:
            return None
        hours, minutes, seconds = (int(part) for part in match.groups()[:3])
        whole = hours * 3600 + minutes * 60 + seconds
        fraction, frames, sub = match.groups()[3:]
        if frames is None and self.base != "smpte":
            return whole + float(f"0.{fraction or 0}")
        counted = float(f"0.{fraction or 0}") * self.frames
        counted += int(frames or 0) + int(sub or 0) / self.sub_frames
        if self.base != "smpte":
            return whole + counted / (self.frames * self.multiplier)
        counted += whole * self.frames - self._dropped(hours, minutes)
        return max(0.0, counted / (self.frames * self.multiplier))

    def _dropped(self, hours: int, minutes: int) -> int:
        """Frames that time code has left out so far, TTML1 section 10.3 on SMPTE time."""
        if self.drop == "dropNTSC":
            return (hours * 54 + minutes - minutes // 10) * 2
        if self.drop == "dropPAL":
            return (hours * 27 + minutes // 2 - minutes // 20) * 4
        return 0

    def _of_offset(self, text: str) -> float | None:
        match = _OFFSET.fullmatch(text)
        if match is None:
            return None
        units = {
            "h": 3600.0,
            "m": 60.0,
            "s": 1.0,
            "ms": 0.001,
            "f": 1 / (self.frames * self.multiplier),
            "t": 1 / self.ticks,
        }
        return float(match.group(1).replace(",", ".")) * units[match.group(2) or "s"]


def _multiplier(root: Element, source: Path) -> float:
    text = attribute(root, "frameRateMultiplier")
    parts = re.split(r"[\s:/]+", text) if text else ["1"]
    numbers = [float(part) for part in parts if _NUMBER.fullmatch(part)]
    if len(numbers) != len(parts) or not 1 <= len(parts) <= 2 or min(numbers) <= 0:
        remedy = "Make frameRateMultiplier two numbers above 0, as in '1000 1001'."
        raise FormatError(source, line_of(root), f"frameRateMultiplier={text}", remedy)
    return numbers[0] / (numbers[1] if len(numbers) == 2 else 1.0)
