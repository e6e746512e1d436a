"""The orientation in which a browser shows a picture.

Browsers follow the EXIF orientation of JPEG and PNG, and the rotation and mirroring in the container of HEIC and AVIF.
They ignore XMP, and the EXIF block of WebP (observed in Chromium 156).
"""

from __future__ import annotations

from PIL import Image

TAG = 0x0112  # of the orientation in EXIF
CONTAINER_HEADER = 2**16  # bytes in which a HEIC file describes its items
TRANSPOSE = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def transpose_of(picture: Image.Image, data: bytes) -> Image.Transpose | None:
    """What makes a decoded picture upright; None when it is upright already."""
    return TRANSPOSE.get(_orientation(picture, data))


def _orientation(picture: Image.Image, data: bytes) -> int:
    """1 to 8 as in EXIF; 1 is upright."""
    if picture.format in ("WEBP", "TIFF"):  # Pillow rotates a TIFF while it loads it
        return 1
    if picture.format == "HEIF":  # libheif applies the container's rotation and mirroring, if there are any
        applied = any(box in data[:CONTAINER_HEADER] for box in (b"irot", b"imir"))
        return 1 if applied else int(picture.info.get("original_orientation") or 1)
    exif = Image.Exif()
    try:
        exif.load(picture.info.get("exif", b""))
        return int(exif.get(TAG, 1))
    except Exception:  # Pillow raises anything on a damaged block, which browsers ignore
        return 1
