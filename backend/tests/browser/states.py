"""Every state of the page, and how to get there.

`python -m tests.browser.states FOLDER [STATE ...]` takes screenshots of them, in both themes and at three sizes.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from playwright.sync_api import FilePayload, expect, sync_playwright

from tests.browser import chromium as browser
from tests.browser.visit import (
    DESKTOP,
    FIRST_OF_EACH,
    PHONE,
    REQUEST,
    SETTLED,
    SMALL_PHONE,
    TABLET,
    Visit,
    give,
    reading,
    visiting,
)
from tests.samples import DIGITS, encode, enlarged

UNAVAILABLE: dict[str, Any] = {
    "status": 503,
    "headers": {"Retry-After": "20"},
    "content_type": "application/problem+json",
    "body": '{"title": "Service Unavailable", "status": 503, "detail": "Too many requests are in progress."}',
}


def photograph() -> bytes:
    """A digit on paper under uneven light, with grain."""
    digit = np.asarray(enlarged(DIGITS[0], 300, Image.Resampling.BICUBIC), np.float32) / 255
    light = np.linspace(0.65, 1, 900)[None, :] * np.linspace(1, 0.8, 700)[:, None]
    ink = np.zeros((700, 900), np.float32)
    ink[180:480, 320:620] = digit
    grain = np.random.default_rng(0).normal(0, 4, (700, 900, 3))
    paper = np.array([235, 228, 210]) * light[..., None] * (1 - 0.75 * ink[..., None])
    return encode(Image.fromarray(np.clip(paper + grain, 0, 255).astype(np.uint8)), "JPEG", quality=90)


def _drawn(visit: Visit) -> None:
    visit.draw(FIRST_OF_EACH[7])
    visit.expect_answer(7)
    visit.page.mouse.move(0, 0)


def _photographed(visit: Visit) -> None:
    give(visit, "drop", photograph(), "kitchen table.jpg", "image/jpeg")
    visit.expect_answer(7)


def _uncertain(visit: Visit) -> None:
    unsure = reading(1) | {
        "status": "uncertain",
        "reason": "low_confidence",
        "confidence": 0.6,
        "probabilities": [0, 0.6, 0, 0, 0, 0, 0, 0.38, 0.02, 0],
        "not_a_digit": 0.0,
        "several_digits": 0.0,
    }
    visit.page.route(REQUEST, lambda route: route.fulfill(json=unsure))
    visit.draw(FIRST_OF_EACH[1])
    visit.expect_tone("uncertain")


def _rejected(visit: Visit) -> None:
    visit.page.locator("[data-sample=star]").click()
    visit.expect_tone("rejected")


def _number(visit: Visit) -> None:
    visit.page.locator("[data-sample=pair]").click()
    visit.expect_tone("accepted")
    visit.expect_status(re.compile("42"))


def _blank(visit: Visit) -> None:
    give(visit, "drop", encode(Image.new("L", (400, 300), 230)), "paper.png")
    visit.expect_tone("rejected")
    visit.expect_status(re.compile("empty"))


def _not_a_picture(visit: Visit) -> None:
    give(visit, "drop", b"hello", "notes.txt", "text/plain")
    visit.expect_notice(re.compile("notes.txt"))


def _damaged(visit: Visit) -> None:
    give(visit, "drop", b"this is no PNG")
    visit.expect_notice(re.compile("digit.png"))


def _not_shown(visit: Visit) -> None:
    give(visit, "drop", encode(enlarged(DIGITS[0]), "TIFF"), "scan.tif", "image/tiff")
    visit.expect_answer(7)
    expect(visit.page.get_by_text("can't show the picture")).to_be_visible()


def _slow(visit: Visit) -> None:
    visit.page.route(REQUEST, lambda route: None)
    give(visit, "drop", photograph(), "kitchen table.jpg", "image/jpeg")
    visit.expect_status(re.compile("looking at the picture"))
    visit.page.wait_for_timeout(600)  # until the progress bar is shown


def _slow_again(visit: Visit) -> None:
    _drawn(visit)
    visit.page.route(REQUEST, lambda route: None)
    visit.part("pad").click(position={"x": 30, "y": 30})
    expect(visit.part("progress")).to_be_visible(timeout=SETTLED)


def _unexplained(visit: Visit) -> None:
    _drawn(visit)
    visit.page.wait_for_timeout(300)
    visit.page.route(REQUEST, lambda route: route.fulfill(**UNAVAILABLE))
    visit.part("why").click()
    expect(visit.part("legend")).to_contain_text("Too many")


def _copied_by_hand(visit: Visit) -> None:
    visit.page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    _drawn(visit)
    visit.part("curl").click()
    expect(visit.part("command")).to_be_visible()


def _unreachable(visit: Visit) -> None:
    visit.page.route(REQUEST, lambda route: route.abort())
    visit.draw(FIRST_OF_EACH[4])
    visit.expect_status(re.compile("reach the server"))


def _unavailable(visit: Visit) -> None:
    visit.page.route(REQUEST, lambda route: route.fulfill(**UNAVAILABLE))
    visit.draw(FIRST_OF_EACH[4])
    visit.expect_status(re.compile("retry in 20 seconds"))


def _offline(visit: Visit) -> None:
    visit.page.wait_for_load_state("networkidle")  # no error for a file that is still loading
    visit.page.context.set_offline(True)
    visit.draw(FIRST_OF_EACH[4])
    visit.expect_status(re.compile("offline"))


def _dragging(visit: Visit) -> None:
    give(visit, "drag", b"x")
    expect(visit.part("drop")).to_be_visible()


def _explained(visit: Visit) -> None:
    _drawn(visit)
    visit.part("why").click()
    visit.part("toggle-overlay").click()
    expect(visit.part("legend")).to_contain_text("against", timeout=SETTLED)
    expect(visit.part("overlay")).to_be_visible()


def _overlay_on_photograph(visit: Visit) -> None:
    _photographed(visit)
    visit.part("toggle-overlay").click()
    expect(visit.part("overlay")).to_be_visible()


def _correcting(visit: Visit) -> None:
    _drawn(visit)
    visit.part("correct").click()
    expect(visit.part("labels")).to_be_visible()


def _correcting_a_number(visit: Visit) -> None:
    _number(visit)
    visit.part("correct").click()
    expect(visit.part("labels")).to_be_visible()


def _explained_number(visit: Visit) -> None:
    _number(visit)
    visit.part("why").click()
    expect(visit.part("explanation")).to_be_visible(timeout=SETTLED)


def _corrected(visit: Visit) -> None:
    for sample in ("two", "star", "print-three", "pair", "nine"):
        before = visit.part("entries").locator("li").count()
        visit.page.locator(f"[data-sample={sample}]").click()
        expect(visit.part("entries").locator("li")).to_have_count(before + 1, timeout=SETTLED)
    visit.part("correct").click()
    visit.part("labels").get_by_text("4", exact=True).click()
    expect(visit.part("correction")).to_contain_text("4")


def _confirming(visit: Visit) -> None:
    _corrected(visit)
    visit.part("clear-history").click()
    expect(visit.part("confirmation")).to_be_visible()


def _by_keyboard(visit: Visit) -> None:
    visit.part("pad").focus()
    visit.page.keyboard.press("ArrowLeft")
    visit.page.keyboard.press("Space")
    for key in ["ArrowDown"] * 6 + ["ArrowRight"] * 3:
        visit.page.keyboard.press(key)
    expect(visit.part("cursor")).to_be_visible()


def _left_handed(visit: Visit) -> None:
    visit.set("hand")
    _drawn(visit)


def _settings(visit: Visit) -> None:
    _drawn(visit)
    visit.part("settings").click()
    expect(visit.part("menu")).to_be_visible()


def _sharing(visit: Visit) -> None:
    _drawn(visit)
    visit.part("share").click()
    expect(visit.part("share-menu")).to_be_visible()


def _sharing_a_picture(visit: Visit) -> None:
    _photographed(visit)
    visit.part("share").click()
    expect(visit.part("share-note")).to_be_visible()


def _link_by_hand(visit: Visit) -> None:
    visit.page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    _sharing(visit)
    visit.part("copy-link").click()
    expect(visit.part("share-link")).to_be_visible()


def _presenting(visit: Visit) -> None:
    _sharing(visit)
    visit.part("present").click()
    expect(visit.part("leave")).to_be_visible()
    visit.page.mouse.move(0, 0)


def _writing(visit: Visit) -> None:
    _drawn(visit)
    pad = visit.part("pad").bounding_box()
    assert pad is not None
    visit.page.mouse.move(pad["x"] + 30, pad["y"] + 30)
    visit.page.mouse.down()
    visit.expect_tone("guess")


def _several_files(visit: Visit) -> None:
    pictures = [encode(enlarged(DIGITS[at])) for at in range(8)]
    files = [FilePayload(name=f"{at}.png", mimeType="image/png", buffer=data) for at, data in enumerate(pictures)]
    visit.part("file").set_input_files([*files, FilePayload(name="b.png", mimeType="image/png", buffer=b"no PNG")])
    expect(visit.part("table-status")).to_contain_text("One has a problem", timeout=SETTLED)


def _one_of_several_files(visit: Visit) -> None:
    _several_files(visit)
    visit.part("rows").locator("tr").first.click()
    visit.expect_answer(7)
    visit.page.mouse.move(0, 0)


def _refused_beside_a_reading(visit: Visit) -> None:
    _drawn(visit)
    _damaged(visit)
    visit.expect_answer(7)


def _choosing_a_game(visit: Visit) -> None:
    visit.part("game").click()
    expect(visit.part("game-panel")).to_be_visible(timeout=SETTLED)


def _playing(visit: Visit, mode: str = "digits") -> None:
    _choosing_a_game(visit)
    visit.page.locator(f"[data-mode={mode}]").click()
    visit.page.wait_for_timeout(500)  # a double click must not draw
    drawn = (int(visit.part("asked").inner_text()) + 1) % 10
    visit.draw(FIRST_OF_EACH[drawn])
    expect(visit.part("game-sentence")).to_contain_text(str(drawn), timeout=SETTLED)


def _fooling(visit: Visit) -> None:
    _playing(visit, "fool")
    expect(visit.part("game-meter")).to_contain_text("100%", timeout=SETTLED)


def _played(visit: Visit) -> None:
    _playing(visit)
    for _ in range(10):
        visit.part("skip").click()
    expect(visit.part("turns").locator("li")).to_have_count(10)


#: Name -> function that brings a new visit into the state.
STATES: dict[str, Callable[[Visit], None]] = {
    "empty": lambda visit: None,
    "drawn": _drawn,
    "photographed": _photographed,
    "uncertain": _uncertain,
    "rejected": _rejected,
    "number": _number,
    "blank": _blank,
    "not a picture": _not_a_picture,
    "damaged": _damaged,
    "not shown": _not_shown,
    "slow": _slow,
    "slow again": _slow_again,
    "unexplained": _unexplained,
    "copied by hand": _copied_by_hand,
    "unreachable": _unreachable,
    "unavailable": _unavailable,
    "offline": _offline,
    "dragging": _dragging,
    "explained": _explained,
    "overlay on a photograph": _overlay_on_photograph,
    "correcting": _correcting,
    "correcting a number": _correcting_a_number,
    "explained number": _explained_number,
    "corrected": _corrected,
    "confirming": _confirming,
    "by keyboard": _by_keyboard,
    "left-handed": _left_handed,
    "settings": _settings,
    "sharing": _sharing,
    "sharing a picture": _sharing_a_picture,
    "link by hand": _link_by_hand,
    "presenting": _presenting,
    "writing": _writing,
    "refused beside a reading": _refused_beside_a_reading,
    "several files": _several_files,
    "one of several files": _one_of_several_files,
    "choosing a game": _choosing_a_game,
    "playing": _playing,
    "fooling": _fooling,
    "played": _played,
}


def take_pictures(folder: Path, names: list[str]) -> None:
    """Take screenshots of all states or of those named: the first screen and the whole page, as PNG files."""
    from running import serving

    folder.mkdir(parents=True, exist_ok=True)
    sizes = {"desktop": DESKTOP, "phone": PHONE, "small phone": SMALL_PHONE, "tablet": TABLET}
    path_of_chromium = browser.find()
    with serving() as (server, _, _), sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path_of_chromium, args=browser.ARGUMENTS)
        for name in names or STATES:
            for size, device in sizes.items():
                for theme in ("light", "dark"):
                    with visiting(chromium, server, device | {"color_scheme": theme}) as visit:
                        STATES[name](visit)
                        visit.page.wait_for_timeout(600)  # until all transitions have ended
                        path = folder / f"{name} {size} {theme}.png"
                        visit.page.screenshot(path=path)
                        visit.page.screenshot(path=path.with_stem(path.stem + " whole"), full_page=True)
        chromium.close()


if __name__ == "__main__":
    take_pictures(Path(sys.argv[1]), sys.argv[2:])
