"""Judging answers and passages in a real browser, on the sample transcripts and the embedded model."""

import io
import json
import zipfile
from pathlib import Path

import httpx
from gradio_client import Client
from playwright.sync_api import Locator, Page, expect

from tests.test_browser import HOSTILE, Visit, ask, drop, remove
from tests.test_browser import address as address
from tests.test_browser import browser as browser
from tests.test_browser import playwright as playwright
from tests.test_browser import visit as visit

BOATS = "How many fishing boats went down?"


def button(within: Page | Locator, name: str) -> Locator:
    return within.get_by_role("button", name=name, exact=True)


def press(target: Locator, *, now: bool) -> None:
    target.click()
    expect(target).to_have_attribute("aria-pressed", str(now).lower())


def test_thumb_is_the_passage_outlives_a_reload_and_is_taken_back(visit: Visit) -> None:
    page = visit.page
    ask(page, BOATS)
    up, down = button(page, "Yes, this answered it"), button(page, "No, this did not answer it")
    passage, not_it = button(page, "This is the passage: source 1"), button(page, "Not it: source 2")
    expect(up).to_have_attribute("aria-pressed", "false")
    press(up, now=True)
    expect(passage).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#noted")).to_have_text("Noted: this is the passage.")
    press(not_it, now=True)
    page.get_by_role("tab", name="Library").click()
    expect(page.locator("#judgments")).to_contain_text("2 turns judged for 1 question")

    page.reload()
    expect(page.locator("#welcome .starter").first).to_be_visible()
    ask(page, BOATS)
    expect(up).to_have_attribute("aria-pressed", "true")
    expect(not_it).to_have_attribute("aria-pressed", "true")
    press(down, now=True)
    expect(up).to_have_attribute("aria-pressed", "false")
    expect(button(page, "Not it: source 1")).to_have_attribute("aria-pressed", "true")
    press(down, now=False)
    press(not_it, now=False)
    expect(page.locator("#noted")).to_have_text("Taken back.")
    page.get_by_role("tab", name="Library").click()
    expect(page.locator("#judgments")).to_contain_text("None yet.")


def test_keyboard_judges_and_keeps_its_place(visit: Visit) -> None:
    page = visit.page
    ask(page, BOATS)
    up = button(page, "Yes, this answered it")
    up.focus()
    page.keyboard.press("Enter")
    expect(up).to_have_attribute("aria-pressed", "true")
    expect(up).to_be_focused()
    page.keyboard.press("Tab")
    expect(button(page, "No, this did not answer it")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Space")
    expect(up).to_have_attribute("aria-pressed", "false")
    expect(up).to_be_focused()


def test_another_turn_is_marked_in_the_reader_and_stays_marked_in_the_chat(visit: Visit) -> None:
    page = visit.page
    ask(page, BOATS)
    page.locator(".answer .cite").first.click()
    cited = page.locator("#panel .turn.cited")
    expect(cited).to_contain_text("Does another turn answer it?")
    following = page.locator("#panel .turn.cited + .turn")
    verdict = following.locator(".verdict")
    page.mouse.move(5, 5)
    expect(verdict).to_have_css("opacity", "0")
    following.hover()
    expect(verdict).to_have_css("opacity", "1")
    press(following.locator(".judge").first, now=True)
    page.mouse.move(5, 5)
    expect(verdict).to_have_css("opacity", "1")
    press(cited.locator(".judge").first, now=True)
    expect(button(page, "Yes, this answered it")).to_have_attribute("aria-pressed", "true")
    ask(page, "Who played chess with Abel by radio?")  # what is shown again is as it was left
    expect(page.locator(".answer[data-answer='0'] .judge").first).to_have_attribute("aria-pressed", "true")
    page.locator(".answer[data-answer='0'] .cite").first.click()
    expect(following.locator(".judge").first).to_have_attribute("aria-pressed", "true")
    press(following.locator(".judge").first, now=False)
    press(cited.locator(".judge").first, now=False)


def test_tap_shows_what_can_be_said_of_a_turn(visit: Visit) -> None:
    page = visit.page
    ask(page, BOATS)
    page.locator(".answer .cite").first.click()
    following = page.locator("#panel .turn.cited + .turn")
    following.locator(".turn-text").click()
    page.mouse.move(5, 5)
    expect(following.locator(".verdict")).to_have_css("opacity", "1")
    page.locator("#panel .turn.cited .turn-text").click()
    page.mouse.move(5, 5)
    expect(following.locator(".verdict")).to_have_css("opacity", "0")


def test_abstention_is_confirmed_and_a_passage_contradicts_it(visit: Visit) -> None:
    page = visit.page
    assert "Is that right?" in ask(page, "What is the capital of Australia?")
    right = button(page, "Yes, nothing here answers it")
    press(right, now=True)
    passage = button(page, "This is the passage: source 1")
    press(passage, now=True)
    expect(right).to_have_attribute("aria-pressed", "false")
    press(right, now=True)
    expect(passage).to_have_attribute("aria-pressed", "false")
    press(right, now=False)


def test_hostile_words_are_judged_and_exported_as_text(visit: Visit, address: str, tmp_path: Path) -> None:
    page, file = visit.page, tmp_path / "hostile.jsonl"
    turn = {"text": f"The zeppelin password is {HOSTILE}", "speaker": HOSTILE}
    lines = [{"title": "Hostile"}, turn, {"text": "Thanks.", "speaker": "Ben"}]
    file.write_text("".join(f"{json.dumps(one)}\n" for one in lines), encoding="utf-8")
    drop(page, file).get_by_role("button", name="Add 1 transcript").click()
    expect(page.locator("#outcome .outcome")).to_contain_text("1 added")
    page.get_by_role("tab", name="Ask").click()
    question = f"Is {HOSTILE} the zeppelin password?"
    ask(page, question)
    press(button(page, "This is the passage: source 1"), now=True)
    page.locator("#panel .card").first.get_by_role("button", name="Open source 1").click()
    cited = page.locator("#panel .turn.cited .judge")
    expect(cited.first).to_have_attribute("aria-pressed", "true")
    assert HOSTILE[:20] in str(cited.first.get_attribute("aria-label"))
    with page.expect_download() as download:
        page.get_by_role("tab", name="Library").click()
        page.get_by_role("link", name="Download judgments").click()
    packed = Path(download.value.path()).read_bytes()
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        (asked,) = archive.read("judgments/questions.jsonl").decode().splitlines()
    assert json.loads(asked)["question"] == " ".join(question.split())
    assert page.evaluate("window.__pwned") is None
    remove(page, "Hostile")
    expect(page.locator("#judgments")).to_contain_text("None yet.")  # its judgment went with it
    assert httpx.get(f"{address}/judgments.zip").status_code == 404


def test_turn_that_is_gone_meanwhile_is_said_and_nothing_is_pressed(
    visit: Visit, address: str, tmp_path: Path
) -> None:
    page, file = visit.page, tmp_path / "orchard.txt"
    file.write_text("Ana Lopez: The orchard holds ninety pear trees.\n\nBen Ode: Thanks.\n", encoding="utf-8")
    drop(page, file).get_by_role("button", name="Add 1 transcript").click()
    expect(page.locator("#outcome .outcome")).to_contain_text("1 added")
    page.get_by_role("tab", name="Ask").click()
    ask(page, "How many pear trees does the orchard hold?")
    Client(address, verbose=False, analytics_enabled=False).predict("orchard", api_name="/remove")
    up = button(page, "Yes, this answered it")
    up.click()
    expect(page.get_by_text("there is no turn")).to_be_visible()
    expect(up).to_have_attribute("aria-pressed", "false")
