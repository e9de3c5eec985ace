"""What the user could mend in a transcript: labels without a name, two spellings of one name, the opening.

Suggestions are only that: two people may well be called Anna Berg and Anne Berg.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from qa.corrections import opening_end
from qa.types import Turn

EXAMPLE = "Ana Lopez"  # whose name stands for the one that the user knows

_MOST_NAMED = 20  # labels, and pairs of names; a meeting with more strangers is a crowd
# "SPEAKER_00", "Speaker 1", "spk_0", "Unknown Speaker", "Participant B", and "A" as AssemblyAI writes it.
_GENERIC = re.compile(
    r"(?:unknown|unidentified|unnamed)?[ _-]?(?:speaker|spkr?|participant|voice|channel|guest|user|person)"
    r"[ _-]?#?(?:\d{1,4}|[A-Z])?|unknown|unidentified|[A-Z]",
    re.IGNORECASE,
)
_SHORTEST_SPELLING = 6  # letters from which a difference of one is more likely a slip than another name
_LONGEST_SPELLING = 60


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Something that the user could mend.

    Args:
        kind: "name" someone who has only a label, "merge" two spellings of a name, or say who holds the
            "opening".
        message: A sentence.
        speakers: Whom it is about; for "merge" first the spelling to give up, then the one to keep.
        option: The option of the command line that does it.
    """

    kind: Literal["name", "merge", "opening"]
    message: str
    speakers: tuple[str, ...]
    option: str


def is_unlabelled(turn: Turn) -> bool:
    """Say whether a turn has neither a speaker nor a role."""
    return turn.speaker is None and turn.role is None


def is_generic(name: str) -> bool:
    """Say whether a name is only a label, such as "SPEAKER_00", "Speaker 1", "spk_0" or "Unknown"."""
    return _GENERIC.fullmatch(name.strip()) is not None


def suggest(turns: Sequence[Turn], names: Sequence[str]) -> Iterator[Suggestion]:
    """Suggest what to mend in a transcript.

    Args:
        turns: All of them.
        names: Who speaks in them, each once, whoever speaks most first.
    """
    yield from _opening(turns)
    yield from _to_name(names)
    yield from _to_merge(names)


def _opening(turns: Sequence[Turn]) -> Iterator[Suggestion]:
    """Suggest to say who speaks first, when that was worked out or is open while others are named."""
    end = opening_end(turns)
    if not end or all(map(is_unlabelled, turns)):
        return
    first = turns[0]
    if first.speaker is None:
        message = "Nobody is named for the opening."
    else:
        message = f"The opening was given to {first.speaker}; the file does not say who speaks there."
    speakers = (first.speaker,) if first.speaker else ()
    yield Suggestion("opening", message, speakers, f"--opening {quoted(EXAMPLE)}")


def _to_name(names: Sequence[str]) -> Iterator[Suggestion]:
    labels = [name for name in names if is_generic(name)]
    for label in labels[:_MOST_NAMED]:
        option = f"--rename {quoted(f'{label}={EXAMPLE}')}"
        yield Suggestion("name", f"{label} is a label, not a name.", (label,), option)


def quoted(text: str) -> str:
    """Quote a text for a shell, always, so that every example looks alike."""
    return "'" + text.replace("'", "'\\''") + "'"


def alike(speakers: Sequence[str]) -> list[tuple[str, str]]:
    """Find names of one transcript that may be one person's: two spellings, or "Ana" and one "Ana Lopez".

    Args:
        speakers: Each once, whoever speaks most first.

    Returns:
        Pairs of the name to give up and the one to keep, at most twenty.
    """
    names = [name for name in speakers if not is_generic(name)]
    place = {name: number for number, name in enumerate(names)}
    pairs = sorted(_pairs(names), key=lambda pair: (place[pair[0]], place[pair[1]]))
    return [(given_up, kept) for kept, given_up in pairs[:_MOST_NAMED]]


def _to_merge(speakers: Sequence[str]) -> Iterator[Suggestion]:
    """Suggest pairs of names that may be one person's; of two spellings, the more frequent one is kept."""
    for given_up, kept in alike(speakers):
        option = f"--rename {quoted(f'{given_up}={kept}')}"
        message = f"{given_up} and {kept} may be one person."
        yield Suggestion("merge", message, (given_up, kept), option)


def _pairs(names: Sequence[str]) -> set[tuple[str, str]]:
    """Pair names that look alike, in time that grows with their number, not with that of their pairs."""
    pairs: set[tuple[str, str]] = set()
    spelled: dict[str, str] = {}  # every spelling one letter short of a name, and that name
    full = {name: words for name in names if len(words := _plain(name).split()) > 1}
    ends = Counter(end for words in full.values() for end in {words[0], words[-1]})
    longer = {end: name for name, words in full.items() for end in (words[0], words[-1])}
    for name in names:
        plain = _plain(name)
        if name not in full and ends[plain] == 1:  # "Rutte" or "Mark", and one "Mark Rutte"
            pairs.add((longer[plain], name))
        for spelling in _spellings(plain):
            other = spelled.setdefault(spelling, name)
            if other != name and _digits(other) == _digits(name):
                pairs.add((other, name))
    return pairs


def _plain(name: str) -> str:
    """Return a name in small letters, without accents, marks and what stands in brackets."""
    bare = unicodedata.normalize("NFKD", re.sub(r"\([^()]{0,80}\)", " ", name)).casefold()
    kept = "".join(
        " " if letter in "-_.,'’" else letter for letter in bare if not unicodedata.combining(letter)
    )
    return " ".join(kept.split()) or name


def _spellings(plain: str) -> Iterable[str]:
    """Return a name and, when it is long enough, the name without each of its letters."""
    yield plain
    if _SHORTEST_SPELLING <= len(plain) <= _LONGEST_SPELLING:
        yield from {plain[:at] + plain[at + 1 :] for at in range(len(plain))}


def _digits(name: str) -> str:
    return "".join(letter for letter in name if letter.isdigit())
