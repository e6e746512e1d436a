"""Everything that the description allows and much that it does not, made up by Schemathesis and asked."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance
from schemathesis.transport.serialization import Binary

from digits.app import create_app
from digits.model.recognizer import Recognizer
from tests.samples import DIGITS, encode, enlarged


def picture(form: str, digit: int) -> Binary:
    """One of the sample digits as a file."""
    return Binary(encode(enlarged(DIGITS[digit]), form))


# A description cannot say of a file that it should be a picture: here many are, and what is none is answered 422.
schemathesis.openapi.format(
    "binary", st.builds(picture, st.sampled_from(["PNG", "JPEG", "WEBP", "GIF", "BMP"]), st.integers(0, 9))
)


@pytest.fixture(scope="module")
def operations(recognizer: Recognizer) -> dict[str, Any]:
    """Name -> operation, by the description that the application gives of itself."""
    schema = schemathesis.openapi.from_wsgi("/api/v1/swagger.json", create_app(recognizer=recognizer))
    found = [result.ok() for result in schema.get_all_operations() if isinstance(result, Ok)]
    return {operation.label: operation for operation in found}


OPERATIONS = (
    "POST /digits",
    "POST /digits/batch",
    "POST /numbers",
    "POST /numbers/batch",
    "GET /model",
    "GET /health/live",
    "GET /health/ready",
)


def test_every_operation_is_tried(operations: dict[str, Any]) -> None:
    assert sorted(operations) == sorted(OPERATIONS)


@pytest.mark.parametrize(
    ("name", "mode"),
    [(name, mode) for name in OPERATIONS for mode in GenerationMode if name.startswith("POST") or mode.is_positive],
)
def test_generated_requests_get_documented_responses(
    operations: dict[str, Any], name: str, mode: GenerationMode
) -> None:
    cases = operations[name].as_strategy(generation_mode=mode)
    # A batch with a damaged picture is a valid request: its result has the problem.
    batch = [negative_data_rejection] if name.endswith("/batch") else []

    @settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(case=cases)
    def ask(case: Any) -> None:
        answer = case.call()
        case.validate_response(answer, excluded_checks=[positive_data_acceptance, *batch])
        statuses.append(answer.status_code)

    statuses: list[int] = []
    ask()
    if mode.is_positive:
        assert set(statuses) <= {200, 422}
        assert statuses.count(200) > len(statuses) / 4
