"""Requests to the application in its own process, and checks of what comes back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from digits.model.recognizer import Reading, Squares
from tests.samples import DIGITS, encode, enlarged

URL = "/api/v1/digits"
SEVEN = encode(enlarged(DIGITS[0]))  # MNIST's first test image is a 7


def ask(client: FlaskClient, picture: bytes = SEVEN, **query: str) -> TestResponse:
    """Send one picture as the body of a request."""
    return client.post(URL, data=picture, content_type="image/png", query_string=query)


def send_strokes(client: FlaskClient, strokes: Any, **query: str) -> TestResponse:
    """Send pen strokes."""
    return client.post(URL, json={"strokes": strokes}, query_string=query)


def assert_problem(answer: TestResponse, status: int, *words: str) -> dict[str, Any]:
    """Check that the response is a problem with this status, and that its sentence contains the words."""
    assert answer.status_code == status, answer.text
    assert answer.content_type == "application/problem+json"
    problem: dict[str, Any] = json.loads(answer.text)
    assert sorted(problem) == ["detail", "request_id", "status", "title", "type"]
    assert problem["status"] == status
    assert problem["request_id"] == answer.headers["X-Request-ID"]
    for word in words:
        assert word in problem["detail"], problem["detail"]
    return problem


def failing(_: Squares) -> list[Reading]:
    """A recognizer with a bug; its message must not reach the client."""
    raise RuntimeError(f"secret of {Path(__file__)}")
