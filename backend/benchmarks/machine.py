"""The machine that measured, by name: figures mean nothing without it."""

from __future__ import annotations

import datetime
import os
import platform
import re
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import psutil


def described(before: str) -> dict[str, str]:
    """What it is, and how busy it was `before` and is now."""
    return {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "processor": _processor(),
        "cores": str(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()),
        "memory": f"{psutil.virtual_memory().total / 2**30:.1f} GiB",
        "kernel": f"{platform.system()} {platform.release()}",
        "Python": platform.python_version(),
        "TensorFlow": _version("tensorflow-cpu") or _version("tensorflow"),
        "gunicorn": _version("gunicorn"),
        "load average before": before,
        "load average after": load_average(),
    }


def load_average() -> str:
    """Of the last one, five and fifteen minutes."""
    return ", ".join(f"{one:.2f}" for one in psutil.getloadavg())


def _processor() -> str:
    try:
        found = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text("utf-8"))
    except OSError:
        found = None
    return found[1] if found else platform.processor() or platform.machine()


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
