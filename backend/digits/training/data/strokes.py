"""Pen strokes: reading them, splitting them by writer, and drawing them with other hands and pens."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from digits.preprocess.strokes import square_of_strokes
from digits.training.data import Bytes8, Rng
from digits.training.data.augment import Ranges, broadened_in_one_direction, random_warp, to_square
from digits.training.data.degradations import degrade

Points = NDArray[np.float32]  # (n, 2): x, y in writing order, y down

PENS = 0.018, 0.23  # stroke widths from hair to marker, in digit lengths: 4 to 46 pixels for a digit of 200
LENGTH = 76  # of the digit on its page, in pixels, as near as OpenCV's pens allow
HAIR, FRINGE = (  # measured: the width of OpenCV's one-pixel antialiased line, and what it adds to a wider one
    1.35,
    2.4,
)
SHIFT = 4  # fractional bits of OpenCV's coordinates


@dataclass(frozen=True)
class Character:
    """One character as a pen wrote it."""

    label: str
    writer: str
    strokes: tuple[Points, ...]  # any unit


def load_characters(file: Path) -> list[Character]:
    """Characters of a `*.strokes.json.gz`: a list of objects with `label`, `writer` and `strokes`."""
    with gzip.open(file, "rt", encoding="utf-8") as opened:
        return [Character(str(one["label"]), one["writer"], _points(one["strokes"])) for one in json.load(opened)]


def _points(strokes: list[list[list[float]]]) -> tuple[Points, ...]:
    return tuple(np.array(stroke, np.float32).reshape(-1, 2) for stroke in strokes if stroke)


def split_by_writer(characters: Sequence[Character]) -> tuple[list[Character], list[Character]]:
    """Split into training and validation: every tenth writer in alphabetic order is for validation."""
    held_out = set(sorted({one.writer for one in characters})[::10])
    training = [one for one in characters if one.writer not in held_out]
    return training, [one for one in characters if one.writer in held_out]


def augmented_squares(characters: Sequence[Character], seed: int, ranges: Ranges | None = None) -> Bytes8:
    """All n characters -> (n, SIDE, SIDE): each augmented, drawn, and preprocessed as by the server."""
    rng = np.random.default_rng(seed)
    ranges = ranges or Ranges()
    return np.stack([_square(one, rng, ranges) for one in characters])


def penned_squares(characters: Sequence[Character], pen: float) -> Bytes8:
    """All n characters -> (n, SIDE, SIDE): each drawn as it was written, with a pen of `pen` digit lengths."""
    return np.stack([to_square(draw(one.strokes, pen)) for one in characters])


def _square(character: Character, rng: Rng, ranges: Ranges) -> Bytes8:
    strokes = character.strokes
    if rng.random() < ranges.flourish:
        strokes = tuple(flourished(character, rng))
    if rng.random() < ranges.direct:
        return square_of_strokes(other_strokes(strokes, rng, ranges))
    page = degrade(another_hand(strokes, rng, ranges), rng, ranges.degraded)
    return to_square(page, draw(character.strokes, pen=0.08))


def another_hand(strokes: Sequence[Points], rng: Rng, ranges: Ranges, widest: float = PENS[1]) -> Bytes8:
    """The same character on a page, bright on black, as another writer with another pen writes it."""
    page = draw(other_strokes(strokes, rng, ranges), _random_pen(rng, ranges, widest))
    if widest == PENS[1] and rng.random() < ranges.nib:
        return broadened_in_one_direction(page, rng.uniform(1, 8), rng)
    return page


def other_strokes(strokes: Sequence[Points], rng: Rng, ranges: Ranges) -> list[Points]:
    """The same character as another writer writes it; its longest side is about 1."""
    warp = random_warp(rng, ranges)
    smooth = rng.random() < 0.5
    moved = [_moved(_smoothed(stroke) if smooth else stroke, rng, ranges) for stroke in to_unit(strokes)]
    return [warp(stroke) for stroke in moved]


def _random_pen(rng: Rng, ranges: Ranges, widest: float) -> float:
    """A stroke width in digit lengths, uniform in its logarithm; a marker now and then."""
    if rng.random() < ranges.marker:
        return float(rng.uniform(0.6, 1.1)) * widest
    return float(np.exp(rng.uniform(np.log(PENS[0]), np.log(widest))))


def _moved(stroke: Points, rng: Rng, ranges: Ranges) -> Points:
    """A stroke slightly displaced and resized, with some points cut off at its ends."""
    first, last = (int(len(stroke) * rng.uniform(0, ranges.cut_ends) * (rng.random() < 0.5)) for _ in range(2))
    kept = stroke[first : max(len(stroke) - last, first + 1)]
    middle = kept.mean(axis=0)
    size = np.exp(rng.normal(0, 1.5 * ranges.stroke_shift))
    return np.asarray(middle + size * (kept - middle) + rng.normal(0, ranges.stroke_shift, 2), np.float32)


def to_unit(strokes: Sequence[Points]) -> list[Points]:
    """Shift and scale: centre of the bounding box at (0, 0), longest side 1."""
    points = np.concatenate(strokes)
    low, high = points.min(axis=0), points.max(axis=0)
    return [(stroke - (low + high) / 2) / max(float((high - low).max()), 1e-6) for stroke in strokes]


def _smoothed(stroke: Points) -> Points:
    """Smooth the staircase of a coarse tablet; the ends stay."""
    inner = (stroke[:-2] + 2 * stroke[1:-1] + stroke[2:]) / 4
    return np.concatenate([stroke[:1], inner, stroke[-1:]]) if len(stroke) > 2 else stroke


def draw(strokes: Sequence[NDArray[np.floating]], pen: float) -> Bytes8:
    """Strokes in any unit -> a page, bright on black, drawn with a round pen of `pen` digit lengths."""
    strokes = to_unit([np.asarray(stroke, np.float32) for stroke in strokes])
    width = max(1, 2 * round((pen * LENGTH - FRINGE - 1) / 2) + 1)  # the odd ones are evenly spaced
    breadth = HAIR if width == 1 else width + FRINGE
    length = breadth / pen  # makes the ratio exact although OpenCV's pens are whole pixels wide
    side = round(length + 2 * breadth) + 8
    page = np.zeros((side, side), np.uint8)
    for stroke in strokes:
        places = np.rint((stroke * length + (side - 1) / 2) * 2**SHIFT).astype(np.int32)
        line = np.vstack([places, places[-1:] + 1])  # OpenCV does not draw a single point
        cv2.polylines(page, [line.reshape(-1, 1, 2)], False, 255, width, cv2.LINE_AA, SHIFT)
    return page


# --- hooks, feet, crossbars -------------------------------------------------------------------------------------------


def flourished(character: Character, rng: Rng) -> list[Points]:
    """The strokes with what some hands add: a foot or a crossbar where the digit allows it, else a curved end."""
    strokes = to_unit(character.strokes)
    if character.label == "7" and rng.random() < 0.6:
        strokes.append(_crossbar(strokes, rng))
        if rng.random() < 0.25:  # only with a crossbar: without one it could be a 2
            strokes.append(_foot(strokes, rng))
        return strokes
    if character.label == "1" and rng.random() < 0.3:
        return [*strokes, _foot(strokes, rng)]
    longest = 0.12 if character.label in "06" else 0.22
    if rng.random() < 0.5:
        strokes[-1] = np.concatenate([strokes[-1], _curve(strokes[-1], longest, rng)])
    else:
        first = strokes[0][::-1]
        strokes[0] = np.concatenate([first, _curve(first, longest, rng)])[::-1]
    return strokes


def _curve(stroke: Points, longest: float, rng: Rng) -> Points:
    """Points that continue the stroke beyond its end, straight or bent, at most `longest` digit lengths."""
    back = stroke[max(0, len(stroke) - 1 - max(1, len(stroke) // 8))]
    direction = stroke[-1] - back
    heading = float(np.arctan2(direction[1], direction[0])) if direction.any() else rng.uniform(0, 2 * np.pi)
    bend = rng.choice([-1, 1]) * rng.uniform(0, 2.8)
    headings = heading + bend * np.linspace(0, 1, 9)[1:]
    step = rng.uniform(0.03, longest) / 8
    return np.asarray(
        stroke[-1] + step * np.cumsum(np.stack([np.cos(headings), np.sin(headings)], axis=1), axis=0), np.float32
    )


def _foot(strokes: Sequence[Points], rng: Rng) -> Points:
    """A short bar under the lowest point."""
    points = np.concatenate(strokes)
    lowest = points[points[:, 1].argmax()]
    left, right = rng.uniform(0.05, 0.22, 2)
    slope = rng.normal(0, 0.12)
    return np.asarray(lowest + np.array([[-left, -slope * left], [right, slope * right]]), np.float32)


def _crossbar(strokes: Sequence[Points], rng: Rng) -> Points:
    """A short bar across the stem, half-way up."""
    points = np.concatenate(strokes)
    height = rng.uniform(-0.1, 0.18)
    stem = points[np.abs(points[:, 1] - height).argmin()]
    left, right = rng.uniform(0.08, 0.25, 2)
    slope = rng.normal(-0.1, 0.15)
    return np.asarray(stem + np.array([[-left, -slope * left], [right, slope * right]]), np.float32)
