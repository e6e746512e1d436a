"""The marshmallow schemas as JSON Schema for Swagger UI, so that the contract is written only once."""

from __future__ import annotations

import base64
import copy
import hashlib
import re
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Blueprint, Response, make_response, redirect, request, url_for
from flask_restx import Api, Namespace

from digits.api import problems, schemas
from digits.api.context import context

TITLE = "Digits"
DESCRIPTION = (
    "Reads handwritten digits and numbers from pictures or pen strokes. Says how sure it is. Stores and logs neither."
)

#: The address of the server in the examples. The description replaces it with the address that the client uses.
EXAMPLE_HOST = "http://127.0.0.1:8000"
TO_THE_PAGE = "[Draw a digit on the page](/)"

#: Swagger UI sets inline styles and uses data: URLs.
DOCS_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)

DOCUMENTED = {
    "Problem": schemas.ProblemSchema,  # before the schemas that contain it
    "Reading": schemas.ReadingSchema,
    "Batch": schemas.BatchSchema,
    "Numbers": schemas.NumbersSchema,
    "NumbersBatch": schemas.NumbersBatchSchema,
    "Card": schemas.CardSchema,
    "Health": schemas.HealthSchema,
}


#: What every operation may return besides the responses that it documents.
ALWAYS = {500: "An internal error"}


def with_problems(responses: dict[str, Any]) -> dict[str, Any]:
    """Documented responses, those that are ALWAYS possible, and an example of each error.

    The schema of a problem can have only one example for all of them.
    """
    schema = {"$ref": "#/definitions/Problem"}
    known = {str(status): {"description": text, "schema": schema} for status, text in ALWAYS.items()} | responses
    return {status: _with_example(status, known[status]) for status in sorted(known)}


def _with_example(status: str, response: dict[str, Any]) -> dict[str, Any]:
    if int(status) < 400:
        return response
    example = problems.members(HTTPStatus(int(status)), f"{response['description']}.", None, "f81d4fae7dec41d0")
    return response | {"schema": {"allOf": [response["schema"]], "example": example}}


def definitions() -> dict[str, Any]:
    """Name -> JSON Schema, of DOCUMENTED and everything nested in it."""
    spec = APISpec(TITLE, "1", "2.0", plugins=[MarshmallowPlugin()])
    for name, schema in DOCUMENTED.items():
        spec.components.schema(name, schema=schema)
    return dict(spec.to_dict()["definitions"])


def documented(namespace: Namespace) -> dict[str, Any]:
    """DOCUMENTED as models for the decorators of a namespace."""
    known = definitions()
    return {name: namespace.schema_model(name, known[name]) for name in DOCUMENTED}


def include(choice: tuple[str, ...], description: str) -> dict[str, Any]:
    """The parameter of the query with which a client chooses what a result should include."""
    return {
        "in": "query",
        "type": "array",
        "items": {"type": "string", "enum": list(choice)},
        "collectionFormat": "csv",
        "allowEmptyValue": True,
        "description": description,
    }


EXPLAIN = {
    "in": "query",
    "type": "integer",
    "minimum": 0,
    "maximum": 9,
    "description": "With `include=explanation`: explain this digit instead of the most likely one",
}

ONE_FILE = {"in": "formData", "type": "file", "required": True, "description": "The picture"}

#: Swagger 2.0 cannot describe a form with a repeated file field, so one file can be tried in its UI.
SEVERAL_FILES = {"in": "formData", "type": "file", "required": True, "description": "The pictures, one or more"}

#: How an operation that reads may refuse a request.
REFUSALS = {
    400: "The request is malformed",
    413: "The request has too many bytes",
    415: "The media type is not supported",
    422: "The picture cannot be read, or has too many pixels",
    429: "The rate limit is exceeded",
    503: "The model is not ready, or the server is at capacity",
}


def reads(namespace: Namespace, model: Any, result: str, batch: bool = False) -> Callable[[Any], Any]:
    """Decorate an operation with its responses: the result, and each of the REFUSALS.

    In a `batch`, a picture that cannot be read is an error in the result.
    """

    def decorate(operation: Any) -> Any:
        for status, description in REFUSALS.items():
            if status != HTTPStatus.UNPROCESSABLE_ENTITY or not batch:
                operation = namespace.response(status, description, namespace.models["Problem"])(operation)
        return namespace.response(200, result, model)(operation)

    return decorate


def own_host() -> str:
    """The address under which the client reaches this server."""
    return request.host_url.rstrip("/")


def has_page() -> bool:
    """Whether the page is at the root of this address: served from here, or by the proxy in front."""
    settings = context().settings
    return settings.proxies > 0 or (settings.page / "index.html").is_file()


class DescribedApi(Api):  # type: ignore[misc]  # Flask-RESTX has no types
    """An API that is described by our schemas, and whose errors are problems."""

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
        """Swagger UI, with a policy that allows its own inline script by its hash, and no other."""
        page = str(super().render_doc())
        response = make_response(page)
        scripts = re.findall(r"<script(?![^>]*src=)[^>]*>(.*?)</script>", page, re.DOTALL)
        hashes = " ".join(
            f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'" for script in scripts
        )
        response.headers["Content-Security-Policy"] = f"{DOCS_POLICY}; script-src 'self' {hashes}"
        return response

    def render_root(self) -> Any:
        """Redirect the root of the API to its documentation."""
        return redirect(url_for(self.endpoint("doc")))

    def handle_error(self, error: Exception) -> Response:
        """Replace the error format of Flask-RESTX."""
        return problems.response_to(error)

    @property
    def __schema__(self) -> dict[str, Any]:
        described: dict[str, Any] = copy.deepcopy(super().__schema__)  # Flask-RESTX caches its own
        for operations in described["paths"].values():
            for operation in operations.values():
                if "responses" in operation:
                    operation["responses"] = with_problems(operation["responses"])
                if "description" in operation:
                    operation["description"] = operation["description"].replace(EXAMPLE_HOST, own_host())
        if has_page():
            described["info"]["description"] += f"\n\n{TO_THE_PAGE}"
        described["definitions"] = described.get("definitions", {}) | definitions()
        return described | {"produces": ["application/json", problems.MEDIA_TYPE]}
