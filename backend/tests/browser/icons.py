"""The icons and the preview of the page, drawn from its favicon.

`python -m tests.browser.icons` writes them into the page's folder.
"""

from __future__ import annotations

import io
import re

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from digits.settings import Settings
from tests.browser import chromium as browser

PAGE = Settings().page
ICONS = PAGE / "icons"
FAVICON = (PAGE / "favicon.svg").read_text("utf-8")
#: Only the digit and its background up to the edges. Systems cut their own shape out of it.
WHOLE = re.sub(r"<rect.*?/>\s*<rect.*?/>", '<rect width="32" height="32" fill="#fffdf7"/>', FAVICON, flags=re.DOTALL)
COLOURS = 48

#: Name -> the picture, its width and its height in pixels.
FILES = {
    "icon-192.png": (FAVICON, 192, 192),
    "icon-512.png": (FAVICON, 512, 512),
    "maskable-512.png": (WHOLE, 512, 512),
    "apple-touch-icon.png": (WHOLE, 180, 180),
    "preview.png": (
        f"""<div style="position: absolute; inset: 0; background: #f3eee3; color: #221d17; font: 44px/1.35 serif">
          <div style="position: absolute; left: 60px; top: 60px; width: 508px; border: 1px solid #8b8171">{WHOLE}</div>
          <div style="position: absolute; left: 640px; top: 185px; width: 500px">
            <b style="font-size: 112px; line-height: 1.2">Digits</b><br>reads handwritten<br>digits and numbers
          </div></div>""",
        1200,
        630,
    ),
}


def drawn(chromium: Browser, content: str, width: int, height: int) -> bytes:
    """The PNG of an SVG or of HTML."""
    page = chromium.new_page(viewport={"width": width, "height": height})
    page.set_content(f"<style>body {{ margin: 0 }} svg {{ display: block; width: 100% }}</style>{content}")
    picture = Image.open(io.BytesIO(page.screenshot(omit_background=True)))
    page.close()
    file = io.BytesIO()
    picture.quantize(COLOURS, Image.Quantize.FASTOCTREE).save(file, "PNG", optimize=True)
    return file.getvalue()


def main() -> None:
    """Write all files."""
    ICONS.mkdir(exist_ok=True)
    found = browser.find()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found, args=browser.ARGUMENTS)
        for name, (content, width, height) in FILES.items():
            (ICONS / name).write_bytes(drawn(chromium, content, width, height))
        chromium.close()


if __name__ == "__main__":
    main()
