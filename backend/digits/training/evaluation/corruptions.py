"""Corruptions of squares, after Mu and Gilmer: MNIST-C, a robustness benchmark for computer vision, 2019.

The kinds are those of the paper, implemented from its descriptions. The strengths are ours, so the figures cannot be
compared with the paper's. Each takes and returns (side, side) uint8, bright on black.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from digits.training.data import Bytes8, Rng
from digits.training.data.degradations import clouds, jpeg, to_levels

Floats = NDArray[np.floating]
Corruption = Callable[[Bytes8, Rng], Bytes8]


def _moved(square: Bytes8, matrix: list[list[float]], shift: tuple[float, float] = (0.0, 0.0)) -> Bytes8:
    """Apply a linear map about the centre, then a shift."""
    linear = np.array(matrix)
    middle = (len(square) - 1) / 2
    offset = middle - linear @ [middle, middle] + np.array(shift)
    return np.asarray(cv2.warpAffine(square, np.column_stack([linear, offset]), square.shape, flags=cv2.INTER_LINEAR))


def _either(rng: Rng, low: float, high: float) -> float:
    """Between low and high, of either sign."""
    return float(rng.uniform(low, high) * rng.choice([-1, 1]))


def _shift(square: Bytes8, rng: Rng) -> Bytes8:
    return _moved(square, [[1, 0], [0, 1]], (_either(rng, 1, 3), _either(rng, 1, 3)))


def _scale(square: Bytes8, rng: Rng) -> Bytes8:
    factor = float(rng.uniform(0.45, 0.75))
    return _moved(square, [[factor, 0], [0, factor]])


def _rotate(square: Bytes8, rng: Rng) -> Bytes8:
    angle = np.deg2rad(_either(rng, 15, 30))
    return _moved(square, [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


def _shear(square: Bytes8, rng: Rng) -> Bytes8:
    return _moved(square, [[1, _either(rng, 0.2, 0.5)], [0, 1]])


def _stretch(square: Bytes8, rng: Rng) -> Bytes8:
    return _moved(square, [[float(rng.uniform(0.5, 0.8)), 0], [0, 1]])


def _translucent(square: Bytes8, rng: Rng) -> Bytes8:
    return (square * rng.uniform(0.15, 0.4)).astype(np.uint8)


def _gaussian_blur(square: Bytes8, rng: Rng) -> Bytes8:
    return np.asarray(cv2.GaussianBlur(square, (0, 0), rng.uniform(1.0, 1.8)), np.uint8)


def _motion_blur(square: Bytes8, rng: Rng) -> Bytes8:
    kernel = np.zeros((9, 9), np.float32)
    angle = rng.uniform(0, np.pi)
    reach = 3.5 * np.array([np.cos(angle), np.sin(angle)])
    ends = [tuple(np.rint((4 + one) * 16).astype(int).tolist()) for one in (-reach, reach)]
    cv2.line(kernel, ends[0], ends[1], 1, 1, cv2.LINE_8, 4)
    return np.asarray(cv2.filter2D(square, -1, kernel / kernel.sum()), np.uint8)


def _glass_blur(square: Bytes8, rng: Rng) -> Bytes8:
    moves = rng.uniform(-1.3, 1.3, (2, *square.shape)).astype(np.float32)
    rows, columns = np.indices(square.shape).astype(np.float32)
    return np.asarray(cv2.remap(square, columns + moves[0], rows + moves[1], cv2.INTER_LINEAR), np.uint8)


def _shot_noise(square: Bytes8, rng: Rng) -> Bytes8:
    return to_levels(rng.poisson((square / 255.0 + 0.02) * 8) / 8 * 255)


def _gaussian_noise(square: Bytes8, rng: Rng) -> Bytes8:
    return to_levels(square + rng.normal(0, 30, square.shape))


def _impulse_noise(square: Bytes8, rng: Rng) -> Bytes8:
    chance = rng.random(square.shape)
    return np.where(chance < 0.03, 0, np.where(chance > 0.97, 255, square)).astype(np.uint8)


def _brightness(square: Bytes8, rng: Rng) -> Bytes8:
    return to_levels(square + rng.uniform(60, 160))


def _inverse(square: Bytes8, _: Rng) -> Bytes8:
    return 255 - square


def _fog(square: Bytes8, rng: Rng) -> Bytes8:
    fog = clouds(square.shape, 9, rng)
    fog = (fog - fog.min()) / (fog.max() - fog.min())
    return to_levels(0.55 * square + 110 * fog)


def _spatter(square: Bytes8, rng: Rng) -> Bytes8:
    drops = clouds(square.shape, 2.2, rng) > 1.9
    return np.where(drops, rng.uniform(100, 255), square).astype(np.uint8)


def _stripe(square: Bytes8, rng: Rng) -> Bytes8:
    """Invert a vertical stripe in the middle."""
    corrupted = square.copy()
    width = len(square) // 4
    left = (len(square) - width) // 2 + int(rng.integers(-1, 3))
    corrupted[:, left : left + width] = 255 - corrupted[:, left : left + width]
    return corrupted


def _lined(square: Bytes8, points: Floats) -> Bytes8:
    places = np.rint(points * 16).astype(np.int32).reshape(-1, 1, 2)
    return np.asarray(cv2.polylines(square.copy(), [places], False, 255, 1, cv2.LINE_AA, 4), np.uint8)


def _across(side: int, rng: Rng, count: int) -> Floats:
    """Points from the left edge to the right one."""
    left, right = (side * rng.uniform(0.15, 0.82, 2)).tolist()
    return np.stack([np.linspace(0, side - 1, count), np.linspace(left, right, count)], axis=1)


def _dotted_line(square: Bytes8, rng: Rng) -> Bytes8:
    for point in _across(len(square), rng, 12):
        square = _lined(square, np.stack([point, point + 0.3]))
    return square


def _zigzag(square: Bytes8, rng: Rng) -> Bytes8:
    points = _across(len(square), rng, 14)
    points[:, 1] += np.where(np.arange(14) % 2, 1.8, -1.8)
    return _lined(square, points)


def _canny_edges(square: Bytes8, _: Rng) -> Bytes8:
    return np.asarray(cv2.Canny(square, 60, 150), np.uint8)


def _quantized(square: Bytes8, _: Rng) -> Bytes8:
    return (np.rint(square / 85.0) * 85).astype(np.uint8)


def _jpeg(square: Bytes8, _: Rng) -> Bytes8:
    return jpeg(square, 10)


CORRUPTIONS: dict[str, Corruption] = {
    "nothing": lambda square, _: square,
    "shift": _shift,
    "scale": _scale,
    "rotation": _rotate,
    "shear": _shear,
    "stretch": _stretch,
    "translucence": _translucent,
    "inversion": _inverse,
    "brightness": _brightness,
    "fog": _fog,
    "Gaussian blur": _gaussian_blur,
    "motion blur": _motion_blur,
    "glass blur": _glass_blur,
    "shot noise": _shot_noise,
    "Gaussian noise": _gaussian_noise,
    "impulse noise": _impulse_noise,
    "spatter": _spatter,
    "JPEG of low quality": _jpeg,
    "quantization": _quantized,
    "Canny edges": _canny_edges,
    "stripe": _stripe,
    "dotted line": _dotted_line,
    "zigzag": _zigzag,
}
