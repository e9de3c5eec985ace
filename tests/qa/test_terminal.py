from dataclasses import replace

import pytest

from qa.answering import Answer, Source
from qa.library import Entry
from qa.terminal import answer_text, entries_text, transcript_text
from qa.types import TimeKind, Transcript, Turn
from qa.widths import width

CHINESE = "新的桥要花三千万元，其中一半由国家承担，其余由市政府在五年之内付清。"

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


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        (
            "We begin with the budget. " + "The bridge costs thirty million. " * 3,
            "The bridge costs thirty million.",
        ),
        ("我们先谈预算，" * 8 + "。" + CHINESE, CHINESE),
    ],
)
def test_sentence_is_marked_though_the_line_breaks_inside_it(text: str, quote: str) -> None:
    start = text.index(quote)
    said = replace(source(Turn(text), TimeKind.NONE, None), highlight=(start, start + len(quote)))
    shown = answer_text(Answer("?", quote, 0.9, (said,), ("?",), 1.0), 1, bold=True)
    marked = shown.partition("\x1b[1m")[2].partition("\x1b[0m")[0]
    assert "".join(marked.split()) == "".join(quote.split())
    assert all(width(line.replace("\x1b[1m", "").replace("\x1b[0m", "")) <= 96 for line in shown.split("\n"))


def test_titles_of_two_columns_a_letter_keep_the_list_in_line() -> None:
    entries = [
        Entry("0f0f0f0f0f0f", title, None, TimeKind.NONE, "plain", "a.txt", None, 3, ())
        for title in ("市民会议", "Meeting")
    ]
    assert len({width(line.partition(" turns")[0]) for line in entries_text(entries).split("\n")}) == 1


def test_transcript_of_a_chat_shows_clock_times_and_later_days() -> None:
    chat = Transcript("0f0f0f0f0f0f", "Port chat", "zoom-chat", (EARLY, LATE), TimeKind.CLOCK, "2026-03-12")
    lines = transcript_text(chat).split("\n")
    assert lines[0] == "Port chat (12 March 2026)"
    assert [line for line in lines if line.startswith("[")] == [
        "[15:01] Ana:",
        "[13 March 2026, 00:10] Ben:",
    ]
