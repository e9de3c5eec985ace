"""An evaluation as files, so that anybody can score it again and see every question.

In the folder: ``report.html``, ``comparison.md`` and the tables as CSV, for people; ``qrels.trec``,
``topics.jsonl``, ``summary.json`` and ``evaluation.json`` (everything, to make a report of again); and for
each system a folder of its own with ``run.trec``, ``questions.jsonl`` and ``card.json``. Files of the same
names are written over.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from qa.errors import QAError, shorten
from qa.evaluation import runs
from qa.evaluation.cards import tag
from qa.evaluation.csv_tables import csv_files
from qa.evaluation.evaluating import Outcome
from qa.evaluation.report.document import html_report
from qa.evaluation.results import Evaluation, SystemResult
from qa.evaluation.results_json import as_json, from_json, means, summary
from qa.evaluation.tables import markdown

EVALUATION = "evaluation.json"


def write_outcome(outcome: Outcome, folder: Path) -> list[Path]:
    """Write everything; return the files.

    Raises:
        QAError: If the folder cannot be written.
    """
    evaluation = outcome.evaluation
    files = {
        "qrels.trec": runs.format_qrels(outcome.qrels),
        "topics.jsonl": runs.format_topics(outcome.topics),
        EVALUATION: _json(as_json(evaluation)),
        "summary.json": _json(summary(evaluation)),
        "comparison.md": markdown(evaluation),
        "report.html": html_report(evaluation),
        **csv_files(evaluation),
    }
    for name, result in _folders(evaluation).items():
        files[f"{name}/run.trec"] = runs.format_run(outcome.runs[result.name])
        files[f"{name}/questions.jsonl"] = questions_jsonl(evaluation, result)
        files[f"{name}/card.json"] = _json(card_json(evaluation, result))
    for name, text in files.items():
        write_file(text, folder / name)
    return [folder / name for name in files]


def read_evaluation(path: Path) -> Evaluation:
    """Read an evaluation that was written.

    Args:
        path: The file, or the folder it lies in.

    Raises:
        QAError: If it cannot be read, or is no evaluation of this format.
    """
    file = path / EVALUATION if path.is_dir() else path
    remedy = f"Name the {EVALUATION} that transcript-qa evaluate --out wrote, or its folder."
    try:
        return from_json(json.loads(file.read_text(encoding="utf-8")))
    except OSError as error:
        raise QAError(f"{file} cannot be read: {error.strerror}. {remedy}") from error
    except ValueError as error:  # other JSON, or none; the message names the place
        raise QAError(
            f"{file} is no evaluation that can be read: {shorten(str(error), 300)}. {remedy}"
        ) from error


def write_file(text: str, path: Path) -> None:
    """Write a text to a file, making its folder.

    Raises:
        QAError: If that cannot be done.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        runs.write(text, path)
    except OSError as error:
        raise QAError(f"{path} cannot be written: {error.strerror}. Name another place.") from error


def _folders(evaluation: Evaluation) -> dict[str, SystemResult]:
    """Return the systems by the name of their folder."""
    found: dict[str, SystemResult] = {}
    for result in evaluation.systems:
        name = tag(result.name).replace(":", "-")  # no file of Windows has a colon
        found[name if name not in found else f"{name}~{len(found)}"] = result
    return found


def card_json(evaluation: Evaluation, result: SystemResult) -> dict[str, Any]:
    """Return the run card of a system: what it is, what it was run on, what it cost and what came out."""
    whole = summary(evaluation)
    one = next(system for system in whole["systems"] if system["name"] == result.name)
    return {
        **result.card,
        "dataset": whole["dataset"],
        "asked": whole["asked"],
        "measures": means(evaluation, result.name),
        "by_ties": dict(result.by_ties),
        "notes": [*evaluation.notes, *result.notes],
        "costs": one["costs"],
    }


def questions_jsonl(evaluation: Evaluation, result: SystemResult) -> str:
    """Write each question of a system on a line: its values, and the first turns it ranked."""
    lines = []
    for question in evaluation.questions:
        values = {name: of[question.id] for name, of in result.values.items() if question.id in of}
        best = [
            {
                "rank": rank,
                "turn_id": placed.turn_id,
                "score": placed.score,
                "gain": placed.gain,
                "parts": list(placed.parts),
                "sentence": placed.sentence,
                **_spoken(evaluation, placed.turn_id),
            }
            for rank, placed in enumerate(result.best.get(question.id, ()), 1)
        ]
        told = {"id": question.id, "text": question.text, "pool": question.pool}
        lines.append(
            json.dumps(
                {**told, "slices": dict(question.slices), "values": values, "best": best}, ensure_ascii=False
            )
        )
    return "".join(f"{line}\n" for line in lines)


def _spoken(evaluation: Evaluation, turn_id: str) -> dict[str, str]:
    turn = evaluation.turns.get(turn_id)
    return {"speaker": turn.speaker, "text": turn.text} if turn else {}


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"
