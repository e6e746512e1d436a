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
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import cv2
import numpy as np
import pillow_heif
from numpy.typing import NDArray
from PIL import Image, ImageOps

from digits.errors import TooManyBytes, TooManyPixels, UnreadablePicture

pillow_heif.register_heif_opener()
Image.MAX_IMAGE_PIXELS = None  # `decode` has a limit of its own, and a sentence for it
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
GRAIN_SAMPLES = 2_500  # pixels that are enough to know the paper's grain
FRAMED_SIDE = 48  # pixels: in a smaller picture a plain line at the edge may be a stroke
WIDEST_FRAME = 0.2  # of the picture's side
SAMPLES = 64  # pixels of a line that are enough to know its median
STRIP_GRAIN = 24  # grey levels that differ in a plain strip
STRIP_CONTRAST = 40  # grey levels between a strip and the sheet
DARK = np.float32(32)  # grey levels of light below which less of it makes no more of a contrast
EVEN_LIGHT = 8  # grey levels between the quartiles of the border
EDGE = 0.15  # density at which ink begins: the halo of a blurred or compressed stroke is not part of the digit
TINY = 24  # pixels: whoever made so small a picture has averaged its grain away
CORNER = 0.12  # of the picture's shorter side
LIT_SIDE = 48  # pixels: in a smaller picture there are too few around a stroke to tell light from ink by
SURROUNDINGS = 0.3  # of the longer side: so far around a stroke there is more paper than ink
STANDS_OUT = 0.4  # of what stands out most from its surroundings
BARE_BORDER = 0.13  # share of the border that may stand out from its surroundings where uneven light is all it shows
BARE_PAGE = 0.14  # and of the whole page
TWO_LEVELS = 0.9  # of the variance between the two: light and dark are each all but even
TWO_KINDS = 0.8  # of the variance between ink and paper: noise has 0.64, an even ramp 0.75
NOISE_FLOOR = 4.0  # standard deviations of the paper's grain that count as paper


@dataclass(frozen=True)
class Limits:
    """What a picture may cost; both are checked before a pixel is decoded."""

    size: int = 16 * 2**20  # bytes
    pixels: int = 25_000_000
    jpeg_pixels: int = 60_000_000  # what phones take; a JPEG is shrunk while it is decoded


@dataclass(frozen=True)
class Page:
    """A decoded picture, upright."""

    grey: Bytes8  # (height, width), at most WORKING_SIDE
    scale: tuple[float, float]  # the picture's pixels per pixel of `grey`, across and down
    format: str = ""  # of the file


@dataclass(frozen=True)
class Ink:
    """What was written on the page."""

    density: Floats  # (height, width) of its box: 0 is paper, 1 is full ink
    box: tuple[int, int, int, int]  # x, y, width, height on the page
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
        most = (
            limits.jpeg_pixels if picture.format in ("JPEG", "MPO") else limits.pixels
        )  # MPO: with a depth or gain map, as phones write it
        if width * height > most:
            raise TooManyPixels(
                f"The picture has {width} x {height} = {width * height:,} pixels; at most {most:,} are read."
            )
        picture.draft(None, (WORKING_SIDE, WORKING_SIDE))
        picture.load()
        ImageOps.exif_transpose(picture, in_place=True)
        grey = np.asarray(_to_grey(_shrink(_to_plain_mode(_thin_out(picture)))))  # (height, width) uint8
    except TooManyPixels:
        raise
    except Exception as error:  # decoders of damaged files raise whatever they like, from IndexError to struct.error
        raise UnreadablePicture(_why_unreadable(data)) from error
    if (width > height) != (grey.shape[1] > grey.shape[0]):  # turned by its EXIF orientation
        width, height = height, width
    return Page(grey, (width / grey.shape[1], height / grey.shape[0]), picture.format or "")


def _why_unreadable(data: bytes) -> str:
    if not data:
        return "The picture is empty: it has 0 bytes."
    names = ", ".join(FORMATS)
    return f"These {len(data):,} bytes are not a whole picture in one of the formats {names}."


def _thin_out(picture: Image.Image) -> Image.Image:
    """Leave pixels out where there are far too many, before a conversion makes each of them larger.

    L and RGB are as small as they get, and are averaged later. Of the others 16 pixels are left for each of the working
    page, so that no stroke that would show there is lost.
    """
    if picture.mode in ("L", "RGB"):
        return picture
    return _fit(picture, 4 * WORKING_SIDE, Image.Resampling.NEAREST)


def _to_plain_mode(picture: Image.Image) -> Image.Image:
    """Any of Pillow's modes -> L, RGB or RGBA, which resample rightly."""
    if picture.mode.startswith(("I", "F")):  # before transparency, which Pillow converts by cutting the levels off
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


def _to_8_bits(levels: Floats) -> Bytes8:
    """Deep greyscale of unknown range -> uint8 with the same ratio of light between any two pixels."""
    levels = np.nan_to_num(levels, posinf=0, neginf=0)
    levels -= min(0.0, float(levels.min()))
    brightest = float(levels.max())
    return (levels * (255 / brightest)).astype(np.uint8) if brightest > 0 else levels.astype(np.uint8)


def _shrink(picture: Image.Image) -> Image.Image:
    return _fit(picture, WORKING_SIDE, Image.Resampling.BOX)


def _fit(picture: Image.Image, side: int, how: Image.Resampling) -> Image.Image:
    """No longer than `side`, aspect kept."""
    longest = max(picture.size)
    if longest <= side:
        return picture
    width, height = (max(1, round(one * side / longest)) for one in picture.size)
    return picture.resize((width, height), how, reducing_gap=None if how == Image.Resampling.NEAREST else 2)


def _to_grey(picture: Image.Image) -> Image.Image:
    """L, RGB or RGBA -> L in which ink and paper differ as much as they do in colour."""
    if picture.mode == "L":
        return picture
    red, green, blue, *alpha = picture.split()
    if red.tobytes() == green.tobytes() == blue.tobytes():  # grey in three channels, as a canvas has it
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


def _flatten(grey: Image.Image, alpha: Image.Image) -> Image.Image:
    """Grey levels and how opaque each is -> L over a paper on which the ink shows.

    Opaque pictures are their colours. On a transparent canvas the ink *is* the alpha, whatever its colour. A cut-out
    sticker has paper and ink of its own, and what is around it becomes paper too.
    """
    opacity = np.asarray(alpha)  # (height, width) uint8
    if opacity.min() == 255:
        return grey
    if opacity.max() == 0:
        return Image.new("L", grey.size, 255)
    opaque = opacity > opacity.max() // 2
    dark, middle, light = np.percentile(np.asarray(grey)[opaque], (5, 50, 95))
    x, y, width, height = cv2.boundingRect(opaque.astype(np.uint8))
    solid = float(opaque[y : y + height, x : x + width].mean()) > 0.8  # a card, where ink leaves most of its box free
    own_paper = light - dark > (8 if solid else 64)
    paper = int(middle) if own_paper else 255 if middle < 128 else 0
    return Image.composite(grey, Image.new("L", grey.size, paper), alpha)


# --- page -> ink ------------------------------------------------------------------------------------------------------


def find_ink(grey: Bytes8) -> Ink | None:
    """Greyscale page (height, width) -> ink on it, or None for a blank page."""
    rows, columns = _inside_frame(grey)
    sheet = np.ascontiguousarray(grey[rows, columns])
    border = _Border.of(sheet)
    around = None if border.evenly_lit else _Surroundings.of(sheet)
    likely = _is_light_on_dark(sheet, border, around)
    for light_on_dark in (likely, not likely):  # where ink fills most of the border, paper is taken for ink and is none
        if light_on_dark:
            written = _density(255 - sheet, border.inverted(), around and around.inverted())
        else:
            written = _density(sheet, border, around)
        found = written and _drop_specks(written, sheet.shape).within(EDGE)
        if found:
            height, width = found.density.shape
            box = columns.start + found.x, rows.start + found.y, width, height
            return Ink(found.density, box, light_on_dark)
    return None


@dataclass(frozen=True)
class _Written:
    """A part of a sheet, with all ink that is on it."""

    density: Floats  # (height, width)
    x: int  # of its first column on the sheet
    y: int

    def within(self, edge: float) -> _Written | None:
        """The box around what is denser than that, if anything is."""
        x, y, width, height = cv2.boundingRect((self.density > edge).view(np.uint8))
        if not width:
            return None
        return _Written(self.density[y : y + height, x : x + width], self.x + x, self.y + y)


def _inside_frame(grey: Bytes8) -> tuple[slice, slice]:
    """Rows and columns within what frames the sheet: a drawn outline, a table under it, a scanner's edge."""
    rows, columns = whole = slice(0, grey.shape[0]), slice(0, grey.shape[1])
    if min(grey.shape) < FRAMED_SIDE or _is_plainly_unframed(grey):
        return whole
    for _ in range(2):  # a strip at one side is told only after those across it are gone
        before = rows, columns
        rows = _without_strips(grey[:, columns], rows)
        columns = _without_strips(grey[rows].T, columns)
        if (rows, columns) == before:
            break
    inside = grey[rows, columns]
    if int(inside.max()) - int(inside.min()) <= STRIP_CONTRAST:  # a bar that fills its picture, and no sheet
        return whole
    return rows, columns


def _is_plainly_unframed(grey: Bytes8) -> bool:
    """Whether all edges have the same level, and no line has another level in half of the pixels `_strip` looks at.

    So it is with nearly every drawing, and is known in a fraction of the time.
    """
    edges = _frame(grey)
    level = int(edges[0])
    if int(edges.min()) != level or int(edges.max()) != level:
        return False
    other = ((grey > level + STRIP_CONTRAST) | (grey < level - STRIP_CONTRAST)).view(np.uint8)
    height, width = grey.shape
    rows, columns = other[:, :: max(1, width // SAMPLES)], other[:: max(1, height // SAMPLES)].T
    return all(2 * int(lines.sum(axis=1, dtype=np.uint8).max()) < lines.shape[1] for lines in (rows, columns))


def _without_strips(lines: Bytes8, inside: slice) -> slice:
    """What is left of the lines `inside` without plain strips at the first and the last of them."""
    part = lines[inside]
    return slice(inside.start + _strip(part), inside.stop - _strip(part[::-1]))


def _strip(lines: Bytes8) -> int:
    """How many of the first lines are one plain level that ends in another: 0 where it is the paper's own margin."""
    reach = max(1, round(WIDEST_FRAME * len(lines)))
    low, high = lines[: reach + 1].min(axis=1).astype(int), lines[: reach + 1].max(axis=1).astype(int)
    plain = (high - low <= STRIP_GRAIN) & (np.abs((high + low) // 2 - (high[0] + low[0]) // 2) <= STRIP_GRAIN)
    width = int(np.argmin(plain))  # of the leading run; 0 too where all of them are plain
    if width == 0 or plain.all():
        return 0
    beyond = min(width + 1, len(lines) - 1)  # past the line in which both levels mix
    half = lines[beyond : beyond + len(lines) // 2, :: max(1, lines.shape[1] // SAMPLES)]
    level = (high[0] + low[0]) / 2
    if 2 * np.count_nonzero(np.abs(half[0] - level) > STRIP_CONTRAST) < half.shape[1]:  # nor is its median so far off
        return 0
    steps = np.abs(np.median(half, axis=1) - level)
    # Beside a long 1, too, a plain margin ends in another level; but that is soon the margin's own again.
    return beyond if steps[0] > STRIP_CONTRAST and np.mean(steps > STRIP_CONTRAST) > 0.7 else 0


@dataclass(frozen=True)
class _Border:
    """The quartiles of the levels along the picture's edges, where there is more paper than ink."""

    low: int
    middle: int
    high: int

    @classmethod
    def of(cls, grey: Bytes8) -> _Border:
        frame = _frame(grey)
        up_to = np.cumsum(np.bincount(frame, minlength=256))
        ranks = (frame.size // 4, frame.size // 2, 3 * frame.size // 4)
        return cls(*np.searchsorted(up_to, ranks, side="right").tolist())

    def inverted(self) -> _Border:
        return _Border(255 - self.high, 255 - self.middle, 255 - self.low)

    @property
    def evenly_lit(self) -> bool:
        return self.high - self.low <= EVEN_LIGHT


def _frame(page: NDArray[Pixel]) -> NDArray[Pixel]:
    """The pixels of a narrow frame along the page's edges, flat."""
    width = max(1, round(0.02 * min(page.shape)))
    sides = (page[:width], page[-width:], page[:, :width], page[:, -width:])
    return np.concatenate([side.ravel() for side in sides])


def _is_light_on_dark(grey: Bytes8, border: _Border, surroundings: _Surroundings | None) -> bool:
    """Whether the ink is lighter than its paper: paper is what most of the picture's border shows.

    The mean says nothing, for a broad pen covers more than half of a tight crop. Where the border shows both, corners
    count as much as all of it; where it shows paper in uneven light, what stands out from its surroundings is ink.
    """
    if border.evenly_lit:  # ink is what is farthest from the paper
        return int(grey.max()) - border.middle > border.middle - int(grey.min())
    if surroundings:
        return surroundings.light_on_dark
    threshold, _ = cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    light = grey > threshold
    return bool(_frame(light).mean() + _corners(light).mean() < 1)


@dataclass(frozen=True)
class _Surroundings:
    """Paper in uneven light, told by the median of what lies around each place: it keeps the edges of shadows.

    All are (height, width) of a smaller page. The paper in a place's neighbourhood lies between `low` and `high`.
    """

    low: Floats
    middle: Floats
    high: Floats
    light_on_dark: bool  # what stands out from it

    @classmethod
    def of(cls, grey: Bytes8) -> _Surroundings | None:
        """None where ink lies along the border or fills the page: around it there may be more of it than of paper."""
        if min(grey.shape) < LIT_SIDE:
            return None
        scale = min(1.0, PAPER_SIDE / max(grey.shape))
        size = (max(1, round(grey.shape[1] * scale)), max(1, round(grey.shape[0] * scale)))
        small = np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8)
        relief = np.abs(small - _median_around(small))
        inked = relief > STANDS_OUT * np.percentile(relief, 99)
        if _frame(inked).mean() > BARE_BORDER or inked.mean() > BARE_PAGE:
            return None
        around = _median_around(small, odd=True)
        relief = small - around
        light_on_dark = bool(np.square(relief[relief > 0]).sum() > np.square(relief[relief < 0]).sum())
        for _ in range(3):  # first beside the strokes, then within them, where they outnumber the paper
            relief = small - around if light_on_dark else around - small
            inked = relief > STANDS_OUT * np.percentile(relief, 99)
            around = _median_around(np.where(inked, around, small), odd=True)
        low, high = (np.asarray(way(around, np.ones((3, 3))), np.float32) for way in (cv2.erode, cv2.dilate))
        return cls(low, around, high, light_on_dark)

    def inverted(self) -> _Surroundings:
        return _Surroundings(255 - self.high, 255 - self.middle, 255 - self.low, not self.light_on_dark)

    def paper(self, page: Bytes8) -> tuple[Floats, Floats]:
        """What the page would be without ink, (height, width) float32: with its grain, and without."""
        size = page.shape[::-1]
        low, middle, high = (
            np.asarray(cv2.resize(levels, size, interpolation=cv2.INTER_LINEAR), np.float32)
            for levels in (self.low, self.middle, self.high)
        )
        return np.clip(page, low, high).astype(np.float32), middle


def _median_around(page: Bytes8 | Floats, odd: bool = False) -> Floats:
    """The median of a square around each place, (height, width) float32. Beyond the edges the page is mirrored.

    `odd`: in level, too, so that light that falls off goes on falling there; ink at an edge would leave no trace.
    """
    reach = int(SURROUNDINGS * max(page.shape) / 2)
    wider = np.pad(page.astype(np.int16), reach, "reflect", reflect_type="odd" if odd else "even")
    around = cv2.medianBlur(wider.clip(0, 255).astype(np.uint8), 2 * reach + 1)
    return np.asarray(around[reach : reach + page.shape[0], reach : reach + page.shape[1]], np.float32)


def _corners(page: NDArray[Pixel]) -> NDArray[Pixel]:
    """The pixels of a small square in each corner, flat: what a digit that fills its picture covers last."""
    side = max(1, round(CORNER * min(page.shape)))
    ends = np.r_[:side, -side:0]
    return np.asarray(page[np.ix_(ends, ends)]).ravel()


def _density(page: Bytes8, border: _Border, around: _Surroundings | None) -> _Written | None:
    """Dark ink on light paper -> how dense it is, 0 paper to 1 full ink; None where nothing is written."""
    contrast: _Contrast | _EvenContrast
    if around:
        paper, bare = around.paper(page)
        contrast = _Contrast(_contrast(page, paper), _contrast(page, bare))
    else:
        level = np.float32(border.middle) if border.evenly_lit else _flat_paper(page)
        contrast = _Contrast.of(page, _paper(page)) if level is None else _EvenContrast.of(page, level)
    split = contrast.split()
    grain_middle, grain = _grain(contrast, split)
    floor = grain_middle + NOISE_FLOOR * grain
    full = contrast.full(max(split, floor))
    if full is None or full - grain_middle < max(LEAST_CONTRAST, (NOISE_FLOOR + 1) * grain):
        return None
    return contrast.stretched(floor, full)


@dataclass(frozen=True)
class _Contrast:
    """What share of the paper's light is missing at each pixel of a page, (height, width)."""

    ink: Floats
    grain: Floats  # against the paper without its grain

    @classmethod
    def of(cls, page: Bytes8, paper: Floats) -> _Contrast:
        contrast = _contrast(page, paper)
        return cls(contrast, contrast)

    def split(self) -> float:
        return _otsu(_to_levels(self.ink))

    def sample(self, step: int) -> Floats:
        """The grain at every `step`-th pixel of the page, flat."""
        return self.grain[::step, ::step].ravel()

    def frame(self) -> Floats:
        """The grain along the page's edges, flat."""
        return _frame(self.grain)

    def full(self, threshold: float) -> float | None:
        """The contrast of full ink: nine in ten of what is above the threshold have less. None where nothing is."""
        written = self.ink[self.ink > threshold]
        return _of_nine_in_ten(written) if written.size else None

    def stretched(self, floor: float, full: float) -> _Written | None:
        """0 up to the floor, 1 from the full contrast on; None where all is 0."""
        return _Written(_stretched(self.ink, floor, full), 0, 0).within(0)

    @property
    def shape(self) -> tuple[int, ...]:
        return self.ink.shape


@dataclass(frozen=True)
class _EvenContrast:
    """The same where the paper has one level everywhere: each of a pixel's 256 levels has a contrast."""

    page: Bytes8
    of_level: Floats  # (256,)

    @classmethod
    def of(cls, page: Bytes8, paper: np.float32) -> _EvenContrast:
        return cls(page, _contrast(np.arange(256, dtype=np.uint8), paper))

    def split(self) -> float:
        return _otsu(np.asarray(cv2.LUT(self.page, _to_levels(self.of_level)), np.uint8))

    def sample(self, step: int) -> Floats:
        return self.of_level[self.page[::step, ::step].ravel()]

    def frame(self) -> Floats:
        return self.of_level[_frame(self.page)]

    def full(self, threshold: float) -> float | None:
        levels = int(np.count_nonzero(self.of_level > threshold))  # the darkest: contrast falls as the level rises
        written = self.page[self.page < levels]
        return float(self.of_level[255 - int(_of_nine_in_ten(255 - written))]) if written.size else None

    def stretched(self, floor: float, full: float) -> _Written | None:
        of_level = _stretched(self.of_level, floor, full)
        x, y, width, height = cv2.boundingRect((self.page < np.count_nonzero(of_level)).view(np.uint8))
        if not width:
            return None
        inked = self.page[y : y + height, x : x + width]
        return _Written(np.asarray(cv2.LUT(inked, of_level), np.float32), x, y)

    @property
    def shape(self) -> tuple[int, ...]:
        return self.page.shape


def _contrast(page: Bytes8, paper: Floats | np.float32) -> Floats:
    """What share of the paper's light the ink takes away; in the dark, one grey level of noise would be a large one."""
    missing = np.asarray(paper - page, np.float32)
    return np.divide(missing, np.maximum(paper, DARK), out=missing)


def _flat_paper(page: Bytes8) -> np.float32 | None:
    """The level of the paper where the page has but two levels, however much of its border the ink covers."""
    split, _ = cv2.threshold(page, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    if _separability(page, split) < TWO_LEVELS:
        return None
    return np.float32(np.median(page[page > split])) or None


def _paper(page: Bytes8) -> Floats:
    """The page without its ink: what uneven light makes of the bare paper, (height, width) float32."""
    height, width = page.shape
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


def _to_levels(contrast: Floats) -> Bytes8:
    return np.clip(contrast * 255, 0, 255).astype(np.uint8)


def _of_nine_in_ten(values: NDArray[Pixel]) -> float:
    rank = int(0.9 * values.size)
    return float(np.sort(values)[rank])


def _stretched(contrast: Floats, floor: float, full: float) -> Floats:
    above = contrast - np.float32(floor)
    above /= np.float32(full - floor)
    return np.clip(above, 0, 1, out=above)


def _grain(contrast: _Contrast | _EvenContrast, split: float) -> tuple[float, float]:
    """Level and standard deviation of the bare paper: of the page or of its border, whichever is the quieter.

    By the median absolute deviation, which ink does not sway until it covers near half: on a page that is cropped to
    its digit it does, but not along the border. Where the levels are plainly of two kinds, or the picture is too small
    to show any grain, those below `split` are paper however little there is of it.
    """
    height, width = contrast.shape
    page = contrast.sample(max(1, round((height * width / GRAIN_SAMPLES) ** 0.5)))
    if min(height, width) < TINY or _separability(page, split) > TWO_KINDS:
        below = page[page <= split]
        return _spread(below if below.size else page)
    return min(_spread(page), _spread(contrast.frame()), key=lambda found: found[1])


def _separability(levels: Bytes8 | Floats, split: float) -> float:
    """What share of the levels' variance lies between those below and above `split` (Otsu 1979): noise has 0.64."""
    above = levels > split
    share = float(above.mean())
    if not 0 < share < 1:
        return 0.0
    between = share * (1 - share) * float(levels[above].mean() - levels[~above].mean()) ** 2
    return between / float(levels.var())


def _spread(values: Floats) -> tuple[float, float]:
    middle = _median(values)
    return middle, 1.4826 * _median(np.abs(values - middle))


def _median(values: Floats) -> float:
    return float(np.sort(values)[values.size // 2])  # a partition takes 50 times as long where most values are equal


def _otsu(levels: Bytes8) -> float:
    """Otsu's threshold (IEEE Transactions on Systems, Man, and Cybernetics 9, 1979) between paper and ink."""
    threshold, _ = cv2.threshold(levels, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    return float(threshold) / 255


def _drop_specks(written: _Written, sheet: tuple[int, ...]) -> _Written:
    """Without the dirt: pieces that are tiny beside the largest one, and what reaches in from outside the picture."""
    inked = (written.density > 0).view(np.uint8)
    if cv2.connectedComponents(inked, connectivity=8)[0] <= 2:  # one of them is the paper
        return written
    _, labels, stats, _ = cv2.connectedComponentsWithStats(inked, connectivity=8)
    stats[:, :2] += written.x, written.y  # CC_STAT_LEFT, CC_STAT_TOP
    areas = stats[1:, cv2.CC_STAT_AREA]
    extents = np.maximum(stats[1:, cv2.CC_STAT_WIDTH], stats[1:, cv2.CC_STAT_HEIGHT])
    largest = int(areas.argmax())
    kept = (areas >= 0.05 * areas[largest]) | (extents >= 0.15 * extents[largest])
    outside = _at_edge(stats[1:], sheet)
    if not outside[largest]:
        kept &= ~outside | (areas >= 0.3 * areas[largest]) | (extents >= 0.5 * extents[largest])
    share = np.concatenate([[1], kept]).astype(np.float32)  # of each piece that is kept: all or nothing
    return replace(written, density=share.take(np.asarray(labels)) * written.density)


def _at_edge(stats: NDArray[Any], sheet: tuple[int, ...]) -> NDArray[np.bool_]:
    """Which of the pieces (n, 5) touch the sheet's edge."""
    left, top = stats[:, cv2.CC_STAT_LEFT], stats[:, cv2.CC_STAT_TOP]
    right, bottom = left + stats[:, cv2.CC_STAT_WIDTH], top + stats[:, cv2.CC_STAT_HEIGHT]
    return np.asarray((left == 0) | (top == 0) | (right == sheet[1]) | (bottom == sheet[0]))


# --- ink -> square ----------------------------------------------------------------------------------------------------


def make_square(ink: Ink) -> Bytes8:
    """Ink -> (28, 28) uint8 as MNIST has it: 20 pixels long, brightest 255, centred by mass."""
    digit = _scale(ink.density)  # longest side 20
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


FOR, AGAINST = (0, 90, 200), (230, 120, 0)  # blue and orange, which nearly everybody tells apart


def to_colours(evidence: Floats) -> Bytes8:
    """(height, width), positive for and negative against -> (height, width, 4) RGBA, opaque where there is most."""
    most = float(np.abs(evidence).max())
    opacity = np.sqrt(np.abs(evidence) / most) if most > 0 else np.zeros_like(evidence)  # shows what is faint, too
    colours = np.where(evidence[..., None] >= 0, FOR, AGAINST)
    return np.dstack([colours, np.rint(255 * opacity)]).astype(np.uint8)


def to_data_url(pixels: Bytes8) -> str:
    """(height, width) or (height, width, 4) uint8 -> the same pixels as the data: URL of a PNG."""
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode("ascii")
