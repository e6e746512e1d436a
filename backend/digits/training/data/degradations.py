"""Degradations: coarse scans, dry and running ink, blur, compression, photographs, neighbouring ink.

Each takes a page, (height, width) uint8, bright on black, and returns a picture of it of any size and polarity.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from digits.training.data import Bytes8, Floats, Rng


def degrade(page: Bytes8, rng: Rng, share: float) -> Bytes8:
    """Degrade a `share` of the pages in one of many ways; return the others unchanged."""
    if rng.random() >= share:
        return page
    return WAYS[rng.integers(len(WAYS))](page, rng)


def to_levels(light: NDArray[np.floating]) -> Bytes8:
    """Clip to 0..255 and round down, as a camera does."""
    return np.asarray(np.clip(light, 0, 255), np.uint8)


# --- scanned ----------------------------------------------------------------------------------------------------------


def coarse(page: Bytes8, rng: Rng) -> Bytes8:
    """A scan at low resolution."""
    return _shrunk(page, rng.uniform(16, 40))


def bitmap(page: Bytes8, rng: Rng) -> Bytes8:
    """A scan with one bit per pixel."""
    return _one_bit(_shrunk(page, rng.uniform(24, 56)), rng)


def cut_out(page: Bytes8, rng: Rng) -> Bytes8:
    """Crop to the ink and resize to 10 to 24 pixels, often without keeping the aspect."""
    x, y, width, height = cv2.boundingRect((page > 100).astype(np.uint8))
    if width == 0:
        return page
    ink = page[y : y + height, x : x + width]
    side = rng.integers(10, 25)
    squarer = rng.uniform(0, 1) if min(width, height) > 0.25 * max(width, height) else 0.0
    scale = side / max(width, height) ** (1 - squarer) / np.array([width, height]) ** squarer
    size = np.maximum(3, np.rint(scale * (width, height))).astype(int).tolist()
    scan = np.asarray(cv2.resize(ink, size, interpolation=cv2.INTER_AREA), np.uint8)
    scan = np.pad(scan, int(rng.integers(0, 3)))
    return _one_bit(scan, rng) if rng.random() < 0.4 else scan


def _shrunk(page: Bytes8, side: float) -> Bytes8:
    return np.asarray(cv2.resize(page, (round(side), round(side)), interpolation=cv2.INTER_AREA), np.uint8)


def _one_bit(scan: Bytes8, rng: Rng) -> Bytes8:
    return np.where(scan > rng.uniform(0.25, 0.6) * scan.max(), 255, 0).astype(np.uint8)


# --- ink ----------------------------------------------------------------------------------------------------


def broken(page: Bytes8, rng: Rng) -> Bytes8:
    """Gaps in the ink, where the paper is rough or the pen is dry."""
    gaps = clouds(page.shape, rng.uniform(1.0, 3.0), rng) > rng.uniform(0.9, 1.7)
    return np.where(gaps, page // 8, page).astype(np.uint8)


def blotted(page: Bytes8, rng: Rng) -> Bytes8:
    """Running ink: frayed edges, thick and thin places."""
    frayed = cv2.GaussianBlur(page, (0, 0), rng.uniform(0.8, 2.0)).astype(np.float32)
    frayed *= 1 + rng.uniform(0.1, 0.5) * clouds(page.shape, rng.uniform(1.0, 4.0), rng)
    return to_levels(3 * (frayed - rng.uniform(40, 100)))


# --- photographed -----------------------------------------------------------------------------------------------------


def unsharp(page: Bytes8, rng: Rng) -> Bytes8:
    """Dark grey on light grey, blurred and grainy."""
    blurred = cv2.GaussianBlur(page, (0, 0), rng.uniform(0.4, 1.6)).astype(np.float32)
    paper, contrast = rng.uniform(140, 240), rng.uniform(0.25, 0.8)
    grey = paper * (1 - contrast * blurred / 255) + rng.normal(0, rng.uniform(0, 6), page.shape)
    return to_levels(grey)


def compressed(page: Bytes8, rng: Rng) -> Bytes8:
    """A JPEG of low quality."""
    return jpeg(255 - page, int(rng.integers(8, 50)))


def jpeg(picture: Bytes8, quality: int) -> Bytes8:
    """Encode and decode as a JPEG of this quality, 0 to 100."""
    _, file = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(file, cv2.IMREAD_GRAYSCALE), np.uint8)


def photographed(page: Bytes8, rng: Rng) -> Bytes8:
    """A noisy photograph: a larger sheet, sometimes ruled, light from one side, sometimes the edge of a shadow."""
    high, wide = page.shape
    sheet = np.pad(page, [tuple(rng.integers(0, side // 2, 2)) for side in (high, wide)]).astype(np.float32) / 255
    sheet = np.asarray(cv2.GaussianBlur(sheet, (0, 0), rng.uniform(0.4, 1.5)), np.float32)
    contrast = rng.uniform(0.3, 0.85)
    light = _lamp(sheet.shape, rng)
    if rng.random() < 0.15:
        light *= _shadow(sheet.shape, rng)
    taken = contrast * sheet
    if rng.random() < 0.3:
        taken = np.maximum(taken, _ruling(sheet.shape, rng, 0.25 * contrast))
    texture = 1 + rng.uniform(0, 0.015) * clouds(sheet.shape, rng.uniform(1, 4), rng)
    grain = rng.normal(0, rng.uniform(0.5, 5), sheet.shape)
    return to_levels(rng.uniform(120, 245) * light * texture * (1 - taken) + grain)


def _lamp(shape: tuple[int, ...], rng: Rng) -> Floats:
    """Illumination of at most 1 that falls off towards one side."""
    y, x = np.meshgrid(*(np.linspace(-1, 1, side) for side in shape), indexing="ij")
    angle = rng.uniform(0, 2 * np.pi)
    across = (np.cos(angle) * x + np.sin(angle) * y + 1.5) / 3
    return np.asarray(1 - rng.uniform(0, 0.6) * across ** rng.uniform(1, 2), np.float32)


def _shadow(shape: tuple[int, ...], rng: Rng) -> Floats:
    """Illumination with a straight soft edge, darker beyond it."""
    y, x = np.meshgrid(*(np.linspace(-1, 1, side) for side in shape), indexing="ij")
    angle = rng.uniform(0, 2 * np.pi)
    beyond = np.cos(angle) * x + np.sin(angle) * y + rng.uniform(-1, 1)
    return np.asarray(1 - rng.uniform(0.1, 0.3) / (1 + np.exp(-beyond / rng.uniform(0.02, 0.2))), np.float32)


def _ruling(shape: tuple[int, ...], rng: Rng, strength: float) -> Floats:
    """Equidistant lines in one direction or both."""
    lines = np.zeros(shape, np.float32)
    distance = int(rng.uniform(0.25, 0.6) * min(shape))
    lines[int(rng.integers(distance)) :: distance] = 1
    if rng.random() < 0.5:
        lines[:, int(rng.integers(distance)) :: distance] = 1
    return np.asarray(strength * rng.uniform(0.3, 1) * lines, np.float32)


def crowded(page: Bytes8, rng: Rng) -> Bytes8:
    """Parts of neighbouring characters at the edges."""
    x, y, width, height = cv2.boundingRect((page > 100).astype(np.uint8))
    if width == 0:
        return page
    margin = int(0.2 * max(width, height))
    top, left = max(0, y - margin), max(0, x - margin)
    sheet = np.ascontiguousarray(page[top : y + height + margin, left : x + width + margin])
    high, wide = sheet.shape
    for _ in range(rng.integers(1, 4)):
        along, reach = rng.uniform(0.1, 0.9), rng.uniform(0.02, 0.1)
        start = np.array([along * wide, 0.0])
        end = start + np.array([rng.normal(0, 0.1) * wide, reach * high])
        if rng.random() < 0.5:
            start[1], end[1] = high - 1 - start[1], high - 1 - end[1]
        if rng.random() < 0.5:
            start, end = (np.array([p[1] * wide / high, p[0] * high / wide]) for p in (start, end))
        ends = [tuple(np.rint(one).astype(int).tolist()) for one in (start, end)]
        cv2.line(sheet, ends[0], ends[1], 255, int(rng.integers(2, 6)), cv2.LINE_AA)
    return sheet


def clouds(shape: tuple[int, ...], size: float, rng: Rng) -> Floats:
    """Smooth noise with features of about `size` pixels; mean 0 and standard deviation 1."""
    small = [max(2, round(side / size)) for side in shape]
    noise = cv2.GaussianBlur(rng.standard_normal(small, dtype=np.float32), (0, 0), 0.8)
    noise = cv2.resize(noise, shape[::-1], interpolation=cv2.INTER_LINEAR)
    return np.asarray((noise - noise.mean()) / noise.std(), np.float32)


WAYS: tuple[Callable[[Bytes8, Rng], Bytes8], ...] = (
    coarse,
    bitmap,
    cut_out,
    cut_out,
    cut_out,
    broken,
    blotted,
    unsharp,
    compressed,
    photographed,
    crowded,
)
