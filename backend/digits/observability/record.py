"""What happens while a request is processed: the basis of metrics, access log and Server-Timing."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, cast

from flask import g

from digits.model.recognizer import Reading
from digits.observability import metrics


@dataclass
class Record:
    """The record of one request. It never contains a picture or strokes."""

    started: float = field(default_factory=time.perf_counter)
    stages: dict[str, float] = field(default_factory=dict)  # milliseconds
    #: Format, size and bytes of each; of strokes, their number and that of their points.
    pictures: list[dict[str, Any]] = field(default_factory=list)
    readings: list[str] = field(default_factory=list)  # statuses

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        """Add the time spent inside to a stage."""
        started = time.perf_counter()
        try:
            yield
        finally:
            self.stages[stage] = self.stages.get(stage, 0.0) + 1000 * (time.perf_counter() - started)

    def read(self, reading: Reading) -> None:
        """A picture was read."""
        self.readings.append(reading.status)
        digit = "" if reading.digit is None else str(reading.digit)
        metrics.READINGS.labels(reading.status, reading.reason or "", digit).inc()

    def read_numbers(self, status: str, reason: str | None) -> None:
        """The numbers on a picture were read."""
        self.readings.append(status)
        metrics.NUMBERS.labels(status, reason or "").inc()

    def refused(self, problem: str) -> None:
        """A picture could not be decoded."""
        metrics.REFUSED.labels(problem).inc()

    def seconds(self) -> float:
        """Time since the request began."""
        return time.perf_counter() - self.started

    def server_timing(self) -> str:
        """The stages in the syntax of the header Server-Timing (W3C, Server Timing)."""
        return ", ".join(f"{stage};dur={milliseconds:.2f}" for stage, milliseconds in self.stages.items())


def record() -> Record:
    """The record of the current request."""
    return cast(Record, g.record)
