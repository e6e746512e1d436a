"""A real browser and a visit of the page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from tests.browser import chromium as browser
from tests.browser.visit import DESKTOP, Visit, visiting


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Where the browser is."""
    path = browser.find()
    assert path, "There is no Chromium; `make browser` installs one."
    return path


@pytest.fixture(scope="session")
def playwright(chromium_path: str) -> Iterator[Playwright]:
    """The only running Playwright: a process cannot run two. `chromium_path` uses one before."""
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def chromium(playwright: Playwright, chromium_path: str) -> Iterator[Browser]:
    """A real browser."""
    running = playwright.chromium.launch(executable_path=chromium_path, args=browser.ARGUMENTS)
    yield running
    running.close()


@pytest.fixture
def visit(request: pytest.FixtureRequest, chromium: Browser, server: str) -> Iterator[Visit]:
    """A fresh visit of the page, on a desktop unless the test names another device."""
    with visiting(chromium, server, getattr(request, "param", DESKTOP)) as visit:
        yield visit
