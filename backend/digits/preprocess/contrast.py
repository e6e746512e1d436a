"""Contrast: the share of the background's light that is missing at each pixel of a page with dark ink.

There are two implementations of one interface. `Contrast` holds a value for each pixel. `EvenContrast` is for a
background with a single level, where each of the 256 grey levels has one contrast: look-up tables then do in a
fraction of the time what arithmetic on every pixel does. A property test keeps the two equal.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from digits.preprocess.background import Pixel, edge_pixels

Bytes8 = NDArray[np.uint8]
Floats = NDArray[np.float32]

DARK = np.float32(32)  # grey levels: in a darker background, one level of noise would be a large contrast
GRAIN_SAMPLES = 2_500  # pixels that are enough to know the grain of the background
FULL_INK = 0.9  # quantile of the contrast of ink that counts as full ink


@dataclass(frozen=True)
class Density:
    """How dense the ink is in a part of a sheet that contains all of it."""

    values: Floats  # (height, width): 0 is background, 1 is full ink
    x: int  # of its first column on the sheet
    y: int

    def within(self, edge: float) -> Density | None:
        """The bounding box of everything denser than `edge`, or None when nothing is."""
        x, y, width, height = cv2.boundingRect((self.values > edge).view(np.uint8))
        if not width:
            return None
        return Density(self.values[y : y + height, x : x + width], self.x + x, self.y + y)


@dataclass(frozen=True)
class Contrast:
    """A contrast for each pixel, (height, width)."""

    ink: Floats
    grain: Floats  # against a background without its grain

    @classmethod
    def of(cls, page: Bytes8, background: Floats, bare: Floats | None = None) -> Contrast:
        """Against a background (height, width) with its grain, and optionally one without."""
        contrast = missing_light(page, background)
        return cls(contrast, contrast if bare is None else missing_light(page, bare))

    def split(self) -> float:
        """Otsu's threshold between background and ink."""
        return _otsu(_to_levels(self.ink))

    def sample(self, step: int) -> Floats:
        """The grain at every `step`-th pixel, flat."""
        return self.grain[::step, ::step].ravel()

    def border(self) -> Floats:
        """The grain along the page's edges, flat."""
        return edge_pixels(self.grain)

    def full(self, threshold: float) -> float | None:
        """The contrast of full ink: 90 % of the pixels above the threshold have less. None when there are none."""
        written = self.ink[self.ink > threshold]
        return _quantile(written, FULL_INK) if written.size else None

    def stretched(self, floor: float, full: float) -> Density | None:
        """Density: 0 up to the floor, 1 from the full contrast on; None when it is 0 everywhere."""
        return Density(stretched(self.ink, floor, full), 0, 0).within(0)

    @property
    def shape(self) -> tuple[int, ...]:
        """Height and width."""
        return self.ink.shape


@dataclass(frozen=True)
class EvenContrast:
    """A contrast for each grey level. The methods are those of Contrast."""

    page: Bytes8
    of_level: Floats  # (256,)

    @classmethod
    def of(cls, page: Bytes8, background: np.float32) -> EvenContrast:
        """Against a background with one level."""
        return cls(page, missing_light(np.arange(256, dtype=np.uint8), background))

    def split(self) -> float:
        """Otsu's threshold between background and ink."""
        return _otsu(np.asarray(cv2.LUT(self.page, _to_levels(self.of_level)), np.uint8))

    def sample(self, step: int) -> Floats:
        """The grain at every `step`-th pixel, flat."""
        return self.of_level[self.page[::step, ::step].ravel()]

    def border(self) -> Floats:
        """The grain along the page's edges, flat."""
        return self.of_level[edge_pixels(self.page)]

    def full(self, threshold: float) -> float | None:
        """The contrast of full ink; None when nothing is above the threshold."""
        levels = int(np.count_nonzero(self.of_level > threshold))  # the darkest: contrast falls as the level rises
        written = self.page[self.page < levels]
        return float(self.of_level[255 - int(_quantile(255 - written, FULL_INK))]) if written.size else None

    def stretched(self, floor: float, full: float) -> Density | None:
        """Density: 0 up to the floor, 1 from the full contrast on; None when it is 0 everywhere."""
        of_level = stretched(self.of_level, floor, full)
        x, y, width, height = cv2.boundingRect((self.page < np.count_nonzero(of_level)).view(np.uint8))
        if not width:
            return None
        inked = self.page[y : y + height, x : x + width]
        return Density(np.asarray(cv2.LUT(inked, of_level), np.float32), x, y)

    @property
    def shape(self) -> tuple[int, ...]:
        """Height and width."""
        return self.page.shape


def grain_step(sheet: tuple[int, ...]) -> int:
    """The step, in rows and columns, between the pixels that are sampled to measure the grain of a sheet."""
    return max(1, round(math.sqrt(sheet[0] * sheet[1] / GRAIN_SAMPLES)))


def missing_light(page: Bytes8, background: Floats | np.float32) -> Floats:
    """The share of the background's light that is missing at each pixel."""
    missing = np.asarray(background - page, np.float32)
    return np.divide(missing, np.maximum(background, DARK), out=missing)


def _to_levels(contrast: Floats) -> Bytes8:
    return np.clip(contrast * 255, 0, 255).astype(np.uint8)


def _quantile(values: NDArray[Pixel], share: float) -> float:
    return float(np.sort(values)[int(share * values.size)])


def stretched(contrast: Floats, floor: float, full: float) -> Floats:
    """Contrast -> density: 0 up to the floor, 1 from the full contrast on."""
    above = contrast - np.float32(floor)
    above /= np.float32(full - floor)
    return np.clip(above, 0, 1, out=above)


def _otsu(levels: Bytes8) -> float:
    """Otsu's threshold (IEEE Transactions on Systems, Man, and Cybernetics 9, 1979) as a contrast."""
    threshold, _ = cv2.threshold(levels, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    return float(threshold) / 255
