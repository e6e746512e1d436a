"""Greyscale page -> ink density without background, grain and specks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from digits.candidates import Box
from digits.preprocess.background import (
    Border,
    LocalMedian,
    corner_pixels,
    edge_pixels,
    even_level,
    illumination,
    separability,
)
from digits.preprocess.clean import LEAST_CONTRAST, clean_density
from digits.preprocess.contrast import Contrast, Density, EvenContrast, grain_step
from digits.preprocess.frame import inside_frame
from digits.preprocess.rules import rules
from digits.preprocess.sheet import find_sheet

cv2.setNumThreads(1)  # one picture keeps one core busy; the other cores have pictures of their own

Bytes8 = NDArray[np.uint8]
Floats = NDArray[np.float32]

EDGE = 0.15  # density at which ink begins: the halo of a blurred or compressed stroke is not part of the digit
TINY = 24  # pixels: a smaller picture was averaged so much that it has no grain
TWO_KINDS = 0.8  # separability of ink and background: noise has 0.64, an even ramp 0.75
NOISE_FLOOR = 4.0  # standard deviations of the grain that count as background
MOST_SPECKS = 30  # a page with more is dirty, and none of them means anything
SPECK_AREA, SPECK_EXTENT = 0.05, 0.15  # relative to the largest connected component
FLAT = 1  # grey levels between the quartiles of the border of a drawing, which has neither grain nor a faint grid
FULL, FAINT = 0.6, 0.45  # densities of full ink, and of faint ink
NEAR = 0.05  # of the inked area: faint ink within this distance of full ink belongs to it
SMALLEST_FAINT = 32  # pixels: in a smaller area, faint ink may be a stroke
DIRT = 0.02  # of the sheet's longer side: greatest extent of a speck
DIRT_PIXELS, DIRT_TINY = 5, 0.2  # the same in pixels, but on a tiny picture at most a fifth of its side
SPARSE = 0.05  # share of the bounding box that scattered specks cover at most
GRID_LINE = 0.15  # of the sheet: greatest thickness of a line along its edge
INTRUDER_AREA, INTRUDER_EXTENT = 0.3, 0.5  # the same for components that touch the edge of the sheet


@dataclass(frozen=True)
class Ink:
    """What was written on a page."""

    density: Floats  # (height, width) of its bounding box: 0 is background, 1 is full ink
    box: tuple[int, int, int, int]  # x, y, width, height on the page
    light_on_dark: bool
    specks: tuple[Box, ...] = ()  # what was too small to be a part of a digit, in pixels of `density`


def find_ink(grey: Bytes8) -> Ink | None:
    """Greyscale page (height, width) -> ink on it, or None for a blank page."""
    paper = find_sheet(grey)
    rows, columns = inside_frame(paper.grey)
    sheet = np.ascontiguousarray(paper.grey[rows, columns])
    for density, light_on_dark in _densities(sheet):
        kept, specks = _drop_specks(density, sheet.shape)
        found = kept.within(EDGE)
        if found:
            height, width = found.values.shape
            if _is_dirt(found, max(sheet.shape)):
                return None
            box = columns.start + found.x, rows.start + found.y, width, height
            marks = tuple((x - found.x, y - found.y, wide, high) for x, y, wide, high in specks)
            return Ink(found.values, paper.box_on_page(box, grey.shape), light_on_dark, marks)
    return None


def _densities(sheet: Bytes8) -> Iterator[tuple[Density, bool]]:
    """The density of possible ink, and whether it is light on dark. The likelier polarity comes first."""
    clean = clean_density(sheet)
    if clean:
        density, light_on_dark = clean
        yield _without_rules(density, sheet.shape), light_on_dark
    border = Border.of(sheet)
    local = None if border.evenly_lit else LocalMedian.of(sheet)
    likely = _is_light_on_dark(sheet, border, local)
    for light_on_dark in (likely, not likely):  # ink that fills most of the border can be mistaken for background
        if light_on_dark:
            found = _density(255 - sheet, border.inverted(), local and local.inverted())
        else:
            found = _density(sheet, border, local)
        if found:
            found = _without_rules(found, sheet.shape)
            yield _drop_faint(found) if border.high - border.low > FLAT else found, light_on_dark


def _is_light_on_dark(grey: Bytes8, border: Border, local: LocalMedian | None) -> bool:
    """Whether the ink is lighter than its background, which is what most of the page's border shows.

    The mean of the page is useless: a thick pen covers more than half of a tight crop. When the border shows both ink
    and background, the corners count as much as the whole border. When it shows unevenly lit background, the ink is
    what stands out from its neighbourhood.
    """
    if border.evenly_lit:  # the ink is what differs most from the background
        return int(grey.max()) - border.middle > border.middle - int(grey.min())
    if local:
        return local.light_on_dark
    threshold, _ = cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    light = grey > threshold
    return bool(edge_pixels(light).mean() + corner_pixels(light).mean() < 1)


def _density(page: Bytes8, border: Border, local: LocalMedian | None) -> Density | None:
    """Dark ink on a light background -> its density; None when nothing is written."""
    contrast = _contrast(page, border, local)
    split = contrast.split()
    grain_middle, grain = _grain(contrast, split)
    floor = grain_middle + NOISE_FLOOR * grain
    full = contrast.full(max(split, floor))
    if full is None or full - grain_middle < max(LEAST_CONTRAST, (NOISE_FLOOR + 1) * grain):
        return None
    return contrast.stretched(floor, full)


def _contrast(page: Bytes8, border: Border, local: LocalMedian | None) -> Contrast | EvenContrast:
    if local:
        return Contrast.of(page, *local.background(page))
    level = np.float32(border.middle) if border.evenly_lit else even_level(page)
    return Contrast.of(page, illumination(page)) if level is None else EvenContrast.of(page, level)


def _grain(contrast: Contrast | EvenContrast, split: float) -> tuple[float, float]:
    """Level and standard deviation of the bare background, of the page or of its border, whichever has less noise.

    Measured by the median absolute deviation, which is robust until ink covers almost half of the pixels. In a tight
    crop it may, so the border is measured as well. When the levels are clearly of two kinds, or
    the picture is too small to have grain, everything below `split` is background, however little that is.
    """
    page = contrast.sample(grain_step(contrast.shape))
    if 2 * np.count_nonzero(page) < page.size:  # clean: the median and the deviation from it are both zero
        return 0.0, 0.0
    if min(contrast.shape) < TINY or separability(page, split) > TWO_KINDS:
        below = page[page <= split]
        return _spread(below if below.size else page)
    return min(_spread(page), _spread(contrast.border()), key=lambda found: found[1])


def _spread(values: Floats) -> tuple[float, float]:
    middle = _median(values)
    return middle, 1.4826 * _median(np.abs(values - middle))


def _median(values: Floats) -> float:
    return float(np.sort(values)[values.size // 2])  # np.median takes 50 times as long when most values are equal


def _without_rules(density: Density, sheet: tuple[int, ...]) -> Density:
    inked = (density.values > EDGE).view(np.uint8)
    lines = rules(inked, (density.x, density.y), sheet)
    if lines is None:
        return density
    # The halo of a blurred line is fainter than EDGE, and a stroke's halo borders on the stroke.
    strokes = np.asarray(cv2.dilate(cv2.subtract(inked, lines), np.ones((3, 3), np.uint8)), np.uint8)
    halo = np.asarray(cv2.dilate(lines, np.ones((5, 5), np.uint8)), np.uint8) & (1 - strokes)
    return replace(density, values=np.where(lines | halo, np.float32(0), density.values))


def _drop_faint(density: Density) -> Density:
    """Remove faint ink that reaches far beyond full ink: a printed grid, or the other side of the sheet."""
    if min(density.values.shape) < SMALLEST_FAINT:
        return density
    full = (density.values > FULL).view(np.uint8)
    reach = max(3, round(NEAR * max(density.values.shape)))
    left, top, width, height = cv2.boundingRect(full)
    x, y, across, down = cv2.boundingRect((density.values > EDGE).view(np.uint8))
    beyond = left - x, top - y, x + across - left - width, y + down - top - height
    if max(beyond) <= reach:
        return density
    distance = cv2.distanceTransform(1 - full, cv2.DIST_L2, 3)
    far = (density.values < FAINT) & (np.asarray(distance) > reach)
    return replace(density, values=np.where(far, np.float32(0), density.values))


def _drop_specks(density: Density, sheet: tuple[int, ...]) -> tuple[Density, list[Box]]:
    """Remove dirt: components that are tiny beside the largest one, and those that reach in from outside the sheet.

    The second result are the boxes of the tiny ones on the sheet, if they are few: one may be a decimal mark.
    """
    inked = (density.values > 0).view(np.uint8)
    if cv2.connectedComponents(inked, connectivity=8)[0] <= 2:  # one of them is the background
        return density, []
    _, labels, stats, _ = cv2.connectedComponentsWithStats(inked, connectivity=8)
    stats[:, :2] += density.x, density.y  # CC_STAT_LEFT, CC_STAT_TOP
    areas = stats[1:, cv2.CC_STAT_AREA]
    extents = np.maximum(stats[1:, cv2.CC_STAT_WIDTH], stats[1:, cv2.CC_STAT_HEIGHT])
    largest = int(areas.argmax())
    kept = (areas >= SPECK_AREA * areas[largest]) | (extents >= SPECK_EXTENT * extents[largest])
    outside = _touches_edge(stats[1:], sheet)
    specks = stats[1:][~kept & ~outside, : cv2.CC_STAT_AREA].tolist()
    kept &= ~(outside & _is_grid_line(stats[1:], sheet))
    if not outside[largest]:
        large = (areas >= INTRUDER_AREA * areas[largest]) | (extents >= INTRUDER_EXTENT * extents[largest])
        kept &= ~outside | large
    mask = np.concatenate([[1], kept]).astype(np.float32)  # by label: all or nothing of each component
    dropped = replace(density, values=mask.take(np.asarray(labels)) * density.values)
    return dropped, [tuple(box) for box in specks] if len(specks) <= MOST_SPECKS else []


def _is_dirt(ink: Density, side: int) -> bool:
    """Whether all that was found are specks."""
    speck = max(min(DIRT_PIXELS, DIRT_TINY * side), DIRT * side)
    if max(ink.values.shape) <= speck:
        return True
    inked = (ink.values > EDGE).view(np.uint8)
    if cv2.countNonZero(inked) > SPARSE * inked.size:
        return False
    _, _, stats, _ = cv2.connectedComponentsWithStats(inked, connectivity=8)
    return bool(stats[1:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max() <= speck)


def _is_grid_line(stats: NDArray[Any], sheet: tuple[int, ...]) -> NDArray[np.bool_]:
    """Which of the components, (n, 5), run along a whole side of the sheet."""
    width, height = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]
    lying = (width >= sheet[1] - 1) & (height <= GRID_LINE * sheet[0])
    standing = (height >= sheet[0] - 1) & (width <= GRID_LINE * sheet[1])
    return np.asarray(lying | standing)


def _touches_edge(stats: NDArray[Any], sheet: tuple[int, ...]) -> NDArray[np.bool_]:
    """Which of the components, (n, 5) as OpenCV describes them, touch the edge of the sheet."""
    left, top = stats[:, cv2.CC_STAT_LEFT], stats[:, cv2.CC_STAT_TOP]
    right, bottom = left + stats[:, cv2.CC_STAT_WIDTH], top + stats[:, cv2.CC_STAT_HEIGHT]
    return np.asarray((left == 0) | (top == 0) | (right == sheet[1]) | (bottom == sheet[0]))
