"""An event that a question counts time from: "before the vote", "after the earthquake".

What event that is, and when it was, only the transcripts can say; see `qa.retrieval.clues`. Accepts what has
an article, a possessive or a capital. Refuses what only looks like it: "named after the mayor", "to testify
before the committee", "look after the children".
"""

import re
from dataclasses import dataclass

from qa.retrieval.lexical import words

_MOST_WORDS = 8
_EVENT = re.compile(
    r"\b(?P<side>before|prior to|until|till|after|since|following)\s+"
    r"(?P<what>(?:(?:the|his|her|their|its|our|my|your|that|this|an?)\s+)?[^,;:.?!()\"“”]+)",
    re.IGNORECASE,
)
_DETERMINED = re.compile(r"(?:the|his|her|their|its|our|my|your|that|this|an?)\s|\w+['’]s?\s", re.IGNORECASE)
# Where the words about the event end and the question goes on.
_GOES_ON = re.compile(
    r"\s(?:what|who|whom|whose|when|where|why|how|which|did|does|do|is|are|was|were|has|have|had|will|would|can|"
    r"could|should|to|and|or|but|because|so|that|he|she|they|it|we|you|i)\b.*",
    re.IGNORECASE | re.DOTALL,
)
_OTHER_SENSE = re.compile(
    r"\b(?:look(?:s|ed|ing)?|tak(?:e|es|ing)|took|named|call(?:ed)?|go(?:es|ing)?|went|run(?:s|ning)?|ran|"
    r"ask(?:s|ed|ing)?|inquire[sd]?|ever)\s+$",
    re.IGNORECASE,
)
_PLACES = re.compile(
    r"\b(?:committee|court|judge|board|panel|council|house|senate|jury|commission|camera|inquiry)$",
    re.IGNORECASE,
)
_NO_EVENT = re.compile(
    r"^(?:(?:the|that|this)\s+)?(?:fact|same|other|others|rest|future|past|first|last|next|one|time|end|way)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Event:
    """An event, and on which side of it what is looked for was said.

    Args:
        start: Offset in the question.
        end: Offset of its end.
        before: Whether before it; otherwise after it.
        what: The words for it.
    """

    start: int
    end: int
    before: bool
    what: str

    def __str__(self) -> str:
        return f"{'before' if self.before else 'after'}: {self.what}"


def event_in(question: str) -> Event | None:
    """Return the first event that a question counts from; None when it counts from none."""
    for match in _EVENT.finditer(question):
        what = " ".join(_GOES_ON.sub("", match["what"]).split()[:_MOST_WORDS])
        determined = _DETERMINED.match(what + " ") is not None or what[:1].isupper()
        other = _OTHER_SENSE.search(question[: match.start()]) is not None
        before = match["side"].lower() in {"before", "prior to", "until", "till"}
        if not determined or other or _NO_EVENT.match(what) or not words(what):
            continue
        if before and _PLACES.search(what):
            continue
        return Event(match.start(), match.start("what") + len(match["what"]), before, what)
    return None
