"""The cost of Flask-RESTX alone: an application that parses the same form or JSON and returns a constant."""

from __future__ import annotations

from typing import Any

from flask import Flask, request
from flask_restx import Api, Resource

READING: dict[str, Any] = {
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
    """The application. Its route is that of Digits."""
    app = Flask("bare")
    Api(app, prefix="/api/v1", doc=False).add_resource(Constant, "/digits")
    return app


class Constant(Resource):  # type: ignore[misc]  # Flask-RESTX has no types
    """Stands in for the recognizer."""

    def post(self) -> dict[str, Any]:
        """Read the picture from the form, or parse the body, and return the constant."""
        if request.is_json:
            request.get_json()
        else:
            request.files["image"].read()
        return READING
