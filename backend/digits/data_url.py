"""Pixels as the data: URL of a PNG, and back."""

from __future__ import annotations

import base64
import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Bytes8 = NDArray[np.uint8]


def to_data_url(pixels: Bytes8) -> str:
    """(height, width) greyscale or (height, width, 4) RGBA, uint8 -> the same pixels as a data: URL."""
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode("ascii")


def from_data_url(url: str) -> Bytes8:
    """The pixels of a data: URL that `to_data_url` made of a greyscale picture, (height, width) uint8."""
    with Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2]))) as picture:
        return np.asarray(picture.convert("L"))
