"""How well the model reads, as its card says it."""

from __future__ import annotations

import pytest
import requests
from playwright.sync_api import Route, expect

from tests.browser.visit import DESKTOP, PHONE, SETTLED, Visit

SIZES = {"desktop": DESKTOP, "phone": PHONE, "320 px": PHONE | {"viewport": {"width": 320, "height": 640}}}


@pytest.mark.parametrize("visit", SIZES.values(), ids=SIZES, indirect=True)
def test_each_figure_of_the_card_is_a_row_with_its_share(visit: Visit, server: str) -> None:
    card = requests.get(f"{server}/api/v1/model", timeout=10).json()
    visit.part("show-figures").click()
    rows = visit.part("figures").locator("tbody tr")
    expect(rows).to_have_count(len(card["figures"]) + len(card["numbers"]) + len(card["refusals"]), timeout=SETTLED)
    for place, figure in enumerate(card["figures"]):
        row = rows.nth(place)
        expect(row.locator("th")).to_have_text(figure["data"])
        shares = row.locator(".value").all_inner_texts()
        assert float(shares[0].rstrip("%")) == pytest.approx(min(99.9, 100 - figure["error_percent"]), abs=0.06)
        unsure = figure["uncertain"] + figure["rejected"]
        assert float(shares[1].rstrip("%")) == pytest.approx(
            min(99.9, 100 - 100 * unsure / figure["pictures"]), abs=0.06
        )
    width = (visit.page.viewport_size or {"width": 0})["width"]
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= width
    visit.part("show-figures").click()
    expect(visit.part("figures")).to_be_hidden()


@pytest.mark.parametrize("lost", ["**/api/v1/model", "**/figures.css"])
def test_figures_that_fail_to_load_are_said_beside_their_button_and_can_be_asked_for_again(
    visit: Visit, lost: str
) -> None:
    visit.page.route(lost, lambda route: route.abort(), times=1)
    button, problem = visit.part("show-figures"), visit.part("figures-problem")
    name = button.inner_text()
    button.click()
    expect(problem).to_contain_text(".", timeout=SETTLED)
    expect(problem).to_be_in_viewport()
    expect(visit.part("notice")).to_be_empty()
    expect(visit.part("figures")).to_be_hidden()
    expect(button).to_have_text("Retry")
    button.click()
    expect(visit.part("figures").locator("tbody tr").first).to_be_visible(timeout=SETTLED)
    expect(problem).to_be_empty()
    expect(button).not_to_have_text("Retry")
    button.click()
    expect(visit.part("figures")).to_be_hidden()
    expect(button).to_have_text(name)
    visit.logged.clear()  # the lost file is the test's own


def test_figures_that_take_a_while_say_so(visit: Visit) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    visit.page.route("**/api/v1/model", hold)
    visit.part("show-figures").click()
    expect(visit.part("figures")).to_contain_text("loading", timeout=SETTLED)
    visit.wait_until(lambda: bool(held))
    held[0].continue_()
    expect(visit.part("figures").locator("tbody tr").first).to_be_visible(timeout=SETTLED)
