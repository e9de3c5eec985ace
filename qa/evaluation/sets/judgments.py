"""The judgments that people made in a library, as a data set and as files.

The files are those of `qa.evaluation.sets.own`: ``questions.jsonl`` with the judged turns and the filter in
force, ``qrels.trec`` and ``topics.tsv`` for other tools, and the transcripts as ``library.jsonl``. Read back,
they make the same questions as the library does.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from qa.errors import QAError
from qa.evaluation.judged import Card, Dataset
from qa.evaluation.runs import format_qrels, format_topics_tsv
from qa.evaluation.sets.asked import Asked
from qa.evaluation.sets.draft import Draft
from qa.evaluation.sets.own import assemble, transcripts_of
from qa.json_forms import transcript_json
from qa.judgments import JudgedQuestion, filter_json
from qa.library import Library
from qa.types import Transcript

NAME = "judgments"
CARD = Card(
    title="What people judged in this library",
    source="the library named",
    licence="yours",
    gold="The turns that somebody called the passage, with gain 1; those called not it have gain 0.",
    known_errors=(
        "Only what was shown was judged: other turns that answer count as not relevant. See judged@k.",
    ),
)
QUESTIONS, QRELS, TOPICS, TRANSCRIPTS = "questions.jsonl", "qrels.trec", "topics.tsv", "library.jsonl"
FILES = (QUESTIONS, QRELS, TOPICS, TRANSCRIPTS)


def load(library: Library) -> Dataset:
    """Return what is judged in a library as questions asked of it as it is now.

    Raises:
        QAError: If no question has a turn that answers it.
    """
    judged = _some(library)
    questions = [_question(one) for one in judged]
    seal = hashlib.sha256(questions_text(judged).encode()).hexdigest()
    return assemble(Draft(NAME, CARD), library.folder, transcripts_of(library), questions, {}, seal)


def exported(library: Library, *, transcripts: bool) -> dict[str, str]:
    """Return the judgments of a library as files: contents by name, without those that would be empty.

    Args:
        library: Which.
        transcripts: Whether to write the transcripts, too.

    Raises:
        QAError: If nothing is judged.
    """
    judged = _some(library)
    texts = {
        QUESTIONS: questions_text(judged),
        QRELS: format_qrels({one.id: one.gains for one in judged}),
        TOPICS: format_topics_tsv({one.id: one.asked.resolved for one in judged}),
    }
    if transcripts:
        texts[TRANSCRIPTS] = _lines(
            transcript_json(_nameless(library.transcript(entry.id))) for entry in library.entries()
        )
    return {name: text for name, text in texts.items() if text}


def write(library: Library, folder: Path, *, transcripts: bool) -> list[Path]:
    """Write the files of `exported` into a folder, and return them; those of an earlier export go.

    Raises:
        QAError: If nothing is judged, or the folder cannot be written to.
    """
    texts = exported(library, transcripts=transcripts)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in FILES:
            if name not in texts:
                (folder / name).unlink(missing_ok=True)
        for name, text in texts.items():
            (folder / name).write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise QAError(f"cannot write to {folder}: {error.strerror}. Name another folder.") from error
    return [folder / name for name in texts]


def questions_text(judged: Sequence[JudgedQuestion]) -> str:
    """Return the questions file, in which judgments are read back."""
    return _lines(map(_question_json, judged))


def _some(library: Library) -> list[JudgedQuestion]:
    if judged := library.judgments.all():
        return judged
    raise QAError(
        f"Nothing is judged in {library.folder}. Ask on the page (transcript-qa serve), and say under an "
        "answer, or on a source, whether it is the passage."
    )


def _question(one: JudgedQuestion) -> Asked:
    asked = one.asked
    return Asked(
        one.id,
        asked.resolved,
        one.gains,
        within=asked.within,
        unanswerable=one.unanswerable is True,
        follows=len(asked.searched) > 1,
    )


def _question_json(one: JudgedQuestion) -> Mapping[str, Any]:
    asked = one.asked
    line: dict[str, Any] = {"id": one.id, "question": asked.resolved}
    if len(asked.searched) > 1:
        line["asked"] = asked.question
    line |= {"turns": one.gains, "within": filter_json(asked.within), "judged": one.judged}
    return line if one.unanswerable is None else {**line, "unanswerable": one.unanswerable}


def _nameless(transcript: Transcript) -> Transcript:
    """Return a transcript without the path that it came from, which is nobody else's business."""
    return replace(transcript, source=Path(transcript.source).name)


def _lines(values: Iterable[Mapping[str, Any]]) -> str:
    return "".join(json.dumps(value, ensure_ascii=False) + "\n" for value in values)
