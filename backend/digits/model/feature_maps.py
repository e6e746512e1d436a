"""The feature maps of the network as pictures: what each convolution sees in a square."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digits.data_url import to_data_url

Bytes8 = NDArray[np.uint8]
Floats = NDArray[np.float32]


def layers_of(activations: Mapping[str, Floats]) -> list[dict[str, Any]]:
    """Each layer's (height, width, channels) activations after ReLU -> its size and a picture, as in LayerSchema."""
    found = []
    for layer, maps in activations.items():
        height, width, channels = maps.shape
        image = to_data_url(side_by_side(maps))
        found.append({"layer": layer, "width": width, "height": height, "channels": channels, "image": image})
    return found


def side_by_side(maps: Floats) -> Bytes8:
    """(height, width, channels), not negative -> (height, channels * width) grey, relative to the layer's maximum."""
    height, width, channels = maps.shape
    strip = maps.transpose(0, 2, 1).reshape(height, channels * width)
    highest = float(maps.max(initial=0.0))
    return np.asarray(np.rint(strip * (255 / highest if highest > 0 else 0.0)), np.uint8)
