"""What Lighthouse says of the page, on a desktop and on a phone: `make lighthouse`.

Not one of the tests: it is got by npm, and its measure of speed wants a machine that does nothing else.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from running import serving
from tests.browser import chromium as browser

LIGHTHOUSE = "lighthouse@12.8.2"


def scores(server: str, chromium: str, *options: str) -> dict[str, int]:
    """Of each category, 0 to 100."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        flags = f"--chrome-flags=--headless=new {' '.join(browser.ARGUMENTS)}"
        command = ["npx", "--yes", LIGHTHOUSE, server, "--quiet", "--output=json", f"--output-path={report}", flags]
        subprocess.run([*command, *options], check=True, env=os.environ | {"CHROME_PATH": chromium}, timeout=300)
        categories = json.loads(report.read_text("utf-8"))["categories"]
    return {name: round(100 * category["score"]) for name, category in categories.items()}


def main() -> None:
    """Print the scores; fails where one of them is not 100."""
    chromium = browser.find() or sys.exit("There is no Chromium; `make browser` gets one.")
    with serving() as (server, _, _):
        found = {
            "desktop": scores(server, chromium, "--preset=desktop"),
            "phone": scores(server, chromium),
        }
    for device, of_it in found.items():
        print(device, of_it)
    sys.exit(any(score < 100 for of_it in found.values() for score in of_it.values()))


if __name__ == "__main__":
    main()
