"""The report of an evaluation in a real browser, opened from the disk with the network shut."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from qa.evaluation.bench import Bench
from qa.evaluation.evaluating import evaluate
from qa.evaluation.judged import Dataset, JudgedQuestion, JudgedTranscript, Pool
from qa.evaluation.plan import Plan
from qa.evaluation.report.document import html_report
from tests.conftest import WordEncoder, reading_of
from tests.qa.evaluation.small_set import CARD

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
HOSTILE = "</script><script>window.pwned=1</script><img src=x onerror=window.pwned=2>"
QUESTIONS = 130  # more than are shown at first


def _set() -> Dataset:
    """Return two pools; of every third question the gold shares no word with it."""
    pools, questions = [], []
    for pool in ("alpha", "beta"):
        lines = [f"Ana {HOSTILE}: topic{place} is settled {HOSTILE}" for place in range(QUESTIONS // 2)]
        ids = tuple(f"{pool}:{place:05d}" for place in range(len(lines)))
        pools.append(Pool(pool, (JudgedTranscript(pool, reading_of(*lines, title=pool), ids),)))
        questions += [
            JudgedQuestion(
                f"{pool}-{place:02}",
                f"What about topic{place}? {HOSTILE}",
                pool,
                {ids[place if place % 3 else place - 1]: 1},
                slices={"kind": "hard" if place % 3 == 0 else "easy", HOSTILE: "x" if place % 2 else "y"},
            )
            for place in range(len(lines))
        ]
    return Dataset("small", f"release {HOSTILE}", "5" * 64, CARD, tuple(pools), tuple(questions))


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    bench = Bench(_set(), folder, lambda name: WordEncoder(name or "words"))
    plan = Plan(("bm25", "dense", "dense-context"), measures=("mrr@10", "ap", "recall@1"))
    file = folder / "report.html"
    file.write_text(html_report(evaluate(bench, plan).evaluation), encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("no Chromium or Chrome on this machine; get one with: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


class Visit:
    """A visit to the report, which must end without another request, an error, or a foreign script run."""

    def __init__(
        self, browser: Browser, report: Path, *, width: int = 1280, dark: bool = False, scripts: bool = True
    ) -> None:
        self.context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            java_script_enabled=scripts,
            offline=True,
        )
        self.page = self.context.new_page()
        self.page.set_default_timeout(60_000)
        self.requested: list[str] = []
        self.troubles: list[str] = []
        self.page.on("request", lambda request: self.requested.append(request.url))
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))
        self.page.on("console", lambda message: self.troubles.append(message.text))
        self.address = report.as_uri()
        self.page.goto(self.address)
        if scripts:
            expect(self.page.locator(".plot:not(:has(.main-svg))")).to_have_count(0, timeout=60_000)

    def end(self) -> None:
        assert self.page.evaluate("window.pwned") is None
        self.context.close()
        assert self.requested == [self.address]
        assert self.troubles == []


@pytest.fixture
def visit(browser: Browser, report: Path) -> Iterator[Visit]:
    visit = Visit(browser, report)
    yield visit
    visit.end()


def shown(page: Page) -> list[str]:
    """Return the ids of the questions in the table."""
    return [text.split(" ")[0] for text in page.locator("#questions-table tbody small").all_inner_texts()]


def feet(page: Page) -> list[str]:
    return page.locator("#questions-table tfoot td.value").all_inner_texts()


def test_plots_are_drawn_without_a_request(visit: Visit) -> None:
    plots = visit.page.locator(".plot")
    expect(plots).to_have_count(6)  # comparison, slices by kind and by what is hostile, three costs
    for plot in plots.all():
        assert plot.locator(".main-svg .scatterlayer .point").count() >= 2
    expect(visit.page.locator(".plot[data-figure=comparison] .errorbar")).to_have_count(2)


def test_a_measure_is_chosen_for_plots_tables_and_questions(visit: Visit) -> None:
    page = visit.page
    axis = page.locator(".plot[data-figure=comparison] .xtitle")
    expect(axis).to_have_text("MRR@10, points over bm25")
    page.locator("#slices select[name=measure]").select_option("ap")
    expect(axis).to_have_text("AP, points over bm25")
    expect(page.locator("#comparison figcaption:visible")).to_contain_text("AP against bm25")
    expect(page.locator("#questions .measure-name")).to_have_text("AP")
    assert page.locator("#costs select[name=measure]").input_value() == "ap"


def test_questions_are_searched_filtered_and_counted(visit: Visit) -> None:
    page = visit.page
    assert len(shown(page)) == 100
    expect(page.locator("#shown")).to_contain_text("130 of 130 questions, the first 100 are shown")
    page.get_by_role("button", name="Show all").click()
    assert len(shown(page)) == QUESTIONS
    page.locator("#filters [name=search]").fill("BETA-0 topic7?")
    assert shown(page) == ["beta-07"]
    expect(page.locator("#shown")).to_have_text("1 of 130 questions")
    assert feet(page) == ["100.0", "100.0", "100.0", "0.0"]
    page.locator("#filters [name=search]").fill("")
    page.locator("#filters [name='slice:kind']").select_option("hard")
    expect(page.locator("#shown")).to_have_text("44 of 130 questions")
    assert shown(page)[:2] == ["alpha-00", "alpha-03"]
    page.locator("#filters [name=search]").fill("nothing has these words")
    expect(page.locator("#shown")).to_have_text("0 of 130 questions")
    assert feet(page) == ["–"] * 4


def test_questions_are_sorted_by_a_heading(visit: Visit) -> None:
    page = visit.page
    page.get_by_role("button", name="Show all").click()
    before = shown(page)
    head = page.locator("#questions-table thead th").filter(has_text="dense-context")
    cells = "#questions-table tbody td:nth-last-child(2)"

    def values() -> list[float]:
        return [float(text) for text in page.locator(cells).all_inner_texts()]

    head.get_by_role("button").click()
    assert head.get_attribute("aria-sort") == "descending"
    assert values() == sorted(values(), reverse=True)
    head.get_by_role("button").click()
    assert head.get_attribute("aria-sort") == "ascending"
    assert values() == sorted(values())
    assert len(set(values())) > 1
    head.get_by_role("button").click()
    assert head.get_attribute("aria-sort") is None
    assert shown(page) == before


def test_questions_lost_against_another_system_are_found(visit: Visit) -> None:
    page = visit.page
    page.locator("#filters [name=of]").select_option("1")
    page.locator("#filters [name=to]").select_option("0")
    assert all(text in ("0.0", "–") or text[0] in "+−" for text in feet(page)[-1:])
    counts = []
    for outcome in ("win", "tie", "loss"):
        page.locator("#filters [name=outcome]").select_option(outcome)
        counts.append(int((page.locator("#shown").inner_text()).split(" ")[0]))
        signs = {text[0] for text in page.locator("#questions-table tbody td:last-child").all_inner_texts()}
        assert signs <= {"win": {"+"}, "tie": {"0"}, "loss": {"−"}}[outcome]
    assert sum(counts) == QUESTIONS
    wins, ties, losses = (
        page.locator("#comparison tbody tr:visible").first.locator("td").all_inner_texts()[-3:]
    )
    assert counts == [int(wins), int(ties), int(losses)]


def test_a_question_unfolds_to_what_every_system_ranked(visit: Visit) -> None:
    page = visit.page
    button = page.locator("#questions-table tbody button").nth(1)
    button.click()
    assert button.get_attribute("aria-expanded") == "true"
    sides = page.locator("tr.unfolded .ranked > div")
    expect(sides).to_have_count(4)
    expect(sides.first).to_contain_text("Relevant")
    expect(sides.nth(1).locator("h4")).to_have_text("bm25 100.0")
    first = sides.nth(1).locator("li").first
    expect(first).to_have_class("relevant")
    expect(first).to_contain_text("alpha:00001")
    expect(first.locator("p")).to_have_text(f"topic1 is settled {HOSTILE}")
    button.click()
    expect(page.locator("tr.unfolded")).to_have_count(0)


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("dark", [False, True])
def test_the_page_never_scrolls_sideways_and_plots_are_in_its_colours(
    browser: Browser, report: Path, width: int, dark: bool
) -> None:
    visit = Visit(browser, report, width=width, dark=dark)
    assert visit.page.evaluate("document.documentElement.scrollWidth") == width
    for plot in visit.page.locator(".plot").all():
        box = plot.locator(".main-svg").first.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
    ink = "rgb(229, 233, 238)" if dark else "rgb(27, 31, 36)"
    assert visit.page.locator("header .unscripted").is_hidden()
    title = visit.page.locator(".plot .xtitle").first
    assert title.evaluate("element => getComputedStyle(element).fill") == ink
    visit.page.emulate_media(color_scheme="light" if dark else "dark")
    other = "rgb(27, 31, 36)" if dark else "rgb(229, 233, 238)"
    visit.page.wait_for_function(
        "ink => getComputedStyle(document.querySelector('.plot .xtitle')).fill === ink", arg=other
    )
    visit.end()


def test_print_is_on_white_paper_with_plots_and_cards_and_without_tools(
    browser: Browser, report: Path
) -> None:
    visit = Visit(browser, report, dark=True)
    page = visit.page
    page.emulate_media(media="print", color_scheme="dark")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.set_viewport_size({"width": 700, "height": 1000})  # between the margins of A4
    assert page.locator(".plot .xtitle").first.evaluate("e => getComputedStyle(e).fill") == "rgb(0, 0, 0)"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.locator("details.card:not([open])").count() == 0
    for hidden in ("nav", ".tools", "#questions .scroll"):
        assert page.locator(hidden).first.is_hidden(), hidden
    expect(page.locator("#questions .printed")).to_be_visible()
    cut = "[...document.querySelectorAll('.scroll, .plot')].filter(e => e.scrollWidth > e.clientWidth + 1)"
    assert page.evaluate(f"{cut}.map(e => e.className)") == []
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("details.card[open]").count() == 0
    visit.end()


def test_printing_makes_pages_with_the_plots(browser: Browser, report: Path, tmp_path: Path) -> None:
    visit = Visit(browser, report)
    pdf = visit.page.pdf(prefer_css_page_size=True)
    assert pdf.startswith(b"%PDF-")
    assert 3 <= pdf.count(b"/Type /Page\n") <= 20
    visit.end()


def test_tables_are_there_without_scripts_and_what_needs_one_is_not(browser: Browser, report: Path) -> None:
    visit = Visit(browser, report, scripts=False)
    page = visit.page
    expect(page.locator("header .unscripted")).to_be_visible()
    assert page.locator("#questions-table tbody tr").count() == QUESTIONS
    for hidden in (".plot", ".tools", "#shown"):
        assert page.locator(hidden).first.is_hidden(), hidden
    assert page.locator("#comparison details").count() == 3
    page.locator("#comparison summary").nth(1).click()
    expect(page.locator("#comparison table").nth(1)).to_be_visible()
    visit.context.close()
    assert visit.requested == [visit.address]
