"""The ink on the sheet: how it looks, how it is erased, and that it keeps up with the pen."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.visit import DESKTOP, PHONE, SETTLED

#: Sends pointer events to the sheet: a list of (type, pointer id, x, y, milliseconds), with places as shares of it.
SEND = """(events) => {
  const pad = document.querySelector("[data-part=pad]");
  pad.setPointerCapture = () => {};
  const { left, top, width, height } = pad.getBoundingClientRect();
  const start = performance.now();
  for (const [type, id, x, y, milliseconds] of events) {
    const event = new PointerEvent(type, {
      pointerId: id, pointerType: "touch", isPrimary: id === 1, bubbles: true, cancelable: true,
      buttons: type === "pointerup" ? 0 : 1, clientX: left + width * x, clientY: top + height * y,
    });
    Object.defineProperty(event, "timeStamp", { value: start + milliseconds });
    pad.dispatchEvent(event);
  }
}"""

#: How much of a horizontal band of the sheet is inked, and how thick the ink is in a few columns.
THICKNESS = """async (columns) => {
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const pad = document.querySelector("[data-part=pad]");
  const { data } = pad.getContext("2d").getImageData(0, 0, pad.width, pad.height);
  return columns.map((share) => {
    let inked = 0;
    const x = Math.round(share * pad.width);
    for (let y = 0; y < pad.height; y++) if (data[4 * (y * pad.width + x) + 3] > 127) inked++;
    return inked / pad.height * 280;
  });
}"""

Events = list[tuple[str, int, float, float, float]]


def across(y: float, milliseconds: float, pointer: int = 1) -> Events:
    """A stroke from left to right."""
    points = [(0.1 + 0.8 * at / 80, milliseconds * at / 80) for at in range(81)]
    moves: Events = [("pointermove", pointer, x, y, t) for x, t in points[1:]]
    return [("pointerdown", pointer, 0.1, y, 0), *moves, ("pointerup", pointer, 0.9, y, milliseconds)]


@pytest.fixture(params=[DESKTOP, PHONE], ids=["desktop", "phone"])
def page(request: pytest.FixtureRequest, chromium: Browser, server: str) -> Any:
    """An empty sheet."""
    context = chromium.new_context(**request.param)
    opened = context.new_page()
    opened.goto(server)
    yield opened
    context.close()


def test_ink_is_narrower_where_the_pen_is_fast_and_at_its_ends(page: Page) -> None:
    page.evaluate(SEND, across(0.5, 1500))
    start, middle, end = page.evaluate(THICKNESS, [0.085, 0.5, 0.915])
    page.locator("[data-part=clear]").click()
    page.evaluate(SEND, across(0.5, 120))
    (fast,) = page.evaluate(THICKNESS, [0.5])
    assert fast < 0.85 * middle
    assert 14 <= middle <= 24
    assert start < 0.8 * middle
    assert end < 0.8 * middle


def test_the_eraser_erases_what_it_touches_and_undo_brings_it_back(page: Page) -> None:
    page.evaluate(SEND, across(0.5, 800))
    page.locator("[data-part=eraser]").click()
    expect(page.locator("[data-part=eraser]")).to_have_attribute("aria-pressed", "true")
    down = [("pointermove", 1, 0.5, 0.3 + at / 50, 10 * at) for at in range(1, 20)]
    page.evaluate(SEND, [("pointerdown", 1, 0.5, 0.3, 0), *down, ("pointerup", 1, 0.5, 0.7, 300)])
    left, erased, right = page.evaluate(THICKNESS, [0.3, 0.5, 0.7])
    assert erased == 0
    assert min(left, right) > 10
    page.locator("[data-part=undo]").click()
    (back,) = page.evaluate(THICKNESS, [0.5])
    assert back > 10
    page.locator("[data-part=pen]").click()
    expect(page.locator("[data-part=eraser]")).to_have_attribute("aria-pressed", "false")


def test_an_erased_sheet_is_blank(page: Page) -> None:
    page.evaluate(SEND, [("pointerdown", 1, 0.5, 0.5, 0), ("pointerup", 1, 0.5, 0.5, 10)])
    page.locator("[data-part=eraser]").click()
    page.evaluate(SEND, [("pointerdown", 1, 0.5, 0.5, 0), ("pointerup", 1, 0.5, 0.5, 10)])
    expect(page.locator("[data-part=hint]")).to_be_visible(timeout=SETTLED)
    expect(page.locator("[data-part=clear]")).to_have_attribute("aria-disabled", "true")


def test_a_tap_with_two_fingers_undoes_and_draws_nothing(page: Page) -> None:
    page.evaluate(SEND, across(0.3, 500))
    page.evaluate(SEND, across(0.7, 500))
    tap: Events = [
        ("pointerdown", 1, 0.4, 0.5, 0),
        ("pointerdown", 2, 0.6, 0.5, 40),
        ("pointerup", 1, 0.4, 0.5, 120),
        ("pointerup", 2, 0.6, 0.5, 140),
    ]
    page.evaluate(SEND, tap)
    (one,) = page.evaluate(THICKNESS, [0.5])
    assert 10 < one < 28  # one line of two is left, and there is no dot
    page.evaluate(SEND, tap)
    expect(page.locator("[data-part=hint]")).to_be_visible(timeout=SETTLED)


def test_a_long_scribble_does_not_slow_down_the_sheet(page: Page) -> None:
    """Only new ink is painted: the last of 1,500 points cost as many operations on the canvas as the first."""
    strokes: list[int] = page.evaluate(
        """async () => {
          const pad = document.querySelector("[data-part=pad]");
          const { left, top, width, height } = pad.getBoundingClientRect();
          const surface = CanvasRenderingContext2D.prototype;
          const { stroke } = surface;
          let strokes = 0;
          surface.stroke = function (...path) { strokes++; return stroke.apply(this, path); };
          const send = (type, at) => pad.dispatchEvent(new PointerEvent(type, {
            pointerId: 1, pointerType: "touch", isPrimary: true, bubbles: true, buttons: 1,
            clientX: left + width * (0.5 + 0.4 * Math.sin(at / 9)),
            clientY: top + height * (0.5 + 0.4 * Math.cos(at / 7)),
          }));
          send("pointerdown", 0);
          const counts = [];
          for (let at = 1; at < 1500; at += 6) {
            const before = strokes;
            for (let next = at; next < at + 6; next++) send("pointermove", next);
            await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
            counts.push(strokes - before);
          }
          surface.stroke = stroke;
          return counts;
        }"""
    )
    first, last = (sorted(part)[len(part) // 2] for part in (strokes[10:70], strokes[-60:]))
    assert first > 0
    assert last < 2 * first, (first, last)
