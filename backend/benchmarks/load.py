"""The load generator: wrk, which keeps its connections open and sends a request as soon as the last one is answered."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks.pictures import CONTENT_TYPE

SCRIPT = Path(__file__).with_name("post.lua")


class NoWrk(RuntimeError):
    """wrk is not installed."""


@dataclass(frozen=True)
class Load:
    """What wrk measured."""

    rate: float  # responses with status 200 per second
    p50: float  # milliseconds
    p90: float
    p99: float
    failed: int  # responses with another status, and broken connections


def post(url: str, body: bytes, connections: int, seconds: float, content_type: str = CONTENT_TYPE) -> Load:
    """Send the body over and over. Raises NoWrk and CalledProcessError."""
    wrk = shutil.which("wrk")
    if wrk is None:
        raise NoWrk("The benchmarks need wrk (on Debian: apt-get install wrk).")
    with tempfile.TemporaryDirectory(prefix="digits-bench-") as folder:
        file = Path(folder, "body")
        file.write_bytes(body)
        command = [
            wrk,
            "-t1",
            f"-c{connections}",
            f"-d{max(1, round(seconds))}s",
            "--timeout",
            "30s",
            "-s",
            str(SCRIPT),
        ]
        ran = subprocess.run(
            [*command, url, "--", content_type, str(file)],
            capture_output=True,
            text=True,
            check=True,
            timeout=seconds + 60,
        )
    return parsed(ran.stdout)


def parsed(printed: str) -> Load:
    """The line of JSON that the script prints at the end. Raises ValueError."""
    line = printed.strip().splitlines()[-1] if printed.strip() else ""
    figures = json.loads(line)
    good = figures["requests"] - figures["bad"]
    milliseconds = {name: figures[name] / 1000 for name in ("p50", "p90", "p99")}
    return Load(good / (figures["duration"] / 1e6), **milliseconds, failed=figures["bad"] + figures["broken"])
