"""Repeats that Whisper invents over silence, such as "Thanks for watching!" a hundred times."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby

from qa.errors import shorten
from qa.readers.cues import Cue
from qa.readers.recogniser import named_runs
from qa.types import Remark, RemarkKind

LOOP = 3  # neighbours; people do say a thing twice
_TOLD = 20  # texts told one by one


class Loops:
    """Keeps one of three or more neighbours that say the same, and remembers which they were.

    Args:
        noun: What is numbered, "segment" or "line".
    """

    def __init__(self, noun: str) -> None:
        self._noun = noun
        self._found: dict[str, list[list[int]]] = {}

    def collapse(self, cues: Iterable[tuple[int, Cue]]) -> Iterator[Cue]:
        """Yield numbered cues without the repeats.

        The one kept lasts as long as all of them, and joins neither what is before it nor what is after:
        it may be invented, and they are not.
        """
        apart = False
        for (text, speaker), run in groupby(cues, key=lambda pair: (pair[1].text, pair[1].speaker)):
            same = list(run)
            if len(same) < LOOP:
                for position, (_, cue) in enumerate(same):
                    yield replace(cue, opens=True) if apart and position == 0 else cue
                apart = False
                continue
            first = same[0][1]
            end = max(cue.end for _, cue in same)
            notes = tuple(dict.fromkeys(note for _, cue in same for note in cue.notes))
            yield Cue(text, first.start, max(first.start, end), speaker, opens=True, notes=notes)
            apart = True
            self._found.setdefault(text, []).append([number for number, _ in same])

    def remarks(self) -> tuple[Remark, ...]:
        """Return what was collapsed: one remark a text, and one for the rest when there are many."""
        told = [self._remark(text, runs) for text, runs in list(self._found.items())[:_TOLD]]
        if rest := sum(map(len, list(self._found.values())[_TOLD:])):
            message = f"Other repeats of three or more in a row, kept once at each place: {rest}."
            told.append(Remark(RemarkKind.COLLAPSED, message))
        return tuple(told)

    def _remark(self, text: str, runs: list[list[int]]) -> Remark:
        by_line = self._noun == "line"
        where = "" if by_line else f" ({named_runs(self._noun, [(run[0], run[-1]) for run in runs])})"
        if len(runs) == 1:
            what = f"stood {len(runs[0])} times in a row{where} and is kept once"
        else:
            what = (
                f"stood {LOOP} times or more in a row at {len(runs)} places{where} and is kept once at each"
            )
        lines = tuple(number for run in runs for number in run) if by_line else ()
        return Remark(RemarkKind.COLLAPSED, f"{shorten(text)!r} {what}; the model may have looped.", lines)
