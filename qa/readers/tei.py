"""TEI: parliaments (ParlaMint, with or without tokens), spoken corpora, plays and interviews.

Accepts ``<u who="#AnaLopez" ana="#chair"><seg>…`` and ``<sp><speaker>Ana</speaker><p>…``. The segments of an
utterance are its paragraphs; an utterance that notes interrupt (``@next``, ``@prev``) is one turn. Notes,
gaps, noises, heads and stage directions are notes. Names come from a list of persons or a cast in the file;
in ParlaMint that list is a file of its own, so speakers are shown by their ids. Times come from a timeline
that ``@start`` and ``@end`` or anchors point into. A chair or a guest has that role.
Paragraphs that nobody is said to speak become notes, with a remark. Refuses nothing; a document without
speech is not recognised.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from qa.readers.labels import outlet
from qa.readers.marked_speech import Rules, Speech, gather, line_of, note_of, text_of, with_spacing
from qa.readers.markup import Element, local_name
from qa.readers.spacing import word_set
from qa.readers.tei_header import Names, date_of, names_of, reference, timeline_of, title_of, xml_id
from qa.types import QUESTIONER, Reading, Remark, RemarkKind, TimeKind, Turn

FORMAT = "tei"

_ROOTS = word_set("TEI TEI.2 teiCorpus teiCorpus.2")
_SPEECHES = word_set("u sp")
_NOTES = word_set("note gap kinesic vocal incident event stage head desc writing")
_RULES = Rules(
    blocks=word_set("seg p ab l lg item list quote q row table"),
    notes=_NOTES,
    skipped=word_set(
        "speaker linkGrp spanGrp span link timeline when fs interpGrp pause shift listPerson fw figure"
    ),
    speeches=_SPEECHES,
)
_OUTSIDE = word_set("p ab l item seg quote byline dateline docTitle titlePart trailer epigraph")
_SILENT = word_set(
    "teiHeader timeline standOff listPerson castList spanGrp linkGrp figure fw xenoData fsdDecl"
)
_ROLES = ("chair", "guest")


@dataclass(slots=True)
class _Draft:
    """A turn while its parts are being gathered."""

    ids: set[str]
    following: str
    speaker: str | None
    role: str | None
    line: int
    paragraphs: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    start: float | None = None
    end: float | None = None


@dataclass(slots=True)
class _Document:
    """What has been read so far."""

    names: Names
    times: Mapping[str, float]
    rules: Rules
    drafts: list[_Draft] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    between: list[Element] = field(default_factory=list)
    unnamed: Counter[str] = field(default_factory=Counter)
    outside: list[int] = field(default_factory=list)
    said: dict[str, str] = field(default_factory=dict)


def recognises(root: Element) -> str | None:
    """Say why a document is TEI with speech in it."""
    if local_name(root) not in _ROOTS or next(root.iter("{*}u", "{*}sp"), None) is None:
        return None
    return f"it is a document of <{local_name(root)}> with speeches"


def parse(root: Element, source: Path) -> Reading:
    """Read a TEI document.

    Args:
        root: As ``recognises`` accepts it.
        source: The name of the file, never opened; this format refuses nothing.
    """
    document = _Document(names_of(root), timeline_of(root), with_spacing(_RULES, root))
    _walk(root, document)
    _end_between(document, None)
    reversed_: list[int] = []
    wordless: list[int] = []
    turns = []
    for draft in document.drafts:
        if draft.paragraphs:
            turns.append(_turn(draft, reversed_))
        elif draft.notes:
            label = f"{draft.speaker}: " if draft.speaker else ""
            document.notes.extend(f"{label}{note}" for note in draft.notes)
        else:
            wordless.append(draft.line)
    timed = any(turn.start is not None for turn in turns)
    return Reading(
        FORMAT,
        tuple(turns),
        TimeKind.MEDIA if timed else TimeKind.NONE,
        title=title_of(root),
        date=date_of(root),
        notes=tuple(document.notes),
        remarks=tuple(_remarks(document, wordless, reversed_)),
        aliases=_aliases(document, turns),
    )


def _walk(parent: Element, document: _Document) -> None:
    for child in parent:
        name = local_name(child)
        if not name or name in _SILENT:
            continue
        if name in _SPEECHES:
            _add_speech(child, child, document)
        elif name == "annotationBlock":
            for speech in child.iterfind("{*}u"):
                _add_speech(speech, child, document)
        elif name in _NOTES:
            document.between.append(child)
        elif (name in _OUTSIDE or (child.text or "").strip()) and not _has_speech(child):
            if text_of(child):
                document.between.append(child)
                document.outside.append(line_of(child))
        else:
            _walk(child, document)


def _has_speech(element: Element) -> bool:
    return next(element.iter("{*}u", "{*}sp"), None) is not None


def _add_speech(element: Element, holder: Element, document: _Document) -> None:
    """Add a speech; ``holder`` is the element around it that may say who speaks and when."""
    speech = gather(element, document.rules)
    start, end = _span(element, holder, speech, document.times)
    draft = _continued(element, document)
    if draft is None:
        speaker, role = _speaker(element, holder, document)
        draft = _Draft(set(), "", speaker, role, line_of(element), start=start)
        _end_between(document, draft)
        document.drafts.append(draft)
    else:
        draft.notes.extend(map(note_of, document.between))
        document.between.clear()
    draft.ids.add(xml_id(element))
    draft.following = reference(element.get("next"))
    draft.paragraphs.extend(speech.paragraphs)
    draft.notes.extend(speech.notes)
    draft.end = end if end is not None else draft.end
    for inner in speech.inner:
        _add_speech(inner, inner, document)


def _continued(element: Element, document: _Document) -> _Draft | None:
    """The turn that an utterance goes on with, when nobody else has spoken since."""
    if not document.drafts:
        return None
    last = document.drafts[-1]
    before = reference(element.get("prev"))
    goes_on = (before and before in last.ids) or (last.following and last.following == xml_id(element))
    return last if goes_on else None


def _end_between(document: _Document, draft: _Draft | None) -> None:
    """Place what stood between two speeches: the words that announce a speaker go to the turn."""
    for element in document.between:
        if draft is not None and element.get("type") == "speaker":
            draft.notes.append(note_of(element))
        else:
            document.notes.append(note_of(element))
    document.between.clear()


def _speaker(element: Element, holder: Element, document: _Document) -> tuple[str | None, str | None]:
    marks = [reference(who) for who in (element.get("who") or holder.get("who") or "").split()]
    written = next(map(text_of, element.iterfind("{*}speaker")), "").rstrip(":. ")
    names = []
    for mark in filter(None, marks):
        if mark not in document.names.by_id and not written:
            document.unnamed[mark] += 1
        names.append(document.names.by_id.get(mark) or written or mark)
    name = ", ".join(dict.fromkeys(names)) or written
    if written and name and written != name and len(names) == 1:
        document.said.setdefault(written, name)
    if written and len(names) > 1:
        name = written  # "Both"
    if not name or outlet(name) is not None:
        return None, QUESTIONER if name else _role(element)
    return name, _role(element)


def _role(element: Element) -> str | None:
    kinds = {reference(kind).lower() for kind in (element.get("ana") or "").split()}
    return next((role for role in _ROLES if role in kinds), None)


def _span(
    element: Element, holder: Element, speech: Speech, times: Mapping[str, float]
) -> tuple[float | None, float | None]:
    if not times:
        return None, None
    marks = [times.get(reference(mark)) for mark in speech.marks]
    start = times.get(reference(element.get("start") or holder.get("start")))
    end = times.get(reference(element.get("end") or holder.get("end")))
    if start is None:
        start = next((mark for mark in marks if mark is not None), None)
    if end is None:
        end = next((mark for mark in reversed(marks) if mark is not None and mark != start), None)
    return start, end


def _turn(draft: _Draft, reversed_: list[int]) -> Turn:
    end = draft.end if draft.start is not None else None
    if draft.start is not None and end is not None and end < draft.start:
        reversed_.append(draft.line)
        end = None
    words = "\n".join(draft.paragraphs)
    return Turn(words, draft.speaker, draft.role, draft.start, end, notes=tuple(draft.notes))


def _aliases(document: _Document, turns: list[Turn]) -> tuple[tuple[str, str], ...]:
    used = {turn.speaker for turn in turns}
    pairs = dict.fromkeys([*document.names.aliases, *document.said.items()])
    return tuple((alias, name) for alias, name in pairs if name in used and alias not in used)


def _remarks(document: _Document, wordless: list[int], reversed_: list[int]) -> list[Remark]:
    remarks = []
    if document.unnamed:
        message = (
            "The names stand in a separate file, so speakers are shown by their ids"
            f" ({len(document.unnamed)}, such as {next(iter(document.unnamed))!r});"
            " give them names with rename."
        )
        remarks.append(Remark(RemarkKind.ASSUMED, message))
    for lines, message in (
        (document.outside, "Paragraphs that nobody is said to speak are kept as notes: {}."),
        (wordless, "Speeches without words left out: {}."),
        (reversed_, "Ends that come before their start left out: {}."),
    ):
        if lines:
            numbers = tuple(line for line in lines if line)
            remarks.append(Remark(RemarkKind.DROPPED, message.format(len(lines)), numbers))
    return remarks
