"""The schemas as JSON Schema for Swagger UI, so that the contract is written once."""

from __future__ import annotations

import base64
import hashlib
import re
from http import HTTPStatus
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Blueprint, Response, make_response, redirect, url_for
from flask_restx import Api, Namespace

from digits import errors
from digits.api import problems, schemas
from digits.errors import DigitsError

TITLE = "Digits"
DESCRIPTION = "Reads the handwritten digit in a picture, and says how sure it is. No picture is stored or logged."

#: Swagger UI sets styles of its own while it runs, and draws from data: URLs.
DOCS_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)

DOCUMENTED = {
    "Problem": schemas.ProblemSchema,  # before what it is nested in
    "Reading": schemas.ReadingSchema,
    "Batch": schemas.BatchSchema,
    "Card": schemas.CardSchema,
    "Health": schemas.HealthSchema,
}


#: Status -> a failure that is answered with it.
EXAMPLES: dict[int, DigitsError] = {
    400: errors.RequestError("The form must have one file in the field 'image', and has 0."),
    413: errors.TooManyBytes("The picture has 20,000,000 bytes; at most 16,777,216 are read."),
    415: errors.UnsupportedPicture("The Content-Type 'text/plain' is not read here."),
    422: errors.UnreadablePicture("These 15 bytes are not a whole picture in one of the formats PNG, JPEG, ..."),
    503: errors.TooBusy("As many requests as may be are being answered and waiting; ask again in a moment."),
}


def _show_problems(responses: dict[str, Any]) -> None:
    """Give each documented failure an example of its own, where the schema has one for all; and tell of the rest."""
    for status, response in responses.items():
        if int(status) >= 400:
            example = problems.example(EXAMPLES.get(int(status)), HTTPStatus(int(status)))
            response["schema"] = {"allOf": [response["schema"]], "example": example}
    responses["default"] = {
        "description": "Any other failure, such as 404, 405, 408, 414, 431 or 500",
        "schema": {"$ref": "#/definitions/Problem"},
    }


def definitions() -> dict[str, Any]:
    """Name -> JSON Schema of DOCUMENTED and of everything nested in them."""
    spec = APISpec(TITLE, "1", "2.0", plugins=[MarshmallowPlugin()])
    for name, schema in DOCUMENTED.items():
        spec.components.schema(name, schema=schema)
    return dict(spec.to_dict()["definitions"])


def documented(namespace: Namespace) -> dict[str, Any]:
    """DOCUMENTED as the models that a namespace's decorators take."""
    known = definitions()
    return {name: namespace.schema_model(name, known[name]) for name in DOCUMENTED}


class DescribedApi(Api):  # type: ignore[misc]  # Flask-RESTX has no types
    """An API described by our schemas, and whose every failure is a problem."""

    def __init__(self, blueprint: Blueprint) -> None:
        super().__init__(
            blueprint,
            version="1",
            title=TITLE,
            description=DESCRIPTION,
            doc="/docs",
            catch_all_404s=True,
            default_mediatype="application/json",
        )

    def render_doc(self) -> Response:
        """Swagger UI, with a policy that knows its own inline script by its hash, and no other."""
        page = str(super().render_doc())
        response = make_response(page)
        scripts = re.findall(r"<script(?![^>]*src=)[^>]*>(.*?)</script>", page, re.DOTALL)
        hashes = " ".join(
            f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'" for script in scripts
        )
        response.headers["Content-Security-Policy"] = f"{DOCS_POLICY}; script-src 'self' {hashes}"
        return response

    def render_root(self) -> Any:
        """Send whoever asks for the API itself to its docs."""
        return redirect(url_for(self.endpoint("doc")))

    def handle_error(self, error: Exception) -> Response:
        """In place of Flask-RESTX' own shape of an error."""
        return problems.answer(error)

    @property
    def __schema__(self) -> dict[str, Any]:
        described: dict[str, Any] = super().__schema__
        for operation in (one for path in described["paths"].values() for one in path.values() if "responses" in one):
            _show_problems(operation["responses"])
        return described | {
            "definitions": described.get("definitions", {}) | definitions(),
            "produces": ["application/json", problems.MEDIA_TYPE],
        }
