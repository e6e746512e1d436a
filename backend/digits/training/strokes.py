"""Pen strokes as pictures: what a canvas would show had another hand drawn the same digit with another pen."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from digits.training.augment import Ranges, Rng, held_aslant, random_warp, to_square
from digits.training.degrade import degrade

Bytes8 = NDArray[np.uint8]
Points = NDArray[np.float32]  # (n, 2): x, y in the order of writing, y downwards

PENS = 0.018, 0.23  # from hair to marker, in lengths of the digit: 4 to 46 pixels of a digit of 200
LENGTH = 76  # of the digit on its page, in pixels, as near as OpenCV's pens allow
HAIR, FRINGE = (
    1.35,
    2.4,
)  # measured: how broad OpenCV's smooth line of one pixel is, and by how much a broader one is more
SHIFT = 4  # bits of a pixel's fraction that OpenCV draws with


@dataclass(frozen=True)
class Written:
    """One character as a pen wrote it."""

    label: str
    writer: str
    strokes: tuple[Points, ...]  # any unit


def load_written(file: Path) -> list[Written]:
    """Characters of a `*.strokes.json.gz`: a list of objects with `label`, `writer` and `strokes`."""
    with gzip.open(file, "rt", encoding="utf-8") as opened:
        return [Written(str(one["label"]), one["writer"], _points(one["strokes"])) for one in json.load(opened)]


def _points(strokes: list[list[list[float]]]) -> tuple[Points, ...]:
    return tuple(np.array(stroke, np.float32).reshape(-1, 2) for stroke in strokes if stroke)


def split_by_writer(written: Sequence[Written]) -> tuple[list[Written], list[Written]]:
    """Training and validation with no writer in both: every tenth writer in alphabetic order is for validation."""
    held_out = set(sorted({one.writer for one in written})[::10])
    return [one for one in written if one.writer not in held_out], [one for one in written if one.writer in held_out]


def written_squares(written: Sequence[Written], seed: int, ranges: Ranges | None = None) -> Bytes8:
    """N characters -> (n, 28, 28), each drawn anew by another hand with another pen, prepared as when it is served."""
    rng = np.random.default_rng(seed)
    ranges = ranges or Ranges()
    return np.stack([_square(one.strokes, rng, ranges) for one in written])


def _square(strokes: Sequence[Points], rng: Rng, ranges: Ranges) -> Bytes8:
    return to_square(degrade(another_hand(strokes, rng, ranges), rng, ranges.degraded), draw(strokes, pen=0.08))


def another_hand(strokes: Sequence[Points], rng: Rng, ranges: Ranges) -> Bytes8:
    """The same character on a page, bright on black, as another hand with another pen would write it."""
    warp = random_warp(rng, ranges)
    pen = float(np.exp(rng.uniform(*np.log(PENS))))
    smooth = rng.random() < 0.5
    moved = [_moved(_smoothed(stroke) if smooth else stroke, rng, ranges) for stroke in to_unit(strokes)]
    page = draw([warp(stroke) for stroke in moved], pen)
    return held_aslant(page, rng.uniform(1, 8), rng) if rng.random() < ranges.nib else page


def _moved(stroke: Points, rng: Rng, ranges: Ranges) -> Points:
    """A stroke a little beside its place and of a little other size, begun later and ended sooner."""
    first, last = (int(len(stroke) * rng.uniform(0, ranges.ends) * (rng.random() < 0.5)) for _ in range(2))
    kept = stroke[first : max(len(stroke) - last, first + 1)]
    middle = kept.mean(axis=0)
    size = np.exp(rng.normal(0, 1.5 * ranges.strokes))
    return np.asarray(middle + size * (kept - middle) + rng.normal(0, ranges.strokes, 2), np.float32)


def to_unit(strokes: Sequence[Points]) -> list[Points]:
    """Middle at (0, 0) and longest side 1."""
    points = np.concatenate(strokes)
    low, high = points.min(axis=0), points.max(axis=0)
    return [(stroke - (low + high) / 2) / max(float((high - low).max()), 1e-6) for stroke in strokes]


def _smoothed(stroke: Points) -> Points:
    """Without the staircase of a coarse tablet: each point between its neighbours, the ends where they are."""
    inner = (stroke[:-2] + 2 * stroke[1:-1] + stroke[2:]) / 4
    return np.concatenate([stroke[:1], inner, stroke[-1:]]) if len(stroke) > 2 else stroke


def draw(strokes: Sequence[NDArray[np.floating]], pen: float) -> Bytes8:
    """Strokes in any unit -> a page, bright on black, drawn with a round pen of `pen` lengths of the digit."""
    strokes = to_unit([np.asarray(stroke, np.float32) for stroke in strokes])
    width = max(1, 2 * round((pen * LENGTH - FRINGE - 1) / 2) + 1)  # the odd ones are evenly spaced
    breadth = HAIR if width == 1 else width + FRINGE
    length = breadth / pen  # so that the ratio is exact although OpenCV's pens are whole pixels wide
    side = round(length + 2 * breadth) + 8
    page = np.zeros((side, side), np.uint8)
    for stroke in strokes:
        places = np.rint((stroke * length + (side - 1) / 2) * 2**SHIFT).astype(np.int32)
        line = np.vstack([places, places[-1:] + 1])  # a point alone would not be drawn
        cv2.polylines(page, [line.reshape(-1, 1, 2)], False, 255, width, cv2.LINE_AA, SHIFT)
    return page
