"""Your own questions over your own library.

``questions.jsonl`` has a question a line, with the turns that answer it or the words of the answer::

    {"question": "Who keeps the key?", "turns": ["3f2a9c0b7d14:00012"], "type": "person"}
    {"question": "When does it start?", "answer": "at nine", "transcript": "3f2a9c0b7d14"}

``question`` (or ``text``) is required. ``turns`` are turn ids with gain 1, or ids with gains,
``{"3f2a9c0b7d14:00012": 2}``. ``answer``, a text or several, makes every turn relevant that holds one of them
as whole words, when no turns are given. ``id``, ``type`` and ``transcript``, where to look, are optional.

``transcript-qa judgments --export`` writes more: ``within``, the filter in force when the question was asked,
which is asked of what that lets through, of the whole library for ``{}``; ``asked``, the question as typed,
where ``question`` is the wording of a follow-up; and ``unanswerable``, when somebody said nothing answers it.

Judgments may lie beside it, in ``qrels*``, as thumbs are exported: then each question needs its ``id``, and
the questions may be a file of topics, ``id<TAB>text``. What qrels say of a turn counts before ``turns``.

The transcripts are those of a library given to `load`, or of ``library.jsonl`` beside the questions, which
holds what ``transcript-qa show ID --json`` prints, one after another. A transcript is a pool; a question
whose turns lie in several is asked of all of them. Turns that are no longer in the library are counted and
left out.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from qa.errors import FormatError, QAError
from qa.evaluation.judged import Card, Dataset, JudgedTranscript
from qa.evaluation.runs import read_qrels, read_topics
from qa.evaluation.sets import files
from qa.evaluation.sets.asked import Asked, ask_all
from qa.evaluation.sets.draft import Draft, ones
from qa.evaluation.sets.items import Item, clean, item_of
from qa.evaluation.sets.naming import identifier
from qa.judgments import filter_from
from qa.library import Library
from qa.retrieval import Filter
from qa.types import Reading, TimeKind, Turn, turn_id

NAME = "own"
CARD = Card(
    title="Your own questions",
    source="the library and the questions file named",
    licence="yours",
    gold=(
        "The turns named for a question or judged in qrels, with their gains; for a question with an answer "
        "alone, every turn that holds it as whole words, with gain 1."
    ),
    known_errors=("Turns that answer but were not named count as not relevant: see judged@k.",),
)
_QUESTIONS = ("questions*", "topics*")
_LIBRARY = ("library.jsonl", "library.json")


def recognises(path: Path) -> str | None:
    """Say why a path is taken for this layout; None when it is not."""
    found = files.find(path, _QUESTIONS, Path.is_file)
    if any(map(_is_ours, found)):
        return 'it has a "question" with "turns" or an "answer" on each line'
    if found and path.is_dir() and _exported(path):
        return "it holds questions and an exported library"
    return None


def _is_ours(path: Path) -> bool:
    first = files.head(path).lstrip().partition("\n")[0]
    return first.startswith("{") and '"question"' in first and ('"turns"' in first or '"answer"' in first)


def _exported(folder: Path) -> Path | None:
    return next((folder / name for name in _LIBRARY if (folder / name).is_file()), None)


def load(path: Path, library: Library | None = None) -> Dataset:
    """Load questions and the transcripts they are asked of.

    Args:
        path: The questions, or the folder they lie in.
        library: Whose transcripts they are asked of; None for the export that lies beside the questions.

    Raises:
        QAError: If there are no questions or no transcripts.
        FormatError: If a file is not in the layout; it names the line.
    """
    found = files.find(path, _QUESTIONS, Path.is_file)
    questions = files.the_one(path, found, "a file of questions, such as questions.jsonl")
    beside = sorted(file for file in questions.parent.glob("qrels*") if file.is_file())
    qrels = read_qrels(files.the_one(path, beside, "one file of judgments")) if beside else {}
    transcripts, seal = _transcripts(questions, library), files.checksum([questions, *beside])
    return assemble(Draft(NAME, CARD), questions, transcripts, _asked(questions), qrels, seal)


def assemble(
    draft: Draft,
    source: Path,
    transcripts: Sequence[JudgedTranscript],
    questions: Iterable[Asked],
    qrels: Mapping[str, Mapping[str, int]],
    seal: str,
) -> Dataset:
    """Return the data set of questions asked of transcripts.

    Args:
        draft: Empty.
        source: Named in the error.
        transcripts: All that can be searched.
        questions: In the order in which they are asked.
        qrels: Judgments by question id, which count before those of the questions.
        seal: Checksum of the questions and judgments.

    Raises:
        QAError: If there are no transcripts, or no question is left.
    """
    if not transcripts:
        raise QAError(f"There is no transcript to ask {source} of. Add some with: transcript-qa add PATH")
    ask_all(draft, transcripts, questions, qrels)
    whole = hashlib.sha256(seal.encode())
    for one in transcripts:
        whole.update(repr((one.id, one.reading.date, one.reading.turns)).encode())
    return draft.finish(source, [], whole.hexdigest())


# --- the transcripts ---------------------------------------------------------------------------------------


def _transcripts(questions: Path, library: Library | None) -> list[JudgedTranscript]:
    """Return the transcripts of the library, or of its export."""
    if library is not None:
        return transcripts_of(library)
    if (export := _exported(questions.parent)) is None:
        raise QAError(
            f"{questions} names no library. Pass --library FOLDER, or put beside it, as {_LIBRARY[0]}, what "
            "transcript-qa show ID --json prints."
        )
    return [_judged(id_, reading) for id_, reading in _read_export(export)]


def transcripts_of(library: Library) -> list[JudgedTranscript]:
    """Return the transcripts of a library, its turns named as in links."""
    held = [library.transcript(entry.id) for entry in library.entries()]
    return [
        _judged(one.id, Reading(one.format, one.turns, one.time_kind, one.title, one.date, one.notes))
        for one in held
    ]


def _judged(id_: str, reading: Reading) -> JudgedTranscript:
    return JudgedTranscript(id_, reading, tuple(turn_id(id_, place) for place in range(len(reading.turns))))


def _read_export(path: Path) -> Iterator[tuple[str, Reading]]:
    """Yield id and reading of each transcript in an export; JSON values follow one another."""
    seen: set[str] = set()
    for number, item in enumerate(_json_values(path), 1):
        transcript = item_of(item, path, f"transcript {number}")
        id_ = transcript.string("id")
        if id_ != identifier(id_) or id_ in seen:
            raise transcript.wrong("id", "an id without white space that no other transcript has")
        seen.add(id_)
        try:
            kind = TimeKind(transcript.string("time_kind", default="none"))
            turns = tuple(map(_turn, transcript.items("turns")))
            yield id_, Reading(NAME, turns, kind, transcript.text("title"), transcript.date())
        except ValueError as error:
            raise transcript.error(f"{error}. Export the transcript again.") from error


def _turn(item: Item) -> Turn:
    start, end = item.span()
    return Turn(
        item.string("text"), item.text("speaker"), item.text("role"), start, end, item.flag("inferred")
    )


def _json_values(path: Path) -> Iterator[object]:
    text = files.read_text(path)
    decode, at = json.JSONDecoder().raw_decode, 0
    while text[at:].strip():  # an export is short enough to be cut anew for each transcript
        at += len(text[at:]) - len(text[at:].lstrip())
        try:
            value, at = decode(text, at)
        except (ValueError, RecursionError) as error:
            remedy = "It is broken JSON. Export it again: transcript-qa show ID --json >> library.jsonl"
            raise FormatError(path, text.count("\n", 0, at) + 1, None, remedy) from error
        yield value


# --- the questions -----------------------------------------------------------------------------------------


def _asked(path: Path) -> Iterator[Asked]:
    """Yield the questions of a file, in its order."""
    if not files.head(path).lstrip().startswith("{"):
        for id_, text in read_topics(path).items():
            yield Asked(id_, text, gains={})
        return
    seen: set[str] = set()
    for number, fields in files.json_lines(path):
        item = Item(fields, path, number)
        key = next((key for key in ("id", "_id", "qid") if key in fields), "id")
        id_ = item.scalar(key) or f"q{number:04d}"
        if id_ != identifier(id_) or id_ in seen:
            raise item.wrong(key, "an id without white space that no other question has")
        seen.add(id_)
        yield _question(item, id_)


def _question(item: Item, id_: str) -> Asked:
    text = item.string("question" if "question" in item.fields or "text" not in item.fields else "text")
    answer = item.fields.get("answer")
    answers = item.strings("answer") if isinstance(answer, list) else [item.scalar("answer")]
    gains: Mapping[str, int] | None = None
    if item.fields.get("turns") is not None:
        gains = _gains(item)
    elif not any(one.strip() for one in answers):
        gains = {}
    kind, transcript = item.scalar("type"), item.scalar("transcript")
    return Asked(
        id_, text, gains, tuple(one for one in answers if one.strip()), transcript or None, kind,
        _within(item), item.flag("unanswerable"), bool(item.scalar("asked")),
    )  # fmt: skip


def _within(item: Item) -> Filter | None:
    if item.fields.get("within") is None:
        return None
    try:
        return filter_from(item.item("within").fields)
    except ValueError as error:
        raise item.wrong("within", f"a filter, as judgments are exported with ({error})") from error


def _gains(item: Item) -> Mapping[str, int]:
    """Read the turns of a question: ids, or ids with gains."""
    turns = item.fields["turns"]
    if not isinstance(turns, dict):
        return ones(item.strings("turns"))
    if not all(isinstance(gain, int) and not isinstance(gain, bool) for gain in turns.values()):
        raise item.wrong("turns", "a list of turn ids, or an object of turn ids and whole numbers")
    return {clean(id_): gain for id_, gain in turns.items()}
