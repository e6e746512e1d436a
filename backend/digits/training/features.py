"""What the feature maps of the network respond to, measured: for the page, which shows some of them.

Each fact is a statistic over squares of the validation writers, or over bars of known direction.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from digits.geometry import CENTRE, SIDE
from digits.model import recognizer, store
from digits.model.recognizer import FeatureMaps
from digits.training.data import Bytes8, LabelledImages
from digits.training.data.datasets import load

SHOWN = 6  # maps of each layer
SQUARES = 1_000  # of validation
ALIKE = 0.8  # correlation of two maps' strengths from which one of them is enough
PREFERRED = 0.4  # standard deviations above the mean from which a digit excites a map more than others
MOST_DIGITS = 3
DIRECTED = 1.25  # strength for bars of the best direction, relative to the mean of all directions
PLACED = 0.09  # distance of the centre of mass from that of the layer's mean map, relative to its side
DIRECTIONS = {"horizontal": 0, "rising": 45, "vertical": 90, "falling": 135}  # degrees

Floats = NDArray[np.float64]


class Feature(NamedTuple):
    """A map and the facts about it."""

    layer: str
    channel: int
    digits: list[int]  # that excite it most, the strongest first
    strokes: str | None  # the direction of bars that excite it most
    place: str | None  # where it is strongest: top, bottom, left or right


def describe(feature_maps: FeatureMaps, squares: LabelledImages) -> list[Feature]:
    """SHOWN different maps of each layer, and what excites them."""
    images, labels = squares.images[:SQUARES], squares.labels[:SQUARES]
    seen = [feature_maps(square) for square in images]
    straight = {name: [feature_maps(bar) for bar in bars(angle)] for name, angle in DIRECTIONS.items()}
    found = []
    for layer in seen[0]:
        maps = np.stack([one[layer] for one in seen]).astype(np.float64)  # (n, height, width, channels)
        strengths = maps.mean(axis=(1, 2))  # (n, channels)
        by_digit = _by_digit(strengths, labels)
        directed = {
            name: np.mean([one[layer].mean(axis=(0, 1)) for one in of], axis=0) for name, of in straight.items()
        }
        places = _places(maps.mean(axis=0))
        for channel in chosen(strengths, by_digit):
            strokes = _direction({name: float(of[channel]) for name, of in directed.items()})
            found.append(Feature(layer, channel, _preferred(by_digit[:, channel]), strokes, places[channel]))
    return found


def bars(degrees: float) -> Iterator[Bytes8]:
    """Squares with a bar as thick as a stroke, in this direction, at several places."""
    across, up = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    for shift in (-6, -3, 0, 3, 6):
        square = np.zeros((SIDE, SIDE), np.uint8)
        middle = CENTRE + shift * up, CENTRE + shift * across
        ends = [(round(middle[0] + sign * 6 * across), round(middle[1] - sign * 6 * up)) for sign in (-1, 1)]
        cv2.line(square, ends[0], ends[1], 255, 2, cv2.LINE_AA)
        yield square


def chosen(strengths: Floats, by_digit: Floats) -> list[int]:
    """SHOWN channels that tell digits apart best, none of which does what another one does."""
    correlation = np.atleast_2d(
        np.corrcoef(strengths + 1e-9 * np.random.default_rng(0).normal(size=strengths.shape), rowvar=False)
    )
    kept: list[int] = []
    for channel in np.argsort(-by_digit.var(axis=0), kind="stable"):
        if len(kept) < SHOWN and all(abs(correlation[channel, other]) < ALIKE for other in kept):
            kept.append(int(channel))
    return sorted(kept)


def _by_digit(strengths: Floats, labels: NDArray[np.integer]) -> Floats:
    """(10, channels): the mean strength for each digit, in standard deviations from the mean of all."""
    spread = strengths.std(axis=0)
    mean = strengths.mean(axis=0)
    groups = [strengths[labels == digit] for digit in range(10)]
    means = np.stack([group.mean(axis=0) if len(group) else mean for group in groups])
    return np.asarray((means - mean) / np.where(spread > 0, spread, 1))


def _preferred(by_digit: Floats) -> list[int]:
    order = np.argsort(-by_digit)[:MOST_DIGITS]
    return [int(digit) for digit in order if by_digit[digit] >= PREFERRED]


def _direction(strength: dict[str, float]) -> str | None:
    best = max(strength, key=lambda name: strength[name])
    mean = sum(strength.values()) / len(strength)
    return best if mean > 0 and strength[best] >= DIRECTED * mean else None


def _places(mean_maps: Floats) -> list[str | None]:
    """(height, width, channels) -> where each map is stronger than the layer as a whole."""
    side = mean_maps.shape[0]
    whole = _centre(mean_maps.sum(axis=2))
    found: list[str | None] = []
    for channel in range(mean_maps.shape[2]):
        down, right = (_centre(mean_maps[..., channel]) - whole) / side
        name = ("bottom" if down > 0 else "top") if abs(down) >= abs(right) else ("right" if right > 0 else "left")
        found.append(name if max(abs(down), abs(right)) >= PLACED else None)
    return found


def _centre(values: Floats) -> Floats:
    """The centre of mass: row and column."""
    total = max(float(values.sum()), 1e-9)
    rows, columns = np.arange(values.shape[0]), np.arange(values.shape[1])
    return np.array([values.sum(axis=1) @ rows, values.sum(axis=0) @ columns]) / total


def add_to_card(folder: Path, data: Path | None) -> list[dict[str, Any]]:
    """Measure the model in `folder` on MNIST's validation writers, and write the result to its card."""
    feature_maps = recognizer.load(folder).feature_maps
    if feature_maps is None:
        return []
    _, validation = load(data)
    features = [one._asdict() for one in describe(feature_maps, validation[0].squares)]
    card = store.verified_card(folder)
    store.write_card(folder, card | {"features": features})
    return features


def main() -> None:
    """Describe the maps of a model that was exported before."""
    parser = argparse.ArgumentParser("features", description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("--data", type=Path)
    arguments = parser.parse_args()
    for feature in add_to_card(arguments.model, arguments.data):
        print(feature)


if __name__ == "__main__":
    main()
