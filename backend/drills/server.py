"""A real server to do things to: gunicorn as `make run` starts it, on a port of its own."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
import requests

from digits.config import BACKEND, Config

STARTED = 120.0  # seconds that a start may take on a machine with other work
STOPPED = 40.0  # and a stop: what gunicorn gives its workers, and a little


class DidNotStart(AssertionError):
    """The server ended, or said nothing of being ready; what it printed is the text."""

    def __init__(self, printed: str, status: int | None, seconds: float) -> None:
        super().__init__(f"The server did not become ready:\n{printed}")
        self.printed = printed
        self.status = status  # of its exit; None where it had to be killed
        self.seconds = seconds


@dataclass(frozen=True)
class Server:
    """One that runs."""

    address: str
    process: subprocess.Popen[Any]
    log: Path

    @property
    def place(self) -> tuple[str, int]:
        """Host and port."""
        parts = urlsplit(self.address)
        return str(parts.hostname), int(parts.port or 80)

    def workers(self) -> list[int]:
        """Their process ids, the oldest first."""
        children = psutil.Process(self.process.pid).children()
        return [child.pid for child in children if child.status() != psutil.STATUS_ZOMBIE]

    def printed(self) -> str:
        """Everything that it said until now."""
        return self.log.read_text("utf-8", "replace")

    def get(self, path: str, timeout: float = 20) -> requests.Response:
        """The answer at a path."""
        return requests.get(f"{self.address}{path}", timeout=timeout)

    def ready(self) -> bool:
        """Whether it says so, to whoever watches over it."""
        try:
            return self.get("/api/v1/health/ready", timeout=10).status_code == 200
        except requests.RequestException:
            return False

    def version(self) -> str:
        """Of the model that answers."""
        return str(self.get("/api/v1/model").json()["version"])


@contextmanager
def serving(log: Path | None = None, /, **environment: str) -> Iterator[Server]:
    """A server, once it says it is ready. Raises DidNotStart."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="digits-server-") as folder:
        log = log or Path(folder, "log")
        with log.open("wb") as written:
            process = subprocess.Popen(
                [str(Path(sys.executable).parent / "gunicorn")],
                cwd=BACKEND,
                env=os.environ | {"PORT": str(port), "PYTHONUNBUFFERED": "1", "DIGITS_LOG": "off"} | environment,
                stdout=written,
                stderr=subprocess.STDOUT,
            )
        try:
            yield Server(_when_ready(process, log), process, log)
        finally:
            _stop(process)


def _when_ready(process: subprocess.Popen[Any], log: Path) -> str:
    began = time.monotonic()
    while time.monotonic() - began < STARTED:
        over = process.poll() is not None
        printed = log.read_text("utf-8", "replace")
        if found := re.search(r"ready\. Open (http://\S+)", printed):
            return found[1].rstrip(".")
        if over:
            break
        time.sleep(0.02)
    raise DidNotStart(log.read_text("utf-8", "replace"), process.poll(), time.monotonic() - began)


def _stop(process: subprocess.Popen[Any]) -> None:
    process.terminate()
    try:
        process.wait(STOPPED)
    except subprocess.TimeoutExpired:
        kill(process)
        raise


def kill(process: subprocess.Popen[Any]) -> None:
    """A server and its workers, at once."""
    everyone = [psutil.Process(process.pid), *psutil.Process(process.pid).children()]
    for one in everyone:
        with suppress(psutil.NoSuchProcess):
            one.kill()
    process.wait()


def free_port() -> int:
    """A port that nobody had a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def held_by(pid: int) -> set[int]:
    """The ports of the clients whose connections a process has in its hands."""
    with suppress(psutil.Error):
        return {one.raddr.port for one in psutil.Process(pid).net_connections("tcp") if one.raddr}
    return set()


def seconds_until(true: Callable[[], bool], most: float) -> float:
    """How long it took until something was so; infinite where it never was."""
    began = time.monotonic()
    while time.monotonic() - began < most:
        if true():
            return time.monotonic() - began
        time.sleep(0.02)
    return float("inf")


def copied_models(place: Path, versions: Sequence[int] = (1,)) -> Path:
    """A folder of models of one's own; what is served here is its version 1."""
    models = place / "models"
    newest = max(Config().models.glob("[0-9]*"), key=lambda folder: int(folder.name))
    for version in versions:
        shutil.copytree(newest, models / str(version))
    return models
