"""GET /model: what answers, and how well it does."""

from __future__ import annotations

from flask import jsonify, request
from flask_restx import Namespace, Resource
from werkzeug.wrappers import Response

from digits.api import openapi, schemas
from digits.api.context import context

namespace = Namespace("model", "What answers, and how well it does", path="/model")
models = openapi.documented(namespace)


@namespace.route("")
class Model(Resource):  # type: ignore[misc]  # Flask-RESTX has no types
    """The model card."""

    @namespace.response(200, "The model card", models["Card"])
    @namespace.response(304, "The card that the client has, told by its ETag, is still right")
    def get(self) -> Response:
        """Tell what the model was trained on, how it was chosen and every figure that was measured"""
        response = jsonify(schemas.CARD.dump(context().card))
        response.add_etag()
        response.headers["Cache-Control"] = "no-cache"  # may be kept, but is asked after every time
        return response.make_conditional(request)
