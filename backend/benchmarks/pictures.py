"""The pictures that are sent: one drawn digit in several sizes, as forms."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL import Image, ImageFilter

from digits.settings import BACKEND

DRAWN = BACKEND / "docs" / "seven.png"  # 280 px, greyscale, as the page sends it
PHOTOGRAPH = 4000, 3000  # pixels
BOUNDARY = "digits-benchmark"
CONTENT_TYPE = f"multipart/form-data; boundary={BOUNDARY}"


def form(pictures: Sequence[bytes], field: str = "image") -> bytes:
    """The body of a form with these files (RFC 7578)."""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{field}"; filename="7.png"\r\n\r\n'.encode()
    return b"".join(head + picture + b"\r\n" for picture in pictures) + f"--{BOUNDARY}--\r\n".encode()


def drawing(side: int = 280) -> bytes:
    """A PNG of a clean drawing."""
    return _encoded(Image.open(DRAWN).resize((side, side), Image.Resampling.LANCZOS), "PNG")


def photograph(width: int = PHOTOGRAPH[0], height: int = PHOTOGRAPH[1]) -> bytes:
    """A JPEG with uneven light and the noise of a sensor, which makes a photograph large and slow to decode."""
    rng = np.random.default_rng(1)
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
