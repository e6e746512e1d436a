"""The page in a real browser, and what a user can do with it."""

from __future__ import annotations

import base64
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, expect

from tests.samples import WRITTEN, Written, placed

DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 3,
    "is_mobile": True,
    "has_touch": True,
}
SMALL_PHONE: dict[str, Any] = PHONE | {"viewport": {"width": 320, "height": 640}}
TABLET: dict[str, Any] = PHONE | {"viewport": {"width": 820, "height": 1180}, "device_scale_factor": 2}
SHORT_PHONE: dict[str, Any] = PHONE | {"viewport": {"width": 375, "height": 667}, "device_scale_factor": 2}
DEVICES = {"desktop": DESKTOP, "phone": PHONE, "small phone": SMALL_PHONE, "short phone": SHORT_PHONE, "tablet": TABLET}

REQUEST = re.compile(r"/api/v1/digits")
SETTLED = 15_000  # milliseconds; on an idle computer, a hundred are enough

#: The number of pixels with ink on the pad.
INK = """() => { const pad = document.querySelector('[data-part=pad]');
  const {data} = pad.getContext('2d').getImageData(0, 0, pad.width, pad.height);
  let inked = 0; for (let i = 3; i < data.length; i += 4) inked += data[i] > 127; return inked; }"""


class Visit:
    """An open page, and what a user can do with it."""

    def __init__(self, context: BrowserContext, server: str, path: str = "") -> None:
        self.page: Page = context.new_page()
        self.logged: list[str] = []
        self.elsewhere: list[str] = []
        self.page.on("console", lambda message: self._hear(message))
        self.page.on("pageerror", lambda error: self.logged.append(str(error)))
        self.page.on("request", lambda request: self._note(request.url, server))
        self.page.goto(server + path)

    def _hear(self, message: ConsoleMessage) -> None:
        """Ignore what the browser logs because of the test itself, such as a failed request."""
        unanswered = "/api/v1/" in message.location["url"] or message.location["url"].endswith("/favicon.svg")
        of_a_refusal = message.text.startswith("Failed to load resource") and unanswered
        if not of_a_refusal and "willReadFrequently" not in message.text:
            self.logged.append(f"{message.text} ({message.location['url']})")

    def _note(self, url: str, server: str) -> None:
        if not url.startswith((server, "blob:", "data:")):
            self.elsewhere.append(url)

    def part(self, name: str) -> Locator:
        """The element with this data-part."""
        return self.page.locator(f"[data-part={name}]")

    def draw(self, written: Written) -> None:
        """Draw with the mouse, point by point."""
        pad = self.part("pad").bounding_box()
        assert pad is not None
        for stroke in placed(written["strokes"], pad["width"]):
            self.page.mouse.move(pad["x"] + stroke[0][0], pad["y"] + stroke[0][1])
            self.page.mouse.down()
            for x, y in stroke[1:]:
                self.page.mouse.move(pad["x"] + x, pad["y"] + y)
            self.page.mouse.up()

    def ink(self) -> int:
        """The number of pixels with ink on the pad."""
        return int(self.page.evaluate(INK))

    def expect_answer(self, digit: int) -> None:
        """The digit is shown within the timeout."""
        expect(self.part("answer")).to_have_text(str(digit), timeout=SETTLED)

    def expect_status(self, words: str | re.Pattern[str]) -> None:
        """The sentence is shown within the timeout."""
        expect(self.part("status")).to_have_text(words, timeout=SETTLED)

    def expect_notice(self, words: str | re.Pattern[str]) -> None:
        """The passing notice is shown within the timeout."""
        expect(self.part("notice")).to_have_text(words, timeout=SETTLED)

    def set(self, name: str) -> None:
        """Change a preference in the menu, and close the menu."""
        self.part("settings").click()
        self.part(name).click()
        self.page.keyboard.press("Escape")
        expect(self.part("menu")).to_be_hidden()

    def expect_tone(self, tone: str | re.Pattern[str]) -> None:
        """The sentence is about nothing yet (idle), a guess, a reading (accepted, uncertain, rejected) or a problem."""
        expect(self.part("status")).to_have_attribute("data-tone", tone, timeout=SETTLED)

    def wait_until(self, holds: Callable[[], bool]) -> None:
        """Wait until it is true. Playwright's wait_for_function needs eval, which the page's policy forbids."""
        deadline = time.monotonic() + SETTLED / 1000
        while not (held := holds()) and time.monotonic() < deadline:
            self.page.wait_for_timeout(50)
        assert held

    def wait_for_ink(self, inked: bool) -> None:
        """Wait until there is ink on the pad, or none."""
        self.wait_until(lambda: (self.ink() > 0) == inked)


@contextmanager
def visiting(chromium: Browser, server: str, device: dict[str, Any] = DESKTOP, path: str = "") -> Iterator[Visit]:
    """A new visit. At its end, the console must be empty, and there must be no request to another server."""
    context = chromium.new_context(**device)
    try:
        visit = Visit(context, server, path)
        yield visit
        visit.page.unroute_all(behavior="ignoreErrors")  # cancels the requests that a test holds
    finally:
        context.close()
    assert visit.logged == [], visit.logged
    assert visit.elsewhere == [], visit.elsewhere


def on(*names: str) -> pytest.MarkDecorator:
    """Run a test on each of the devices."""
    return pytest.mark.parametrize("visit", [DEVICES[name] for name in names], ids=names, indirect=True)


FIRST_OF_EACH = [next(one for one in WRITTEN if one["label"] == digit) for digit in range(10)]

GIVE = """([kind, data, name, type]) => {
  const bytes = Uint8Array.from(atob(data), (char) => char.charCodeAt(0));
  const transfer = new DataTransfer();
  transfer.items.add(new File([bytes], name, {type}));
  const how = {clipboardData: transfer, dataTransfer: transfer, bubbles: true, cancelable: true};
  const steps = {paste: ['paste'], drag: ['dragenter', 'dragover'], drop: ['dragenter', 'dragover', 'drop']}[kind];
  const Event = kind === 'paste' ? ClipboardEvent : DragEvent;
  for (const step of steps) document.body.dispatchEvent(new Event(step, how));
}"""


def give(visit: Visit, way: str, data: bytes, name: str = "digit.png", kind: str = "image/png") -> None:
    """`drop`, `paste` or `drag` a file; the last one does not release it."""
    visit.page.evaluate(GIVE, [way, base64.b64encode(data).decode(), name, kind])


def reading(digit: int) -> dict[str, Any]:
    """A response of the API."""
    probabilities = [float(one == digit) for one in range(10)]
    return {
        "status": "accepted",
        "reason": None,
        "digit": digit,
        "confidence": 1.0,
        "probabilities": probabilities,
        "not_a_digit": 0.0,
        "several_digits": 0.0,
        "model": {"name": "digits", "version": "1"},
    }
