"""Requests that the real model reads."""

from __future__ import annotations

import base64
import io

import cv2
import numpy as np
import pytest
from flask.testing import FlaskClient
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from digits.api.strokes import EXAMPLE
from digits.model.recognizer import import_tensorflow
from tests.calls import ask, send_strokes
from tests.conftest import MODEL
from tests.samples import DIGITS, LABELS, WRITTEN, columns, drawn, encode, enlarged


def test_mnists_digits_are_read_rightly(reading_client: FlaskClient) -> None:
    read = [ask(reading_client, encode(enlarged(digit))).get_json()["digit"] for digit in DIGITS]
    assert read == list(LABELS)


@pytest.mark.parametrize("pen", [8, 16, 32])
def test_digits_from_a_pen_are_read_rightly(reading_client: FlaskClient, pen: int) -> None:
    read = [ask(reading_client, encode(drawn(written, pen=pen))).get_json()["digit"] for written in WRITTEN]
    wrong = [(one["label"], digit) for one, digit in zip(WRITTEN, read, strict=True) if one["label"] != digit]
    assert len(wrong) <= 1, wrong


def test_strokes_are_read_as_the_pictures_that_are_drawn_with_them(reading_client: FlaskClient) -> None:
    strokes = [send_strokes(reading_client, columns(written)).get_json() for written in WRITTEN]
    pictures = [ask(reading_client, encode(drawn(written))).get_json() for written in WRITTEN]
    assert [reading["digit"] for reading in strokes] == [written["label"] for written in WRITTEN]
    assert [reading["status"] for reading in strokes] == ["accepted"] * len(WRITTEN)
    assert sum(one["digit"] == other["digit"] for one, other in zip(strokes, pictures, strict=True)) >= len(WRITTEN) - 1


def test_the_documented_strokes_are_read_as_seven_and_explained(reading_client: FlaskClient) -> None:
    reading = send_strokes(reading_client, EXAMPLE, include="input,explanation").get_json()
    assert (reading["status"], reading["digit"]) == ("accepted", 7)
    assert reading["explanation"]["image"].startswith("data:image/png;base64,")


def test_a_single_point_is_rejected(reading_client: FlaskClient) -> None:
    reading = send_strokes(reading_client, [{"x": [5], "y": [5]}]).get_json()
    assert (reading["status"], reading["reason"]) == ("rejected", "not_a_digit")


def test_an_explanation_colours_the_square_that_was_read(reading_client: FlaskClient) -> None:
    answer = ask(reading_client, include="input,explanation")
    assert "explain;dur=" in answer.headers["Server-Timing"]
    colours, square = (
        np.asarray(Image.open(io.BytesIO(base64.b64decode(answer.get_json()[name]["image"].partition(",")[2]))))
        for name in ("explanation", "input")
    )
    assert colours.shape == (28, 28, 4)
    assert colours[..., 3].max() == 255
    blue = colours[..., 2] > colours[..., 0]
    opacity = colours[..., 3].astype(float)
    assert (opacity * blue).sum() > 1.5 * (opacity * ~blue).sum()  # more speaks for a clear 7 than against it
    assert opacity[square > 0].mean() > 5 * opacity[square == 0].mean()


def test_what_is_no_digit_is_rejected_and_its_closest_digit_is_explained(reading_client: FlaskClient) -> None:
    ring = Image.new("L", (280, 280), 255)
    pen = ImageDraw.Draw(ring)
    for place in range(40, 240, 40):
        pen.line((place, 40, place, 240), 0, 12)
    reading = ask(reading_client, encode(ring), include="input,explanation").get_json()
    assert (reading["status"], reading["reason"]) == ("rejected", "not_a_digit")
    assert reading["digit"] is reading["confidence"] is None
    assert sum(reading["probabilities"]) == pytest.approx(1, abs=1e-5)
    assert reading["explanation"]["digit"] == int(np.argmax(reading["probabilities"]))
    assert reading["explanation"]["image"].startswith("data:image/png")
    assert reading["input"]["box"] is not None


def test_a_number_is_rejected_as_several_digits(reading_client: FlaskClient) -> None:
    number = Image.new("L", (600, 300), 0)
    for place, digit in enumerate((DIGITS[0], DIGITS[1])):
        number.paste(enlarged(digit), (10 + 280 * place, 10))
    reading = ask(reading_client, encode(number)).get_json()
    assert (reading["status"], reading["reason"]) == ("rejected", "several_digits")


def test_the_feature_maps_are_those_that_the_network_computes(reading_client: FlaskClient) -> None:
    """The oracle: the first convolution is recomputed by hand from the stored weights."""
    body = ask(reading_client, encode(enlarged(DIGITS[0])), include="input,activations").get_json()
    layers = body["activations"]
    assert [layer["layer"] for layer in layers] == [f"convolution_{place}" for place in range(1, len(layers) + 1)]
    first = layers[0]
    square = pixels(body["input"]["image"]).astype(np.float32) / 255
    checkpoint = import_tensorflow().train.load_checkpoint(str(MODEL / "variables" / "variables"))
    kernel, bias = (
        checkpoint.get_tensor(f"first/_operations/3/{name}/.ATTRIBUTES/VARIABLE_VALUE") for name in ("_kernel", "bias")
    )
    maps = [cv2.filter2D(square, -1, kernel[..., 0, at], borderType=cv2.BORDER_CONSTANT) for at in range(len(bias))]
    expected = np.maximum(0, np.hstack([one + at for one, at in zip(maps, bias, strict=True)]))
    assert pixels(first["image"]) == pytest.approx(expected * 255 / expected.max(), abs=1)
    for layer in layers:
        assert pixels(layer["image"]).shape == (layer["height"], layer["width"] * layer["channels"])


def test_a_blank_page_has_no_feature_maps(reading_client: FlaskClient) -> None:
    assert send_strokes(reading_client, [], include="activations").get_json()["activations"] is None


def pixels(url: str) -> NDArray[np.uint8]:
    """The grey levels of a data: URL."""
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2]))).convert("L"))
