"""US court transcripts and depositions: ``THE COURT:``, ``MR. HADDEN:``, ``Q.`` and ``A.``.

Accepts numbered lines, pages with headers and footers, and a reporter's clock at the start of lines (left
out: it is the time of day, without a day). ``Q.`` is asked by whoever the last line ``BY MR. HADDEN:`` names,
``A.`` answered by the witness last sworn, as in "JANE DOE, having been first duly sworn"; both are marked as
inferred. Where no line names them, ``Q.`` is a questioner and ``A.`` the witness, without a name.
``THE WITNESS:`` is the witness too. Brackets on lines of their own and headings are notes, and so is all that
stands above the first words. Knows no times.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from qa.readers.court_pages import Stripped, strip_pages
from qa.readers.dates import find_date
from qa.readers.paragraphs import Draft, add_line, gather
from qa.readers.spacing import distinct
from qa.types import QUESTIONER, Reading, Remark, RemarkKind

FORMAT = "court"
WITNESS = "witness"  # the role of whoever answers

_TITLE = r"(?:MR|Mr|MS|Ms|MRS|Mrs|MISS|Miss|DR|Dr|JUDGE|JUSTICE|ATTORNEY|OFFICER|DETECTIVE)\.?"
_SURNAME = r"[A-Z][\w.'’-]*(?: [A-Z][\w.'’-]*){0,3}"
_COUNSEL = rf"{_TITLE} {_SURNAME}"
_OFFICE = (
    r"T(?:HE|he) (?:[A-Z]\w+ ){0,3}?(?:(?i:court|witness|clerk|judge|defendant|plaintiff|reporter)"
    r"|(?i:interpreter|videographer|bailiff|marshal|juror|foreperson|jury|deponent|magistrate|deputy|officer))"
    r"|(?:COURT|COURTROOM|DEPUTY) (?:[A-Z]+ ){0,2}(?:REPORTER|CLERK|OFFICER|DEPUTY)"
)
_NAMED = re.compile(rf"({_OFFICE}|{_COUNSEL})(?: \([^()]{{1,60}}\))?: ?(.*)")
_CAPITALS = re.compile(r"([A-Z][A-Z.'’-]{1,30}(?: [A-Z][A-Z.'’-]{0,30}){0,4}): ?(.+)")
_LETTER = re.compile(r"([QA])[.:]+ ?(.*)")
_BARE_LETTER = re.compile(r"([QA]) ((?:\(|[A-Z0-9\"“]).*)")
_ASIDE = re.compile(rf"\((?i:by) ({_COUNSEL})\):? ?")
_BY = re.compile(
    rf"(?:[A-Z-]+ ){{0,3}}(?i:by) ({_COUNSEL})(?: \(?(?i:cont\w?d|continued|resuming)\.?\)?)?: ?(.*)"
)
_EXAMINATION = re.compile(
    r"[-–—*\s]*(?:(?:FURTHER|CONTINUED|VOIR DIRE|RE-?DIRECT|RE-?CROSS|DIRECT|CROSS)[-\s]{1,3}){0,3}"
    r"EXAMINATION(?:[-\s]{1,3}(?:CONTINUED|RESUMED|\(?CONT\W?D\.?\)?))?[-–—*\s:]*"
)
_SWORN = re.compile(
    r"\b(?i:sworn|affirmed|(?:called|produced) as (?:a|the) witness|a witness (?:called|herein)|recalled)\b"
    r"|\bWITNESS\b"
)
_SUBJECT = re.compile(r"([A-Z][A-Z.'’\"“”-]{0,30}(?: [A-Z\"“][A-Z.'’\"“”-]{0,30}){1,4}),")
_WITNESS_LINE = re.compile(r"(?:WITNESS: ?|(?:[A-Z]+ ){0,3}DEPOSITION OF:? )([A-Z][A-Z.'’ -]{2,60})")
_WITNESSES = frozenset({"the witness", "the deponent"})
_MAX_BRACKET_LINES = 8
_CAPITAL_LABELS = 3  # speakers in capitals that make numbered lines a hearing


@dataclass(slots=True)
class _Hearing:
    """What has been read so far.

    Args:
        letters: How a question and an answer begin in this file.
        numbered: Whether lines are cut to the width of a page.
        quiet: Whether the lines from here on to the next label are nobody's words.
    """

    letters: re.Pattern[str]
    numbered: bool
    drafts: list[Draft] = field(default_factory=list)
    head: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    examiner: str | None = None
    witness: str | None = None
    quiet: bool = True
    names: dict[str, str] = field(default_factory=dict)

    def known(self, name: str) -> str:
        """Return the first spelling of a name: "(By Ms. Lee)" names MS. LEE."""
        return self.names.setdefault(name.casefold(), name)


def recognises(head: str) -> str | None:
    """Say why a text is a court transcript: questions and answers by letter, speakers in capitals."""
    pages = strip_pages(head)
    lines = [line for _, line in pages.lines]
    letters = _letters(lines)
    found = [match.group(1) for line in lines if (match := letters.fullmatch(line))]
    asked = min(found.count("Q"), found.count("A"))
    named = [match.group(1) for line in lines if (match := _NAMED.fullmatch(line))]
    marks = sum(_BY.fullmatch(line) is not None or _EXAMINATION.fullmatch(line) is not None for line in lines)
    sworn = any(_sworn(line, "") for line in lines)
    if asked and (marks or sworn or any(name.isupper() for name in named)):
        return "questions and answers start with Q. and A., and speakers are named as in court"
    court = sum(name.casefold() == "the court" for name in named)
    if court and len(named) >= _CAPITAL_LABELS and len(set(named)) >= 2:
        return "speakers are named as in court, THE COURT among them"
    capitals = {match.group(1) for line in lines if (match := _CAPITALS.fullmatch(line))}
    return (
        "lines are numbered as in court, and speakers named in capitals"
        if (pages.numbered and len(capitals) >= 2)
        else None
    )


def parse(text: str, source: Path) -> Reading:
    """Read a court transcript.

    Args:
        text: The whole file; lines end in a line feed.
        source: Named in errors, never opened; this format refuses nothing.
    """
    pages = strip_pages(text)
    hearing = _Hearing(_letters([line for _, line in pages.lines]), pages.numbered)
    for number, line, below in _whole_brackets(pages.lines):
        _take(hearing, number, line, below)
    gathered = gather(hearing.drafts)
    dates = (find_date(line) for line in hearing.head if len(line) <= 200)
    return Reading(
        FORMAT,
        gathered.turns,
        date=next((found[0] for found in dates if found), None),
        notes=distinct([*hearing.head, *hearing.notes, *gathered.notes]),
        remarks=(*_remarks(pages, hearing), *gathered.remarks),
    )


def _letters(lines: list[str]) -> re.Pattern[str]:
    """How questions and answers begin: "Q." or, where no line has the point, "Q"."""
    return _LETTER if any(_LETTER.match(line) for line in lines) else _BARE_LETTER


def _whole_brackets(lines: list[tuple[int, str]]) -> Iterator[tuple[int, str, str]]:
    """The lines, each with those right below it; a bracket that runs over several lines is made one."""
    i = 0
    while i < len(lines):
        number, line = lines[i]
        stop = i + 1
        if line[0] in "([" and not _closes(line) and ")" not in line and "]" not in line:
            window = range(i + 1, min(i + _MAX_BRACKET_LINES, len(lines)))
            stop = next((j for j in window if _closes(lines[j][1])), i) + 1
            line = " ".join(text for _, text in lines[i:stop])
        yield number, line, " ".join(text for _, text in lines[stop : stop + 3])
        i = stop


def _closes(line: str) -> bool:
    return line.rstrip(". ").endswith((")", "]"))


def _take(hearing: _Hearing, number: int, line: str, below: str) -> None:
    """Take one line into the hearing."""
    if by := _BY.fullmatch(line):
        _begin_examination(hearing, number, line, by)
    elif _EXAMINATION.fullmatch(line):
        hearing.examiner = None
        _note(hearing, line)
        hearing.quiet = True
    elif witness := _sworn(line, below):
        hearing.witness = witness
        _note(hearing, line)
        hearing.quiet = True
    elif letter := hearing.letters.fullmatch(line):
        _ask_or_answer(hearing, number, letter.group(1), letter.group(2))
    elif (named := _NAMED.fullmatch(line)) or (hearing.drafts and (named := _CAPITALS.fullmatch(line))):
        _speak(hearing, number, named.group(1), named.group(2))
    elif line[0] in "([" and _closes(line):
        _note(hearing, line)
    elif hearing.quiet:
        _take_head(hearing, line)
    else:
        draft = hearing.drafts[-1]
        draft.add(number, line, joined=hearing.numbered or not draft.finished)


def _begin_examination(hearing: _Hearing, number: int, line: str, by: re.Match[str]) -> None:
    if not any(map(str.isalpha, by.group(2))) and by.group(2):
        _take_head(hearing, line)  # an index: "BY MR. HADDEN: 12"
        return
    hearing.examiner = hearing.known(by.group(1))
    hearing.quiet = True
    if by.group(2):
        _ask_or_answer(hearing, number, "Q", by.group(2).removeprefix("Q. "))


def _ask_or_answer(hearing: _Hearing, number: int, letter: str, words: str) -> None:
    if letter == "Q":
        if aside := _ASIDE.match(words):
            hearing.examiner, words = hearing.known(aside.group(1)), words[aside.end() :]
        who, role = hearing.examiner, QUESTIONER
    else:
        who, role = hearing.witness, WITNESS
    _open(hearing, Draft(number, who, role, inferred=who is not None), words)


def _speak(hearing: _Hearing, number: int, name: str, words: str) -> None:
    if name.casefold() in _WITNESSES:
        _ask_or_answer(hearing, number, "A", words)
    else:
        _open(hearing, Draft(number, hearing.known(name)), words)


def _open(hearing: _Hearing, draft: Draft, words: str) -> None:
    hearing.drafts.append(draft)
    hearing.quiet = False
    if words:
        add_line(draft, draft.line_number, words)


def _sworn(line: str, below: str) -> str | None:
    """The witness whom a line swears in, such as "JANE DOE, having been first duly sworn"."""
    subject = _SUBJECT.match(line)
    if subject is None or len(line) > 200 or not _SWORN.search(f"{line[subject.end() :]} {below[:300]}"):
        return None
    return None if re.match(rf"(?:THE|{_TITLE})\b", subject.group(1)) else subject.group(1)


def _take_head(hearing: _Hearing, line: str) -> None:
    """Take a line that nobody says."""
    if not hearing.drafts and hearing.witness is None and (witness := _WITNESS_LINE.fullmatch(line)):
        hearing.witness = witness.group(1).strip()
    _note(hearing, line)


def _note(hearing: _Hearing, line: str) -> None:
    (hearing.notes if hearing.drafts else hearing.head).append(line)


def _remarks(pages: Stripped, hearing: _Hearing) -> Iterator[Remark]:
    if pages.frame:
        message = f"Lines of page headers, footers and page numbers left out: {len(pages.frame)}."
        yield Remark(RemarkKind.DROPPED, message, pages.frame)
    if pages.clocked:
        message = f"Times of day left out, since no line says which half of the day: {len(pages.clocked)}."
        yield Remark(RemarkKind.DROPPED, message, pages.clocked)
    if hearing.head:
        message = f"Lines above the first words, kept as notes: {len(hearing.head)}."
        yield Remark(RemarkKind.DROPPED, message)
    for role, whom in (
        (QUESTIONER, "Questions given to the lawyer"),
        (WITNESS, "Answers given to the witness"),
    ):
        given = tuple(draft.line_number for draft in hearing.drafts if draft.inferred and draft.role == role)
        named = "whom the line above them names" if role == QUESTIONER else "sworn in above them"
        if given:
            yield Remark(RemarkKind.INFERRED, f"{whom} {named}: {len(given)}.", given)
