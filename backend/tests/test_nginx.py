"""What nginx answers by itself, read from its configuration: problems like those of the API."""

from __future__ import annotations

import json
import re

import pytest

from digits.api import schemas
from digits.config import BACKEND

CONFIGURATION = (BACKEND.parent / "frontend" / "nginx.conf").read_text("utf-8")
ANSWERED = re.findall(r"location (= \S+|@\S+) \{([^}]*(?:\{ \}[^}]*)?return (\d+) '(.*?)';\s*)\}", CONFIGURATION)
PAGES = re.findall(r"error_page ((?:\d+ )+)(?:=(\d+) )?(\S+);", CONFIGURATION)


@pytest.mark.parametrize(("place", "block", "status", "body"), ANSWERED)
def test_what_it_answers_by_itself_is_a_problem(place: str, block: str, status: str, body: str) -> None:
    problem = json.loads(body.replace("$named", "f81d4fae").replace("$request_method", "PUT"))
    assert schemas.ProblemSchema().validate(problem) == {}
    assert problem["status"] == int(status)
    assert problem["detail"].endswith(".")
    assert "application/problem+json" in block
    assert "X-Request-ID" in block
    assert place.startswith("@") or "internal;" in block


def test_each_error_that_it_makes_has_such_an_answer() -> None:
    statuses = {int(one) for codes, _, _ in PAGES for one in codes.split()}
    assert statuses == {400, 403, 404, 405, 413, 414, 429, 494, 500, 501, 502, 503, 504, 505}
    answers = {place.removeprefix("= "): int(status) for place, _, status, _ in ANSWERED}
    for codes, told, place in PAGES:
        for code in codes.split():
            assert answers[place] == int(told or (404 if code == "403" else code)), (code, place)
