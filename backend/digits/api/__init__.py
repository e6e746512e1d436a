"""The REST API, version 1: what may be asked at /api/v1, and how every failure is answered."""

from __future__ import annotations

from flask import Blueprint, Flask, Response, g, request

from digits.api import digits, health, model, observed, openapi, problems
from digits.api.context import Context
from digits.api.gate import Gate

__all__ = ["Context", "Gate", "register"]

BASE = "/api/v1"


def register(app: Flask, context: Context) -> None:
    """Put the API at BASE of the application, and problems in place of every error page."""
    app.extensions["digits"] = context
    app.config.update(
        # Base64 in JSON takes four bytes for three, and a form some for its frame; the exact limit is kept by `decode`.
        MAX_CONTENT_LENGTH=context.config.limits.size * 4 // 3 + 2**16,
        RESTX_MASK_SWAGGER=False,
        SWAGGER_UI_DOC_EXPANSION="list",
        RESTX_ERROR_404_HELP=False,
    )
    blueprint = Blueprint("api", __name__, url_prefix=BASE)
    described = openapi.DescribedApi(blueprint)
    for namespace in (digits.namespace, model.namespace, health.namespace):
        described.add_namespace(namespace)
    app.register_blueprint(blueprint)
    app.register_error_handler(Exception, problems.answer)
    app.before_request(_name_request)
    observed.register(app, context.config.log)
    observed.WORKERS.labels(context.card["version"]).set(1)
    app.after_request(_finish)


def _name_request() -> None:
    g.request_id = problems.request_id(request.headers.get("X-Request-ID", ""))


def _finish(response: Response) -> Response:
    response.headers["X-Request-ID"] = g.request_id
    if request.path.startswith(BASE + "/") and "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers.setdefault("Content-Security-Policy", "frame-ancestors 'none'")
    return response
