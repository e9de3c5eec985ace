"""The page in a real browser, on the sample transcripts and the embedded model."""

import json
import re
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Dialog,
    Locator,
    Page,
    Playwright,
    expect,
    sync_playwright,
)

from qa.evaluation.keeping import Evaluations
from qa.evaluation.results import Evaluation, SpokenTurn
from qa.evaluation.results_json import as_json
from tests.page_server import page as served_page
from tests.qa.evaluation.small_evaluation import evaluation_of

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --autoplay-policy=no-user-gesture-required"
).split()
HOSTILE = (
    '<script>window.__pwned=1</script> <img src=x onerror="window.__pwned=2"> '
    "[click](javascript:window.__pwned=3) ${window.__pwned=4} "
    "{{constructor.constructor('window.__pwned=5')()}} $$x$$ **bold** `tick`"
)
WIDE = {"width": 1440, "height": 900}
# ms; other pages are served beside the one waited for, and models load while the first question waits.
expect.set_options(timeout=20_000)


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("no Chromium or Chrome on this machine; get one with: apt-get install chromium")
    browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def address(first_use: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served_page(tmp_path_factory.mktemp("browser") / "library", model="default") as address:
        yield address


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served_page(tmp_path_factory.mktemp("empty") / "library", samples=False) as address:
        yield address


@pytest.fixture
def scratch(tmp_path: Path) -> Iterator[str]:
    """Serve an empty library that one test may fill."""
    with served_page(tmp_path / "library", samples=False) as address:
        yield address


class Visit:
    """A visit to the page, which must end without a request elsewhere, an error or a dialog."""

    def __init__(self, browser: Browser, width: int = 1440, height: int = 900, scheme: str = "light") -> None:
        self.context = browser.new_context(viewport={"width": width, "height": height})
        self.page = self.context.new_page()
        self.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        self.page.set_default_timeout(15_000)
        self.requested: list[str] = []
        self.troubles: list[str] = []
        self.page.on("request", lambda request: self.requested.append(request.url))
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))
        self.page.on("dialog", self._interrupted)
        self.page.on("console", self._heard)

    def _interrupted(self, dialog: Dialog) -> None:
        self.troubles.append(dialog.message)
        dialog.dismiss()

    def _heard(self, message: ConsoleMessage) -> None:
        # Gradio drops its event stream when an answer is complete, which Chromium reports now and then.
        if message.type == "error" and "ERR_ABORTED" not in message.text:
            self.troubles.append(message.text)

    def end(self) -> None:
        self.context.close()
        elsewhere = [
            url for url in self.requested if not re.match(r"(https?://127\.0\.0\.1:|data:|blob:)", url)
        ]
        assert elsewhere == []
        assert self.troubles == []


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Visit]:
    visit = Visit(browser)
    visit.page.goto(address)
    expect(visit.page.locator("#welcome .starter").first).to_be_visible()
    yield visit
    visit.end()


def ask(page: Page, question: str) -> str:
    """Ask, and return what stands in the chat for it."""
    bot = page.locator("[data-testid=bot] .answer")
    before = bot.count()
    box = page.get_by_role("textbox").first
    box.fill(question)
    box.press("Enter")
    expect(bot).to_have_count(before + 1)
    return page.locator("[data-testid=bot]").last.inner_text()


def drop(page: Page, *files: Path) -> Locator:
    """Drop files in the library, and return the report on what was understood of them."""
    page.get_by_role("tab", name="Library").click()
    page.locator("#upload input[type=file]").set_input_files(list(files))
    report = page.locator("#outcome .import:not(.working)")
    for file in files:
        expect(report).to_contain_text(file.name)
    return report


def upload(page: Page, *files: Path) -> str:
    """Drop files, add what can be read, and return what became of them."""
    drop(page, *files).get_by_role("button", name=re.compile("^Add ")).click()
    outcome = page.locator("#outcome .outcome")
    for file in files:
        expect(outcome).to_contain_text(file.name)
    return outcome.inner_text()


def remove(page: Page, title: str) -> None:
    row = page.locator(".shelf > li", has_text=title)
    row.locator("summary").click()
    row.get_by_role("button", name="Remove", exact=True).click()
    expect(row).to_have_count(0)


def test_answer_names_speaker_and_sources_and_a_citation_opens_the_turn(visit: Visit) -> None:
    page = visit.page
    said = ask(page, "How many fishing boats went down?")
    assert "“Seventeen boats sank at their moorings" in said
    assert "Desmond Pryke, Harbour Master" in said
    assert "0:00" not in said
    cards = page.locator("#panel .card")
    expect(cards).to_have_count(5)
    expect(cards.first.locator("mark")).to_contain_text("Seventeen boats sank")
    expect(page.locator(".answer.chosen")).to_have_count(1)
    page.locator(".answer .cite").first.click()
    cited = page.locator("#panel .turn.cited")
    expect(cited).to_be_in_viewport()
    expect(cited.locator("mark")).to_contain_text("Seventeen boats sank at their moorings")
    expect(cited).to_contain_text("Desmond Pryke")
    page.get_by_role("button", name="Back to sources").click()
    expect(cards).to_have_count(5)


def test_earlier_answer_brings_its_sources_back_and_a_follow_up_shows_both_wordings(visit: Visit) -> None:
    page = visit.page
    ask(page, "What was Gwen Ostler's amendment?")
    said = ask(page, "And why did she abstain?")
    assert "Searched for: “And why did she abstain?” and “What was Gwen Ostler's amendment? And why" in said
    expect(page.locator("#panel .asked")).to_contain_text("And why did she abstain?")
    page.locator(".answer[data-answer='0'] .byline").click()
    expect(page.locator("#panel .asked")).to_contain_text("Gwen Ostler's amendment")
    expect(page.locator(".answer.chosen")).to_have_attribute("data-answer", "0")


def test_second_click_before_the_first_is_carried_out_has_the_last_word(visit: Visit) -> None:
    page = visit.page
    ask(page, "How many fishing boats went down?")
    page.locator(".answer .cite").first.click()
    expect(page.locator("#panel .turn.cited")).to_be_visible()
    back, cite, other = "#panel .back", ".answer .cite", ".answer .cite >> nth=1"
    opened = page.locator("#panel .reader")
    first = opened.get_attribute("data-cited")
    for clicked in (cite, other):
        handles = [page.query_selector(selector) for selector in (back, clicked)]
        page.evaluate("both => { for (const one of both) one.click(); }", handles)
        expect(page.locator("#panel section:not(.reader)")).to_have_count(0)
        page.wait_for_timeout(600)  # ms, in which what was clicked first would have closed it
        expect(page.locator("#panel .turn.cited")).to_be_visible()
    assert opened.get_attribute("data-cited") != first


def test_question_without_an_answer_is_said_to_have_none(visit: Visit) -> None:
    said = ask(visit.page, "What is the capital of Australia?")
    assert "Nothing in the library answers this." in said
    assert "in 3 transcripts" in said
    expect(visit.page.locator("#panel h2")).to_have_text("Nearest passages")


def test_name_that_a_question_was_read_by_is_ignored_with_two_clicks_and_taken_back(visit: Visit) -> None:
    page = visit.page
    ask(page, "What did Ingrid Tolloway say about Abel Garrick in February?")
    chips = page.locator(".clue > summary")
    expect(chips).to_have_text(["said by Ingrid Tolloway", "about Abel Garrick", "February 2026"])
    chips.first.click()
    page.get_by_role("button", name="Ignore the name").first.click()
    expect(chips.first).to_have_text("said by Ingrid Tolloway (ignored)")
    chips.first.focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="What they said").first.click()
    expect(chips.first).to_have_text("said by Ingrid Tolloway")
    expect(page.locator("#panel .card").first).to_contain_text("Ingrid Tolloway")


def test_recording_plays_from_the_cited_second(visit: Visit) -> None:
    page = visit.page
    said = ask(page, "Who played chess with Abel by radio?")
    assert "2:22" in said
    page.locator(".answer .cite").first.click()
    start = float(page.locator("#panel .turn.cited").get_attribute("data-start") or "nan")
    assert start == pytest.approx(142.93, abs=0.01)
    page.wait_for_function("document.querySelector('#panel .reader audio')?.currentTime > 142")
    assert page.evaluate("document.querySelector('#panel audio').currentTime") == pytest.approx(
        start, abs=0.1
    )
    page.get_by_role("button", name="Play from here", exact=True).click()
    page.wait_for_function(f"document.querySelector('#panel audio').currentTime > {start + 0.2}")
    page.get_by_role("button", name="Back to sources").click()
    page.locator("#panel .card").first.get_by_role("button", name="Play").click()
    page.wait_for_function(f"document.querySelector('#panel .card audio').currentTime > {start}")


def test_starter_is_asked_with_one_click_and_a_new_conversation_offers_them_again(visit: Visit) -> None:
    page = visit.page
    page.locator(".starter").first.click()
    expect(page.locator("[data-testid=bot] .answer")).to_have_count(1)
    expect(page.locator("#panel .card").first).to_be_visible()
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator("#welcome .starter").first).to_be_visible()
    expect(page.locator("[data-testid=bot] .answer")).to_have_count(0)


def test_blank_and_overlong_questions_are_answered_with_what_to_do(visit: Visit) -> None:
    page = visit.page
    box = page.get_by_role("textbox").first
    box.fill("   ")
    box.press("Enter")
    expect(page.get_by_placeholder("Type a question first")).to_have_value("")
    assert page.locator("[data-testid=bot]").count() == 0
    said = ask(page, "why " * 600)
    assert "at most 2,000 are searched" in said
    expect(box).to_have_value("why " * 600)


def test_filters_narrow_the_search_and_are_summed_up(visit: Visit) -> None:
    page = visit.page
    page.locator("#filters > button").click()
    page.get_by_label("Speakers").click()
    page.get_by_role("option", name="Questioner (unnamed)").click()
    expect(page.locator("#filters > button")).to_contain_text("Filters: Questioner")
    page.keyboard.press("Escape")
    ask(page, "How many boats were lost?")
    assert set(page.locator("#panel .card .who strong").all_inner_texts()) == {"Questioner"}
    page.get_by_label("From").fill("2030")
    page.get_by_label("From").blur()
    expect(page.locator("#filters > button")).to_contain_text("from 2030")
    assert "No passage passes the filters" in ask(page, "How many boats were lost?")
    page.get_by_label("From").fill("next year")
    assert "'next year' is not a date" in ask(page, "How many boats were lost?")
    page.locator("#clear").click()
    expect(page.locator("#filters > button")).to_contain_text("Filters: none")


def test_uploaded_file_can_be_asked_about_and_removed(visit: Visit, tmp_path: Path) -> None:
    page = visit.page
    good, bad = tmp_path / "orchard.txt", tmp_path / "broken.json"
    good.write_text("Ana Lopez: The orchard holds ninety pear trees.\n\nBen Ode: Thanks.\n", encoding="utf-8")
    bad.write_text('{"segments": [{"start": "x"}]}', encoding="utf-8")
    report = upload(page, good, bad)
    assert "1 added, 1 not added" in report.lower()
    assert "Speakers: Ana Lopez, Ben Ode" in report
    assert "'start' should be a number" in report
    expect(page.locator("#masthead .count")).to_contain_text("4 transcripts")
    page.get_by_role("tab", name="Ask").click()
    assert "“The orchard holds ninety pear trees.”" in ask(page, "How many pear trees does the orchard hold?")

    page.get_by_role("tab", name="Library").click()
    row = page.locator(".shelf > li", has_text="Orchard")
    row.locator("summary").click()
    row.get_by_role("button", name="Keep").click()
    expect(row).to_be_visible()
    row.locator("summary").click()
    row.get_by_role("button", name="Remove", exact=True).click()
    expect(row).to_have_count(0)
    expect(page.locator("#masthead .count")).to_contain_text("3 transcripts")
    page.get_by_role("tab", name="Ask").click()
    page.locator(".answer .cite").first.click()
    expect(page.locator("#panel .missing")).to_contain_text("no longer in the library")


def test_hostile_transcript_is_shown_as_text_and_never_runs(visit: Visit, tmp_path: Path) -> None:
    page = visit.page
    file = tmp_path / "hostile.jsonl"
    turn = {"text": f"The zeppelin password is {HOSTILE}", "speaker": HOSTILE, "role": HOSTILE}
    head = {"title": f"Hostile {HOSTILE}", "notes": [HOSTILE]}
    other = {"text": "Thanks.", "speaker": "Ben"}
    lines = "".join(f"{json.dumps(one)}\n" for one in (head, turn, other))
    file.write_text(lines, encoding="utf-8")
    report = drop(page, file)
    expect(report.get_by_label(f"Name of {HOSTILE}")).to_have_value(HOSTILE)
    report.get_by_label("Name of Ben").fill(f"Ben {HOSTILE}")
    report.get_by_role("button", name="Save names").click()
    expect(report.get_by_label(f"Name of Ben {HOSTILE}")).to_be_visible()
    report.get_by_role("button", name="Add 1 transcript").click()
    expect(page.locator("#outcome .outcome")).to_contain_text("1 added")
    page.locator(".shelf > li", has_text="Hostile").get_by_role("button", name="Speakers").click()
    expect(page.locator("#people dialog")).to_contain_text(HOSTILE)
    page.keyboard.press("Escape")
    expect(page.locator("#people dialog")).to_have_count(0)
    assert page.locator("#outcome img, #shelf img, #people img").count() == 0
    page.get_by_role("tab", name="Ask").click()
    said = ask(page, "What is the zeppelin password?")
    for piece in (
        "<script>window.__pwned=1</script>",
        "${window.__pwned=4}",
        "{{constructor",
        "**bold**",
        "$$x$$",
    ):
        assert piece in said
    page.locator(".answer .cite").first.click()
    expect(page.locator("#panel .turn.cited")).to_contain_text("<img src=x onerror=")
    ask(page, f"Is {HOSTILE} the zeppelin password?")
    assert HOSTILE in page.locator("[data-testid=user]").last.inner_text()
    assert page.evaluate("window.__pwned") is None
    assert page.locator("#panel img, #chat .answer img, #panel script").count() == 0
    page.get_by_role("tab", name="Library").click()
    page.locator(".shelf > li", has_text="Hostile").locator("summary").click()
    page.locator(".shelf > li", has_text="Hostile").get_by_role("button", name="Remove", exact=True).click()
    expect(page.locator("#masthead .count")).to_contain_text("3 transcripts")


def person(dialog: Locator, name: str) -> Locator:
    return dialog.locator(".person").filter(
        has=dialog.page.get_by_text(name, exact=True).and_(dialog.page.locator("strong"))
    )


PANEL = (
    "1\n00:00:00,000 --> 00:00:02,000\nGood morning, and welcome.\n\n"
    "2\n00:00:03,000 --> 00:00:05,000\n[SPEAKER_00]: The western quay is closed for the winter.\n\n"
    "3\n00:00:06,000 --> 00:00:08,000\n[Anna Holloway]: Since when is it closed?\n\n"
    "4\n00:00:09,000 --> 00:00:11,000\n[Anne Holloway]: I ask the same.\n"
)
AMBIGUOUS = "1/4/23, 19:02 - Maren: Is the pier open?\n2/4/23, 08:00 - Idris: Yes.\n"
TABLE = "who,utt,t0\nAna,Hello there everyone.,500\nBen,Good morning to you.,4200\n"


def test_report_comes_before_anything_is_added_and_mends_what_it_shows(visit: Visit, tmp_path: Path) -> None:
    page = visit.page
    panel, chat, table = tmp_path / "panel.srt", tmp_path / "pier.txt", tmp_path / "quay.csv"
    for file, content in ((panel, PANEL), (chat, AMBIGUOUS), (table, TABLE)):
        file.write_text(content, encoding="utf-8")
    report = drop(page, panel, chat, table)
    expect(report.locator("h3")).to_have_text("1 transcript read")
    expect(report.get_by_role("button", name="Add 1 transcript")).to_be_in_viewport()
    expect(page.locator("#masthead .count")).to_contain_text("3 transcripts")
    expect(page.locator("#upload")).to_be_hidden()

    report.get_by_label("Name of SPEAKER_00").fill("Zoe Wills")
    report.get_by_label("Title").first.fill("The panel")
    date = report.get_by_label("Date").first
    date.fill("15 April 2025")
    report.get_by_role("button", name="Make both Anna Holloway").click()  # keeps what was typed
    expect(report.get_by_label("Title").first).to_have_value("The panel")
    expect(date).to_have_value("2025-04-15")
    date.fill("some day")
    date.press("Enter")
    expect(report.get_by_role("alert")).to_contain_text("'some day' is no date.")
    expect(report.get_by_label("Name of Zoe Wills")).to_have_value("Zoe Wills")
    expect(report.get_by_label("Name of Anne Holloway")).to_have_count(0)
    opening = report.get_by_label("Who speaks in the opening")
    opening.fill("Zoe Wills")
    opening.press("Enter")
    expect(report.locator(".mends")).to_have_count(0)
    report.get_by_role("button", name="Day first").click()
    expect(report).to_contain_text("1 April 2023, 19:02 to 2 April 2023, 08:00")
    report.get_by_label("Times are in").select_option("Milliseconds")
    report.get_by_role("button", name="Read again").click()
    expect(report).to_contain_text("0:03 long")
    expect(report.locator("h3")).to_have_text("3 transcripts read")
    assert report.locator(".status").all_inner_texts() == ["Reads well"] * 3

    report.get_by_role("button", name="Leave out quay.csv").click()
    report.get_by_label("Name of Maren").fill("Maren Holt")  # taken in by adding itself
    report.get_by_role("button", name="Add 2 transcripts").click()
    outcome = page.locator("#outcome .outcome")
    expect(outcome.locator("h3")).to_have_text("2 added")
    expect(outcome).to_contain_text("Speakers: Zoe Wills, Anna Holloway")
    expect(outcome).to_contain_text("Maren Holt, Idris")
    expect(page.locator("#masthead .count")).to_contain_text("5 transcripts")
    expect(page.locator("#upload")).to_be_visible()
    for title in ("The panel", "Pier"):
        remove(page, title)


def test_import_that_is_cancelled_adds_nothing_and_the_next_one_starts_anew(
    visit: Visit, tmp_path: Path
) -> None:
    page = visit.page
    first, second = tmp_path / "first.txt", tmp_path / "second.txt"
    first.write_text("Ana: hello there\nBen: hello to you\n", encoding="utf-8")
    second.write_text("Cy: hello there\nDee: hello to you\n", encoding="utf-8")
    report = drop(page, first)
    report.get_by_role("button", name="Cancel").click()
    expect(report).to_have_count(0)
    report = drop(page, second)
    expect(report).not_to_contain_text("first.txt")
    report.get_by_role("button", name="Cancel").click()
    expect(page.locator("#upload")).to_be_visible()
    expect(page.locator("#masthead .count")).to_contain_text("3 transcripts")


def test_archive_of_many_files_is_a_list_first_and_its_adding_can_be_stopped(
    browser: Browser, scratch: str, tmp_path: Path
) -> None:
    visit = Visit(browser)
    page = visit.page
    page.goto(scratch)
    with zipfile.ZipFile(tmp_path / "council.zip", "w") as archive:
        for number in range(400):
            words = f"Ana: motion {number} is carried\nBen: I object to motion {number}\n" * 40
            archive.writestr(f"{number:03d}.txt", words)
        archive.writestr("broken.vtt", "WEBVTT\n\nx --> y\nhello\n")
        archive.writestr("notes.md", "Shopping\n\nmilk and a long loaf of nothing in particular\n")
    page.get_by_role("tab", name="Library").click()
    page.locator("#upload input[type=file]").set_input_files(tmp_path / "council.zip")
    report = page.locator("#outcome .import:not(.working)")
    expect(report.locator("h3")).to_have_text("400 transcripts read", timeout=30_000)
    expect(report.locator(".import-head .hint")).to_have_text("1 cannot be read · 1 file passed over")
    expect(report.locator(".files > li")).to_have_count(200)
    expect(report.locator(".files > li").first).to_contain_text("council.zip/broken.vtt")
    assert report.locator(".details").count() == 0
    look = report.get_by_role("button", name="Details of council.zip/000.txt")
    look.focus()
    page.keyboard.press("Enter")
    expect(report.get_by_label("Name of Ben")).to_be_visible()
    expect(look).to_be_focused()
    expect(look).to_have_attribute("aria-expanded", "true")
    report.get_by_role("button", name="Add 400 transcripts").click()
    working = page.locator("#outcome .working")
    expect(working.get_by_role("progressbar")).to_be_visible()
    expect(working).to_contain_text("turns a second")
    working.get_by_role("button", name="Stop").click()
    outcome = page.locator("#outcome .outcome")
    expect(outcome).to_contain_text("Stopped. What was finished before that is in the library.")
    said = re.fullmatch(r"(\d+) added(, .*)?", outcome.locator("h3").inner_text())
    assert said is not None
    assert 0 < int(said[1]) < 400
    expect(page.locator("#masthead .count")).to_contain_text(f"{said[1]} transcript")
    visit.end()


def test_speaker_is_renamed_and_merged_in_the_library_and_open_links_go_on_working(
    visit: Visit, tmp_path: Path
) -> None:
    page = visit.page
    file = tmp_path / "panel.srt"
    file.write_text(PANEL, encoding="utf-8")
    upload(page, file)
    page.get_by_role("tab", name="Ask").click()
    assert "SPEAKER_00" in ask(page, "Is the western quay closed for the winter?")
    page.locator(".answer .cite").first.click()
    cited = page.locator("#panel .turn.cited")
    expect(cited.locator("strong")).to_have_text("SPEAKER_00")

    page.get_by_role("button", name="Speakers of Panel").click()  # of the reader
    dialog = page.get_by_role("dialog")
    expect(dialog.locator(".person")).to_have_count(3)
    row = person(dialog, "SPEAKER_00")
    row.locator("summary").click()
    row.get_by_label("Name", exact=True).fill("Zoe Wills")
    row.get_by_label("Role").fill("Harbour Master")
    page.keyboard.press("Enter")
    expect(dialog.locator(".done")).to_contain_text("SPEAKER_00 is now Zoe Wills, Harbour Master: 1 turn.")
    expect(cited.locator("strong")).to_have_text("Zoe Wills")

    row = person(dialog, "Anne Holloway")
    row.locator("summary").click()
    row.get_by_label("Same person as").select_option("Anna Holloway")
    row.get_by_role("button", name="Save").click()
    expect(dialog).to_contain_text("Are Anne Holloway and Anna Holloway one person?")
    dialog.get_by_role("button", name="Merge them").click()
    expect(dialog.locator(".person")).to_have_count(2)
    dialog.get_by_role("button", name="Undo").click()
    expect(dialog.locator(".person")).to_have_count(3)
    page.keyboard.press("Escape")
    expect(page.locator("#people dialog")).to_have_count(0)

    page.get_by_role("button", name="Back to sources").click()
    page.locator(".answer .cite").first.click()  # of the answer given before the rename
    expect(cited.locator("strong")).to_have_text("Zoe Wills")
    assert "Zoe Wills, Harbour Master" in ask(page, "Is the western quay closed for the winter?")
    page.get_by_role("tab", name="Library").click()
    remove(page, "Panel")


def test_evaluation_is_opened_compared_and_drilled_into_down_to_one_question(
    browser: Browser, scratch: str, tmp_path: Path
) -> None:
    visit = Visit(browser)
    page = visit.page
    page.goto(scratch)
    tab = page.get_by_role("tab", name="Benchmarks")
    tab.click()
    bench = page.locator("#benchmarks")
    expect(bench).to_contain_text("No evaluations yet")
    # What the command line keeps meanwhile is there when the tab is opened again.
    name = Evaluations(tmp_path / "library" / "evaluations").keep(hostile_evaluation(tmp_path / "cache"))
    page.get_by_role("tab", name="Ask").click()
    tab.click()
    bench.get_by_role("button", name=f"small: {HOSTILE}", exact=True).click()
    heading = bench.locator("h2")
    expect(heading).to_be_focused()
    expect(bench.locator(".difference")).to_have_text(re.compile(r"^−?\+?\d"))
    expect(page.locator("#taken")).to_be_hidden()

    chooser = bench.get_by_label("System", exact=True)
    chooser.focus()
    chooser.select_option("bm25")
    expect(bench.locator(".difference")).to_have_text("0.075.0 → 75.0")
    expect(chooser).to_be_focused()
    chooser.select_option("instant")
    expect(bench.locator(".difference")).to_have_text("−8.375.0 → 66.7")
    bench.get_by_role("button", name="All 2").click()
    expect(bench.locator(".case")).to_have_count(2)
    expect(bench.get_by_role("button", name="All 2")).to_be_focused()
    search = bench.get_by_label("Words of the question")
    search.fill("WALL")
    search.press("Enter")
    expect(bench.locator(".case")).to_have_count(1)
    row = bench.locator(".case")
    expect(row).to_contain_text(f"When did the wall break? {HOSTILE}")
    row.focus()
    page.keyboard.press("Enter")

    expect(heading).to_have_text(f"When did the wall break? {HOSTILE}")
    expect(heading).to_be_focused()
    sides = bench.locator(".side")
    expect(sides).to_have_count(2)
    expect(sides.nth(1).locator(".entry").nth(2)).to_contain_text("2nd with bm25")
    words = sides.nth(1).locator(".entry").nth(2).locator(".turn-text .hit")
    expect(words.first).to_have_text("wall")
    why = sides.nth(1).locator("summary").nth(0)
    why.focus()
    page.keyboard.press("Enter")
    expect(sides.nth(1)).to_contain_text("Words, with its neighbours")
    bench.get_by_role("button", name="Back to all questions").click()
    expect(bench.locator(".case")).to_be_focused()
    assert page.evaluate("window.__pwned") is None
    assert page.locator("#benchmarks img, #benchmarks script").count() == 0

    bench.get_by_role("button", name="All evaluations").click()
    item = bench.locator(".shelf > li")
    item.locator("summary").click()
    item.get_by_role("button", name="Delete", exact=True).click()
    expect(bench).to_contain_text(f"{name} is deleted.")
    expect(bench).to_contain_text("No evaluations yet")
    visit.end()


def hostile_evaluation(cache: Path) -> Evaluation:
    """Evaluate two systems, with texts that no layer of the page may take for code."""
    found = evaluation_of(cache, "bm25", "instant")
    return replace(
        found,
        dataset=replace(found.dataset, release=HOSTILE),
        questions=tuple(replace(one, text=f"{one.text} {HOSTILE}") for one in found.questions),
        turns={
            id_: SpokenTurn(f"{turn.speaker} {HOSTILE}", f"{turn.text} {HOSTILE}")
            for id_, turn in found.turns.items()
        },
    )


def test_uploaded_evaluation_is_opened_and_a_file_that_is_none_is_refused(
    browser: Browser, scratch: str, tmp_path: Path
) -> None:
    visit = Visit(browser, 390, 844)
    page = visit.page
    page.goto(scratch)
    good, bad = tmp_path / "theirs.json", tmp_path / "broken.json"
    good.write_text(json.dumps(as_json(hostile_evaluation(tmp_path / "cache"))), encoding="utf-8")
    bad.write_text('{"systems": [', encoding="utf-8")
    page.get_by_role("tab", name="Benchmarks").click()
    bench, drop_here = page.locator("#benchmarks"), page.locator("#taken input[type=file]")
    drop_here.set_input_files(bad)
    expect(bench.locator(".problem")).to_contain_text(
        "broken.json cannot be read: it is not JSON, or was cut short"
    )
    drop_here.set_input_files(good)
    expect(bench.locator(".difference")).to_contain_text("75.0 → 66.7")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    bench.locator(".case").first.click()
    expect(bench.locator(".side")).to_have_count(2)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    sides = page.locator("#benchmarks .sides")
    assert sides.evaluate("node => node.scrollWidth > node.clientWidth")  # swiped from one to the other
    visit.end()


def test_link_opens_the_page_at_its_turn(visit: Visit, address: str) -> None:
    page = visit.page
    ask(page, "Who played chess with Abel by radio?")
    link = (
        page.locator("#panel .card").first.get_by_role("button", name="Copy link").get_attribute("data-copy")
    )
    assert link is not None
    assert link.startswith(f"{address}/?turn=")
    page.goto(link)
    expect(page.locator("#panel .turn.cited")).to_contain_text("Chess, over the radio")
    expect(page.locator("#panel .turn.cited")).to_be_in_viewport()
    page.goto(f"{address}/?turn=000000000000:00003")
    expect(page.locator("#panel .missing")).to_contain_text("no longer in the library")
    page.goto(f"{address}/?turn=nonsense")
    expect(page.locator("#panel .missing")).to_contain_text("does not name a turn")
    page.goto(f"{address}/?transcript={link.partition('=')[2].partition(':')[0]}")
    expect(page.locator("#panel .reader h2")).to_have_text("The last keeper of Hobb's Tooth")


def test_quote_is_copied_with_its_source(visit: Visit) -> None:
    page = visit.page
    visit.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ask(page, "How many fishing boats went down?")
    page.locator("#panel .card").first.get_by_role("button", name="Copy quote").click()
    expect(page.get_by_text("Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("“Seventeen boats sank at their moorings")
    assert (
        "— Desmond Pryke, Harbour Master, Press conference on the Saltmere harbour flood, 17 February"
        in copied
    )


def test_empty_library_says_what_to_do(browser: Browser, empty: str) -> None:
    visit = Visit(browser)
    page = visit.page
    page.goto(empty)
    expect(page.locator("#welcome")).to_contain_text("Your library is empty")
    assert "The library is empty, so there is nothing to search" in ask(page, "Anything?")
    page.locator(".answer").get_by_role("button", name="Add transcripts").click()
    expect(page.locator("#shelf")).to_contain_text("Nothing here yet")
    expect(page.locator("#upload")).to_be_visible()
    visit.end()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_phone_shows_everything_without_scrolling_sideways(
    browser: Browser, address: str, scheme: str, tmp_path: Path
) -> None:
    visit = Visit(browser, 390, 844, scheme)
    page = visit.page
    page.goto(f"{address}/?turn=000000000000:00003")
    # A link that leads nowhere says so where the eye is, not below the fold.
    expect(page.locator("#panel .missing .lead")).to_be_in_viewport(ratio=1)
    page.goto(address)
    expect(page.locator("#welcome .starter").first).to_be_visible()
    assert page.locator("body.dark").count() == (scheme == "dark")
    ask(page, "How many fishing boats went down?")
    expect(page.locator(".answer .quote")).to_be_in_viewport()
    expect(page.locator("#question")).to_be_in_viewport()
    page.locator(".answer .cite").first.click()
    expect(page.locator("#panel .turn.cited")).to_be_in_viewport()
    box = "document.querySelector('#panel {}').getBoundingClientRect()".format
    page.wait_for_function(
        f"{box('.turn.cited')}.top >= {box('.panel-head')}.bottom"
    )  # the head lies over it
    page.get_by_role("tab", name="Library").click()
    expect(page.locator(".shelf > li").first).to_be_visible()
    panel = tmp_path / "panel with a rather long name that has to be broken somewhere.srt"
    panel.write_text(PANEL.replace("winter", "summer"), encoding="utf-8")  # another may be in the library
    report = drop(page, panel)
    expect(report.get_by_role("button", name="Add 1 transcript")).to_be_in_viewport(ratio=1)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    report.get_by_role("button", name="Cancel").click()
    page.get_by_role("button", name=re.compile("^Speakers of The last keeper")).click()
    expect(page.get_by_role("dialog")).to_be_in_viewport(ratio=1)
    page.get_by_role("dialog").get_by_role("button", name="Close").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    for tab in ("Library", "Ask"):
        page.get_by_role("tab", name=tab).click()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    visit.end()


def test_wide_window_is_filled_and_each_pane_scrolls_by_itself(visit: Visit) -> None:
    page = visit.page
    ask(page, "How many fishing boats went down?")
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    panel = "document.querySelector('#panel')"
    assert page.evaluate(f"{panel}.scrollHeight > {panel}.clientHeight")
    expect(page.locator("#question")).to_be_in_viewport()
