"""The explanation as a picture: which pixels support the digit, and which count against it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Bytes8 = NDArray[np.uint8]
Floats = NDArray[np.float32]

FOR, AGAINST = (0, 90, 200), (230, 120, 0)  # blue and orange, which almost everybody can tell apart

#: What the colours mean, as CSS colours. The API sends it, and the page prints it.
LEGEND = {name: "#{:02x}{:02x}{:02x}".format(*colour) for name, colour in (("for", FOR), ("against", AGAINST))}


def heatmap(evidence: Floats) -> Bytes8:
    """Evidence (height, width), positive for and negative against -> (height, width, 4) RGBA; opacity is strength."""
    strongest = float(np.abs(evidence).max())
    # The square root makes weak evidence visible.
    opacity = np.sqrt(np.abs(evidence) / strongest) if strongest > 0 else np.zeros_like(evidence)
    colours = np.where(evidence[..., None] >= 0, FOR, AGAINST)
    return np.dstack([colours, np.rint(255 * opacity)]).astype(np.uint8)
