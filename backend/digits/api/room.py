"""Room on the disk for what is counted, taken before anything is written there.

Prometheus' client maps files with holes into memory. On a full disk, the first write into a hole ends the process with
SIGBUS, and so it would end every worker that takes its place.
"""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path
from typing import Any

from prometheus_client import values
from prometheus_client.mmap_dict import MmapedDict

ROOM = 2**16  # bytes of a file: more than all of our names of one kind take

log = logging.getLogger(__name__)


class _Roomy(MmapedDict):
    def __init__(self, filename: str, read_mode: bool = False) -> None:
        super().__init__(with_room(filename), read_mode)  # type: ignore[no-untyped-call]


def with_room(filename: str) -> str:
    """A file to count in: this one, its room taken, or on a full disk one in memory, which /metrics does not see."""
    if sys.platform != "linux":
        return filename
    try:
        with Path(filename).open("ab") as file:
            os.posix_fallocate(file.fileno(), 0, ROOM)
    except OSError as error:
        Path(filename).unlink(missing_ok=True)
        log.error("There is no room for %s: %s. What it would count is missing in /metrics.", filename, error.strerror)
        return f"/proc/self/fd/{os.memfd_create('digits-counted')}"
    return filename


def take() -> None:
    """From now on, what is counted has room."""
    replaced: Any = values
    replaced.MmapedDict = _Roomy
