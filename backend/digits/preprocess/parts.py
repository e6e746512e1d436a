"""In how many parts the ink lies: several digits lie apart, and the parts of a single digit hardly ever do."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from digits.preprocess.square import Floats

SOLID = 0.35  # density from which ink counts: the halo of a stroke may reach its neighbour
ALIKE = 0.3  # size of a part, relative to the largest one, from which it may be a digit


def count_parts(density: Floats) -> int:
    """Ink density (height, width) -> how many parts of similar size lie beside or above each other, with gaps."""
    inked = (density > SOLID).view(np.uint8)
    sums = (cv2.reduce(inked, axis, cv2.REDUCE_SUM, dtype=cv2.CV_32S).ravel() for axis in (0, 1))
    return max(_count(one > 0) for one in sums)


def _count(inked: NDArray[np.bool_]) -> int:
    """(n,) bool, whether there is ink -> how many runs of ink are at least ALIKE times as long as the longest one."""
    edges = np.flatnonzero(inked[1:] != inked[:-1]) + 1
    if inked[0]:
        edges = np.concatenate([[0], edges])
    if inked[-1]:
        edges = np.concatenate([edges, [inked.size]])
    lengths = edges[1::2] - edges[::2]
    return int((lengths >= ALIKE * lengths.max()).sum()) if lengths.size else 0
