"""The documentation, the schemas and the answers say the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from flask.testing import FlaskClient
from marshmallow import Schema
from openapi_spec_validator import OpenAPIV2SpecValidator
from PIL import Image

from digits.api import openapi, schemas
from digits.api.strokes import EXAMPLE, MOST_BYTES, MOST_POINTS, MOST_STROKES
from digits.app import create_app
from digits.model import recognizer
from digits.model.recognizer import Recognizer
from digits.settings import BACKEND, Settings
from tests.samples import DIGITS, encode, enlarged


@pytest.fixture
def described(client: FlaskClient) -> dict[str, Any]:
    answer: dict[str, Any] = client.get("/api/v1/swagger.json").get_json()
    return answer


def with_null(schema: Any) -> Any:
    """Swagger 2.0 has no null; `x-nullable` says where it may stand. For a validator of JSON Schema it is a type."""
    if isinstance(schema, dict):
        changed = {key: with_null(value) for key, value in schema.items()}
        if changed.get("x-nullable") and "type" in changed:
            changed["type"] = [changed["type"], "null"]
        return changed
    return [with_null(one) for one in schema] if isinstance(schema, list) else schema


def assert_as_documented(described: dict[str, Any], path: str, method: str, answer: Any) -> None:
    """The answer's status is documented, and its body is what the documentation says."""
    documented = described["paths"][path][method]["responses"][str(answer.status_code)]
    jsonschema.validate(answer.get_json(), with_null(documented["schema"] | {"definitions": described["definitions"]}))


def test_the_description_is_valid_swagger(described: dict[str, Any]) -> None:
    OpenAPIV2SpecValidator(described).validate()


def test_every_route_documents_a_summary_and_its_responses(described: dict[str, Any], client: FlaskClient) -> None:
    routes = {
        (rule.rule.removeprefix("/api/v1"), method.lower())
        for rule in client.application.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/") and rule.endpoint not in ("api.doc", "api.specs", "api.root")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    operations = {(path, method) for path, methods in described["paths"].items() for method in methods}
    assert routes == operations
    for path, method in operations:
        operation = described["paths"][path][method]
        assert operation["summary"]
        assert all(answer["description"] for answer in operation["responses"].values())


@pytest.mark.parametrize("name", openapi.DOCUMENTED)
def test_the_documentation_matches_the_schemas(described: dict[str, Any], name: str) -> None:
    schema: Schema = openapi.DOCUMENTED[name]()
    documented = described["definitions"][name]
    assert set(documented["properties"]) == set(schema.fields)
    assert set(documented.get("required", [])) == {key for key, field in schema.fields.items() if field.required}
    for key, field in schema.fields.items():
        assert documented["properties"][key].get("x-nullable", False) == (field.allow_none is True), key


def test_the_form_field_of_the_picture_is_a_required_file(described: dict[str, Any]) -> None:
    operation = described["paths"]["/digits"]["post"]
    picture = next(one for one in operation["parameters"] if one["name"] == "image")
    assert (picture["in"], picture["type"], picture["required"]) == ("formData", "file", True)
    assert operation["consumes"] == ["multipart/form-data"]


def test_every_include_option_is_documented(described: dict[str, Any]) -> None:
    include = next(one for one in described["paths"]["/digits"]["post"]["parameters"] if one["name"] == "include")
    assert include["items"]["enum"] == list(schemas.INCLUDABLE)
    assert set(schemas.INCLUDABLE) <= set(described["definitions"]["Reading"]["properties"])


@pytest.mark.parametrize("document", ["operation", "api.md", "README"])
def test_the_limits_of_strokes_are_documented(described: dict[str, Any], document: str) -> None:
    text = {
        "operation": described["paths"]["/digits"]["post"]["description"],
        "api.md": (BACKEND / "docs" / "api.md").read_text("utf-8"),
        "README": (BACKEND.parent / "README.md").read_text("utf-8"),
    }[document]
    words = " ".join(text.split())
    assert f"{MOST_STROKES} strokes, {MOST_POINTS:,} points and {MOST_BYTES // 2**10} KB" in words
    assert json.dumps({"strokes": EXAMPLE}) in words


def test_responses_match_the_documentation(described: dict[str, Any], reading_client: FlaskClient) -> None:
    for picture in (encode(enlarged(DIGITS[0])), encode(Image.new("L", (9, 9))), b"junk"):
        answer = reading_client.post("/api/v1/digits?include=input,explanation", data=picture, content_type="image/png")
        assert_as_documented(described, "/digits", "post", answer)
    examples: list[Any] = [EXAMPLE, [], [{"x": [0.5], "y": [0.25]}], [{}]]
    for strokes in examples:
        answer = reading_client.post("/api/v1/digits?include=input,explanation", json={"strokes": strokes})
        assert_as_documented(described, "/digits", "post", answer)
    for kind in ("text/plain", "application/json"):
        answer = reading_client.post("/api/v1/digits", data=b"x", content_type=kind)
        assert_as_documented(described, "/digits", "post", answer)
    for path in ("/model", "/health/live", "/health/ready"):
        assert_as_documented(described, path, "get", reading_client.get(f"/api/v1{path}"))


def test_a_response_that_breaks_the_documentation_fails_validation(
    described: dict[str, Any], client: FlaskClient
) -> None:
    answer = client.post("/api/v1/digits", data=encode(enlarged(DIGITS[0])), content_type="image/png").get_json()
    reading = with_null(described["definitions"]["Reading"] | {"definitions": described["definitions"]})
    jsonschema.validate(answer, reading)
    for broken in ({"digit": 10}, {"status": "sure"}, {"probabilities": [1.0]}, {"confidence": "high"}, {"more": 1}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(answer | broken, reading)


def test_every_status_and_reason_of_the_recognizer_is_in_the_schema() -> None:
    import numpy as np

    thresholds = recognizer.Thresholds(accept_from=0.1, doubt_from=0.3, reject_from=0.5)
    doubts = [(0.0, 0.0), (0.3, 0.0), (0.9, 0.0), (0.0, 0.9)]
    readings = [recognizer.BLANK, *(recognizer.decide(np.full(10, 0.1), *doubt, thresholds) for doubt in doubts)]
    assert {reading.status for reading in readings} == set(schemas.STATUSES)
    assert {reading.reason for reading in readings} - {None} == set(schemas.REASONS)


def test_the_docs_page_loads_nothing_from_other_hosts(client: FlaskClient) -> None:
    page = client.get("/api/v1/docs")
    assert page.status_code == 200
    assert "swagger-ui" in page.text
    assert "https://" not in page.text.replace("https://github.com", "")
    for file in ("swagger-ui-bundle.js", "swagger-ui.css"):
        assert client.get(f"/swaggerui/{file}", buffered=True).status_code == 200


def test_each_documented_error_has_an_example_problem(described: dict[str, Any]) -> None:
    seen = set()
    for path, operations in described["paths"].items():
        for operation in (one for one in operations.values() if "responses" in one):
            for status, response in operation["responses"].items():
                if int(status) >= 400:
                    example = response["schema"]["example"]
                    assert example["status"] == int(status), path
                    assert schemas.ProblemSchema().validate(example) == {}
                    assert example["detail"].endswith("."), example
                    seen.add(int(status))
    assert seen == {400, 413, 415, 422, 429, 500, 503}


def test_repeated_requests_return_the_same_description(client: FlaskClient) -> None:
    first, second = (client.get("/api/v1/swagger.json") for _ in range(2))
    assert first.status_code == second.status_code == 200
    assert first.get_json() == second.get_json()


def test_the_examples_name_the_host_of_the_client(client: FlaskClient) -> None:
    described = client.get("/api/v1/swagger.json", base_url="https://digits.example:8443").get_json()
    examples = described["paths"]["/digits"]["post"]["description"]
    assert "https://digits.example:8443/api/v1/digits" in examples
    assert "127.0.0.1" not in json.dumps(described)


def test_the_docs_link_to_the_page_only_where_there_is_one(double: Recognizer, tmp_path: Path) -> None:
    for settings, linked in ((Settings(), True), (Settings(page=tmp_path), False)):
        client = create_app(settings, double).test_client()
        description = client.get("/api/v1/swagger.json").get_json()["info"]["description"]
        assert ("](/)" in description) == linked
