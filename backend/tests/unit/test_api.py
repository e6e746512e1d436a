"""Every promise of the contract, and every way of breaking it."""

from __future__ import annotations

import base64
import io
import json
import resource
import tempfile
from typing import Any

import numpy as np
import pytest
import requests
from flask.testing import FlaskClient
from PIL import Image

from digits import preprocess
from digits.app import create_app
from digits.model.heatmap import LEGEND, heatmap
from digits.model.recognizer import Evidence, Model, Reading, Recognizer, Squares
from digits.settings import Settings
from tests.calls import SEVEN, URL, ask, assert_problem, failing
from tests.conftest import KNOWN, MODEL
from tests.samples import DIGITS, encode, enlarged

# --- a reading ---


def test_all_request_forms_return_the_same_result(reading_client: FlaskClient) -> None:
    url_form = "data:image/png;base64," + base64.b64encode(SEVEN).decode()
    answers = [
        reading_client.post(URL, data={"image": (io.BytesIO(SEVEN), "seven.png")}, query_string={"include": "input"}),
        reading_client.post(URL, data=SEVEN, content_type="image/png", query_string={"include": "input"}),
        reading_client.post(URL, data=SEVEN, content_type="application/octet-stream", query_string="include=input"),
        reading_client.post(URL, json={"image": base64.b64encode(SEVEN).decode()}, query_string="include=input"),
        reading_client.post(URL, json={"image": url_form}, query_string={"include": "input"}),
        reading_client.post(URL, json={"image": base64.encodebytes(SEVEN).decode()}, query_string="include=input"),
    ]
    assert [answer.status_code for answer in answers] == [200] * 6
    assert all(answer.json == answers[0].json for answer in answers)
    assert answers[0].json is not None
    assert answers[0].json["digit"] == 7


@pytest.mark.parametrize("kind", [None, "binary/octet-stream", "application/x-octet-stream"])
def test_a_picture_needs_no_exact_media_type(client: FlaskClient, kind: str | None) -> None:
    assert client.post(URL, data=SEVEN, content_type=kind).status_code == 200


def test_base64_may_be_url_safe_or_unpadded_and_data_may_be_upper_case(client: FlaskClient) -> None:
    plain = base64.b64encode(SEVEN).decode()
    safe = base64.urlsafe_b64encode(SEVEN).decode()
    for text in (plain.rstrip("="), safe, safe.rstrip("="), f"DATA:IMAGE/PNG;BASE64,{plain}"):
        assert client.post(URL, json={"image": text}).status_code == 200


def test_spaces_in_base64_and_a_missing_boundary_are_explained(client: FlaskClient) -> None:
    assert_problem(client.post(URL, json={"image": "iVBOR w0KGgo"}), 400, "'+'")
    assert_problem(client.post(URL, data=b"--x", content_type="multipart/form-data"), 400, "boundary")


def test_a_reading_has_the_members_of_the_contract_in_order(reading_client: FlaskClient) -> None:
    reading = json.loads(ask(reading_client).text)
    assert list(reading) == [
        "status",
        "reason",
        "digit",
        "confidence",
        "probabilities",
        "not_a_digit",
        "several_digits",
        "model",
    ]
    assert reading["status"] == "accepted"
    assert reading["reason"] is None
    assert max(reading["probabilities"]) == reading["probabilities"][7]
    doubt = reading["not_a_digit"] + reading["several_digits"]
    assert reading["confidence"] == pytest.approx(reading["probabilities"][7] * (1 - doubt), abs=2e-6)
    assert sum(reading["probabilities"]) == pytest.approx(1, abs=1e-5)
    assert reading["model"] == {"name": "digits", "version": MODEL.name}


def test_the_input_is_included_only_on_request(client: FlaskClient) -> None:
    plain, included = ask(client).get_json(), ask(client, include="input").get_json()
    assert "input" not in plain
    assert included["input"]["light_on_dark"] is True
    left, top, right, bottom = enlarged(DIGITS[0]).getbbox() or (0, 0, 0, 0)
    assert included["input"]["box"] == pytest.approx([left, top, right - left, bottom - top], abs=10)
    data = base64.b64decode(included["input"]["image"].removeprefix("data:image/png;base64,"))
    assert preprocess.decode(data).grey.shape == (28, 28)


def test_the_legend_names_the_colours_of_the_explanation(double: Recognizer) -> None:
    def explainer(squares: Squares, _: list[int]) -> Evidence:
        evidence = np.zeros(squares.shape, np.float32)
        evidence[:, 4:9, 12:16], evidence[:, 20:25, 10:14] = 2.0, -2.0
        return evidence

    client = create_app(recognizer=Model(double, explainer)).test_client()
    reading = ask(client, include="explanation").get_json()
    explanation = reading["explanation"]
    file = io.BytesIO(base64.b64decode(explanation["image"].partition(",")[2]))
    colours = np.asarray(Image.open(file).convert("RGBA"))
    shown = {side: tuple(bytes.fromhex(colour[1:])) for side, colour in explanation["legend"].items()}
    assert explanation["digit"] == reading["digit"]
    inked = colours[..., 3] > 200
    assert {tuple(colour) for colour in colours[:12][inked[:12]][:, :3]} == {shown["for"]}
    assert {tuple(colour) for colour in colours[18:][inked[18:]][:, :3]} == {shown["against"]}


def test_only_ink_is_coloured_and_weak_evidence_is_not() -> None:
    square = np.zeros((28, 28), np.uint8)
    square[5:10, 5:10] = square[15:20, 15:20] = 255
    evidence = np.zeros((28, 28), np.float32)
    evidence[5:10, 5:10], evidence[15:20, 15:20], evidence[24, 3] = 1.0, -0.02, 5.0
    opacity = heatmap(evidence, square)[..., 3]
    assert opacity[6:9, 6:9].min() == 255
    assert not opacity[12:].any()


def test_no_evidence_is_transparent() -> None:
    assert not heatmap(np.zeros((28, 28), np.float32), np.full((28, 28), 255, np.uint8))[..., 3].any()


def test_another_digit_is_explained_on_request(double: Recognizer) -> None:
    explained = []

    def explainer(squares: Squares, digits: list[int]) -> Evidence:
        explained.extend(digits)
        return np.ones(squares.shape, np.float32)

    client = create_app(recognizer=Model(double, explainer)).test_client()
    for asked, expected in (("", KNOWN), ("&explain=2", 2), ("&explain=0", 0)):
        url = f"/api/v1/digits?include=explanation{asked}"
        answer = client.post(url, data=SEVEN, content_type="image/png").get_json()
        assert answer["explanation"]["digit"] == expected
        assert answer["digit"] == KNOWN
    assert explained == [KNOWN, 2, 0]
    for wrong in ("10", "-1", "x", "1.5"):
        url = f"/api/v1/digits?include=explanation&explain={wrong}"
        assert_problem(client.post(url, data=SEVEN, content_type="image/png"), 400, "explain")


def test_a_blank_sheet_is_rejected_as_blank_and_never_guessed(reading_client: FlaskClient) -> None:
    for picture in (Image.new("L", (280, 280), 255), Image.new("RGBA", (280, 280)), Image.new("RGB", (50, 50))):
        reading = ask(reading_client, encode(picture), include="input,explanation").get_json()
        assert reading["explanation"] == {"image": None, "digit": None, "legend": LEGEND}
        assert (reading["status"], reading["reason"]) == ("rejected", "blank")
        assert reading["digit"] is reading["confidence"] is reading["probabilities"] is None
        assert reading["not_a_digit"] is reading["several_digits"] is None
        assert reading["input"] == {"box": None, "light_on_dark": False, "image": None}


def test_an_unsure_reading_is_uncertain(double: Recognizer) -> None:
    unsure = Reading(
        "uncertain", "low_confidence", KNOWN, 0.55, tuple(0.55 if one == KNOWN else 0.05 for one in range(10)), 0.0, 0.0
    )
    reading = ask(create_app(recognizer=lambda _: [unsure]).test_client()).get_json()
    assert (reading["status"], reading["reason"], reading["digit"]) == ("uncertain", "low_confidence", KNOWN)


# --- headers ---


def test_the_stages_of_a_reading_are_timed(client: FlaskClient) -> None:
    stages = dict(part.split(";dur=") for part in ask(client).headers["Server-Timing"].split(", "))
    assert list(stages) == ["decode", "normalize", "model"]
    assert all(0 <= float(milliseconds) < 10_000 for milliseconds in stages.values())


def test_a_request_id_is_echoed_or_made(client: FlaskClient) -> None:
    assert client.get("/api/v1/health/live", headers={"X-Request-ID": "abc-1"}).headers["X-Request-ID"] == "abc-1"
    made = {client.get("/api/v1/health/live").headers["X-Request-ID"] for _ in range(3)}
    assert len(made) == 3
    for bad in ("<script>", "a b", "x" * 129):
        assert client.get("/api/v1/health/live", headers={"X-Request-ID": bad}).headers["X-Request-ID"] not in ("", bad)


def test_responses_are_not_cached(client: FlaskClient) -> None:
    assert ask(client).headers["Cache-Control"] == "no-store"
    assert ask(client, b"").headers["Cache-Control"] == "no-store"


# --- the rest of the contract ---


def test_the_model_card_is_cached_by_its_etag(client: FlaskClient, card: dict[str, Any]) -> None:
    answer = client.get("/api/v1/model")
    assert answer.get_json() == card
    again = client.get("/api/v1/model", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_the_process_is_live_and_ready(client: FlaskClient) -> None:
    assert client.get("/api/v1/health/live").get_json() == {"status": "live"}
    assert client.get("/api/v1/health/ready").get_json() == {"status": "ready"}


def test_a_model_that_misreads_the_known_digit_is_live_but_not_ready(card: dict[str, Any]) -> None:
    wrong = Reading("accepted", None, (card["self_test"]["digit"] + 1) % 10, 1.0, (0.1,) * 10, 0.0, 0.0)
    client = create_app(recognizer=lambda _: [wrong]).test_client()
    assert client.get("/api/v1/health/live").status_code == 200
    for answer in (client.get("/api/v1/health/ready"), ask(client)):
        assert_problem(answer, 503, "known")
        assert int(answer.headers["Retry-After"]) > 0


def test_the_page_and_its_files_are_served(client: FlaskClient) -> None:
    page = client.get("/", buffered=True)
    assert page.content_type == "text/html; charset=utf-8"
    assert "script-src" not in page.headers["Content-Security-Policy"]
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    assert client.get("/main.js", buffered=True).content_type.startswith("text/javascript")
    assert client.get("/style.css", buffered=True).content_type.startswith("text/css")


def test_no_page_is_served_without_its_folder(double: Recognizer, tmp_path: Any) -> None:
    assert_problem(create_app(Settings(page=tmp_path / "none"), double).test_client().get("/"), 404)


# --- failures ---


@pytest.mark.parametrize(
    ("send", "words"),
    [
        ({"data": {"picture": (io.BytesIO(b"x"), "a.png")}}, ["'image'", "has 0", "'picture'"]),
        ({"data": {"image": "text"}, "content_type": "multipart/form-data"}, ["has 0", "'image' (as text)"]),
        ({"data": {"image": (io.BytesIO(b"x"), "a.png"), "include": "input"}}, ["nothing else", "'include' (as text)"]),
        ({"data": {}, "content_type": "multipart/form-data"}, ["'image'", "has 0"]),
        ({"data": {"image": [(io.BytesIO(b"x"), "a"), (io.BytesIO(b"y"), "b")]}}, ["has 2"]),
        ({"data": b"{", "content_type": "application/json"}, ["JSON object"]),
        ({"data": b"", "content_type": "application/json"}, ["JSON object"]),
        ({"json": ["image"]}, ["JSON object"]),
        ({"data": b"[" * 100_000, "content_type": "application/json"}, ["JSON object"]),
        ({"json": {"img": "x"}}, ["image", "missing", "img"]),
        ({"json": {"image": 7}}, ["image", "string"]),
        ({"json": {"image": None}}, ["image"]),
        ({"json": {"image": "not base64!"}}, ["base64", "not base64!"]),
        ({"json": {"image": "data:image/png,abc"}}, ["base64"]),
        ({"json": {"image": "data:image/png;base64,%%%"}}, ["base64"]),
    ],
)
def test_a_malformed_request_gets_an_explanation(client: FlaskClient, send: dict[str, Any], words: list[str]) -> None:
    problem = assert_problem(client.post(URL, **send), 400, *words)
    assert problem["type"] == "urn:digits:problem:request-error"


@pytest.mark.parametrize(
    "query", ["include=weights", "include=input,weights", "include=input&include=weights", "inclde=input"]
)
def test_an_unknown_query_is_malformed(client: FlaskClient, query: str) -> None:
    assert_problem(
        client.post(f"{URL}?{query}", data=SEVEN, content_type="image/png"),
        400,
        "weights" if "w" in query else "inclde",
    )


@pytest.mark.parametrize("kind", ["text/plain", "image/svg+xml", "application/x-www-form-urlencoded", "video/mp4"])
def test_other_media_types_are_not_supported(client: FlaskClient, kind: str) -> None:
    answer = client.post(URL, data=SEVEN, content_type=kind)
    assert_problem(answer, 415, kind, "image/png")


@pytest.mark.parametrize("picture", [b"", b"junk", SEVEN[:200], b"<svg/>", b"GIF89a"])
def test_invalid_pictures_are_unprocessable_in_every_form(client: FlaskClient, picture: bytes) -> None:
    for answer in (
        ask(client, picture),
        client.post(URL, data={"image": (io.BytesIO(picture), "a.png")}),
        client.post(URL, json={"image": base64.b64encode(picture).decode()}),
    ):
        assert assert_problem(answer, 422)["type"] == "urn:digits:problem:unreadable-picture"


def test_too_many_pixels_are_unprocessable(double: Recognizer) -> None:
    client = create_app(Settings(max_pixels=1000), double).test_client()
    problem = assert_problem(ask(client), 422, "280 x 280 = 78,400", "1,000")
    assert problem["type"] == "urn:digits:problem:too-many-pixels"


def test_too_many_bytes_are_too_large_in_every_form(double: Recognizer) -> None:
    client = create_app(Settings(max_bytes=1000), double).test_client()
    for size in (1001, 400_000):
        picture = b"x" * size
        assert_problem(ask(client, picture), 413)
        assert_problem(client.post(URL, data={"image": (io.BytesIO(picture), "a.png")}), 413)
        assert_problem(client.post(URL, json={"image": base64.b64encode(picture).decode()}), 413)
    assert_problem(ask(client, b"x" * 1001), 413, "1,001 bytes", "1,000")


def test_a_picture_of_exactly_the_limit_is_accepted_in_every_form(double: Recognizer) -> None:
    client = create_app(Settings(max_bytes=len(SEVEN)), double).test_client()
    assert ask(client).status_code == 200
    assert client.post(URL, data={"image": (io.BytesIO(SEVEN), "a.png")}).status_code == 200
    assert client.post(URL, json={"image": base64.b64encode(SEVEN).decode()}).status_code == 200


def test_a_picture_in_a_text_field_gets_an_explanation(client: FlaskClient) -> None:
    form = requests.Request("POST", "http://localhost", files={"image": (None, "x" * 700_000)}).prepare()
    answer = client.post(URL, data=form.body, content_type=form.headers["Content-Type"])
    assert_problem(answer, 413, "as a file")


def test_a_field_whose_name_cannot_be_parsed_is_no_server_error(client: FlaskClient) -> None:
    part = b'--b\r\nContent-Disposition: form-data; name="\xf2\xbc\x9c\x92c"\r\n\r\n1\r\n'
    nameless = b"--b\r\nContent-Disposition: form-data; name=\x1c#b%0A\r\n\r\n2\r\n"
    without = b'--b\r\nContent-Disposition: form-data; nam="x"\r\n\r\n3\r\n'
    body = part + nameless + without + b"--b--\r\n"
    assert_problem(client.post(URL, data=body, content_type="multipart/form-data; boundary=b"), 400)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_a_wrong_method_returns_the_allowed_ones(client: FlaskClient, method: str) -> None:
    answer = client.open(URL, method=method)
    assert_problem(answer, 405, method, "POST")
    assert "POST" in answer.headers["Allow"]


@pytest.mark.parametrize("path", ["/nothing", "/api", "/api/v1/nothing", "/api/v2/digits", "/../x"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_unknown_path_is_a_problem(client: FlaskClient, path: str, method: str) -> None:
    answer = client.open(path, method=method)
    assert_problem(answer, 404)


def test_the_root_of_the_api_redirects_to_its_docs(client: FlaskClient) -> None:
    for path in ("/api/v1", "/api/v1/"):
        answer = client.get(path, follow_redirects=True)
        assert answer.status_code == 200
        assert answer.request.path == "/api/v1/docs"


def test_responses_cannot_be_framed_or_sniffed(client: FlaskClient) -> None:
    for path in ("/", "/api/v1/docs", "/api/v1/model", "/nothing"):
        headers = client.get(path, buffered=True).headers
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"


def test_an_internal_error_reveals_no_details(caplog: pytest.LogCaptureFixture, double: Recognizer) -> None:
    calls = iter([double, failing])  # the first call is for the known digit
    client = create_app(recognizer=lambda squares: next(calls)(squares)).test_client()
    answer = ask(client)
    assert_problem(answer, 500)
    assert "secret" not in answer.text
    assert "/" not in json.loads(answer.text)["detail"]
    assert "secret" in caplog.text


def test_no_upload_touches_the_disk(client: FlaskClient) -> None:
    large = encode(Image.effect_noise((1500, 1500), 100))
    assert len(large) > 1_000_000  # past the size at which Werkzeug would go to disk
    form = requests.Request("POST", "http://localhost", files={"image": large}).prepare()
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))  # from here on no file can grow
    try:
        with tempfile.TemporaryFile(buffering=0) as file, pytest.raises(OSError, match="too large"):
            file.write(b"x")
        status = client.post(URL, data=form.body, content_type=form.headers["Content-Type"]).status_code
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert status == 200
