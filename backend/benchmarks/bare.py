"""What Flask-RESTX costs by itself: the same form is parsed, and a constant is answered."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from flask import Flask, request
from flask_restx import Api, Resource

ANSWER: dict[str, Any] = {
    "status": "accepted",
    "reason": None,
    "digit": 7,
    "confidence": 1.0,
    "probabilities": [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0],
    "not_a_digit": 0.0,
    "several_digits": 0.0,
    "model": {"name": "digits", "version": "1"},
}


def create_app() -> Flask:
    """An application that knows nothing but the form."""
    app = Flask("bare")
    app.extensions["digits"] = SimpleNamespace(ready=True)  # what our worker asks before it serves
    api = Api(app, prefix="/api/v1", doc=False)
    api.add_resource(Constant, "/digits")
    return app


class Constant(Resource):  # type: ignore[misc]  # Flask-RESTX has no types
    """In the place of the reading."""

    def post(self) -> dict[str, Any]:
        """Take the picture and answer what is always answered."""
        request.files["image"].read()
        return ANSWER
