"""Every control can be tapped where it is visible, on every screen."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.states import STATES
from tests.browser.visit import DESKTOP, FIRST_OF_EACH, PHONE, SETTLED, TABLET, visiting

SIZES = [(360, 740), (390, 844), (412, 915), (430, 932), (768, 1024), (1024, 768), (1280, 800), (1920, 1080)]

#: The visible controls that are covered by something else, at their centre or a few pixels beside it.
COVERED = """() => [...document.querySelectorAll("button, label, a, summary")].filter((control) => {
  const { left, top, width, height } = control.getBoundingClientRect();
  const [x, y] = [left + width / 2, top + height / 2];
  if (!width || !height || y < 4 || y > innerHeight - 4 || x < 4 || x > innerWidth - 4) return false;
  if (getComputedStyle(control).visibility === "hidden") return false;
  const row = control.closest("[data-part=samples]")?.getBoundingClientRect();
  if (row && (x - 4 < row.left || x + 4 > row.right)) return false; // until it is scrolled sideways
  return [[0, 0], [-3, 0], [3, 0], [0, -3], [0, 3]].some(([right, down]) => {
    const hit = document.elementFromPoint(x + right, y + down);
    return !hit || (!control.contains(hit) && hit !== control.control);
  });
}).map((control) => control.dataset.part || control.textContent.trim())"""

#: Draws a 1 by touch pointer events, as the browser sends them for a finger.
DRAW = """() => {
  const pad = document.querySelector("[data-part=pad]");
  const { left, top, width, height } = pad.getBoundingClientRect();
  const send = (type, share) => pad.dispatchEvent(new PointerEvent(type, {
    pointerId: 7, pointerType: "touch", isPrimary: true, bubbles: true, cancelable: true, buttons: 1,
    clientX: left + width / 2, clientY: top + height * share,
  }));
  pad.setPointerCapture = () => {};
  send("pointerdown", 0.2);
  for (let share = 0.25; share < 0.8; share += 0.05) send("pointermove", share);
  send("pointerup", 0.8);
}"""


def touched(chromium: Browser, server: str, size: tuple[int, int]) -> Page:
    """The page on a touch screen, after a digit was drawn and read."""
    options: dict[str, Any] = {"viewport": {"width": size[0], "height": size[1]}, "has_touch": True}
    page = chromium.new_context(**options).new_page()
    page.goto(server)
    assert page.evaluate(COVERED) == []
    page.evaluate(DRAW)
    expect(page.locator("[data-part=answer]")).to_have_text("1", timeout=SETTLED)
    return page


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_no_control_is_covered_and_a_tap_clears_the_sheet(
    chromium: Browser, server: str, size: tuple[int, int]
) -> None:
    page = touched(chromium, server, size)
    assert page.evaluate(COVERED) == []
    for name, answer in (("undo", ""), ("redo", "1"), ("clear", "")):
        box = page.locator(f"[data-part={name}]").bounding_box()
        assert box is not None
        page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        expect(page.locator("[data-part=answer]")).to_have_text(answer, timeout=SETTLED)
    page.context.close()


@pytest.mark.parametrize("device", [DESKTOP, PHONE, TABLET], ids=["desktop", "phone", "tablet"])
@pytest.mark.parametrize(
    "state", ["uncertain", "rejected", "number", "correcting", "corrected", "refused beside a reading", "unavailable"]
)
def test_no_control_is_covered_in_any_state(chromium: Browser, server: str, state: str, device: dict[str, Any]) -> None:
    with visiting(chromium, server, device) as visit:
        STATES[state](visit)
        for top in ("0", "document.body.scrollHeight"):
            visit.page.evaluate(f"scrollTo(0, {top})")
            assert visit.page.evaluate(COVERED) == []


@pytest.mark.parametrize("menu", ["share", "settings"])
def test_a_tap_beside_an_open_menu_closes_it_and_draws_nothing(chromium: Browser, server: str, menu: str) -> None:
    with visiting(chromium, server, PHONE) as visit:
        visit.draw(FIRST_OF_EACH[7])
        visit.expect_answer(7)
        ink = visit.ink()
        visit.part(menu).tap()
        opened = visit.page.locator(".choices:popover-open")
        expect(opened).to_be_visible()
        pad = visit.part("pad").bounding_box()
        assert pad is not None
        visit.page.touchscreen.tap(pad["x"] + 20, pad["y"] + pad["height"] - 20)
        expect(opened).to_have_count(0)
        assert visit.ink() == ink
        visit.expect_answer(7)


def test_the_large_answer_gives_a_fresh_sheet_and_says_how_to_go_back(chromium: Browser, server: str) -> None:
    with visiting(chromium, server, PHONE) as visit:
        visit.draw(FIRST_OF_EACH[7])
        visit.expect_answer(7)
        visit.part("answer").tap()
        visit.wait_until(lambda: visit.ink() == 0)
        visit.expect_notice(re.compile("undo", re.IGNORECASE))
        visit.part("undo").tap()
        visit.expect_answer(7)
        expect(visit.part("notice")).to_have_text("")
