"""LoCoMo (Maharana et al. 2024, arXiv:2402.17753): long conversations of many dated sessions.

Accepts ``locomo10.json``, the folder or release it lies in, or a file of one conversation. A session is one
transcript, a conversation one pool; gold is the evidence. A turn's id is its place as the release writes it,
"D3:11", with zeros: "conv-26:D03:011". Summaries and observations in the file are no transcript and not read.
"""

import re
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from qa.evaluation.judged import Card, Dataset, JudgedTranscript, Pool
from qa.evaluation.sets import files
from qa.evaluation.sets.draft import Draft, ones
from qa.evaluation.sets.items import Item, clean, items, whole
from qa.types import Reading, RemarkKind, Turn, check_date

NAME = "locomo"
CARD = Card(
    title="LoCoMo (Maharana et al., ACL 2024)",
    source="https://github.com/snap-research/locomo",
    licence="CC BY-NC 4.0: not for commercial use",
    gold="The turns given as evidence, with gain 1. Turns without images carry their text alone.",
    known_errors=(
        'Evidence is malformed in places ("D8:6; D9:17", "D:11:26", "D30:05"); it is read as meant.',
        "Evidence that names no turn is dropped, and with it questions that have no other.",
        "Adversarial questions (category 5) name the wrong speaker; their evidence is the true turn. Report "
        "with and without them.",
        "Some questions repeat; they are told apart by their place.",
        "An audit found about a hundred wrong answers; evidence is wrong in places, too (issues 21, 27, 42).",
    ),
    tuned_on="sample conv-26 (the weights)",
)
# Many copies of the file permute these names; they are those of the paper's evaluation.
_CATEGORIES = {1: "multi-hop", 2: "temporal", 3: "open-domain", 4: "single-hop", 5: "adversarial"}
_FILES = ("data/locomo*.json", "locomo*.json", "*.json")
_EVIDENCE = re.compile(r"D:?(\d{1,6})\s*:\s*(\d{1,6})")
_SESSION = re.compile(r"session_(\d{1,6})")
_DATE = re.compile(r"(\d{1,2}) ([A-Za-z]+),? (\d{4})")  # in "1:56 pm on 8 May, 2023"
_MONTHS = "january february march april may june july august september october november december".split()

Place = tuple[int, int]  # session and turn, as "D3:11" counts them


@dataclass(frozen=True, slots=True)
class _Session:
    """A session as the file has it; ``numbers`` are those of its turns, ascending."""

    number: int
    turns: list[Item]
    numbers: list[int]


def recognises(path: Path) -> str | None:
    """Say why a path is taken for this set; None when it is not."""
    return 'its questions have "evidence" and "category"' if files.find(path, _FILES, _is_ours) else None


def _is_ours(path: Path) -> bool:
    beginning = files.head(path)
    sessions = '"session_1"' in beginning and '"dia_id"' in beginning
    return sessions or ('"evidence"' in beginning and '"category"' in beginning)


def load(path: Path) -> Dataset:
    """Load the conversations of a file, in its order. Images are left out: a turn is its text.

    Raises:
        QAError: If the path holds no such file, or several.
        FormatError: If the file is not in the layout.
    """
    return _load(path, NAME, captions=False)


def load_with_captions(path: Path) -> Dataset:
    """Load as `load` does, with the captions of images in the texts: "Look! [shares a photo: a dog]".

    The LoCoMo paper puts captions into the texts it embeds, many later results do not.
    """
    return _load(path, f"{NAME}-captions", captions=True)


def _load(path: Path, name: str, *, captions: bool) -> Dataset:
    file = files.the_one(path, files.find(path, _FILES, _is_ours), "a file such as data/locomo10.json")
    draft = Draft(name, CARD)
    value = files.read_json(file)
    samples = list(items(value if isinstance(value, list) else [value], file, "conversation"))
    held = [_sessions(draft, sample.item("conversation")) for sample in samples]
    # The same number of digits in the whole file, so that string order is turn order.
    digits = (
        max([2, *(len(str(session.number)) for sessions in held for session in sessions)]),
        max([3, *(len(str(session.numbers[-1])) for sessions in held for session in sessions)]),
    )
    for sample, sessions in zip(samples, held, strict=True):
        _conversation(draft, sample, sessions, digits, captions)
    draft.count_repeats()
    return draft.finish(file, [file])


def _sessions(draft: Draft, conversation: Item) -> list[_Session]:
    """Return the sessions that were held, in order."""
    numbers = sorted({int(key[1]) for key in map(_SESSION.fullmatch, conversation.fields) if key})
    sessions = [
        _Session(number, turns, _numbers(draft, number, turns))
        for number in numbers
        if (turns := conversation.items(f"session_{number}", optional=True))
    ]
    held = {f"session_{session.number}_date_time" for session in sessions}
    dates = {key for key in conversation.fields if re.fullmatch(r"session_\d+_date_time", key)}
    draft.count(RemarkKind.DROPPED, "Dates of sessions that were never held", len(dates - held))
    return sessions


def _numbers(draft: Draft, session: int, turns: list[Item]) -> list[int]:
    """Return the numbers that the turns' own ids give them, or their places when those do not ascend."""
    places = [_place(turn) for turn in turns]
    numbers = [place[1] for place in places if place is not None and place[0] == session]
    if len(numbers) == len(turns) and all(one < next_ for one, next_ in pairwise(numbers)):
        return numbers
    draft.count(RemarkKind.ASSUMED, "Sessions whose turns are numbered by order, their own ids being wrong")
    return list(range(1, len(turns) + 1))


def _place(turn: Item) -> Place | None:
    found = _EVIDENCE.fullmatch(turn.scalar("dia_id").strip())
    return (int(found[1]), int(found[2])) if found else None


def _conversation(
    draft: Draft, sample: Item, sessions: list[_Session], digits: tuple[int, int], captions: bool
) -> None:
    name = sample.scalar("sample_id") or f"conversation-{len(draft.pools) + 1}"
    pool = draft.new_id(name)
    known: dict[Place, str] = {}
    transcripts = []
    for session in sessions:
        transcript = _transcript(draft, sample, session, (name, pool), digits, captions)
        transcripts.append(transcript)
        for turn, number, id_ in zip(session.turns, session.numbers, transcript.turn_ids, strict=True):
            known.setdefault(_place(turn) or (session.number, number), id_)
    if not transcripts:
        draft.count(RemarkKind.DROPPED, "Conversations left out because nothing is said in them")
        return
    draft.pools.append(Pool(pool, tuple(transcripts)))
    asked = sample.items("qa", optional=True)
    width = max(3, len(str(len(asked))))
    for place, question in enumerate(asked):
        category = whole(question.fields.get("category"))
        draft.ask(
            f"{pool}:q{place:0{width}d}",
            question.string("question"),
            pool,
            ones(_gold(draft, question, known)),
            # The answer of an adversarial question is the one that should not be given.
            answers=[] if category == 5 else _answers(question),
            slices={"type": _CATEGORIES.get(category or 0, "other")},
        )


def _transcript(
    draft: Draft,
    sample: Item,
    session: _Session,
    name: tuple[str, str],
    digits: tuple[int, int],
    captions: bool,
) -> JudgedTranscript:
    title, pool = name
    id_ = f"{pool}:D{session.number:0{digits[0]}d}"
    turns = tuple(_turn(draft, item, captions) for item in session.turns)
    written = sample.item("conversation").string(f"session_{session.number}_date_time", default="")
    date = _date(written)
    if date is None:
        draft.count(RemarkKind.DROPPED, "Sessions whose date is missing or cannot be read")
    reading = Reading(NAME, turns, title=f"{title} session {session.number}", date=date)
    return JudgedTranscript(
        id_, reading, tuple(f"{id_}:{number:0{digits[1]}d}" for number in session.numbers)
    )


def _turn(draft: Draft, item: Item, captions: bool) -> Turn:
    text = item.string("text", default="").strip()
    if captions and (caption := item.string("blip_caption", default="").strip()):
        text = f"{text} [shares a photo: {caption}]".strip()
    return draft.turn(text, item.string("speaker", default="").strip() or None)


def _date(written: str) -> str | None:
    """Read a date such as "1:56 pm on 8 May, 2023" as ISO; None when it is none."""
    found = _DATE.search(written)
    if found is None or found[2].lower() not in _MONTHS:
        return None
    try:
        return check_date(f"{found[3]}-{_MONTHS.index(found[2].lower()) + 1:02d}-{int(found[1]):02d}")
    except ValueError:
        return None


def _gold(draft: Draft, question: Item, known: dict[Place, str]) -> list[str]:
    """Return the turns that the evidence of a question names, each once."""
    gold: dict[str, None] = {}
    for written in question.strings("evidence", optional=True):
        places = [(int(session), int(turn)) for session, turn in _EVIDENCE.findall(written)]
        if not places:
            draft.count(RemarkKind.DROPPED, "Pieces of evidence that name no turn")
        elif [written] != [f"D{session}:{turn}" for session, turn in places]:
            draft.count(RemarkKind.INFERRED, "Pieces of evidence in another form than D3:11, read as meant")
        for place in places:
            if place in known:
                gold[known[place]] = None
            else:
                draft.count(RemarkKind.DROPPED, "Pieces of evidence that name a turn which is not there")
    return list(gold)


def _answers(question: Item) -> list[str]:
    """Return the answer, which may be a number."""
    value = question.fields.get("answer")
    values = value if isinstance(value, list) else [value]
    return [clean(str(one)) for one in values if isinstance(one, str | int | float)]
