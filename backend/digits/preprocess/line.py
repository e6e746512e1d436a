"""Ink of a number -> the image of a line that the line network reads."""

from __future__ import annotations

import cv2
import numpy as np

from digits.preprocess.square import Bytes8, Floats
from digits.preprocess.strokes import Strokes, bounds

HEIGHT = 32  # pixels of the line
BORDER = 2  # pixels above and below the ink
INK = HEIGHT - 2 * BORDER  # height of the ink's bounding box
MARGIN = 4  # pixels left and right of the ink
WIDEST = 640  # pixels of the ink; a longer line is squeezed
PEN = 2.5  # pixels: stroke width of strokes that are drawn
FINER = 4  # strokes are drawn this many times finer than the line and then averaged
SHIFT = 4  # fractional bits of OpenCV's coordinates


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
    left, top, width, height = bounds(strokes)
    across, down = WIDEST * FINER, (INK - PEN) * FINER
    scale = min(down / max(height, 1e-9), across / max(width, 1e-9)) if width or height else 1.0
    breadth = round(PEN * FINER)
    size = [round(side * scale) + 2 * breadth for side in (height, width)]
    page = np.zeros(size, np.uint8)
    for stroke in strokes:
        places = (np.asarray(stroke, np.float64) - (left, top)) * scale + breadth
        line = np.rint(places * 2**SHIFT).astype(np.int32)
        line = np.vstack([line, line[-1:] + 1])  # OpenCV does not draw a single point
        cv2.polylines(page, [line.reshape(-1, 1, 2)], False, 255, breadth, cv2.LINE_AA, SHIFT)
    x, y, wide, high = cv2.boundingRect(page)
    return line_of_ink((page[y : y + high, x : x + wide] / 255).astype(np.float32))
