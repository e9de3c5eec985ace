from dataclasses import replace

from qa.answering import Answer, Neighbour, Repeat, Source
from qa.inspection import inspect, inspection_json
from qa.json_forms import answer_json, entry_json, report_json, transcript_json
from qa.library import Entry
from qa.reporting import Report
from qa.types import Reading, TimeKind, Transcript, Turn

BEFORE = Neighbour("0f0f0f0f0f0f:00003", Turn("How many?", role="questioner", start=1.0))
SOURCE = Source(
    rank=1,
    score=0.123456,
    turn_id="0f0f0f0f0f0f:00004",
    turn=Turn("Well. Seven boats.", "Ana Lopez", "Mayor", 2.0, 4.5, inferred=True),
    transcript_id="0f0f0f0f0f0f",
    transcript_title="Hearing",
    date="2026-02",
    time_kind=TimeKind.MEDIA,
    highlight=(6, 18),
    link="http://127.0.0.1:7860/?turn=0f0f0f0f0f0f:00004",
    media=None,
    before=(BEFORE,),
    after=(),
    parts=(1.0,),
)


def test_answer_has_exactly_the_promised_keys_and_plain_values() -> None:
    answer = Answer("How many?", "Seven boats.", 0.87654321, (SOURCE,), ("How many?",), 12.3456)
    assert answer_json(answer) == {
        "question": "How many?",
        "answered": True,
        "answer": "Seven boats.",
        "confidence": 0.8765,
        "elapsed_ms": 12.3,
        "searched": ["How many?"],
        "understood": [],
        "reranked": "none",
        "instead_of": None,
        "off_topic": None,
        "sources": [
            {
                "rank": 1,
                "score": 0.1235,
                "closely": None,
                "turn_id": "0f0f0f0f0f0f:00004",
                "transcript_id": "0f0f0f0f0f0f",
                "transcript_title": "Hearing",
                "speaker": "Ana Lopez",
                "role": "Mayor",
                "start": 2.0,
                "end": 4.5,
                "time_kind": "media",
                "date": "2026-02",
                "text": "Well. Seven boats.",
                "highlight": [6, 18],
                "link": "http://127.0.0.1:7860/?turn=0f0f0f0f0f0f:00004",
                "inferred": True,
                "before": [
                    {
                        "turn_id": "0f0f0f0f0f0f:00003",
                        "speaker": None,
                        "role": "questioner",
                        "start": 1.0,
                        "end": None,
                        "text": "How many?",
                        "inferred": False,
                        "notes": [],
                    }
                ],
                "after": [],
                "beside": [],
                "repeats": [],
            }
        ],
    }


def test_what_was_grouped_with_a_source_is_named() -> None:
    elsewhere = Repeat("1f1f1f1f1f1f:00009", SOURCE.turn, "Evening", None, TimeKind.NONE, "http://there")
    source = replace(SOURCE, beside=("0f0f0f0f0f0f:00003",), repeats=(elsewhere,))
    (form,) = answer_json(Answer("How many?", None, 0.1, (source,), ("How many?",), 1.0))["sources"]
    assert form["beside"] == ["0f0f0f0f0f0f:00003"]
    (repeat,) = form["repeats"]
    assert (repeat["turn_id"], repeat["transcript_title"], repeat["link"], repeat["text"]) == (
        "1f1f1f1f1f1f:00009", "Evening", "http://there", "Well. Seven boats.",
    )  # fmt: skip


def test_unanswered_question_has_no_answer() -> None:
    form = answer_json(Answer("Why?", None, 0.1, (), ("Why?",), 1.0))
    assert (form["answered"], form["answer"], form["sources"]) == (False, None, [])


def test_transcript_names_each_turn_by_its_position() -> None:
    transcript = Transcript(
        "0f0f0f0f0f0f", "Hearing", "plain", (Turn("One.", "Ana", notes=("(laughs)",)), Turn("Two.")),
        notes=("(As delivered)",), source="hearing.txt",
    )  # fmt: skip
    form = transcript_json(transcript)
    assert [turn["turn_id"] for turn in form["turns"]] == ["0f0f0f0f0f0f:00000", "0f0f0f0f0f0f:00001"]
    assert form["turns"][0]["notes"] == ["(laughs)"]
    assert {key: value for key, value in form.items() if key != "turns"} == {
        "id": "0f0f0f0f0f0f",
        "title": "Hearing",
        "date": None,
        "time_kind": "none",
        "format": "plain",
        "notes": ["(As delivered)"],
        "source": "hearing.txt",
    }


def test_refused_report_has_no_transcript() -> None:
    assert report_json(Report("a.txt", "refused", warnings=("a.txt: it is empty.",))) == {
        "path": "a.txt",
        "format": None,
        "transcript_id": None,
        "status": "refused",
        "turns": 0,
        "title": None,
        "warnings": ["a.txt: it is empty."],
        "inspection": None,
    }


def test_report_holds_what_was_understood() -> None:
    reading = Reading(
        "plain", (Turn("Yes.", "Ana"),), recognised="lines start with a speaker", encoding="UTF-8"
    )
    report = Report("a.txt", "added", "plain", "0f0f", "A", 1, inspection=inspect(reading))
    form = report_json(report)
    assert form["inspection"] == inspection_json(inspect(reading))
    assert form["inspection"]["recognised"] == "lines start with a speaker"


def test_entry_says_that_there_is_a_recording_but_not_where() -> None:
    entry = Entry("0f0f", "Hearing", None, TimeKind.MEDIA, "srt", "h.srt", "/home/ana/h.mp3", 3, ("Ana",))
    form = entry_json(entry)
    assert form["has_media"] is True
    assert "/home/ana" not in str(form)
    assert form["speakers"] == ["Ana"]
