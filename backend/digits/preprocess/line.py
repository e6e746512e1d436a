"""Ink of a number -> the image of a line that the line network reads."""

from __future__ import annotations

import cv2
import numpy as np

from digits.preprocess.square import Bytes8, Floats
from digits.preprocess.strokes import Strokes, bounds, drawn

HEIGHT = 32  # pixels of the line
BORDER = 2  # pixels above and below the ink
INK = HEIGHT - 2 * BORDER  # height of the ink's bounding box
MARGIN = 4  # pixels left and right of the ink
WIDEST = 640  # pixels of the ink; a longer line is squeezed
PEN = 2.5  # pixels: stroke width of strokes that are drawn
FINER = 4  # strokes are drawn this many times finer than the line and then averaged
TINY = 1e-6  # share of the longest side: a lower or narrower number is a dash or an upright


def line_of_ink(density: Floats) -> Bytes8:
    """Ink density (height, width), cropped to the ink of one number -> (HEIGHT, width) uint8, bright on black."""
    height, width = density.shape
    factor = INK / height
    size = min(WIDEST, max(1, round(width * factor))), INK
    method = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    ink = np.clip(cv2.resize(density, size, interpolation=method), 0, 1)
    ink = np.rint(ink * (255 / max(float(ink.max()), 1e-6))).astype(np.uint8)
    return np.pad(ink, ((BORDER, BORDER), (MARGIN, MARGIN)))


def line_of_strokes(strokes: Strokes) -> Bytes8:
    """At least one stroke of at least one point each, in any unit -> (HEIGHT, width) uint8, bright on black."""
    *_, width, height = bounds(strokes)
    longest = max(width, height) or 1.0
    across, down = max(width / longest, TINY), max(height / longest, TINY)  # shares of the longest side
    breadth = round(PEN * FINER)
    return line_of_ink(drawn(strokes, min((INK * FINER - breadth) / down, WIDEST * FINER / across), breadth))
