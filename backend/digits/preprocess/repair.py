"""Repair of files that browsers show although they are damaged.

Pillow's own switch, LOAD_TRUNCATED_IMAGES, applies to the whole process and to every format, and accepts a picture of
which nearly everything is missing. It stays off.
"""

from __future__ import annotations

import struct

import cv2
import numpy as np
from numpy.typing import NDArray

PNG = b"\x89PNG\r\n\x1a\n"
JPEG = b"\xff\xd8\xff"
END_OF_IMAGE = b"\xff\xd9"
NOISE = bytes(range(1, 250)) * 16  # no marker is in it
DIFFERENT = 24  # grey levels
MISSING = 0.12  # greatest share of a picture that may be missing

#: The chunks that decide what a PNG looks like (PNG specification, third edition, section 11).
NEEDED_CHUNKS = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"})


def repair(data: bytes) -> bytes | None:
    """The file without what is damaged but not needed, or None when there is nothing to repair."""
    if data.startswith(PNG):
        return _needed_chunks(data)
    if data.startswith(JPEG) and not data.rstrip(b"\0").endswith(END_OF_IMAGE):
        return data + END_OF_IMAGE
    return None


def refill(data: bytes) -> bytes:
    """The same JPEG with noise in place of what is missing."""
    return data.removesuffix(END_OF_IMAGE) + NOISE + END_OF_IMAGE


def without_missing(shown: NDArray[np.uint8], again: NDArray[np.uint8]) -> NDArray[np.uint8] | None:
    """A repaired JPEG, (height, width), with background where its file had no data: where the two decodings differ.

    None when too much of it is missing.
    """
    x, y, width, height = cv2.boundingRect((cv2.absdiff(shown, again) > DIFFERENT).view(np.uint8))
    if width * height > MISSING * shown.size:
        return None
    filled = shown.copy()
    filled[y : y + height, x : x + width] = np.median(shown)
    return filled


def _needed_chunks(data: bytes) -> bytes | None:
    """A PNG without colour profiles, texts, EXIF and whatever else may be damaged. Orientation is lost, too."""
    kept, place = [PNG], len(PNG)
    while place + 12 <= len(data):
        (length,) = struct.unpack_from(">I", data, place)
        end = place + 12 + length
        if data[place + 4 : place + 8] in NEEDED_CHUNKS:
            kept.append(data[place:end])
        place = end
    return b"".join(kept) if len(kept) > 1 else None
