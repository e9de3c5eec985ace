"""Headers of Zoom chat copied from its window: ``From Ana to Everyone: (12:20 PM)``, the words below.

Accepts clocks of 12 and 24 hours, brackets around the time or none, and words behind it on the same line.
"""

import re
from typing import NamedTuple

from qa.readers.spacing import tidy

_HEADER = re.compile(
    r"From\s{1,4}(?P<speaker>\S.{0,200}?)\s{1,4}to\s{1,4}(?P<to>\S.{0,200}?)\s?:\s{0,4}"
    r"(?P<private>\((?:privately|direct message)\)\s{0,4})?"
    r"\(?(?P<hour>\d{1,2}):(?P<minute>[0-5]\d)(?:\s?(?P<half>[AP])\.?M\b\.?)?\)?(?P<words>.*)",
    re.IGNORECASE,
)


class Header(NamedTuple):
    """Who wrote to whom, when in seconds since midnight, and the words on the same line."""

    seconds: int
    speaker: str
    recipient: str
    words: str


def read_header(line: str) -> Header | None:
    """Take a header apart; None for any other line."""
    match = _HEADER.match(line.strip()) if line.lstrip().startswith("From") else None
    if match is None or int(match["hour"]) > 23:
        return None
    hour = int(match["hour"])
    if match["half"] and hour <= 12:
        hour = hour % 12 + (12 if match["half"] in "Pp" else 0)
    recipient = tidy(match["to"] + (" (Privately)" if match["private"] else ""))
    return Header(
        hour * 3600 + int(match["minute"]) * 60, tidy(match["speaker"]), recipient, tidy(match["words"])
    )
