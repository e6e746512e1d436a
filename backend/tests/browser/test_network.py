"""The layers of the network light up for what is on the sheet."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.visit import DESKTOP, FIRST_OF_EACH, PHONE, SETTLED, Visit, on

#: The mean brightness of each map: what the canvases hold, whatever the stylesheet makes of it.
LIGHT = """() => Object.fromEntries([...document.querySelectorAll('[data-map] canvas')].map((canvas) => {
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  let sum = 0;
  for (let at = 0; at < data.length; at += 4) sum += data[at];
  return [canvas.parentElement.dataset.map, sum / (canvas.width * canvas.height)];
}))"""


def light_up(visit: Visit, digit: int) -> dict[str, float]:
    """Draw a digit and wait for its layers."""
    before = visit.page.evaluate(LIGHT)
    visit.draw(FIRST_OF_EACH[digit])
    visit.expect_answer(digit)
    visit.part("network").scroll_into_view_if_needed()
    visit.wait_until(lambda: visit.page.evaluate(LIGHT) not in ({}, before))
    found: dict[str, float] = visit.page.evaluate(LIGHT)
    return found


@on("desktop", "phone")
def test_each_layer_lights_up_differently_for_different_digits(visit: Visit) -> None:
    seven = light_up(visit, 7)
    assert len({name.partition(":")[0] for name in seven}) == 6
    assert len(seven) == 36
    assert max(seven.values()) > 20
    visit.page.evaluate("scrollTo(0, 0)")
    visit.part("clear").click()
    zero = light_up(visit, 0)
    assert sum(abs(zero[name] - seven[name]) > 5 for name in seven) > 12


@on("desktop", "phone")
def test_a_map_is_enlarged_and_says_what_excites_it(visit: Visit) -> None:
    light_up(visit, 4)
    before = visit.part("network").locator("figcaption").inner_text()
    chosen = visit.page.locator("[data-map]").nth(14)
    chosen.click()
    expect(chosen).to_have_attribute("aria-pressed", "true")
    caption = visit.part("network").locator("figcaption")
    expect(caption).not_to_have_text(before)
    card: Any = visit.page.evaluate("fetch('/api/v1/model').then((response) => response.json())")
    feature = next(
        one for one in card["features"] if chosen.get_attribute("data-map") == f"{one['layer']}:{one['channel']}"
    )
    for digit in feature["digits"]:
        expect(caption).to_contain_text(re.compile(rf"\b{digit}\b"))
    expect(visit.part("network").locator("figure canvas")).to_be_visible()


def test_the_arrow_keys_reach_every_map_and_tab_only_one(visit: Visit) -> None:
    light_up(visit, 4)
    visit.page.locator("[data-map]").first.focus()
    for _ in range(3):
        visit.page.keyboard.press("ArrowRight")
    expect(visit.page.locator("[data-map]").nth(3)).to_be_focused()
    assert visit.page.locator("[data-map][tabindex='0']").count() == 1
    assert visit.page.locator("[data-map]").nth(3).get_attribute("aria-pressed") == "true"


def test_nothing_is_requested_for_layers_that_nobody_sees(visit: Visit) -> None:
    asked: list[str] = []
    visit.page.on("request", lambda request: asked.append(request.url))
    visit.draw(FIRST_OF_EACH[7])
    visit.expect_answer(7)
    visit.page.wait_for_timeout(500)
    assert not [url for url in asked if "activations" in url]


@pytest.mark.parametrize(
    "visit", [PHONE, DESKTOP | {"reduced_motion": "reduce"}], ids=["moving", "still"], indirect=True
)
def test_the_layers_follow_the_pen_only_where_motion_is_welcome(visit: Visit, request: pytest.FixtureRequest) -> None:
    light_up(visit, 1)
    asked: list[str] = []
    visit.page.on("request", lambda made: asked.append(made.url))
    # The network in view and the sheet under the pen: only a projector has room for both.
    visit.page.set_viewport_size({"width": 1400, "height": 2600})
    visit.page.evaluate("scrollTo(0, 0)")
    pad = visit.part("pad").bounding_box()
    assert pad is not None
    visit.page.mouse.move(pad["x"] + 100, pad["y"] + 100)
    visit.page.mouse.down()
    for step in range(30):
        visit.page.mouse.move(pad["x"] + 100 + 8 * step, pad["y"] + 100)
        visit.page.wait_for_timeout(40)
    during = [url for url in asked if "activations" in url]
    visit.page.mouse.up()
    if "still" in request.node.name:
        assert during == []
    else:
        assert during
    visit.wait_until(lambda: any("activations" in url for url in asked))


def test_screen_readers_get_the_strongest_maps_as_text(visit: Visit) -> None:
    light_up(visit, 3)
    words = visit.part("network").locator(".spoken")
    expect(words).to_contain_text(re.compile("layer 1.*layer 6", re.DOTALL), timeout=SETTLED)
