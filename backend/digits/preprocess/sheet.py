"""The sheet that the digit is written on: paper on a desk, the inside of a box, a cell or a circle.

A sheet is a smooth convex region with something written in it. The page is divided into regions by its edges, and the
outline of each region decides: four straight sides are a sheet or a box, an ellipse is a circle around a digit. Only
what lies inside is read. A clear quadrilateral is straightened.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from digits.preprocess.background import leaves_border_free

Bytes8 = NDArray[np.uint8]
Floats = NDArray[np.float32]
Points = NDArray[Any]  # (n, 1, 2), as OpenCV makes contours
Matrix = NDArray[np.float64]  # (3, 3), of a homography

DETAIL = 160  # pixels of the longer side at which sheets are searched
NESTED = 3  # a box on a sheet on a desk
EDGE = 14  # grey levels between neighbouring pixels that divide two regions
SMALLEST = 0.05  # share of the page that a sheet covers
WHOLE = 0.985  # a region that covers more is the page itself
CONVEX = 0.93  # share of its convex hull that a sheet covers
FOUR_SIDED = 0.9  # share of the quadrilateral around it that a sheet covers
ELLIPTIC = 0.92  # overlap of a circle with the ellipse that fits it
WRITTEN = 0.12  # of the sheet's longer side: least extent of the ink on a sheet that counts as written on
ENCLOSED = 0.25  # the same inside a drawn outline; in a 0, a smaller mark is a slash or a dot
INKED = 0.55  # of a sheet at most, including the inside of a 0: with more ink, the region is not a sheet
SMOOTH_SIDE = 64  # pixels at which the paper is continued beyond a sheet
RULED = 64  # pixels: on a smaller page, lines are as thick as strokes
LINE = 7  # pixels of the smaller page: thinner dark lines do not divide a sheet
SAME_PAPER = 24  # grey levels between inside and outside of a drawn outline
AROUND = 0.12  # of the page: how far around a region its paper is looked for
CONTINUES = 0.2  # share of its surroundings that have its paper
BLANK_ASPECT = 0.5  # narrower quadrilaterals without ink may be a 1
BLANK_AREA = 0.15  # and smaller ones may be anything
SOLID = 0.5  # share of its bounding box that a sheet on an even desk covers
STRAIGHTEN = 2.0  # degrees from which a sheet is straightened
WHOLE_PAGE: Matrix = np.eye(3)  # the sheet is the page


@dataclass(frozen=True)
class Sheet:
    """A part of a page."""

    grey: Bytes8  # (height, width)
    to_page: Matrix  # pixels of the sheet -> pixels of the page

    def box_on_page(self, box: tuple[int, int, int, int], page: tuple[int, ...]) -> tuple[int, int, int, int]:
        """A bounding box, x, y, width, height, in pixels of the page."""
        if self.to_page is WHOLE_PAGE:
            return box
        x, y, width, height = box
        corners = np.array([[x, y], [x + width, y], [x + width, y + height], [x, y + height]], np.float64)
        places = cv2.perspectiveTransform(corners[None], self.to_page)[0]
        left, top = np.clip(np.rint(places.min(axis=0)).astype(int), 0, (page[1] - 1, page[0] - 1)).tolist()
        right, bottom = np.clip(np.rint(places.max(axis=0)).astype(int), 1, (page[1], page[0])).tolist()
        return left, top, max(1, right - left), max(1, bottom - top)


def find_sheet(grey: Bytes8) -> Sheet:
    """The innermost sheet on a page, (height, width); the whole page when there is none."""
    sheet = Sheet(grey, WHOLE_PAGE)
    for _ in range(NESTED):
        inner = _inside(sheet.grey)
        if inner is None:
            break
        sheet = Sheet(inner.grey, sheet.to_page @ inner.to_page)
    return sheet


def _inside(grey: Bytes8) -> Sheet | None:
    """The only sheet on the page. Several sheets, such as the fields of a form, are left alone."""
    factor = -(-max(grey.shape) // DETAIL)
    size = max(1, grey.shape[1] // factor), max(1, grey.shape[0] // factor)
    small = grey if factor == 1 else np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8)
    if _is_plain_drawing(small):
        return None
    found = _outlines(small)
    if not found and min(small.shape) >= RULED:  # rules divide a sheet of paper
        bare = np.asarray(cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((LINE, LINE), np.uint8)), np.uint8)
        found = [outline for outline in _outlines(bare, bare - small) if not outline.drawn]
    written = [one for one in found if one.written]
    chosen = written or found
    if len(chosen) != 1:
        return None
    return chosen[0].cut_out(grey, grey.shape[1] / small.shape[1], grey.shape[0] / small.shape[0])


def _outlines(small: Bytes8, ink: Bytes8 | None = None) -> list[_Outline]:
    """The sheets on a page; `ink` is what was removed from it."""
    return [outline for region in _regions(small) if (outline := _outline(region, small, ink))]


def _is_plain_drawing(small: Bytes8) -> bool:
    """Whether there is only one stroke on an even background: most drawings, which need no search."""
    level = int(small[0, 0])
    inked = ((small > level + EDGE) | (small < level - EDGE)).view(np.uint8)
    x, y, width, height = box = cv2.boundingRect(inked)
    if not width:
        return True
    part = inked[y : y + height, x : x + width]
    if not leaves_border_free(box, small.shape) or cv2.connectedComponents(part, connectivity=8)[0] != 2:
        return False
    return cv2.countNonZero(part) < SOLID * width * height


def _regions(small: Bytes8) -> list[Bytes8]:
    """Masks (height, width) of the smooth regions that are large enough for a sheet."""
    steps = cv2.morphologyEx(small, cv2.MORPH_GRADIENT, np.ones((2, 2), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats((steps < EDGE).view(np.uint8), connectivity=4)
    height, width = small.shape
    large = stats[:, cv2.CC_STAT_AREA] >= SMALLEST * height * width * 0.5
    broad = np.minimum(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]) >= 8
    large[0] = False  # the edges
    corners = labels[[0, 0, -1, -1], [0, -1, 0, -1]]
    if (corners == corners[0]).all():
        large[corners[0]] = False  # the page itself
    return [(labels == label).view(np.uint8) for label in np.flatnonzero(large & broad)]


@dataclass(frozen=True)
class _Outline:
    """A region that may be a sheet, in pixels of the smaller page."""

    filled: Bytes8  # (height, width): the region and what is written in it
    corners: Floats | None  # (4, 2), clockwise from the top left; None for an ellipse and for a sheet that is cut off
    written: bool
    drawn: bool = False  # the outline of a box or a circle, and not the edge of a sheet

    def cut_out(self, grey: Bytes8, across: float, down: float) -> Sheet:
        """The sheet from a page that is larger by these factors."""
        if self.corners is not None and (sheet := _straightened(grey, self.corners * (across, down))):
            return sheet
        inner = cv2.erode(self.filled, np.ones((3, 3), np.uint8), borderValue=1)
        mask = np.asarray(cv2.resize(inner, grey.shape[::-1], interpolation=cv2.INTER_NEAREST), np.uint8)
        x, y, width, height = cv2.boundingRect(mask)
        part, inside = grey[y : y + height, x : x + width], mask[y : y + height, x : x + width]
        return Sheet(_extended(part, inside), np.array([[1, 0, x], [0, 1, y], [0, 0, 1]], np.float64))


def _outline(region: Bytes8, small: Bytes8, removed: Bytes8 | None) -> _Outline | None:
    """None when the region is no sheet."""
    height, width = small.shape
    contours, _ = cv2.findContours(region, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    contour = max(contours, key=cv2.contourArea)
    filled = np.asarray(cv2.drawContours(np.zeros_like(region), [contour], 0, 1, cv2.FILLED), np.uint8)
    area = int(np.count_nonzero(filled))
    if not SMALLEST * filled.size <= area <= WHOLE * (height - 1) * (width - 1):
        return None
    hull = cv2.convexHull(contour)
    if area < CONVEX * np.count_nonzero(cv2.fillConvexPoly(np.zeros_like(region), hull, 1)):
        return None
    x, y, across, down = cv2.boundingRect(contour)
    ink = cv2.subtract(filled, region) if removed is None else filled & (removed > EDGE)
    share = _extent(np.asarray(ink, np.uint8)) / max(across, down)
    inked = 1 - np.count_nonzero(region & filled) / area
    if inked > INKED:
        return None
    cut_off = x == 0 or y == 0 or x + across >= width - 1 or y + down >= height - 1
    corners = None if cut_off else _corners(hull, area)
    if _same_paper(small, region, filled):
        fits = corners is not None or _is_ellipse(contour, filled)
        return _Outline(filled, corners, True, drawn=True) if fits and not cut_off and share >= ENCLOSED else None
    if corners is None and not (cut_off and _is_polygon(hull, area)):
        return None
    written = share >= WRITTEN
    if written:
        return _Outline(filled, corners, True)
    square = min(across, down) >= BLANK_ASPECT * max(across, down)
    bright = float(small[region.view(bool)].mean()) > float(small[filled == 0].mean())
    blank = corners is not None and square and bright and area >= BLANK_AREA * filled.size
    return _Outline(filled, corners, False) if blank else None


def _extent(mask: Bytes8) -> int:
    """Extent of the largest connected component, in pixels; 0 when there is none."""
    count, _, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    if count < 2:
        return 0
    return int(stats[1:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max())


def _same_paper(small: Bytes8, region: Bytes8, filled: Bytes8) -> bool:
    """Whether the paper of the region continues beyond its outline, so that the outline is drawn."""
    reach = max(2, round(AROUND * max(small.shape)))
    with_edge = cv2.dilate(filled, np.ones((3, 3), np.uint8))
    around = cv2.subtract(cv2.dilate(filled, np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)), with_edge).view(bool)
    if not around.any():
        return False
    level = float(np.median(small[region.view(bool)]))
    return bool((np.abs(small[around].astype(np.float32) - level) <= SAME_PAPER).mean() >= CONTINUES)


def _corners(hull: Points, area: int) -> Floats | None:
    """The corners of a quadrilateral that fits the hull, clockwise from the top left; None when none does."""
    length = cv2.arcLength(hull, True)
    for tolerance in (0.02, 0.03, 0.04, 0.06):
        polygon = cv2.approxPolyDP(hull, tolerance * length, True)
        if len(polygon) == 4:
            break
    else:
        return None
    if area < FOUR_SIDED * cv2.contourArea(polygon) or cv2.contourArea(polygon) < FOUR_SIDED * area:
        return None
    points = polygon.reshape(4, 2).astype(np.float32)
    middle = points.mean(axis=0)
    angles = np.arctan2(points[:, 1] - middle[1], points[:, 0] - middle[0])
    clockwise = points[np.argsort(angles)]  # y points down
    first = int(np.argmin(np.abs(np.sort(angles) + 0.75 * np.pi)))
    return np.roll(clockwise, -first, axis=0)


def _is_polygon(hull: Points, area: int) -> bool:
    """Whether the hull may be a sheet that the page cuts off: at most six straight sides."""
    polygon = cv2.approxPolyDP(hull, 0.02 * cv2.arcLength(hull, True), True)
    return len(polygon) <= 6 and bool(cv2.contourArea(polygon) >= FOUR_SIDED * area)


def _is_ellipse(contour: Points, filled: Bytes8) -> bool:
    if len(contour) < 20:
        return False
    ellipse = np.asarray(cv2.ellipse(np.zeros_like(filled), cv2.fitEllipse(contour), 1, cv2.FILLED), np.uint8)
    both, either = np.count_nonzero(ellipse & filled), np.count_nonzero(ellipse | filled)
    return bool(both >= ELLIPTIC * either)


def _straightened(grey: Bytes8, corners: Floats) -> Sheet | None:
    """The quadrilateral as a rectangle, without its outermost pixels; None when it is upright already."""
    sides = np.roll(corners, -1, axis=0) - corners  # top, right, bottom, left
    directions = np.array([[1, 0], [0, 1], [-1, 0], [0, -1]])
    lengths = np.linalg.norm(sides, axis=1)
    angles = np.degrees(np.arccos(np.clip((sides * directions).sum(axis=1) / np.maximum(lengths, 1), -1, 1)))
    if angles.max() < STRAIGHTEN:
        return None
    width, height = round((lengths[0] + lengths[2]) / 2), round((lengths[1] + lengths[3]) / 2)
    margin = max(2, round(0.02 * max(width, height)))
    inner = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32) - margin
    to_page = np.asarray(cv2.getPerspectiveTransform(inner, corners.astype(np.float32)), np.float64)
    size = max(8, width - 2 * margin), max(8, height - 2 * margin)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    warped = cv2.warpPerspective(grey, to_page, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return Sheet(np.asarray(warped, np.uint8), to_page)


def _extended(part: Bytes8, inside: Bytes8) -> Bytes8:
    """The part with everything outside the mask replaced by a smooth continuation of the sheet."""
    if inside.all():
        return part
    factor = -(-max(part.shape) // SMOOTH_SIDE)
    size = max(1, part.shape[1] // factor), max(1, part.shape[0] // factor)
    weights = cv2.resize(inside.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    levels = cv2.resize(np.where(inside, part, 0).astype(np.float32), size, interpolation=cv2.INTER_AREA)
    weights, levels = (cv2.GaussianBlur(one, (0, 0), SMOOTH_SIDE / 8) for one in (weights, levels))
    smooth = cv2.resize(levels / (weights + np.float32(1e-6)), part.shape[::-1], interpolation=cv2.INTER_LINEAR)
    return np.where(inside.view(bool), part, np.clip(smooth, 0, 255)).astype(np.uint8)
