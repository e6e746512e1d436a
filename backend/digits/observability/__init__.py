"""What happens in the server: metrics, access log and Server-Timing. No picture or stroke is stored or logged."""

from __future__ import annotations

from flask import Flask, Response, g, request

from digits.observability import access_log, metrics
from digits.observability.record import Record, record

__all__ = ["Record", "record", "register"]


def register(app: Flask, log: str, version: str) -> None:
    """Observe every request, and serve /metrics. `log` is the style of the access log, `version` that of the model."""
    access_log.configure(log)
    metrics.WORKERS.labels(version).set(1)
    app.before_request(_begin)
    app.after_request(_end)
    app.teardown_request(_leave)
    app.add_url_rule("/metrics", "metrics", metrics.exposition)


def _begin() -> None:
    g.record = Record()
    metrics.IN_FLIGHT.inc()


def _leave(_: BaseException | None) -> None:
    metrics.IN_FLIGHT.dec()


def _end(response: Response) -> Response:
    current = record()
    seconds = current.seconds()
    metrics.count(request, response.status_code, seconds, current.stages)
    access_log.write(
        {
            "request_id": g.request_id,
            "method": request.method,
            "path": request.path,
            "status": response.status_code,
            "milliseconds": round(1000 * seconds, 2),
            "stages": {stage: round(milliseconds, 2) for stage, milliseconds in current.stages.items()},
            "pictures": current.pictures,
            "readings": current.readings,
        }
    )
    return response
