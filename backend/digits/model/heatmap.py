"""The explanation as a picture: which pixels support the digit, and which count against it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Bytes8 = NDArray[np.uint8]
Floats = NDArray[np.float32]

FOR, AGAINST = (0, 90, 200), (230, 120, 0)  # blue and orange, which almost everybody can tell apart

#: What the colours mean, as CSS colours. The API sends it, and the page prints it.
LEGEND = {name: "#{:02x}{:02x}{:02x}".format(*colour) for name, colour in (("for", FOR), ("against", AGAINST))}


WEAK = 0.12  # share of the strongest evidence below which a pixel stays clear: noise of the gradients
FULL_INK = 96  # brightness from which a pixel of the square counts as ink
BINOMIAL = 0.25, 0.5, 0.25  # smooths by about a pixel: single pixels do not mean anything


def heatmap(evidence: Floats, square: Bytes8) -> Bytes8:
    """How the ink of a square speaks for or against a digit.

    `evidence` (height, width) is positive for and negative against; `square` (height, width) is bright where there is
    ink. -> (height, width, 4) RGBA, whose opacity is the strength. Where there is no ink, it is transparent.
    """
    ink = np.minimum(1.0, _smooth(square.astype(np.float32)) / FULL_INK)
    shown = _smooth(evidence) * ink
    strongest = float(np.abs(shown).max())
    share = np.abs(shown) / strongest if strongest > 0 else np.zeros_like(shown)
    opacity = np.where(share < WEAK, 0, np.sqrt(share))  # the square root makes weaker evidence visible
    colours = np.where(shown[..., None] >= 0, FOR, AGAINST)
    return np.dstack([colours, np.rint(255 * opacity)]).astype(np.uint8)


def _smooth(values: Floats) -> Floats:
    """The weighted mean of each pixel and its neighbours."""
    for axis in (0, 1):
        padded = np.pad(values, [(1, 1) if one == axis else (0, 0) for one in (0, 1)])
        length = values.shape[axis]
        parts = [np.take(padded, np.arange(at, at + length), axis) for at in range(len(BINOMIAL))]
        values = np.tensordot(BINOMIAL, np.stack(parts), 1).astype(np.float32)
    return values
