"""Servers to be measured: gunicorn as `make run` starts it, with our application or with one to compare it with."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NamedTuple

import psutil

from digits.config import BACKEND

START = 120  # seconds that a server may take to become ready
STOP = 40  # and to end; its own grace is 30

OURS = ""  # the application that gunicorn.conf.py names
BARE = "benchmarks.bare:create_app()"
SIGNATURE = "benchmarks.compared:signature()"
PREDICT = "benchmarks.compared:predict()"


class NotServing(RuntimeError):
    """The server ended, or did not become ready in time; what it printed is told."""


class Server(NamedTuple):
    """One that is ready."""

    address: str
    process: subprocess.Popen[str]

    def workers(self) -> list[psutil.Process]:
        """Those that answer."""
        return psutil.Process(self.process.pid).children()

    def processor_seconds(self) -> float:
        """What its workers have spent so far."""
        return sum(sum(worker.cpu_times()[:2]) for worker in self.workers())

    def memory(self) -> list[int]:
        """Bytes of the master and of each worker; what they share is counted in parts (PSS) where that is known."""
        found = [one.memory_full_info() for one in (psutil.Process(self.process.pid), *self.workers())]
        return [getattr(one, "pss", one.uss) for one in found]


@contextmanager
def serving(application: str = OURS, **environment: str) -> Iterator[Server]:
    """Gunicorn on a port of its own, once it says that it is ready. Raises NotServing."""
    with tempfile.TemporaryDirectory(prefix="digits-serving-") as folder:
        printed = Path(folder) / "printed"  # not a pipe, which a server fills that nobody reads
        with printed.open("wb") as file:
            process = start(application, {"PORT": str(free_port())} | environment, file)
        try:
            yield Server(_when_ready(process, printed), process)
        finally:
            stop(process)


def start(application: str, environment: dict[str, str], printed: IO[bytes] | int) -> subprocess.Popen[str]:
    """Gunicorn with its usual settings, but for a log."""
    return subprocess.Popen(
        [str(Path(sys.executable).parent / "gunicorn"), *([application] if application else [])],
        cwd=BACKEND,
        env=os.environ | {"PYTHONUNBUFFERED": "1", "DIGITS_LOG": "off"} | environment,
        stdout=printed,
        stderr=subprocess.STDOUT,
        text=True,
    )


def stop(process: subprocess.Popen[str]) -> None:
    """Let it end."""
    process.terminate()
    process.wait(STOP)


def _when_ready(process: subprocess.Popen[str], printed: Path) -> str:
    deadline = time.monotonic() + START
    while time.monotonic() < deadline:
        ended = process.poll() is not None
        told = printed.read_text("utf-8", "replace")
        if found := re.search(r"ready\. Open (http://[^ ]+)", told):
            return found[1].rstrip(".")
        if ended:
            break
        time.sleep(0.02)
    raise NotServing(f"The server did not become ready:\n{told}")


def free_port() -> int:
    """One that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
