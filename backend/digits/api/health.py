"""GET /health/live and /health/ready, for orchestrators and load balancers."""

from __future__ import annotations

from flask import Response, jsonify
from flask_restx import Namespace, Resource

from digits.api import openapi
from digits.api.context import context

namespace = Namespace("health", "For orchestrators and load balancers", path="/health")
models = openapi.documented(namespace)


@namespace.route("/live")
class Live(Resource):  # type: ignore[misc]  # Flask-RESTX has no types
    """Liveness."""

    @namespace.response(200, "The process is alive", models["Health"])
    def get(self) -> Response:
        """Check that the process is alive"""
        return jsonify(status="live")


@namespace.route("/ready")
class Ready(Resource):  # type: ignore[misc]
    """Readiness."""

    @namespace.response(200, "The model has loaded and passed its self-test", models["Health"])
    @namespace.response(503, "The model failed its self-test", models["Problem"])
    def get(self) -> Response:
        """Check that digits can be read"""
        context().require_ready()
        return jsonify(status="ready")
