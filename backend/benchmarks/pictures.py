"""What is sent: one drawn digit in several sizes, as forms and as JSON."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL import Image, ImageFilter

from digits.settings import BACKEND

DRAWN = BACKEND / "docs" / "seven.png"  # 280 px, greyscale, as the page sends it
PHOTOGRAPH = 4000, 3000  # pixels
BOUNDARY = "digits-benchmark"
CONTENT_TYPE = f"multipart/form-data; boundary={BOUNDARY}"
JSON = "application/json"


def form(pictures: Sequence[bytes], field: str = "image") -> bytes:
    """The body of a form with these files (RFC 7578)."""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{field}"; filename="7.png"\r\n\r\n'.encode()
    return b"".join(head + picture + b"\r\n" for picture in pictures) + f"--{BOUNDARY}--\r\n".encode()


def drawing(side: int = 280) -> bytes:
    """A PNG of a clean drawing."""
    return _encoded(Image.open(DRAWN).resize((side, side), Image.Resampling.LANCZOS), "PNG")


def number(digits: int) -> bytes:
    """A PNG of the drawing several times side by side: a number."""
    sheet = Image.open(DRAWN).resize((140, 140), Image.Resampling.LANCZOS)
    page = Image.new("L", (140 * digits, 140), 255)
    for place in range(digits):
        page.paste(sheet, (140 * place, 0))
    return _encoded(page, "PNG")


def as_json(picture: bytes) -> bytes:
    """The body of a request with a picture as JSON."""
    return json.dumps({"image": base64.b64encode(picture).decode()}).encode()


def strokes() -> bytes:
    """The body of a request with the pen strokes of a similar drawing, as the page sends them."""
    along = np.linspace(0, 1, 30)
    x = np.concatenate([90 + 100 * along, 190 - 60 * along]).round(1).tolist()
    y = np.concatenate([60 + 4 * along, 64 + 160 * along]).round(1).tolist()
    return json.dumps({"strokes": [{"x": x, "y": y}]}).encode()


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
