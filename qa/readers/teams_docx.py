"""Microsoft Teams transcripts, as the text of their Word documents.

Accepts ``Name   0:04`` above the words, rows of a table with name, time and words, and the older exports in
which a line ``0:0:0.0 --> 0:0:2.150`` stands above a name and the words. Title, day and length on top are
read; "Ana started transcription" becomes a note. New exports give starts only; in the old ones the cues of
one speaker are joined by the rule of ``cues``. Refuses a file whose clock starts again half way.
"""

import re
from collections import Counter
from pathlib import Path

from qa.readers import cues, stamped
from qa.readers.cues import Cue
from qa.readers.dates import date_in_name
from qa.readers.directions import split_directions
from qa.readers.paragraphs import Draft, add_line, gather
from qa.readers.people import core, is_name_like
from qa.readers.scripts import join_pieces
from qa.readers.spacing import distinct, tidy
from qa.readers.timing import Block, is_timing_line, scan
from qa.types import Reading, Remark, RemarkKind, TimeKind, Turn

FORMAT = "teams"

_SWITCHED = re.compile(
    r".{1,120} (?:(?:started|stopped|paused|resumed) (?:the )?(?:transcription|recording)"
    r"|hat die (?:Transkription|Aufzeichnung) (?:gestartet|beendet|angehalten)"
    r"|a (?:démarré|lancé|arrêté) (?:la transcription|l[’']enregistrement)"
    r"|(?:ha )?(?:inició|iniciado|detuvo|detenido) la (?:transcripción|grabación)"
    r"|(?:iniciou|parou|interrompeu) a (?:transcrição|gravação)"
    r"|ha (?:avviato|interrotto|arrestato) la (?:trascrizione|registrazione)"
    r"|heeft de (?:transcriptie|opname) (?:gestart|gestopt|beëindigd))\.?"
)
_TITLE = re.compile(  # in English "Meeting Transcript" stands at the end, elsewhere its translation
    r"(.{0,200}?)[-_ ]*(\d{8})_(\d{6})[-_ ]+[^\W\d_](?:[^\W\d_]|[ ’']){3,48}(?:\.\w{3,4})?"
)
_WIDE_GAP = re.compile(r"\S {3,20}\d{1,3}:\d{2}(?::\d{2})?$")
_MAX_NAME_WORDS = 8


def recognises(head: str) -> str | None:
    """Say why a text is a Teams transcript: its headers, its notices, or names below timing lines."""
    lines = head.split("\n")
    if _is_old(lines):
        return "a name stands below each pair of times, above the words"
    headers = stamped.headers(lines)
    named = [header for header in headers if header.name is not None]
    if not named:
        return None
    if any(_is_notice(tidy(line)) for line in lines):
        return "it says who started the transcription, and names and times stand above the words"
    headed = any("\t" in line for line in lines[: named[0].index])  # a table with titles over its columns
    if sum(bool(header.rest) for header in named) >= 2 and not headed:
        return "each row of a table holds a name, a time and words"
    gaps = sum(_WIDE_GAP.search(lines[header.index][: stamped.MAX_HEADER]) is not None for header in named)
    return "a name and a time, three spaces apart, stand above the words" if gaps * 2 > len(named) else None


def parse(text: str, source: Path) -> Reading:
    """Read the text of a Teams transcript.

    Args:
        text: The whole document; lines end in a line feed.
        source: Named in errors, never opened.

    Raises:
        FormatError: If the times start again half way, or a pair of times cannot be read.
    """
    lines = text.split("\n")
    return _old(lines, source) if _is_old(lines) else _new(lines, source)


def _new(lines: list[str], source: Path) -> Reading:
    headers = stamped.headers(lines)
    remarks = list(stamped.check_order([(h.index + 1, h.start) for h in headers], source))
    first = headers[0].index if headers else len(lines)
    top = [(i + 1, line) for i in range(first) if (line := tidy(lines[i]))]
    drafts: list[Draft] = []
    notices: list[str] = []
    stops = [*(header.index for header in headers[1:]), len(lines)]
    for header, stop in zip(headers, stops, strict=bool(headers)):
        draft = Draft(header.index + 1, header.name, start=header.start, end=header.end)
        if header.rest:
            draft.add(header.index + 1, header.rest)
        for i in range(header.index + 1, stop):
            line = tidy(lines[i])
            if _is_notice(line):
                notices.append(line)
            elif line:
                add_line(draft, i + 1, line)
        drafts.append(draft)
    gathered = gather(drafts)
    notes = [*notices, *gathered.notes]
    return _reading(gathered.turns, top, notes, [*remarks, *gathered.remarks])


def _old(lines: list[str], source: Path) -> Reading:
    blocks, before = scan(list(enumerate(lines, start=1)), lambda _line, _after_blank: False, source)
    names = {block.lines[0] for block in blocks if len(block.lines) >= 2}
    notices: list[str] = []
    empty: list[int] = []
    said: list[Cue] = []
    for block in blocks:
        cue = _cue(block, names, notices)
        if cue is None:
            empty.append(block.line_number)
        else:
            said.append(cue)
    remarks = []
    if empty:
        message = f"Pairs of times without words left out: {len(empty)}."
        remarks.append(Remark(RemarkKind.DROPPED, message, tuple(empty)))
    top = [(number, line) for number, text in before if (line := tidy(text))]
    return _reading(cues.merge(said), top, notices, remarks)


def _cue(block: Block, names: set[str], notices: list[str]) -> Cue | None:
    """The words of one pair of times; None when there are none."""
    lines = [tidy(line) for line in block.lines]
    spoken = [line for line in lines if line and not _is_notice(line)]
    notices.extend(line for line in lines if _is_notice(line))
    named = bool(spoken) and block.lines[0] in names
    words, directions = split_directions(join_pieces(spoken[1:] if named else spoken), trailing=False)
    if not words:
        notices.extend(directions)
        return None
    speaker = stamped.person(spoken[0]) if named else None
    return Cue(words, block.start, block.end, speaker, notes=directions)


def _reading(
    turns: tuple[Turn, ...], top: list[tuple[int, str]], notes: list[str], remarks: list[Remark]
) -> Reading:
    """Put the turns together with what stands above them."""
    started = [line for _, line in top if _is_notice(line)]
    rest = [(number, line) for number, line in top if not _is_notice(line)]
    above = stamped.above(rest)
    title, day = _title(above.title)
    return Reading(
        FORMAT,
        turns,
        TimeKind.MEDIA if turns else TimeKind.NONE,
        title=title,
        date=above.date or day,
        notes=distinct([*above.notes, *started, *notes]),
        remarks=(*stamped.left_above(rest, above), *remarks),
    )


def _title(written: str | None) -> tuple[str | None, str | None]:
    """Split "Review-20240105_150312-Meeting Recording" into a title and a day."""
    match = _TITLE.fullmatch(written or "")
    if match is None:
        return written, None
    found = date_in_name(match.group(2))
    return match.group(1).strip(" -_") or written, found[0] if found else None


def _is_notice(line: str) -> bool:
    return len(line) <= 160 and _SWITCHED.fullmatch(line) is not None


def _is_old(lines: list[str]) -> bool:
    """Whether names stand on the lines below timing lines, as no captions have them."""
    at = [i for i, line in enumerate(lines) if "-->" in line and is_timing_line(line)]
    if not at or any(i > 0 and lines[i - 1].strip().isdigit() for i in at):
        return False
    if any(line.startswith("WEBVTT") for line in lines[: at[0]]):
        return False
    payloads = [_payload(lines, i, stop) for i, stop in zip(at, [*at[1:], len(lines)], strict=True)]
    heads = [payload[0] for payload in payloads if len(payload) >= 2]
    known = set(heads)
    named = sum(not payload or payload[0] in known for payload in payloads)
    if not heads or named * 10 < len(payloads) * 8 or not all(map(_is_name, known)):
        return False
    counts = Counter(heads)
    return all(count >= 2 or len(head.split()) >= 2 for head, count in counts.items()) and (
        len(counts) <= max(2, len(heads) // 2)
    )


def _payload(lines: list[str], start: int, stop: int) -> list[str]:
    return [line for line in map(tidy, lines[start + 1 : stop]) if line]


def _is_name(line: str) -> bool:
    words = core(line)
    return (
        1 <= len(words) <= _MAX_NAME_WORDS and not line.endswith((".", "?", "!", ",")) and is_name_like(words)
    )
