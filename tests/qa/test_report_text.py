from qa.inspection import inspect
from qa.report_text import inspection_text, report_text, summary_text
from qa.reporting import Report, Summary
from qa.types import QUESTIONER, Reading, Remark, RemarkKind, TimeKind, Turn


def test_inspection_says_what_was_understood_and_what_to_mend() -> None:
    reading = Reading(
        "webvtt",
        (
            Turn("Welcome.", start=0.0),
            Turn("Good morning.", "SPEAKER_00", "Mayor", 4.0, 6.5),
            Turn("Why?", role=QUESTIONER),
            Turn("Because.", "Ben Marsh", start=3725.0, inferred=True),
        ),
        TimeKind.MEDIA,
        "Council",
        remarks=(Remark(RemarkKind.DROPPED, "Reactions left out: 2.", (4, 9)),),
        recognised="the first line is WEBVTT",
        encoding="UTF-8",
        aliases=(("Marsh", "Ben Marsh"),),
    )
    text = inspection_text("talks/a b.zip/council.vtt", inspect(reading), "talks/a b.zip")
    assert (
        text
        == """\
talks/a b.zip/council.vtt
  Format      webvtt, because the first line is WEBVTT; read as UTF-8
  Title       Council, date unknown
  Content     4 turns, 5 words, 1:02:05 long
  Times       from the start of the recording
  Speakers    SPEAKER_00, Mayor          1 turn         2 words
              (questioner, unnamed)      1 turn          1 word
              Ben Marsh                  1 turn          1 word   also: Marsh
  No time     turn 3: “Why?”
  No speaker  turn 1: “Welcome.”
  Inferred    the speaker of 1 turn
  Left out    Reactions left out: 2 (lines 4, 9).
  To mend     Nobody is named for the opening. Give it to someone with:
                transcript-qa add 'talks/a b.zip' --opening 'Ana Lopez'
              Name SPEAKER_00 with:
                transcript-qa add 'talks/a b.zip' --rename 'SPEAKER_00=Ana Lopez'"""
    )


def test_transcript_without_names_or_times_says_so() -> None:
    text = inspection_text("a.txt", inspect(Reading("plain", (Turn("Yes."), Turn("No.")))), "a.txt")
    assert (
        text
        == """\
a.txt
  Format      plain
  Title       none, date unknown
  Content     2 turns, 2 words
  Times       none
  Speakers    nobody is named
  No speaker  turns 1–2: “Yes.”"""
    )


def test_long_lists_are_cut_and_counted() -> None:
    turns = [Turn("Yes.", f"Room 1{n:02}") for n in range(33)]
    turns += [Turn("Yes.") if n % 2 else Turn("No.", "Room 100") for n in range(24)]
    text = inspection_text("a.txt", inspect(Reading("plain", tuple(turns))), "a.txt")
    assert "              and 3 more\n" in text
    assert text.endswith("              and 2 more places")


def test_report_is_a_line_and_one_for_each_warning() -> None:
    assert (
        report_text(Report("a.txt", "refused", warnings=("a.txt: It is empty.",)))
        == "refused    a.txt: It is empty."
    )
    report = Report("a.vtt", "added", "webvtt", "0f0f0f0f0f0f", "Talk", 2, ("One line was dropped.",))
    assert report_text(report) == (
        "added      a.vtt: Talk (webvtt, 2 turns, id 0f0f0f0f0f0f)\n           One line was dropped."
    )


def test_summary_is_a_table_with_the_rate() -> None:
    assert (
        summary_text(Summary(12, 3, 0, 2, 1_040, 8_412, 35.2))
        == """\
Files
  added              12
  unchanged           3
  refused             2
  passed over     1,040
  turns           8,412  in 35.2 s (239 turns a second)"""
    )
    assert (
        summary_text(Summary(seconds=0.04))
        == "Files\n  added               0\n  turns               0  in 0.0 s"
    )
