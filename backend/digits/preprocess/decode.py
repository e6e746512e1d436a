"""Bytes of a picture -> upright greyscale page."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace

import numpy as np
import pillow_heif
from numpy.typing import NDArray
from PIL import Image

from digits.errors import TooManyBytes, TooManyPixels, UnreadablePicture
from digits.preprocess import orientation
from digits.preprocess.grey import to_grey, to_plain_mode, without_empty_alpha
from digits.preprocess.repair import refill, repair, without_missing

pillow_heif.register_heif_opener()
Image.MAX_IMAGE_PIXELS = None  # `decode` enforces its own limit, with its own message

Bytes8 = NDArray[np.uint8]

#: Pillow has many more decoders. Only these may process bytes from strangers: each one is attack surface.
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "HEIF")

WORKING_SIDE = 640  # a digit a tenth as wide as its picture still has three times the pixels that it needs


@dataclass(frozen=True)
class Limits:
    """What a picture may cost. All are checked before any pixel is decoded."""

    size: int = 16 * 2**20  # bytes
    pixels: int = 25_000_000
    jpeg_pixels: int = 60_000_000  # as phones take them; a JPEG is shrunk while it is decoded


@dataclass(frozen=True)
class Page:
    """A decoded picture, upright."""

    grey: Bytes8  # (height, width), at most WORKING_SIDE
    scale: tuple[float, float]  # pixels of the picture per pixel of `grey`, horizontally and vertically
    format: str = ""  # of the file


def decode(data: bytes, limits: Limits | None = None) -> Page:
    """A picture in any of FORMATS and in any colour mode -> page.

    Raises TooManyBytes and TooManyPixels before decoding, and UnreadablePicture.
    """
    limits = limits or Limits()
    if len(data) > limits.size:
        raise TooManyBytes(f"The picture has {len(data):,} bytes. The limit is {limits.size:,}.")
    try:
        return _decode(data, limits)
    except TooManyPixels:
        raise
    except Exception as error:  # decoders raise anything on damaged files, from IndexError to struct.error
        page = _repaired(data, limits)
        if page is None:
            raise UnreadablePicture(_why_unreadable(data)) from error
        return page


def _repaired(data: bytes, limits: Limits) -> Page | None:
    """A damaged picture as browsers show it; None when they do not. Raises TooManyPixels."""
    repaired = repair(data)
    if repaired is None:
        return None
    try:
        page = _decode(repaired, limits)
        if page.format != "JPEG":
            return page
        grey = without_missing(page.grey, _decode(refill(repaired), limits).grey)
    except TooManyPixels:
        raise
    except Exception:
        return None
    return None if grey is None else replace(page, grey=grey)


def _decode(data: bytes, limits: Limits) -> Page:
    """Raises TooManyPixels before it decodes, and whatever Pillow raises for a damaged file."""
    picture = Image.open(io.BytesIO(data), formats=FORMATS)
    width, height = picture.size
    # MPO is a JPEG with a depth map or a gain map, as phones write it.
    most = limits.jpeg_pixels if picture.format in ("JPEG", "MPO") else limits.pixels
    if width * height > most:
        raise TooManyPixels(f"The picture has {width} x {height} = {width * height:,} pixels. The limit is {most:,}.")
    picture.draft(None, (WORKING_SIDE, WORKING_SIDE))
    picture.load()
    file_format = picture.format or ""
    operation = orientation.transpose_of(picture, data)
    grey = np.asarray(to_grey(_shrink(to_plain_mode(_thin_out(without_empty_alpha(picture))))))  # (height, width) uint8
    if operation is not None:
        grey = np.ascontiguousarray(np.asarray(Image.fromarray(grey).transpose(operation)))
    if (width > height) != (grey.shape[1] > grey.shape[0]):  # Pillow rotates a TIFF while it loads it
        width, height = height, width
    return Page(grey, (width / grey.shape[1], height / grey.shape[0]), file_format)


def _why_unreadable(data: bytes) -> str:
    if not data:
        return "The picture is empty: it has 0 bytes."
    return f"These {len(data):,} bytes are not a complete picture in one of the formats {', '.join(FORMATS)}."


def _thin_out(picture: Image.Image) -> Image.Image:
    """Drop pixels of a very large picture before a conversion makes each of them larger.

    L and RGB are as small as they get, and are averaged later. Of the other modes, 16 pixels remain for each pixel of
    the page, so that no stroke is lost that the page would show.
    """
    if picture.mode in ("L", "RGB"):
        return picture
    return _fit(picture, 4 * WORKING_SIDE, Image.Resampling.NEAREST)


def _shrink(picture: Image.Image) -> Image.Image:
    return _fit(picture, WORKING_SIDE, Image.Resampling.BOX)


def _fit(picture: Image.Image, side: int, method: Image.Resampling) -> Image.Image:
    """Resize to at most `side` pixels, keeping the aspect ratio."""
    longest = max(picture.size)
    if longest <= side:
        return picture
    width, height = (max(1, round(length * side / longest)) for length in picture.size)
    return picture.resize((width, height), method, reducing_gap=None if method == Image.Resampling.NEAREST else 2)
