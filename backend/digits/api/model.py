"""GET /model: the model card."""

from __future__ import annotations

from flask import jsonify, request
from flask_restx import Namespace, Resource
from werkzeug.wrappers import Response

from digits.api import openapi, schemas
from digits.api.context import context

namespace = Namespace("model", "The model, and how well it reads", path="/model")
models = openapi.documented(namespace)


@namespace.route("")
class Model(Resource):  # type: ignore[misc]  # Flask-RESTX has no types
    """The model card."""

    @namespace.response(200, "The model card", models["Card"])
    @namespace.response(304, "The card has not changed since the version that the client has (ETag)")
    def get(self) -> Response:
        """Get the model card: training data, how the model was chosen, and every measured figure"""
        response = jsonify(schemas.CARD.dump(context().card))
        response.add_etag()
        response.headers["Cache-Control"] = "no-cache"  # clients may keep it, but must revalidate it
        return response.make_conditional(request)
