"""What was understood of a transcript: who speaks how much, what has no time or no name, and what to mend.

Knows nothing of files or libraries: an `Inspection` is made from a `Reading` alone.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from qa.suggestions import Suggestion, is_unlabelled, suggest
from qa.types import Reading, Remark, TimeKind, Turn
from qa.writing import count_words

_FIRST_WORDS = 8


@dataclass(frozen=True, slots=True)
class SpeakerCount:
    """How much one speaker says.

    Args:
        name: None for someone unnamed who is known by a role, such as a questioner.
        roles: Those given, in order of appearance.
        aliases: Other ways in which the file writes the name.
        turns: How many.
        words: In all.
    """

    name: str | None
    roles: tuple[str, ...]
    aliases: tuple[str, ...]
    turns: int
    words: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """A run of turns.

    Args:
        first: Number of the first turn, counted from 1.
        last: Of the last; the same for a single turn.
        words: The first words of the first turn.
    """

    first: int
    last: int
    words: str


@dataclass(frozen=True, slots=True)
class Inspection:
    """What was understood of one transcript.

    Args:
        format: Name of the format.
        recognised: Why the file was taken for it.
        encoding: How its bytes were read.
        title: As read, or taken from the file name.
        date: Likewise; ISO.
        time_kind: What times count from.
        turns: How many.
        words: In all, parted by white space.
        duration: Seconds from the first time to the last; None without times.
        speakers: Who speaks, the most turns first.
        untimed: Turns without a start.
        unlabelled: Turns with neither a speaker nor a role.
        inferred: Turns whose speaker was worked out.
        remarks: What was dropped, collapsed, inferred or assumed.
        suggestions: What the user could mend.
    """

    format: str
    recognised: str
    encoding: str
    title: str | None
    date: str | None
    time_kind: TimeKind
    turns: int
    words: int
    duration: float | None
    speakers: tuple[SpeakerCount, ...]
    untimed: tuple[Stretch, ...]
    unlabelled: tuple[Stretch, ...]
    inferred: int
    remarks: tuple[Remark, ...]
    suggestions: tuple[Suggestion, ...]


def inspect(reading: Reading) -> Inspection:
    """Say what was understood of a transcript."""
    speakers = _speakers(reading)
    return Inspection(
        format=reading.format,
        recognised=reading.recognised,
        encoding=reading.encoding,
        title=reading.title,
        date=reading.date,
        time_kind=reading.time_kind,
        turns=len(reading.turns),
        words=sum(speaker.words for speaker in speakers)
        + sum(_words(t) for t in reading.turns if is_unlabelled(t)),
        duration=_duration(reading.turns),
        speakers=speakers,
        untimed=_stretches(reading.turns, lambda turn: turn.start is None),
        unlabelled=_stretches(reading.turns, is_unlabelled),
        inferred=sum(turn.inferred for turn in reading.turns),
        remarks=reading.remarks,
        suggestions=tuple(suggest(reading.turns, [one.name for one in speakers if one.name is not None])),
    )


def inspection_json(inspection: Inspection) -> dict[str, Any]:
    """Return plain values for JSON: times in seconds, turns counted from 1, lines too."""
    return {
        "format": inspection.format,
        "recognised": inspection.recognised,
        "encoding": inspection.encoding,
        "title": inspection.title,
        "date": inspection.date,
        "time_kind": inspection.time_kind.value,
        "turns": inspection.turns,
        "words": inspection.words,
        "duration": inspection.duration,
        "speakers": [
            {
                "name": speaker.name,
                "roles": list(speaker.roles),
                "aliases": list(speaker.aliases),
                "turns": speaker.turns,
                "words": speaker.words,
            }
            for speaker in inspection.speakers
        ],
        "untimed": [_stretch_json(stretch) for stretch in inspection.untimed],
        "unlabelled": [_stretch_json(stretch) for stretch in inspection.unlabelled],
        "inferred": inspection.inferred,
        "remarks": [
            {"kind": remark.kind.value, "message": remark.message, "lines": list(remark.lines)}
            for remark in inspection.remarks
        ],
        "suggestions": [
            {
                "kind": suggestion.kind,
                "message": suggestion.message,
                "speakers": list(suggestion.speakers),
                "option": suggestion.option,
            }
            for suggestion in inspection.suggestions
        ],
    }


def _stretch_json(stretch: Stretch) -> dict[str, Any]:
    return {"first": stretch.first, "last": stretch.last, "words": stretch.words}


# --- counting --------------------------------------------------------------------------------------------


def _words(turn: Turn) -> int:
    return count_words(turn.text)


def _speakers(reading: Reading) -> tuple[SpeakerCount, ...]:
    """Count by name; people who have only a role, by the role."""
    aliases: dict[str, list[str]] = {}
    for alias, name in reading.aliases:
        aliases.setdefault(name, []).append(alias)
    turns: Counter[tuple[str | None, str | None]] = Counter()
    words: Counter[tuple[str | None, str | None]] = Counter()
    roles: dict[tuple[str | None, str | None], dict[str, None]] = {}
    for turn in reading.turns:
        if is_unlabelled(turn):
            continue
        who = (turn.speaker, turn.role if turn.speaker is None else None)
        turns[who] += 1
        words[who] += _words(turn)
        given = roles.setdefault(who, {})
        if turn.role is not None:
            given[turn.role] = None
    return tuple(
        SpeakerCount(who[0], tuple(roles[who]), tuple(aliases.get(who[0] or "", ())), number, words[who])
        for who, number in turns.most_common()
    )


def _duration(turns: Sequence[Turn]) -> float | None:
    starts = [turn.start for turn in turns if turn.start is not None]
    ends = [turn.end for turn in turns if turn.end is not None]
    return round(max(starts + ends) - min(starts), 3) if starts else None


def _stretches(turns: Sequence[Turn], wanted: Callable[[Turn], bool]) -> tuple[Stretch, ...]:
    """Find the runs of turns that a test picks."""
    return tuple(
        Stretch(run[0] + 1, run[-1] + 1, _beginning(turns[run[0]].text))
        for picked, group in groupby(range(len(turns)), key=lambda place: wanted(turns[place]))
        if picked and (run := list(group))
    )


def _beginning(text: str) -> str:
    words = text.split(maxsplit=_FIRST_WORDS)
    return " ".join(words[:_FIRST_WORDS])[:80] + ("…" if len(words) > _FIRST_WORDS else "")
