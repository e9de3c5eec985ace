"""Answers, transcripts, reports and list entries as plain values for JSON.

The command line (``--json``) and the page's endpoints hand out these same shapes.
"""

from collections.abc import Sequence
from typing import Any

from qa.answering import Answer, Neighbour, Source
from qa.explaining import VIEWS, Reasons
from qa.inspection import inspection_json
from qa.judgments import JudgedQuestion, filter_json
from qa.library import Entry
from qa.reason_text import standing_text
from qa.reasons import Reason
from qa.renaming import Renamed
from qa.reporting import Report
from qa.retrieval.understanding import Understood
from qa.speakers import SpeakerEntry
from qa.types import Transcript, Turn, turn_id

JsonObject = dict[str, Any]


def answer_json(answer: Answer) -> JsonObject:
    """Return an answer: confidence from 0 to 1, times in seconds or None, offsets in each source's text."""
    return {
        "question": answer.question,
        "answered": answer.answered,
        "answer": answer.answer,
        "confidence": round(answer.confidence, 4),
        "elapsed_ms": round(answer.elapsed_ms, 1),
        "searched": list(answer.searched),
        "understood": understood_json(answer.understood),
        "reranked": answer.reranked.value,
        "instead_of": answer.instead_of,
        "off_topic": answer.off_topic,
        "sources": [_source_json(source) for source in answer.sources],
    }


def understood_json(understood: Understood) -> list[JsonObject]:
    """Return what was understood of who and when, each with the text that the page shows."""
    people: list[JsonObject] = [
        {
            "kind": "person",
            "text": str(one),
            "relation": one.relation.value,
            "names": list(one.names),
            "roles": list(one.roles),
            "given": one.given,
        }
        for one in understood.people
    ]
    times: list[JsonObject] = [
        {"kind": "period", "text": str(one), "since": one.since, "until": one.until}
        for one in understood.periods
    ]
    event = understood.event
    events: list[JsonObject] = (
        [{"kind": "event", "text": str(event), "before": event.before}] if event else []
    )
    return [*people, *times, *events]


def _source_json(source: Source) -> JsonObject:
    turn = source.turn
    return {
        "rank": source.rank,
        "score": round(source.score, 4),
        "closely": None if source.closely is None else round(source.closely, 4),
        "turn_id": source.turn_id,
        "transcript_id": source.transcript_id,
        "transcript_title": source.transcript_title,
        "speaker": turn.speaker,
        "role": turn.role,
        "start": turn.start,
        "end": turn.end,
        "time_kind": source.time_kind.value,
        "date": source.date,
        "text": turn.text,
        "highlight": None if source.highlight is None else list(source.highlight),
        "link": source.link,
        "inferred": turn.inferred,
        "before": _neighbours_json(source.before),
        "after": _neighbours_json(source.after),
        "beside": list(source.beside),
        "repeats": [
            {**_turn_json(one.turn_id, one.turn), "transcript_title": one.transcript_title, "link": one.link}
            for one in source.repeats
        ],
    }


def _neighbours_json(neighbours: Sequence[Neighbour]) -> list[JsonObject]:
    return [_turn_json(neighbour.turn_id, neighbour.turn) for neighbour in neighbours]


def _turn_json(identifier: str, turn: Turn) -> JsonObject:
    return {
        "turn_id": identifier,
        "speaker": turn.speaker,
        "role": turn.role,
        "start": turn.start,
        "end": turn.end,
        "text": turn.text,
        "inferred": turn.inferred,
        "notes": list(turn.notes),
    }


def transcript_json(transcript: Transcript) -> JsonObject:
    """Return a whole transcript; the position of each turn is part of its id."""
    return {
        "id": transcript.id,
        "title": transcript.title,
        "date": transcript.date,
        "time_kind": transcript.time_kind.value,
        "format": transcript.format,
        "notes": list(transcript.notes),
        "source": transcript.source,
        "turns": [_turn_json(turn_id(transcript.id, i), turn) for i, turn in enumerate(transcript.turns)],
    }


def report_json(report: Report) -> JsonObject:
    """Return what became of one file.

    ``format``, ``transcript_id``, ``title`` and ``inspection`` are None when it was refused.
    """
    return {
        "path": report.path,
        "format": report.format,
        "transcript_id": report.transcript_id,
        "status": report.status,
        "turns": report.turns,
        "title": report.title,
        "warnings": list(report.warnings),
        "inspection": None if report.inspection is None else inspection_json(report.inspection),
    }


def entry_json(entry: Entry) -> JsonObject:
    """Return a transcript as it stands in a list: all but its turns, which are counted."""
    return {
        "id": entry.id,
        "title": entry.title,
        "date": entry.date,
        "time_kind": entry.time_kind.value,
        "format": entry.format,
        "source": entry.source,
        "has_media": entry.media is not None,
        "turns": entry.turns,
        "speakers": list(entry.speakers),
    }


def judged_json(judged: JudgedQuestion) -> JsonObject:
    """Return what is judged of a question; ``unanswerable`` is None when nobody said."""
    return {
        "id": judged.id,
        "question": judged.asked.question,
        "searched": list(judged.asked.searched),
        "within": filter_json(judged.asked.within),
        "unanswerable": judged.unanswerable,
        "judged": judged.judged,
        "turns": [
            {"turn_id": one.turn_id, "gain": one.gain, "judged": one.judged} for one in judged.judgments
        ],
    }


def speaker_json(speaker: SpeakerEntry) -> JsonObject:
    """Return someone who is named in a library; ``role`` is the one of most turns."""
    return {
        "name": speaker.name,
        "role": speaker.role,
        "roles": list(speaker.roles),
        "aliases": list(speaker.aliases),
        "turns": speaker.turns,
        "transcripts": speaker.transcripts,
    }


def renamed_json(renamed: Renamed) -> JsonObject:
    """Return what became of a renaming; ``turns`` is 0 when there was nothing to change."""
    return {
        "old": renamed.old,
        "name": renamed.name,
        "role": renamed.role,
        "turns": renamed.turns,
        "transcripts": renamed.transcripts,
    }


def reason_json(reason: Reason) -> JsonObject:
    """Return a reason as plain values; shares add up to the turn's score."""
    ahead = reason.ahead
    return {
        "turn_id": reason.turn_id,
        "standing": str(reason.standing),
        "source": reason.source,
        "rank": reason.rank,
        "searched": reason.searched,
        "moved": reason.moved,
        "filters": list(reason.filters),
        "text": standing_text(reason),
        **_reasons_json(reason.reasons),
        "ahead": None
        if ahead is None
        else {
            "source": ahead.source,
            "turn_id": ahead.turn_id,
            "differences": {name: round(value, 4) for name, value in ahead.differences},
            **_reasons_json(ahead.reasons),
        },
    }


def _reasons_json(reasons: Reasons | None) -> JsonObject:
    if reasons is None:
        return {"ranks": None, "shares": None, "words": [], "words_near": []}
    return {
        "ranks": dict(zip(VIEWS, reasons.ranks, strict=True)),
        "shares": {name: round(value, 4) for name, value in reasons.shares.items()},
        "words": list(reasons.words),
        "words_near": list(reasons.near),
    }
