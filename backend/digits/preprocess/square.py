"""Ink density -> the square that the network reads, by MNIST's conventions (see geometry.py)."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from digits.geometry import CENTRE, DIGIT, SIDE

Bytes8 = NDArray[np.uint8]
Floats = NDArray[np.float32]


def make_square(density: Floats) -> Bytes8:
    """Ink density (height, width), cropped to the ink -> (SIDE, SIDE) uint8."""
    digit = _scale(density)
    digit = np.rint(digit * (255 / digit.max())).astype(np.uint8)
    return _centre(digit)


def _scale(density: Floats) -> Floats:
    """Scale the longest side to DIGIT, keeping the aspect ratio; by area when shrinking, so thin strokes remain."""
    height, width = density.shape
    factor = DIGIT / max(height, width)
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    method = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    return np.clip(cv2.resize(density, size, interpolation=method), 0, 1).astype(np.float32)


def _centre(digit: Bytes8) -> Bytes8:
    """Shift by whole pixels until the centre of mass lies at CENTRE, or as close as the edges of the square allow."""
    height, width = digit.shape
    moments = cv2.moments(digit)
    top = min(max(round(CENTRE - moments["m01"] / moments["m00"]), 0), SIDE - height)
    left = min(max(round(CENTRE - moments["m10"] / moments["m00"]), 0), SIDE - width)
    square = np.zeros((SIDE, SIDE), np.uint8)
    square[top : top + height, left : left + width] = digit
    return square
