"""Why a passage, and why not another, in a real browser, on the sample transcripts and the embedded model."""

from playwright.sync_api import expect

from tests.test_browser import Visit, ask
from tests.test_browser import address as address
from tests.test_browser import browser as browser
from tests.test_browser import playwright as playwright
from tests.test_browser import visit as visit

BOATS = "How many fishing boats went down?"


def test_source_says_why_once_it_is_opened_and_keeps_it(visit: Visit) -> None:
    page = visit.page
    ask(page, BOATS)
    card = page.locator("#panel .card").nth(1)
    expect(card.locator(".reason")).to_have_count(0)
    card.get_by_text("Why this passage?").focus()
    page.keyboard.press("Enter")
    reason = card.locator(".reason")
    expect(reason).to_contain_text("of 278 turns for this question.")
    expect(reason).to_contain_text("Source 1 comes before it: ")
    expect(reason.locator("tbody tr").first).to_contain_text("Meaning")
    expect(page.locator("#panel .reason")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(reason).to_be_hidden()
    page.keyboard.press("Enter")
    expect(reason).to_be_visible()
    expect(page.locator("#panel .reason")).to_have_count(1)


def test_turn_of_the_reader_says_why_it_is_none_and_folds_away(visit: Visit) -> None:
    page = visit.page
    ask(page, BOATS)
    page.locator(".answer .cite").first.click()
    beside = page.locator("#panel .turn.cited + .turn")
    beside.hover()
    asker = beside.locator(".judge.why")
    asker.click()
    expect(beside.locator(".reason")).to_contain_text("It is shown already: it stands beside source 1.")
    expect(asker).to_have_attribute("aria-expanded", "true")
    asker.click()
    expect(beside.locator(".reason")).to_be_hidden()
    expect(asker).to_have_attribute("aria-expanded", "false")
    lower = page.locator("#panel .turn").nth(2)
    lower.hover()
    lower.locator(".judge.why").click()
    expect(lower.locator(".reason")).to_contain_text("the best 5 are shown")
    expect(lower.locator(".reason")).to_contain_text("Source 5 comes before it")
    # Nothing was judged by asking why.
    expect(page.locator("#panel .judge[aria-pressed='true']")).to_have_count(0)
