"""From a picture's bytes to the square that the network reads. Pure: no web, no TensorFlow, nothing stored.

    decode      bytes -> Page              upright, greyscale, no larger than needed
    find_ink    grey  -> Ink               paper and its light taken away, specks dropped; None where there is no ink
    make_square ink   -> (28, 28) uint8    the conventions of MNIST

`normalize` is the second and third step, `prepare` all three. Training reads its pictures through the same functions.

MNIST's conventions (LeCun, Bottou, Bengio, Haffner: Gradient-based learning applied to document recognition, 1998,
section III.A; counted on the published images): the longest side of the ink is 20 pixels, the aspect is kept, the
brightest pixel is 255, and the centre of mass lies at pixel (14, 14).
"""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from typing import TypeVar

import cv2
import numpy as np
import pillow_heif
from numpy.typing import NDArray
from PIL import Image, ImageOps

from digits.errors import TooManyBytes, TooManyPixels, UnreadablePicture

pillow_heif.register_heif_opener()
cv2.setNumThreads(1)  # one picture is one core's work; the other cores have pictures of their own

Bytes8 = NDArray[np.uint8]
Floats = NDArray[np.float32]
Pixel = TypeVar("Pixel", bound=np.generic)

#: Pillow's decoders that may see a stranger's bytes; it has many more, and each is a way in.
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "HEIF")

SIDE = 28  # of the square
DIGIT = 20  # longest side of the ink in it
CENTRE = 14  # pixel of the centre of mass

WORKING_SIDE = 640  # a digit a tenth as wide as its picture still has three times the pixels that it needs
PAPER_SIDE = 64  # the light on a sheet of paper has no finer detail than this
WIDEST_STROKE = 0.45  # of the picture's side: whatever is broader is paper
LEAST_CONTRAST = 0.06  # ink darker than its paper by less than this is not told from dirt
EVEN_LIGHT = 8  # grey levels between the quartiles of the border
EDGE = 0.15  # density at which ink begins: the halo of a blurred or compressed stroke is not part of the digit
NOISE_FLOOR = 4.0  # standard deviations of the paper's grain that count as paper


@dataclass(frozen=True)
class Limits:
    """What a picture may cost; both are checked before a pixel is decoded."""

    size: int = 16 * 2**20  # bytes
    pixels: int = 50_000_000


@dataclass(frozen=True)
class Page:
    """A decoded picture, upright."""

    grey: Bytes8  # (height, width), at most WORKING_SIDE
    scale: tuple[float, float]  # the picture's pixels per pixel of `grey`, across and down


@dataclass(frozen=True)
class Ink:
    """What was written on the page."""

    density: Floats  # (height, width): 0 is paper, 1 is full ink
    box: tuple[int, int, int, int]  # x, y, width, height of the ink in `density`
    light_on_dark: bool


@dataclass(frozen=True)
class Prepared:
    """A picture as the network sees it; `square` and `box` are None where the page is blank."""

    square: Bytes8 | None  # (28, 28)
    box: tuple[int, int, int, int] | None  # x, y, width, height in the upright picture's pixels
    light_on_dark: bool


def prepare(data: bytes, limits: Limits | None = None) -> Prepared:
    """Decode and normalize. Raises the errors of `decode`."""
    return normalize(decode(data, limits))


def normalize(page: Page) -> Prepared:
    """The square and where its ink was found."""
    ink = find_ink(page.grey)
    if ink is None:
        return Prepared(None, None, False)
    return Prepared(make_square(ink), _to_picture(ink.box, page.scale), ink.light_on_dark)


def _to_picture(box: tuple[int, int, int, int], scale: tuple[float, float]) -> tuple[int, int, int, int]:
    x, y, width, height = box
    across, down = scale
    left, top = round(x * across), round(y * down)
    return left, top, max(1, round((x + width) * across) - left), max(1, round((y + height) * down) - top)


# --- bytes -> page ----------------------------------------------------------------------------------------------------


def decode(data: bytes, limits: Limits | None = None) -> Page:
    """Picture bytes of any of FORMATS and any colour mode -> upright greyscale page.

    Raises TooManyBytes, TooManyPixels (both before decoding) and UnreadablePicture.
    """
    limits = limits or Limits()
    if len(data) > limits.size:
        raise TooManyBytes(f"The picture has {len(data):,} bytes; at most {limits.size:,} are read.")
    try:
        picture = Image.open(io.BytesIO(data), formats=FORMATS)
        width, height = picture.size
        if width * height > limits.pixels:
            raise TooManyPixels(
                f"The picture has {width} x {height} = {width * height:,} pixels; at most {limits.pixels:,} are read."
            )
        picture.draft(None, (WORKING_SIDE, WORKING_SIDE))
        picture.load()
        ImageOps.exif_transpose(picture, in_place=True)
        grey = np.asarray(_to_grey(_shrink(_to_plain_mode(picture))))  # (height, width) uint8
    except TooManyPixels:
        raise
    except Exception as error:  # decoders of damaged files raise whatever they like, from IndexError to struct.error
        raise UnreadablePicture(_why_unreadable(data)) from error
    if (width > height) != (grey.shape[1] > grey.shape[0]):  # turned by its EXIF orientation
        width, height = height, width
    return Page(grey, (width / grey.shape[1], height / grey.shape[0]))


def _why_unreadable(data: bytes) -> str:
    if not data:
        return "The picture is empty: it has 0 bytes."
    names = ", ".join(FORMATS)
    return f"These {len(data):,} bytes are not a whole picture in one of the formats {names}."


def _to_plain_mode(picture: Image.Image) -> Image.Image:
    """Any of Pillow's modes -> L, RGB or RGBA, which resample rightly."""
    if picture.has_transparency_data:
        return picture.convert("RGBA")
    if picture.mode in ("L", "RGB"):
        return picture
    if picture.mode == "1":
        return picture.convert("L")
    if picture.mode == "LAB":
        return picture.getchannel("L")
    if picture.mode.startswith(("I", "F")):
        return Image.fromarray(_to_8_bits(np.asarray(picture, np.float32)))
    return picture.convert("RGB")


def _to_8_bits(levels: Floats) -> Bytes8:
    """Deep greyscale of unknown range -> uint8 with the same ratio of light between any two pixels."""
    levels = np.nan_to_num(levels, posinf=0, neginf=0)
    levels -= min(0.0, float(levels.min()))
    brightest = float(levels.max())
    return (levels * (255 / brightest)).astype(np.uint8) if brightest > 0 else levels.astype(np.uint8)


def _shrink(picture: Image.Image) -> Image.Image:
    longest = max(picture.size)
    if longest <= WORKING_SIDE:
        return picture
    width, height = (max(1, round(side * WORKING_SIDE / longest)) for side in picture.size)
    return picture.resize((width, height), Image.Resampling.BOX, reducing_gap=2)


def _to_grey(picture: Image.Image) -> Image.Image:
    """L, RGB or RGBA -> L in which ink and paper differ as much as they do in colour."""
    if picture.mode == "RGBA":
        return _flatten(picture)
    if picture.mode == "L":
        return picture
    axis = _contrast_axis(np.asarray(picture))
    if axis is None:
        return picture.convert("L")
    lowest = 255 * float(axis[axis < 0].sum())
    return picture.convert("L", matrix=(*map(float, axis), -lowest))


_LUMA = np.array([0.299, 0.587, 0.114])  # ITU-R BT.601, as Pillow's convert("L")


def _contrast_axis(rgb: Bytes8) -> Floats | None:
    """The mix of channels in which the picture varies most, or None where luminance shows it well.

    Yellow ink on white or red on green all but vanish in luminance. The first principal component of the colours does
    not lose them; it is used only where it has over twice the contrast, since luminance has less noise in photographs.
    """
    step = max(1, int(np.sqrt(rgb.shape[0] * rgb.shape[1] / 10_000)))
    colours = rgb[::step, ::step].reshape(-1, 3).astype(np.float32)  # (n, 3)
    covariance = np.cov(colours, rowvar=False, bias=True)  # (3, 3)
    variances, axes = np.linalg.eigh(covariance)  # ascending
    luma = _LUMA / np.linalg.norm(_LUMA)
    if variances[-1] <= 4 * float(luma @ covariance @ luma):
        return None
    axis = axes[:, -1]
    axis = axis if axis.sum() >= 0 else -axis
    return np.asarray(axis / np.abs(axis).sum(), np.float32)


def _flatten(picture: Image.Image) -> Image.Image:
    """RGBA -> L over a paper on which the ink shows.

    Opaque pictures are their colours. On a transparent canvas the ink *is* the alpha, whatever its colour. A cut-out
    sticker has paper and ink of its own, and what is around it becomes paper too.
    """
    alpha = picture.getchannel("A")
    grey = _to_grey(picture.convert("RGB"))
    opacity = np.asarray(alpha)  # (height, width) uint8
    if opacity.min() == 255:
        return grey
    if opacity.max() == 0:
        return Image.new("L", picture.size, 255)
    visible = np.asarray(grey)[opacity > opacity.max() // 2]
    dark, middle, light = np.percentile(visible, (5, 50, 95))
    own_paper = light - dark > 64
    paper = int(middle) if own_paper else 255 if middle < 128 else 0
    return Image.composite(grey, Image.new("L", picture.size, paper), alpha)


# --- page -> ink ------------------------------------------------------------------------------------------------------


def find_ink(grey: Bytes8) -> Ink | None:
    """Greyscale page (height, width) -> ink on it, or None for a blank page."""
    light_on_dark = _is_light_on_dark(grey)
    density = _density(255 - grey if light_on_dark else grey)
    if density is None:
        return None
    density = _drop_specks(density)
    box = cv2.boundingRect((density > EDGE).astype(np.uint8))
    return Ink(density, (box[0], box[1], box[2], box[3]), light_on_dark)


def _is_light_on_dark(grey: Bytes8) -> bool:
    """Whether the ink is lighter than its paper: paper is what most of the picture's border shows.

    The mean says nothing, for a broad pen covers more than half of a tight crop.
    """
    border = _border(grey)
    low, paper, high = (float(level) for level in np.percentile(border, (25, 50, 75)))
    if high - low <= EVEN_LIGHT:  # ink is what is farthest from the paper
        return float(grey.max()) - paper > paper - float(grey.min())
    threshold, _ = cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    return bool(np.mean(border > threshold) < 0.5)


def _border(page: NDArray[Pixel]) -> NDArray[Pixel]:
    """The pixels of a narrow frame along the picture's edges, flat."""
    width = max(1, round(0.02 * min(page.shape)))
    sides = (page[:width], page[-width:], page[:, :width], page[:, -width:])
    return np.concatenate([side.ravel() for side in sides])


def _density(page: Bytes8) -> Floats | None:
    """Dark ink on light paper -> (height, width) float32, 0 paper to 1 full ink; None where nothing is written."""
    paper = np.maximum(_paper(page), 32)  # in the dark, one grey level of noise would be a large share of the light
    contrast = np.asarray(1 - page / paper, np.float32)  # what share of the paper's light the ink takes away
    grain_middle, grain = _grain(contrast)
    floor = grain_middle + NOISE_FLOOR * grain
    threshold = max(_otsu(contrast), floor)
    written = contrast[contrast > threshold]
    if written.size == 0:
        return None
    full = float(np.percentile(written, 90))
    if full - grain_middle < max(LEAST_CONTRAST, (NOISE_FLOOR + 1) * grain):
        return None
    density = np.clip((contrast - floor) / (full - floor), 0, 1)
    return np.asarray(density, np.float32)


def _paper(page: Bytes8) -> Floats:
    """The page without its ink: what the light makes of the bare paper, (height, width) float32."""
    height, width = page.shape
    low, middle, high = (float(level) for level in np.percentile(_border(page), (25, 50, 75)))
    if high - low <= EVEN_LIGHT:
        return np.full((height, width), middle, np.float32)
    scale = min(1.0, PAPER_SIDE / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(page, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    light = np.maximum(_slow_light(small), np.float32(1))
    rest = cv2.GaussianBlur(_without_strokes((small / light).astype(np.float32)), (0, 0), 2)
    return np.asarray(cv2.resize(light * rest, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)


def _slow_light(page: Floats) -> Floats:
    """A lamp's or a window's light on the page as a quadratic surface that lies on the paper, not between it and ink.

    Asymmetric least squares (Newey and Powell, Econometrica 55, 1987): what is darker than the surface hardly counts.
    """
    height, width = page.shape
    y, x = np.meshgrid(np.linspace(-1, 1, height), np.linspace(-1, 1, width), indexing="ij")
    basis = np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=-1).reshape(-1, 6)  # (n, 6)
    levels = page.reshape(-1).astype(np.float64)
    weights = np.ones(levels.size)
    for _ in range(10):
        weighted = basis * weights[:, None]
        surface = basis @ np.linalg.lstsq(weighted.T @ basis, weighted.T @ levels, rcond=None)[0]
        weights = np.where(levels >= surface, 1.0, 0.02)
    return np.asarray(surface.reshape(height, width), np.float32)


def _without_strokes(page: Floats) -> Floats:
    """A closing: what is darker than its surroundings and narrower than WIDEST_STROKE goes, a shadow's edge stays."""
    reach = max(3, int(WIDEST_STROKE * max(page.shape)) | 1)
    kernel = cv2.getStructuringElement(cv2.MORPH_RECT, (reach, reach))
    return np.asarray(cv2.morphologyEx(page, cv2.MORPH_CLOSE, kernel), np.float32)


def _grain(contrast: Floats) -> tuple[float, float]:
    """Level and standard deviation of the bare paper: of the page or of its border, whichever is the quieter.

    By the median absolute deviation, which ink does not sway until it covers near half: on a page that is cropped to
    its digit it does, but not along the border.
    """
    return min((_spread(contrast), _spread(_border(contrast))), key=lambda found: found[1])


def _spread(values: Floats) -> tuple[float, float]:
    middle = float(np.median(values))
    return middle, 1.4826 * float(np.median(np.abs(values - middle)))


def _otsu(contrast: Floats) -> float:
    """Otsu's threshold (IEEE Transactions on Systems, Man, and Cybernetics 9, 1979) between paper and ink."""
    levels = np.clip(contrast * 255, 0, 255).astype(np.uint8)
    threshold, _ = cv2.threshold(levels, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    return float(threshold) / 255


def _drop_specks(density: Floats) -> Floats:
    """Without the dirt: pieces that are tiny beside the largest one, in area and in extent."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats((density > 0).astype(np.uint8), connectivity=8)
    if count <= 2:
        return density
    areas = stats[1:, cv2.CC_STAT_AREA]
    extents = np.maximum(stats[1:, cv2.CC_STAT_WIDTH], stats[1:, cv2.CC_STAT_HEIGHT])
    largest = int(areas.argmax())
    kept = (areas >= 0.05 * areas[largest]) | (extents >= 0.15 * extents[largest])
    return np.where(np.concatenate([[True], kept])[labels], density, np.float32(0))


# --- ink -> square ----------------------------------------------------------------------------------------------------


def make_square(ink: Ink) -> Bytes8:
    """Ink -> (28, 28) uint8 as MNIST has it: 20 pixels long, brightest 255, centred by mass."""
    x, y, width, height = ink.box
    digit = _scale(ink.density[y : y + height, x : x + width])  # longest side 20
    digit = np.rint(digit * (255 / digit.max())).astype(np.uint8)
    return _centre(digit)


def _scale(ink: Floats) -> Floats:
    """Longest side to DIGIT, aspect kept; by area on the way down, so that no thin stroke is stepped over."""
    height, width = ink.shape
    factor = DIGIT / max(height, width)
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    method = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    return np.clip(cv2.resize(ink, size, interpolation=method), 0, 1).astype(np.float32)


def _centre(digit: Bytes8) -> Bytes8:
    """Shift by whole pixels until the mass lies at (14, 14), or as near as no ink leaves the square."""
    height, width = digit.shape
    mass = digit.sum(dtype=np.float64)
    row = float(digit.sum(axis=1, dtype=np.float64) @ np.arange(height)) / mass
    column = float(digit.sum(axis=0, dtype=np.float64) @ np.arange(width)) / mass
    top = min(max(round(CENTRE - row), 0), SIDE - height)
    left = min(max(round(CENTRE - column), 0), SIDE - width)
    square = np.zeros((SIDE, SIDE), np.uint8)
    square[top : top + height, left : left + width] = digit
    return square


def to_data_url(square: Bytes8) -> str:
    """(height, width) uint8 -> the same pixels as the data: URL of a PNG."""
    file = io.BytesIO()
    Image.fromarray(square).save(file, "PNG")
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode("ascii")
