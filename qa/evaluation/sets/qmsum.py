"""QMSum (Zhong et al. 2021, arXiv:2104.05938): meetings and queries whose answers span stretches of turns.

Accepts the folder of one split, one JSON file a meeting, or the release's root with the split as its last
part, as in ``QMSum/val``. Gold is every turn of the annotated spans, which include both ends. Refused: the
``.jsonl`` blobs, whose meetings have no names.
"""

import re
from dataclasses import replace
from pathlib import Path

from qa.errors import QAError
from qa.evaluation.judged import Card, Dataset, JudgedTranscript, Pool
from qa.evaluation.sets import files
from qa.evaluation.sets.draft import Draft, ones
from qa.evaluation.sets.items import Item, item_of, whole
from qa.types import RemarkKind, Turn

NAME = "qmsum"
CARD = Card(
    title="QMSum (Zhong et al., NAACL 2021)",
    source="https://github.com/Yale-LILY/QMSum",
    licence="MIT for the annotations; the meetings keep the terms of AMI, ICSI and the parliaments' records",
    gold=(
        "Specific queries; every turn of the annotated spans is relevant with gain 1. Gold is long: a "
        "perfect ranking reaches a fractional recall@10 of about 0.5."
    ),
    known_errors=(
        "Spans are written as strings; they are read as whole numbers.",
        "General queries have no span and are left out.",
        "Many turns are of three words at most, some are empty; they count where they lie in a "
        "span. `qmsum-content` leaves them out.",
        "Some queries repeat, within a meeting or across meetings; they are told apart by their place.",
        "The answers are summaries in the annotators' words and are not looked for in the turns.",
    ),
    tuned_on="train (the encoder) and val (the weights)",
)
CONTENT_WORDS = 4  # a turn of fewer is mostly "Yeah." or "Mm-hmm."
_FOLDERS = ("data/ALL/*", "ALL/*", "data/*", "*")
_MARKUP = re.compile(r"\{[a-z]+\}|<[a-z]+>")  # {vocalsound}, {disfmarker}, <...>
_SPACE_BEFORE = re.compile(r"\s+([,.?!;:'’])")
_PARTS = (  # AMI's meetings design a product; ICSI's are of research groups; the rest are of parliaments
    (re.compile(r"(ES|IS|TS)\d"), "product"),
    (re.compile(r"B(ed|mr|ro|db|uw|ns|sr)\d"), "academic"),
    (re.compile("covid|education", re.IGNORECASE), "parliament"),
)


def recognises(path: Path) -> str | None:
    """Say why a path is taken for this set; None when it is not."""
    if files.find(path, _FOLDERS, _holds_meetings):
        return 'its files hold "meeting_transcripts" and "specific_query_list"'
    return None


def _holds_meetings(path: Path) -> bool:
    """Whether a folder is that of a split."""
    first = min(path.glob("*.json"), default=None) if path.is_dir() else None
    beginning = files.head(first) if first is not None else ""
    return '"specific_query_list"' in beginning or '"meeting_transcripts"' in beginning


def load(path: Path) -> Dataset:
    """Load the meetings of one split, in the order of their file names.

    Raises:
        QAError: If the path holds no meetings, or several splits.
        FormatError: If a file is not in the layout.
    """
    if path.suffix == ".jsonl":
        raise QAError(
            f"{path} names no meetings. Name the folder of one split with a file a meeting, data/ALL/val."
        )
    found = files.find(path, _FOLDERS, _holds_meetings)
    folder = files.the_one(path, found, "the folder of one QMSum split (*.json), such as data/ALL/val")
    draft = Draft(NAME, CARD)
    meetings = sorted(folder.glob("*.json"))
    for file in meetings:
        _meeting(draft, file)
    draft.count_repeats()
    return draft.finish(folder, meetings)


def _meeting(draft: Draft, file: Path) -> None:
    data = item_of(files.read_json(file), file, "the file")
    turns = [_turn(draft, item) for item in data.items("meeting_transcripts")]
    if not turns:
        draft.count(RemarkKind.DROPPED, "Meetings left out because nothing is said in them")
        return
    transcript = draft.transcript(file.stem, turns)
    draft.pools.append(Pool(transcript.id, (transcript,)))
    general = len(data.list_of("general_query_list", optional=True))
    draft.count(RemarkKind.DROPPED, "General queries, which have no span, left out", general)
    for place, query in enumerate(data.items("specific_query_list")):
        spans = _spans(draft, query, transcript)
        draft.ask(
            f"{transcript.id}:s{place}",
            query.string("query"),
            transcript.id,
            ones(frozenset().union(*spans)),
            spans=spans,
            slices={"part": _part(transcript.id)},
        )


def _turn(draft: Draft, item: Item) -> Turn:
    content = item.string("content")
    draft.count(RemarkKind.DROPPED, "Marks such as {vocalsound} taken out", len(_MARKUP.findall(content)))
    words = " ".join(_SPACE_BEFORE.sub(r"\1", _MARKUP.sub("", content)).split())
    return draft.turn(words, item.string("speaker", default="").strip() or None)


def _spans(draft: Draft, query: Item, transcript: JudgedTranscript) -> list[frozenset[str]]:
    """Return the ids in each span of a query."""
    spans = []
    for pair in query.list_of("relevant_text_span", optional=True):
        ends = [whole(end) for end in pair] if isinstance(pair, list) else []
        first, last = ends if len(ends) == 2 else (None, None)
        if first is None or last is None:
            raise query.wrong("relevant_text_span", 'a list of pairs such as ["12", "15"]')
        if first <= last < len(transcript.turn_ids):
            spans.append(frozenset(transcript.turn_ids[first : last + 1]))
        else:
            draft.count(RemarkKind.DROPPED, "Spans left out because no such turns are in the meeting")
    return spans


def _part(meeting: str) -> str:
    return next((part for pattern, part in _PARTS if pattern.match(meeting)), "other")


def content_turns(dataset: Dataset) -> Dataset:
    """Return the set without turns of fewer than `CONTENT_WORDS` words, neither as candidates nor as gold.

    The other turns keep their ids, so that a run over all turns can be cut down to these. Questions whose
    gold is of short turns only are left out.

    Raises:
        QAError: If no question is left.
    """
    cut = {transcript.id: _longer(transcript) for transcript in dataset.transcripts()}
    kept = {id_ for transcript in cut.values() for id_ in transcript.turn_ids}
    draft = Draft(f"{NAME}-content", dataset.card)
    short = f"Turns of fewer than {CONTENT_WORDS} words left out"
    draft.count(RemarkKind.DROPPED, short, dataset.turns - len(kept))
    for pool in dataset.pools:
        longer = tuple(cut[transcript.id] for transcript in pool.transcripts if cut[transcript.id].turn_ids)
        if longer:
            draft.pools.append(Pool(pool.id, longer))
    for question in dataset.questions:
        draft.ask(
            question.id,
            question.text,
            question.pool,
            {id_: gain for id_, gain in question.gains.items() if id_ in kept},
            spans=[span & kept for span in question.spans if span & kept],
            slices=question.slices,
        )
    return draft.finish_from(dataset)


def _longer(transcript: JudgedTranscript) -> JudgedTranscript:
    turns, ids = transcript.reading.turns, transcript.turn_ids
    kept = [place for place, turn in enumerate(turns) if len(re.findall(r"\w+", turn.text)) >= CONTENT_WORDS]
    reading = replace(transcript.reading, turns=tuple(turns[place] for place in kept))
    return JudgedTranscript(transcript.id, reading, tuple(ids[place] for place in kept))
