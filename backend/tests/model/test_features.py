"""What the page says about the feature maps is measured."""

from __future__ import annotations

import json

import cv2
import numpy as np
import pytest

from digits.model.recognizer import Model
from digits.training import features
from digits.training.data import LabelledImages
from tests.conftest import MODEL
from tests.samples import DIGITS, LABELS

SQUARES = LabelledImages(np.stack(DIGITS), np.array(LABELS))


def edges(square: np.ndarray) -> dict[str, np.ndarray]:
    """A layer with known maps: horizontal edges, vertical edges, the top of the ink, nothing."""
    grey = square.astype(np.float32)
    top = grey * (np.arange(28) < 10)[:, None]
    across, down = (np.abs(cv2.Sobel(grey, cv2.CV_32F, *way)) for way in ((0, 1), (1, 0)))
    return {"known": np.dstack([across, down, top, np.zeros_like(grey)])}


def test_directions_and_places_of_known_maps_are_found() -> None:
    found = {one.channel: one for one in features.describe(edges, SQUARES)}
    assert found[0].strokes == "horizontal"
    assert found[1].strokes == "vertical"
    assert found[2].place == "top"


def test_a_map_of_one_digit_prefers_it() -> None:
    sevens = [number for number, label in enumerate(LABELS) if label == 7]
    only = {DIGITS[number].tobytes() for number in sevens}

    def of_sevens(square: np.ndarray) -> dict[str, np.ndarray]:
        return {"known": np.full((4, 4, 1), float(square.tobytes() in only), np.float32)}

    (found,) = features.describe(of_sevens, SQUARES)
    assert found.digits == [7]


@pytest.mark.parametrize("degrees", [0, 45, 90, 135])
def test_a_bar_has_the_direction_that_it_is_named_by(degrees: int) -> None:
    for bar in features.bars(degrees):
        rows, columns = np.nonzero(bar > 127)
        (_, direction) = np.linalg.eigh(np.cov(columns, -rows))
        across, up = direction[:, 1]
        apart = (np.degrees(np.arctan2(up, across)) - degrees + 90) % 180 - 90
        assert abs(apart) < 8


def test_the_card_names_maps_that_the_network_has(model: Model) -> None:
    assert model.feature_maps is not None
    maps = model.feature_maps(DIGITS[0])
    card = json.loads((MODEL / "card.json").read_text("utf-8"))
    assert {one["layer"] for one in card["features"]} == set(maps)
    for one in card["features"]:
        assert one["channel"] < maps[one["layer"]].shape[-1]
        assert set(one["digits"]) <= set(range(10))
