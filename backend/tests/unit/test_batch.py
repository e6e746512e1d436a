"""Several pictures in one request."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from digits.api.digits import CHUNK
from digits.app import create_app
from digits.model.recognizer import Reading, Recognizer, Squares
from digits.model.store import Card
from digits.settings import Settings
from tests.calls import SEVEN, URL, assert_problem
from tests.conftest import MODEL
from tests.samples import DIGITS, LABELS, encode, enlarged, stand_in

BATCH = f"{URL}/batch"


def ask(client: FlaskClient, *files: tuple[str, bytes], **query: str) -> TestResponse:
    return client.post(BATCH, data={"images": [(io.BytesIO(data), name) for name, data in files]}, query_string=query)


def test_batch_results_are_in_order_and_match_single_results(reading_client: FlaskClient) -> None:
    pictures = [(f"{number}.png", encode(enlarged(digit))) for number, digit in enumerate(DIGITS)]
    answer = ask(reading_client, *pictures).get_json()
    assert [one["digit"] for one in answer["results"]] == list(LABELS)
    assert [one["name"] for one in answer["results"]] == [name for name, _ in pictures]
    assert answer["model"] == {"name": "digits", "version": MODEL.name}
    alone = reading_client.post(URL, data=pictures[3][1], content_type="image/png").get_json()
    together = answer["results"][3]
    assert together.pop("name") == "3.png"
    assert together.pop("probabilities") == pytest.approx(alone.pop("probabilities"), abs=1e-4)
    assert together.pop("confidence") == pytest.approx(alone.pop("confidence"), abs=1e-4)
    assert together == alone


def test_one_bad_file_does_not_affect_the_others(reading_client: FlaskClient) -> None:
    blank = encode(enlarged(DIGITS[0] * 0))
    answer = ask(reading_client, ("a.png", b"junk"), ("b.png", SEVEN), ("c.png", b""), ("d.png", blank)).get_json()
    junk, seven, empty, none = answer["results"]
    assert list(junk) == ["name", "error"]
    assert (junk["error"]["status"], junk["error"]["type"]) == (422, "urn:digits:problem:unreadable-picture")
    assert "4 bytes" in junk["error"]["detail"]
    assert seven["digit"] == 7
    assert "0 bytes" in empty["error"]["detail"]
    assert none["reason"] == "blank"


def test_large_batches_keep_their_order_around_bad_files(
    reading_client: FlaskClient,
) -> None:
    given = [number % (len(DIGITS) + 1) for number in range(2 * CHUNK + 3)]  # one more than there are digits: junk
    files = [("junk", b"junk") if one == len(DIGITS) else (str(one), encode(enlarged(DIGITS[one]))) for one in given]
    found = ask(reading_client, *files).get_json()["results"]
    assert [one["name"] for one in found] == [name for name, _ in files]
    assert [one.get("digit") for one in found] == [None if one == len(DIGITS) else LABELS[one] for one in given]
    assert ["error" in one for one in found] == [one == len(DIGITS) for one in given]


def test_an_internal_error_fails_the_whole_batch(card: Card) -> None:
    def of_single_squares(squares: Squares) -> list[Reading]:
        if len(squares) > 1:
            raise RuntimeError("broken")
        return stand_in(card)(squares)

    client = create_app(Settings(), recognizer=of_single_squares).test_client()
    assert_problem(ask(client, *[("a.png", SEVEN)] * (CHUNK + 1)), 500)


def test_include_applies_to_each_picture(reading_client: FlaskClient) -> None:
    answer = ask(reading_client, ("a.png", SEVEN), ("b.png", SEVEN), include="input,explanation").get_json()
    for one in answer["results"]:
        assert one["input"]["image"].startswith("data:image/png")
        assert one["explanation"]["image"].startswith("data:image/png")


@pytest.mark.parametrize("count", [0, 65])
def test_no_pictures_and_too_many_are_malformed(client: FlaskClient, count: int) -> None:
    answer = ask(client, *[("a.png", b"x")] * count) if count else client.post(BATCH, data={"image": "x"})
    problem = assert_problem(answer, 400 if count else 415, "images")
    assert count == 0 or "65" in problem["detail"]


def test_a_batch_must_be_a_form(client: FlaskClient) -> None:
    answer = client.post(BATCH, data={"image": (io.BytesIO(SEVEN), "seven.png")})
    assert_problem(answer, 400, "'images'", "has 0")


def test_a_batch_has_its_own_size_limit(double: Recognizer) -> None:
    small = Settings(batch_bytes=200_000, batch_files=3)
    client = create_app(small, double).test_client()
    assert ask(client, ("a.png", SEVEN), ("b.png", SEVEN)).status_code == 200
    assert_problem(ask(client, ("a.png", b"x" * 400_000)), 413, "too large")
    assert_problem(ask(client, *[("a.png", SEVEN)] * 4), 400, "1 to 3")


def test_a_batch_response_matches_the_documentation(client: FlaskClient) -> None:
    import jsonschema

    described: dict[str, Any] = client.get("/api/v1/swagger.json").get_json()
    assert described["paths"]["/digits/batch"]["post"]["responses"]["200"]["schema"] == {"$ref": "#/definitions/Batch"}
    answer = ask(client, ("a.png", SEVEN), ("b.png", b"junk")).get_json()
    for one in answer["results"]:
        for name in [name for name, value in one.items() if value is None]:
            del one[name]  # JSON Schema of Swagger 2.0 has no null
    jsonschema.validate(answer, described["definitions"]["Batch"] | {"definitions": described["definitions"]})
