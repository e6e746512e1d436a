"""What happened while a request was answered, told as metrics and as a line of the log; never the picture."""

from __future__ import annotations

import json
import logging
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import quote

from flask import Flask, Response, g, request
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
    multiprocess,
)
from prometheus_client.values import ValueClass

from digits.api import room
from digits.errors import DigitsError, PictureError
from digits.recognizer import Reading

log = logging.getLogger("digits.requests")

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
IN_PATHS = "/:@!$&'()*+,;="  # what a path may hold as it is, beside letters, digits and -._~ (RFC 3986, 3.3)

room.take()  # before the first of them

REQUESTS = Counter("digits_requests", "Answered requests", ["operation", "status"])
SECONDS = Histogram(
    "digits_stage_seconds",
    "Time spent on a request, whole and by stage",
    ["stage"],
    buckets=(0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10),
)
READINGS = Counter("digits_readings", "Pictures read", ["status", "reason", "digit"])
REFUSED = Counter("digits_pictures_refused", "Pictures that could not be taken", ["problem"])
WORKERS = Gauge("digits_model_workers", "Workers that serve a version", ["version"], multiprocess_mode="livesum")
REFUSED_VERSIONS = Gauge(
    "digits_model_refused", "Versions newer than the served one that could not be served", multiprocess_mode="max"
)
IN_FLIGHT = Gauge("digits_in_flight", "Requests being answered", multiprocess_mode="livesum")


@dataclass
class Observed:
    """Of one request."""

    started: float = field(default_factory=time.perf_counter)
    stages: dict[str, float] = field(default_factory=dict)  # milliseconds
    pictures: list[dict[str, Any]] = field(default_factory=list)  # format, size and bytes of each
    readings: list[str] = field(default_factory=list)  # statuses

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        """Adds the time within to the stage."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self.stages[stage] = self.stages.get(stage, 0.0) + 1000 * (time.perf_counter() - began)

    def read(self, reading: Reading) -> None:
        """A picture was read."""
        self.readings.append(reading.status)
        READINGS.labels(reading.status, reading.reason or "", "" if reading.digit is None else reading.digit).inc()

    def server_timing(self) -> str:
        """The stages as the header Server-Timing has them (W3C, Server Timing)."""
        return ", ".join(f"{stage};dur={took:.2f}" for stage, took in self.stages.items())


def observed() -> Observed:
    """Of the present request."""
    return cast(Observed, g.observed)


def refused(error: DigitsError, name: str) -> None:
    """A picture could not be taken, for the problem of this name."""
    if isinstance(error, PictureError):
        REFUSED.labels(name).inc()


def register(app: Flask, style: str) -> None:
    """Observe every request, serve what was counted at /metrics, and log in the `style` of Config.log."""
    _set_up_log(style)
    app.before_request(_begin)
    app.after_request(_end)
    app.teardown_request(_leave)
    app.add_url_rule("/metrics", "metrics", _metrics)


def _begin() -> None:
    g.observed = Observed()
    IN_FLIGHT.inc()


def _leave(_: BaseException | None) -> None:
    IN_FLIGHT.dec()


def _end(response: Response) -> Response:
    seen = observed()
    took = time.perf_counter() - seen.started
    REQUESTS.labels(_operation(), response.status_code).inc()
    SECONDS.labels("all").observe(took)
    for stage, milliseconds in seen.stages.items():
        SECONDS.labels(stage).observe(milliseconds / 1000)
    if log.isEnabledFor(logging.INFO):
        _tell(g.request_id, request.method, request.path, response.status_code, took, seen)
    return response


def _operation() -> str:
    """Not any path that is asked, nor any method: each is kept for as long as the server runs."""
    if not request.url_rule or request.method not in METHODS:
        return "none"
    return f"{request.method} {request.url_rule.rule}"


def turned_away(method: str, path: str, request_id: str) -> None:
    """A request was answered before it reached the application: there was no place."""
    REQUESTS.labels(f"{method} {path}", 503).inc()
    if log.isEnabledFor(logging.INFO):
        _tell(request_id, method, path, 503, 0.0, Observed())


def _tell(request_id: str, method: str, path: str, status: int, took: float, seen: Observed) -> None:
    told = {
        "request_id": request_id,
        "method": method,
        "path": path,
        "status": status,
        "milliseconds": round(1000 * took, 2),
        "stages": {stage: round(one, 2) for stage, one in seen.stages.items()},
        "pictures": seen.pictures,
        "readings": seen.readings,
    }
    log.info("", extra={"told": told})


def _metrics() -> Response:
    if ValueClass.__name__ == "MmapedValue":  # several workers, each of which wrote what it counted to a folder
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
    return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)


# --- the log ----------------------------------------------------------------------------------------------------------


def _set_up_log(style: str) -> None:
    log.handlers.clear()
    log.propagate = False
    log.setLevel(logging.CRITICAL if style == "off" else logging.INFO)
    handler = logging.StreamHandler()
    readable = style == "text" or (style == "auto" and sys.stderr.isatty())
    handler.setFormatter(_Text() if readable else _Json())
    log.addHandler(handler)


class _Json(logging.Formatter):
    """One JSON object a line, for programs."""

    def format(self, record: logging.LogRecord) -> str:
        when = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        return json.dumps({"time": f"{when}.{int(record.msecs):03}Z"} | getattr(record, "told", {}))


class _Text(logging.Formatter):
    """One short line, for a person at a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        told = getattr(record, "told", {})
        readings = f"  {', '.join(told['readings'])}" if told["readings"] else ""
        path = quote(told["path"], safe=IN_PATHS)  # as it was sent: decoded, it could hold a line break
        return f"{told['status']} {told['method']} {path}  {told['milliseconds']:.1f} ms{readings}"
