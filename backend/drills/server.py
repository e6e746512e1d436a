"""What the drills look at from outside of a server, and the models that it may find."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import psutil

from digits.config import Config


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
