"""Prometheus metrics. With several workers, each writes its own files, and /metrics adds them up."""

from __future__ import annotations

from flask import Request, Response
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
    multiprocess,
)
from prometheus_client.values import ValueClass

BUCKETS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10)  # seconds

REQUESTS = Counter("digits_requests", "Requests", ["operation", "status"])
SECONDS = Histogram(
    "digits_stage_seconds", "Time spent on a request, in total and by stage", ["stage"], buckets=BUCKETS
)
READINGS = Counter("digits_readings", "Pictures read", ["status", "reason", "digit"])
NUMBERS = Counter("digits_numbers", "Pictures on which numbers were read", ["status", "reason"])
REFUSED = Counter("digits_pictures_refused", "Pictures that could not be decoded", ["problem"])
WORKERS = Gauge("digits_model_workers", "Workers that serve a version", ["version"], multiprocess_mode="livesum")
IN_FLIGHT = Gauge("digits_in_flight", "Requests in progress", multiprocess_mode="livesum")


def count(request: Request, status: int, seconds: float, stages: dict[str, float]) -> None:
    """A request is complete. `stages` are in milliseconds."""
    REQUESTS.labels(operation(request), status).inc()
    SECONDS.labels("all").observe(seconds)
    for stage, milliseconds in stages.items():
        SECONDS.labels(stage).observe(milliseconds / 1000)


def operation(request: Request) -> str:
    """Method and route. Unknown paths and methods share one label, because every label occupies memory forever."""
    return f"{request.method} {request.url_rule.rule}" if request.url_rule else "none"


def exposition() -> Response:
    """GET /metrics."""
    registry = REGISTRY
    if ValueClass.__name__ == "MmapedValue":  # several workers
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
