"""Firefox and WebKit for the tests: Playwright's own builds, else the installed browsers through WebDriver."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path
from typing import IO, Any

import pytest
from playwright.sync_api import Error, Playwright

from running import free_port, stop
from tests.browser.visit import INK, SETTLED, Visit, visiting
from tests.samples import Written, placed
from tests.server.proxy import answers, wait_for

PATIENCE = 60  # seconds that a browser may take to start on a busy machine

#: Sends a command of WebDriver and returns its value.
Send = Callable[[str, dict[str, Any]], Any]

#: The paths of WebDriver's commands, by the names that Firefox gives them.
PATHS = {
    "Navigate": "url",
    "ExecuteScript": "execute/sync",
    "FindElement": "element",
    "ElementSendKeys": "element/{id}/value",
    "PerformActions": "actions",
}

#: Records errors of the page in an attribute.
LISTEN = """for (const kind of ["error", "unhandledrejection", "securitypolicyviolation"])
  addEventListener(kind, (event) => {
    document.documentElement.dataset.wrong = `${kind}: ${event.message ?? event.reason ?? event.blockedURI}`;
  });"""

#: The left and top edge of an element in the window, and its width and height.
PLACE = """part => {
  const element = document.querySelector(`[data-part=${part}]`);
  element.scrollIntoView({ block: "nearest" });
  const { x, y, width, height } = element.getBoundingClientRect();
  return [x, y, width, height];
}"""


class Driven:
    """An open page in a browser that Playwright does not drive; its methods are named as those of Visit."""

    def __init__(self, send: Send, server: str) -> None:
        self.send = send
        send("Navigate", {"url": server})
        send("ExecuteScript", {"script": LISTEN, "args": []})
        self.wait_until(self.part("status").text_content)  # WebKit does not wait for the modules

    def evaluate(self, function: str, *values: Any) -> Any:
        """Call a JavaScript function in the page and return its result."""
        return self.send("ExecuteScript", {"script": f"return ({function})(...arguments)", "args": [*values]})

    def part(self, name: str) -> Part:
        """The element with this data-part."""
        return Part(self, name)

    def trace(self, strokes: list[list[tuple[float, float]]]) -> None:
        """Move the pressed mouse along points in the window."""
        steps: list[dict[str, Any]] = []
        for stroke in strokes:
            moves = [{"type": "pointerMove", "duration": 0, "x": round(x), "y": round(y)} for x, y in stroke]
            steps += [moves[0], {"type": "pointerDown", "button": 0}, *moves[1:], {"type": "pointerUp", "button": 0}]
        self.send("PerformActions", {"actions": [{"type": "pointer", "id": "mouse", "actions": steps}]})

    def draw(self, written: Written) -> None:
        """Draw with the mouse, point by point."""
        left, top, width, _ = self.evaluate(PLACE, "pad")
        self.trace([[(left + x, top + y) for x, y in stroke] for stroke in placed(written["strokes"], width)])

    def ink(self) -> int:
        """The number of pixels with ink on the pad."""
        return int(self.evaluate(INK))

    def wait_until(self, holds: Callable[[], Any]) -> None:
        """Wait until it is true."""
        assert wait_for(holds, SETTLED / 1000)

    def wait_for_ink(self, inked: bool) -> None:
        """Wait until there is ink on the pad, or none."""
        self.wait_until(lambda: (self.ink() > 0) == inked)

    def expect_answer(self, digit: int) -> None:
        """Wait until the page shows the digit."""
        self.wait_until(lambda: self.part("answer").text_content() == str(digit))


class Part:
    """An element of a driven page; its methods are named as those of Playwright's Locator."""

    def __init__(self, page: Driven, name: str) -> None:
        self.page = page
        self.name = name

    def click(self) -> None:
        """Click in its middle."""
        left, top, width, height = self.page.evaluate(PLACE, self.name)
        self.page.trace([[(left + width / 2, top + height / 2)]])

    def text_content(self) -> str:
        """Its text."""
        return str(self.page.evaluate("part => document.querySelector(`[data-part=${part}]`).textContent", self.name))

    def is_visible(self) -> bool:
        """Whether it takes up space."""
        return bool(self.page.evaluate(PLACE, self.name)[2])

    def set_input_files(self, path: Path) -> None:
        """Choose a file."""
        found = self.page.send("FindElement", {"using": "css selector", "value": f"[data-part={self.name}]"})
        (identity,) = found.values()
        self.page.send("ElementSendKeys", {"id": identity, "text": str(path)})


@contextmanager
def opened(name: str, playwright: Playwright, server: str) -> Iterator[Visit | Driven]:
    """Open the page in `firefox` or `webkit`. Skips the test if the browser is not installed."""
    with ExitStack() as stack:
        own = None
        with suppress(Error):  # it is not installed
            own = stack.enter_context(playwright[name].launch())
        if own:
            yield stack.enter_context(visiting(own, server))
            return
        page = Driven(stack.enter_context({"firefox": firefox, "webkit": webkit}[name]()), server)
        yield page
        wrong = page.evaluate("() => document.documentElement.dataset.wrong")
        assert wrong is None, wrong


@contextmanager
def firefox() -> Iterator[Send]:
    """Start Firefox and send WebDriver commands to its own server, Marionette, over a socket."""
    path = shutil.which("firefox-esr") or needed("firefox")
    with tempfile.TemporaryDirectory(prefix="digits-firefox-", ignore_cleanup_errors=True) as profile:
        Path(profile, "user.js").write_text('user_pref("marionette.port", 0);', "utf-8")
        port = Path(profile, "MarionetteActivePort")
        with started(path, "--headless", "--no-remote", "--marionette", "--profile", profile):
            if not wait_for(lambda: port.exists() and port.read_text("utf-8"), PATIENCE):
                pytest.skip("Firefox does not start.")
            place = ("127.0.0.1", int(port.read_text("utf-8")))
            with socket.create_connection(place, PATIENCE) as connection, connection.makefile("rb") as stream:
                message(stream)  # its greeting

                def send(command: str, body: dict[str, Any]) -> Any:
                    text = json.dumps([0, 1, f"WebDriver:{command}", body]).encode()
                    connection.sendall(b"%d:%s" % (len(text), text))
                    _, _, problem, result = message(stream)
                    assert problem is None, problem
                    return result.get("value")

                send("NewSession", {})
                yield send


def message(stream: IO[bytes]) -> Any:
    """Read the next message of Firefox: its length in bytes, a colon, JSON."""
    size = b""
    while (byte := stream.read(1)) not in b":":
        size += byte
    return json.loads(stream.read(int(size)))


@contextmanager
def webkit() -> Iterator[Send]:
    """Start WebKitGTK's browser on a virtual screen and send it WebDriver commands."""
    screen, driver, port = needed("Xvfb"), needed("WebKitWebDriver"), free_port()
    with (
        started(screen, "-displayfd", "1", "-screen", "0", "1280x900x24", "-nolisten", "tcp") as xvfb,
        started(driver, f"--port={port}", DISPLAY=f":{xvfb.readline().decode().strip()}", GDK_BACKEND="x11"),
        closing(HTTPConnection("127.0.0.1", port, timeout=PATIENCE)) as connection,
    ):
        if not wait_for(lambda: answers(port), PATIENCE):
            pytest.skip("WebKitWebDriver does not start.")

        def ask(method: str, path: str, body: dict[str, Any] | None = None) -> Any:
            connection.request(method, path, json.dumps(body), {"Content-Type": "application/json"})
            response = connection.getresponse()
            value = json.loads(response.read())["value"]
            assert response.status == 200, value
            return value

        session = ask("POST", "/session", {"capabilities": {}})["sessionId"]
        try:
            yield lambda command, body: ask("POST", f"/session/{session}/{PATHS[command].format(**body)}", body)
        finally:
            ask("DELETE", f"/session/{session}")


def needed(program: str) -> str:
    """Return the path of a program. Skips the test if the program is not installed."""
    return shutil.which(program) or pytest.skip(f"There is no {program}.")


@contextmanager
def started(*command: str, **environment: str) -> Iterator[IO[bytes]]:
    """Run a program; the result is its standard output."""
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, env=os.environ | environment, stdout=subprocess.PIPE, stderr=quiet) as process:
        assert process.stdout
        try:
            yield process.stdout
        finally:
            stop(process)
