"""GET /health/live and /health/ready: for whatever watches over the process."""

from __future__ import annotations

from flask import Response, jsonify
from flask_restx import Namespace, Resource

from digits.api import openapi
from digits.api.context import NOT_READY, context
from digits.errors import NotReady

namespace = Namespace("health", "For whatever watches over the process", path="/health")
models = openapi.documented(namespace)


@namespace.route("/live")
class Live(Resource):  # type: ignore[misc]  # Flask-RESTX has no types
    """The process lives."""

    @namespace.response(200, "The process lives", models["Health"])
    def get(self) -> Response:
        """Tell whether the process lives"""
        return jsonify(status="live")


@namespace.route("/ready")
class Ready(Resource):  # type: ignore[misc]
    """The model answers."""

    @namespace.response(200, "The model has loaded and read a known digit rightly", models["Health"])
    @namespace.response(503, "It has not", models["Problem"])
    def get(self) -> Response:
        """Tell whether digits can be read"""
        if context().ready:
            return jsonify(status="ready")
        raise NotReady(NOT_READY)
