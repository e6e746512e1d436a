"""What a sheet looks like without its ink: its level along the border, and its illumination."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

Bytes8 = NDArray[np.uint8]
Floats = NDArray[np.float32]
Box = tuple[int, int, int, int]  # x, y, width, height
Pixel = TypeVar("Pixel", bound=np.generic)

COARSE_SIDE = 64  # pixels: illumination has no finer detail than this
WIDEST_STROKE = 0.45  # of the page's side: anything wider is background
EVEN_ILLUMINATION = 8  # grey levels between the quartiles of the border
EDGE_WIDTH = 0.02  # of the page's shorter side
CORNER = 0.12  # of the page's shorter side
SMALLEST_UNEVEN = 48  # pixels: a smaller page has too few pixels around a stroke to tell illumination from ink
NEIGHBOURHOOD = 0.3  # of the longer side: within this distance of a stroke there is more background than ink
STANDS_OUT = 0.4  # of the largest deviation from the local median
BARE_BORDER = 0.13  # share of the border that may stand out where the border shows only background
BARE_PAGE = 0.14  # and of the whole page
TWO_LEVELS = 0.9  # separability of a page whose ink and background are both almost even


def edge_pixels(page: NDArray[Pixel]) -> NDArray[Pixel]:
    """The pixels of a narrow frame along the page's edges, flat."""
    width = edge_width(page.shape)
    sides = (page[:width], page[-width:], page[:, :width], page[:, -width:])
    return np.concatenate([side.ravel() for side in sides])


def edge_width(page: tuple[int, ...]) -> int:
    """Pixels along the edges of a page of this height and width that belong to its border."""
    return max(1, round(EDGE_WIDTH * min(page)))


def leaves_border_free(box: Sequence[int], page: tuple[int, ...]) -> bool:
    """Whether a box, x, y, width, height, leaves the border of the page free."""
    x, y, width, height = box
    margin = edge_width(page)
    return min(x, y, page[1] - x - width, page[0] - y - height) >= margin


def drawn_box(page: Bytes8) -> Box | None:
    """Bounding box of all pixels that differ from the border. None if the border itself has several levels.

    Pages of one level have a box without an area.
    """
    x, y, width, height = box = cv2.boundingRect((page != page[0, 0]).view(np.uint8))
    return (x, y, width, height) if leaves_border_free(box, page.shape) else None


def corner_pixels(page: NDArray[Pixel]) -> NDArray[Pixel]:
    """The pixels of a small square in each corner, flat: a digit that fills its picture covers them last."""
    side = max(1, round(CORNER * min(page.shape)))
    ends = np.r_[:side, -side:0]
    return np.asarray(page[np.ix_(ends, ends)]).ravel()


@dataclass(frozen=True)
class Border:
    """Quartiles of the levels along the page's edges, most of which are background."""

    low: int
    middle: int
    high: int

    @classmethod
    def of(cls, grey: Bytes8) -> Border:
        """Measure the border of a page (height, width)."""
        pixels = edge_pixels(grey)
        cumulative = np.cumsum(np.bincount(pixels, minlength=256))
        ranks = (pixels.size // 4, pixels.size // 2, 3 * pixels.size // 4)
        return cls(*np.searchsorted(cumulative, ranks, side="right").tolist())

    def inverted(self) -> Border:
        """The border of the inverted page."""
        return Border(255 - self.high, 255 - self.middle, 255 - self.low)

    @property
    def evenly_lit(self) -> bool:
        """Whether the background has the same level everywhere along the border."""
        return self.high - self.low <= EVEN_ILLUMINATION


@dataclass(frozen=True)
class LocalMedian:
    """Unevenly lit background, estimated by the median of each neighbourhood, which keeps the edges of shadows.

    All arrays are (height, width) of a smaller page. The background near a place lies between `low` and `high`.
    """

    low: Floats
    middle: Floats
    high: Floats
    light_on_dark: bool  # polarity of whatever stands out from the background

    @classmethod
    def of(cls, grey: Bytes8) -> LocalMedian | None:
        """None when ink lies along the border or fills the page: a neighbourhood may then have more ink than paper."""
        if min(grey.shape) < SMALLEST_UNEVEN:
            return None
        small = _coarse(grey)
        relief = np.abs(small - _local_median(small))
        inked = relief > STANDS_OUT * np.percentile(relief, 99)
        if edge_pixels(inked).mean() > BARE_BORDER or inked.mean() > BARE_PAGE:
            return None
        middle = _local_median(small, odd=True)
        relief = small - middle
        light_on_dark = bool(np.square(relief[relief > 0]).sum() > np.square(relief[relief < 0]).sum())
        for _ in range(3):  # fills the strokes from their edges inwards
            relief = small - middle if light_on_dark else middle - small
            inked = relief > STANDS_OUT * np.percentile(relief, 99)
            middle = _local_median(np.where(inked, middle, small), odd=True)
        low, high = (np.asarray(extreme(middle, np.ones((3, 3))), np.float32) for extreme in (cv2.erode, cv2.dilate))
        return cls(low, middle, high, light_on_dark)

    def inverted(self) -> LocalMedian:
        """The background of the inverted page."""
        return LocalMedian(255 - self.high, 255 - self.middle, 255 - self.low, not self.light_on_dark)

    def background(self, page: Bytes8) -> tuple[Floats, Floats]:
        """The page without ink, (height, width) float32: with its grain, and without."""
        size = page.shape[::-1]
        low, middle, high = (
            np.asarray(cv2.resize(levels, size, interpolation=cv2.INTER_LINEAR), np.float32)
            for levels in (self.low, self.middle, self.high)
        )
        return np.clip(page, low, high).astype(np.float32), middle


def _local_median(page: Bytes8 | Floats, odd: bool = False) -> Floats:
    """The median of a square around each pixel, (height, width) float32. The page is mirrored beyond its edges.

    `odd` mirrors the levels, too: illumination that falls off towards an edge continues to fall beyond it.
    """
    reach = int(NEIGHBOURHOOD * max(page.shape) / 2)
    wider = np.pad(page.astype(np.int16), reach, "reflect", reflect_type="odd" if odd else "even")
    median = cv2.medianBlur(wider.clip(0, 255).astype(np.uint8), 2 * reach + 1)
    return np.asarray(median[reach : reach + page.shape[0], reach : reach + page.shape[1]], np.float32)


def even_level(page: Bytes8) -> np.float32 | None:
    """Level of the background of a page that has only two levels, however much of its border is ink; else None."""
    split, _ = cv2.threshold(page, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    if separability(page, split) < TWO_LEVELS:
        return None
    return np.float32(np.median(page[page > split])) or None


def separability(levels: Bytes8 | Floats, split: float) -> float:
    """The share of the levels' variance between those below and above `split` (Otsu 1979). Noise has 0.64."""
    above = levels > split
    share = float(above.mean())
    if not 0 < share < 1:
        return 0.0
    between = share * (1 - share) * float(levels[above].mean() - levels[~above].mean()) ** 2
    return between / float(levels.var())


def illumination(page: Bytes8) -> Floats:
    """The page without its ink: what uneven light makes of the bare sheet, (height, width) float32."""
    height, width = page.shape
    small = _coarse(page).astype(np.float32)
    surface = np.maximum(_illumination_surface(small), np.float32(1))
    shadows = cv2.GaussianBlur(_without_strokes((small / surface).astype(np.float32)), (0, 0), 2)
    return np.asarray(cv2.resize(surface * shadows, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)


def _coarse(page: Bytes8) -> Bytes8:
    """The page at most COARSE_SIDE pixels long."""
    scale = min(1.0, COARSE_SIDE / max(page.shape))
    size = (max(1, round(page.shape[1] * scale)), max(1, round(page.shape[0] * scale)))
    return np.asarray(cv2.resize(page, size, interpolation=cv2.INTER_AREA), np.uint8)


def _illumination_surface(page: Floats) -> Floats:
    """The light of a lamp or a window as a quadratic surface that lies on the background, not between it and the ink.

    Asymmetric least squares (Newey and Powell, Econometrica 55, 1987): pixels below the surface hardly count.
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
    """A morphological closing: dark strokes narrower than WIDEST_STROKE disappear, the edges of shadows remain."""
    reach = max(3, int(WIDEST_STROKE * max(page.shape)) | 1)
    kernel = cv2.getStructuringElement(cv2.MORPH_RECT, (reach, reach))
    return np.asarray(cv2.morphologyEx(page, cv2.MORPH_CLOSE, kernel), np.float32)
