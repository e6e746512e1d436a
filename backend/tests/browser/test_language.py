"""The page in German: chosen by the browser's preference or by the user."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.visit import DESKTOP, PHONE, SETTLED

#: The English texts of index.html that are visible, and those in labels.
ENGLISH = """async () => {
  const { STATIC } = await import("./text/de/static.js");
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) found.push(node.nodeValue);
  for (const name of ["title", "aria-label", "alt"]) {
    for (const element of document.querySelectorAll(`[${name}]`)) found.push(element.getAttribute(name));
  }
  const texts = found.map((text) => text.trim().replace(/\\s+/g, " "));
  return texts.filter((text) => text in STATIC && STATIC[text] !== text);
}"""


@pytest.fixture(params=[DESKTOP, PHONE], ids=["desktop", "phone"])
def german(request: pytest.FixtureRequest, chromium: Browser, server: str) -> Iterator[Page]:
    """The page in a browser that prefers German."""
    context = chromium.new_context(**request.param | {"locale": "de-AT"})
    page = context.new_page()
    page.goto(server)
    expect(page.locator("html")).to_have_attribute("lang", "de")
    yield page
    context.close()


def test_a_german_browser_gets_the_whole_page_in_german(german: Page) -> None:
    german.locator("[data-sample=seven]").click()
    expect(german.locator("[data-part=answer]")).to_have_text("7", timeout=SETTLED)
    expect(german.locator("[data-part=status]")).to_contain_text(re.compile(r"\d,\d.%"))
    expect(german.locator("[data-part=history]")).to_be_visible()
    expect(german.locator("body")).to_be_visible()
    assert german.evaluate(ENGLISH) == []


def test_another_browser_gets_it_in_english(chromium: Browser, server: str) -> None:
    context = chromium.new_context(locale="fr-FR")
    page = context.new_page()
    page.goto(server)
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.locator("[data-sample=seven]").click()
    expect(page.locator("[data-part=status]")).to_contain_text(re.compile(r"\d\.\d%"), timeout=SETTLED)
    context.close()


def test_the_user_can_switch_and_keeps_what_is_on_the_sheet(german: Page) -> None:
    german.locator("[data-sample=seven]").click()
    expect(german.locator("[data-part=answer]")).to_have_text("7", timeout=SETTLED)
    german.locator("[data-part=settings]").click()
    german.locator("[data-part=language]").click()
    expect(german.locator("html")).to_have_attribute("lang", "en")
    expect(german.locator("[data-part=answer]")).to_have_text("7", timeout=SETTLED)
    german.reload()
    expect(german.locator("html")).to_have_attribute("lang", "en")
    assert json.loads(german.evaluate("localStorage.getItem('digits-choices')"))["language"] == "en"


def test_without_its_translation_the_page_works_in_english(chromium: Browser, server: str) -> None:
    context = chromium.new_context(locale="de-DE")
    page = context.new_page()
    page.route("**/text/de/*.js", lambda route: route.abort())
    page.goto(server)
    page.locator("[data-sample=seven]").click()
    expect(page.locator("[data-part=answer]")).to_have_text("7", timeout=SETTLED)
    expect(page.locator("[data-part=clear]")).to_contain_text("Clear")
    context.close()


def test_what_undoes_a_correction_says_so(german: Page) -> None:
    german.locator("[data-sample=seven]").click()
    expect(german.locator("[data-part=answer]")).to_have_text("7", timeout=SETTLED)
    german.locator("[data-part=correct]").click()
    german.locator("[data-label='1']").click()
    undo = german.locator("[data-part=undo-correction]")
    expect(undo).to_have_text("Rückgängig")
    undo.click()
    expect(undo).to_be_hidden()


@pytest.mark.parametrize("locale", ["de-DE", "en-US"])
@pytest.mark.parametrize(("width", "height"), [(1280, 720), (1280, 800), (1366, 768)])
def test_the_legend_of_why_is_on_the_first_screen(
    chromium: Browser, server: str, locale: str, width: int, height: int
) -> None:
    context = chromium.new_context(viewport={"width": width, "height": height}, locale=locale)
    page = context.new_page()
    page.goto(server)
    page.locator("[data-sample=seven]").click()
    expect(page.locator("[data-part=answer]")).to_have_text("7", timeout=SETTLED)
    page.locator("[data-part=why]").click()
    expect(page.locator("[data-part=legend] .key")).to_have_count(2, timeout=SETTLED)
    for name in ("answer", "legend"):
        box = page.locator(f"[data-part={name}]").bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= height, name
    context.close()
