"""Starts a real server for tests and benchmarks: gunicorn as `make run` starts it, on a free port."""

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

from digits.settings import BACKEND

STARTED = 120.0  # seconds until which a server must be ready, on a busy machine
STOPPED = 40.0  # seconds until which a server must end: gunicorn's graceful timeout and a reserve


class NotServing(RuntimeError):
    """The server ended, or did not report in time that it is ready."""

    def __init__(self, printed: str, status: int | None, seconds: float) -> None:
        super().__init__(f"The server did not become ready:\n{printed}")
        self.printed = printed
        self.status = status  # exit status; None when the server was killed
        self.seconds = seconds


class Server(NamedTuple):
    """A server that is ready."""

    address: str
    process: subprocess.Popen[bytes]
    log: Path  # its output; a pipe would fill up when nobody reads it

    @property
    def place(self) -> tuple[str, int]:
        """Host and port."""
        parts = urlsplit(self.address)
        return str(parts.hostname), int(parts.port or 80)

    def workers(self) -> list[psutil.Process]:
        """The running workers, the oldest first."""
        living = []
        for child in psutil.Process(self.process.pid).children():
            with suppress(psutil.NoSuchProcess):  # it has just ended
                if child.status() != psutil.STATUS_ZOMBIE:
                    living.append(child)
        return living

    def processor_seconds(self) -> float:
        """The processor time that the workers have used so far."""
        return sum(sum(worker.cpu_times()[:2]) for worker in self.workers())

    def memory(self) -> list[int]:
        """Bytes of the main process and of each worker, each with its part of shared memory (PSS) if known."""
        found = [one.memory_full_info() for one in (psutil.Process(self.process.pid), *self.workers())]
        return [getattr(one, "pss", one.uss) for one in found]

    def resident(self) -> list[int]:
        """Bytes of the main process and of each worker that are in memory (RSS), shared ones counted in each."""
        return [one.memory_info().rss for one in (psutil.Process(self.process.pid), *self.workers())]

    def private(self) -> list[int]:
        """Bytes of each worker that no other process shares (USS): what one more worker needs."""
        return [one.memory_full_info().uss for one in self.workers()]


@contextmanager
def serving(application: str = "", log: Path | None = None, /, **environment: str) -> Iterator[Server]:
    """A server that is ready, of the configured application or of another one.

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
    """Start gunicorn with its usual configuration, but without an access log."""
    return subprocess.Popen(
        [str(Path(sys.executable).parent / "gunicorn"), *([application] if application else [])],
        cwd=BACKEND,
        env=os.environ | {"PYTHONUNBUFFERED": "1", "DIGITS_LOG": "off"} | environment,
        stdout=printed,
        stderr=subprocess.STDOUT,
    )


def stop(process: subprocess.Popen[bytes]) -> None:
    """Stop a server gracefully. Raises TimeoutExpired, after killing it, when that takes too long."""
    process.terminate()
    try:
        process.wait(STOPPED)
    except subprocess.TimeoutExpired:
        kill(process)
        raise


def kill(process: subprocess.Popen[bytes]) -> None:
    """Kill a server and its workers."""
    with suppress(psutil.NoSuchProcess):
        for one in (psutil.Process(process.pid), *psutil.Process(process.pid).children()):
            with suppress(psutil.NoSuchProcess):
                one.kill()
    process.wait()


def free_port() -> int:
    """A free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _when_ready(process: subprocess.Popen[bytes], log: Path) -> str:
    began = time.monotonic()
    while time.monotonic() - began < STARTED:
        ended = process.poll() is not None
        printed = log.read_text("utf-8", "replace")
        if found := re.search(r"ready\. Open (http://\S+)", printed):
            return found[1].rstrip(".")
        if ended:
            break
        time.sleep(0.02)
    raise NotServing(log.read_text("utf-8", "replace"), process.poll(), time.monotonic() - began)
