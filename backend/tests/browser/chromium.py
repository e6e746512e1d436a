"""A Chromium for the tests: one that is there, else Playwright's own, else Debian's.

`python -m tests.browser.chromium` gets one.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Error, sync_playwright

#: Quiet and self-contained; the first two are what a container without a user or a graphics card needs.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
]

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")


def find() -> str | None:
    """Path of a Chromium that starts: $CHROMIUM, one on the path, or Playwright's own; None where there is none."""
    installed = [path for name in NAMES if (path := shutil.which(name))]
    with sync_playwright() as playwright:
        candidates = [os.environ.get("CHROMIUM", ""), *installed, str(MAC), playwright.chromium.executable_path]
        for path in candidates:
            if not path or not Path(path).exists():
                continue
            try:
                playwright.chromium.launch(executable_path=path, args=ARGUMENTS).close()
            except Error:
                continue
            return path
    return None


def install() -> None:
    """Get a Chromium in whichever way this machine allows; exits with a sentence where none does."""
    if find():
        return
    print("Getting a browser for the tests ...", flush=True)
    ways = [[sys.executable, "-m", "playwright", "install", "chromium"]]
    if shutil.which("apt-get") and os.geteuid() == 0:
        ways += [
            ["apt-get", "update", "-qq"],
            ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"],
        ]
    for way in ways:
        subprocess.run(way, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=900)
        if find():
            return
    sys.exit("The tests need a Chromium and none could be got. Install one, or name it: CHROMIUM=/path/to/chromium")


if __name__ == "__main__":
    install()
