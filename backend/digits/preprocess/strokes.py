"""Pen strokes -> the square that the network reads. No picture in between, so the width of the pen does not matter."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from digits.candidates import Box
from digits.geometry import DIGIT
from digits.preprocess.square import Bytes8, Floats, make_square

Points = NDArray[np.floating]  # (n, 2): x, y in writing order, y down
Strokes = Sequence[Points]  # in writing order, in any unit

PEN = 2.0  # pixels of the square: the median stroke width of MNIST's digits
FINER = 8  # the strokes are drawn this many times finer than the square and then averaged
SHIFT = 4  # fractional bits of OpenCV's coordinates
TAP = 0.04  # a stroke no longer than this share of the longest stroke may be a stray tap of the finger ...
APART = 0.1  # ... if it is further from the box of the longer strokes than this share of the box's longer side


def square_of_strokes(strokes: Strokes, pen: float = PEN) -> Bytes8:
    """At least one stroke of at least one point each, in any unit -> (SIDE, SIDE), by MNIST's conventions.

    `pen` is the stroke width in pixels of the square.
    """
    return make_square(ink_of_strokes(strokes, pen))


def ink_of_strokes(strokes: Strokes, pen: float = PEN) -> Floats:
    """Ink density (height, width), cropped, FINER times as fine as the square and without stray taps."""
    breadth = round(pen * FINER)
    return drawn(without_taps(strokes), DIGIT * FINER - breadth, breadth)


def drawn(strokes: Strokes, length: float, breadth: int) -> Floats:
    """Ink density (height, width), cropped: the longest side is `length` pixels long, and `breadth` is the pen's width.

    At least one stroke of at least one point each, in any unit.
    """
    left, top, width, height = bounds(strokes)
    longest = max(width, height) or 1.0
    margin = breadth  # room for the pen on each side
    page = np.zeros([2 * margin + 1 + int(np.ceil(side / longest * length)) for side in (height, width)], np.uint8)
    for stroke in strokes:
        places = (np.asarray(stroke, np.float64) - (left, top)) / longest * length + margin  # `longest` may be tiny
        line = np.rint(places * 2**SHIFT).astype(np.int32)
        line = np.vstack([line, line[-1:] + 1])  # OpenCV does not draw a single point
        cv2.polylines(page, [line.reshape(-1, 1, 2)], False, 255, breadth, cv2.LINE_AA, SHIFT)
    x, y, wide, high = cv2.boundingRect(page)
    return np.divide(page[y : y + high, x : x + wide], 255, dtype=np.float32)


def bounds(strokes: Strokes) -> Box:
    """Bounding box of all points: x, y, width, height."""
    points = np.concatenate([np.asarray(stroke, np.float64) for stroke in strokes])
    (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
    return float(left), float(top), float(right - left), float(bottom - top)


def ink_box(strokes: Strokes, pen: float = PEN) -> Box:
    """Bounding box of the ink that `square_of_strokes` draws, in the units of the strokes."""
    left, top, width, height = bounds(without_taps(strokes))
    half = pen / 2 / (DIGIT - pen) * max(width, height)
    return left - half, top - half, width + 2 * half, height + 2 * half


def without_taps(strokes: Strokes) -> list[Points]:
    """The strokes without stray taps: tiny ones that lie apart from all others, however far."""
    sizes = [max(bounds([stroke])[2:]) for stroke in strokes]
    tiny = [size <= TAP * max(sizes) for size in sizes]
    rest = [stroke for stroke, small in zip(strokes, tiny, strict=True) if not small]
    if not rest or len(rest) == len(strokes):
        return list(strokes)
    left, top, width, height = bounds(rest)
    reach = APART * max(width, height)

    def near(stroke: Points) -> bool:
        x, y, *_ = bounds([stroke])
        return left - reach <= x <= left + width + reach and top - reach <= y <= top + height + reach

    return [stroke for stroke, small in zip(strokes, tiny, strict=True) if not small or near(stroke)]
