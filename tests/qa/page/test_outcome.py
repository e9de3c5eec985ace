from qa.inspection import inspect
from qa.page.outcome import outcome_html
from qa.reporting import Report, Summary
from qa.types import Reading, Turn

READING = Reading("plain", (Turn("Hello.", "Ana <b>"), Turn("Hi.", "Ben")), title="Flood <b>")


def added(path: str) -> Report:
    return Report(
        path, "added", "plain", "1239d5a6e5c8", "Flood <b>", 2, ("One line was dropped (line 4).",),
        inspection=inspect(READING),
    )  # fmt: skip


def test_outcome_counts_what_became_of_the_files_and_says_why_one_was_refused() -> None:
    markup = outcome_html(
        [
            added("flood.txt"),
            Report("old.zip/bad.json", "refused", warnings=("old.zip/bad.json: it is <empty>.",)),
        ],
        Summary(added=1, refused=1, passed_over=3, turns=2, seconds=0.5),
    )
    for piece in (
        ">1 added, 1 not added, 3 files passed over</h3>",
        "2 turns in 0.5 seconds",
        "Speakers: Ana &lt;b&gt;, Ben",
        "Flood &lt;b&gt;",
        "<summary>1 note</summary>",
        "One line was dropped (line 4).",
        '<span class="file" dir="auto">old.zip/bad.json</span>',
        '<p class="reason" dir="auto">It is &lt;empty&gt;.</p>',
        'data-act="transcript" data-transcript="1239d5a6e5c8"',
    ):
        assert piece in markup
    assert markup.index("bad.json") < markup.index("flood.txt")  # what needs a look comes first
    assert "<b>" not in markup


def test_stopped_import_says_that_what_was_finished_is_kept() -> None:
    markup = outcome_html([], Summary(stopped=True))
    assert ">Nothing was added</h3>" in markup
    assert "Stopped. What was finished before that is in the library." in markup


def test_names_changed_in_vain_are_pointed_to_where_they_can_be_changed() -> None:
    report = Report("a.txt", "unchanged", "plain", "1239d5a6e5c8", "A", 2, inspection=inspect(READING))
    assert "kept the names it has there" in outcome_html([report], Summary(unchanged=1), named=1)
    assert "kept the names" not in outcome_html([report], Summary(unchanged=1))


def test_many_files_are_folded_but_for_the_refused() -> None:
    reports = [added(f"{number}.txt") for number in range(40)]
    refused = Report("bad.json", "refused", warnings=("bad.json: it is empty.",))
    markup = outcome_html([*reports, refused], Summary(added=40, refused=1))
    assert "<summary>40 files in the library</summary>" in markup
    assert markup.index("bad.json") < markup.index("<summary>40 files")
