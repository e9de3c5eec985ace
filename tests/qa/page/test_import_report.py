import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from qa.page import pending
from qa.page.import_details import details_html
from qa.page.import_report import adding_progress_html, reading_html, report_html
from qa.page.pending import SHOWN_AT_FIRST, Pending, Typed
from qa.reporting import Progress
from tests.conftest import ROOT

DATA = ROOT / "tests" / "data"
HOSTILE = '<img src=x onerror="alert(1)"> ${x} {{y}} `z`'
SAFE = (
    "&lt;img src=x onerror=&quot;alert(1)&quot;&gt; &#36;&#123;x&#125; &#123;&#123;y&#125;&#125; &#96;z&#96;"
)


@pytest.fixture
def held(tmp_path: Path) -> Iterator[Pending]:
    """Read a clean file, one with something to mend, and two that are refused."""
    clean, panel = tmp_path / "clean.txt", tmp_path / "2026-03-04 panel.srt"
    clean.write_text("Ana: hello there\nBen: hello to you\n")
    panel.write_text(
        "1\n00:00:00,000 --> 00:01:02,000\nGood morning.\n\n"
        "2\n00:01:03,000 --> 00:01:05,000\n[Anna Holloway]: The gate is open.\n\n"
        "3\n00:01:06,000 --> 00:01:08,000\n[Anne Holloway]: Since nine.\n\n"
        "4\n00:01:09,000 --> 00:01:11,000\n[SPEAKER_00]: Since when?\n"
    )
    paths = [clean, panel]
    for name in ("whatsapp_ambiguous_dates.txt", "unknown_columns.csv"):
        paths.append(tmp_path / name)
        paths[-1].write_bytes((DATA / name).read_bytes())
    taken = pending.take(paths)
    *_, last = pending.read(taken, lambda _: False)
    yield last
    pending.discard(taken)


def details(held: Pending, item: int) -> str:
    return details_html(held.candidates[item], item)


def text(markup: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", markup).split())


def test_list_names_the_refused_first_and_counts_what_will_be_added(held: Pending) -> None:
    markup = report_html(held)
    assert '<h3 tabindex="-1">2 transcripts read</h3>' in markup
    assert "2 cannot be read" in markup
    assert "1 to check" in markup
    assert ">Add 2 transcripts</button>" in markup
    assert re.findall(r'class="file" dir="auto">([^<]*)<', markup) == [
        "whatsapp_ambiguous_dates.txt", "unknown_columns.csv", "2026-03-04 panel.srt", "clean.txt",
    ]  # fmt: skip
    assert re.findall(r'class="status (\w+)">([^<]*)<', markup) == [
        ("refused", "Cannot be read"), ("refused", "Cannot be read"), ("check", "3 to check"),
        ("fine", "Reads well"),
    ]  # fmt: skip
    assert 'class="details"' not in markup  # four files: folded
    assert "Panel</span>" not in markup
    assert "4 turns" in markup
    assert "SRT captions" in markup


def test_details_stand_open_where_they_are_wanted_and_a_file_can_be_left_out(held: Pending) -> None:
    markup = report_html(pending.left_out(pending.looked_at(held, 0), 1))
    assert markup.count('class="details"') == 1
    assert ">Add 1 transcript</button>" in markup
    assert 'aria-label="Take in 2026-03-04 panel.srt"' in markup
    assert 'class="status out">Left out<' in markup


def test_nothing_can_be_added_when_nothing_can_be_read(held: Pending) -> None:
    for item in (0, 1):
        held = pending.left_out(held, item)
    assert 'data-act="confirm"' not in report_html(held)
    assert "Nothing here could be read" not in report_html(held)


def test_what_the_library_holds_is_said_to_be_there(tmp_path: Path) -> None:
    file = tmp_path / "talk.txt"
    file.write_text("Ana: hello there\nBen: hello to you\n")
    taken = pending.take([file])
    *_, last = pending.read(taken, lambda _: True)
    assert 'class="status there">Already there<' in report_html(last)
    assert "1 already there</bdi></p>" in report_html(last)
    assert 'data-act="confirm"' not in report_html(last)
    assert "The library holds this already." in details(last, 0)
    assert 'data-who="Ana"' not in details(last, 0)  # a name changed here would change nothing there
    pending.discard(taken)


def test_long_list_is_cut_with_a_way_to_see_the_rest(tmp_path: Path) -> None:
    paths = [tmp_path / f"{number}.txt" for number in range(SHOWN_AT_FIRST + 5)]
    for number, path in enumerate(paths):
        path.write_text(f"Ana: this is number {number}\nBen: indeed\n")
    taken = pending.take(paths)
    *_, last = pending.read(taken, lambda _: False)
    markup = report_html(last)
    assert markup.count('data-act="look"') == SHOWN_AT_FIRST
    assert ">Show the other 5</button>" in markup
    pending.discard(taken)


def test_details_say_what_was_understood_with_fixes_for_what_was_not(held: Pending) -> None:
    markup = details(held, 1)
    said = text(markup)
    for piece in (
        "Format SRT captions : a line holds two times and an arrow",
        "Content 4 turns · 10 words · 1:11 long",
        "Encoding UTF-8",
        "Nobody is named for the opening.",
        "Anne Holloway and Anna Holloway may be one person. Make both Anna Holloway",
        "Speakers (3)",
        "No speaker Turn 1: “Good morning.”",
    ):
        assert piece in said
    assert re.findall(r'value="([^"]*)" data-item="1" data-field="([^"]*)"', markup) == [
        ("Panel", "title"),
        ("2026-03-04", "date"),
    ]
    assert re.findall(r'value="([^"]*)" data-item="1" data-who="([^"]*)"', markup) == [
        ("SPEAKER_00", "SPEAKER_00"), ("Anna Holloway", "Anna Holloway"), ("Anne Holloway", "Anne Holloway"),
    ]  # fmt: skip
    assert 'aria-label="Name of SPEAKER_00"' in markup
    assert markup.count("a label: who is it?") == 1
    assert 'data-opening="true"' in markup
    assert 'data-act="merge" data-item="1" data-who="Anne Holloway" data-name="Anna Holloway"' in markup
    assert 'data-act="undo"' not in markup


def test_details_offer_a_way_back_once_something_was_changed(held: Pending) -> None:
    held = pending.with_typed(held, [Typed(1, "SPEAKER_00", "Zoe Wills")])
    markup = details(held, 1)
    assert 'data-act="undo" data-item="1"' in markup
    assert "Assumed &#x27;SPEAKER_00&#x27; was named Zoe Wills, as asked: 1 turn." in text(markup)
    assert "also SPEAKER_00" in text(markup)


def test_clean_file_is_shown_without_anything_to_mend(held: Pending) -> None:
    markup = details(held, 0)
    assert "Content 2 turns · 5 words · no times" in text(markup)
    assert 'value="" data-item="0" data-field="date"' in markup
    assert 'placeholder="Not known: 2025-04-15"' in markup
    assert 'class="mends"' not in markup
    assert 'class="remarks"' not in markup


def test_ambiguous_dates_are_asked_about_with_two_buttons(held: Pending) -> None:
    markup = details(held, 2)
    assert text(markup) == (
        "Line 1: cannot read &#x27;1/4/23&#x27;. This may be 1 April 2023 or 4 January 2023, and no other "
        "date of the chat decides. How does this chat write its dates? Day first (31/12) Month first (12/31)"
    )
    assert re.findall(r'data-order="([^"]*)"', markup) == ["day-first", "month-first"]
    read = pending.reread(held, 2, pending.with_date_order(held.candidates[2].options, "day-first"))
    again = details(read, 2)
    assert "2 turns · 5 words · 1 April 2023, 19:02 to 2 April 2023, 08:00" in text(again)
    assert "Dates are read day first, as you said. Read the dates the other way" in text(again)
    assert 'data-order="month-first"' in again


def test_columns_of_a_refused_table_are_chosen_from_those_found(held: Pending) -> None:
    markup = details(held, 3)
    assert "No column is known to hold the words." in markup
    assert "--map" not in markup
    selects = dict(re.findall(r'<select name="(\w+)">(.*?)</select>', markup))
    chosen = {name: re.findall(r'value="(\w*)" selected', options) for name, options in selects.items()}
    assert chosen == {"text": ["utt"], "speaker": ["who"], "start": ["t0"], "unit": [""]}
    assert re.findall(r'value="(\w*)"', selects["speaker"]) == ["", "who", "utt", "t0"]
    options = pending.with_columns(held.candidates[3].options, {"text": "utt", "start": "t0", "unit": "ms"})
    read = details(pending.reread(held, 3, options), 3)
    assert "read by the columns you chose" in read
    assert 'data-act="afresh"' in read
    wrong = pending.with_columns(options, {"text": "who", "start": "utt", "unit": "ms"})
    refused = details(pending.reread(held, 3, wrong), 3)
    assert 'value="utt" selected' in refused  # as chosen before, not as guessed
    assert 'value="ms" selected' in refused


def test_private_messages_can_be_kept(tmp_path: Path) -> None:
    chat, private = tmp_path / "chat.txt", tmp_path / "private.txt"
    chat.write_text(
        "10:00:00 From Maren Holt to Everyone:\n\tIs the pier open?\n"
        "10:00:10 From Maren Holt to Idris Bello (Direct Message):\n\tDo not tell them.\n"
    )
    private.write_bytes((DATA / "zoom_chat_private.txt").read_bytes())
    taken = pending.take([chat, private])
    *_, held = pending.read(taken, lambda _: False)
    assert "Left out Messages to one person left out: 1 (line 3). Keep them" in text(details(held, 0))
    assert text(details(held, 1)) == (
        "Nothing is left without the 2 messages to one person. Keep private messages"
    )
    options = replace(held.candidates[0].options, private=True)
    kept = details(pending.reread(held, 0, options), 0)
    assert "Private messages are kept. Leave private messages out" in text(kept)
    assert "Keep them" not in kept
    pending.discard(taken)


def test_many_speakers_and_remarks_are_folded(tmp_path: Path) -> None:
    file = tmp_path / "crowd.txt"
    file.write_text("".join(f"Person {chr(65 + i)}lan Bex: words {i}\n" for i in range(20)))
    taken = pending.take([file])
    *_, held = pending.read(taken, lambda _: False)
    assert "<summary>8 more speakers</summary>" in details(held, 0)
    pending.discard(taken)


def test_hostile_names_are_shown_as_text_everywhere(tmp_path: Path) -> None:
    file = tmp_path / "hostile & co.jsonl"
    turns = [{"text": "hello there", "speaker": HOSTILE, "role": HOSTILE}, {"text": "hi", "speaker": "Ben"}]
    head = {"title": HOSTILE}
    file.write_text("".join(json.dumps(one) + "\n" for one in [head, *turns]))
    taken = pending.take([file])
    *_, held = pending.read(taken, lambda _: False)
    markup = report_html(pending.with_typed(held, [Typed(0, "Ben", f"B{HOSTILE}")]))
    assert "<img" not in markup
    assert 'onerror="' not in markup
    assert "${x}" not in markup
    assert f'data-who="{SAFE}"' in markup
    assert f'value="B{SAFE}"' in markup
    assert "hostile &amp; co.jsonl" in markup
    pending.discard(taken)


def test_progress_tells_what_rate_and_how_long_and_can_be_stopped() -> None:
    step = Progress(3, 12, "talk.txt", 5, 10, share=0.25, turns=600, seconds=4.0)
    markup = adding_progress_html(step, stopping=False)
    assert "talk.txt (3 of 12) · 150 turns a second · about 12 seconds left" in text(markup)
    assert '<progress max="1000" value="250" aria-label="Adding">' in markup
    assert 'data-act="stop"' in markup
    assert "Starting" in adding_progress_html(None, stopping=False)
    stopping = adding_progress_html(step, stopping=True)
    assert "What is finished is kept" in stopping
    assert 'data-act="stop"' not in stopping
    slow = Progress(1, 2, "x", share=0.01, turns=9, seconds=60.0)
    assert "about 2 hours left" in text(adding_progress_html(slow, stopping=False))
    assert "3 files to read" in reading_html(0, 3)
    assert "41 transcripts so far" in reading_html(41, 3)
