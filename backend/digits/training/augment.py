"""One digit written in many ways: slanted, turned, squeezed, with a finer or a broader pen.

The distorted digit is a small page that goes through the served preparation like any other picture, so that the
network learns from the very squares that it will be asked about.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from digits import images

Bytes8 = NDArray[np.uint8]

ENLARGED = 2  # the page's pixels per pixel of the digit: room for the pen to change by less than a pixel
MARGIN = 12  # of the page, on each side: nothing is cut off by a turn


@dataclass(frozen=True)
class Ranges:
    """How far writing differs; each is drawn evenly from -value to +value unless it says otherwise."""

    degrees: float = 14.0
    shear: float = 0.25  # sideways per unit of height
    stretch: float = 0.22  # natural logarithm of width over height
    thinner: float = 1.5  # pixels of the enlarged page off each side of a stroke, at most
    thicker: float = 2.2  # and on


def distorted_squares(digits: Bytes8, seed: int, ranges: Ranges | None = None) -> Bytes8:
    """(n, height, width) bright on black -> (n, 28, 28), each distorted anew and then prepared as when it is served.

    A digit that is lost on the way (thinned to nothing) is prepared as it is. Raises ValueError for a blank digit.
    """
    rng = np.random.default_rng(seed)
    ranges = ranges or Ranges()
    return np.stack([_square(distort(digit, rng, ranges), digit) for digit in digits])


def prepared_squares(digits: Bytes8) -> Bytes8:
    """(n, height, width) bright on black -> (n, 28, 28) as they are served. Raises ValueError for a blank digit."""
    return np.stack([_square(digit, digit) for digit in digits])


def _square(page: Bytes8, otherwise: Bytes8) -> Bytes8:
    for candidate in (page, otherwise):
        square = images.normalize(images.Page(candidate, (1.0, 1.0))).square
        if square is not None:
            return square
    raise ValueError("The digit is blank.")


def distort(digit: Bytes8, rng: np.random.Generator, ranges: Ranges) -> Bytes8:
    """(height, width) -> an enlarged page with the same digit as another hand would write it."""
    return _change_pen(_warp(digit, rng, ranges), float(rng.uniform(-ranges.thinner, ranges.thicker)))


def _warp(digit: Bytes8, rng: np.random.Generator, ranges: Ranges) -> Bytes8:
    """Turn, shear and stretch about the middle."""
    angle = np.deg2rad(rng.uniform(-ranges.degrees, ranges.degrees))
    shear = rng.uniform(-ranges.shear, ranges.shear)
    stretch = np.exp(rng.uniform(-ranges.stretch, ranges.stretch) / 2)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    matrix = ENLARGED * turn @ np.array([[stretch, shear], [0, 1 / stretch]])  # (2, 2)
    height, width = digit.shape
    page = (width * ENLARGED + 2 * MARGIN, height * ENLARGED + 2 * MARGIN)
    shift = np.array(page) / 2 - matrix @ (np.array([width, height]) / 2)
    return cv2.warpAffine(digit, np.column_stack([matrix, shift]), page, flags=cv2.INTER_LINEAR)  # type: ignore[return-value]


def _change_pen(page: Bytes8, pixels: float) -> Bytes8:
    """Strokes broader by `pixels` on each side, or finer where it is negative but never below two pixels."""
    change = cv2.dilate if pixels > 0 else cv2.erode
    size = abs(pixels) if pixels > 0 else min(-pixels, max(0.0, _half_width(page) - 1.0))
    whole = int(size)
    less, more = (change(page, _disc(radius)) for radius in (whole, whole + 1))
    return cv2.addWeighted(less, 1 - (size - whole), more, size - whole, 0)  # type: ignore[return-value]


def _half_width(page: Bytes8) -> float:
    """Half the width of the strokes: the mean of the largest distances to paper along their middle, in pixels."""
    depth = cv2.distanceTransform((page > 127).astype(np.uint8), cv2.DIST_L2, 3)
    ridge = depth[(depth > 0) & (depth >= cv2.dilate(depth, _disc(1)))]
    return float(ridge.mean()) if ridge.size else 0.0


def _disc(radius: int) -> Bytes8:
    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))  # type: ignore[return-value]
