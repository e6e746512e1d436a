"""The pictures of the page in the README, taken from the real page: `python -m tests.browser.pictures`."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, expect, sync_playwright

from digits.settings import BACKEND
from running import serving
from tests.browser import chromium as browser
from tests.browser.visit import DESKTOP, FIRST_OF_EACH, SETTLED, Visit, visiting
from tests.samples import placed

DOCS = BACKEND / "docs"
TALL = {"viewport": {"width": 1280, "height": 2400}}  # the sheet and the layers are in view at the same time
FRAMES, LAST = 10, 6  # frames while a digit is drawn, and for how many of them the last one stays
MILLISECONDS = 350  # of a frame


def take(chromium: Browser, server: str) -> None:
    """Take all pictures."""
    with visiting(chromium, server) as visit:
        visit.page.locator("[data-sample=seven]").click()
        visit.expect_answer(7)
        visit.page.wait_for_timeout(600)
        visit.page.screenshot(path=DOCS / "page.png")
        visit.part("why").click()
        expect(visit.part("legend")).to_contain_text("against", timeout=SETTLED)
        visit.part("toggle-overlay").click()
        visit.page.wait_for_timeout(600)
        visit.page.screenshot(path=DOCS / "closer.png")
    with visiting(chromium, server) as visit:
        write_number(visit)
        visit.page.wait_for_timeout(900)
        visit.page.screenshot(path=DOCS / "number.png")
    with visiting(chromium, server, DESKTOP | TALL) as visit:
        film(visit)


def write_number(visit: Visit) -> None:
    """Write 2026, each digit a quarter of the sheet wide, and look at its third digit."""
    pad = visit.part("pad").bounding_box()
    assert pad is not None
    visit.part("pen").click()
    visit.part("pen").click()  # the fineliner
    for place, digit in enumerate((2, 0, 2, 6)):
        for stroke in placed(FIRST_OF_EACH[digit]["strokes"], pad["width"] / 3):
            left, top = pad["x"] + pad["width"] * (0.02 + 0.225 * place), pad["y"] + pad["height"] / 3
            visit.page.mouse.move(left + stroke[0][0], top + stroke[0][1])
            visit.page.mouse.down()
            for x, y in stroke[1:]:
                visit.page.mouse.move(left + x, top + y)
            visit.page.mouse.up()
    expect(visit.part("answer")).to_have_text("2026", timeout=SETTLED)
    visit.page.wait_for_timeout(1000)  # until the last reading
    visit.part("number").locator("button").nth(2).click()


def film(visit: Visit) -> None:
    """Draw a 5 and record how the layers of the network light up."""
    visit.page.locator("[data-sample=one]").click()
    visit.expect_answer(1)
    visit.part("network").scroll_into_view_if_needed()
    expect(visit.page.locator("[data-map]").first).to_be_visible(timeout=SETTLED)
    visit.page.evaluate("scrollTo(0, 0)")
    visit.part("clear").click()
    pad = visit.part("pad").bounding_box()
    assert pad is not None
    strokes = placed(FIRST_OF_EACH[5]["strokes"], pad["width"])
    every = max(1, sum(map(len, strokes)) // FRAMES)
    frames, count = [], 0
    for stroke in strokes:
        visit.page.mouse.move(pad["x"] + stroke[0][0], pad["y"] + stroke[0][1])
        visit.page.mouse.down()
        for x, y in stroke[1:]:
            visit.page.mouse.move(pad["x"] + x, pad["y"] + y)
            count += 1
            if count % every == 0:
                visit.page.wait_for_timeout(500)
                frames.append(frame(visit))
        visit.page.mouse.up()
    visit.expect_answer(5)
    visit.page.wait_for_timeout(800)
    frames += [frame(visit)] * LAST
    shared = frames[-1].quantize(48)  # one palette for all frames keeps the file small
    pictures = [one.quantize(palette=shared, dither=Image.Dither.NONE) for one in frames]
    pictures[0].save(
        DOCS / "network.gif", save_all=True, append_images=pictures[1:], duration=MILLISECONDS, loop=0, optimize=True
    )


def frame(visit: Visit) -> Image.Image:
    """The sheet beside the layers."""
    sheet, layers = (
        Image.open(io.BytesIO(visit.page.locator(one).screenshot())).convert("RGB")
        for one in ("[data-part=sheet]", ".layers")
    )
    sheet = sheet.resize((layers.height, layers.height), Image.Resampling.LANCZOS)
    whole = Image.new("RGB", (sheet.width + 20 + layers.width, layers.height), layers.getpixel((0, layers.height - 1)))
    whole.paste(sheet, (0, 0))
    whole.paste(layers, (sheet.width + 20, 0))
    return whole


def main() -> None:
    """Take the pictures with a server and a browser of our own."""
    path = browser.find() or sys.exit("There is no Chromium; `make browser` gets one.")
    with serving() as (server, _, _), sync_playwright() as playwright:
        take(playwright.chromium.launch(executable_path=path, args=browser.ARGUMENTS), server)
    print(json.dumps({file.name: file.stat().st_size for file in sorted(Path(DOCS).glob("*.[gp][in][fg]"))}))


if __name__ == "__main__":
    main()
