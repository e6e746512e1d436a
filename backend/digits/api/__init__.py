"""The REST API, version 1, at /api/v1. Every error becomes a problem (RFC 9457)."""

from __future__ import annotations

from flask import Blueprint, Flask, Response, g, request

from digits import observability
from digits.api import digits, health, model, numbers, openapi, problems
from digits.api.concurrency import Limiter
from digits.api.context import Context

__all__ = ["Context", "Limiter", "register"]

BASE = "/api/v1"


def register(app: Flask, context: Context) -> None:
    """Add the API to an application, and replace every error page by a problem."""
    app.extensions["digits"] = context
    app.config.update(
        # Base64 in JSON takes four bytes for three, and a form has some overhead. `decode` enforces the exact limit.
        MAX_CONTENT_LENGTH=context.settings.limits.size * 4 // 3 + 2**16,
        RESTX_MASK_SWAGGER=False,
        SWAGGER_UI_DOC_EXPANSION="list",
        RESTX_ERROR_404_HELP=False,
    )
    blueprint = Blueprint("api", __name__, url_prefix=BASE)
    api = openapi.DescribedApi(blueprint)
    for namespace in (digits.namespace, numbers.namespace, model.namespace, health.namespace):
        api.add_namespace(namespace)
    app.register_blueprint(blueprint)
    app.register_error_handler(Exception, problems.response_to)
    app.before_request(_identify_request)
    observability.register(app, context.settings.log, context.card["version"])
    app.after_request(_add_headers)


def _identify_request() -> None:
    g.request_id = problems.request_id(request.headers.get("X-Request-ID", ""))


def _add_headers(response: Response) -> Response:
    response.headers["X-Request-ID"] = g.request_id
    if request.path.startswith(BASE + "/") and "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers.setdefault("Content-Security-Policy", "frame-ancestors 'none'")
    return response
