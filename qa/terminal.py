"""Answers, lists and transcripts as text for a terminal."""

import re
from collections.abc import Sequence

from qa.answering import Answer, Neighbour, Repeat, Source
from qa.errors import shorten
from qa.library import Entry
from qa.reason_text import Asked, instead_text, off_topic_text, reason_lines
from qa.reasons import Reason
from qa.reranking import TOOK_TOO_LONG, Reranked
from qa.times import shown_date, shown_time, states_day
from qa.types import QUESTIONER, TimeKind, Transcript, Turn
from qa.widths import padded, width, wrapped
from qa.writing import word_spans

_WIDTH = 96
_BESIDE = 200  # characters of a turn beside a source


def answer_text(answer: Answer, held: int, reasons: Sequence[Reason] = (), *, bold: bool) -> str:
    """Write an answer and its sources.

    Args:
        answer: What to write.
        held: How many transcripts the library holds.
        reasons: Why each of the sources is one, in their order; none to leave that out.
        bold: Whether to mark the answering sentence with the terminal's bold type.
    """
    lines: list[str] = []
    if len(answer.searched) > 1:
        lines += [f"Searched for: {' | '.join(answer.searched)}", ""]
    if answer.understood:
        lines += [f"Understood: {answer.understood}", ""]
    if answer.reranked is Reranked.LATE:
        lines += [TOOK_TOO_LONG, ""]
    if answer.answered and answer.sources:
        best = answer.sources[0]
        lines += [_filled(f"“{answer.answer}”"), f"    — {_place(best)}", ""]
        if answer.instead_of:
            lines += [_filled(instead_text(answer.instead_of)), ""]
        if answer.off_topic:
            lines += [_filled(off_topic_text(answer.off_topic)), ""]
        lines += ["Sources"]
    elif answer.sources:
        lines += [f"Nothing in the library answers this ({_count(held)} searched). The nearest passages:"]
    else:
        lines += [
            "The library is empty."
            if held == 0
            else "Nothing is left to search: the filters exclude everything."
        ]
    asked = Asked.of(answer.searched[-1])
    why = {reason.turn_id: reason for reason in reasons}
    for source in answer.sources:
        lines += ["", f"{source.rank:2}  {_place(source)}", *_passage(source, bold), f"    {source.link}"]
        lines += [f"    also said by {_place(one)}: {one.link}" for one in source.repeats]
        if source.turn_id in why:
            lines += _reason(reason_lines(why[source.turn_id], asked))
    return "\n".join(lines)


def headed_lines(head: str, text: str, lines: Sequence[str]) -> str:
    """Write what is to be said of a turn under the turn, cut to a few lines."""
    return "\n".join([head, _filled(f"“{shorten(text, _BESIDE)}”"), *_reason(lines)])


def _reason(lines: Sequence[str]) -> list[str]:
    return [part for line in lines for part in wrapped(line, _WIDTH, "    · ", "      ")]


def _passage(source: Source, bold: bool) -> list[str]:
    """Write a source among the turns beside it that were found, too."""

    def beside(neighbours: Sequence[Neighbour]) -> list[str]:
        found = [one for one in neighbours if one.turn_id in source.beside]
        return [_filled(f"[{who(one.turn)}: {shorten(one.turn.text, _BESIDE)}]") for one in found]

    return [*beside(source.before), _source_text(source, bold), *beside(source.after)]


def _place(source: Source | Repeat) -> str:
    start, kind, date = source.turn.start, source.time_kind, source.date
    dated = states_day(start, kind, date)
    time = shown_time(start, kind, date)
    moment = f" {'on' if dated else 'at'} {time}" if time else ""
    day = f", {shown_date(date)}" if date and not dated else ""
    return f"{who(source.turn)}{moment} · {source.transcript_title}{day}"


def who(turn: Turn) -> str:
    """Name a turn's speaker and role; someone unnamed is called by the role."""
    if turn.speaker is None:
        return "Questioner" if turn.role == QUESTIONER else turn.role or "Unnamed speaker"
    return f"{turn.speaker}, {turn.role}" if turn.role else turn.speaker


def _source_text(source: Source, bold: bool) -> str:
    text = source.turn.text
    start, end = source.highlight or (0, 0)
    # The sentence with a little of what is around it; the whole turn is one `show` away.
    first, last = max(0, start - 160), min(len(text), end + 160)
    clipped = ("…" if first else "") + text[first:last] + ("…" if last < len(text) else "")
    filled = _filled(clipped)
    sentence = " ".join(text[start:end].split())
    if bold and sentence:
        return _embolden(_filled(clipped.replace(text[start:end], sentence)), sentence)
    return filled


def _embolden(filled: str, sentence: str) -> str:
    """Mark a sentence, between whose words line breaks may stand."""
    pattern, done = "", 0
    for start, end in word_spans(sentence):
        gap = "" if start == 0 else r"\s+" if start > done else r"\s*"
        pattern += gap + re.escape(sentence[start:end])
        done = end
    return re.sub(pattern, lambda match: f"\x1b[1m{match.group()}\x1b[0m", filled, count=1)


def _filled(text: str) -> str:
    return "\n".join(wrapped(" ".join(text.split()), _WIDTH, "    ", "    "))


def _count(held: int) -> str:
    return f"{held} transcript{'' if held == 1 else 's'}"


def entries_text(entries: Sequence[Entry]) -> str:
    """Write a list of transcripts, one a line."""
    columns = min(max(width(entry.title) for entry in entries), 60)
    return "\n".join(
        f"{entry.id}  {entry.date or '':10}  {padded(entry.title, columns)}"
        f"  {entry.turns:>5} turns  {entry.format}"
        for entry in entries
    )


def transcript_text(transcript: Transcript) -> str:
    """Write a whole transcript."""
    date = f" ({shown_date(transcript.date)})" if transcript.date else ""
    lines = [
        f"{transcript.title}{date}",
        f"id {transcript.id}, {transcript.format}, from {transcript.source}",
    ]
    lines += [f"note: {note}" for note in transcript.notes] + [""]
    for turn in transcript.turns:
        time = shown_time(turn.start, transcript.time_kind, transcript.date, day_beside=True)
        stamp = f"[{time}] " if transcript.time_kind is not TimeKind.NONE and time else ""
        lines += [f"{stamp}{who(turn)}{' (inferred)' if turn.inferred else ''}:", _filled(turn.text), ""]
    return "\n".join(lines).rstrip()
