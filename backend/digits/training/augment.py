"""One digit written in many ways: slanted, turned, squeezed, wobbling, with a finer or a broader pen, seen less well.

The distorted digit is a small page that goes through the served preparation like any other picture, so that the
network learns from the very squares that it will be asked about.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields

import cv2
import numpy as np
from numpy.typing import NDArray

from digits import images
from digits.training.degrade import degrade

Bytes8 = NDArray[np.uint8]
Floats = NDArray[np.float32]
Rng = np.random.Generator

#: Places -> places, both (..., 2) as x, y, where the digit's middle is (0, 0) and its longest side 1.
Warp = Callable[[Floats], Floats]

ENLARGED = 2  # a page's pixels per pixel of a scanned digit: room for the pen to change by less than a pixel
MARGIN = 12  # of the page, on each side: nothing is cut off by a turn
WAVES = 2  # that a wobble is made of


@dataclass(frozen=True)
class Ranges:
    """How far writing differs; each is drawn evenly from -value to +value unless it says otherwise."""

    degrees: float = 14.0
    shear: float = 0.25  # sideways per unit of height
    stretch: float = 0.22  # natural logarithm of width over height
    wobble: float = 0.025  # standard deviation of a wave's height, in lengths of the digit
    thinner: float = 1.5  # pixels of the enlarged page off each side of a stroke, at most
    thicker: float = 2.2  # and on
    nib: float = 0.15  # share of the digits whose strokes are broader in one direction
    degraded: float = 0.4  # share of the pages that are seen less well
    untouched: float = 0.1  # share of the scans that keep their shape and ink: a warp softens every edge
    strokes: float = 0.04  # how far a written stroke is moved: a standard deviation, in lengths of the digit
    ends: float = 0.08  # share of a written stroke's points that are left out at either end, at most


#: No distortion at all.
STILL = Ranges(**{one.name: 0.0 for one in fields(Ranges)})


def distorted_squares(digits: Bytes8, seed: int, ranges: Ranges | None = None) -> Bytes8:
    """(n, 28, 28) bright on black -> (n, 28, 28), each distorted anew and then prepared as when it is served.

    A digit that is lost on the way is prepared as it is. Raises ValueError for a blank digit.
    """
    rng = np.random.default_rng(seed)
    ranges = ranges or Ranges()
    return np.stack([to_square(degrade(distort(digit, rng, ranges), rng, ranges.degraded), digit) for digit in digits])


def prepared_squares(digits: Bytes8) -> Bytes8:
    """(n, height, width) bright on black -> (n, 28, 28) as they are served. Raises ValueError for a blank digit."""
    return np.stack([to_square(digit) for digit in digits])


def to_square(*pages: Bytes8) -> Bytes8:
    """The first of the pages on which the preparation finds ink, prepared. Raises ValueError when there is none."""
    for page in pages:
        square = images.normalize(images.Page(page, (1.0, 1.0))).square
        if square is not None:
            return square
    raise ValueError("The digit is blank.")


# --- another hand -----------------------------------------------------------------------------------------------------


def random_warp(rng: Rng, ranges: Ranges) -> Warp:
    """Turns, shears and stretches about the middle, and bends by a few long waves."""
    angle = np.deg2rad(rng.uniform(-ranges.degrees, ranges.degrees))
    shear = rng.uniform(-ranges.shear, ranges.shear)
    stretch = np.exp(rng.uniform(-ranges.stretch, ranges.stretch) / 2)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    matrix = (turn @ np.array([[stretch, shear], [0, 1 / stretch]])).astype(np.float32)  # (2, 2)
    frequencies = rng.uniform(-6, 6, (2, WAVES)).astype(np.float32)  # radians per length of the digit
    phases = rng.uniform(0, 2 * np.pi, WAVES).astype(np.float32)
    heights = rng.normal(0, ranges.wobble, (WAVES, 2)).astype(np.float32)

    def warp(places: Floats) -> Floats:
        return np.asarray(places @ matrix.T + np.sin(places @ frequencies + phases) @ heights)

    return warp


def distort(digit: Bytes8, rng: Rng, ranges: Ranges) -> Bytes8:
    """(28, 28) -> an enlarged page with the same digit as another hand would write it."""
    if rng.random() < ranges.untouched:
        return np.pad(digit.repeat(ENLARGED, axis=0).repeat(ENLARGED, axis=1), MARGIN)
    page = _warped(digit, random_warp(rng, ranges))
    change = float(rng.uniform(-ranges.thinner, ranges.thicker))
    return held_aslant(page, 2 * change, rng) if change > 0 and rng.random() < ranges.nib else _change_pen(page, change)


def held_aslant(page: Bytes8, pixels: float, rng: Rng) -> Bytes8:
    """Strokes broader by `pixels`, but only in one direction: as a nib writes, which has an edge and no point."""
    angle = rng.uniform(0, np.pi)
    reach = pixels / 2 * np.array([np.cos(angle), np.sin(angle)])
    side = 2 * int(np.ceil(np.abs(reach).max())) + 1
    edge = np.zeros((side, side), np.uint8)
    ends = [tuple(np.rint((side // 2 + one) * 16).astype(int).tolist()) for one in (-reach, reach)]
    cv2.line(edge, ends[0], ends[1], 1, 1, cv2.LINE_8, 4)
    return np.asarray(cv2.dilate(page, edge), np.uint8)


def _warped(digit: Bytes8, warp: Warp) -> Bytes8:
    side = images.SIDE * ENLARGED + 2 * MARGIN
    across = ((np.arange(side) - (side - 1) / 2) / (images.DIGIT * ENLARGED)).astype(np.float32)
    places = np.stack(np.meshgrid(across, across), axis=-1)  # (side, side, 2)
    # Where each of the page's pixels comes from: a warp backwards is as likely as one forwards.
    sources = warp(places) * images.DIGIT + (images.SIDE - 1) / 2
    return np.asarray(cv2.remap(digit, sources[..., 0], sources[..., 1], cv2.INTER_LINEAR), np.uint8)


def _change_pen(page: Bytes8, pixels: float) -> Bytes8:
    """Strokes broader by `pixels` on each side, or finer where it is negative but never below two pixels."""
    change = cv2.dilate if pixels > 0 else cv2.erode
    size = abs(pixels) if pixels > 0 else min(-pixels, max(0.0, _half_width(page) - 1.0))
    whole = int(size)
    less, more = (change(page, _disc(radius)) for radius in (whole, whole + 1))
    return np.asarray(cv2.addWeighted(less, 1 - (size - whole), more, size - whole, 0), np.uint8)


def _half_width(page: Bytes8) -> float:
    """Half the width of the strokes: the mean of the largest distances to paper along their middle, in pixels."""
    depth = cv2.distanceTransform((page > 127).astype(np.uint8), cv2.DIST_L2, 3)
    ridge = depth[(depth > 0) & (depth >= cv2.dilate(depth, _disc(1)))]
    return float(ridge.mean()) if ridge.size else 0.0


def _disc(radius: int) -> Bytes8:
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1)), np.uint8)
