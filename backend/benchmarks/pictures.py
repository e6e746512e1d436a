"""What is asked about: one drawn digit in many sizes, and as forms."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from PIL import Image, ImageFilter

from digits.settings import BACKEND

DRAWN = BACKEND / "docs" / "seven.png"  # as the page sent it: 280 pixels, grey
PHOTO = (4000, 3000)  # pixels: 12 megapixels
BOUNDARY = "digits-benchmark"
SEED = 1


class Form(NamedTuple):
    """A body to be posted."""

    body: bytes
    content_type: str = f"multipart/form-data; boundary={BOUNDARY}"


def form(pictures: Sequence[bytes], field: str = "image") -> Form:
    """As a browser sends files (RFC 7578)."""
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{field}"; filename="{number}.png"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n".encode()
        + picture
        + b"\r\n"
        for number, picture in enumerate(pictures)
    ]
    return Form(b"".join(parts) + f"--{BOUNDARY}--\r\n".encode())


def drawing(side: int) -> bytes:
    """The digit as a PNG of so many pixels, as clean as a canvas."""
    return _encoded(Image.open(DRAWN).resize((side, side), Image.Resampling.LANCZOS), "PNG")


def drawings(count: int) -> list[bytes]:
    """The digit at as many places of the sheet."""
    sheet = np.asarray(Image.open(DRAWN))
    return [_encoded(Image.fromarray(np.roll(sheet, number % 16 - 8, axis=1)), "PNG") for number in range(count)]


def photo(width: int, height: int) -> bytes:
    """The digit as a camera has it, as a JPEG: unsharp ink in uneven light, and a sensor's noise.

    The noise is what makes a photograph's file large and long to decode.
    """
    rng = np.random.default_rng(SEED)
    sheet = Image.open(DRAWN).resize((min(width, height),) * 2, Image.Resampling.BICUBIC)
    page = Image.new("L", (width, height), 255)
    page.paste(sheet, ((width - sheet.width) // 2, (height - sheet.height) // 2))
    ink = np.asarray(page.filter(ImageFilter.GaussianBlur(max(width, height) / 2000)), np.float32) / 255
    light = np.linspace(0.95, 0.7, width, dtype=np.float32) * np.linspace(1, 0.85, height, dtype=np.float32)[:, None]
    grey = (40 + 190 * ink) * light + 3 * rng.standard_normal((height, width), np.float32)
    colours = grey[..., None] * np.array([1.0, 0.98, 0.92], np.float32)
    colours += 3 * rng.standard_normal(colours.shape, np.float32)
    return _encoded(Image.fromarray(np.clip(colours, 0, 255).astype(np.uint8)), "JPEG", quality=90)


def _encoded(picture: Image.Image, kind: str, **options: Any) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()
