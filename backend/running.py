"""A real server, to be tested, measured and ill-treated: gunicorn as `make run` starts it, on a port of its own."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, NamedTuple
from urllib.parse import urlsplit

import psutil
import requests

from digits.settings import BACKEND

STARTED = 120.0  # seconds that a start may take on a machine with other work
STOPPED = 40.0  # and a stop: what gunicorn gives its workers, and a little


class NotServing(RuntimeError):
    """The server ended, or said nothing of being ready."""

    def __init__(self, printed: str, status: int | None, seconds: float) -> None:
        super().__init__(f"The server did not become ready:\n{printed}")
        self.printed = printed
        self.status = status  # of its exit; None where it had to be ended
        self.seconds = seconds


class Server(NamedTuple):
    """One that is ready."""

    address: str
    process: subprocess.Popen[bytes]
    log: Path  # what it prints; not a pipe, which a server fills that nobody reads

    @property
    def place(self) -> tuple[str, int]:
        """Host and port."""
        parts = urlsplit(self.address)
        return str(parts.hostname), int(parts.port or 80)

    def workers(self) -> list[psutil.Process]:
        """Those that live, the oldest first."""
        living = []
        for child in psutil.Process(self.process.pid).children():
            with suppress(psutil.NoSuchProcess):  # it ended just now
                if child.status() != psutil.STATUS_ZOMBIE:
                    living.append(child)
        return living

    def worker_ids(self) -> list[int]:
        """Their process ids."""
        return [worker.pid for worker in self.workers()]

    def processor_seconds(self) -> float:
        """What its workers have spent so far."""
        return sum(sum(worker.cpu_times()[:2]) for worker in self.workers())

    def memory(self) -> list[int]:
        """Bytes of the master and of each worker; what they share is counted in parts (PSS) where that is known."""
        found = [one.memory_full_info() for one in (psutil.Process(self.process.pid), *self.workers())]
        return [getattr(one, "pss", one.uss) for one in found]

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
def serving(application: str = "", log: Path | None = None, /, **environment: str) -> Iterator[Server]:
    """A server, once it says that it is ready, of the application that its configuration names or of another one.

    Raises NotServing.
    """
    with tempfile.TemporaryDirectory(prefix="digits-serving-") as folder:
        log = log or Path(folder, "log")
        with log.open("wb") as printed:
            process = start(application, {"PORT": str(free_port())} | environment, printed)
        try:
            yield Server(_when_ready(process, log), process, log)
        finally:
            stop(process)


def start(application: str, environment: dict[str, str], printed: IO[bytes] | int) -> subprocess.Popen[bytes]:
    """Gunicorn with its usual settings, but for a log of the requests."""
    return subprocess.Popen(
        [str(Path(sys.executable).parent / "gunicorn"), *([application] if application else [])],
        cwd=BACKEND,
        env=os.environ | {"PYTHONUNBUFFERED": "1", "DIGITS_LOG": "off"} | environment,
        stdout=printed,
        stderr=subprocess.STDOUT,
    )


def stop(process: subprocess.Popen[bytes]) -> None:
    """Let it end; who does not in time is ended, and the test with it."""
    process.terminate()
    try:
        process.wait(STOPPED)
    except subprocess.TimeoutExpired:
        kill(process)
        raise


def kill(process: subprocess.Popen[bytes]) -> None:
    """A server and its workers, at once."""
    with suppress(psutil.NoSuchProcess):
        for one in (psutil.Process(process.pid), *psutil.Process(process.pid).children()):
            with suppress(psutil.NoSuchProcess):
                one.kill()
    process.wait()


def free_port() -> int:
    """A port that nobody had a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _when_ready(process: subprocess.Popen[bytes], log: Path) -> str:
    began = time.monotonic()
    while time.monotonic() - began < STARTED:
        ended = process.poll() is not None
        told = log.read_text("utf-8", "replace")
        if found := re.search(r"ready\. Open (http://\S+)", told):
            return found[1].rstrip(".")
        if ended:
            break
        time.sleep(0.02)
    raise NotServing(log.read_text("utf-8", "replace"), process.poll(), time.monotonic() - began)
