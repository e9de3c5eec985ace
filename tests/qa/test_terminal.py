from qa.answering import Answer, Source
from qa.terminal import answer_text, transcript_text
from qa.types import TimeKind, Transcript, Turn

EARLY = Turn("Is the harbour open?", "Ana", start=54_099.0)
LATE = Turn("It opens at six.", "Ben", start=86_400.0 + 600)


def source(turn: Turn, kind: TimeKind, date: str | None) -> Source:
    return Source(
        rank=1, score=0.9, turn_id="0f0f0f0f0f0f:00001", turn=turn, transcript_id="0f0f0f0f0f0f",
        transcript_title="Port chat", date=date, time_kind=kind, highlight=None, link="http://x", media=None,
        before=(), after=(), parts=(),
    )  # fmt: skip


def cited(turn: Turn, kind: TimeKind, date: str | None) -> str:
    answer = Answer("When?", turn.text, 0.9, (source(turn, kind, date),), ("When?",), 1.0)
    return answer_text(answer, 1, bold=False).split("\n")[1].strip()


def test_source_says_the_day_and_the_time_of_a_chat_message() -> None:
    assert cited(LATE, TimeKind.CLOCK, "2026-03-12") == "— Ben on 13 March 2026, 00:10 · Port chat"
    assert cited(EARLY, TimeKind.CLOCK, None) == "— Ana at 15:01 · Port chat"


def test_source_in_a_recording_keeps_time_and_date_apart() -> None:
    assert cited(LATE, TimeKind.MEDIA, "2026-03-12") == "— Ben at 24:10:00 · Port chat, 12 March 2026"
    assert cited(LATE, TimeKind.NONE, "2026-03-12") == "— Ben · Port chat, 12 March 2026"


def test_transcript_of_a_chat_shows_clock_times_and_later_days() -> None:
    chat = Transcript("0f0f0f0f0f0f", "Port chat", "zoom-chat", (EARLY, LATE), TimeKind.CLOCK, "2026-03-12")
    lines = transcript_text(chat).split("\n")
    assert lines[0] == "Port chat (12 March 2026)"
    assert [line for line in lines if line.startswith("[")] == [
        "[15:01] Ana:",
        "[13 March 2026, 00:10] Ben:",
    ]
