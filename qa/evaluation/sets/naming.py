"""Ids of transcripts, turns and questions, so that run files can carry them and sort them.

Run files split at white space and break ties by id, so an id has none, and the ids of a transcript's turns
ascend as strings.
"""

import re

_UNREADABLE = re.compile("[\\s\0\ufeff\ud800-\udfff]+")


def identifier(text: str) -> str:
    """Make an id of a name: what run files cannot carry becomes "_", as does a # at the beginning."""
    return re.sub("^#", "_", _UNREADABLE.sub("_", text)) or "_"


def turn_ids(transcript: str, count: int) -> tuple[str, ...]:
    """Name the turns of a transcript by position: "ES2004a:00012"; more digits where five do not do."""
    digits = max(5, len(str(count - 1)))
    return tuple(f"{transcript}:{place:0{digits}d}" for place in range(count))


class Names:
    """Ids given out so far, so that none is given twice."""

    def __init__(self) -> None:
        self._given: set[str] = set()

    def new(self, name: str) -> str:
        """Return the name as an id, with "~2", "~3", … at its end when it was given before."""
        wanted = name = identifier(name)
        number = 1
        while name in self._given:
            number += 1
            name = f"{wanted}~{number}"
        self._given.add(name)
        return name
