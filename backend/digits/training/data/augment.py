"""Augmentation: one digit as many hands and pens would write it.

The result is a small page, bright on black, that goes through the preprocessing of the server. The network therefore
trains on the kind of square that it will read.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields

import cv2
import numpy as np

from digits import preprocess
from digits.geometry import DIGIT, SIDE
from digits.training.data import Bytes8, Floats, Rng
from digits.training.data.degradations import degrade

#: Maps coordinates (..., 2), x and y. The digit's centre is (0, 0), its longest side 1.
Warp = Callable[[Floats], Floats]

DIGIT_PIXELS = 40  # longest side of a scanned digit on its page: twice as fine as the network's square
PAGE_PIXELS = 80  # side of that page: room for rotation and slant
WAVES = 2  # in a wobble


@dataclass(frozen=True)
class Ranges:
    """How far each augmentation goes. A range is uniform from -value to +value where nothing else is said."""

    rotation: float = 14.0  # degrees
    shear: float = 0.25  # horizontal shift per unit of height
    stretch: float = 0.22  # natural logarithm of width over height
    strong: float = 0.15  # share of the digits with a strong slant, and share with a strong stretch
    strong_shear: float = 1.0  # to the right (45 degrees); half as much to the left
    strong_stretch: float = 0.7  # from half to twice the width
    wobble: float = 0.025  # standard deviation of a wave's amplitude, in digit lengths
    thinner: float = 1.5  # pixels taken off each side of a scanned stroke, at most
    thicker: float = 2.2  # pixels added to each side, at most
    marker: float = 0.15  # share of the digits with a marker, which closes small loops
    marker_thicker: float = 3.2  # pixels that a marker adds to each side of a scanned stroke, at most
    nib: float = 0.15  # share of the digits whose strokes are broader in one direction
    degraded: float = 0.35  # share of the pages that are degraded
    untouched: float = 0.1  # share of the scans that keep their shape and ink, because warping blurs every edge
    stroke_shift: float = 0.04  # standard deviation of a pen stroke's displacement, in digit lengths
    cut_ends: float = 0.08  # share of a pen stroke's points that are cut off at either end, at most
    flourish: float = 0.2  # share of the pen-stroke digits with a hook, a foot, a crossbar or an overlong end
    direct: float = 0.25  # share of the pen-stroke digits that are not drawn on a page, as the API reads strokes


#: No augmentation.
NONE = Ranges(**{one.name: 0.0 for one in fields(Ranges)})


#: Digits nearly as they are served: for half of the chunks of every epoch, and for the last epochs.
MILD = Ranges(
    rotation=8.0,
    shear=0.15,
    stretch=0.12,
    strong=0.04,
    wobble=0.012,
    thinner=0.8,
    thicker=1.2,
    marker=0.06,
    degraded=0.12,
    untouched=0.35,
    stroke_shift=0.015,
    cut_ends=0.04,
    flourish=0.06,
    direct=0.25,
)


def augmented_squares(digits: Bytes8, seed: int, ranges: Ranges | None = None) -> Bytes8:
    """(n, side, side) centred digits -> (n, SIDE, SIDE): each augmented, then preprocessed as by the server.

    A digit that is lost on the way is preprocessed without augmentation. Raises ValueError for a blank digit.
    """
    rng = np.random.default_rng(seed)
    ranges = ranges or Ranges()
    return np.stack([to_square(degrade(distort(digit, rng, ranges), rng, ranges.degraded), digit) for digit in digits])


def preprocessed_squares(pages: Bytes8) -> Bytes8:
    """(n, height, width) bright on black -> (n, SIDE, SIDE) as served. Raises ValueError for a blank page."""
    return np.stack([to_square(page) for page in pages])


def to_square(*pages: Bytes8) -> Bytes8:
    """Preprocess the first of the pages on which ink is found -> (SIDE, SIDE). Raises ValueError when all are blank."""
    for page in pages:
        square = preprocess.normalize(preprocess.Page(page, (1.0, 1.0))).square
        if square is not None:
            return square
    raise ValueError("The digit is blank.")


# --- another writer ---------------------------------------------------------------------------------------------------


def random_warp(rng: Rng, ranges: Ranges, backward: bool = False) -> Warp:
    """Rotate, slant and stretch about the centre, and bend by a few long waves.

    A `backward` warp maps a pixel of the result to its place in the original.
    """
    angle = np.deg2rad(rng.uniform(-ranges.rotation, ranges.rotation))
    lean = rng.uniform(-ranges.shear, ranges.shear)
    if rng.random() < ranges.strong:
        lean = rng.uniform(-ranges.strong_shear / 2, ranges.strong_shear)
    shear = lean if backward else -lean
    most = ranges.strong_stretch if rng.random() < ranges.strong else ranges.stretch
    stretch = np.exp(rng.uniform(-most, most) / 2)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    matrix = turn @ np.array([[stretch, shear], [0, 1 / stretch]])  # (2, 2)
    if backward:  # shrink what would not fit on the page
        extent = np.abs(np.linalg.inv(matrix)).sum(axis=1).max()
        matrix = matrix * max(1.0, extent * DIGIT_PIXELS / (0.9 * PAGE_PIXELS))
    matrix = matrix.astype(np.float32)
    frequencies = rng.uniform(-6, 6, (2, WAVES)).astype(np.float32)  # radians per digit length
    phases = rng.uniform(0, 2 * np.pi, WAVES).astype(np.float32)
    amplitudes = rng.normal(0, ranges.wobble, (WAVES, 2)).astype(np.float32)

    def warp(points: Floats) -> Floats:
        return np.asarray(points @ matrix.T + np.sin(points @ frequencies + phases) @ amplitudes)

    return warp


def distort(digit: Bytes8, rng: Rng, ranges: Ranges) -> Bytes8:
    """(side, side) digit, DIGIT / SIDE of the side long -> page of PAGE_PIXELS, as if another writer had written it."""
    if rng.random() < ranges.untouched:
        return _enlarged(digit)
    page = _warped(digit, random_warp(rng, ranges, backward=True))
    most = ranges.marker_thicker if rng.random() < ranges.marker else ranges.thicker
    change = float(rng.uniform(-ranges.thinner, most))
    if change > 0 and rng.random() < ranges.nib:
        return broadened_in_one_direction(page, 2 * change, rng)
    return _change_pen(page, change)


def _enlarged(digit: Bytes8) -> Bytes8:
    """The digit on a page with hard pixels, as large as the augmented ones."""
    times = max(1, round(DIGIT_PIXELS * SIDE / DIGIT / len(digit)))
    return np.pad(digit.repeat(times, axis=0).repeat(times, axis=1), (PAGE_PIXELS - times * len(digit)) // 2)


def broadened_in_one_direction(page: Bytes8, pixels: float, rng: Rng) -> Bytes8:
    """Strokes broader by `pixels` in one direction, as a broad nib writes them."""
    angle = rng.uniform(0, np.pi)
    reach = pixels / 2 * np.array([np.cos(angle), np.sin(angle)])
    side = 2 * int(np.ceil(np.abs(reach).max())) + 1
    edge = np.zeros((side, side), np.uint8)
    ends = [tuple(np.rint((side // 2 + one) * 16).astype(int).tolist()) for one in (-reach, reach)]
    cv2.line(edge, ends[0], ends[1], 1, 1, cv2.LINE_8, 4)
    return np.asarray(cv2.dilate(page, edge), np.uint8)


def _warped(digit: Bytes8, warp: Warp) -> Bytes8:
    """(side, side) -> (PAGE_PIXELS, PAGE_PIXELS), by a backward warp."""
    side = len(digit)
    across = ((np.arange(PAGE_PIXELS) - (PAGE_PIXELS - 1) / 2) / DIGIT_PIXELS).astype(np.float32)
    places = np.stack(np.meshgrid(across, across), axis=-1)  # (PAGE_PIXELS, PAGE_PIXELS, 2)
    sources = warp(places) * (side * DIGIT / SIDE) + (side - 1) / 2
    return np.asarray(cv2.remap(digit, sources[..., 0], sources[..., 1], cv2.INTER_LINEAR), np.uint8)


def _change_pen(page: Bytes8, pixels: float) -> Bytes8:
    """Strokes broader by `pixels` on each side, or finer where it is negative, but never below two pixels."""
    change = cv2.dilate if pixels > 0 else cv2.erode
    size = abs(pixels) if pixels > 0 else min(-pixels, max(0.0, _half_width(page) - 1.0))
    whole = int(size)
    less, more = (change(page, _disc(radius)) for radius in (whole, whole + 1))
    return np.asarray(cv2.addWeighted(less, 1 - (size - whole), more, size - whole, 0), np.uint8)


def _half_width(page: Bytes8) -> float:
    """Half the stroke width in pixels: the mean of the distance transform's ridge."""
    depth = cv2.distanceTransform((page > 127).astype(np.uint8), cv2.DIST_L2, 3)
    ridge = depth[(depth > 0) & (depth >= cv2.dilate(depth, _disc(1)))]
    return float(ridge.mean()) if ridge.size else 0.0


def _disc(radius: int) -> Bytes8:
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1)), np.uint8)
