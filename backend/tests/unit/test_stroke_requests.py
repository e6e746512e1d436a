"""Requests with pen strokes in place of a picture."""

from __future__ import annotations

import base64
import json
import logging
import threading
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families
from werkzeug.serving import make_server

from digits import client as digits_client
from digits.api.strokes import EXAMPLE, LARGEST, MOST_BYTES, MOST_POINTS, MOST_STROKES, StrokesField
from digits.app import create_app
from digits.data_url import from_data_url
from digits.errors import RemoteError
from digits.model.recognizer import Recognizer
from digits.observability.access_log import log
from digits.preprocess import square_of_strokes
from tests.calls import SEVEN, URL, ask, assert_problem, send_strokes
from tests.samples import WRITTEN, columns

POINT = {"x": [1], "y": [1]}


def line(points: int) -> dict[str, list[int]]:
    """One stroke of so many points."""
    return {"x": list(range(points)), "y": [place % 7 for place in range(points)]}


# --- a reading ---


def test_strokes_get_the_same_kind_of_reading_as_a_picture(client: FlaskClient) -> None:
    assert list(json.loads(send_strokes(client, EXAMPLE).text)) == list(json.loads(ask(client).text))
    assert (
        send_strokes(client, EXAMPLE).get_json() == ask(client).get_json()
    )  # the double reads everything as one digit


def test_the_network_gets_the_square_of_the_strokes(client: FlaskClient) -> None:
    for written in WRITTEN:
        network_input = send_strokes(client, columns(written), include="input").get_json()["input"]
        expected = square_of_strokes([np.array(stroke, float) for stroke in written["strokes"]])
        assert np.array_equal(from_data_url(network_input["image"]), expected)


def test_the_box_is_in_the_units_of_the_strokes_and_in_whole_pixels_of_a_picture(client: FlaskClient) -> None:
    strokes = [{"x": [0.5, -0.25], "y": [-3, 1.5]}]
    pixel = 4.5 / 18  # the pen adds one on each side
    network_input = send_strokes(client, strokes, include="input").get_json()["input"]
    assert network_input["box"] == pytest.approx([-0.25 - pixel, -3 - pixel, 0.75 + 2 * pixel, 4.5 + 2 * pixel])
    assert network_input["light_on_dark"] is False
    assert all(type(number) is int for number in ask(client, include="input").get_json()["input"]["box"])


def test_times_are_optional_and_change_nothing(client: FlaskClient) -> None:
    timed = [stroke | {"t": [0, 12.5, 1.7e12]} for stroke in EXAMPLE]
    plain, with_times = (send_strokes(client, strokes, include="input").get_json() for strokes in (EXAMPLE, timed))
    assert with_times == plain


@pytest.mark.parametrize("strokes", [[], [{"x": [], "y": []}], [{"x": [], "y": [], "t": []}] * 3])
def test_no_strokes_are_a_blank_page(client: FlaskClient, strokes: Any) -> None:
    reading = send_strokes(client, strokes, include="input").get_json()
    assert (reading["status"], reading["reason"]) == ("rejected", "blank")
    assert reading["input"] == {"box": None, "light_on_dark": False, "image": None}


@pytest.mark.parametrize("far", [LARGEST, -LARGEST, 10**300, 5e-324])
def test_the_largest_and_smallest_numbers_are_read(client: FlaskClient, far: float) -> None:
    answer = send_strokes(client, [{"x": [-far, far], "y": [0, far]}], include="input")
    assert answer.status_code == 200, answer.text
    assert all(np.isfinite(answer.get_json()["input"]["box"]))


# --- limits ---


def test_strokes_of_exactly_the_limits_are_read(client: FlaskClient) -> None:
    each = MOST_POINTS // MOST_STROKES
    assert send_strokes(client, [line(each)] * MOST_STROKES).status_code == 200
    body = json.dumps({"strokes": EXAMPLE})
    answer = client.post(URL, data=body.ljust(MOST_BYTES), content_type="application/json")
    assert answer.status_code == 200


def test_too_many_strokes_or_points_are_refused(client: FlaskClient) -> None:
    assert_problem(send_strokes(client, [POINT] * (MOST_STROKES + 1)), 400, "501 strokes", "500")
    assert_problem(send_strokes(client, [line(MOST_POINTS), POINT]), 400, "20,001 points", "20,000")


def test_too_many_bytes_are_too_large(client: FlaskClient) -> None:
    body = json.dumps({"strokes": EXAMPLE})
    answer = client.post(URL, data=body.ljust(MOST_BYTES + 1), content_type="application/json")
    problem = assert_problem(answer, 413, "524,289 bytes", "524,288")
    assert problem["type"] == "urn:digits:problem:too-many-bytes"


def test_a_picture_in_json_may_have_more_bytes_than_strokes(client: FlaskClient) -> None:
    body = json.dumps({"image": base64.b64encode(SEVEN).decode()})
    assert client.post(URL, data=body.ljust(MOST_BYTES + 1), content_type="application/json").status_code == 200


def test_the_points_are_validated_in_a_moment() -> None:
    strokes = [{name: np.linspace(0, 1, 40).tolist() for name in "xyt"}] * MOST_STROKES
    took = []
    for _ in range(5):
        start = time.perf_counter()
        StrokesField().deserialize(strokes)
        took.append(time.perf_counter() - start)
    assert min(took) < 0.1  # a field for each point would take a second


# --- malformed requests ---


@pytest.mark.parametrize(
    ("strokes", "words"),
    [
        (None, ["strokes", "null"]),
        (7, ["list"]),
        ("x", ["list"]),
        ({"x": [1], "y": [1]}, ["list"]),
        ([7], ["strokes[0]", "object"]),
        ([[[1, 2], [3, 4]]], ["strokes[0]", "object"]),
        ([{}], ["strokes[0] has no x"]),
        ([POINT, {"x": [1]}], ["strokes[1] has no y"]),
        ([POINT | {"p": [1]}], ["strokes[0]", "'p'"]),
        ([POINT | {"p" * 9999: [1]}], ["strokes[0]", "ppp..."]),
        ([{"x": 1, "y": [1]}], ["strokes[0].x must be a list"]),
        ([{"x": "1", "y": [1]}], ["strokes[0].x must be a list"]),
        ([POINT | {"t": None}], ["strokes[0].t must be a list"]),
        ([{"x": [1, 2], "y": [1]}], ["2 numbers in x", "1 in y"]),
        ([POINT, {"x": [1, 2], "y": [1, 2], "t": [1]}], ["strokes[1]", "2 numbers in x", "1 in t"]),
        ([{"x": [1], "y": [True]}], ["strokes[0].y[0] is True"]),
        ([{"x": [1, 2.5, False], "y": [1, 2, 3]}], ["strokes[0].x[2] is False"]),
        ([{"x": [1, "2"], "y": [1, 2]}], ["strokes[0].x[1] is '2'"]),
        ([{"x": [1, None], "y": [1, 2]}], ["strokes[0].x[1] is None"]),
        ([{"x": [[1]], "y": [1]}], ["strokes[0].x[0] is [1]"]),
        ([{"x": [1], "y": [float("nan")]}], ["strokes[0].y[0] is nan"]),
        ([{"x": [1], "y": [float("inf")]}], ["strokes[0].y[0] is inf"]),
        ([{"x": [1, -1e308], "y": [1, 2]}], ["strokes[0].x[1] is -1e+308", "1e+300"]),
        ([{"x": [10**400], "y": [1]}], ["strokes[0].x[0] is 1000", "..."]),
        ([POINT | {"t": [float("nan")]}], ["strokes[0].t[0] is nan"]),
    ],
)
def test_malformed_strokes_get_an_explanation(client: FlaskClient, strokes: Any, words: list[str]) -> None:
    problem = assert_problem(send_strokes(client, strokes), 400, *words)
    assert problem["type"] == "urn:digits:problem:request-error"
    assert len(problem["detail"]) < 200


def test_numbers_that_json_cannot_hold_are_explained(client: FlaskClient) -> None:
    body = '{"strokes": [{"x": [1e999], "y": [1]}]}'
    assert_problem(client.post(URL, data=body, content_type="application/json"), 400, "strokes[0].x[0] is inf")


@pytest.mark.parametrize("image", ["iVBORw0KGgo=", "", None, 7])
def test_a_picture_and_strokes_together_are_refused(client: FlaskClient, image: Any) -> None:
    assert_problem(client.post(URL, json={"image": image, "strokes": EXAMPLE}), 400, "both", "'image'", "'strokes'")


def test_neither_a_picture_nor_strokes_is_refused(client: FlaskClient) -> None:
    assert_problem(client.post(URL, json={}), 400, "missing", "either 'image' or 'strokes'")


def test_other_members_beside_strokes_are_refused(client: FlaskClient) -> None:
    assert_problem(client.post(URL, json={"strokes": EXAMPLE, "unit": "mm"}), 400, "unit")


# --- what operators see ---


def test_the_stages_of_strokes_are_timed(client: FlaskClient) -> None:
    stages = dict(part.split(";dur=") for part in send_strokes(client, EXAMPLE).headers["Server-Timing"].split(", "))
    assert list(stages) == ["normalize", "model"]


def test_the_access_log_counts_strokes_and_points_and_keeps_none(
    double: Recognizer, caplog: pytest.LogCaptureFixture
) -> None:
    client = create_app(recognizer=double).test_client()
    log.addHandler(caplog.handler)
    try:
        with caplog.at_level(logging.INFO, log.name):
            send_strokes(client, [*EXAMPLE, {"x": [12345], "y": [54321]}])
    finally:
        log.removeHandler(caplog.handler)
    (entry,) = [vars(record)["entry"] for record in caplog.records if record.name == log.name]
    assert entry["pictures"] == [{"format": "strokes", "strokes": 2, "points": 4}]
    assert entry["readings"] == ["accepted"]
    assert "12345" not in json.dumps(entry)


def test_readings_of_strokes_are_counted(client: FlaskClient) -> None:
    def readings() -> float:
        families = text_string_to_metric_families(client.get("/metrics").text)
        samples = [sample for family in families for sample in family.samples]
        return sum(sample.value for sample in samples if sample.name == "digits_readings_total")

    before = readings()
    send_strokes(client, EXAMPLE)
    assert readings() == before + 1


# --- the client ---


@pytest.fixture(scope="module")
def address(double: Recognizer) -> Iterator[str]:
    """The address of a server in this process."""
    server = make_server("127.0.0.1", 0, create_app(recognizer=double), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_client_reads_strokes(address: str) -> None:
    assert digits_client.read_strokes(address, EXAMPLE).status == "accepted"
    assert digits_client.read_strokes(f"{address}/", []).reason == "blank"


def test_the_client_raises_the_detail_of_a_problem(address: str) -> None:
    with pytest.raises(RemoteError, match=r"strokes\[0\] has no y"):
        digits_client.read_strokes(address, [{"x": [1]}])
    with pytest.raises(RemoteError, match="http://"):
        digits_client.read_strokes("digits.example", EXAMPLE)
