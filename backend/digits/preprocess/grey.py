"""Any of Pillow's colour modes -> greyscale in which ink and background differ as much as they do in colour."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

Bytes8 = NDArray[np.uint8]
Floats = NDArray[np.float32]

LUMA = np.array([0.299, 0.587, 0.114])  # ITU-R BT.601, as in Pillow's convert("L")
COLOUR_SAMPLES = 10_000  # pixels that are enough to know the colours of a picture
SOLID = 0.8  # share of its bounding box that a cut-out with its own paper covers; ink leaves most of it free
PAPER_CONTRAST_SOLID = 8  # grey levels between paper and ink in a solid cut-out
PAPER_CONTRAST = 64  # and in any other shape


def to_plain_mode(picture: Image.Image) -> Image.Image:
    """Any of Pillow's modes -> L, RGB or RGBA, which Pillow resamples correctly."""
    if picture.mode.startswith(("I", "F")):  # before transparency, which Pillow converts by clipping the levels
        return Image.fromarray(_to_8_bits(np.asarray(picture, np.float32)))
    if picture.has_transparency_data:
        return picture if picture.mode == "RGBA" else picture.convert("RGBA")
    if picture.mode in ("L", "RGB"):
        return picture
    if picture.mode == "1":
        return picture.convert("L")
    if picture.mode == "LAB":
        return picture.getchannel("L")
    return picture.convert("RGB")


def without_empty_alpha(picture: Image.Image) -> Image.Image:
    """Many programs write a 32-bit BMP with an alpha of zero everywhere and mean an opaque picture."""
    if picture.format == "BMP" and picture.mode == "RGBA" and picture.getchannel("A").getextrema() == (0, 0):
        return picture.convert("RGB")
    return picture


def _to_8_bits(levels: Floats) -> Bytes8:
    """Deep greyscale of unknown range -> uint8 with the same ratio of brightness between any two pixels."""
    levels = np.nan_to_num(levels, posinf=0, neginf=0)
    levels -= min(0.0, float(levels.min()))
    brightest = float(levels.max())
    return (levels * (255 / brightest)).astype(np.uint8) if brightest > 0 else levels.astype(np.uint8)


def to_grey(picture: Image.Image) -> Image.Image:
    """L, RGB or RGBA -> L."""
    if picture.mode == "L":
        return picture
    red, green, blue, *alpha = picture.split()
    if red.tobytes() == green.tobytes() == blue.tobytes():  # grey in three channels, as from a canvas
        grey = red
    else:
        grey = _mix(Image.merge("RGB", (red, green, blue)) if alpha else picture)
    return _flatten(grey, alpha[0]) if alpha else grey


def _mix(picture: Image.Image) -> Image.Image:
    """RGB -> L."""
    axis = _contrast_axis(np.asarray(picture))
    if axis is None:
        return picture.convert("L")
    lowest = 255 * float(axis[axis < 0].sum())
    return picture.convert("L", matrix=(*map(float, axis), -lowest))


def _contrast_axis(rgb: Bytes8) -> Floats | None:
    """The mix of channels in which the picture varies most, or None when luminance shows it well.

    Yellow ink on white and red on green almost vanish in luminance, but not in the first principal component of the
    colours. It is used only where it has more than twice the contrast, because luminance has less noise in photographs.
    """
    step = max(1, int(np.sqrt(rgb.shape[0] * rgb.shape[1] / COLOUR_SAMPLES)))
    colours = rgb[::step, ::step].reshape(-1, 3).astype(np.float32)  # (n, 3)
    covariance = np.cov(colours, rowvar=False, bias=True)  # (3, 3)
    variances, axes = np.linalg.eigh(covariance)  # ascending
    luma = LUMA / np.linalg.norm(LUMA)
    if variances[-1] <= 4 * float(luma @ covariance @ luma):
        return None
    axis = axes[:, -1]
    axis = axis if axis.sum() >= 0 else -axis
    return np.asarray(axis / np.abs(axis).sum(), np.float32)


def _flatten(grey: Image.Image, alpha: Image.Image) -> Image.Image:
    """Grey levels and their opacity -> L on a paper on which the ink shows.

    An opaque picture is its colours. On a transparent canvas the ink *is* the alpha channel, whatever its colour. A
    cut-out sticker has its own paper and ink, and its paper is extended to the area around it.
    """
    opacity = np.asarray(alpha)  # (height, width) uint8
    if opacity.min() == 255:
        return grey
    if opacity.max() == 0:
        return Image.new("L", grey.size, 255)
    opaque = (opacity > opacity.max() // 2).astype(np.uint8)
    x, y, width, height = cv2.boundingRect(opaque)
    solid = float(opaque[y : y + height, x : x + width].mean()) > SOLID
    # Ink that was cut out of its paper keeps a halo of half-covered pixels, which says nothing about the paper.
    shown = opaque.view(bool) if solid else _core(opaque)
    dark, middle, light = np.percentile(np.asarray(grey)[shown], (5, 50, 95))
    own_paper = light - dark > (PAPER_CONTRAST_SOLID if solid else PAPER_CONTRAST)
    paper = int(middle) if own_paper else 255 if middle < 128 else 0
    return Image.composite(grey, Image.new("L", grey.size, paper), alpha)


def _core(shape: Bytes8) -> NDArray[np.bool_]:
    """Pixels of a shape, (height, width), that are at least half as deep inside it as its deepest pixels."""
    depth = cv2.distanceTransform(shape, cv2.DIST_L2, 3)
    return np.asarray(depth >= 0.5 * float(depth.max()))
