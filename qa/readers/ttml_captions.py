"""The paragraphs of a TTML document as captions: times without gaps in knowledge, ids as names."""

from dataclasses import dataclass
from itertools import pairwise

from qa.readers.caption import Caption
from qa.readers.payloads import Line, plain
from qa.readers.spacing import tidy
from qa.readers.ttml_text import Piece, paragraphs
from qa.types import Remark, RemarkKind


@dataclass(slots=True)
class _Run:
    """Pieces of one paragraph that are shown together."""

    pieces: list[Piece]
    begin: float | None
    end: float | None


def captions_of(pieces: list[Piece], names: dict[str, str]) -> tuple[list[Caption], list[Remark]]:
    """Turn the words of a document into captions.

    Args:
        pieces: In the order of the document.
        names: Of the agents, by their ids.

    Returns:
        The captions in the same order, and which of their times were worked out.
    """
    runs = [run for some in paragraphs(pieces) for run in _runs(some)]
    untimed = [run for run in runs if run.begin is None]
    _place(runs)
    endless = [run for run in runs if run.end is None]
    _close(runs)
    captions: list[Caption] = []
    named = False
    for run in runs:
        lines = _lines(run, names)
        if named and lines and lines[0].voice is None:
            lines[0] = lines[0]._replace(opens=True)  # an element names its own speaker, not that of the next
        named = lines[-1].voice is not None if lines else named
        captions.append(Caption(run.begin or 0.0, run.end or 0.0, tuple(lines), run.pieces[0].line_number))
    return captions, [
        *_remark("Captions without a time, placed after the one before them: {}.", untimed),
        *_remark("Captions without an end, ended where the next one begins: {}.", endless),
    ]


def _remark(message: str, runs: list[_Run]) -> list[Remark]:
    places = tuple(run.pieces[0].line_number for run in runs if run.pieces[0].line_number is not None)
    return [Remark(RemarkKind.INFERRED, message.format(len(runs)), places)] if runs else []


def _runs(pieces: list[Piece]) -> list[_Run]:
    """Cut a paragraph where the time changes between words; syllables of one word stay together."""
    runs: list[_Run] = []
    last: Piece | None = None
    for piece in pieces:
        if not piece.text.strip() and piece.text and (runs or piece.text != "\n"):
            if runs:
                runs[-1].pieces.append(piece)
            last = piece
            continue
        if runs and last is not None and _stay_together(runs[-1], last, piece):
            runs[-1].pieces.append(piece)
            runs[-1].end = (
                None if None in (runs[-1].end, piece.end) else max(runs[-1].end or 0, piece.end or 0)
            )
        else:
            runs.append(_Run([piece], piece.begin, piece.end))
        last = piece
    for before, run in pairwise(runs):
        if before.begin is not None and run.begin is not None and run.begin < before.begin:
            run.begin = before.begin  # words beside a timed word are read in their order
            run.end = None if run.end is None else max(run.begin, run.end)
    return [run for run in runs if "".join(piece.text for piece in run.pieces).strip() or len(runs) == 1]


def _stay_together(run: _Run, last: Piece, piece: Piece) -> bool:
    if (run.begin, run.end) == (piece.begin, piece.end):
        return True
    glued = not last.text[-1:].isspace() and not piece.text[:1].isspace()
    return glued and piece.agents == last.agents and piece.begin is not None and bool(last.text)


def _place(runs: list[_Run]) -> None:
    """Put captions without a time after those before them."""
    latest = 0.0
    for run in runs:
        if run.begin is None:
            run.begin = run.end = latest
        latest = max(latest, run.begin, run.end or 0.0)


def _close(runs: list[_Run]) -> None:
    """End captions without an end where the next one begins."""
    following: float | None = None
    for run in reversed(runs):
        begin = run.begin or 0.0
        if run.end is None:
            run.end = begin if following is None else max(begin, following)
        following = begin


def _lines(run: _Run, names: dict[str, str]) -> list[Line]:
    """The lines of a caption, cut where the speaker changes."""
    lines: list[Line] = []
    texts: list[str] = []
    for piece, following in zip(run.pieces, [*run.pieces[1:], None], strict=True):
        texts.append(piece.text)
        if following is not None and (following.agents, following.sound) == (piece.agents, piece.sound):
            continue
        ids = piece.agents.split()
        voice = tidy(" and ".join(names.get(one, one) for one in ids)) or None
        for text in filter(None, map(plain, "".join(texts).split("\n"))):
            line = Line(text, voice)
            lines.append(line._replace(text="", voice=None, notes=(text,)) if piece.sound else line)
        texts = []
    return lines
