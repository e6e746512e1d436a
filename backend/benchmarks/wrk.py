"""The same load by wrk, where the machine has it: a second opinion on whether our load holds the servers back."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

from benchmarks.load import Order

SCRIPT = """\
wrk.method = "POST"
wrk.headers["Content-Type"] = "{content_type}"
wrk.body = io.open("{body}", "rb"):read("*a")
"""


def find() -> str | None:
    """Its path."""
    return shutil.which("wrk")


def rate(program: str, order: Order) -> float:
    """Requests that were answered a second. Raises CalledProcessError."""
    script = Path(order.body).with_suffix(".lua")
    script.write_text(SCRIPT.format(content_type=order.content_type, body=order.body), "utf-8")
    seconds = max(1, round(order.seconds))  # it takes whole ones
    command = [program, "-t1", f"-c{order.connections}", f"-d{seconds}s", "-s", str(script), order.url]
    return told(subprocess.run(command, capture_output=True, text=True, check=True, timeout=seconds + 30).stdout)


def told(printed: str) -> float:
    """The good answers a second in what it prints."""
    ran = re.search(r"(\d+) requests in ([\d.]+)(ms|s|m)", printed)
    if not ran:
        raise ValueError(f"wrk says nothing of requests: {printed!r}")
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", printed)
    seconds = float(ran[2]) * {"ms": 0.001, "s": 1.0, "m": 60.0}[ran[3]]
    return (int(ran[1]) - (int(bad[1]) if bad else 0)) / seconds
