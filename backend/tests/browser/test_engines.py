"""Drawing, choosing a picture and clearing in Firefox and in WebKit."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from tests.browser.engines import Driven, opened
from tests.browser.visit import FIRST_OF_EACH, Visit
from tests.samples import DIGITS, LABELS, encode, enlarged


@pytest.fixture(params=["firefox", "webkit"])
def page(request: pytest.FixtureRequest, playwright: Playwright, server: str) -> Iterator[Visit | Driven]:
    """A fresh visit of the page in each engine."""
    with opened(request.param, playwright, server) as page:
        yield page


def test_drawn_digits_are_read(page: Visit | Driven) -> None:
    for digit in (3, 5, 7):
        page.draw(FIRST_OF_EACH[digit])
        page.expect_answer(digit)
        page.part("clear").click()
        page.wait_for_ink(False)


def test_a_chosen_picture_is_shown_and_read(page: Visit | Driven, tmp_path: Path) -> None:
    file = tmp_path / "seven.png"
    file.write_bytes(encode(enlarged(DIGITS[0])))
    page.part("file").set_input_files(file)
    page.expect_answer(LABELS[0])
    page.wait_until(page.part("picture").is_visible)


def test_clear_empties_the_sheet_and_the_reading(page: Visit | Driven) -> None:
    before = page.part("status").text_content()
    page.draw(FIRST_OF_EACH[4])
    page.expect_answer(4)
    assert page.ink() > 0
    assert not page.part("hint").is_visible()
    page.part("clear").click()
    page.wait_for_ink(False)
    page.wait_until(lambda: page.part("answer").text_content() == "")
    page.wait_until(page.part("hint").is_visible)
    assert page.part("status").text_content() == before
